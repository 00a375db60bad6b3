"""Descriptions changed at random, weights beside them: a model comes of each, or an error that says what is wrong."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from paramcalc.errors import FileError, ParamcalcError
from paramcalc.formats.containers.archive import read_archive
from paramcalc.formats.containers.hdf5 import stored_in
from paramcalc.formats.containers.stored import Stored
from paramcalc.formats.keras.config import from_config
from paramcalc.formats.keras.description import is_description
from paramcalc.formats.keras.saved import model_of
from paramcalc.rules.ops.operation import Operation, Slot

VALUES: tuple[Any, ...] = (
    None, 3, -1, 2.5, True, "x", "layers", "n" * 300, [], {}, [1], [["a", 0, 0]], {"class_name": "X", "config": {}},
    {"class_name": 3, "config": 3},
)  # fmt: skip


def test_an_object_in_several_places_that_is_none() -> None:
    broken = {"module": "keras.layers", "class_name": "Dense", "config": 2.5, "shared_object_id": 7}
    with pytest.raises(FileError, match="no config"):
        from_config({"module": "keras", "class_name": "Sequential", "config": {"layers": [broken]}})


@pytest.mark.parametrize("value", [[[]], [[], []], [[[]]], []])
def test_arrays_of_nothing(value: Any) -> None:
    array = {"class_name": "__numpy__", "config": {"value": value, "dtype": "float32"}}
    Operation("keras.src.ops.numpy", "Copy", {}, [array], {})


def test_text_where_a_tensor_belongs() -> None:
    for kind, options in (("Split", {"indices_or_sections": 2}), ("Copy", {}), ("Transpose", {"axes": None})):
        with pytest.raises(ParamcalcError):
            Operation("keras.src.ops.numpy", kind, options, ["xyz"], {}).on()
    assert Operation("keras.src.ops.numpy", "Copy", {}, [Slot(0)], {}).on((2, 3)).outs == ((2, 3),)


def places(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path into a description."""
    for key in found if isinstance(found, dict) else range(len(found)) if isinstance(found, list) else ():
        yield (*path, key)
        yield from places(found[key], (*path, key))


def changed(found: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """The description with something else in one or two places, or nothing."""
    made = copy.deepcopy(found)
    for _ in range(draw.choice((1, 1, 2))):
        *path, last = draw.choice(list(places(made)))
        holder: Any = made
        for key in path:
            holder = holder[key]
        if isinstance(holder, dict) and draw.random() < 0.3:
            del holder[last]
        else:
            holder[last] = copy.deepcopy(draw.choice(VALUES))
        if not made:
            break
    return made


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[str, Any], Stored]]:
    """What files of both kinds hold of a few models that have a bit of everything."""
    keras = pytest.importorskip("keras")
    pytest.importorskip("h5py")
    L, ops = keras.layers, keras.ops

    entry = keras.Input((4,))
    both = L.Dense(4, name="both")
    inner = keras.Sequential([keras.Input((4,)), both, L.Dense(4, lora_rank=2), L.Lambda(lambda x: x)])
    x = ops.concatenate([both(entry), inner(entry) * 2.0], axis=-1)
    graph = keras.Model(entry, [L.Dense(2)(x[:, 1:5]), ops.where(x > 0, x, 0.0)])
    steps = [L.Bidirectional(L.LSTM(3, return_sequences=True)), L.TimeDistributed(L.Dense(4, dtype="bfloat16"))]
    chain = keras.Sequential(
        [keras.Input((5, 4)), *steps, L.RNN([L.GRUCell(2), L.LSTMCell(3)]), L.BatchNormalization()]
    )
    folder = tmp_path_factory.mktemp("descriptions")
    found = []
    for name, model in (("graph", graph), ("chain", chain)):
        model.save(folder / f"{name}.keras")
        model.save(folder / f"{name}.h5")
        archive, legacy = read_archive(folder / f"{name}.keras"), stored_in(folder / f"{name}.h5")
        assert archive.stored is not None
        found += [(json.loads(archive.config), archive.stored), (json.loads(legacy.config or ""), legacy)]
    return found


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(
    ("seed", "changes"), [(9, 30), *(pytest.param(seed, 500, marks=pytest.mark.exhaustive) for seed in range(4))]
)
def test_descriptions_changed_at_random(saved: list[tuple[dict[str, Any], Stored]], seed: int, changes: int) -> None:
    draw = random.Random(seed)
    refusals: list[str] = []
    for _ in range(changes):
        found, stored = draw.choice(saved)
        made = changed(found, draw)
        if not is_description(made):
            continue
        try:
            report = model_of(made, stored).report()
            report.render("text")
            json.dumps(report.to_dict())
        except ParamcalcError as error:
            refusals.append(str(error))
    assert max(map(len, refusals)) < 1_000
    assert len(refusals) < changes * 3 / 4
