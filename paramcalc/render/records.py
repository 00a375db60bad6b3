"""A report as flat records, a layer each: what CSV and data frames are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..core.shapes import shape_text
from .presentation import Record

if TYPE_CHECKING:
    from ..report import Report, Row


def records(report: Report) -> Iterator[Record]:
    """Give one record for each layer; a nested model is its layers, so every column adds up to its total.

    (Unless a layer is shared between levels: it stands at each of them, and counts once in the total.)
    """
    sourced = any(row.source for _, row in report.leaves)
    for path, row in report.leaves:
        yield {**record(path, row), **({"source": row.source} if sourced else {})}


def record(path: str, row: Row) -> Record:
    """Give the record of one row."""
    formula = row.formula
    return {
        "layer": path,
        "type": row.type,
        "input_shape": " ".join(map(shape_text, row.inputs)),
        "output_shape": " ".join(map(shape_text, row.outputs)),
        **row.figures(),
        "formula": repr(formula) if formula else "",
        "substituted": formula.substituted if formula else "",
    }
