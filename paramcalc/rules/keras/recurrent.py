"""Recurrent cells and layers, and what wraps them (keras/src/layers/rnn).

A recurrent layer is its cell, run over the time steps: the weights are the cell's, whatever T is.
"""

from collections.abc import Callable
from typing import Annotated, Unpack

from ...core.declare import Built, Inputs, Shape, Weight, rule
from ...core.equations import Equations
from ...core.ignored_options import BIAS, DROPOUT, KERNEL, RECURRENT
from ...core.kinds import Sized
from ...core.products import State, Work, product
from ...symbolic import Size
from ..shared import cells, equations
from ..shared.over_time import OverTime, over_time

Units = Annotated[Size, Sized("d_h")]
Step = Annotated[Shape, Inputs("B d_x")]
Sequence = Annotated[Shape, Inputs("B T d_x")]

CELL = ("activation", "recurrent_activation", *KERNEL, *RECURRENT, *BIAS, *DROPOUT, "seed")
GATED = (*CELL, "implementation")
PLAIN = ("activation", *KERNEL, *RECURRENT, *BIAS, *DROPOUT, "seed")
LOOP = ("zero_output_for_mask",)


class Loop(OverTime):
    """The options of every recurrent layer for time, and whether its loop is unrolled."""

    unroll: bool


Count = Callable[[], Size]

RNN_GATES: tuple[str, ...] = ("h",)
LSTM_GATES = ("i", "f", "g", "o")
GRU_GATES = ("z", "r", "g")
FORGET_AT_ONE = (("f", 1),)
LETTERS = {"kernel": "W", "recurrent_kernel": "U", "bias": "b"}


def cell(
    batch: Size,
    d_x: Size,
    units: Size,
    gates: tuple[str, ...],
    biases: int,
    states: int,
    scope: str = "",
    starts: tuple[tuple[str, int], ...] = (),
    reset_before: bool = False,
) -> Built:
    """Build a cell whose gates lie side by side in one kernel, one recurrent kernel and one bias.

    With ``reset_before`` the last gate, the candidate, reads the previous output times the reset gate.
    """
    g = len(gates)
    wide = g * units
    shown = gates if g > 1 else ()
    weights: tuple[Weight, ...] = (
        Weight("kernel", (d_x, wide), True, scope, shown),
        Weight("recurrent_kernel", (units, wide), True, scope, shown),
    )
    if biases:
        rows = (wide,) if biases == 1 else (biases, wide)
        weights += (Weight("bias", rows, True, scope, shown, starts),)
    state = (batch, units)
    return Built(
        (state,) * (1 + states),
        weights,
        lambda: cells.parameters(g, d_x, units, biases),
        lambda: _reset_before(g, d_x, units, batch, scope) if reset_before else _work(g, d_x, units, batch, scope),
        (state,) * states,
        equations=lambda: computed(gates, biases, reset_before, bool(scope)),
    )


def computed(gates: tuple[str, ...], biases: int, reset_before: bool = False, over_time: bool = False) -> Equations:
    """Give the equations of a cell, a plain RNN, a GRU or an LSTM, by its gates, and a sentence that numbers them."""
    if len(gates) == 1:
        lines: tuple[str, ...] = (f"h_t = tanh({equations.reads('', biases=biases)})",)
    elif "z" in gates:
        lines = equations.gru(gates, equations.behind, biases, reset_before)
    else:
        lines = equations.lstm(gates, lambda gate: equations.reads(gate, biases=biases))
    what = equations.networks(gates) if len(gates) > 1 else "One dense network of the input and the previous output"
    if biases == 2:
        rest = ", with two biases each, for the input and the previous output"
    elif over_time:
        rest = ", the same at every time step"
    else:
        rest = ", each of the input and the previous output" * (len(gates) > 1)
    return Equations(lines, {**LETTERS, "bias": "b, b'"} if biases == 2 else LETTERS, f"{what}{rest}.")


def _work(g: int, d_x: Size, units: Size, batch: Size, scope: str) -> Work:
    return cells.work(g, d_x, units, batch, _path(scope, "kernel"), _path(scope, "recurrent_kernel"))


def _reset_before(g: int, d_x: Size, units: Size, batch: Size, scope: str) -> Work:
    # the candidate multiplies r·h, which depends on all that the reset gate r reads
    kernel, recurrent = _path(scope, "kernel"), _path(scope, "recurrent_kernel")
    gated = (0, kernel, recurrent, _path(scope, "bias"), State(0))
    return Work(
        (
            product(batch * (g * units * d_x), 0, kernel),
            product(batch * ((g - 1) * units * units), State(0), recurrent),
            product(batch * (units * units), gated, recurrent),
        )
    )


def _path(scope: str, name: str) -> str:
    return f"{scope}/{name}" if scope else name


def over_steps(x: Shape, step: Built, time: Loop) -> Built:
    """Run a cell over the time steps.

    The first state is zeros. An unrolled loop knows it, so no gradient goes through the first step to a state that is
    not given; the steps of a loop in the compiled program are all alike.
    """
    return over_time(x, step, time, dead=int(time["unroll"]))


@rule(PLAIN)
def SimpleRNNCell(x: Step, /, units: Units, *, use_bias: bool = True) -> Built:
    """One dense network of the input and the previous output."""
    return cell(x[0], x[1], units, RNN_GATES, use_bias, states=1)


@rule(PLAIN + LOOP)
def SimpleRNN(x: Sequence, /, units: Units, *, use_bias: bool = True, **time: Unpack[Loop]) -> Built:
    """One dense network of the input and the previous output, the same at every time step.

    An output layer y_t = h_t V + c is a Dense of its own.
    The number of time steps changes the work, never the number of parameters.
    Source: Elman 1990.
    """
    return over_steps(x, cell(x[0], x[2], units, RNN_GATES, use_bias, 1, "simple_rnn_cell"), time)


@rule(GATED)
def LSTMCell(x: Step, /, units: Units, *, use_bias: bool = True, unit_forget_bias: bool = True) -> Built:
    """Four dense networks (input, forget, candidate, output), each of the input and the previous output.

    use_bias and unit_forget_bias: The bias of the forget gate starts at 1 (Jozefowicz et al. 2015), the others at
    what bias_initializer gives, 0 by default.
    use_bias and unit_forget_bias=False: All biases, the forget gate's too, start at what bias_initializer gives, 0 by
    default.
    """
    starts = FORGET_AT_ONE if unit_forget_bias else ()
    return cell(x[0], x[1], units, LSTM_GATES, use_bias, 2, "", starts)


@rule((*GATED, *LOOP, "use_cudnn"))
def LSTM(
    x: Sequence,
    /,
    units: Units,
    *,
    use_bias: bool = True,
    unit_forget_bias: bool = True,
    **time: Unpack[Loop],
) -> Built:
    """Four dense networks (input, forget, candidate, output), the same at every time step.

    Each network sees the input x_t and the previous output h_(t-1). The cell state c_t and the output h_t have no
    weights of their own.
    use_bias and unit_forget_bias: The bias of the forget gate starts at 1 (Jozefowicz et al. 2015), the others at
    what bias_initializer gives, 0 by default.
    use_bias and unit_forget_bias=False: All biases, the forget gate's too, start at what bias_initializer gives, 0 by
    default.
    The number of time steps changes the work, never the number of parameters.
    Sources: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (the forget gate).
    """
    starts = FORGET_AT_ONE if unit_forget_bias else ()
    return over_steps(x, cell(x[0], x[2], units, LSTM_GATES, use_bias, 2, "lstm_cell", starts), time)


@rule(GATED)
def GRUCell(x: Step, /, units: Units, *, use_bias: bool = True, reset_after: bool = True) -> Built:
    """Three dense networks (update, reset, candidate); reset_after keeps a second, recurrent row of biases.

    use_bias and reset_after: The reset gate acts on the product with U, which therefore has biases b' of its own.
    reset_after=False: The reset gate acts on the previous output, before the product with U.
    """
    biases = use_bias * (1 + reset_after)
    return cell(x[0], x[1], units, GRU_GATES, biases, states=1, reset_before=not reset_after)


@rule((*GATED, *LOOP, "use_cudnn"))
def GRU(
    x: Sequence,
    /,
    units: Units,
    *,
    use_bias: bool = True,
    reset_after: bool = True,
    **time: Unpack[Loop],
) -> Built:
    """Three dense networks (update, reset, candidate); reset_after keeps a second, recurrent row of biases.

    use_bias and reset_after: The reset gate acts on the product with U, as in cuDNN, so that product has biases b' of
    its own: 2·d_h a network instead of d_h.
    reset_after=False: The reset gate acts on the previous output, before the product with U, as in the paper.
    The number of time steps changes the work, never the number of parameters.
    Source: Cho et al. 2014.
    """
    biases = use_bias * (1 + reset_after)
    step = cell(x[0], x[2], units, GRU_GATES, biases, 1, "gru_cell", reset_before=not reset_after)
    return over_steps(x, step, time)
