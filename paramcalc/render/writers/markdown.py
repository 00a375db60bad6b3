"""The Markdown view: a table for a README, an issue or a notebook cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..document import Cell, Math, Sheet, Table, plain
from ..layout import sheet

if TYPE_CHECKING:
    from ...report import Report


def view(report: Report, **options: Any) -> str:
    """Write a report as Markdown."""
    return write(sheet(report, **options))


def write(made: Sheet) -> str:
    """Write a sheet as Markdown."""
    blocks = [f"**{_escape(made.title)}**" + (f": {_escape(made.subtitle)}" if made.subtitle else "")]
    facts = "\n".join(f"- {label}: {_cell(value)}" for label, value in made.facts)
    tables = [_table(table) for table in made.tables]
    blocks += [*tables[: made.lead], facts, *tables[made.lead :]]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _table(table: Table) -> str:
    lines = [table.headers, tuple("--:" if at in table.right else "---" for at in range(len(table.headers)))]
    lines += [tuple(_cell(cell) for cell in row) for row in table.rows]
    if table.footer:
        lines.append(tuple(f"**{_cell(cell)}**" if plain(cell) else "" for cell in table.footer))
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    head = [f"*{_escape(table.title)}*"] * bool(table.title) + [_escape(table.note)] * bool(table.note)
    return "\n\n".join([*head, text])


def _cell(cell: Cell) -> str:
    written = plain(cell)
    code = isinstance(cell, Math) and not isinstance(cell.size, int)
    return f"`{written}`" if code else _escape(written)


def _escape(text: str) -> str:
    for character in "\\`*_{}[]<>|#":
        text = text.replace(character, "\\" + character)
    return text.replace("\n", " ")
