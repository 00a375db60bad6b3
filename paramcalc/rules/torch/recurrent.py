"""Recurrent layers and cells (torch/nn/modules/rnn.py): stacks of cells, each perhaps in both directions.

PyTorch's gates lie one below the other, along the first axis of the weights, and have two biases each, as in cuDNN.
"""

from typing import Annotated, Literal

from ...core.ignored_options import FACTORY
from ...core.kinds import RATE, Sized
from ...core.products import unsourced
from ...core.rule import Built, Inputs, Shape, Weight
from ...errors import OptionError
from ...symbolic import Size, times
from ..shared import cells
from .axes import declared, rule
from .options import COUNT, Whole

In = Annotated[Size, Sized("d_x")]
Hidden = Annotated[Size, Sized("d_h")]
Layers = Annotated[int, COUNT]
Rate = Annotated[float, RATE]
Step = Annotated[Shape, Inputs("N? d_x")]
Sequence = Annotated[Shape, Inputs("L N? d_x")]
Nonlinearity = Literal["tanh", "relu"]

RNN_GATES: tuple[str, ...] = ("h",)
LSTM_GATES = ("i", "f", "g", "o")
GRU_GATES = ("r", "z", "n")


def gated(d_x: Size, d_h: Size, gates: tuple[str, ...], bias: bool, d_p: Size = 0, suffix: str = "") -> list[Weight]:
    """List the tensors of one cell; with a projection its output has ``d_p`` numbers."""
    tall = len(gates) * d_h
    shown = gates if len(gates) > 1 else ()
    shapes: dict[str, Shape] = {"weight_ih": (tall, d_x), "weight_hh": (tall, d_p if d_p != 0 else d_h)}
    shapes |= {"bias_ih": (tall,), "bias_hh": (tall,)} if bias else {}
    made = [Weight(name + suffix, shape, gates=shown, gate_axis=0) for name, shape in shapes.items()]
    return [*made, Weight(f"weight_hr{suffix}", (d_p, d_h))] if d_p != 0 else made


def stacked(
    name: str,
    x: Shape,
    sizes: tuple[Size, Size, Size],
    gates: tuple[str, ...],
    num_layers: int,
    bias: bool,
    batch_first: bool,
    bidirectional: bool,
    states: int = 1,
) -> Built:
    """Build layers of cells, the first on d_x features, the others on what both directions below them give.

    ``sizes`` are d_x, d_h and the size of a projection, 0 if there is none.
    """
    d_x, d_h, d_p = sizes
    declared(name, d_x, x[-1])
    ways, g, biases = 1 + bidirectional, len(gates), 2 * bias
    wide, projected = (d_h, None) if d_p == 0 else (d_p, d_p)
    batch = x[:0] if len(x) == 2 else (x[0] if batch_first else x[1],)
    steps = x[1] if len(x) == 3 and batch_first else x[0]
    weights = [
        weight
        for layer in range(num_layers)
        for way in ("", "_reverse")[:ways]
        for weight in gated(d_x if layer == 0 else ways * wide, d_h, gates, bias, d_p, f"_l{layer}{way}")
    ]

    def formula() -> Size:
        first = times(ways, cells.parameters(g, d_x, d_h, biases, projected))
        if num_layers == 1:
            return first
        return first + times((num_layers - 1) * ways, cells.parameters(g, ways * wide, d_h, biases, projected))

    def macs() -> Size:
        each = steps * (batch[0] if batch else 1)
        above = (num_layers - 1) * cells.macs(g, ways * wide, d_h, each, projected) if num_layers > 1 else 0
        return ways * (cells.macs(g, d_x, d_h, each, projected) + above)

    kept = tuple((num_layers * ways, *batch, size) for size in (wide, d_h)[:states])
    return Built(((*x[:-1], ways * wide), *kept), tuple(weights), formula, lambda: unsourced(macs()), kept)


@rule(FACTORY)
def RNN(
    x: Sequence,
    /,
    input_size: In,
    hidden_size: Hidden,
    num_layers: Layers = 1,
    nonlinearity: Nonlinearity = "tanh",
    bias: bool = True,
    batch_first: bool = False,
    dropout: Rate = 0.0,
    bidirectional: bool = False,
) -> Built:
    """One dense network of the input and the previous output, with two biases, for each layer and direction.

    h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh). Source: Elman 1990; the second bias is there for cuDNN.
    """
    sizes = (input_size, hidden_size, 0)
    return stacked("RNN", x, sizes, RNN_GATES, num_layers, bias, batch_first, bidirectional)


@rule(FACTORY)
def LSTM(
    x: Sequence,
    /,
    input_size: In,
    hidden_size: Hidden,
    num_layers: Layers = 1,
    bias: bool = True,
    batch_first: bool = False,
    dropout: Rate = 0.0,
    bidirectional: bool = False,
    proj_size: Annotated[Size, Whole("d_p")] = 0,
) -> Built:
    """Four dense networks (input, forget, candidate, output), two biases each, for each layer and direction.

    i, f, o = sigmoid(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh), g = tanh(the same), one W, b each;
    c_t = f c_(t-1) + i g and h_t = o tanh(c_t), or W_hr o tanh(c_t) where proj_size is given.
    The two biases are added up, so one would do; the second is there for cuDNN, and 4·d_h parameters more.
    The states h_n and c_n are (D·num_layers, N, H_out), whatever batch_first says; D is 2 in both directions.
    Sources: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000; Sak, Senior & Beaufays 2014.
    """
    if isinstance(proj_size, int) and isinstance(hidden_size, int) and proj_size >= hidden_size:
        raise OptionError("proj_size is not below hidden_size", expected=f"below {hidden_size}", received=proj_size)
    sizes = (input_size, hidden_size, proj_size)
    return stacked("LSTM", x, sizes, LSTM_GATES, num_layers, bias, batch_first, bidirectional, states=2)


@rule(FACTORY)
def GRU(
    x: Sequence,
    /,
    input_size: In,
    hidden_size: Hidden,
    num_layers: Layers = 1,
    bias: bool = True,
    batch_first: bool = False,
    dropout: Rate = 0.0,
    bidirectional: bool = False,
) -> Built:
    """Three dense networks (reset, update, candidate), two biases each, for each layer and direction.

    r, z = sigmoid(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh), n = tanh(W_ih x_t + b_ih + r (W_hh h_(t-1) + b_hh)).
    Source: Cho et al. 2014; the reset gate after the product, as in cuDNN, needs the second bias.
    """
    sizes = (input_size, hidden_size, 0)
    return stacked("GRU", x, sizes, GRU_GATES, num_layers, bias, batch_first, bidirectional)


def cell(name: str, x: Shape, d_x: Size, d_h: Size, gates: tuple[str, ...], bias: bool, states: int) -> Built:
    """Build one cell, which takes one time step."""
    declared(name, d_x, x[-1])
    kept = ((*x[:-1], d_h),) * states
    return Built(
        kept,
        tuple(gated(d_x, d_h, gates, bias)),
        lambda: cells.parameters(len(gates), d_x, d_h, 2 * bias),
        lambda: unsourced(cells.macs(len(gates), d_x, d_h, x[0] if len(x) == 2 else 1)),
        kept,
    )


@rule(FACTORY)
def RNNCell(
    x: Step, /, input_size: In, hidden_size: Hidden, bias: bool = True, nonlinearity: Nonlinearity = "tanh"
) -> Built:
    """One dense network of the input and the previous output, with two biases."""
    return cell("RNNCell", x, input_size, hidden_size, RNN_GATES, bias, states=1)


@rule(FACTORY)
def LSTMCell(x: Step, /, input_size: In, hidden_size: Hidden, bias: bool = True) -> Built:
    """Four dense networks (input, forget, candidate, output), two biases each."""
    return cell("LSTMCell", x, input_size, hidden_size, LSTM_GATES, bias, states=2)


@rule(FACTORY)
def GRUCell(x: Step, /, input_size: In, hidden_size: Hidden, bias: bool = True) -> Built:
    """Three dense networks (reset, update, candidate), two biases each."""
    return cell("GRUCell", x, input_size, hidden_size, GRU_GATES, bias, states=1)
