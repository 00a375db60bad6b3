"""The audit of PyTorch's rules finds nothing, and finds what is broken on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import prod
from typing import Any

import pytest
from audit_plans import plan_of, sample_of

from paramcalc import torch as nn
from paramcalc.core.declare import Built
from paramcalc.core.framework import framework
from paramcalc.core.products import unsourced
from paramcalc.core.registry import rules
from paramcalc.errors import LayerError, MissingExtra
from paramcalc.rules.shared import cells, windows
from paramcalc.rules.torch import attention, convolutional, recurrent
from paramcalc.verification.adapters.torch.adapter import ADAPTER, UNSEEN
from paramcalc.verification.audit import Audit, audit, auditable, option_mismatches, results
from paramcalc.verification.cases import cases
from paramcalc.verification.outcome import Installed

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
SAMPLE = 4  # configurations of a rule
Module = torch.nn.Module


@pytest.mark.whole
@pytest.mark.parametrize("name", [rule.name for rule in auditable("torch")])
def test_a_sample_has_no_mismatch(name: str) -> None:
    rule = rules("torch")[name]
    assert [problem for result in results(rule, sample_of(rule, SAMPLE)) for problem in result.mismatches] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", [rule.name for rule in auditable("torch")])
def test_no_mismatch(name: str) -> None:
    found = audit([name], framework="torch")
    assert found.mismatches == []
    assert found.ok
    assert found.configurations > 5
    assert found.costs > 1


def test_every_rule_is_audited() -> None:
    assert {rule.name for rule in auditable("torch")} == set(rules("torch"))


def test_every_module_has_a_rule_or_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    left_out = ADAPTER.left_out()
    assert [name for name, why in left_out.items() if why == UNSEEN] == []  # else PyTorch has a layer of late
    modules = {name for name, made in vars(torch.nn).items() if isinstance(made, type) and issubclass(made, Module)}
    assert left_out.keys() == modules - rules("torch").keys()
    assert left_out["AdaptiveLogSoftmaxWithLoss"] == "is a loss with weights of its own, for which there is no rule"
    monkeypatch.setattr(torch.nn, "Newest", type("Newest", (Module,), {}), raising=False)
    assert ADAPTER.left_out()["Newest"] == UNSEEN


def test_the_report_names_what_it_leaves_out() -> None:
    reasons = {"AdaptiveLogSoftmaxWithLoss": "is a loss", "MSELoss": "is a loss", "Newest": UNSEEN}
    found = Audit(Installed(framework("torch"), "2.9", "meta device"), 1.0, [], reasons)
    assert str(found).splitlines()[-6:-2] == [
        "without a rule",
        "AdaptiveLogSoftmaxWithLoss  is a loss",
        "MSELoss                     is a loss",
        "Newest                      is newer than the rules",
    ]
    assert found.to_dict()["left_out"] == reasons
    assert audit(["Flatten"], framework="torch").left_out == {}  # that is asked about one layer


def test_the_audit_says_whose_it_is() -> None:
    seen: list[int] = []
    found = audit(["Flatten", "GLU"], framework="torch", progress=lambda done, total, name: seen.append(done))
    assert seen == list(range(found.configurations + 1))
    data = json.loads(json.dumps(found.to_dict()))
    assert (data["torch"], data["backend"]) == (torch.__version__, "meta device")
    assert found.summary.startswith(f"PyTorch {torch.__version__} (meta device): 2 rules, ")
    with pytest.raises(LayerError, match="did you mean 'LSTM'"):
        audit(["LSMT"], framework="torch")
    with pytest.raises(LayerError, match="no framework to audit rules against; expected keras or torch"):
        audit(framework="onnx")


def test_every_switch_is_tried() -> None:
    names = ("bias", "batch_first", "bidirectional", "nonlinearity")
    assert len({tuple(case.layer.options[name] for name in names) for case in cases(nn.RNN)}) == 2**4
    tried = {
        (case.layer.options["kdim"] is None, case.layer.options["add_bias_kv"]) for case in cases(nn.MultiheadAttention)
    }
    assert len(tried) == 4
    assert {case.layer.options["padding_mode"] for case in cases(nn.Conv2d)} == {
        "zeros",
        "reflect",
        "circular",
        "replicate",
    }


def test_where_the_meta_device_looks_away_the_processor_is_asked() -> None:
    (row,) = audit(["Softmax"], framework="torch").rows
    assert row.mismatches == []
    assert row.remarks[0] == (
        "Softmax(dim=1) on (4,): PyTorch computes what paramcalc says, and announced: refused, PyTorch accepts: "
        "no such axis; expected a number from -1 to 0, received 1"
    )


def test_pytorch_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra) as caught:
        audit(["Linear"], framework="torch")
    assert str(caught.value) == "verification needs torch, which is not installed (pip install 'paramcalc[torch]')"


# --- broken on purpose ---------------------------------------------------------------------------------------

Wrong = Callable[[pytest.MonkeyPatch], None]


def theory(module: Any, name: str, wrong: Callable[..., Any]) -> Wrong:
    honest = getattr(module, name)
    return lambda patch: patch.setattr(module, name, lambda *args, **more: wrong(honest, *args, **more))


def built(name: str, wrong: Callable[[Built], Built]) -> Wrong:
    def apply(patch: pytest.MonkeyPatch) -> None:
        rule = rules("torch")[name]
        honest = rule.body
        assert rule.inputs
        _ = rule.options, rule.call
        patch.setattr(rule, "body", lambda *args, **options: wrong(honest(*args, **options)))

    return apply


def weight(place: int, **changes: Any) -> Callable[[Built], Built]:
    def wrong(answer: Built) -> Built:
        weights = list(answer.weights)
        if -len(weights) <= place < len(weights):
            weights[place] = weights[place].evolve(**changes)
        return answer._replace(weights=tuple(weights))

    return wrong


def cost(macs: Callable[[Built], Any]) -> Callable[[Built], Built]:
    return lambda answer: answer._replace(work=lambda: unsourced(macs(answer)))


BROKEN: dict[str, tuple[str, Wrong]] = {
    "one bias": (
        "LSTM",
        theory(recurrent, "gated", lambda honest, *a: [w for w in honest(*a) if "bias_hh" not in w.name]),
    ),
    "one bias in the formula": (
        "GRU",
        theory(cells, "parameters", lambda honest, g, x, h, b, *p: honest(g, x, h, b // 2, *p)),
    ),
    "a kernel transposed": ("Linear", built("Linear", lambda a: weight(0, shape=a.weights[0].shape[::-1])(a))),
    "another name": ("Linear", built("Linear", weight(0, name="kernel"))),
    "a running mean that is trained": ("BatchNorm2d", built("BatchNorm2d", weight(-2, trainable=True, buffer=False))),
    "a running mean that is a parameter": ("BatchNorm2d", built("BatchNorm2d", weight(-2, buffer=False))),
    "states that follow batch_first": (
        "GRU",
        built("GRU", lambda a: a._replace(outs=(a.outs[0], (*a.outs[1][1::-1], *a.outs[1][2:])))),
    ),
    "a window that fits once more": ("Conv1d", theory(windows, "padded", lambda honest, *a, **m: honest(*a, **m) + 1)),
    "rounding up overlooked": (
        "MaxPool2d",
        theory(windows, "padded", lambda honest, n, k, s, m, d=1, up=False: honest(n, k, s, m, d)),
    ),
    "margins on one side": (
        "ConvTranspose2d",
        theory(windows, "transposed_padded", lambda honest, n, k, s, m, *r: honest(n, k, s, m, *r) + m),
    ),
    "heads unchecked": ("MultiheadAttention", theory(attention, "divides", lambda honest, *a: None)),
    "groups unchecked": ("Conv2d", theory(convolutional, "_grouped", lambda honest, *a: None)),
    "a bias that multiplies": ("Linear", built("Linear", cost(lambda a: a.forward() + 1))),
    "one direction's work": ("RNN", built("RNN", cost(lambda a: a.forward() // 2))),
    "attention that costs nothing": (
        "TransformerEncoderLayer",
        built("TransformerEncoderLayer", cost(lambda a: a.params * prod(a.outs[0][:-1]))),
    ),
    "one layer of a stack": (
        "TransformerEncoder",
        built("TransformerEncoder", lambda a: a._replace(weights=a.weights[:12])),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rule, break_it = BROKEN[name]
    break_it(monkeypatch)
    made = rules("torch")[rule]
    assert any(result.mismatches for result in results(made, plan_of(made)))


def test_checks_left_out_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from paramcalc.rules.torch import linear, padding

    monkeypatch.setattr(linear, "declared", lambda *args: None)
    monkeypatch.setattr(padding, "wrapped", lambda *args: None)
    for name in ("Linear", "ReflectionPad1d"):
        rule = rules("torch")[name]
        assert any(result.mismatches for result in results(rule, plan_of(rule)))


def test_an_option_too_many_too_few_or_out_of_place_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(option_mismatches(nn.LSTM)) == []
    monkeypatch.setitem(nn.LSTM.__dict__, "ignored", (nn.LSTM.ignored | {"peepholes"}) - {"device"})
    assert list(option_mismatches(nn.LSTM)) == [
        "PyTorch takes the option 'device', the rule does not",
        "the rule takes the option 'peepholes', PyTorch does not",
    ]
    monkeypatch.setitem(nn.GRUCell.__dict__, "positional", ("hidden_size", "input_size", "bias"))
    assert list(option_mismatches(nn.GRUCell)) == [
        "PyTorch takes its options in the order input_size, hidden_size, bias"
    ]
