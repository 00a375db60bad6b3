"""Traineddata files of Tesseract: their rows add up to the weights that the network states, and lies are refused."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

import paramcalc as pc
from paramcalc.core.registry import find
from paramcalc.errors import FileError
from paramcalc.formats.tesseract.vgsl import layers_of

FOLDER = Path(__file__).parents[1] / "data" / "tesseract"
make = SimpleNamespace(**runpy.run_path(str(FOLDER / "make.py")))


@pytest.mark.parametrize(("name", "given"), [("line", make.LINE), ("both", make.BOTH)])
def test_the_files_are_those_of_the_script(name: str, given: tuple[str, int, int]) -> None:
    path = FOLDER / f"{name}.traineddata"
    assert path.read_bytes() == make.traineddata(*given)
    assert pc.load(path).total == given[2]


def test_rows_have_formulas_and_agree_with_the_convention() -> None:
    report = pc.load(FOLDER / "line.traineddata").report()
    lstm = {row.name: row for row in report.rows}["Lfx96"]
    assert (lstm.type, lstm.params, lstm.formula.substituted) == ("LSTM", 55_680, "4*96(48 + 96 + 1)")
    rule = find("LSTM", "tesseract")
    assert lstm.params == rule(96).on((1, 10, 48)).params
    assert [row.name for row in report.rows] == ["Ct3,3,16", "Lfys48", "Lfx96", "Lrx96", "Lfx192", "O1c1"]
    assert report.guessed
    assert report.to_dict()["framework"] == "tesseract"


# by hand, from the depth, height and width that reach each layer
@pytest.mark.parametrize(
    ("text", "outputs", "counts"),
    [
        ("[1,36,0,1[Ct3,3,16]Mp3,3Lfys64Lfx96Lrx96Lfx512O1c1]", 105, [160, 20_736, 61_824, 74_112, 1_247_232, 53_865]),
        (
            "[1,0,0,3 Ct5,5,16 Mp3,3 Lfys64 Lfx128 Lrx128 Lfx256 O1c105]",
            10,
            [1216, 20_736, 98_816, 131_584, 394_240, 2570],
        ),
        ("[1,32,0,3 Cr1,1,8 O2l3]", 3, [32, 27]),  # a convolution over one place; an output at every place
        ("[1,4,6,2 Fr7 O0s2]", 2, [7 * (4 * 6 * 2 + 1), 2 * 8]),  # all places become depth
        ("[1,4,6,2 Mp2,3 S2,2 Fr7 O0s2]", 2, [7 * (2 * 2 * 2 + 1), 16]),  # 2 high, 2 wide; then depth 8
        ("[1,1,0,48 Lbx5 Lrx3 O1c2]", 2, [2 * 4 * 5 * 54, 4 * 3 * 14, 2 * 4]),  # both directions become depth
    ],
)
def test_networks(text: str, outputs: int, counts: list[int]) -> None:
    found = [one for one in layers_of(text, outputs) if one.weights]
    assert [one.formula.value if one.formula else 0 for one in found] == counts
    assert [sum(rows * columns for _, (rows, columns), _, _ in one.weights) for one in found] == counts


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (make.traineddata(make.LINE[0], 111, 5), "and the network disagree; expected 5 weights, received 385807"),
        (make.traineddata(make.LINE[0], 0, 5), "not the sizes of a network"),
        (
            make.traineddata("[1,36,0,1(Lfx4Lrx4)O1c1]", 4, 5),
            r"an unknown part of a network.*received '\(Lfx4Lrx4\)O1c1'",
        ),
        (make.traineddata("[1,36,0,1Lfx0O1c1]", 4, 5), "not the sizes of a layer"),
        (make.traineddata("[1,0,0,1Lfx4O1c1]", 4, 5), "a layer over an axis of open size"),
        (make.traineddata("[1,36,0,1Lfx4" + "Lfx4" * 300 + "]", 4, 5), "no description of the network"),
        (make.traineddata("no network", 4, 5), "no description of the network"),
        (
            make.traineddata("[1,36,0,1Lfx4O1c1", 4, 5),
            r"the description of the network is cut off; expected \] at its end, received '\[1,36,0,1Lfx4O1c1'",
        ),
        (make.traineddata(make.LINE[0], 4, 5, "Input"), "not a network"),
        (
            make.traineddata(*make.LINE).replace(b"\xff" * 8, b"\xc4" + b"\0" * 7, 1)[:250],
            "beyond the end|no description",
        ),
        (make.traineddata(*make.LINE)[:230], "beyond the end of the file|truncated|no description"),
    ],
)
def test_what_lies_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(FileError, match=problem):
        pc.loads(content)


def test_a_file_without_a_network_says_so() -> None:
    made = bytearray(make.traineddata(*make.LINE))
    made[4 + 8 * 17 : 12 + 8 * 17] = b"\xff" * 8
    made[4:12] = (4 + 8 * 24).to_bytes(8, "little")
    with pytest.raises(FileError, match="a file without a network; expected a model of Tesseract 4 or newer"):
        pc.loads(bytes(made))
