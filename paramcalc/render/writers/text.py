"""The plain text view: aligned columns, no colour, full width."""

from __future__ import annotations

from collections.abc import Iterator

from ...untyped import Passed
from ..columns import Line, fact_lines, passage_lines, table_lines
from ..document import Document, Passage, Table, plain
from ..presentation import Presentation

WIDTH = 100  # of sentences; tables are as wide as they need


def write(shown: Presentation, *, ascii: bool = False, **options: Passed) -> Iterator[str]:
    """Write a presentation as plain text."""
    return _blocks(shown.laid_out(**options), ascii)


def _blocks(made: Document, ascii: bool) -> Iterator[str]:
    title = f"{made.title}: {made.subtitle}" if made.subtitle else made.title
    yield f"{plain(title, ascii)}\n"
    for block in made.blocks():
        if isinstance(block, Passage):
            yield "\n"
            yield from (f"{plain(line, ascii)}\n" for line in passage_lines(block, WIDTH))
        elif isinstance(block, Table):
            yield "\n"
            if block.title:
                yield f"{plain(block.title, ascii)}\n"
            yield from map(_joined, table_lines(block, 2, 2, ascii=ascii))
        else:
            yield "\n"
            yield from map(_joined, fact_lines(block, 2, ascii=ascii))


def _joined(line: Line) -> str:
    return "".join(span.text for span in line).rstrip() + "\n"
