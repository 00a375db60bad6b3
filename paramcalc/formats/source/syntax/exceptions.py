"""Syntax: exceptions and what is done however a piece ends: ``try``, ``with``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial

from ..memory.heap import Outcome
from ..memory.objects import MISSING, Builtin, Function, Instance, Scope, Unknown, Value
from ..memory.state import Raised, State
from ..values import attributes, classes
from ..values.calls import FRAMEWORKS, harmless
from ..values.handling import handled, matches
from ..values.operations import truth
from .expressions import evaluate
from .targets import assign, bind

# contexts of libraries through which exceptions pass
PASSING = (*FRAMEWORKS, "open(", "contextlib.nullcontext", "contextlib.closing", "contextlib.redirect_")
LEAVES = (ast.Return, ast.Break, ast.Continue)


def with_statement(run: State, node: ast.With, scope: Scope) -> None:
    """Enter context managers, run the body, and leave them."""
    _managed(run, node.items, node.body, scope)


def _managed(run: State, items: list[ast.withitem], body: list[ast.stmt], scope: Scope) -> None:
    if not items:
        run.execute(body, scope)
        return
    item, *inner = items
    manager = evaluate(run, item.context_expr, scope)
    value: Value = run.unknown("what a context manager gives", manager, data=True)
    own = _of_the_program(manager)
    if own:
        if isinstance(manager, Instance):
            attributes.get(run, manager, "__exit__")  # it is looked up first, and so an exception where there is none
        value = run.call(attributes.get(run, manager, "__enter__"), [], {})
    elif isinstance(manager, Unknown) and not manager.refs:
        value = run.unknown(manager.reason, path=manager.path, data=True)

    def piece() -> None:
        if item.optional_vars is not None:
            assign(run, item.optional_vars, value, scope)
        _managed(run, inner, body, scope)

    def leave(end: Outcome) -> None:
        given: list[Value] = [None, None, None]
        if end.how == "raise":
            cls = end.value.cls if isinstance(end.value, Instance) else run.unknown("the class of an exception")
            given = [cls, end.value, run.unknown("where an exception was raised", scalar=True)]
        if isinstance(manager, Builtin):
            caught = end.how == "raise" and matches(run, end.value, manager.holds)
        else:
            found = run.call(attributes.get(run, manager, "__exit__"), given, {}) if own else run.unknown("its exit")
            caught = truth(run, found)
        if end.how == "raise" and caught is None:
            run.fork(lambda: None, lambda: _raise_again(end.value))
        elif end.how == "raise" and not caught:
            _raise_again(end.value)

    before, run.grad = run.grad, run.recording(manager)
    try:
        if _may_catch(manager) and not _of_undefined(run, item.context_expr):
            finally_(run, lambda: run.trying(piece), leave, swallows=True)
        elif own:
            finally_(run, piece, leave)
        else:
            piece()
    finally:
        run.grad = before


def _raise_again(error: Value) -> None:
    raise Raised(error)


def _of_undefined(run: State, node: ast.expr) -> bool:
    # a snippet whose context manager is not defined is none of exceptions
    return any(isinstance(one, ast.Name) and one.id in run.assumed for one in ast.walk(node))


def _of_the_program(manager: Value) -> bool:
    # whether methods of the program are run, or may be
    if isinstance(manager, Unknown):
        return bool(manager.refs) and _may_catch(manager)
    return isinstance(manager, Instance) and classes.find(manager.cls, "__enter__") is not MISSING


def _may_catch(manager: Value) -> bool:
    # those of libraries let exceptions pass, and so do those of the program whose __exit__ gives nothing
    if isinstance(manager, Instance):
        leave = classes.find(manager.cls, "__exit__")
        if not isinstance(leave, Function) or isinstance(leave.node, ast.Lambda):
            return leave is not MISSING
        given = [one.value for one in ast.walk(leave.node) if isinstance(one, ast.Return) and one.value is not None]
        return any(not isinstance(one, ast.Constant) or bool(one.value) for one in given)
    if isinstance(manager, Builtin):
        return manager.name == "contextlib.suppress"
    return isinstance(manager, Unknown) and not (harmless(manager.path) or manager.path.startswith(PASSING))


def try_statement(run: State, node: ast.Try, scope: Scope) -> None:
    """Run the body, the handler of what it raises, and the last part."""

    def guarded() -> None:
        _handled(run, node, scope)

    if node.finalbody:
        # a last part that leaves ends an exception
        leaves = any(isinstance(one, LEAVES) for part in node.finalbody for one in ast.walk(part))
        piece = partial(run.trying, guarded) if leaves else guarded
        finally_(run, piece, lambda end: run.execute(node.finalbody, scope))
    else:
        guarded()


def finally_(run: State, piece: Callable[[], Value], last: Callable[[Outcome], None], swallows: bool = False) -> None:
    """Run a piece and, however it ends, a last one; ``swallows`` says that the last one may catch exceptions."""
    region = run.heap.open()
    how, value = run.walk(region, piece)
    found = []
    ends = run.ways(region, how, value)
    run.unsure += len(ends) > 1
    try:
        for one in ends:
            again = run.heap.open()
            run.heap.apply(one.delta)
            how, value = run.walk(again, lambda one=one: last(one))  # type: ignore[misc]
            for other in run.ways(again, how, value):
                passed = one if other.how == "next" and not (swallows and one.how == "raise") else other
                found.append(passed._replace(delta={**one.delta, **other.delta}, fork=min(one.fork, other.fork)))
            run.heap.close(again)
    finally:
        run.unsure -= len(ends) > 1
    run.settle(region, found)


def _handled(run: State, node: ast.Try, scope: Scope) -> None:
    if not node.handlers:
        run.execute(node.body, scope)
        return
    handled(
        run,
        lambda: run.execute(node.body, scope),
        lambda error: _caught(run, node.handlers, error, scope),
        lambda _: run.execute(node.orelse, scope),
    )


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
