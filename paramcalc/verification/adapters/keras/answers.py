"""A Keras layer on inputs: what it has and announces, and what it computes, traced or run."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ....core.rule import Layer
from ....errors import ParamcalcError
from ....untyped import Foreign
from ...adapter import Answer, Case
from ...compare import OpenShape, Tensor
from ...foreign import first_line
from .build import Builder, calibrated, is_cell, none_for_unknown, scope
from .framework import traces
from .macs import trace
from .quirks import counted
from .tensors import ids, tensors_of

Known = tuple[int, ...]


def announced(case: Case) -> Answer | str:
    """Build a layer and put it on symbolic inputs; trace what it computes, where the backend and the sizes allow it."""
    try:
        return _announced(case)
    except Exception as error:  # whatever Keras raises is its refusal
        return first_line(error)


def computed(case: Case) -> Answer | str | None:
    """Run a layer on inputs of zeros; ``None`` where a size is unknown."""
    shapes = known_shapes(case)
    if shapes is None:
        return None
    try:
        made, outs = _run(case, shapes)
        return Answer(_tensors(case, made), outs, outs, None)
    except Exception as error:  # whatever Keras raises is its refusal
        return first_line(error)


def built(builder: Builder, case: Case) -> tuple[Foreign, list[OpenShape]]:
    """Build a layer for its inputs; give it, and the output shapes it announces."""
    layer, shapes, call = case
    with scope():
        tensors = [builder.keras.Input(batch_shape=none_for_unknown(shape)) for shape in shapes]
    made = builder.layer(layer)
    states: list[Foreign] = []
    if is_cell(made):
        with scope():
            states = builder.state_inputs(made, tensors[0].shape[0])
    outs = [tensor.shape for tensor in builder.call(layer, made, tensors, states, call)]
    return calibrated(made), outs


def _announced(case: Case) -> Answer:
    builder = Builder()
    made, outs = built(builder, case)
    found, known = _tensors(case, made), known_shapes(case)
    if known is None or not traces():
        return Answer(found, outs, None, None)
    traced, macs = _traced(builder, case, made, known)
    return Answer(found, outs, traced, macs if counted(case.layer.rule) else None)


def _tensors(case: Case, made: Foreign) -> list[Tensor]:
    try:
        wanted = [weight.path for weight in case.layer.on(*case.shapes, **case.call).weights]
    except ParamcalcError:
        wanted = []
    learning = ids(weight for weight in made.weights if weight.trainable)  # as in a model, whatever the layer says
    return tensors_of(made, learning, wanted)


def known_shapes(case: Case) -> list[Known] | None:
    """Give the shapes of the inputs, if all their sizes are known."""
    known = [tuple(size for size in shape if isinstance(size, int)) for shape in case.shapes]
    return known if list(map(len, known)) == list(map(len, case.shapes)) else None


def _traced(
    builder: Builder, case: Case, made: Foreign, shapes: Sequence[Known]
) -> tuple[Sequence[OpenShape], int | None]:
    from jax.errors import JAXTypeError

    told = logging.getLogger("absl")
    before, told.disabled = told.disabled, True  # Keras writes a page about each refusal of jax's attention
    try:
        return trace(builder, case.layer, made, shapes, case.call)
    except (JAXTypeError, IndexError):  # a layer that looks at values cannot be traced: let it run
        return _run(case, shapes)[1], None
    finally:
        told.disabled = before


def _run(case: Case, shapes: Sequence[Known]) -> tuple[Foreign, list[Known]]:
    from numpy import zeros

    builder = Builder(real=True)
    made, _ = built(builder, case)
    values = [_something(case.layer, shape) for shape in shapes]
    states: list[Foreign] = []
    if is_cell(made):
        states = [zeros((shapes[0][0], size), "float32") for size in builder.keras.tree.flatten(made.state_size)]
    return made, [tuple(out.shape) for out in builder.call(case.layer, made, values, states, case.call)]


def _something(layer: Layer, shape: Known) -> Foreign:
    from numpy import full

    if layer.rule.family != "lookups":
        return full(shape, 0.0, "float32")
    words = layer.type in ("StringLookup", "TextVectorization") and not layer.options.get("invert")
    return full(shape, "a" if words else 5)
