"""A sheet in every format: what is no report of a model is one sheet, and written by the views' own means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import OptionError, nearest
from .sheet import Sheet, plain

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
    if format == "csv":
        return _csv(records)
    if format == "text":
        from .views.text import write

        return write(made, ascii)
    if format not in _WRITERS:
        raise OptionError(
            "unknown format", expected=", ".join(FORMATS), received=format, suggestion=nearest(format, FORMATS)
        )
    return _WRITERS[format](made)


def _markdown(made: Sheet) -> str:
    from .views.markdown import write

    return write(made)


def _latex(made: Sheet) -> str:
    from .views.latex import _table

    head = [f"% {made.title}", *[f"% {made.subtitle}"] * bool(made.subtitle)]
    head += [f"% {label}: {plain(value)}" for label, value in made.facts]
    return "\n\n".join(["\n".join(head), *map(_table, made.tables)]) + "\n"


def _html(made: Sheet) -> str:
    from html import escape

    from .views.html import _STYLE, _fact, _table

    subtitle = f"<small>{escape(made.subtitle)}</small>" if made.subtitle else ""
    title = f'<div class="title">{escape(made.title)}{subtitle}</div>'
    facts = "".join(_fact(label, value) for label, value in made.facts)
    card = f'<table class="facts"><tbody>{facts}</tbody></table>' if facts else ""
    tables = "".join(map(_table, made.tables))
    return f'<div class="paramcalc"><style>{_STYLE}</style>{title}{tables}{card}</div>'


def _csv(records: Sequence[dict[str, Any]]) -> str:
    import csv
    from io import StringIO

    from .views.csv import _safe

    file = StringIO()
    if records:
        writer = csv.DictWriter(file, list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _safe(value) for key, value in record.items()} for record in records)
    return file.getvalue()


_WRITERS: dict[str, Callable[[Sheet], str]] = {"markdown": _markdown, "latex": _latex, "html": _html}
