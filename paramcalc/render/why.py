"""Explanations of a number: as text, and as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .sheet import Cell, Sheet, Table
from .views.text import write

if TYPE_CHECKING:
    from ..analysis import Explanation
    from ..model import Model

SCHEMA = "paramcalc-why/1"


def told(model: Model, got: int, found: Sequence[Explanation], ascii: bool = False) -> str:
    """Write the explanations, the likeliest first; or that there is none."""
    total = model.total
    if got == total:
        return f"{model.label}: {got:,} is the count, there is nothing to explain\n"
    title = f"{model.label}: {got:,}, not {total:,} ({_signed(got - total)})"
    if not found:
        return write(
            Sheet(title, "", [("", "no change, and no two changes, of those tried here lead there")], []), ascii
        )
    rows: list[tuple[Cell, ...]] = []
    for rank, one in enumerate(found, 1):
        for place, cause in enumerate(one.causes):
            rows.append(("" if place else f"{rank}", f"{'and ' * (place > 0)}{cause.text}", _signed(cause.delta)))
    return write(Sheet(title, "", [], [Table(("", "because of", "difference"), rows, (2,))]), ascii)


def _signed(number: Any) -> str:
    return f"{'−' if number < 0 else '+'}{abs(number):,}"


def why_data(model: Model, got: int, found: Sequence[Explanation]) -> dict[str, Any]:
    """Give the explanations as plain data."""
    return {
        "schema": SCHEMA,
        "name": model.label,
        "total": model.total,
        "got": got,
        "explanations": [
            {"causes": [{"key": cause.key, "text": cause.text, "difference": cause.delta} for cause in one.causes]}
            for one in found
        ],
    }
