"""A name that no size has: every command says which names there are, and what to do where there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

NUMBERS = "input: [100, 108]\nlayers:\n  - LSTM: {units: 128, name: lstm}\n  - Dense: 10\n"
NAMES = "sizes: {hidden_size: 64}\ninput: [null, 108]\nlayers: [LSTM: hidden_size]\n"
PROGRAM = """
from torch import nn


class Net(nn.Module):
    def __init__(self, hidden_size=4):
        super().__init__()
        self.out = nn.Linear(9, hidden_size)

    def forward(self, x):
        return self.out(x)
"""
SCRIPT = "import keras\n\nmodel = keras.Sequential([keras.Input((9,)), keras.layers.Dense(4)])\n"
KERAS = json.dumps(
    {
        "class_name": "Sequential",
        "config": {
            "layers": [
                {"class_name": "InputLayer", "config": {"name": "i", "batch_shape": [None, 9]}},
                {"class_name": "Dense", "config": {"name": "d", "units": 4}},
            ]
        },
    }
)

REMEDY = " (the file names no size: write a name in place of a number, such as LSTM: h)"
WRITTEN = " (only a spec and source code name sizes; paramcalc count {file} --format yaml writes a spec)"
SCRIPTED = " (the program has no size: a parameter of the class or function in FILE:NAME is one)"

ASK = {
    "solve": lambda file, name: ["solve", file, "--for", name, "--params", "1M"],
    "sweep": lambda file, name: ["sweep", file, "--vary", f"{name}=1:3"],
    "set": lambda file, name: ["count", file, "--set", f"{name}=3"],
}

REFUSED = [
    ("m.yaml", NUMBERS, "h", f"sizes: no size 'h'; expected B{REMEDY}"),
    ("m.yaml", NUMBERS, "lstm.units", f"sizes: no size 'lstm.units'; expected B{REMEDY}"),
    ("m.yaml", NUMBERS, "batch", "sizes: no size 'batch'; expected B (did you mean 'B'?)"),
    ("m.yaml", NUMBERS, "batch-size", "sizes: no size 'batch-size'; expected B (did you mean 'B'?)"),
    ("m.json", KERAS, "h", f"sizes: no size 'h'; expected B{WRITTEN}"),
]
NAMED = [
    ("hidden-size", "sizes: no size 'hidden-size'; expected B or T or hidden_size (did you mean 'hidden_size'?)"),
    ("steps", "sizes: no size 'steps'; expected B or T or hidden_size (did you mean 'T'?)"),
    ("k", "sizes: no size 'k'; expected B or T or hidden_size"),
]
REFUSED += [("n.yaml", NAMES, name, message) for name, message in NAMED]


@pytest.mark.whole
@pytest.mark.parametrize("ask", ASK)
@pytest.mark.parametrize(("file", "text", "name", "message"), REFUSED)
def test_every_command_says_the_same(
    run: Any, tmp_path: Path, ask: str, file: str, text: str, name: str, message: str
) -> None:
    path = tmp_path / file
    path.write_text(text, encoding="utf-8")
    code, out, err = run(*ASK[ask](str(path), name))
    assert (code, out) == (2, "")
    line = ":1" if text == NAMES else ""
    if file == "m.json" and ask != "set":  # a model that was read has no place in its file
        assert err == f"paramcalc: {message.removeprefix('sizes: ').format(file=path)}\n"
    else:
        assert err == f"paramcalc: {path}{line}: {message.format(file=path)}\n"


@pytest.mark.whole
@pytest.mark.parametrize("ask", ["solve", "sweep"])
@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (PROGRAM, "hidden-size", "no size 'hidden-size'; expected hidden_size (did you mean 'hidden_size'?)"),
        (PROGRAM, "h", "no size 'h'; expected hidden_size"),
        (SCRIPT, "h", f"no size 'h'; expected B{SCRIPTED}"),
    ],
)
def test_programs(run: Any, tmp_path: Path, ask: str, text: str, name: str, message: str) -> None:
    path = tmp_path / "m.py"
    path.write_text(text, encoding="utf-8")
    assert run(*ASK[ask](str(path), name)) == (2, "", f"paramcalc: {path}: sizes: {message}\n")


@pytest.mark.parametrize(
    ("file", "text", "known"),
    [
        ("m.yaml", NUMBERS, f"B{REMEDY}"),
        ("n.yaml", NAMES, "B or T or hidden_size"),
        ("m.py", PROGRAM, "hidden_size"),
        ("m.py", SCRIPT, f"B{SCRIPTED}"),
        ("m.json", KERAS, f"B{WRITTEN}"),
    ],
)
def test_without_a_size_to_find(run: Any, tmp_path: Path, file: str, text: str, known: str) -> None:
    path = tmp_path / file
    path.write_text(text, encoding="utf-8")
    problem = "no size to find; expected --for and the name of a size of the file"
    assert run("solve", str(path), "--params", "1M") == (2, "", f"paramcalc: {problem}: {known.format(file=path)}\n")


LAYER = "lstm --in 108"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (f"sweep {LAYER} --vary h=64:256:64",
         "no --hidden; expected a size, or --vary hidden=VALUES (to vary h, write it as a size: --hidden h)"),
        ("sweep lstm --vary h=4", "no --in and no --hidden; expected a size, or --vary in=VALUES --vary hidden=VALUES "
         "(to vary h, write it as a size: --in h)"),
        (f"sweep {LAYER} --hidden 4 --vary h=4",
         "no size 'h'; expected B or T (the model names no size: write a name in place of a number)"),
        (f"solve {LAYER} --hidden 4 --for h --params 1M",
         "no size 'h'; expected B or T (the model names no size: write a name in place of a number)"),
        (f"solve {LAYER} --for x --params 1M", "no --hidden; expected --hidden and a size, or --for h to find it"),
    ],
)  # fmt: skip
def test_the_flags_of_a_layer(run: Any, words: str, message: str) -> None:
    assert run(*words.split()) == (2, "", f"paramcalc: {message}\n")


@pytest.mark.parametrize("name", ["h", "hidden", "units"])
def test_what_these_messages_tell_works(run: Any, name: str) -> None:
    code, out, _ = run("solve", *LAYER.split(), "--for", name, "--params", "1M", "--json")
    assert code == 0
    assert f'"{name}": 448' in out
    flags = ["--hidden", "h"] if name == "h" else []
    code, out, _ = run("sweep", *LAYER.split(), *flags, "--vary", f"{name}=64:128:64", "--format", "csv")
    assert (code, out) == (0, f"{name},params\n64,44288\n128,121344\n")


def test_a_name_in_place_of_a_number_is_a_size(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(NUMBERS.replace("128", "h"), encoding="utf-8")
    assert run("sweep", str(path), "--vary", "h=128", "--format", "csv")[1] == "h,params\n128,122634\n"
