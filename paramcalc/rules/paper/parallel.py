"""Recurrent layers whose products do not wait for the previous step: SRU and QRNN."""

from typing import Annotated, Literal, Unpack

from ...core.declare import Built
from ...core.kinds import Sized
from ...core.products import Work, product
from ...errors import ShapeError
from ...symbolic import Size
from ..shared.over_time import OverTime, over_time
from .common import Sequence, Step, Units, bank, paper, recurrent


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

    f, r = σ(W x_t + v c_(t-1) + b), c_t = f c_(t-1) + (1 − f)(W x_t), h_t = r c_t + (1 − r) x_t.
    The candidate W x_t has no bias; the highway gate r is listed as t.
    x_t must be as wide as h_t for that; skip="projection" sends it through a fourth matrix, and with skip=None
    there is no highway and no r: h_t = c_t. The scale α of the highway is a constant.
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
    nets = ("f", "c", "t", "s")[: 4 if skip == "projection" else 3 if skip else 2]
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
    )


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

    z = tanh(W * x), f, o, i = σ(W * x), each W over x_(t-k+1) … x_t, zeros before the first.
    pooling "f": h_t = f h_(t-1) + (1 − f) z; "fo": c_t = f c_(t-1) + (1 − f) z, h_t = o c_t;
    "ifo": c_t = f c_(t-1) + i z, h_t = o c_t. z is listed as the candidate c. The paper leaves the biases out.
    Source: Bradbury et al. 2017.
    """
    (batch, _, d_x), state = x, (x[0], units)
    nets = {"f": ("c", "f"), "fo": ("c", "f", "o"), "ifo": ("c", "f", "o", "i")}[pooling]
    g = len(nets)
    step = Built(
        outs=(state,),
        weights=(bank("kernel", nets, units, window, d_x), *[bank("bias", nets, units)] * use_bias),
        formula=lambda: g * (window * d_x * units + use_bias * units),
        work=lambda: Work((product(batch * (g * (window * d_x * units)), 0, "kernel"),)),
        states=(state,),
    )
    return over_time(x, step, time)
