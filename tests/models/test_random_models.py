"""Random Keras models, read from whatever Keras writes of them: every layer as Keras has it.

``python tests/model_maker.py 20000`` tries more than a test run does.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tiers import sampled

import paramcalc as pc
from paramcalc.verification.foreign import isolated

keras = pytest.importorskip("keras")

from held_against import agreement, as_read, differences, unallocated  # noqa: E402  # they import Keras
from model_maker import made  # noqa: E402

TEXTS, STEP = 1500, 25
IN_MEMORY = range(100_000, 100_150, 10)
ARCHIVES = range(200_000, 200_060)
LEGACY = range(300_000, 300_020, 4)
WEIGHTS = range(400_000, 400_012)


@pytest.mark.parametrize("first", sampled(range(0, TEXTS, STEP), 60))
def test_models_read_from_their_texts(first: int) -> None:
    assert [(seed, found) for seed, found in agreement(range(first, first + STEP)) if found] == []


@pytest.mark.parametrize("first", sampled(IN_MEMORY, 15))
def test_models_read_from_memory(first: int) -> None:
    wrong = {}
    for seed in range(first, first + IN_MEMORY.step):
        model = unallocated(partial(made, seed))
        found = differences(model, pc.from_keras(model)) + list(map(str, pc.verify(model).differences))
        if found:
            wrong[seed] = found
    assert wrong == {}


def saved(make: Callable[[], Any], path: Path, weights: bool = False) -> Any:
    """Make a model in earnest and save it, in a thread of its own; give the model."""

    def models() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = make()
            (model.save_weights if weights else model.save)(path)
        yield model

    (model,) = isolated(models())
    return model


@pytest.mark.parametrize("seed", sampled(ARCHIVES, 20))
def test_models_read_from_archives(seed: int, tmp_path: Path) -> None:
    model = saved(partial(made, seed), tmp_path / "model.keras")
    reading = pc.load(tmp_path / "model.keras")
    assert differences(as_read(model), reading) == []
    assert reading.holds
    assert reading.stored == len(model.weights)


@pytest.mark.parametrize("first", sampled(LEGACY, 5))
def test_models_read_from_legacy_files(first: int, tmp_path: Path) -> None:
    compared = 0
    for seed in range(first, first + LEGACY.step):
        model = saved(partial(made, seed), tmp_path / "model.h5")
        # the format does not say which layers are on several levels, and Keras itself does not read functions in it
        if functions(model) or pc.from_keras(model).crossed:
            continue
        reading = pc.load(tmp_path / "model.h5")
        assert differences(as_read(model), reading) == [], seed
        assert reading.holds
        compared += 1
    assert compared > 0


def functions(model: Any) -> bool:
    """Tell whether a model, or one inside it, calls functions."""
    parts = getattr(model, "operations", model.layers)
    return any(not isinstance(one, keras.Layer) or (hasattr(one, "layers") and functions(one)) for one in parts)


@pytest.mark.parametrize("seed", sampled(WEIGHTS, 4))
def test_models_counted_from_their_weights_alone(seed: int, tmp_path: Path) -> None:
    model = saved(partial(made, seed), tmp_path / "model.weights.h5", weights=True)
    assert pc.load(tmp_path / "model.weights.h5").total == model.count_params()


@pytest.mark.parametrize("deeper", [False, True])
def test_a_kernel_normalized_at_each_step_is_stored_twice_and_counted_once(deeper: bool, tmp_path: Path) -> None:
    def make() -> Any:
        inner = keras.layers.TimeDistributed(keras.layers.SpectralNormalization(keras.layers.Dense(3)))
        if deeper:
            chain = keras.Sequential([keras.Input((4, 2)), inner])
            return keras.Sequential([keras.Input((5, 4, 2)), keras.layers.TimeDistributed(chain)])
        return keras.Sequential([keras.Input((4, 2)), inner])

    saved(make, tmp_path / "model.keras")
    reading = pc.load(tmp_path / "model.keras")
    assert (reading.total, reading.stored, reading.holds) == (3 + 2 * 3 + 3, 3, True)
