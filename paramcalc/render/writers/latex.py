"""The LaTeX view: the derivation as aligned equations and the rows as a ``tabular`` (booktabs)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...symbolic import latex
from ..document import Cell, Math, Sheet, Table, plain
from ..layout import sheet

if TYPE_CHECKING:
    from ...report import Report

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "−": "$-$",
    "⌊": r"$\lfloor$",
    "⌋": r"$\rfloor$",
    "²": "$^2$",
    "³": "$^3$",
}


def view(report: Report, **options: Any) -> str:
    """Write a report as LaTeX; the tables need the package booktabs."""
    return write(sheet(report, **options))


def write(made: Sheet) -> str:
    """Write a sheet as LaTeX."""
    blocks = [f"% {made.title}".replace("\n", " ")]
    facts = [f"{_escape(label)} & {_cell(value)} \\\\" for label, value in made.facts]
    card = "\n".join([r"\begin{tabular}{ll}", *facts, r"\end{tabular}"]) if facts else ""
    tables = [_table(table) for table in made.tables]
    blocks += [block for block in [*tables[: made.lead], card, *tables[made.lead :]] if block]
    return "\n\n".join(blocks) + "\n"


def _table(table: Table) -> str:
    columns = "".join("r" if at in table.right else "l" for at in range(len(table.headers)))
    lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", _line(table.headers), r"\midrule"]
    lines += [_line(row) for row in table.rows]
    if table.footer:
        lines += [r"\midrule", _line(table.footer)]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])


def _line(cells: tuple[Cell, ...]) -> str:
    return " & ".join(_cell(cell) for cell in cells) + r" \\"


def _cell(cell: Cell) -> str:
    if isinstance(cell, Math) and not isinstance(cell.size, int):
        return f"${latex(cell.size, cell.values)}$"
    return _escape(plain(cell))


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)
