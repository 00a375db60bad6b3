"""Sizes that a layer fixes bind the open sizes of the input that it is verified on."""

from __future__ import annotations

from typing import Any

import pytest

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.core.default_inputs import natural_inputs
from paramcalc.core.tensors import Tensor
from paramcalc.verification.grid import closed


def alone(layer: Any) -> pc.Model:
    inputs = [Tensor(shape) for shape in natural_inputs(layer)]
    return pc.Model(inputs, layer(*inputs))


@pytest.mark.parametrize(
    ("layer", "sizes"),
    [
        (nn.MultiheadAttention(512, 8), {(0, -1): 512, (1, -1): 512, (2, -1): 512}),
        (nn.MultiheadAttention(6000, 8, kdim=77), {(1, -1): 77, (2, -1): 6000}),
        (nn.TransformerDecoderLayer(48, 4), {(0, -1): 48, (1, -1): 48}),
        (nn.Fold((4, 5), (2, 2)), {(0, -1): 12}),
        (nn.Fold((64, 64), (3, 3)), {(0, -1): 62 * 62}),
        (nn.Unflatten(1, (2, 5)), {(0, 1): 10}),
        (nn.Unflatten(1, (45, 55)), {(0, 1): 45 * 55}),
    ],
    ids=repr,
)
def test_a_size_that_a_layer_fixes_is_what_is_tried(layer: Any, sizes: dict[tuple[int, int], int]) -> None:
    shapes: Any = closed(alone(layer)).input_shapes
    assert {(at, axis): shapes[at][axis] for at, axis in sizes} == sizes


@pytest.mark.parametrize(
    "layer",
    [nn.PixelShuffle(3), nn.PixelShuffle(17), nn.PixelUnshuffle(3), nn.ChannelShuffle(4), nn.GLU(1), nn.MaxUnpool1d(3),
     nn.AvgPool2d(100), nn.RMSNorm((4, 5)), nn.Bilinear(3, 500, 7), nn.GroupNorm(3, 33), nn.CosineSimilarity()],
    ids=repr,
)  # fmt: skip
def test_a_layer_without_an_input_has_one_that_fits(layer: Any) -> None:
    assert closed(alone(layer)).report().outputs


def test_sizes_that_nothing_fits_are_refused_with_the_first_reason() -> None:
    first = nn.MultiheadAttention(16, 4)
    inputs = [Tensor(shape) for shape in natural_inputs(first)]
    out, _ = first(*inputs)
    with pytest.raises(pc.ParamcalcError, match="Linear is declared with 7 features, but receives 16"):
        closed(pc.Model(inputs, nn.Linear(7, 3)(out)))
