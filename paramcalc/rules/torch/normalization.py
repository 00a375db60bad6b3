"""Normalization (torch/nn/modules/batchnorm.py, instancenorm.py, normalization.py)."""

from collections.abc import Mapping
from functools import partial
from math import prod
from typing import Annotated

from ...core.declare import Built, Inputs, Shape, Weight
from ...core.divisible import divides
from ...core.ignored_options import FACTORY
from ...core.kinds import NUMBER, Sized
from ...core.rule import Rule
from ...errors import ShapeError
from ...symbolic import Size
from ...untyped import OptionValue
from .axes import AnyShape, buffer, declared, differ, lazy, parted, patterned, rule
from .options import Several

Features = Annotated[Size, Sized("d")]
Number = Annotated[float, NUMBER]
Channels = Annotated[Shape, Inputs("N d ...")]
Extent = Annotated[OptionValue, Several("d")]


def affine_of(x: Shape, shape: Shape, scale: bool, shift: bool, tracked: bool = False) -> Built:
    """Build a scale and a shift of this shape; statistics that are tracked are no parameters."""
    weights = [Weight("weight", shape)] * scale + [Weight("bias", shape)] * shift
    if tracked:
        weights += [buffer("running_mean", shape), buffer("running_var", shape), buffer("num_batches_tracked", ())]
    return Built(outs=(x,), weights=tuple(weights), formula=lambda: (scale + shift) * prod(shape))


LEARNT = "A learned scale and shift for each channel; running mean and variance are buffers, no parameters."
LATER = "A batch normalization that learns the number of its channels from its first input."
ITS_OWN = "Each channel of each sample by its own mean and variance; a learned scale and shift where affine is on."
ITS_OWN_LATER = "An instance normalization that learns the number of its channels from its first input."


def varies(together: Shape, tracked: bool = False) -> None:
    """Refuse to take the variance of one number, unless one is kept from before.

    Raises
    ------
    ShapeError
    """
    places = prod(together)
    if not tracked and isinstance(places, int) and places == 1:
        raise ShapeError(
            "the variance of a single value is undefined", expected="more than one value for each channel or group"
        )


def batch_norm(
    x: AnyShape,
    /,
    num_features: Features,
    eps: Number = 1e-5,
    momentum: Number | None = 0.1,
    affine: bool = True,
    track_running_stats: bool = True,
    *,
    bias: bool = True,
    name: str,
) -> Built:
    """Normalize each channel over the batch and the spatial axes."""
    if affine or track_running_stats:  # else PyTorch does not compare
        declared(name, num_features, x[1], "channels")
    varies((x[0], *x[2:]), track_running_stats)
    return affine_of(x, (num_features,), affine, affine and bias, track_running_stats)


def over_batch(name: str, pattern: str, *ignored: str) -> Rule:
    """Make the rule of a batch normalization over inputs of this pattern."""
    return patterned(partial(batch_norm, name=name), name, LEARNT, pattern, (*FACTORY, *ignored))


BATCH = tuple(
    over_batch(f"BatchNorm{n}d", pattern) for n, pattern in {1: "N d L?", 2: "N d H W", 3: "N d D H W"}.items()
)
SYNCHRONIZED = over_batch("SyncBatchNorm", "N d ...", "process_group")
LAZY_BATCH = tuple(lazy(one, LATER, "num_features", 1) for one in BATCH)


def instance_norm(
    x: AnyShape,
    /,
    num_features: Features,
    eps: Number = 1e-5,
    momentum: Number = 0.1,
    affine: bool = False,
    track_running_stats: bool = False,
    *,
    bias: bool = True,
    name: str,
    rank: int,
) -> Built:
    """Normalize each channel of each sample over its ``rank`` spatial axes."""
    _, channels, places = parted(x, rank)
    if affine or track_running_stats:  # else PyTorch only warns
        declared(name, num_features, channels, "channels")
    varies(places, track_running_stats)
    return affine_of(x, (num_features,), affine, affine and bias, track_running_stats)


def within(name: str, rank: int, pattern: str) -> Rule:
    """Make the rule of an instance normalization over so many spatial axes."""
    body = partial(instance_norm, name=name, rank=rank)
    return patterned(body, name, ITS_OWN, pattern, FACTORY)


def batched(x: Shape, options: Mapping[str, OptionValue], name: str, rank: int) -> None:
    """Refuse an input without a batch, whose axis 1 has places and no channels.

    Raises
    ------
    ShapeError
    """
    compared = options["affine"] or options["track_running_stats"]
    if compared and len(x) == rank + 1 and differ(x[0], x[1]):
        raise ShapeError(f"{name} finds its channels on axis 1, so its first input needs a batch", received=x)


INSTANCE = tuple(
    within(f"InstanceNorm{n}d", n, pattern) for n, pattern in {1: "N? d L", 2: "N? d H W", 3: "N? d D H W"}.items()
)
LAZY_INSTANCE = tuple(
    lazy(
        one,
        ITS_OWN_LATER,
        "num_features",
        1,
        partial(batched, name=f"Lazy{one.name}", rank=n),
        affine=True,
        track_running_stats=True,
    )
    for n, one in enumerate(INSTANCE, 1)
)


@rule(FACTORY)
def GroupNorm(
    x: Channels,
    /,
    num_groups: Annotated[Size, Sized("g")],
    num_channels: Features,
    eps: Number = 1e-5,
    affine: bool = True,
    *,
    bias: bool = True,
) -> Built:
    """A learned scale and shift for each channel; the statistics are those of groups of channels."""
    divides(num_channels, num_groups, "{} channels do not divide into {} groups")
    if affine:  # else unused
        declared("GroupNorm", num_channels, x[1], "channels")
    divides(x[1], num_groups, "{} channels do not divide into {} groups")
    varies((*x[:1], x[1] // num_groups, *x[2:]))
    return affine_of(x, (num_channels,), affine, affine and bias)


def trailing(name: str, x: Shape, shape: Shape) -> None:
    """Refuse an input whose last axes are not those a layer normalizes over.

    Raises
    ------
    ShapeError
    """
    if len(x) < len(shape):
        raise ShapeError(f"{name} normalizes over {len(shape)} axes, but receives {len(x)}")
    for size, received in zip(shape, x[len(x) - len(shape) :], strict=True):
        declared(name, size, received)


@rule(FACTORY)
def LayerNorm(
    x: AnyShape, /, normalized_shape: Extent, eps: Number = 1e-5, elementwise_affine: bool = True, bias: bool = True
) -> Built:
    """A learned scale and shift for each position along the normalized axes, which are the last ones."""
    trailing("LayerNorm", x, normalized_shape)
    return affine_of(x, normalized_shape, elementwise_affine, elementwise_affine and bias)


@rule(FACTORY)
def RMSNorm(
    x: AnyShape, /, normalized_shape: Extent, eps: Number | None = None, elementwise_affine: bool = True
) -> Built:
    """A learned scale for each position along the normalized axes. No mean is subtracted and there is no shift."""
    trailing("RMSNorm", x, normalized_shape)
    return affine_of(x, normalized_shape, elementwise_affine, False)


@rule()
def LocalResponseNorm(
    x: Annotated[Shape, Inputs("N C L ...")],
    /,
    size: Annotated[Size, Sized()],
    alpha: Number = 1e-4,
    beta: Number = 0.75,
    k: Number = 1.0,
) -> Built:
    """Normalizes each value by its neighboring channels; no weights."""
    return Built(outs=(x,))


@rule()
def CrossMapLRN2d(
    x: Annotated[Shape, Inputs("N C H W")],
    /,
    size: Annotated[Size, Sized()],
    alpha: Number = 1e-4,
    beta: Number = 0.75,
    k: Number = 1,
) -> Built:
    """Normalizes each value by its neighboring channels; no weights."""
    return Built(outs=(x,))
