"""Numbers of the layers Keras 2 had and Keras 3 has no more."""

from __future__ import annotations

from typing import Any

import paramcalc as pc
from paramcalc.symbolic import unknown

B = 4
ANY = unknown("?")

TABLE: list[Any] = [
    # 2·g·d_h biases where LSTM has g·d_h
    (pc.CuDNNLSTM(128), [(B, 10, 108)], 4 * 128 * (108 + 128) + 8 * 128, [(B, 128)], 4_833_280),
    (
        pc.CuDNNLSTM(5, return_sequences=True, return_state=True, unit_forget_bias=False),
        [(B, 7, 3)],
        4 * 5 * 8 + 40,
        [(B, 7, 5), (B, 5), (B, 5)],
        B * 7 * 4 * 5 * 8,
    ),
    (pc.CuDNNLSTM(5, time_major=True, return_state=True), [(7, B, 3)], 200, [(B, 5)] * 3, B * 7 * 160),
    (pc.CuDNNLSTM(5, time_major=True, return_sequences=True), [(7, B, 3)], 200, [(7, B, 5)], B * 7 * 160),
    (pc.CuDNNGRU(128), [(B, 10, 108)], 91_392, [(B, 128)], B * 10 * 3 * 128 * (108 + 128)),
    (pc.CuDNNGRU(4, return_state=True), [(B, 7, 5)], 3 * 4 * 9 + 24, [(B, 4), (B, 4)], B * 7 * 3 * 4 * 9),
    (pc.Bidirectional(pc.CuDNNLSTM(6)), [(B, 7, 4)], 2 * (4 * 6 * 10 + 48), [(B, 12)], 2 * B * 7 * 4 * 6 * 10),
    # a window and a bias for every place
    (pc.LocallyConnected1D(8, 3), [(B, 10, 6)], 8 * (3 * 6 * 8 + 8), [(B, 8, 8)], B * 8 * 3 * 6 * 8),
    (pc.LocallyConnected1D(8, 3, strides=3, use_bias=False), [(B, 10, 6)], 432, [(B, 3, 8)], B * 432),
    (pc.LocallyConnected1D(8, 3, data_format="channels_first"), [(B, 6, 10)], 1216, [(B, 8, 8)], B * 1152),
    (pc.LocallyConnected1D(2, 3, padding="same", implementation=2), [(B, 5, 3)], 150 + 10, [(B, 5, 2)], B * 150),
    # windows of 3 on an axis of 5, the edges cut off: 2 + 3 + 3 + 3 + 2
    (pc.LocallyConnected1D(2, 3, padding="same", implementation=3), [(B, 5, 3)], 13 * 6 + 10, [(B, 5, 2)], B * 78),
    (
        pc.LocallyConnected2D(4, (3, 2), strides=(2, 1)),
        [(B, 9, 8, 3)],
        4 * 7 * (3 * 2 * 3 * 4 + 4),
        [(B, 4, 7, 4)],
        B * 28 * 18 * 4,
    ),
    (
        pc.LocallyConnected2D(2, 2, padding="same", implementation=2, use_bias=False, data_format="channels_first"),
        [(B, 3, 4, 5)],
        (4 * 5 * 3) * (4 * 5 * 2),
        [(B, 2, 4, 5)],
        B * 2400,
    ),
    (pc.ThresholdedReLU(0.5), [(B, 9, 6)], 0, [(B, 9, 6)], 0),
    (pc.RandomHeight(0.2), [(B, 9, 8, 3)], 0, [(B, ANY, 8, 3)], 0),
    (pc.RandomWidth((-0.2, 0.3)), [(B, 9, 8, 3)], 0, [(B, 9, ANY, 3)], 0),
]

LEARNING = {
    "CuDNNLSTM": 64,
    "CuDNNGRU": 32,
    "LocallyConnected1D": 48,  # 3 layouts, bias, a stride or none: 3 implementations without padding, 1 with
    "LocallyConnected2D": 48,
}

TRIED: dict[tuple[str, str], list[Any]] = {
    ("RandomHeight", "factor"): [0.2],
    ("RandomWidth", "factor"): [0.2],
}
