"""The plain text view: aligned columns, no colour, full width; needs the standard library alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..document import Sheet, Table, plain
from ..layout import sheet

if TYPE_CHECKING:
    from ...report import Report

ASCII = str.maketrans({"×": "x", "·": "*", "−": "-", "≥": ">=", "↑": "^"})


def view(report: Report, ascii: bool = False, **options: Any) -> str:
    """Write a report as plain text, in ASCII if asked."""
    return write(sheet(report, **options), ascii)


def write(made: Sheet, ascii: bool = False) -> str:
    """Write a sheet as plain text."""
    blocks = [f"{made.title}: {made.subtitle}" if made.subtitle else made.title]
    facts = ""
    if made.facts:
        width = max(len(label) for label, _ in made.facts)
        facts = "\n".join(f"  {label:<{width}}  {plain(value, ascii)}" for label, value in made.facts)
    tables = [_table(table, ascii) for table in made.tables]
    blocks += [*tables[: made.lead], facts, *tables[made.lead :]]
    text = "\n\n".join(block for block in blocks if block) + "\n"
    return text.translate(ASCII).encode("ascii", "backslashreplace").decode() if ascii else text


def _table(table: Table, ascii: bool) -> str:
    body = [[plain(cell, ascii) for cell in row] for row in (table.headers, *table.rows)]
    if table.footer:
        body.append([plain(cell, ascii) for cell in table.footer])
    widths = [max(map(len, column)) for column in zip(*body, strict=True)]
    lines = []
    for row in body:
        cells = [
            cell.rjust(width) if at in table.right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(("  " + "  ".join(cells)).rstrip())
    rule = "  " + ("-" if ascii else "─") * (sum(widths) + 2 * len(widths) - 2)
    lines.insert(1, rule)
    if table.footer:
        lines.insert(-1, rule)
    note = [f"  {line}" for line in table.note.splitlines()] + [""] if table.note else []
    return "\n".join([table.title, *note, *lines] if table.title else lines)
