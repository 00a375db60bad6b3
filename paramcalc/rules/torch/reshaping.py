"""Layers that move numbers about (torch/nn/modules/flatten.py, fold.py, pixelshuffle.py, channelshuffle.py)."""

from math import prod
from typing import Annotated

from ...core.declare import Built, Inputs, Shape
from ...core.divisible import divides
from ...core.kinds import AXIS, TARGET, Sized, Window, grown
from ...errors import ShapeError
from ...symbolic import Size, exact, is_known, unicode, unknown
from ...untyped import OptionValue
from ..shared import windows
from .axes import AnyShape, differ, position, rule
from .options import Margins

Axis = Annotated[int, AXIS]
Factor = Annotated[Size, Sized()]
Pair = Annotated[OptionValue, Window(rank=2)]
PairFrom0 = Annotated[OptionValue, Margins(2)]
Images = Annotated[Shape, Inputs("... C H W")]


@rule()
def Flatten(x: AnyShape, /, start_dim: Axis = 1, end_dim: Axis = -1) -> Built:
    """Merges a range of axes into one; by default all except the first."""
    if not x:
        position(start_dim, 1), position(end_dim, 1)
        return Built(outs=((1,),))
    start, end = position(start_dim, len(x)), position(end_dim, len(x))
    if end < start:
        raise ShapeError("start_dim comes after end_dim", received=(start_dim, end_dim))
    return Built(outs=((*x[:start], grown(prod(x[start : end + 1])), *x[end + 1 :]),))


@rule()
def Unflatten(x: AnyShape, /, dim: Axis, unflattened_size: Annotated[OptionValue, TARGET]) -> Built:
    """Splits one axis into several; -1 is inferred from the other sizes."""
    at = position(dim, len(x))
    rest = grown(prod(size for size in unflattened_size if not _open(size)))
    laid = unflattened_size
    if any(map(_open, laid)):
        divides(x[at], rest, "{} places cannot be reshaped with -1, since they do not divide by {}")
        left = exact(x[at], rest) if is_known(x[at]) else unknown("?")
        laid = tuple(left if _open(size) else size for size in laid)
    elif differ(x[at], rest):
        raise ShapeError(f"{unicode(x[at])} places do not fill a shape of {unicode(rest)}")
    return Built(outs=((*x[:at], *laid, *x[at + 1 :]),))


def _open(size: Size) -> bool:
    return isinstance(size, int) and size == -1


@rule()
def PixelShuffle(x: Images, /, upscale_factor: Factor) -> Built:
    """Moves channels to positions: r² channels become an r × r block."""
    *lead, channels, high, wide = x
    r = upscale_factor
    divides(channels, r**2, "{} channels do not divide into blocks of {}")
    return Built(outs=((*lead, exact(channels, r**2), high * r, wide * r),))


@rule()
def PixelUnshuffle(x: Images, /, downscale_factor: Factor) -> Built:
    """Moves positions to channels: an r × r block becomes r² channels."""
    *lead, channels, high, wide = x
    r = downscale_factor
    for size in (high, wide):
        divides(size, r, "{} places do not divide into blocks of {}")
    return Built(outs=((*lead, channels * r**2, exact(high, r), exact(wide, r)),))


@rule()
def ChannelShuffle(x: Annotated[Shape, Inputs("N C L ...")], /, groups: Factor) -> Built:
    """Interleaves the channels of the groups."""
    divides(x[1], groups, "{} channels do not divide into {} groups")
    return Built(outs=(x,))


def blocks(
    sizes: OptionValue, kernel: OptionValue, dilation: OptionValue, padding: OptionValue, stride: OptionValue
) -> Size:
    """Count the windows over an image."""
    steps = zip(sizes, kernel, stride, padding, dilation, strict=True)
    return prod(windows.padded(n, k, s, p, d) for n, k, s, p, d in steps)


@rule()
def Unfold(
    x: Annotated[Shape, Inputs("N? C H W")],
    /,
    kernel_size: Pair,
    dilation: Pair = 1,
    padding: PairFrom0 = 0,
    stride: Pair = 1,
) -> Built:
    """Each window of an image becomes a column."""
    *batch, channels, high, wide = x
    columns = blocks((high, wide), kernel_size, dilation, padding, stride)
    return Built(outs=((*batch, channels * prod(kernel_size), columns),))


@rule()
def Fold(
    x: Annotated[Shape, Inputs("N? C L")],
    /,
    output_size: Pair,
    kernel_size: Pair,
    dilation: Pair = 1,
    padding: PairFrom0 = 0,
    stride: Pair = 1,
) -> Built:
    """Columns become windows of an image; overlaps are summed."""
    *batch, tall, columns = x
    divides(tall, prod(kernel_size), "{} numbers in a column do not divide into windows of {}")
    wanted = blocks(output_size, kernel_size, dilation, padding, stride)
    if differ(columns, wanted):
        raise ShapeError("columns for an image of another size", expected=unicode(wanted), received=columns)
    return Built(outs=((*batch, exact(tall, prod(kernel_size)), *output_size),))
