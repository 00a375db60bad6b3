"""Operations of PyTorch's modules besides their products, by class (the definitions in torch.nn's documentation)."""

from __future__ import annotations

from math import inf, prod

from ....core.rule import Layer
from ....core.shapes import Shape
from ....symbolic import Size
from . import cells
from .call import Call, UnknownOperations, activation
from .functions import batch_norm, interpolated, log_softmax, scaled_by_rms, softmax, standardized, stated
from .shared import (
    TAPS,
    Table,
    broadcast,
    covered,
    dropped,
    each,
    largest_of,
    mean_of,
    nothing,
    ranks,
    same,
    without_axes,
)

# The definition of each activation by the class of the module.
FUNCTIONS = {
    "CELU": "celu",
    "ELU": "elu",
    "Hardshrink": "hard_shrink",
    "Hardsigmoid": "hard_sigmoid",
    "Hardswish": "hard_silu",
    "Hardtanh": "hard_tanh",
    "LeakyReLU": "leaky_relu",
    "LogSigmoid": "log_sigmoid",
    "Mish": "mish",
    "PReLU": "prelu",
    "ReLU": "relu",
    "ReLU6": "relu6",
    "SELU": "selu",
    "SiLU": "silu",
    "Sigmoid": "sigmoid",
    "Softplus": "scaled_softplus",
    "Softshrink": "soft_shrink",
    "Softsign": "softsign",
    "Tanh": "tanh",
    "Tanhshrink": "tanh_shrink",
    "Threshold": "threshold",
}


def biased(call: Call) -> Size:
    """Add a bias to every element of the output."""
    return call.n if call.switch("bias") else 0


def gelu(call: Call) -> Size:
    """Count GELU with erf, or with the tanh that approximates it."""
    return stated("gelu_tanh" if call.options["approximate"] == "tanh" else "gelu") * call.n


def rrelu(call: Call) -> Size:
    """Count a leaky ReLU; in training its slope is a random number, scaled and shifted."""
    return (stated("leaky_relu") + 3 * call.training) * call.n


def _along(call: Call) -> tuple[Size, Size]:
    # without dim PyTorch takes axis 0 of an input of 0, 1 or 3 axes, and axis 1 of others
    x, dim = call.inputs[0], call.options["dim"]
    axis = (0 if len(x) in (0, 1, 3) else 1) if dim is None else dim
    return prod(x), without_axes(x, (axis,)) if x else 1


def rows(call: Call) -> Size:
    """Read rows; a ``max_norm`` scales rows of a large norm, and how many those are depends on the tokens.

    Raises
    ------
    UnknownOperations
        With ``max_norm``.
    """
    if call.options["max_norm"] is not None:
        raise UnknownOperations("max_norm, which changes the rows that are looked up")
    return 0


def bags(call: Call) -> Size:
    """Add up the rows of each bag, or take the largest: one operation less than rows; a mean divides once more.

    A call with ``per_sample_weights`` takes a product for each number more, which is not counted here.
    """
    width, bag = call.sized("embedding_dim"), call.outputs[0][0]
    return rows(call) + (call.m - bag) * width + (call.n if call.options["mode"] == "mean" else 0)


def batch(call: Call) -> Size:
    """Normalize each channel, by the running statistics in inference (see Keras's)."""
    x = call.inputs[0]
    of_batch = call.training or not call.switch("track_running_stats")
    made = batch_norm(call.m, x[1], call.switch("affine"), of_batch)
    moving = call.switch("track_running_stats") and call.training
    return made - (0 if moving or not of_batch else 6 * x[1])


def instance(call: Call) -> Size:
    """Normalize each channel of each sample; by the running statistics where there are any, in inference."""
    x = call.inputs[0]
    rank = int(call.layer.type[-2])
    samples, channels = (x[0], x[1]) if len(x) == rank + 2 else (1, x[0])
    if call.switch("track_running_stats") and not call.training:
        return batch_norm(call.m, channels, call.switch("affine"), False)
    moving = 6 * channels if call.switch("track_running_stats") else 0
    return standardized(call.m, samples * channels) + _affine(call) + moving


def _affine(call: Call) -> Size:
    return call.n * (1 + call.switch("bias")) if call.switch("affine") else 0


def group(call: Call) -> Size:
    """Standardize each group of each sample, then scale and shift."""
    return standardized(call.m, call.inputs[0][0] * call.sized("num_groups")) + _affine(call)


def layer_norm(call: Call) -> Size:
    """Standardize along the last axes, then scale and shift."""
    options, x = call.options, call.inputs[0]
    groups = prod(x[: len(x) - len(options["normalized_shape"])])
    learned = 1 + call.switch("bias") if call.switch("elementwise_affine") else 0
    return standardized(call.m, groups) + learned * call.n


def rms_norm(call: Call) -> Size:
    """Divide by the root of the mean square, then scale."""
    options, x = call.options, call.inputs[0]
    groups = prod(x[: len(x) - len(options["normalized_shape"])])
    return scaled_by_rms(call.m, groups) + (call.n if call.switch("elementwise_affine") else 0)


def response(call: Call) -> Size:
    """Count x/(k + α·mean of x² over neighboring channels)^β: a square, the mean, α, k, β and the quotient."""
    return call.n * (5 + call.sized("size"))


def power(call: Call) -> Size:
    """Count (Σ x^p)^(1/p): a power of each input, the sum of each window, a root."""
    return call.m + mean_of(call, prod(call.sizes("kernel_size")))


def _spatial(call: Call, rank: int) -> tuple[Size, Shape]:
    x = call.inputs[0]
    return prod(x[: len(x) - rank]), x[len(x) - rank :]


def _adaptive(call: Call) -> Size:
    rank = int(call.layer.type[-2])
    lead, lengths = _spatial(call, rank)
    return lead * covered(lengths, call.outputs[0][-rank:])


def upsampled(call: Call) -> Size:
    """Interpolate each element of the output; ``area`` takes means of windows."""
    mode = call.options.get("mode", "bilinear")
    rank = len(call.inputs[0]) - 2
    if mode == "area":
        lead, lengths = _spatial(call, rank)
        return lead * covered(lengths, call.outputs[0][-rank:])
    return 0 if mode.startswith("nearest") else interpolated(call.n, TAPS[mode], rank)


def cosine(call: Call) -> Size:
    """Count x·y/(max(|x|, ε) max(|y|, ε)): three sums of k products, two roots, two max, a product, a quotient."""
    (elements,) = broadcast(call.inputs)
    return 6 * elements + 3 * call.n


def distance(call: Call) -> Size:
    """Count ‖x − y + ε‖: the difference and ε, then |x|^p and their sum, and a root; |x| alone where p is 1 or ∞."""
    (elements,) = broadcast(call.inputs)
    p = call.options["p"]
    powers = {1: 1, inf: 1, -inf: 1, 0: 1, 2: 1}.get(p, 2)
    root = 0 if p in (0, 1, inf, -inf) else call.n
    return (2 + powers + 1) * elements - call.n + root


def _states(call: Call) -> tuple[Size, Size]:
    # how many samples, and how many steps
    x = call.inputs[0]
    if call.layer.type.endswith("Cell"):
        return (x[0] if len(x) == 2 else 1), 1
    if len(x) == 2:
        return 1, x[0]
    return (x[0], x[1]) if call.options["batch_first"] else (x[1], x[0])


def recurrent(call: Call) -> Size:
    """Count the cells of all layers and directions, each network with two biases."""
    options, biases = call.options, 2 * call.switch("bias")
    samples, steps = _states(call)
    units = samples * call.sized("hidden_size")
    kind = call.layer.type.removesuffix("Cell")
    if kind == "LSTM":
        step = cells.lstm(units, biases, units, units)
    elif kind == "GRU":
        step = cells.gru(units, biases, units, units)
    else:
        step = cells.rnn(units, biases, activation(options["nonlinearity"], (units,)))
    layers: int = options.get("num_layers", 1)
    ways: int = 1 + options.get("bidirectional", False)
    wide = options.get("proj_size", 0)
    between = samples * steps * ways * (call.sized("hidden_size") if wide == 0 else wide)
    total = layers * ways * steps * step
    return total + ((layers - 1) * call.dropped(between) if layers > 1 else 0)


def attention(call: Call) -> Size:
    """Count the attention of a module that also gives the mean of its weights over the heads."""
    (*lead, d) = call.inputs[0]
    scores = call.outputs[1]
    keys = prod(call.inputs[1][:-1])
    return _attention(call, prod(lead), keys, scores, d) + prod(scores) * call.sized("num_heads")


def _attention(call: Call, places: Size, keys: Size, scores: Shape, d: Size) -> Size:
    # biases of four projections, the query over √d_k, softmax
    options = call.options
    biases = (2 * places + 2 * keys) * d if call.switch("bias") else 0
    heads = call.sized("num_heads") if "num_heads" in options else options["nhead"]
    number, groups = heads * prod(scores), heads * prod(scores[:-1])
    return biases + places * d + softmax(number, groups) + call.dropped(number)


def block(call: Call) -> Size:
    """Count an encoder or decoder layer: attention, sums with what goes around each part, norms, two dense networks."""
    options = call.options
    x, memory = call.inputs[0], call.inputs[1] if len(call.inputs) > 1 else None
    (*lead, d), inner = x, call.sized("dim_feedforward")
    places = prod(lead)
    total: Size = 0
    for source in (x, memory):
        if source is not None:
            scores = _scores(x, source, options["batch_first"])
            total = total + _attention(call, places, prod(source[:-1]), scores, d) + call.dropped(call.n)
    parts = 2 if memory is None else 3
    norm = standardized(call.n, places) + (1 + call.switch("bias")) * call.n
    hidden = (*lead, inner)
    biases = (prod(hidden) + call.n) if call.switch("bias") else 0
    dense = biases + activation(options["activation"], hidden) + call.dropped(prod(hidden)) + call.dropped(call.n)
    return total + dense + parts * (norm + call.n)


def _scores(query: Shape, key: Shape, batch_first: bool) -> Shape:
    if len(query) == 2:
        return (query[0], key[0])
    return (query[0], query[1], key[1]) if batch_first else (query[1], query[0], key[0])


def several(call: Call) -> Size:
    """Call copies of a layer, one after the other, and a norm at the end."""
    options = call.options
    layer = options["encoder_layer" if "encoder_layer" in options else "decoder_layer"]
    total = call.sized("num_layers") * call.inside(layer, call.inputs)
    return total if options["norm"] is None else total + call.inside(options["norm"], call.outputs[:1])


def transformer(call: Call) -> Size:
    """Call the encoder and the decoder, each with a norm at the end."""
    options = call.options
    src, tgt = call.inputs
    names = ("d_model", "nhead", "dim_feedforward", "dropout", "activation", "batch_first", "norm_first", "bias")
    own = {name: options[name] for name in names}
    memory = (*src[:-1], options["d_model"])
    encoder, decoder = (_named(f"Transformer{name}Layer", **own) for name in ("Encoder", "Decoder"))
    norm = _named("LayerNorm", normalized_shape=options["d_model"], bias=call.switch("bias"))
    return (
        call.sized("num_encoder_layers") * call.inside(encoder, (src,))
        + call.inside(norm, (memory,))
        + call.sized("num_decoder_layers") * call.inside(decoder, (tgt, memory))
        + call.inside(norm, (tgt,))
    )


def _named(name: str, **options: object) -> Layer:
    from ....core.registry import find

    return find(name, "torch")(**options)


def channel_dropout(call: Call) -> Size:
    """Drop channels in training: a random number and a comparison for each, then x/(1 − p), or a x + b."""
    if not call.training:
        return 0
    x = call.inputs[0]
    single = call.layer.type == "Dropout1d" and len(x) == 2
    channels = x[0] if single else prod(x[:2])
    return 2 * channels + (2 if call.layer.type.startswith("FeatureAlpha") else 1) * call.n


def _soft(call: Call) -> Size:
    return softmax(*_along(call))


MOVES = """Identity Flatten Unflatten PixelShuffle PixelUnshuffle ChannelShuffle Unfold UpsamplingNearest2d
ConstantPad1d ConstantPad2d ConstantPad3d ZeroPad1d ZeroPad2d ZeroPad3d ReflectionPad1d ReflectionPad2d ReflectionPad3d
ReplicationPad1d ReplicationPad2d ReplicationPad3d CircularPad1d CircularPad2d CircularPad3d
MaxUnpool1d MaxUnpool2d MaxUnpool3d"""
BIASED = """Linear LazyLinear Bilinear Conv1d Conv2d Conv3d LazyConv1d LazyConv2d LazyConv3d ConvTranspose1d
ConvTranspose2d ConvTranspose3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d"""

TABLE: Table = {
    **same(MOVES, nothing),
    **same(BIASED, biased),
    **{name: each(stated(function)) for name, function in FUNCTIONS.items()},
    "GELU": gelu,
    "RReLU": rrelu,
    "Softmax": _soft,
    "Softmin": lambda call: _soft(call) + call.n,
    "LogSoftmax": lambda call: log_softmax(*_along(call)),
    "Softmax2d": lambda call: softmax(call.m, without_axes(call.inputs[0], (-3,))),
    "GLU": each(2),  # a · sigmoid(b)
    "Dropout": dropped,
    "AlphaDropout": lambda call: 4 * call.n if call.training else 0,  # a random number, its comparison, a x + b
    **same("Dropout1d Dropout2d Dropout3d FeatureAlphaDropout", channel_dropout),
    "Embedding": rows,
    "EmbeddingBag": bags,
    **same("RNN LSTM GRU RNNCell LSTMCell GRUCell", recurrent),
    "MultiheadAttention": attention,
    **same("TransformerEncoderLayer TransformerDecoderLayer", block),
    **same("TransformerEncoder TransformerDecoder", several),
    "Transformer": transformer,
    **ranks("BatchNorm{}d", batch, 1, 2, 3),
    **ranks("LazyBatchNorm{}d", batch, 1, 2, 3),
    "SyncBatchNorm": batch,
    **ranks("InstanceNorm{}d", instance, 1, 2, 3),
    **ranks("LazyInstanceNorm{}d", instance, 1, 2, 3),
    "GroupNorm": group,
    "LayerNorm": layer_norm,
    "RMSNorm": rms_norm,
    **same("LocalResponseNorm CrossMapLRN2d", response),
    **ranks("MaxPool{}d", lambda call: largest_of(call, prod(call.sizes("kernel_size"))), 1, 2, 3),
    **ranks("FractionalMaxPool{}d", lambda call: largest_of(call, prod(call.sizes("kernel_size"))), 2, 3),
    **ranks("AvgPool{}d", lambda call: mean_of(call, prod(call.sizes("kernel_size"))), 1, 2, 3),
    **ranks("LPPool{}d", power, 1, 2, 3),
    **ranks("AdaptiveMaxPool{}d", lambda call: _adaptive(call) - call.n, 1, 2, 3),
    **ranks("AdaptiveAvgPool{}d", lambda call: _adaptive(call), 1, 2, 3),
    "Fold": lambda call: call.m,  # every element is added where it belongs
    **same("Upsample UpsamplingBilinear2d", upsampled),
    "CosineSimilarity": cosine,
    "PairwiseDistance": distance,
}

UNKNOWN: dict[str, str] = {}
