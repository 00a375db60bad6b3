"""Names: the standard library. Mathematics, iteration and functions of functions."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from itertools import combinations, pairwise, permutations, product

from ...memory.objects import (
    Builtin,
    Class,
    Dict,
    Function,
    Iterator,
    List,
    Method,
    Module,
    Native,
    Unknown,
    Value,
    Wrapper,
)
from ...memory.state import Raised, State
from ...values.calls import lose
from ...values.containers import items_of, iterator
from ...values.iterators import END, MOST_ITEMS, Lost, over, place_of, pull
from ...values.operations import binary, is_key
from ..builtins import TYPES
from ..native import Args, Kwargs, by_place, not_known

MOST_CACHED = 128  # of lru_cache without a size


def same(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give the first argument back."""
    return args[0] if args else next(iter(kwargs.values()), None)


def decorator(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Leave a function as it is, with or without options of the decorator."""
    if args and isinstance(args[0], (Function, Class, Wrapper, Method, Builtin)):
        return args[0]
    return Builtin("decorator", same)


def outside(path: str, *data: str) -> Module:
    """Make a module of which everything is data from outside; where names are given, of these alone it is sure."""

    def other(name: str) -> Unknown:
        sure = not data or name in data
        return not_known(path, name, scalar=sure)

    return Module(path, {}, other)


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
    if isinstance(items, Unknown) or len(args) > 1 or not kwargs.keys() <= {"start"}:
        data = not isinstance(items, Unknown) or items.data
        return run.unknown("a product", *args, *kwargs.values(), data=data, scalar=True)
    total: Value = kwargs.get("start", 1)
    for one in items:
        total = binary(run, ast.Mult(), total, one)
    return total


MATH.names["prod"] = Builtin("math.prod", prod)


def _chain(run: State, args: Args, kwargs: Kwargs) -> Value:
    return _chained(run, over(tuple(args)))


def _chained(run: State, rows: Value) -> Value:
    outer = iterator(run, rows)
    if isinstance(outer, Unknown):
        return run.unknown("items that are not known", outer)
    current = Dict()  # the row that is being iterated over

    def step(run: State, it: Iterator) -> Value:
        while True:
            inner = current.named.get("row")
            found = pull(run, inner) if isinstance(inner, Iterator) else END
            if isinstance(inner, Unknown):
                raise Lost(inner)
            if found is not END:
                return found
            row = pull(run, outer)
            if row is END:
                return END
            run.change(current)
            current.named["row"] = iterator(run, row)

    return Iterator(step, (outer, current))


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
    return items if isinstance(items, Unknown) else over(tuple(pairwise(items)))


def _repeat(run: State, args: Args, kwargs: Kwargs) -> Value:
    count = args[1] if len(args) > 1 else kwargs.get("times", math.inf)
    if not isinstance(count, (int, float)):
        return run.unknown("an unknown number of items", *args)
    return Iterator(lambda run, it: args[0] if place_of(it) < count else END, (args[0],))


def _count(run: State, args: Args, kwargs: Kwargs) -> Value:
    first, wide = [*args, kwargs.get("start", 0), kwargs.get("step", 1)][:2] if len(args) != 1 else (args[0], 1)
    if not isinstance(first, int) or not isinstance(wide, int):
        return run.unknown("numbers that are not known", data=True, scalar=True)
    return Iterator(lambda run, it: first + wide * place_of(it))


def _accumulate(run: State, args: Args, kwargs: Kwargs) -> Value:
    source = iterator(run, args[0])
    if isinstance(source, Unknown):
        return source
    function = args[1] if len(args) > 1 else kwargs.get("func")
    before = Dict()
    first = kwargs.get("initial")

    def step(run: State, it: Iterator) -> Value:
        found = first if first is not None and "total" not in before.named else pull(run, source)
        if found is not END and "total" in before.named:
            pair = [before.named["total"], found]
            found = run.call(function, pair, {}) if function else binary(run, ast.Add(), *pair)
        if found is not END:
            run.change(before)
            before.named["total"] = found
        return found

    return Iterator(step, (source, function, before, first))


def _islice(run: State, args: Args, kwargs: Kwargs) -> Value:
    source = iterator(run, args[0])
    if isinstance(source, Unknown) or not all(isinstance(one, int) or one is None for one in args[1:]):
        return run.unknown("items that are not known", *args)
    cut = slice(*(one if isinstance(one, int) else None for one in args[1:]))
    start, wide = cut.start or 0, cut.step or 1
    if start < 0 or wide < 1 or (cut.stop or 0) < 0:
        raise Raised(run.error("ValueError", "indices for islice() must be none or at least 0"))

    def step(run: State, it: Iterator) -> Value:
        place = start + place_of(it) * wide
        if cut.stop is not None and place >= cut.stop:
            return END
        for _ in range(start if place == start else wide - 1):
            if pull(run, source) is END:
                return END
        return pull(run, source)

    return Iterator(step, (source,))


ITERTOOLS = Module(
    "itertools",
    {
        "chain": Native("itertools.chain", data=_chain, methods={}),
        "product": Builtin("product", by_place(_combined(product), None, "repeat")),
        "combinations": Builtin("combinations", by_place(_combined(combinations), 2)),
        "permutations": Builtin("permutations", by_place(_combined(permutations), 2)),
        "pairwise": Builtin("pairwise", by_place(_pairwise, 1)),
        "repeat": Builtin("repeat", by_place(_repeat, 2, "times")),
        "count": Builtin("count", by_place(_count, 2, "start", "step")),
        "accumulate": Builtin("accumulate", by_place(_accumulate, 2, "func", "initial")),
        "islice": Builtin("islice", by_place(_islice, 4)),
        "zip_longest": Builtin("zip_longest", lambda run, args, kwargs: run.unknown("items that are not known", *args)),
    },
)
ITERTOOLS.names["chain"].methods["from_iterable"] = lambda run, self, args, kwargs: _chained(run, self)  # type: ignore[attr-defined]


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
    return _memory(run, args[0], None, False) if args else run.unknown("a cache of nothing")


def _recently_cached(run: State, args: Args, kwargs: Kwargs) -> Value:
    if args and isinstance(args[0], (Function, Method, Builtin)):
        return _memory(run, args[0], MOST_CACHED, False)
    most = args[0] if args else kwargs.get("maxsize", MOST_CACHED)
    typed = args[1] if len(args) > 1 else kwargs.get("typed", False)
    return Builtin("lru_cache", lambda run, args, kwargs: _memory(run, args[0], most, typed))


def _memory(run: State, function: Value, most: Value, typed: Value) -> Value:
    # a function that keeps what it gave, of the calls of late
    if not (most is None or isinstance(most, int)) or not isinstance(typed, bool):
        return run.unknown("a cache of unknown size", function)
    kept = Dict()

    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        key = _key(args, kwargs, typed)
        if not is_key(run, key) or kept.blur is not None:
            return lose(run, "a cached call with unknown arguments", function, kept, *args, *kwargs.values())
        if key not in kept.named:
            made = run.call(function, args, kwargs)
            run.change(kept)
            kept.named[key] = made
            if most is not None and len(kept.named) > max(most, 0):
                del kept.named[next(iter(kept.named))]
            return made
        run.change(kept)
        found = kept.named[key] = kept.named.pop(key)
        return found

    def clear(run: State, args: Args, kwargs: Kwargs) -> Value:
        run.change(kept)
        kept.blur, kept.state = None, {}
        return None

    names = {"cache_clear": Builtin("cache_clear", clear, holds=(kept,)), "__wrapped__": function}
    return Builtin("self:cached", call, names, (function, kept))


def _key(args: Args, kwargs: Kwargs, typed: bool) -> tuple[Value, ...]:
    # a number or a text alone is its own key; others are equal to those of another type, such as 2 and 2.0
    alone = len(args) == 1 and not kwargs and not typed and type(args[0]) in (int, str)
    types = tuple(str(type(one)) for one in (*args, *kwargs.values())) if typed else ()
    return (alone, tuple(args), tuple(kwargs.items()), types)


FUNCTOOLS = Module(
    "functools",
    {
        "partial": TYPES["functools.partial"],
        "reduce": Builtin("reduce", by_place(_reduce, 3)),
        "wraps": Builtin("wraps", lambda run, args, kwargs: Builtin("wraps", same)),
        "lru_cache": Builtin("lru_cache", _recently_cached),
        "cache": Builtin("cache", _cached),
        "cached_property": Builtin("cached_property", lambda run, args, kwargs: Wrapper("cached", args[0])),
        "total_ordering": Builtin("total_ordering", same),
        "update_wrapper": Builtin("update_wrapper", same),
    },
)
