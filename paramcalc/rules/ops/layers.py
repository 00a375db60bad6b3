"""What layers do, as functions: convolutions, pooling, normalization, attention, losses (keras/src/ops/nn)."""

from __future__ import annotations

from math import prod

from ...core.built import Built
from ...core.products import product
from ...core.shapes import Shape
from ...errors import OptionError, ShapeError
from ...symbolic import Size, is_known, minimum
from ...untyped import Arg
from ..keras.axes import position
from ..keras.merging import agree
from ..shared import windows
from .sizes import all_same, dims, parts, put, ranked, same, volume, whole
from .table import UnsupportedCall, gives, ops_of

nn = ops_of("nn")

# Multiply-adds of a convolution: every place of the output, every weight that is seen there; of a transposed one, every
# place of the input, for what lies between them is zeros.


def spread(value: Arg, rank: int) -> list[int]:
    """Read one size for each spatial axis, or one for all."""
    sizes = [whole(one) for one in value] if isinstance(value, list) else [whole(value)] * rank
    if len(sizes) != rank or min(sizes, default=1) < 1:
        raise OptionError(
            "one size for each spatial axis is required", expected=f"{rank} or one for all", received=value
        )
    return sizes


def layout(value: Arg) -> str:
    """Read where the channels stand; left open it is Keras's own default."""
    return {None: "channels_last", "channels_last": "channels_last", "channels_first": "channels_first"}[value]


def slid(x: Shape, kernel: Arg, strides: Arg, padding: Arg, data_format: Arg, dilation: Arg = 1) -> tuple[Size, ...]:
    """Give the places of a window along the spatial axes."""
    if padding not in ("valid", "same", "causal"):
        raise OptionError("an unknown padding", expected="valid or same", received=padding)
    spatial, _ = windows.spatial(ranked(x, least=3), data_format)
    if len(kernel) != len(spatial):
        raise ShapeError("the window has a wrong rank", expected=f"{len(spatial)} axes", received=len(kernel))
    steps, gaps = spread(strides, len(spatial)), spread(dilation, len(spatial))
    return tuple(windows.length(n, k, s, padding, d) for n, k, s, d in zip(spatial, kernel, steps, gaps, strict=True))


def seen(x: Shape, channels: Size, data_format: str) -> None:
    """Check the channels that a kernel expects."""
    agree(windows.spatial(x, data_format)[1], channels, (0, 1), 1 if data_format == "channels_first" else len(x) - 1)


@nn()
def Conv(
    inputs: Shape, kernel: Shape, *, strides: Arg = 1, padding: Arg = "valid", data_format: Arg = None,
    dilation_rate: Arg = 1,
) -> Built:  # fmt: skip
    """A window slid over the spatial axes, with a kernel that is handed in."""
    where = layout(data_format)
    at = slid(inputs, kernel[:-2], strides, padding, where, dilation_rate)
    seen(inputs, kernel[-2], where)
    return gives(
        windows.joined(inputs[0], at, kernel[-1], where),
        products=lambda: [product(prod((inputs[0], *at)) * volume(kernel), "inputs", "kernel")],
    )


@nn()
def DepthwiseConv(
    inputs: Shape, kernel: Shape, *, strides: Arg = 1, padding: Arg = "valid", data_format: Arg = None,
    dilation_rate: Arg = 1,
) -> Built:  # fmt: skip
    """A window for each channel, slid over the spatial axes."""
    where = layout(data_format)
    at = slid(inputs, kernel[:-2], strides, padding, where, dilation_rate)
    seen(inputs, kernel[-2], where)
    out = windows.joined(inputs[0], at, kernel[-1] * kernel[-2], where)
    return gives(out, products=lambda: [product(prod((inputs[0], *at)) * volume(kernel), "inputs", "kernel")])


@nn()
def SeparableConv(
    inputs: Shape, depthwise_kernel: Shape, pointwise_kernel: Shape, *, strides: Arg = 1, padding: Arg = "valid",
    data_format: Arg = None, dilation_rate: Arg = 1,
) -> Built:  # fmt: skip
    """A window for each channel, and then a mixture of the channels."""
    where = layout(data_format)
    at = slid(inputs, depthwise_kernel[:-2], strides, padding, where, dilation_rate)
    seen(inputs, depthwise_kernel[-2], where)
    places, made, mixed = (inputs[0], *at), depthwise_kernel[-1] * depthwise_kernel[-2], pointwise_kernel[-1]
    return gives(
        windows.joined(inputs[0], at, mixed, where),
        products=lambda: [
            product(prod(places) * volume(depthwise_kernel), "inputs", "depthwise_kernel"),
            product(prod(places) * made * mixed, ("inputs", "depthwise_kernel"), "pointwise_kernel"),
        ],
    )


@nn()
def ConvTranspose(
    inputs: Shape, kernel: Shape, *, strides: Arg = 1, padding: Arg = "valid", output_padding: Arg = None,
    data_format: Arg = None, dilation_rate: Arg = 1,
) -> Built:  # fmt: skip
    """A convolution from the other side: a window is written at every place."""
    where = layout(data_format)
    spatial, _ = windows.spatial(ranked(inputs, least=3), where)
    rank = len(ranked(kernel, len(inputs))) - 2
    seen(inputs, kernel[-1], where)
    steps, gaps = spread(strides, rank), spread(dilation_rate, rank)
    more = output_padding if isinstance(output_padding, list) else [output_padding] * rank
    at = tuple(
        _written(n, 1 + d * (k - 1), s, padding, p)
        for n, k, s, d, p in zip(spatial, kernel, steps, gaps, more, strict=False)
    )
    met = tuple(map(minimum, spatial, at))  # a weight meets every place of the input once
    return gives(
        windows.joined(inputs[0], at, kernel[-2], where),
        products=lambda: [product(prod((inputs[0], *met)) * volume(kernel), "inputs", "kernel")],
    )


def _written(n: Size, span: Size, stride: int, padding: Arg, more: Arg) -> Size:
    # how far windows reach that are written at every place
    if not isinstance(span, int):
        raise UnsupportedCall("with a kernel whose size is open")
    if {"valid": True, "same": False}[padding.lower()]:
        return (n - 1) * stride + span + (max(stride - span, 0) if more is None else whole(more))
    return n * stride if more is None else (n - 1) * stride + span % 2 + whole(more)


@nn("AveragePool MaxPool")
def pooled(
    inputs: Shape,
    /,
    *,
    pool_size: Arg,
    strides: Arg = None,
    padding: Arg = "valid",
    data_format: Arg = None,
) -> Built:
    """One number from each window."""
    where = _told(data_format)
    spatial, channels = windows.spatial(ranked(inputs, least=3), where)
    window = spread(pool_size, len(spatial))
    if padding == "causal":
        raise OptionError("an unknown padding", expected="valid or same", received=padding)
    at = slid(inputs, window, window if strides is None else strides, padding, where)
    return gives(windows.joined(inputs[0], at, channels, where))


@nn("AdaptiveAveragePool AdaptiveMaxPool")
def pooled_to(inputs: Shape, /, *, output_size: Arg, data_format: Arg = None) -> Built:
    """One number from each of so many parts."""
    where = _told(data_format)
    if where == "channels_last":
        raise UnsupportedCall("with the channels last: Keras infers an axis too many")
    spatial, channels = windows.spatial(ranked(inputs, least=3), where)
    return gives(windows.joined(inputs[0], tuple(spread(output_size, len(spatial))), channels, where))


def _told(data_format: Arg) -> str:
    # these operations do not look at Keras's default when they announce a shape
    if data_format is None:
        raise UnsupportedCall("without a data_format")
    return layout(data_format)


@nn()
def Glu(x: Shape, /, *, axis: Arg = -1) -> Built:
    """One half, as much of it as the other half lets pass."""
    at = position(whole(axis), len(x))
    return gives(put(x, at, parts(x[at], 2)))


@nn("BatchNorm", inert="epsilon")
def batch_norm(x: Shape, mean: Shape, variance: Shape, offset: Arg = None, scale: Arg = None, *, axis: Arg) -> Built:
    """The same shape; the statistics have one number for each place of the axis."""
    size = x[position(whole(axis), len(x))]
    for vector in (mean, variance, offset, scale):
        if vector is not None:
            all_same((size,), vector)
    return gives(x)


@nn("LayerNorm", inert="epsilon rms_scaling axis")
def layer_norm(x: Shape, gamma: Arg = None, beta: Arg = None) -> Built:
    """The same shape."""
    return gives(x)


@nn("RMSNorm", inert="epsilon axis")
def rms_norm(x: Shape, scale: Arg = None) -> Built:
    """The same shape."""
    return gives(x)


@nn("DotProductAttention", inert="is_causal flash_attention attn_logits_soft_cap", flow="query key value bias scale")
def attention(query: Shape, key: Shape, value: Shape, bias: Arg = None, mask: Arg = None, scale: Arg = None) -> Built:
    """Values, mixed by how well their keys answer the queries: (batch, places, heads, numbers) each."""
    for shape in (query, key, value):
        ranked(shape, 4)
    if is_known(query[-1]) and is_known(value[-1]) and query[-1] != value[-1]:
        raise UnsupportedCall("of values longer than queries: Keras infers the queries' shape")
    agree(query[-1], key[-1], (0, 1), 3)
    scores = ("query", "key", "bias", "scale")
    size = prod(query) * key[1]
    return gives(query, products=lambda: [product(size, "query", "key"), product(size, scores, "value")])


@nn("BinaryCrossentropy", inert="from_logits")
def binary_loss(target: Shape, output: Shape) -> Built:
    """A loss for every number."""
    all_same(target, output)
    return gives(output)


@nn("CategoricalCrossentropy", inert="from_logits")
def loss(target: Shape, output: Shape, *, axis: Arg = -1) -> Built:
    """A loss for every row."""
    all_same(target, ranked(output, least=1))
    if position(whole(axis), len(output)) != len(output) - 1:
        raise UnsupportedCall("along another axis than the last: Keras infers what it does not compute")
    return gives(output[:-1])


@nn("SparseCategoricalCrossentropy", inert="from_logits", flow="output")
def sparse_loss(target: Shape, output: Shape, *, axis: Arg = -1) -> Built:
    """A loss for every row."""
    at = position(whole(axis), len(ranked(output, least=1)))
    rest = (*output[:at], *output[at + 1 :])
    all_same(target[:-1] if len(target) == len(output) and target[-1] == 1 else target, rest)
    return gives(rest)


@nn("CTCLoss", inert="mask_index", flow="output")
def alignment_loss(target: Shape, output: Shape, target_length: Shape, output_length: Shape) -> Built:
    """A loss for every sequence."""
    for shape in (output, target_length, output_length):
        same(ranked(target, least=1)[0], ranked(shape, least=1)[0], (0, 1), 0)
    return gives(target[:1])


@nn("CTCDecode", inert="beam_width merge_repeated mask_index")
def decoded(inputs: Shape, sequence_lengths: Arg, *, strategy: Arg = "greedy", top_paths: Arg = 1) -> Built:
    """The likeliest sequences, and how likely they are."""
    batch, steps, _ = ranked(inputs, 3)
    paths = 1 if strategy == "greedy" else whole(top_paths)
    return gives((paths, batch, steps), (batch, paths), flow=((), "inputs"))


@nn("PSNR", inert="max_val")
def likeness(x1: Shape, x2: Shape) -> Built:
    """One number for two pictures."""
    ranked(dims(x2), len(dims(x1)))
    return gives(())


@nn()
def Unfold(x: Shape, /, *, kernel_size: Arg, dilation: Arg = 1, padding: Arg = 0, stride: Arg = 1) -> Built:
    """The windows of a picture as columns; the channels come second."""
    batch, channels, *sides = ranked(x, 4)
    if not all(isinstance(size, int) for size in (channels, *sides)):
        raise ShapeError("an image of known sides is needed")
    kernel, gaps, steps = (spread(option, 2) for option in (kernel_size, dilation, stride))
    border = [whole(one) for one in padding] if isinstance(padding, list) else [whole(padding)] * 2
    at = [
        windows.length(n + 2 * p, k, s, "valid", d)
        for n, k, s, d, p in zip(sides, kernel, steps, gaps, border, strict=True)
    ]
    return gives((batch, channels * prod(kernel), prod(at)))


@nn("Fold", inert="dilation padding stride")
def folded(x: Shape, /, *, output_size: Arg, kernel_size: Arg) -> Built:
    """A picture from its windows, added up where they overlap."""
    batch, columns, _ = ranked(x, 3)
    return gives((batch, parts(columns, prod(spread(kernel_size, 2))), *spread(output_size, 2)))


@nn()
def DepthToSpace(x: Shape, /, *, block_size: Arg, data_format: Arg = "channels_last") -> Built:
    """Channels laid out as blocks of pixels."""
    spatial, channels = windows.spatial(ranked(x, 4), layout(data_format))
    sides = tuple(size * whole(block_size) for size in spatial)
    return gives(windows.joined(x[0], sides, parts(channels, block_size**2), layout(data_format)))


@nn()
def SpaceToDepth(x: Shape, /, *, block_size: Arg, data_format: Arg = "channels_last") -> Built:
    """Blocks of pixels laid out as channels."""
    spatial, channels = windows.spatial(ranked(x, 4), layout(data_format))
    sides = tuple(parts(size, whole(block_size)) for size in spatial)
    return gives(windows.joined(x[0], sides, channels * block_size**2, layout(data_format)))
