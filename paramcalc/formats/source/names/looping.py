"""Names: functions of Python that run over items."""

from __future__ import annotations

import ast

from ....symbolic import Expr
from ..memory.objects import Builtin, Instance, Iterator, List, Range, Unknown, Value
from ..memory.state import Raised, State, Stop
from ..values import classes
from ..values.calls import lose
from ..values.containers import items_of, iterator
from ..values.iterators import END, Lost, each, lose_places, next_of, over, over_list, place_of, pull
from ..values.operations import binary, compare, truth
from .methods import sorted_items
from .native import Args, Kwargs, by_place

PLAIN = (int, float, str)


def make_range(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Make a range of known ends that is not too long."""
    ends = [one for one in args if type(one) in (int, bool)]
    if any(one is None or isinstance(one, (float, str, tuple, List)) for one in args):
        raise Raised(run.error("TypeError", "range() takes whole numbers"))
    if len(ends) < len(args) or not args:
        lost = run.unknown("a range of unknown length", *args)
        if len(args) < 3:
            lost = Range(lost.reason, lost.line, lost.refs, tuple(args))
        named = (
            str(one) if isinstance(one, Expr) else one.name or one.attribute
            for one in args
            if isinstance(one, (Unknown, Expr))
        )
        lost.name = next(filter(None, named), "")
        return lost
    if len(ends) == 3 and ends[2] == 0:
        raise Raised(run.error("ValueError", "range() arg 3 must not be zero"))
    found = range(*(int(one) for one in ends))  # type: ignore[call-overload]
    return (
        found
        if max(map(abs, (found.start, found.stop, found.step))) < 2**62
        else run.unknown("a range that is too long")
    )


def _enumerate(run: State, args: Args, kwargs: Kwargs) -> Value:
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    source = iterator(run, args[0])
    if isinstance(source, Unknown) or not isinstance(start, int):
        return run.unknown("items that are not known", source, data=True)

    def step(run: State, it: Iterator) -> Value:
        found = pull(run, source)
        return END if found is END else (start + place_of(it), found)

    return Iterator(step, (source,))


def rows_of(run: State, given: Args) -> Iterator:
    """Iterate over several things at once, until the first of them ends."""
    sources = [iterator(run, one) for one in given]
    known = [one for one in sources if isinstance(one, Iterator)]

    def step(run: State, it: Iterator) -> Value:
        if len(known) < len(sources):
            raise Lost(run.unknown("items that are not known", *sources, data=True))
        row: list[Value] = []
        for one in known:
            row.append(pull(run, one))
            if row[-1] is END:
                return END
        return tuple(row) if row else END

    return Iterator(step, tuple(sources))


def _results(run: State, function: Value, count: int, items: Unknown) -> Unknown:
    # what a function gives that is called on each of an unknown number of items
    given = run.unknown("an unknown item", items, data=items.data, scalar=items.scalar)
    found: list[Value] = []

    def once() -> Value:
        found.append(run.call(function, [given] * count, {}))
        return None

    try:
        run.maybe_many(once)
    except Stop as stop:
        return lose(run, str(stop), function, items)
    run.may_raise("a map")
    plain = all(
        run.is_tensor(one) or isinstance(one, PLAIN) or (isinstance(one, Unknown) and one.scalar) for one in found
    )
    return run.unknown("a map over unknown items", *found, data=plain, scalar=plain)


def called(run: State, function: Value, rows: Iterator) -> Iterator:
    """Iterate over the results of a function, called on the values of each row."""

    def step(run: State, it: Iterator) -> Value:
        try:
            row = pull(run, rows)
        except Lost as lost:
            raise Lost(_results(run, function, len(rows.sources), lost.unknown)) from None
        return run.call(function, list(row), {}) if isinstance(row, tuple) else END

    return Iterator(step, (function, rows))


def _map(run: State, args: Args, kwargs: Kwargs) -> Value:
    if len(args) < 2:
        raise Raised(run.error("TypeError", "map() must have at least two arguments"))
    return called(run, args[0], rows_of(run, args[1:]))


def _filter(run: State, args: Args, kwargs: Kwargs) -> Value:
    function, source = args[0], iterator(run, args[1])
    if isinstance(source, Unknown):
        if function is not None:
            _results(run, function, 1, source)
        return run.unknown("a filter of unknown items", source, data=source.data, scalar=source.scalar)

    def step(run: State, it: Iterator) -> Value:
        try:
            for one in each(run, source):
                known = truth(run, one if function is None else run.call(function, [one], {}))
                if known is None:
                    raise Lost(run.unknown("a condition that is unknown", source, one))
                if known:
                    return one
        except Lost as lost:
            if function is not None:
                _results(run, function, 1, lost.unknown)
            raise Lost(run.unknown("a filter of unknown items", lost.unknown, source)) from None
        return END

    return Iterator(step, (function, source))


def _reversed(run: State, args: Args, kwargs: Kwargs) -> Value:
    if isinstance(args[0], List) and args[0].blur is None:
        return over_list(args[0], backward=True)
    items = items_of(run, args[0])
    return items if isinstance(items, Unknown) else over(tuple(items[::-1]))


def _sorted(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = sorted_items(run, args[0], kwargs)
    return items if isinstance(items, Unknown) else List(items)


def _sum(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    if isinstance(items, Unknown):
        of_numbers = len(args) == 1 and not kwargs  # numbers or tensors: others cannot be added to 0
        return run.unknown("a sum", None if of_numbers else items, data=items.data or of_numbers, scalar=True)
    run.budget.charge(len(items))  # sums of two
    total = args[1] if len(args) > 1 else kwargs.get("start", 0)
    for one in items:
        total = binary(run, ast.Add(), total, one)
    return total


def _extreme(name: str, op: ast.cmpop) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        items = items_of(run, args[0]) if len(args) == 1 else args
        if isinstance(items, Unknown):
            return run.unknown(f"a {name}imum", items, data=items.data)
        if not items:
            if "default" in kwargs:
                return kwargs["default"]
            raise Raised(run.error("ValueError", f"{name}() arg is an empty sequence"))
        key = kwargs.get("key")
        keys = items if key is None else [run.call(key, [one], {}) for one in items]
        best = 0
        for place in range(1, len(items)):
            better = truth(run, compare(run, op, keys[place], keys[best]))
            if better is None:
                plain = all(isinstance(one, (int, Expr)) or (isinstance(one, Unknown) and one.data) for one in items)
                return run.unknown(f"a {name}imum", *items, data=plain, scalar=plain)
            if better:
                best = place
        return items[best]

    return Builtin(name, by_place(call, None, "key", "default"))


def _all(wanted: bool) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        source = iterator(run, args[0])
        answers: list[bool | None] = []

        def ask(source: Iterator) -> None:
            try:
                for one in each(run, source):
                    answers.append(truth(run, one))
                    if answers[-1] is None and source is args[0]:  # whether the rest is made is unknown
                        run.fork(lambda: ask(source), lambda: None)
                        return
                    if answers[-1] is not wanted and answers[-1] is not None:
                        return
            except Lost:
                answers.append(None)

        if isinstance(source, Iterator):
            ask(source)
        if (not wanted) in answers:
            return not wanted
        known = isinstance(source, Iterator) and None not in answers
        return wanted if known else run.unknown("a condition on unknown items", scalar=True)

    return Builtin("all" if wanted else "any", by_place(call, 1))


def _zip(run: State, args: Args, kwargs: Kwargs) -> Value:
    if kwargs and kwargs.get("strict") is not False:  # it raises an exception where the lengths differ
        raise Stop("zip with strict")
    return rows_of(run, args)


def _iter(run: State, args: Args, kwargs: Kwargs) -> Value:
    return iterator(run, args[0]) if len(args) == 1 else lose(run, "iter() with a mark of the end", None, *args)


def _next(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0]
    if isinstance(value, Iterator):
        return next_of(run, value, args[1:])
    if isinstance(value, Instance):
        method = classes.user_method(value, "__next__")
        if method is not None:
            return run.call(method, [value], {})
    run.may_raise("next")
    found = run.unknown("an item of an unknown iterator", *args, data=True)
    lose_places(run, found, *args)
    return found


LOOPS: dict[str, Value] = {
    "enumerate": Builtin("enumerate", by_place(_enumerate, 2, "start")),
    "zip": Builtin("zip", by_place(_zip, None, "strict")),
    "map": Builtin("map", by_place(_map, None)),
    "filter": Builtin("filter", by_place(_filter, 2)),
    "reversed": Builtin("reversed", by_place(_reversed, 1)),
    "sorted": Builtin("sorted", by_place(_sorted, 1, "key", "reverse")),
    "sum": Builtin("sum", by_place(_sum, 2, "start")),
    "iter": Builtin("iter", by_place(_iter, 2)),
    "next": Builtin("next", by_place(_next, 2)),
    "xrange": Builtin("xrange", by_place(make_range, 3)),
    "min": _extreme("min", ast.Lt()),
    "max": _extreme("max", ast.Gt()),
    "all": _all(True),
    "any": _all(False),
}
