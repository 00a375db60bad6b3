"""Layers that stand in several places: one set of weights, live and in every kind of file."""

from __future__ import annotations

import json
import zipfile
from math import prod
from pathlib import Path
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.errors import ShapeError

DATA = Path(__file__).parent.parent / "data" / "archives"
LISTED = "stored for another layer as well, to judge by their name, and counted there"


@pytest.mark.parametrize("name", ["shared_nested_keras2.keras", "shared_cell_twice.keras"])
def test_archives_store_a_shared_layer_once(name: str) -> None:
    report = pc.load(DATA / name).report()
    assert (report.total, report.exact, report.warnings) == (544, True, [])
    assert report.rows[0].formula is not None
    assert report.rows[0].formula.value == 544


def test_a_legacy_file_that_lists_one_tensor_twice_does_not_say_whether_it_is_one() -> None:
    report = pc.load(DATA / "shared_with_wrapper.h5").report()
    assert (report.total, report.exact, report.holds) == (36, False, True)
    assert report.warnings == [f"dense (Dense): 2 tensors {LISTED}"]


def test_a_cell_in_two_places_needs_inputs_of_one_size() -> None:
    cell = pc.LSTMCell(8)
    assert pc.Sequential([pc.Input((5, 8)), pc.RNN([cell, cell])]).total == 544
    with pytest.raises(ShapeError, match="is used in several places"):
        _ = pc.Sequential([pc.Input((5, 3)), pc.RNN([cell, cell])]).total


keras = pytest.importorskip("keras")
pytest.importorskip("h5py")
L = keras.layers
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning", "ignore:You are saving")


def graph(draw: Any, shape: tuple[int, ...] = (5, 8)) -> Any:
    x = keras.Input(shape)
    return keras.Model(x, draw(x))


def chain(*layers: Any, shape: tuple[int, ...] = (5, 8), name: str | None = None) -> Any:
    return keras.Sequential([keras.Input(shape), *layers], name=name)


def _wrapper(first: bool) -> Any:
    d = L.Dense(4)
    if first:
        return graph(lambda x: L.Add()([L.TimeDistributed(d)(x), d(x)]))
    return graph(lambda x: L.Add()([d(x), L.TimeDistributed(d)(x)]))


def _cells(*places: int) -> Any:
    cells = [L.LSTMCell(8), L.GRUCell(8)]
    return graph(lambda x: L.Dense(2)(L.RNN([cells[at] for at in places])(x)))


def _cell_of_two_loops() -> Any:
    cell = L.GRUCell(8)
    return graph(lambda x: L.RNN(cell)(L.RNN(cell, return_sequences=True)(x)))


def _normalized(first: bool, timed: bool = False) -> Any:
    d = L.Dense(8)
    around = L.SpectralNormalization(d)
    around = L.TimeDistributed(around) if timed else around
    shape = (5, 8) if timed else (8,)
    return graph((lambda x: d(around(x))) if first else (lambda x: around(d(x))), shape)


def _backward() -> Any:
    back = L.LSTM(8, go_backwards=True, return_sequences=True)
    both = L.Bidirectional(L.LSTM(8, return_sequences=True), backward_layer=back)
    return graph(lambda x: L.Concatenate()([both(x), back(x)]))


def _nested(first: bool) -> Any:
    lstm = L.LSTM(8, return_sequences=True)
    inner = chain(lstm)
    return graph((lambda x: lstm(inner(x))) if first else (lambda x: inner(lstm(x))))


def _two_nested() -> Any:
    d = L.Dense(8)
    one, other = chain(d, name="one"), chain(d, name="other")
    return graph(lambda x: other(one(x)))


def _model_in_a_wrapper() -> Any:
    d = L.Dense(8)
    inner = chain(d, shape=(8,))
    return graph(lambda x: d(L.TimeDistributed(inner)(x)))


MODELS: dict[str, Any] = {
    "with a wrapper before": lambda: _wrapper(first=True),
    "with a wrapper behind": lambda: _wrapper(first=False),
    "a cell twice": lambda: _cells(0, 0),
    "a cell twice, another between": lambda: _cells(0, 1, 0),
    "a cell of two loops": _cell_of_two_loops,
    "normalized before": lambda: _normalized(first=True),
    "normalized behind": lambda: _normalized(first=False),
    "normalized over time": lambda: _normalized(first=True, timed=True),
    "the backward layer": _backward,
    "nested before": lambda: _nested(first=True),
    "nested behind": lambda: _nested(first=False),
    "two nested models": _two_nested,
    "a model in a wrapper": _model_in_a_wrapper,
}


def split(model: Any) -> tuple[int, int]:
    every, learning = ({id(one): one for one in side}.values() for side in (model.weights, model.trainable_weights))
    return sum(prod(one.shape) for one in every), sum(prod(one.shape) for one in learning)


@pytest.mark.parametrize("name", MODELS)
def test_shared_layers_count_once(name: str, tmp_path: Path) -> None:
    model = MODELS[name]()
    total, trainable = split(model)
    model.save(tmp_path / "m.keras")
    for reading in (pc.from_keras(model), pc.load(tmp_path / "m.keras")):
        report = reading.report()
        assert (report.total, report.trainable, report.exact, report.warnings) == (total, trainable, True, [])
    model.save(tmp_path / "m.h5")
    report = pc.load(tmp_path / "m.h5").report()
    assert report.total <= total
    assert not report.exact


@pytest.mark.parametrize("name", [name for name in MODELS if "backward" not in name])
def test_what_is_stored_tells_of_twins_without_numbers(name: str, tmp_path: Path) -> None:
    # as Keras 2.15 writes descriptions: what stands in a second place has no number there
    model = MODELS[name]()
    total, _ = split(model)
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        held = {part: archive.read(part) for part in archive.namelist()}
    held["config.json"] = json.dumps(_without_numbers(json.loads(held["config.json"]))).encode()
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        for part, content in held.items():
            archive.writestr(part, content)
    report = pc.load(tmp_path / "m.keras").report()
    assert (report.total, report.exact) == (total, True)


def _without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_numbers(one) for key, one in value.items() if key != "shared_object_id"}
    return [_without_numbers(one) for one in value] if isinstance(value, list) else value


def test_layers_of_one_name_with_weights_of_their_own_are_two(tmp_path: Path) -> None:
    one, other = chain(L.Dense(8, name="d"), name="one"), chain(L.Dense(8, name="d"), name="other")
    model = graph(lambda x: other(one(x)))
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"m{suffix}")
        report = pc.load(tmp_path / f"m{suffix}").report()
        assert (report.total, report.exact) == (model.count_params(), True)


@keras.saving.register_keras_serializable("own")
class Holder(L.Layer):
    """A layer of the user's own that holds another one."""

    def __init__(self, inner: Any = None, **others: Any) -> None:
        super().__init__(**others)
        self.inner = inner

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}

    def call(self, x: Any) -> Any:
        return self.inner(x)


def test_what_a_class_holds_of_a_layer_beside_it_is_the_least(tmp_path: Path) -> None:
    d = L.Dense(8)
    model = graph(lambda x: d(Holder(d)(x)))
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"m{suffix}")
        report = pc.load(tmp_path / f"m{suffix}").report()
        assert report.total <= model.count_params()
        assert not report.exact
