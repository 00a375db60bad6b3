"""Values: what is run without being named: special methods, and functions that a library is given.

How often it is run is unknown, and so is whether an exception of it is caught.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ..memory.budget import REACHED
from ..memory.objects import (
    MISSING,
    Builtin,
    Class,
    Dict,
    Function,
    Instance,
    Iterator as Generated,
    List,
    Method,
    Obj,
    Partial,
    Scope,
    Set,
    Unknown,
    Value,
    Wrapper,
)
from ..memory.reach import stood_for
from ..memory.records import CalledBack
from ..memory.state import State, Stop
from . import classes

CAUGHT = {"raise": "next"}
# special methods that only a call, a class or a with statement runs, and what such a statement is itself followed
NAMED = frozenset(
    ["__init__", "__new__", "__call__", "__init_subclass__", "__class_getitem__", "__enter__", "__exit__"]
)
MOST_ITEMS = 20  # of a list or tuple, so many are looked at


def call_back(run: State, path: str, given: Sequence[Value]) -> None:
    """Walk what a library is given and may call: functions of the program, and modules, in any order and number.

    The library may catch what they raise.
    """
    handed = run.unknown(f"what {path} gives", *given, data=True)
    pieces: list[tuple[Value, Callable[[], Value]]] = []
    for one in [each for value in given for each in _meant(run, value)]:
        needed = _inputs(one)
        if needed is not None:
            pieces.append((one, partial(run.call, one, [handed] * needed, {})))
        elif isinstance(one, Builtin):  # a method of a list or dictionary
            run.blur(f"{path} may call {one.name}", *one.holds)
    if not pieces:
        return
    stands_for = frozenset(stood_for(handed))
    run.budget.charge(len(stands_for) // REACHED)
    made = [_made_meanwhile(run, one, stands_for) for one, _ in pieces]
    for obj in {obj for one in made for obj in one or ()}:
        _lose(run, obj)
    fresh = [piece for piece, one in zip(pieces, made, strict=True) if one is None]
    if not fresh:
        return
    before = len(run.called_back)
    run.called_back += [CalledBack(one, stands_for, Obj.count) for one, _ in fresh]
    try:
        one_of_them = partial(run.fork, *(piece for _, piece in fresh))
        run.maybe_many(partial(run.region, partial(run.trying, one_of_them), CAUGHT))
    except Stop as stop:
        run.blur(str(stop), *given)
    finally:
        del run.called_back[before:]


def _made_meanwhile(run: State, function: Value, stands_for: frozenset[Obj]) -> frozenset[Obj] | None:
    """List what a function may be given that it made itself, where walking it once more shows nothing else.

    That is so where it is being walked, any number of times, with what may be each of the other objects.
    """
    walks = [one for one in run.called_back if _is_same(one.function, function)]
    if not walks:
        return None
    left = stands_for.difference(*(one.stands_for for one in walks))
    return left if all(obj.serial > walks[-1].began for obj in left) else None


def _is_same(one: Value, other: Value) -> bool:
    if isinstance(one, Method) and isinstance(other, Method):
        return one.function is other.function and one.self is other.self
    if isinstance(one, Partial) and isinstance(other, Partial):
        pairs = zip((one.function, *one.args), (other.function, *other.args), strict=False)
        return len(one.args) == len(other.args) and all(a is b for a, b in pairs) and not one.kwargs | other.kwargs
    return one is other


def _lose(run: State, obj: Obj) -> None:
    if obj.blur is None and not isinstance(obj, (Class, Function, Scope)):
        run.change(obj)
        obj.blur = run.unknown("what is called back may change it", obj)


def _meant(run: State, value: Value) -> list[Value]:
    # what may be called where something unknown is: a function or method among what it stands for, or a method of that
    if not isinstance(value, Unknown):
        return [value]
    reached = stood_for(value)
    objects = [one for one in reached if isinstance(one, Instance)]
    if value.attribute:
        named = [(classes.find(one.cls, value.attribute), one) for one in objects]
        found: list[Value] = [Method(one, self) for one, self in named if isinstance(one, Function)]
        held = [one for one in reached if isinstance(one, (List, Dict, Set, Generated))]
        return found + [one for one in (run.method(each, value.attribute) for each in held) if isinstance(one, Builtin)]
    functions = [one for one in reached if isinstance(one, Function)]
    methods = [Method(one, self) for one in functions if one.owner is not None for self in objects]
    return [*(one for one in functions if one.owner is None), *methods]


def _inputs(value: Value) -> int | None:
    # how many values it takes to call it; None where that runs nothing of the program
    if isinstance(value, Instance):
        if value.blur is not None:
            return None
        forward = classes.find(value.cls, "forward")
        if forward is MISSING:
            return _inputs(classes.find(value.cls, "__call__"))
        return _inputs(forward) if isinstance(forward, Function) else 1  # a container may hold modules of the program
    if isinstance(value, Method) and isinstance(value.function, Function):
        return max(0, _positions(value.function) - 1)
    if isinstance(value, (Method, Wrapper)):
        return _inputs(value.function)
    if isinstance(value, Partial):
        needed = _inputs(value.function)
        return None if needed is None else max(0, needed - len(value.args) - len(value.kwargs))
    if not isinstance(value, Function):
        return None
    return max(0, _positions(value) - (value.owner is not None))


def _positions(value: Function) -> int:
    # how many arguments have no default
    spec = value.node.args
    return len(spec.posonlyargs) + len(spec.args) - len(value.defaults)


def unfollowed(run: State, what: str, *operands: Value) -> None:
    """Let an operation that is not followed run the special methods of what it is applied to, and raise."""
    methods = [method for one in _instances(operands) for method in _special(one)]
    if methods:
        call_back(run, what, methods)
    run.may_raise(what)


def has_special(*operands: Value) -> bool:
    """Tell whether the program has special methods for what an operation is applied to."""
    return any(any(True for _ in _special(one)) for one in _instances(operands))


def read_unknown(run: State, value: Unknown, name: str) -> None:
    """Let an attribute of an unknown value be read: a property, or ``__getattr__``, of what it may be is run."""
    found: list[Value] = []
    for one in _instances([value]):
        made = classes.find(one.cls, name)
        if made is MISSING:
            made = classes.find(one.cls, "__getattr__")
        function = made.function if isinstance(made, Wrapper) and made.kind in ("property", "cached") else made
        by_itself = function is not made or (isinstance(made, Function) and made.name == "__getattr__")
        found += [Method(function, one)] if by_itself and isinstance(function, Function) else []
    if found:
        call_back(run, name, found)


def run_properties(run: State, what: str, value: Value, *given: Value) -> None:
    """Let an attribute of an unknown name be read, or set: any property of the object may be run."""
    if isinstance(value, Instance):
        cls = value.cls
        found = [one for each in classes.lineage(cls) if isinstance(each, Class) for one in each.named.values()]
        properties = [one for one in found if isinstance(one, Wrapper) and one.kind in ("property", "cached")]
        run_by = [one.setter if given else one.function for one in properties]
        call_back(run, what, [Method(one, value) for one in run_by if isinstance(one, Function)])
    unfollowed(run, what, value)


def _instances(values: Sequence[Value]) -> Iterator[Instance]:
    for one in values:
        if isinstance(one, Unknown):
            yield from _instances([each for each in stood_for(one) if isinstance(each, Instance)])
        elif isinstance(one, Instance):
            if isinstance(one.cls, Class) and one.blur is None:
                yield one
        elif isinstance(one, (tuple, List)):
            items = one if isinstance(one, tuple) else one.items if one.blur is None else []
            yield from _instances([each for each in items[:MOST_ITEMS] if isinstance(each, Instance)])


def _special(value: Instance) -> Iterator[Method]:
    for cls in classes.lineage(value.cls):
        for name, found in cls.named.items() if isinstance(cls, Class) else ():
            if (
                isinstance(found, Function)
                and isinstance(name, str)
                and name.startswith("__")
                and name.endswith("__")
                and name not in NAMED
            ):
                yield Method(found, value)
