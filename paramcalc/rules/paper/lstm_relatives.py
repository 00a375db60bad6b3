"""Relatives of the LSTM: factors, cells in cells, convolutions instead of products."""

from math import prod
from typing import Annotated

from ...core.declare import Built, Inputs, Shape, Weight
from ...core.equations import Equations
from ...core.kinds import Sized, Window
from ...core.products import Source, State, Work, product
from ...errors import ShapeError
from ...symbolic import Size, is_known
from ...untyped import OptionValue
from ..shared import cells, equations
from ..shared.equations import C, H, X, reads
from .common import LETTERS, Step, Units, bank, recurrent

NETS = ("i", "f", "g", "o")
GATES = ("i", "f", "o")


@recurrent("MultiplicativeLSTM")
def multiplicative_lstm(
    x: Step,
    /,
    units: Units,
    *,
    intermediate: Annotated[Size, Sized("d_m")] | None = None,
    use_bias: bool = True,
) -> Built:
    """An LSTM whose networks see, instead of the previous output, its product with the input in a space of its own.

    intermediate: The factor m_t has d_m elements, else as many as h_t.
    The paper leaves the biases out; they are the four networks' own.
    Source: Krause et al. 2016 (mLSTM; that of Beck et al. 2024 is another).
    """
    (batch, d_x), d_m = x, units if intermediate is None else intermediate
    factors = Weight("factor_kernel", (d_x, d_m)), Weight("factor_recurrent_kernel", (units, d_m))
    networks = bank("kernel", NETS, units, d_x), bank("recurrent_kernel", NETS, units, d_m)

    def work() -> Work:
        m = (0, State(0), "factor_kernel", "factor_recurrent_kernel")
        return Work(
            (
                product(batch * (d_m * d_x), 0, "factor_kernel"),
                product(batch * (d_m * units), State(0), "factor_recurrent_kernel"),
                product(batch * (4 * units * d_x), 0, "kernel"),
                product(batch * (4 * units * d_m), m, "recurrent_kernel"),
            )
        )

    states = ((batch, units),) * 2
    return Built(
        outs=(states[0], *states),
        weights=(*factors, *networks, *[bank("bias", NETS, units)] * use_bias),
        formula=lambda: 4 * (units * (d_m + d_x) + use_bias * units) + d_m * (units + d_x),
        work=work,
        states=states,
        equations=lambda: Equations(
            (
                f"m_t = ({X} F) ⊙ ({H} G)",
                *equations.lstm(NETS, lambda gate: reads(gate, biases=int(use_bias), seen="m_t")),
            ),
            {**LETTERS, "factor_kernel": "F", "factor_recurrent_kernel": "G"},
        ),
    )


@recurrent("NestedLSTM")
def nested_lstm(x: Step, /, units: Units, *, use_bias: bool = True) -> Built:
    """An LSTM whose cell is an LSTM: four networks outside, four inside, of what would enter and what would stay.

    The inner LSTM, marked ', reads i ⊙ g as its input and f ⊙ c_(t-1) as its previous output; its output is c_t. Its
    networks read d_h numbers of either kind.
    Two levels, as in the paper's experiments.
    Source: Moniz & Krueger 2017.
    """
    batch, d_x = x
    state = (batch, units)
    weights = tuple(
        weight
        for scope, seen in (("", d_x), ("memory", units))
        for weight in (
            bank("kernel", NETS, units, seen, scope=scope),
            bank("recurrent_kernel", NETS, units, units, scope=scope),
            *[bank("bias", NETS, units, scope=scope)] * use_bias,
        )
    )

    def work() -> Work:
        enters: list[Source] = [0, State(0), "kernel", "recurrent_kernel", *["bias"] * use_bias]
        stays = [*enters, State(1)]
        inner = (
            product(batch * (4 * units * units), enters, "memory/kernel"),
            product(batch * (4 * units * units), stays, "memory/recurrent_kernel"),
        )
        return Work(cells.work(4, d_x, units, batch).products + inner)

    return Built(
        outs=(state,) * 4,
        weights=weights,
        formula=lambda: cells.parameters(4, d_x, units, use_bias) + cells.parameters(4, units, units, use_bias),
        work=work,
        states=(state,) * 3,
        equations=lambda: nested(use_bias),
    )


def nested(use_bias: bool) -> Equations:
    """Give the equations of an LSTM whose cell is an LSTM."""

    def inside(gate: str) -> str:
        return f"(i_t ⊙ g_t) W'_{gate} + (f_t ⊙ {C}) U'_{gate}" + f" + b'_{gate}" * use_bias

    outside = equations.lstm(NETS, lambda gate: reads(gate, biases=int(use_bias)))
    acts = {gate: "tanh" if gate == "g" else "σ" for gate in NETS}
    lines = (
        *outside[:4],
        *(f"{gate}'_t = {acts[gate]}({inside(gate)})" for gate in NETS),
        "c'_t = f'_t ⊙ c'_(t-1) + i'_t ⊙ g'_t",
        "c_t = o'_t ⊙ tanh(c'_t)",
        outside[-1],
    )
    return Equations(lines, LETTERS | {f"memory/{name}": f"{letter}'" for name, letter in LETTERS.items()})


@recurrent("ConvLSTM2D", "ConvLSTM")
def conv_lstm(
    x: Annotated[Shape, Inputs("B H W C")],
    /,
    filters: Annotated[Size, Sized("F")],
    kernel_size: Annotated[OptionValue, Window("k", 2)],
    *,
    peephole: bool = True,
    use_bias: bool = True,
) -> Built:
    """Four convolutions of the frame and of the previous output; a peephole for every place and filter.

    A convolution (∗) keeps the frame's size.
    peephole: The vector v has the shape of the cell's state, so the number of parameters depends on the frame.
    Source: Shi et al. 2015.
    """
    batch, H, W, C = x
    if peephole and not (is_known(H) and is_known(W)):
        raise ShapeError(
            "a peephole has a weight for every place of the frame, so its size must be known",
            suggestion="peephole=False has none",
        )
    window, state = prod(kernel_size), (batch, H, W, filters)
    return Built(
        outs=(state,) * 3,
        weights=(
            bank("kernel", NETS, filters, *kernel_size, C),
            bank("recurrent_kernel", NETS, filters, *kernel_size, filters),
            *[bank("peephole", GATES, filters, H, W)] * peephole,
            *[bank("bias", NETS, filters)] * use_bias,
        ),
        formula=lambda: 4 * (filters * (window * (C + filters) + use_bias)) + peephole * 3 * (H * W * filters),
        work=lambda: Work(
            (
                product(prod((batch, H, W)) * (4 * filters * (window * C)), 0, "kernel"),
                product(prod((batch, H, W)) * (4 * filters * (window * filters)), State(0), "recurrent_kernel"),
            )
        ),
        states=(state,) * 2,
        equations=lambda: convolutional(peephole, use_bias),
    )


def convolutional(peephole: bool, use_bias: bool) -> Equations:
    """Give the equations of an LSTM of convolutions."""

    def net(gate: str) -> str:
        looks = f" + v_{gate} ⊙ {'c_t' if gate == 'o' else C}" if peephole and gate in GATES else ""
        return reads(gate, equations.convolved, int(use_bias)) + looks

    *nets, output, state, shown = equations.lstm(NETS, net)
    last = (state, output) if peephole else (output, state)
    summary = "" if peephole else "Four convolutions of the frame and of the previous output."
    return Equations((*nets, *last, shown), {**LETTERS, "peephole": "v"}, summary)
