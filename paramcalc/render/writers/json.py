"""The JSON view: data under the contract of its ``schema``, ``paramcalc/1`` of a report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from ...characters import in_json
from ...untyped import Passed, Written
from ..presentation import Presentation


def write(shown: Presentation, *, ascii: bool = False, indent: int | None = 2, **options: Passed) -> Iterator[str]:
    """Write a presentation as JSON; what its data has as an iterator is written item by item."""
    encode = json.JSONEncoder(ensure_ascii=ascii).encode
    for piece in _pieces(shown.data(**options), encode, indent):
        yield in_json(piece)
    yield "\n"


def _pieces(data: Written, encode: Callable[[Written], str], indent: int | None) -> Iterator[str]:
    comma = ", " if indent is None else ","
    ends = ["" if indent is None else "\n" + " " * (indent * level) for level in range(3)]

    def whole(value: Written, level: int) -> str:
        return encode(value) if indent is None else _indented(value, encode, ends[level], " " * indent)

    if not isinstance(data, dict) or not any(isinstance(value, Iterator) for value in data.values()):
        yield whole(data, 0)
        return
    before = "{"
    for name, value in data.items():
        yield f"{before}{ends[1]}{encode(name)}: "
        before = comma
        if not isinstance(value, Iterator):
            yield whole(value, 1)
            continue
        opening = "["
        for item in value:
            yield f"{opening}{ends[2]}{whole(item, 2)}"
            opening = comma
        yield "[]" if opening == "[" else f"{ends[1]}]"
    yield f"{ends[0]}}}"


def _indented(value: Written, encode: Callable[[Written], str], end: str, step: str) -> str:
    # as the standard library writes it, whose encoder hands each piece of text up through every level
    kind = type(value)
    if kind is int:
        return repr(value)
    if not value or kind not in (dict, list, tuple):
        return encode(value)
    inner = end + step
    if kind is dict:
        parts = [f"{encode(name)}: {_indented(one, encode, inner, step)}" for name, one in value.items()]
    else:
        parts = [_indented(one, encode, inner, step) for one in value]
    left, right = "{}" if kind is dict else "[]"
    return left + inner + f",{inner}".join(parts) + end + right
