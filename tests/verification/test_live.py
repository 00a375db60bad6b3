"""Live Keras models: nesting, freezing and sharing read as Keras has them."""

from __future__ import annotations

import zipfile
from math import prod
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.graph.findings import Finding

keras = pytest.importorskip("keras")


def _nested_output() -> Any:
    x, inner = keras.Input((7,)), keras.Input((7,))
    return keras.Model(x, keras.Model(inner, keras.layers.Dense(3)(inner))(x))


def _nested_in_a_fixed_batch() -> Any:
    x, inner = keras.Input((7,), batch_size=3), keras.Input((7,))
    return keras.Model(x, keras.layers.Dense(2)(keras.Model(inner, keras.layers.Dense(3)(inner))(x)))


def _called_twice_and_put_out() -> Any:
    x, inner = keras.Input((None, 7)), keras.Input((None, 7))
    model = keras.Model(inner, keras.layers.Dense(7)(inner))
    first = model(x)
    return keras.Model(x, [first, keras.layers.Dense(3)(model(keras.layers.MaxPooling1D(2)(first)))])


def _frozen(passed: bool) -> Any:
    wrapped = keras.layers.TimeDistributed(keras.layers.Dense(2), **({"trainable": False} if passed else {}))
    chain = keras.Sequential([keras.Input((3, 2)), keras.layers.Dense(3)], **({"trainable": False} if passed else {}))
    if not passed:
        wrapped.trainable = chain.trainable = False
    x = keras.Input((3, 4))
    return keras.Model(x, keras.layers.Dense(2)(chain(wrapped(x))))


@pytest.mark.parametrize(
    "made",
    [
        _nested_output,
        _nested_in_a_fixed_batch,
        _called_twice_and_put_out,
        lambda: _frozen(passed=True),
        lambda: _frozen(passed=False),
    ],
)
def test_nesting_and_freezing_in_live_models(made: Any) -> None:
    model = made()
    assert pc.verify(model).ok
    reading = pc.from_keras(model)
    assert reading.total == model.count_params()
    assert reading.trainable == sum(prod(weight.shape) for weight in model.trainable_weights)


def test_a_layer_shared_across_levels_is_one() -> None:
    shared, x = keras.layers.Dense(4), keras.Input((5, 4))
    model = keras.Model(x, keras.layers.Add()([shared(x), keras.layers.TimeDistributed(shared)(x)]))
    assert pc.from_keras(model).total == model.count_params() == 20
    assert pc.verify(model).ok


@pytest.mark.parametrize("around", [pc.TimeDistributed, pc.Bidirectional])
def test_a_frozen_wrapper_freezes_what_it_holds(around: Any) -> None:
    inner = pc.LSTM(2) if around is pc.Bidirectional else pc.Dense(2)
    model = pc.Sequential([pc.Input((3, 4)), around(inner, trainable=False)])
    assert model.trainable == 0
    assert pc.verify(model).ok


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras, on its way to NumPy
def test_a_layer_first_used_inside_a_chain_is_one(tmp_path: Any) -> None:
    dense, x = keras.layers.Dense(4), keras.Input((4,))
    inner = keras.Sequential([keras.Input((4,)), dense, keras.layers.Dense(4)])
    model = keras.Model(x, dense(inner(x)))
    model.save(tmp_path / "m.keras")
    reading = pc.load(tmp_path / "m.keras")
    assert pc.from_keras(model).total == reading.total == model.count_params() == 40
    assert reading.report().warnings == []


def test_a_layer_on_two_levels_of_a_nested_model_counts_once() -> None:
    shared, deep, inner, x = keras.layers.Dense(4), keras.Input((4,)), keras.Input((4,)), keras.Input((4,))
    within = keras.Model(deep, shared(deep))
    nested = keras.Model(inner, keras.layers.Add()([shared(inner), within(inner)]), name="nested")
    model = keras.Model(x, nested(x))
    assert [row.params for row in pc.from_keras(model).rows] == [20]
    assert pc.verify(model).ok
    shared.trainable = False
    assert [row.trainable for row in pc.from_keras(model).rows] == [0]


def test_a_stack_of_cells_first_used_inside_a_model_and_then_beside_it_is_one() -> None:
    inner, x = keras.Input((3, 2)), keras.Input((3, 2))
    shared = keras.layers.Bidirectional(keras.layers.RNN([keras.layers.LSTMCell(2), keras.layers.GRUCell(2)]))
    within = keras.Model(inner, shared(inner))
    model = keras.Model(x, keras.layers.Add()([within(x), shared(x)]))
    assert pc.from_keras(model).total == model.count_params() == 2 * (40 + 36)


def test_within_one_nested_model_a_layer_that_stood_above_is_marked() -> None:
    shared, deep, inner, x = keras.layers.Dense(4), keras.Input((4,)), keras.Input((4,)), keras.Input((4,))
    within = keras.Model(deep, shared(deep))
    model = keras.Model(x, keras.Model(inner, within(shared(inner)))(x))
    (row,) = pc.from_keras(model).rows
    assert [(one.params, one.counted_above) for one in row.rows] == [(20, False), (20, True)]


def _stored_otherwise(path: Any) -> pc.Model:
    # the description says 4 units where the weights are those of 3
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, name="first")], name="inner")
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["config.json"] = entries["config.json"].replace(b'"units": 3', b'"units": 4')
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return pc.load(path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras, on its way to NumPy
def test_what_a_file_stores_otherwise_is_data_on_the_model(tmp_path: Any) -> None:
    reading = _stored_otherwise(tmp_path / "m.keras")
    told = "(4), (5, 4) only by its rule; (3), (5, 3) only in the file"
    assert reading.findings == (Finding("stored otherwise", "first", told),)
    assert not reading.holds
    assert reading.report().warnings == [f"first (Dense): stored otherwise: {told}"]
    assert pc.verify(reading).differences[0] == ("first", "stored tensors", "as the rules say", told)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras, on its way to NumPy
def test_findings_of_a_model_inside_another_are_found(tmp_path: Any) -> None:
    x = pc.Input((5,))
    outer = pc.Model(x, pc.Dense(2)(_stored_otherwise(tmp_path / "m.keras")(x)))
    (found,) = [one for one in pc.verify(outer).differences if one.what == "stored tensors"]
    assert found.layer == "inner/first"
