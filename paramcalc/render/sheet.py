"""What every view shows: a report laid out as a title, facts, tables and notes, before any drawing.

A cell is text, or a :class:`Math` that each view writes in its own notation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..symbolic import Expr, Size, grouped, text, unicode
from ..tensors import shape_text

if TYPE_CHECKING:
    from ..report import Report, Row

MAC = "1 MAC is a multiplication and an addition, 2 FLOPs; biases and activations are not counted"


class Math(NamedTuple):
    """An expression, with the sizes to print in place of its symbols; a result has thousands apart."""

    size: Size
    values: dict[str, Size] | None = None
    result: bool = False

    def plain(self, ascii: bool = False) -> str:
        """Write it as text."""
        if isinstance(self.size, int) or self.result:
            written = grouped(self.size)
            return written if not ascii or isinstance(self.size, int) else text(self.size)
        return (text if ascii else unicode)(self.size, self.values)


def number(size: Size) -> Math:
    """Make a cell of a result: a count, not a formula."""
    return Math(size, result=True)


Cell = str | Math


class Table(NamedTuple):
    """Rows of cells under headers; ``right`` are the columns of numbers."""

    headers: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    right: tuple[int, ...] = ()
    footer: tuple[Cell, ...] = ()
    title: str = ""
    note: str = ""


class Sheet(NamedTuple):
    """Everything to be shown, in order: title, the first ``lead`` tables, facts, the other tables."""

    title: str
    subtitle: str
    facts: list[tuple[str, Cell]]
    tables: list[Table]
    lead: int = 0


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
    from .explain import explanation

    single = len(report.rows) == 1 and not report.rows[0].rows
    if single:
        return _card(report, explain)
    made = _overview(report, weights)
    return made._replace(tables=made.tables + explanation(report)) if explain else made


def _card(report: Report, explain: bool) -> Sheet:
    from .explain import explanation

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
    # where each gate sits, once for each cell
    from ..report import gate_slices

    facts: dict[str, str] = {}
    for weight in row.weights:
        if weight.gates:
            places = "  ".join(f"{gate} [{unicode(start)}:{unicode(stop)}]" for gate, start, stop in gate_slices(weight))
            facts[weight.scope] = places + "".join(f"  ({gate} starts at {n})" for gate, n in weight.starts)
    same = len({text for text in facts.values()}) == 1
    return [("gates", text) if same else (f"gates {scope}", text) for scope, text in list(facts.items())[: 1 if same else None]]


def _overview(report: Report, weights: bool) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for row in report.rows:
        _add(row, rows, 0)
    total: tuple[Cell, ...] = ("total", "", number(report.total), "")
    headers = ("layer", "output shape", "parameters", "why")
    tables = [Table(headers, rows, (2,), total)]
    if weights:
        tables.append(_weights(report.rows))
    return Sheet(report.name, "", _split(report) + _cost(report), tables, lead=1)


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
    whole = "a sample" if isinstance(batch, int) and batch == 1 else f"a batch of {grouped(batch)}"
    return [("MACs", f"{grouped(report.macs)} {whole}")]


def _weights(rows: list[Row]) -> Table:
    several = len(rows) > 1
    frozen = any(not weight.trainable for row in rows for weight in row.weights)
    headers = ("weight", "shape", "parameters", *(["trained"] if frozen else []))
    table: list[tuple[Cell, ...]] = []
    for row in rows:
        names = [weight.name for weight in row.weights]
        for weight in row.weights:
            name = weight.name if len(set(names)) == len(names) else weight.path
            cells: tuple[Cell, ...] = (f"{row.name}/{name}" if several else name, shape_text(weight.shape), number(weight.params))
            table.append((*cells, "yes" if weight.trainable else "no") if frozen else cells)
    return Table(headers, table, (2,))


def plain(self, ascii: bool = False) -> str:
        """Write it as text."""
        if isinstance(self.size, int) or self.result:
            written = grouped(self.size)
            return written if not ascii or isinstance(self.size, int) else text(self.size)
        return (text if ascii else unicode)(self.size, self.values)


def number(size: Size) -> Math:
    """Make a cell of a result: a count, not a formula."""
    return Math(size, result=True)


Cell = str | Math


class Table(NamedTuple):
    """Rows of cells under headers; ``right`` are the columns of numbers."""

    headers: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    right: tuple[int, ...] = ()
    footer: tuple[Cell, ...] = ()
    title: str = ""
    note: str = ""


class Sheet(NamedTuple):
    """Everything to be shown, in order: title, the first ``lead`` tables, facts, the other tables."""

    title: str
    subtitle: str
    facts: list[tuple[str, Cell]]
    tables: list[Table]
    lead: int = 0


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
    from .explain import explanation

    single = len(report.rows) == 1 and not report.rows[0].rows
    if single:
        return _card(report, explain)
    made = _overview(report, weights)
    return made._replace(tables=made.tables + explanation(report)) if explain else made


def _card(report: Report, explain: bool) -> Sheet:
    from .explain import explanation

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
    # where each gate sits, once for each cell
    from ..report import gate_slices

    facts: dict[str, str] = {}
    for weight in row.weights:
        if weight.gates:
            places = "  ".join(f"{gate} [{unicode(start)}:{unicode(stop)}]" for gate, start, stop in gate_slices(weight))
            facts[weight.scope] = places + "".join(f"  ({gate} starts at {n})" for gate, n in weight.starts)
    same = len({text for text in facts.values()}) == 1
    return [("gates", text) if same else (f"gates {scope}", text) for scope, text in list(facts.items())[: 1 if same else None]]


def _overview(report: Report, weights: bool) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for row in report.rows:
        _add(row, rows, 0)
    total: tuple[Cell, ...] = ("total", "", number(report.total), "")
    headers = ("layer", "output shape", "parameters", "why")
    tables = [Table(headers, rows, (2,), total)]
    if weights:
        tables.append(_weights(report.rows))
    return Sheet(report.name, "", _split(report) + _cost(report), tables, lead=1)


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
    whole = "a sample" if isinstance(batch, int) and batch == 1 else f"a batch of {grouped(batch)}"
    return [("MACs", f"{grouped(report.macs)} {whole}")]


def _weights(rows: list[Row]) -> Table:
    several = len(rows) > 1
    frozen = any(not weight.trainable for row in rows for weight in row.weights)
    headers = ("weight", "shape", "parameters", *(["trained"] if frozen else []))
    table: list[tuple[Cell, ...]] = []
    for row in rows:
        names = [weight.name for weight in row.weights]
        for weight in row.weights:
            name = weight.name if len(set(names)) == len(names) else weight.path
            cells: tuple[Cell, ...] = (f"{row.name}/{name}" if several else name, shape_text(weight.shape), number(weight.params))
            table.append((*cells, "yes" if weight.trainable else "no") if frozen else cells)
    return Table(headers, table, (2,))


def summary(report: Report) -> list[tuple[str, Cell]]:
    """Give the totals as facts, for views that have room for a line only."""
    return [("parameters", Math(report.total)), *_split(report), *_cost(report)]


def plain(cell: Cell | Any, ascii: bool = False) -> str:
    """Write any cell as text."""
    return cell.plain(ascii) if isinstance(cell, Math) else str(cell)
