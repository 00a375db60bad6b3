"""Analysis of a count: why it differs from another number."""

from .causes import Cause as Cause, Explanation as Explanation
from .why import Explanations as Explanations, why as why
