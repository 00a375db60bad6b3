"""Showing what is no report of a model: explanations, comparisons; in colour and in its width on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from ..errors import OptionError
from ..render.sheet import Sheet
from .show import speaks_unicode, write


def show_sheet(
    made: Sheet, records: Sequence[dict[str, Any]], data: dict[str, Any], format: str | None = None, json: bool = False
) -> None:
    """Print a sheet in the format asked for; a table on a terminal, text elsewhere.

    Raises
    ------
    OptionError
        For an unknown format, and for two of them.
    """
    from ..render.sheets import written

    if json and format not in (None, "json"):
        raise OptionError("--json and --format ask for different views", received=format)
    terminal = sys.stdout.isatty() and speaks_unicode()
    chosen = "json" if json else format or ("table" if terminal else "text")
    if chosen == "table":
        _draw(made, terminal)
    else:
        write(written(made, records, data, chosen, ascii=not speaks_unicode()))


def _draw(made: Sheet, terminal: bool) -> None:
    # in colour and as wide as the terminal; elsewhere plain, as wide as it needs, and no line padded to that
    from io import StringIO

    from rich.console import Console

    from ..render.views.table import drawing

    if terminal:
        Console().print(drawing(made))
        return
    file = StringIO()
    Console(file=file, width=10_000, color_system=None, legacy_windows=False).print(drawing(made))
    write("\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n")
