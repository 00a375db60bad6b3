"""The CSV view: a line a layer, insides of nested models included under their path; numbers without separators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..records import records

if TYPE_CHECKING:
    from ...report import Report


def view(report: Report) -> str:
    """Write a report as CSV, with a header line and ``\\n`` line ends."""
    return write(records(report))


def write(several: Iterable[dict[str, Any]]) -> str:
    """Write records as CSV; the first one's keys are the header."""
    import csv
    from io import StringIO

    file = StringIO()
    writer: Any = None
    for record in several:
        if writer is None:
            writer = csv.DictWriter(file, list(record), lineterminator="\n")
            writer.writeheader()
        writer.writerow({key: _safe(value) for key, value in record.items()})
    return file.getvalue()


def _safe(value: Any) -> Any:
    # a name such as =HYPERLINK(…) would run in a spreadsheet
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "@", "\t", "\r") else value
