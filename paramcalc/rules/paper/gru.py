"""Gated units with one state: the GRU, its cheaper variants, the light GRU and the minimal gated unit."""

from typing import Literal

from ...core.declare import Built, Weight
from ...core.equations import Equations
from ...core.products import Product, Source, State, Work, product
from ...symbolic import Size
from ..shared import cells
from ..shared.equations import MIXED, H, X, reads
from .common import LETTERS, Step, Units, bank, norm, paths, recurrent, refuse

NETS = ("z", "r", "g")
GATES = ("z", "r")
CANDIDATE = ("g",)


@recurrent("GRU")
def gru(
    x: Step,
    /,
    units: Units,
    *,
    variant: Literal[0, 1, 2, 3] = 0,
    reset: Literal["before", "after"] = "before",
    layer_norm: bool = False,
    use_bias: bool = True,
) -> Built:
    """Three dense networks (update, reset, candidate), each of the input and the previous output.

    reset=before: The reset gate acts on the previous output, before the product with U.
    reset=after: The reset gate acts after the product with U.
    reset=after and use_bias: That product has a bias b' of its own; frameworks that keep two biases for all three
    networks count 2·d_h more.
    variant=1: The gates do without the input (Dey & Salem 2017: GRU1).
    variant=2: The gates do without the input and without biases (Dey & Salem 2017: GRU2).
    variant=3: The gates are biases alone (Dey & Salem 2017: GRU3).
    layer_norm: LN normalizes a vector over its elements; each of the four normalized vectors has its own gain γ and
    bias β (Ba, Kiros & Hinton 2016, who write no other bias: use_bias=False).
    Source: Cho et al. 2014 (who leave the biases out to keep the equations short).
    """
    refuse(
        (variant == 3 and not use_bias, "variant 3 makes its gates of biases alone", "use_bias"),
        (layer_norm and variant > 0, f"no paper says how variant {variant} is normalised", "variant 0"),
    )
    (batch, d_x), state = x, (x[0], units)
    seeing = NETS if variant == 0 else CANDIDATE  # the input
    recalling = CANDIDATE if variant == 3 else NETS  # the previous output
    biased = CANDIDATE if variant == 2 else NETS
    second = use_bias and reset == "after"
    g = {0: 3}.get(variant, 1)
    gates: Size = {0: 0, 1: 2 * (units**2 + use_bias * units), 2: 2 * units**2, 3: 2 * units}[variant]

    def work() -> Work:
        before: list[Source] = [State(0)]  # U (r h): what r depends on, too
        if reset == "before":
            before += [0, "kernel"] if variant == 0 else []
            before += ["recurrent_kernel"] if variant < 3 else []
            before += ["bias"] if use_bias and variant != 2 else []
            before += paths(gate_norms(units)) if layer_norm else ()
        products: list[Product] = [product(batch * (len(seeing) * units * d_x), 0, "kernel")]
        if variant < 3:
            products.append(product(batch * (2 * units**2), State(0), "recurrent_kernel"))
        products.append(product(batch * units**2, before, "recurrent_kernel"))
        return Work(tuple(products))

    return Built(
        outs=(state, state),
        weights=(
            bank("kernel", seeing, units, d_x),
            bank("recurrent_kernel", recalling, units, units),
            *[bank("bias", biased, units)] * use_bias,
            *[bank("recurrent_bias", CANDIDATE, units)] * second,
            *norms(units) * layer_norm,
        ),
        formula=lambda: (
            cells.parameters(g, d_x, units, use_bias)
            + gates
            + second * units
            + layer_norm * 2 * (2 * (2 * units) + 2 * units)
        ),
        work=work,
        states=(state,),
        equations=lambda: computed(variant, reset == "after", layer_norm, use_bias),
    )


GRU_LETTERS = {
    **LETTERS,
    "recurrent_bias": "b'",
    "input_norm_gain": "γ_x",
    "input_norm_bias": "β_x",
    "recurrent_norm_gain": "γ_h",
    "recurrent_norm_bias": "β_h",
    "candidate_input_norm_gain": "γ_g",
    "candidate_input_norm_bias": "β_g",
    "candidate_recurrent_norm_gain": "γ'_g",
    "candidate_recurrent_norm_bias": "β'_g",
}


def computed(variant: int, after: bool, layer_norm: bool, use_bias: bool) -> Equations:
    """Give the equations of a GRU."""
    b = " + b_g" * use_bias
    new, old = f"{X} W_g", f"{H} U_g" if after else f"(r_t ⊙ {H}) U_g"
    if layer_norm:
        new, old = f"LN({new}; γ_g, β_g)", f"LN({old}; γ'_g, β'_g)"
    if after:
        second = " + b'_g" * use_bias
        old = f"r_t ⊙ ({old}{second})"
    candidate = f"g_t = tanh({new}{b} + {old})"
    if layer_norm:
        sides = f"LN({X} [W_z, W_r]; γ_x, β_x) + LN({H} [U_z, U_r]; γ_h, β_h)" + " + [b_z, b_r]" * use_bias
        gates = [f"[a_z, a_r] = {sides}", *(f"{gate}_t = σ(a_{gate})" for gate in GATES)]
    else:
        gates = [f"{gate}_t = σ({_gate(gate, variant, use_bias)})" for gate in GATES]
    return Equations((*gates, candidate, MIXED), GRU_LETTERS)


def _gate(gate: str, variant: int, use_bias: bool) -> str:
    bias = f" + b_{gate}" * use_bias
    return {0: reads(gate, biases=int(use_bias)), 1: f"{H} U_{gate}{bias}", 2: f"{H} U_{gate}"}.get(
        variant, f"b_{gate}"
    )


def norms(units: Size) -> tuple[Weight, ...]:
    """Give the four normalised vectors their gains and biases: both gates' and the candidate's, each side's own."""
    of_candidate = norm("candidate_input_norm", CANDIDATE, units)
    return (*gate_norms(units), *of_candidate, *norm("candidate_recurrent_norm", CANDIDATE, units))


def gate_norms(units: Size) -> tuple[Weight, ...]:
    """Give the gains and biases of both gates, side by side."""
    return (*norm("input_norm", GATES, units), *norm("recurrent_norm", GATES, units))


@recurrent("LightGRU", "LiGRU")
def light_gru(x: Step, /, units: Units, *, batch_norm: bool = True) -> Built:
    """Two dense networks (update, candidate); batch norm's gain and bias for each stand where a bias would.

    There is no reset gate.
    batch_norm: BN normalizes over the batch, with a gain γ and a bias β. The means and variances that it keeps are no
    parameters.
    batch_norm=False: Each network has a bias instead of batch norm.
    Source: Ravanelli et al. 2018.
    """
    (batch, d_x), state, nets = x, (x[0], units), ("z", "g")
    kept = [Weight(f"norm_{name}", (2 * units,), False, "", nets, buffer=True) for name in ("mean", "variance")]
    normed = (*norm("norm", nets, units), *kept)
    return Built(
        outs=(state, state),
        weights=(
            bank("kernel", nets, units, d_x),
            bank("recurrent_kernel", nets, units, units),
            *(normed if batch_norm else (bank("bias", nets, units),)),
        ),
        formula=lambda: cells.parameters(2, d_x, units, 1 + batch_norm),
        work=lambda: cells.work(2, d_x, units, batch),
        states=(state,),
        equations=lambda: light(batch_norm),
    )


def light(batch_norm: bool) -> Equations:
    """Give the equations of a light GRU."""

    def net(name: str) -> str:
        if not batch_norm:
            return reads(name)
        return f"BN({X} W_{name}; γ_{name}, β_{name}) + {H} U_{name}"

    letters = {**LETTERS, "norm_gain": "γ", "norm_bias": "β"}
    return Equations((f"z_t = σ({net('z')})", f"g_t = relu({net('g')})", MIXED), letters)


@recurrent("MGU", "MinimalGatedUnit")
def mgu(x: Step, /, units: Units, *, use_bias: bool = True) -> Built:
    """Two dense networks: one gate, which is reset and update gate in one, and the candidate.

    The gate u is the paper's f; it decides other things than the f of an LSTM.
    Source: Zhou et al. 2016.
    """
    (batch, d_x), state, nets = x, (x[0], units), ("u", "g")
    networks = bank("kernel", nets, units, d_x), bank("recurrent_kernel", nets, units, units)

    def work() -> Work:
        gated: tuple[Source, ...] = (0, "kernel", "recurrent_kernel", State(0), *["bias"] * use_bias)
        return Work(
            (
                product(batch * (2 * units * d_x), 0, "kernel"),
                product(batch * units**2, State(0), "recurrent_kernel"),
                product(batch * units**2, gated, "recurrent_kernel"),
            )
        )

    return Built(
        outs=(state, state),
        weights=(*networks, *[bank("bias", nets, units)] * use_bias),
        formula=lambda: cells.parameters(2, d_x, units, use_bias),
        work=work,
        states=(state,),
        equations=lambda: Equations(
            (
                f"u_t = σ({reads('u', biases=int(use_bias))})",
                f"g_t = tanh({reads('g', biases=int(use_bias), seen=f'(u_t ⊙ {H})')})",
                f"h_t = (1 − u_t) ⊙ {H} + u_t ⊙ g_t",
            ),
            LETTERS,
        ),
    )
