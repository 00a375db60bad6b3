"""Questions about models: why a count differs, what training costs, which size fits, how models compare."""

from .causes import Cause as Cause, Explanation as Explanation
from .why import Explanations as Explanations, why as why
