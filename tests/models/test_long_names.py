"""What files are told back of themselves: names in them are cut, wherever they stand, and nothing is said twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.errors import FileError, ParamcalcError, quoted

# Keras asks jax's arrays for a copy in a way that numpy warns of
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

LONG = "n" * 5_000
OTHER = "o" * 5_000


def tensor(label: str) -> dict[str, Any]:
    config = {"shape": [None, 4], "dtype": "float32", "keras_history": [label, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def dense(label: str, *read: str, **options: Any) -> dict[str, Any]:
    config = {"name": label, "units": 3, **options}
    calls = [{"args": [tensor(one) for one in read or ["x"]], "kwargs": {}}]
    return {"module": "keras.layers", "class_name": "Dense", "config": config, "name": label, "inbound_nodes": calls}


def functional(*layers: Any, out: str = LONG) -> dict[str, Any]:
    entry = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "x"}}
    config = {
        "name": "m",
        "layers": [{**entry, "name": "x", "inbound_nodes": []}, *layers],
        "input_layers": [["x", 0, 0]],
        "output_layers": [[out, 0, 0]],
    }
    return {"module": "keras", "class_name": "Functional", "config": config}


FILES: dict[str, Callable[[], Any]] = {
    "a size": lambda: functional(dense(LONG, units=-1)),
    "an option": lambda: functional(dense("a", **{LONG: 3}), out="a"),
    "no such layer": lambda: functional(dense("a")),
    "itself": lambda: functional(dense(LONG, LONG)),
    "a circle": lambda: functional(dense(LONG, OTHER), dense(OTHER, LONG)),
    "an argument": lambda: functional({**dense(LONG), "inbound_nodes": [{"args": [], "kwargs": {LONG: 3}}]}),
    "a class": lambda: {"module": "keras", "class_name": LONG, "config": {"layers": 3}},
    "a chain": lambda: {"module": "keras", "class_name": "Sequential", "config": {"layers": [dense(LONG)]}},
    "a spec": lambda: {"input": [4], "layers": [{"Dense": 3, "inputs": LONG}]},
    "a key": lambda: {"input": [4], "layers": [{LONG: 3}]},
    "Keras 2": lambda: {"class_name": "Sequential", "keras_version": "2.4", "config": [{"class_name": LONG}]},
}


@pytest.mark.parametrize("name", FILES)
def test_names_are_cut(name: str) -> None:
    try:
        said = "\n".join(pc.loads(json.dumps(FILES[name]())).report().warnings)
    except ParamcalcError as error:
        said = str(error)
    assert len(said) < 600
    assert "n" * 130 not in said


def test_a_circle_of_many_names_a_few() -> None:
    labels = [f"layer_{number}" for number in range(1_000)]
    layers = [dense(label, labels[place - 1]) for place, label in enumerate(labels)]
    with pytest.raises(ParamcalcError, match=r"'layer_0', 'layer_1'.*, … form a cycle") as caught:
        pc.loads(json.dumps(functional(*layers, out="layer_0")))
    assert len(str(caught.value)) < 250


def test_quoted() -> None:
    assert quoted("a'b") == '"a\'b"'
    assert quoted("n" * 80) == repr("n" * 80)
    assert quoted("n" * 81) == repr("n" * 79 + "…")


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.weights.h5", "m.json", "m"])
def test_an_empty_file_is_called_empty(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    with pytest.raises(FileError) as caught:
        pc.load(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: the file is empty; expected a model"


def test_weights_alone_say_why_they_cannot_be_built(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    pytest.importorskip("h5py")
    path = tmp_path / "m.weights.h5"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]).save_weights(path)
    with pytest.raises(ParamcalcError, match="'weights' cannot be built: the shape of its input is unknown"):
        pc.verify(pc.load(path))


def test_tensors_that_no_rule_speaks_of_do_not_agree_with_one(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    pytest.importorskip("h5py")

    @keras.saving.register_keras_serializable("said")
    class Mine(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
        def build(self, shape: Any) -> None:
            self.scale = self.add_weight(shape=(shape[-1],), name="scale")

        def call(self, x: Any) -> Any:
            return x * self.scale

    model = keras.Sequential([keras.Input((4,)), Mine(name="mine"), keras.layers.Dense(3)])
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"m{suffix}")
        found = pc.load(tmp_path / f"m{suffix}").report().to_dict()
        assert found["total"] == 4 + 15
        assert found["stored"]["agree"]
        assert found["stored"]["tensors"] == (2 if suffix == ".keras" else 0)  # where the rule had no shape to go by
