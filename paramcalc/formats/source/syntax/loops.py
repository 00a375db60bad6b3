"""Syntax: loops."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from ..memory.objects import Iterator, Scope, Unknown, Value
from ..memory.state import OF_A_MODULE, ROUNDS, State
from ..values.containers import iterator
from ..values.iterators import END, Lost, lose_place, over, pull
from ..values.operations import item_of, truth
from ..values.rounds import repeat
from ..values.still import still, watched
from .expressions import evaluate
from .targets import assign

CALLED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
DYNAMIC = ("globals", "locals", "vars", "eval", "exec", "dir", "__import__")  # they may read any name
FEW = 4  # rounds of a loop that are walked rather than looked at


def for_statement(run: State, node: ast.For, scope: Scope) -> None:
    """Run a ``for`` loop: round by round, until it is unknown how many there are, or a round changes nothing."""
    items = evaluate(run, node.iter, scope)
    source = over(items) if isinstance(items, range) else iterator(run, items)

    def loop() -> None:
        lost = source if isinstance(source, Unknown) else None
        steps, objects, rounds = run.budget.spent, run.objects, 0
        while isinstance(source, Iterator) and lost is None:
            if rounds >= ROUNDS or _too_long(run, steps, objects) or _wearing(run, rounds):
                lost = run.unknown("an item of a long loop", *source.sources)
                lose_place(run, source, lost)
                break
            try:
                item = pull(run, source)
            except Lost as unknown:
                lost = unknown.unknown
                break
            if item is END:
                break
            rounds += 1
            last = _last(run, node, items, rounds)
            if last is None:
                _round(run, node.body, scope, lambda item=item: assign(run, node.target, item, scope))  # type: ignore[misc]
            elif _ends_still(run, node, item, scope):
                assign(run, node.target, last, scope)
                break
        if lost is not None:
            _many(lost)
        run.execute(node.orelse, scope)

    def _many(source: Unknown) -> None:
        def once() -> None:
            assign(run, node.target, item_of(run, source), scope)
            run.execute(node.body, scope)

        if not repeat(run, items, once):
            run.maybe_many(once, items)

    run.region(loop, {"break": "next"})


def _last(run: State, node: ast.For, items: Value, rounds: int) -> int | None:
    # the last number of a range, where it is worth a look whether the rounds until then change anything
    if not isinstance(items, range) or rounds & (rounds - 1) or rounds < 2 or len(items) - rounds <= FEW:
        return None
    return None if _reads_item(run, node) else items[-1]


def _reads_item(run: State, node: ast.For) -> bool:
    # whether the body, or any function of the program, has the name of the item; then rounds may differ
    if not isinstance(node.target, ast.Name):
        return True
    telling = {node.target.id, *DYNAMIC}
    return not telling.isdisjoint(_names(node.body)) or any(not telling.isdisjoint(one) for one in _in_functions(run))


def _names(body: Iterable[ast.AST]) -> set[str]:
    return {one.id for piece in body for one in ast.walk(piece) if isinstance(one, ast.Name)}


def _in_functions(run: State) -> list[set[str]]:
    # the names that the functions and classes of each module have, collected once
    for body in run.bodies[len(run.in_functions) :]:
        outermost: list[ast.AST] = []
        pending: list[ast.AST] = [*body]
        while pending:
            one = pending.pop()
            if isinstance(one, CALLED):
                outermost.append(one)
            else:
                pending += ast.iter_child_nodes(one)
        run.in_functions.append(_names(outermost))
    return run.in_functions


def _ends_still(run: State, node: ast.For, item: Value, scope: Scope) -> bool:
    # walks a round; whether no round behind it changes anything but the name of the item
    def round_with(item: Value) -> bool:
        assign(run, node.target, item, scope)
        return watched(run, lambda: _round(run, node.body, scope, lambda: None))

    return round_with(item) and still(run, lambda: round_with(run.unknown("an item of a loop", scalar=True)))


def _too_long(run: State, began: int, objects: int) -> bool:
    # a loop that makes the layers of a large model may take more than one that trains it
    return run.budget.spent - began > run.round_steps + OF_A_MODULE * (run.objects - objects)


def _wearing(run: State, rounds: int) -> bool:
    # whether each round splits in two again
    return rounds >= 24 and bool(run.heap.regions[-1].left)


def _round(run: State, body: list[ast.stmt], scope: Scope, begin: Callable[[], None]) -> None:
    def once() -> None:
        begin()
        run.execute(body, scope)

    run.region(once, {"continue": "next"})


def while_statement(run: State, node: ast.While, scope: Scope) -> None:
    """Run a ``while`` loop."""

    def loop() -> None:
        steps, objects, rounds = run.budget.spent, run.objects, 0
        while True:
            known = truth(run, evaluate(run, node.test, scope))
            if known is None or rounds >= ROUNDS or _too_long(run, steps, objects) or _wearing(run, rounds):
                break
            if not known:
                run.execute(node.orelse, scope)
                return
            rounds += 1
            _round(run, node.body, scope, lambda: None)

        def once() -> None:
            run.execute(node.body, scope)
            evaluate(run, node.test, scope)

        run.maybe_many(once)
        run.execute(node.orelse, scope)

    run.region(loop, {"break": "next"})
