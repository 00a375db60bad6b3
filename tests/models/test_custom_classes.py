"""Classes of the user's own in archives: an archive may lack their weights, so what it stores is the least."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.report import Report

DATA = Path(__file__).parent.parent / "data" / "archives"


@pytest.mark.parametrize(
    ("name", "truth"), [("custom_nested_tuple_keras2.keras", 48), ("custom_cell_wrapper_keras2.keras", 312)]
)
def test_weights_that_keras_2_left_out_are_never_an_exact_zero(name: str, truth: int) -> None:
    report = pc.load(DATA / name).report()
    assert report.total <= truth
    assert not report.exact
    assert "a class may keep weights that Keras does not store" in report.warnings[0]
    assert report.to_dict()["layers"][0]["params"] is None


keras = pytest.importorskip("keras")
pytest.importorskip("h5py")
L = keras.layers
register = keras.saving.register_keras_serializable
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning", "ignore:You are saving your model", "ignore:Layer .* does not"
)


@register("own")
class Saving(L.Layer):
    """It saves its weights in a way of its own: not at all."""

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], 3), name="kernel")

    def call(self, x: Any) -> Any:
        return x @ self.kernel

    def compute_output_shape(self, shape: Any) -> Any:
        return (*shape[:-1], 3)

    def save_own_variables(self, store: Any) -> None:
        pass

    def load_own_variables(self, store: Any) -> None:
        pass


@register("own")
class Dicts(L.Layer):
    """It holds layers in containers within containers, and one that stands alone."""

    def build(self, shape: Any) -> None:
        self.alone = L.Dense(2)
        self.alone.build(shape)
        self.held = {"a": {"b": L.Dense(3)}, "c": ((L.Dense(4),),)}
        self.held["a"]["b"].build(shape)
        self.held["c"][0][0].build(shape)

    def call(self, x: Any) -> Any:
        return self.alone(x)


@register("own")
class SavingCell(L.Layer):
    """A cell that saves its weights in a way of its own."""

    def __init__(self, units: int = 3, **others: Any) -> None:
        super().__init__(**others)
        self.units = self.state_size = self.output_size = units

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")

    def call(self, x: Any, states: Any) -> Any:
        h = x @ self.kernel + states[0]
        return h, [h]

    def save_own_variables(self, store: Any) -> None:
        pass

    def load_own_variables(self, store: Any) -> None:
        pass


@register("own")
class InCode(keras.Model):
    """A model in code with weights of its own that it does not save."""

    def __init__(self, **others: Any) -> None:
        super().__init__(**others)
        self.inner = Saving()

    def call(self, x: Any) -> Any:
        return self.inner(x)


def chain(*layers: Any, shape: tuple[int, ...] = (5, 4)) -> Any:
    return keras.Sequential([keras.Input(shape), *layers])


def saved(model: Any, path: Path, version: str | None = None) -> Report:
    model.save(path / "m.keras")
    if version:
        with zipfile.ZipFile(path / "m.keras") as archive:
            held = {name: archive.read(name) for name in archive.namelist()}
        held["metadata.json"] = json.dumps({"keras_version": version}).encode()
        with zipfile.ZipFile(path / "m.keras", "w") as archive:
            for name, content in held.items():
                archive.writestr(name, content)
    return pc.load(path / "m.keras").report()


def _called(model: Any) -> Any:
    model(keras.ops.zeros((1, 5, 4)))
    return model


MODELS: dict[str, Any] = {
    "alone": lambda: chain(Saving(), L.Dense(2)),
    "wrapped": lambda: chain(L.TimeDistributed(Saving()), L.Dense(2)),
    "wrapped twice": lambda: chain(L.TimeDistributed(L.TimeDistributed(Saving())), shape=(3, 5, 4)),
    "a cell": lambda: chain(L.RNN(SavingCell()), L.Dense(2)),
    "a stack with one known cell": lambda: chain(L.RNN([L.LSTMCell(3), SavingCell()])),
    "a stack with one known cell, the other first": lambda: chain(L.RNN([SavingCell(), L.LSTMCell(3)])),
    "nested": lambda: chain(chain(Saving(), L.Dense(3)), L.Dense(2)),
    "in code": lambda: _called(InCode()),
}


@pytest.mark.parametrize("name", MODELS)
def test_what_a_class_does_not_save_makes_the_total_the_least(name: str, tmp_path: Path) -> None:
    model = MODELS[name]()
    report = saved(model, tmp_path)
    assert report.total < model.count_params()
    assert not report.exact


def test_keras_before_3_15_stored_nothing_of_containers_within_containers(tmp_path: Path) -> None:
    model = chain(Dicts())
    now = saved(model, tmp_path)
    assert (now.total, now.exact) == (model.count_params(), True)
    before = saved(model, tmp_path, "3.7.0")
    assert not before.exact
    assert "Keras 3.7 stores no layers that a class holds in a container within another" in before.warnings[0]


def test_a_lambda_has_no_weights_that_keras_would_count(tmp_path: Path) -> None:
    model = chain(L.Lambda(lambda x: x * 2, name="twice"), L.TimeDistributed(L.Lambda(lambda x: x * 2)), L.Dense(2))
    report = saved(model, tmp_path)
    assert (report.total, report.exact) == (model.count_params(), True)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "in code"])
def test_a_legacy_file_lists_all_that_keras_counts(name: str, tmp_path: Path) -> None:
    model = MODELS[name]()
    model.save(tmp_path / "m.h5")
    report = pc.load(tmp_path / "m.h5").report()
    assert report.total <= model.count_params()
    assert not report.exact or report.total == model.count_params()


# --- classes of libraries that extend a layer of Keras ----------------------------------------------------------


def test_a_thin_class_of_a_library_counts_by_the_rule_of_the_layer() -> None:
    reading = pc.load(DATA / "hub_reversible.keras")
    report = reading.report()
    assert (report.total, report.exact, report.trainable, report.holds) == (800, True, 800, True)
    name = "reversible_embedding (ReversibleEmbedding)"
    assert report.warnings == [f"{name}: a class of keras_hub, by the rule of ReversibleEmbedding"]
    assert pc.verify(reading).ok


def _described(kind: str, module: str, registered: str, **config: Any) -> str:
    entry = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 7], "name": "x"}}
    found = {"module": module, "class_name": kind, "registered_name": registered, "config": config}
    return json.dumps({"module": "keras", "class_name": "Sequential", "config": {"layers": [entry, found]}})


@pytest.mark.parametrize(
    ("kind", "module", "config", "total", "exact"),
    [
        ("ReversibleEmbedding", "keras_nlp.src.layers", {"input_dim": 9, "output_dim": 4}, 36, True),
        (
            "ReversibleEmbedding",
            "keras_hub.src.layers",
            {"input_dim": 9, "output_dim": 4, "tie_weights": False},
            72,
            True,
        ),
        ("Embedding", "keras_hub.src.layers", {"input_dim": 9, "output_dim": 4}, 36, True),
        ("Embedding", "keras_hub.src.layers", {"input_dim": 9, "output_dim": 4, "projected": 3}, 0, False),
        ("Embedding", "keras_hub.src.layers", {"output_dim": 4}, 0, False),
        ("PositionEmbedding", "keras_hub.src.layers", {"sequence_length": 7}, 0, False),
        ("Embedding", "mine.layers", {"input_dim": 9, "output_dim": 4}, 0, False),
    ],
)
def test_which_classes_are_thin(kind: str, module: str, config: dict[str, Any], total: int, exact: bool) -> None:
    package = module.partition(".")[0]
    report = pc.loads(_described(kind, module, f"{package}>{kind}", name="e", **config)).report()
    assert (report.total, report.exact) == (total, exact)
