"""The base class of results that have a presentation: shown on a terminal, in notebooks and in every view."""

from __future__ import annotations

import sys
from typing import ClassVar

from .errors import ParamcalcError
from .loading import load
from .writers import DRAWING, WRITE

_SPECIAL = "─·−⌊²×✓≥↑σ⊙∗"


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

    def render(self, format: str = "text", **options: bool | int | str | None) -> str:
        """Render in a format.

        Parameters
        ----------
        format : str
            One of `paramcalc.writers.FORMATS`; a model or its report also has those of ``FORMATS_OF_MODELS``.
        **options
            ``explain``, ``weights``, ``depth`` and ``dtype`` for the views of a report for people; ``explain`` for
            JSON, too; ``ascii`` for all views;
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

    def __repr__(self) -> str:
        name = getattr(self, "name", None)
        return f"<{type(self).__name__.lower()} of {name!r}>" if name else f"<{type(self).__name__.lower()}>"

    def __str__(self) -> str:
        return self.render("text")

    # A notebook shows the text where these give nothing: a model without an input, or whose layers do not fit.

    def __rich__(self) -> object:
        try:
            drawing: object = load(DRAWING)(self._presentation())
        except ParamcalcError:
            return str(self)
        return drawing

    def _repr_html_(self) -> str | None:
        return self._in("html")

    def _repr_latex_(self) -> str | None:
        return self._in("latex")

    def _in(self, format: str) -> str | None:
        try:
            return self.render(format)
        except ParamcalcError:
            return None
