"""Numbers worked out by hand for the cells of the literature: 108 features and 128 units, unless it says otherwise.

Lines are those of ``by_hand``: (layer, input shapes, count, output shapes, multiply-adds), the arithmetic from the
papers' equations, a product for each matrix.
"""

from __future__ import annotations

from typing import Any

from paramcalc.core.registry import rules

P = rules("paper")
B, T = 4, 10
X, STEP, OUT = [(B, T, 108)], [(B, 108)], [(B, 128)]
LSTM_MACS = B * T * 4 * 128 * 236

TABLE: list[Any] = [
    # LSTM: 4 × (108·128 + 128·128 + 128) = 4 × 30,336
    (P["LSTM"](128), X, 121_344, OUT, 4_833_280),
    (P["LSTM"](128, use_bias=False), X, 120_832, OUT, LSTM_MACS),
    (P["LSTM"](128, forget_bias=1), X, 121_344, OUT, LSTM_MACS),
    (P["LSTM"](128, peephole=True), X, 121_344 + 3 * 128, OUT, LSTM_MACS),
    (P["LSTM"](128, coupled=True), X, 3 * 30_336, OUT, B * T * 3 * 128 * 236),
    (P["LSTM"](128, coupled=True, peephole=True), X, 91_008 + 2 * 128, OUT, B * T * 3 * 128 * 236),
    (P["LSTM"](128, coupled=True, peephole=True, no_output_gate=True), X, 2 * 30_336 + 128, OUT, B * T * 2 * 30_208),
    (P["LSTM"](128, no_input_gate=True), X, 91_008, OUT, B * T * 3 * 30_208),
    (P["LSTM"](128, no_forget_gate=True), X, 91_008, OUT, B * T * 3 * 30_208),
    (P["LSTM"](128, no_output_gate=True), X, 91_008, OUT, B * T * 3 * 30_208),
    (P["LSTM"](128, no_input_activation=True, no_output_activation=True), X, 121_344, OUT, LSTM_MACS),
    (P["LSTM"](128, full_gate_recurrence=True), X, 121_344 + 147_456, OUT, LSTM_MACS + B * T * 147_456),
    (P["LSTM"](128, full_gate_recurrence=True, peephole=True), X, 269_184, OUT, LSTM_MACS + B * T * 147_456),
    (P["LSTM"](128, full_gate_recurrence=True, coupled=True), X, 91_008 + 4 * 16_384, OUT, B * T * (90_624 + 65_536)),
    # LSTMP: 4 × (108·128 + 64·128 + 128) + 128·64
    (P["LSTM"](128, projection=64), X, 4 * 22_144 + 8_192, [(B, 64)], B * T * (4 * 22_016 + 8_192)),
    (
        P["LSTM"](128, projection=64, nonrecurrent_projection=32, return_sequences=True, return_state=True),
        X,
        96_768 + 4_096,
        [(B, T, 96), (B, 64), (B, 128)],
        B * T * (96_256 + 4_096),
    ),
    # gains and biases of vectors of 512, 512 and 128
    (P["LSTM"](128, layer_norm=True), X, 121_344 + 2_304, OUT, LSTM_MACS),
    (P["LSTM"](128, layer_norm=True, projection=64, peephole=True), X, 96_768 + 2_304 + 384, [(B, 64)], 3_850_240),
    (P["LSTM"](128, layer_norm=True, coupled=True), X, 91_008 + 2 * (384 + 384 + 128), OUT, B * T * 90_624),
    (P["LSTMCell"](128, peephole=True), STEP, 121_728, OUT * 3, B * 120_832),
    (P["LSTMCell"](128, full_gate_recurrence=True), STEP, 268_800, OUT * 6, B * (120_832 + 147_456)),
    # relatives: two factors of 108·128 and 128·128; an LSTM of 128 → 128 inside one of 108 → 128
    (P["MultiplicativeLSTM"](128), X, 121_344 + 30_208, OUT, B * T * 151_040),
    (P["MultiplicativeLSTM"](128, intermediate=64, use_bias=False), X, 88_064 + 15_104, OUT, B * T * 103_168),
    (P["MultiplicativeLSTMCell"](128), STEP, 151_552, OUT * 3, B * 151_040),
    (P["NestedLSTM"](128), X, 121_344 + 131_584, OUT, B * T * (120_832 + 131_072)),
    (P["NestedLSTMCell"](128), STEP, 252_928, OUT * 4, B * 251_904),
    # 4·8·(9·(3 + 8) + 1), and 16·16·8 places for each of three peepholes
    (P["ConvLSTM2D"](8, 3), [(B, T, 16, 16, 3)], 3_200 + 6_144, [(B, 16, 16, 8)], B * T * 256 * 3_168),
    (
        P["ConvLSTM2D"](8, (5, 3), peephole=False, return_sequences=True),
        [(B, T, 16, 12, 3)],
        32 * (15 * 11 + 1),
        [(B, T, 16, 12, 8)],
        B * T * 192 * 5_280,
    ),
    (P["ConvLSTM2DCell"](8, 3), [(B, 16, 16, 3)], 9_344, [(B, 16, 16, 8)] * 3, B * 256 * 3_168),
    # GRU: 3 × 30,336
    (P["GRU"](128), X, 91_008, OUT, B * T * 3 * 30_208),
    (P["GRU"](128, use_bias=False), X, 90_624, OUT, B * T * 3 * 30_208),
    (P["GRU"](128, reset="after"), X, 91_136, OUT, B * T * 3 * 30_208),
    (P["GRU"](128, variant=1), X, 91_008 - 2 * 13_824, OUT, B * T * (30_208 + 2 * 16_384)),
    (P["GRU"](128, variant=2), X, 63_360 - 2 * 128, OUT, B * T * (30_208 + 2 * 16_384)),
    (P["GRU"](128, variant=3), X, 91_008 - 2 * (13_824 + 16_384), OUT, B * T * 30_208),
    (P["GRU"](128, layer_norm=True, use_bias=False), X, 90_624 + 2 * (256 + 256 + 128 + 128), OUT, B * T * 90_624),
    (P["GRUCell"](16), [(B, 10)], 3 * (16 * 26 + 16), [(B, 16)] * 2, B * 3 * 16 * 26),
    (P["GRUCell"](16, reset="after"), [(B, 10)], 1_312, [(B, 16)] * 2, B * 3 * 16 * 26),
    (P["LightGRU"](128), X, 2 * 30_208 + 2 * 256, OUT, B * T * 60_416),
    (P["LightGRU"](128, batch_norm=False), X, 2 * 30_336, OUT, B * T * 60_416),
    (P["LightGRUCell"](128), STEP, 60_928, OUT * 2, B * 60_416),
    (P["MGU"](128), X, 60_672, OUT, B * T * 60_416),
    (P["MGUCell"](128), STEP, 60_672, OUT * 2, B * 60_416),
    # without gates: U 108·128, W 128·128, V 128·10, b 128, c 10
    (P["ElmanRNN"](128), X, 30_336, OUT, B * T * 30_208),
    (P["ElmanRNN"](128, outputs=10), X, 30_336 + 1_290, [(B, 10)], B * T * 31_488),
    (P["ElmanRNN"](128, outputs=10, use_bias=False), X, 31_488, [(B, 10)], B * T * 31_488),
    (P["ElmanRNNCell"](128, outputs=10), STEP, 31_626, [(B, 10), (B, 128)], B * 31_488),
    (P["JordanRNN"](128, 10), X, 13_824 + 1_280 + 128 + 1_280 + 10, [(B, 10)], B * T * 16_384),
    (P["JordanRNNCell"](128, 10), STEP, 16_522, [(B, 10)] * 2, B * 16_384),
    (P["IndRNN"](128), X, 13_824 + 128 + 128, OUT, B * T * 13_824),
    (P["IndRNNCell"](128), STEP, 14_080, OUT * 2, B * 13_824),
    # three or four products of the input, two vectors, two biases
    (P["SRU"](128), [(B, T, 128)], 3 * 16_384 + 512, OUT, B * T * 49_152),
    (P["SRU"](128, skip="projection"), X, 4 * 13_824 + 512, OUT, B * T * 55_296),
    (P["SRU"](128, skip=None), X, 2 * 13_824 + 256, OUT, B * T * 27_648),
    (P["SRUCell"](128), [(B, 128)], 49_664, OUT * 2, B * 49_152),
    (P["QRNN"](128), X, 3 * (2 * 13_824 + 128), OUT, B * T * 82_944),
    (P["QRNN"](128, 3, pooling="ifo", return_state=True), X, 4 * (3 * 13_824 + 128), OUT * 2, B * T * 165_888),
    (P["QRNN"](128, pooling="f", use_bias=False), X, 2 * 27_648, OUT, B * T * 55_296),
    # 1 + 212 + 256 encoders and 212·(1 + 212 + 256)
    (P["LMU"](212, 256), [(B, 784, 1)], 469 + 99_428, [(B, 212)], B * 784 * (99_897 + 65_536 + 256)),
    (P["LMUCell"](212, 256), [(B, 1)], 99_897, [(B, 212), (B, 212), (B, 256)], B * 165_689),
    (P["sLSTM"](128), X, 121_344, OUT, LSTM_MACS),
    (P["sLSTM"](128, heads=4), X, 4 * (13_824 + 4 * 32 * 32 + 128), OUT, B * T * 4 * (13_824 + 4_096)),
    (P["sLSTMCell"](128), STEP, 121_344, OUT * 5, B * 120_832),
    # q, k, v, o: 4·(108·128 + 128); i, f: 2·109 a head; C: 128·128 written and read, n·q 128
    (P["mLSTM"](128), X, 55_808 + 218, OUT, B * T * (55_296 + 216 + 2 * 16_384 + 128)),
    (P["mLSTM"](128, heads=4), X, 55_808 + 872, OUT, B * T * (55_296 + 864 + 2 * 4 * 1_024 + 128)),
    (
        P["mLSTMCell"](128, heads=4),
        STEP,
        56_680,
        [(B, 128), (B, 4, 32, 32), (B, 4, 32), (B, 4)],
        B * (55_296 + 864 + 2 * 4 * 1_024 + 128),
    ),
    # wrappers
    (P["Bidirectional"](P["LSTM"](128, peephole=True)), X, 243_456, [(B, 256)], 2 * LSTM_MACS),
    (
        P["Bidirectional"](P["LSTM"](128, projection=64, return_sequences=True, return_state=True)),
        X,
        193_536,
        [(B, T, 128), (B, 64), (B, 128), (B, 64), (B, 128)],
        2 * 3_850_240,
    ),
    (P["Bidirectional"](P["QRNN"](128), merge_mode="sum"), X, 2 * 83_328, OUT, 2 * B * T * 82_944),
    (P["RNN"](P["MGUCell"](128), return_sequences=True), X, 60_672, [(B, T, 128)], B * T * 60_416),
    (
        P["StackedRNNCells"]([P["LSTMCell"](128, projection=64), P["GRUCell"](32)]),
        STEP,
        96_768 + 3 * (32 * 96 + 32),
        [(B, 32), (B, 64), (B, 128), (B, 32)],
        B * (96_256 + 3 * 32 * 96),
    ),
    (P["TimeDistributed"](P["ElmanRNN"](128)), [(B, 3, T, 108)], 30_336, [(B, 3, 128)], B * 3 * T * 30_208),
]

# How many combinations of a cell's switches the proof of its formula must have gone through; the rest is refused.
LEARNING = {
    # Gates: 4 choices with a forget gate, 5 with others alone, 1 without any. With a gate: peepholes or not, layer norm
    # or full gate recurrence or neither, 3 projections; the bias not there or, for a forget gate, started at 0, 1, 2.
    "LSTMCell": 4 * (2 * 3 * 3 * 4) + 5 * (2 * 3 * 3 * 2) + 2 * 2 * 3,
    "MultiplicativeLSTMCell": 4,
    "NestedLSTMCell": 2,
    "ConvLSTM2DCell": 4,
    "GRUCell": 8 + 4 + 4 + 2,  # by variant: reset, bias, and for the first layer norm; the last has biases in any case
    "LightGRUCell": 2,
    "MGUCell": 2,
    "ElmanRNNCell": 4,
    "JordanRNNCell": 2,
    "IndRNNCell": 2,
    "SRUCell": 6,
    "LMUCell": 1,
    "sLSTMCell": 4,
    "mLSTMCell": 4,
    "QRNN": 6,
}
