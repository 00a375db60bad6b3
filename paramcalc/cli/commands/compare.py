"""``--compare``: one layer in every convention, in the view asked for."""

from __future__ import annotations

from typing import NamedTuple

from ...errors import OptionError
from ...symbolic import Size
from ..output import View, show


class Comparison(NamedTuple):
    """A cell and its sizes, to be shown in every convention."""

    cell: str
    d_x: Size
    d_h: Size

    def show(self, view: View) -> None:
        """Print the table.

        Raises
        ------
        OptionError
            For an unknown format, and for a flag that is about one layer.
        """
        from ...render.conventions import presentation
        from ...rules.conventions.compare import conventions

        for name in ("explain", "depth", "dtype", "verify"):
            if getattr(view, name):
                raise OptionError(f"--{name} describes one layer and cannot be combined with --compare")
        show(presentation(conventions(*self)), view, weights=view.weights)
