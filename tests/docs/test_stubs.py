"""The stubs say the same as the rules; `typed_uses` is what type checkers make of them."""

from __future__ import annotations

import inspect
from pathlib import Path

import golden
import pytest
from stubs import of_paper, of_paramcalc, of_torch

import paramcalc as pc
from paramcalc import paper, torch as nn
from paramcalc.core.declare import REQUIRED
from paramcalc.core.descriptions import DESCRIPTIONS, description
from paramcalc.core.framework import frameworks
from paramcalc.core.registry import rules
from paramcalc.core.rule import Rule
from paramcalc.core.signatures import FRAMEWORKS_OWN

PACKAGE = Path(pc.__file__).parent
STUBS = {"__init__.pyi": of_paramcalc, "torch.pyi": of_torch, "paper.pyi": of_paper}


@pytest.mark.parametrize("name", STUBS)
def test_a_stub_is_current(name: str, update: bool) -> None:
    golden.hold(PACKAGE / name, STUBS[name](), update, "tests/docs")


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
