"""A report as a data frame, when pandas or polars is there."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ..errors import MissingExtra
from ..untyped import Foreign
from .records import records

if TYPE_CHECKING:
    from ..report import Report


def frame(report: Report) -> Foreign:
    """Give a ``DataFrame`` with a row a layer, of pandas if installed, else of polars.

    Raises
    ------
    MissingExtra
        If neither is installed.
    """
    names, lines = records(report)
    rows = list(lines)
    for library in ("pandas", "polars"):
        try:
            return import_module(library).DataFrame(rows, columns=names)
        except ModuleNotFoundError as error:
            if error.name != library:
                raise
    raise MissingExtra("pandas or polars", "frame", "a data frame")
