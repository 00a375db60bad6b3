"""The document that views write: a title, facts and tables; a cell is text, or a formula in the view's notation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from ..characters import visible
from ..symbolic import Size, grouped, text, unicode

_ASCII = str.maketrans(
    {
        "×": "x",
        "·": "*",
        "−": "-",
        "≥": ">=",
        "↑": "^",
        "→": "->",
        "…": "...",
        "⌊": "floor(",
        "⌋": ")",
        "σ": "sigmoid",
        "⊙": ".*",
        "∗": "*",
        "γ": "gamma",
        "β": "beta",
    }
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"


class Math(NamedTuple):
    """An expression, with the sizes to print in place of its symbols; a result has thousands apart."""

    size: Size
    values: dict[str, Size] | None = None
    result: bool = False


class Letters(NamedTuple):
    """Letters of tensors, as equations have them."""

    text: str


Cell = str | Math | Letters


class Fact(NamedTuple):
    """A label and a value; the answer itself is ``strong``."""

    label: str
    value: Cell
    strong: bool = False


class Rows:
    """Rows of a table that are made anew each time somebody goes through them, one at a time.

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


class Passage(NamedTuple):
    """What is explained in equations and sentences (`paramcalc.core.equations` has the notation)."""

    title: str
    equations: tuple[str, ...]
    sentences: tuple[str, ...]


Block = Table | Passage


class Document(NamedTuple):
    """Everything to be shown, in order: title, the first ``lead`` tables, facts, the other tables and passages."""

    title: str
    subtitle: str
    facts: list[Fact]
    tables: Sequence[Block]
    lead: int = 0

    def visible(self) -> Document:
        """Give the same with control characters as escapes, as every view writes it."""
        return Document(
            visible(self.title),
            visible(self.subtitle),
            [one._replace(label=visible(one.label), value=_visible(one.value)) for one in self.facts],
            [_visible_block(one) for one in self.tables],
            self.lead,
        )

    def blocks(self) -> Iterator[Block | list[Fact]]:
        """Give what stands below the title, in order."""
        yield from self.tables[: self.lead]
        if self.facts:
            yield self.facts
        yield from self.tables[self.lead :]


def _visible_rows(rows: Iterable[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    return (tuple(map(_visible, row)) for row in rows)


def _visible_block(block: Block) -> Block:
    if isinstance(block, Passage):
        return Passage(visible(block.title), block.equations, tuple(map(visible, block.sentences)))
    return block._replace(
        headers=tuple(map(visible, block.headers)),
        rows=Rows(partial(_visible_rows, block.rows)),
        footer=tuple(map(_visible, block.footer)),
        title=visible(block.title),
    )


def _visible(cell: Cell) -> Cell:
    return visible(cell) if isinstance(cell, str) else cell


def number(size: Size) -> Math:
    """Make a cell of a result: a count, not a formula."""
    return Math(size, result=True)


def plain(cell: Cell, ascii: bool = False) -> str:
    """Write any cell as text."""
    if isinstance(cell, str):
        written = cell
    elif isinstance(cell, Letters):
        written = cell.text
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
