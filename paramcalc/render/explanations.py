"""The explanations of a report: equal layers are explained once; as blocks of a document, and as data for JSON."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..catalogue import message
from ..core.json_data import JsonObject
from ..core.shapes import shape_text
from ..core.totals import summed
from ..report.row import NAMED
from ..symbolic import Size, text
from .document import Block, Cell, Letters, Math, Passage, Table, number
from .explain import Explanation, Gate, activations, explained

if TYPE_CHECKING:
    from ..report import Report, Row


def explanations(report: Report) -> Iterator[Explanation]:
    """Explain every layer that has weights, including the layers of nested models."""
    for _, row, one in _each(report):
        yield one.of(row.name)


def _each(report: Report) -> Iterator[tuple[str, Row, Explanation]]:
    # the path of each layer, its row, and its explanation, perhaps under another name: equal layers have one
    leaves = [(path, row) for path, row in report.leaves if row.weights]
    repeated = {id(row.first) for _, row in leaves if row.first is not None}
    known: dict[Hashable, Explanation | None] = {}
    for path, row in leaves:
        first = row.first or row
        if id(first) not in repeated:
            found = explained(row)
        else:
            key = id(first), *activations(row)
            if key not in known:
                known[key] = explained(row)
            found = known[key]
        if found is not None:
            yield path, row, found


def blocks(report: Report, introduced: bool = False) -> list[Block]:
    """Lay out the explanations of a report.

    Parameters
    ----------
    report : Report
    introduced : bool
        Whether the summary of its only layer stands in the title.
    """
    found: dict[Hashable, tuple[Explanation, list[str]]] = {}
    for path, row, one in _each(report):
        found.setdefault(one.said, (one.of(row.name), []))[1].append(path)
    return [block for one, (_, *same) in found.values() for block in _blocks(one, same, introduced)]


def _same(paths: Sequence[str]) -> str:
    # a reader of a thousand equal layers wants one explanation
    said = (
        "The same holds for {layers}." if len(paths) <= NAMED else "The same holds for {layers}, and for {more} more."
    )
    return message(said, layers=", ".join(paths[:NAMED]), more=f"{len(paths) - NAMED:,}")


def _blocks(one: Explanation, same: Sequence[str], introduced: bool) -> Iterator[Block]:
    for place, part in enumerate(one.computed):
        said = part.sentences if introduced and place == 0 else (part.summary, *part.sentences)
        said = (*said, _same(same)) if same and place == 0 else said
        if part.equations or said:
            title = "{layer}, equations" if part.equations else "{layer}"
            yield Passage(message(title, layer=part.name), part.equations, said)
    yield _tensor_table(one)
    for scope, gates in one.gates.items():
        yield _gate_table(one.layer, scope if "/" in scope or len(one.gates) > 1 else "", gates)


def _tensor_table(one: Explanation) -> Table:
    lettered = any(tensor.letter for tensor in one.tensors)
    rows: list[tuple[Cell, ...]] = []
    for tensor in one.tensors:
        letter: tuple[Cell, ...] = (Letters(tensor.letter),) if lettered else ()
        shapes = shape_text(tensor.symbolic), shape_text(tensor.shape)
        rows.append((tensor.path, *letter, *shapes, number(tensor.params)))
    headers = ("tensor", *["letter"] * lettered, "symbolic shape", "shape", "parameters")
    title = message("{layer}, by tensor", layer=one.layer)
    last = len(headers) - 1
    footer: list[Cell] = [message("total"), *[""] * (last - 1), number(one.params)]
    return Table(tuple(map(message, headers)), rows, (last,), tuple(footer), title)


def _gate_table(layer: str, scope: str, gates: tuple[Gate, ...]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (f"{gate.letter}  {gate.name}", gate.role, Math(gate.weights), number(gate.params)) for gate in gates
    ]
    headers = ("network", "role", "weights", "parameters")
    total = message("{count} networks" if len(gates) > 1 else "{count} network", count=len(gates))
    title = message("{layer}, by gate of {scope}" if scope else "{layer}, by gate", layer=layer, scope=scope)
    footer = (message("total"), "", total, number(summed(gate.params for gate in gates)))
    return Table(tuple(map(message, headers)), rows, (3,), footer, title)


def data(report: Report) -> Iterator[JsonObject]:
    """Give the explanations of a report as data, one for each layer, for the key ``explanation`` of its JSON."""
    return map(_data, explanations(report))


def _data(one: Explanation) -> JsonObject:
    return {
        "layer": one.layer,
        "computes": [
            {
                "name": part.name,
                "summary": part.summary,
                "equations": list(part.equations),
                "sentences": list(part.sentences),
            }
            for part in one.computed
        ],
        "tensors": [
            {
                "path": tensor.path,
                "letter": tensor.letter or None,
                "symbolic_shape": [_size(axis) for axis in tensor.symbolic],
                "shape": [_size(axis) for axis in tensor.shape],
                "count": _size(tensor.params),
            }
            for tensor in one.tensors
        ],
        "count": _size(one.params),
        "networks": [
            {
                "scope": scope,
                "letter": gate.letter,
                "name": gate.name,
                "role": gate.role,
                "formula": text(gate.weights),
                "count": _size(gate.params),
            }
            for scope, gates in one.gates.items()
            for gate in gates
        ],
    }


def _size(size: Size) -> int | str:
    return size if isinstance(size, int) else text(size)
