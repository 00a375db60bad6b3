"""The geometry of windows sliding over axes: convolutions and pooling, one axis at a time.

With input length n, window k, stride s and dilation d, the window spans w = d(k − 1) + 1 places::

    valid           ⌊(n − w)/s⌋ + 1
    same, causal    ⌊(n − 1)/s⌋ + 1          that is ⌈n/s⌉

Source: Dumoulin & Visin 2016, *A guide to convolution arithmetic for deep learning*.
"""

from ..errors import ShapeError
from ..symbolic import Size, ceil_div


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


def spatial(shape: tuple[Size, ...], data_format: str | None) -> tuple[tuple[Size, ...], Size]:
    """Split ``(B, *spatial, C)``, or ``(B, C, *spatial)``, into the spatial axes and the channels."""
    if data_format == "channels_first":
        return shape[2:], shape[1]
    return shape[1:-1], shape[-1]


def joined(batch: Size, axes: tuple[Size, ...], channels: Size, data_format: str | None) -> tuple[Size, ...]:
    """Put batch, spatial axes and channels back in the layout's order."""
    if data_format == "channels_first":
        return (batch, channels, *axes)
    return (batch, *axes, channels)
