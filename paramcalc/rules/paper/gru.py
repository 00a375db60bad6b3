"""Gated units with one state: the GRU, its cheaper variants, the light GRU and the minimal gated unit."""

from typing import Literal

from ...core.declare import Built, Weight
from ...core.products import Product, Source, State, Work, product
from ...symbolic import Size
from ..shared import cells
from .common import Step, Units, bank, norm, paths, recurrent, refuse

NETS = ("z", "r", "h")
GATES = ("z", "r")
CANDIDATE = ("h",)


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

    z, r = σ(W x_t + U h_(t-1) + b), candidate tanh(W x_t + U (r h_(t-1)) + b), h_t = z h_(t-1) + (1 − z) candidate.
    reset="after": tanh(W x_t + b + r (U h_(t-1) + b')): the gate acts after the product, which has a bias of its
    own; frameworks that keep two biases for all three networks count 2·d_h more.
    variant 1: the gates do without the input, σ(U h_(t-1) + b); 2: without biases, too, σ(U h_(t-1)); 3: they
    are a bias alone, σ(b) (Dey & Salem 2017: GRU1, GRU2, GRU3).
    layer_norm: z, r = σ(LN(W x_t) + LN(U h_(t-1))), candidate tanh(LN(W x_t) + r LN(U h_(t-1))), so four vectors
    with a gain and a bias each (Ba, Kiros & Hinton 2016, who write no other b: use_bias=False).
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

    z = σ(BN(W x_t) + U h_(t-1)), candidate ReLU(BN(W x_t) + U h_(t-1)), h_t = z h_(t-1) + (1 − z) candidate.
    There is no reset gate. The means and variances that batch norm keeps are no parameters.
    Without batch_norm each network has a bias instead.
    Source: Ravanelli et al. 2018.
    """
    (batch, d_x), state, nets = x, (x[0], units), ("z", "h")
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
    )


@recurrent("MGU", "MinimalGatedUnit")
def mgu(x: Step, /, units: Units, *, use_bias: bool = True) -> Built:
    """Two dense networks: one gate, which is reset and update gate in one, and the candidate.

    f = σ(W x_t + U h_(t-1) + b), candidate tanh(W x_t + U (f h_(t-1)) + b), h_t = (1 − f) h_(t-1) + f candidate.
    The gate f is listed as u, for it decides other things than an LSTM's f.
    Source: Zhou et al. 2016.
    """
    (batch, d_x), state, nets = x, (x[0], units), ("u", "h")
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
    )
