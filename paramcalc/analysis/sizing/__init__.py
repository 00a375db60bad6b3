"""Sizes for a budget: the largest model within limits, and models of equal size."""

from .match import Match as Match, Matches as Matches, match as match
from .result import Candidate as Candidate, Solution as Solution
from .solve import solve as solve
