"""Completion in shells offers commands, flags and values, by the protocols of bash, zsh and fish."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

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
    ("paramcalc why lstm --unit", {"--units", "--unit-forget-bias"}),
    ("paramcalc why lstm --peep", {"--peephole"}),
    ("paramcalc why lstm --framework t", {"torch", "tf1", "tesseract"}),
    ("paramcalc why gru --in 3 --go", {"--got", "--go-backwards"}),
    ("paramcalc why dense --no-b", {"--no-bias"}),
    ("paramcalc why embedding --vo", {"--vocab"}),
    ("paramcalc why Conv2D --inp", {"--input"}),
    ("paramcalc dense --dtype bf", {"bfloat16"}),
]


Offered = Callable[[str, str], str]


@pytest.fixture
def offered(run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch) -> Offered:
    """Ask for completions as a shell does: by its variables, and no words."""

    def ask(shell: str, line: str) -> str:
        asked = {
            "bash": {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))},
            "zsh": {"_TYPER_COMPLETE_ARGS": line},
            "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
        }[shell]
        for name, value in {"_PARAMCALC_COMPLETE": f"complete_{shell}", **asked}.items():
            monkeypatch.setenv(name, value)
        _, out, err = run()
        assert "Traceback" not in err
        return out

    return ask


@pytest.mark.parametrize(("line", "wanted"), WANTED)
def test_bash(line: str, wanted: set[str], offered: Offered) -> None:
    assert set(offered("bash", line).split()) == wanted


@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize(("line", "wanted"), WANTED[:4])
def test_other_shells(shell: str, line: str, wanted: set[str], offered: Offered) -> None:
    found = offered(shell, line)
    assert all(one in found for one in wanted)


# --- real shells, where they are installed ---------------------------------------------------------------------

SCRIPTS = {
    "bash": """eval "$(paramcalc --show-completion)"
        COMP_WORDS=({line}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); _paramcalc_completion paramcalc
        printf '%s\\n' "${{COMPREPLY[@]}}"; true""",
    "fish": 'paramcalc --show-completion | source; complete -C "{line}"; true',
    "zsh": """zmodload zsh/zpty; zpty shell zsh -f -i
        zpty -w shell 'autoload -U compinit && compinit -u; eval "$(paramcalc --show-completion)"; print rea""dy'
        zpty -r shell seen '*ready*'
        zpty -n -w shell $'{line}\\t\\t'; zpty -r shell seen '*{last}*'; print -r -- $seen; zpty -d shell""",
}


@pytest.mark.slow
@pytest.mark.parametrize("shell", SCRIPTS)
@pytest.mark.parametrize(
    ("line", "wanted"), [("paramcalc ls", "lstm"), ("paramcalc lstm --framework tess", "tesseract")]
)
def test_a_real_shell(shell: str, line: str, wanted: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    found = subprocess.run(
        [program, "-c", SCRIPTS[shell].format(line=line, last=wanted)],
        env={**os.environ, "PATH": path, "TERM": "dumb"}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert wanted in found.stdout, found
