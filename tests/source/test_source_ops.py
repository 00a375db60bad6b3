"""Functions of ``keras.ops`` in graphs: their shapes are those of Keras, by the rules of the operations."""

from __future__ import annotations

import inspect
from math import prod

import pytest

from paramcalc.core.parameters import parameters
from paramcalc.formats.opened import Source
from paramcalc.formats.source.names.keras.by_rule import DIFFERENT
from paramcalc.formats.source.reader import read_all
from paramcalc.rules.ops.table import operations

keras = pytest.importorskip("keras")

GRAPH = """
import keras
from keras import layers, ops
i = keras.Input((6, 4))
j = keras.Input((6, 3))
x = {}
m = keras.Model([i, j], layers.Dense(2)(x))
"""
KNOWN = """
ops.concatenate([i, j], axis=-1)
ops.concatenate([i, i], 1)
ops.repeat(i, 3, axis=1)
ops.tile(i, (1, 2, 2))
ops.swapaxes(i, 1, 2)
abs(i)
ops.take(i, 2, axis=1)
ops.matmul(ops.transpose(i, (0, 2, 1)), j)
ops.one_hot(ops.argmax(i, axis=-1), 7)
ops.one_hot(ops.argmax(i, axis=-1), 7, dtype="float32")
ops.norm(i, axis=-1, keepdims=True)
ops.dot(i, ops.zeros((4, 5)))
ops.moveaxis(i, 1, 2)
ops.diff(i)
ops.conv(i, ops.zeros((3, 4, 5)))
ops.hstack([i, i])
ops.leaky_relu(i, negative_slope=0.1)
ops.logical_not(i)
ops.reshape(i, (-1, 24))
ops.pad(i, ((0, 0), (1, 1), (0, 0)))
""".strip().split("\n")
UNKNOWN = ["ops.einsum('bij,bik->bjk', i, j)", "ops.split(i, 2, axis=-1)[0]"]


@pytest.mark.whole
@pytest.mark.parametrize("call", KNOWN + UNKNOWN)
def test_shapes_of_functions(call: str) -> None:
    text = GRAPH.format(call)
    names: dict[str, object] = {}
    with keras.StatelessScope(initialize_variables=False):
        exec(text, names)  # the program of the test, in Keras
    model = names["m"]
    assert isinstance(model, keras.Model)
    report = next(one for one in read_all(Source("m.py", given=text)) if one.label == "m").report()
    if call in KNOWN:
        assert (report.exact, report.total) == (True, sum(prod(weight.shape) for weight in model.weights))
    else:
        assert not report.exact


def test_functions_take_what_the_rules_of_their_operations_take() -> None:
    functions = {name.replace("_", ""): getattr(keras.ops, name) for name in dir(keras.ops)}
    different = set()
    compared = 0
    for (_, kind), rule in operations().items():
        function = functions.get(kind.lower())
        if function is None:
            continue
        names = [one.name for one in parameters(rule.body)]
        compared += 1
        if names != list(inspect.signature(function).parameters)[: len(names)]:
            different.add(kind.lower())
    assert compared > 250
    assert different == DIFFERENT
