"""Recurrent layers and cells (torch/nn/modules/rnn.py): stacks of cells, each perhaps in both directions.

PyTorch's gates lie one below the other, along the first axis of the weights, and have two biases each, as in cuDNN.
The layers share one signature, and so do the cells; each leaves out the options it does not have.
"""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Literal, NamedTuple

from ...core.declare import Built, Shape, Weight
from ...core.equations import Equations
from ...core.ignored_options import FACTORY
from ...core.kinds import RATE, Sized
from ...core.products import Product, Source, Sources, State, Work, loop
from ...core.rule import Rule
from ...errors import OptionError
from ...symbolic import Size, times
from ..shared import cells, equations
from .axes import AnyShape, declared, patterned
from .options import COUNT, Whole

In = Annotated[Size, Sized("d_x")]
Hidden = Annotated[Size, Sized("d_h")]
Nonlinearity = Literal["tanh", "relu"]
STEP, SEQUENCE = "N? d_x", "L N? d_x"


class Cell(NamedTuple):
    """What a layer and its cell have in common: their name, the gates, and how many states a step hands on."""

    name: str
    gates: tuple[str, ...]
    states: int = 1


RNN_CELL = Cell("RNN", ("h",))
LSTM_CELL = Cell("LSTM", ("i", "f", "g", "o"), 2)
GRU_CELL = Cell("GRU", ("r", "z", "g"))


def gated(cell: Cell, d_x: Size, d_h: Size, bias: bool, d_p: Size = 0, suffix: str = "") -> list[Weight]:
    """List the tensors of one cell; with a projection its output has ``d_p`` numbers."""
    tall = len(cell.gates) * d_h
    shown = cell.gates if len(cell.gates) > 1 else ()
    shapes: dict[str, Shape] = {"weight_ih": (tall, d_x), "weight_hh": (tall, d_p if d_p != 0 else d_h)}
    shapes |= {"bias_ih": (tall,), "bias_hh": (tall,)} if bias else {}
    made = [Weight(name + suffix, shape, gates=shown, gate_axis=0) for name, shape in shapes.items()]
    return [*made, Weight(f"weight_hr{suffix}", (d_p, d_h))] if d_p != 0 else made


LETTERS = {"weight_ih": "W", "weight_hh": "U", "bias_ih": "b", "bias_hh": "b'", "weight_hr": "P"}


def computed(cell: Cell, bias: bool, nonlinearity: str, weights: Sequence[Weight], where: str = "") -> Equations:
    """Give the equations of a cell; those of a layer are the same in every layer and direction."""
    biases = 2 * bias
    letters = {weight.name: LETTERS["_".join(weight.name.split("_")[:2])] for weight in weights}
    several = len(cell.gates) > 1
    what = equations.networks(cell.gates) if several else "One dense network"
    rest = ", two biases each" if bias and several else " of the input and the previous output"
    rest += ", with two biases" * (bias and not several)
    if len(cell.gates) == 1:
        lines: tuple[str, ...] = (f"h_t = {nonlinearity}({equations.reads('', equations.before, biases)})",)
    elif cell.states == 1:
        lines = equations.gru(cell.gates, equations.before, biases)
    else:
        through = behind_projection if "P" in letters.values() else equations.shown
        lines = equations.lstm(cell.gates, lambda gate: equations.reads(gate, equations.before, biases), through)
    return Equations(lines, letters, f"{what}{rest}{where}.")


def behind_projection(units: str) -> tuple[str, ...]:
    """Write the output of an LSTM with a projection."""
    return (f"h_t = {equations.before(f'({units})', 'P')}",)


def step(cell: Cell, d_x: Size, d_h: Size, batch: Size, bias: bool, d_p: Size = 0, suffix: str = "") -> Work:
    """Give the products of one step of a cell; its flow is that of the output and of each state.

    The states are those before the step: the output, and the cell state if there is one.
    """
    kernel, recurrent, projection = f"weight_ih{suffix}", f"weight_hh{suffix}", f"weight_hr{suffix}"
    biases = (f"bias_ih{suffix}", f"bias_hh{suffix}") if bias else ()
    projected = (projection, d_p) if d_p != 0 else None
    made = cells.work(len(cell.gates), d_x, d_h, batch, kernel, recurrent, projected, biases)
    found: list[Source] = [0, kernel, recurrent, *biases, *map(State, range(cell.states))]
    units = frozenset(found)
    states = (units if projected is None else units | {projection}, units)[: cell.states]
    return made._replace(flow=(states[0], *states))


def stacked(
    x: AnyShape,
    /,
    input_size: In,
    hidden_size: Hidden,
    num_layers: Annotated[int, COUNT] = 1,
    nonlinearity: Nonlinearity = "tanh",
    bias: bool = True,
    batch_first: bool = False,
    dropout: Annotated[float, RATE] = 0.0,
    bidirectional: bool = False,
    proj_size: Annotated[Size, Whole("d_p")] = 0,
    *,
    cell: Cell,
) -> Built:
    """Build layers of cells, the first on d_x features, the others on what both directions below them give.

    ``proj_size`` is the size of a projection, 0 if there is none.
    """
    d_x, d_h, d_p = input_size, hidden_size, proj_size
    if isinstance(d_p, int) and isinstance(d_h, int) and d_p >= d_h:
        raise OptionError("proj_size is not below hidden_size", expected=f"below {d_h}", received=d_p)
    declared(cell.name, d_x, x[-1])
    ways, g, biases = 1 + bidirectional, len(cell.gates), 2 * bias
    wide, projected = (d_h, None) if d_p == 0 else (d_p, d_p)
    batch = x[:0] if len(x) == 2 else (x[0] if batch_first else x[1],)
    steps = x[1] if len(x) == 3 and batch_first else x[0]
    weights = [
        weight
        for layer in range(num_layers)
        for way in ("", "_reverse")[:ways]
        for weight in gated(cell, d_x if layer == 0 else ways * wide, d_h, bias, d_p, f"_l{layer}{way}")
    ]

    def formula() -> Size:
        first = times(ways, cells.parameters(g, d_x, d_h, biases, projected))
        if num_layers == 1:
            return first
        return first + times((num_layers - 1) * ways, cells.parameters(g, ways * wide, d_h, biases, projected))

    def work() -> Work:
        below: Sources = frozenset({0})
        products: list[Product] = []
        last: list[Sources] = [frozenset()] * cell.states
        for layer in range(num_layers):
            out: Sources = frozenset()
            for way in ("", "_reverse")[:ways]:
                d_in = d_x if layer == 0 else ways * wide
                once = step(cell, d_in, d_h, batch[0] if batch else 1, bias, d_p, f"_l{layer}{way}")
                # the first step reads zeros that PyTorch makes itself, unless it is given states
                run = loop(once, steps, (once.flow or ())[1:], dead=1).bind({0: below})
                products += run.products
                seen, *states = run.flow or ()
                out, last = out | seen, [one | more for one, more in zip(last, states, strict=True)]
            below = out
        return Work(tuple(products), (below, *last))

    kept = tuple((num_layers * ways, *batch, size) for size in (wide, d_h)[: cell.states])
    return Built(
        ((*x[:-1], ways * wide), *kept),
        tuple(weights),
        formula,
        work,
        kept,
        equations=lambda: computed(cell, bias, nonlinearity, weights, ", for each layer and direction"),
    )


def single(
    x: AnyShape,
    /,
    input_size: In,
    hidden_size: Hidden,
    bias: bool = True,
    nonlinearity: Nonlinearity = "tanh",
    *,
    cell: Cell,
) -> Built:
    """Build one cell, which takes one time step."""
    d_x, d_h = input_size, hidden_size
    declared(f"{cell.name}Cell", d_x, x[-1])
    kept = ((*x[:-1], d_h),) * cell.states
    weights = tuple(gated(cell, d_x, d_h, bias))
    return Built(
        kept,
        weights,
        lambda: cells.parameters(len(cell.gates), d_x, d_h, 2 * bias),
        lambda: step(cell, d_x, d_h, x[0] if len(x) == 2 else 1, bias),
        kept,
        equations=lambda: computed(cell, bias, nonlinearity, weights),
    )


STACK = """num_layers: A layer above the first reads the output of the layer below, of both directions if there are two.
bidirectional: The tensors _reverse read the sequence from its end, by the same equations.
"""
CUDNN = "bias: The two biases are added up, so one would do; the second is there for cuDNN."
RNN_WHY = f"""One dense network of the input and the previous output, with two biases, for each layer and direction.

{CUDNN}
{STACK}Source: Elman 1990.
"""
LSTM_WHY = f"""Four dense networks (input, forget, candidate, output), two biases each, for each layer and direction.

{CUDNN} That is 4·d_h parameters more.
{STACK}proj_size: P maps the d_h units to an output of d_p numbers, which the networks read at the next step (Sak,
Senior & Beaufays 2014).
The states h_n and c_n are (D·num_layers, N, H_out), whatever batch_first says; D is the number of
directions.
Sources: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000.
"""
GRU_WHY = f"""Three dense networks (reset, update, candidate), two biases each, for each layer and direction.

bias: The reset gate acts on the product with U, as in cuDNN, so that product needs biases b' of its own.
bias=False: The reset gate acts on the product with U, as in cuDNN.
{STACK}Source: Cho et al. 2014.
"""
RNN_CELL_WHY = f"One dense network of the input and the previous output, with two biases.\n\n{CUDNN}"
LSTM_CELL_WHY = f"Four dense networks (input, forget, candidate, output), two biases each.\n\n{CUDNN}"
GRU_CELL_WHY = """Three dense networks (reset, update, candidate), two biases each.

bias: The reset gate acts on the product with U, as in cuDNN, so that product needs biases b' of its own.
"""


def _layer(cell: Cell, why: str, *without: str) -> Rule:
    return patterned(partial(stacked, cell=cell), cell.name, why, SEQUENCE, FACTORY, without)


def _cell(cell: Cell, why: str, *without: str) -> Rule:
    return patterned(partial(single, cell=cell), f"{cell.name}Cell", why, STEP, FACTORY, without)


RNN = _layer(RNN_CELL, RNN_WHY, "proj_size")
LSTM = _layer(LSTM_CELL, LSTM_WHY, "nonlinearity")
GRU = _layer(GRU_CELL, GRU_WHY, "nonlinearity", "proj_size")
RNNCell = _cell(RNN_CELL, RNN_CELL_WHY)
LSTMCell = _cell(LSTM_CELL, LSTM_CELL_WHY, "nonlinearity")
GRUCell = _cell(GRU_CELL, GRU_CELL_WHY, "nonlinearity")
