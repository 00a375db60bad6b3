"""Expressions in the SQL of DuckDB, in integers that hold every value in between.

DuckDB divides towards zero, so a floor of what may be negative is written with its remainder. Its integers do not wrap
around: an overflow is an error there. Names are expected to be ``BIGINT``, and are cast where 64 bits are not enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from ..errors import SizeError
from .fold import Algebra, Tree, fold
from .program import INT64, INT128, Range, compiled, ranges, within

SUM, QUOTIENT, PRODUCT, ATOM = range(4)  # what binds how tightly: a factor that is a quotient needs brackets


class _Piece(NamedTuple):
    text: str
    binds: int
    range: Range


def quoted(name: str) -> str:
    """Quote a name, which may be a word of SQL."""
    return '"' + name.replace('"', '""') + '"'


def sql(size: int | Tree, bounds: Mapping[str, Range]) -> str:
    """Write an expression.

    Parameters
    ----------
    size : int or Tree
    bounds : mapping of str to (int, int)
        Between which values each name lies.

    Raises
    ------
    SizeError
        Where 128 bits, the widest integers of DuckDB, may not be enough.
    """
    return _piece(size, bounds).text


def multiple(size: int | Tree, of: int | Tree, bounds: Mapping[str, Range]) -> str:
    """Write the condition that one expression is a multiple of another.

    Raises
    ------
    SizeError
        As `sql` does.
    """
    return f"{_inside(_piece(size, bounds), ATOM)} % {_inside(_piece(of, bounds), ATOM)} = 0"


def _piece(size: int | Tree, bounds: Mapping[str, Range]) -> _Piece:
    program = compiled([size])
    found = ranges(program, {name: bounds[name] for name in program.names})
    if not within(found, INT128):
        raise SizeError(f"values beyond 128 bits, the widest integers of DuckDB, in {size}")
    wide = not within(found, INT64)

    def leaf(tree: Tree) -> _Piece:
        name = tree.args[0]
        return _Piece(quoted(name) + "::HUGEINT" * wide, ATOM, bounds[name])

    return fold(size, leaf, _ALGEBRA)


def _inside(piece: _Piece, binds: int) -> str:
    return piece.text if piece.binds >= binds and not piece.text.startswith("-") else f"({piece.text})"


def _number(number: int) -> _Piece:
    return _Piece(str(number), ATOM, (number, number))


def _joined(operator: str, binds: int, parts: list[_Piece]) -> _Piece:
    op = {" + ": "+", " * ": "*"}[operator]
    total = parts[0].range
    for part in parts[1:]:
        total = _combined(op, total, part.range)
    return _Piece(operator.join(_inside(part, binds) for part in parts), binds, total)


def _combined(op: str, left: Range, right: Range) -> Range:
    ends = [a + b if op == "+" else a * b for a in left for b in right]
    return min(ends), max(ends)


def _power(base: _Piece, exponent: int) -> _Piece:
    return _joined(" * ", PRODUCT, [base] * exponent)


def _floor(top: _Piece, bottom: _Piece) -> _Piece:
    a, b = _inside(top, ATOM), _inside(bottom, ATOM)
    quotients = [one // other for one in top.range for other in bottom.range if other]
    around = min(quotients, default=0), max(quotients, default=0)
    if bottom.range[0] < 1:
        raise SizeError(f"a division by {bottom.text}, which may be zero or negative", expected="a divisor from 1 on")
    if top.range[0] < 0:  # towards zero is not down
        return _Piece(f"({a} - ({a} % {b} + {b}) % {b}) // {b}", QUOTIENT, around)
    return _Piece(f"{a} // {b}", QUOTIENT, around)


def _quotient(top: _Piece, bottom: _Piece) -> _Piece:
    a, b = _inside(top, ATOM), _inside(bottom, ATOM)
    whole = _floor(top, bottom)
    return _Piece(f"CASE WHEN {a} % {b} = 0 THEN {whole.text} ELSE error('a remainder') END", SUM, whole.range)


def _extremum(function: str, parts: list[_Piece]) -> _Piece:
    pick = max if function == "greatest" else min
    around = pick(part.range[0] for part in parts), pick(part.range[1] for part in parts)
    return _Piece(f"{function}({', '.join(part.text for part in parts)})", ATOM, around)


_ALGEBRA: Algebra[_Piece] = Algebra(
    number=_number,
    sum=partial(_joined, " + ", SUM),
    product=partial(_joined, " * ", PRODUCT),
    power=_power,
    floor=_floor,
    quotient=_quotient,
    maximum=partial(_extremum, "greatest"),
    minimum=partial(_extremum, "least"),
)
