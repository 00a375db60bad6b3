"""``--compare``: one layer in every convention, in the view asked for."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

from ..errors import OptionError
from ..symbolic import Size
from .show import speaks_unicode, write


class Comparison(NamedTuple):
    """A cell and its sizes, to be shown in every convention."""

    cell: str
    d_x: Size
    d_h: Size

    def show(self, format: str | None = None, json: bool = False, weights: bool = False, **others: Any) -> None:
        """Print the table.

        Raises
        ------
        OptionError
            For a view a comparison does not have.
        """
        from ..render.conventions import comparison, comparison_text
        from ..rules.conventions.compare import conventions

        for name, value in others.items():
            if value:
                raise OptionError(f"--{name} is about one layer, --compare about its conventions")
        if json and format not in (None, "json"):
            raise OptionError("--json and --format ask for different views", received=format)
        found = conventions(*self)
        terminal = sys.stdout.isatty() and speaks_unicode()
        chosen = "json" if json else format or ("table" if terminal else "text")
        if chosen == "table":
            from rich.console import Console

            from ..render.views.table import drawing

            Console(width=None if terminal else 10_000).print(drawing(comparison(found, self.d_x, self.d_h, weights)))
        else:
            ascii = not speaks_unicode()
            write(comparison_text(found, self.d_x, self.d_h, chosen, ascii=ascii, weights=weights))
