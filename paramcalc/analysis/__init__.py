"""Questions about a count: why a number is different."""

from .causes import Cause as Cause, Explanation as Explanation
from .why import why as why
