"""Polynomials for people: multiplied out and collected, and their degree in one symbol."""

from __future__ import annotations

from ..errors import SizeError
from .expr import Expr, Size
from .normal import mentions


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
