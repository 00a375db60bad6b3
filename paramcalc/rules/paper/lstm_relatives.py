"""Relatives of the LSTM: factors, cells in cells, convolutions instead of products."""

from math import prod
from typing import Annotated, Any

from ...core.declare import Built, Inputs, Shape, Weight
from ...core.kinds import Sized, Window
from ...core.products import Source, State, Work, product
from ...errors import ShapeError
from ...symbolic import Size, is_known
from ..shared import cells
from .common import Step, Units, bank, recurrent

NETS = ("i", "f", "c", "o")
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

    m_t = (W_mx x_t)(W_mh h_(t-1)), element by element; then an LSTM's four networks of x_t and m_t.
    m_t has as many elements as h_t, unless ``intermediate`` says otherwise.
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
    )


@recurrent("NestedLSTM")
def nested_lstm(x: Step, /, units: Units, *, use_bias: bool = True) -> Built:
    """An LSTM whose cell is an LSTM: four networks outside, four inside, of what would enter and what would stay.

    i, f, o, g as in an LSTM, of x_t and h_(t-1); then the inner LSTM's input is i g and its previous output
    f c_(t-1), and its new output is c_t. The inner networks see d_h numbers of either kind.
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
    )


@recurrent("ConvLSTM2D", "ConvLSTM")
def conv_lstm(
    x: Annotated[Shape, Inputs("B H W C")],
    /,
    filters: Annotated[Size, Sized("F")],
    kernel_size: Annotated[Any, Window("k", 2)],
    *,
    peephole: bool = True,
    use_bias: bool = True,
) -> Built:
    """Four convolutions of the frame and of the previous output; a peephole for every place and filter.

    i, f = σ(W * x_t + U * h_(t-1) + p c_(t-1) + b), o the same with c_t, g = tanh(W * x_t + U * h_(t-1) + b);
    c_t = f c_(t-1) + i g, h_t = o tanh(c_t). * is a convolution that keeps the frame's size; p has the shape of the
    cell's state, so with peepholes the number of parameters depends on the frame.
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
    )
