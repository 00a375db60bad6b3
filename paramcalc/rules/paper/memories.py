"""Cells with a memory of another kind: Legendre polynomials, and those of the xLSTM."""

from typing import Annotated

from ...core.declare import Built, Weight
from ...core.kinds import Sized
from ...core.products import NOTHING, Source, Sources, State, Work, product
from ...errors import ShapeError
from ...symbolic import Size, exact
from .common import Step, Units, bank, recurrent

Heads = Annotated[Size, Sized("N", unless=1)]


@recurrent("LMU")
def lmu(x: Step, /, units: Units, order: Annotated[Size, Sized("d_m")]) -> Built:
    """One number is written to a memory of fixed dynamics; a dense network sees input, previous output and memory.

    u_t = e_x x_t + e_h h_(t-1) + e_m m_(t-1), m_t = A m_(t-1) + B u_t, h_t = tanh(W_x x_t + W_h h_(t-1) + W_m m_t).
    A and B follow from the order and the length of the memory's window; they are kept, and no parameters.
    No equation has a bias.
    Source: Voelker, Kajić & Eliasmith 2019.
    """
    batch, d_x = x
    encoders = (("input_encoder", d_x), ("hidden_encoder", units), ("memory_encoder", order))
    matrices = (("kernel", d_x), ("recurrent_kernel", units), ("memory_kernel", order))
    fixed = (("memory_matrix", (order, order)), ("memory_input", (order,)))
    states = ((batch, units), (batch, order))

    def work() -> Work:
        h, m = State(0), State(1)
        written: Sources = frozenset((0, h, m, *(name for name, _ in encoders)))  # A and B are constants
        shown = written.union(name for name, _ in matrices)
        return Work(
            (
                product(batch * d_x, 0, "input_encoder"),
                product(batch * units, h, "hidden_encoder"),
                product(batch * order, m, "memory_encoder"),
                product(batch * order**2, m, NOTHING),
                product(batch * order, written, NOTHING),
                product(batch * (units * d_x), 0, "kernel"),
                product(batch * (units * units), h, "recurrent_kernel"),
                product(batch * (units * order), written, "memory_kernel"),
            ),
            (shown, shown, written),
        )

    return Built(
        outs=(states[0], *states),
        weights=(
            *(Weight(name, (wide,)) for name, wide in encoders),
            *(Weight(name, (wide, units)) for name, wide in matrices),
            *(Weight(name, shape, False, buffer=True) for name, shape in fixed),
        ),
        formula=lambda: (units + 1) * (d_x + units + order),
        work=work,
        states=states,
    )


def check_heads(units: Size, heads: Size) -> None:
    """Refuse units that do not divide into heads."""
    if isinstance(units, int) and isinstance(heads, int) and units % heads:
        raise ShapeError(f"{units} units do not divide into {heads} heads")


@recurrent("sLSTM")
def slstm(x: Step, /, units: Units, *, heads: Heads = 1, use_bias: bool = True) -> Built:
    """Four dense networks (input, forget, candidate, output); the previous output is mixed within each head alone.

    candidate tanh(W x_t + R h_(t-1) + b), i = exp(W x_t + R h_(t-1) + b), f = exp or σ of the same, o = σ of it;
    c_t = f c_(t-1) + i candidate, n_t = f n_(t-1) + i, h_t = o c_t/n_t, and m_t, which keeps the exponentials small.
    R has a block of (d_h/N)² for each of N heads and each network.
    The cell alone: without the block's convolution, norms and projections up and down.
    Source: Beck et al. 2024 (xLSTM).
    """
    check_heads(units, heads)
    (batch, d_x), state, nets = x, (x[0], units), ("i", "f", "c", "o")
    each = exact(units, heads)

    def work() -> Work:
        made = (
            product(batch * (4 * units * d_x), 0, "kernel"),
            product(batch * (4 * units * each), State(0), "recurrent_kernel"),
        )
        m: Sources = frozenset((0, State(0), State(3), "kernel", "recurrent_kernel", *["bias"] * use_bias))
        c, n = m | {State(1)}, m | {State(2)}
        return Work(made, (c | n, c | n, c, n, m))

    return Built(
        outs=(state,) * 5,
        weights=(
            bank("kernel", nets, units, d_x),
            bank("recurrent_kernel", nets, each, heads, each),
            *[bank("bias", nets, units)] * use_bias,
        ),
        formula=lambda: 4 * (units * (each + d_x) + use_bias * units),
        work=work,
        states=(state,) * 4,
    )


@recurrent("mLSTM")
def mlstm(x: Step, /, units: Units, *, heads: Heads = 1, use_bias: bool = True) -> Built:
    """Four dense networks of the input alone (query, key, value, output gate); two gates with a number a head.

    q, k, v = W x_t + b (k over √d), o = σ(W x_t + b); i = exp(w x_t + b), f = exp or σ(w x_t + b), one number each;
    C_t = f C_(t-1) + i v kᵀ, n_t = f n_(t-1) + i k, h_t = o (C_t q)/max(|nᵀ q|, 1), and m_t, which keeps the
    exponentials small. Each of N heads has its d_h/N elements of q, k, v and a matrix C of (d_h/N)².
    Nothing sees the previous output. The cell alone: without the block's convolution, norms, skip and projections.
    Source: Beck et al. 2024 (xLSTM).
    """
    check_heads(units, heads)
    (batch, d_x), wide, gates = x, ("q", "k", "v", "o"), ("i", "f")
    each = exact(units, heads)
    states = ((batch, heads, each, each), (batch, heads, each), (batch, heads))
    biases = bank("bias", wide, units), bank("gate_bias", gates, heads)

    def work() -> Work:
        qkv: Sources = frozenset[Source]((0, "kernel", *["bias"] * use_bias))
        m: Sources = frozenset((0, State(2), "gate_kernel", *["gate_bias"] * use_bias))
        C, n = qkv | m | {State(0)}, qkv | m | {State(1)}
        made = (
            product(batch * (4 * units * d_x), 0, "kernel"),
            product(batch * (2 * heads * d_x), 0, "gate_kernel"),
            product(batch * (units * each), qkv, qkv),
            product(batch * (units * each), C, qkv),
            product(batch * units, n, qkv),
        )
        return Work(made, (C | n, C, n, m))

    return Built(
        outs=((batch, units), *states),
        weights=(
            bank("kernel", wide, units, d_x),
            bank("gate_kernel", gates, heads, d_x),
            *biases * use_bias,
        ),
        formula=lambda: 4 * (d_x * units + use_bias * units) + 2 * heads * (d_x + use_bias),
        work=work,
        states=states,
    )
