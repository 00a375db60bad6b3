"""Showing what is no report of a model: explanations, comparisons; in colour and in its width on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from ..render.document import Sheet
from .show import format_of, speaks_unicode, write


def show_sheet(
    made: Sheet, records: Sequence[dict[str, Any]], data: dict[str, Any], format: str | None = None, json: bool = False
) -> None:
    """Print a sheet in the format asked for; a table on a terminal, text elsewhere.

    Raises
    ------
    OptionError
        For an unknown format, and for two of them.
    """
    from ..render.writing import written

    chosen = format_of(format, json)
    if chosen == "table":
        _draw(made)
    else:
        write(written(made, records, data, chosen, ascii=not speaks_unicode()))


def _draw(made: Sheet) -> None:
    # in colour and as wide as the terminal; elsewhere plain, and as wide as it needs
    from ..render.writers import table

    if sys.stdout.isatty() and speaks_unicode():
        from rich.console import Console

        Console().print(table.drawing(made))
    else:
        write(table.write(made))
