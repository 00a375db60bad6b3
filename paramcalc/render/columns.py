"""Columns of text, aligned by the width that a terminal gives each character, and folded where it is too narrow."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from .document import Cell, Fact, Math, Table, plain

FOLDED = 14  # columns of the terminal that are enough for what can be folded


class Span(NamedTuple):
    """Part of a line, all of one style: ``bold``, ``dim``, ``green``, ``cyan``, or none."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


def width_of(text: str) -> int:
    """Count the columns that text takes on a terminal: two for a Chinese character, none for an accent."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def fold(text: str, width: int) -> list[str]:
    """Break text into lines of a width, between words where it can."""
    lines, start = [], 0
    while (end := _reach(text, start, width)) < len(text):
        space = text.rfind(" ", start, end + 1)
        if space > start and not text[start:space].isspace():
            end = space
        lines.append(text[start:end].rstrip())
        start = end
        while text[start : start + 1] == " ":
            start += 1
    return [*lines, text[start:]] if start < len(text) or not lines else lines


def _reach(text: str, start: int, width: int) -> int:
    # where the characters that fit into a line end, one at least
    taken = 0
    for at in range(start, len(text)):
        taken += width_of(text[at])
        if taken > width:
            return max(at, start + 1)
    return len(text)


def fitted(longest: Sequence[int], whole: set[int], room: int) -> list[int]:
    """Give each column its width: what it needs, or less where there is not room for all.

    The widest columns shrink first, those in ``whole`` only when the others have shrunk to `FOLDED`.
    """
    widths = list(longest)
    for shrinking, least in ((set(range(len(widths))) - whole, FOLDED), (set(range(len(widths))), 1)):
        if sum(widths) <= room or not shrinking:
            continue

        def total(cap: int, shrinking: set[int] = shrinking, widths: Sequence[int] = tuple(widths)) -> int:
            return sum(min(width, cap) if at in shrinking else width for at, width in enumerate(widths))

        cap = max(bisect_right(range(max(widths) + 1), room, lo=least, key=total) - 1, least)
        widths = [min(width, cap) if at in shrinking else width for at, width in enumerate(widths)]
    return widths


def table_lines(table: Table, indent: int, gap: int, width: int | None = None, ascii: bool = False) -> Iterator[Line]:
    """Give the lines of a table; in ``width`` columns, if there is a limit. Its title and note are not among them.

    It goes through the rows twice, for the widths and for the lines, and keeps none of them.
    """
    widths = [0] * len(table.headers)
    for row in chain([table.headers], table.rows, [table.footer] if table.footer else ()):
        widths = [max(width, width_of(plain(cell, ascii))) for width, cell in zip(widths, row, strict=True)]
    if width is not None:
        widths = fitted(widths, {0, *table.right}, width - indent - gap * (len(widths) - 1))
    rule = Span(" " * indent + ("-" if ascii else "─") * (sum(widths) + gap * (len(widths) - 1)))

    def lines(row: Sequence[Cell], style: str = "") -> Iterator[Line]:
        styles = [style or _style(cell, at in table.right) for at, cell in enumerate(row)]
        return _row([plain(cell, ascii) for cell in row], styles, widths, table.right, indent, gap)

    yield from lines(table.headers, "dim")
    yield (rule,)
    for row in table.rows:
        yield from lines(row)
    if table.footer:
        yield (rule,)
        yield from lines(table.footer, "bold")


def _row(
    cells: list[str], styles: list[str], widths: list[int], right: tuple[int, ...], indent: int, gap: int
) -> Iterator[Line]:
    if all(width_of(cell) <= width for cell, width in zip(cells, widths, strict=True)):
        folded = [[cell] for cell in cells]
    else:
        folded = [fold(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for line in range(max(map(len, folded))):
        spans = []
        for at, parts in enumerate(folded):
            text = parts[line] if line < len(parts) else ""
            space = " " * (widths[at] - width_of(text))
            lead = " " * (gap if at else indent)
            spans += [Span(lead + space), Span(text, styles[at])] if at in right else [
                Span(lead), Span(text, styles[at]), Span(space)
            ]  # fmt: skip
        yield tuple(spans)


def _style(cell: Cell, number: bool) -> str:
    return "green" if number else "cyan" if isinstance(cell, Math) else ""


def fact_lines(facts: Sequence[Fact], indent: int, width: int | None = None, ascii: bool = False) -> Iterator[Line]:
    """Give the lines of labels and values, side by side."""
    labels = [plain(fact.label, ascii) for fact in facts]
    wide = max(map(width_of, labels), default=0)
    room = None if width is None else max(width - indent - wide - 2, 1)
    for label, fact in zip(labels, facts, strict=True):
        written = plain(fact.value, ascii)
        style = "bold green" if fact.strong else ""
        for place, line in enumerate([written] if room is None else fold(written, room)):
            shown = "" if place else label
            space = " " * (wide - width_of(shown) + 2)
            yield Span(" " * indent), Span(shown, "dim"), Span(space), Span(line, style)
