"""Names: the methods of texts."""

from __future__ import annotations

from collections.abc import Callable

from ..memory.objects import MISSING, Builtin, List, Unknown, Value
from ..memory.state import Raised, State
from ..values.containers import items_of
from ..values.operations import MOST_TEXT
from .native import by_place

TEXT = frozenset(
    [
        "lower", "upper", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "replace", "startswith",
        "endswith", "title", "capitalize", "count", "find", "rfind", "index", "isdigit", "isalpha", "isalnum",
        "isupper", "islower", "isidentifier", "isdecimal", "isnumeric", "isspace", "partition", "rpartition",
        "removeprefix", "removesuffix", "swapcase", "casefold",
    ]
)  # fmt: skip
WIDE = frozenset(
    ["center", "ljust", "rjust", "zfill", "expandtabs", "translate", "encode", "format", "format_map", "maketrans"]
)


def method_of_text(value: str, name: str) -> Value:
    """Give a method of a text, or `MISSING`."""
    if name == "join":
        return Builtin("str.join", by_place(lambda run, args, kwargs: _join(run, value, args[0]), 1))
    if name == "format":
        return Builtin("str.format", lambda run, args, kwargs: _format(run, value, args, kwargs))
    if name in TEXT:
        return Builtin(f"str.{name}", lambda run, args, kwargs: _text(run, value, name, args, kwargs))
    if name in ("center", "ljust", "rjust", "zfill") or name in WIDE:
        return Builtin(f"str.{name}", lambda run, args, kwargs: run.unknown("a text", scalar=True))
    if name in vars(str):
        return Unknown(f"{name} of a text is not followed", scalar=True)
    return MISSING


def _text(run: State, value: str, name: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    plain = all(isinstance(one, (str, int, tuple)) or one is None for one in (*args, *kwargs.values()))
    if not plain or (name == "replace" and len(value) * len(str(args[-1:])) > MOST_TEXT):
        run.may_raise("a method of a text")
        return run.unknown("a text")
    try:
        found: object = METHODS[name](value, *args, **kwargs)
    except (TypeError, ValueError) as error:
        raise Raised(run.error(type(error).__name__, name)) from None
    return List(found) if isinstance(found, list) else found


METHODS: dict[str, Callable[..., object]] = {name: method for name, method in vars(str).items() if name in TEXT}


def _join(run: State, value: str, given: Value) -> Value:
    items = items_of(run, given)
    if isinstance(items, Unknown):
        return run.unknown("a text", data=True)
    if not all(isinstance(one, str) for one in items) or sum(len(str(one)) + len(value) for one in items) > MOST_TEXT:
        return run.unknown("a text", data=True)
    return value.join(str(one) for one in items)


def _format(run: State, value: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    # fields by position and name alone: no attributes, no items, no widths
    pieces = value.replace("{{", "\0").replace("}}", "\1").split("{")
    made, place = [pieces[0]], 0
    for piece in pieces[1:]:
        field, end, rest = piece.partition("}")
        name, _colon, spec = field.partition(":")
        if (
            not end
            or not (name.isidentifier() or name.isdigit() or not name)
            or any(len(one) > 2 for one in _numbers(spec))
        ):
            return run.unknown("a formatted text")
        key = name if name and not name.isdigit() else int(name or place)
        place += not name
        given = kwargs.get(key) if isinstance(key, str) else args[key] if key < len(args) else None
        if not isinstance(given, (int, float, str)) or (isinstance(given, int) and given.bit_length() > 4_000):
            return run.unknown("a formatted text")
        try:
            made += [format(given, spec), rest]
        except (ValueError, TypeError, OverflowError):
            return run.unknown("a formatted text")
    return "".join(made).replace("\0", "{").replace("\1", "}")


def _numbers(text: str) -> list[str]:
    return "".join(one if one.isdigit() else " " for one in text).split()
