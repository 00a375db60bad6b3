"""The views of a report, one small module each; all of them draw the same sheet (`paramcalc.render.sheet`)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..errors import OptionError, nearest

FORMATS = ("table", "text", "markdown", "latex", "csv", "json", "html")


def render(report: Any, format: str = "text", **options: Any) -> str:
    """Render a report.

    Parameters
    ----------
    report : Report
    format : str
        ``table``, ``text``, ``markdown``, ``latex``, ``csv``, ``json`` or ``html``: the module of that name here.
    **options
        What that view takes, such as ``indent`` for JSON.

    Raises
    ------
    OptionError
        For a format there is no view for.
    """
    if format not in FORMATS:
        raise OptionError(
            "unknown format", expected=", ".join(FORMATS), received=format, suggestion=nearest(str(format), FORMATS)
        )
    view = import_module(f"{__name__}.{format}")
    return view.view(report, **options)  # type: ignore[no-any-return]  # every view gives text
