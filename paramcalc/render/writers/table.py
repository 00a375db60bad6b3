"""The terminal view: colours and width are the terminal's, and nothing is cut off elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from ...untyped import Passed
from ..columns import Line, Span, fact_lines, fold, passage_lines, table_lines
from ..document import Document, Passage, Table, plain
from ..presentation import Presentation

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

AT_ONCE = 1_000  # lines handed to rich together
WIDTH = 100  # of sentences, where the terminal is wider


def write(shown: Presentation, *, ascii: bool = False, width: int | None = None, **options: Passed) -> Iterator[str]:
    """Draw a presentation without colour, as wide as it needs unless a width is given."""
    for line in _lines(shown.laid_out(**options), width, ascii):
        yield "".join(span.text for span in line).rstrip() + "\n"


def draw(shown: Presentation, stream: TextIO, **options: Passed) -> None:
    """Draw a presentation on a terminal, in its colours and its width."""
    from rich.console import Console

    console = Console(file=stream)
    lines = _lines(shown.laid_out(**options), console.width)
    while several := list(islice(lines, AT_ONCE)):
        console.print(_Lines(several), end="")


def drawing_of(shown: Presentation) -> RenderableType:
    """Give a presentation as something rich can print."""
    return _Drawing(shown.laid_out())


class _Drawing:
    """A document that is laid out once rich says how wide the terminal is."""

    def __init__(self, made: Document) -> None:
        self.made = made

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        return _segments(_lines(self.made, options.max_width))


class _Lines:
    """Lines that are laid out already."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        return _segments(iter(self.lines))


def _segments(lines: Iterator[Line]) -> Iterator[Segment]:
    from rich.segment import Segment
    from rich.style import Style

    for line in lines:
        yield from (Segment(span.text, Style.parse(span.style) if span.style else None) for span in line)
        yield Segment.line()


def _lines(made: Document, width: int | None, ascii: bool = False) -> Iterator[Line]:
    yield from _title(made, width, ascii)
    for block in made.blocks():
        if isinstance(block, Passage):
            yield (Span(""),)
            title, *lines = passage_lines(block, WIDTH if width is None else min(width, WIDTH))
            yield (Span(plain(title, ascii), "bold"),)
            yield from ((Span(plain(line, ascii)),) for line in lines)
        elif isinstance(block, Table):
            yield (Span(""),)
            if block.title:
                yield from _text(plain(block.title, ascii), "bold", width)
            yield from table_lines(block, 2, 3, width, ascii)
        else:
            yield (Span(""),)
            yield from fact_lines(block, 2, width, ascii)
    yield (Span(""),)


def _title(made: Document, width: int | None, ascii: bool) -> Iterator[Line]:
    title, subtitle = plain(made.title, ascii), plain(made.subtitle, ascii)
    whole = f"{title}  {subtitle}" if subtitle else title
    if width is None or len(whole) <= width:
        yield (Span(title, "bold"), Span(f"  {subtitle}", "dim")) if subtitle else (Span(title, "bold"),)
    else:
        yield from _text(title, "bold", width)
        yield from _text(subtitle, "dim", width) if subtitle else ()


def _text(text: str, style: str, width: int | None) -> Iterator[Line]:
    for line in text.splitlines():
        yield from ((Span(part, style),) for part in ([line] if width is None else fold(line, width)))
