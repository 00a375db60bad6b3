"""Models compared with each other, and with limits."""

from .check import Check as Check, check as check
from .compare import Comparison as Comparison, compare as compare
