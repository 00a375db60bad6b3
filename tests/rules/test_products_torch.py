"""Products of PyTorch's layers: what each choice of frozen weights costs backwards, as torch itself does it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import pytest
import torch
from torch_products import Passes, Subject, measured

from paramcalc import torch as nn
from paramcalc.core.built import Built
from paramcalc.core.products import Source

FEW = 6  # sources of which every subset is tried
DRAWN = 24  # subsets of more sources, besides the plain ones


def choices(sources: list[Source], drawn: int = DRAWN) -> Iterator[frozenset[Source]]:
    """Choose what needs a gradient: every subset of a few sources; of more, each alone, all others, and drawn ones."""
    if len(sources) <= FEW:
        yield from map(frozenset, chain.from_iterable(combinations(sources, n) for n in range(len(sources) + 1)))
        return
    yield frozenset()
    yield frozenset(sources)
    for kind in (int, str, tuple):
        yield frozenset(one for one in sources if isinstance(one, kind))
    for one in sources:
        yield frozenset({one})
        yield frozenset(sources) - {one}
    draw = random.Random(str(sources))
    for _ in range(drawn):
        yield frozenset(one for one in sources if draw.random() < 0.3)


def differences(built: Built, live: frozenset[Source], passes: Passes, inputs: int) -> Iterator[str]:
    """Say where a pass differs from what the rule states."""
    if built.forward() != passes.forward:
        yield f"forward {built.forward()}, torch {passes.forward}"
    if built.backward(live) != passes.backward:
        yield f"backward {built.backward(live)}, torch {passes.backward}"
    reached = tuple(not live.isdisjoint(built.flow(inputs, at)) for at in range(len(passes.reached)))
    if reached != passes.reached:
        yield f"outputs with a gradient {reached}, torch {passes.reached}"


def check(layer: Any, *shapes: tuple[int, ...]) -> None:
    subject = Subject(layer, *shapes)
    for live in choices(subject.sources):
        found = list(differences(subject.built, live, subject.run(live), len(shapes)))
        assert not found, (layer, shapes, sorted(map(str, live)), found)


@pytest.mark.parametrize(
    ("layer", "shapes"),
    [
        (nn.Linear(5, 7), [(2, 3, 5)]),
        (nn.Linear(5, 7, bias=False), [(5,)]),
        (nn.LazyLinear(7), [(3, 5)]),
        (nn.Embedding(11, 3), [(2, 4)]),
        (nn.EmbeddingBag(11, 3), [(2, 4)]),
        (nn.EmbeddingBag(11, 3), [(4,), (2,)]),
    ],
    ids=repr,
)
def test_dense_layers_and_tables(layer: Any, shapes: list[tuple[int, ...]]) -> None:
    check(layer, *shapes)


def test_bilinear_layers_as_two_products() -> None:
    # PyTorch's kernel does these two forwards, but two products anew for each operand backwards: 630 multiply-adds and
    # 177 of elements for all three operands here, where the two products' own gradients cost 504
    layer = nn.Bilinear(5, 7, 3, bias=False)
    built = layer.on((2, 5), (2, 7))
    for live in choices([0, 1, "weight"]):
        x1, x2 = (torch.ones(2, n, requires_grad=at in live) for at, n in enumerate((5, 7)))
        weight = torch.ones(3, 5, 7, requires_grad="weight" in live)

        def bilinear(x1: Any, x2: Any, weight: Any) -> Any:
            seen = (x1 @ weight.transpose(0, 1).reshape(5, 21)).reshape(2, 3, 7)
            return seen @ x2[..., None]

        assert not list(differences(built, live, measured(bilinear, [x1, x2, weight]), 2)), live


SEQUENCE, STEP = (3, 2, 5), (2, 5)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.RNN(5, 4), SEQUENCE),
        (nn.RNN(5, 4, 2, nonlinearity="relu", bias=False), (3, 5)),
        (nn.LSTM(5, 4), SEQUENCE),
        (nn.LSTM(5, 4, bias=False, batch_first=True), SEQUENCE),
        (nn.LSTM(5, 4, proj_size=3), SEQUENCE),
        (nn.LSTM(5, 4, bias=False, proj_size=3), (2, 2, 5)),
        (nn.LSTM(5, 4, bias=False, proj_size=3), (1, 2, 5)),
        (nn.LSTM(5, 4, 2, proj_size=3, bidirectional=True), SEQUENCE),
        (nn.LSTM(5, 4, 3, bias=False), (1, 2, 5)),
        (nn.GRU(5, 4), SEQUENCE),
        (nn.GRU(5, 4, 2, bias=False, bidirectional=True), SEQUENCE),
        (nn.GRU(5, 4, 2), (1, 5)),
        (nn.RNNCell(5, 4), STEP),
        (nn.RNNCell(5, 4, bias=False, nonlinearity="relu"), (5,)),
        (nn.LSTMCell(5, 4), STEP),
        (nn.LSTMCell(5, 4, bias=False), STEP),
        (nn.GRUCell(5, 4), STEP),
        (nn.GRUCell(5, 4, bias=False), (5,)),
    ],
    ids=repr,
)
def test_recurrent_layers_and_cells(layer: Any, shape: tuple[int, ...]) -> None:
    check(layer, shape)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv1d(3, 4, 3), (2, 3, 9)),
        (nn.Conv2d(4, 6, (3, 2), stride=2, padding=1, groups=2), (2, 4, 6, 5)),
        (nn.Conv2d(4, 8, 3, padding="same", groups=4, bias=False, padding_mode="circular"), (4, 5, 5)),
        (nn.Conv3d(2, 4, 2, dilation=2), (1, 2, 4, 5, 3)),
        (nn.LazyConv2d(6, 3), (2, 4, 5, 5)),
        (nn.ConvTranspose1d(3, 4, 3, stride=2), (2, 3, 5)),
        (nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), (2, 4, 5, 4)),
        (nn.ConvTranspose3d(2, 4, 2, dilation=2, bias=False), (2, 3, 4, 3)),
        (nn.LazyConvTranspose1d(4, 3), (2, 3, 5)),
    ],
    ids=repr,
)
def test_convolutions(layer: Any, shape: tuple[int, ...]) -> None:
    check(layer, shape)


@pytest.mark.parametrize(
    ("layer", "shapes"),
    [
        (nn.MaxPool1d(2), [(3, 6)]),
        (nn.MaxPool2d(2, return_indices=True), [(2, 3, 6, 6)]),
        (nn.AdaptiveMaxPool1d(2, return_indices=True), [(3, 6)]),
        (nn.FractionalMaxPool2d(2, output_size=3, return_indices=True), [(2, 3, 8, 8)]),
        (nn.MaxUnpool2d(2), [(2, 3, 4, 4), (2, 3, 4, 4)]),
    ],
    ids=repr,
)
def test_no_gradient_goes_to_indices(layer: Any, shapes: list[tuple[int, ...]]) -> None:
    check(layer, *shapes)
