"""Pooling: windows that keep one number and learn nothing (keras/src/layers/pooling)."""

from typing import Annotated

from ...core.declare import Built, Shape, each_rank
from ...core.kinds import Window
from ...untyped import OptionValue
from ..shared import windows
from .axes import Layout, Padding, Spatial

Places = Annotated[OptionValue, Window()]


def pooled(x: Shape, pool_size: OptionValue, strides: OptionValue, padding: str, data_format: str | None) -> Built:
    """Keep one number of each window; windows lie side by side unless strides says otherwise."""
    spatial, channels = windows.spatial(x, data_format)
    places = windows.lengths(spatial, pool_size, strides or pool_size, padding)
    return Built(outs=(windows.joined(x[0], places, channels, data_format),))


# Keras gives maxima a window of 2 when none is given; means need one.


@each_rank("MaxPooling{}D", 1, 2, 3, aliases=("MaxPool{}D",))
def largest(
    x: Spatial,
    /,
    pool_size: Places = 2,
    strides: Places | None = None,
    padding: Padding = "valid",
    data_format: Layout = None,
) -> Built:
    """The maximum of each window; no weights."""
    return pooled(x, pool_size, strides, padding, data_format)


@each_rank("AveragePooling{}D", 1, 2, 3, aliases=("AvgPool{}D",))
def mean(
    x: Spatial,
    /,
    pool_size: Places,
    strides: Places | None = None,
    padding: Padding = "valid",
    data_format: Layout = None,
) -> Built:
    """The mean of each window; no weights."""
    return pooled(x, pool_size, strides, padding, data_format)


def overall(x: Spatial, /, data_format: Layout = None, keepdims: bool = False) -> Built:
    """Keep one number of each channel."""
    spatial, channels = windows.spatial(x, data_format)
    kept = (1,) * len(spatial) if keepdims else ()
    return Built(outs=(windows.joined(x[0], kept, channels, data_format),))


def adaptive(x: Spatial, /, output_size: Places, data_format: Layout = None) -> Built:
    """Keep so many numbers along each axis, whatever its length: windows of n/m places, rounded outwards."""
    _, channels = windows.spatial(x, data_format)
    return Built(outs=(windows.joined(x[0], output_size, channels, data_format),))


LARGEST, MEAN = "The maximum of each channel; no weights.", "The mean of each channel; no weights."
GLOBAL_MAX = each_rank("GlobalMaxPooling{}D", 1, 2, 3, why=LARGEST, aliases=("GlobalMaxPool{}D",))(overall)
GLOBAL_AVERAGE = each_rank("GlobalAveragePooling{}D", 1, 2, 3, why=MEAN, aliases=("GlobalAvgPool{}D",))(overall)

FITTED_MAX = "The maximum of each window; output_size sets the number of windows; no weights."
FITTED_MEAN = "The mean of each window; output_size sets the number of windows; no weights."
ADAPTIVE_MAX = each_rank("AdaptiveMaxPooling{}D", 1, 2, 3, why=FITTED_MAX)(adaptive)
ADAPTIVE_AVERAGE = each_rank("AdaptiveAveragePooling{}D", 1, 2, 3, why=FITTED_MEAN)(adaptive)
