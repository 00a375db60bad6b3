"""Records: objects that are compared, printed and copied by their fields, for classes of which many objects are made.

A record has its fields in ``__slots__`` and sets them in an ``__init__`` of its own, which takes half the time of
making a named tuple. `dataclasses` would write that method, but anew in every process, and it imports `inspect`::

    class Point(Record):
        __slots__ = __match_args__ = ("x", "y")

        def __init__(self, x: int, y: int = 0) -> None:
            self.x = x
            self.y = y
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import ClassVar, Self


class Record:
    """An object whose class names its fields in ``__match_args__``, two or more, in the order of ``__init__``.

    Two of one class are equal where all fields are. Fields can be set, so that a record has no hash.
    """

    __slots__ = __match_args__ = ()

    _values: ClassVar[attrgetter[tuple[object, ...]]]
    _places: ClassVar[Mapping[str, int]]

    def __init_subclass__(cls) -> None:
        fields: tuple[str, ...] = cls.__match_args__
        cls._values = attrgetter(*fields)
        cls._places = {name: place for place, name in enumerate(fields)}

    def __eq__(self, other: object) -> bool:
        return self._values(self) == self._values(other) if other.__class__ is self.__class__ else NotImplemented

    def __repr__(self) -> str:
        fields = zip(self._places, self._values(self), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"

    def evolve(self, **changes: object) -> Self:
        """Give the same record with other values of some fields.

        Raises
        ------
        KeyError
            For a field that it does not have.
        """
        values = list(self._values(self))
        for name, value in changes.items():
            values[self._places[name]] = value
        return type(self)(*values)

    __replace__ = evolve  # what `copy.replace` asks, from Python 3.13 on
