"""Operations of the cells of the literature besides their products, by class: the equations that each rule states.

All are counts of one step. A function of a unit is one operation: σ, tanh, exp. A network that reads the input and the
previous output adds two parts, and a bias if it has one.
"""

from __future__ import annotations

from math import prod

from ....symbolic import Size, exact
from . import cells
from .call import Call, Count
from .functions import batch_norm, standardized
from .shared import WRAPPERS, Table

Step = Count  # of a call whose input has no time axis
GATES = 3  # i, f, o
CANDIDATE = 1
QRNN = {"f": (2, 4), "fo": (3, 5), "ifo": (4, 4)}  # networks, and what the pooling of a unit takes


def _units(call: Call) -> Size:
    return call.inputs[0][0] * call.sized("units")


def _norm(samples: Size, width: Size) -> Size:
    # layer normalization of a vector, with its gain and bias
    return standardized(samples * width, samples) + 2 * samples * width


def lstm(call: Call) -> Size:
    """Count an LSTM and its variants: each network, what its gates see besides, then the cell.

    A peephole is a product and a sum for each gate; full gate recurrence adds one product of matrices to each gate; a
    coupled gate is 1 − i.
    """
    units, samples = _units(call), call.inputs[0][0]
    coupled = call.switch("coupled")
    absent = sum(call.switch(f"no_{gate}_gate") for gate in ("input", "forget", "output"))
    own = GATES - absent - coupled
    networks = (own + CANDIDATE) * (1 + call.switch("use_bias"))
    gates = own + 2 * own * call.switch("peephole") + own * call.switch("full_gate_recurrence") + coupled
    functions = 2 - call.switch("no_input_activation") - call.switch("no_output_activation")
    products = GATES - absent + 1  # f c, i g and o act(c), as far as there is a gate; and the sum
    total = units * (networks + gates + functions + products)
    if call.switch("layer_norm"):
        width = call.sized("units")
        total = total + 2 * _norm(samples, (own + CANDIDATE) * width) + _norm(samples, width)
    return total


def conv_lstm(call: Call) -> Size:
    """Count an LSTM at every place; a peephole is a product and a sum for each of three gates."""
    units = prod(call.outputs[0])
    return cells.lstm(units, int(call.switch("use_bias")), units, units) + 6 * units * call.switch("peephole")


def multiplicative_lstm(call: Call) -> Size:
    """Count m = (W x)(U h), then an LSTM."""
    options, units = call.options, _units(call)
    between = call.sized("units") if options["intermediate"] is None else options["intermediate"]
    return call.inputs[0][0] * between + cells.lstm(units, int(call.switch("use_bias")), units, units)


def nested_lstm(call: Call) -> Size:
    """Count four networks, i g and f c, the LSTM inside that takes these, and o tanh(c)."""
    units, biases = _units(call), int(call.switch("use_bias"))
    return units * (4 * (1 + biases) + 4 + 2 + 2) + cells.lstm(units, biases, units, units)


def gru(call: Call) -> Size:
    """Count a GRU and its variants, whose gates do without the input, without biases, or see biases alone.

    Gates of biases alone are the same for all samples, and so is 1 − z.
    """
    options, units, samples = call.options, _units(call), call.inputs[0][0]
    variant, bias = options["variant"], int(call.switch("use_bias"))
    parts = 3 if variant == 0 else 1
    biases: int = bias * ({0: 3, 1: 3, 2: 1, 3: 1}[variant] + (options["reset"] == "after"))
    gates = 3 * (call.sized("units") if variant == 3 else units)  # σ twice, and 1 − z
    total = gates + units * (parts + biases + 1 + 1 + cells.MIXED - 1)
    if call.switch("layer_norm"):
        width = call.sized("units")
        total = total + 2 * _norm(samples, 2 * width) + 2 * _norm(samples, width)
    return total


def light_gru(call: Call) -> Size:
    """Count two networks, whose input parts are normalized over the batch or have biases, then σ, ReLU and the mix."""
    units, width = _units(call), 2 * call.sized("units")
    moved = batch_norm(2 * units, width, True, call.training) if call.switch("batch_norm") else 2 * units
    return moved + units * (2 + 2 + cells.MIXED)


def mgu(call: Call) -> Size:
    """Count two networks, f h, σ and tanh, and the mix."""
    return _units(call) * (2 * (1 + call.switch("use_bias")) + 1 + 2 + cells.MIXED)


def lmu(call: Call) -> Size:
    """Count u, a sum of three; the memory, a sum of two; and tanh of a sum of three."""
    samples = call.inputs[0][0]
    return samples * (2 + call.sized("order")) + 3 * _units(call)


def slstm(call: Call) -> Size:
    """Count four networks; m = max(f + m, i), exp(i − m) and exp(f + m − m'); tanh, σ; c, n and o c/n.

    With exponential forget gates, of which log f is the network itself: 2, 2, 2, 2, 3, 2 and 2.
    """
    return _units(call) * (4 * (1 + call.switch("use_bias")) + 15)


def mlstm(call: Call) -> Size:
    """Count biases, k/√d, σ of o; two gates a head, which are exponential; C and n; o (C q)/max(|nᵀ q|, 1).

    Of a head: m, exp(i − m) and exp(f + m − m') as in sLSTM, 6, and |·| and max. Of C:
    products with f and with i, and the sum; and so of n.
    """
    units, samples = _units(call), call.inputs[0][0]
    heads = call.sized("heads")
    matrix = units * exact(call.sized("units"), heads)
    biases = (4 * units + 2 * samples * heads) * call.switch("use_bias")
    return biases + 2 * units + samples * heads * 8 + 3 * matrix + 3 * units + 2 * units


def sru(call: Call) -> Size:
    """Count gates that see the cell by a vector each, then two mixes: the cell, and the highway if there is one."""
    gates = 2 if call.options["skip"] else 1
    return _units(call) * (gates * (3 + call.switch("use_bias")) + gates * cells.MIXED)


def qrnn(call: Call) -> Size:
    """Count the biases and functions of all convolutions, and the pooling of each time step."""
    options, x = call.options, call.inputs[0]
    networks, pooled = QRNN[options["pooling"]]
    return x[0] * x[1] * call.sized("units") * (networks * (1 + call.switch("use_bias")) + pooled)


def elman(call: Call) -> Size:
    """Count a plain cell, and the bias of the layer that reads it."""
    options, units = call.options, _units(call)
    outputs: Size = 0 if options["outputs"] is None else options["outputs"]
    bias = int(call.switch("use_bias"))
    return cells.rnn(units, bias, units) + call.inputs[0][0] * outputs * bias


def ind_rnn(call: Call) -> Size:
    """Count u h, two sums or one, and the activation."""
    return _units(call) * (3 + call.switch("use_bias"))


def over_time(step: Step) -> Count:
    """Run a cell at every time step."""

    def count(call: Call) -> Size:
        x = call.inputs[0]
        states = tuple((x[0], *shape[2:]) if call.options["return_sequences"] else shape for shape in call.outputs[:1])
        return x[1] * step(call._replace(inputs=((x[0], *x[2:]),), outputs=states))

    return count


CELLS: dict[str, Step] = {
    "GRU": gru,
    "LightGRU": light_gru,
    "MGU": mgu,
    "LSTM": lstm,
    "MultiplicativeLSTM": multiplicative_lstm,
    "NestedLSTM": nested_lstm,
    "ConvLSTM2D": conv_lstm,
    "LMU": lmu,
    "sLSTM": slstm,
    "mLSTM": mlstm,
    "SRU": sru,
    "ElmanRNN": elman,
    "JordanRNN": elman,
    "IndRNN": ind_rnn,
}

TABLE: Table = {
    **WRAPPERS,
    **{f"{name}Cell": step for name, step in CELLS.items()},
    **{name: over_time(step) for name, step in CELLS.items()},
    "QRNN": qrnn,
}

UNKNOWN: dict[str, str] = {}
