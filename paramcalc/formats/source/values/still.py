"""Values: loops of known length of which a round changes nothing, so that the rounds that are left need no walk.

A training loop is one: a round sets names to results that are unknown, and the next one sets them to other unknown
results. The state after a round then stands for the state after any number of them.

1. No round reads the item of the loop, so that all do the same on the same state (`syntax.loops`).
2. A round leaves the state alike: it changes nothing, or only which unknown results names and attributes hold.
3. A trial of the next round, with an unknown item in place of its own, leaves the state alike, too. Its changes are
   undone. What all rounds that are left do is then what it did.
"""

from __future__ import annotations

from collections.abc import Callable

from ....symbolic import Expr
from ..memory.budget import MERGED
from ..memory.heap import Snapshot
from ..memory.objects import Plain, Unknown, Value
from ..memory.state import State, Stop

Told = list[bool]
CONSTANTS = (int, float, str, bytes, Expr)


def watched(run: State, piece: Callable[[], None]) -> bool:
    """Run a piece of the program; tell whether it makes no object of a class and leaves the state alike."""
    told: Told = []
    made = run.objects  # of which each may be a model

    def watch() -> Value:
        piece()
        region = run.heap.regions[-1]
        run.budget.charge(MERGED * len(region.before))
        told.append(
            run.objects == made and _alike([(state, (obj.state, obj.blur)) for obj, state in region.before.items()])
        )
        return None

    run.region(watch, {})
    return told == [True]


def still(run: State, piece: Callable[[], bool]) -> bool:
    """Walk a piece that stands for every round that is left, and undo it.

    Parameters
    ----------
    run : State
    piece : callable
        Walks a round with an unknown item; gives what `watched` tells of it.
    """
    if run.trace is not None:  # each call of a layer is recorded
        return False
    symbols, notes, remarks = dict(run.symbols), list(run.notes), run.remarks
    told: Told = []

    def walk() -> Value:
        told.append(piece())
        return None

    region = run.heap.open()
    run.unsure += 1
    try:
        how, _ = run.walk(region, walk)
    except Stop:
        how = "stop"
    finally:
        run.unsure -= 1
    told.append(how == "next" and not region.left)
    run.heap.undo(region)
    region.left = []
    run.heap.close(region)
    run.symbols, run.notes, run.remarks = symbols, notes, remarks
    return all(told)


def _alike(pairs: list[tuple[Snapshot, Snapshot]]) -> bool:
    # an unknown result before stands for one after, and for no other
    there: dict[int, Unknown] = {}
    back: dict[int, Unknown] = {}

    def same(a: Value, b: Value) -> bool:
        if isinstance(a, Unknown) and isinstance(b, Unknown):
            if a is not b and not _stands_for(a, b):
                return False
            return there.setdefault(id(a), b) is b and back.setdefault(id(b), a) is a
        if type(a) is tuple and type(b) is tuple:
            return len(a) == len(b) and all(map(same, a, b))
        return _equal(a, b)

    for (one, blur_a), (other, blur_b) in pairs:
        if not same(blur_a, blur_b) or type(one) is not type(other) or len(one) != len(other):
            return False
        if isinstance(one, dict) and isinstance(other, dict):
            if not all(map(_equal, one, other)) or not all(same(one[key], other[key]) for key in one):
                return False
        elif not all(map(same, one, other)):
            return False
    return True


def _stands_for(a: Unknown, b: Unknown) -> bool:
    # whether all that is known of the one holds for the other
    among = not a.either or (bool(b.either) and all(any(_equal(x, y) for x in a.either) for y in b.either))
    return (
        type(a) is type(b) is Unknown
        and a.path == b.path
        and a.data <= b.data
        and a.scalar <= b.scalar
        and b.refs <= a.refs
        and among
    )


def _equal(a: Value, b: Value) -> bool:
    if a is b:
        return True
    if isinstance(a, Plain) and isinstance(b, Plain):
        a.stand_for(b)
        a, b = a.key(), b.key()
    if type(a) is tuple and type(b) is tuple:
        return len(a) == len(b) and all(map(_equal, a, b))
    return type(a) is type(b) and isinstance(a, CONSTANTS) and bool(a == b) and repr(a) == repr(b)
