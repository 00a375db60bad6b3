"""The sheet every view draws: a title, facts and tables; a cell is text, or :class:`Math` in the view's notation."""

from __future__ import annotations

from typing import NamedTuple

from ..symbolic import Size, grouped, text, unicode


class Math(NamedTuple):
    """An expression, with the sizes to print in place of its symbols; a result has thousands apart."""

    size: Size
    values: dict[str, Size] | None = None
    result: bool = False


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


def number(size: Size) -> Math:
    """Make a cell of a result: a count, not a formula."""
    return Math(size, result=True)


def plain(cell: Cell, ascii: bool = False) -> str:
    """Write any cell as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell.size, int) or (cell.result and not ascii):
        return grouped(cell.size)
    return (text if ascii else unicode)(cell.size, cell.values)
