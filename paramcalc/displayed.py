"""What shows itself: on a terminal, in notebooks and in every view, by one presentation."""

from __future__ import annotations

import sys
from typing import ClassVar

from .loading import load
from .writers import DRAWING, WRITE

_SPECIAL = "─·−⌊²×✓≥↑"


def speaks_unicode() -> bool:
    """Tell whether standard output can show the characters the views use."""
    try:
        _SPECIAL.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


class Displayed:
    """Something that has a presentation.

    Attributes
    ----------
    presented_by : str
        ``"module:function"``: makes a `paramcalc.render.presentation.Presentation` of it.
    """

    presented_by: ClassVar[str]

    def render(self, format: str = "text", **options: bool | int | None) -> str:
        """Render in one of the formats of `paramcalc.writers.FORMATS`.

        Parameters
        ----------
        format : {"table", "text", "markdown", "latex", "csv", "json", "html"}
        **options
            ``explain``, ``weights`` and ``depth`` for the views of a report for people; ``ascii`` for all views;
            ``indent`` for JSON; ``width`` for a table.

        Raises
        ------
        OptionError
            For an unknown format.
        """
        return "".join(load(WRITE)(self._presentation(), format, **options))

    def _presentation(self) -> object:
        made: object = load(self.presented_by)(self)
        return made

    def __str__(self) -> str:
        return self.render("text")

    def __rich__(self) -> object:
        drawing: object = load(DRAWING)(self._presentation())
        return drawing

    def _repr_html_(self) -> str:
        return self.render("html")

    def _repr_latex_(self) -> str:
        return self.render("latex")
