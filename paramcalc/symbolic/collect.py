"""Polynomials for people: multiplied out and collected, their degree in one symbol, and whether they only grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import SizeError
from .expr import Expr, Size
from .normal import ONE, mentions, thaw

if TYPE_CHECKING:
    from .normal import Atom, Normal


def collect(size: Size) -> Size:
    """Multiply out; terms by falling degree, symbols in the order they were first written."""
    return size.expand() if isinstance(size, Expr) else size


def degree(size: Size, symbol: str) -> int:
    """Give the degree of a polynomial size in one symbol (0 when it does not occur).

    Raises
    ------
    SizeError
        When the symbol sits inside a floor, a max or min, or below a fraction bar: no polynomial.
    """
    highest = 0
    for monomial in size.normal if isinstance(size, Expr) else ():
        for atom, exponent in monomial:
            if atom == ("name", symbol) and exponent > 0:
                highest = max(highest, exponent)
            elif mentions(atom, symbol):
                raise SizeError(f"{size} is not a polynomial in {symbol}")
    return highest


def increasing(size: Size) -> bool:
    """Tell whether a size provably never falls when one of its symbols grows.

    It is so for a polynomial without negative coefficients, its constant aside. Its symbols may stand in a floor of
    such a polynomial by a number, and in a ``max`` or ``min`` of them. ``False`` means that there is no such proof.
    """
    if isinstance(size, int):
        return True
    return _never_falls({monomial: value for monomial, value in size.normal.items() if monomial})


def _never_falls(normal: Normal) -> bool:
    # and is never negative
    return all(
        coefficient >= 0 and all(exponent > 0 and _grows(atom) for atom, exponent in monomial)
        for monomial, coefficient in normal.items()
    )


def _grows(atom: Atom) -> bool:
    op, inside = atom
    if isinstance(inside, str):
        return True
    parts = [thaw(part) for part in inside]
    if op == "//":
        top, bottom = map(thaw, inside)
        return _never_falls(top) and bottom.keys() <= {ONE} and bottom.get(ONE, 0) > 0
    grow = [_never_falls({monomial: value for monomial, value in part.items() if monomial}) for part in parts]
    positive = [part.get(ONE, 0) >= 0 for part in parts]
    return op in ("max", "min") and all(grow) and (any(positive) if op == "max" else all(positive))
