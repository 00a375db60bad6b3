"""Pooling: windows that keep one number and learn nothing (keras/src/layers/pooling)."""

from typing import Annotated, Any, Literal

from .. import windows
from ..kinds import Maybe, Window
from ..rule import Built, Inputs, Shape, rule

Sequences = Annotated[Shape, Inputs("B T C")]
Images = Annotated[Shape, Inputs("B H W C")]
Layout = Literal["channels_last", "channels_first", None]
Padding = Literal["valid", "same"]


def pooled(x: Shape, pool_size: Any, strides: Any, padding: str, data_format: str | None) -> Built:
    """Keep one number of each window; windows lie side by side unless strides says otherwise."""
    spatial, channels = windows.spatial(x, data_format)
    places = tuple(
        windows.length(n, k, s, padding) for n, k, s in zip(spatial, pool_size, strides or pool_size, strict=True)
    )
    return Built(outs=(windows.joined(x[0], places, channels, data_format),))


# Keras gives maxima a window of 2 when none is given; means must be told.


def largest1d(
    x: Sequences,
    /,
    pool_size: Annotated[Any, Window(1)] = 2,
    strides: Annotated[Any, Maybe(Window(1))] = None,
    padding: Padding = "valid",
    data_format: Layout = None,
) -> Built:
    """One number from each window of a sequence."""
    return pooled(x, pool_size, strides, padding, data_format)


def largest2d(
    x: Images,
    /,
    pool_size: Annotated[Any, Window(2)] = 2,
    strides: Annotated[Any, Maybe(Window(2))] = None,
    padding: Padding = "valid",
    data_format: Layout = None,
) -> Built:
    """One number from each window of an image."""
    return pooled(x, pool_size, strides, padding, data_format)


def mean1d(
    x: Sequences,
    /,
    pool_size: Annotated[Any, Window(1)],
    strides: Annotated[Any, Maybe(Window(1))] = None,
    padding: Padding = "valid",
    data_format: Layout = None,
) -> Built:
    """One number from each window of a sequence."""
    return pooled(x, pool_size, strides, padding, data_format)


def mean2d(
    x: Images,
    /,
    pool_size: Annotated[Any, Window(2)],
    strides: Annotated[Any, Maybe(Window(2))] = None,
    padding: Padding = "valid",
    data_format: Layout = None,
) -> Built:
    """One number from each window of an image."""
    return pooled(x, pool_size, strides, padding, data_format)


def overall(x: Shape, data_format: str | None, keepdims: bool) -> Built:
    """Keep one number of each channel."""
    spatial, channels = windows.spatial(x, data_format)
    kept = (1,) * len(spatial) if keepdims else ()
    return Built(outs=(windows.joined(x[0], kept, channels, data_format),))


def global1d(x: Sequences, /, data_format: Layout = None, keepdims: bool = False) -> Built:
    """One number from the whole sequence."""
    return overall(x, data_format, keepdims)


def global2d(x: Images, /, data_format: Layout = None, keepdims: bool = False) -> Built:
    """One number from the whole image."""
    return overall(x, data_format, keepdims)


LARGEST, MEAN = "The largest number in each window; nothing to learn.", "The mean of each window; nothing to learn."
MaxPooling1D = rule(name="MaxPooling1D", why=LARGEST)(largest1d)
MaxPooling2D = rule(name="MaxPooling2D", why=LARGEST)(largest2d)
AveragePooling1D = rule(name="AveragePooling1D", why=MEAN)(mean1d)
AveragePooling2D = rule(name="AveragePooling2D", why=MEAN)(mean2d)

LARGEST, MEAN = "The largest number of each channel; nothing to learn.", "The mean of each channel; nothing to learn."
GlobalMaxPooling1D = rule(name="GlobalMaxPooling1D", why=LARGEST)(global1d)
GlobalMaxPooling2D = rule(name="GlobalMaxPooling2D", why=LARGEST)(global2d)
GlobalAveragePooling1D = rule(name="GlobalAveragePooling1D", why=MEAN)(global1d)
GlobalAveragePooling2D = rule(name="GlobalAveragePooling2D", why=MEAN)(global2d)
