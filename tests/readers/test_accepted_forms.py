"""Forms that Keras accepts: states by keyword, attention over no axis, sizes of an input that stand at a layer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.errors import OptionError, ParamcalcError

DATA = Path(__file__).parent.parent / "data" / "archives"


# --- calls -----------------------------------------------------------------------------------------------------


def test_a_cell_is_handed_its_states_by_keyword() -> None:
    report = pc.load(DATA / "cell_states_by_keyword.json").report()
    assert (report.total, report.exact) == (510, True)
    assert report.rows[0].reads == (("input_layer_4", 0), ("input_layer_5", 0))


def test_a_keyword_that_no_rule_knows_is_named_without_internal_objects() -> None:
    text = (DATA / "cell_states_by_keyword.json").read_text().replace('"states"', '"memories"')
    with pytest.raises(ParamcalcError) as caught:
        pc.loads(text)
    assert "called with 'memories'" in str(caught.value)
    assert "Tensor(" not in str(caught.value)


keras = pytest.importorskip("keras")
L = keras.layers


@pytest.mark.parametrize("positional", [True, False])
@pytest.mark.parametrize("cell", [lambda: L.LSTMCell(4), lambda: L.SimpleRNNCell(4), lambda: L.GRUCell(4)])
def test_states_of_any_cell(cell: Any, positional: bool) -> None:
    made = cell()
    states = [keras.Input((4,)) for _ in range(2 if isinstance(made, L.LSTMCell) else 1)]
    x = keras.Input((3,))
    out, _ = made(x, states) if positional else made(x, states=states)
    model = keras.Model([x, *states], out)
    reading = pc.loads(model.to_json())
    assert (reading.total, reading.report().exact) == (model.count_params(), True)
    assert pc.verify(reading).ok


# --- attention -------------------------------------------------------------------------------------------------


def test_attention_on_two_axes() -> None:
    reading = pc.load(DATA / "attention_on_two_axes.json")
    assert (reading.total, reading.report().exact) == (468, True)
    assert reading.rows[0].outputs[0][1:] == (18,)
    assert pc.verify(reading).ok


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((8,), None),
        ((8,), ()),
        ((5, 8), ()),
        ((5, 6, 8), (1,)),
        ((5, 6, 8), (2,)),
        ((5, 6, 8), (1, 2)),
        ((5, 6, 8), ()),
    ],
)
def test_attention_over_any_axes(shape: tuple[int, ...], axes: Any) -> None:
    x = keras.Input(shape)
    model = keras.Model(x, L.MultiHeadAttention(2, 3, attention_axes=axes)(x, x))
    for reading in (pc.from_keras(model), pc.loads(model.to_json())):
        assert (reading.total, reading.report().exact) == (model.count_params(), True)
        assert pc.verify(reading).ok


# --- the input of a first layer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "shape", "total"),
    [
        (lambda: pc.LSTM(2, input_dim=3), (None, 3), 48),
        (lambda: pc.GRU(2, input_dim=3, input_length=7), (7, 3), 42),
        (lambda: pc.SimpleRNN(2, input_length=7, input_dim=3), (7, 3), 12),
        (lambda: pc.RNN(pc.LSTMCell(2), input_dim=3), (None, 3), 48),
        (lambda: pc.Conv1D(4, 3, input_dim=3, input_length=9), (9, 3), 40),
        (lambda: pc.Embedding(10, 3, input_length=6), (6,), 30),
        (lambda: pc.Dense(3, input_dim=4), (4,), 15),
    ],
)
def test_sizes_of_the_input_at_the_first_layer(layer: Any, shape: tuple[int | None, ...], total: int) -> None:
    model = pc.Sequential([layer()])
    (found,) = model.input_shapes
    assert tuple(size if isinstance(size, int) else None for size in found[1:]) == shape
    assert model.total == total


def test_a_dense_layer_has_no_length() -> None:
    with pytest.raises(OptionError, match="no option 'input_length'"):
        pc.Dense(3, input_length=4)


def test_sizes_of_the_input_in_a_spec() -> None:
    assert pc.loads("layers:\n  - LSTM: {units: 2, input_dim: 3}\n").total == 48
    assert pc.loads("layers:\n  - Conv1D: {filters: 4, kernel_size: 3, input_dim: 3, input_length: 9}\n").total == 40
    assert pc.loads("layers:\n  - Embedding: {input_dim: 10, output_dim: 3, input_length: 6}\n").total == 30


def _keras_1(*layers: tuple[str, dict[str, Any]]) -> str:
    config = [{"class_name": kind, "config": {"name": f"l{at}", **one}} for at, (kind, one) in enumerate(layers)]
    return json.dumps({"class_name": "Sequential", "keras_version": "1.2.2", "config": config})


@pytest.mark.parametrize(
    ("kind", "config", "shape", "total"),
    [
        ("Convolution1D", {"nb_filter": 4, "filter_length": 3, "input_dim": 3, "input_length": 9}, (9, 3), 40),
        ("LSTM", {"output_dim": 4, "input_dim": 3, "input_length": None}, (None, 3), 128),
        ("Embedding", {"output_dim": 4, "input_dim": 30, "input_length": 7}, (7,), 120),
        ("Dense", {"output_dim": 4, "input_dim": 30}, (30,), 124),
    ],
)
def test_sizes_of_the_input_in_a_file_of_keras_1(
    kind: str, config: dict[str, Any], shape: tuple[int | None, ...], total: int
) -> None:
    model = pc.loads(_keras_1((kind, config)))
    assert tuple(size if isinstance(size, int) else None for size in model.input_shapes[0][1:]) == shape
    assert (model.total, model.report().exact) == (total, True)


# --- specs -----------------------------------------------------------------------------------------------------


def test_trainable_stands_beside_a_layer_or_inside_it() -> None:
    beside = "input: [4]\nlayers:\n  - Dense: 3\n    trainable: false\n    repeat: 2\n  - Dense: {units: 2}\n"
    inside = "input: [4]\nlayers:\n  - Dense: {units: 3, trainable: false, repeat: 2}\n  - Dense: {units: 2}\n"
    for text in (beside, inside):
        assert (pc.loads(text).total, pc.loads(text).trainable) == (15 + 12 + 8, 8)
    wrapped = "input: [5, 4]\nlayers:\n  - Bidirectional: {layer: {LSTM: 3, trainable: false}}\n    name: both\n"
    assert pc.loads(wrapped).trainable == 0
    nested = "input: [4]\nlayers:\n  - Sequential: [Dense: 3]\n    trainable: false\n  - Dense: 2\n"
    assert pc.loads(nested).trainable == 8
    with pytest.raises(OptionError, match="given twice"):
        pc.loads("input: [4]\nlayers:\n  - Dense: {units: 3, trainable: false}\n    trainable: false\n")


# --- options of Keras 2, and Lambdas ---------------------------------------------------------------------------


def _keras_2(shape: list[Any], *layers: tuple[str, dict[str, Any]]) -> str:
    entry = {"class_name": "InputLayer", "config": {"batch_input_shape": shape, "name": "x"}}
    found = [{"class_name": kind, "config": {"name": f"l{at}", **one}} for at, (kind, one) in enumerate(layers)]
    config = {"name": "m", "layers": [entry, *found]}
    return json.dumps({"class_name": "Sequential", "keras_version": "2.15.0", "config": config})


@pytest.mark.parametrize("sequences", [True, False])
def test_time_steps_before_the_batch(sequences: bool) -> None:
    options = {"units": 3, "return_sequences": sequences}
    dense = ("Dense", {"units": 2})
    major = pc.loads(_keras_2([7, 5, 4], ("LSTM", {**options, "time_major": True}), dense)).report()
    minor = pc.loads(_keras_2([5, 7, 4], ("LSTM", options), dense)).report()
    assert (major.total, major.exact, major.macs) == (minor.total, True, minor.macs)
    assert major.outputs == [(7, 5, 2) if sequences else (5, 2)]


def test_time_steps_before_the_batch_in_wrappers_and_of_cells() -> None:
    inner = {"class_name": "GRU", "config": {"name": "g", "units": 3, "time_major": True, "return_sequences": True}}
    report = pc.loads(_keras_2([7, 5, 4], ("Bidirectional", {"layer": inner}))).report()
    assert (report.total, report.exact, report.outputs) == (144, True, [(7, 5, 6)])
    cell = {"class_name": "GRUCell", "config": {"name": "g", "units": 3}}
    report = pc.loads(_keras_2([7, 5, 4], ("RNN", {"cell": cell, "time_major": True}))).report()
    assert (report.total, report.exact, report.outputs) == (72, True, [(5, 3)])


@pytest.mark.parametrize(("sizes", "least"), [([5, 2], 9), ([None, 3], 12), ([2], 9), (None, 0)])
def test_a_lambda_that_states_its_output_shape(sizes: list[int | None] | None, least: int) -> None:
    function = {"class_name": "__lambda__", "config": {"code": "", "defaults": None, "closure": None}}
    layers = [
        ("InputLayer", {"batch_shape": [None, 5, 4], "name": "x"}),
        ("Lambda", {"name": "f", "function": function, "output_shape": sizes}),
        ("Dense", {"name": "d", "units": 3}),
    ]
    found = [{"module": "keras.layers", "class_name": kind, "config": config} for kind, config in layers]
    text = json.dumps({"module": "keras", "class_name": "Sequential", "config": {"layers": found}})
    report = pc.loads(text).report()
    assert (report.total, report.exact) == (least, False)


# --- folders ---------------------------------------------------------------------------------------------------


def _folder(tmp_path: Path) -> tuple[Any, Path]:
    pytest.importorskip("h5py")
    model = keras.Sequential([keras.Input((5, 8)), L.LSTM(3), L.Dense(2)])
    model.save(tmp_path / "m", zipped=False)
    return model, tmp_path / "m"


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_folder_is_read_as_an_archive_is(tmp_path: Path) -> None:
    model, folder = _folder(tmp_path)
    report = pc.load(folder).report()
    assert (report.total, report.exact, report.stored, report.warnings) == (model.count_params(), True, 5, [])


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_folder_that_lacks_a_part(tmp_path: Path) -> None:
    model, folder = _folder(tmp_path)
    (folder / "metadata.json").unlink()
    (folder / "model.weights.h5").unlink()
    report = pc.load(folder).report()
    assert (report.total, report.warnings) == (
        model.count_params(),
        ["there is no model.weights.h5 to hold the rules against"],
    )
    (folder / "config.json").write_text("{")
    with pytest.raises(ParamcalcError, match=r"config\.json"):
        pc.load(folder)
    (folder / "config.json").unlink()
    with pytest.raises(ParamcalcError, match="this is a folder without a model"):
        pc.load(folder)
