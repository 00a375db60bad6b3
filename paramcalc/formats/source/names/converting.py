"""Names: conversions between the types of Python, and arithmetic by name."""

from __future__ import annotations

import ast

from ....symbolic import Expr
from ..memory.objects import MISSING, Dict, List, Unknown, Value
from ..memory.state import Raised, State
from ..values.containers import items_of
from ..values.operations import are_keys, binary, format_value, make_set, truth
from .native import Args, Kwargs, by_place


def _int(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0] if args else 0
    if (isinstance(value, str) and len(value) < 200) or isinstance(value, (int, float)):
        try:
            return int(value, *(one for one in args[1:] if isinstance(one, int)))
        except (ValueError, OverflowError, TypeError):
            raise Raised(run.error("ValueError", "invalid literal for int()")) from None
    if isinstance(value, (Expr,)):
        return value
    return _number(run, value)


def _number(run: State, value: Value) -> Value:
    run.may_raise("a conversion")
    data = run.is_tensor(value) or (isinstance(value, Unknown) and value.data)
    if data and isinstance(value, Unknown) and value.name:
        return value
    return run.unknown("a number that is not known", data=data, scalar=True)


def _float(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0] if args else 0.0
    if isinstance(value, (int, float)) or (isinstance(value, str) and len(value) < 200):
        try:
            return float(value)
        except (ValueError, OverflowError):
            raise Raised(run.error("ValueError", "could not convert string to float")) from None
    return _number(run, value)


def _bool(run: State, args: Args, kwargs: Kwargs) -> Value:
    known = truth(run, args[0]) if args else False
    return run.unknown("a condition", scalar=True) if known is None else known


def _str(run: State, args: Args, kwargs: Kwargs) -> Value:
    return format_value(run, args[0]) if args else ""


def _list(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0]) if args else []
    made = List(items if isinstance(items, list) else ())
    if isinstance(items, Unknown):
        made.blur = items
    return made


def _tuple(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0]) if args else []
    return items if isinstance(items, Unknown) else tuple(items)


def _set(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0], False) if args else []
    return (
        run.unknown("a set of unknown members", items, data=items.data)
        if isinstance(items, Unknown)
        else make_set(run, items)
    )


def make_dict(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Make a dictionary of pairs and names."""
    made = Dict()
    update = run.method(made, "update")
    run.call(update, args, kwargs)
    return made


def _abs(run: State, args: Args, kwargs: Kwargs) -> Value:
    if isinstance(args[0], (int, float)):
        return abs(args[0])
    found = run.tensor_unary(args[0])
    return run.unknown("a number that is not known", scalar=True) if found is MISSING else found


def _round(run: State, args: Args, kwargs: Kwargs) -> Value:
    value, places = args[0], args[1] if len(args) > 1 else kwargs.get("ndigits")
    if isinstance(value, (int, float)) and (places is None or isinstance(places, int)):
        try:
            return round(value) if places is None else round(value, places)
        except (ValueError, OverflowError):
            pass
    return _number(run, value)


def _divmod(run: State, args: Args, kwargs: Kwargs) -> Value:
    return binary(run, ast.FloorDiv(), *args), binary(run, ast.Mod(), *args)


def _pow(run: State, args: Args, kwargs: Kwargs) -> Value:
    return binary(run, ast.Pow(), *args)


def _chr(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0]
    return chr(value) if isinstance(value, int) and 0 <= value < 0xD800 else run.unknown("a text", scalar=True)


def _ord(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0]
    return ord(value) if isinstance(value, str) and len(value) == 1 else run.unknown("a number", scalar=True, data=True)


def _slice(run: State, args: Args, kwargs: Kwargs) -> Value:
    return slice(*args)


def _frozenset(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0]) if args else []
    if isinstance(items, Unknown) or not are_keys(run, items):
        return run.unknown("a set of unknown members", *args)
    return frozenset(items)


CONVERSIONS = {
    "bool": by_place(_bool, 1), "int": by_place(_int, 2), "float": by_place(_float, 1), "str": by_place(_str, 1),
    "list": by_place(_list, 1), "tuple": by_place(_tuple, 1), "dict": make_dict, "set": by_place(_set, 1),
    "frozenset": by_place(_frozenset, 1),
}  # fmt: skip
ARITHMETIC = {
    "abs": by_place(_abs, 1),
    "round": by_place(_round, 2, "ndigits"),
    "divmod": by_place(_divmod, 2),
    "pow": by_place(_pow, 2),
    "chr": by_place(_chr, 1),
    "ord": by_place(_ord, 1),
    "slice": by_place(_slice, 3),
    "unicode": by_place(_str, 1),
}
