"""Values: a piece of the program whose exceptions are handled, by ``try`` or by a function such as ``hasattr``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..memory.objects import Class, Instance, Native, Value
from ..memory.state import Raised, State
from .classes import lineage


def handled(
    run: State, piece: Callable[[], Value], handle: Callable[[Value], Value], then: Callable[[Value], Value]
) -> Value:
    """Run a piece, and what comes then; or what handles an exception, which may be raised or not."""
    region = run.heap.open()
    how, value = run.walk(region, lambda: run.trying(piece))
    if how == "next" and not region.left:
        run.heap.close(region)
        return then(value)
    found = []
    ends = run.ways(region, how, value)
    run.unsure += len(ends) > 1
    try:
        for one in ends:
            if one.how not in ("next", "raise"):
                found.append(one)
                continue
            again = run.heap.open()
            run.heap.apply(one.delta)
            how, value = run.walk(again, partial(then if one.how == "next" else handle, one.value))
            for other in run.ways(again, how, value):
                found.append(other._replace(delta={**one.delta, **other.delta}, fork=min(one.fork, other.fork)))
            run.heap.close(again)
    finally:
        run.unsure -= len(ends) > 1
    return run.settle(region, found)


def matches(run: State, error: Value, kind: Value) -> bool | None:
    """Tell whether an exception is of a kind that is caught."""
    if isinstance(kind, tuple):
        found = [matches(run, error, one) for one in kind]
        return True if True in found else None if None in found else False
    if isinstance(kind, Native) and kind.name in ("BaseException",):
        return True
    if isinstance(error, Instance) and isinstance(kind, (Class, Native)):
        return kind in lineage(error.cls)
    return None


def if_caught(run: State, error: Value, kind: Value, handle: Callable[[], Value]) -> Value:
    """Handle an exception if it is of a kind; it is raised again if it is not."""

    def pass_on() -> Value:
        raise Raised(error)

    matched = matches(run, error, kind)
    if matched is None:
        return run.fork(handle, pass_on)
    return handle() if matched else pass_on()
