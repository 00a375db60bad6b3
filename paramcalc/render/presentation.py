"""A presentation: what the views show, in the three forms they are made from, and the one way to write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ..core.json_data import JsonObject
from ..core.parameters import parameters
from ..errors import OptionError, nearest
from ..loading import load
from ..untyped import Passed, Written
from ..writers import FORMATS, Writer, writer
from .document import Document

Record = dict[str, Written]  # a flat line of data: texts, numbers, None


class Records(NamedTuple):
    """Flat lines of data that are all alike: the names of their values, which hold where there is no line, too."""

    names: Sequence[str]
    lines: Iterable[Record]


def listed(lines: Sequence[Record]) -> Records:
    """Give records of which there is always one: it has the names."""
    return Records(tuple(lines[0]), lines)


def no_spec() -> JsonObject:
    """Refuse a spec of what is no model.

    Raises
    ------
    OptionError
    """
    raise OptionError("the format yaml is for the spec of a counted model", expected=", ".join(FORMATS))


class Presentation(NamedTuple):
    """A report, an explanation, a comparison or a list of rules, ready for every view.

    Attributes
    ----------
    document : callable
        Gives it for people to read; takes the options of a layout, such as ``explain``.
    records : callable
        Gives it as flat records, for CSV and data frames; takes those options of the layout that change them.
    data : callable
        Gives it as plain data, for JSON; takes those options of the layout that add to the data.
    spec : callable
        Gives the spec of a model.
    """

    document: Callable[..., Document]
    records: Callable[..., Records]
    data: Callable[..., Written]
    spec: Callable[[], JsonObject] = no_spec

    def laid_out(self, **options: Passed) -> Document:
        """Give the document as views write it, without control characters."""
        return self.document(**options).visible()


def _fitting(one: Writer, shown: Presentation, options: dict[str, Passed]) -> dict[str, Passed]:
    # options of the layout that change nothing in a data format are dropped there
    layout = [option.name for option in parameters(shown.document)]
    taken = {*one.options, *(option.name for option in parameters(getattr(shown, one.form)))}
    for name in options:
        if name not in one.options and name not in layout:
            known = ", ".join((*one.options, *layout)) or "none"
            raise OptionError(f"no option {name!r} here", expected=known, suggestion=nearest(name, layout))
    return {name: value for name, value in options.items() if name in taken}


def write(shown: Presentation, format: str = "text", *, ascii: bool = False, **options: Passed) -> Iterator[str]:
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
        For an unknown format, and for an option that neither the view nor the layout has.
    """
    one = writer(format)
    pieces: Iterator[str] = load(one.function)(shown, ascii=ascii, **_fitting(one, shown, options))
    return (piece.encode("ascii", one.ascii).decode() for piece in pieces) if ascii else pieces
