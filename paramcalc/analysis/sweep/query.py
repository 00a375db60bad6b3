"""A sweep as a query of DuckDB: the grid, the columns, and what must hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...errors import OptionError, SizeError
from ...symbolic import Size
from ...symbolic.fold import Tree
from ...symbolic.program import INT64, Range, compiled, ranges, within
from ...symbolic.sql import multiple, quoted, sql
from .axes import Axis
from .filters import Where
from .pieces import Piece
from .sweep import Request

MOST_LISTED = 10_000  # values that a query writes out
_OPERATORS = {"==": "=", "!=": "<>"}


def query(request: Request) -> str:
    """Write a sweep as one query; every piece of it is a SELECT.

    Raises
    ------
    OptionError
        For a model that has no formula for its columns, and for a front.
    SizeError
        Where 128 bits are not enough.
    """
    if request.goals:
        raise OptionError("--pareto has no form in SQL", expected="another format")
    return "\nUNION ALL\n".join(_select(request, piece) for piece in request.pieces()) + ";\n"


def _select(request: Request, piece: Piece) -> str:
    made = piece.formulas
    if made is None:
        fixed = ", ".join(f"{name} = {value}" for name, value in piece.fixed.items())
        raise OptionError(
            "the model has no formula for all of these sizes" + (f" at {fixed}" if fixed else ""),
            expected="another format, in which it is built at every point",
        )
    bounds, sizes = piece.bounds, made.columns.sizes
    named = list(zip(piece.figures, sizes, strict=True))
    points = [f"{piece.fixed[one]} AS {quoted(one)}" if one in piece.fixed else quoted(one) for one in piece.order]
    figures = [f"{sql(size, bounds)} AS {quoted(name)}" for name, size in named]
    grid = ", ".join(map(_values, piece.grid.axes))
    inner = f"SELECT {', '.join([*points, *figures])} FROM {grid}{_which(list(_checks(piece)))}"
    known = {**bounds, **{name: _range(size, bounds) for name, size in named}}
    conditions = [_condition(one, known) for one in request.where]
    return f"SELECT {', '.join(map(quoted, request.shown))} FROM ({inner}){_which(conditions)}"


def _which(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _values(axis: Axis) -> str:
    narrow = within([axis.bounds], INT64)
    if isinstance(axis.values, range) and narrow and axis.values.stop <= INT64[1]:
        values = f"range({axis.values.start}, {axis.values.stop}, {axis.values.step})"
    elif len(axis.values) > MOST_LISTED:
        raise SizeError(f"values of {axis.name} beyond 64 bits in SQL", expected=f"at most {MOST_LISTED:,} of them")
    else:  # DuckDB takes the numbers of a list for 32 bits where they fit
        values = f"[{', '.join(map(str, axis.values))}]::{'BIGINT' if narrow else 'HUGEINT'}[]"
    return f"(SELECT unnest({values}) AS {quoted(axis.name)})"


def _checks(piece: Piece) -> Iterator[str]:
    # what cannot fail between the bounds is not asked
    made = piece.formulas
    assert made is not None
    bounds, sizes = piece.bounds, made.checks.sizes
    for size in sizes[: made.positive]:
        if _range(size, bounds)[0] < 1:
            yield f"{sql(size, bounds)} >= 1"
    for top, bottom in zip(sizes[made.positive :: 2], sizes[made.positive + 1 :: 2], strict=True):
        yield multiple(top, bottom, bounds)


def _condition(one: Where, bounds: dict[str, Range]) -> str:
    operator = _OPERATORS.get(one.operator, one.operator)
    return f"{sql(one.left, bounds)} {operator} {sql(one.right, bounds)}"


def _range(size: Size | Tree, bounds: dict[str, Range]) -> Range:
    program = compiled([size])
    return ranges(program, {name: bounds[name] for name in program.names})[program.results[0]]
