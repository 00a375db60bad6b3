"""Graphs with many fields: the bounds on work grow with the file, and no short cut changes what is read."""

from __future__ import annotations

import graph_files as g
import pytest
from graph_seeds import FILES

import paramcalc as pc
from paramcalc.errors import ParamcalcError
from paramcalc.formats.onnx import nodes
from paramcalc.formats.operators import wire
from paramcalc.formats.tflite import flatbuffer


def convolutions(many: int) -> bytes:
    """A chain of convolutions that are named as exporters name them."""
    stored = [g.tensor(f"model.{at}.weight", 2, 2, 1, 1) for at in range(many)]
    steps = [
        g.node("Conv", f"/{at}/Conv_output_0 model.{at}.weight", f"/{at + 1}/Conv_output_0", pads=(0,) * 4, group=1)
        for at in range(many)
    ]
    return g.model(g.graph(steps, stored, [g.value("/0/Conv_output_0", "N", 2, 8, 8)]))


def dense(many: int) -> bytes:
    tensors = [("x", (1, 2), "float32", 0)]
    steps = []
    for at in range(many):
        tensors += [(f"layer_{at}/w", (2, 2), "float32", 1 + at), (f"layer_{at}/out", (1, 2), "float32", 0)]
        steps.append((9, [2 * at, 2 * at + 1], [2 * at + 2]))
    return g.tflite(tensors, steps)


def written(content: bytes) -> str:
    try:
        return pc.loads(content, "file").render("json")
    except ParamcalcError as error:
        return str(error)


def test_fields_that_say_something_are_within_the_bound_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_FIELDS", 50)
    for many in (5, 500):
        assert pc.loads(convolutions(many)).report().total == 4 * many


def test_fields_that_say_nothing_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_FIELDS", 50)
    assert "too many fields" in written(g.model(g.field(1, b"") * 500))


def test_numbers_of_a_flatbuffer_are_within_the_bound_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flatbuffer, "MAX_READS", 100)
    for many in (5, 100):
        assert pc.loads(dense(many)).report().total == 4 * many


@pytest.mark.parametrize("kind", FILES)
def test_copies_and_known_attributes_change_nothing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (convolutions(20), *FILES[kind]()):
        cut = [content, content[: len(content) // 2], content[:-1], content[:40] + b"\xff" + content[41:]]
        before = [written(one) for one in cut]
        with monkeypatch.context() as patch:
            patch.setattr(wire, "_SMALL", -1)
            patch.setattr(nodes, "SHORT", -1)
            assert [written(one) for one in cut] == before
