"""Laying out a report: a single layer as a card, a model as a table with totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..report import gate_slices
from ..symbolic import grouped, unicode
from ..tensors import shape_text
from .explain import explanation
from .sheet import Cell, Math, Sheet, Table, number

if TYPE_CHECKING:
    from ..report import Report, Row


def sheet(report: Report, weights: bool = False, explain: bool = False) -> Sheet:
    """Lay out a report: a single layer as a card, several as a table with totals.

    Parameters
    ----------
    report : Report
    weights : bool
        List every weight of every layer.
    explain : bool
        Say where each term comes from.
    """
    single = len(report.rows) == 1
    if single and (not report.rows[0].rows or report.rows[0].formula):
        return _card(report, explain)
    made = _overview(report, weights)
    return made._replace(tables=made.tables + explanation(report)) if explain else made


def _card(report: Report, explain: bool) -> Sheet:
    row = report.rows[0]
    formula = row.formula
    facts: list[tuple[str, Cell]] = [("parameters", number(row.params))]
    if formula is not None:
        facts.append(("formula", Math(formula.expr)))
        if formula.values:
            facts.append(("substituted", Math(formula.expr, formula.values)))
    facts += _split(report)
    facts.append(("input", "  ".join(map(shape_text, row.inputs))))
    facts.append(("output", "  ".join(map(shape_text, row.outputs))))
    facts += _cost(report)
    facts += _gates(row)
    tables = explanation(report) if explain else [_weights([row])] if row.weights else []
    why = getattr(getattr(row.layer, "rule", None), "why", "")
    return Sheet(row.type, why, facts, tables)


def _gates(row: Row) -> list[tuple[str, Cell]]:
    # where each gate sits, once for all cells if they are laid out alike
    facts: dict[str, str] = {}
    for weight in row.weights:
        if weight.gates:
            places = "  ".join(
                f"{gate} [{unicode(start)}:{unicode(stop)}]" for gate, start, stop in gate_slices(weight)
            )
            facts[weight.scope] = places + "".join(f"  ({gate} starts at {n})" for gate, n in weight.starts)
    if len(set(facts.values())) == 1:
        return [("gates", next(iter(facts.values())))]
    return [(f"gates {scope}", places) for scope, places in facts.items()]


def _overview(report: Report, weights: bool) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for row in report.rows:
        _add(row, rows, 0)
    total = report.total
    footer: tuple[Cell, ...] = ("total", "", number(total), "") if isinstance(total, int) else ()
    headers = ("layer", "output shape", "parameters", "why")
    tables = [Table(headers, rows, (2,), footer)]
    if weights:
        tables.append(_weights(report.rows))
    facts: list[tuple[str, Cell]] = [] if footer else [("parameters", number(total))]  # too long for a column
    return Sheet(report.name, "", [*facts, *_split(report), *_cost(report)], tables, lead=1)


def _add(row: Row, rows: list[tuple[Cell, ...]], depth: int) -> None:
    formula = row.formula
    name = f"{'  ' * depth}{row.name} ({row.type})"
    if len(row.calls) > 1:
        name += f" ×{len(row.calls)}"
    shapes = "  ".join(map(shape_text, row.outputs))
    why: Cell = Math(formula.expr, formula.values) if formula else ""
    rows.append((name, shapes, number(row.params), why))
    for inner in row.rows:
        _add(inner, rows, depth + 1)


def _split(report: Report) -> list[tuple[str, Cell]]:
    # said only where something is not trained
    if report.non_trainable == 0:
        return []
    return [("trainable", number(report.trainable)), ("non-trainable", number(report.non_trainable))]


def _cost(report: Report) -> list[tuple[str, Cell]]:
    if report.macs == 0:
        return []
    batch = report.batch
    whole = "one sample" if batch == 1 else f"a batch of {grouped(batch)}"
    return [("MACs", f"{grouped(report.macs)} for {whole}, 2 FLOPs each")]


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
