"""The journal of changes: what a branch did, undone, compared with what another did, and merged.

A region records the state that each object had before it was first changed there. So the changes of a region can be
read off, undone, or kept. Outcomes of branches are states relative to the beginning of a region; outcomes that differ
in where the program goes on (a return, a break, an exception) wait in their region until something catches them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ....symbolic import Expr
from .budget import ALIKE, ITEMS, MERGED, Budget
from .objects import (
    MISSING,
    Class,
    Function,
    Iterator,
    Method,
    Missing,
    Obj,
    Partial,
    Plain,
    Scope,
    Set,
    Super,
    Unknown,
    Value,
    Wrapper,
)
from .reach import held, mutable, reachable

Snapshot = tuple[dict[Value, Value] | list[Value], Unknown | None]  # the state of an object, and its blur
BRANCHES = "it differs between branches"
DEEPEST = 60  # levels at which two values are compared
MOST_WAYS = 8  # values that one is among


class Outcome(NamedTuple):
    """One way a piece of the program ends: how it goes on, with which value, and the states it leaves."""

    how: str  # "next", "return", "break", "continue" or "raise"
    value: Value
    delta: dict[Obj, Snapshot]
    fork: int  # the objects up to this number are those of all outcomes; it parted from them then


class Region:
    """A stretch of the run: the states before it, and outcomes that left it early."""

    __slots__ = ("before", "left", "serial")

    def __init__(self) -> None:
        self.serial = Obj.count
        self.before: dict[Obj, Snapshot] = {}
        self.left: list[Outcome] = []


class Heap:
    """All regions that are open, innermost last."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.regions: list[Region] = []
        self.changes = 0  # of objects that are no scopes and no iterators
        self.why = BRANCHES  # what is unknown for now where outcomes meet
        self.blurs = 0  # how often something unknown may have changed what it was given
        self.line = 0

    # --- recording ------------------------------------------------------------------------------------------------

    def touch(self, obj: Obj) -> None:
        """Record the state of an object before it changes."""
        self.changes += not isinstance(obj, (Scope, Iterator))
        if self.regions:
            region = self.regions[-1]
            if obj.serial <= region.serial and obj not in region.before:
                region.before[obj] = snapshot(obj)

    def open(self) -> Region:
        """Begin a region."""
        region = Region()
        self.regions.append(region)
        return region

    def delta(self, region: Region) -> dict[Obj, Snapshot]:
        """Give the states now of all that changed in the innermost region."""
        return {obj: snapshot(obj) for obj in region.before}

    def close(self, region: Region) -> None:
        """End a region, with those inside it that a signal left open, and keep their changes."""
        self.close_inside(region)
        self.regions.pop()
        if self.regions:
            outer = self.regions[-1]
            for obj, state in region.before.items():
                if obj.serial <= outer.serial and obj not in outer.before:
                    outer.before[obj] = state

    def close_inside(self, region: Region) -> None:
        """End the regions inside a region, which stays open, and keep their changes."""
        while self.regions[-1] is not region:
            self.close(self.regions[-1])

    def undo(self, region: Region) -> None:
        """Restore the states before the region, which stays open."""
        self.close_inside(region)
        for obj, state in region.before.items():
            restore(obj, state)
        region.before = {}

    def apply(self, delta: dict[Obj, Snapshot]) -> None:
        """Bring about the states of an outcome."""
        for obj, state in delta.items():
            self.touch(obj)
            restore(obj, state)

    def leave(self, outcome: Outcome) -> None:
        """Let an outcome wait in the innermost region; its delta is relative to the state now."""
        region = self.regions[-1]
        outcome = outcome._replace(delta={**self.delta(region), **outcome.delta})
        region.serial = Obj.count  # what others do from here on to any object there is now is recorded
        same = next((one for one in region.left if one.how == outcome.how), None)
        if same is not None:
            region.left.remove(same)
            outcome = self.merged([same, outcome], region)
        region.left.append(outcome)

    # --- merging --------------------------------------------------------------------------------------------------

    def merged(self, outcomes: Sequence[Outcome], region: Region) -> Outcome:
        """Make one outcome of several that go on in the same way, relative to one beginning."""
        first = outcomes[0]
        for other in outcomes[1:]:
            first = self._two(first, other, region)
        return first

    def _two(self, a: Outcome, b: Outcome, region: Region) -> Outcome:
        self.budget.charge(len(a.delta) + len(b.delta))
        pairing = Pairing(self, min(a.fork, b.fork), region)
        value = pairing.value(a.value, b.value)
        delta = {}
        for obj in [*a.delta, *(one for one in b.delta if one not in a.delta)]:
            delta[obj] = pairing.state(obj, pairing.of(obj, a.delta), pairing.of(obj, b.delta))
        return Outcome(a.how, value, delta, min(a.fork, b.fork))

    def blur(self, values: Iterable[Value], reason: str, line: int = 0) -> list[Obj]:
        """Make everything unknown that can be reached from these values, and list it."""
        self.blurs += 1
        found = reachable(self.budget, values)
        self.budget.charge(len(found) // ITEMS)
        for obj in found:
            known = obj.blur is None or obj.pieces is not None
            if known and not isinstance(obj, (Class, Function, Scope)):
                self.touch(obj)
                obj.blur = Unknown(reason, line or self.line, frozenset(mutable(tuple(held(obj)))))
        return found


class Pairing:
    """The comparison of two states that began as one; new objects of one are matched with those of the other."""

    def __init__(self, heap: Heap, fork: int, region: Region) -> None:
        self.heap = heap
        self.fork = fork
        self.region = region
        self.there: dict[Obj, Obj] = {}
        self.back: dict[Obj, Obj] = {}

    def of(self, obj: Obj, delta: dict[Obj, Snapshot]) -> Snapshot:
        """Give the state of an object in one of the outcomes."""
        if obj in delta:
            return delta[obj]
        if obj in self.region.before:
            return self.region.before[obj]
        return snapshot(obj)

    def state(self, obj: Obj, a: Snapshot, b: Snapshot) -> Snapshot:
        """Merge two states of one object."""
        (one, blur_a), (other, blur_b) = a, b
        self.heap.budget.charge(max(len(one), len(other)) // ALIKE)
        if blur_a is not None or blur_b is not None:
            blur = blur_a or blur_b
            assert blur is not None
            refs = blur.refs | _inside(one) | _inside(other) | (blur_b.refs if blur_b else frozenset())
            return one, Unknown(blur.reason, blur.line, refs)
        if isinstance(one, list) and isinstance(other, list):
            if len(one) == len(other):
                return [self.value(x, y) for x, y in zip(one, other, strict=True)], None
            return one, self.unsure(one, other)
        assert isinstance(one, dict)
        assert isinstance(other, dict)
        if obj.elastic:
            keys = [*one, *(key for key in other if key not in one)]
            if not isinstance(obj, (Scope, Class, Function)) and [k for k in one if k in other] != [
                k for k in other if k in one
            ]:
                return one, self.unsure(one, other)
            return {key: self.value(one.get(key, MISSING), other.get(key, MISSING)) for key in keys}, None
        if list(one) != list(other):
            return one, self.unsure(one, other)
        return {key: self.value(one[key], other[key]) for key in one}, None

    def unsure(self, one: Value, other: Value) -> Unknown:
        """Make the reason of an object that differs between outcomes."""
        return Unknown(self.heap.why, self.heap.line, _inside(one) | _inside(other))

    def value(self, a: Value, b: Value) -> Value:
        """Give a value if both outcomes have it, and an unknown otherwise."""
        if a is b and (isinstance(a, (str, int, Unknown)) or (isinstance(a, Obj) and not self.there and not self.back)):
            return a  # most of them: neither outcome has changed it
        self.heap.budget.charge(MERGED)
        saved = dict(self.there), dict(self.back)
        missing = any(isinstance(one, Missing) or (isinstance(one, Unknown) and one.path == "?") for one in (a, b))
        if self.same(a, b, 0):
            if isinstance(a, Unknown) and isinstance(b, Unknown) and a is not b:
                both = Unknown(a.reason, a.line, a.refs | b.refs, scalar=a.scalar and b.scalar)
                both.either, both.known = _either(a, b), _known(a, b)
                both.path = "?" if missing else ""
                return both
            return a
        self.there, self.back = saved
        if isinstance(a, Plain) and isinstance(b, Plain):
            joined = a.joined(b)
            if joined is not None:
                return joined
        if type(a) is tuple and type(b) is tuple and len(a) == len(b) and any(isinstance(one, Plain) for one in a):
            return tuple(self.value(x, y) for x, y in zip(a, b, strict=True))
        scalar = _plain(a) and _plain(b)
        made = Unknown(self.heap.why, self.heap.line, mutable(a) | mutable(b), scalar=scalar)
        made.either, made.known = _either(a, b), _known(a, b)
        if missing:
            made.path = "?"  # perhaps there is no such name
        return made

    def same(self, a: Value, b: Value, depth: int) -> bool:
        """Tell whether two values are alike in every respect that the program can see."""
        if depth > DEEPEST:
            return False
        if isinstance(a, Obj) or isinstance(b, Obj):
            if not (isinstance(a, Obj) and isinstance(b, Obj)):
                return False
            if a is b:
                return (a not in self.there and a not in self.back) or self.there.get(a) is b
            return self._alike(a, b, depth)
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            return a is b or (isinstance(a, Unknown) and isinstance(b, Unknown) and not a.data and not b.data)
        if type(a) is not type(b):
            return False
        if isinstance(a, tuple) and isinstance(b, tuple):
            return len(a) == len(b) and all(self.same(x, y, depth + 1) for x, y in zip(a, b, strict=True))
        if isinstance(a, (int, str, float, bytes, complex, Expr, frozenset, range)) or a is None:
            return bool(a == b) and repr(a) == repr(b)
        if isinstance(a, (Method, Partial, Wrapper, Super)):
            one, other = list(held(a)), list(held(b))
            keys = _details(a) == _details(b)
            return (
                keys
                and len(one) == len(other)
                and all(self.same(x, y, depth + 1) for x, y in zip(one, other, strict=True))
            )
        if isinstance(a, Plain) and isinstance(b, Plain):
            a.stand_for(b)
            return self.same(a.key(), b.key(), depth + 1)
        return a is b

    def _alike(self, a: Obj, b: Obj, depth: int) -> bool:
        # two objects that both are new
        if a in self.there or b in self.back:
            return self.there.get(a) is b
        x, y = _content(a), _content(b)
        if type(a) is not type(b) or x is None or y is None:
            return False
        if a.serial <= self.fork or b.serial <= self.fork or isinstance(a, (Class, Scope)):
            return False
        self.there[a], self.back[b] = b, a
        one, other = a.fixed(), b.fixed()
        if len(one) != len(other) or not all(self.same(x, y, depth + 1) for x, y in zip(one, other, strict=True)):
            return False
        if isinstance(x, (list, tuple)) and isinstance(y, (list, tuple)):
            return type(x) is type(y) and len(x) == len(y) and all(map(self.same, x, y, [depth + 1] * len(x)))
        assert isinstance(x, dict)
        assert isinstance(y, dict)
        if isinstance(a, Set):
            return list(x) == list(y)
        return list(x) == list(y) and all(self.same(x[key], y[key], depth + 1) for key in x)


def _content(obj: Obj) -> Value:
    # what is known of an object that both outcomes have: its state, or its items up to the rounds of a loop
    return obj.state if obj.blur is None else obj.pieces


def _either(a: Value, b: Value) -> tuple[Value, ...]:
    # what one of two values may be; nothing where one of them may be anything, or where they are many
    sides = [one.either if isinstance(one, Unknown) else (one,) for one in (a, b)]
    return (*sides[0], *sides[1]) if all(sides) and sum(map(len, sides)) <= MOST_WAYS else ()


def _known(a: Value, b: Value) -> tuple[Value, ...]:
    # values that it has under some outcome, whatever it is under others; not all, where they are many
    sides = [one.known if isinstance(one, Unknown) else (one,) for one in (a, b)]
    return (*sides[0], *sides[1])[:MOST_WAYS]


def _details(value: Value) -> Value:
    """Give the names a partial call binds, and the kind of a wrapper."""
    if isinstance(value, Partial):
        return tuple(value.kwargs)
    return value.kind if isinstance(value, Wrapper) else None


def snapshot(obj: Obj) -> Snapshot:
    """Copy the state of an object."""
    return (dict(obj.state) if isinstance(obj.state, dict) else list(obj.state)), obj.blur


def restore(obj: Obj, state: Snapshot) -> None:
    """Give an object a state it had."""
    kept, obj.blur = state
    obj.state = dict(kept) if isinstance(kept, dict) else list(kept)


def _plain(value: Value) -> bool:
    if isinstance(value, Unknown):
        return value.scalar
    return isinstance(value, (int, float, str, Expr, Missing)) or value is None


def _inside(state: Value) -> frozenset[Obj]:
    found: frozenset[Obj] = frozenset()
    values = state.values() if isinstance(state, dict) else state
    assert isinstance(values, Iterable)
    for value in values:
        found |= mutable(value)
    if isinstance(state, dict):
        for key in state:
            found |= mutable(key)
    return found


def unchanged(a: Snapshot, b: Snapshot, start: int) -> bool:
    """Tell whether a state is as it was when a loop began."""
    # objects made since the start can be met through unknown values only, and are unknown then
    (one, blur_a), (other, blur_b) = a, b
    if blur_a is not None and blur_b is not None:
        return _like(blur_a, blur_b, start)
    if blur_a is not None or blur_b is not None:
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_like(one[key], other[key], start) for key in one)
    assert isinstance(one, list)
    assert isinstance(other, list)
    return len(one) == len(other) and all(_like(x, y, start) for x, y in zip(one, other, strict=True))


def _like(a: Value, b: Value, start: int) -> bool:
    if a is b:
        return True
    if isinstance(a, Unknown) and isinstance(b, Unknown):
        return all(obj in a.refs or obj.serial > start for obj in b.refs) and not a.data
    if isinstance(a, (Obj, Unknown)) or isinstance(b, (Obj, Unknown)):
        return False
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_like(x, y, start) for x, y in zip(a, b, strict=True))
    if isinstance(a, Plain) and type(a) is type(b) and _like(a.key(), b.key(), start):
        a.stand_for(b)
        return True
    return type(a) is type(b) and bool(a == b)
