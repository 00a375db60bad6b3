"""Activations that jax keeps for the backward pass of Keras layers in training mode, by layer class.

Kept is what the vector-Jacobian product of a layer's program holds, the weights aside: also the constants that it
makes, masks, and copies of weights in another shape. XLA may keep less of it. Every class here is audited against the
residuals that jax traces. A call with an option that changes the program, such as an activation of one's own, is not
known.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ....core.shapes import Shape
from ....symbolic import Size
from ....untyped import OptionValue
from .keras_activations import activated, activation_of, is_set
from .keras_sequences import attention, bidirectional, recurrent
from .values import Call, Keeping, Memory, Value, value_of

Values = Sequence[Value]
UNSEEN = ("activity_regularizer", "dtype", "lora_rank", "quantization_config", "noise_shape", "weights")


def _ended(call: Call, out: Value) -> Values | None:
    found = activated(call.tape, out, activation_of(call))
    return None if found is None else (found,)


def _nothing(call: Call) -> Values:
    return (call.output(),)


def _input(call: Call) -> Values:
    call.tape.keep(*call.inputs[:1] * call.anything)
    return (call.output(),)


def _same(call: Call) -> Values:
    return call.views()


def _permuted(call: Call) -> Values:
    dims: OptionValue = call.layer.options["dims"]
    return call.views() if list(dims) == sorted(dims) else (call.output(),)


def _upsampled(call: Call) -> Values | None:
    return _nothing(call) if call.layer.options.get("interpolation", "nearest") == "nearest" else None


def _reshaped(call: Call) -> Values:
    return call.views() if call.outputs[0] == call.inputs[0].shape else (call.output(),)


def _act(name: str | None = None) -> Keeping:
    def keeps(call: Call) -> Values | None:
        found = activated(call.tape, call.inputs[0], name or activation_of(call))
        return None if found is None else (found,)

    return keeps


def _dense(call: Call) -> Values | None:
    call.tape.keep(*call.inputs * call.trains("kernel"))
    return _ended(call, call.output())


def _einsum_dense(call: Call) -> Values | None:
    read, _, made = str(call.layer.options["equation"]).partition("->")
    given, _, kernel = read.partition(",")
    alone = {*given} - {*kernel, *made} | {*kernel} - {*given, *made}
    if any(map(str.isalpha, alone)):  # an axis of one operand alone is summed first, and the sum is kept
        return None
    return _dense(call)


def _numbers_of(call: Call, path: str, shape: Shape) -> None:
    # a copy of a weight in another shape, which the gradient of the input needs
    call.tape.new(f"copy of {path}", prod(shape), times=0 in call.live)


def _weight(call: Call, path: str) -> Shape:
    built = call.layer.on(*(one.shape for one in call.inputs))
    return next(weight.shape for weight in built.weights if weight.path == path)


def _convolution(call: Call) -> Values | None:
    if call.layer.options["padding"] == "causal":
        (x,) = call.inputs
        kernel, dilation = (call.layer.options[name] for name in ("kernel_size", "dilation_rate"))
        margin: Size = dilation[0] * (kernel[0] - 1)
        call.tape.new("padding", 1, times=x.live)
        axis = 1 if call.layer.options["data_format"] != "channels_first" else 2
        shape = (*x.shape[:axis], x.shape[axis] + margin, *x.shape[axis + 1 :])
        call.tape.new("padded input", prod(shape), times=call.trains("kernel"))
        return _ended(call, call.output())
    return _dense(call)


def _transposed(call: Call) -> Values | None:
    _numbers_of(call, "kernel", _weight(call, "kernel"))
    return _dense(call)


def _separable(call: Call) -> Values | None:
    first = _weight(call, "depthwise_kernel")
    _numbers_of(call, "depthwise_kernel", first)
    depthwise = call.trains("depthwise_kernel")
    call.tape.keep(*call.inputs * depthwise)
    channels = first[-1] * first[-2]
    last = call.layer.options["data_format"] != "channels_first"
    out = call.outputs[0]
    shape = (*out[:-1], channels) if last else (out[0], channels, *out[2:])
    call.tape.new("output of the windows", prod(shape), times=call.trains("pointwise_kernel"))
    return _ended(call, call.output())


def _axes(call: Call) -> list[int]:
    axis: OptionValue = call.layer.options["axis"]
    rank = len(call.inputs[0].shape)
    return sorted(one % rank for one in (axis if isinstance(axis, tuple) else (axis,)))


def _normalized(call: Call, x: Value, rows: Size, gamma: Size, product: Size) -> Values:
    # what all normalizations keep: statistics of each row, and gamma times their deviation
    scale, trained = bool(call.layer.options["scale"]), call.trains("gamma")
    if x.live or trained:
        call.tape.keep(x)
    call.tape.new("differences from the means", x.size + 1, times=x.live)
    call.tape.new("whether there are any", 1, "bool", times=x.live)
    call.tape.new("means, squares and deviations", 3 * rows, times=x.live)
    call.tape.new("gamma and its product", gamma + product, times=x.live and scale)
    call.tape.new("deviations", rows, times=x.live and (trained or not scale))
    call.tape.new("means and deviations", 2 * rows, times=trained and not x.live)
    return (call.output(),)


def _batch_norm(call: Call) -> Values | None:
    (x,) = call.inputs
    if is_set(call, "renorm"):
        return None
    channels = x.shape[_axes(call)[0]]
    if call.layer.frozen:  # it is not in training, and takes its moving statistics
        call.tape.new("deviations", channels, times=x.live)
        return (call.output(),)
    return _normalized(call, x, channels, channels, channels)


def _layer_norm(call: Call) -> Values | None:
    (x,) = call.inputs
    if is_set(call, "rms_scaling"):
        return None
    axes = _axes(call)
    gamma = prod(x.shape[axis] for axis in axes)
    return _normalized(call, x, prod(size for at, size in enumerate(x.shape) if at not in axes), gamma, x.size)


def _group_norm(call: Call) -> Values | None:
    (x,) = call.inputs
    (axis,) = _axes(call)
    if axis == 0:
        return None
    channels = x.shape[axis]
    groups: OptionValue = call.layer.options["groups"]
    if isinstance(groups, int) and groups == -1:
        groups = channels
    grouped = value_of(x.shape, Memory(x.size, "input in groups"), x.live)
    return _normalized(call, grouped, x.shape[0] * groups, channels, x.shape[0] * channels)


def _rms_norm(call: Call) -> Values:
    (x,) = call.inputs
    axes = _axes(call)
    # laid out over the axes of the input, where it does not have them all
    scale = prod(x.shape[axis] for axis in axes) if len(axes) < len(x.shape) else 0
    rows = prod(size for at, size in enumerate(x.shape) if at not in axes)
    if x.live:
        call.tape.keep(x)
    call.tape.new("scaled deviations", x.size + 2 * rows + scale, times=x.live)
    call.tape.new("normalized input", x.size, times=call.trains("scale"))
    return (call.output(),)


def _embedding(call: Call) -> Values:
    call.tape.new("rows", call.inputs[0].size, "int32", times=call.trains("embeddings"))
    return (call.output()._replace(masked=is_set(call, "mask_zero")),)


def _dropout(call: Call) -> Values:
    (x,) = call.inputs
    if not is_set(call, "rate"):
        return call.views()
    call.tape.new("mask", x.size, "bool", times=x.live)
    call.tape.new("zeros", x.size, times=x.live)
    return (call.output(),)


def _multiply(call: Call) -> Values | None:
    if len(call.inputs) != 2 or call.inputs[0].shape != call.inputs[1].shape:
        return None
    first, second = call.inputs
    call.tape.keep(*[first] * second.live, *[second] * first.live)
    return (call.output(),)


def _concatenate(call: Call) -> Values:
    # beside one that needs a gradient, one that needs none has zeros
    for one in call.inputs:
        call.tape.new("zeros", one.size, times=call.anything and not one.live)
    return (call.output(),)


def _cropped(call: Call) -> Values:
    crops: OptionValue = call.layer.options["cropping"]
    return (call.output(),) if _any(crops) else call.views()


def _any(margins: object) -> bool:
    return any(map(_any, margins)) if isinstance(margins, tuple) else margins != 0


def _mean_pool(call: Call) -> Values | None:
    return None if call.layer.options["padding"] == "same" else _nothing(call)


def _largest_of_all(call: Call) -> Values | None:
    if call.layer.options.get("keepdims"):
        return None
    (x,) = call.inputs
    call.tape.new("places of the largest", x.size + call.output().size, times=x.live)
    return (call.output(),)


def _padding(call: Call) -> Values:
    call.tape.new("padding", 1, times=call.inputs[0].live)
    return (call.output(),)


def known(keeping: Keeping, masks: bool = True) -> Keeping:
    """Refuse options that change the program of every class, and a mask where that changes it, too."""

    def keeps(call: Call) -> Values | None:
        if is_set(call, *UNSEEN) or (not masks and any(one.masked for one in call.inputs)):
            return None
        return keeping(call)

    return keeps


def _each(names: str, keeping: Keeping, *ranks: int, masks: bool = True) -> dict[str, Keeping]:
    each = known(keeping, masks)
    return {name.format(rank): each for name in names.split() for rank in ranks or (0,)}


EVERY = (1, 2, 3)
TABLE: dict[str, Keeping] = {
    **_each("Dense", _dense),
    **_each("EinsumDense", _einsum_dense),
    **_each("Conv{}D", _convolution, *EVERY),
    **_each("Conv{}DTranspose", _transposed, *EVERY),
    **_each("DepthwiseConv{}D", _transposed, 1, 2),
    **_each("SeparableConv{}D", _separable, 1, 2),
    **_each("BatchNormalization", _batch_norm, masks=False),
    **_each("LayerNormalization", _layer_norm),
    **_each("GroupNormalization", _group_norm),
    **_each("RMSNormalization", _rms_norm),
    **_each("Embedding", _embedding),
    **_each("Dropout SpatialDropout{}D", _dropout, *EVERY),
    **_each("Activation", _act(), masks=False),
    **_each("Identity", _same),
    **_each("MaxPooling{}D", _input, *EVERY),
    **_each("AveragePooling{}D", _mean_pool, *EVERY),
    **_each("GlobalAveragePooling{}D", _nothing, *EVERY, masks=False),
    **_each("GlobalMaxPooling{}D", _largest_of_all, *EVERY),
    **_each("ZeroPadding{}D", _padding, *EVERY),
    **_each("Cropping{}D", _cropped, *EVERY),
    **_each("UpSampling{}D", _upsampled, *EVERY),
    **_each("Flatten", _reshaped),
    **_each("Reshape", _reshaped),
    **_each("Permute", _permuted),
    **_each("RepeatVector Add Subtract Average", _nothing, masks=False),
    **_each("Multiply", _multiply, masks=False),
    **_each("Concatenate", _concatenate, masks=False),
    **_each("LSTM GRU SimpleRNN", recurrent, masks=False),
    **_each("Bidirectional", bidirectional, masks=False),
    **_each("MultiHeadAttention GroupQueryAttention", attention, masks=False),
}


def keeping(type: str) -> Keeping | None:
    """Find what a class of layers keeps; ``None`` where that is not known."""
    return TABLE.get(type)
