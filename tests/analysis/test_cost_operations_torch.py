"""Operations of PyTorch's modules, against programs that count their own, and of modules made of others."""

from __future__ import annotations

import numpy as np
import pytest
from counted import counted, sigmoid, sqrt
from hypothesis import given, settings, strategies as st

from paramcalc import torch as nn
from paramcalc.analysis.cost.operations.call import UnknownOperations
from paramcalc.analysis.cost.operations.counting import count

SIZES = st.integers(1, 4)
N, C, H, W = 2, 6, 5, 7


def standardized(x, *axes):
    n = int(np.prod([x.shape[axis] for axis in axes]))
    centered = x - np.sum(x, axis=axes, keepdims=True) / n
    return centered * np.power(np.sum(centered * centered, axis=axes, keepdims=True) / n + 1e-5, -0.5)


def learned(t, y, scale=True, bias=True):
    y = y * t.random(C, 1, 1) if scale else y
    return y + t.random(C, 1, 1) if bias else y


def of(program):
    return counted(program)[1]


@pytest.mark.parametrize(("affine", "bias"), [(False, True), (True, False), (True, True)])
def test_norms(affine, bias):
    def group(t):
        y = standardized(t.random(N, 3, C // 3, H, W), 2, 3, 4).reshape(N, C, H, W)
        learned(t, y, affine, affine and bias)

    assert count(nn.GroupNorm(3, C, affine=affine, bias=bias), [(N, C, H, W)]) == of(group)

    def instance(t):
        learned(t, standardized(t.random(N, C, H, W), 2, 3), affine, affine and bias)

    layer = nn.InstanceNorm2d(C, affine=affine, bias=bias)
    assert count(layer, [(N, C, H, W)]) == N * count(layer, [(C, H, W)]) == of(instance)

    def folded(t, y, mean, variance):
        factor = np.power(variance + 1e-5, -0.5)
        factor = factor * t.random(C, 1, 1) if affine else factor
        return y * factor + (t.random(C, 1, 1) - mean * factor)

    def batch(t):
        folded(t, t.random(N, C, H, W), t.random(C, 1, 1), t.array(np.ones((C, 1, 1))))

    def trained(t):
        y = t.random(N, C, H, W)
        mean = np.sum(y, axis=(0, 2, 3), keepdims=True) / (N * H * W)
        centered = y - mean
        variance = np.sum(centered * centered, axis=(0, 2, 3), keepdims=True) / (N * H * W)
        folded(t, y, mean, variance)

    layer = nn.BatchNorm2d(C, affine=affine, bias=bias)
    assert count(layer, [(N, C, H, W)]) == of(batch)
    untracked = nn.BatchNorm2d(C, affine=affine, bias=bias, track_running_stats=False)
    expected = of(trained)
    assert count(untracked, [(N, C, H, W)]) == count(untracked, [(N, C, H, W)], None, True) == expected
    assert count(layer, [(N, C, H, W)], None, True) == expected + 6 * C  # m p + (1 − p) x of mean and variance


@settings(max_examples=20, deadline=None)
@given(SIZES, SIZES, st.integers(1, 3), st.integers(1, 3))
def test_windows(batch, channels, window, stride):
    def power(t):
        y = np.power(np.abs(t.random(batch, channels, H, W).view(np.ndarray)), 3)
        y = t.array(y)
        t.operations += y.size  # a power of each input
        for i in range(0, H - window + 1, stride):
            for j in range(0, W - window + 1, stride):
                np.power(np.sum(y[..., i : i + window, j : j + window], axis=(2, 3)), 1 / 3)

    assert count(nn.LPPool2d(3, window, stride), [(batch, channels, H, W)]) == of(power)


def lerp(a, b):
    return 0.25 * a + 0.75 * b


def test_interpolation():
    def bilinear(t):
        a, b, c, d = (t.random(N, C, H, W) for _ in range(4))
        lerp(lerp(a, b), lerp(c, d))

    assert count(nn.Upsample(size=(H, W), mode="bilinear"), [(N, C, 3, 3)]) == of(bilinear)
    assert count(nn.UpsamplingBilinear2d(size=(H, W)), [(N, C, 3, 3)]) == of(bilinear)

    def trilinear(t):
        eight = [t.random(N, C, 2, H, W) for _ in range(8)]
        while len(eight) > 1:
            eight = [lerp(*eight[at : at + 2]) for at in range(0, len(eight), 2)]

    assert count(nn.Upsample(size=(2, H, W), mode="trilinear"), [(N, C, 2, 3, 3)]) == of(trilinear)

    def cubic(t):
        def weighted(four):
            return 0.1 * four[0] + 0.2 * four[1] + 0.3 * four[2] + 0.4 * four[3]

        weighted([weighted([t.random(N, C, H, W) for _ in range(4)]) for _ in range(4)])

    assert count(nn.Upsample(size=(H, W), mode="bicubic"), [(N, C, 3, 3)]) == of(cubic)
    assert count(nn.Upsample(size=(H, W)), [(N, C, 3, 3)]) == 0


def test_distances():
    def cosine(t):
        x, y = t.random(N, C), t.random(N, C)
        dot, a, b = (np.sum(one * other, axis=1) for one, other in ((x, y), (x, x), (y, y)))
        dot / (np.maximum(sqrt(a), 1e-8) * np.maximum(sqrt(b), 1e-8))

    assert count(nn.CosineSimilarity(), [(N, C), (N, C)]) == of(cosine)

    def euclidean(t):
        d = t.random(N, C) - t.random(N, C) + 1e-6
        sqrt(np.sum(d * d, axis=1))

    assert count(nn.PairwiseDistance(), [(N, C), (N, C)]) == of(euclidean)
    assert count(nn.PairwiseDistance(1.0), [(N, C), (N, C)]) == of(
        lambda t: np.sum(np.abs(t.random(N, C) - t.random(N, C) + 1e-6), axis=1)
    )


def test_others():
    def glu(t):
        t.random(N, C // 2) * sigmoid(t.random(N, C // 2))

    assert count(nn.GLU(), [(N, C)]) == of(glu)
    assert count(nn.EmbeddingBag(9, 4, mode="sum"), [(N, 5)]) == of(lambda t: np.sum(t.random(N, 5, 4), axis=1))
    assert count(nn.EmbeddingBag(9, 4, mode="mean"), [(N, 5)]) == of(lambda t: np.sum(t.random(N, 5, 4), axis=1) / 5)
    with pytest.raises(UnknownOperations, match="max_norm"):
        count(nn.Embedding(9, 4, max_norm=1.0), [(N, 5)])
    for layer, each in ((nn.Dropout(), 3), (nn.AlphaDropout(), 4), (nn.RReLU(), 5)):
        assert count(layer, [(N, C)], None, True) == each * N * C
    # a random number and a comparison of each channel, then the factor of each number
    assert count(nn.Dropout2d(), [(N, C, H, W)], None, True) == 2 * N * C + N * C * H * W
    assert count(nn.Dropout2d(), [(N, C, H, W)]) == 0


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("batch_first", [False, True])
def test_a_transformer_is_the_sum_of_its_modules(bias, batch_first):
    d, heads, inner, batch, src, tgt = 8, 2, 12, 3, 5, 7
    (x, y) = ((batch, n, d) if batch_first else (n, batch, d) for n in (src, tgt))
    layer = {"d_model": d, "nhead": heads, "dim_feedforward": inner, "batch_first": batch_first, "bias": bias}

    def attention(query, key):
        module = nn.MultiheadAttention(d, heads, bias=bias, batch_first=batch_first)
        lengths = [shape[1 if batch_first else 0] for shape in (query, key)]
        return count(module, [query, key, key]) - batch * heads * lengths[0] * lengths[1]  # the mean over the heads

    def around(shape):  # what goes around each part, and its norm
        return batch * shape[1 if batch_first else 0] * d + count(nn.LayerNorm(d, bias=bias), [shape])

    def dense(shape):
        wide = (*shape[:-1], inner)
        first, second = nn.Linear(d, inner, bias=bias), nn.Linear(inner, d, bias=bias)
        return count(first, [shape]) + count(nn.GELU(), [wide]) + count(second, [wide])

    encoder = attention(x, x) + dense(x) + 2 * around(x)
    decoder = attention(y, y) + attention(y, x) + dense(y) + 3 * around(y)
    one, other = (rule(activation="gelu", **layer) for rule in (nn.TransformerEncoderLayer, nn.TransformerDecoderLayer))
    assert count(one, [x]) == encoder
    assert count(other, [y, x]) == decoder
    norm = nn.LayerNorm(d, bias=bias)
    assert count(nn.TransformerEncoder(one, 3, norm), [x]) == 3 * encoder + count(norm, [x])
    whole = nn.Transformer(num_encoder_layers=2, num_decoder_layers=3, activation="gelu", **layer)
    assert count(whole, [x, y]) == 2 * encoder + 3 * decoder + count(norm, [x]) + count(norm, [y])
