"""The CSV view: a line a layer, insides of nested models included under their path; numbers without separators."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from ...characters import visible
from ...untyped import Passed, Written
from ..presentation import Presentation


class _Piece:
    """A file that hands on what is written to it."""

    def write(self, text: str) -> str:
        return text


def write(shown: Presentation, *, ascii: bool = False, **options: Passed) -> Iterator[str]:
    """Write a presentation as CSV, with a header line and ``\\n`` line ends.

    Parameters
    ----------
    shown : Presentation
    ascii : bool
        Does not matter here.
    **options
        What the records take.
    """
    writer = csv.writer(_Piece(), lineterminator="\n")
    names, lines = shown.records(**options)
    yield writer.writerow(names)
    for record in lines:
        yield writer.writerow([_safe(record[name]) for name in names])


def _safe(value: Written) -> Written:
    # a name such as =HYPERLINK(…) would run in a spreadsheet
    if not isinstance(value, str):
        return value
    return visible(f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value)
