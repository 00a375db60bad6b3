"""Recurrent layers whose products do not wait for the previous step: SRU and QRNN."""

from typing import Annotated, Literal, Unpack

from ...core.declare import Built
from ...core.equations import Equations
from ...core.kinds import Sized
from ...core.products import Work, product
from ...errors import ShapeError
from ...symbolic import Size
from ..shared.equations import C, X
from ..shared.over_time import OverTime, over_time
from .common import LETTERS, Sequence, Step, Units, bank, paper, recurrent


@recurrent("SRU")
def sru(
    x: Step,
    /,
    units: Units,
    *,
    skip: Literal["identity", "projection", None] = "identity",
    use_bias: bool = True,
) -> Built:
    """Three dense networks of the input alone (forget, candidate, highway); the gates see the cell by a vector each.

    The candidate g has no bias.
    skip=identity: The highway gate t, the paper's r, mixes the input, which must be as wide as the output, into it. The
    scale α of the highway is a constant.
    skip=projection: The highway gate t, the paper's r, mixes the input into the output, through a fourth matrix W_s.
    The scale α of the highway is a constant.
    skip=None: There is no highway and no gate for it.
    Source: Lei et al. 2018.
    """
    (batch, d_x), state = x, (x[0], units)
    if skip == "identity" and isinstance(d_x, int) and isinstance(units, int) and d_x != units:
        raise ShapeError(
            f"the highway of SRU adds an input of {d_x} to an output of {units}",
            expected=f"{d_x} units",
            suggestion="skip='projection' makes it fit",
        )
    gates = ("f", "t") if skip else ("f",)
    nets = ("f", "g", "t", "s")[: 4 if skip == "projection" else 3 if skip else 2]
    g, n = len(nets), len(gates)
    return Built(
        outs=(state, state),
        weights=(
            bank("kernel", nets, units, d_x),
            bank("recurrent_vector", gates, units),
            *[bank("bias", gates, units)] * use_bias,
        ),
        formula=lambda: g * d_x * units + n * (units + use_bias * units),
        work=lambda: Work((product(batch * (g * d_x * units), 0, "kernel"),)),
        states=(state,),
        equations=lambda: highway(skip, use_bias),
    )


def highway(skip: str | None, use_bias: bool) -> Equations:
    """Give the equations of an SRU."""

    def gate(name: str) -> str:
        return f"{name}_t = σ({X} W_{name} + v_{name} ⊙ {C}{f' + b_{name}' * use_bias})"

    carried = f"({X} W_s)" if skip == "projection" else X
    lines = (
        gate("f"),
        *[gate("t")] * (skip is not None),
        f"g_t = {X} W_g",
        f"c_t = f_t ⊙ {C} + (1 − f_t) ⊙ g_t",
        "h_t = c_t" if skip is None else f"h_t = t_t ⊙ c_t + (1 − t_t) ⊙ {carried}",
    )
    summary = (
        "" if skip else "Two dense networks of the input alone (forget, candidate); the gate sees the cell by a vector."
    )
    return Equations(lines, {**LETTERS, "recurrent_vector": "v"}, summary)


@paper()
def QRNN(
    x: Sequence,
    /,
    units: Units,
    window: Annotated[Size, Sized("k")] = 2,
    *,
    pooling: Literal["f", "fo", "ifo"] = "fo",
    use_bias: bool = True,
    **time: Unpack[OverTime],
) -> Built:
    """Convolutions over the last k inputs (candidate and gates); what runs along time has no weights.

    Each convolution (∗) reads x_(t-k+1) … x_t, zeros before the first step. The candidate g is the paper's z. The paper
    leaves the biases out.
    Source: Bradbury et al. 2017.
    """
    (batch, _, d_x), state = x, (x[0], units)
    nets = {"f": ("g", "f"), "fo": ("g", "f", "o"), "ifo": ("g", "f", "o", "i")}[pooling]
    g = len(nets)
    step = Built(
        outs=(state,),
        weights=(bank("kernel", nets, units, window, d_x), *[bank("bias", nets, units)] * use_bias),
        formula=lambda: g * (window * d_x * units + use_bias * units),
        work=lambda: Work((product(batch * (g * (window * d_x * units)), 0, "kernel"),)),
        states=(state,),
        equations=lambda: pooled(nets, use_bias),
    )
    return over_time(x, step, time)


def pooled(nets: tuple[str, ...], use_bias: bool) -> Equations:
    """Give the equations of a QRNN."""
    enters = "i_t" if "i" in nets else "(1 − f_t)"
    state, old = ("c_t", C) if "o" in nets else ("h_t", "h_(t-1)")
    lines = (
        *(f"{net}_t = {'tanh' if net == 'g' else 'σ'}(W_{net} ∗ {X}{f' + b_{net}' * use_bias})" for net in nets),
        f"{state} = f_t ⊙ {old} + {enters} ⊙ g_t",
        *["h_t = o_t ⊙ c_t"] * ("o" in nets),
    )
    return Equations(lines, LETTERS)
