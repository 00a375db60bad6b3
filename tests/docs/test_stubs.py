"""The stubs say the same as the rules; they make type checkers refuse what the rules refuse."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from stubs import of_paper, of_paramcalc, of_torch

import paramcalc as pc
from paramcalc import paper, torch as nn
from paramcalc.core.descriptions import DESCRIPTIONS, description
from paramcalc.core.framework import frameworks
from paramcalc.core.registry import rules
from paramcalc.core.rule import REQUIRED, Rule
from paramcalc.core.signatures import FRAMEWORKS_OWN

PACKAGE = Path(pc.__file__).parent
STUBS = {"__init__.pyi": of_paramcalc, "torch.pyi": of_torch, "paper.pyi": of_paper}


@pytest.mark.parametrize("name", STUBS)
def test_a_stub_is_current(name: str, update: bool) -> None:
    made = STUBS[name]()
    if update:
        (PACKAGE / name).write_text(made, encoding="utf-8")
    assert (PACKAGE / name).read_text(encoding="utf-8") == made


def test_signatures() -> None:
    assert str(inspect.signature(pc.Dense)).startswith(
        "(units: 'Size', activation: 'Named' = Ellipsis, *, use_bias: 'bool' = True, "
    )
    assert str(inspect.signature(nn.Linear)).startswith(
        "(in_features: 'Size', out_features: 'Size', bias: 'bool' = True, "
    )
    assert str(inspect.signature(paper.LSTM)).startswith("(units: 'Size', *, ")
    assert "rule" not in str(inspect.signature(Rule))[:6]


def test_a_rule_documents_its_options() -> None:
    text = inspect.getdoc(pc.LSTM) or ""
    assert text.startswith(pc.LSTM.why)
    assert "units : Size, required\n    Number of units: the size of the output, d_h." in text
    assert "return_sequences : bool, default False\n    Whether to return the output of every time step" in text
    assert (Rule.__doc__ or "").startswith("The rule of one layer") or Rule.__doc__


ALL: list[Rule] = [rule for framework in frameworks() for rule in rules(framework).values()]


def test_every_option_is_described_and_every_description_used() -> None:
    options = {(rule.framework, name) for rule in ALL for name in (*rule.options, *rule.ignored, "name", "trainable")}
    assert [one for one in sorted(options) if not description(*one)] == []
    names = {name for _, name in options} | {f"{framework}.{name}" for framework, name in options}
    assert set(DESCRIPTIONS) - names == set()


def test_a_signature_takes_what_the_rule_takes() -> None:
    for rule in ALL:
        parameters = inspect.signature(rule).parameters
        positional = [name for name, one in parameters.items() if one.kind is one.POSITIONAL_OR_KEYWORD]
        assert tuple(positional) == rule.positional[: len(positional)], rule
        assert parameters.keys() == {*rule.options, *rule.ignored, "name", "trainable"}, rule
        for name, value in rule.defaults.items():
            wanted = inspect.Parameter.empty if value is REQUIRED else value
            assert parameters[name].default is wanted or parameters[name].default == wanted, (rule, name)
        own = {name for name, one in parameters.items() if one.default is FRAMEWORKS_OWN}
        assert own == rule.ignored - {"name", "trainable"}, rule


GOOD = """
import paramcalc as pc
from paramcalc import torch as nn, paper
h = pc.symbols("h")
pc.LSTM(128); pc.LSTM("d_h", return_sequences=True); pc.LSTM(4 * h, activation="tanh", dropout=0.5)
pc.Conv2D(8, (3, 3), padding="same"); pc.Bidirectional(pc.LSTM(3), merge_mode="sum", name="both")
nn.LSTM(108, 128, num_layers=2, bidirectional=True); paper.LSTM(128, peephole=True)
pc.Dense(3, kernel_initializer="zeros", trainable=False); pc.Reshape((3, -1)); pc.load("x.yaml").total
"""
BAD = [
    "pc.LSTM(units=[128])",
    "pc.LSTM(128, retrun_sequences=True)",
    "pc.Foo",
    "pc.LSTM()",
    "pc.LSTM(108, 128)",
    "pc.Conv2D(8, 3, padding='sane')",
    "nn.LSTM(108, 128, num_layers='two')",
    "pc.LSTM(128, return_sequences='yes')",
]


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_type_checkers_find_what_is_wrong(checker: str, tmp_path: Path) -> None:
    pytest.importorskip(checker)
    path = tmp_path / "used.py"
    path.write_text(GOOD + "\n".join(BAD) + "\n", encoding="utf-8")
    first = GOOD.count("\n") + 1
    words = [sys.executable, "-m", checker, *(["--strict"] if checker == "mypy" else []), str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    found = {int(line.split(":")[1]) for line in done.stdout.splitlines() if "error" in line and "used.py:" in line}
    assert found == set(range(first, first + len(BAD))), done.stdout
