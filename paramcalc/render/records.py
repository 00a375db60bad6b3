"""A report as flat records, a layer or a weight each: what CSV and data frames are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..core.shapes import shape_text
from ..report.data import plain
from ..report.row import FIGURES, leaves
from .presentation import Record, Records

if TYPE_CHECKING:
    from ..report import Report, Row

LAYER = ("layer", "type", "input_shape", "output_shape", *FIGURES, "formula", "substituted")
WEIGHT = ("layer", "type", "weight", "shape", "params", "trainable", "buffer")
SOURCE = "source"  # of layers of a program


def records(report: Report, weights: bool = False, depth: int | None = None) -> Records:
    """Give one record for each layer; a nested model is its layers, so every column adds up to its total.

    (Unless a layer is shared between levels: it stands at each of them, and counts once in the total.)

    Parameters
    ----------
    report : Report
    weights : bool
        Give one record for each weight instead.
    depth : int, optional
        How many levels of nested models to open; what is nested deeper is one record. All when left out.
    """
    found = leaves(report.rows, depth)
    if weights:
        return Records(WEIGHT, (line for path, row in found for line in _weights(path, row)))
    if not any(row.source for _, row in leaves(report.rows, depth)):
        return Records(LAYER, (record(path, row) for path, row in found))
    return Records((*LAYER, SOURCE), ({**record(path, row), SOURCE: row.source} for path, row in found))


def _weights(path: str, row: Row) -> Iterator[Record]:
    for weight in row.weights:
        values = (weight.path, shape_text(weight.shape), plain(weight.params), weight.trainable, weight.buffer)
        yield dict(zip(WEIGHT, (path, row.type, *values), strict=True))


def record(path: str, row: Row) -> Record:
    """Give the record of one row."""
    formula = row.formula
    shapes = (" ".join(map(shape_text, several)) for several in (row.inputs, row.outputs))
    written = (repr(formula), formula.substituted) if formula else ("", "")
    return dict(zip(LAYER, (path, row.type, *shapes, *row.figures().values(), *written), strict=True))
