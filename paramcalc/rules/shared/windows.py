"""Output lengths of convolutions and pooling, one axis at a time.

With input length n, window k, stride s and dilation d, the window spans w = d(k − 1) + 1 positions::

    valid           ⌊(n − w)/s⌋ + 1
    same, causal    ⌊(n − 1)/s⌋ + 1          equal to ⌈n/s⌉

A transposed convolution adds one window to the output for each input position, s positions apart. With an output
padding of q::

    valid           (n − 1)s + w + q         q = max(s − w, 0) if not given
    same            (n − 1)s + (w mod 2) + q     n·s if q is not given

With an explicit padding of p positions on both sides (PyTorch)::

    convolution     ⌊(n + 2p − w)/s⌋ + 1
    with ceil_mode  min(⌈(n + 2p − w)/s⌉ + 1, ⌈(n + p)/s⌉)    no window starts after the input
    transposed      (n − 1)s + w − 2p + q    q selects one of the lengths that a convolution maps to n

Source: Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*.
"""

from collections.abc import Iterable

from ...errors import ShapeError
from ...symbolic import Size, ceil_div, maximum, minimum, unicode

Sizes = tuple[Size, ...]


def length(n: Size, window: Size, stride: Size, padding: str, dilation: Size = 1) -> Size:
    """Give the output length along one axis, for a padding by name.

    Raises
    ------
    ShapeError
        If the window is longer than the axis and there is no padding.
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
    """Give the output length along one axis, for a padding in positions on both sides; ``ceil_mode`` rounds up.

    Raises
    ------
    ShapeError
        If the window is longer than the padded axis.
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
    """Give the output length of a transposed convolution along one axis, for a padding in positions on both sides.

    Raises
    ------
    ShapeError
        If the padding is so large that no output remains.
    """
    filled = (n - 1) * stride + dilation * (window - 1) + 1 - 2 * padding + output_padding
    if isinstance(filled, int) and filled < 1:
        raise ShapeError(f"a padding of {unicode(padding)} leaves nothing of {unicode(filled + 2 * padding)} places")
    return filled


def lengths(n: Sizes, window: Sizes, stride: Sizes, padding: str, dilation: Iterable[Size] | None = None) -> Sizes:
    """Give the output length along each axis."""
    dilated = dilation or (1,) * len(n)
    return tuple(length(a, k, s, padding, d) for a, k, s, d in zip(n, window, stride, dilated, strict=True))


def transposed(
    n: Size, window: Size, stride: Size, padding: str, dilation: Size = 1, output_padding: Size | None = None
) -> Size:
    """Give the output length of a transposed convolution along one axis, for a padding by name."""
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
    """Join batch, spatial axes and channels in the order of the data format."""
    if data_format == "channels_first":
        return (batch, channels, *axes)
    return (batch, *axes, channels)
