"""A sweep in the forms that views take: a table, and flat records."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from ..catalogue import message
from ..errors import OptionError
from ..untyped import Written
from .document import Cell, Document, Fact, Table, number
from .presentation import Presentation, Records

if TYPE_CHECKING:
    from ..analysis.sweep import Sweep

SCHEMA = "paramcalc-sweep/1"
MOST = 100_000  # points of a table, which is held in memory to be laid out


def presentation(sweep: Sweep) -> Presentation:
    """Give a sweep in the forms that views take."""
    return Presentation(
        partial(_document, sweep), lambda: Records(sweep.names, sweep.rows()), lambda: list(lines(sweep))
    )


def _document(sweep: Sweep) -> Document:
    asked = sweep.request
    whole = not asked.where and not asked.goals
    if whole and asked.size > MOST:  # before any of them is worked out
        raise OptionError(
            f"a table of more than {MOST:,} points", expected="csv, jsonl or parquet", received=asked.size
        )
    rows: list[tuple[Cell, ...]] = [
        tuple(number(value) for value in row.values()) for row in islice(sweep.rows(), MOST + 1)
    ]
    if len(rows) > MOST:
        raise OptionError(f"a table of more than {MOST:,} points", expected="csv, jsonl or parquet")
    names = sweep.names
    table = Table(tuple(map(message, names)), rows, tuple(range(len(names))))
    return Document(sweep.request.family.label, str(sweep.request), list(_facts(sweep)), [table], lead=1)


def _facts(sweep: Sweep) -> Iterator[Fact]:
    if any(column.of_cost for column in sweep.request.figures):
        yield Fact(message("costs"), str(sweep.request.asked))
    if note := left_out(sweep):
        yield Fact(message("left out"), note)


def left_out(sweep: Sweep) -> str:
    """Say how many points have no model, and why at one of them; nothing where all have."""
    left = sweep.left
    if not left.number:
        return ""
    texts = {"left": f"{left.number:,}", "all": f"{sweep.request.size:,}", "reason": left.reason}
    return message("{left} of {all} points, at which the model cannot be built ({reason})", **texts)


def lines(sweep: Sweep) -> Iterator[dict[str, Written]]:
    """Give the points as JSON lines have them (``paramcalc-sweep/1``)."""
    sizes = [one.name for one in sweep.request.axes]
    for row in sweep.rows():
        values = {name: row.pop(name) for name in sizes}
        yield {"schema": SCHEMA, "sizes": values, **row}
