"""Checkpoints, SavedModels and TensorFlow.js: variables, what is trained, and what is no parameter."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import graph_files as g
import pytest
from graph_seeds import javascript_files, tensorflow_files

import paramcalc as pc
from paramcalc.errors import FileError
from paramcalc.formats.operators.wire import Wire
from paramcalc.formats.tensorflow.table import Entries


def test_the_index_of_a_checkpoint() -> None:
    report = pc.loads(tensorflow_files()[0]).report()
    assert {row.name: row.params for row in report.rows} == {
        "layer_with_weights-0": 180,
        "layer_with_weights-1": 3,
        "state": 0,
    }
    assert (report.total, report.buffers, report.guessed) == (183, 81, True)
    assert report.in_file.bytes == 4 * 183


def test_a_saved_model_states_what_is_trained(tmp_path: Path) -> None:
    content = tensorflow_files()[1]
    (tmp_path / "saved_model.pb").write_bytes(content)
    for report in (pc.loads(content).report(), pc.load(tmp_path).report()):
        assert {row.name: row.params for row in report.rows} == {"dense": 12, "norm": 3, "state": 0}
        assert (report.trainable, report.non_trainable, report.buffers, report.guessed) == (12, 3, 12, False)


def test_a_saved_model_without_objects_has_an_index(tmp_path: Path) -> None:
    content = g.field(1, 1) + g.field(2, g.field(1, b""))
    (tmp_path / "saved_model.pb").write_bytes(content)
    with pytest.raises(FileError, match="without objects"):
        pc.loads(content)
    with pytest.raises(FileError, match="without an index"):
        pc.load(tmp_path)
    (tmp_path / "variables").mkdir()
    (tmp_path / "variables" / "variables.index").write_bytes(g.checkpoint({"lstm/kernel": (3, 4)}))
    assert pc.load(tmp_path).total == 12


@pytest.mark.parametrize("seed", range(30))
def test_every_entry_of_a_table_is_found(seed: int) -> None:
    luck = Random(seed)
    entries = {
        "/".join(luck.choice(("a", "ab", "layer", "kernel")) for _ in range(luck.randrange(1, 6))): luck.randbytes(
            luck.randrange(300)
        )
        for _ in range(luck.randrange(1, 60))
    }
    content = g.table(entries, each=luck.randrange(1, 9))
    found = {key.decode(): content[span.start : span.end] for key, span in Entries(Wire(content))}
    assert found == entries


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (g.checkpoint({"a": (3,)}, width=2), "'a' has another size; expected 12 bytes, received 6"),
        (g.checkpoint({"a": (3,)}, type=99), "'a' has an unknown type"),
        (g.checkpoint({}), "it stores no weights"),
        (g.checkpoint({"a": (-3,)}), "'a' has an impossible shape"),
    ],
)
def test_what_is_wrong_is_said(content: bytes, said: str) -> None:
    with pytest.raises(FileError, match=said):
        pc.loads(content)


def test_a_compressed_table_is_refused() -> None:
    content = bytearray(g.checkpoint({"a": (3,)}))
    content[content.index(b"\0" * 5 + g.block([])[:8])] = 1
    with pytest.raises(FileError, match="compressed table"):
        pc.loads(bytes(content))


def test_tensorflow_js() -> None:
    listed, described, wrapped = javascript_files()
    report = pc.loads(listed).report()
    assert {row.name: row.params for row in report.rows} == {"a": 16, "constants": 0}
    assert report.in_file.bytes == 48 + 4
    for content in (described, wrapped):
        report = pc.loads(content).report()
        assert (report.total, report.stored, report.holds) == (16, 2, True)
        assert report.rows[0].formula is not None


def test_a_manifest_that_does_not_fit_the_description_is_said() -> None:
    found = json.loads(javascript_files()[1])
    found["weightsManifest"][0]["weights"][1]["shape"] = [5]
    report = pc.loads(json.dumps(found)).report()
    assert not report.exact
    assert any("the manifest lists 2 tensors of 17 numbers, the rules give 16" in one for one in report.warnings)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weightsManifest": 3}, "not a list of groups"),
        ({"weightsManifest": [{}]}, r"weightsManifest\[0\]: not a group of weights"),
        ({"weightsManifest": [{"weights": [{"name": "a"}]}]}, "not a weight"),
        ({"modelTopology": 3}, "not the topology"),
    ],
)
def test_what_is_wrong_in_a_model_json_is_said(change: dict[str, object], said: str) -> None:
    with pytest.raises(FileError, match=said):
        pc.loads(json.dumps({**json.loads(javascript_files()[0]), **change}))
