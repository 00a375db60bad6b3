"""Models of ours built in Keras, for what they have layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ....core.declare import Shape
from ....core.rule import Layer
from ....core.shapes import listed
from ....errors import ParamcalcError
from ....graph.model import Model
from ....graph.unknown_layers import BestEffortOperation
from ....report import Report, Row
from ....symbolic import Expr, leaves
from ....symbolic.evaluate import evaluate
from ....untyped import Foreign
from ...compare import ModelAnswer, Tensor, Use
from ...foreign import first_line
from ...grid import known_shapes
from .build import Builder
from .framework import traces
from .macs import trace
from .tensors import ids, row_tensors, whole


def build(model: Model, report: Report) -> ModelAnswer | str:
    """Build a model without allocating its weights, or say why Keras refuses."""
    builder = Builder()
    try:
        made, outputs = builder.graph(model, model.label)
    except ParamcalcError:
        raise
    except Exception as error:  # whatever Keras raises is its answer
        return first_line(error)
    learning = ids(made.trainable_weights)
    announced: dict[int, list[list[Foreign]]] = {}
    for node, tensors in zip(model.nodes, outputs, strict=True):
        announced.setdefault(id(node.layer), []).append([tensor.shape for tensor in tensors])
    held: dict[int, list[Tensor]] = {}
    uses: dict[int, list[Use]] = {}
    for row in report.rows:
        layer = None if isinstance(row.layer, BestEffortOperation) else builder.layer(row.layer)
        if layer is not None:
            held[id(row.layer)] = row_tensors(row, layer, learning)
        for call, shapes in zip(row.calls, announced[id(row.layer)], strict=True):
            read, gives = known_shapes(call.inputs), known_shapes(listed(call.built.outs))
            use = Use(shapes, computes=partial(computes, builder, row, layer, read, gives))
            uses.setdefault(id(row.layer), []).append(use)
    return ModelAnswer(held, uses, whole(made))


def computes(builder: Builder, row: Row, made: Foreign, shapes: Sequence[Shape], outs: Sequence[Shape]) -> bool:
    """Tell whether a Keras layer, where its announced shapes differ from ours, computes ours.

    ``Bidirectional`` announces twice the forward layer's units whatever the backward layer has, and
    computes the sum. Needs the jax backend; without it the announcement stands.
    """
    if made is None or not traces() or not isinstance(row.layer, Layer):
        return False
    unknown = {leaf.args[0] for shape in shapes for size in shape for leaf in leaves(size)}
    values = dict.fromkeys(sorted(unknown), 2) | {"T": 5}

    def concrete(several: Sequence[Shape]) -> list[tuple[Foreign, ...]]:
        return [tuple(evaluate(size, values) for size in shape) for shape in several]

    wanted = concrete(outs)
    if any(isinstance(size, Expr) for shape in wanted for size in shape):
        return False
    try:
        return trace(builder, row.layer, made, concrete(shapes)).outs == wanted
    except Exception:  # Keras cannot compute what it announced: the difference stands
        return False
