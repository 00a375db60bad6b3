"""Operations of Keras's layers besides their products, by class (the definitions in keras/src/layers)."""

from __future__ import annotations

from math import prod

from ....core.shapes import Shape
from ....symbolic import Size
from . import cells
from .call import Call, Count, UnknownOperations, activation, dropout
from .functions import batch_norm, scaled_by_norm, scaled_by_rms, softmax, standardized, stated
from .keras_data import TABLE as DATA, UNKNOWN as UNKNOWN
from .shared import (
    WRAPPERS,
    Table,
    averaged,
    axes_of,
    biased,
    covered,
    dropped,
    each,
    largest_of,
    mean_of,
    merged,
    nothing,
    ranks,
    same,
    without_axes,
)


def stored(call: Call) -> Size:
    """Prepare a kernel: with LoRA, kernel + s·(A B) takes two operations for each of its elements.

    Raises
    ------
    UnknownOperations
        For a kernel in few bits, which is scaled and rounded in ways that depend on the kernels of the device.
    """
    options = call.options
    if getattr(options.get("dtype"), "mode", "") or options.get("quantization_config") is not None:
        raise UnknownOperations("a kernel in few bits")
    if options.get("lora_rank") is None:
        return 0
    weights = call.layer.on(*call.inputs).weights
    return sum(2 * weight.params for weight in weights if weight.name in ("kernel", "embeddings"))


def dense(call: Call) -> Size:
    """Add the bias and apply the activation."""
    return biased(call) + stored(call)


def einsum(call: Call) -> Size:
    """Add the bias, if it has axes, and apply the activation."""
    bias = call.n if call.options["bias_axes"] is not None else 0
    return bias + call.activation(call.outputs[0]) + stored(call)


def looked_up(call: Call) -> Size:
    """Read rows; with ``mask_zero`` compare every token with 0."""
    return (call.m if call.ignored("mask_zero", False) else 0) + stored(call)


def reversible(call: Call) -> Size:
    """Read rows, or map back; then ``logit_soft_cap`` is cap·tanh(x/cap)."""
    if len(call.outputs[0]) > len(call.inputs[0]):
        return looked_up(call)
    return stored(call) + (3 * call.n if call.options["logit_soft_cap"] is not None else 0)


def _step(call: Call) -> tuple[Shape, Size, Size]:
    # one step of all samples, its units, and how many steps there are
    (batch, *rest) = call.inputs[0]
    steps = 1 if call.layer.type.endswith("Cell") else rest[0]
    state = (batch, call.sized("units"))
    return state, prod(state), steps


def _recurrent(call: Call, step: Size, steps: Size, given: Size, recurs: Size) -> Size:
    # masks of dropout are made once for all steps
    total = steps * step
    for name, elements in (("dropout", given), ("recurrent_dropout", recurs)):
        if call.dropped(elements, name) != 0:
            total = total + dropout(elements) + steps * elements
    return total


def _biases(call: Call) -> int:
    return int(bool(call.options.get("use_bias", True)))


def simple_rnn(call: Call) -> Size:
    """Count a plain cell; tanh unless another activation is given."""
    state, units, steps = _step(call)
    step = cells.rnn(units, _biases(call), call.activation(state, default="tanh"))
    return _recurrent(call, step, steps, _width(call), units)


def lstm(call: Call) -> Size:
    """Count an LSTM; sigmoid for the gates and tanh for the cell unless others are given."""
    state, units, steps = _step(call)
    return _recurrent(call, _lstm(call, state, _biases(call)), steps, _width(call), units)


def _lstm(call: Call, state: Shape, biases: int) -> Size:
    gates = call.activation(state, "recurrent_activation", "sigmoid")
    return cells.lstm(prod(state), biases, gates, call.activation(state, default="tanh"))


def gru(call: Call) -> Size:
    """Count a GRU, whose networks have a second bias with ``reset_after``."""
    state, units, steps = _step(call)
    biases = _biases(call) * (1 + call.options.get("reset_after", False))
    gates = call.activation(state, "recurrent_activation", "sigmoid")
    step = cells.gru(units, biases, gates, call.activation(state, default="tanh"))
    return _recurrent(call, step, steps, _width(call), units)


def _width(call: Call) -> Size:
    x = call.inputs[0]
    return x[0] * x[-1]


def on_cudnn(call: Call) -> Size:
    """Count a cell of cuDNN, with two biases for each network."""
    units = prod(call.inputs[0][:2]) * call.sized("units")
    return cells.lstm(units, 2, units, units) if call.layer.type == "CuDNNLSTM" else cells.gru(units, 2, units, units)


def conv_lstm(call: Call) -> Size:
    """Count an LSTM at every place of its state."""
    state = call.layer.on(*call.inputs).states[0]
    x = call.inputs[0]
    given = prod((x[0], *x[2:]))
    return _recurrent(call, _lstm(call, state, _biases(call)), x[1], given, prod(state))


def batch_normalization(call: Call) -> Size:
    """Fold the statistics into a factor and a summand for each channel, then one product and one sum an element.

    a = γ/√(σ² + ε) and b = β − μ·a take 2, [1], 2 operations a channel. In training the mean and the variance of each
    channel come first, 4 operations an element, and the moving statistics, m·p + (1 − p)·x, 6 a channel.
    """
    x, axis = call.inputs[0], call.options["axis"]
    if call.options["renorm"] and call.training:
        raise UnknownOperations("renorm")
    return batch_norm(call.m, x[axis % len(x)], call.switch("scale"), call.training and not call.frozen)


def layer_normalization(call: Call) -> Size:
    """Standardize along the axes, then scale and shift."""
    options = call.options
    groups = without_axes(call.inputs[0], axes_of(options["axis"]))
    if options["rms_scaling"]:
        return scaled_by_rms(call.m, groups) + call.n
    return standardized(call.m, groups) + (call.switch("scale") + call.switch("center")) * call.n


def rms_normalization(call: Call) -> Size:
    """Divide by the root of the mean square, then scale."""
    return scaled_by_rms(call.m, without_axes(call.inputs[0], axes_of(call.options["axis"]))) + call.n


def unit_normalization(call: Call) -> Size:
    """Divide by the norm."""
    return scaled_by_norm(call.m, without_axes(call.inputs[0], axes_of(call.options["axis"])))


def group_normalization(call: Call) -> Size:
    """Standardize each group of each sample, then scale and shift."""
    x, options = call.inputs[0], call.options
    channels = x[options["axis"] % len(x)]
    groups = channels if isinstance(options["groups"], int) and options["groups"] == -1 else options["groups"]
    return standardized(call.m, x[0] * groups) + (call.switch("scale") + call.switch("center")) * call.n


def spectral_normalization(call: Call) -> Size:
    """Call the layer inside; in training its kernel is normalized by power iterations first."""
    if call.training:
        raise UnknownOperations("the power iterations of spectral normalization")
    return call.inside(call.options["layer"], call.inputs)


def _attended(call: Call) -> Shape:
    options = {**call.options, "flash_attention": None} if "flash_attention" in call.options else None
    return call.layer.copy_with(None, options).on(*call.inputs, return_attention_scores=True).shapes()[1]


def attention(call: Call) -> Size:
    """Count softmax(s·Q Kᵀ); the scores of ``concat`` are c·Σ tanh(s·(q + k)), a sum over the features."""
    scores, options = _attended(call), call.options
    number, features = prod(scores), call.inputs[0][-1]
    if options["score_mode"] == "concat":
        made = number * (features * (2 + call.switch("use_scale")) + features - 1 + 1)
    else:
        made = number * call.switch("use_scale")
    return made + _shares(call, scores)


def additive_attention(call: Call) -> Size:
    """Count softmax(Σ s·tanh(q + k)), a sum over the features."""
    scores, features = _attended(call), call.inputs[0][-1]
    made = prod(scores) * (features * (2 + call.switch("use_scale")) + features - 1)
    return made + _shares(call, scores)


def _shares(call: Call, scores: Shape) -> Size:
    number = prod(scores)
    return softmax(number, prod(scores[:-1])) + call.dropped(number)


def multi_head_attention(call: Call) -> Size:
    """Count the biases of the projections, the query over √d_k, softmax, and the gate: sigmoid, then a product.

    A sliding window is a mask that is added to the scores.
    """
    options, (query, value) = call.options, call.inputs[:2]
    stored(call)
    key = call.inputs[2] if len(call.inputs) > 2 else value
    if call.layer.type == "MultiHeadAttention":
        heads = groups = call.sized("num_heads")
        d_k = call.sized("key_dim")
        d_v = d_k if options["value_dim"] is None else options["value_dim"]
        axes = options["attention_axes"]
        over = 1 if axes is None or isinstance(axes, int) else len(axes)
        over = len(query) - 2 if axes is None else over
    else:
        heads, groups, over = call.sized("num_query_heads"), call.sized("num_key_value_heads"), 1
        d_k = d_v = call.sized("head_dim")
    places, sources = prod(query[:-1]), prod(value[:-1])
    keys = prod(key[:-1])
    gate = places * heads * d_v if call.switch("use_gate") else 0
    queries = places * heads * d_k
    biases = queries + keys * groups * d_k + sources * groups * d_v + gate + call.n if call.switch("use_bias") else 0
    scores = _attended(call)
    number = prod(scores)
    groups_of_scores = prod(scores[: len(scores) - over])
    mask = number if options["sliding_window"] is not None else 0
    return biases + queries + mask + softmax(number, groups_of_scores) + call.dropped(number) + 2 * gate


def relu(call: Call) -> Size:
    """Count max(x, 0); a largest value, a slope of negative numbers and its threshold take one more each."""
    options = call.options
    slope = (1 + (options["threshold"] != 0)) * (options["negative_slope"] != 0)
    each_takes: int = 1 + (options["max_value"] is not None) + slope
    return each_takes * call.n


def softmax_layer(call: Call) -> Size:
    """Count a softmax along the axes."""
    return softmax(call.m, without_axes(call.inputs[0], axes_of(call.options["axis"])))


def spatial_dropout(call: Call) -> Size:
    """Drop channels in training: a random number and a comparison for each, then x/(1 − rate)."""
    if not call.training:
        return 0
    x = call.inputs[0]
    channels = x[1] if call.options.get("data_format") == "channels_first" else x[-1]
    return 2 * x[0] * channels + call.n


def in_training(number: int) -> Count:
    """Take so many operations for each element in training, and none in inference."""
    return lambda call: number * call.n if call.training else 0


def masking(call: Call) -> Size:
    """Compare every feature with the value, and join the answers of each time step: d and d − 1 comparisons."""
    return 2 * call.m - prod(call.inputs[0][:-1])


def regularized(call: Call) -> Size:
    """Add a penalty to the loss in training: Σ|x|, Σx², each with its factor."""
    terms = (call.options["l1"] != 0) + (call.options["l2"] != 0)
    return 2 * terms * call.n + max(terms - 1, 0) if call.training else 0


def dot(call: Call) -> Size:
    """Divide both inputs by their norms along the axes, if asked for; the product is a product."""
    if not call.ignored("normalize", False):
        return 0
    axes = call.options["axes"]
    pair = (axes, axes) if isinstance(axes, int) else axes
    return sum(
        (scaled_by_norm(prod(x), without_axes(x, (at,))) for x, at in zip(call.inputs, pair, strict=True)), start=0
    )


def scaled_sum(call: Call) -> Size:
    """Scale the second input, and add it to the first."""
    return prod(call.inputs[1]) + call.n


def window(call: Call) -> Size:
    """Give the number of places of a window."""
    return prod(call.sizes("pool_size"))


def global_largest(call: Call) -> Size:
    """Take the largest of all places of a channel."""
    return call.m - call.n


def global_mean(call: Call) -> Size:
    """Take the mean of all places of a channel."""
    return call.m


def adaptive_largest(call: Call) -> Size:
    """Take the largest of each window."""
    return _adaptive(call) - call.n


def adaptive_mean(call: Call) -> Size:
    """Take the mean of each window."""
    return _adaptive(call)


def _adaptive(call: Call) -> Size:
    x, places = call.inputs[0], call.options["output_size"]
    first = call.options["data_format"] == "channels_first"
    lengths, channels = (x[2:], x[1]) if first else (x[1:-1], x[-1])
    return x[0] * channels * covered(lengths, places)


def pipeline(call: Call) -> Size:
    """Call one layer after the other."""
    total: Size = 0
    shapes = call.inputs
    for layer in call.options["layers"]:
        total = total + call.inside(layer, shapes)
        shapes = layer.on(*shapes).shapes()
    return total


MOVES = """Identity Concatenate Flatten Reshape Permute RepeatVector
Cropping1D Cropping2D Cropping3D ZeroPadding1D ZeroPadding2D ZeroPadding3D UpSampling1D UpSampling3D
CenterCrop RandomCrop MaxNumBoundingBoxes RandomHeight RandomWidth"""
BIASED = """Dense Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose DepthwiseConv1D DepthwiseConv2D
SeparableConv1D SeparableConv2D LocallyConnected1D LocallyConnected2D"""

TABLE: Table = {
    **DATA,
    **WRAPPERS,
    **same(MOVES, nothing),
    **same(BIASED, dense),
    "EinsumDense": einsum,
    "Embedding": looked_up,
    "ReversibleEmbedding": reversible,
    **same("SimpleRNN SimpleRNNCell", simple_rnn),
    **same("LSTM LSTMCell", lstm),
    **same("GRU GRUCell", gru),
    **same("CuDNNLSTM CuDNNGRU", on_cudnn),
    **ranks("ConvLSTM{}D", conv_lstm, 1, 2, 3),
    "BatchNormalization": batch_normalization,
    "LayerNormalization": layer_normalization,
    "RMSNormalization": rms_normalization,
    "UnitNormalization": unit_normalization,
    "GroupNormalization": group_normalization,
    "SpectralNormalization": spectral_normalization,
    "Attention": attention,
    "AdditiveAttention": additive_attention,
    **same("MultiHeadAttention GroupQueryAttention", multi_head_attention),
    "Activation": lambda call: activation(call.options["activation"], call.outputs[0]),
    "ReLU": relu,
    "LeakyReLU": each(stated("leaky_relu")),
    "ELU": each(stated("elu")),
    "PReLU": each(stated("prelu")),
    "ThresholdedReLU": each(stated("threshold")),
    "Softmax": softmax_layer,
    "Masking": masking,
    "Dropout": dropped,
    **ranks("SpatialDropout{}D", spatial_dropout, 1, 2, 3),
    "AlphaDropout": in_training(4),  # a random number, its comparison, a x + b
    "GaussianDropout": in_training(4),  # a random number, its scale and mean, a product
    "GaussianNoise": in_training(3),  # a random number, its scale, a sum
    "ActivityRegularization": regularized,
    **same("Add Multiply Maximum Minimum Subtract", merged),
    "Average": averaged,
    "Dot": dot,
    "LayerScale": each(1),
    "CustomScaleLayer": scaled_sum,
    **ranks("MaxPooling{}D", lambda call: largest_of(call, window(call)), 1, 2, 3),
    **ranks("AveragePooling{}D", lambda call: mean_of(call, window(call)), 1, 2, 3),
    **ranks("GlobalMaxPooling{}D", global_largest, 1, 2, 3),
    **ranks("GlobalAveragePooling{}D", global_mean, 1, 2, 3),
    **ranks("AdaptiveMaxPooling{}D", adaptive_largest, 1, 2, 3),
    **ranks("AdaptiveAveragePooling{}D", adaptive_mean, 1, 2, 3),
    "Pipeline": pipeline,
}
