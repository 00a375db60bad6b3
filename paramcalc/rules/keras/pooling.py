"""Pooling: windows that keep one number and learn nothing (keras/src/layers/pooling)."""

from typing import Annotated, Any

from .. import windows
from ..kinds import Window
from ..rule import Built, Shape, each_rank
from .axes import Layout, Padding, Spatial

Strides = Annotated[Any, Window()] | None


def pooled(x: Shape, pool_size: Any, strides: Any, padding: str, data_format: str | None) -> Built:
    """Keep one number of each window; windows lie side by side unless strides says otherwise."""
    spatial, channels = windows.spatial(x, data_format)
    places = tuple(
        windows.length(n, k, s, padding) for n, k, s in zip(spatial, pool_size, strides or pool_size, strict=True)
    )
    return Built(outs=(windows.joined(x[0], places, channels, data_format),))


# Keras gives maxima a window of 2 when none is given; means must be told.


@each_rank("MaxPooling{}D", 1, 2)
def largest(
    x: Spatial,
    /,
    pool_size: Annotated[Any, Window()] = 2,
    strides: Strides = None,
    padding: Padding = "valid",
    data_format: Layout = None,
) -> Built:
    """The largest number in each window; nothing to learn."""
    return pooled(x, pool_size, strides, padding, data_format)


@each_rank("AveragePooling{}D", 1, 2)
def mean(
    x: Spatial,
    /,
    pool_size: Annotated[Any, Window()],
    strides: Strides = None,
    padding: Padding = "valid",
    data_format: Layout = None,
) -> Built:
    """The mean of each window; nothing to learn."""
    return pooled(x, pool_size, strides, padding, data_format)


def overall(x: Spatial, /, data_format: Layout = None, keepdims: bool = False) -> Built:
    """Keep one number of each channel."""
    spatial, channels = windows.spatial(x, data_format)
    kept = (1,) * len(spatial) if keepdims else ()
    return Built(outs=(windows.joined(x[0], kept, channels, data_format),))


LARGEST, MEAN = "The largest number of each channel; nothing to learn.", "The mean of each channel; nothing to learn."
GLOBAL_MAX = each_rank("GlobalMaxPooling{}D", 1, 2, why=LARGEST)(overall)
GLOBAL_AVERAGE = each_rank("GlobalAveragePooling{}D", 1, 2, why=MEAN)(overall)
