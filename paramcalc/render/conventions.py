"""Conventions side by side: one cell as every framework has it, as a sheet, as records, and as data."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from ..core.tensors import shape_text
from ..rules.conventions.compare import Convention, signed
from ..symbolic import Size, grouped
from .document import Cell, Math, Sheet, Table, number

SCHEMA = "paramcalc-conventions/1"


def comparison(found: list[Convention], d_x: Size, d_h: Size, weights: bool = False) -> Sheet:
    """Lay out conventions: every count and its formula; then whose it is, how much more than the first's, and why.

    With ``weights`` a second table has their tensors, the order of their gates and what was run or read.
    """
    headers = ("convention", "parameters", "difference", "why")
    body: list[tuple[Cell, ...]] = [
        (f"{one.framework} {one.name}", number(one.params), signed(one.difference), one.reason) for one in found
    ]
    formulas: dict[tuple[Cell, ...], None] = {(number(one.params), Math(one.formula.expr)): None for one in found}
    several = len({one.params for one in found})
    counts = "one count" if several == 1 else f"{several} counts"
    subtitle = f"{grouped(d_x)} → {grouped(d_h)}: {counts} in {len(found)} conventions"
    counted = Table(("parameters", "formula"), list(formulas), (0,))
    tables = [counted, Table(headers, body, (1, 2)), *([_tensors(found)] if weights else [])]
    return Sheet(found[0].cell, subtitle, [], tables)


def _tensors(found: list[Convention]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        shapes = groupby(one.weights, lambda weight: shape_text(weight.shape))
        tensors = ";  ".join(f"{', '.join(weight.name for weight in alike)} {shape}" for shape, alike in shapes)
        rows.append((f"{one.framework} {one.name}", " ".join(one.gates), tensors, one.source))
    return Table(("convention", "gates", "tensors", "checked"), rows)


def comparison_data(found: list[Convention], d_x: Size, d_h: Size) -> dict[str, Any]:
    """Give conventions as plain data."""
    sizes = {name: one if isinstance(one, int) else repr(one) for name, one in (("d_x", d_x), ("d_h", d_h))}
    return {"schema": SCHEMA, "cell": found[0].cell, **sizes, "conventions": [one.to_dict() for one in found]}


def comparison_records(found: list[Convention]) -> list[dict[str, Any]]:
    """Give one record for each convention, for CSV: its names of gates and tensors as text."""
    return [
        {
            **{name: value for name, value in one.to_dict().items() if name not in ("gates", "weights", "source")},
            "gates": " ".join(one.gates),
            "weights": "; ".join(f"{weight.name} {shape_text(weight.shape)}" for weight in one.weights),
            "source": one.source,
        }
        for one in found
    ]
