"""What layers keep of their options: a program that reads ``conv.kernel_size`` gets the same, or an unknown value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

OF_TORCH = """
Conv1d(2, 3, 3); Conv2d(2, 3, 3); Conv2d(2, 3, [3, 3]); Conv2d(2, 4, 3, padding="same"); Conv3d(2, 3, 3, stride=2)
ConvTranspose1d(2, 3, 3, output_padding=0); ConvTranspose2d(2, 3, 3); Conv1d(2, 4, 3, groups=2, bias=False)
MaxPool1d(2); MaxPool2d(2); MaxPool2d([2, 2]); AvgPool1d(2); AvgPool2d(2); AvgPool3d(2); LPPool2d(2, 2); MaxUnpool1d(2)
MaxUnpool2d(2); FractionalMaxPool2d(2, output_size=2); AdaptiveAvgPool2d(1); AdaptiveMaxPool1d(2); Unfold(2); Fold(4, 2)
LayerNorm(4); LayerNorm([4]); LayerNorm((2, 3)); RMSNorm(4); BatchNorm2d(3); GroupNorm(1, 2); InstanceNorm2d(2)
Upsample(2); Upsample(scale_factor=2); Upsample(size=[2, 2]); UpsamplingNearest2d(scale_factor=2); PixelShuffle(2)
ZeroPad2d(1); ReflectionPad1d(2); ConstantPad2d(2, 0.0); CircularPad2d(1); ReplicationPad3d(1)
Embedding(3, 4); Embedding(3, 4, -1); Embedding(3, 4, 1); EmbeddingBag(3, 4); Linear(2, 3); Linear(2, 3, bias=False)
Bilinear(1, 2, 3); LSTM(2, 3); GRU(2, 3, 2, bidirectional=True); LSTMCell(2, 3); MultiheadAttention(4, 2)
TransformerEncoderLayer(4, 2); Dropout(0.2); Softmax(1); Flatten(1, 2); Unflatten(1, (2, 2)); Unflatten(1, [2, 2])
LeakyReLU(); PReLU(); CosineSimilarity(1); LocalResponseNorm(2)
"""
OF_KERAS = """
Conv1D(2, 3); Conv1D(2, (3,)); Conv2D(2, 3); Conv2D(2, [3, 3]); Conv3D(2, 3, strides=2); Conv2DTranspose(2, 3)
Conv1DTranspose(2, 3); DepthwiseConv2D(3); SeparableConv1D(2, 3, strides=2); SeparableConv2D(2, 3); ConvLSTM1D(2, 3)
ConvLSTM2D(2, 3); MaxPooling1D(2); MaxPooling2D(2); MaxPooling2D(); MaxPooling2D([2, 2]); AveragePooling1D(2)
AveragePooling3D(2); ZeroPadding1D(1); ZeroPadding2D(1); ZeroPadding2D([1, 2]); ZeroPadding3D(1); Cropping1D(1)
Cropping2D(1); UpSampling1D(2); UpSampling2D(2); UpSampling3D(2); LayerNormalization(); LayerNormalization(axis=[1, 2])
LayerNormalization(axis=(1, 2)); BatchNormalization(); GroupNormalization(2); Normalization(axis=1)
Normalization(axis=[1]); Dense(3); Dense(3, use_bias=False); EinsumDense("ab,bc->ac", 4); LSTM(3); GRU(3); SimpleRNN(3)
LSTMCell(3); Embedding(3, 4); MultiHeadAttention(2, 3); Dropout(0.2); SpatialDropout1D(0.1); Reshape((2, 2))
Reshape([2, 2]); Permute((2, 1)); Permute([2, 1]); RepeatVector(2); Concatenate(); Dot(1); Dot([1, 1]); Masking()
Rescaling(2); Resizing(2, 3); CategoryEncoding(3); LeakyReLU(); Softmax()
"""


def attributes(layer: Any) -> Iterator[tuple[str, Any]]:
    """List what a layer has of numbers and tuples."""
    for name in {*vars(layer), "kernel_size", "strides", "dilation_rate", "pool_size", "axis", "units", "size"}:
        value = getattr(layer, name, ...)
        plain = isinstance(value, (int, float, tuple, list)) and "object at" not in repr(value)
        if plain and not name.startswith("_") and name not in ("training", "built", "stateful"):
            yield name, value


def differing(head: str, made: str, layer: Any) -> list[str]:
    """List the attributes of a layer that are read as something else than it has."""
    found = []
    for name, value in attributes(layer):
        same = f"type(layer.{name}) == type({value!r}) and layer.{name} == {value!r}"
        text = f"{head}import torch\nlayer = {made}\nm = torch.nn.Linear(3 if {same} else 5, 1)\n"
        models = {one.label: one.report() for one in read_all(Source("m.py", given=text))}
        if "m" in models and models["m"].exact and models["m"].total != 4:
            found.append(f"{name}: {value}")
    return found


def lines(table: str) -> list[str]:
    return [one.strip() for one in table.replace("\n", ";").split(";") if one.strip()]


@pytest.mark.torch
@pytest.mark.parametrize("made", lines(OF_TORCH))
def test_attributes_of_modules_of_pytorch(made: str) -> None:
    nn = pytest.importorskip("torch").nn
    assert differing("import torch.nn as nn\n", f"nn.{made}", eval(f"nn.{made}", {"nn": nn})) == []


@pytest.mark.parametrize("made", lines(OF_KERAS))
def test_attributes_of_layers_of_keras(made: str) -> None:
    layers = pytest.importorskip("keras").layers
    assert differing("from keras import layers\n", f"layers.{made}", eval(f"layers.{made}", {"layers": layers})) == []


@pytest.mark.parametrize(
    ("made", "read", "total"),
    [
        ("torch.nn.Conv2d(2, 3, 5)", "kernel_size[1]", 6),
        ("torch.nn.Conv2d(2, 3, (5, 4))", "kernel_size[1]", 5),
        ("torch.nn.LayerNorm(7)", "normalized_shape[0]", 8),
        ("torch.nn.MaxPool2d(5)", "kernel_size", 6),
        ("keras.layers.Conv2D(3, 5)", "kernel_size[0]", 6),
        ("keras.layers.ZeroPadding2D(5)", "padding[0][1]", 6),
    ],
)
def test_sizes_of_windows_are_known(made: str, read: str, total: int) -> None:
    text = f"import keras\nimport torch\nlayer = {made}\nm = torch.nn.Linear(layer.{read}, 1)\n"
    report = next(one for one in read_all(Source("m.py", given=text)) if one.label == "m").report()
    assert (report.exact, report.total) == (True, total)
