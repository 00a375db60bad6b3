"""Normalization (keras/src/layers/normalization)."""

from math import prod
from typing import Annotated

from ...core.combined import placed
from ...core.declare import LAYER, Built, Inputs, Part, Shape, Weight, rule, scoped
from ...core.divisible import divides
from ...core.ignored_options import BETA, GAMMA
from ...core.kinds import AXES, AXIS, Check, Sized
from ...errors import OptionError, ShapeError
from ...symbolic import Size, is_known
from ...untyped import OptionValue
from .axes import AnyShape, position

Features = Annotated[Shape, Inputs("B ... d")]
Axes = Annotated[OptionValue, AXES]

STATISTICS = (
    "moving_mean_initializer",
    "moving_variance_initializer",
    "momentum",
    "renorm_clipping",
    "renorm_momentum",
)


@rule((*BETA, *GAMMA, "epsilon", "synchronized", *STATISTICS))
def BatchNormalization(
    x: Features,
    /,
    axis: Annotated[int, AXIS] = -1,
    *,
    center: bool = True,
    scale: bool = True,
    renorm: bool = False,
) -> Built:
    """A learned scale and shift for each feature, and a moving mean and variance, which are not trained.

    Sources: Ioffe & Szegedy 2015; Ioffe 2017 (renorm, with statistics of its own).
    """
    d = x[position(axis, len(x))]
    names = [("gamma", True)] * scale + [("beta", True)] * center + [("moving_mean", False), ("moving_variance", False)]
    if renorm:
        names += [("moving_stddev", False), ("renorm_mean", False), ("renorm_stddev", False)]
    return Built(
        weights=tuple(Weight(name, (d,), trainable) for name, trainable in names),
        outs=(x,),
        formula=lambda: (scale + center + 2 + 3 * renorm) * d,
    )


def along(axis: OptionValue, x: Shape) -> Shape:
    """Give the sizes along the axes, in the order Keras puts them."""
    ordered = (axis,) if isinstance(axis, int) else sorted(axis)  # before it looks at signs
    places = [position(one, len(x)) for one in ordered]
    if len(set(places)) != len(places):
        raise ShapeError("an axis is given twice", expected="different axes", received=axis)
    return tuple(x[at] for at in places)


@rule((*BETA, *GAMMA, "epsilon"))
def LayerNormalization(
    x: Features, /, axis: Axes = -1, *, center: bool = True, scale: bool = True, rms_scaling: bool = False
) -> Built:
    """A learned scale and shift for each position along the normalized axes.

    With rms_scaling, which Keras calls deprecated, always a scale and never a shift.
    Source: Ba et al. 2016.
    """
    shape = along(axis, x)
    names = ["gamma"] * (scale or rms_scaling) + ["beta"] * (center and not rms_scaling)
    return Built(
        weights=tuple(Weight(name, shape) for name in names),
        outs=(x,),
        formula=lambda: len(names) * prod(shape),
    )


@rule(("epsilon",))
def RMSNormalization(x: Features, /, axis: Axes = -1) -> Built:
    """A learned scale for each position along the normalized axes. No mean is subtracted and no shift is added.

    Source: Zhang & Sennrich 2019.
    """
    shape = along(axis, x)
    out = list(x)
    for at in range(-1, -1 - len(shape), -1):  # Keras lays the scale along the last axes, whatever axis says
        size, scale = x[at], shape[at]
        if isinstance(size, int) and isinstance(scale, int) and size != scale:
            if size != 1 and scale != 1:
                raise ShapeError(
                    f"a scale of {scale} cannot be combined with {size} on the last axis", expected="axis=-1"
                )
            out[at] = size * scale
    return Built(weights=(Weight("scale", shape),), outs=(tuple(out),), formula=lambda: prod(shape))


@rule()
def UnitNormalization(x: AnyShape, /, axis: Axes = -1) -> Built:
    """Divides by the norm along the axes; no weights."""
    along(axis, x)
    return Built(outs=(x,))


class Grouped(Sized):
    """A number of groups, or -1: as many as there are channels."""

    def __call__(self, value: object) -> Size:
        """Check one number."""
        return -1 if type(value) is int and value == -1 else super().__call__(value)


@rule((*BETA, *GAMMA, "epsilon"))
def GroupNormalization(
    x: Features,
    /,
    groups: Annotated[Size, Grouped()] = 32,
    axis: Annotated[int, AXIS] = -1,
    *,
    center: bool = True,
    scale: bool = True,
) -> Built:
    """A learned scale and shift for each channel. The number of groups does not change the count.

    One group is nearly layer normalization, groups=-1 instance normalization.
    Source: Wu & He 2018.
    """
    d = x[position(axis, len(x))]
    if axis == -len(x):  # though 0, which is the same axis, passes
        raise OptionError("the batch axis cannot be the channel axis", expected="another axis", received=axis)
    if not is_known(d):
        raise ShapeError("the number of channels must be known", expected="a number of them", received=None)
    if groups != -1:
        divides(d, groups, "{} channels do not divide into {} groups")
    names = ["gamma"] * scale + ["beta"] * center
    return Built(
        weights=tuple(Weight(name, (d,)) for name in names),
        outs=(x,),
        formula=lambda: (scale + center) * d,
    )


def _at_least_one(value: OptionValue) -> OptionValue:
    if isinstance(value, bool) or not value > 0:
        raise ValueError(value)
    return value


ITERATIONS = Check("a number above 0", _at_least_one, {"type": "integer", "minimum": 1})


@rule()
def SpectralNormalization(
    x: Annotated[Shape, Inputs("*layer")],
    /,
    layer: Annotated[OptionValue, LAYER],
    power_iterations: Annotated[int, ITERATIONS] = 1,
) -> Built:
    """The weights of a layer, and an untrained vector that estimates the spectral norm of its kernel.

    Source: Miyato et al. 2018.
    """
    inner: Built = layer.on(x)
    wrapped = layer.type == "SpectralNormalization"  # it shows the kernel inside as its own
    kernels = (weight for weight in inner.weights if weight.name in ("kernel", "embeddings"))
    kernel = next((weight for weight in kernels if wrapped or not weight.scope), None)
    if kernel is None:
        raise OptionError(f"{layer.type} has no kernel", expected="a layer such as Dense, Conv2D or Embedding")
    count = inner.formula
    vector = Weight("vector_u", (1, kernel.shape[-1]), False)
    return inner._replace(
        weights=(vector, *scoped(inner.weights, layer.label, layer)),
        work=lambda: placed(inner, layer.label, [frozenset({0})]),
        formula=(lambda: count() + kernel.shape[-1]) if count else None,
        parts=lambda: [Part(layer.label, layer, (x,), inner)],
    )
