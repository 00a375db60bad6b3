"""Normalization (torch/nn/modules/batchnorm.py, instancenorm.py, normalization.py)."""

from math import prod
from typing import Annotated, Any

from ...core.kinds import NUMBER, Sized
from ...core.rule import Built, Inputs, Shape, Weight
from ...errors import ShapeError
from ...symbolic import Size
from .axes import AnyShape, buffer, declared, differ, divides, parted, rule
from .options import Several

Features = Annotated[Size, Sized("d")]
Number = Annotated[float, NUMBER]
Channels = Annotated[Shape, Inputs("N d ...")]
Extent = Annotated[Any, Several("d")]


def scaled(x: Shape, shape: Shape, scale: bool, shift: bool, tracked: bool = False) -> Built:
    """Build a scale and a shift of this shape; statistics that are tracked are no parameters."""
    weights = [Weight("weight", shape)] * scale + [Weight("bias", shape)] * shift
    if tracked:
        weights += [buffer("running_mean", shape), buffer("running_var", shape), buffer("num_batches_tracked", ())]
    return Built(outs=(x,), weights=tuple(weights), formula=lambda: (scale + shift) * prod(shape))


# How many spatial axes there are cannot be told from the input, so the rules below are made for each number of them.


def batch_norm(name: str, why: str, pattern: str, lazy: bool = False, also: str = "") -> Any:
    """Declare a batch normalization over inputs of this pattern."""

    def told(
        x: Shape,
        /,
        num_features: Features,
        eps: Number = 1e-5,
        momentum: Number | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        bias: bool = True,
    ) -> Built:
        if affine or track_running_stats:  # else nobody looks
            declared(name, num_features, x[1], "channels")
        varies((x[0], *x[2:]), track_running_stats)
        return scaled(x, (num_features,), affine, affine and bias, track_running_stats)

    def found(
        x: Shape,
        /,
        eps: Number = 1e-5,
        momentum: Number | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        bias: bool = True,
    ) -> Built:
        varies((x[0], *x[2:]), track_running_stats)
        return scaled(x, (x[1],), affine, affine and bias, track_running_stats)

    body = found if lazy else told
    body.__annotations__["x"] = Annotated[Shape, Inputs(pattern)]
    return rule(f"factory {also}", name, why)(body)


LEARNT = "A learned scale and shift for each channel; running mean and variance are buffers, no parameters."
LATER = "A batch normalization that learns the number of its channels from its first input."
PATTERNS = {1: "N d L?", 2: "N d H W", 3: "N d D H W"}
BATCH = tuple(batch_norm(f"BatchNorm{n}d", LEARNT, pattern) for n, pattern in PATTERNS.items())
LAZY_BATCH = tuple(batch_norm(f"LazyBatchNorm{n}d", LATER, pattern, lazy=True) for n, pattern in PATTERNS.items())
SYNCHRONIZED = batch_norm("SyncBatchNorm", LEARNT, "N d ...", also="process_group")


def instance_norm(name: str, why: str, rank: int, lazy: bool = False) -> Any:
    """Declare an instance normalization over so many spatial axes."""

    def told(
        x: Shape,
        /,
        num_features: Features,
        eps: Number = 1e-5,
        momentum: Number = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        *,
        bias: bool = True,
    ) -> Built:
        if affine or track_running_stats:  # else PyTorch only warns
            declared(name, num_features, parted(x, rank)[1], "channels")
        varies(parted(x, rank)[2], track_running_stats)
        return scaled(x, (num_features,), affine, affine and bias, track_running_stats)

    def found(
        x: Shape,
        /,
        eps: Number = 1e-5,
        momentum: Number = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        bias: bool = True,
    ) -> Built:
        if (affine or track_running_stats) and len(x) == rank + 1 and differ(x[0], x[1]):
            raise ShapeError(f"{name} finds its channels on axis 1, so its first input needs a batch", received=x)
        varies(parted(x, rank)[2], track_running_stats)
        return scaled(x, (x[1],), affine, affine and bias, track_running_stats)

    body = found if lazy else told
    axes = PATTERNS[rank].replace("N ", "N? ").replace("L?", "L")
    body.__annotations__["x"] = Annotated[Shape, Inputs(axes)]
    return rule("factory", name, why)(body)


def varies(together: Shape, tracked: bool = False) -> None:
    """Refuse to take the variance of one number, unless one is kept from before.

    Raises
    ------
    ShapeError
    """
    places = prod(together)
    if not tracked and isinstance(places, int) and places == 1:
        raise ShapeError("one number has no variance", expected="more than one of each channel or group")


ITS_OWN = "Each channel of each sample by its own mean and variance; a learned scale and shift where affine is on."
ITS_OWN_LATER = "An instance normalization that learns the number of its channels from its first input."
INSTANCE = tuple(instance_norm(f"InstanceNorm{n}d", ITS_OWN, n) for n in PATTERNS)
LAZY_INSTANCE = tuple(instance_norm(f"LazyInstanceNorm{n}d", ITS_OWN_LATER, n, lazy=True) for n in PATTERNS)


@rule("factory")
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
    """A learned scale and shift for each channel; means are taken over groups of channels."""
    divides(num_channels, num_groups, "{} channels do not divide into {} groups")
    if affine:  # else nobody looks
        declared("GroupNorm", num_channels, x[1], "channels")
    divides(x[1], num_groups, "{} channels do not divide into {} groups")
    varies((*x[:1], x[1] // num_groups, *x[2:]))
    return scaled(x, (num_channels,), affine, affine and bias)


def trailing(name: str, x: Shape, shape: Shape) -> None:
    """Refuse an input whose last axes are not those a layer normalizes over.

    Raises
    ------
    ShapeError
    """
    if len(x) < len(shape):
        raise ShapeError(f"{name} normalizes over {len(shape)} axes, and receives {len(x)}")
    for size, received in zip(shape, x[len(x) - len(shape) :], strict=True):
        declared(name, size, received)


@rule("factory")
def LayerNorm(
    x: AnyShape, /, normalized_shape: Extent, eps: Number = 1e-5, elementwise_affine: bool = True, bias: bool = True
) -> Built:
    """A learned scale and shift for each place along the last axes, those it normalizes over."""
    trailing("LayerNorm", x, normalized_shape)
    return scaled(x, normalized_shape, elementwise_affine, elementwise_affine and bias)


@rule("factory")
def RMSNorm(
    x: AnyShape, /, normalized_shape: Extent, eps: Number | None = None, elementwise_affine: bool = True
) -> Built:
    """A learned scale for each place along the last axes; no mean is taken away, so there is no shift."""
    trailing("RMSNorm", x, normalized_shape)
    return scaled(x, normalized_shape, elementwise_affine, False)


@rule()
def LocalResponseNorm(
    x: Annotated[Shape, Inputs("N C L ...")],
    /,
    size: Annotated[Size, Sized()],
    alpha: Number = 1e-4,
    beta: Number = 0.75,
    k: Number = 1.0,
) -> Built:
    """Each number by those in the channels around it; nothing to learn."""
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
    """Each number by those in the channels around it; nothing to learn."""
    return Built(outs=(x,))
