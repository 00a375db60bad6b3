"""Normalization (keras/src/layers/normalization)."""

from math import prod
from typing import Annotated, Any

from ...errors import ShapeError
from ..kinds import AXES, AXIS
from ..rule import Built, Inputs, Shape, Weight, rule
from .axes import position

Features = Annotated[Shape, Inputs("B ... d")]


STATISTICS = "moving_mean_initializer moving_variance_initializer momentum renorm_clipping renorm_momentum"


@rule(f"beta gamma epsilon synchronized {STATISTICS}")
def BatchNormalization(
    x: Features,
    /,
    axis: Annotated[int, AXIS] = -1,
    *,
    center: bool = True,
    scale: bool = True,
    renorm: bool = False,
) -> Built:
    """A learned scale and shift for each feature, and its moving mean and variance, which are not trained."""
    d = x[position(axis, len(x))]
    names = [("gamma", True)] * scale + [("beta", True)] * center + [("moving_mean", False), ("moving_variance", False)]
    if renorm:
        names += [("moving_stddev", False), ("renorm_mean", False), ("renorm_stddev", False)]
    return Built(
        weights=tuple(Weight(name, (d,), trainable) for name, trainable in names),
        outs=(x,),
        formula=lambda: (scale + center + 2 + 3 * renorm) * d,
    )


@rule("beta gamma epsilon")
def LayerNormalization(
    x: Features,
    /,
    axis: Annotated[Any, AXES] = -1,
    *,
    center: bool = True,
    scale: bool = True,
) -> Built:
    """A learned scale and shift for each place along the normalized axes."""
    ordered = (axis,) if isinstance(axis, int) else sorted(axis)  # Keras sorts before it looks at signs
    axes = [position(one, len(x)) for one in ordered]
    if len(set(axes)) != len(axes):
        raise ShapeError("an axis named twice", expected="different axes", received=axis)
    shape = tuple(x[at] for at in axes)
    names = ["gamma"] * scale + ["beta"] * center
    return Built(
        weights=tuple(Weight(name, shape) for name in names),
        outs=(x,),
        formula=lambda: (scale + center) * prod(shape),
    )
