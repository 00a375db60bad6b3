"""Mathematics, iteration and functions of functions."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from itertools import combinations, pairwise, permutations, product

from ...calls import lose
from ...containers import MOST_ITEMS, items_of
from ...operations import binary
from ...state import Raised, State
from ...values import (
    Builtin,
    Class,
    Dict,
    Function,
    List,
    Method,
    Module,
    Native,
    Partial,
    Unknown,
    Value,
    Wrapper,
)
from ..builtins import Args, Kwargs


def same(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give the first argument back."""
    return args[0] if args else next(iter(kwargs.values()), None)


def decorator(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Leave a function as it is, with or without options of the decorator."""
    if args and isinstance(args[0], (Function, Class, Wrapper, Method, Builtin)):
        return args[0]
    return Builtin("decorator", same)


def outside(path: str) -> Module:
    """Make a module of which everything is data from outside."""
    return Module(
        path, {}, lambda name: Unknown(f"{path}.{name} is not known", path=f"{path}.{name}", data=True, scalar=True)
    )


def _numeric(name: str, function: Callable[..., object]) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        if all(isinstance(one, (int, float)) and abs(one) < 1e300 for one in args) and not kwargs:
            numbers = [one for one in args if isinstance(one, (int, float))]
            if name in ("factorial", "comb", "perm") and max(numbers, default=0) > 500:
                return run.unknown("a number that is too large", scalar=True)
            try:
                return function(*args)
            except (ValueError, OverflowError, TypeError, ZeroDivisionError):
                raise Raised(run.error("ValueError", "math domain error")) from None
        return run.unknown("a number that is not known", data=True, scalar=True)

    return Builtin(f"math.{name}", call)


MATH_NAMES = [
    "ceil", "floor", "sqrt", "log", "log2", "log10", "exp", "pow", "fabs", "factorial", "gcd", "comb", "perm",
    "isqrt", "hypot", "sin", "cos", "tan", "tanh", "trunc", "isnan", "isclose", "atan", "atan2", "log1p", "fmod",
    "copysign", "radians", "degrees",
]  # fmt: skip
MATH = Module(
    "math",
    {name: _numeric(name, vars(math)[name]) for name in MATH_NAMES}
    | {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan},
)


def prod(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Multiply the items."""
    items = items_of(run, args[0])
    if isinstance(items, Unknown):
        return run.unknown("a product", items, data=items.data, scalar=True)
    total: Value = kwargs.get("start", 1)
    for one in items:
        total = binary(run, ast.Mult(), total, one)
    return total


MATH.names["prod"] = Builtin("math.prod", prod)


def _chain(run: State, args: Args, kwargs: Kwargs) -> Value:
    made: list[Value] = []
    for one in args:
        items = items_of(run, one)
        if isinstance(items, Unknown):
            return run.unknown("items that are not known", items, *made)
        made += items
    return List(made)


def _chain_of(run: State, args: Args, kwargs: Kwargs) -> Value:
    rows = items_of(run, args[0])
    return rows if isinstance(rows, Unknown) else _chain(run, rows, {})


def _combined(function: Callable[..., object]) -> Callable[..., Value]:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        rows = [items_of(run, one) for one in args if not isinstance(one, int)]
        counts = [one for one in args if isinstance(one, int)]
        if (
            any(isinstance(row, Unknown) or len(row) > 30 for row in rows)
            or any(count > 4 for count in counts)
            or len(rows) > 3
        ):
            return run.unknown("items that are not known", *args)
        made: list[Value] = []
        for one in function(*rows, *counts, **kwargs):  # type: ignore[attr-defined]
            if len(made) > MOST_ITEMS:
                return run.unknown("too many items", *args)
            made.append(one)
        return List(made)

    return call


def _pairwise(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    return items if isinstance(items, Unknown) else List([*pairwise(items)])


def _repeat(run: State, args: Args, kwargs: Kwargs) -> Value:
    count = args[1] if len(args) > 1 else kwargs.get("times")
    if not isinstance(count, int) or count > MOST_ITEMS:
        return run.unknown("items without end", *args)
    return List([args[0]] * count)


def _accumulate(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    if isinstance(items, Unknown):
        return items
    function = args[1] if len(args) > 1 else kwargs.get("func")
    made: list[Value] = []
    for one in items:
        before = made[-1] if made else None
        made.append(
            one
            if not made
            else run.call(function, [before, one], {})
            if function
            else binary(run, ast.Add(), before, one)
        )
    return List(made)


def _islice(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    if isinstance(items, Unknown) or not all(isinstance(one, int) or one is None for one in args[1:]):
        return run.unknown("items that are not known", *args)
    ends = [one if isinstance(one, int) else None for one in args[1:]]
    return List(items[slice(*ends)])


ITERTOOLS = Module(
    "itertools",
    {
        "chain": Native("itertools.chain", data=_chain, methods={}),
        "product": Builtin("product", _combined(product)),
        "combinations": Builtin("combinations", _combined(combinations)),
        "permutations": Builtin("permutations", _combined(permutations)),
        "pairwise": Builtin("pairwise", _pairwise),
        "repeat": Builtin("repeat", _repeat),
        "accumulate": Builtin("accumulate", _accumulate),
        "islice": Builtin("islice", _islice),
        "zip_longest": Builtin("zip_longest", lambda run, args, kwargs: run.unknown("items that are not known", *args)),
    },
)
ITERTOOLS.names["chain"].methods["from_iterable"] = lambda run, self, args, kwargs: _chain_of(run, [self], {})  # type: ignore[attr-defined]


def _partial(run: State, args: Args, kwargs: Kwargs) -> Value:
    return Partial(args[0], tuple(args[1:]), kwargs)


def _reduce(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[1])
    if isinstance(items, Unknown):
        return lose(run, "a reduction of unknown items", *args)
    rest = [*args[2:3], *items]
    if not rest:
        raise Raised(run.error("TypeError", "reduce() of empty iterable"))
    total = rest[0]
    for one in rest[1:]:
        total = run.call(args[0], [total, one], {})
    return total


def _cached(run: State, args: Args, kwargs: Kwargs) -> Value:
    if not args or not isinstance(args[0], (Function, Method, Builtin)):
        return Builtin("lru_cache", _cached)
    function, kept = args[0], Dict()

    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        key = (*args, *kwargs.items())
        from ...operations import hashable

        if kept.blur is not None or not hashable(key):
            return lose(run, "a cached call with unknown arguments", function, *args, *kwargs.values())
        if key not in kept.named:
            made = run.call(function, args, kwargs)
            run.change(kept)
            kept.named[key] = made
        return kept.named[key]

    return Builtin("cached", call)


FUNCTOOLS = Module(
    "functools",
    {
        "partial": Builtin("partial", _partial),
        "reduce": Builtin("reduce", _reduce),
        "wraps": Builtin("wraps", lambda run, args, kwargs: Builtin("wraps", same)),
        "lru_cache": Builtin("lru_cache", _cached),
        "cache": Builtin("cache", _cached),
        "cached_property": Builtin("cached_property", lambda run, args, kwargs: Wrapper("property", args[0])),
        "total_ordering": Builtin("total_ordering", same),
        "update_wrapper": Builtin("update_wrapper", same),
    },
)
