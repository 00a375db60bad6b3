"""Convolutions (keras/src/layers/convolutional)."""

from math import prod
from typing import Annotated, Unpack

from ...core.declare import Built, Shape, Weight, each_rank, rule
from ...core.divisible import divides
from ...core.ignored_options import BIAS, DEPTHWISE, KERNEL, POINTWISE
from ...core.kinds import Sized, Window, grown
from ...core.products import Work, product
from ...errors import OptionError
from ...symbolic import Size, exact, minimum
from ...untyped import OptionValue
from ..shared import windows
from .axes import CausalPadding, Extras, Layout, Padding, Spatial
from .quantized import Constraint, Thin, merging, thinned

Filters = Annotated[Size, Sized("F")]
Groups = Annotated[Size, Sized("g", unless=1)]
Multiplier = Annotated[Size, Sized("m", unless=1)]
Kernel = Annotated[OptionValue, Window("k")]
Steps = Annotated[OptionValue, Window()]
Longer = Annotated[OptionValue, Extras()] | None

PLAIN = ("activation", *KERNEL, *BIAS)


@each_rank("Conv{}D", 1, 2, 3, ignored=PLAIN, aliases=("Convolution{}D",))
def convolution(
    x: Spatial,
    /,
    filters: Filters,
    kernel_size: Kernel,
    strides: Steps = 1,
    padding: CausalPadding = "valid",
    data_format: Layout = None,
    dilation_rate: Steps = 1,
    groups: Groups = 1,
    *,
    use_bias: bool = True,
    kernel_constraint: Constraint = None,
    **lora: Unpack[Thin],
) -> Built:
    """Each filter has a weight for every window position and every input channel, and one bias."""
    spatial, channels = windows.spatial(x, data_format)
    for what, size in (("filters", filters), ("input channels", channels)):
        divides(size, groups, f"{{}} {what} do not divide into {{}} groups")
    check_steps(strides, dilation_rate)
    seen = exact(channels, groups)
    places = windows.lengths(spatial, kernel_size, strides, padding, dilation_rate)
    shape, rank = (*kernel_size, seen, filters), lora["lora_rank"]
    thin = thinned("kernel", shape, lora, kernel_constraint)
    weights = (Weight("kernel", shape, rank is None), *thin.weights)
    return Built(
        weights=(*weights, Weight("bias", (filters,))) if use_bias else weights,
        outs=(windows.joined(x[0], places, filters, data_format),),
        formula=lambda: filters * (prod(kernel_size) * seen + use_bias) + thin.numbers(),
        work=lambda: Work(
            (
                product(prod((x[0], *places)) * (prod(kernel_size) * seen * filters), 0, {"kernel", *thin.operand}),
                *merging("kernel", shape, rank),
            )
        ),
    )


def check_steps(strides: tuple[Size, ...], dilation_rate: tuple[Size, ...]) -> None:
    """Refuse strides together with dilation, as Keras does wherever one of its backends would."""
    if any(s != 1 for s in strides) and any(d != 1 for d in dilation_rate):
        raise OptionError("strides and dilation_rate are both above 1", expected="one of them equal to 1")


SPREAD = """Each filter has a weight for every window position and every input channel, and one bias.

A convolution run backwards: every place of the input is spread over a window of the output. The kernel holds
(window, filters, input channels), the other way about than Conv. Every weight meets every place of the input once.
"""


def transposed(
    x: Shape,
    filters: Size,
    kernel_size: OptionValue,
    strides: OptionValue,
    padding: str,
    output_padding: OptionValue,
    data_format: str | None,
    dilation_rate: OptionValue,
    use_bias: bool,
) -> Built:
    """Build a transposed convolution."""
    spatial, channels = windows.spatial(x, data_format)
    longer = output_padding or (None,) * len(spatial)
    for p, s in zip(longer, strides, strict=True):
        if isinstance(p, int) and isinstance(s, int) and p >= s:
            raise OptionError(f"output_padding {p} reaches the next window", expected=f"less than the stride, {s}")
    check_steps(strides, dilation_rate)
    axes = zip(spatial, kernel_size, strides, dilation_rate, longer, strict=True)
    places = tuple(grown(windows.transposed(n, k, s, padding, d, p)) for n, k, s, d, p in axes)
    # a window of even length and output_padding=0 may leave an output shorter than the input
    met = spatial if padding == "valid" or output_padding is None else tuple(map(minimum, spatial, places))
    weights = (Weight("kernel", (*kernel_size, filters, channels)),)
    return Built(
        weights=(*weights, Weight("bias", (filters,))) if use_bias else weights,
        outs=(windows.joined(x[0], places, filters, data_format),),
        formula=lambda: filters * (prod(kernel_size) * channels + use_bias),
        work=lambda: Work((product(prod((x[0], *met)) * (prod(kernel_size) * channels * filters), 0, "kernel"),)),
    )


@each_rank("Conv{}DTranspose", 1, 2, ignored=PLAIN, why=SPREAD, aliases=("Convolution{}DTranspose",))
def spread(
    x: Spatial,
    /,
    filters: Filters,
    kernel_size: Kernel,
    strides: Steps = 1,
    padding: Padding = "valid",
    output_padding: Longer = None,
    data_format: Layout = None,
    dilation_rate: Steps = 1,
    *,
    use_bias: bool = True,
) -> Built:
    """Spread every position of the input over a window of the output."""
    return transposed(x, filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate, use_bias)


@rule(PLAIN, why=SPREAD, rank=3, aliases=("Convolution3DTranspose",))
def Conv3DTranspose(
    x: Spatial,
    /,
    filters: Filters,
    kernel_size: Kernel,
    strides: Steps = 1,
    padding: Padding = "valid",
    data_format: Layout = None,  # Keras has these two the other way about in 3D
    output_padding: Longer = None,
    dilation_rate: Steps = 1,
    *,
    use_bias: bool = True,
) -> Built:
    """Spread every position of the input over a window of the output."""
    return transposed(x, filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate, use_bias)


@each_rank("DepthwiseConv{}D", 1, 2, ignored=("activation", *DEPTHWISE, *BIAS))
def depthwise(
    x: Spatial,
    /,
    kernel_size: Kernel,
    strides: Steps = 1,
    padding: Padding = "valid",
    depth_multiplier: Multiplier = 1,
    data_format: Layout = None,
    dilation_rate: Steps = 1,
    *,
    use_bias: bool = True,
) -> Built:
    """Each input channel has depth_multiplier filters of its own, each with a bias."""
    spatial, channels = windows.spatial(x, data_format)
    places = windows.lengths(spatial, kernel_size, strides, padding, dilation_rate)
    made = grown(depth_multiplier * channels)
    weights = (Weight("kernel", (*kernel_size, channels, depth_multiplier)),)
    return Built(
        weights=(*weights, Weight("bias", (made,))) if use_bias else weights,
        outs=(windows.joined(x[0], places, made, data_format),),
        formula=lambda: made * (prod(kernel_size) + use_bias),
        work=lambda: Work((product(prod((x[0], *places)) * (prod(kernel_size) * made), 0, "kernel"),)),
    )


@each_rank(
    "SeparableConv{}D",
    1,
    2,
    ignored=("activation", *DEPTHWISE, *POINTWISE, *BIAS),
    aliases=("SeparableConvolution{}D",),
)
def separable(
    x: Spatial,
    /,
    filters: Filters,
    kernel_size: Kernel,
    strides: Steps = 1,
    padding: Padding = "valid",
    data_format: Layout = None,
    dilation_rate: Steps = 1,
    depth_multiplier: Multiplier = 1,
    *,
    use_bias: bool = True,
) -> Built:
    """A depthwise convolution of each channel, then a dense network across the channels at every position.

    The depthwise kernel has k·C weights (times depth_multiplier m), the pointwise one C·F (times m), where an
    ordinary convolution has k·C·F. Source: Chollet 2017, Xception.
    """
    spatial, channels = windows.spatial(x, data_format)
    places = windows.lengths(spatial, kernel_size, strides, padding, dilation_rate)
    made = grown(depth_multiplier * channels)
    weights = (
        Weight("depthwise_kernel", (*kernel_size, channels, depth_multiplier)),
        Weight("pointwise_kernel", (*(1,) * len(spatial), made, filters)),
    )
    return Built(
        weights=(*weights, Weight("bias", (filters,))) if use_bias else weights,
        outs=(windows.joined(x[0], places, filters, data_format),),
        formula=lambda: prod(kernel_size) * made + filters * (made + use_bias),
        work=lambda: _separate(prod((x[0], *places)), prod(kernel_size) * made, made * filters),
    )


def _separate(places: Size, depthwise: Size, pointwise: Size) -> Work:
    return Work(
        (
            product(places * depthwise, 0, "depthwise_kernel"),
            product(places * pointwise, (0, "depthwise_kernel"), "pointwise_kernel"),
        )
    )
