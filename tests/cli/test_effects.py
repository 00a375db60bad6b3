"""Flags of solve, match, sweep, compare and check: each changes what is printed, or is refused."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tiers import quick_sets

from paramcalc.cli.app import MODULES
from paramcalc.cli.options import Command, Positional

DEEP, TUTORIAL, STACKED = (f"docs/examples/{name}.yaml" for name in ("deep", "tutorial", "stacked"))
COSTS = {"--batch": "7", "--steps": "5", "--dtype": "bfloat16", "--optimizer": "adam", "--inference": ""}
VIEWS = {"--format": "csv", "--json": "", "--explain": ""}
# For each command, lines without a flag and a value for each flag; one that a line has already is not added to it.
LINES = {
    "solve": (
        f"{DEEP} --for h=8:512:8 --params 100k",
        f"{DEEP} --for h=8:512:8 --macs 5M --steps 3",
        f"{DEEP} --for h=8:512:8 --memory 8MiB --batch 2 --steps 3",
        f"{DEEP} --for h=8:512:8 --memory 8MiB --batch 2 --steps 3 --inference",
        "lstm --in 8 --params 100k",
        "lstm --in 8 --memory 8MiB --batch 2 --steps 3",
    ),
    "match": (STACKED, f"{STACKED} --with gru", "lstm --in 8 --hidden 64 --with gru", f"{DEEP} --set h=8"),
    "sweep": (
        f"{DEEP} --vary h=8:24:8",
        f"{DEEP} --vary h=8:24:8 --columns macs --steps 3",
        f"{DEEP} --vary h=8:24:8 --columns memory --steps 3",
        f"{DEEP} --vary h=8:24:8 --columns weights",
        f"{DEEP} --vary h=8:24:8 --columns inference",
        f"{DEEP} --vary h=8:24:8 --columns activations --steps 3",
        "lstm --in 8 --vary hidden=8:24:8",
        "lstm --in 8 --vary hidden=8:24:8 --columns macs --steps 3",
    ),
    "compare": (
        f"{DEEP} {TUTORIAL}",
        f"{DEEP} {DEEP}:",
        f"{TUTORIAL} {STACKED} --cost",
        "'lstm --in 8 --hidden 4' 'gru --in 8 --hidden 4'",
        "'lstm --in 8 --hidden 4' 'gru --in 8 --hidden 4' --cost",
    ),
    "check": (
        f"{DEEP} --max-params 10k",
        f"{DEEP} --max-macs 1M --steps 3",
        f"{DEEP} --max-memory 1MiB --batch 2 --steps 3",
        f"{DEEP} --max-memory 1MiB --batch 2 --steps 3 --inference",
        f"{STACKED} --max-growth 5% --against {TUTORIAL}",
    ),
}
VALUES = {
    "solve": {
        "--for": "layers=1:2", "--params": "90k", "--macs": "3M", "--memory": "9MiB", "--at-least": "", "--near": "",
        "--multiple-of": "24", "--such-that": "layers=h//64+1", "--most": "40", "--set": "layers=1",
    },
    "match": {"--with": "rnn,transformer", "--blocks": "3", "--set": "layers=1"},
    "sweep": {
        "--vary": "layers=1:2", "--columns": "trainable", "--where": "params>2k", "--pareto": "h:max",
        "--set": "layers=1", "--output": "{folder}/found.csv", "--dask": "local",
    },
    "compare": {"--set": "h=8", "--cost": ""},
    "check": {
        "--max-params": "11k", "--max-macs": "3M", "--max-memory": "9MiB", "--max-growth": "3%", "--against": STACKED,
        "--set": "layers=1",
    },
}  # fmt: skip


def command(name: str) -> Command:
    module = next(module for module, names in MODULES.items() if name in names)
    made: Command = import_module(f"paramcalc.cli.commands.{module}").command(name, ())
    return made


def cases() -> Iterator[tuple[str, str, str]]:
    for name, lines in LINES.items():
        values = {**COSTS, **VIEWS, **VALUES[name]}
        for parameter in command(name).parameters:
            if isinstance(parameter.told, Positional):
                continue
            (flag, *_) = parameter.flags
            given = f"{flag} {values[flag]}".strip()
            if (name, flag) == ("compare", "--explain"):  # it lists layers that are alike
                lines = (f"{TUTORIAL} {STACKED}",)
            yield from ((name, line, given) for line in lines if flag not in line.split() or parameter.many)


@pytest.mark.parametrize(("name", "line", "given"), quick_sets(cases(), 4))
def test_every_flag_has_an_effect_or_is_refused(run: Any, name: str, line: str, given: str, tmp_path: Path) -> None:
    words = shlex.split(line.replace(f"{DEEP}:", str(tmp_path / "other.yaml")))
    (tmp_path / "other.yaml").write_text(Path(DEEP).read_text(encoding="utf-8").replace("h: 64", "h: 32"))
    more = shlex.split(given.format(folder=tmp_path))
    code, *before = run(name, *words)
    assert (code == 2) == ("depend on open sizes" in before[1] or "depends on T" in before[1])
    refused, *after = run(name, *words, *more)
    if refused == 2:
        assert after[0] == ""
        assert after[1].startswith(("paramcalc: ", "Usage: "))
    else:
        assert (after, refused) != (before, code)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (f"solve {DEEP} --for h --params 1k --dtype bfloat16", "--dtype has no effect; expected --memory with it"),
        (f"solve {DEEP} --for h --memory 1G --batch 1 --steps 1 --optimizer adam --inference",
         "--optimizer has no effect; expected --memory with it, and no --inference"),
        (f"check {DEEP} --max-params 1k --inference", "--inference has no effect; expected --max-memory with it"),
        (f"check {DEEP} --max-params 1k --batch 3",
         "--batch has no effect; expected --max-macs or --max-memory with it"),
        (f"match {STACKED} --with gru --blocks 2", "--blocks has no effect; expected transformer in --with"),
        (f"sweep {DEEP} --vary h=8 --batch 2",
         "--batch has no effect on the selected columns; expected one of macs, backward_macs, "),
        (f"sweep {DEEP} --vary h=8 --columns macs --steps 1 --dtype bfloat16",
         "--dtype has no effect on the selected columns; expected one of memory, inference, weights, activations, "
         "state"),
        (f"sweep {DEEP} --set h=8 --vary h=8", "h varies, and has a value; expected one of the two, received 8"),
        (f"solve {DEEP} --set h=8 --for h --params 1k",
         "h varies, and has a value; expected one of the two, received 8"),
        (f"solve {DEEP} --set h=8 --for T --macs 1M --such-that h=T",
         "h varies, and has a value; expected one of the two, received 8"),
        ("solve lstm --in 3 --hidden 4 --for T --macs 1M --steps 3",
         "T varies, and steps gives it a value; expected one of the two, received 3"),
        (f"solve {TUTORIAL} --for B --memory 1G --batch 3",
         "B varies, and batch gives it a value; expected one of the two, received 3"),
        (f"sweep {TUTORIAL} --vary B=1:3 --columns macs --batch 3",
         "B varies, and batch gives it a value; expected one of the two, received 3"),
        (f"sweep {DEEP} --vary T=1:3 --columns macs --steps 3",
         "T varies, and steps gives it a value; expected one of the two, received 3"),
        (f"sweep {DEEP} --vary h=8 --vary h=16", "the size 'h' is varied twice; expected sizes with names"),
        ("compare 'lstm --in 3 --hidden 4' 'gru --in 3 --hidden 4' --set h=3",
         "--set has no effect; expected a file among the models"),
        (f"check {DEEP} --max-growth 3% --against ./{DEEP}",
         "--against has the file that is checked; expected another file, received"),
        (f"check {DEEP} {DEEP} --max-params 3", "a file is given twice; expected each file once, received"),
        (f"check {DEEP} --max-params 3 --format xyz", "unknown format; expected table, text, markdown, latex, csv, "
         "json, html, github, received 'xyz'"),
        (f"check {DEEP} --max-params 3 --format github --json", "--json and --format ask for different views"),
        ("check docs/examples/sizes.yaml --max-params 3",
         "the parameters depend on open sizes; expected a value for V: --set V=…, received"),
        (f"check {DEEP} --max-macs 3", "the MACs depend on open sizes; expected a value for T: --steps or --set T=…, "),
        (f"check {TUTORIAL} --max-memory 3", "the memory depends on open sizes; expected a value for B: --batch, "),
    ],
)  # fmt: skip
def test_what_belongs_together(run: Any, words: str, message: str) -> None:
    code, out, err = run(*shlex.split(words))
    assert (code, out) == (2, "")
    assert err.startswith(f"paramcalc: {message}")


WIDTH = (
    "paramcalc: no --input here; expected --in and the number of input features (--input is the shape of an input, of "
    "a model or of a layer by its class)\n"
)


@pytest.mark.whole
@pytest.mark.parametrize(
    "words",
    [
        ["lstm", "--input", "108", "--hidden", "3"],
        ["gru", "--input=108", "--hidden", "3"],
        ["dense", "--input", "108", "--out", "3"],
        ["solve", "lstm", "--input", "108", "--params", "1M"],
        ["sweep", "lstm", "--input", "108", "--vary", "hidden=3"],
        ["why", "lstm", "--input", "108", "--hidden", "3", "--got", "3"],
        ["compare", "lstm --input 108 --hidden 3", "docs/examples/tutorial.yaml"],
    ],
)
def test_a_layer_by_flags_takes_its_width(run: Any, words: list[str]) -> None:
    assert run(*words) == (2, "", WIDTH)


def test_the_shape_of_an_input_where_there_is_a_flag_for_it(run: Any) -> None:
    assert run("layer", "Dense", "--input", "108", "units=3")[0] == 0


PROGRAM = """
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(9, 4)

    def forward(self, x):
        return self.out(x)
"""


@pytest.mark.parametrize("words", [["cost"], ["count", "--cost"]])
@pytest.mark.parametrize("size", ["--batch", "--steps"])
def test_unknown_inputs_of_source_code_are_given_by_a_flag(
    run: Any, tmp_path: Path, words: list[str], size: str
) -> None:
    path = tmp_path / "net.py"
    path.write_text(PROGRAM)
    problem = "the shapes of the inputs are unknown, so there is no batch and no time axis"
    error = (2, "", f"paramcalc: {problem}; expected their shapes by --input\n")
    assert run(*words, str(path), size, "64") == error
    assert run(*words, str(path), "--batch", "64", "--input", "64,9")[0] == 0


def test_unknown_inputs_of_other_files_have_no_flag(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    header = b'{"out.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}'
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(24))
    code, _, err = run("cost", str(path), "--batch", "64")
    assert (code, err) == (
        2,
        "paramcalc: the shapes of the inputs are unknown, so there is no batch and no time axis\n",
    )
