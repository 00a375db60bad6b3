"""Names: the arguments that a program passes to built-in functions; functions that read them by their places alone."""

from __future__ import annotations

from typing import TypeAlias

from ..memory.objects import Host, Value
from ..memory.state import State
from ..values.calls import lose

Args: TypeAlias = list[Value]
Kwargs: TypeAlias = dict[str, Value]


def by_place(function: Host, most: int | None, *names: str) -> Host:
    """Make a function that reads so many arguments by their places, or any number, and some by these names.

    A call with others is not followed.
    """
    known = frozenset(names)

    def call(run: State, *given: object) -> Value:
        *this, args, kwargs = given
        assert isinstance(args, list)
        assert isinstance(kwargs, dict)
        if (most is None or len(args) <= most) and kwargs.keys() <= known:
            return function(run, *given)
        return lose(run, "arguments that are not followed", None, *this, *args, *kwargs.values())

    return call
