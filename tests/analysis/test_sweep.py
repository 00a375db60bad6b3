"""Sweeps: what they cover, keep and leave out; as columns, rows and text."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest

import paramcalc as pc
from paramcalc.analysis.sweep.axes import read_axis
from paramcalc.analysis.sweep.filters import Goal, front, read_goals, read_where
from paramcalc.errors import OptionError, ParamcalcError, SizeError

h, x = pc.symbols("h x")

SPEC = """
name: stack
sizes: {h: 64, layers: 2, e: h/8}
input: [10, 32]
layers:
  - Dense: h
  - repeat: layers
    layers:
      - LSTM: {units: h, return_sequences: true}
  - Dense: e
"""


def lstm(d_x: int, d_h: int) -> int:
    return 4 * (d_h * (d_h + d_x) + d_h)


def stack(d_h: int, layers: int) -> int:
    return (32 * d_h + d_h) + layers * lstm(d_h, d_h) + (d_h * (d_h // 8) + d_h // 8)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "stack.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def test_a_model_with_a_symbol() -> None:
    model = pc.Sequential([pc.Input((None, 108)), pc.LSTM(h)])
    found = pc.sweep(model, h="64:1024:64")
    assert found.names == ("h", "params")
    assert found["h"].tolist() == list(range(64, 1025, 64))
    assert found["params"].tolist() == [lstm(108, value) for value in range(64, 1025, 64)]
    assert len(found) == 16
    assert list(found.to_frame().columns) == ["h", "params"]
    assert found.columns["params"].dtype == "int64"


def test_a_size_that_changes_the_structure_varies_slowest(spec: Path) -> None:
    found = pc.sweep(spec, h=[8, 16], layers=range(1, 4))
    assert [tuple(row.values()) for row in found.rows()] == [
        (size, layers, stack(size, layers)) for layers in (1, 2, 3) for size in (8, 16)
    ]
    assert all(piece.formulas for piece in found.pieces)


def test_points_without_a_model_are_left_out_and_counted(spec: Path) -> None:
    found = pc.sweep(spec, h="1:100")
    assert found["h"].tolist() == list(range(8, 101, 8))
    assert found["params"].tolist() == [stack(size, 2) for size in range(8, 101, 8)]
    assert found.left.number == 100 - 12
    assert found.left.reason == f"h = 1: {spec}:3: sizes.e: 1 does not divide evenly by 8 (// rounds down)"


def test_a_window_that_does_not_fit_is_left_out() -> None:
    model = pc.Sequential([pc.Input((pc.symbols("T"), 4)), pc.Conv1D(8, 5, strides=2), pc.Conv1D(2, 3)])
    found = pc.sweep(model, T="1:12")
    assert found["T"].tolist() == [9, 10, 11, 12]  # ⌊(9 − 5)/2⌋ + 1 = 3
    assert found.left.number == 8
    assert "does not fit" in found.left.reason


def test_costs(spec: Path) -> None:
    names = ("params", "macs", "step_macs", "memory", "inference")
    found = pc.sweep(spec, h=[8, 64], columns=names, batch=3, optimizer="adam", dtype="bfloat16")
    for row in found.rows():
        model = pc.load(spec, sizes={"h": row["h"]})
        cost = model.cost(batch=3, optimizer="adam", dtype="bfloat16")
        assert row == {
            "h": row["h"],
            "params": model.total,
            "macs": cost.passes.forward,
            "step_macs": cost.step,
            "memory": cost.memory.training,
            "inference": cost.memory.inference,
        }


def test_an_open_batch_is_one_sample_and_other_open_sizes_are_errors() -> None:
    model = pc.Sequential([pc.Input((None, 8)), pc.LSTM(h)])
    with pytest.raises(OptionError, match="a column depends on T, which has no value"):
        len(pc.sweep(model, h=[1, 2], columns=["macs"]))
    assert pc.sweep(model, h=[1, 2], columns=["macs"], steps=10)["macs"].tolist() == [360, 800]  # 10·4h(8 + h)
    assert pc.sweep(model, h=[1], T="1:3", columns=["macs"])["macs"].tolist() == [36, 72, 108]
    assert pc.sweep(model, h=[1], B="1:3", steps=1, columns=["macs"])["macs"].tolist() == [36, 72, 108]


def test_sizes_beyond_64_bits_are_exact() -> None:
    model = pc.Sequential([pc.Input((x,)), pc.Dense(h)])
    found = pc.sweep(model, h=[1, 10**12], x=[3, 10**20])
    assert found["x"].dtype == object
    assert [*found["params"]] == [size * (inputs + 1) for size in (1, 10**12) for inputs in (3, 10**20)]


def test_random_grids_equal_models_that_are_built(spec: Path) -> None:
    draw = random.Random(7)
    for _ in range(10):
        sizes = sorted(draw.sample(range(1, 200), 12))
        layers = draw.randint(1, 3)
        found = pc.sweep(spec, h=sizes, layers=layers, columns=["params", "macs"])
        expected = {}
        for size in sizes:
            try:
                model = pc.load(spec, sizes={"h": size, "layers": layers})
            except ParamcalcError:
                continue
            expected[size] = model.total, model.report().macs
        assert {row["h"]: (row["params"], row["macs"]) for row in found.rows()} == expected


# --- conditions and fronts ------------------------------------------------------------------------------


def test_conditions(spec: Path) -> None:
    def kept(*conditions: str) -> list[int]:
        return pc.sweep(spec, h="8:800:8", where=conditions)["h"].tolist()

    every = list(range(8, 801, 8))
    assert kept("params < 1M") == [size for size in every if stack(size, 2) < 10**6]
    assert kept("params >= 1.5M", "params <= 2500k") == [
        size for size in every if 1_500_000 <= stack(size, 2) <= 2_500_000
    ]
    assert kept("h // 3 * 3 = h") == [size for size in every if size % 3 == 0]
    assert kept("max(h, 100) != 100") == [size for size in every if size > 100]
    assert kept("weights <= 4MiB") == [size for size in every if 4 * stack(size, 2) <= 4 * 2**20]
    assert pc.sweep(spec, h="8:80:8", where="macs < 1M").names == ("h", "params")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("params", "not a condition"),
        ("1 < params < 3", "not a condition"),
        ("3 < 4", "a condition without a size or column"),
        ("prams < 3", r"no size or column 'prams' in a condition.*did you mean 'params'"),
        ("params < 3%", "--where: unexpected '%'"),
    ],
)
def test_conditions_that_are_none(spec: Path, text: str, problem: str) -> None:
    with pytest.raises(OptionError if "--where" not in problem else ParamcalcError, match=problem):
        pc.sweep(spec, h="8:80:8", where=text)


def test_units() -> None:
    for text, value in {
        "10M": 10**7,
        "1.5k": 1500,
        "2KiB": 2048,
        "16GiB": 16 * 2**30,
        "3 G": 3 * 10**9,
        "7": 7,
    }.items():
        assert read_where(f"params < {text}").right == value
    assert read_where("2M*h < params").left == 2_000_000 * h


def test_a_front_holds_what_no_other_point_is_better_than() -> None:
    draw = random.Random(3)
    for goals in ("a", "a:max", "a,b", "a:max,b", "a,b,c:max"):
        for size in (0, 1, 5, 60):
            columns: Any = {name: numpy.array([draw.randint(1, 9) for _ in range(size)], "int64") for name in "abc"}
            wanted = read_goals(goals)
            points = [
                tuple(-columns[one.name][at] if one.largest else columns[one.name][at] for one in wanted)
                for at in range(size)
            ]
            best = [
                at
                for at, point in enumerate(points)
                if not any(
                    other != point and all(o <= p for o, p in zip(other, point, strict=True)) for other in points
                )
            ]
            assert front(columns, wanted).tolist() == best
            exact = {name: column.astype(object) * 10**20 for name, column in columns.items()}
            assert front(exact, wanted).tolist() == best


def test_a_front_over_several_blocks(monkeypatch: pytest.MonkeyPatch, spec: Path) -> None:
    def found() -> list[dict[str, int]]:
        return list(pc.sweep(spec, h="8:200:8", layers="1:4", pareto="params:max,h").rows())

    whole = found()
    monkeypatch.setattr(sys.modules["paramcalc.analysis.sweep.sweep"], "BLOCK", 3)
    assert found() == whole
    assert {row["layers"] for row in whole} == {4}
    assert read_goals("params:max, h") == (Goal("params", True), Goal("h"))
    with pytest.raises(OptionError, match="--pareto; expected names such as"):
        read_goals("params:most")


# --- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("h", "not the values of a size"),
        ("h=1:2:3:4", "not the values of a size"),
        ("h=a", "not the values of a size"),
        ("h=5:1", "the values of h; expected a last value from the first on"),
        ("h=1:5:0", "a step from 1 on"),
        ("h=0:5", "a value for h; expected a size from 1"),
        ("h=1:99999999999", "too many values for h"),
    ],
)
def test_axes_that_are_none(text: str, problem: str) -> None:
    with pytest.raises(ParamcalcError, match=problem):
        read_axis(text)


def test_what_is_refused(spec: Path) -> None:
    model = pc.Sequential([pc.Input((x,)), pc.Dense(h)])
    with pytest.raises(SizeError, match="no size 'g'; expected B or h or x"):
        pc.sweep(model, g=[1])
    with pytest.raises(SizeError, match=r"no size 'layer'; expected B or e or h or layers .did you mean 'layers'"):
        pc.sweep(spec, layer=[1])
    with pytest.raises(SizeError, match="no size '2h'; expected B or h or x"):
        pc.sweep(model, **{"2h": [1]})
    with pytest.raises(SizeError, match=r"the name of a size; expected a letter.*received '2h'"):
        pc.sweep(lambda **sizes: model, **{"2h": [1]})
    with pytest.raises(OptionError, match=r"no such column.*did you mean 'params'"):
        pc.sweep(model, h=[1], columns=["prams"])
    with pytest.raises(OptionError, match="the size 'params' is also a column"):
        pc.sweep(pc.Sequential([pc.Input((3,)), pc.Dense(pc.symbols("params"))]), params=[1])
    with pytest.raises(OptionError, match="no size to vary"):
        pc.sweep(model)
    with pytest.raises(SizeError, match=r"a value for h; expected a whole number, received 1\.5"):
        pc.sweep(model, h=[1.5])
    with pytest.raises(OptionError, match="h varies, and has a value; expected one of the two, received 3"):
        pc.sweep(model, h=[1], sizes={"h": 3})
    with pytest.raises(ParamcalcError, match="float33"):
        pc.sweep(model, h=[1], dtype="float33")


def test_as_text(spec: Path) -> None:
    found = pc.sweep(spec, h="64:80:4", columns=["params", "macs"])
    assert (
        str(found)
        == f"""stack: h = 64:80:4

   h   params       macs
  ──────────────────────
  64   68,680    680,960
  72   86,553    858,960
  80  106,490  1,057,600

  costs     batch 1 where it is open, float32
  left out  2 of 5 points, at which the model cannot be built ({found.left.reason})
"""
    )
    assert found.render("csv") == "h,params,macs\n64,68680,680960\n72,86553,858960\n80,106490,1057600\n"
    assert repr(found) == "<sweep of 'stack': h = 64:80:4>"
