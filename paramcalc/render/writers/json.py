"""The JSON view: data under the contract of its ``schema``, ``paramcalc/1`` of a report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from ...characters import in_json
from ...untyped import Passed, Written
from ..presentation import Presentation


def write(shown: Presentation, *, ascii: bool = False, indent: int | None = 2, **options: Passed) -> Iterator[str]:
    """Write a presentation as JSON; what its data has as an iterator is written item by item."""
    encode = partial(json.dumps, indent=indent, ensure_ascii=ascii)
    for piece in _pieces(shown.data(**options), encode, indent):
        yield in_json(piece)
    yield "\n"


def _pieces(data: Written, encode: Written, indent: int | None) -> Iterator[str]:
    if not isinstance(data, dict) or not any(isinstance(value, Iterator) for value in data.values()):
        yield encode(data)
        return
    comma = ", " if indent is None else ","
    ends = ["" if indent is None else "\n" + " " * (indent * level) for level in range(3)]
    before = "{"
    for name, value in data.items():
        yield f"{before}{ends[1]}{encode(name)}: "
        before = comma
        if not isinstance(value, Iterator):
            yield encode(value).replace("\n", ends[1])  # no text in JSON has a line end of its own
            continue
        opening = "["
        for item in value:
            yield f"{opening}{ends[2]}{encode(item).replace(chr(10), ends[2])}"
            opening = comma
        yield "[]" if opening == "[" else f"{ends[1]}]"
    yield f"{ends[0]}}}"
