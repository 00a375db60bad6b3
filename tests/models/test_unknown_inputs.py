"""What is said where the shape that comes in is unknown: the weights may be, the work is, and no zero is meant."""

from __future__ import annotations

from typing import Any

import pytest
from by_hand import TABLE

from paramcalc import Model
from paramcalc.core.built import Weight
from paramcalc.core.shapes import UNKNOWN_SHAPE
from paramcalc.formats.keras.config import from_config

PLAIN = [line for line in TABLE if not getattr(line[0], "expects", None)]


@pytest.mark.parametrize(
    ("layer", "inputs", "count"), [line[:3] for line in PLAIN], ids=[str(line[0]) for line in PLAIN]
)
def test_a_layer_without_weights_has_none_on_any_input(layer: Any, inputs: list[Any], count: int) -> None:
    built = layer.on(*[UNKNOWN_SHAPE] * len(inputs))
    assert bool(built.unknown) == (count > 0 and not built.weights)
    assert built.weights or not built.costed


def chain(*layers: Any) -> Model:
    entry = {"module": "keras.layers", "class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 6]}}
    made = [
        {"module": "keras.layers", "class_name": kind, "config": {"name": kind.lower(), **rest}}
        for kind, rest in layers
    ]
    return from_config({"class_name": "Sequential", "config": {"name": "m", "layers": [entry, *made]}})


def test_the_cost_is_the_least_there_can_be() -> None:
    report = chain(
        ("Dense", {"units": 2}), ("Lambda", {}), ("Dropout", {"rate": 0.1}), ("Dense", {"units": 3, "name": "last"})
    ).report()
    found = report.to_dict()
    assert (found["total"], found["exact"], found["macs"], found["macs_exact"]) == (14, False, 12, False)
    assert [row["params"] for row in found["layers"]] == [14, None, 0, None]
    assert [row["macs"] for row in found["layers"]] == [12, None, None, None]
    assert "at least 12 for one sample" in str(report)
    assert [warning.split()[0] for warning in report.warnings] == ["lambda", "last"]


def test_a_model_known_throughout_says_so() -> None:
    report = chain(("Dense", {"units": 2}), ("Dropout", {"rate": 0.1})).report()
    assert report.to_dict()["macs_exact"] is True
    assert "at least" not in str(report)


def test_a_split_that_no_file_states_is_no_number() -> None:
    found = {"module": "mine", "class_name": "Mine", "config": {"name": "m"}}
    weights = (Weight("0", (5, 3)), Weight("1", (3,)))
    for frozen in (False, True):
        config = {**found, "config": {"name": "m", "trainable": not frozen}}
        report = from_config(config, lambda name, kind: weights).report()
        told = report.to_dict()
        split = (0, 18) if frozen else (None, None)
        assert (told["total"], told["trainable"], told["non_trainable"]) == (18, *split)
        assert (told["layers"][0]["trainable"], told["layers"][0]["non_trainable"]) == split
        assert ("trainable   at most 18, a guess" in str(report)) != frozen
        csv = report.render("csv").splitlines()[1].split(",")
        assert csv[-5:-3] == (["0", "18"] if frozen else ["", ""])
