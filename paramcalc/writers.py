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
    media_type : str
    laid_out : bool
        Whether it writes the document for people, and so takes the options of a layout; CSV and JSON have everything.
    ascii : str
        What becomes of characters outside ASCII where the output cannot show them: an error handler of codecs.
    draw : str
        ``"module:function"`` that draws it on a terminal, in colour and in the terminal's width; empty if none does.
    """

    name: str
    function: str
    media_type: str
    laid_out: bool = True
    ascii: str = "backslashreplace"
    draw: str = ""

    @property
    def for_reading(self) -> bool:
        """Whether people read it as it is, so that a sentence may follow it."""
        return self.media_type in ("text/plain", "text/markdown")


WRITERS = (
    Writer("table", "paramcalc.render.writers.table:write", "text/plain", draw="paramcalc.render.writers.table:draw"),
    Writer("text", "paramcalc.render.writers.text:write", "text/plain"),
    Writer("markdown", "paramcalc.render.writers.markdown:write", "text/markdown"),
    Writer("latex", "paramcalc.render.writers.latex:write", "application/x-latex"),
    Writer("csv", "paramcalc.render.writers.csv:write", "text/csv", laid_out=False),
    Writer("json", "paramcalc.render.writers.json:write", "application/json", laid_out=False),
    Writer("html", "paramcalc.render.writers.html:write", "text/html", ascii="xmlcharrefreplace"),
)
FORMATS = tuple(one.name for one in WRITERS)

# what else is asked for by name: to write a presentation in a view, to make of it what rich can print, a data frame
WRITE = "paramcalc.render.presentation:write"
DRAWING = "paramcalc.render.writers.table:drawing_of"
FRAME = "paramcalc.render.frame:frame"


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
        "unknown format", expected=", ".join(FORMATS), received=name, suggestion=nearest(str(name), FORMATS)
    )
