"""Files that contradict themselves: a layer was built on one input and reads another. The fewer weights count."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.errors import ShapeError

DATA = Path(__file__).parent.parent / "data" / "archives"


def layer(kind: str, built: Any = None, **config: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}
    if built is not None:
        found["build_config"] = {"input_shape": built}
    return found


def chain(shape: list[Any], *layers: dict[str, Any]) -> str:
    entry = layer("InputLayer", batch_shape=shape, name="x")
    return json.dumps({"module": "keras", "class_name": "Sequential", "config": {"layers": [entry, *layers]}})


def test_cells_built_on_another_input() -> None:
    report = pc.load(DATA / "contradictory_cells.json").report()
    assert (report.total, report.exact) == (204, False)
    (warning,) = report.warnings
    assert "gru_cell (GRUCell): the file contradicts itself" in warning
    assert "built on (B, 3), and it reads (B, 4)" in warning


CASES: dict[str, tuple[list[Any], dict[str, Any], int]] = {
    "dense, fewer": ([None, 4], layer("Dense", [None, 3], name="d", units=2), 8),
    "dense, more": ([None, 4], layer("Dense", [None, 9], name="d", units=2), 10),
    "lstm": ([None, 5, 4], layer("LSTM", [None, 5, 3], name="l", units=2), 48),
    "in a wrapper": (
        [None, 5, 4],
        layer("TimeDistributed", name="t", layer=layer("Dense", [None, 3], name="d", units=2)),
        8,
    ),
    "both ways": (
        [None, 5, 4],
        layer("Bidirectional", name="b", layer=layer("LSTM", [None, 5, 3], name="l", units=2)),
        96,
    ),
    "normalized": (
        [None, 4],
        layer("SpectralNormalization", name="s", layer=layer("Dense", [None, 3], name="d", units=2)),
        10,
    ),
    "convolution": ([None, 8, 8, 3], layer("Conv2D", [None, 8, 8, 1], name="c", filters=2, kernel_size=[3, 3]), 20),
}


GRU_CELL = layer("GRUCell", name="c", units=3)
UNFIT = {
    "a loop without steps": ([None, 4], layer("RNN", [None, 5, 4], name="r", cell=GRU_CELL), 81),
    "a layer without steps": ([None, 4], layer("LSTM", [None, 5, 4], name="l", units=2), 56),
    "an image without a height": (
        [None, 8, 3],
        layer("Conv2D", [None, 8, 8, 3], name="c", filters=2, kernel_size=3),
        56,
    ),
    "a model": ([None, 5], json.loads(chain([None, 4], layer("Dense", name="d", units=2))), 10),
    "a model of fewer axes": ([None, 5, 4], json.loads(chain([None, 4], layer("Dense", name="d", units=2))), 10),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_does_not_fit_what_it_reads_counts_as_it_was_built(name: str) -> None:
    shape, found, least = UNFIT[name]
    report = pc.loads(chain(shape, found, layer("Dense", [None, 3], name="last", units=2))).report()
    assert (report.total, report.exact) == (least + 8, False)
    assert "contradicts itself" in report.warnings[0]


def test_what_a_file_says_nothing_of_is_refused_where_it_does_not_fit() -> None:
    with pytest.raises(ShapeError, match="LSTM does not take an input of 2 axes"):
        pc.loads(chain([None, 4], layer("LSTM", name="l", units=2))).report()
    with pytest.raises(ShapeError, match="was built for another input"):
        pc.Sequential([pc.Input((5,)), pc.Sequential([pc.Input((4,)), pc.Dense(2)])]).report()


@pytest.mark.parametrize("name", CASES)
def test_the_fewer_weights_count(name: str) -> None:
    shape, found, least = CASES[name]
    report = pc.loads(chain(shape, found)).report()
    assert (report.total, report.exact) == (least, False)
    assert "contradicts itself" in report.warnings[0]


@pytest.mark.parametrize("name", CASES)
def test_a_file_that_agrees_with_itself_is_exact(name: str) -> None:
    shape, found, _ = CASES[name]
    report = pc.loads(chain(shape, _agreeing(found))).report()
    assert (report.exact, report.warnings) == (True, [])


def _agreeing(found: dict[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(found)
    found.pop("build_config", None)
    if "layer" in found["config"]:
        found["config"]["layer"] = _agreeing(found["config"]["layer"])
    return found


def test_lengths_are_no_contradiction() -> None:
    found = layer("LSTM", [None, 7, 4], name="l", units=2)
    assert pc.loads(chain([None, 5, 4], found)).report().exact


def test_what_cannot_be_built_so_is_no_contradiction() -> None:
    found = layer("LSTM", [None, 4], name="l", units=2)
    assert pc.loads(chain([None, 5, 4], found)).total == 56
