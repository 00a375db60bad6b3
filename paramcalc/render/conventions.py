"""Conventions side by side: one cell as every framework has it, ready for every view."""

from __future__ import annotations

from functools import partial
from itertools import groupby

from ..catalogue import message
from ..core.shapes import shape_text
from ..rules.conventions.compare import Convention, Conventions, signed
from ..symbolic import Size, grouped
from ..untyped import Written
from .document import Cell, Document, Math, Table, number
from .presentation import Presentation, Records, listed

SCHEMA = "paramcalc-conventions/1"


def presentation(found: Conventions) -> Presentation:
    """Give conventions in the forms that views are made from.

    Its layout takes ``weights``: a second table with their tensors, the order of their gates and what was run or read.
    """
    sizes = found.d_x, found.d_h
    return Presentation(partial(_document, found, *sizes), partial(_records, found), partial(_data, found, *sizes))


def _document(found: list[Convention], d_x: Size, d_h: Size, weights: bool = False) -> Document:
    # every count and its formula; then whose it is, how much more than the first's, and why
    headers = ("convention", "parameters", "difference", "why")
    body: list[tuple[Cell, ...]] = [
        (f"{one.framework} {one.name}", number(one.params), signed(one.difference), message(one.reason))
        for one in found
    ]
    formulas: dict[tuple[Cell, ...], None] = {(number(one.params), Math(one.formula.expr)): None for one in found}
    several = len({one.params for one in found})
    counts = (
        "one count in {conventions} conventions" if several == 1 else "{counts} counts in {conventions} conventions"
    )
    subtitle = f"{grouped(d_x)} → {grouped(d_h)}: {message(counts, counts=several, conventions=len(found))}"
    counted = Table(tuple(map(message, ("parameters", "formula"))), list(formulas), (0,))
    tables = [counted, Table(tuple(map(message, headers)), body, (1, 2)), *([_tensors(found)] if weights else [])]
    return Document(found[0].cell, subtitle, [], tables)


def _tensors(found: list[Convention]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        shapes = groupby(one.weights, lambda weight: shape_text(weight.shape))
        tensors = ";  ".join(f"{', '.join(weight.name for weight in alike)} {shape}" for shape, alike in shapes)
        rows.append((f"{one.framework} {one.name}", " ".join(one.gates), tensors, message(one.source)))
    return Table(tuple(map(message, ("convention", "gates", "tensors", "checked"))), rows)


def _data(found: list[Convention], d_x: Size, d_h: Size) -> dict[str, Written]:
    sizes = {name: one if isinstance(one, int) else repr(one) for name, one in (("d_x", d_x), ("d_h", d_h))}
    return {"schema": SCHEMA, "cell": found[0].cell, **sizes, "conventions": [one.to_dict() for one in found]}


def _records(found: list[Convention]) -> Records:
    # one for each convention, its names of gates and tensors as text
    lines = [
        {
            **{name: value for name, value in one.to_dict().items() if name not in ("gates", "weights", "source")},
            "gates": " ".join(one.gates),
            "weights": "; ".join(f"{weight.name} {shape_text(weight.shape)}" for weight in one.weights),
            "source": one.source,
        }
        for one in found
    ]
    return listed(lines)
