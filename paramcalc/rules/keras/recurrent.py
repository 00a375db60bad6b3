"""Recurrent cells and layers, and what wraps them (keras/src/layers/rnn).

A recurrent layer is its cell, run over the time steps: the weights are the cell's, whatever T is.
"""

from copy import copy
from dataclasses import replace
from typing import Annotated, Any, Literal, Unpack

from ...core.kinds import Sized
from ...core.rule import CELLS, LAYER, Built, Inputs, Layer, Part, Shape, Weight, repeated, rule, scoped
from ...errors import OptionError, ShapeError
from ...symbolic import Size, times, unicode
from ..shared import cells
from ..shared.over_time import OverTime as OverTime, over_time as over_time

Units = Annotated[Size, Sized("d_h")]
Step = Annotated[Shape, Inputs("B d_x")]
Sequence = Annotated[Shape, Inputs("B T d_x")]

GATED = "activation recurrent_activation kernel recurrent bias dropout seed implementation"
PLAIN = "activation kernel recurrent bias dropout seed"
LOOP = " unroll zero_output_for_mask"


RNN_GATES: tuple[str, ...] = ("h",)
LSTM_GATES = ("i", "f", "c", "o")
GRU_GATES = ("z", "r", "h")
FORGET_AT_ONE = (("f", 1),)


def cell(
    batch: Size,
    d_x: Size,
    units: Size,
    gates: tuple[str, ...],
    biases: int,
    states: int,
    scope: str = "",
    starts: tuple[tuple[str, int], ...] = (),
) -> Built:
    """Build a cell whose gates lie side by side in one kernel, one recurrent kernel and one bias."""
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
        lambda: cells.macs(g, d_x, units, batch),
        (state,) * states,
    )


@rule(also=PLAIN)
def SimpleRNNCell(x: Step, /, units: Units, *, use_bias: bool = True) -> Built:
    """One dense network of the input and the previous output."""
    return cell(x[0], x[1], units, RNN_GATES, use_bias, states=1)


@rule(also=PLAIN + LOOP)
def SimpleRNN(x: Sequence, /, units: Units, *, use_bias: bool = True, **time: Unpack[OverTime]) -> Built:
    """One dense network of the input and the previous output, the same at every time step.

    h_t = tanh(W x_t + U h_(t-1) + b). An output layer y_t = V h_t + c is a Dense of its own.
    The number of time steps changes the work, never the number of parameters.
    Source: Elman 1990.
    """
    return over_time(x, cell(x[0], x[2], units, RNN_GATES, use_bias, 1, "simple_rnn_cell"), time)


@rule(also=GATED)
def LSTMCell(x: Step, /, units: Units, *, use_bias: bool = True, unit_forget_bias: bool = True) -> Built:
    """Four dense networks (input, forget, candidate, output), each of the input and the previous output."""
    starts = FORGET_AT_ONE if unit_forget_bias else ()
    return cell(x[0], x[1], units, LSTM_GATES, use_bias, 2, "", starts)


@rule(also=GATED + LOOP + " use_cudnn")
def LSTM(
    x: Sequence,
    /,
    units: Units,
    *,
    use_bias: bool = True,
    unit_forget_bias: bool = True,
    **time: Unpack[OverTime],
) -> Built:
    """Four dense networks (input, forget, candidate, output), the same at every time step.

    Each network sees the input x_t and the previous output h_(t-1):
    i, f, o = sigmoid(W x_t + U h_(t-1) + b), g = tanh(W x_t + U h_(t-1) + b), one W, U, b for each;
    c_t = f c_(t-1) + i g and h_t = o tanh(c_t) have no weights of their own.
    The number of time steps changes the work, never the number of parameters.
    Sources: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (the forget gate);
    Jozefowicz et al. 2015 (its bias started at 1).
    """
    starts = FORGET_AT_ONE if unit_forget_bias else ()
    return over_time(x, cell(x[0], x[2], units, LSTM_GATES, use_bias, 2, "lstm_cell", starts), time)


@rule(also=GATED)
def GRUCell(x: Step, /, units: Units, *, use_bias: bool = True, reset_after: bool = True) -> Built:
    """Three dense networks (update, reset, candidate); reset_after keeps a second, recurrent row of biases."""
    return cell(x[0], x[1], units, GRU_GATES, use_bias * (1 + reset_after), states=1)


@rule(also=GATED + LOOP + " use_cudnn")
def GRU(
    x: Sequence,
    /,
    units: Units,
    *,
    use_bias: bool = True,
    reset_after: bool = True,
    **time: Unpack[OverTime],
) -> Built:
    """Three dense networks (update, reset, candidate); reset_after keeps a second, recurrent row of biases.

    z, r = sigmoid(W x_t + U h_(t-1) + b); h_t mixes h_(t-1) and the candidate by z.
    With reset_after (Keras's default, and cuDNN's) the reset gate is applied after U h_(t-1) has been
    computed, so the recurrent side needs biases of its own: 2·d_h a network instead of d_h.
    The number of time steps changes the work, never the number of parameters.
    Source: Cho et al. 2014.
    """
    return over_time(x, cell(x[0], x[2], units, GRU_GATES, use_bias * (1 + reset_after), 1, "gru_cell"), time)


@rule()
def StackedRNNCells(x: Annotated[Shape, Inputs("*cells")], /, cells: Annotated[Any, CELLS]) -> Built:
    """Cells on top of one another: each takes the output of the one below as its input."""
    stack = cells if isinstance(cells, tuple) else (cells,)
    names = unique_labels(stack)
    parts: list[Built] = []
    for one in stack:
        parts.append(one.on(x if not parts else parts[-1].outs[0]))
        _check_cell(one, parts[-1])
    states = tuple(state for part in parts for state in part.states)
    return Built(
        weights=tuple(
            w for part, name, one in zip(parts, names, stack, strict=True) for w in scoped(part.weights, name, one)
        ),
        outs=(parts[-1].outs[0], *states),
        states=states,
        formula=lambda: sum(part.formula() for part in parts if part.formula),
        macs=lambda: sum(part.macs() for part in parts if part.macs),
        parts=lambda: [
            Part(name, one, (x if not place else parts[place - 1].outs[0],), parts[place])
            for place, (name, one) in enumerate(zip(names, stack, strict=True))
        ],
    )


def _check_cell(layer: Any, step: Built) -> None:
    # a cell keeps states and takes one time step; a recurrent layer keeps states and takes them all
    if not step.states or "go_backwards" in getattr(layer, "options", ()):
        raise OptionError(f"{layer.type} is not a cell", expected="LSTMCell, GRUCell, SimpleRNNCell or a stack of them")


def unique_labels(layers: tuple[Layer, ...]) -> list[str]:
    """Number layers of one name as Keras does: ``lstm_cell``, ``lstm_cell_1``."""
    seen: dict[str, int] = {}
    labels = []
    for layer in layers:
        count = seen.get(layer.label, 0)
        seen[layer.label] = count + 1
        labels.append(f"{layer.label}_{count}" if count else layer.label)
    return labels


@rule(also=LOOP)
def RNN(
    x: Annotated[Shape, Inputs("B T *cell")],
    /,
    cell: Annotated[Any, CELLS],
    **time: Unpack[OverTime],
) -> Built:
    """Any cell, or a stack of cells, the same at every time step."""
    inner = StackedRNNCells(cell) if isinstance(cell, tuple) else cell
    step = inner.on((x[0], *x[2:]))
    _check_cell(inner, step)
    cost = Part(inner.label, inner, ((x[0], *x[2:]),), repeated(step, x[1]))
    weights = scoped(step.weights, inner.label, inner)
    return over_time(x, replace(step, weights=weights, parts=lambda: [cost]), time)


@rule("=weights", copies=("layer",))
def Bidirectional(
    x: Annotated[Shape, Inputs("*layer")],
    /,
    layer: Annotated[Any, LAYER],
    merge_mode: Literal["concat", "sum", "mul", "ave", None] = "concat",
    *,
    backward_layer: Annotated[Any, LAYER] | None = None,
) -> Built:
    """Two copies with weights of their own, one reading forwards, one backwards."""
    _check_directions(layer, backward_layer)
    forward = layer.on(x)
    backward = backward_layer.on(x) if backward_layer is not None else forward
    there, back = forward.outs[0], backward.outs[0]
    if merge_mode == "concat":
        wide = 2 * there[-1] if there[-1] == back[-1] else there[-1] + back[-1]
        merged: tuple[Shape, ...] = ((*there[:-1], wide),)
    elif merge_mode is None:
        merged = (there, back)
    elif there[-1] == back[-1]:
        merged = (there,)
    else:
        raise ShapeError(
            f"merge_mode {merge_mode!r} adds both directions up, but the forward layer has {unicode(there[-1])} "
            f"units and the backward layer {unicode(back[-1])}"
        )
    name = f"backward_{layer.label.removeprefix('backward_')}" if backward_layer is None else backward_layer.label
    ahead_name = f"forward_{layer.label.removeprefix('forward_')}"
    ahead = scoped(forward.weights, ahead_name)
    double = backward_layer is None
    return Built(
        weights=ahead + scoped(backward.weights, name),
        outs=merged + forward.outs[1:] + backward.outs[1:],
        states=forward.states + backward.states,
        formula=lambda: times(2, forward.formula()) if double else forward.formula() + backward.formula(),
        macs=lambda: forward.macs() + backward.macs(),
        parts=lambda: [
            Part(ahead_name, copy(layer), (x,), forward),
            Part(name, copy(backward_layer or layer), (x,), backward),
        ],
    )


def _check_directions(forward: Layer, backward: Layer | None) -> None:
    # both must be recurrent layers, alike in what they return, opposite in direction
    for one in (forward, backward):
        if one is not None and "go_backwards" not in getattr(one, "options", ()):
            raise OptionError(f"{one.type} cannot run backwards", expected="a recurrent layer such as LSTM or GRU")
    backwards = True if backward is None else backward.options["go_backwards"]  # Keras turns its own copy so
    if forward.options["go_backwards"] == backwards:
        raise OptionError("forward and backward layer run the same way", expected="go_backwards on one of them")
    if backward is None:
        return
    for name in ("stateful", "return_sequences", "return_state"):
        if forward.options[name] != backward.options[name]:
            raise OptionError(
                f"forward and backward layer differ in {name}",
                expected=f"{name}={forward.options[name]} in both",
                received=backward.options[name],
            )


@rule()
def TimeDistributed(x: Annotated[Shape, Inputs("B T *layer")], /, layer: Annotated[Any, LAYER]) -> Built:
    """One layer applied to every time step: its weights once, its work T times."""
    batch, T, *rest = x
    if not rest:
        raise ShapeError("TimeDistributed does not take an input of 2 axes", expected="at least (B, T, d)")
    inner: Built = layer.on((batch, *rest))
    if len(inner.outs) != 1:
        raise ShapeError(f"TimeDistributed needs a layer with one output; {layer.type} has {len(inner.outs)}")
    each = repeated(inner, T)
    return replace(
        each,
        weights=scoped(inner.weights, layer.label, layer),
        parts=lambda: [Part(layer.label, layer, ((batch, *rest),), each)],
        outs=((batch, T, *inner.outs[0][1:]),),
        states=(),
    )
