"""Layers that keep the shape: activations, regularization, masking; PReLU alone learns something.

(keras/src/layers/activations, keras/src/layers/regularization, core/masking.py, core/identity.py)
"""

from math import prod
from typing import Annotated

from ...core.declare import Built, Weight, each_rank, rule
from ...core.ignored_options import ACTIVATION, ALPHA, SEALED
from ...core.kinds import AXES, NUMBER, POSITIVE, RATE
from ...untyped import OptionValue
from .axes import AnyShape, Layout, Spatial, position

Number = Annotated[float, NUMBER]
Positive = Annotated[float, POSITIVE]
Rate = Annotated[float, RATE]


@rule(("mask_value",))
def Masking(x: AnyShape, /) -> Built:
    """Marks time steps to skip; no weights."""
    return Built(outs=(x,))


@rule()
def Identity(x: AnyShape, /) -> Built:
    """Returns its input; no weights."""
    return Built(outs=(x,))


def dropped(x: AnyShape, /, rate: Rate) -> Built:
    """Give the shape that came in, whatever share is dropped."""
    return Built(outs=(x,))


NOISE = ("noise_shape", "seed")
ZEROES = "Sets a random fraction to zero during training; no weights."
KEEPS = "Dropout that preserves mean and variance; no weights."
MULTIPLIES = "Multiplies by noise around 1 during training; no weights."
Dropout = rule(NOISE, name="Dropout", why=ZEROES)(dropped)
AlphaDropout = rule(NOISE, name="AlphaDropout", why=KEEPS)(dropped)
GaussianDropout = rule(("seed",), name="GaussianDropout", why=MULTIPLIES)(dropped)


@rule(("seed",))
def GaussianNoise(x: AnyShape, /, stddev: Rate) -> Built:
    """Adds noise during training; no weights."""
    return Built(outs=(x,))


@rule(("seed",), base=SEALED, rank=1)
def SpatialDropout1D(x: Spatial, /, rate: Rate) -> Built:
    """Sets random channels to zero during training; no weights."""
    return Built(outs=(x,))


@each_rank("SpatialDropout{}D", 2, 3, ignored=("seed",), base=SEALED)
def spatial_dropout(x: Spatial, /, rate: Rate, data_format: Layout = None) -> Built:
    """Sets random channels to zero during training; no weights."""
    return Built(outs=(x,))


@rule()
def ActivityRegularization(x: AnyShape, /, l1: Number = 0.0, l2: Number = 0.0) -> Built:
    """Adds a penalty on the activations to the loss; no weights."""
    return Built(outs=(x,))


@rule()
def Activation(x: AnyShape, /, activation: Annotated[OptionValue, ACTIVATION]) -> Built:
    """An elementwise function; no weights."""
    return Built(outs=(x,))


@rule()
def ReLU(
    x: AnyShape, /, max_value: Positive | None = None, negative_slope: Positive = 0.0, threshold: Positive = 0.0
) -> Built:
    """An elementwise function; no weights."""
    return Built(outs=(x,))


@rule()
def LeakyReLU(x: AnyShape, /, negative_slope: Positive = 0.3) -> Built:
    """An elementwise function; no weights."""
    return Built(outs=(x,))


@rule()
def ELU(x: AnyShape, /, alpha: Number = 1.0) -> Built:
    """An elementwise function; no weights."""
    return Built(outs=(x,))


@rule()
def Softmax(x: AnyShape, /, axis: Annotated[OptionValue, AXES] = -1) -> Built:
    """Positive values that sum to 1 along an axis; no weights."""
    for one in (axis,) if isinstance(axis, int) else axis:
        position(one, len(x))
    return Built(outs=(x,))


@rule(ALPHA)
def PReLU(x: AnyShape, /, *, shared_axes: Annotated[OptionValue, AXES] | None = None) -> Built:
    """One slope for each element of a sample; shared_axes share a slope."""
    shape = list(x[1:])
    for axis in (shared_axes,) if isinstance(shared_axes, int) else shared_axes or ():
        shape[position(axis - 1, len(shape))] = 1
    return Built(weights=(Weight("alpha", tuple(shape)),), outs=(x,), formula=lambda: prod(shape))
