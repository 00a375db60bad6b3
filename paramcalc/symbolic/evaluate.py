"""Evaluation of sizes that may be plain numbers: values in place of symbols, or in place of one leaf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import overload

from ..untyped import Foreign
from .expr import BUILD, Expr, Size
from .fold import fold
from .operands import to_sympy as to_sympy


@overload
def evaluate(size: Size, values: Mapping[str, Size]) -> Size: ...
@overload
def evaluate(size: Size, values: Mapping[str, Foreign]) -> Foreign: ...
def evaluate(size: Size, values: Mapping[str, Foreign]) -> Foreign:
    """Evaluate at the given values; symbols without a value stay symbolic.

    Parameters
    ----------
    size : int or Expr
    values : mapping of str to int, Expr or array
        Names that do not occur in ``size`` are ignored.

    Returns
    -------
    int, Expr or array
        Exact: an array result is ``int64`` where that is certain to suffice, else ``object``.
    """
    return size(**values) if isinstance(size, Expr) else size


def put(size: Size, leaf: Expr, value: Size) -> Size:
    """Put a value in place of one leaf, and not of another that goes by the same name."""
    if not isinstance(size, Expr):
        return size
    if size.op == "*" and len(size.args) == 2 and type(size.args[0]) is int and size.args[1] is leaf:
        return size.args[0] * value  # what most products of a batch are
    return fold(size, lambda other: value if other == leaf else other, BUILD)
