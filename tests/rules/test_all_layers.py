"""Every layer of the installed Keras is a rule, another name of one, or said to be none."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from paramcalc.core.registry import rules
from paramcalc.rules.keras.unknown import OPAQUE

keras = pytest.importorskip("keras")

NO_LAYERS = {
    "InputLayer": "an input, which is a tensor here",
    "InputSpec": "a check of inputs",
    "Layer": "what every layer is made of",
    "Wrapper": "what every wrapper is made of",
}
CLASSES: dict[str, Any] = {name: value for name, value in vars(keras.layers).items() if inspect.isclass(value)}


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_layer_is_known(name: str) -> None:
    same = {other for other, value in CLASSES.items() if value is CLASSES[name]}
    found = [bool(same & set(rules())), name in OPAQUE, name in NO_LAYERS]
    assert sum(found) == 1, f"{name} is {'said to be several things' if any(found) else 'unknown'}"


def test_nothing_else_is_said() -> None:
    assert OPAQUE.keys() | NO_LAYERS.keys() <= CLASSES.keys()
    assert all(10 < len(why) < 110 for why in OPAQUE.values())
