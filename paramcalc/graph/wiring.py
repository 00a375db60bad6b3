"""How the calls of layers are connected: what each reads, as far as a gradient can follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from .node import Node, Ref


class Leaf(NamedTuple):
    """A weight that is read as a tensor, outside a call of its layer; by its origin."""

    origin: tuple[int, int]


Link: TypeAlias = Ref | Leaf
Links: TypeAlias = frozenset[Link]


class Wire(NamedTuple):
    """One call of a layer.

    Attributes
    ----------
    part : int
        Its place among the parts of the model.
    args : tuple of frozenset of Link
        What each of its inputs is made of: outputs of calls, inputs of the model, weights. Functions that have no
        products may lie between; a gradient passes through them.
    states : tuple of frozenset of Link
        What each of its initial states is made of, if they are given.
    """

    part: int
    args: tuple[Links, ...]
    states: tuple[Links, ...] = ()


class Wiring(NamedTuple):
    """The calls of a model, each after what it reads, and what its outputs are made of.

    Attributes
    ----------
    inputs : int
        How many inputs there are; they hold the first positions of a `Ref`, then the wires.
    wires : list of Wire
    outputs : list of frozenset of Link
    """

    inputs: int
    wires: Sequence[Wire]
    outputs: Sequence[Links]


def wiring_of(inputs: int, nodes: Sequence[Node], outputs: Sequence[Ref]) -> Wiring:
    """Give the wiring of a graph: a part for each node."""
    wires = [Wire(at, _single(node.args), _single(node.states)) for at, node in enumerate(nodes)]
    return Wiring(inputs, wires, _single(outputs))


def _single(refs: Sequence[Ref]) -> tuple[Links, ...]:
    return tuple(frozenset[Link]({ref}) for ref in refs)
