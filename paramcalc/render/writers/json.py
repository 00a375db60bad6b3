"""The JSON view: data under the contract of its ``schema``, ``paramcalc/1`` of a report.

With an indent, Python's own encoder yields every comma on its own, which takes longer than all else for a large model.
So containers are joined here, and its encoder is asked for texts and other single values.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from json.encoder import encode_basestring, encode_basestring_ascii

from ...characters import in_json
from ...untyped import Passed, Written
from ..presentation import Presentation

Encode = Callable[[Written, str], str]  # of a value, and what begins the lines of the container that it is in


def write(shown: Presentation, *, ascii: bool = False, indent: int | None = 2, **options: Passed) -> Iterator[str]:
    """Write a presentation as JSON; what its data has as an iterator is written item by item."""
    for piece in _pieces(shown.data(**options), encoder(indent, ascii), indent):
        yield in_json(piece)
    yield "\n"


def encoder(indent: int | None, ascii: bool) -> Encode:
    """Give a function that writes plain data as `json.dumps` does."""
    single = partial(json.dumps, ensure_ascii=ascii)
    if indent is None:
        return lambda value, end: single(value)
    quote = encode_basestring_ascii if ascii else encode_basestring
    step = " " * indent

    written: dict[type, Callable[[Written], str]] = {
        str: quote,
        int: int.__repr__,
        bool: {True: "true", False: "false"}.__getitem__,
        type(None): lambda _: "null",
    }

    def encode(value: Written, end: str) -> str:
        inner = end + step
        items = []
        if isinstance(value, dict):
            for name, one in value.items():
                known = written.get(type(one))
                items.append(f"{quote(name)}: {encode(one, inner) if known is None else known(one)}")
            left, right = "{}"
        elif isinstance(value, (list, tuple)):
            for one in value:
                known = written.get(type(one))
                items.append(encode(one, inner) if known is None else known(one))
            left, right = "[]"
        else:
            return single(value)
        return f"{left}{inner}{f',{inner}'.join(items)}{end}{right}" if items else left + right

    return encode


def _pieces(data: Written, encode: Encode, indent: int | None) -> Iterator[str]:
    ends = ["" if indent is None else "\n" + " " * (indent * level) for level in range(3)]
    if not isinstance(data, dict) or not any(isinstance(value, Iterator) for value in data.values()):
        yield encode(data, "\n")
        return
    comma = ", " if indent is None else ","
    before = "{"
    for name, value in data.items():
        yield f"{before}{ends[1]}{encode(name, '')}: "
        before = comma
        if not isinstance(value, Iterator):
            yield encode(value, ends[1])
            continue
        opening = "["
        for item in value:
            yield f"{opening}{ends[2]}{encode(item, ends[2])}"
            opening = comma
        yield "[]" if opening == "[" else f"{ends[1]}]"
    yield f"{ends[0]}}}"
