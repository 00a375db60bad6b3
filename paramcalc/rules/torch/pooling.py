"""Pooling: windows that keep one number and learn nothing (torch/nn/modules/pooling.py)."""

from collections.abc import Iterable
from typing import Annotated

from ...core.declare import Built, Shape
from ...core.kinds import NUMBER, Window
from ...core.products import Work
from ...errors import OptionError, ShapeError
from ...symbolic import Size, unknown
from ...untyped import OptionValue
from ..shared import windows
from .axes import Spatial, agree, each_rank, parted
from .options import MARGINS, SHARES, TARGETS

Kernel = Annotated[OptionValue, Window()]
Stride = Annotated[OptionValue, Window()] | None
Margin = Annotated[OptionValue, MARGINS]
Sizes = tuple[Size, ...]


def held(x: Shape, kernel: Sizes) -> None:
    """Refuse a window longer than an axis, though margins might make up for it: so do means over three axes.

    Raises
    ------
    ShapeError
    """
    for n, k in zip(parted(x, len(kernel))[2], kernel, strict=True):
        if len(kernel) == 3 and isinstance(n, int) and isinstance(k, int) and k > n:
            raise ShapeError(f"a window over {k} places does not fit on an axis of {n}, whatever the padding")


def pooled(x: Shape, kernel: Sizes, stride: Sizes | None, padding: Sizes, dilation: Iterable[Size], up: bool) -> Shape:
    """Keep one number of each window; windows lie side by side unless stride says otherwise."""
    batch, channels, spatial = parted(x, len(kernel))
    for k, p in zip(kernel, padding, strict=True):
        if isinstance(k, int) and isinstance(p, int) and p > k // 2:
            raise OptionError(
                "padding is more than half of the window", expected=f"at most {k // 2} for {k}", received=p
            )
    steps = zip(spatial, kernel, stride or kernel, padding, dilation, strict=True)
    return (*batch, channels, *(windows.padded(n, k, s, p, d, up) for n, k, s, p, d in steps))


def indexed(out: Shape, return_indices: bool) -> Built:
    """Give the largest numbers, and if asked their indices, to which no gradient goes."""
    several = 1 + return_indices
    return Built(outs=(out,) * several, work=lambda: Work(flow=(frozenset({0}), frozenset())[:several]))


@each_rank("MaxPool{}d", 1, 2, 3)
def largest(
    x: Spatial,
    /,
    kernel_size: Kernel,
    stride: Stride = None,
    padding: Margin = 0,
    dilation: Kernel = 1,
    return_indices: bool = False,
    ceil_mode: bool = False,
) -> Built:
    """The maximum of each window and, with return_indices, its position; no weights."""
    return indexed(pooled(x, kernel_size, stride, padding, dilation, ceil_mode), return_indices)


@each_rank("AvgPool{}d", 1)
def mean_along(
    x: Spatial,
    /,
    kernel_size: Kernel,
    stride: Stride = None,
    padding: Margin = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Built:
    """The mean of each window; no weights."""
    return Built(outs=(pooled(x, kernel_size, stride, padding, (1,), ceil_mode),))


@each_rank("AvgPool{}d", 2, 3)
def mean(
    x: Spatial,
    /,
    kernel_size: Kernel,
    stride: Stride = None,
    padding: Margin = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Annotated[float, NUMBER] | None = None,
) -> Built:
    """The mean of each window; no weights."""
    held(x, kernel_size)
    return Built(outs=(pooled(x, kernel_size, stride, padding, (1,) * len(kernel_size), ceil_mode),))


@each_rank("LPPool{}d", 1, 2, 3)
def power(
    x: Spatial,
    /,
    norm_type: Annotated[float, NUMBER],
    kernel_size: Kernel,
    stride: Stride = None,
    ceil_mode: bool = False,
) -> Built:
    """The p-norm of each window (norm_type is p); no weights."""
    held(x, kernel_size)
    rank = len(kernel_size)
    return Built(outs=(pooled(x, kernel_size, stride, (0,) * rank, (1,) * rank, ceil_mode),))


@each_rank("FractionalMaxPool{}d", 2, 3)
def fractional(
    x: Spatial,
    /,
    kernel_size: Kernel,
    output_size: Annotated[OptionValue, Window()] | None = None,
    output_ratio: Annotated[OptionValue, SHARES] | None = None,
    return_indices: bool = False,
) -> Built:
    """The maximum of windows at random positions; no weights."""
    batch, channels, spatial = parted(x, len(kernel_size))
    if (output_size is None) == (output_ratio is None):
        raise OptionError("the output size is missing", expected="either output_size or output_ratio")
    places: OptionValue = output_size
    if output_ratio is not None:  # rounded down; unknown if the axis is unknown
        shares = zip(spatial, output_ratio, strict=True)
        places = tuple(int(n * share) if isinstance(n, int) else unknown("?") for n, share in shares)
    # in three dimensions PyTorch wants one place more than the windows need
    spare = len(kernel_size) == 3
    for n, k, out in zip(spatial, kernel_size, places, strict=True):
        if isinstance(out, int) and out < 1:
            raise ShapeError(f"a share of {n} places leaves none")
        if all(isinstance(size, int) for size in (n, k, out)) and out + k - 1 + spare > n:
            raise ShapeError(f"{out} windows over {k} places do not fit on an axis of {n}")
    return indexed((*batch, channels, *places), return_indices)


def adapted(x: Shape, output_size: tuple[Size | None, ...]) -> Shape:
    """Give each spatial axis the size that is asked for; ``None`` leaves it alone."""
    batch, channels, spatial = parted(x, len(output_size))
    return (*batch, channels, *(n if out is None else out for n, out in zip(spatial, output_size, strict=True)))


@each_rank("AdaptiveMaxPool{}d", 1, 2, 3)
def adaptive_largest(
    x: Spatial, /, output_size: Annotated[OptionValue, TARGETS], return_indices: bool = False
) -> Built:
    """The maximum of each window; output_size sets the number of windows; no weights."""
    return indexed(adapted(x, output_size), return_indices)


@each_rank("AdaptiveAvgPool{}d", 1, 2, 3)
def adaptive_mean(x: Spatial, /, output_size: Annotated[OptionValue, TARGETS]) -> Built:
    """The mean of each window; output_size sets the number of windows; no weights."""
    return Built(outs=(adapted(x, output_size),))


@each_rank("MaxUnpool{}d", 1, 2, 3)
def unpooled(x: Spatial, indices: Spatial, /, kernel_size: Kernel, stride: Stride = None, padding: Margin = 0) -> Built:
    """Puts each value at its index and zeros elsewhere; no weights."""
    # no gradient goes to the indices
    if len(x) != len(indices):
        raise ShapeError("the indices have a wrong rank", expected=f"{len(x)} axes", received=len(indices))
    agree((x, indices), range(len(x)))
    batch, channels, spatial = parted(x, len(kernel_size))
    steps = zip(spatial, kernel_size, stride or kernel_size, padding, strict=True)
    places = tuple(windows.transposed_padded(n, k, s, p) for n, k, s, p in steps)
    return Built(outs=((*batch, channels, *places),), work=lambda: Work(flow=(frozenset({0}),)))
