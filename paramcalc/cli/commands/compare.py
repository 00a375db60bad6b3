"""``--compare``: one layer in every convention, in the view asked for."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...errors import OptionError
from ...symbolic import Size
from ..output import show_sheet


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
            For an unknown format, and for a flag that is about one layer.
        """
        from ...render.conventions import comparison, comparison_data, comparison_records
        from ...rules.conventions.compare import conventions

        for name, value in others.items():
            if value:
                raise OptionError(f"--{name} is about one layer, --compare about its conventions")
        found = conventions(*self)
        made = comparison(found, self.d_x, self.d_h, weights)
        show_sheet(made, comparison_records(found), comparison_data(found, self.d_x, self.d_h), format, json)
