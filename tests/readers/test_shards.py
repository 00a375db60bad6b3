"""Weights saved in several files: the index beside them, one of them alone, and indices made to do harm."""

from __future__ import annotations

import json
from typing import Any

import pytest

from paramcalc import load, loads
from paramcalc.errors import FileError

keras = pytest.importorskip("keras")
pytest.importorskip("h5py")
L = keras.layers

# Keras asks jax's arrays for a copy in a way that numpy warns of
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture
def shards(tmp_path: Any) -> Any:
    model = keras.Sequential([keras.Input((40,)), L.Dense(50), L.Dense(60), L.Dropout(0.1), L.Dense(2)])
    model.save_weights(tmp_path / "m.weights.json", max_shard_size=1.2e-5)
    assert {path.name for path in tmp_path.iterdir()} == {
        "m.weights.json",
        "m_00000.weights.h5",
        "m_00001.weights.h5",
    }
    return tmp_path


def test_an_index_is_read_with_the_shards_beside_it(shards: Any) -> None:
    report = load(shards / "m.weights.json").report()
    assert [(row.name, row.params) for row in report.rows] == [("dense", 2050), ("dense_1", 3060), ("dense_2", 122)]
    assert report.exact


def test_one_shard_alone_is_a_part(shards: Any) -> None:
    for number, total in enumerate((2050, 3182)):
        report = load(shards / f"m_0000{number}.weights.h5").report()
        assert (report.total, report.exact) == (total, False)
        assert report.warnings[0] == "other shards (stored): the file is one of the 2 shards of m.weights.json"
    (shards / "m.weights.json").unlink()
    report = load(shards / "m_00001.weights.h5").report()
    assert not report.exact  # what the first of them has, and only the first, is missing
    assert report.warnings[0].endswith("the file is a shard of weights whose index is not beside it")
    assert not loads((shards / "m_00001.weights.h5").read_bytes()).report().exact


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"/vars": "../m_00000.weights.h5"}, "/vars: not the name of a shard, received '../m_00000.weights.h5'"),
        ({"/vars": ["/etc/passwd"]}, "/vars: not the name of a shard, received '/etc/passwd'"),
        ({"/vars": ["a/b.h5"]}, "/vars: not the name of a shard, received 'a/b.h5'"),
        ({"/vars": 3}, "/vars: not the name of a shard, received 3"),
        ({}, "an index without shards; expected a map from each group to its shard"),
        ({f"/{n}": f"m_{n:05}.h5" for n in range(1001)}, "too many shards; expected at most 1,000, received 1001"),
        ({"/vars": "m_00007.weights.h5"}, "m_00007.weights.h5: no such file or directory"),
        ({"/vars": "text.h5"}, "text.h5: not an HDF5 file; expected HDF5"),
        ({"/vars": ["m_00000.weights.h5", "copy.h5"]},
         "a tensor is stored in two shards, received 'layers/dense/vars/0'"),
    ],
    ids=lambda value: str(value)[-30:],
)  # fmt: skip
def test_bad_indices(shards: Any, weights: Any, message: str) -> None:
    (shards / "copy.h5").write_bytes((shards / "m_00000.weights.h5").read_bytes())
    (shards / "text.h5").write_text("no weights")
    path = shards / "m.weights.json"
    path.write_text(json.dumps({"metadata": {}, "weight_map": weights}))
    with pytest.raises(FileError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}")
    assert str(caught.value).endswith(f": {message}")


def test_an_index_without_a_place() -> None:
    with pytest.raises(
        FileError, match="an index of shards; the shards are separate files; expected the path of the index"
    ):
        loads('{"metadata": {}, "weight_map": {"/vars": "m.h5"}}')
