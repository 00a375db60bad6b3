"""The geometry of windows sliding over axes: convolutions and pooling, one axis at a time.

With input length n, window k, stride s and dilation d, the window spans w = d(k − 1) + 1 places::

    valid           ⌊(n − w)/s⌋ + 1
    same, causal    ⌊(n − 1)/s⌋ + 1          that is ⌈n/s⌉

Transposed, windows are laid down instead of read: every place of the input fills a window of the output, s places
after the one before, and the output is p places output_padding than that::

    valid           (n − 1)s + w + p         p = max(s − w, 0) when not given
    same            (n − 1)s + (w mod 2) + p     n·s when p is not given

Where the padding is said in places, p before the axis and p after it (PyTorch)::

    read            ⌊(n + 2p − w)/s⌋ + 1
    read, rounded up    min(⌈(n + 2p − w)/s⌉ + 1, ⌈(n + p)/s⌉)    no window begins behind the axis
    laid down       (n − 1)s + w − 2p + q    q places output_padding, since several n come from one length

Source: Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*.
"""

from collections.abc import Iterable

from ...errors import ShapeError
from ...symbolic import Size, ceil_div, maximum, minimum, unicode

Sizes = tuple[Size, ...]


def length(n: Size, window: Size, stride: Size, padding: str, dilation: Size = 1) -> Size:
    """Count the places a window takes along one axis.

    Raises
    ------
    ShapeError
        When the window is output_padding than the axis and there is no padding.
    """
    if padding != "valid":
        return ceil_div(n, stride)
    return padded(n, window, stride, 0, dilation, suggestion="padding='same' would")


def padded(
    n: Size,
    window: Size,
    stride: Size,
    padding: Size,
    dilation: Size = 1,
    ceil_mode: bool = False,
    suggestion: str | None = None,
) -> Size:
    """Count the places a window takes along an axis with a padding on both sides; ``ceil_mode`` rounds them up.

    Raises
    ------
    ShapeError
        When there is no place for it.
    """
    span = dilation * (window - 1) + 1
    left = n + 2 * padding - span
    if isinstance(left, int) and (left < 0 if not ceil_mode else isinstance(stride, int) and left <= -stride):
        axis = n if isinstance(n, int) else unicode(n)
        wide = f", {unicode(padding)} on each side" if padding != 0 else ""
        raise ShapeError(
            f"a window over {unicode(span)} places does not fit on an axis of {axis}{wide}", suggestion=suggestion
        )
    if ceil_mode and stride != 1:
        return minimum(ceil_div(left, stride) + 1, ceil_div(n + padding, stride))
    return left // stride + 1


def transposed_padded(
    n: Size, window: Size, stride: Size, padding: Size, dilation: Size = 1, output_padding: Size = 0
) -> Size:
    """Count the places that windows laid down by ``n`` places fill along an axis, less a padding on both sides.

    Raises
    ------
    ShapeError
        When the padding leaves nothing.
    """
    filled = (n - 1) * stride + dilation * (window - 1) + 1 - 2 * padding + output_padding
    if isinstance(filled, int) and filled < 1:
        raise ShapeError(f"a padding of {unicode(padding)} leaves nothing of {unicode(filled + 2 * padding)} places")
    return filled


def lengths(n: Sizes, window: Sizes, stride: Sizes, padding: str, dilation: Iterable[Size] | None = None) -> Sizes:
    """Count the places a window takes along each axis."""
    dilated = dilation or (1,) * len(n)
    return tuple(length(a, k, s, padding, d) for a, k, s, d in zip(n, window, stride, dilated, strict=True))


def transposed(
    n: Size, window: Size, stride: Size, padding: str, dilation: Size = 1, output_padding: Size | None = None
) -> Size:
    """Count the places that windows laid down by ``n`` places fill along one axis; ``output_padding`` is p."""
    span = dilation * (window - 1) + 1
    if padding == "valid":
        if output_padding is None:
            return (n - 1) * stride + (span if stride == 1 else maximum(span, stride))
        return (n - 1) * stride + span + output_padding
    if output_padding is None:
        return n * stride
    return (n - 1) * stride + (span - 2 * (span // 2)) + output_padding


def spatial(shape: Sizes, data_format: str | None) -> tuple[Sizes, Size]:
    """Split ``(B, *spatial, C)``, or ``(B, C, *spatial)``, into the spatial axes and the channels."""
    if data_format == "channels_first":
        return shape[2:], shape[1]
    return shape[1:-1], shape[-1]


def joined(batch: Size, axes: Sizes, channels: Size, data_format: str | None) -> Sizes:
    """Put batch, spatial axes and channels back in the layout's order."""
    if data_format == "channels_first":
        return (batch, channels, *axes)
    return (batch, *axes, channels)
