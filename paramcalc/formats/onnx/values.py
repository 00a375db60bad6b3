"""Values of a graph, and one node as what it makes of them: its operator, what it reads, its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...symbolic import Size
from .messages import Tensor

Sizes = tuple[Size, ...]


class Value(NamedTuple):
    """What a name of a graph stands for.

    Attributes
    ----------
    shape : tuple of int or Expr, optional
    dtype : str
    roots : tuple of Tensor, optional
        The stored tensors that it is made of; ``None`` for what is computed from the inputs of the graph.
    beside : tuple of Tensor
        Stored tensors that say how the roots are quantized.
    ints : tuple of int, optional
        Its numbers, where they are few, whole and known.
    """

    shape: Sizes | None = None
    dtype: str = ""
    roots: tuple[Tensor, ...] | None = None
    beside: tuple[Tensor, ...] = ()
    ints: tuple[int, ...] | None = None

    @property
    def params(self) -> int:
        """How many numbers its roots store."""
        return sum(one.params for one in self.roots or ())


NOTHING = Value()


class Call(NamedTuple):
    """One node: its operator, what it reads, and its attributes that are numbers."""

    op: str
    inputs: tuple[Value | None, ...]
    ints: Mapping[str, tuple[int, ...]]
    outputs: int

    def shape(self, place: int = 0) -> Sizes | None:
        """Give the shape of an input, if it is known."""
        value = self.value(place)
        return value.shape if value is not None else None

    def value(self, place: int) -> Value | None:
        """Give an input, or ``None`` where it is left out."""
        return self.inputs[place] if place < len(self.inputs) else None

    def number(self, name: str, default: int = 0) -> int:
        """Give an attribute that is one number."""
        return self.ints[name][-1] if self.ints.get(name) else default

    def numbers(self, name: str, place: int | None = None) -> tuple[int, ...] | None:
        """Give an attribute that is a list, or since a later version an input, if it is there and known."""
        if name in self.ints:
            return self.ints[name]
        value = self.value(place) if place is not None else None
        return value.ints if value is not None else None
