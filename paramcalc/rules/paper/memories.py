"""Cells with a memory of another kind: Legendre polynomials, and those of the xLSTM."""

from typing import Annotated

from ...core.declare import Built, Weight
from ...core.divisible import divides
from ...core.equations import Equations
from ...core.kinds import Sized
from ...core.products import NOTHING, Source, Sources, State, Work, product
from ...symbolic import Size, exact
from ..shared.equations import H, X, reads
from .common import LETTERS, Step, Units, bank, recurrent

Heads = Annotated[Size, Sized("N", unless=1)]


@recurrent("LMU")
def lmu(x: Step, /, units: Units, order: Annotated[Size, Sized("d_m")]) -> Built:
    """One number is written to a memory of fixed dynamics; a dense network sees input, previous output and memory.

    The number written is a_t.
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
        equations=lambda: Equations(
            (
                f"a_t = {X} e_x + {H} e_h + m_(t-1) e_m",
                "m_t = A m_(t-1) + a_t ⊙ B",
                f"h_t = tanh({X} W + {H} U + m_t M)",
            ),
            LMU_LETTERS,
        ),
    )


LMU_LETTERS = {
    "input_encoder": "e_x",
    "hidden_encoder": "e_h",
    "memory_encoder": "e_m",
    "kernel": "W",
    "recurrent_kernel": "U",
    "memory_kernel": "M",
    "memory_matrix": "A",
    "memory_input": "B",
}


def check_heads(units: Size, heads: Size) -> None:
    """Refuse units that do not divide into heads."""
    divides(units, heads, "{} units do not divide into {} heads")


@recurrent("sLSTM")
def slstm(x: Step, /, units: Units, *, heads: Heads = 1, use_bias: bool = True) -> Built:
    """Four dense networks (input, forget, candidate, output); the previous output is mixed within each head alone.

    A state m_t besides, max(ln f + m_(t-1), ln i), is subtracted from the exponents of i and f to keep them small, and
    changes no output. The paper also lets f be an exponential.
    heads: U has a block of (d_h/N)² for each of N heads and each network.
    The cell alone: without the block's convolution, norms and projections up and down.
    Source: Beck et al. 2024 (xLSTM).
    """
    check_heads(units, heads)
    (batch, d_x), state, nets = x, (x[0], units), ("i", "f", "g", "o")
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
        equations=lambda: Equations(
            (
                *(
                    f"{gate}_t = {act}({reads(gate, biases=int(use_bias))})"
                    for gate, act in zip(nets, ("exp", "σ", "tanh", "σ"), strict=True)
                ),
                "c_t = f_t ⊙ c_(t-1) + i_t ⊙ g_t",
                "n_t = f_t ⊙ n_(t-1) + i_t",
                "h_t = o_t ⊙ c_t / n_t",
            ),
            LETTERS,
        ),
    )


@recurrent("mLSTM")
def mlstm(x: Step, /, units: Units, *, heads: Heads = 1, use_bias: bool = True) -> Built:
    """Four dense networks of the input alone (query, key, value, output gate); two gates with a number a head.

    The gates i and f are one number for each head. The paper also lets f be an exponential. A state m_t besides keeps
    the exponentials small, and changes no output.
    The equations are those of one head. Each of N heads has its d_h/N elements of q, k, v, o and h and a matrix C of
    (d_h/N)²; d_k is d_h/N.
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
        equations=lambda: Equations(
            (
                f"q_t = {X} W_q" + " + b_q" * use_bias,
                f"k_t = ({X} W_k{' + b_k' * use_bias}) / sqrt(d_k)",
                f"v_t = {X} W_v" + " + b_v" * use_bias,
                f"o_t = σ({X} W_o{' + b_o' * use_bias})",
                f"i_t = exp({X} w_i{' + β_i' * use_bias})",
                f"f_t = σ({X} w_f{' + β_f' * use_bias})",
                "C_t = f_t ⊙ C_(t-1) + i_t ⊙ outer(v_t, k_t)",
                "n_t = f_t ⊙ n_(t-1) + i_t ⊙ k_t",
                "h_t = o_t ⊙ (C_t q_t) / max(abs(n_t q_t), 1)",
            ),
            {"kernel": "W", "bias": "b", "gate_kernel": "w", "gate_bias": "β"},
        ),
    )
