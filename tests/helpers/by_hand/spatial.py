"""Numbers of convolutions, pooling, cropping, padding and resizing, and of recurrent convolutions."""

from __future__ import annotations

from typing import Any

import paramcalc as pc

B = 4

TABLE: list[Any] = [
    # convolutions: ⌊(n − d(k − 1) − 1)/s⌋ + 1 places when valid, ⌈n/s⌉ when same or causal
    (pc.Conv1D(8, 3), [(B, 10, 6)], (3 * 6 + 1) * 8, [(B, 8, 8)], B * 8 * 3 * 6 * 8),
    (pc.Conv1D(8, 3, padding="same"), [(B, 10, 6)], 152, [(B, 10, 8)], B * 10 * 3 * 6 * 8),
    (pc.Conv1D(8, 3, padding="causal", dilation_rate=4), [(B, 10, 6)], 152, [(B, 10, 8)], B * 10 * 3 * 6 * 8),
    (pc.Conv1D(8, 3, strides=2), [(B, 10, 6)], 152, [(B, 4, 8)], B * 4 * 3 * 6 * 8),
    (pc.Conv1D(8, 3, strides=3, padding="same"), [(B, 10, 6)], 152, [(B, 4, 8)], B * 4 * 3 * 6 * 8),
    (pc.Conv1D(8, 3, dilation_rate=2, use_bias=False), [(B, 10, 6)], 144, [(B, 6, 8)], B * 6 * 3 * 6 * 8),
    (pc.Conv1D(8, 3, groups=2), [(B, 10, 6)], (3 * 3 + 1) * 8, [(B, 8, 8)], B * 8 * 3 * 3 * 8),
    (pc.Conv1D(8, 3, data_format="channels_first"), [(B, 6, 10)], 152, [(B, 8, 8)], B * 8 * 3 * 6 * 8),
    (pc.Conv2D(64, 3), [(B, 224, 224, 3)], 1792, [(B, 222, 222, 64)], B * 222 * 222 * 27 * 64),
    (pc.Conv2D(6, (5, 3), strides=(2, 1)), [(B, 28, 28, 1)], 15 * 6 + 6, [(B, 12, 26, 6)], B * 12 * 26 * 15 * 6),
    (
        pc.Conv2D(64, 7, strides=2, padding="same"),
        [(B, 224, 224, 3)],
        9472,
        [(B, 112, 112, 64)],
        B * 112 * 112 * 147 * 64,
    ),
    (pc.Conv2D(8, 3, dilation_rate=(2, 3)), [(B, 9, 9, 4)], 296, [(B, 5, 3, 8)], B * 15 * 36 * 8),
    (pc.Conv2D(8, 3, groups=4, data_format="channels_first"), [(B, 4, 9, 7)], 80, [(B, 8, 7, 5)], B * 35 * 9 * 8),
    (pc.Conv3D(8, 3), [(B, 9, 8, 7, 4)], (27 * 4 + 1) * 8, [(B, 7, 6, 5, 8)], B * 7 * 6 * 5 * 27 * 4 * 8),
    (
        pc.Conv3D(6, (3, 1, 2), strides=(1, 2, 2), padding="same", groups=2),
        [(B, 5, 6, 7, 4)],
        (6 * 2 + 1) * 6,
        [(B, 5, 3, 4, 6)],
        B * 5 * 3 * 4 * 6 * 2 * 6,
    ),
    # LoRA: beside a kernel of k·C·F that stands still k·C·r + r·F learn, merged into it by k·C·r·F multiply-adds
    (
        pc.Conv1D(8, 3, lora_rank=2),
        [(B, 10, 6)],
        (3 * 6 + 1) * 8 + 3 * 6 * 2 + 2 * 8,
        [(B, 8, 8)],
        B * 8 * 3 * 6 * 8 + 3 * 6 * 2 * 8,
    ),
    (
        pc.Conv2D(8, (3, 2), groups=2, lora_rank=5, use_bias=False),
        [(B, 9, 9, 4)],
        6 * 2 * 8 + 6 * 2 * 5 + 5 * 8,
        [(B, 7, 8, 8)],
        B * 7 * 8 * 6 * 2 * 8 + 6 * 2 * 5 * 8,
    ),
    # transposed: (n − 1)s + w places when valid, at least n·s; n·s when same; work for every place of the input
    (pc.Conv1DTranspose(8, 3), [(B, 10, 6)], (3 * 6 + 1) * 8, [(B, 12, 8)], B * 10 * 3 * 6 * 8),
    (pc.Conv1DTranspose(8, 3, strides=2), [(B, 10, 6)], 152, [(B, 21, 8)], B * 10 * 3 * 6 * 8),
    (pc.Conv1DTranspose(8, 3, strides=5), [(B, 10, 6)], 152, [(B, 50, 8)], B * 10 * 3 * 6 * 8),
    (pc.Conv1DTranspose(8, 3, strides=2, output_padding=1), [(B, 10, 6)], 152, [(B, 22, 8)], B * 10 * 3 * 6 * 8),
    (pc.Conv1DTranspose(8, 3, dilation_rate=2, use_bias=False), [(B, 10, 6)], 144, [(B, 14, 8)], B * 10 * 18 * 8),
    (pc.Conv1DTranspose(8, 3, 2, "same"), [(B, 10, 6)], 152, [(B, 20, 8)], B * 10 * 3 * 6 * 8),
    (pc.Conv1DTranspose(8, 3, 2, "same", 0), [(B, 10, 6)], 152, [(B, 19, 8)], B * 10 * 3 * 6 * 8),
    (pc.Conv1DTranspose(8, 3, 2, "same", 1), [(B, 10, 6)], 152, [(B, 20, 8)], B * 10 * 3 * 6 * 8),
    (pc.Conv1DTranspose(4, 2, 1, "same", 0), [(B, 7, 3)], (2 * 3 + 1) * 4, [(B, 6, 4)], B * 6 * 2 * 3 * 4),
    (
        pc.Conv2DTranspose(512, 5, strides=2, padding="same"),
        [(B, 4, 4, 1024)],
        (25 * 1024 + 1) * 512,
        [(B, 8, 8, 512)],
        B * 4 * 4 * 25 * 1024 * 512,
    ),
    (
        pc.Conv2DTranspose(3, (2, 5), strides=(3, 2), output_padding=(2, 0), data_format="channels_first"),
        [(B, 4, 6, 7)],
        (10 * 4 + 1) * 3,
        [(B, 3, 5 * 3 + 2 + 2, 6 * 2 + 5)],
        B * 6 * 7 * 10 * 4 * 3,
    ),
    (pc.Conv3DTranspose(2, 2, strides=2), [(B, 3, 4, 5, 6)], (8 * 6 + 1) * 2, [(B, 6, 8, 10, 2)], B * 60 * 8 * 6 * 2),
    # depthwise: k·C·m and a bias each; separable: that without the bias, then C·m·F and F biases
    (pc.DepthwiseConv1D(3, depth_multiplier=2), [(B, 9, 6)], 12 * (3 + 1), [(B, 7, 12)], B * 7 * 3 * 12),
    (pc.DepthwiseConv2D(3, padding="same"), [(B, 112, 112, 32)], 320, [(B, 112, 112, 32)], B * 112 * 112 * 9 * 32),
    (
        pc.DepthwiseConv2D((3, 2), (2, 1), dilation_rate=(1, 2), use_bias=False, data_format="channels_first"),
        [(B, 5, 9, 8)],
        6 * 5,
        [(B, 5, 4, 6)],
        B * 4 * 6 * 6 * 5,
    ),
    (pc.SeparableConv1D(8, 3, depth_multiplier=2), [(B, 9, 6)], 36 + 96 + 8, [(B, 7, 8)], B * 7 * (36 + 96)),
    (
        pc.SeparableConv2D(64, 3, use_bias=False),
        [(B, 30, 30, 32)],
        9 * 32 + 32 * 64,
        [(B, 28, 28, 64)],
        B * 28 * 28 * (9 * 32 + 32 * 64),
    ),
    # recurrent convolutions: 4F[k(C + F) + 1], and 4F·k(C + F) multiply-adds at every place of every frame
    (
        pc.ConvLSTM1D(8, 3, return_sequences=True, return_state=True),
        [(B, 5, 10, 6)],
        4 * 8 * (3 * (6 + 8) + 1),
        [(B, 5, 8, 8), (B, 8, 8), (B, 8, 8)],
        B * 5 * 8 * 4 * 8 * 3 * (6 + 8),
    ),
    (
        pc.ConvLSTM2D(64, 3, padding="same"),
        [(B, 10, 32, 32, 1)],
        150_016,
        [(B, 32, 32, 64)],
        B * 10 * 32 * 32 * 4 * 64 * 9 * 65,
    ),
    (
        pc.ConvLSTM3D(2, (2, 1, 3), strides=2, data_format="channels_first", use_bias=False),
        [(B, 3, 4, 5, 6, 7)],
        4 * 2 * 6 * (4 + 2),
        [(B, 2, 2, 3, 3)],
        B * 3 * 2 * 3 * 3 * 288,
    ),
    # pooling
    (pc.MaxPooling1D(), [(B, 9, 6)], 0, [(B, 4, 6)], 0),
    (pc.MaxPooling1D(3, strides=1, padding="same"), [(B, 9, 6)], 0, [(B, 9, 6)], 0),
    (pc.AveragePooling1D(3, data_format="channels_first"), [(B, 6, 9)], 0, [(B, 6, 3)], 0),
    (pc.MaxPooling2D(), [(B, 9, 8, 6)], 0, [(B, 4, 4, 6)], 0),
    (pc.MaxPooling2D((3, 2), padding="same"), [(B, 10, 8, 6)], 0, [(B, 4, 4, 6)], 0),
    (pc.AveragePooling2D(2, strides=(1, 3)), [(B, 9, 8, 6)], 0, [(B, 8, 3, 6)], 0),
    (pc.GlobalMaxPooling1D(), [(B, 9, 6)], 0, [(B, 6)], 0),
    (pc.GlobalAveragePooling1D(keepdims=True), [(B, 9, 6)], 0, [(B, 1, 6)], 0),
    (pc.GlobalMaxPooling2D(data_format="channels_first"), [(B, 6, 9, 8)], 0, [(B, 6)], 0),
    (pc.GlobalAveragePooling2D(keepdims=True), [(B, 9, 8, 6)], 0, [(B, 1, 1, 6)], 0),
    (pc.MaxPooling3D((2, 3, 4), padding="same"), [(B, 9, 8, 7, 6)], 0, [(B, 5, 3, 2, 6)], 0),
    (pc.AveragePooling3D(2, data_format="channels_first"), [(B, 6, 9, 8, 7)], 0, [(B, 6, 4, 4, 3)], 0),
    (pc.GlobalMaxPooling3D(), [(B, 9, 8, 7, 6)], 0, [(B, 6)], 0),
    (pc.GlobalAveragePooling3D("channels_first", keepdims=True), [(B, 6, 9, 8, 7)], 0, [(B, 6, 1, 1, 1)], 0),
    (pc.AdaptiveMaxPooling1D(4), [(B, 9, 6)], 0, [(B, 4, 6)], 0),
    (pc.AdaptiveMaxPooling2D((4, 3)), [(B, 9, 8, 6)], 0, [(B, 4, 3, 6)], 0),
    (pc.AdaptiveMaxPooling3D(10), [(B, 9, 8, 7, 6)], 0, [(B, 10, 10, 10, 6)], 0),
    (pc.AdaptiveAveragePooling1D(4, "channels_first"), [(B, 6, 9)], 0, [(B, 6, 4)], 0),
    (pc.AdaptiveAveragePooling2D(7), [(B, 9, 8, 6)], 0, [(B, 7, 7, 6)], 0),
    (pc.AdaptiveAveragePooling3D((1, 2, 3)), [(B, 9, 8, 7, 6)], 0, [(B, 1, 2, 3, 6)], 0),
    # cropping, padding and resizing
    (pc.Cropping1D(), [(B, 9, 6)], 0, [(B, 7, 6)], 0),
    (pc.Cropping1D((0, 3)), [(B, 9, 6)], 0, [(B, 6, 6)], 0),
    (pc.Cropping2D(), [(B, 9, 8, 6)], 0, [(B, 9, 8, 6)], 0),
    (pc.Cropping2D(((1, 2), (0, 3))), [(B, 9, 8, 6)], 0, [(B, 6, 5, 6)], 0),
    (pc.Cropping2D((1, 2), data_format="channels_first"), [(B, 6, 9, 8)], 0, [(B, 6, 7, 4)], 0),
    (pc.Cropping3D(), [(B, 9, 8, 7, 6)], 0, [(B, 7, 6, 5, 6)], 0),
    (pc.ZeroPadding1D((0, 3)), [(B, 9, 6)], 0, [(B, 12, 6)], 0),
    (pc.ZeroPadding2D(), [(B, 9, 8, 6)], 0, [(B, 11, 10, 6)], 0),
    (pc.ZeroPadding2D(((1, 2), (0, 3))), [(B, 9, 8, 6)], 0, [(B, 12, 11, 6)], 0),
    (pc.ZeroPadding3D((1, 2, 3), "channels_first"), [(B, 6, 9, 8, 7)], 0, [(B, 6, 11, 12, 13)], 0),
    (pc.UpSampling1D(3), [(B, 9, 6)], 0, [(B, 27, 6)], 0),
    (pc.UpSampling2D((2, 3), interpolation="bilinear"), [(B, 9, 8, 6)], 0, [(B, 18, 24, 6)], 0),
    (pc.UpSampling3D(data_format="channels_first"), [(B, 6, 9, 8, 7)], 0, [(B, 6, 18, 16, 14)], 0),
    (pc.SpatialDropout1D(0.5), [(B, 9, 6)], 0, [(B, 9, 6)], 0),
    (pc.SpatialDropout2D(0.5), [(B, 9, 8, 6)], 0, [(B, 9, 8, 6)], 0),
    (pc.SpatialDropout3D(0.5), [(B, 9, 8, 7, 6)], 0, [(B, 9, 8, 7, 6)], 0),
]

# Number of combinations of switches and inputs that the proof of each formula covers; other rules have no weights.
LEARNING = {
    "Conv1D": 216,  # 3 paddings, 3 layouts, bias, groups, LoRA, and strides or dilation or neither
    "Conv2D": 144,  # 2 paddings
    "Conv3D": 144,
    "Conv1DTranspose": 48,  # 2 paddings, 3 layouts, bias, and strides with p or without, dilation or neither
    "Conv2DTranspose": 48,
    "Conv3DTranspose": 48,
    "DepthwiseConv1D": 96,  # 2 paddings, 3 layouts, bias, multiplier, strides, dilation
    "DepthwiseConv2D": 96,
    "SeparableConv1D": 96,
    "SeparableConv2D": 96,
    "ConvLSTM1D": 288,  # 2 paddings, 3 layouts, 2 biases, sequences, unrolled, strides or dilation or neither
    "ConvLSTM2D": 288,
    "ConvLSTM3D": 288,
}

# What to try for options that are neither sizes nor switches, and of switches that change no weight.
TRIED: dict[tuple[str, str], list[Any]] = {
    **{(f"Conv{n}D", option): [None] for n in (1, 2, 3) for option in ("lora_alpha", "kernel_constraint")},
    **{(f"Conv{n}DTranspose", "output_padding"): [None, 1] for n in (1, 2, 3)},
    **{
        (f"ConvLSTM{n}D", switch): [False] for n in (1, 2, 3) for switch in ("return_state", "go_backwards", "stateful")
    },
}
