"""Why is my number different? The fewest changes to a model that lead to a given count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import OptionError
from ..graph.model import Model
from .causes import Explanation

FARTHER = 1.9  # explanations that cost this much more than the best one are left out
FARTHER_BY_TWO = 1.4  # the same for pairs of changes, where a single change fits


def why(model: Model, got: int, most: int = 5) -> list[Explanation]:
    """Explain a number that differs from the count of a model.

    Parameters
    ----------
    model : Model
        All sizes must be known.
    got : int
        The number to explain.
    most : int
        Maximum number of explanations.

    Returns
    -------
    list of Explanation
        The likeliest first: fewest changes, then the most common ones. Empty if nothing fits; one explanation
        without causes if the numbers are equal.

    Raises
    ------
    OptionError
        If the count of the model is an expression, or ``got`` is not a positive integer.
    """
    total = model.total
    if not isinstance(total, int):
        raise OptionError("the count is an expression", expected="a value for every size", received=str(total))
    if not isinstance(got, int) or isinstance(got, bool) or got <= 0:
        raise OptionError("not a count", expected="a positive whole number", received=got)
    if got == total:
        return [Explanation(())]
    from .changes import chains
    from .layers import sums
    from .stacks import stack_of

    stack = stack_of(model)
    found = [Explanation(causes) for causes in (sums(model, got) if stack is None else chains(stack, got))]
    best: dict[Any, Explanation] = {}
    for one in sorted(found, key=lambda one: one.cost):
        best.setdefault(frozenset(cause.key for cause in one.causes), one)
    likely = list(best.values())
    near = [one for one in likely if one.cost <= likely[0].cost + _slack(one, likely[0])][:most]
    return [_worded(one, rank) for rank, one in enumerate(near)]


def _worded(one: Explanation, rank: int) -> Explanation:
    # a guess must not look as certain as a cause
    label = "would also fit" if rank else "would fit"
    return Explanation(
        tuple(replace(cause, text=f"{label}: {cause.text}") if cause.guess else cause for cause in one.causes)
    )


def _slack(one: Explanation, likeliest: Explanation) -> float:
    return FARTHER_BY_TWO if one.several and not likeliest.several else FARTHER
