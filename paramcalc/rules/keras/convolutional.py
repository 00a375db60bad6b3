"""Convolutions (keras/src/layers/convolutional)."""

from math import prod
from typing import Annotated, Any

from ...errors import OptionError, ShapeError
from ...symbolic import Size, exact
from .. import windows
from ..kinds import Sized, Window
from ..rule import Built, Weight, each_rank
from .axes import CausalPadding, Layout, Spatial

Filters = Annotated[Size, Sized("F")]
Groups = Annotated[Size, Sized("g", unless=1)]


@each_rank("Conv{}D", 1, 2, also="activation kernel bias")
def convolution(
    x: Spatial,
    /,
    filters: Filters,
    kernel_size: Annotated[Any, Window("k")],
    strides: Annotated[Any, Window()] = 1,
    padding: CausalPadding = "valid",
    data_format: Layout = None,
    dilation_rate: Annotated[Any, Window()] = 1,
    groups: Groups = 1,
    *,
    use_bias: bool = True,
) -> Built:
    """Each filter has a weight for every place in the window and every input channel, and one bias."""
    spatial, channels = windows.spatial(x, data_format)
    for what, size in (("filters", filters), ("input channels", channels)):
        if isinstance(size, int) and isinstance(groups, int) and size % groups:
            raise ShapeError(f"{size} {what} do not divide into {groups} groups")
    _check_steps(strides, dilation_rate)
    seen = exact(channels, groups)
    places = tuple(
        windows.length(n, k, s, padding, d)
        for n, k, s, d in zip(spatial, kernel_size, strides, dilation_rate, strict=True)
    )
    weights = (Weight("kernel", (*kernel_size, seen, filters)),)
    return Built(
        weights=(*weights, Weight("bias", (filters,))) if use_bias else weights,
        outs=(windows.joined(x[0], places, filters, data_format),),
        formula=lambda: filters * (prod(kernel_size) * seen + use_bias),
        macs=lambda: prod((x[0], *places)) * (prod(kernel_size) * seen * filters),
    )


def _check_steps(strides: tuple[Size, ...], dilation_rate: tuple[Size, ...]) -> None:
    if any(s != 1 for s in strides) and any(d != 1 for d in dilation_rate):
        raise OptionError("strides and dilation_rate are both above 1", expected="one of them to be 1")
