"""The axes of a sweep: a name and its values, and the grid that they span."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import NamedTuple

from ...core.kinds import MAX_SIZE, has_index
from ...errors import OptionError, SizeError
from ...symbolic.program import INT64, Range, within
from ...untyped import Foreign

MAX_VALUES = 10**9  # of one axis; those of a range take no room
EXPECTED = "values such as 64:1024:64 (first, last, step), 64:1024 or 64,128,256"
_RANGE = re.compile(r"([0-9]{1,100}):([0-9]{1,100})(?::([0-9]{1,100}))?")
_LIST = re.compile(r"[0-9]{1,100}(?:,[0-9]{1,100})*")

Array = Foreign  # numpy.ndarray


class Axis(NamedTuple):
    """One size and its values.

    Attributes
    ----------
    name : str
    values : range or tuple of int
    """

    name: str
    values: Sequence[int]

    @property
    def bounds(self) -> Range:
        """The smallest and the largest value."""
        return min(self.values[0], self.values[-1], *self._listed), max(self.values[0], self.values[-1], *self._listed)

    @property
    def _listed(self) -> Sequence[int]:
        return () if isinstance(self.values, range) else self.values

    @property
    def text(self) -> str:
        """The values as ``--vary`` has them."""
        if isinstance(self.values, range):
            step = f":{self.values.step}" if self.values.step != 1 else ""
            return f"{self.values[0]}:{self.values[-1]}{step}"
        return ",".join(map(str, self.values))

    def at(self, places: Array) -> Array:
        """Give the values at places, as an array."""
        import numpy

        dtype = "int64" if within([self.bounds], INT64) else "object"
        if isinstance(self.values, range):
            return places.astype(dtype) * self.values.step + self.values.start
        return numpy.array(self.values, dtype)[places]


def read_axis(text: str) -> Axis:
    """Read ``h=64:1024:64``, both ends included, or ``h=64,128,256``.

    Raises
    ------
    OptionError
        For anything else.
    """
    name, _, values = (part.strip() for part in text.partition("="))
    if (match := _RANGE.fullmatch(values)) is not None:
        first, last, step = int(match[1]), int(match[2]), int(match[3] or 1)
        if step < 1 or last < first:
            raise OptionError(f"the values of {name}", expected="a last value from the first on, and a step from 1 on")
        return axis(name, range(first, last + 1, step))
    if not _LIST.fullmatch(values):
        raise OptionError("not the values of a size", expected=EXPECTED, received=text)
    return axis(name, [int(one) for one in values.split(",")])


def axis(name: str, values: object) -> Axis:
    """Check the values of a size.

    Parameters
    ----------
    name : str
    values : range, iterable of int, int, or text as `read_axis` takes it behind the ``=``

    Raises
    ------
    OptionError, SizeError
        For what is no name or no size, and for no values.
    """
    if isinstance(values, str):
        return read_axis(f"{name}={values}")
    if isinstance(values, range):
        found: Sequence[int] = values
        ends: Iterable[int] = (values[0], values[-1]) if values else ()
    else:
        several = values if isinstance(values, Iterable) else (values,)
        ends = found = tuple(_whole(name, one) for one in several)
    if not found:
        raise OptionError(f"no values for {name}", expected=EXPECTED)
    if len(found) > MAX_VALUES:
        raise OptionError(f"too many values for {name}", expected=f"at most {MAX_VALUES:,}", received=len(found))
    if min(ends) < 1 or max(ends) > MAX_SIZE:
        raise SizeError(f"a value for {name}", expected="a size from 1 to 10^100", received=min(ends))
    return Axis(name, found)


def _whole(name: str, one: object) -> int:
    if isinstance(one, bool) or not has_index(one):
        raise SizeError(f"a value for {name}", expected="a whole number", received=one)
    return one.__index__()


class Grid(NamedTuple):
    """All combinations of the values of axes; the last axis varies fastest.

    Attributes
    ----------
    axes : tuple of Axis
    """

    axes: tuple[Axis, ...]

    @property
    def size(self) -> int:
        """Number of points."""
        return prod(len(one.values) for one in self.axes)

    @property
    def bounds(self) -> dict[str, Range]:
        """The smallest and the largest value of each name."""
        return {one.name: one.bounds for one in self.axes}

    def block(self, start: int, stop: int) -> dict[str, Array]:
        """Give the values of each name at some points, as arrays."""
        import numpy

        places = numpy.arange(start, stop)
        found: dict[str, Array] = {}
        for one in reversed(self.axes):
            places, at = (places, places) if one is self.axes[0] else numpy.divmod(places, len(one.values))
            found[one.name] = one.at(at)
        return {one.name: found[one.name] for one in self.axes}

    def point(self, at: int) -> dict[str, int]:
        """Give the values at one point."""
        found: dict[str, int] = {}
        for one in reversed(self.axes):
            at, place = divmod(at, len(one.values))
            found[one.name] = one.values[place]
        return {one.name: found[one.name] for one in self.axes}

    @property
    def corners(self) -> list[int]:
        """The points at which every name has its smallest or largest value, at most 16 of them."""
        found = [0]
        for one in self.axes:
            ends = [one.values.index(value) for value in one.bounds]
            found = [at * len(one.values) + end for at in found for end in dict.fromkeys(ends)]
        return found if len(found) <= 16 else [*found[:8], *found[-8:]]


def axes_of(vary: Mapping[str, object]) -> tuple[Axis, ...]:
    """Check the axes that are given by name.

    Raises
    ------
    OptionError, SizeError
    """
    if not vary:
        raise OptionError("no size to vary", expected="a name and its values, such as h=64:1024:64")
    return tuple(axis(name, values) for name, values in vary.items())
