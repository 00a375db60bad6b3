"""What jax keeps for the pass backwards of Keras's layers, by the class of the layer, which trains.

Kept is what the vector-Jacobian product of a layer's program holds, the weights aside: also the constants that it
makes, masks, and copies of weights in another shape. XLA may keep less of it. Every class here is audited against the
residuals that jax traces. A call with an option that changes the program, such as an activation of one's own, is not
known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from ...core.built import Shape
from ...core.products import State
from ...core.rule import Layer
from ...symbolic import Size
from .values import Call, Keeping, Memory, Tape, Value, value_of

Values = Sequence[Value]


class Activation(NamedTuple):
    """What the gradient of an activation needs.

    Attributes
    ----------
    numbers : int
        How many numbers for each element, besides input and output.
    masks : int
        How many truth values for each element.
    input, output : bool
        Whether it needs these.
    rows : int
        How many numbers for each row.
    scalars : int
        How many numbers in all.
    """

    numbers: int = 0
    masks: int = 0
    input: bool = False
    output: bool = False
    rows: int = 0
    scalars: int = 0


ACTIVATIONS = {
    "relu": Activation(1, 1),  # zeros, too
    "relu6": Activation(1, 1),
    "sigmoid": Activation(1),
    "tanh": Activation(1, output=True),
    "softmax": Activation(1, rows=2),
    "log_softmax": Activation(1, rows=1),
    "gelu": Activation(3),
    "silu": Activation(2, input=True),
    "swish": Activation(2, input=True),
    "elu": Activation(2, 2, scalars=1),
    "selu": Activation(2, 2, scalars=1),
    "celu": Activation(3, scalars=2),
    "softplus": Activation(2),
    "softsign": Activation(2, 1, input=True),
    "leaky_relu": Activation(0, 1, scalars=1),
    "hard_sigmoid": Activation(1, 1),
    "hard_silu": Activation(2, 1, input=True),
    "hard_swish": Activation(2, 1, input=True),
    "hard_tanh": Activation(2, 2),
    "exponential": Activation(output=True),
    "mish": Activation(4, input=True),
    "tanh_shrink": Activation(2),
    "log_sigmoid": Activation(2),
    "soft_shrink": Activation(1, 2),
    "hard_shrink": Activation(1, 1),
    "squareplus": Activation(2),
}
UNSEEN = ("activity_regularizer", "dtype", "lora_rank", "quantization_config", "noise_shape", "weights")


def _set(call: Call, *names: str) -> bool:
    return _set_of(call.layer, *names)


def _set_of(layer: Layer, *names: str) -> bool:
    # whether one of these options is set, to something else than off
    given: Mapping[str, object] = {**layer.options, **(layer.ignored_options or {})}
    return any(given.get(name) not in (None, False, 0, (), "linear") for name in names)


def _activation(call: Call) -> object:
    given: Mapping[str, object] = {**call.layer.options, **(call.layer.ignored_options or {})}
    return given.get("activation") or "linear"


def activated(tape: Tape, x: Value, name: object) -> Value | None:
    """Apply an activation; ``None`` for one that is not in the table."""
    if name == "linear":
        return x
    one = ACTIVATIONS.get(name) if isinstance(name, str) else None
    if one is None:
        return None
    out = value_of(x.shape, live=x.live)
    if x.live:
        tape.keep(*[x] * one.input, *[out] * one.output)
    tape.new("of the activation", one.numbers * x.size, times=x.live)
    tape.new("masks of the activation", one.masks * x.size, "bool", times=x.live)
    tape.new("sums of the activation", one.rows * prod(x.shape[:-1]) + one.scalars, times=x.live)
    return out


def _ended(call: Call, out: Value) -> Values | None:
    found = activated(call.tape, out, _activation(call))
    return None if found is None else (found,)


def _nothing(call: Call) -> Values:
    return (call.output(),)


def _input(call: Call) -> Values:
    call.tape.keep(*call.inputs[:1] * call.anything)
    return (call.output(),)


def _same(call: Call) -> Values:
    return call.views()


def _permuted(call: Call) -> Values:
    dims: Any = call.layer.options["dims"]
    return call.views() if list(dims) == sorted(dims) else (call.output(),)


def _upsampled(call: Call) -> Values | None:
    return _nothing(call) if call.layer.options.get("interpolation", "nearest") == "nearest" else None


def _reshaped(call: Call) -> Values:
    return call.views() if call.outputs[0] == call.inputs[0].shape else (call.output(),)


def _act(name: str | None = None) -> Keeping:
    def keeps(call: Call) -> Values | None:
        found = activated(call.tape, call.inputs[0], name or _activation(call))
        return None if found is None else (found,)

    return keeps


def _dense(call: Call) -> Values | None:
    call.tape.keep(*call.inputs * call.trains("kernel"))
    return _ended(call, call.output())


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
    axis: Any = call.layer.options["axis"]
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
    if _set(call, "renorm"):
        return None
    channels = x.shape[_axes(call)[0]]
    if call.layer.frozen:  # it is not in training, and takes its moving statistics
        call.tape.new("deviations", channels, times=x.live)
        return (call.output(),)
    return _normalized(call, x, channels, channels, channels)


def _layer_norm(call: Call) -> Values | None:
    (x,) = call.inputs
    if _set(call, "rms_scaling"):
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
    groups: Any = call.layer.options["groups"]
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
    return (call.output()._replace(masked=_set(call, "mask_zero")),)


def _dropout(call: Call) -> Values:
    (x,) = call.inputs
    if not _set(call, "rate"):
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
    crops: Any = call.layer.options["cropping"]
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


# --- recurrent ----------------------------------------------------------------------------------------

PLAIN = {"LSTM": ("tanh", "sigmoid"), "GRU": ("tanh", "sigmoid"), "SimpleRNN": ("tanh", None)}
CELLS = {"LSTM": "lstm_cell", "GRU": "gru_cell", "SimpleRNN": "simple_rnn_cell"}
STRANGE = ("dropout", "recurrent_dropout", "unroll", "stateful")


def _steady(layer: Layer) -> bool:
    # whether a recurrent layer is one whose steps are known
    given = layer.ignored_options or {}
    if layer.type not in PLAIN or _set_of(layer, *STRANGE):
        return False
    usual = PLAIN[layer.type]
    return (given.get("activation", usual[0]), given.get("recurrent_activation", usual[1])) == usual


def _recurrent(call: Call) -> Values | None:
    if not _steady(call.layer):
        return None

    def trains(name: str) -> bool:
        return call.trains(f"{CELLS[call.layer.type]}/{name}")

    backwards = bool(call.layer.options["go_backwards"])
    scan(call.tape, call.inputs[0], call.layer, backwards, call.anything, trains)
    return [value_of(shape, live=call.anything) for shape in call.outputs]


def _bidirectional(call: Call) -> Values | None:
    options: Mapping[str, Any] = call.layer.options
    inner: Layer = options["layer"]
    if options["backward_layer"] is not None or not isinstance(inner, Layer) or not _steady(inner):
        return None
    (x,) = call.inputs
    paths = call.layer.on(x.shape).weight_paths
    states = len(call.state_shapes) // 2
    given = bool(inner.options["go_backwards"])
    lives: list[bool] = []
    for at, way in enumerate(("forward_", "backward_")):
        trained = {path.rpartition("/")[2] for path in paths if path.startswith(way) and call.trains(path)}
        started = any(State(one) in call.live for one in range(at * states, (at + 1) * states))
        live = x.live or bool(trained) or started
        scan(call.tape, x, inner, given != bool(at), live, trained.__contains__)
        lives.append(live)
    out = [value_of(shape, live=call.anything) for shape in call.outputs]
    merge = options["merge_mode"]
    width = out[0].size // 2 if merge == "concat" else out[0].size
    for live, other in (lives, lives[::-1]):
        call.tape.new("output of the other direction", width, times=merge == "mul" and other)
        call.tape.new("zeros", width, times=merge == "concat" and live and not other)
    return out


def scan(tape: Tape, x: Value, layer: Layer, backwards: bool, live: bool, trains: Callable[[str], bool]) -> None:
    """Go through the steps of a recurrent layer, which all keep the same."""
    options: Mapping[str, Any] = layer.options
    type, units = layer.type, options["units"]
    per_step = prod(x.shape[:2]) * units
    if type == "GRU" and options["reset_after"]:
        tape.new("of the gates", 9 * per_step, times=live)
        # the input is multiplied before the loop
        if backwards:
            tape.new("reversed input", x.size, times=trains("kernel"))
        elif trains("kernel"):
            tape.keep(x)
        return
    many = {"LSTM": 11, "GRU": 8, "SimpleRNN": 2}[type]
    tape.new("of the gates", many * per_step, times=live)
    tape.new("copies of the recurrent kernel", 3 * units * units, times=live and type == "GRU")
    tape.new("hidden states", per_step, times=trains("recurrent_kernel"))
    tape.new("input by steps", x.size, times=trains("kernel"))


# --- attention ----------------------------------------------------------------------------------------


def _attention(call: Call) -> Values | None:
    options: Mapping[str, Any] = call.layer.options
    if _set(call, "sliding_window", "flash_attention", "use_gate", "attention_axes", "output_shape") or call.switches:
        return None
    query, value = call.inputs[:2]
    key = call.inputs[2] if len(call.inputs) > 2 else value
    if any(len(one.shape) != 3 for one in call.inputs):
        return None
    grouped = call.layer.type == "GroupQueryAttention"
    heads = options["num_query_heads"] if grouped else options["num_heads"]
    width = options["head_dim"] if grouped else options["key_dim"]
    wide = width if grouped or options["value_dim"] is None else options["value_dim"]
    tape = call.tape

    def projected(x: Value, name: str) -> bool:
        if call.trains(f"{name}/kernel"):
            tape.keep(x)
        return x.live or call.trains(f"{name}/kernel", f"{name}/bias")

    q, k, v = (projected(one, name) for one, name in ((query, "query"), (key, "key"), (value, "value")))
    batch, length, seen = query.shape[0], query.shape[1], value.shape[1]
    scores, rows = batch * heads * length * seen, batch * heads * length
    tape.new("scaled queries", rows * width, times=k)
    tape.new("keys", batch * heads * seen * width, times=q)
    tape.new("exponentials and their sums", scores + 2 * rows, times=q or k)
    if options["dropout"]:
        tape.new("mask", scores, "bool", times=q or k)
        tape.new("zeros", scores, times=q or k)
    tape.new("weights", scores, times=v)
    tape.new("values", batch * heads * seen * wide, times=q or k)
    tape.new("attended", rows * wide, times=call.trains("attention_output/kernel"))
    return (call.output(),)


def _known(keeping: Keeping, masks: bool = True) -> Keeping:
    # a mask changes the program of some classes; some options that of all
    def keeps(call: Call) -> Values | None:
        if _set(call, *UNSEEN) or (not masks and any(one.masked for one in call.inputs)):
            return None
        return keeping(call)

    return keeps


def _each(names: str, keeping: Keeping, *ranks: int, masks: bool = True) -> dict[str, Keeping]:
    known = _known(keeping, masks)
    return {name.format(rank): known for name in names.split() for rank in ranks or (0,)}


EVERY = (1, 2, 3)
TABLE: dict[str, Keeping] = {
    **_each("Dense EinsumDense", _dense),
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
    **_each("LSTM GRU SimpleRNN", _recurrent, masks=False),
    **_each("Bidirectional", _bidirectional, masks=False),
    **_each("MultiHeadAttention GroupQueryAttention", _attention, masks=False),
}


def keeping(type: str) -> Keeping | None:
    """Find what a class of layers keeps; ``None`` where that is not known."""
    return TABLE.get(type)
