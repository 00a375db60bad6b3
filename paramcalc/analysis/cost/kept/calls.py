"""Calls of functions on tensors, and how the axes of what they make lie in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

from ....core.shapes import Shape
from ....graph.program import Mark
from ....symbolic import Size
from .torch_operations import made
from .values import Tape, Value, is_one, laid_out_like


class Unclear(Exception):
    """An argument is unknown that decides what is kept."""


class Operation(NamedTuple):
    """A call of a function.

    Attributes
    ----------
    name : str
    tape : Tape
    args : tuple
        Tensors are values, whatever else there is is itself.
    kwargs : mapping
    outs : tuple of shapes
    """

    name: str
    tape: Tape
    args: Sequence[object]
    kwargs: Mapping[str, object]
    outs: Sequence[Shape]

    @property
    def x(self) -> Value:
        """The first tensor."""
        first = self.args[0] if self.args else self.kwargs.get("input")
        if not isinstance(first, Value):
            raise Unclear
        return first

    @property
    def in_place(self) -> bool:
        """Whether the result is written into the first tensor."""
        given = self.option("inplace", len(self.args), False)
        if not isinstance(given, bool):
            raise Unclear
        return given

    def option(self, name: str, place: int, default: object) -> object:
        """Give an argument that is no tensor."""
        return self.kwargs.get(name, self.args[place] if place < len(self.args) else default)

    def tensors(self) -> list[Value]:
        """List the arguments that are tensors.

        Raises
        ------
        Unclear
            Where it is unknown whether an argument is one.
        """
        return [*_tensors((*self.args, *self.kwargs.values()))]

    def out(self, *sources: Value, like: Sequence[Value] = (), live: bool = False, index: int = 0) -> Value:
        """Make an output that depends on some tensors, its axes in the order of those that it is made of."""
        if self.in_place:
            return self.x._replace(live=live or any(one.live for one in sources))
        shape = self.outs[index]
        return made(shape, "output", *sources, live=live)._replace(strides=laid_out(shape, like or sources))

    def view(self, shape: Shape, strides: tuple[Size, ...] | None) -> list[Value]:
        """Give the memory of the first tensor in another shape."""
        return [self.x._replace(shape=shape, strides=strides)]


def _tensors(values: Sequence[object]) -> Iterator[Value]:
    for one in values:
        if one is Mark.UNKNOWN:
            raise Unclear
        if isinstance(one, Value):
            yield one
        elif isinstance(one, tuple):
            yield from _tensors(one)


def laid_out(shape: Shape, sources: Sequence[Value]) -> tuple[Size, ...] | None:
    """Give the strides of what is made of tensors element by element; ``None`` where they are unknown."""
    if all(in_own_order(one) for one in sources):
        return ()
    if any(one.strides is None or not _spreads(one.shape, shape) for one in sources):
        return None
    steps = [steps_along(one, shape) for one in sources]
    numbers = [[one for one in sizes if isinstance(one, int)] for sizes in (shape, *steps)]
    if all(len(one) == len(shape) for one in numbers):
        return _exchanged(numbers[0], numbers[1:])
    return laid_out_like(sources[0]) if sources[0].shape == shape else None


def in_own_order(x: Value) -> bool:
    """Tell whether the axes of a tensor surely lie in their own order."""
    return x.strides is not None and x.contiguous


def _spreads(own: Shape, shape: Shape) -> bool:
    pairs = zip(own[::-1], shape[::-1], strict=False)
    return len(own) <= len(shape) and all(one == size or is_one(one) for one, size in pairs)


def steps_along(x: Value, shape: Shape) -> tuple[Size, ...]:
    """Give the strides of a tensor along the axes of a shape; where it is spread along one, it stays at one place."""
    lead = len(shape) - len(x.shape)
    pairs = zip(x.shape, shape[lead:], x.steps, strict=True)
    return (*[0] * lead, *(step if own == size else 0 for own, size, step in pairs))


def _exchanged(shape: Sequence[int], steps: Sequence[Sequence[int]]) -> tuple[Size, ...]:
    # axes are exchanged, from the innermost on, as the first tensor tells that moves along both
    order = [*range(len(shape))][::-1]

    def outward(one: int, other: int) -> int:
        for own in steps:
            first, second = own[one], own[other]
            if first == 0 or second == 0:
                continue
            if first != second:
                return 1 if first > second else -1
            if shape[one] > shape[other]:
                return 1
        return 0

    for place in range(1, len(order)):
        moved = place
        for before in range(place - 1, -1, -1):
            found = outward(order[before], order[moved])
            if found > 0:
                order[before], order[moved] = order[moved], order[before]
                moved = before
            elif found < 0:
                break
    found_steps: list[Size] = [1] * len(shape)
    for at, axis in enumerate(order):
        found_steps[axis] = prod(shape[inner] for inner in order[:at])
    return tuple(found_steps)


def expanded_to(x: Value, shape: Shape) -> Value:
    """Spread a tensor along axes; the memory is the same."""
    if x.shape == shape:
        return x
    return x._replace(shape=shape, strides=steps_along(x, shape))


Rule = Callable[[Operation], Sequence[Value]]
