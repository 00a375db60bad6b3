"""What a chain of layers keeps, each tensor once, equals what autograd saves of the whole module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from random import Random
from typing import Any

import pytest
from tiers import sampled

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.cost import cost

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from paramcalc.verification.adapters.torch.residuals import residual_bytes  # noqa: E402  # needs PyTorch

Shape = tuple[int, ...]
ACTIVATIONS: list[Callable[[], Any]] = [
    nn.ReLU, nn.GELU, nn.Tanh, nn.Sigmoid, nn.SiLU, nn.Mish, nn.ELU, nn.Softplus, nn.LeakyReLU, nn.Hardswish,
    lambda: nn.Dropout(0.2), lambda: nn.Dropout(0.0), nn.Identity, nn.Softsign, nn.LogSigmoid, nn.RReLU,
]  # fmt: skip


def vectors(draw: Random) -> tuple[list[Any], Shape]:
    """Dense layers, normalization and activations in a row."""
    x = (draw.randint(2, 5), *[draw.randint(1, 4)] * draw.randint(0, 1), draw.randint(2, 9))
    width, layers = x[-1], []
    for _ in range(draw.randint(3, 8)):
        kind = draw.randrange(4)
        if kind == 0:
            wide = draw.randint(1, 9)
            layers.append(nn.Linear(width, wide, bias=draw.random() < 0.8))
            width = wide
        elif kind == 1:
            layers.append(draw.choice([nn.LayerNorm, nn.RMSNorm])(width))
        else:
            layers.append(draw.choice(ACTIVATIONS)())
    return layers, x


def images(draw: Random) -> tuple[list[Any], Shape]:
    """Convolutions, batch normalization, activations in place and pooling, then a dense layer."""
    x: Shape = (draw.randint(1, 3), draw.randint(1, 3), 34, 36)
    layers: list[Any] = []
    now = x
    for _ in range(draw.randint(1, 3)):
        filters = draw.randint(2, 4)
        block = [nn.Conv2d(now[1], filters, 3, padding=draw.choice([0, 1, "same"]))]
        if draw.random() < 0.7:
            block.append(nn.BatchNorm2d(filters))
        block.append(draw.choice([nn.ReLU(inplace=True), nn.ReLU(), nn.ReLU6(), nn.SiLU()]))
        if draw.random() < 0.5:
            block.append(draw.choice([nn.MaxPool2d(2), nn.AvgPool2d(2), nn.Dropout2d(0.5)]))
        for layer in block:
            now = layer.on(now).outs[0]
        layers += block
    layers += [draw.choice([nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d(2)])]
    now = layers[-1].on(now).outs[0]
    return [*layers, nn.Flatten(), nn.Linear(prod(now[1:]), 4), nn.LogSoftmax(1)], x


def sequences(draw: Random) -> tuple[list[Any], Shape]:
    """Blocks of a transformer, dense layers and normalization over sequences, batch first or second."""
    d, first = 2 * draw.randint(2, 4), draw.random() < 0.5
    x = (draw.randint(2, 4), draw.randint(2, 5), d)
    layers: list[Any] = []
    for _ in range(draw.randint(1, 2)):
        rate = draw.choice([0.0, 0.1])
        layers.append(nn.TransformerEncoderLayer(d, 2, 7, rate, draw.choice(["relu", "gelu"]), batch_first=first))
        layers.append(draw.choice([nn.LayerNorm(d), nn.Linear(d, d), nn.GELU(), nn.Identity()]))
    return [*layers, nn.Linear(d, 3)], x


CHAINS: list[Callable[[Random], tuple[list[Any], Shape]]] = [vectors, images, sequences]


def model_of(layers: Sequence[Any], shape: Shape) -> Any:
    return pc.Sequential([pc.Input(shape=shape[1:], batch_size=shape[0]), *layers])


@pytest.mark.parametrize("seed", sampled(range(90), 3))
def test_a_chain_keeps_what_the_whole_module_saves(seed: int) -> None:
    draw = Random(seed)
    layers, shape = CHAINS[seed // 3 % len(CHAINS)](draw)
    for layer in layers if seed % 2 else ():
        layer.frozen = draw.random() < 0.3
    model = model_of(layers, shape)
    assert cost(model).memory.activations == residual_bytes(model, [shape]), [*map(repr, layers)]


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_a_recurrent_layer_hands_on_a_tensor_in_its_own_order(kind: Any, first: bool) -> None:
    x = pc.Input(shape=(5, 3), batch_size=4)
    hidden, *_ = kind(3, 6, 2, batch_first=first)(x)
    again, *_ = kind(6, 4, batch_first=first)(nn.ReLU()(hidden))
    model = pc.Model(x, nn.Linear(4, 2)(nn.LayerNorm(4)(again)))
    assert cost(model).memory.activations == residual_bytes(model, [(4, 5, 3)])


def test_the_example_of_the_page_keeps_512_numbers() -> None:
    model = model_of([nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 64)], (4, 64))
    found = cost(model)
    assert [one.elements for one in found.layers] == [0, 256, 256]
    assert found.memory.activations == 4 * 512 == residual_bytes(model, [(4, 64)])
