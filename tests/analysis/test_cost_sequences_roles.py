"""Whether a layer works on each time step alone, held against Keras: a changed step changes no other one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import paramcalc as pc
from paramcalc.analysis.cost import cost
from paramcalc.analysis.cost.passes import Training, parts_on, uses
from paramcalc.analysis.cost.sequences import ATTENTION, BY_STEP, EACH_STEP, LOOP, MIXES, in_order
from paramcalc.core.registry import rules
from paramcalc.errors import OptionError

T, D, CHANGED = 5, 4, 2
OPTIONS: dict[str, dict[str, Any]] = {
    "Dense": {"units": 3},
    "Embedding": {"input_dim": 9, "output_dim": 3},
    "ReversibleEmbedding": {"input_dim": 9, "output_dim": 3},
    "Activation": {"activation": "tanh"},
    "Dropout": {"rate": 0.5},
    "AlphaDropout": {"rate": 0.5},
    "GaussianDropout": {"rate": 0.5},
    "SpatialDropout1D": {"rate": 0.5},
    "GaussianNoise": {"stddev": 1.0},
    "Conv1D": {"filters": 3, "kernel_size": 3, "padding": "same"},
    "DepthwiseConv1D": {"kernel_size": 2, "padding": "same"},
    "LSTM": {"units": 3, "return_sequences": True},
    "GroupNormalization": {"groups": 2},
}
TOKENS = ("Embedding", "ReversibleEmbedding")
TWO = ("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate")
FAMILIES = ("core", "elementwise", "normalization", "merging", "convolutional", "recurrent", "attention", "pooling")


def role(name: str, options: dict[str, Any]) -> str:
    layer = rules("keras")[name](**options)
    if name in TWO:
        one, other = pc.Input((T, D)), pc.Input((T, D))
        model = pc.Model([one, other], layer([one, other]))
    else:
        x = pc.Input((T,) if name in TOKENS else (T, D))
        model = pc.Model(x, layer(x) if name != "MultiHeadAttention" else layer(x, x))
    parts = parts_on(model, model.input_shapes)
    found, _ = uses(model, parts, Training(lambda _: True, frozenset()), [False] * len(model.input_shapes))
    return in_order(model, found).uses[0].role


def changed_steps(name: str, options: dict[str, Any]) -> set[int]:
    """List the steps of the output that change with one step of the input."""
    import keras

    layer = getattr(keras.layers, name)(**options)
    draw = np.random.default_rng(0)
    x = draw.integers(0, 9, (1, T)) if name in TOKENS else draw.normal(size=(1, T, D)).astype("float32")
    other = x.copy()
    other[:, CHANGED] = (x[:, CHANGED] + 1) % 9 if name in TOKENS else -x[:, CHANGED] + 0.5

    def run(value: Any) -> Any:
        training = {"training": True} if name == "BatchNormalization" else {}
        given = [value, value] if name in TWO else value
        return np.asarray(layer(given, value) if name == "MultiHeadAttention" else layer(given, **training))

    before, after = run(x), run(other)
    if before.shape[1:2] != (T,):
        return set()
    return {t for t in range(T) if not np.allclose(before[:, t], after[:, t])}


def cases() -> list[tuple[str, dict[str, Any]]]:
    plain = [
        (name, OPTIONS.get(name, {}))
        for name, rule in rules("keras").items()
        if rule.family in FAMILIES
        and all(option.name in OPTIONS.get(name, {}) or option.default is not ... for option in rule.options.values())
    ]
    along = [("Softmax", {"axis": 1}), ("UnitNormalization", {"axis": 1}), ("LayerNormalization", {"axis": (1, 2)})]
    found = []
    for name, options in [*plain, *along, ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3})]:
        try:
            role(name, options)
        except pc.ParamcalcError:  # it takes other options or other inputs
            continue
        found.append((name, options))
    return found


CASES = cases()


@pytest.mark.parametrize(("name", "options"), CASES, ids=lambda one: one if isinstance(one, str) else "")
def test_a_layer_of_each_step_changes_that_step_alone(name: str, options: dict[str, Any]) -> None:
    pytest.importorskip("keras")
    if role(name, options) == EACH_STEP:
        assert changed_steps(name, options) <= {CHANGED}


def test_layers_of_every_role_are_tried() -> None:
    found = [(name, role(name, options)) for name, options in CASES]
    assert {one for _, one in found} == {LOOP, EACH_STEP, ATTENTION, MIXES}
    tried = {name for name, one in found if one == EACH_STEP}
    assert len(tried) >= 25
    missing = {name for name in BY_STEP if name in rules("keras")} - tried - {"TimeDistributed"}
    assert not missing, (
        f"layers in BY_STEP of paramcalc/analysis/cost/sequences.py are not tried here: add values of their required "
        f"options to OPTIONS, and their family to FAMILIES, in {Path(__file__).name}: {sorted(missing)}"
    )
    for name in ("Conv1D", "BatchNormalization", "GroupNormalization", "Softmax"):
        assert (name, MIXES) in found


@pytest.mark.parametrize("asked", [{"rtrl": True}, {"bptt": 5}, {"checkpoint": 4}])
def test_attention_without_a_recurrent_layer_is_refused_by_name(asked: dict[str, Any]) -> None:
    x = pc.Input((None, 8))
    with pytest.raises(OptionError, match="MultiHeadAttention relates all steps"):
        cost(pc.Model(x, pc.MultiHeadAttention(2, 4)(x, x)), steps=20, **asked)
    with pytest.raises(OptionError, match=r"is about recurrent layers|needs a number of time steps"):
        cost(pc.Model(x, pc.Dense(4)(x)), steps=20, **asked)
