"""A sheet in every format: what is no report of a model is one sheet, and written by the views' own means."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ..errors import OptionError, nearest
from .document import Sheet

FORMATS = ("table", "text", "markdown", "latex", "csv", "json", "html")


def written(
    made: Sheet, records: Sequence[dict[str, Any]], data: dict[str, Any], format: str = "text", ascii: bool = False
) -> str:
    """Write a sheet in one of the formats reports have.

    Parameters
    ----------
    made : Sheet
        For people to read.
    records : sequence of dict
        The same for CSV, a line each.
    data : dict
        The same for JSON.
    format : str
        One of ``FORMATS``, the table of a terminal aside.
    ascii : bool
        For text and JSON: use no other characters.

    Raises
    ------
    OptionError
        For another format.
    """
    if format == "json":
        import json

        return json.dumps(data, indent=2, ensure_ascii=ascii) + "\n"
    if format not in FORMATS or format == "table":
        raise OptionError(
            "unknown format", expected=", ".join(FORMATS), received=format, suggestion=nearest(format, FORMATS)
        )
    view = import_module(f"{__package__}.writers.{format}")
    if format == "csv":
        return view.write(records)  # type: ignore[no-any-return]  # every view gives text
    return view.write(made, ascii) if format == "text" else view.write(made)  # type: ignore[no-any-return]
