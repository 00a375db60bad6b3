"""The document that views write: a title, facts and tables; a cell is text, or :class:`Math` in the view's notation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from ..characters import visible
from ..symbolic import Size, grouped, text, unicode

_ASCII = str.maketrans(
    {"×": "x", "·": "*", "−": "-", "≥": ">=", "↑": "^", "→": "->", "…": "...", "⌊": "floor(", "⌋": ")"}
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"


class Math(NamedTuple):
    """An expression, with the sizes to print in place of its symbols; a result has thousands apart."""

    size: Size
    values: dict[str, Size] | None = None
    result: bool = False


Cell = str | Math


class Fact(NamedTuple):
    """A label and a value; the answer itself is ``strong``."""

    label: str
    value: Cell
    strong: bool = False


class Rows:
    """Rows of a table that are made anew each time somebody goes through them, so that a long table takes no room.

    Parameters
    ----------
    make : callable
        Gives them one after the other.
    """

    def __init__(self, make: Callable[[], Iterator[tuple[Cell, ...]]]) -> None:
        self.make = make

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        return self.make()


class Table(NamedTuple):
    """Rows of cells under headers; ``right`` are the columns of numbers."""

    headers: tuple[str, ...]
    rows: Rows | list[tuple[Cell, ...]]
    right: tuple[int, ...] = ()
    footer: tuple[Cell, ...] = ()
    title: str = ""
    note: str = ""


class Document(NamedTuple):
    """Everything to be shown, in order: title, the first ``lead`` tables, facts, the other tables."""

    title: str
    subtitle: str
    facts: list[Fact]
    tables: list[Table]
    lead: int = 0

    def visible(self) -> Document:
        """Give the same with control characters as escapes, as every view writes it."""
        return Document(
            visible(self.title),
            visible(self.subtitle),
            [one._replace(label=visible(one.label), value=_visible(one.value)) for one in self.facts],
            [
                one._replace(
                    headers=tuple(map(visible, one.headers)),
                    rows=Rows(partial(_visible_rows, one.rows)),
                    footer=tuple(map(_visible, one.footer)),
                    title=visible(one.title),
                    note="\n".join(map(visible, one.note.split("\n"))),  # paragraphs of a rule's own text
                )
                for one in self.tables
            ],
            self.lead,
        )

    def blocks(self) -> Iterator[Table | list[Fact]]:
        """Give what stands below the title, in order."""
        yield from self.tables[: self.lead]
        if self.facts:
            yield self.facts
        yield from self.tables[self.lead :]


def _visible_rows(rows: Iterable[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    return (tuple(map(_visible, row)) for row in rows)


def _visible(cell: Cell) -> Cell:
    return visible(cell) if isinstance(cell, str) else cell


def number(size: Size) -> Math:
    """Make a cell of a result: a count, not a formula."""
    return Math(size, result=True)


def plain(cell: Cell, ascii: bool = False) -> str:
    """Write any cell as text."""
    if isinstance(cell, str):
        written = cell
    elif isinstance(cell.size, int) or (cell.result and not ascii):
        written = grouped(cell.size)
    else:
        written = (text if ascii else unicode)(cell.size, cell.values)
    return asciified(written) if ascii else written


def asciified(written: str) -> str:
    """Write text in ASCII: ``·`` as ``*``, ``h²`` as ``h^2``; what has no such spelling becomes an escape."""
    if written.isascii():
        return written
    powers = re.sub(f"[{_SUPERSCRIPTS}]+", lambda match: f"^{_digits(match[0])}", written)
    return powers.translate(_ASCII).encode("ascii", "backslashreplace").decode()


def _digits(superscripts: str) -> str:
    return "".join(str(_SUPERSCRIPTS.index(one)) for one in superscripts)
