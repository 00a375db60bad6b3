"""Syntax: targets, to which values are bound."""

from __future__ import annotations

import ast

from ..memory.objects import Instance, List, Scope, Unknown, Value
from ..memory.state import Raised, State, Stop
from ..values import setting
from ..values.containers import items_of, store_item


def assign(run: State, target: ast.expr, value: Value, scope: Scope) -> None:
    """Bind a value to a target."""
    run.line = target.lineno
    if isinstance(target, ast.Name):
        bind(run, target.id, run.name(value, target.id), scope)
    elif isinstance(target, ast.Attribute):
        setting.store(run, run.evaluate(target.value, scope), target.attr, run.name(value, target.attr))
    elif isinstance(target, ast.Subscript):
        store_item(run, run.evaluate(target.value, scope), run.evaluate(target.slice, scope), value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(run, target.elts, value, scope)
    elif isinstance(target, ast.Starred):
        assign(run, target.value, value, scope)
    else:
        raise Stop("a target that is not followed")


def declared_in(scope: Scope) -> tuple[tuple[Value, Value], ...]:
    """List the names that a function declares global or nonlocal, with the scopes they belong to."""
    found = scope.named.get("<declared>", ())
    return found if isinstance(found, tuple) else ()


def bind(run: State, name: str, value: Value, scope: Scope) -> None:
    """Bind a name in the scope that it belongs to."""
    home = scope
    for declared, place in declared_in(scope):
        if declared == name and isinstance(place, Scope):
            home = place
    run.change(home)
    home.named[name] = value
    if isinstance(value, Instance) and home.kind in ("module", "function") and run.unsure == 0:
        run.bound.append((name, value, home))


def _unpack(run: State, targets: list[ast.expr], value: Value, scope: Scope) -> None:
    items = items_of(run, value)
    star = next((place for place, one in enumerate(targets) if isinstance(one, ast.Starred)), None)
    if isinstance(items, Unknown):
        for one in targets:
            assign(run, one, run.unknown(items.reason, items, data=items.data, scalar=items.scalar), scope)
        return
    if star is not None:
        after = len(targets) - star - 1
        if len(items) < len(targets) - 1:
            raise Raised(run.error("ValueError", "not enough values to unpack"))
        middle = List(items[star : len(items) - after])
        items = [*items[:star], middle, *items[len(items) - after :]]
    if len(items) != len(targets):
        raise Raised(run.error("ValueError", "another number of values to unpack"))
    for one, item in zip(targets, items, strict=True):
        assign(run, one, item, scope)
