"""What the cells of the literature refuse, and why they say so."""

from __future__ import annotations

from typing import Any

import pytest

import paramcalc as pc
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer
from paramcalc.errors import ParamcalcError

P = rules("paper")


@pytest.mark.parametrize(
    ("layer", "shape", "problem"),
    [
        (P["LSTM"](3, coupled=True, no_forget_gate=True), (4, 5, 2),
         "coupled replaces the forget gate: there is none to leave out; expected one of the two"),
        (P["LSTM"](3, coupled=True, no_input_gate=True), (4, 5, 2),
         "coupled makes the forget gate from the input gate; expected no_input_gate off"),
        (P["LSTM"](3, forget_bias=1, coupled=True), (4, 5, 2),
         "forget_bias without a forget gate of its own; expected a forget gate"),
        (P["LSTM"](3, forget_bias=2, no_forget_gate=True), (4, 5, 2),
         "forget_bias without a forget gate of its own; expected a forget gate"),
        (P["LSTM"](3, forget_bias=1, use_bias=False), (4, 5, 2), "forget_bias without biases; expected use_bias"),
        (P["LSTM"](3, nonrecurrent_projection=2), (4, 5, 2),
         "nonrecurrent_projection without projection; expected projection, the part the networks see"),
        (P["LSTM"](3, peephole=True, no_input_gate=True, no_forget_gate=True, no_output_gate=True), (4, 5, 2),
         "peephole without a gate that could look through it; expected a gate"),
        (P["LSTM"](3, full_gate_recurrence=True, no_input_gate=True, no_forget_gate=True, no_output_gate=True),
         (4, 5, 2), "full_gate_recurrence without a gate; expected a gate"),
        (P["LSTM"](3, full_gate_recurrence=True, layer_norm=True), (4, 5, 2),
         "no paper says how full_gate_recurrence is normalised; expected no layer_norm"),
        (P["GRU"](3, variant=3, use_bias=False), (4, 5, 2),
         "variant 3 makes its gates of biases alone; expected use_bias"),
        (P["GRU"](3, variant=1, layer_norm=True), (4, 5, 2),
         "no paper says how variant 1 is normalised; expected variant 0"),
        (P["SRU"](3), (4, 5, 2),
         "the highway of SRU adds an input of 2 to an output of 3; expected 2 units "
         "(skip='projection' makes it fit)"),
        (P["sLSTM"](7, heads=2), (4, 5, 2), "7 units do not divide into 2 heads"),
        (P["mLSTM"](7, heads=2), (4, 5, 2), "7 units do not divide into 2 heads"),
        (P["ConvLSTM2D"](3, 3), (4, 5, *pc.Input((None, None, 2)).shape[1:]),
         "a peephole has a weight for every place of the frame, so its size must be known "
         "(peephole=False has none)"),
        (P["LSTM"](3), (4, 5), "LSTM does not take an input of 2 axes; expected (B, T, d_x), received (4, 5)"),
        (P["LSTMCell"](3), (4, 5, 2),
         "LSTMCell does not take an input of 3 axes; expected (B, d_x), received (4, 5, 2)"),
        (P["LSTM"](3, stateful=True), (pc.Input((2,)).shape[0], 5, 2),
         "a stateful layer keeps one state for each sample, so the batch size must be known (give the batch size)"),
        (P["Bidirectional"](P["MGUCell"](3)), (4, 2),
         "MGUCell cannot run backwards; expected a recurrent layer such as LSTM or GRU"),
        (P["RNN"](P["QRNN"](3)), (4, 5, 5, 2),
         "QRNN is not a cell; expected LSTMCell, GRUCell, SimpleRNNCell or a stack of them"),
    ],
    ids=lambda value: repr(value)[:60],
)  # fmt: skip
def test_what_does_not_fit_says_so(layer: Layer, shape: Any, problem: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        layer.on(shape)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("rule", "given", "problem"),
    [
        ("LSTM", {"peepholes": True}, "LSTM has no option 'peepholes' (did you mean 'peephole'?)"),
        ("LSTM", {"forget_bias": 3}, "LSTM.forget_bias: not a choice; expected 0 or 1 or 2, received 3"),
        ("GRU", {"variant": 4}, "GRU.variant: not a choice; expected 0 or 1 or 2 or 3, received 4"),
        ("LSTM", {"return_sequence": True},
         "LSTM has no option 'return_sequence' (did you mean 'return_sequences'?)"),
        ("LSTM", {"kernel_initializer": "zeros"}, None),
    ],
)  # fmt: skip
def test_options_it_does_not_have(rule: str, given: dict[str, Any], problem: str | None) -> None:
    with pytest.raises(ParamcalcError) as caught:
        P[rule](3, **given)
    assert problem is None or str(caught.value) == problem
