"""Syntax: comprehensions and generator expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..memory.objects import Dict, Function, Iterator, List, Obj, Pieces, Scope, Set, Unknown, Value
from ..memory.state import State, Stop
from ..values.containers import iterator, store_item
from ..values.iterators import END, MOST_ITEMS, Lost, each, lose_place, lose_places, pull
from ..values.operations import item_of, make_set, truth
from ..values.pieces import longer, pieces_of
from ..values.rounds import repeat
from .targets import assign


def comprehension(run: State, node: ast.ListComp | ast.SetComp | ast.DictComp, scope: Scope) -> Value:
    """Make a list, set or dictionary of a comprehension."""
    inner = Scope("comprehension", scope)
    if isinstance(node, ast.DictComp):
        made: Obj = Dict()
        key, value = node.key, node.value

        def keep() -> None:
            store_item(run, made, run.evaluate(key, inner), run.evaluate(value, inner))
    else:
        made = List()
        keep = _into(run, made, node.elt, inner)
    _generate(run, node.generators, inner, keep)
    if isinstance(node, ast.SetComp):
        if made.blur is not None:
            lost = Set()
            lost.blur = made.blur
            return lost
        return make_set(run, made.items)
    return made


def _into(run: State, made: List, element: ast.expr, inner: Scope) -> Callable[[], None]:
    # appends the value of the element as it is then
    def keep() -> None:
        found = run.evaluate(element, inner)
        known = longer(run, made, (found,))
        run.change(made)
        if made.blur is not None:
            made.blur = known or run.unknown(made.blur.reason, made.blur, found)
        elif len(made.items) >= MOST_ITEMS:
            raise Stop("a list that is too long")
        else:
            made.items.append(found)

    return keep


def _generate(run: State, parts: list[ast.comprehension], inner: Scope, keep: Callable[[], None]) -> None:
    if not parts:
        keep()
        return
    first, *rest = parts
    items = run.evaluate(first.iter, inner)
    source = iterator(run, items)

    def passed(tests: list[ast.expr]) -> None:
        if not tests:
            _generate(run, rest, inner, keep)
            return
        known = truth(run, run.evaluate(tests[0], inner))
        if known is None:
            run.fork(lambda: passed(tests[1:]), lambda: None)
        elif known:
            passed(tests[1:])

    def lose(lost: Unknown) -> None:
        def once() -> None:
            assign(run, first.target, item_of(run, lost), inner)
            passed(first.ifs)

        if lost is not source or not repeat(run, items, once):
            run.maybe_many(once, items)

    if isinstance(source, Unknown):
        lose(source)
        return
    began = run.budget.spent
    try:
        for item in each(run, source):
            if run.budget.spent - began > run.round_steps:  # its length counts as unknown, as that of a loop does
                lost = run.unknown("an item of a long loop", *source.sources)
                lose_place(run, source, lost)
                lose(lost)
                return
            assign(run, first.target, item, inner)
            passed(first.ifs)
    except Lost as lost:
        lose(lost.unknown)


def generator_expression(run: State, node: ast.GeneratorExp, scope: Scope) -> Value:
    """Make an iterator of a generator expression."""
    first, *rest = node.generators
    items = run.evaluate(first.iter, scope)  # at once, and all else when it is asked for
    source = iterator(run, items)
    inner = Scope("comprehension", scope)
    text = ast.Lambda(ast.arguments([], [], None, [], [], None, []), node)
    waiting = List()  # the items of the loops inside, for one item of the outermost

    def keep() -> None:
        found = run.evaluate(node.elt, inner)
        run.change(waiting)
        waiting.items.append(found)

    def made_of(item: Value) -> bool:
        # whether the item passes the conditions, as far as they are known
        assign(run, first.target, item, inner)
        for test in first.ifs:
            known = truth(run, run.evaluate(test, inner))
            if known is None:
                raise Lost(run.unknown("a condition that is unknown", item))
            if not known:
                return False
        return True

    def step(run: State, it: Iterator) -> Value:
        it.named["ended"] = True  # as it is after an exception
        while not waiting.items:
            if isinstance(source, Unknown):
                return lose(source)
            try:
                item = pull(run, source)
                if item is END:
                    return END
                if made_of(item):
                    _generate(run, rest, inner, keep)
            except Lost as lost:
                return lose(lost.unknown)
            if waiting.blur is not None:
                return lose(waiting.blur)
        it.named["ended"] = False
        run.change(waiting)
        return waiting.items.pop(0)

    def lose(lost: Unknown) -> Value:
        # the rest may be run or not, at any time
        region = run.heap.open()

        def once() -> None:
            assign(run, first.target, item_of(run, lost), inner)
            for test in first.ifs:
                run.evaluate(test, inner)
            _generate(run, rest, inner, lambda: _note(run, waiting, run.evaluate(node.elt, inner)))

        run.maybe_many(once)
        if run.heap.regions[-1] is not region or region.before.keys() - {inner, waiting} or region.left:
            raise Stop("a generator that changes what is outside")
        run.heap.close(region)
        lose_places(run, lost, source)
        raise Lost(run.unknown(lost.reason, lost, source, waiting, waiting.blur, made))

    def at_once() -> Pieces | None:
        kept = List()

        def once() -> None:
            assign(run, first.target, run.unknown("an item of a loop", source, scalar=True), inner)
            _generate(run, rest, inner, _into(run, kept, node.elt, inner))

        return pieces_of(run, kept) if not first.ifs and repeat(run, items, once) else None

    made = Iterator(step, (source, Function(text, "<generator>", scope, (), {}), inner, waiting))
    made.at_once = at_once
    return made


def _note(run: State, kept: List, value: Value) -> None:
    run.change(kept)
    kept.blur = run.unknown("an item of a generator", kept.blur, *kept.items, value)
