"""The LaTeX view: equations aligned, and rows as a ``tabular``; it needs the packages booktabs and amsmath."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...symbolic import latex
from ...untyped import Passed
from ..document import Cell, Document, Letters, Math, Passage, Table, plain
from ..notation import latex_equation, latex_letters
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
    "≥": r"$\geq$",
    "↑": r"$\uparrow$",
    "→": r"$\rightarrow$",
    "…": r"\dots{}",
    "σ": r"$\sigma$",
    "γ": r"$\gamma$",
    "β": r"$\beta$",
    "⊙": r"$\odot$",
    "∗": "$*$",
    "√": r"$\surd$",
}


def write(shown: Presentation, *, ascii: bool = False, **options: Passed) -> Iterator[str]:
    """Write a presentation as LaTeX; its notation is in ASCII already."""
    return _blocks(shown.laid_out(**options))


def _blocks(made: Document) -> Iterator[str]:
    yield f"% {made.title}".replace("\n", " ") + "\n"
    yield from _heading(made.title, made.subtitle)
    for block in made.blocks():
        if isinstance(block, Passage):
            yield "\n"
            yield from _passage(block)
        elif isinstance(block, Table):
            yield "\n"
            if block.title:
                yield from _heading(block.title)
            yield from _table(block)
        else:
            yield "\n\\begin{tabular}{ll}\n"
            yield from (_line([fact.label, fact.value]) for fact in block)
            yield "\\end{tabular}\n"


def _heading(title: str, text: str = "") -> Iterator[str]:
    yield f"\\noindent\\textbf{{{_escape(title)}}}{f': {_escape(text)}' if text else ''}\\par\n"


def _passage(passage: Passage) -> Iterator[str]:
    yield from _heading(passage.title)
    if passage.equations:
        yield "\\begin{align*}\n"
        yield " \\\\\n".join(map(latex_equation, passage.equations))
        yield "\n\\end{align*}\n"
    yield from (f"\\noindent {_escape(sentence)}\\par\n" for sentence in passage.sentences)


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
    if isinstance(cell, Letters) and cell.text:
        return f"${latex_letters(cell.text)}$"
    return _escape(plain(cell))


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)
