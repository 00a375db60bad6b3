"""Completion in shells offers commands, flags and values, by the protocols of bash, zsh and fish."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

WANTED = [
    ("paramcalc l", {"lstm", "layer", "layers"}),
    ("paramcalc lstm --fra", {"--framework"}),
    ("paramcalc lstm --framework t", {"torch", "tf1", "tesseract"}),
    ("paramcalc lstm --merge s", {"sum"}),
    ("paramcalc count x.yaml --format ma", {"markdown"}),
    ("paramcalc layer MaxPooling", {"MaxPooling1D", "MaxPooling2D", "MaxPooling3D"}),
    ("paramcalc formula nn.LSTM", {"nn.LSTM", "nn.LSTMCell"}),
    ("paramcalc layer Conv2D fil", {"filters="}),
    ("paramcalc layer nn.LSTM hid", {"hidden_size="}),
    ("paramcalc layer Nothing x", set()),
    ("paramcalc lstm --peep", {"--peephole"}),
    ("paramcalc lstm --forget-bias ", {"0", "1", "2"}),
    ("paramcalc why lstm --unit", {"--unit-forget-bias"}),
    ("paramcalc why lstm --peep", {"--peephole"}),
    ("paramcalc why lstm --framework t", {"torch", "tf1", "tesseract"}),
    ("paramcalc why gru --in 3 --go", {"--got", "--go-backwards"}),
    ("paramcalc why dense --no-b", {"--no-bias"}),
    ("paramcalc why embedding --vo", {"--vocab"}),
    ("paramcalc why Conv2D --inp", {"--input"}),
    ("paramcalc dense --dtype bf", {"bfloat16"}),
]


def offered(shell: str, line: str) -> str:
    asked = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    script = "import sys; from paramcalc.cli import main; sys.argv = ['paramcalc']; main()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "_PARAMCALC_COMPLETE": f"complete_{shell}", **asked},
    )
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.parametrize(("line", "wanted"), WANTED)
def test_bash(line: str, wanted: set[str]) -> None:
    assert set(offered("bash", line).split()) == wanted


@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize(("line", "wanted"), WANTED[:4])
def test_other_shells(shell: str, line: str, wanted: set[str]) -> None:
    found = offered(shell, line)
    assert all(one in found for one in wanted)
