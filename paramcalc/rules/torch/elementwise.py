"""Layers that keep the shape: activations and dropouts (torch/nn/modules/activation.py, dropout.py).

Most are one function and a line in a table; PReLU alone learns something.
"""

from typing import Annotated

from ...core.declare import REQUIRED, Built, Inputs, Shape, Weight
from ...core.divisible import divides
from ...core.ignored_options import FACTORY
from ...core.kinds import AXIS, NUMBER, POSITIVE, RATE, SWITCH, Choice, Maybe, Sized
from ...errors import ShapeError
from ...symbolic import Size, exact
from ...untyped import OptionValue
from .axes import AnyShape, declared, position, rule, tabled

INPLACE = {"inplace": (SWITCH, False)}


def kept(x: AnyShape, /, **options: OptionValue) -> Built:
    """Give the shape that came in."""
    return Built(outs=(x,))


def numbers(**defaults: float) -> dict[str, OptionValue]:
    """Make options that are numbers."""
    return {name: (NUMBER, default) for name, default in defaults.items()}


# A function of each element: PyTorch's options in its order, none of which changes the shape.
FUNCTIONS: dict[str, dict[str, OptionValue]] = {
    "CELU": numbers(alpha=1.0) | INPLACE,
    "ELU": numbers(alpha=1.0) | INPLACE,
    "GELU": {"approximate": (Choice(("none", "tanh")), "none")},
    "Hardshrink": numbers(lambd=0.5),
    "Hardsigmoid": INPLACE,
    "Hardswish": INPLACE,
    "Hardtanh": numbers(min_val=-1.0, max_val=1.0) | INPLACE,
    "LeakyReLU": numbers(negative_slope=0.01) | INPLACE,
    "LogSigmoid": {},
    "Mish": INPLACE,
    "RReLU": numbers(lower=1 / 8, upper=1 / 3) | INPLACE,
    "ReLU": INPLACE,
    "ReLU6": INPLACE,
    "SELU": INPLACE,
    "SiLU": INPLACE,
    "Sigmoid": {},
    "Softplus": numbers(beta=1.0, threshold=20.0),
    "Softshrink": {"lambd": (POSITIVE, 0.5)},
    "Softsign": {},
    "Tanh": {},
    "Tanhshrink": {},
    "Threshold": {"threshold": (NUMBER, REQUIRED), "value": (NUMBER, REQUIRED)} | INPLACE,
}
DROPS: dict[str, OptionValue] = {"p": (RATE, 0.5)} | INPLACE
DROPOUTS = {
    "Dropout": "Sets a random fraction to zero during training; no weights.",
    "AlphaDropout": "Dropout that preserves mean and variance; no weights.",
}
EACH = "An elementwise function; no weights."

KEPT = tuple(tabled(kept, name, EACH, options, __name__) for name, options in FUNCTIONS.items())
DROPPED = tuple(tabled(kept, name, why, DROPS, __name__) for name, why in DROPOUTS.items())


ZEROES = "Sets random channels to zero during training; no weights."
KEEPS = "Dropout of channels that preserves mean and variance; no weights."
CHANNELS = (
    tabled(kept, "Dropout1d", ZEROES, DROPS, __name__, "N? C L"),
    tabled(kept, "Dropout2d", ZEROES, DROPS, __name__, "N C ..."),
    tabled(kept, "Dropout3d", ZEROES, DROPS, __name__, "N C ..."),
    tabled(kept, "FeatureAlphaDropout", KEEPS, DROPS, __name__, "N C ..."),
)


def along(x: AnyShape, /, dim: int | None = None) -> Built:
    """Give the shape that came in, if it has this axis."""
    if dim is not None:
        position(dim, len(x))
    return Built(outs=(x,))


SHARES = "A softmax, or a function of it, along an axis; no weights."
DIM: dict[str, OptionValue] = {"dim": (Maybe(AXIS), None)}
SOFT = tuple(tabled(along, name, SHARES, DIM, __name__) for name in ("Softmax", "LogSoftmax", "Softmin"))


@rule()
def Softmax2d(x: Annotated[Shape, Inputs("N? C H W")], /) -> Built:
    """A softmax over the channels at each position; no weights."""
    return Built(outs=(x,))


@rule()
def GLU(x: AnyShape, /, dim: Annotated[int, AXIS] = -1) -> Built:
    """One half of an axis, gated by the sigmoid of the other half; no weights."""
    at = position(dim, len(x))
    divides(x[at], 2, "{} does not divide into {} halves")
    return Built(outs=((*x[:at], exact(x[at], 2), *x[at + 1 :]),))


@rule(FACTORY)
def PReLU(
    x: AnyShape,
    /,
    num_parameters: Annotated[Size, Sized("a")] = 1,
    init: Annotated[float, NUMBER] = 0.25,
) -> Built:
    """One slope for all, or one for each channel."""
    if not (isinstance(num_parameters, int) and num_parameters == 1):
        if not x:
            raise ShapeError("an input without axes has no channels", expected="num_parameters=1")
        declared("PReLU", num_parameters, x[1] if len(x) > 1 else 1, "channels")
    return Built(outs=(x,), weights=(Weight("weight", (num_parameters,)),), formula=lambda: num_parameters)
