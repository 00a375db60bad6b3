"""Products of PyTorch's layers: what each choice of frozen weights costs backwards, as torch itself does it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from by_hand_torch import TABLE

from paramcalc import torch as nn
from paramcalc.core.built import Built
from paramcalc.verification.adapters.torch.derivative import Passes, TorchDerivative, passes
from paramcalc.verification.adapters.torch.framework import META, PROCESSOR
from paramcalc.verification.backward import MOST, Live, choices, named

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

QUICK = 2  # choices of what needs a gradient, tried in a quick run

SEQUENCE, STEP = (3, 2, 5), (2, 5)
L, S, N = 3, 5, 2
Cases = list[tuple[Any, list[tuple[int, ...]]]]
DENSE: Cases = [
    (nn.Linear(5, 7), [(2, 3, 5)]),
    (nn.Linear(5, 7, bias=False), [(5,)]),
    (nn.LazyLinear(7), [(3, 5)]),
    (nn.Embedding(11, 3), [(2, 4)]),
    (nn.EmbeddingBag(11, 3), [(2, 4)]),
    (nn.EmbeddingBag(11, 3), [(4,), (2,)]),
]
RECURRENT: Cases = [
    (nn.RNN(5, 4), [SEQUENCE]),
    (nn.RNN(5, 4, 2, nonlinearity="relu", bias=False), [(3, 5)]),
    (nn.LSTM(5, 4), [SEQUENCE]),
    (nn.LSTM(5, 4, bias=False, batch_first=True), [SEQUENCE]),
    (nn.LSTM(5, 4, proj_size=3), [SEQUENCE]),
    (nn.LSTM(5, 4, bias=False, proj_size=3), [(2, 2, 5)]),
    (nn.LSTM(5, 4, bias=False, proj_size=3), [(1, 2, 5)]),
    (nn.LSTM(5, 4, 2, proj_size=3, bidirectional=True), [SEQUENCE]),
    (nn.LSTM(5, 4, 3, bias=False), [(1, 2, 5)]),
    (nn.GRU(5, 4), [SEQUENCE]),
    (nn.GRU(5, 4, 2, bias=False, bidirectional=True), [SEQUENCE]),
    (nn.GRU(5, 4, 2), [(1, 5)]),
    (nn.RNNCell(5, 4), [STEP]),
    (nn.RNNCell(5, 4, bias=False, nonlinearity="relu"), [(5,)]),
    (nn.LSTMCell(5, 4), [STEP]),
    (nn.LSTMCell(5, 4, bias=False), [STEP]),
    (nn.GRUCell(5, 4), [STEP]),
    (nn.GRUCell(5, 4, bias=False), [(5,)]),
]
CONVOLUTIONS: Cases = [
    (nn.Conv1d(3, 4, 3), [(2, 3, 9)]),
    (nn.Conv2d(4, 6, (3, 2), stride=2, padding=1, groups=2), [(2, 4, 6, 5)]),
    (nn.Conv2d(4, 8, 3, padding="same", groups=4, bias=False, padding_mode="circular"), [(4, 5, 5)]),
    (nn.Conv3d(2, 4, 2, dilation=2), [(1, 2, 4, 5, 3)]),
    (nn.LazyConv2d(6, 3), [(2, 4, 5, 5)]),
    (nn.ConvTranspose1d(3, 4, 3, stride=2), [(2, 3, 5)]),
    (nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), [(2, 4, 5, 4)]),
    (nn.ConvTranspose3d(2, 4, 2, dilation=2, bias=False), [(2, 3, 4, 3)]),
    (nn.LazyConvTranspose1d(4, 3), [(2, 3, 5)]),
]
INDICES: Cases = [  # to which no gradient goes
    (nn.MaxPool1d(2), [(3, 6)]),
    (nn.MaxPool2d(2, return_indices=True), [(2, 3, 6, 6)]),
    (nn.AdaptiveMaxPool1d(2, return_indices=True), [(3, 6)]),
    (nn.FractionalMaxPool2d(2, output_size=3, return_indices=True), [(2, 3, 8, 8)]),
    (nn.MaxUnpool2d(2), [(2, 3, 4, 4), (2, 3, 4, 4)]),
]
ATTENTION: Cases = [
    (nn.MultiheadAttention(4, 2), [(L, N, 4), *[(S, N, 4)] * 2]),
    (nn.MultiheadAttention(4, 2, bias=False, batch_first=True), [(N, L, 4), *[(N, S, 4)] * 2]),
    (nn.MultiheadAttention(4, 1, kdim=3, vdim=5), [(L, 4), (S, 3), (S, 5)]),
    (
        nn.MultiheadAttention(4, 2, bias=False, add_bias_kv=True, add_zero_attn=True, kdim=3),
        [(L, N, 4), (S, N, 3), (S, N, 4)],
    ),
    (nn.MultiheadAttention(4, 2, add_bias_kv=True), [(L, N, 4), *[(S, N, 4)] * 2]),
    (nn.TransformerEncoderLayer(4, 2, 6), [(L, N, 4)]),
    (nn.TransformerEncoderLayer(4, 2, 6, norm_first=True, bias=False, batch_first=True), [(N, L, 4)]),
    (nn.TransformerDecoderLayer(4, 2, 6), [(L, N, 4), (S, N, 4)]),
    (nn.TransformerDecoderLayer(4, 2, 6, norm_first=True, activation="gelu"), [(L, 4), (S, 4)]),
    (nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6), 2), [(L, N, 4)]),
    (nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6, norm_first=True), 3, nn.LayerNorm(4)), [(L, N, 4)]),
    (nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 6), 2, nn.LayerNorm(4)), [(L, N, 4), (S, N, 4)]),
    (nn.Transformer(4, 2, 2, 2, 6), [(S, N, 4), (L, N, 4)]),
    (nn.Transformer(4, 2, 1, 2, 6, norm_first=True, batch_first=True, bias=False), [(N, S, 4), (N, L, 4)]),
]
CASES = [*DENSE, *RECURRENT, *CONVOLUTIONS, *INDICES, *ATTENTION]


def derivative(layer: Any, *shapes: tuple[int, ...], device: str = PROCESSOR) -> tuple[Built, TorchDerivative]:
    built = layer.on(*shapes)
    theirs = TorchDerivative(layer, shapes, built.states, device)
    assert theirs.sources.weights == set(built.weight_paths)
    return built, theirs


def differences(built: Built, live: Live, measured: Passes, inputs: int) -> Iterator[str]:
    """Say where a pass differs from what the rule states."""
    sources = named(live)
    if built.forward() != measured.forward:
        yield f"forward {built.forward()}, torch {measured.forward}"
    if built.backward(sources) != measured.backward:
        yield f"backward {built.backward(sources)}, torch {measured.backward}"
    reached = tuple(not sources.isdisjoint(built.flow(inputs, at)) for at in range(len(measured.reached)))
    if reached != measured.reached:
        yield f"outputs with a gradient {reached}, torch {measured.reached}"


def check(layer: Any, shapes: list[tuple[int, ...]], most: int) -> None:
    built, theirs = derivative(layer, *shapes)
    found = choices(theirs.sources)
    for live in [theirs.sources, *Random(repr(layer)).sample(found, min(most, len(found)))]:
        different = list(differences(built, live, theirs.passes(live), len(shapes)))
        assert not different, (layer, shapes, str(live), different)


@pytest.mark.parametrize(("layer", "shapes"), CASES, ids=repr)
def test_as_torch_does(layer: Any, shapes: list[tuple[int, ...]]) -> None:
    check(layer, shapes, QUICK)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("layer", "shapes"), CASES, ids=repr)
def test_as_torch_does_for_every_choice(layer: Any, shapes: list[tuple[int, ...]]) -> None:
    check(layer, shapes, MOST)


def test_bilinear_layers_as_two_products() -> None:
    # PyTorch's kernel does these two forwards, but two products anew for each operand backwards: 630 multiply-adds and
    # 177 of elements for all three operands here, where the two products' own gradients cost 504
    layer = nn.Bilinear(5, 7, 3, bias=False)
    built = layer.on((2, 5), (2, 7))
    for live in choices(Live(frozenset({0, 1}), frozenset({"weight"}))):
        x1, x2 = (torch.ones(2, n, requires_grad=at in live.inputs) for at, n in enumerate((5, 7)))
        weight = torch.ones(3, 5, 7, requires_grad="weight" in live.weights)

        def bilinear(x1: Any, x2: Any, weight: Any) -> Any:
            seen = (x1 @ weight.transpose(0, 1).reshape(5, 21)).reshape(2, 3, 7)
            return seen @ x2[..., None]

        assert not list(differences(built, live, passes(bilinear, [x1, x2, weight]), 2)), live


def test_numbers_measured() -> None:
    # 108 features, 128 units, 10 steps of 4 samples: weights alone, the input alone, both
    built = nn.LSTM(108, 128).on((10, 4, 108))
    weights = built.weight_paths
    assert [built.backward(live) for live in (weights, [0], [0, *weights])] == [7_192_576, 4_571_136, 9_404_416]
    projected = nn.LSTM(108, 128, proj_size=64).on((10, 4, 108))
    assert projected.backward(projected.weight_paths) == 5_357_568


@pytest.mark.parametrize("layer", [nn.LSTM(5, 4, 2, bidirectional=True, proj_size=3), nn.GRU(5, 4)], ids=repr)
def test_the_processor_does_what_the_meta_device_does(layer: Any) -> None:
    here, there = (derivative(layer, SEQUENCE, device=device)[1] for device in (PROCESSOR, META))
    assert here.passes(here.sources) == there.passes(here.sources)


def test_a_long_stack_costs_what_its_layers_do() -> None:
    # so many weights that the sources of the layers above are joined
    built, theirs = derivative(nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6), 12), (L, N, 4))
    live = Live(weights=frozenset({"layers.5.norm1.weight"}))
    assert not list(differences(built, live, theirs.passes(live), 1))


@pytest.mark.exhaustive
@pytest.mark.parametrize("line", [line for line in TABLE if line[4] is not None], ids=lambda line: repr(line[0]))
def test_every_layer_worked_out_by_hand(line: Any) -> None:
    layer, shapes = line[:2]
    if layer.type == "Bilinear":
        pytest.skip("has a test of its own")
    check(layer, shapes, QUICK)
