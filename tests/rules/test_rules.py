"""The rules against numbers worked out by hand: counts, output shapes, multiply-adds; a line or more for every rule."""

from __future__ import annotations

from typing import Any

import pytest
from by_hand import TABLE

import paramcalc as pc
from paramcalc.core.registry import find, rules
from paramcalc.errors import ParamcalcError
from paramcalc.symbolic import symbols

B = 4
d_x, d_h, T, F, C, H, W, k = symbols("d_x d_h T F C H W k")


@pytest.mark.parametrize(("layer", "inputs", "count", "outs", "macs"), TABLE, ids=[repr(line[0]) for line in TABLE])
def test_by_hand(layer: Any, inputs: list[Any], count: int, outs: list[Any], macs: int) -> None:
    built = layer.on(*inputs)
    assert built.params == count
    assert list(built.outs) == outs
    assert built.forward() == macs
    assert sum(weight.params for weight in built.weights) == count


def test_every_rule_has_a_line() -> None:
    missing = sorted(rules().keys() - {line[0].type for line in TABLE})
    assert not missing, f"numbers by hand are missing: a line in a TABLE in tests/helpers/by_hand/ for {missing}"


# --- symbols ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "inputs", "count", "outs", "macs"),
    [
        (pc.LSTM("d_h"), [(B, T, d_x)], 4 * (d_h * (d_h + d_x) + d_h), [(B, d_h)], B * T * 4 * d_h * (d_x + d_h)),
        (pc.Bidirectional(pc.GRU("d_h")), [(1, T, d_x)], 6 * (d_h * (d_h + d_x) + 2 * d_h), [(1, 2 * d_h)],
         2 * T * 3 * d_h * (d_x + d_h)),
        (pc.Dense(d_h), [(1, T, d_x)], d_x * d_h + d_h, [(1, T, d_h)], T * d_x * d_h),
        (pc.Conv2D(F, "k", strides=2), [(1, H, W, C)], F * (k**2 * C + 1), [(1, (H - k) // 2 + 1, (W - k) // 2 + 1, F)],
         ((H - k) // 2 + 1) * ((W - k) // 2 + 1) * k**2 * C * F),
        (pc.Conv1D(F, 3, padding="same", strides=2), [(1, T, C)], F * (3 * C + 1), [(1, (T + 1) // 2, F)],
         ((T + 1) // 2) * 3 * C * F),
        (pc.TimeDistributed(pc.Dense(3)), [(1, T, d_x)], 3 * d_x + 3, [(1, T, 3)], 3 * T * d_x),
        (pc.Flatten(), [(1, T, d_x)], 0, [(1, T * d_x)], 0),
        (pc.Reshape((-1, 2)), [(1, T, 2 * d_x)], 0, [(1, T * d_x, 2)], 0),
        (pc.Dot(axes=(2, 1)), [(1, T, d_x), (1, d_x, d_h)], 0, [(1, T, d_h)], T * d_x * d_h),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_by_hand_in_symbols(layer: Any, inputs: list[Any], count: Any, outs: list[Any], macs: Any) -> None:
    built = layer.on(*inputs)
    assert built.params == count
    assert list(built.outs) == outs
    assert built.forward() == macs


# --- names and gates ----------------------------------------------------------------------------


def weights(layer: Any, *inputs: Any) -> dict[str, tuple[Any, ...]]:
    return {weight.path: weight.shape for weight in layer.on(*inputs).weights}


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (pc.LSTM(2), {"lstm_cell/kernel": (3, 8), "lstm_cell/recurrent_kernel": (2, 8), "lstm_cell/bias": (8,)}),
        (pc.GRU(2), {"gru_cell/kernel": (3, 6), "gru_cell/recurrent_kernel": (2, 6), "gru_cell/bias": (2, 6)}),
        (pc.GRU(2, reset_after=False),
         {"gru_cell/kernel": (3, 6), "gru_cell/recurrent_kernel": (2, 6), "gru_cell/bias": (6,)}),
        (pc.SimpleRNN(2, use_bias=False),
         {"simple_rnn_cell/kernel": (3, 2), "simple_rnn_cell/recurrent_kernel": (2, 2)}),
        (pc.Bidirectional(pc.SimpleRNN(2, use_bias=False)),
         {"forward_simple_rnn/simple_rnn_cell/kernel": (3, 2),
          "forward_simple_rnn/simple_rnn_cell/recurrent_kernel": (2, 2),
          "backward_simple_rnn/simple_rnn_cell/kernel": (3, 2),
          "backward_simple_rnn/simple_rnn_cell/recurrent_kernel": (2, 2)}),
        (pc.BatchNormalization(),
         {"gamma": (3,), "beta": (3,), "moving_mean": (3,), "moving_variance": (3,)}),
        (pc.Conv1D(4, 5), {"kernel": (5, 3, 4), "bias": (4,)}),
        (pc.Embedding(7, 2), {"embeddings": (7, 2)}),
        (pc.PReLU(), {"alpha": (6, 3)}),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_weights_have_the_names_keras_gives(layer: Any, expected: dict[str, Any]) -> None:
    assert weights(layer, (B, 6, 3)) == expected


def test_moving_statistics_are_not_trained() -> None:
    flags = {weight.name: weight.trainable for weight in pc.BatchNormalization(renorm=True).on((B, 3)).weights}
    assert [name for name, trainable in flags.items() if trainable] == ["gamma", "beta"]
    assert [name for name, trainable in flags.items() if not trainable] == [
        "moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev",
    ]  # fmt: skip


def test_gates_lie_side_by_side() -> None:
    h = symbols("h")
    kernel, recurrent, bias = pc.LSTM("h").on((B, 10, 108)).weights
    expected = [("i", 0, h), ("f", h, 2 * h), ("g", 2 * h, 3 * h), ("o", 3 * h, 4 * h)]
    assert kernel.gate_slices() == recurrent.gate_slices() == bias.gate_slices() == expected
    assert bias.starts == (("f", 1),)
    assert not kernel.starts
    assert pc.LSTM("h", unit_forget_bias=False).on((B, 10, 108)).weights[2].starts == ()
    assert pc.GRU(128).on((B, 10, 108)).weights[2].gate_slices() == [("z", 0, 128), ("r", 128, 256), ("g", 256, 384)]
    assert pc.SimpleRNN(128).on((B, 10, 108)).weights[0].gates == ()


# --- what does not fit --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "inputs", "problem"),
    [
        (pc.LSTM(3), [(B, 5)], "LSTM does not take an input of 2 axes; expected (B, T, d_x), received (4, 5)"),
        (pc.Dense(3), [(B,)], "Dense does not take an input of 1 axis; expected (B, ..., d_x), received (4,)"),
        (pc.Dense(3), [(B, 5), (B, 5)], "Dense takes 1 input, received 2"),
        (pc.Add(), [], "Add takes at least one input, received 0"),
        (pc.Subtract(), [(B, 5)], "Subtract takes 2 inputs, received 1"),
        (pc.Conv1D(3, 9), [(B, 5, 2)],
         "a window over 9 places does not fit on an axis of 5 (padding='same' would)"),
        (pc.Conv2D(6, 3, groups=4), [(B, 9, 9, 8)], "6 filters do not divide into 4 groups"),
        (pc.Conv2D(8, 3, groups=4), [(B, 9, 9, 6)], "6 input channels do not divide into 4 groups"),
        (pc.Conv1D(8, 3, strides=2, dilation_rate=2), [(B, 9, 6)],
         "strides and dilation_rate are both above 1; expected one of them equal to 1"),
        (pc.Reshape((4, 4)), [(B, 15)], "15 numbers do not fill a shape of 16"),
        (pc.Reshape((4, -1)), [(B, 15)],
         "15 numbers cannot be reshaped with -1; expected a multiple of 4, received 15"),
        (pc.Permute((2, 1)), [(B, 3)],
         "Permute must name every axis except the batch; expected 1 axes, received (2, 1)"),
        (pc.LSTM(3, stateful=True), [(pc.Input((2,)).shape[0], 5, 2)],
         "a stateful layer keeps one state for each sample, so the batch size must be known (give the batch size)"),
        (pc.BatchNormalization(axis=5), [(B, 3)], "no such axis; expected a number from -2 to 1, received 5"),
        (pc.LayerNormalization(axis=(1, -1)), [(B, 3)],
         "an axis is given twice; expected different axes, received (1, -1)"),
        (pc.Add(), [(B, 3), (B, 4)], "input 1 gives 3 and input 2 gives 4 on axis 1; they must agree"),
        (pc.Concatenate(), [(B, 3), (B, 3, 4)], "Concatenate needs inputs of one rank; expected 2 axes, received 3"),
        (pc.Concatenate(), [(B, 3, 2), (B, 4, 2)], "input 1 gives 3 and input 2 gives 4 on axis 1; they must agree"),
        (pc.Dot(axes=1), [(B, 3), (B, 4)], "input 1 gives 3 and input 2 gives 4 on axis 1; they must agree"),
        (pc.Bidirectional(pc.LSTM(3), "sum", backward_layer=pc.LSTM(4, go_backwards=True)), [(B, 5, 2)],
         "merge_mode 'sum' combines both directions elementwise, "
         "but the forward layer has 3 units and the backward layer 4"),
        (pc.Bidirectional(pc.LSTM(3), backward_layer=pc.LSTM(3)), [(B, 5, 2)],
         "forward and backward layer run the same way; expected go_backwards on one of them"),
        (pc.Bidirectional(pc.Dense(3)), [(B, 5, 2)],
         "Dense cannot run backwards; expected a recurrent layer such as LSTM or GRU"),
        (pc.RNN(pc.Dense(3)), [(B, 5, 2)],
         "Dense is not a cell; expected LSTMCell, GRUCell, SimpleRNNCell or a stack of them"),
        (pc.TimeDistributed(pc.LSTM(3, return_state=True)), [(B, 4, 5, 2)],
         "TimeDistributed needs a layer with one output; LSTM has 3"),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_what_does_not_fit_says_so(layer: Any, inputs: list[Any], problem: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        layer.on(*inputs)
    assert str(caught.value) == problem


def test_rules_are_found_by_class_and_snake_case_names() -> None:
    assert find("LSTM") is find("lstm") is pc.LSTM
    assert find("global_max_pooling1d") is pc.GlobalMaxPooling1D
    assert find("ELU") is find("elu")
    with pytest.raises(ParamcalcError, match=r"no rule for a layer 'LTSM' \(did you mean 'LSTM'\?\)"):
        find("LTSM")
    with pytest.raises(ParamcalcError, match=r"unknown framework; expected .*, received 'kreas' \(did you mean"):
        rules("kreas")


@pytest.mark.whole
@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.name)
def test_every_rule_says_why(rule: Any) -> None:
    assert rule.why.endswith(".")
    assert 10 < len(rule.why) <= 110
    assert all(option.kind.expected for option in rule.options.values())
    assert not rule.ignored & rule.options.keys()
