"""What PyTorch's recurrent layers keep on a processor, step by step (aten/src/ATen/native/RNN.cpp).

The input of all steps is multiplied at once; then each step multiplies the state. In an LSTM the four gates of a step
are one tensor; with the cell state, its tanh and the hidden state before the step that is 7·d_h numbers. In a GRU the
three gates, the candidate, two factors that are overwritten and the hidden state are 7·d_h, too. A plain recurrent
layer keeps its outputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from ....symbolic import Size
from .torch_operations import dropout, linear, made, transpose
from .values import Call, Keeping, Memory, Tape, Value, value_of


class Run(NamedTuple):
    """One layer of cells in one direction.

    Attributes
    ----------
    rows : int or Expr
        Samples.
    steps : int or Expr
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

    rows: Size
    steps: Size
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

    def hidden(self, tape: Tape, name: str, own: bool = True) -> None:
        """Keep the hidden states before each step, which the recurrent weight is multiplied by."""
        if self.recurrent:
            tape.keep(self.states[0])
        tape.new(name, (self.steps - 1) * self.rows * self.width, times=self.recurrent and own)


def _lstm(tape: Tape, run: Run) -> bool:
    cell = run.first or run.states[1].live
    live = cell or run.projection
    per_step = run.rows * run.units
    steps = run.steps if cell else run.steps - 1  # without a gradient of the first step, the second has one
    tape.new("gates", 4 * steps * per_step, times=live)
    if run.first:
        tape.keep(run.states[1])
    tape.new("cell states", (run.steps - 1) * per_step, times=live)
    tape.new("tanh of the cell states", steps * per_step, times=live)
    tape.new("outputs before the projection", run.steps * per_step, times=run.projection)
    run.hidden(tape, "hidden states")
    return live


def _gru(tape: Tape, run: Run) -> bool:
    per_step = run.rows * run.units
    tape.new("gates", 3 * run.steps * per_step, times=run.first)
    tape.new("candidates", run.steps * per_step, times=run.first)
    tape.new("factors of the gates", 2 * run.steps * per_step, times=run.first)
    run.hidden(tape, "hidden states")
    return run.first


def _rnn(tape: Tape, run: Run) -> bool:
    tape.new("hidden states", run.steps * run.rows * run.units, times=run.first)
    run.hidden(tape, "", own=False)  # the states are the outputs of the function
    return run.first


CELLS = {"LSTM": (_lstm, 2), "GRU": (_gru, 1), "RNN": (_rnn, 1)}


def _stacked(call: Call) -> Sequence[Value]:
    options: Mapping[str, Any] = call.layer.options
    cell, states = CELLS[call.layer.type]
    (x,) = call.inputs
    units, layers, rate = options["hidden_size"], options["num_layers"], options["dropout"]
    projected = options.get("proj_size", 0)
    width = units if isinstance(projected, int) and projected == 0 else projected
    if len(x.shape) == 2:  # one sample
        x = x._replace(shape=(x.shape[0], 1, x.shape[1]), order=())
        first = False
    else:
        first = bool(options["batch_first"])
        x = transpose(x) if first else x
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
                x.shape[1],
                x.shape[0],
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
    units: Any = call.layer.options["hidden_size"]
    linear(call.tape, x, units, "projected input", weight)
    zeros = value_of(call.state_shapes[0], Memory(rows * units, "initial states"))  # one tensor for both states
    run = Run(
        rows,
        1,
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
    run.hidden(call.tape, "", own=False)
    return (out,)


TABLE: dict[str, Keeping] = {
    **dict.fromkeys(CELLS, _stacked),
    **dict.fromkeys([f"{name}Cell" for name in CELLS], _cell),
}
