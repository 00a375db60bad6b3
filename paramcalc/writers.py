"""The views, one line each: the list behind ``--format`` and `Report.render`.

A view is loaded when it is asked for. A report finds its views here, so that it imports nothing that draws it.
"""

from __future__ import annotations

from typing import NamedTuple

from .errors import OptionError, nearest


class Writer(NamedTuple):
    """One view.

    Attributes
    ----------
    name : str
        As in ``--format``.
    function : str
        ``"module:function"``; takes a `paramcalc.render.presentation.Presentation` and gives text, piece by piece.
    form : {"document", "records", "data", "spec"}
        What it writes of a presentation: the document for people, flat records, plain data, or the spec of a model.
    ascii : str
        What becomes of characters outside ASCII where the output cannot show them: an error handler of codecs.
    options : tuple of str
        What it takes besides the options of a layout.
    draw : str
        ``"module:function"`` that draws it on a terminal, in colour and in the terminal's width; empty if none does.
    for_reading : bool
        Whether people read it as it is, so that a sentence may follow it, and one model may follow another.
    """

    name: str
    function: str
    form: str = "document"
    ascii: str = "backslashreplace"
    draw: str = ""
    options: tuple[str, ...] = ()
    for_reading: bool = False


_FOLDER = "paramcalc.render.writers"

WRITERS = (
    Writer("table", f"{_FOLDER}.table:write", draw=f"{_FOLDER}.table:draw", options=("width",), for_reading=True),
    Writer("text", f"{_FOLDER}.text:write", for_reading=True),
    Writer("markdown", f"{_FOLDER}.markdown:write", for_reading=True),
    Writer("latex", f"{_FOLDER}.latex:write"),
    Writer("csv", f"{_FOLDER}.csv:write", form="records"),
    Writer("json", f"{_FOLDER}.json:write", form="data", options=("indent",)),
    Writer("html", f"{_FOLDER}.html:write", ascii="xmlcharrefreplace"),
    Writer("yaml", f"{_FOLDER}.yaml:write", form="spec"),
)
FORMATS_OF_MODELS = tuple(one.name for one in WRITERS)
FORMATS = tuple(one.name for one in WRITERS if one.form != "spec")  # those of every presentation

# what else is asked for by name: to write a presentation in a view, to make of it what rich can print, a data frame
WRITE = "paramcalc.render.presentation:write"
DRAWING = f"{_FOLDER}.table:drawing_of"
FRAME = "paramcalc.render.frame:frame"
SPEC = "paramcalc.formats.modelspec.write:spec_of"


def writer(name: str) -> Writer:
    """Find a view by the name of its format.

    Raises
    ------
    OptionError
        For an unknown format.
    """
    for one in WRITERS:
        if one.name == name:
            return one
    raise OptionError(
        "unknown format",
        expected=", ".join(FORMATS_OF_MODELS),
        received=name,
        suggestion=nearest(str(name), FORMATS_OF_MODELS),
    )
