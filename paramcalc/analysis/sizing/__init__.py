"""Sizes for a budget: the largest model within limits, and models of equal size."""

from .result import Solution as Solution, Tried as Tried
from .solve import solve as solve
