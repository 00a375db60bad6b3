"""Syntax: exceptions and what is done however a piece ends: ``try``, ``with``."""

from __future__ import annotations

import ast
from collections.abc import Callable

from . import attributes, calls
from .expressions import evaluate
from .state import Raised, State, Stop
from .targets import assign, bind
from .values import (
    MISSING,
    Builtin,
    Class,
    Instance,
    Native,
    Scope,
    Unknown,
    Value,
)

LEAVES = (ast.Return, ast.Break, ast.Continue)
QUIET = ("open(", "contextlib.nullcontext", "contextlib.closing", "contextlib.redirect_")  # they catch nothing


def with_statement(run: State, node: ast.With, scope: Scope) -> None:
    """Enter context managers, run the body, and leave them."""
    left: list[Value] = []
    before = run.guards
    for item in node.items:
        manager = evaluate(run, item.context_expr, scope)
        value: Value = run.unknown("what a context manager gives", manager, data=True)
        if isinstance(manager, Instance) and attributes.find(manager.cls, "__enter__") is not MISSING:
            value = run.call(attributes.get(run, manager, "__enter__"), [], {})
            left.append(manager)
        elif isinstance(manager, Unknown) and not manager.refs:
            value = run.unknown(manager.reason, path=manager.path, data=True)
        elif isinstance(manager, Builtin) and manager.name == "contextlib.suppress":
            run.tries += 1
            try:
                run.region(lambda: run.execute(node.body, scope), {"raise": "next"})
            finally:
                run.tries -= 1
                run.guards = before
            return
        if item.optional_vars is not None:
            assign(run, item.optional_vars, value, scope)
        run.guards += _may_catch(run, item.context_expr, manager)

    def leave() -> None:
        for manager in reversed(left):
            run.call(attributes.get(run, manager, "__exit__"), [None, None, None], {})

    try:
        if left:
            finally_(run, lambda: run.execute(node.body, scope), leave, swallows=True)
        else:
            run.execute(node.body, scope)
    finally:
        run.guards = before


def _may_catch(run: State, node: ast.expr, manager: Value) -> bool:
    # whether it may catch the exception of a name that is not defined
    if isinstance(manager, Unknown):
        known = calls.harmless(manager.path) or manager.path.startswith((*calls.FRAMEWORKS, *QUIET))
        return not known and not any(isinstance(one, ast.Name) and one.id in run.assumed for one in ast.walk(node))
    return isinstance(manager, Instance) and isinstance(manager.cls, Class)


def try_statement(run: State, node: ast.Try, scope: Scope) -> None:
    """Run the body, the handler of what it raises, and the last part."""

    def guarded() -> None:
        _handled(run, node, scope)

    if node.finalbody:
        leaves = any(isinstance(one, LEAVES) for part in node.finalbody for one in ast.walk(part))
        run.guards += leaves  # such a last part ends an exception
        try:
            finally_(run, guarded, lambda: run.execute(node.finalbody, scope))
        finally:
            run.guards -= leaves
    else:
        guarded()


def finally_(run: State, piece: Callable[[], None], last: Callable[[], None], swallows: bool = False) -> None:
    """Run a piece and, however it ends, a last one; ``swallows`` says that the last one may catch exceptions."""
    region = run.heap.open()
    how, value = run.walk(region, piece)
    found = []
    ends = run.ways(region, how, value)
    run.unsure += len(ends) > 1
    for one in ends:
        if swallows and one.how == "raise":
            raise Stop("a context manager that may catch an exception")
        again = run.heap.open()
        run.heap.apply(one.delta)
        how, value = run.walk(again, last)
        for other in run.ways(again, how, value):
            passed = one if other.how == "next" else other
            found.append(passed._replace(delta={**one.delta, **other.delta}, fork=min(one.fork, other.fork)))
        run.heap.close(again)
    run.unsure -= len(ends) > 1
    run.settle(region, found)


def _handled(run: State, node: ast.Try, scope: Scope) -> None:
    if not node.handlers:
        run.execute(node.body, scope)
        return
    region = run.heap.open()
    run.tries += 1
    try:
        how, value = run.walk(region, lambda: run.execute(node.body, scope))
    finally:
        run.tries -= 1
    if how == "next" and not region.left:
        run.heap.close(region)
        run.execute(node.orelse, scope)
        return
    found = []
    ends = run.ways(region, how, value)
    run.unsure += len(ends) > 1
    for one in ends:
        if one.how not in ("next", "raise"):
            found.append(one)
            continue
        again = run.heap.open()
        run.heap.apply(one.delta)
        if one.how == "next":
            piece = lambda: run.execute(node.orelse, scope)  # noqa: E731
        else:
            piece = lambda error=one.value: _caught(run, node.handlers, error, scope)  # type: ignore[misc]  # noqa: E731
        how, value = run.walk(again, piece)
        for other in run.ways(again, how, value):
            found.append(other._replace(delta={**one.delta, **other.delta}, fork=min(one.fork, other.fork)))
        run.heap.close(again)
    run.unsure -= len(ends) > 1
    run.settle(region, found)


def _caught(run: State, handlers: list[ast.ExceptHandler], error: Value, scope: Scope) -> None:
    if not handlers:
        raise Raised(error)
    first, *rest = handlers
    matched = True if first.type is None else matches(run, error, evaluate(run, first.type, scope))

    def handle() -> None:
        if first.name is not None:
            bind(run, first.name, error, scope)
        run.change(scope)
        scope.named["<caught>"] = error
        run.execute(first.body, scope)

    if matched is None:
        run.fork(handle, lambda: _caught(run, rest, error, scope))
    elif matched:
        handle()
    else:
        _caught(run, rest, error, scope)


def matches(run: State, error: Value, kind: Value) -> bool | None:
    """Tell whether an exception is of a kind that is caught."""
    if isinstance(kind, tuple):
        found = [matches(run, error, one) for one in kind]
        return True if True in found else None if None in found else False
    if isinstance(kind, Native) and kind.name in ("BaseException",):
        return True
    if isinstance(error, Instance) and isinstance(kind, (Class, Native)):
        return kind in attributes.lineage(error.cls)
    return None
