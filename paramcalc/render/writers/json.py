"""The JSON view: the contract ``paramcalc/1``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...report import Report


def view(report: Report, indent: int | None = 2) -> str:
    """Write a report as JSON."""
    import json

    return json.dumps(report.to_dict(), indent=indent, ensure_ascii=False) + "\n"
