"""Blocks on top of one another: each a model of its own, or one block for a number that is a symbol."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property

from ..core.built import Applicable, Built, Part, Weight
from ..core.combined import placed, scaled, scoped
from ..core.products import NOTHING, Sources, Work
from ..core.rule import Layer
from ..core.shapes import UNKNOWN_SHAPE, AnyShape
from ..core.sources import joined
from ..symbolic import Size, unicode
from .model import Model
from .node import Node


class Stack(Model):
    """Blocks of which each reads the output of the one before, and what else is given to all of them.

    Parameters
    ----------
    blocks : list of Model
        In order; one that stands here several times is one set of weights.
    inputs : int
        How many inputs each block reads: the output of the block before, then those of the stack.
    name : str
    """

    stacks = True

    def __init__(self, blocks: Sequence[Applicable], inputs: int, name: str) -> None:
        nodes: list[Node] = []
        for at, block in enumerate(blocks):
            first = (inputs + at - 1, 0) if at else (0, 0)
            nodes.append(Node(block, (first, *((more, 0) for more in range(1, inputs)))))
        self.type = f"{len(blocks)} × {blocks[0].type}" if len({one.type for one in blocks}) == 1 else "Stack"
        shapes: list[AnyShape] = [UNKNOWN_SHAPE] * inputs
        self._fill(shapes, nodes, ((inputs + len(blocks) - 1, 0),), name, [None] * inputs, True)


def copied(model: Model, name: str | None) -> Model:
    """Make another model of the same layers under another name, with weights of its own."""
    layers = {id(one): _copied(one) for one in model.layers}
    made = copy(model)
    made.name, made.warnings = name, [*model.warnings]
    made.nodes = [node.evolve(layer=layers[id(node.layer)]) for node in model.nodes]
    return made


def _copied(layer: Applicable) -> Applicable:
    if isinstance(layer, Layer):
        return layer.copy_with(layer.name)
    if isinstance(layer, Copies):
        return Copies(copied(layer.block, layer.block.name), layer.count, layer.label, layer.shared)
    if isinstance(layer, Model):
        return copied(layer, layer.name)
    return copy(layer)


class Copies(Applicable):
    """One block for a number of copies that is a symbol.

    Every tensor has an axis for the copies in front, unless all copies are one layer.

    Parameters
    ----------
    block : Model
    count : Expr
        At least 1.
    name : str
    shared : bool
        Whether all copies are one layer, with one set of weights.
    """

    frozen = False

    def __init__(self, block: Model, count: Size, name: str, shared: bool = False) -> None:
        self.block = block
        self.count = count
        self.name = name
        self.shared = shared

    @property
    def type(self) -> str:
        """How many of which block."""
        count = unicode(self.count)
        return f"({count}) × {self.block.type}" if " " in count else f"{count} × {self.block.type}"

    @cached_property
    def _prefix(self) -> str:
        return self.block.label

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Build the block once; its weights and its work count for all copies."""
        one = self.block.on(*shapes)
        weights = one.weights if self.shared else tuple(map(self._many, one.weights))
        return Built(
            outs=one.outs,
            weights=scoped(weights, self._prefix, self),
            work=lambda: self._work(one, len(shapes)),
            parts=lambda: self._parts(one, shapes),
            unknown=one.unknown,
        )

    def _parts(self, one: Built, shapes: tuple[AnyShape, ...]) -> list[Part]:
        inside = one.parts() if one.parts is not None else []
        if len(inside) == 1 and inside[0].name == self._prefix:  # the block is one layer
            return [inside[0]._replace(built=scaled(inside[0].built, self.count))]
        return [Part(self._prefix, self.block, shapes, scaled(one, self.count))]

    def _many(self, weight: Weight) -> Weight:
        return weight.evolve(shape=(self.count, *weight.shape), origin=None)

    def _work(self, one: Built, inputs: int) -> Work:
        # the first copy reads the input, the others read what the copies before have made of it
        read: list[Sources] = [frozenset({at}) for at in range(inputs)]
        first = placed(one, self._prefix, read)
        (out,) = first.flow or (NOTHING,)
        others = placed(one, self._prefix, [joined(out), *read[1:]]).times(self.count - 1)
        return Work((*first.products, *others.products), (out | joined(out),))

    def __repr__(self) -> str:
        return f"<{self.type} {self.label!r}>"
