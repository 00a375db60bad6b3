"""Formulas of operators: a table states them as text, and a file has the sizes of the weights.

In the text, ``has2`` is 1 where the operator has input 2, and 0 otherwise. A text is parsed once, and evaluated once at
the same sizes, because a file repeats operators.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from ...core.formula import Formula
from ...errors import ParamcalcError
from ...symbolic import Expr, Size, parse

Sizes = tuple[Size, ...]
Axes = tuple[tuple[tuple[str, ...], Sizes], ...]


def formula_at(written: str, there: Collection[int], axes: Axes, numbers: int) -> Formula | None:
    """Give the formula of an operator at the sizes of its weights; ``None`` where its value is not their number.

    Parameters
    ----------
    written : str
        The text of the formula.
    there : collection of int
        The inputs that the operator has.
    axes : tuple of (names, sizes)
        Of each weight, the names that the formula has for its axes, and their sizes.
    numbers : int
        How many numbers the weights have.
    """
    formula, value = _evaluated(written, frozenset(there), axes)
    return formula if value == numbers else None


@lru_cache(4096)
def _evaluated(written: str, there: frozenset[int], axes: Axes) -> tuple[Formula | None, Size]:
    # the formula and its value; None and 0 where there is no formula for these weights
    values: dict[str, Size] = {}
    for names, sizes in axes:
        for name, size in zip(names, sizes, strict=True):
            if values.setdefault(name, size) != size:  # one name, two sizes
                return None, 0
    try:
        made = Formula(_parsed(written, there), values)
    except ParamcalcError:  # a name such as k… has no axes, because the weight that has them is not stored
        return None, 0
    return made, made.value


@lru_cache(256)
def _parsed(written: str, there: frozenset[int]) -> Size:
    # with a number in place of each has…
    expr = parse(written)
    if isinstance(expr, Expr):
        expr = expr(**{name: int(int(name[3:]) in there) for name in expr.symbols if name.startswith("has")})
    return expr
