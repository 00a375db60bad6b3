"""The values of a pickle as data: names of globals, what their calls would have made, and the filling of containers."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeAlias

Value: TypeAlias = object


class Global:
    """A name of a module and of what is in it: ``collections.OrderedDict``."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Opaque:
    """What a global that is not in the table would have made.

    Attributes
    ----------
    name : str
        Of the global.
    args : object
        What it would have been called with.
    state : object
        What would have been put into it: ``__dict__`` of an object.
    items : dict
        What would have been set by key.
    """

    __slots__ = ("args", "items", "name", "state")

    def __init__(self, name: str, args: Value = ()) -> None:
        self.name = name
        self.args = args
        self.state: Value = None
        self.items: dict[Hashable, Value] = {}


class Reference:
    """What a persistent id stands for where nothing is known of it."""

    __slots__ = ("id",)

    def __init__(self, id: Value) -> None:
        self.id = id


class Key:
    """A key of a dictionary that is no text and no number."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


def key_of(value: Value) -> Hashable:
    """Give a key that can be looked up in a bounded time; that of a nested tuple cannot."""
    return value if value is None or isinstance(value, (str, int, float, bytes)) else Key(value)


def fill(target: Value, pairs: list[Value]) -> None:
    """Set items: keys and values by turns."""
    if len(pairs) % 2:
        raise IndexError
    items = target.items if isinstance(target, Opaque) else target
    if not isinstance(items, dict):
        raise TypeError
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        items[key_of(key)] = value


def extend(target: Value, values: list[Value]) -> None:
    """Append values."""
    if isinstance(target, list):
        target += values
    elif isinstance(target, Opaque):
        target.items.update({Key(value): value for value in values})
    else:
        raise TypeError
