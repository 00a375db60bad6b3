"""Help on a terminal: headings, flags and examples in colour, unless ``NO_COLOR`` is set; plain text in a pipe."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from ..render.columns import Line, Span
from ..render.document import asciified
from .output import speaks_unicode, write

_HEADING = re.compile(r"(\s*)([A-Z]\w*:)( .*)?")
_FLAGS = re.compile(r"(  )((?:-\w, )?-{1,2}[\w-]+(?: / -{1,2}[\w-]+)*)(.*)")
_ENTRY = re.compile(r"(  )([\w|]+)(  +.*)")


def print_help(text: str) -> None:
    """Print a help text."""
    shown = text if speaks_unicode() else asciified(text)
    if not sys.stdout.isatty():
        write([shown])
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)  # it knows NO_COLOR, and terminals without colour
    for line in coloured(shown.splitlines()):
        console.print(Text.assemble(*((span.text, span.style) for span in line)), soft_wrap=True)


def coloured(lines: list[str]) -> Iterator[Line]:
    """Give the lines with their styles."""
    section = ""
    for line in lines:
        heading, flags, entry = _HEADING.fullmatch(line), _FLAGS.fullmatch(line), _ENTRY.fullmatch(line)
        if heading:
            section = heading[2]
            yield Span(heading[1]), Span(heading[2], "bold"), Span(heading[3] or "")
        elif flags:
            yield Span(flags[1]), Span(flags[2], "cyan"), Span(flags[3])
        elif section == "Commands:" and entry:
            yield Span(entry[1]), Span(entry[2], "cyan"), Span(entry[3])
        elif section == "Examples:":
            yield (Span(line, "green"),)
        else:
            yield (Span(line),)
