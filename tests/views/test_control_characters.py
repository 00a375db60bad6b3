"""Names from files are shown with their control characters as escapes, in every view and message."""

from __future__ import annotations

import json
import re

import pytest

import paramcalc as pc
from paramcalc.characters import lookalike, visible
from paramcalc.verification.compare import Difference
from paramcalc.writers import FORMATS

NAME = "\x1b]0;title\x07\x1b[2J\r\\input{x}\n\x9b\u202eabc"
SHOWN = "\\x1b]0;title\\x07\\x1b[2J\\x0d\\input{x}\\x0a\\x9b\\u202eabc"
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")  # all but line ends


def model() -> pc.Model:
    return pc.Sequential([pc.Input((4,)), pc.Dense(4, name=NAME), pc.Dense(3, name="-1+2"), pc.Dense(2, name="é ü 中")])


@pytest.mark.parametrize("format", [one for one in FORMATS if one != "json"])
def test_no_view_writes_a_control_character(format: str) -> None:
    plain = pc.Sequential([pc.Input((4,)), pc.Dense(4, name="a"), pc.Dense(3), pc.Dense(2)])
    written = model().render(format)
    assert not CONTROLS.search(written)
    assert written.count("\n") == plain.render(format).count("\n")


def test_json_keeps_the_name_and_escapes_it() -> None:
    written = model().render("json")
    assert not CONTROLS.search(written)
    assert json.loads(written)["layers"][0]["name"] == NAME


def test_the_escapes_can_be_read() -> None:
    assert visible(NAME) == SHOWN
    assert SHOWN in model().render("text")
    assert "é ü 中" in model().render("text")
    assert visible("a b") == "a b"


def test_a_spreadsheet_runs_no_name() -> None:
    assert "'-1+2" in model().render("csv")


def test_messages_stay_on_their_line() -> None:
    with pytest.raises(pc.ParamcalcError) as caught:
        pc.Sequential([pc.Input((4,)), pc.LSTM(4, name=NAME)]).report()
    assert not CONTROLS.search(str(caught.value))
    assert "\n" not in str(caught.value)
    assert str(Difference(NAME, "total", "1", "2")) == f"{SHOWN}: total: paramcalc 1, Keras 2"


def test_lookalikes_are_named() -> None:
    assert lookalike("a：b") == "'：' is not ':', which was probably meant"
    assert lookalike("a\u00a0b") == "'U+00A0' is not a blank, which was probably meant"
    assert lookalike("a:b") is None
