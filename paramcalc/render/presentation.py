"""A presentation: what the views show, in the three forms they are made from, and the one way to write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ..loading import load
from ..writers import writer
from .document import Document

Record = dict[str, Any]  # a flat line of data: texts, numbers, None


class Presentation(NamedTuple):
    """A report, an explanation, a comparison or a list of rules, ready for every view.

    Attributes
    ----------
    document : callable
        Gives it for people to read; takes the options of a layout, such as ``explain``.
    records : callable
        Gives it as flat records, for CSV and data frames.
    data : callable
        Gives it as plain data, for JSON.
    """

    document: Callable[..., Document]
    records: Callable[[], Iterable[Record]]
    data: Callable[[], Any]

    def laid_out(self, **options: Any) -> Document:
        """Give the document as views write it, without control characters."""
        return self.document(**options).visible()


def write(shown: Presentation, format: str = "text", *, ascii: bool = False, **options: Any) -> Iterator[str]:
    """Write a presentation, piece by piece.

    Parameters
    ----------
    shown : Presentation
    format : str
        One of `paramcalc.writers.FORMATS`.
    ascii : bool
        Use no other characters.
    **options
        What the view takes (``indent`` for JSON, ``width`` for a table), and what the layout takes.

    Raises
    ------
    OptionError
        For an unknown format.
    """
    one = writer(format)
    pieces: Iterator[str] = load(one.function)(shown, ascii=ascii, **options)
    return (piece.encode("ascii", one.ascii).decode() for piece in pieces) if ascii else pieces
