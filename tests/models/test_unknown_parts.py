"""The promises of a total: "at least" is never above the truth, "exact" is the truth, and the split is Keras's.

Models with parts that no rule knows are drawn; descriptions that Keras still loads are changed at random.
"""

from __future__ import annotations

import json
from contextlib import suppress
from math import prod
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tiers import sampled

import paramcalc as pc
from paramcalc.errors import ParamcalcError
from paramcalc.report import Report

keras = pytest.importorskip("keras")
pytest.importorskip("h5py")
from keras.src.saving.serialization_lib import ObjectSharingScope  # noqa: E402
from unknown_parts import made, stripped  # noqa: E402

from paramcalc.verification.adapters.keras.build import scope  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning", "ignore:You are saving")

DRAWS = [range(start, start + 8) for start in range(0, 4_000, 8)]


def counts(weights: Any) -> int:
    return sum(prod(one.shape) for one in {id(one): one for one in weights}.values())


def broken(report: Report, model: Any) -> str:
    """Say which promise a report breaks of a model; nothing where it keeps them."""
    total, trainable = counts(model.weights), counts(model.trainable_weights)
    assert isinstance(report.total, int)
    if report.total > total or (report.exact and report.total != total):
        return f"{'' if report.exact else 'at least '}{report.total}, and Keras counts {total}"
    if report.exact and not report.guessed and report.trainable != trainable:
        return f"{report.trainable} trained, and Keras trains {trainable}"
    return ""


def described(model: Any) -> dict[str, Any]:
    with ObjectSharingScope():
        return json.loads(json.dumps(keras.saving.serialize_keras_object(model)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("seeds", sampled(DRAWS, len(DRAWS)), ids=lambda seeds: f"{seeds.start}")
def test_the_promises_hold_where_parts_are_unknown(seeds: range) -> None:
    for seed in seeds:
        with scope():
            model = made(seed)
        found = described(model)
        assert broken(pc.from_keras(model).report(), model) == "", seed
        for often in (0.0, 0.5, 1.0):
            text = json.dumps(stripped(Random(seed), found, often))
            assert broken(pc.loads(text).report(), model) == "", (seed, often)


@pytest.mark.parametrize("seed", [2768, 2765])  # without a shape behind an unknown layer; shared, once unknown
def test_what_was_wrong_once_is_not(seed: int) -> None:
    test_the_promises_hold_where_parts_are_unknown(range(seed, seed + 1))


@pytest.mark.parametrize("seed", sampled(range(200, 500), 300))
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_the_promises_hold_of_files(seed: int, suffix: str, tmp_path: Path) -> None:
    model = made(seed)
    try:
        model.save(tmp_path / f"m{suffix}")
    except ValueError as error:  # two variables of one name: HDF5 files of Keras cannot hold them
        pytest.skip(str(error))
    assert broken(pc.load(tmp_path / f"m{suffix}").report(), model) == ""


# --- descriptions changed at random ----------------------------------------------------------------------------

SIZES = ("units", "filters", "num_heads", "key_dim", "output_dim", "input_dim", "head_dim")
SWITCHES = ("use_bias", "trainable", "center", "scale", "reset_after", "return_sequences", "unit_forget_bias")


def places(value: Any, wanted: tuple[str, ...]) -> list[tuple[dict[str, Any], str]]:
    """List where these keys stand in a description."""
    if isinstance(value, dict):
        here = [(value, key) for key in value if key in wanted]
        return here + [place for one in value.values() for place in places(one, wanted)]
    return [place for one in value for place in places(one, wanted)] if isinstance(value, list) else []


def change(random: Random, found: dict[str, Any]) -> None:
    """Change one thing in a description."""
    kind = random.choice(("size", "switch", "switch", "drop", "built"))
    if kind == "built":
        for holder, key in random.sample(chosen, 1) if (chosen := places(found, ("build_config",))) else ():
            shape = holder[key].get("input_shape") if isinstance(holder[key], dict) else None
            if isinstance(shape, list) and shape and isinstance(shape[-1], int):
                shape[-1] += random.choice((-1, 1, 2))
        return
    wanted = {"size": SIZES, "switch": SWITCHES, "drop": (*SWITCHES, "build_config", "dtype")}[kind]
    chosen = places(found["config"]["layers"], wanted)
    if not chosen:
        return
    holder, key = random.choice(chosen)
    if kind == "drop":
        del holder[key]
    elif kind == "switch" and isinstance(holder[key], bool):
        holder[key] = not holder[key]
    elif kind == "size" and isinstance(holder[key], int):
        holder[key] = max(1, holder[key] + random.choice((-1, 1)))


def known_model(random: Random) -> Any:
    """Make a small model of layers with rules."""
    L = keras.layers
    x = keras.Input((5, 4))
    y: Any = x
    shared = L.Dense(4)
    for _ in range(random.randint(1, 3)):
        y = random.choice(
            (
                lambda y: shared(y) if y.shape[-1] == 4 else L.Dense(4)(y),
                lambda y: L.LSTM(3, return_sequences=True)(y),
                lambda y: L.RNN([L.GRUCell(3), L.LSTMCell(4)], return_sequences=True)(y),
                lambda y: L.MultiHeadAttention(2, 3)(y, y),
                lambda y: L.Bidirectional(L.GRU(2, return_sequences=True))(y),
                lambda y: L.TimeDistributed(L.Dense(4))(y),
                lambda y: L.BatchNormalization()(y),
                lambda y: L.Conv1D(4, 2)(y),
                lambda y: keras.Sequential([keras.Input(y.shape[1:]), L.Dense(4)])(y),
            )
        )(y)
    return keras.Model(x, L.Dense(2)(y))


def announced_otherwise(model: Any) -> bool:
    """Tell whether Keras infers another shape than a layer computes: it builds the next one for what never comes."""
    for layer in model.layers:
        with suppress(Exception):  # what does not run computes nothing
            computed = keras.src.backend.compute_output_spec(layer.call, layer.input)
            if computed.shape != layer.output.shape:
                return True
    return False


@pytest.mark.parametrize("seeds", sampled(DRAWS, len(DRAWS)), ids=lambda seeds: f"{seeds.start}")
def test_what_keras_still_loads_is_counted_as_keras_counts_or_marked(seeds: range) -> None:
    loaded = 0
    for seed in seeds:
        random = Random(seed)
        with scope():
            found = described(known_model(random))
            for _ in range(random.randint(1, 3)):
                change(random, found)
            text = json.dumps(found)
            try:
                with ObjectSharingScope():
                    model = keras.saving.deserialize_keras_object(found)
            except Exception:  # whatever Keras raises is its refusal
                continue
        loaded += 1
        try:
            report = pc.loads(text).report()
        except ParamcalcError as error:
            pytest.fail(f"seed {seed}: Keras loads what is refused: {error}")
        wrong = broken(report, model)
        assert wrong == "" or announced_otherwise(model), (seed, wrong)
    assert loaded


# two directions that were built on different shapes, and a loop and a model that do not fit what they read
@pytest.mark.parametrize("seed", [296, 1015, 2015, 1116])
def test_what_was_wrong_of_changed_files_is_not(seed: int) -> None:
    test_what_keras_still_loads_is_counted_as_keras_counts_or_marked(range(seed, seed + 1))
