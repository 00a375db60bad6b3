"""The geometry of windows sliding over axes: convolutions and pooling, one axis at a time.

With input length n, window k, stride s and dilation d, the window spans w = d(k − 1) + 1 places::

    valid           ⌊(n − w)/s⌋ + 1
    same, causal    ⌊(n − 1)/s⌋ + 1          that is ⌈n/s⌉

Transposed, windows are laid down instead of read: every place of the input fills a window of the output, s places
after the one before, and the output is p places longer than that::

    valid           (n − 1)s + w + p         p = max(s − w, 0) when not given
    same            (n − 1)s + (w mod 2) + p     n·s when p is not given

Source: Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*.
"""

from collections.abc import Iterable

from ..errors import ShapeError
from ..symbolic import Size, ceil_div, maximum

Sizes = tuple[Size, ...]


def length(n: Size, window: Size, stride: Size, padding: str, dilation: Size = 1) -> Size:
    """Count the places a window takes along one axis.

    Raises
    ------
    ShapeError
        When the window is longer than the axis and there is no padding.
    """
    if padding != "valid":
        return ceil_div(n, stride)
    span = dilation * (window - 1) + 1
    if isinstance(n, int) and isinstance(span, int) and span > n:
        raise ShapeError(
            f"a window over {span} places does not fit on an axis of {n}", suggestion="padding='same' would"
        )
    return (n - span) // stride + 1


def lengths(n: Sizes, window: Sizes, stride: Sizes, padding: str, dilation: Iterable[Size] | None = None) -> Sizes:
    """Count the places a window takes along each axis."""
    dilated = dilation or (1,) * len(n)
    return tuple(length(a, k, s, padding, d) for a, k, s, d in zip(n, window, stride, dilated, strict=True))


def transposed(
    n: Size, window: Size, stride: Size, padding: str, dilation: Size = 1, longer: Size | None = None
) -> Size:
    """Count the places that windows laid down by ``n`` places fill along one axis; ``longer`` is p."""
    span = dilation * (window - 1) + 1
    if padding == "valid":
        if longer is None:
            return (n - 1) * stride + (span if stride == 1 else maximum(span, stride))
        return (n - 1) * stride + span + longer
    if longer is None:
        return n * stride
    return (n - 1) * stride + (span - 2 * (span // 2)) + longer


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
