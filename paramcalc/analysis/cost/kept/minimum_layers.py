"""What the gradients of each class of layers read, for Keras and for PyTorch: tables of the least that is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from ....core.built import Applicable
from ....core.products import Source
from ....core.registry import of_class
from ....core.rule import Layer
from ....graph.model import Model
from ....symbolic import Size
from ....untyped import OptionValue
from . import minimum as one, minimum_attention, minimum_recurrent
from .keras_activations import activation_of, is_set
from .keras_layers import known
from .torch_layers import per_channel
from .values import Call, Keeping, Tape, Value

Values = Sequence[Value]
EVERY = (1, 2, 3)
KERAS_NAME = "keras"


def _each(names: str, keeping: Keeping, *ranks: int) -> dict[str, Keeping]:
    return {name.format(rank): keeping for name in names.split() for rank in ranks or (0,)}


def _keras(names: str, keeping: Keeping, *ranks: int, masks: bool = True) -> dict[str, Keeping]:
    return _each(names, known(keeping, masks), *ranks)


def _then_activation(keeping: Keeping) -> Keeping:
    def keeps(call: Call) -> Values | None:
        found = keeping(call)
        made = None if found is None else one.function(call.tape, found[0], activation_of(call))
        return None if made is None else (made,)

    return keeps


def _activation(call: Call) -> Values | None:
    found = one.function(call.tape, call.inputs[0], activation_of(call))
    return None if found is None else (found,)


def _batch_norm(call: Call) -> Values | None:
    if is_set(call, "renorm"):
        return None
    if call.layer.frozen:  # it takes its moving statistics, which do not depend on the input
        return one.straight(call)
    return one.normalization("gamma")(call)


def _dot(call: Call) -> Values | None:
    if not is_set(call, "normalize"):
        return one.product(call)
    call.tape.keep(*call.inputs * call.anything)  # the unit vectors follow from them
    return (one.output(call),)


def _at_each_step(call: Call) -> Values | None:
    # samples and steps are rows alike
    (x,) = call.inputs
    layer: Applicable = call.layer.options["layer"]
    name = layer.name or _scope(call)
    rows = x._replace(shape=(x.shape[0] * x.shape[1], *x.shape[2:]))
    found = _apply(layer, [rows], _below(lambda path: call.trains(path), name), call.tape)
    return None if found is None else [found[0]._replace(shape=call.outputs[0])]


def _scope(call: Call) -> str:
    paths = call.layer.on(*(one.shape for one in call.inputs)).weight_paths
    return paths[0].partition("/")[0] if paths else ""


def _below(trains: Callable[[str], bool], scope: str) -> Callable[[str], bool]:
    return lambda path: trains(f"{scope}/{path}")


def _apply(layer: Applicable, inputs: Sequence[Value], trains: Callable[[str], bool], tape: Tape) -> Values | None:
    if not isinstance(layer, Model):
        own = isinstance(layer, Layer) and of_class(layer.type, KERAS_NAME) is layer.rule
        keeping = of_keras(layer.type) if own else None
        if keeping is None or not isinstance(layer, Layer):
            return None
        built = layer.on(*(one.shape for one in inputs))
        live: list[Source] = [*(at for at, each in enumerate(inputs) if each.live), *filter(trains, built.weight_paths)]
        return keeping(Call(layer, tuple(inputs), built.shapes(), (), built.states, frozenset(live), tape))
    values: list[Values] = [[each] for each in inputs]
    for node in layer.nodes:
        read = [values[position][index] for position, index in node.args]
        if node.states or node.masks or node.call:
            return None
        made = _apply(node.layer, read, _below(trains, layer.names[id(node.layer)]), tape)
        if made is None:
            return None
        values.append(made)
    return [values[position][index] for position, index in layer.outputs]


def _rows_dropped(call: Call) -> Size:
    # whole channels of a sample at a time
    shape = call.inputs[0].shape
    return shape[0] * shape[1 if call.layer.options.get("data_format") == "channels_first" else -1]


def _every(call: Call) -> Size:
    return call.inputs[0].size


def _embedding(call: Call) -> Values:
    return [made._replace(masked=is_set(call, "mask_zero")) for made in one.embedded(call)]


def _upsampled(call: Call) -> Values:
    mode = call.layer.options.get("interpolation", call.layer.options.get("mode", "nearest"))
    return one.view(call) if mode == "nearest" else one.straight(call)


KERAS: dict[str, Keeping] = {
    **_keras("Dense EinsumDense", _then_activation(one.product)),
    **_keras("Conv{}D Conv{}DTranspose", _then_activation(one.product), *EVERY),
    **_keras("DepthwiseConv{}D", _then_activation(one.product), 1, 2),
    **_keras("SeparableConv{}D", _then_activation(one.separable), 1, 2),
    **_keras("Dot", _dot, masks=False),
    **_keras("BatchNormalization", _batch_norm, masks=False),
    **_keras("LayerNormalization GroupNormalization", one.normalization("gamma")),
    **_keras("RMSNormalization", one.normalization("scale")),
    **_keras("UnitNormalization", one.reading_input),
    **_keras("Activation", _activation, masks=False),
    **_keras("ReLU LeakyReLU", one.applied("relu")),
    **_keras("ThresholdedReLU", one.applied("threshold")),
    **_keras("ELU", one.applied("elu")),
    **_keras("Softmax", one.applied("softmax"), masks=False),
    **_keras("PReLU", one.trained_slopes),
    **_keras("Dropout AlphaDropout", one.dropping("rate", _every)),
    **_keras("SpatialDropout{}D", one.dropping("rate", _rows_dropped), *EVERY),
    **_keras("GaussianDropout", one.multiplied_by_chance),
    **_keras("GaussianNoise", one.by_chance),
    **_keras("Embedding", _embedding),
    **_keras("MaxPooling{}D", one.largest("pool_size"), *EVERY),
    **_keras("GlobalMaxPooling{}D AdaptiveMaxPooling{}D", one.largest(), *EVERY),
    **_keras("AveragePooling{}D AdaptiveAveragePooling{}D", one.straight, *EVERY),
    **_keras("GlobalAveragePooling{}D", one.straight, *EVERY, masks=False),
    **_keras("Identity Flatten Reshape Permute RepeatVector ActivityRegularization", one.view),
    **_keras("ZeroPadding{}D", one.view, *EVERY),
    **_keras("Cropping{}D", one.straight, *EVERY),
    **_keras("UpSampling{}D", _upsampled, *EVERY),
    **_keras("Rescaling Add Subtract Average", one.straight, masks=False),
    **_keras("Maximum Minimum", one.chosen, masks=False),
    **_keras("Multiply", one.multiplied, masks=False),
    **_keras("Concatenate", one.joined, masks=False),
    **_keras("LSTM GRU SimpleRNN", minimum_recurrent.keras_recurrent, masks=False),
    **_keras("TimeDistributed", _at_each_step, masks=False),
    **_keras("Bidirectional", minimum_recurrent.keras_bidirectional, masks=False),
    **_keras("MultiHeadAttention GroupQueryAttention", minimum_attention.keras_attention, masks=False),
}

_SAME = "CELU ELU SELU Sigmoid Tanh Softmax Softmin Softplus Softsign GELU Mish SiLU ReLU ReLU6 Threshold"
FUNCTIONS = {
    **{name: name.lower() for name in _SAME.split()},
    "LogSoftmax": "log_softmax",
    "Softmax2d": "softmax",
    "LogSigmoid": "log_sigmoid",
    "Tanhshrink": "tanh_shrink",
    "Hardshrink": "hard_shrink",
    "Softshrink": "soft_shrink",
    "Hardsigmoid": "hard_sigmoid",
    "Hardswish": "hard_swish",
    "Hardtanh": "hard_tanh",
    "LeakyReLU": "leaky_relu",
}


def of_torch(type: str) -> Keeping | None:
    """Find what the gradients of a class of PyTorch read; ``None`` where that is not known."""
    return TORCH.get(type)


def of_keras(type: str) -> Keeping | None:
    """Find what the gradients of a class of Keras read; ``None`` where that is not known."""
    return KERAS.get(type)


def _samples_and_channels(call: Call) -> Size:
    return prod(call.inputs[0].shape[:2])


def _channels(*ranks: int) -> OptionValue:
    count = per_channel(ranks)
    return lambda call: count(call.inputs[0].shape)


TORCH: dict[str, Keeping] = {
    **{name: one.applied(function) for name, function in FUNCTIONS.items()},
    "GLU": one.reading_input,
    "PReLU": one.trained_slopes,
    "RReLU": one.random_slopes,
    **_each("Dropout AlphaDropout", one.dropping("p", _every)),
    **_each("FeatureAlphaDropout Dropout2d", one.dropping("p", _samples_and_channels)),
    "Dropout1d": one.dropping("p", _channels(3)),
    "Dropout3d": one.dropping("p", _channels(5)),
    **_each("Linear LazyLinear", one.product),
    "Bilinear": one.bilinear,
    "Embedding": one.embedded,
    "EmbeddingBag": one.bags,
    **_each("Conv{}d LazyConv{}d ConvTranspose{}d LazyConvTranspose{}d", one.product, *EVERY),
    **_each("BatchNorm{}d LazyBatchNorm{}d InstanceNorm{}d LazyInstanceNorm{}d", one.normalization("weight"), *EVERY),
    **_each("SyncBatchNorm GroupNorm LayerNorm RMSNorm", one.normalization("weight")),
    **_each("LocalResponseNorm CrossMapLRN2d", one.reading_input),
    **_each("ReflectionPad{}d ReplicationPad{}d ConstantPad{}d ZeroPad{}d CircularPad{}d", one.view, *EVERY),
    **_each("AvgPool{}d AdaptiveAvgPool{}d", one.straight, *EVERY),
    **_each("MaxPool{}d", one.largest("kernel_size"), *EVERY),
    **_each("AdaptiveMaxPool{}d", one.largest(), *EVERY),
    **_each("FractionalMaxPool{}d", one.largest_by_chance, 2, 3),
    **_each("LPPool{}d", one.reading_input, *EVERY),
    **_each("MaxUnpool{}d", one.unpooled, *EVERY),
    **_each("Identity Flatten Unflatten ChannelShuffle PixelShuffle PixelUnshuffle Unfold", one.view),
    **_each("Fold UpsamplingBilinear2d", one.straight),
    **_each("Upsample UpsamplingNearest2d", _upsampled),
    "CosineSimilarity": one.of_both,
    "PairwiseDistance": one.distance,
    **_each("LSTM GRU RNN", minimum_recurrent.torch_recurrent),
    **_each("LSTMCell GRUCell RNNCell", minimum_recurrent.torch_cell),
    "MultiheadAttention": minimum_attention.torch_attention,
    **_each("TransformerEncoderLayer TransformerDecoderLayer", minimum_attention.torch_block),
    **_each("TransformerEncoder TransformerDecoder", minimum_attention.torch_copies(of_torch)),
    "Transformer": minimum_attention.torch_transformer,
}
