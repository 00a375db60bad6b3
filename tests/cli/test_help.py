"""The help: every command ends with examples that run, in colour on a terminal; flags about sizes and layout."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from safetensors_files import write

from paramcalc.cli import app
from paramcalc.cli.help import print_help
from paramcalc.core.storage import BITS, bytes_of, bytes_text
from paramcalc.formats.huggingface.config import described
from paramcalc.formats.huggingface.names import parameters

Run = Callable[..., tuple[int, str, str]]
MODEL = """
name: reader
sizes: {h: 128}
input: [T, 108]
layers:
  - LSTM: h
  - Dense: 32
"""
COMMANDS = {command.name: command for command in app._commands("", ())}
PROGRAM = dedent("""
    from torch import nn


    class Net(nn.Module):
        def __init__(self, hidden, layers):
            super().__init__()
            self.rnn = nn.LSTM(hidden, hidden, layers)
""")
CONFIG = {
    "model_type": "gpt2",
    "vocab_size": 9,
    "n_positions": 8,
    "n_embd": 4,
    "n_layer": 1,
    "n_head": 2,
}
EXAMPLES = [line for command in COMMANDS.values() for line in command.examples]
SLOW = {"paramcalc verify --rules --framework torch"}  # the audit has tests of its own


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_ends_with_examples(run: Run, name: str) -> None:
    code, out, _ = run(name, "-h")
    *_, last = out.partition("Examples:\n")
    assert code == 0
    assert [line.strip() for line in last.splitlines()] == list(COMMANDS[name].examples)
    assert 1 <= len(COMMANDS[name].examples) <= 3


@pytest.mark.parametrize("line", sorted(set(EXAMPLES) - SLOW))
def test_the_examples_run(run: Run, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.yaml").write_text(MODEL, encoding="utf-8")
    Path("old.yaml").write_text(MODEL.replace("128", "126"), encoding="utf-8")
    Path("model.py").write_text(PROGRAM, encoding="utf-8")
    Path("config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    write(Path("weights.safetensors"), parameters(described(CONFIG)))
    program, *words = shlex.split(line)
    code, out, error = run(*words)
    assert (program, error) == ("paramcalc", "")
    assert code == 0 or (code == 1 and words[0] == "why" and out)  # why: 1 where nothing explains the number
    assert out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a property here
        return "utf-8"


HELP = "Usage: paramcalc x [OPTIONS]\n\nOptions:\n  -f, --format F  Format.\n\n  Examples:\n    paramcalc x\n"


def shown(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("sys.stdout", stream)
    print_help(HELP)
    return stream.getvalue()


def test_help_has_colour_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = shown(Terminal(), monkeypatch)
    assert "\x1b[36m-f, --format\x1b[0m F" in coloured
    assert "\x1b[32m    paramcalc x\x1b[0m" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert not {"\x1b[3"} & {part[:3] for part in shown(Terminal(), monkeypatch).split("m")}
    assert shown(io.StringIO(), monkeypatch).replace("\n", "") == HELP.replace("\n", "")


# --- sizes, layout, the start of a bias ----------------------------------------------------------------


@pytest.mark.parametrize(("size", "text"), [
    (0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1024**2 - 1, "1.0 MiB"),
    (485_376, "474.0 KiB"), (612_912, "598.5 KiB"), (28 * 10**9, "26.1 GiB"), (2**80, "1,048,576.0 EiB"),
])  # fmt: skip
def test_bytes(size: int, text: str) -> None:
    assert bytes_text(size) == text


@pytest.mark.parametrize("dtype", BITS)
def test_bytes_of_a_dtype(run: Run, dtype: str) -> None:
    code, out, _ = run("lstm", "--in", "108", "--hidden", "128", "--dtype", dtype)
    assert code == 0
    assert f"size         {bytes_text(bytes_of(121_344, dtype))} in {dtype}\n" in out
    assert bytes_of(121_344, dtype) == 121_344 * BITS[dtype] // 8


def test_a_short_name_of_a_dtype(run: Run) -> None:
    long, short = (run("lstm", "--in", "3", "--hidden", "4", "--dtype", name) for name in ("bfloat16", "bf16"))
    assert long == short


def test_an_unknown_dtype(run: Run) -> None:
    code, _, error = run("dense", "--in", "3", "--out", "4", "--dtype", "flaot32", "--json")
    assert code == 2
    assert error.startswith("paramcalc: --dtype: unknown dtype; expected float64, float32")
    assert error.endswith("received 'flaot32' (did you mean 'float32'?)\n")


@pytest.mark.parametrize(("words", "layout", "sentence"), [
    (["batch_first=false"], "time first", "time first: L time steps, N samples"),
    (["batch_first=true"], "batch first", "batch first: N samples, L time steps"),
    (["--input", "10,108"], "no batch axis", "no batch axis: 10 time steps of one sample"),
])  # fmt: skip
def test_the_layout_of_pytorch(run: Run, words: list[str], layout: str, sentence: str) -> None:
    line = ["layer", "nn.LSTM", "input_size=108", "hidden_size=128", *words]
    assert sentence in run(*line)[1]
    assert sentence in run(*line, "--explain")[1]
    (layer,) = json.loads(run(*line, "--json")[1])["layers"]
    assert layer["layout"] == layout


def test_keras_has_one_layout(run: Run) -> None:
    assert "layout" not in run("lstm", "--in", "3", "--hidden", "4", "--json")[1]


def test_a_cost_says_what_t_is(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "120,832·T for one sample, T time steps, 2 FLOPs" in run("lstm", "--in", "108", "--hidden", "128")[1]
    assert "T time" not in run("lstm", "--in", "108", "--hidden", "128", "--steps", "5")[1]
    major = {
        "name": "a",
        "units": 7,
        "time_major": True,
        "return_sequences": True,
        "batch_input_shape": [None, None, 5],
    }
    text = {"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "LSTM", "config": major}]}}
    Path("major.json").write_text(json.dumps({**text, "keras_version": "2.10.0"}), encoding="utf-8")
    assert "336T for one time step of T samples, 2 FLOPs" in run("count", "major.json")[1]


@pytest.mark.parametrize(("words", "start"), [
    ("--forget-bias 1", {"f": 1}), ("--forget-bias 0", None), ("--framework paper", None),
    ("--framework paper --forget-bias 1", {"f": 1}), ("--framework paper --forget-bias 2", {"f": 2}),
])  # fmt: skip
def test_the_start_of_the_forget_bias(run: Run, words: str, start: dict[str, int] | None) -> None:
    code, out, _ = run("lstm", "--in", "3", "--hidden", "4", *words.split(), "--json")
    weights = json.loads(out)["layers"][0]["weights"]
    assert code == 0
    assert next(one for one in weights if one["name"] == "bias").get("starts") == start


@pytest.mark.parametrize(("words", "problem"), [
    ("--forget-bias 2", "--forget-bias of keras's LSTM; expected 0 or 1, received '2' (--framework paper has it)"),
    ("--forget-bias 1 --framework torch", "torch's LSTM has no --forget-bias; expected --framework keras or paper"),
    ("--forget-bias 1 --unit-forget-bias",
     "--forget-bias and --unit-forget-bias set one option; expected one of the two"),
])  # fmt: skip
def test_a_forget_bias_that_is_not_there(run: Run, words: str, problem: str) -> None:
    code, _, error = run("lstm", "--in", "3", "--hidden", "4", *words.split())
    assert (code, error) == (2, f"paramcalc: {problem}\n")
