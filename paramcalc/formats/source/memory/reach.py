"""Lists the objects that a value holds, directly or through others."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from .budget import REACHED, Budget
from .objects import (
    Builtin,
    Class,
    Dict,
    Function,
    Instance,
    List,
    Method,
    Module,
    Obj,
    Partial,
    Scope,
    Set,
    Super,
    Unknown,
    Value,
    Wrapper,
)

KEPT = 5_000  # functions whose names are kept
PLAIN = frozenset([str, int, float, bool, type(None)])  # types of values that hold no others


def held(value: Value) -> Iterator[Value]:
    """List the values that a value holds directly."""
    if isinstance(value, Obj):  # most of them
        if isinstance(value.state, dict):
            yield from value.state.keys()
            yield from value.state.values()
        else:
            yield from value.state
        if value.blur is not None:
            yield value.blur
        yield from value.fixed()
    elif isinstance(value, (tuple, frozenset)):
        yield from value
    elif isinstance(value, Unknown):
        yield from value.refs
    elif isinstance(value, Method):
        yield value.function
        yield value.self
    elif isinstance(value, Wrapper):
        yield value.function
        yield value.setter
    elif isinstance(value, Partial):
        yield value.function
        yield from value.args
        yield from value.kwargs.values()
    elif isinstance(value, Builtin):
        yield from value.holds
    elif isinstance(value, Super):
        yield value.self
    elif isinstance(value, Module):
        if value.scope is not None:
            yield value.scope
    elif isinstance(value, slice):
        yield from (value.start, value.stop, value.step)


def mutable(value: Value) -> frozenset[Obj]:
    """Give the objects that a value is or holds directly: those an unknown made of it may stand for."""
    if isinstance(value, Obj):
        return frozenset([value])
    if isinstance(value, Unknown):
        return value.refs
    if isinstance(value, (tuple, frozenset, Method, Partial, Super, Wrapper, Builtin)):
        found: frozenset[Obj] = frozenset()
        for one in held(value):
            found |= mutable(one)
        return found
    return frozenset()


def reachable(budget: Budget, values: Iterable[Value]) -> list[Obj]:
    """List every object that can be reached from these values, and charge for them."""
    found: dict[Obj, None] = {}
    pending = list(values)
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        if type(value) in PLAIN or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Obj):
            found[value] = None
            if isinstance(value, Function):  # the names in its text, and not all of the scope it is in
                pending += function_reach(value)
                pending += [*value.named.values(), *value.defaults, *value.kw_defaults.values()]
                continue
        pending += held(value)
    budget.charge(len(seen) // REACHED)
    return list(found)


def stood_for(value: Unknown) -> list[Obj]:
    """List what an unknown value may be: its objects, their items and attributes, and those of these.

    Modules and layers are listed, and not what they hold: what a library reads of them runs nothing of the program.
    """
    found: dict[Obj, None] = {}
    pending: list[Value] = list(value.refs)
    while pending:
        one = pending.pop()
        if isinstance(one, Obj) and one not in found:
            found[one] = None
            native = one.cls.native if isinstance(one, Instance) and isinstance(one.cls, Class) else None
            if isinstance(one, (List, Dict, Set)) or (isinstance(one, Instance) and native is None):
                pending += held(one)
        elif isinstance(one, (tuple, frozenset, Unknown)):
            pending += held(one)
    return list(found)


def function_reach(function: Function) -> list[Value]:
    """List the values of the names that a function's text mentions."""
    found: list[Value] = []
    names = mentioned(function.node)
    scope: Scope | None = function.scope
    while scope is not None:
        found += [scope.named[name] for name in names if name in scope.named]
        scope = scope.parent
    return found


@lru_cache(KEPT)
def mentioned(node: ast.AST) -> frozenset[str]:
    """List the names in the text of a function."""
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name))
