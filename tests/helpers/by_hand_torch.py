"""Numbers of PyTorch's layers worked out by hand from its documentation.

Lines of (layer, input shapes, count, output shapes, multiply-adds, buffers), one or more for every rule.
"""

from __future__ import annotations

from typing import Any

from paramcalc import torch as nn

N, L = 4, 10
LSTM_1 = 4 * (128 * (128 + 108) + 2 * 128)  # 121,856: 512 more than with one bias
ENCODER = 4 * (16 * 16 + 16) + (16 * 32 + 32) + (32 * 16 + 16) + 2 * 32
DECODER = ENCODER + 4 * (16 * 16 + 16) + 32
ATTENTION = N * (2 * L * 16 * 16 + 2 * L * 16 * 16 + 2 * L * L * 16)
MEMORY = N * (L * 16 * 16 + 2 * 7 * 16 * 16 + 2 * L * 7 * 16 + L * 16 * 16)
WIDE = N * L * 2 * 16 * 32

LEARNING: list[Any] = [
    (nn.Linear(256, 108), [(N, 256)], 256 * 108 + 108, [(N, 108)], N * 256 * 108),
    (nn.Linear(5, 3, bias=False), [(5,)], 15, [(3,)], 15),
    (nn.LazyLinear(108), [(N, L, 256)], 27_756, [(N, L, 108)], N * L * 256 * 108),
    (nn.Bilinear(3, 4, 5), [(N, 3), (N, 4)], 3 * 4 * 5 + 5, [(N, 5)], N * 5 * (3 * 4 + 4)),
    (nn.Embedding(1000, 16), [(N, L)], 16_000, [(N, L, 16)], 0),
    (nn.EmbeddingBag(1000, 16), [(N, L)], 16_000, [(N, 16)], 0),
    (nn.EmbeddingBag(1000, 16, include_last_offset=True), [(L,), (3,)], 16_000, [(2, 16)], 0),
    # recurrent: two biases a gate
    (nn.LSTM(108, 128), [(L, N, 108)], LSTM_1, [(L, N, 128), (1, N, 128), (1, N, 128)], 4_833_280),
    (nn.LSTM(108, 128, 2), [(L, N, 108)], LSTM_1 + 4 * (128 * 256 + 256), [(L, N, 128), (2, N, 128), (2, N, 128)],
     4_833_280 + L * N * 4 * 128 * 256),
    (nn.LSTM(108, 128, 2, True, True, 0.1, True, 5), [(N, L, 108)],
     2 * (4 * (128 * (5 + 108) + 256) + 5 * 128) + 2 * (4 * (128 * (5 + 10) + 256) + 5 * 128),
     [(N, L, 10), (4, N, 5), (4, N, 128)],
     2 * L * N * (4 * 128 * 113 + 640 + 4 * 128 * 15 + 640)),
    (nn.LSTM(5, 7, bias=False), [(L, 5)], 4 * 7 * 12, [(L, 7), (1, 7), (1, 7)], L * 4 * 7 * 12),
    (nn.GRU(108, 128), [(L, N, 108)], 91_392, [(L, N, 128), (1, N, 128)], L * N * 3 * 128 * 236),
    (nn.GRU(5, 7, 3, bidirectional=True), [(L, 5)], 2 * 3 * (7 * 12 + 14) + 2 * 2 * 3 * (7 * 21 + 14),
     [(L, 14), (6, 7)], 2 * L * 3 * (7 * 12 + 2 * 7 * 21)),
    (nn.RNN(108, 128), [(L, N, 108)], 128 * 236 + 256, [(L, N, 128), (1, N, 128)], L * N * 128 * 236),
    (nn.RNNCell(5, 7), [(N, 5)], 7 * 12 + 14, [(N, 7)], N * 84),
    (nn.LSTMCell(108, 128), [(N, 108)], LSTM_1, [(N, 128)] * 2, N * 4 * 128 * 236),
    (nn.GRUCell(5, 7), [(5,)], 3 * (7 * 12 + 14), [(7,)], 252),
    # convolutions
    (nn.Conv1d(3, 8, 5), [(N, 3, 20)], 8 * (5 * 3 + 1), [(N, 8, 16)], N * 16 * 5 * 3 * 8),
    (nn.Conv2d(3, 8, 3, stride=2, padding=1), [(N, 3, 32, 31)], 224, [(N, 8, 16, 16)], N * 256 * 216),
    (nn.Conv2d(4, 8, (3, 5), padding="same", groups=2), [(4, 9, 9)], 8 * (15 * 2 + 1), [(8, 9, 9)], 81 * 15 * 2 * 8),
    (nn.Conv3d(2, 4, 3, dilation=2, bias=False), [(2, 7, 7, 7)], 4 * 27 * 2, [(4, 3, 3, 3)], 27 * 27 * 2 * 4),
    (nn.LazyConv1d(8, 5), [(N, 3, 20)], 128, [(N, 8, 16)], N * 16 * 120),
    (nn.LazyConv2d(8, 3), [(3, 9, 9)], 224, [(8, 7, 7)], 49 * 216),
    (nn.LazyConv3d(4, 1), [(2, 3, 3, 3)], 12, [(4, 3, 3, 3)], 27 * 8),
    (nn.ConvTranspose1d(3, 8, 5), [(N, 3, 20)], 3 * 5 * 8 + 8, [(N, 8, 24)], N * 20 * 120),
    (nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), [(N, 4, 5, 5)], 4 * 9 * 3 + 6,
     [(N, 6, 10, 10)], N * 25 * 4 * 9 * 3),
    (nn.ConvTranspose3d(2, 4, 2, 2), [(2, 3, 3, 3)], 2 * 8 * 4 + 4, [(4, 6, 6, 6)], 27 * 64),
    (nn.LazyConvTranspose1d(8, 5), [(N, 3, 20)], 128, [(N, 8, 24)], N * 20 * 120),
    (nn.LazyConvTranspose2d(8, 3), [(3, 9, 9)], 3 * 9 * 8 + 8, [(8, 11, 11)], 81 * 216),
    (nn.LazyConvTranspose3d(4, 1), [(2, 3, 3, 3)], 12, [(4, 3, 3, 3)], 27 * 8),
    # attention
    (nn.MultiheadAttention(16, 4), [(L, N, 16)] * 3, 4 * (16 * 16 + 16), [(L, N, 16), (N, L, L)], ATTENTION),
    (nn.MultiheadAttention(16, 4, add_bias_kv=True, add_zero_attn=True, kdim=3, vdim=5, batch_first=True),
     [(N, L, 16), (N, 7, 3), (N, 7, 5)], 16 * 16 + 3 * 16 + 5 * 16 + 3 * 16 + 2 * 16 + 16 * 16 + 16,
     [(N, L, 16), (N, L, 9)], N * (2 * L * 256 + 7 * 16 * 8 + 2 * L * 9 * 16)),
    (nn.TransformerEncoderLayer(16, 4, 32), [(L, N, 16)], ENCODER, [(L, N, 16)], ATTENTION + WIDE),
    (nn.TransformerDecoderLayer(16, 4, 32), [(L, N, 16), (7, N, 16)], DECODER, [(L, N, 16)], ATTENTION + MEMORY + WIDE),
    (nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32), 6, nn.LayerNorm(16)), [(L, N, 16)],
     6 * ENCODER + 32, [(L, N, 16)], 6 * (ATTENTION + WIDE)),
    (nn.TransformerDecoder(nn.TransformerDecoderLayer(16, 4, 32), 2), [(L, N, 16), (7, N, 16)],
     2 * DECODER, [(L, N, 16)], 2 * (ATTENTION + MEMORY + WIDE)),
    (nn.Transformer(16, 4, 1, 2, 32), [(L, N, 16), (L, N, 16)], ENCODER + 2 * DECODER + 2 * 32, [(L, N, 16)],
     (ATTENTION + WIDE) + 2 * (2 * ATTENTION + WIDE)),
    # "Attention Is All You Need", the base model without its embeddings: 44,140,544 as PyTorch has it
    (nn.Transformer(), [(L, N, 512), (L, N, 512)], 44_140_544, [(L, N, 512)], None),
    # normalization
    (nn.LayerNorm((3, 5)), [(N, 3, 5)], 30, [(N, 3, 5)], 0),
    (nn.RMSNorm(5), [(N, 3, 5)], 5, [(N, 3, 5)], 0),
    (nn.GroupNorm(2, 6), [(N, 6, 9, 9)], 12, [(N, 6, 9, 9)], 0),
    (nn.PReLU(6), [(N, 6, 9)], 6, [(N, 6, 9)], 0),
    (nn.PReLU(), [(N, 6, 9)], 1, [(N, 6, 9)], 0),
]  # fmt: skip
SPATIAL = {1: (9,), 2: (9, 8), 3: (9, 8, 7)}
# a scale and a shift for each of 6 channels; two statistics for each are buffers, and the number of batches seen
for n, axes in SPATIAL.items():
    x = (N, 6, *axes)
    for name, options in (("BatchNorm", {}), ("InstanceNorm", {"affine": True, "track_running_stats": True})):
        LEARNING.append((getattr(nn, f"{name}{n}d")(6, **options), [x], 12, [x], 0, 13))
        LEARNING.append((getattr(nn, f"Lazy{name}{n}d")(), [x], 12, [x], 0, 13))
    LEARNING.append((getattr(nn, f"InstanceNorm{n}d")(6), [x], 0, [x], 0, 0))
LEARNING.append((nn.SyncBatchNorm(6, affine=False), [(N, 6)], 0, [(N, 6)], 0, 13))

MOVING: list[Any] = [
    (nn.Flatten(), [(N, 3, 5)], [(N, 15)]),
    (nn.Unflatten(1, (3, -1)), [(N, 15)], [(N, 3, 5)]),
    (nn.PixelShuffle(2), [(N, 8, 3, 5)], [(N, 2, 6, 10)]),
    (nn.PixelUnshuffle(2), [(2, 6, 10)], [(8, 3, 5)]),
    (nn.ChannelShuffle(2), [(N, 6, 5)], [(N, 6, 5)]),
    (nn.Unfold((2, 3)), [(N, 5, 10, 12)], [(N, 30, 90)]),  # the example of its documentation
    (nn.Fold((4, 5), (2, 2)), [(1, 12, 12)], [(1, 3, 4, 5)]),
    (nn.GLU(), [(N, 6)], [(N, 3)]),
    (nn.Upsample(scale_factor=1.5), [(N, 3, 5, 4)], [(N, 3, 7, 6)]),
    (nn.UpsamplingNearest2d(size=(3, 4)), [(N, 3, 5, 4)], [(N, 3, 3, 4)]),
    (nn.UpsamplingBilinear2d(scale_factor=2), [(N, 3, 5, 4)], [(N, 3, 10, 8)]),
    (nn.CosineSimilarity(), [(N, 6, 5), (N, 6, 1)], [(N, 5)]),
    (nn.PairwiseDistance(keepdim=True), [(N, 6), (N, 6)], [(N, 1)]),
    (nn.LocalResponseNorm(2), [(N, 6, 5)], [(N, 6, 5)]),
    (nn.CrossMapLRN2d(2), [(N, 6, 5, 5)], [(N, 6, 5, 5)]),
    (nn.Softmax2d(), [(6, 5, 5)], [(6, 5, 5)]),
    (nn.Softmax(-1), [(6, 5)], [(6, 5)]),
    (nn.LogSoftmax(0), [(6, 5)], [(6, 5)]),
    (nn.Softmin(), [(6, 5)], [(6, 5)]),
    (nn.Threshold(0.1, 20.0), [(6, 5)], [(6, 5)]),
    (nn.FractionalMaxPool2d(2, output_ratio=0.5), [(N, 6, 9, 8)], [(N, 6, 4, 4)]),
    (nn.FractionalMaxPool3d(2, output_size=3, return_indices=True), [(6, 9, 8, 7)], [(6, 3, 3, 3)] * 2),
]
for n, axes in SPATIAL.items():
    x = (6, *axes)
    sides = (1, 2, 3, 2, 1, 5)[: 2 * n]  # last axis first
    wide = tuple(size + sides[2 * (n - 1 - at)] + sides[2 * (n - 1 - at) + 1] for at, size in enumerate(axes))
    MOVING += [
        (getattr(nn, f"{kind}Pad{n}d")(sides), [x], [(6, *wide)])
        for kind in ("Zero", "Reflection", "Replication", "Circular")
    ]
    MOVING += [(getattr(nn, f"ConstantPad{n}d")(1, 3.5), [x], [(6, *(size + 2 for size in axes))])]
    halves = tuple(size // 2 for size in axes)
    up = tuple(-(-size // 2) for size in axes)
    MOVING += [(getattr(nn, f"{kind}Pool{n}d")(2), [x], [(6, *halves)]) for kind in ("Max", "Avg")]
    MOVING += [(getattr(nn, f"MaxPool{n}d")(2, ceil_mode=True, return_indices=True), [x], [(6, *up)] * 2)]
    MOVING += [(getattr(nn, f"LPPool{n}d")(2, 2), [x], [(6, *halves)])]
    MOVING += [(getattr(nn, f"Adaptive{kind}Pool{n}d")(3), [x], [(6, *(3,) * n)]) for kind in ("Max", "Avg")]
    MOVING += [(getattr(nn, f"MaxUnpool{n}d")(2), [x, x], [(6, *(2 * size for size in axes))])]
KEPT = (
    "Identity "
    "CELU ELU GELU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid Mish RReLU ReLU ReLU6 SELU SiLU "
    "Sigmoid Softplus Softshrink Softsign Tanh Tanhshrink Dropout AlphaDropout Dropout1d Dropout2d Dropout3d "
    "FeatureAlphaDropout"
)
MOVING += [(getattr(nn, name)(), [(N, 6, 5)], [(N, 6, 5)]) for name in KEPT.split()]
TABLE = [(*line, 0)[:6] for line in LEARNING] + [(layer, ins, 0, outs, 0, 0) for layer, ins, outs in MOVING]
