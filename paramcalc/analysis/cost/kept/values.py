"""Tensors as the kernels of a framework see them: shape, memory, whether a gradient is needed, and the tape of a pass.

A kernel takes values and gives values. What it keeps for the backward pass, it keeps on the tape. Two values may share
memory, as a view does, and memory is kept once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from ....core.products import Source
from ....core.rule import Layer
from ....core.shapes import Shape
from ....symbolic import Size


@dataclass(eq=False, slots=True)
class Memory:
    """Memory of a tensor. Two are the same only if they are one object.

    Attributes
    ----------
    size : int or Expr
        Number of elements.
    name : str
        What it holds, for people.
    dtype : str
        Empty for that of the computation.
    counted : bool
        False for weights and for the inputs of the model, which are there in any case.
    sure : bool
        Whether it is known what memory it is; what keeps other memory is not all known.
    of : tuple of Memory
        What it can be computed from, in a convention in which such memory is not kept; empty in all others.
    moved : bool
        Whether it is the numbers of ``of`` at other places, so that these are kept instead of it.
    """

    size: Size
    name: str = ""
    dtype: str = ""
    counted: bool = True
    of: tuple[Memory, ...] = ()
    moved: bool = False
    sure: bool = True


class UnknownLayout(Exception):
    """It is not known how the axes of a tensor lie in memory, and what is kept depends on it."""


class Value(NamedTuple):
    """A tensor.

    Attributes
    ----------
    shape : tuple of int or Expr
    memory : Memory
    live : bool
        Whether it needs a gradient.
    strides : tuple of int or Expr, or None
        How far apart in memory the neighbours along each axis are; empty where the axes lie in their own order, one
        after the other, and ``None`` where that is unknown.
    masked : bool
        Whether a mask may come with it, as in Keras.
    """

    shape: Shape
    memory: Memory
    live: bool = False
    strides: tuple[Size, ...] | None = ()
    masked: bool = False

    @property
    def size(self) -> Size:
        """Number of elements."""
        return prod(self.shape)

    @property
    def contiguous(self) -> bool:
        """Whether its axes lie in memory in their own order, one after the other.

        Raises
        ------
        UnknownLayout
            Where that is not known.
        """
        if self.strides is None:
            raise UnknownLayout
        return not self.strides or all(
            is_one(size) or own == usual
            for size, own, usual in zip(self.shape, self.strides, usual_strides(self.shape), strict=True)
        )

    @property
    def steps(self) -> tuple[Size, ...]:
        """Its strides, written out."""
        if self.strides is None:
            raise UnknownLayout
        return self.strides or usual_strides(self.shape)


def usual_strides(shape: Shape) -> tuple[Size, ...]:
    """Give the strides of axes that lie in their own order, one after the other."""
    return tuple(prod(shape[at + 1 :]) for at in range(len(shape)))


def is_one(size: Size) -> bool:
    """Tell whether a size is 1; one that is open is not."""
    return isinstance(size, int) and size == 1


def value_of(shape: Shape, memory: Memory | None = None, live: bool = False) -> Value:
    """Make a value, with memory of its own if none is given."""
    return Value(shape, memory or Memory(prod(shape), "output"), live)


def laid_out_like(x: Value) -> tuple[Size, ...] | None:
    """Give the strides of what a function of each element makes: its axes lie as those of its input, without gaps."""
    if not x.strides:
        return x.strides
    axes = [axis for axis, size in enumerate(x.shape) if not is_one(size)]
    order: list[int] = []  # the innermost first
    while len(order) < len(axes):
        step = prod(x.shape[axis] for axis in order)
        inner = [axis for axis in axes if axis not in order and x.strides[axis] == step]
        if len(inner) != 1:
            break
        order += inner
    if len(order) < len(axes):  # there are gaps
        strides = [one for axis in axes if isinstance(one := x.strides[axis], int) and one]
        if len(set(strides)) < len(axes):
            return None
        order = [axis for _, axis in sorted(zip(strides, axes, strict=True))]
    found: list[Size] = [1] * len(x.shape)
    for at, axis in enumerate(order):
        found[axis] = prod(x.shape[one] for one in order[:at])
    return tuple(found)


class Tape:
    """What is kept so far."""

    def __init__(self, kept: dict[Memory, None] | None = None) -> None:
        self.kept: dict[Memory, None] = kept or {}
        self.missing = False  # whether something is kept of which it is unknown what memory it is

    def copy(self) -> Tape:
        """Make one to write on that nobody reads."""
        return Tape(dict(self.kept))

    def keep(self, *values: Value) -> None:
        """Keep the memory of values."""
        stack = [one.memory for one in reversed(values)]
        while stack:
            one = stack.pop()
            self.missing = self.missing or not one.sure
            if one.moved:
                stack += reversed(one.of)
            elif one.counted:
                self.kept.setdefault(one)

    def new(self, name: str, size: Size, dtype: str = "", times: bool = True, of: tuple[Memory, ...] = ()) -> Memory:
        """Keep memory of a size that no value has; ``times`` tells whether it is kept."""
        made = Memory(size, name, dtype, of=of)
        if times and not (isinstance(size, int) and size == 0):
            self.kept[made] = None
        return made

    def spared(self) -> frozenset[Memory]:
        """List what need not be kept, because it can be computed from the rest and from what is there in any case."""
        follows: dict[Memory, bool] = {}
        stack = [*self.kept]
        while stack:
            one = stack[-1]
            open_ones = [source for source in one.of if source.counted and source not in follows]
            if one not in follows and open_ones:
                stack += open_ones
                continue
            at_hand = (not source.counted or source in self.kept or follows[source] for source in one.of)
            follows[one] = bool(one.of) and all(at_hand)
            stack.pop()
        return frozenset(one for one in self.kept if follows[one])


class Call(NamedTuple):
    """A call of a layer, as a table of kept tensors sees it.

    Attributes
    ----------
    layer : Layer
    inputs : tuple of Value
    outputs : tuple of shapes
    states : tuple of Value
        The initial states that it is called with; empty where the layer makes its own.
    state_shapes : tuple of shapes
    live : frozenset of Source
        Which inputs, weights and initial states need a gradient.
    tape : Tape
    switches : mapping of str to bool
        Of the call.
    lengths : tuple of int
        Of the sequences that it reads, if it reads packed ones.
    """

    layer: Layer
    inputs: tuple[Value, ...]
    outputs: tuple[Shape, ...]
    states: tuple[Value, ...]
    state_shapes: tuple[Shape, ...]
    live: frozenset[Source]
    tape: Tape
    switches: Mapping[str, bool] = {}
    lengths: tuple[int, ...] = ()

    def trains(self, *paths: str) -> bool:
        """Tell whether one of these weights needs a gradient."""
        return not self.live.isdisjoint(paths)

    @property
    def anything(self) -> bool:
        """Whether anything needs a gradient."""
        return bool(self.live)

    def output(self, *views: Value, index: int = 0) -> Value:
        """Make an output of new memory, its axes in the order of another value if one is given."""
        strides = laid_out_like(views[0]) if views else ()
        return value_of(self.outputs[index], live=self.anything)._replace(strides=strides)

    def views(self, at: int = 0) -> Sequence[Value]:
        """Give the input as the only output, in its new shape."""
        x = self.inputs[at]
        strides = x.strides if x.shape == self.outputs[0] else () if x.strides is not None and x.contiguous else None
        return (x._replace(shape=self.outputs[0], strides=strides, live=self.anything),)


Keeping = Callable[[Call], Sequence[Value] | None]  # gives the outputs; None for a call it does not know
