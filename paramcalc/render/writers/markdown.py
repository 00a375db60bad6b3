"""The Markdown view: a table for a README, an issue or a notebook cell."""

from __future__ import annotations

from collections.abc import Iterator

from ...untyped import Passed
from ..document import Cell, Document, Letters, Math, Passage, Table, plain
from ..presentation import Presentation


def write(shown: Presentation, *, ascii: bool = False, **options: Passed) -> Iterator[str]:
    """Write a presentation as Markdown."""
    return _blocks(shown.laid_out(**options), ascii)


def _blocks(made: Document, ascii: bool) -> Iterator[str]:
    yield f"**{_escape(made.title)}**" + (f": {_escape(made.subtitle)}" if made.subtitle else "") + "\n"
    for block in made.blocks():
        if isinstance(block, Passage):
            yield "\n"
            yield from _passage(block, ascii)
        elif isinstance(block, Table):
            yield "\n"
            yield from _table(block, ascii)
        else:
            yield "\n"
            yield from (f"- {fact.label}: {_cell(fact.value, ascii)}\n" for fact in block)


def _passage(passage: Passage, ascii: bool) -> Iterator[str]:
    yield f"*{_escape(passage.title)}*\n"
    if passage.equations:
        yield "\n```\n"
        yield from (f"{plain(line, ascii)}\n" for line in passage.equations)
        yield "```\n"
    for sentence in passage.sentences:
        yield f"\n{_escape(plain(sentence, ascii))}\n"


def _table(table: Table, ascii: bool) -> Iterator[str]:
    if table.title:
        yield f"*{_escape(table.title)}*\n\n"
    yield _line(table.headers)
    yield _line(["--:" if at in table.right else "---" for at in range(len(table.headers))])
    for row in table.rows:
        yield _line([_cell(cell, ascii) for cell in row])
    if table.footer:
        yield _line([f"**{_cell(cell, ascii)}**" if plain(cell) else "" for cell in table.footer])


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(cell: Cell, ascii: bool) -> str:
    written = plain(cell, ascii)
    code = isinstance(cell, Letters) or (isinstance(cell, Math) and not isinstance(cell.size, int))
    return f"`{written}`" if code and written else _escape(written)


def _escape(text: str) -> str:
    for character in "\\`*_{}[]<>|#":
        text = text.replace(character, "\\" + character)
    return text.replace("\n", " ")
