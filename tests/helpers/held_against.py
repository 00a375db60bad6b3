"""What Keras says of a model, layer by layer, held against what was read: for the tests of whole models."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from math import prod
from typing import Any, TypeVar

import keras

import paramcalc as pc
from paramcalc.core.shapes import UnknownOutputs
from paramcalc.report import Row
from paramcalc.verification.foreign import isolated

T = TypeVar("T")


def unallocated(make: Callable[[], T]) -> T:
    """Call a function where Keras allocates no weight, and what it notes for later is forgotten."""

    def made() -> Iterator[T]:
        with warnings.catch_warnings(), keras.StatelessScope(initialize_variables=False):
            warnings.simplefilter("ignore")
            yield make()

    (result,) = isolated(made())
    return result


def agreement(seeds: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
    """Make the model of each seed, read what Keras writes of it, and give what differs."""
    from model_maker import made, text

    for seed in seeds:
        model = unallocated(partial(made, seed))
        try:
            yield seed, differences(as_read(model), pc.loads(text(model)))
        except pc.ParamcalcError as error:
            yield seed, [f"refused: {error}"]


def as_read(model: Any) -> Any:
    """Give the model that Keras reads from its file: of a chain, it reads only what the layers say of training."""
    from model_maker import text

    if not isinstance(model, keras.Sequential) or model.trainable:
        return model
    return unallocated(partial(keras.models.model_from_json, text(model)))


def differences(model: Any, reading: pc.Model) -> list[str]:
    """Compare every layer and operation of a built Keras model, and the totals; say what differs."""
    report = reading.report()
    learning = {id(weight) for weight in model.trainable_weights}
    found = list(_rows(model, report.rows, "", learning, True))
    outs = [_shape(tensor.shape) for tensor in model.outputs]
    if (ours := [_shape(shape) for shape in report.outputs]) != outs:
        found.append(f"outputs: paramcalc {ours}, Keras {outs}")
    for what, ours, theirs in (
        ("total", report.total, model.weights),
        ("trainable", report.trainable, model.trainable_weights),
        ("total by itself", reading.total, model.weights),
    ):
        if ours != _count(theirs):
            found.append(f"{what}: paramcalc {ours}, Keras {_count(theirs)}")
    return found + [f"warning: {warning}" for warning in report.warnings]


def _rows(model: Any, rows: list[Row], above: str, learning: set[int], shapes: bool) -> Iterator[str]:
    ours = {row.name: row for row in rows}
    theirs = {one.name: one for one in _operations(model) if not isinstance(one, keras.layers.InputLayer)}
    if ours.keys() != theirs.keys():
        yield f"{above}: paramcalc has {sorted(ours.keys() - theirs)}, Keras {sorted(theirs.keys() - ours)}"
    nodes = _nodes(model)
    for name in ours.keys() & theirs.keys():
        row, made = ours[name], theirs[name]
        weights = getattr(made, "weights", [])
        for what, here, there in (
            ("parameters", row.params, _count(weights)),
            ("trainable", row.trainable, _count(weight for weight in weights if id(weight) in learning)),
        ):
            if here != there:
                yield f"{above}{name}: {what}: paramcalc {here}, Keras {there}"
        said = Counter(str(_shapes(call.built.outs)) for call in row.calls)
        announced = Counter(str([_shape(one.shape) for one in node.outputs]) for node in nodes[id(made)])
        if shapes and said != announced:
            yield f"{above}{name}: output shapes: paramcalc {dict(said)}, Keras {dict(announced)}"
        if hasattr(made, "layers"):
            wanted = [_shape(tensor.shape) for tensor in made.inputs]
            alike = len(row.calls) == 1 and [_shape(shape) for shape in row.inputs] == wanted
            yield from _rows(made, row.rows, f"{above}{name}/", learning, shapes and alike)


def _operations(model: Any) -> list[Any]:
    return list(model.layers if isinstance(model, keras.Sequential) else model.operations)


def _nodes(model: Any) -> dict[int, list[Any]]:
    # the calls of each operation within a model; the other calls, in other models, are not its own
    graph = model._functional if isinstance(model, keras.Sequential) else model
    found: dict[int, list[Any]] = {id(one): [] for one in _operations(model)}
    for node in chain.from_iterable(graph._nodes_by_depth.values()):
        found.setdefault(id(node.operation), []).append(node)
    return found


def _shapes(outs: Any) -> list[tuple[int | None, ...]] | str:
    return str(outs) if isinstance(outs, UnknownOutputs) else [_shape(shape) for shape in outs]


def _shape(shape: Any) -> tuple[int | None, ...]:
    return tuple(size if isinstance(size, int) else None for size in shape)


def _count(weights: Any) -> int:
    return sum(prod(weight.shape) for weight in weights)
