"""The views of a report: one small module each in ``views``, all drawing the same sheet (``sheet.py``)."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from ..errors import OptionError, nearest


@cache
def formats() -> tuple[str, ...]:
    """Name the formats there are: the modules in ``views``."""
    from pkgutil import iter_modules

    package = import_module(f"{__name__}.writers")
    return tuple(module.name for module in iter_modules(package.__path__))


def render(report: Any, format: str = "text", **options: Any) -> str:
    """Render a report.

    Parameters
    ----------
    report : Report
    format : str
        One of :func:`formats`.
    **options
        What that view takes: ``explain``, ``weights``, ``indent`` for JSON, ``ascii`` for text.

    Raises
    ------
    OptionError
        For a format there is no view for.
    """
    try:
        view = getattr(import_module(f"{__name__}.writers.{format}"), "view", None)
    except ModuleNotFoundError:
        view = None
    if view is None:
        known = formats()
        raise OptionError(
            "unknown format", expected=", ".join(known), received=format, suggestion=nearest(format, known)
        )
    return view(report, **options)  # type: ignore[no-any-return]  # every view gives text


def drawing(report: Any, **options: Any) -> Any:
    """Give a report as something rich can print."""
    from .writers.table import table

    return table(report, **options)


def data_frame(report: Any) -> Any:
    """Give a report as a data frame (see `paramcalc.render.frame`)."""
    from .frame import frame

    return frame(report)
