"""Live Keras models: read from their configuration, and the reading compared with what they hold."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from time import perf_counter
from typing import Any

from ..errors import GraphError, ParamcalcError
from ..formats.keras_config import from_config
from ..model import Model
from .compare import Difference, row_tensors, same_shapes, shapes_text, tensor_differences, total_differences
from .verification import Verification


def is_keras(subject: Any) -> bool:
    """Tell whether something is a Keras model or layer, without importing Keras."""
    framework = sys.modules.get("keras")
    return framework is not None and isinstance(subject, framework.layers.Layer)


def from_keras(model: Any) -> Model:
    """Read a live Keras model.

    Parameters
    ----------
    model : keras.Model
        Sequential or Functional, on any backend.

    Returns
    -------
    paramcalc.Model

    Raises
    ------
    ParamcalcError
        For a subclassed model, whose graph only its Python code knows.
    """
    reading = _read(model)
    count = model.count_params() if model.built and reading.report().exact else None
    if count is not None and isinstance(reading.total, int) and reading.total != count:
        raise GraphError(
            f"{model.name!r} was read as {reading.total:,} parameters, and Keras counts {count:,}",
            suggestion="paramcalc.verify(model) says where",
        )
    return reading


def _read(model: Any) -> Model:
    if not is_keras(model):
        raise ParamcalcError("not a Keras model", expected="a keras.Sequential or keras.Model", received=model)
    kind = type(model)
    if kind.__name__ not in ("Sequential", "Functional") or kind.__module__.partition(".")[0] != "keras":
        raise ParamcalcError(
            f"{kind.__name__} {model.name!r} keeps its graph in Python code, where it cannot be read",
            expected="a Sequential or Functional model",
            suggestion="a single layer can be wrapped: keras.Sequential([keras.Input(…), layer])",
        )
    with _sharing():
        return from_config({"module": "keras", "class_name": kind.__name__, "config": model.get_config()})


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
    reading = _read(model)
    report = reading.report()
    learning = {id(weight) for weight in model.trainable_weights}
    layers = {one.name: one for one in getattr(model, "operations", model.layers)}  # functions of a graph among them
    found: list[Difference] = []
    for row in report.rows:
        layer = layers[row.name]
        if not isinstance(layer, framework.layers.Layer):
            continue  # a function in the graph; the shapes of what reads it tell
        if not row.unknown:
            found += tensor_differences(row.name, row.weights, row_tensors(row, layer, learning))
        announced = _outputs(layer) if len(row.calls) == 1 else None
        if announced is not None and not same_shapes(row.outputs, announced):
            found.append(Difference(row.name, "output shape", shapes_text(row.outputs), shapes_text(announced)))
    outs = [tensor.shape for tensor in model.outputs]
    if not same_shapes(report.outputs, outs):
        found.append(Difference(report.name, "output shape", shapes_text(report.outputs), shapes_text(outs)))
    found += total_differences(report, model.weights, learning)
    return Verification(
        differences=found,
        layers=len(report.rows),
        tensors=sum(len(row.weights) for row in report.rows),
        params=report.total,
        version=framework.__version__,
        backend=framework.backend.backend(),
        elapsed=perf_counter() - start,
    )


def _outputs(layer: Any) -> list[Any] | None:
    # what the layer gave where it was used; None where Keras does not tell (it was used elsewhere as well)
    if hasattr(layer, "layers"):  # a model tells of its own graph, not of where it was used
        return None
    try:
        output = layer.output
    except (AttributeError, ValueError):
        return None
    return [tensor.shape for tensor in sys.modules["keras"].tree.flatten(output)]
