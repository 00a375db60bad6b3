"""The LaTeX view: the derivation as aligned equations and the rows as a ``tabular``; it needs the package booktabs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...symbolic import latex
from ..document import Cell, Document, Math, Table, plain
from ..presentation import Presentation

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


def write(shown: Presentation, *, ascii: bool = False, **options: Any) -> Iterator[str]:
    """Write a presentation as LaTeX; its notation is in ASCII already."""
    return _blocks(shown.laid_out(**options))


def _blocks(made: Document) -> Iterator[str]:
    yield f"% {made.title}".replace("\n", " ") + "\n"
    for block in made.blocks():
        if isinstance(block, Table):
            yield "\n"
            yield from _table(block)
        else:
            yield "\n\\begin{tabular}{ll}\n"
            yield from (_line([fact.label, fact.value]) for fact in block)
            yield "\\end{tabular}\n"


def _table(table: Table) -> Iterator[str]:
    columns = "".join("r" if at in table.right else "l" for at in range(len(table.headers)))
    yield f"\\begin{{tabular}}{{{columns}}}\n\\toprule\n"
    yield _line(table.headers)
    yield "\\midrule\n"
    yield from map(_line, table.rows)
    if table.footer:
        yield "\\midrule\n"
        yield _line(table.footer)
    yield "\\bottomrule\n\\end{tabular}\n"


def _line(cells: Sequence[Cell]) -> str:
    return " & ".join(map(_cell, cells)) + " \\\\\n"


def _cell(cell: Cell) -> str:
    if isinstance(cell, Math) and not isinstance(cell.size, int):
        return f"${latex(cell.size, cell.values)}$"
    return _escape(plain(cell))


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)
