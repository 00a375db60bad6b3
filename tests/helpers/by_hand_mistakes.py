"""Counts by hand with one mistake in each, drawn at random with realistic sizes; nothing of the analysis is used.

Each drawing is a model, the number that somebody got for it, and what the explanation must say. The arithmetic is
written out here: a weight is a product of sizes, and the mistake is in how somebody has added them up.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import paramcalc as pc
from paramcalc import torch as nn

WIDTHS = (20, 32, 50, 64, 100, 128, 200, 256, 300, 512, 768)
UNITS = (16, 32, 50, 64, 100, 128, 200, 256, 512)
STEPS = (10, 20, 28, 30, 50, 60, 100, 120, 200, 365)
CLASSES = (1, 2, 3, 5, 10, 20, 46, 100)
FILTERS = (8, 16, 32, 64, 128)
SIDES = (28, 32, 48, 64, 96, 128)
TOKENS = (1_000, 2_000, 5_000, 8_000, 10_000, 20_000, 30_522, 50_257)
GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}


class Drawn(NamedTuple):
    """One mistake: the model, the number that somebody got, a pattern of the explanation, and what it is."""

    model: pc.Model
    got: int
    said: str
    what: str


class Cell(NamedTuple):
    """The weights of one recurrent layer and direction: input kernel, recurrent kernel, bias."""

    kernel: int
    recurrent: int
    bias: int

    @property
    def count(self) -> int:
        return sum(self)


def cell(name: str, d_x: int, d_h: int) -> Cell:
    gates = GATES[name]
    return Cell(gates * d_h * d_x, gates * d_h * d_h, gates * d_h * (2 if name == "GRU" else 1))


Choices = list[tuple[float, str, int, str]]  # weight, what, the count with the mistake, the pattern


def drawn(random_: random.Random) -> Drawn:
    """Draw a model and a mistake."""
    families: list[tuple[float, Callable[[random.Random], tuple[pc.Model, int, Choices]]]] = [
        (5, stack), (2, torch_stack), (3, dense), (4, convolutions), (2, separable), (2, normalized), (2, attention),
        (1.5, frames), (3, tokens),
    ]  # fmt: skip
    while True:
        (make,) = random_.choices([make for _, make in families], [weight for weight, _ in families])
        model, right, choices = make(random_)
        assert model.total == right, f"{make.__name__} is not counted as by hand"
        choices = [one for one in choices if one[2] not in (right, 0)]
        if choices:
            (one,) = random_.choices(choices, [choice[0] for choice in choices])
            _, what, got, said = one
            return Drawn(model, got, said, f"{make.__name__}: {what}")


def stack(random_: random.Random) -> tuple[pc.Model, int, Choices]:
    """Keras's recurrent layers, in one or both directions, and perhaps a dense layer."""
    name = random_.choice(["LSTM", "LSTM", "GRU", "SimpleRNN"])
    layers, ways = random_.choice([1, 1, 2, 2, 3]), random_.choice([1, 1, 2])
    d_x, T, out = random_.choice(WIDTHS), random_.choice(STEPS), random_.choice((0, *CLASSES))
    units = (
        [random_.choice(UNITS)] * layers if random_.random() < 0.6 else [random_.choice(UNITS) for _ in range(layers)]
    )
    reads = [d_x, *(ways * h for h in units[:-1])]
    made = [cell(name, d, h) for d, h in zip(reads, units, strict=True)]
    chain: list[object] = [pc.Input((T, d_x))]
    for at, h in enumerate(units):
        layer = getattr(pc, name)(h, return_sequences=at < layers - 1)
        chain.append(pc.Bidirectional(layer) if ways == 2 else layer)
    wide, g = ways * units[-1], GATES[name]
    dense = out * wide + out if out else 0
    if out:
        chain.append(pc.Dense(out))
    cells = ways * sum(one.count for one in made)
    right = cells + dense
    choices: Choices = [
        (3, "no recurrent kernel", right - ways * sum(one.recurrent for one in made), "recurrent kernel is missing"),
        (2, "each time step", cells * T + dense, rf"at each of {T} time steps"),
        (2, "no bias", right - ways * sum(one.bias for one in made), "use_bias=False"),
        (1, "no bias anywhere", right - ways * sum(one.bias for one in made) - out, "use_bias=False"),
    ]
    if layers > 1:
        at = random_.randrange(layers)
        choices.append(
            (0.7, "no recurrent kernel in one", right - ways * made[at].recurrent, "recurrent kernel is missing")
        )
        first = ways * sum(cell(name, d_x, h).count for h in units)
        choices.append((2, "every layer reads d_x", first + dense, rf"reads? {d_x} features"))
    if g > 1:
        share = ways * sum(one.bias - h for one, h in zip(made, units, strict=True))
        choices.append((2, "one bias for all gates", right - share, "one bias (vector )?for all"))
        one_gate = sum(one.count // g for one in made) * ways + dense
        choices.append((1, "one gate", one_gate, rf"one gate of {g}"))
    if name != "GRU":
        twice = right + ways * sum(one.bias for one in made)
        choices.append((1.5, "the bias twice", twice, "second bias vector|bias is counted twice|counted as in torch"))
    if ways == 2:
        above = [cell(name, d_x if at == 0 else units[at - 1], h) for at, h in enumerate(units)]
        half = out * units[-1] + out if out else 0
        choices.append((1, "one direction", cells // 2 + dense, "one direction of two|directional"))
        if layers > 1:
            both = 2 * sum(one.count for one in above)
            choices.append((2, "layers above read d_h", both + dense, "reads? one direction"))
            choices.append((2, "all above read d_h", both + half, "reads? one direction|merge_mode"))
        if out:
            choices.append((2, "the dense layer reads d_h", cells + half, "reads one direction"))
            choices.append((2, "the dense bias for each direction", right + out, "bias is counted twice"))
    return pc.Sequential(chain), right, choices


def torch_stack(random_: random.Random) -> tuple[pc.Model, int, Choices]:
    """PyTorch's LSTM or GRU of one or several layers, and a linear layer."""
    name = random_.choice(["LSTM", "GRU"])
    layers, ways = random_.choice([1, 2, 2, 3]), random_.choice([1, 2])
    d_x, d_h, out = random_.choice(WIDTHS), random_.choice(UNITS), random_.choice(CLASSES)
    x = nn.Input((7, 25, d_x))
    states = getattr(nn, name)(d_x, d_h, num_layers=layers, bidirectional=ways == 2, batch_first=True)(x)
    g = GATES[name]
    reads = [d_x] + [ways * d_h] * (layers - 1)
    model = pc.Model(x, nn.Linear(ways * d_h, out)(states[0]))
    recurrent, biases = ways * layers * g * d_h * d_h, ways * layers * 2 * g * d_h
    right = ways * sum(g * d_h * d for d in reads) + recurrent + biases + out * (ways * d_h + 1)
    choices: Choices = [
        (3, "no recurrent kernel", right - recurrent, "recurrent kernel"),
        (2, "one bias, not two", right - biases // 2, "counted as in|one bias vector"),
        (2, "no bias", right - biases, "bias=False"),
        (1, "no bias anywhere", right - biases - out, "bias=False"),
        (1, "no bias of the linear layer", right - out, "bias=False|the dense layer without bias"),
        (1, "one bias for all gates", right - biases + 2 * ways * layers * d_h, "one bias for all"),
    ]
    if layers > 1:
        every = ways * g * d_h * sum(d_x - d for d in reads)
        choices.append((1.5, "every layer reads d_x", right + every, f"every layer reads the {d_x} features"))
    if ways == 2:
        choices.append((1.5, "the linear layer reads d_h", right - out * d_h, "reads one direction"))
        if layers > 1:
            halves = 2 * (layers - 1) * g * d_h * d_h
            choices.append((2, "layers above read d_h", right - halves, "read one direction"))
    return model, right, choices


def dense(random_: random.Random) -> tuple[pc.Model, int, Choices]:
    """Dense layers on vectors, or on sequences."""
    T = random_.choice(STEPS)
    sizes = [random_.choice(WIDTHS), *(random_.choice(UNITS) for _ in range(random_.choice([1, 2, 3])))]
    sizes.append(random_.choice(CLASSES))
    pairs = list(pairwise(sizes))
    sequence = random_.random() < 0.5
    start = pc.Input((T, sizes[0])) if sequence else pc.Input((sizes[0],))
    right = sum(a * b + b for a, b in pairs)
    at = random_.randrange(len(pairs))
    choices: Choices = [
        (3, "no bias", right - sum(sizes[1:]), "use_bias=False"),
        (2, "no bias in one layer", right - pairs[at][1], "use_bias=False"),
        (1, "the bias twice", right + sum(sizes[1:]), "bias is counted twice"),
        (1, "the first width in all", sum(sizes[0] * b + b for _, b in pairs), rf"reads? {sizes[0]} features"),
        (0.7, "a layer left out", right - pairs[at][0] * pairs[at][1] - pairs[at][1], "left out"),
    ]
    if sequence:
        a, b = pairs[0]
        choices.append((2, "the first reads the flattened input", right + a * b * (T - 1), "reads the flattened input"))
        choices.append((2, "each time step", right * T, rf"at each of {T} time steps"))
        a, b = pairs[-1]
        choices.append((1, "the last reads the flattened input", right + a * b * (T - 1), "reads the flattened input"))
    return pc.Sequential([start, *(pc.Dense(b) for b in sizes[1:])]), right, choices


def convolutions(random_: random.Random) -> tuple[pc.Model, int, Choices]:
    """Convolutions with pooling, and a dense layer on what is left."""
    side, channels, k = random_.choice(SIDES), random_.choice([1, 3, 3, 4]), random_.choice([3, 3, 5])
    filters = sorted(random_.choice(FILTERS) for _ in range(random_.choice([1, 2, 3] if side > 32 else [1, 2])))
    out = random_.choice(CLASSES)
    reads = [channels, *filters[:-1]]
    chain: list[object] = [pc.Input((side, side, channels))]
    for f in filters:
        chain += [pc.Conv2D(f, k), pc.MaxPooling2D(2)]

    def places(lost: int, by: int) -> int:
        now = side
        for _ in filters:
            now = (now - lost) // by
        return now * now

    flat = places(k - 1, 2) * filters[-1]
    chain += [pc.Flatten(), pc.Dense(out)]
    convs = [(k * k * c * f, f) for c, f in zip(reads, filters, strict=True)]
    conv = sum(map(sum, convs))
    right = conv + flat * out + out
    no_channels = sum(k * k * f + f for f in filters)
    (first, f), wide = convs[0], places(k - 1, 1) * filters[-1]
    outside = (side - k + 1) ** 2
    choices: Choices = [
        (3, "no channels", no_channels + flat * out + out, "channels? are left out"),
        (1, "no channels in the first", right - first + first // channels, "channels? are left out"),
        (1, "every layer reads the image's channels", sum(k * k * channels * f + f for f in filters) + flat * out + out,
         rf"reads? {channels} features"),
        (2, "no bias of convolutions", right - sum(filters), "use_bias=False"),
        (1, "no bias anywhere", right - sum(filters) - out, "use_bias=False"),
        (2, "padding", conv + places(0, 2) * filters[-1] * out + out, "padding=same"),
        (2, "no pooling", conv + wide * out + out, "left out"),
        (2, "not flattened", conv + filters[-1] * out + out, "left out"),
        (1, "one side of the window", right - conv + sum(k * c * f + f for c, f in zip(reads, filters, strict=True)),
         "one side of the window"),
        (1, "counted at each place", right + (first + f) * (outside - 1), "places"),
    ]  # fmt: skip
    return pc.Sequential(chain), right, choices


def separable(random_: random.Random) -> tuple[pc.Model, int, Choices]:
    """A separable or grouped convolution, alone or behind an ordinary one."""
    side, k = random_.choice(SIDES), random_.choice([3, 3, 5])
    c, f, m = random_.choice(FILTERS), random_.choice(FILTERS), random_.choice([1, 1, 2])
    one = k * k * c * m, c * m * f, f
    alone = random_.random() < 0.5
    before = 0 if alone else 9 * 3 * c + c
    chain: list[object] = [pc.Input((side, side, c if alone else 3))]
    if not alone:
        chain.append(pc.Conv2D(c, 3))
    chain.append(pc.SeparableConv2D(f, k, depth_multiplier=m))
    right = before + sum(one)
    choices: Choices = [
        (4, "as an ordinary convolution", before + k * k * c * f + f, "counted as Conv2D"),
        (2, "no pointwise kernel", right - one[1], "pointwise kernel is missing"),
        (2, "no depthwise kernel", right - one[0], "depthwise kernel is missing"),
        (2, "no bias", right - f, "use_bias=False"),
        (1, "no depth multiplier", before + k * k * c + c * f + f, "depth_multiplier=2 is ignored"),
        (1, "as a depthwise convolution", before + k * k * c * m + c * m, "counted as DepthwiseConv2D"),
    ]
    return pc.Sequential(chain), right, choices


def normalized(random_: random.Random) -> tuple[pc.Model, int, Choices]:
    """Convolutions, each with batch normalization."""
    height, width, channels = random_.choice(SIDES), random_.choice(SIDES), random_.choice([1, 3])
    filters = [random_.choice(FILTERS) for _ in range(random_.choice([1, 2, 3]))]
    reads = [channels, *filters[:-1]]
    chain: list[object] = [pc.Input((height, width, channels))]
    for f in filters:
        chain += [pc.Conv2D(f, 3, padding="same"), pc.BatchNormalization()]
    conv = sum(9 * c * f + f for c, f in zip(reads, filters, strict=True))
    right = conv + 4 * sum(filters)
    n = len(filters)
    choices: Choices = [
        (4, "no statistics", conv + 2 * sum(filters), "trainable|non-trainable"),
        (3, "the axis of the height", conv + 4 * height * n, r"with axis=1"),
        (2, "the axis of the width", conv + 4 * width * n, r"with axis=2"),
        (2, "no scale", conv + 3 * sum(filters), "scale=False|center=False"),
        (1, "the bias of the convolutions", right - sum(filters), "use_bias=False"),
        (1, "no normalization in one", right - 4 * filters[0], "left out"),
        (1, "no normalization", conv, "all .* left out|left out"),
    ]
    return pc.Sequential(chain), right, choices


def attention(random_: random.Random) -> tuple[pc.Model, int, Choices]:
    """Multi-head attention of a sequence to itself, and perhaps a dense layer."""
    d, heads = random_.choice((128, 256, 512, 768)), random_.choice((2, 4, 8, 12))
    d_k = random_.choice((16, 32, 64, 128, d // heads))
    x = pc.Input((random_.choice(STEPS), d))
    out = random_.choice((0, *CLASSES))
    y = pc.MultiHeadAttention(num_heads=heads, key_dim=d_k)(x, x)
    model = pc.Model(x, pc.Dense(out)(y) if out else y)

    def count(width: int) -> int:
        return 3 * (d * width + width) + width * d + d

    inner, more = heads * d_k, out * d + out if out else 0
    right = count(inner) + more
    choices: Choices = [
        (4, "key_dim as the whole width", count(d_k) + more, "whole|all .* heads together|divided among"),
        (3, "the whole width for each head", count(heads * d) + more, "whole width"),
        (2, "no bias", right - 3 * inner - d, "use_bias=False"),
        (1, "no bias anywhere", right - 3 * inner - d - out, "use_bias=False"),
        (2, "no output projection", right - inner * d - d, "output projection is missing"),
        (1, "no value projection", right - d * inner - inner, "(value|key|query) projection is missing"),
    ]
    return model, right, choices


def frames(random_: random.Random) -> tuple[pc.Model, int, Choices]:
    """ConvLSTM2D, of one or two layers."""
    side, c, k = random_.choice((16, 32, 40, 64)), random_.choice([1, 1, 3]), random_.choice([3, 3, 5])
    T = random_.choice((5, 10, 16, 20))
    filters = [random_.choice(FILTERS) for _ in range(random_.choice([1, 2]))]
    reads = [c, *filters[:-1]]
    chain: list[object] = [pc.Input((T, side, side, c))]
    for at, f in enumerate(filters):
        chain.append(pc.ConvLSTM2D(f, k, padding="same", return_sequences=at < len(filters) - 1))
    kernels = [4 * k * k * a * f for a, f in zip(reads, filters, strict=True)]
    recurrent = [4 * k * k * f * f for f in filters]
    right = sum(kernels) + sum(recurrent) + 4 * sum(filters)
    choices: Choices = [
        (4, "no recurrent kernel", right - sum(recurrent), "recurrent kernel is missing"),
        (2, "no bias", right - 4 * sum(filters), "use_bias=False"),
        (2, "one bias for all gates", right - 3 * sum(filters), "one bias for all"),
        (2, "one gate", right // 4, "one gate of 4"),
        (2, "each time step", right * T, rf"at each of {T} time steps"),
        (2, "no channels", right - sum(kernels) + sum(4 * k * k * f for f in filters), "channels? are left out"),
    ]
    return pc.Sequential(chain), right, choices


def tokens(random_: random.Random) -> tuple[pc.Model, int, Choices]:
    """An embedding, a recurrent layer or none, and a dense layer: classes, or all tokens."""
    V, d, T = random_.choice(TOKENS), random_.choice(WIDTHS), random_.choice(STEPS)
    name = random_.choice(["LSTM", "GRU", "both", "none"])
    h = random_.choice(UNITS)
    language = random_.random() < 0.4
    out = V if language else random_.choice(CLASSES)
    chain: list[object] = [pc.Input((T,)), pc.Embedding(V, d)]
    one, ways = Cell(0, 0, 0), 1
    width = d
    if name == "none":
        chain.append(pc.GlobalAveragePooling1D())
    else:
        kind = "LSTM" if name == "both" else name
        ways = 2 if name == "both" else 1
        layer = getattr(pc, kind)(h)
        chain.append(pc.Bidirectional(layer) if ways == 2 else layer)
        one, width = cell(kind, d, h), ways * h
    chain.append(pc.Dense(out))
    right = V * d + ways * one.count + out * width + out
    choices: Choices = [
        (1, "no bias of the dense layer", right - out, "use_bias=False"),
        (1, "no embedding", right - V * d, "left out|is missing"),
        (0.7, "each time step", right + V * d * (T - 1), rf"at each of {T} time steps"),
    ]
    for off in (-2, -1, 1, 2):
        more = off * (width + 1) if language else 0
        choices.append((1, f"vocabulary {off:+}", right + off * d + more, "a vocabulary"))
    if language and width == d:
        choices.append((2, "tied weights", right - V * d, "tied"))
    if one.count:
        choices.append((2, "no recurrent kernel", right - ways * one.recurrent, "recurrent kernel is missing"))
        choices.append((1, "recurrent layer at each time step", right + ways * one.count * (T - 1), "time steps"))
        gates = 3 if name == "GRU" else 4
        choices.append((1, "one bias", right - ways * (one.bias - h), f"one bias (vector )?for all {gates}"))
    if ways == 2:
        choices.append((2, "the dense layer reads d_h", right - out * h, "reads one direction|merge_mode"))
        choices.append((1, "the dense bias for each direction", right + out, "bias is counted twice"))
    return pc.Sequential(chain), right, choices
