"""Convolutions (torch/nn/modules/conv.py), with given input channels and lazy ones."""

from math import prod
from typing import Annotated, Literal

from ...core.declare import Built, Shape, Weight
from ...core.divisible import divides
from ...core.ignored_options import FACTORY
from ...core.kinds import Sized, Window
from ...core.products import Work, product
from ...errors import OptionError, ShapeError
from ...symbolic import Size, exact
from ...untyped import OptionValue
from ..shared import windows
from .axes import Spatial, declared, each_rank, lazy, parted
from .options import MARGINS, PADDING

Channels = Annotated[Size, Sized("C")]
Filters = Annotated[Size, Sized("F")]
Kernel = Annotated[OptionValue, Window("k")]
Step = Annotated[OptionValue, Window()]
Groups = Annotated[Size, Sized("g", unless=1)]
Mode = Literal["zeros", "reflect", "replicate", "circular"]


def _grouped(channels: Size, filters: Size, groups: Size) -> None:
    divides(channels, groups, "{} input channels do not divide into {} groups")
    divides(filters, groups, "{} output channels do not divide into {} groups")


def wrapped(n: Size, margins: tuple[Size, Size], mode: str) -> None:
    """Refuse to pad an axis with more than it has: a mirror leaves out the edge, a circle goes round once.

    Raises
    ------
    ShapeError
    """
    for margin in margins:
        if isinstance(n, int) and isinstance(margin, int) and (margin > n or (margin == n and mode == "reflect")):
            least = margin + (mode == "reflect")
            raise ShapeError(f"{mode} padding of {margin} on an axis of {n}", expected=f"at least {least} places")


def _taken(n: Size, k: Size, s: Size, padding: OptionValue, d: Size, mode: str) -> Size:
    if padding == "same":
        total = d * (k - 1)
        if mode in ("reflect", "circular"):
            wrapped(n, (total // 2, total - total // 2), mode)
        return n
    margin = 0 if padding == "valid" else padding
    if mode in ("reflect", "circular"):
        wrapped(n, (margin, margin), mode)
    return windows.padded(n, k, s, margin, d)


def conv(
    x: Shape,
    channels: Size,
    filters: Size,
    kernel: tuple[Size, ...],
    stride: tuple[Size, ...],
    padding: OptionValue,
    dilation: tuple[Size, ...],
    groups: Size,
    bias: bool,
    mode: str,
) -> Built:
    """Build a convolution; PyTorch has the filters first, then the channels, then the window."""
    batch, _, spatial = parted(x, len(kernel))
    _grouped(channels, filters, groups)
    if padding == "same" and any(s != 1 for s in stride):
        raise OptionError("padding 'same' does not allow a stride", expected="stride 1", received=stride)
    margins = (padding,) * len(kernel) if isinstance(padding, str) else padding
    steps = zip(spatial, kernel, stride, margins, dilation, strict=True)
    places = tuple(_taken(n, k, s, p, d, mode) for n, k, s, p, d in steps)
    seen = exact(channels, groups)
    weight = Weight("weight", (filters, seen, *kernel))
    return Built(
        outs=((*batch, filters, *places),),
        weights=(weight, Weight("bias", (filters,))) if bias else (weight,),
        formula=lambda: filters * (prod(kernel) * seen + bias),
        work=lambda: Work((product(prod((*batch, *places)) * (prod(kernel) * seen * filters), 0, weight.path),)),
    )


@each_rank("Conv{}d", 1, 2, 3, ignored=FACTORY)
def convolution(
    x: Spatial,
    /,
    in_channels: Channels,
    out_channels: Filters,
    kernel_size: Kernel,
    stride: Step = 1,
    padding: Annotated[OptionValue, PADDING] = 0,
    dilation: Step = 1,
    groups: Groups = 1,
    bias: bool = True,
    padding_mode: Mode = "zeros",
) -> Built:
    """Each filter has a weight for every window position and every input channel, and one bias."""
    rank = len(kernel_size)
    declared(f"Conv{rank}d", in_channels, x[-rank - 1], "channels")
    return conv(x, in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode)


LATER = "A convolution that takes the number of its input channels from the first input."
LAZY = tuple(lazy(one, LATER, "in_channels", -n - 1) for n, one in enumerate(convolution, 1))


def conv_transpose(
    x: Shape,
    channels: Size,
    filters: Size,
    kernel: tuple[Size, ...],
    stride: tuple[Size, ...],
    padding: tuple[Size, ...],
    longer: tuple[Size, ...],
    groups: Size,
    bias: bool,
    dilation: tuple[Size, ...],
) -> Built:
    """Build a transposed convolution: the channels first, since they are what comes out of its gradient."""
    batch, _, spatial = parted(x, len(kernel))
    _grouped(channels, filters, groups)
    for q, s, d in zip(longer, stride, dilation, strict=True):
        if isinstance(q, int) and isinstance(s, int) and isinstance(d, int) and q >= max(s, d):
            raise OptionError(
                "output_padding is not below stride or dilation", expected=f"below {max(s, d)}", received=q
            )
    steps = zip(spatial, kernel, stride, padding, dilation, longer, strict=True)
    places = tuple(windows.transposed_padded(*step) for step in steps)
    made = exact(filters, groups)
    weight = Weight("weight", (channels, made, *kernel))
    return Built(
        outs=((*batch, filters, *places),),
        weights=(weight, Weight("bias", (filters,))) if bias else (weight,),
        formula=lambda: channels * prod(kernel) * made + bias * filters,
        work=lambda: Work((product(prod((*batch, *spatial)) * (channels * prod(kernel) * made), 0, weight.path),)),
    )


@each_rank("ConvTranspose{}d", 1, 2, 3, ignored=FACTORY)
def transposed_convolution(
    x: Spatial,
    /,
    in_channels: Channels,
    out_channels: Filters,
    kernel_size: Kernel,
    stride: Step = 1,
    padding: Annotated[OptionValue, MARGINS] = 0,
    output_padding: Annotated[OptionValue, MARGINS] = 0,
    groups: Groups = 1,
    bias: bool = True,
    dilation: Step = 1,
    padding_mode: Literal["zeros"] = "zeros",
) -> Built:
    """Each pair of input and output channel has a window of weights, and each output channel has one bias."""
    rank = len(kernel_size)
    declared(f"ConvTranspose{rank}d", in_channels, x[-rank - 1], "channels")
    return conv_transpose(
        x, in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation
    )


TRANSPOSED_LATER = "A transposed convolution that takes the number of its input channels from the first input."
LAZY_TRANSPOSED = tuple(
    lazy(one, TRANSPOSED_LATER, "in_channels", -n - 1) for n, one in enumerate(transposed_convolution, 1)
)
