"""A report as a document: a single layer as a card, a model as a table with totals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..core.rule import Layer
from ..core.tensors import shape_text
from ..symbolic import grouped, unicode
from .document import Cell, Document, Fact, Math, Table, number
from .explain import explanation
from .presentation import Presentation, write
from .records import records

if TYPE_CHECKING:
    from ..report import Report, Row


def presentation(report: Report) -> Presentation:
    """Give a report in the forms that views are made from."""
    return Presentation(partial(document, report), partial(records, report), report.to_dict)


def render(report: Report, format: str = "text", **options: Any) -> str:
    """Write a report in one of the views (see `paramcalc.render.presentation.write`)."""
    return "".join(write(presentation(report), format, **options))


def document(report: Report, weights: bool = False, explain: bool = False, depth: int | None = None) -> Document:
    """Lay out a report: a single layer as a card, several as a table with totals.

    Parameters
    ----------
    report : Report
    weights : bool
        List every weight of every layer.
    explain : bool
        Say where each term comes from.
    depth : int, optional
        How many levels of insides to show; all when left out.
    """
    single = len(report.rows) == 1
    if single and (not report.rows[0].rows or report.rows[0].formula):
        return _card(report, explain)
    made = _overview(report, weights, depth)
    return made._replace(tables=made.tables + explanation(report)) if explain else made


def _card(report: Report, explain: bool) -> Document:
    row = report.rows[0]
    formula = row.formula
    facts: list[Fact] = [("parameters", _params(row))]
    if formula is not None:
        facts.append(("formula", Math(formula.expr)))
        if formula.values:
            facts.append(("substituted", Math(formula.expr, formula.values)))
    facts += _split(report)
    facts += [("input", "  ".join(map(shape_text, row.inputs)))] * bool(row.inputs)
    facts.append(("output", "  ".join(map(shape_text, row.outputs))))
    facts += _cost(report)
    facts += _gates(row) + _warnings(report)
    tables = explanation(report) if explain else [_weights([row])] if row.weights else []
    why = row.layer.rule.why if isinstance(row.layer, Layer) else ""
    return Document(row.type, why, facts, tables)


def _gates(row: Row) -> list[Fact]:
    # where each gate sits, once for all cells if they are laid out alike; the tensor with the most gates tells
    gated = [weight for weight in row.weights if weight.gates]
    facts = dict.fromkeys((weight.scope for weight in gated), "")
    for weight in sorted(gated, key=lambda weight: len(weight.gates)):
        places = "  ".join(f"{gate} [{unicode(start)}:{unicode(stop)}]" for gate, start, stop in weight.gate_slices())
        facts[weight.scope] = places + "".join(f"  ({gate} starts at {n})" for gate, n in weight.starts)
    if len(set(facts.values())) == 1:
        return [("gates", next(iter(facts.values())))]
    return [(f"gates {scope}", places) for scope, places in facts.items()]


def _overview(report: Report, weights: bool, depth: int | None) -> Document:
    rows: list[tuple[Cell, ...]] = []
    graph = _branches(report.rows, depth)
    for row in report.rows:
        _add(row, rows, 0, depth, graph)
    total = report.total
    label = "total" if report.exact else "total, at least"
    between = ("",) * (3 + graph - 1)
    footer: tuple[Cell, ...] = (label, "", number(total), *between[1:]) if isinstance(total, int) else ()
    headers = ("layer", "output shape", "parameters", *(["reads"] if graph else []), "why")
    tables = [Table(headers, rows, (2,), footer)]
    if weights:
        tables.append(_weights(report.rows))
    # a long expression is too wide for a column
    facts: list[Fact] = [] if footer else [("parameters" + label[5:], number(total))]
    facts += _split(report) + _cost(report) + _warnings(report)
    return Document(report.name, "", facts, tables, lead=1)


def _branches(rows: list[Row], depth: int | None) -> bool:
    # whether some layer reads anything but what stands just above it
    above = rows[0].reads[:1] if rows else ()
    for row in rows:
        if row.reads not in (above, ()) or (depth != 0 and _branches(row.rows, depth and depth - 1)):
            return True
        above = ((row.name, 0),)
    return False


def _add(row: Row, rows: list[tuple[Cell, ...]], level: int, depth: int | None, graph: bool) -> None:
    formula = row.formula
    name = f"{'  ' * level}{row.name} ({row.type})"
    if len(row.calls) > 1:
        name += f" ×{len(row.calls)}"
    if row.counted_above:
        name += " ↑"
    shapes = "  ".join(map(shape_text, row.outputs))
    why: Cell = Math(formula.expr, formula.values) if formula else ""
    reads = [", ".join(f"{name}[{index}]" if index else name for name, index in row.reads)] if graph else []
    rows.append((name, shapes, _params(row), *reads, why))
    if depth is None or level < depth:
        for inner in row.rows:
            _add(inner, rows, level + 1, depth, graph)


def _params(row: Row) -> Cell:
    # of a layer nobody knows, the least there can be
    if not row.unknown:
        return number(row.params)
    return f"≥ {grouped(row.params)}" if row.weights else "unknown"


def _warnings(report: Report) -> list[Fact]:
    others = "" if report.holds else "; others otherwise"
    stored = [("stored", f"{report.stored:,} tensors, as the rules say{others}")] if report.stored else []
    again = any(one.counted_above for row in report.rows for one in [row, *row.rows])
    marks = [("↑", "counted once, further up")] if again else []
    return [*marks, *stored, *(("warning", warning) for warning in report.warnings)]


def _split(report: Report) -> list[Fact]:
    # said only where something is not trained, or is kept and no parameter
    split: list[Fact] = []
    if report.guessed:
        split = [("trainable", f"{'at most ' * report.exact}{grouped(report.trainable)}, a guess")]
    elif report.non_trainable != 0:
        split = [("trainable", number(report.trainable)), ("non-trainable", number(report.non_trainable))]
    return split + ([("buffers", number(report.buffers))] if report.buffers != 0 else [])


def _cost(report: Report) -> list[Fact]:
    if report.macs == 0:
        return []
    batch = report.batch
    whole = "this input" if batch is None else "one sample" if batch == 1 else f"a batch of {grouped(batch)}"
    least = "" if report.costed else "at least "
    return [("MACs", f"{least}{grouped(report.macs)} for {whole}, 2 FLOPs each")]


def _weights(rows: list[Row]) -> Table:
    several = len(rows) > 1
    frozen = any(not weight.trainable for row in rows for weight in row.weights)
    headers = ("weight", "shape", "parameters", *(["trained"] if frozen else []))
    table: list[tuple[Cell, ...]] = []
    for row in rows:
        names = [weight.name for weight in row.weights]
        for weight in row.weights:
            name = weight.name if len(set(names)) == len(names) else weight.path
            cells: tuple[Cell, ...] = (
                f"{row.name}/{name}" if several else name,
                shape_text(weight.shape),
                number(weight.params),
            )
            table.append((*cells, "yes" if weight.trainable else "no") if frozen else cells)
    return Table(headers, table, (2,))
