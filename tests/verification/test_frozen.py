"""What is trained of layers with ``trainable=False``: passed to the constructor or set later, live and from files."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import pytest
from tiers import sampled

import paramcalc as pc
from paramcalc.core.registry import rules
from paramcalc.verification.adapter import adapter
from paramcalc.verification.cases import cases, configurations

keras = pytest.importorskip("keras")
pytest.importorskip("h5py")
L = keras.layers
DATA = Path(__file__).parent.parent / "data" / "archives"
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning", "ignore:You are saving")


def trained(model: Any) -> int:
    return sum(prod(weight.shape) for weight in model.trainable_weights)


@pytest.mark.parametrize(("name", "trainable"), [("frozen_attention.keras", 306), ("frozen_conv_lstm.keras", 110)])
def test_the_constructor_of_keras_3_freezes_no_layer_inside(name: str, trainable: int) -> None:
    reading = pc.load(DATA / name)
    assert reading.trainable == trainable
    assert pc.verify(reading).ok


def test_verify_compares_what_keras_trains() -> None:
    reading = pc.load(DATA / "frozen_conv_lstm.keras")
    (layer, _) = reading.layers
    layer.frozen = True  # a wrong split
    reading._built = None
    assert {one.what for one in pc.verify(reading).differences} >= {"trainable", "non-trainable"}


def _one(layer: Any, shape: tuple[int, ...] = (6, 8)) -> Any:
    entry = keras.Input(shape)
    attends = isinstance(layer, (L.MultiHeadAttention, L.GroupQueryAttention))
    made = layer(entry, entry) if attends else layer(entry)
    return keras.Model(entry, L.Dense(2)(made))


FRAMES = (6, 8, 2)
MODELS: dict[str, Any] = {
    "attention": lambda no: _one(L.MultiHeadAttention(2, 4, **no)),
    "grouped attention": lambda no: _one(L.GroupQueryAttention(4, 2, 1, **no)),
    "frames": lambda no: _one(L.ConvLSTM1D(2, 3, **no), FRAMES),
    "frames of two axes": lambda no: _one(L.ConvLSTM2D(2, 3, **no), (2, 5, 5, 1)),
    "lstm": lambda no: _one(L.LSTM(3, **no)),
    "gru": lambda no: _one(L.GRU(3, **no)),
    "a cell": lambda no: _one(L.RNN(L.LSTMCell(3, **no))),
    "around a cell": lambda no: _one(L.RNN(L.LSTMCell(3), **no)),
    "a stack": lambda no: _one(L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.GRUCell(2)], **no))),
    "one of a stack": lambda no: _one(L.RNN([L.LSTMCell(3), L.GRUCell(2, **no)])),
    "around frames": lambda no: _one(L.TimeDistributed(L.ConvLSTM1D(2, 3), **no), (3, *FRAMES)),
    "frames in a wrapper": lambda no: _one(L.TimeDistributed(L.ConvLSTM1D(2, 3, **no)), (3, *FRAMES)),
    "both ways": lambda no: _one(L.Bidirectional(L.ConvLSTM1D(2, 3, **no)), FRAMES),
    "around both ways": lambda no: _one(L.Bidirectional(L.LSTM(3), **no)),
    "in both ways": lambda no: _one(L.Bidirectional(L.LSTM(3, **no))),
    "normalized": lambda no: _one(L.SpectralNormalization(L.Dense(3, **no), **no)),
    "statistics": lambda no: _one(L.BatchNormalization(**no)),
    "a nested model": lambda no: _one(keras.Sequential([keras.Input((6, 8)), L.Dense(3)], **no)),
    "in a nested model": lambda no: _one(keras.Sequential([keras.Input((6, 8)), L.LSTM(3, **no)])),
    "a chain": lambda no: keras.Sequential([keras.Input((6, 8)), L.LSTM(3)], **no),
    "a graph": lambda no: keras.Model(entry := keras.Input((6, 8)), L.LSTM(3)(entry), **no),
    "embedded": lambda no: keras.Sequential([keras.Input((4,)), L.Embedding(9, 3, **no), L.Dense(2)]),
}


@pytest.mark.parametrize("name", sampled(MODELS, 10))
def test_a_constructor_that_freezes(name: str, tmp_path: Path) -> None:
    model = MODELS[name]({"trainable": False})
    assert pc.from_keras(model).trainable == trained(model)
    assert pc.verify(model).ok
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"m{suffix}")
        again = keras.saving.load_model(tmp_path / f"m{suffix}")
        assert pc.load(tmp_path / f"m{suffix}").trainable == trained(again)
    assert pc.loads(model.to_json()).trainable == trained(keras.models.model_from_json(model.to_json()))


@pytest.mark.parametrize("name", sampled(MODELS, 5))
def test_a_layer_that_is_frozen_later(name: str, tmp_path: Path) -> None:
    model = MODELS[name]({})
    model.layers[1].trainable = False
    assert pc.from_keras(model).trainable == trained(model)
    assert pc.verify(model).ok
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    reading = pc.load(tmp_path / "m.keras")
    assert reading.trainable == trained(again)
    assert pc.verify(reading).ok


def test_a_part_of_a_layer_that_is_frozen(tmp_path: Path) -> None:
    model = MODELS["attention"]({})
    model.layers[1].query_dense.trainable = False
    reading = pc.from_keras(model)
    assert (reading.total, reading.trainable) == (model.count_params(), trained(model))


FAMILIES = sorted({rule.family for rule in adapter("keras").rules()})


@pytest.mark.exhaustive  # the audit's samples compare it for each rule, too
@pytest.mark.parametrize("family", FAMILIES)
def test_every_rule_says_how_far_a_constructor_freezes(family: str) -> None:
    asked = adapter("keras")
    for rule in rules().values():
        if rule.family == family and asked.has(rule):
            assert list(asked.split_mismatches(configurations(cases(rule)))) == []


def test_the_audit_compares_the_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pc.ConvLSTM1D, "inner", False)
    found = list(adapter("keras").split_mismatches(configurations(cases(pc.ConvLSTM1D))))
    assert "conv_lstm_cell/kernel" in found[0]


def _legacy(*layers: dict[str, Any], shape: list[Any]) -> str:
    entry = {"class_name": "InputLayer", "config": {"batch_input_shape": shape, "name": "x"}}
    config = {"name": "m", "layers": [entry, *layers]}
    return json.dumps({"class_name": "Sequential", "keras_version": "2.15.0", "config": config})


@pytest.mark.parametrize("around", [False, True])
def test_keras_2_freezes_what_is_inside(around: bool) -> None:
    frames = {"class_name": "ConvLSTM1D", "config": {"name": "c", "filters": 2, "kernel_size": [3], "trainable": False}}
    inner = {"class_name": "TimeDistributed", "config": {"name": "t", "layer": frames}} if around else frames
    shape = [None, *[3] * around, 6, 8, 2]
    reading = pc.loads(_legacy(inner, shape=shape))
    assert (reading.total, reading.trainable) == (104, 0)


def test_keras_2_freezes_attention() -> None:
    call = [[["x", 0, 0, {"value": ["x", 0, 0]}]]]
    options = {"name": "a", "num_heads": 2, "key_dim": 4, "trainable": False}
    layers = [
        {
            "class_name": "InputLayer",
            "name": "x",
            "config": {"batch_input_shape": [None, 6, 8], "name": "x"},
            "inbound_nodes": [],
        },
        {"class_name": "MultiHeadAttention", "name": "a", "config": options, "inbound_nodes": call},
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}
    text = json.dumps({"class_name": "Functional", "keras_version": "2.15.0", "config": config})
    reading = pc.loads(text)
    assert (reading.total, reading.trainable) == (288, 0)


@keras.saving.register_keras_serializable("own")
class Holder(L.Layer):
    """A layer of the user's own, with a weight of its own and those of a layer inside."""

    def build(self, shape: Any) -> None:
        self.scale = self.add_weight(shape=(shape[-1],), name="scale")
        self.inner = L.Dense(3)
        self.inner.build(shape)

    def call(self, x: Any) -> Any:
        return self.inner(x * self.scale)


def test_how_far_a_class_freezes_no_file_says(tmp_path: Path) -> None:
    model = _one(Holder(trainable=False))
    model.save(tmp_path / "m.keras")
    report = pc.load(tmp_path / "m.keras").report()
    assert (report.total, report.to_dict()["trainable"]) == (model.count_params(), None)
    assert pc.from_keras(model).trainable == trained(model)
