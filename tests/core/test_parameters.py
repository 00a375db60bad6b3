"""The parameters of a function are those that ``inspect.signature`` finds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import partial, wraps
from typing import Annotated, Any

import pytest
from hypothesis import given, strategies as st

from paramcalc.core.framework import BUILT_IN
from paramcalc.core.parameters import REQUIRED, parameters
from paramcalc.core.registry import rules
from paramcalc.rules.ops.table import operations

NAMES = "abcdefg"
PLACES = {
    inspect.Parameter.POSITIONAL_ONLY: (True, False, False),
    inspect.Parameter.POSITIONAL_OR_KEYWORD: (True, True, False),
    inspect.Parameter.VAR_POSITIONAL: (True, False, True),
    inspect.Parameter.KEYWORD_ONLY: (False, True, False),
    inspect.Parameter.VAR_KEYWORD: (False, True, True),
}


def told(function: Callable[..., Any], given: frozenset[str] = frozenset()) -> list[tuple[Any, ...]]:
    """List what ``inspect`` says of the parameters, but for those that are given by name."""
    empty = inspect.Parameter.empty
    return [
        (
            one.name,
            REQUIRED if one.default is empty else one.default,
            *PLACES[one.kind],
            None if one.annotation is empty else one.annotation,
        )
        for one in inspect.signature(function, eval_str=True).parameters.values()
        if one.name not in given
    ]


def read(function: Callable[..., Any]) -> list[tuple[Any, ...]]:
    found = parameters(function)
    return [(one.name, one.default, one.by_place, one.by_name, one.rest, one.annotation) for one in found]


@st.composite
def functions(draw: st.DrawFn) -> Callable[..., Any]:
    """Draw a function, with annotations as texts, as objects or without."""
    by_place, alone = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    without_name = draw(st.integers(0, by_place))
    defaults = draw(st.integers(0, by_place))
    note = lambda: draw(st.sampled_from(["", ": int", ": 'Annotated[int, 3]'", ": 'list[str] | None'"]))  # noqa: E731
    words = [f"{name}{note()}{' = 1' * (at >= by_place - defaults)}" for at, name in enumerate(NAMES[:by_place])]
    if without_name:
        words.insert(without_name, "/")
    star = draw(st.sampled_from(["*rest", f"*rest{note()}", "*" if alone else ""]))
    words += [star] * bool(star)
    if star:
        words += [f"{name}{note()}{draw(st.sampled_from(['', ' = 2']))}" for name in NAMES[by_place : by_place + alone]]
    words += draw(st.sampled_from([[], ["**more"], [f"**more{note()}"]]))
    made: dict[str, Any] = {"Annotated": Annotated}
    exec(f"def f({', '.join(words)}) -> None: ...\nclass C:\n    def f(self, {', '.join(words)}) -> None: ...", made)
    return made["f"] if draw(st.booleans()) else made["C"]().f


@given(functions())
def test_those_of_a_function_or_a_method(function: Callable[..., Any]) -> None:
    assert read(function) == told(function)


@given(functions(), st.data())
def test_what_a_partial_gives_is_none_of_them(function: Callable[..., Any], data: st.DataObject) -> None:
    places = [one.name for one in parameters(function) if one.by_place and not one.rest]
    words = [one.name for one in parameters(function) if one.by_name and not one.rest]
    more = any(one.by_place and one.rest for one in parameters(function))
    first = data.draw(st.integers(0, len(places) + 2 * more))
    named = frozenset(data.draw(st.sets(st.sampled_from(words)))) - {*places[:first]} if words else frozenset()
    made = partial(function, *range(first), **dict.fromkeys(named, 0))
    assert read(made) == told(made, named)


def test_a_function_that_stands_for_another_one_has_its_parameters() -> None:
    def own(a: int, /, b: str = "", *, c: bool) -> None: ...

    @wraps(own)
    def other(*args: Any, **kwargs: Any) -> None: ...

    assert read(other) == told(other) == told(own)


@pytest.mark.parametrize("other", [dict, len, object()])
def test_anything_else_is_refused(other: Any) -> None:
    with pytest.raises(TypeError, match="no function that is written in Python"):
        parameters(other)


def declared() -> Iterator[Callable[..., Any]]:
    """List the functions whose parameters are read: of rules, of operations, of commands."""
    yield from (rule.body for one in BUILT_IN for rule in rules(one.name).values())
    yield from (one.body for one in operations().values())


def test_those_of_every_rule_and_operation() -> None:
    for function in declared():
        given = frozenset(function.keywords) if isinstance(function, partial) else frozenset()
        assert read(function) == told(function, given)
