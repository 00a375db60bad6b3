"""Counting the operations of a model, layer by layer, and the bytes that its lookups read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from math import prod
from typing import NamedTuple

from ....core.built import Applicable, Built
from ....core.registry import of_class
from ....core.rule import Layer, Rule
from ....core.shapes import AnyShape, Shape, UnknownShape, UnknownShapeError
from ....core.totals import summed
from ....graph.model import Model
from ....rules.ops.operation import Operation
from ....symbolic import Size
from ..dtypes import Policy, in_bytes
from ..memory import policy_of
from ..passes import Use, alone
from .call import Call, Count, UnknownOperations
from .keras_functions import count_of

TABLES = {name: f"{__package__}.{name}_layers" for name in ("keras", "torch", "paper")}
LOOKUPS = ("Embedding", "ReversibleEmbedding", "EmbeddingBag")


class Operations(NamedTuple):
    """Operations of a forward pass that are no products.

    Attributes
    ----------
    number : int or Expr
        As far as they are known.
    lookup_bytes : int or Expr
        What lookups in tables of embeddings read.
    known : bool
        Whether these are all.
    """

    number: Size = 0
    lookup_bytes: Size = 0
    known: bool = True


def added(several: Iterable[Operations]) -> Operations:
    """Add operations up."""
    terms = [*several]
    return Operations(
        summed(one.number for one in terms),
        summed(one.lookup_bytes for one in terms),
        all(one.known for one in terms),
    )


def entry(rule: Rule) -> Count | None:
    """Find the entry of a class of layers; ``None`` for a class without one."""
    if of_class(rule.name, rule.framework) is not rule:  # another rule of that name is registered
        return None
    home = TABLES.get(rule.framework)
    if home is None:
        from .convention_layers import count_of as count_of_row

        return count_of_row(rule.framework, rule.aliases)
    table: dict[str, Count] = import_module(home).TABLE
    return table.get(rule.name)


def operations(use: Use, policy: Policy, lengths: Sequence[int] = (), training: bool = False) -> Operations:
    """Count the operations of one use of a layer.

    Parameters
    ----------
    use : Use
    policy : Policy
        The dtype policy of layers without one of their own.
    lengths : list of int, optional
        Of packed sequences: a recurrent layer computes each sequence by itself.
    training : bool
        Whether the pass is one of training.
    """
    if use.inner:
        return added(operations(one, policy, lengths, training) for one in use.inner)
    layer, inputs = use.part.layer, use.part.inputs
    trained = [one.path for one in use.part.built.weights if one.trainable and not one.buffer]
    frozen = not use.live.intersection(trained) if trained else layer.frozen
    try:
        if lengths and any(one.steps is not None for one in use.part.built.products()):
            terms = [count(layer, shapes, None, training, frozen) for shapes in alone(use.part, lengths)]
        else:
            terms = [count(layer, inputs, use.part.built, training, frozen)]
        return Operations(summed(terms), _read(layer, use, policy))
    except (UnknownOperations, UnknownShapeError):
        return Operations(known=False)


def count(
    layer: Applicable,
    shapes: Iterable[AnyShape],
    built: Built | None = None,
    training: bool = False,
    frozen: bool = False,
) -> Size:
    """Count the operations of a layer or a model on shapes.

    Parameters
    ----------
    layer : Applicable
    shapes : list of shapes
    built : Built, optional
        What it builds on them, where that is known already.
    training, frozen : bool
        Whether the pass is one of training, and whether no weight of the layer trains.

    Raises
    ------
    UnknownOperations
        When there is no entry for it, or something inside it.
    UnknownShapeError
    """
    given = tuple(shapes)
    inputs = tuple(shape for shape in given if not isinstance(shape, UnknownShape))
    if len(inputs) < len(given):
        raise UnknownShapeError
    if isinstance(layer, Model):
        parts = layer.parts(inputs, layer.run(inputs))
        return sum((count(one.layer, one.inputs, one.built, training, frozen) for one in parts), start=0)
    if isinstance(layer, Operation):
        return count_of(layer, inputs, (layer.on(*inputs) if built is None else built).shapes())
    if not isinstance(layer, Layer) or (counted := entry(layer.rule)) is None:
        raise UnknownOperations(layer.type)
    outputs = (layer.on(*inputs) if built is None else built).shapes()

    def inside(one: Applicable, on: Iterable[Shape]) -> Size:
        return count(one, on, None, training, frozen)

    return counted(Call(layer, inputs, outputs, training, frozen, inside))


def _read(layer: Applicable, use: Use, policy: Policy) -> Size:
    # the rows that are looked up, in the dtype of the table
    if not isinstance(layer, Layer) or layer.type not in LOOKUPS:
        return 0
    own = policy_of(use, policy)
    width = layer.options["output_dim" if layer.framework == "keras" else "embedding_dim"]
    (tokens, *_), (out, *_) = use.part.inputs, use.part.built.shapes()
    if isinstance(tokens, UnknownShape) or (layer.type == "ReversibleEmbedding" and len(out) == len(tokens)):
        return 0  # called in reverse, it reads no rows
    return in_bytes(prod(tokens) * width, own.variables)
