"""What PyTorch's layers keep for the backward pass, by the table, equals the tensors that autograd saves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tiers import in_turn

from paramcalc import torch as nn
from paramcalc.analysis.cost.kept.torch_layers import TABLE, keeping
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer, Rule
from paramcalc.errors import ParamcalcError
from paramcalc.verification.cases import cases, configurations
from paramcalc.verification.residuals import residual_problems

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from paramcalc.verification.adapters.torch.residuals import TorchTraining  # noqa: E402  # needs PyTorch

SAMPLE, CHOICES = 2, 4
MANY, MANY_CHOICES = 200, 24
Shapes = Sequence[tuple[int, ...]]


def trained(layer: Layer, shapes: Shapes) -> TorchTraining | None:
    """Make the module, if both accept these inputs, and PyTorch trains on them."""
    try:
        states: Any = layer.on(*shapes).states
        found = TorchTraining(layer, shapes, states)
        found.saved(found.sources)
    except (ParamcalcError, ValueError, RuntimeError, AssertionError, IndexError, TypeError):
        return None
    return found


def training(rule: Rule, most: int) -> Iterator[tuple[Layer, Shapes, TorchTraining]]:
    """List configurations of a rule on which PyTorch trains."""
    for case in in_turn([*configurations(cases(rule))]):
        shapes: Any = case.shapes
        found = trained(case.layer, shapes)
        if found is not None:
            yield case.layer, shapes, found
            most -= 1
        if not most:
            return


def problems(name: str, configurations: int, choices: int) -> Iterator[str]:
    function = keeping(name)
    assert function is not None
    tried = 0
    for layer, shapes, theirs in training(rules("torch")[name], configurations):
        tried += 1
        yield from (
            f"{layer} on {shapes}: {one}" for one in residual_problems(function, layer, shapes, theirs, choices)
        )
    assert tried


def test_every_rule_is_declared() -> None:
    assert TABLE.keys() == rules("torch").keys()


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_sample_keeps_what_autograd_saves(name: str) -> None:
    assert [*problems(name, SAMPLE, CHOICES)] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_layer_keeps_what_autograd_saves(name: str) -> None:
    assert [*problems(name, MANY, MANY_CHOICES)] == []


def block(kind: str, **options: Any) -> Layer:
    return getattr(nn, f"Transformer{kind}Layer")(8, 2, 12, **options)


# what the audit's tables hold at its default: rates, activations, functions in place
MORE: list[tuple[Layer, Shapes]] = [
    *((nn.LSTM(3, 4, 3, dropout=rate, bidirectional=two), [(5, 2, 3)]) for rate in (0.5, 1.0) for two in (False, True)),
    (nn.GRU(3, 4, 2, dropout=0.25, batch_first=True), [(5, 2, 3)]),
    (nn.RNN(3, 4, 2, dropout=0.25), [(1, 2, 3)]),
    *((nn.MultiheadAttention(8, 2, rate), [(4, 2, 8), (5, 2, 8), (5, 2, 8)]) for rate in (0.5, 1.0)),
    *(
        (block("Encoder", dropout=rate, activation=act, batch_first=first, norm_first=first), [shape])
        for rate in (0.0, 0.3)
        for act in ("relu", "gelu")
        for first in (False, True)
        for shape in ((4, 2, 8), (4, 1, 8), (1, 3, 8), (4, 8))
    ),
    *(
        (block("Decoder", dropout=rate, activation="gelu", batch_first=first), [(2, 2, 8), (2, 2, 8)])
        for rate in (0.0, 0.3)
        for first in (False, True)
    ),
    (nn.Transformer(8, 2, 2, 2, 12, dropout=0.0, activation="gelu"), [(4, 2, 8), (3, 2, 8)]),
    *((getattr(nn, name)(rate), [(2, 3, 4, 5)]) for name in ("Dropout", "Dropout2d") for rate in (0.0, 1.0)),
]


@pytest.mark.parametrize(("layer", "shapes"), MORE, ids=lambda one: repr(one) if isinstance(one, Layer) else "")
def test_rates_and_activations(layer: Layer, shapes: Shapes) -> None:
    function, theirs = keeping(layer.type), trained(layer, shapes)
    assert function is not None
    assert theirs is not None
    assert [*residual_problems(function, layer, shapes, theirs, CHOICES)] == []
