"""Live Keras models: read from their configuration, and the reading compared with what they hold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from time import perf_counter
from typing import Any

from ..errors import GraphError, ParamcalcError
from ..formats.keras.config import apart, from_config
from ..formats.keras.kept import swap
from ..model import Model, Node
from ..opaque import Opaque
from ..report import Report, Row
from ..rules.built import UNSHAPED, Weight
from ..rules.rule import Layer
from .build import Builder
from .compare import (
    Difference,
    Tensor,
    row_tensors,
    same_shapes,
    shapes_text,
    tensor_differences,
    tensors_of,
    total_differences,
)
from .framework import first_line
from .verification import Verification, computes, outcome


def is_keras(subject: Any) -> bool:
    """Tell whether something is a Keras model or layer, without importing Keras."""
    framework = sys.modules.get("keras")
    return framework is not None and isinstance(subject, framework.layers.Layer)


def from_keras(model: Any) -> Model:
    """Read a live Keras model.

    Parameters
    ----------
    model : keras.Model
        Sequential, Functional or subclassed, on any backend. A layer that no rule knows is counted from the weights
        it has. Of a model whose graph is in its Python code the layers are listed, each on the input it was built on.

    Returns
    -------
    paramcalc.Model

    Raises
    ------
    ParamcalcError
        For anything else, and for a subclassed model that is not built yet.
    GraphError
        When Keras counts otherwise.
    """
    reading = _read(model)
    count = model.count_params() if model.built and reading.report().exact else None
    if count is not None and isinstance(reading.total, int) and reading.total != count:
        # changed since it was made, such as by quantize, in a way that no configuration tells
        swap(reading, dict(_otherwise(reading.rows, model, _ids(model.trainable_weights))))
    if count is not None and isinstance(reading.total, int) and reading.total != count:
        raise GraphError(
            f"{model.name!r} was read as {reading.total:,} parameters, and Keras counts {count:,}",
            suggestion="paramcalc.verify(model) says where",
        )
    return reading


def _read(model: Any) -> Model:
    framework = sys.modules["keras"] if is_keras(model) else None
    if framework is None or not isinstance(model, framework.Model):
        raise ParamcalcError(
            "not a Keras model",
            expected="a keras.Sequential or keras.Model",
            received=model if framework is None else type(model).__name__,
            suggestion="a single layer can be wrapped: keras.Sequential([keras.Input(…), layer])" * bool(framework),
        )
    stored = _weights_by_name(model)
    with _sharing():
        try:
            config = _graph(model)
        except NotImplementedError as error:  # a layer that cannot be written down
            reading = _layers(model, stored)
            reading.warnings.append(f"the graph cannot be written down: {first_line(error)}")
            return reading
        return _layers(model, stored) if config is None else from_config(config, stored, whole=True)


def _otherwise(rows: list[Row], model: Any, learning: set[int]) -> Iterator[tuple[int, Opaque]]:
    # the layers that hold other weights than their rules say, each as a row of what it holds
    layers = {one.name: one for one in model.layers}
    for row in rows:
        theirs = layers.get(row.name)
        if isinstance(row.layer, Model) and hasattr(theirs, "layers"):
            yield from _otherwise(row.rows, theirs, learning)
        elif isinstance(row.layer, Layer) and theirs is not None:
            tensors = row_tensors(row, theirs, learning)
            if any(tensor_differences(row.name, row.weights, tensors)):
                reason = "it holds other weights than its rule says; counted as they are"
                yield id(row.layer), Opaque(row.type, reason, row.name, tuple(map(_weight, tensors)))


def _graph(model: Any) -> dict[str, Any] | None:
    # the graph of a model, of a subclass of Keras's own kinds of model as well; None where it is in Python code
    framework = sys.modules["keras"]
    if isinstance(model, framework.Sequential):
        return {"module": "keras", "class_name": "Sequential", "config": framework.Sequential.get_config(model)}
    if not getattr(model, "outputs", None):
        return None
    if type(model).__module__.partition(".")[0] != "keras":
        model = framework.Model(model.inputs, model.outputs, name=model.name)
    return {"module": "keras", "class_name": "Functional", "config": model.get_config()}


def _layers(model: Any, stored: Callable[[str | None, str], tuple[Weight, ...] | None]) -> Model:
    if not model.built or not all(layer.built for layer in model.layers):
        raise ParamcalcError(
            f"{type(model).__name__} {model.name!r} keeps its graph in Python code, and is not built yet",
            suggestion="call it on data, or model.build(input_shape), first",
        )
    reading = apart([_described(layer) for layer in model.layers], model.name, type(model).__name__, stored)
    inside = {id(weight) for layer in model.layers for weight in layer.weights}
    learning = _ids(model.trainable_weights)
    own = [weight for weight in model.weights if id(weight) not in inside]
    if own:
        weights = tuple(Weight(one.name, tuple(one.shape), id(one) in learning) for one in own)
        row = Opaque(type(model).__name__, "weights of the model itself", f"{model.name}_itself", weights)
        reading = Model.from_nodes(
            reading.input_shapes, [*reading.nodes, Node(row, ((0, 0),))], (), reading.name, type=reading.type
        )
    return reading


def _described(layer: Any) -> Any:
    try:
        return sys.modules["keras"].saving.serialize_keras_object(layer)
    except NotImplementedError:
        made = type(layer)
        return {"module": made.__module__, "class_name": made.__name__, "config": {"name": layer.name}}


def _weights_by_name(model: Any) -> Callable[[str | None, str], tuple[Weight, ...] | None]:
    # for layers that no rule knows; of two layers of one name nobody can tell which is meant
    learning = _ids(model.trainable_weights)
    named: dict[str, list[Any]] = {}
    for layer in model._flatten_layers(include_self=False, recursive=True):
        named.setdefault(layer.name, []).append(layer)

    def weights(name: str | None, kind: str) -> tuple[Weight, ...] | None:
        found = {tuple(tensors_of(layer, learning, ())) for layer in named.get(name or "", ()) if layer.built}
        return tuple(map(_weight, *found)) if len(found) == 1 else None

    return weights


def _weight(tensor: Tensor) -> Weight:
    scope, _, name = tensor.path.rpartition("/")
    return Weight(name, tensor.shape, tensor.trainable, scope)


def _ids(weights: Iterable[Any]) -> set[int]:
    return {id(weight) for weight in weights}


def _sharing() -> Any:
    # within it Keras numbers the objects that stand in several places of a configuration
    try:
        from keras.src.saving.serialization_lib import ObjectSharingScope
    except ImportError:  # a Keras that keeps it elsewhere: the count tells if anything was shared
        return nullcontext()
    return ObjectSharingScope()


def verify_live(model: Any) -> Verification:
    """Compare the reading of a live Keras model with the weights and shapes it has."""
    framework = sys.modules["keras"]
    start = perf_counter()
    report = _read(model).report()
    learning = _ids(model.trainable_weights)
    layers = {one.name: one for one in getattr(model, "operations", model.layers)}  # functions of a graph among them
    found: list[Difference] = []
    remarks = [
        f"{path} ({row.type}): {'not compared' if row.unknown else 'counted as it is'}, no rule"
        for path, row in report.leaves
        if isinstance(row.layer, Opaque)
    ]
    settled: list[str] = []
    for row in report.rows:
        layer = layers.get(row.name)
        if isinstance(layer, framework.layers.Layer) and not isinstance(row.layer, Opaque):  # else a function
            found += tensor_differences(row.name, row.weights, row_tensors(row, layer, learning))
            found += _announced(row, layer, settled)
    if not settled:
        found += _outputs_differ(report, [tensor.shape for tensor in getattr(model, "outputs", None) or ()])
    found += total_differences(report, model.weights, learning)
    return outcome(report, found, start, framework, framework.backend.backend(), remarks=remarks + settled)


def _announced(row: Row, layer: Any, settled: list[str]) -> Iterable[Difference]:
    # the shapes a layer gave where it was used, once; what it computes settles where it announces others
    theirs = _outputs(layer) if len(row.calls) == 1 else None
    if theirs is None or _unshaped(row.outputs) or same_shapes(row.outputs, theirs):
        return
    if computes(Builder(), row, layer, row.inputs, row.outputs):
        settled.append(f"{row.name}: Keras announces {shapes_text(theirs)} and computes {shapes_text(row.outputs)}")
    else:
        yield Difference(row.name, "output shape", shapes_text(row.outputs), shapes_text(theirs))


def _outputs_differ(report: Report, outs: list[Any]) -> Iterable[Difference]:
    if outs and report.outputs and not _unshaped(report.outputs) and not same_shapes(report.outputs, outs):
        yield Difference(report.name, "output shape", shapes_text(report.outputs), shapes_text(outs))


def _unshaped(shapes: Iterable[Any]) -> bool:
    return any(shape is UNSHAPED for shape in shapes)


def _outputs(layer: Any) -> list[Any] | None:
    # what the layer gave where it was used; None where Keras does not tell (it was used elsewhere as well)
    if hasattr(layer, "layers"):  # a model tells of its own graph, not of where it was used
        return None
    try:
        output = layer.output
    except (AttributeError, ValueError):
        return None
    return [tensor.shape for tensor in sys.modules["keras"].tree.flatten(output)]
