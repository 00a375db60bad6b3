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


class Value(NamedTuple):
    """A tensor.

    Attributes
    ----------
    shape : tuple of int or Expr
    memory : Memory
    live : bool
        Whether it needs a gradient.
    order : tuple of int
        Its axes as they lie in memory, the outermost first; empty where they lie in their own order.
    masked : bool
        Whether a mask may come with it, as in Keras.
    """

    shape: Shape
    memory: Memory
    live: bool = False
    order: tuple[int, ...] = ()
    masked: bool = False

    @property
    def size(self) -> Size:
        """Number of elements."""
        return prod(self.shape)

    @property
    def contiguous(self) -> bool:
        """Whether its axes lie in memory in their own order; an axis of one place does not matter."""
        order = [axis for axis in self.order if not is_one(self.shape[axis])]
        return order == sorted(order)


def is_one(size: Size) -> bool:
    """Tell whether a size is 1; one that is open is not."""
    return isinstance(size, int) and size == 1


def value_of(shape: Shape, memory: Memory | None = None, live: bool = False) -> Value:
    """Make a value, with memory of its own if none is given."""
    return Value(shape, memory or Memory(prod(shape), "output"), live)


class Tape:
    """What is kept so far."""

    def __init__(self, kept: dict[Memory, None] | None = None) -> None:
        self.kept: dict[Memory, None] = kept or {}

    def copy(self) -> Tape:
        """Make one to write on that nobody reads."""
        return Tape(dict(self.kept))

    def keep(self, *values: Value) -> None:
        """Keep the memory of values."""
        stack = [one.memory for one in reversed(values)]
        while stack:
            one = stack.pop()
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
        order = views[0].order if views else ()
        return value_of(self.outputs[index], live=self.anything)._replace(order=order)

    def views(self, at: int = 0) -> Sequence[Value]:
        """Give the input as the only output, in its new shape."""
        return (self.inputs[at]._replace(shape=self.outputs[0], live=self.anything),)


Keeping = Callable[[Call], Sequence[Value] | None]  # gives the outputs; None for a call it does not know
