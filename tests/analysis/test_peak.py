"""The most memory at once in a training step, predicted layer by layer, against the events of PyTorch's allocator."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from tiers import sampled

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.cost.dtypes import policy
from paramcalc.analysis.cost.kept import convention_of, kept
from paramcalc.analysis.cost.passes import Training, frozen_origins, parts_on, uses
from paramcalc.analysis.cost.peak import peak

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from paramcalc.verification.adapters.torch.allocations import peak_of_step  # noqa: E402  # needs PyTorch

Shape = tuple[int, ...]
# The sum at the end and sums over rows are not listed; in a recurrent layer, how much of what it keeps is gone when the
# gradient of its input begins.
DENSE, RECURRENT = 0.005, 0.05


def predicted(model: Any) -> int | None:
    parts = parts_on(model, model.input_shapes)
    training = Training(lambda path: False, frozen_origins(model, parts, lambda path: False))
    found, _ = uses(model, parts, training, [False] * len(model.input_shapes))
    keeps = kept(model, found, convention_of("torch")).uses
    return peak(found, keeps, policy("float32"))


def chain(layers: list[Any], shape: Shape) -> tuple[Any, Shape]:
    return pc.Sequential([pc.Input(shape=shape[1:], batch_size=shape[0]), *layers]), shape


def dense(draw: Random) -> tuple[Any, Shape]:
    width = first = draw.choice([128, 256, 512])
    layers: list[Any] = []
    for _ in range(draw.randint(3, 7)):
        wide = draw.choice([128, 256, 512])
        layers += [nn.Linear(width, wide), draw.choice([nn.ReLU, nn.GELU, nn.Tanh, nn.SiLU, nn.Sigmoid])()]
        width = wide
        layers += [nn.LayerNorm(width)] * (draw.random() < 0.4) + [nn.Dropout(0.1)] * (draw.random() < 0.4)
    return chain([*layers, nn.Linear(width, 10)], (draw.choice([64, 256, 1024]), first))


def images(draw: Random) -> tuple[Any, Shape]:
    layers: list[Any] = []
    channels, places = 3, 32
    for _ in range(draw.randint(2, 3)):
        filters = draw.choice([16, 32])
        layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.BatchNorm2d(filters), nn.ReLU()]
        channels = filters
        if draw.random() < 0.7:
            layers.append(nn.MaxPool2d(2))
            places //= 2
    last = [nn.Flatten(), nn.Linear(channels * places**2, 10)]
    return chain([*layers, *last], (draw.choice([4, 8, 16, 24]), 3, 32, 32))


def sequences(draw: Random) -> tuple[Any, Shape]:
    width = draw.choice([64, 96, 128])
    shape = (draw.choice([12, 20]), draw.choice([16, 24]), width)
    x = y = pc.Input(shape=shape[1:], batch_size=shape[0])
    kind = draw.choice([nn.LSTM, nn.GRU, nn.RNN])
    for _ in range(draw.randint(2, 3)):
        y = kind(width, width)(y)[0]
    return pc.Model(x, nn.Linear(width, 10)(y)), shape


KINDS = (dense, images, sequences)


@pytest.mark.parametrize("seed", sampled(range(60), 4))
def test_the_peak_of_a_step(seed: int) -> None:
    model, shape = KINDS[seed % 3](Random(seed))
    ours, theirs = predicted(model), peak_of_step(model, [shape])
    assert ours is not None
    allowed = RECURRENT if KINDS[seed % 3] is sequences else DENSE
    assert abs(ours - theirs) <= allowed * theirs, (ours, theirs, [node.layer.type for node in model.nodes])


def test_the_peak_inside_attention_is_not_known() -> None:
    model, _ = chain([nn.TransformerEncoderLayer(8, 2, 16)], (3, 4, 8))
    assert predicted(model) is None
