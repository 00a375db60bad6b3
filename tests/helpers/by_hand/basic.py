"""Numbers of recurrent, merging, reshaping and elementwise layers."""

from __future__ import annotations

from typing import Any

import paramcalc as pc

B = 4

TABLE: list[Any] = [
    # recurrent
    (pc.LSTM(128), [(B, 10, 108)], 121_344, [(B, 128)], 4_833_280),
    (pc.LSTM(10), [(B, 13, 5)], 640, [(B, 10)], B * 13 * 4 * 10 * 15),
    (pc.LSTM(10, use_bias=False), [(B, 13, 5)], 600, [(B, 10)], B * 13 * 4 * 10 * 15),
    (pc.LSTM(10, return_sequences=True), [(B, 13, 5)], 640, [(B, 13, 10)], B * 13 * 4 * 10 * 15),
    (pc.LSTM(10, return_state=True), [(B, 13, 5)], 640, [(B, 10), (B, 10), (B, 10)], B * 13 * 4 * 10 * 15),
    (
        pc.LSTM(10, return_sequences=True, return_state=True, go_backwards=True, stateful=True),
        [(B, 13, 5)],
        4 * (10 * (10 + 5) + 10),
        [(B, 13, 10), (B, 10), (B, 10)],
        B * 13 * 4 * 10 * 15,
    ),
    (pc.GRU(128), [(B, 10, 108)], 91_392, [(B, 128)], B * 10 * 3 * 128 * (108 + 128)),
    (pc.GRU(128, reset_after=False), [(B, 10, 108)], 91_008, [(B, 128)], B * 10 * 3 * 128 * 236),
    (pc.GRU(128, use_bias=False), [(B, 10, 108)], 3 * 128 * 236, [(B, 128)], B * 10 * 3 * 128 * 236),
    (
        pc.GRU(8, return_sequences=True, return_state=True),
        [(B, 7, 3)],
        3 * (8 * 11 + 2 * 8),
        [(B, 7, 8), (B, 8)],
        B * 7 * 3 * 8 * 11,
    ),
    (pc.SimpleRNN(128), [(B, 10, 108)], 30_336, [(B, 128)], B * 10 * 128 * 236),
    (pc.SimpleRNN(128, use_bias=False), [(B, 10, 108)], 128 * 236, [(B, 128)], B * 10 * 128 * 236),
    (pc.SimpleRNN(8, return_state=True), [(B, 7, 3)], 8 * 11 + 8, [(B, 8), (B, 8)], B * 7 * 88),
    (pc.LSTMCell(128), [(B, 108)], 121_344, [(B, 128)] * 3, B * 4 * 128 * 236),
    (pc.GRUCell(128), [(B, 108)], 91_392, [(B, 128)] * 2, B * 3 * 128 * 236),
    (pc.GRUCell(128, reset_after=False), [(B, 108)], 91_008, [(B, 128)] * 2, B * 3 * 128 * 236),
    (pc.SimpleRNNCell(128), [(B, 108)], 30_336, [(B, 128)] * 2, B * 128 * 236),
    (
        pc.StackedRNNCells([pc.LSTMCell(128), pc.GRUCell(64)]),
        [(B, 108)],
        121_344 + 3 * (64 * (64 + 128) + 2 * 64),
        [(B, 64), (B, 128), (B, 128), (B, 64)],
        B * (4 * 128 * 236 + 3 * 64 * 192),
    ),
    (pc.RNN(pc.LSTMCell(128)), [(B, 10, 108)], 121_344, [(B, 128)], 4_833_280),
    (
        pc.RNN([pc.LSTMCell(128), pc.LSTMCell(128)], return_sequences=True),
        [(B, 10, 108)],
        252_928,
        [(B, 10, 128)],
        4_833_280 + B * 10 * 4 * 128 * 256,
    ),
    (pc.Bidirectional(pc.LSTM(128)), [(B, 10, 108)], 242_688, [(B, 256)], 2 * 4_833_280),
    (pc.Bidirectional(pc.LSTM(128), merge_mode="sum"), [(B, 10, 108)], 242_688, [(B, 128)], 2 * 4_833_280),
    (pc.Bidirectional(pc.LSTM(128), merge_mode="mul"), [(B, 10, 108)], 242_688, [(B, 128)], 2 * 4_833_280),
    (pc.Bidirectional(pc.LSTM(128), merge_mode="ave"), [(B, 10, 108)], 242_688, [(B, 128)], 2 * 4_833_280),
    (pc.Bidirectional(pc.LSTM(128), merge_mode=None), [(B, 10, 108)], 242_688, [(B, 128)] * 2, 2 * 4_833_280),
    (
        pc.Bidirectional(pc.LSTM(128, return_sequences=True, return_state=True)),
        [(B, 10, 108)],
        242_688,
        [(B, 10, 256), (B, 128), (B, 128), (B, 128), (B, 128)],
        2 * 4_833_280,
    ),
    (
        pc.Bidirectional(pc.LSTM(10), backward_layer=pc.GRU(6, go_backwards=True)),
        [(B, 13, 5)],
        640 + 3 * (6 * 11 + 12),
        [(B, 16)],
        B * 13 * (4 * 10 * 15 + 3 * 6 * 11),
    ),
    (pc.TimeDistributed(pc.Dense(32)), [(B, 10, 108)], 108 * 32 + 32, [(B, 10, 32)], B * 10 * 108 * 32),
    (pc.TimeDistributed(pc.Conv2D(16, 3)), [(B, 5, 32, 32, 3)], 448, [(B, 5, 30, 30, 16)], B * 5 * 30 * 30 * 27 * 16),
    (pc.TimeDistributed(pc.Flatten()), [(B, 5, 4, 3)], 0, [(B, 5, 12)], 0),
    # elementwise
    (pc.PReLU(), [(B, 9, 6)], 9 * 6, [(B, 9, 6)], 0),
    (pc.PReLU(shared_axes=[1]), [(B, 9, 6)], 6, [(B, 9, 6)], 0),
    *(
        (layer, [(B, 9, 6)], 0, [(B, 9, 6)], 0)
        for layer in (
            pc.Masking(0.0),
            pc.Identity(),
            pc.Dropout(0.5),
            pc.AlphaDropout(0.5),
            pc.GaussianDropout(0.5),
            pc.GaussianNoise(0.1),
            pc.ActivityRegularization(l1=0.1),
            pc.Activation("relu"),
            pc.ReLU(max_value=6.0),
            pc.LeakyReLU(0.1),
            pc.ELU(),
            pc.Softmax(),
        )
    ),
    # merging
    (pc.Add(), [(B, 9, 6), (B, 9, 6), (B, 1, 6)], 0, [(B, 9, 6)], 0),
    (pc.Subtract(), [(B, 6), (B, 6)], 0, [(B, 6)], 0),
    (pc.Multiply(), [(B, 9, 1), (B, 1, 6)], 0, [(B, 9, 6)], 0),
    (pc.Average(), [(B, 6), (B, 6)], 0, [(B, 6)], 0),
    (pc.Maximum(), [(B, 6), (B, 6)], 0, [(B, 6)], 0),
    (pc.Minimum(), [(B, 9, 6), (B, 6)], 0, [(B, 9, 6)], 0),
    (pc.Concatenate(), [(B, 9, 6), (B, 9, 4), (B, 9, 1)], 0, [(B, 9, 11)], 0),
    (pc.Concatenate(axis=1), [(B, 9, 6), (B, 3, 6)], 0, [(B, 12, 6)], 0),
    (pc.Dot(axes=-1), [(B, 6), (B, 6)], 0, [(B, 1)], B * 6),
    (pc.Dot(axes=(2, 1)), [(B, 9, 6), (B, 6, 5)], 0, [(B, 9, 5)], B * 9 * 5 * 6),
    # reshaping
    (pc.Flatten(), [(B, 9, 6)], 0, [(B, 54)], 0),
    (pc.Flatten(), [(B,)], 0, [(B, 1)], 0),
    (pc.Reshape((3, -1)), [(B, 9, 6)], 0, [(B, 3, 18)], 0),
    (pc.Permute((2, 1)), [(B, 9, 6)], 0, [(B, 6, 9)], 0),
    (pc.RepeatVector(13), [(B, 6)], 0, [(B, 13, 6)], 0),
]

# Number of combinations of switches and inputs that the proof of each formula covers; other rules have no weights.
LEARNING = {
    "PReLU": 11,
    "SimpleRNNCell": 2,
    "LSTMCell": 4,
    "GRUCell": 4,
    "SimpleRNN": 64,
    "LSTM": 128,
    "GRU": 128,
}

# What to try for options that are neither sizes nor switches.
TRIED: dict[tuple[str, str], list[Any]] = {
    ("PReLU", "shared_axes"): [None, 1, (1, 2)],
    ("Activation", "activation"): ["relu"],
    ("Reshape", "target_shape"): [(-1, 3), (-1,)],
    ("Permute", "dims"): [(2, 1), (2, 3, 1)],
}
