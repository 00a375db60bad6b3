"""The remark on an unknown model: the count it had before the statement that made it unknown."""

from __future__ import annotations

import re

import pytest
from test_source_programs import EXACT

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

BEFORE = re.compile(r"it has (.+) parameters before model\.py:(\d+), which may change it")
TORCH = "from torch import nn\nfrom helpers import train\n"


def remarks(text: str) -> dict[str, str]:
    found = {}
    for model in read_all(Source("model.py", given=text)):
        for warning in model.report().warnings:
            if match := BEFORE.fullmatch(warning):
                found[model.label] = match[1]
    return found


@pytest.mark.parametrize("name", EXACT)
def test_a_model_behind_an_unknown_call_has_the_count_before_it_as_a_remark(name: str) -> None:
    text, total = EXACT[name]
    called = re.findall(r"^(\w+) = [^\n]*\Z", text)[-1:] or ["m"]
    if f"{called[0]} = " not in text:
        pytest.skip("its model has no name")
    found = remarks(f"{text}\nfrom helpers import train\ntrain({called[0]})\n")
    assert found.get(called[0]) == f"{total:,}"
    assert remarks(text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m = nn.Linear(2, 3)\ntrain(m)\nm = nn.Linear(4, 5)\ntrain(m)\n", {"m": "25"}),  # the last one
        ("m = nn.Linear(2, 3)\nx = nn.Linear(4, 5)\ntrain(x)\nm = x\n", {"x": "25"}),  # m is another one by then
        ("m = nn.Linear(2, 3)\nif __name__ == '__main__':\n    train(m)\n", {"m": "9"}),
        ("m = nn.Linear(2, 3)\ntrain(m)\nm.weight = None\n", {"m": "9"}),
        ("m = nn.Linear(2, 3)\nfor _ in range(3):\n    train(m)\n", {"m": "9"}),
        ("m = nn.Linear(2, 3)\ndef go():\n    train(m)\nm.bias = None\ngo()\n", {}),  # of another time
        ("m = nn.Linear(2, 3)\nif __name__ != '__main__':\n    m.bias = None\ntrain(m)\n", {"m": "9"}),
        ("train(nn)\nm = nn.Sequential(nn.Linear(2, 3))\ntrain(m)\n", {"m": "9"}),
    ],
)
def test_the_model_is_the_one_that_is_listed(text: str, expected: dict[str, str]) -> None:
    assert remarks(TORCH + text) == expected
    found = {model.label: model.report().exact for model in read_all(Source("model.py", given=TORCH + text))}
    assert not any(found[name] for name in expected)


def test_a_long_program_is_run_again_in_part() -> None:
    many = "n = 0\nfor i in range(500):\n    for j in range(60):\n        n += i * j\n"
    text = TORCH + "m = nn.Linear(2, 3)\n{}train(m)\n"
    assert remarks(text.format("")) == {"m": "9"}
    assert remarks(text.format(many * 5)) == {"m": "9"}  # what is left out does not name it


def test_the_place_is_that_of_the_statement_before_which_the_model_has_the_count() -> None:
    text = (
        f"{TORCH}m = nn.Sequential(nn.Linear(2, 3))\nfor _ in range(1):\n    m.append(nn.Linear(3, 4))\n    train(m)\n"
    )
    (model,) = read_all(Source("model.py", given=text))
    assert "it has 9 parameters before model.py:4, which may change it" in model.report().warnings


def test_a_name_that_is_bound_behind_the_statement_is_not_taken_for_granted_before_it() -> None:
    text = f"{TORCH}n = [4]\nn.append(width)\nm = nn.Linear(n[-1], 1)\ntrain(m)\nwidth = 7\n"
    assert remarks(text) == {}
