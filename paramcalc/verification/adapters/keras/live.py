"""Live Keras models: read from their configuration, and the reading compared with what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from functools import partial
from time import perf_counter

from ....core.rule import Layer
from ....core.shapes import UnknownShape
from ....errors import GraphError, ParamcalcError
from ....formats.keras.config import from_config
from ....formats.keras.reconcile import swap
from ....graph.model import Model
from ....graph.unknown_layers import UnknownLayer
from ....report import Report, Row
from ....untyped import Foreign
from ... import foreign
from ...compare import TOTALS, ModelAnswer, OpenShape, Tensor, Use, count, model_differences, tensor_differences
from ...foreign import first_line, is_of, loaded
from ...grid import known_shapes
from ...outcome import Installed, Verification, verified
from .build import Builder
from .framework import KERAS, keras
from .live_listing import IN_CODE, Listed, held_by, layers_of, listed, weights_by_name
from .models import computes
from .tensors import ids, row_tensors, whole

WRAP = "a single layer can be wrapped: keras.Sequential([keras.Input(…), layer])"
BESIDE = "it has weights beside its layers, or shared inside them, of which its configuration says nothing"


def is_keras(subject: object) -> bool:
    """Tell whether something is a Keras model or layer, without importing Keras."""
    framework = loaded(KERAS.name)
    return framework is not None and isinstance(subject, framework.layers.Layer)


def from_keras(model: Foreign) -> Model:
    """Read a live Keras model.

    Parameters
    ----------
    model : keras.Model
        Sequential, Functional or subclassed, on any backend. A layer that no rule knows is counted from the weights
        it has. Of a model whose graph is in its Python code, or that holds other weights than its configuration says,
        the layers are listed, each on the input it was built on.

    Returns
    -------
    paramcalc.Model

    Raises
    ------
    ParamcalcError
        If it is not a Keras model, or a subclassed model that is not built.
    GraphError
        If Keras counts a different number.
    """
    with foreign.reading(model):
        return _counted(model)


def _counted(model: Foreign) -> Model:
    reading = _read(model)
    if _counts(reading, model):
        return reading
    # changed since it was made, such as by quantize: no configuration tells
    swap(reading, dict(_otherwise(reading.rows, model, ids(model.trainable_weights))))
    if _counts(reading, model):
        return reading
    reading = _listed(model, BESIDE)
    if _counts(reading, model, split=False):
        return reading
    raise GraphError(
        f"{model.name!r} was read as {reading.total:,} parameters, and Keras counts {model.count_params():,}",
        suggestion="paramcalc.verify(model) says where",
    )


def _counts(reading: Model, model: Foreign, split: bool = True) -> bool:
    # whether it counts as Keras does, as far as both can say, and splits as Keras does where it counts so
    report = reading.report()
    if not model.built or not report.exact or not isinstance(report.total, int):
        return True
    if report.total != model.count_params():
        return False
    return not split or report.trainable == sum(count(one.shape) for one in whole(model) if one.trainable)


def _read(model: Foreign, by_rule: bool = False) -> Model:
    framework = keras() if is_keras(model) else None
    if framework is None or not isinstance(model, framework.Model):
        raise ParamcalcError(
            "not a Keras model",
            expected="a keras.Sequential or keras.Model",
            received=model if framework is None else type(model).__name__,
            suggestion=WRAP if framework is not None else None,
        )
    try:
        with _sharing():
            config = _graph(model)
    except Exception as error:  # whatever the code of a layer that cannot be written down raises
        return _listed(model, f"the graph cannot be written down: {first_line(error)}", by_rule)
    if config is None:
        return _listed(model, IN_CODE, by_rule)
    return from_config(config, weights_by_name(model), live=True)


def _listed(model: Foreign, why: str, by_rule: bool = False) -> Model:
    with _sharing():
        reading = listed(model, by_rule)
    reading.warnings.append(why)
    return reading


def _otherwise(rows: list[Row], model: Foreign, learning: set[int]) -> Iterator[tuple[int, UnknownLayer]]:
    # the layers that hold other weights than their rules say, each as a row of what it holds
    layers = {one.name: one for one in model.layers}
    for row in rows:
        theirs = layers.get(row.name)
        if isinstance(row.layer, Model) and hasattr(theirs, "layers"):
            yield from _otherwise(row.rows, theirs, learning)
        elif (
            isinstance(row.layer, Layer)
            and theirs is not None
            and any(tensor_differences(row.name, row.weights, row_tensors(row, theirs, learning)))
        ):
            reason = "it holds other weights than its rule says; counted as they are"
            yield id(row.layer), UnknownLayer(row.type, reason, row.name, held_by(theirs, learning))


def _graph(model: Foreign) -> dict[str, Foreign] | None:
    # the graph of a model, of a subclass of Keras's own kinds of model as well; None where it is in Python code
    framework = keras()
    if isinstance(model, framework.Sequential):
        config = framework.Sequential.get_config(model)
        _name(config, model)
        return {"module": "keras", "class_name": "Sequential", "config": config}
    if not getattr(model, "outputs", None):
        return None
    whole = model
    if not is_of(type(model), KERAS.name):
        whole = framework.Model(model.inputs, model.outputs, name=model.name)
    config = whole.get_config()
    _name(config, whole)
    return {"module": "keras", "class_name": "Functional", "config": config}


def _name(config: Foreign, model: Foreign) -> None:
    # a layer of a chain that does not write down its own configuration has no name there
    parts = config.get("layers") if isinstance(config, dict) else None
    layers = [one for one in parts or () if isinstance(one, dict) and one.get("class_name") != "InputLayer"]
    real = layers_of(model)
    if isinstance(model, keras().Sequential) and len(layers) == len(real):
        for part, layer in zip(layers, real, strict=True):
            part.setdefault("name", layer.name)
    by_name = {layer.name: layer for layer in real}
    for part in layers:
        inner = by_name.get(part.get("name"))
        if hasattr(inner, "layers"):
            _name(part.get("config"), inner)


def _sharing() -> Foreign:
    # within it Keras numbers the objects that stand in several places of a configuration
    try:
        from keras.src.saving.serialization_lib import ObjectSharingScope
    except ImportError:  # a Keras that keeps it elsewhere: the count tells if anything was shared
        return nullcontext()
    return ObjectSharingScope()


def verify_live(model: Foreign, by: Installed) -> Verification:
    """Compare the reading of a live Keras model with the weights and shapes it has."""
    with foreign.reading(model):
        return _verified(model, by)


def _verified(model: Foreign, by: Installed) -> Verification:
    reading = _read(model, by_rule=True)
    found = _compared(reading, model, by)
    if found.differences and {one.what for one in found.differences} <= set(TOTALS):
        # every layer is as its rule says: the model has weights beside them, or some share theirs inside
        again = _compared(_listed(model, BESIDE, by_rule=True), model, by, noted=(BESIDE,))
        return again if again.ok else found
    return found


def _compared(reading: Model, model: Foreign, by: Installed, noted: tuple[str, ...] = ()) -> Verification:
    start = perf_counter()
    report = reading.report()
    remarks = [
        f"{path} ({row.type}): {'not compared' if row.unknown else 'counted as it is'}, no rule"
        for path, row in report.leaves
        if isinstance(row.layer, UnknownLayer)
    ]
    found, settled = model_differences(report, _held(reading, report, model), by.framework.title)
    return verified(report, by, start, found, [*remarks, *noted, *settled])


def _held(reading: Model, report: Report, model: Foreign) -> ModelAnswer:
    # what the live model has for each row that a rule is about
    layers = {one.name: one for one in getattr(model, "operations", model.layers)}  # functions of a graph among them
    if isinstance(reading, Listed):
        layers = dict(zip((row.name for row in report.rows), layers_of(model), strict=False))
    learning = ids(model.trainable_weights)
    tensors: dict[int, list[Tensor]] = {}
    uses: dict[int, list[Use]] = {}
    for row in report.rows:
        layer = layers.get(row.name)
        if is_keras(layer) and not isinstance(row.layer, UnknownLayer):  # else a function
            tensors[id(row.layer)] = row_tensors(row, layer, learning)
            # the shapes it gave where it was used, once
            announced = _outputs(layer) if len(row.calls) == 1 else None
            if announced is not None and not _unshaped(row.outputs):
                settles = partial(computes, Builder(), row, layer, known_shapes(row.inputs), known_shapes(row.outputs))
                uses[id(row.layer)] = [Use(announced, computes=settles)]
    outs = [tensor.shape for tensor in getattr(model, "outputs", None) or ()]
    known = outs and report.outputs and not _unshaped(report.outputs)
    return ModelAnswer(tensors, uses, whole(model), outs if known else None)


def _unshaped(shapes: Iterable[Foreign]) -> bool:
    return any(isinstance(shape, UnknownShape) for shape in shapes)


def _outputs(layer: Foreign) -> list[OpenShape] | None:
    # what the layer gave where it was used; None where Keras does not tell (it was used elsewhere as well)
    if hasattr(layer, "layers"):  # a model tells of its own graph, not of where it was used
        return None
    try:
        output = layer.output
    except (AttributeError, ValueError):
        return None
    return [tensor.shape for tensor in keras().tree.flatten(output)]
