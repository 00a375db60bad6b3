"""Values: loops of which only the number of rounds is unknown, and whose rounds all add the same to lists.

A round is a function of the state before it. If two rounds in a row leave the same state, up to new objects, and add
the same, then so do all that follow.

1. A first round shows which lists grow. It is undone, and these lists become unknown, so that no round depends on their
   length (`_walked`).
2. Three rounds are walked. The second and the third must be alike; the first may differ (`_agree`).
3. All is undone. Each list gets what the rounds add, once for each (`Repeated`), and each name its value after the loop
   where that does not depend on the number of rounds (`_after`).

Whatever is not so simple, such as a round that may end the loop, is left to `State.maybe_many`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ....symbolic import Expr, Size, maximum
from ....symbolic.collect import increasing
from ....symbolic.evaluate import evaluate
from ..memory.budget import MERGED
from ..memory.heap import Pairing, Region
from ..memory.objects import MISSING, Class, Function, Instance, Obj, Pieces, Range, Repeated, Scope, Unknown, Value
from ..memory.reach import held, mutable
from ..memory.state import State
from .operations import sized
from .pieces import marked, pieces_of

WALKED = 3  # rounds: the first may differ from those after it


def repeat(run: State, rounds: Value, once: Callable[[], None]) -> bool:
    """Walk a loop whose rounds all do the same to lists; tell whether that is so. Nothing is changed otherwise.

    Parameters
    ----------
    run : State
    rounds : value
        What the loop runs over.
    once : callable
        Walks one round.
    """
    if not isinstance(rounds, Range) or run.trace is not None:
        return False
    symbols = dict(run.symbols)
    region = run.heap.open()
    run.unsure += 1
    try:
        walked = _walked(run, region, once)
    finally:
        run.unsure -= 1
    run.heap.undo(region)
    region.left = []
    count = None if walked is None else _count(run, rounds)
    states = None if walked is None or count is None else _after(run, region, walked, count, rounds)
    for obj, state in (states or {}).items():
        run.change(obj)
        if isinstance(state, Unknown):
            obj.blur = state
        else:
            obj.named.update(state)
    run.heap.close(region)
    if states is None:
        run.symbols = symbols
    return states is not None


class _Round:
    """What one round did: the names it set, and what it added to each list."""

    def __init__(self, names: dict[Scope, dict[Value, Value]], added: dict[Obj, Pieces], began: int) -> None:
        self.names = names
        self.added = added
        self.began = began  # the number of objects that were there before

    def values(self) -> list[Value]:
        """List the values that it set and added, in the order of `keys`."""
        names = [value for scope in sorted(self.names, key=_serial) for value in self.names[scope].values()]
        return [*names, *(self.added[obj] for obj in sorted(self.added, key=_serial))]

    def keys(self) -> list[Value]:
        """List the scopes with the names that it set, and the lists with the number of items that it added."""
        names: list[Value] = [(scope, *self.names[scope]) for scope in sorted(self.names, key=_serial)]
        return [*names, *((obj, len(self.added[obj])) for obj in sorted(self.added, key=_serial))]


def _serial(obj: Obj) -> int:
    return obj.serial


class _Walked:
    """The lists and the names before a loop, and its first rounds."""

    def __init__(self, lists: dict[Obj, Pieces], names: dict[Scope, dict[Value, Value]], rounds: list[_Round]) -> None:
        self.lists = lists
        self.names = names
        self.rounds = rounds


def _walked(run: State, region: Region, once: Callable[[], None]) -> _Walked | None:
    # a trial shows which lists grow; then they are unknown, so that no round can depend on their length
    if not _ends_plainly(run, region, once):
        return None
    grown = [obj for obj in region.before if not isinstance(obj, Scope)]
    run.heap.undo(region)
    before: dict[Obj, Pieces] = {}
    for obj in grown:
        pieces = pieces_of(run, obj)
        if pieces is None:
            return None
        before[obj] = pieces
    if not before:
        return None
    for obj, pieces in before.items():
        run.change(obj)
        obj.blur = marked(run, obj, "it grows in a loop", pieces)
    rounds: list[_Round] = []
    now = before
    for _ in range(WALKED):
        began = Obj.count
        if not _ends_plainly(run, region, once):
            return None
        then: dict[Obj, Pieces] = {}
        for obj in (one for one in region.before if not isinstance(one, Scope)):
            known = obj.pieces
            if known is None or obj not in now or not _begins(known, now[obj]):
                return None
            then[obj] = known
        set_now = {
            scope: {name: scope.named.get(name, MISSING) for name in [*region.before[scope][0], *scope.named]}
            for scope in region.before
            if isinstance(scope, Scope)
        }
        rounds.append(_Round(set_now, {obj: then[obj][len(now[obj]) :] for obj in then}, began))
        now = then
    names: dict[Scope, dict[Value, Value]] = {}
    for scope in rounds[-1].names:
        state = region.before[scope][0]
        assert isinstance(state, dict)
        names[scope] = state
    return _Walked(before, names, rounds) if _agree(run, region, rounds) else None


def _ends_plainly(run: State, region: Region, once: Callable[[], None]) -> bool:
    def piece() -> Value:
        once()
        return None

    how, _ = run.walk(region, piece)
    return how == "next" and not region.left and run.heap.regions[-1] is region


def _begins(pieces: Pieces, start: Pieces) -> bool:
    return len(pieces) >= len(start) and all(one is other for one, other in zip(pieces, start, strict=False))


def _agree(run: State, region: Region, rounds: Sequence[_Round]) -> bool:
    # whether all rounds after the first do the same, with objects of their own
    _, second, third = rounds
    return _alike(run, region, second, third) and all(_own(run, one) for one in rounds)


def _alike(run: State, region: Region, one: _Round, other: _Round) -> bool:
    if one.keys() != other.keys():
        return False
    values = [*zip(one.values(), other.values(), strict=True)]
    run.budget.charge(MERGED * len(values))
    pairing = Pairing(run.heap, region.serial, region)
    return all(pairing.same(x, y, 0) for x, y in values)


def _own(run: State, one: _Round) -> bool:
    # whether all that a round adds is made in it: a layer from before is one layer, however many rounds add it
    seen: set[int] = set()
    pending: list[Value] = [*one.added.values()]
    while pending:
        value = pending.pop()
        if id(value) in seen or isinstance(value, (Class, Function, Scope)):
            continue
        seen.add(id(value))
        foreign = isinstance(value, Instance) and (not isinstance(value.cls, Class) or value.cls.native is not None)
        if foreign and isinstance(value, Instance) and value.serial <= one.began:
            return False
        pending += held(value)
    run.budget.charge(len(seen))
    return True


def _count(run: State, rounds: Range) -> Size | None:
    ends = [sized(run, one) for one in rounds.ends]
    if not all(isinstance(one, Expr) or type(one) is int for one in ends):
        return None
    start, stop = (0, *ends) if len(ends) == 1 else ends
    found = stop - start  # type: ignore[operator]
    return found if _least(found) >= 0 else maximum(found, 0)


def _least(size: Size, each: int = 1) -> int:
    # what the size is at least where each symbol is at least this number; -1 where that is unknown
    if not isinstance(size, Expr):
        return size
    least = evaluate(size, dict.fromkeys(size.symbols, each)) if increasing(size) else -1
    return least if isinstance(least, int) else -1


def _after(
    run: State, region: Region, walked: _Walked, count: Size, rounds: Range
) -> dict[Obj, Unknown | dict[Value, Value]] | None:
    first, second, third = walked.rounds
    steady = _alike(run, region, first, second)  # the first round, too, is as the others
    certain = _least(count) >= 1  # there is a round
    if not (steady or certain):
        return None
    why = f"it depends on how often a loop is run: {rounds.name}"
    states: dict[Obj, Unknown | dict[Value, Value]] = {}
    for obj, pieces in walked.lists.items():
        start = (*pieces, *first.added.get(obj, ())) if not steady else pieces
        again = first.added.get(obj, ()) if steady else second.added.get(obj, ())
        more = (Repeated(again, count if steady else count - 1),) if again else ()
        states[obj] = marked(run, obj, why, [*start, *more])
    assumed = not steady or _least(count, 0) < 0  # what is found holds only if there is a round
    for scope, before in walked.names.items():
        names = states[scope] = {}
        for name, value in third.names[scope].items():
            was = before.get(name, MISSING)
            if value is was:
                continue
            every = [was, *(one.names[scope][name] for one in walked.rounds)]
            kept = certain and not mutable(value) and _equal(run, region, every[1:])
            assumed = assumed or (kept and not _equal(run, region, every))
            names[name] = value if kept else run.unknown(why, *(one for one in every if one is not MISSING))
    if assumed:
        run.remark(f"the count holds for {' and '.join(_symbols(count))} of at least 1")
    return states


def _symbols(size: Size) -> tuple[str, ...]:
    return size.symbols if isinstance(size, Expr) else ()


def _equal(run: State, region: Region, values: Sequence[Value]) -> bool:
    if isinstance(values[0], Unknown):
        return all(one is values[0] for one in values)
    pairing = Pairing(run.heap, region.serial, region)
    return all(pairing.same(values[0], one, 0) for one in values[1:])
