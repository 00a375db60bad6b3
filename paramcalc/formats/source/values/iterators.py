"""Values: iterators, whose items are made one by one, as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..memory.objects import MISSING, Dict, Function, Iterator, List, Obj, Scope, Unknown, Value, View
from ..memory.reach import mentioned, reachable
from ..memory.state import Raised, State, Stop

MOST_ITEMS = 50_000


class End:
    """The mark of an iterator that has no more items."""


END = End()


class Lost(Exception):
    """The items of an iterator are unknown."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__()
        self.unknown = unknown


def pull(run: State, it: Iterator) -> Value:
    """Take the next item of an iterator, or `END`.

    Raises
    ------
    Lost
        Where the item is unknown, or whether there is one.
    """
    place = it.named["place"]
    if it.blur is not None or not isinstance(place, int):
        raise Lost(run.unknown(it.blur.reason if it.blur else "where an iterator stands", it, it.blur, *it.sources))
    if it.named["ended"] is not False:
        return END
    run.change(it)
    try:
        found = it.step(run, it)
    except Lost as lost:
        lose_place(run, it, lost.unknown)
        raise
    it.named["place"] = place + 1
    if found is END:
        it.named["ended"] = True
    return found


def lose_place(run: State, it: Iterator, why: Unknown) -> None:
    """Make unknown which items of an iterator are left, and of those that it takes its items from."""
    run.change(it)
    it.blur = run.unknown(why.reason, why, *it.sources)
    for one in it.sources:
        if isinstance(one, Iterator) and one.blur is None:
            lose_place(run, one, why)


def lose_places(run: State, why: Unknown, *values: Value) -> None:
    """Make unknown which items are left of all iterators that these values hold: some may be taken."""
    for one in reachable(run.budget, values):
        if isinstance(one, Iterator) and one.blur is None:
            lose_place(run, one, why)


def each(run: State, it: Iterator) -> Iterable[Value]:
    """Take the items that are left, one by one."""
    for _ in range(MOST_ITEMS):
        found = pull(run, it)
        if found is END:
            return
        run.budget.spend()
        yield found
    raise Stop("an iterator with too many items")


def rest_of(run: State, it: Iterator) -> list[Value] | Unknown:
    """Take all items that are left."""
    try:
        return list(each(run, it))
    except Lost as lost:
        return lost.unknown


def place_of(it: Iterator) -> int:
    """Give how many items were taken."""
    place = it.named["place"]
    assert isinstance(place, int)
    return place


def over(values: tuple[Value, ...] | range | str | bytes) -> Iterator:
    """Iterate over values that do not change."""

    def step(run: State, it: Iterator) -> Value:
        place = place_of(it)
        return values[place] if place < len(values) else END

    return Iterator(step, values if isinstance(values, tuple) else ())


def over_list(values: List, backward: bool = False) -> Iterator:
    """Iterate over a list, which may change meanwhile."""
    last = len(values.items) - 1

    def step(run: State, it: Iterator) -> Value:
        if values.blur is not None:
            raise Lost(run.unknown(values.blur.reason, values))
        place = last - place_of(it) if backward else place_of(it)
        return values.items[place] if 0 <= place < len(values.items) else END

    return Iterator(step, (values,))


def over_dict(values: Dict | View) -> Iterator:
    """Iterate over a dictionary; a key more or less while that lasts is an error of the program."""
    home = values if isinstance(values, Dict) else values.of
    size = len(home.named)

    def step(run: State, it: Iterator) -> Value:
        if home.blur is not None:
            raise Lost(run.unknown(home.blur.reason, home))
        if len(home.named) != size:
            raise Raised(run.error("RuntimeError", "dictionary changed size during iteration"))
        place = place_of(it)
        items = values.now() if isinstance(values, View) else list(values.named)
        return items[place] if place < size else END

    return Iterator(step, (home,))


def over_walk(run: State, walk: Callable[[], list[Value] | Unknown], *sources: Value) -> Iterator:
    """Iterate over what a walk through objects meets; they may change behind the place where it stands."""
    first = walk()
    if isinstance(first, Unknown):
        made = Iterator(lambda run, it: END, sources)
        made.blur = first
        return made

    def step(run: State, it: Iterator) -> Value:
        place = place_of(it)
        given = it.named["given"]
        if not isinstance(given, tuple) or not isinstance(it.named["changes"], int):
            raise Lost(run.unknown("objects that may have changed", *sources))
        if it.named["changes"] != run.heap.changes:
            now = walk()
            if isinstance(now, Unknown):
                raise Lost(now)
            if [*map(_identity, now[: place - 1])] != [*map(_identity, given[: place - 1])] and place > 1:
                raise Lost(run.unknown("objects that change while they are walked", *sources, *now, *given))
            it.named["given"] = given = tuple(now)
            it.named["changes"] = run.heap.changes
        return given[place] if place < len(given) else END

    made = Iterator(step, sources)
    made.named.update({"given": tuple(first), "changes": run.heap.changes})
    return made


def _identity(value: Value) -> object:
    return tuple(map(_identity, value)) if isinstance(value, tuple) else id(value) if isinstance(value, Obj) else value


# --- generators of the program ---------------------------------------------------------------------------------------


class Reads(NamedTuple):
    """What a generator may read: names with their values, and objects with their states."""

    names: list[tuple[Scope, str, Value]]
    states: list[tuple[Obj, Value, Value]]

    def changed(self) -> bool:
        """Tell whether anything of it is another one now."""
        return any(scope.named.get(name, MISSING) is not value for scope, name, value in self.names) or any(
            obj.blur is not blur or not _is_same(obj.state, state) for obj, state, blur in self.states
        )


def _is_same(one: Value, other: Value) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(one[key] is other[key] for key in one)
    assert isinstance(one, list)
    assert isinstance(other, list)
    return len(one) == len(other) and all(x is y for x, y in zip(one, other, strict=True))


def reads_of(run: State, values: list[Value], own: Scope) -> Reads:
    """List what can be read by functions and objects that are reached from these values."""
    names: list[tuple[Scope, str, Value]] = []
    states: list[tuple[Obj, Value, Value]] = []
    for obj in reachable(run.budget, [*values, run.patches]):
        run.budget.spend()
        if isinstance(obj, Function):
            names_read = mentioned(obj.node)
            scope: Scope | None = obj.scope
            while scope is not None:
                if scope is not own:
                    names += [(scope, name, scope.named.get(name, MISSING)) for name in names_read]
                scope = scope.parent
        elif not isinstance(obj, (Scope, Iterator)):
            states.append((obj, list(obj.state) if isinstance(obj.state, list) else dict(obj.state), obj.blur))
    return Reads(names, states)


def generator(function: Function, scope: Scope, body: Callable[[State], list[Value]]) -> Iterator:
    """Iterate over what a function yields.

    It is run as a whole when its first item is asked for. That is what running it piece by piece gives as long as it
    changes nothing outside, and nothing that it reads changes meanwhile.
    """

    def step(run: State, it: Iterator) -> Value:
        it.named["ended"] = True  # as it is after an exception
        if it.named["items"] is None:
            given = list(scope.named.values())
            region = run.heap.open()
            calls = len(run.trace.calls) if run.trace is not None else 0
            items = tuple(body(run))
            if run.trace is not None:
                run.trace.begin(it, calls)
            if run.heap.regions[-1] is not region or region.before.keys() - {it, scope} or region.left:
                raise Stop("a generator that changes what is outside")  # how much of it runs depends on its user
            run.heap.close(region)
            it.named.update(items=items, recorded=run.grad)
            it.named["reads"] = reads_of(run, [function, *given, *scope.named.values(), *items], scope)
        reads, found, place = it.named["reads"], it.named["items"], place_of(it)
        if not isinstance(reads, Reads) or not isinstance(found, tuple) or (place and reads.changed()):
            raise Stop("a generator that reads what changes meanwhile")
        if run.grad is not it.named["recorded"]:
            run.entangle()
        if place >= len(found):
            if run.trace is not None and run.certain:
                run.trace.finish(it)
            return END
        it.named["ended"] = False
        return found[place]

    made = Iterator(step, (function, scope))
    made.named.update({"items": None, "reads": None, "recorded": None})
    return made


def next_of(run: State, it: Iterator, default: list[Value]) -> Value:
    """Give the next item as the function ``next`` does."""
    try:
        found = pull(run, it)
    except Lost as lost:
        run.may_raise("next")
        return run.unknown("an item of an unknown iterator", lost.unknown, *default)
    if found is not END:
        return found
    if default:
        return default[0]
    raise Raised(run.error("StopIteration", ""))
