"""Columns of text, aligned by the width that a terminal gives each character, and folded where it is too narrow."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple
from unicodedata import category, east_asian_width

from .document import Cell, Fact, Math, Passage, Table, plain

_NO_WIDTH = ("Mn", "Me", "Cf")
_BETWEEN = "\0"  # of the cells of a row that is kept as one text; none of them has a control character
FOLDED = 14  # columns of the terminal that are enough for what can be folded


class Span(NamedTuple):
    """Part of a line, all of one style: ``bold``, ``dim``, ``green``, ``cyan``, or none."""

    text: str
    style: str = ""


Line = tuple[Span, ...]
Styles = tuple[str, ...]  # of the cells of a row


# what formulas are written with, each one column wide: Latin letters, raised digits, operators, brackets, rules
_SINGLE = re.compile("[ -\u00ac\u00ae-\u02ff\u2070\u2074-\u2089\u2190-\u2211\u2308-\u230b\u2500-\u257f]*").fullmatch


def width_of(text: str) -> int:
    """Count the columns that text takes on a terminal: two for a Chinese character, none for an accent or a joiner."""
    if text.isascii() or _SINGLE(text):
        return len(text)
    return sum(0 if category(one) in _NO_WIDTH else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def fold(text: str, width: int) -> list[str]:
    """Break text into lines of a width, between words where it can, and a longer word after a slash."""
    lines, start = [], 0
    while (end := _reach(text, start, width)) < len(text):
        space = text.rfind(" ", start, end + 1)
        slash = text.rfind("/", start, end) + 1
        if space > start and not text[start:space].isspace():
            end = space
        elif slash > start:
            end = slash
        lines.append(text[start:end].rstrip())
        start = end
        while text[start : start + 1] == " ":
            start += 1
    return [*lines, text[start:]] if start < len(text) or not lines else lines


def _reach(text: str, start: int, width: int) -> int:
    # where the characters that fit into a line end, one at least
    if _SINGLE(text, start, start + width + 1):
        return min(max(start + width, start + 1), len(text))
    taken = 0
    for at in range(start, len(text)):
        taken += width_of(text[at])
        if taken > width:
            return max(at, start + 1)
    return len(text)


def indented(text: str, width: int) -> list[str]:
    """Break text into lines of a width that all begin with the spaces in front of it."""
    plain_text = text.lstrip(" ")
    lead = text[: len(text) - len(plain_text)]
    return [lead + line for line in fold(plain_text, max(width - len(lead), 1))] if lead else fold(text, width)


def longest_word(text: str) -> int:
    """Give the width of the longest word, and of the spaces in front of the text."""
    lead = len(text) - len(text.lstrip(" "))
    return lead + max(map(width_of, text.split()), default=0)


def fitted(longest: Sequence[int], words: Sequence[int], whole: set[int], room: int) -> list[int] | None:
    """Give each column its width: what it needs, or less where there is not room for all, or ``None``.

    The widest columns shrink first, those in ``whole`` only when the others have shrunk to `FOLDED`. No column gets
    narrower than its longest word.

    Parameters
    ----------
    longest, words : sequence of int
        The longest cell and the longest word of each column.
    whole : set of int
    room : int
    """
    widths = list(longest)
    for shrinking, least in ((set(range(len(widths))) - whole, FOLDED), (set(range(len(widths))), 1)):
        if sum(widths) <= room or not shrinking:
            continue

        def at_most(cap: int, shrinking: set[int] = shrinking, widths: Sequence[int] = tuple(widths)) -> list[int]:
            return [min(width, max(cap, words[at])) if at in shrinking else width for at, width in enumerate(widths)]

        cap = max(bisect_right(range(max(widths) + 1), room, lo=least, key=lambda cap: sum(at_most(cap))) - 1, least)
        widths = at_most(cap)
    return widths if sum(widths) <= room else None


def table_lines(table: Table, indent: int, gap: int, width: int | None = None, ascii: bool = False) -> Iterator[Line]:
    """Give the lines of a table; in ``width`` columns, if there is a limit. Its title is not among them.

    Where even the longest words of the columns are too wide side by side, the cells of a row are listed one below the
    other, each with its header. Of the rows it keeps their text, from which it takes the widths, and then the lines.
    """
    widths, rows, same = [0] * len(table.headers), list[tuple[str, tuple[str, ...]]](), dict[Styles, Styles]()
    for row in chain([table.headers], table.rows, [table.footer] if table.footer else ()):
        cells = [plain(cell, ascii) for cell in row]
        widths = [max(width, width_of(cell)) for width, cell in zip(widths, cells, strict=True)]
        styles = tuple([_style(cell, at in table.right) for at, cell in enumerate(row)])
        rows.append((_BETWEEN.join(cells), same.setdefault(styles, styles)))
    if width is not None and sum(widths) + gap * (len(widths) - 1) + indent > width:
        words = [0] * len(widths)
        for text, _ in rows:
            own = map(longest_word, text.split(_BETWEEN))
            words = [max(longest, one) for longest, one in zip(words, own, strict=True)]
        narrow = fitted(widths, words, {0, *table.right}, width - indent - gap * (len(widths) - 1))
        if narrow is None:
            yield from _listed(table, indent, width, ascii)
            return
        widths = narrow
    rule = Span(" " * indent + ("-" if ascii else "─") * (sum(widths) + gap * (len(widths) - 1)))
    last = len(rows) - 1 if table.footer else None
    for at, (text, styles) in enumerate(rows):
        if at == last:
            yield (rule,)
        one = "dim" if at == 0 else "bold" if at == last else ""
        yield from _row(text.split(_BETWEEN), (one,) * len(styles) if one else styles, widths, table.right, indent, gap)
        if at == 0:
            yield (rule,)


def _listed(table: Table, indent: int, width: int, ascii: bool) -> Iterator[Line]:
    # each row as a list of its cells under the first one; what is empty is left out
    rule = Span(" " * indent + ("-" if ascii else "─") * max(width - indent, 1))
    headers = [plain(header, ascii) for header in table.headers[1:]]
    wide = max(map(width_of, headers), default=0)
    ends = [(table.footer, True)] if table.footer else []
    for row, footer in chain(((row, False) for row in table.rows), ends):
        name, *cells = (plain(cell, ascii) for cell in row)
        if footer:
            yield (rule,)
        lead = len(name) - len(name.lstrip(" "))
        for line in indented(name, max(width - indent, 1)):
            yield Span(" " * indent), Span(line, "bold" if footer else _style(row[0], False))
        styles = ["bold" if footer else _style(cell, at in table.right) for at, cell in enumerate(row)]
        for header, cell, style in zip(headers, cells, styles[1:], strict=True):
            if cell:
                yield from _labelled(header, cell, style, indent + lead + 2, wide, width)


def _labelled(label: str, written: str, style: str, indent: int, wide: int, width: int | None) -> Iterator[Line]:
    # a label and a value side by side, or one below the other where a word of the value would be broken
    room = None if width is None else max(width - indent - wide - 2, 1)
    if room is not None and width is not None and longest_word(written) > room and wide > 2:
        for line in fold(label, max(width - indent, 1)):
            yield Span(" " * indent), Span(line, "dim")
        for line in fold(written, max(width - indent - 2, 1)):
            yield Span(" " * (indent + 2)), Span(line, style)
        return
    for place, line in enumerate([written] if room is None else fold(written, room)):
        shown = "" if place else label
        space = " " * (wide - width_of(shown) + 2)
        yield Span(" " * indent), Span(shown, "dim"), Span(space), Span(line, style)


def _row(
    cells: list[str], styles: Styles, widths: list[int], right: tuple[int, ...], indent: int, gap: int
) -> Iterator[Line]:
    spare = [width - width_of(cell) for cell, width in zip(cells, widths, strict=True)]
    if min(spare) >= 0:
        yield _line(cells, styles, spare, right, indent, gap)
        return
    folded = [indented(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for line in range(max(map(len, folded))):
        parts = [part[line] if line < len(part) else "" for part in folded]
        spare = [width - width_of(part) for part, width in zip(parts, widths, strict=True)]
        yield _line(parts, styles, spare, right, indent, gap)


def _line(parts: list[str], styles: Styles, spare: list[int], right: tuple[int, ...], indent: int, gap: int) -> Line:
    spans, space = list[Span](), indent
    for at, text in enumerate(parts):
        left = at not in right
        spans += (Span(" " * (space if left else space + spare[at])), Span(text, styles[at]))
        space = gap + spare[at] if left else gap
    return tuple(spans)


def _style(cell: Cell, number: bool) -> str:
    return "green" if number else "cyan" if isinstance(cell, Math) else ""


def fact_lines(facts: Sequence[Fact], indent: int, width: int | None = None, ascii: bool = False) -> Iterator[Line]:
    """Give the lines of labels and values, side by side."""
    labels = [plain(fact.label, ascii) for fact in facts]
    wide = max(map(width_of, labels), default=0)
    for label, fact in zip(labels, facts, strict=True):
        style = "bold green" if fact.strong else ""
        yield from _labelled(label, plain(fact.value, ascii), style, indent, wide, width)


def passage_lines(passage: Passage, width: int) -> Iterator[str]:
    """Give the lines of a passage: its title, the equations, and the sentences folded to a width."""
    yield from fold(passage.title, width)
    for line in passage.equations:
        yield from _folded(line, width, "  ", "      ")
    if passage.equations and passage.sentences:
        yield ""
    for sentence in passage.sentences:
        yield from _folded(sentence, width, "  ", "  ")


def _folded(text: str, width: int, first: str, then: str) -> Iterator[str]:
    # the lines after the first have their own indent
    start, *more = fold(text, max(width - len(then), 1))
    yield first + start
    yield from (then + line for line in more)
