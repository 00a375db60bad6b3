"""What PyTorch's recurrent layers keep on a processor, step by step (aten/src/ATen/native/RNN.cpp).

The input of all steps is multiplied at once; then each step multiplies the state. In an LSTM the four gates of a step
are one tensor; with the cell state, its tanh and the hidden state before the step that is 7·d_h numbers. In a GRU the
three gates, the candidate, two factors that are overwritten and the hidden state are 7·d_h, too. A plain recurrent
layer keeps its outputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import NamedTuple

from ....symbolic import Size
from ....untyped import OptionValue
from .torch_operations import dropout, linear, made, transpose
from .values import Call, Keeping, Memory, Tape, Value, value_of


class Span(NamedTuple):
    """The steps of a batch of sequences, each as many times as there are sequences that have it.

    Attributes
    ----------
    total : int or Expr
        All of them.
    first : int or Expr
        Those that are read first.
    handed : int or Expr
        Rows of the states that one step hands to the next. Between steps of fewer and of more sequences, they are as
        many as of the longer of the two.
    grown : int or Expr
        Of those, the ones that are put together from handed and from initial states, because longer sequences begin:
        backwards, packed sequences end at once.
    """

    total: Size
    first: Size
    handed: Size
    grown: Size = 0

    @property
    def after(self) -> Size:
        """Those that have a step before."""
        return self.total - self.first


def span_of(rows: Size, steps: Size, lengths: Sequence[int] = (), reverse: bool = False) -> Span:
    """Give the steps of so many sequences of one length, or of packed ones of these lengths."""
    if not lengths:
        return Span(rows * steps, rows, rows * (steps - 1))
    together = [sum(length > step for length in lengths) for step in range(max(lengths))]
    order = together[::-1] if reverse else together
    pairs = [*pairwise(order)]
    grown = sum(now for earlier, now in pairs if now > earlier)
    return Span(sum(lengths), order[0], sum(map(max, pairs)), grown)


class Run(NamedTuple):
    """One layer of cells in one direction.

    Attributes
    ----------
    span : Span
    units : int or Expr
        Of the hidden and the cell state.
    given : bool
        Whether the input, or what it is multiplied by, needs a gradient.
    recurrent, bias, projection : bool
        Whether these weights need one.
    states : list of Value
        Hidden and cell state before the first step.
    width : int or Expr
        Of the output: that of the projection, if there is one.
    """

    span: Span
    units: Size
    given: bool
    recurrent: bool
    bias: bool
    projection: bool
    states: Sequence[Value]
    width: Size

    @property
    def first(self) -> bool:
        """Whether the gates of the first step need a gradient."""
        return self.given or self.recurrent or self.bias or self.states[0].live

    def hidden(self, tape: Tape, size: Size) -> None:
        """Keep the hidden states before each step, which the recurrent weight is multiplied by."""
        if self.recurrent:
            tape.keep(self.states[0])
        tape.new("hidden states", size * self.width, times=self.recurrent)


def _lstm(tape: Tape, run: Run) -> bool:
    cell = run.first or run.states[1].live
    live = cell or run.projection
    span, units = run.span, run.units
    steps = span.total if cell else span.after  # without a gradient of the first step, the second has one
    tape.new("gates", 4 * steps * units, times=live)
    if run.first:
        tape.keep(run.states[1])
    tape.new("cell states", span.handed * units, times=live)
    tape.new("tanh of the cell states", steps * units, times=live)
    tape.new("outputs before the projection", span.total * units, times=run.projection)
    run.hidden(tape, span.handed)
    return live


def _gru(tape: Tape, run: Run) -> bool:
    numbers = run.span.total * run.units
    tape.new("gates", 3 * numbers, times=run.first)
    tape.new("candidates", numbers, times=run.first)
    tape.new("factors of the gates", 2 * numbers, times=run.first)
    run.hidden(tape, run.span.handed)
    return run.first


def _rnn(tape: Tape, run: Run) -> bool:
    tape.new("hidden states", run.span.total * run.units, times=run.first)
    run.hidden(tape, run.span.grown)  # other states are the outputs of the function
    return run.first


CELLS = {"LSTM": (_lstm, 2), "GRU": (_gru, 1), "RNN": (_rnn, 1)}


def _stacked(call: Call) -> Sequence[Value]:
    options: Mapping[str, OptionValue] = call.layer.options
    cell, states = CELLS[call.layer.type]
    (x,) = call.inputs
    units, layers, rate = options["hidden_size"], options["num_layers"], options["dropout"]
    projected = options.get("proj_size", 0)
    width = units if isinstance(projected, int) and projected == 0 else projected
    if len(x.shape) == 2:  # one sample
        x = x._replace(shape=(x.shape[0], 1, x.shape[1]), strides=())
        first = False
    else:
        first = bool(options["batch_first"])
        x = transpose(x) if first else x
    rows, steps = x.shape[1], x.shape[0]
    if call.lengths:  # data that is packed is data, and what a layer makes of it is copied
        total = sum(call.lengths)
        call.tape.new("sequences of each step", max(call.lengths), "int64", times=x.live)
        packed = Memory(total * x.shape[2], "packed input", counted=x.memory.counted)
        x = value_of((total, x.shape[2]), packed, x.live)
        first = False
    ways = ("", "_reverse")[: 1 + bool(options["bidirectional"])]
    initial = call.states or [
        value_of(shape, Memory(prod(shape), "initial states")) for shape in call.state_shapes[:states]
    ]
    for layer in range(layers):
        live = False
        for way in ways:
            suffix = f"_l{layer}{way}"
            weight = call.trains(f"weight_ih{suffix}")
            linear(call.tape, x, units, "projected input", weight)
            run = Run(
                span_of(rows, steps, call.lengths, bool(way)),
                units,
                x.live or weight,
                call.trains(f"weight_hh{suffix}"),
                call.trains(f"bias_ih{suffix}", f"bias_hh{suffix}"),
                call.trains(f"weight_hr{suffix}"),
                initial,
                width,
            )
            live = cell(call.tape, run) or live
        x = made((*x.shape[:-1], width * len(ways)), "output of a layer", live=live)
        if layer < layers - 1:
            x = dropout(call.tape, x, rate, "output of a layer")
    out = value_of(call.outputs[0], live=x.live)
    if first:
        out = transpose(value_of((call.outputs[0][1], call.outputs[0][0], *call.outputs[0][2:]), live=x.live))
    return out, *(value_of(shape, live=x.live) for shape in call.outputs[1:])


def _cell(call: Call) -> Sequence[Value]:
    cell, states = CELLS[call.layer.type.removesuffix("Cell")]
    (x,) = call.inputs
    weight = call.trains("weight_ih")
    rows = x.shape[0] if len(x.shape) == 2 else 1
    units: OptionValue = call.layer.options["hidden_size"]
    linear(call.tape, x, units, "projected input", weight)
    zeros = value_of(call.state_shapes[0], Memory(rows * units, "initial states"))  # one tensor for both states
    run = Run(
        span_of(rows, 1),
        units,
        x.live or weight,
        call.trains("weight_hh"),
        call.trains("bias_ih", "bias_hh"),
        False,
        call.states or [zeros] * states,
        units,
    )
    if call.layer.type != "RNNCell":
        cell(call.tape, run)
        return [value_of(shape, live=call.anything) for shape in call.outputs]
    out = call.output()
    if run.first:
        call.tape.keep(out)
    run.hidden(call.tape, 0)
    return (out,)


TABLE: dict[str, Keeping] = {
    **dict.fromkeys(CELLS, _stacked),
    **dict.fromkeys([f"{name}Cell" for name in CELLS], _cell),
}
