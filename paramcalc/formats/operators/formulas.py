"""Formulas of operators, which a table has as text, at the sizes of what a file stores.

In such a text ``has2`` is 1 where input 2 is there. It is read once, and put at the same sizes once.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from ...core.formula import Formula
from ...errors import ParamcalcError
from ...symbolic import Expr, Size, parse

Sizes = tuple[Size, ...]
Axes = tuple[tuple[tuple[str, ...], Sizes], ...]  # of each weight: the names of its axes, and their sizes


def formula_at(written: str, there: Collection[int], axes: Axes, numbers: int) -> Formula | None:
    """Give the formula of stored weights; ``None`` where it does not give their number.

    Parameters
    ----------
    written : str
        As the table has it.
    there : collection of int
        The inputs that are there.
    axes : tuple of (names, sizes)
        Of each weight.
    numbers : int
        How many numbers the weights have.
    """
    formula, value = _at(written, frozenset(there), axes)
    return formula if value == numbers else None


@lru_cache(4096)
def _at(written: str, there: frozenset[int], axes: Axes) -> tuple[Formula | None, Size]:
    # with its value
    values: dict[str, Size] = {}
    for names, sizes in axes:
        for name, size in zip(names, sizes, strict=True):
            if values.setdefault(name, size) != size:
                return None, 0
    try:
        made = Formula(_with(written, there), values)
    except ParamcalcError:  # the weight that the formula begins with is not there
        return None, 0
    return made, made.value


@lru_cache(256)
def _with(written: str, there: frozenset[int]) -> Size:
    # where these inputs are there
    expr = parse(written)
    if isinstance(expr, Expr):
        expr = expr(**{name: int(int(name[3:]) in there) for name in expr.symbols if name.startswith("has")})
    return expr
