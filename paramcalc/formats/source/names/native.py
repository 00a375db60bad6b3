"""Names: the arguments that a program passes to functions that are not its own, by their places or names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from ..memory.objects import Host, Unknown, Value
from ..memory.state import State
from ..values.calls import lose

Args: TypeAlias = list[Value]
Kwargs: TypeAlias = dict[str, Value]


def not_known(path: str, name: str, *, scalar: bool = False) -> Unknown:
    """Give what a library has under a name that is not followed: data, or a function that gives data."""
    return Unknown(f"{path}.{name} is not known", path=f"{path}.{name}", data=True, scalar=scalar)


def by_name(names: Sequence[str], args: Args, kwargs: Kwargs) -> Kwargs:
    """Give the arguments by their names, of which these are those of the places; arguments beyond them are left out."""
    return {**dict(zip(names, args, strict=False)), **kwargs}


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
