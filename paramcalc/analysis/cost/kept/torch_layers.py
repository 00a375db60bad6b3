"""What the kernels of PyTorch keep for the backward pass, by the class of the layer, which trains.

Every class here is audited against the tensors that autograd saves. Layers are grouped by what they keep; those that
are made of several operations do them on the tape, as their code does (torch/nn/functional.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from ....core.shapes import Shape
from ....symbolic import Size
from ....untyped import OptionValue
from . import torch_attention, torch_normalization, torch_recurrent
from .torch_operations import (
    dropout,
    keeping_input,
    keeping_output,
    keeps_input,
    keeps_nothing,
    keeps_output,
    linear,
    made,
    multiply,
    padded,
    reshaped,
)
from .values import Call, Keeping, Value, is_one

Values = Sequence[Value]


def _in_place(call: Call) -> bool:
    return bool(call.layer.options.get("inplace"))


def _result_in_place(call: Call) -> Values:
    # in place, the gradient is told from the result
    return _or_in_place(call, copies=False)


def _input_copied_in_place(call: Call) -> Values:
    # in place, what the gradient needs is copied first
    return _or_in_place(call, copies=True)


def _or_in_place(call: Call, copies: bool) -> Values:
    if not _in_place(call):
        return keeps_input(call)
    if copies:
        call.tape.new("copy of the input", call.inputs[0].size, times=call.anything)
    elif call.anything:
        call.tape.keep(call.inputs[0])
    return call.views()


def _relu(call: Call) -> Values:
    return _result_in_place(call) if _in_place(call) else keeps_output(call)


def _rrelu(call: Call) -> Values:
    call.tape.new("slopes", call.inputs[0].size, times=call.anything)
    return _result_in_place(call)


def _log_sigmoid(call: Call) -> Values:
    call.tape.new("exponentials", call.inputs[0].size, times=call.anything)
    return keeps_input(call)


def _softsign(call: Call) -> Values:
    (x,) = call.inputs
    call.tape.new("denominators", x.size, times=x.live)
    return keeps_input(call)


def _tanhshrink(call: Call) -> Values:
    (x,) = call.inputs
    keeping_output(call.tape, x, "tanh of the input")
    return (call.output(x),)


def _dropping(mask: Callable[[Shape], Size], in_place: bool = True) -> Keeping:
    def keeps(call: Call) -> Values:
        (x,) = call.inputs
        rate = call.layer.options["p"]
        out = dropout(call.tape, x, rate, "output", mask(x.shape))
        return call.views() if _in_place(call) and in_place else (out,)

    return keeps


def per_channel(with_batch: Sequence[int]) -> Callable[[Shape], Size]:
    """Count the channels of all samples; of an input of these numbers of axes the first is the batch."""
    return lambda shape: shape[0] * shape[1] if len(shape) in with_batch else shape[0]


def _view(call: Call) -> Values:
    return call.views()


def _flatten(call: Call) -> Values:
    (x,) = call.inputs
    return (x if call.outputs[0] == x.shape else reshaped(x, call.outputs[0], "output"),)


def _linear(call: Call) -> Values:
    (x,) = call.inputs
    return (linear(call.tape, x, call.outputs[0][-1], "output", call.trains("weight"), call.trains("bias")),)


def _bilinear(call: Call) -> Values:
    first, second = call.inputs
    weight = call.trains("weight")
    call.tape.keep(*[first] * (second.live or weight), *[second] * (first.live or weight))
    return (call.output(),)


def _embedding(call: Call) -> Values:
    if call.anything:
        call.tape.keep(call.inputs[0])
    return (call.output(),)


def _embedding_bag(call: Call) -> Values:
    x, *given = call.inputs
    options, bags = call.layer.options, call.outputs[0][0]
    starts = given[0].size if given else x.shape[0]
    live = call.anything
    if live:
        call.tape.keep(x, *given)
    call.tape.new("where bags begin", starts, "int64", times=live and not given)
    # sums are taken without noting which bag each token is in, unless one token is left out
    noted = options["mode"] != "sum" or options["padding_idx"] is not None
    call.tape.new("bag of each token", x.size + 1, "int64", times=live and noted)
    call.tape.new("sizes of bags", starts, "int64", times=live)
    largest = call.outputs[0][1] if options["mode"] == "max" else 1
    call.tape.new("places of the largest", bags * largest, "int64", times=live)
    return (call.output(),)


def _convolution(call: Call) -> Values:
    (x,) = call.inputs
    options: dict[str, OptionValue] = call.layer.options
    kernel, padding, dilation, mode = (options[name] for name in ("kernel_size", "padding", "dilation", "padding_mode"))
    rank = len(kernel)
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    margins: Sequence[Size] = [0] * rank
    if mode != "zeros":
        margins = totals if padding == "same" else [0] * rank if padding == "valid" else [2 * p for p in padding]
    elif padding == "same":
        margins = [total % 2 for total in totals]
    if mode != "zeros" or any(not (isinstance(one, int) and one == 0) for one in margins):
        spatial = zip(x.shape[-rank:], margins, strict=True)
        x = padded(call.tape, x, (*x.shape[:-rank], *(n + margin for n, margin in spatial)), mode)
    if call.anything:
        call.tape.keep(x)
    return (call.output(),)


def _transposed_convolution(call: Call) -> Values:
    if call.anything:
        call.tape.keep(call.inputs[0])
    return (call.output(),)


def _indices(call: Call) -> Values:
    out = call.output()
    if call.anything:
        call.tape.keep(call.inputs[0])
    if len(call.outputs) == 1:
        call.tape.new("indices", out.size, "int64", times=call.anything)
        return (out,)
    indices = call.output(index=1)
    indices.memory.dtype, indices.memory.name = "int64", "indices"
    if call.anything:
        call.tape.keep(indices)
    return out, indices._replace(live=False)


def _adaptive_mean(call: Call) -> Values:
    # one window over everything is a mean, which needs nothing
    size: OptionValue = call.layer.options["output_size"]
    return (call.output(),) if all(map(is_one, size)) else keeps_input(call)


def _power_pool(call: Call) -> Values:
    (x,) = call.inputs
    tape = call.tape
    powers = keeping_input(tape, x, "powers")
    means = keeping_input(tape, powers, "means of powers", call.outputs[0])
    tape.keep(*[means] * means.live)  # of their absolute values
    positive = keeping_output(tape, means, "positive means")
    product = multiply(tape, made(means.shape, "signs", means), positive, "signed means")
    return (keeping_input(tape, product, "output"),)


def _unpool(call: Call) -> Values:
    if 0 in call.live:
        call.tape.keep(call.inputs[1])
    return (call.output(),)


def _upsample(call: Call) -> Values:
    return _mean_of(call) if call.layer.options["mode"] == "area" else keeps_nothing(call)


def _mean_of(call: Call) -> Values:
    rank = len(call.inputs[0].shape) - 2
    return (call.output(),) if all(map(is_one, call.outputs[0][-rank:])) else keeps_input(call)


def _cosine(call: Call) -> Values:
    first, second = call.inputs
    dim: OptionValue = call.layer.options["dim"]
    both = _broadcast(first.shape, second.shape)
    units: list[Value] = []
    for x in (first, second):
        at = dim % len(both)
        norm = made((*both[:at], 1, *both[at + 1 :]), "norm", x)
        if x.live:
            call.tape.keep(x)
        call.tape.new("norms, before and after their lower bound", 2 * norm.size, times=x.live)
        units.append(made(both, "unit vectors", x))
    multiply(call.tape, units[0], units[1], "products")
    return (call.output(),)


def _distance(call: Call) -> Values:
    both = _broadcast(call.inputs[0].shape, call.inputs[1].shape)
    call.tape.new("differences", prod(both), times=call.anything)
    return _output_of(call)


def _output_of(call: Call) -> Values:
    out = call.output()
    if call.anything:
        call.tape.keep(out)
    return (out,)


def _broadcast(first: Shape, second: Shape) -> Shape:
    rank = max(len(first), len(second))
    one, other = ((1,) * (rank - len(shape)) + shape for shape in (first, second))
    return tuple(b if is_one(a) else a for a, b in zip(one, other, strict=True))


def _each(names: str, keeping: Keeping) -> dict[str, Keeping]:
    return dict.fromkeys(names.split(), keeping)


def _each_rank(names: str, keeping: Keeping, *ranks: int) -> dict[str, Keeping]:
    return {name.format(rank): keeping for name in names.split() for rank in ranks}


EVERY = (1, 2, 3)
TABLE: dict[str, Keeping] = {
    **_each("GELU Hardshrink Softplus Softshrink GLU PReLU", keeps_input),
    **_each("CELU ELU LeakyReLU SELU", _result_in_place),
    **dict.fromkeys(
        ["Hardsigmoid", "Hardswish", "Hardtanh", "Mish", "ReLU6", "SiLU", "Threshold"], _input_copied_in_place
    ),
    **_each("Sigmoid Tanh Softmax LogSoftmax Softmin Softmax2d", keeps_output),
    "ReLU": _relu,
    "RReLU": _rrelu,
    "LogSigmoid": _log_sigmoid,
    "Softsign": _softsign,
    "Tanhshrink": _tanhshrink,
    "Dropout": _dropping(prod),
    "AlphaDropout": _dropping(prod, in_place=False),
    "FeatureAlphaDropout": _dropping(lambda shape: shape[0] * shape[1], in_place=False),
    "Dropout1d": _dropping(per_channel((3,))),
    "Dropout2d": _dropping(lambda shape: shape[0] * shape[1]),
    "Dropout3d": _dropping(per_channel((5,))),
    **_each("Identity Unflatten", _view),
    "Flatten": _flatten,
    **_each("Linear LazyLinear", _linear),
    "Bilinear": _bilinear,
    "Embedding": _embedding,
    "EmbeddingBag": _embedding_bag,
    **_each_rank("Conv{}d LazyConv{}d", _convolution, *EVERY),
    **_each_rank("ConvTranspose{}d LazyConvTranspose{}d", _transposed_convolution, *EVERY),
    **torch_normalization.TABLE,
    **_each_rank("ReflectionPad{}d ReplicationPad{}d AvgPool{}d", keeps_input, *EVERY),
    **_each_rank("ConstantPad{}d ZeroPad{}d CircularPad{}d", keeps_nothing, *EVERY),
    **_each_rank("MaxPool{}d AdaptiveMaxPool{}d", _indices, *EVERY),
    **_each_rank("FractionalMaxPool{}d", _indices, 2, 3),
    **_each_rank("AdaptiveAvgPool{}d", _adaptive_mean, *EVERY),
    **_each_rank("LPPool{}d", _power_pool, *EVERY),
    **_each_rank("MaxUnpool{}d", _unpool, *EVERY),
    **dict.fromkeys(
        [
            "ChannelShuffle",
            "PixelShuffle",
            "PixelUnshuffle",
            "Unfold",
            "Fold",
            "UpsamplingNearest2d",
            "UpsamplingBilinear2d",
        ],
        keeps_nothing,
    ),
    "Upsample": _upsample,
    "CosineSimilarity": _cosine,
    "PairwiseDistance": _distance,
    **torch_recurrent.TABLE,
    **torch_attention.TABLE,
}


def keeping(type: str) -> Keeping | None:
    """Find what a class of layers keeps; ``None`` where that is not known."""
    return TABLE.get(type)
