"""Recurrent layers whose networks are convolutions (keras/src/layers/rnn/conv_lstm*.py)."""

from math import prod
from typing import Annotated, Unpack

from ...core.declare import Built, Inputs, Shape, Weight, each_rank
from ...core.equations import Equations
from ...core.products import State, Work, product
from ...errors import ShapeError
from ...symbolic import Size, is_known
from ...untyped import OptionValue
from ..shared import equations, windows
from .axes import Layout, Padding
from .convolutional import Filters, Kernel, Steps, check_steps
from .recurrent import CELL, FORGET_AT_ONE, LETTERS, LOOP, LSTM_GATES, Loop, over_steps


class Frames(Inputs):
    """A sequence of frames, ``B T H W C``: the channels go before the frame's own axes, or behind them."""

    __slots__ = ()

    def ranked(self, rank: int) -> "Frames":
        """Name the axes of a frame that has so many."""
        return Frames(self.pattern.replace("spatial", {1: "L", 2: "H W", 3: "D H W"}[rank]))

    def named(self, rank: int, options: OptionValue) -> list[str] | None:
        """Name the axes of an input of this rank, or ``None`` if the rank does not fit."""
        if rank != self.least:
            return None
        batch, time, *frame, channels = self.tokens
        first = options.get("data_format") == "channels_first"
        return [batch, time, channels, *frame] if first else [batch, time, *frame, channels]


@each_rank("ConvLSTM{}D", 1, 2, 3, ignored=(*CELL, *LOOP), inner=True)
def conv_lstm(
    x: Annotated[Shape, Frames("B T spatial C")],
    /,
    filters: Filters,
    kernel_size: Kernel,
    strides: Steps = 1,
    padding: Padding = "valid",
    data_format: Layout = None,
    dilation_rate: Steps = 1,
    *,
    use_bias: bool = True,
    unit_forget_bias: bool = True,
    **time: Unpack[Loop],
) -> Built:
    """Four convolutions (input, forget, candidate, output), each of the frame and of the previous output.

    An LSTM whose products are convolutions (∗).
    W is laid over the frame with these strides and this padding; U over the previous output, at every place of it.
    use_bias and unit_forget_bias: The bias of the forget gate starts at 1 (Jozefowicz et al. 2015), the others at
    what bias_initializer gives, 0 by default.
    use_bias and unit_forget_bias=False: All biases, the forget gate's too, start at what bias_initializer gives, 0 by
    default.
    The number of time steps and the size of the frames change the work, never the number of parameters.
    Source: Shi et al. 2015, without the peepholes.
    """
    check_steps(strides, dilation_rate)
    frame, channels = windows.spatial((x[0], *x[2:]), data_format)
    if not all(map(is_known, frame)):
        raise ShapeError(
            "the size of the frames must be known, for the first state has the size of an output",
            suggestion="give the input a height and a width" if len(frame) == 2 else "give the input its sizes",
        )
    places = windows.lengths(frame, kernel_size, strides, padding, dilation_rate)
    state = windows.joined(x[0], places, filters, data_format)
    gates, window, scope = len(LSTM_GATES), prod(kernel_size), "conv_lstm_cell"
    wide = gates * filters
    weights: tuple[Weight, ...] = (
        Weight("kernel", (*kernel_size, channels, wide), True, scope, LSTM_GATES),
        Weight("recurrent_kernel", (*kernel_size, filters, wide), True, scope, LSTM_GATES),
    )
    if use_bias:
        weights += (Weight("bias", (wide,), True, scope, LSTM_GATES, FORGET_AT_ONE if unit_forget_bias else ()),)
    step = Built(
        outs=(state, state, state),
        weights=weights,
        formula=lambda: gates * (filters * (window * (channels + filters) + use_bias)),
        work=lambda: _work(prod((x[0], *places)) * (gates * filters * window), channels, filters, scope),
        states=(state, state),
        equations=lambda: Equations(
            equations.lstm(LSTM_GATES, lambda gate: equations.reads(gate, equations.convolved, int(use_bias))),
            LETTERS,
            f"{equations.networks(LSTM_GATES, 'convolutions')}, each of the frame and of the previous output.",
        ),
    )
    return over_steps(x, step, time)


def _work(each: Size, channels: Size, filters: Size, scope: str) -> Work:
    # the windows of the frame, and those of the previous output
    return Work(
        (
            product(each * channels, 0, f"{scope}/kernel"),
            product(each * filters, State(0), f"{scope}/recurrent_kernel"),
        )
    )
