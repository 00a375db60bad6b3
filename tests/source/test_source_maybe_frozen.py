"""Whether a layer of Keras is trained may be unknown: that costs the split of the total, and not the total."""

from __future__ import annotations

import random
from math import prod

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

CHAIN = "m = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)])\n"
OWN = """
class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.d = layers.Dense(3)
    def build(self, shape):
        self.w = self.add_weight(shape=(2, 3), trainable={})
        self.v = self.add_weight(shape=(2, 3), trainable=False)
    def call(self, x): return self.d(x)
own = Own()
i = keras.Input((4,))
m = keras.Model(i, own(i))
"""
NET = """
class Net(keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.d = layers.Dense(3)
        self.b = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    def call(self, x): return self.d(x) + self.b(x)
"""
IF = "random.random() < 0.5"
UNDECIDED = {
    "a layer": f"{CHAIN}m.layers[0].trainable = {IF}",
    "in a branch": f"{CHAIN}if {IF}: m.layers[1].trainable = False",
    "of the constructor": f"m = keras.Sequential([keras.Input((4,)), layers.Dense(3, trainable={IF})])",
    "a whole chain": f"{CHAIN}m.trainable = {IF}",
    "a whole chain, of the constructor": (
        f"m = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)], trainable={IF})"
    ),
    "a wrapped layer": (
        "i, d = keras.Input((5, 4)), layers.Dense(3)\nm = keras.Model(i, layers.TimeDistributed(d)(i))\n"
        f"d.trainable = {IF}"
    ),
    "both directions": (
        f"i = keras.Input((5, 4))\nm = keras.Model(i, layers.Bidirectional(layers.LSTM(3, trainable={IF}))(i))"
    ),
    "a model inside": (
        f"b = keras.Sequential([keras.Input((4,)), layers.Dense(3)])\nif {IF}: b.trainable = False\n"
        "m = keras.Sequential([keras.Input((4,)), b, layers.Dense(2)])"
    ),
    "a layer of the program's own": f"{OWN.format(True)}if {IF}: own.trainable = False",
    "a layer inside one": f"{OWN.format(True)}own.d.trainable = {IF}",
    "a weight": OWN.format(IF),
    "a class of models": f"{NET}m = Net()\nm(keras.Input((4,)))\nm.trainable = {IF}",
    "a class of models, of the constructor": f"{NET}m = Net(trainable={IF})\nm(keras.Input((4,)))",
    "a layer of a model in a model": f"{NET}m = Net()\nm.b.layers[0].trainable = {IF}\nm(keras.Input((4,)))",
}
DECIDED = {
    "a number": f"{CHAIN}m.layers[0].trainable = 0",
    "an empty list": f"{CHAIN}m.trainable = []",
    "frozen in any case": f"{CHAIN}m.layers[0].trainable = {IF}\nm.trainable = False",
    "trained again": f"{CHAIN}m.layers[0].trainable = {IF}\nfor one in m.layers: one.trainable = 'yes'",
    "without weights to train": (
        f"m = keras.Sequential([keras.Input((4,)), layers.Dropout(0.5, trainable={IF}), layers.Dense(2)])"
    ),
    "a copy is frozen by its constructor": (
        "b = keras.Sequential([keras.Input((5, 4)), layers.Bidirectional(layers.LSTM(3)), layers.Dense(2)])\n"
        "b.layers[0].trainable = False\nm = keras.models.clone_model(b)\nb.layers[0].trainable = True"
    ),
    "a copy of a wrapper copies the layer": (
        "b = keras.Sequential([keras.Input((5, 4)), layers.TimeDistributed(layers.Dense(3)), layers.Dense(2)])\n"
        "b.layers[0].layer.trainable = False\nm = keras.models.clone_model(b)\nb.layers[0].trainable = True"
    ),
}


def truths(text: str, monkeypatch: pytest.MonkeyPatch) -> set[tuple[int, int]]:
    keras = pytest.importorskip("keras")
    found = set()
    for drawn in (0.25, 0.75):
        names: dict[str, object] = {}
        with keras.StatelessScope(initialize_variables=False), monkeypatch.context() as patch:
            patch.setattr(random, "random", lambda drawn=drawn: drawn)
            exec(text, names)
        model = names["m"]
        weights = [sum(prod(one.shape) for one in some) for some in (model.weights, model.trainable_weights)]  # type: ignore[attr-defined]
        found.add((weights[0], weights[1]))
    return found


@pytest.mark.filterwarnings("ignore")  # Keras's own, of layers that are built late
@pytest.mark.parametrize("program", UNDECIDED.values(), ids=UNDECIDED)
def test_the_total_is_exact_and_the_split_a_guess(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"import keras, random\nfrom keras import layers\n{program}\n"
    found = truths(text, monkeypatch)
    assert len(found) == 2
    report = next(one.report() for one in read_all(Source("m.py", given=text)) if one.label in ("m", "Net"))
    assert report.exact
    assert report.guessed
    assert {(report.total, report.trainable)} == {max(found)}
    assert report.to_dict()["trainable"] is None
    assert "not known" in str(report)


@pytest.mark.filterwarnings("ignore")  # Keras's own, of layers that are built late
@pytest.mark.parametrize("program", DECIDED.values(), ids=DECIDED)
def test_what_does_not_matter_is_no_guess(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"import keras, random\nfrom keras import layers\n{program}\n"
    report = next(one.report() for one in read_all(Source("m.py", given=text)) if one.label == "m")
    assert (report.exact, report.guessed) == (True, False)
    assert {(report.total, report.trainable)} == truths(text, monkeypatch)
