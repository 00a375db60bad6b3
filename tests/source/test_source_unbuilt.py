"""Layers and models of Keras that no input reaches: which could get weights, and those that they have."""

from __future__ import annotations

import math
from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

UNBUILT = """import keras
from keras import layers
class Plain(layers.Layer):
    def call(self, a, b): return a + b
class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.w = self.add_weight(shape=(3, 4))
    def call(self, a): return a
class Late(layers.Layer):
    def build(self, shape): self.w = self.add_weight(shape=(shape[-1], 4))
    def call(self, a): return a
class Holds(layers.Layer):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
    def call(self, a): return self.inner(a)
class Model(keras.Model):
    def __init__(self, *inner):
        super().__init__()
        self.held = list(inner)
    def call(self, x): return x
built = layers.Dense(4)
built.build((None, 2))
"""
HELD = {  # whether an input could give it weights, and those that it has
    "Plain()": (True, 0),
    "Own(), Plain()": (True, 12),
    "Holds(Plain())": (True, 0),
    "Holds(Own())": (True, 12),
    "Holds(built), Plain()": (True, 12),
    "Late()": (False, 0),
    "Holds(Late())": (False, 0),
    "layers.Dense(4)": (False, 0),
    "Own(), Holds(layers.Dense(4))": (False, 12),
    "Holds(Holds(layers.Dense(4)))": (False, 0),
}


@pytest.mark.parametrize("held", HELD)
def test_layers_that_no_input_reaches(held: str) -> None:
    found = read_all(Source("m.py", given=f"{UNBUILT}m = Model({held})\n"))
    report = next(one.report() for one in found if one.label == "m")
    assert (report.exact, report.total) == HELD[held]


@pytest.mark.slow
@pytest.mark.parametrize("held", HELD)
def test_the_weights_that_they_have_in_keras(held: str) -> None:
    pytest.importorskip("keras")
    names: dict[str, Any] = {}
    exec(compile(f"{UNBUILT}m = Model({held})\n", "m.py", "exec", dont_inherit=True), names)
    assert sum(math.prod(one.shape) for one in names["m"].weights) == HELD[held][1]
