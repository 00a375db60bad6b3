"""What random models are made of: layers for one tensor by its number of axes, and other things to do with tensors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from paramcalc.core.registry import known

Tensors = list[Any]
Step = Callable[[Any, Any], Tensors]
STEPS: list[tuple[Step, range, int]] = []  # what to do, with tensors of which ranks, how often


def step(*ranks: int, often: int = 1) -> Callable[[Step], Step]:
    """Register what can be done with a tensor of so many axes, the batch included."""

    def registered(function: Step) -> Step:
        STEPS.append((function, range(ranks[0], ranks[-1] + 1), often))
        return function

    return registered


# --- layers on one tensor -----------------------------------------------------------------------

Unary = Callable[[Any, Any], Any]


def _recurrent(make: Any, shape: Any) -> Any:
    kind = make.one(layers.LSTM, layers.GRU, layers.SimpleRNN)
    flags = {name: make.chance(0.4) for name in ("return_sequences", "go_backwards")}
    return kind(make.size(), use_bias=make.chance(0.8), **flags, **make.options())


def _loop(make: Any, shape: Any) -> Any:
    kinds = [make.one(layers.LSTMCell, layers.GRUCell, layers.SimpleRNNCell) for _ in range(make.one(1, 2, 3))]
    cells = [kind(make.size(), **make.options()) for kind in kinds]
    cell = cells[0] if len(cells) == 1 else make.one(cells, layers.StackedRNNCells(cells))
    return layers.RNN(cell, return_sequences=make.chance(0.5), **make.options())


def _both_ways(make: Any, shape: Any) -> Any:
    mode = make.one("concat", "sum", "mul", "ave")
    inner = make.one(_recurrent, _recurrent, _loop)(make, shape)
    return layers.Bidirectional(inner, merge_mode=mode, **make.options())


def _each_step(make: Any, shape: Any) -> Any:
    inner = make.unary((shape[0], *shape[2:]))
    if make.chance(0.25) and make.deeper and None not in shape[2:]:
        inner = make.inside().chain((None, *shape[2:]))
    return layers.TimeDistributed(inner, **make.options())


def _convolution(make: Any, shape: Any) -> Any:
    rank = len(shape) - 2
    kind = getattr(layers, f"Conv{rank}D")
    steps = make.one({}, {}, {"strides": 2}, {"dilation_rate": 2})
    padding = make.one("valid", "same")
    return kind(make.size(), make.one(1, 2, 3), padding=padding, use_bias=make.chance(0.8), **steps, **make.options())


def _pooling(make: Any, shape: Any) -> Any:
    rank = len(shape) - 2
    if make.chance(0.4):
        return getattr(layers, f"Global{make.one('Max', 'Average')}Pooling{rank}D")(keepdims=make.chance(0.3))
    kind = getattr(layers, f"{make.one('Max', 'Average')}Pooling{rank}D")
    return kind(make.one(1, 2), padding=make.one("valid", "same"))


def _normalization(make: Any, shape: Any) -> Any:
    more = {"center": make.chance(0.8), "scale": make.chance(0.8), **make.options()}
    return make.one(layers.BatchNormalization, layers.LayerNormalization)(**more)


def _activation(make: Any, shape: Any) -> Any:
    if make.chance(0.3):
        return layers.PReLU(shared_axes=make.one(None, list(range(1, len(shape) - 1)) or None), **make.options())
    drawn = make.one(layers.ReLU, layers.ELU, layers.Softmax, layers.LeakyReLU, layers.Identity)
    return make.one(drawn(), layers.Dropout(0.5), layers.Activation("gelu"), layers.GaussianNoise(0.1, seed=1))


def _dense(make: Any, shape: Any) -> Any:
    activation = make.one(None, "relu", "softmax", keras.activations.silu)
    return layers.Dense(make.size(), use_bias=make.chance(0.8), activation=activation, **make.options())


def _laid_out(make: Any, shape: Any) -> Any:
    rank = len(shape) - 1
    return make.one(layers.Flatten(), layers.Permute(make.random.sample(range(1, rank + 1), rank)))


def _filled(make: Any, shape: Any) -> Any:
    if None in shape[1:] or make.chance(0.3):
        return layers.Reshape((-1, shape[-1] or 1))
    return layers.Reshape(make.one((-1, 1), (1, -1), (*shape[1:], 1)))


def _wrapped(make: Any, shape: Any) -> Any:
    inner = layers.Dense(make.size()) if make.chance(0.6) or len(shape) < 4 else _convolution(make, shape)
    return layers.SpectralNormalization(inner, **make.options())


def _named(*texts: str) -> list[Unary]:
    # layers whose rules may be newer than this file, with options they take: made where there is a rule
    found: list[Unary] = []
    for name, _, options in (text.partition(" ") for text in texts):
        if known(name):
            given = dict(json.loads(options or "{}"))
            found.append(lambda make, shape, name=name, given=given: getattr(layers, name)(**given))  # type: ignore[misc]
    return found


UNARY: dict[int, list[Unary]] = {
    0: [_dense, _dense, _activation, _normalization, _filled],
    2: [lambda make, shape: layers.RepeatVector(make.size() + 1)],
    3: [_recurrent, _recurrent, _loop, _both_ways, _each_step, _convolution, _pooling, _laid_out],
    4: [_each_step, _convolution, _convolution, _pooling, _laid_out],
    5: [_each_step, _laid_out],
}
UNARY[0] += [_wrapped] * bool(known("SpectralNormalization"))
UNARY[0] += _named("UnitNormalization", "RMSNormalization", 'Rescaling {"scale": 2.0}')
UNARY[3] += _named(
    'ZeroPadding1D {"padding": 2}', 'Cropping1D {"cropping": 1}', 'UpSampling1D {"size": 2}',
    'SeparableConv1D {"filters": 3, "kernel_size": 2}', 'DepthwiseConv1D {"kernel_size": 2, "depth_multiplier": 2}',
    'Conv1DTranspose {"filters": 3, "kernel_size": 3, "strides": 2}',
    'EinsumDense {"equation": "...c,cd->...d", "output_shape": [5], "bias_axes": "d"}',
)  # fmt: skip
UNARY[4] += _named(
    'ZeroPadding2D {"padding": [[1, 2], [0, 3]]}', 'Cropping2D {"cropping": 1}', 'UpSampling2D {"size": [2, 3]}',
    'SeparableConv2D {"filters": 3, "kernel_size": 2}', 'DepthwiseConv2D {"kernel_size": 2, "padding": "same"}',
    'Conv2DTranspose {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}',
    'GroupNormalization {"groups": 1}', 'ConvLSTM1D {"filters": 2, "kernel_size": 2}',
)  # fmt: skip
UNARY[5] += _named(
    'Conv3D {"filters": 2, "kernel_size": 2}', 'MaxPooling3D {"padding": "same"}', "GlobalAveragePooling3D",
    'ConvLSTM2D {"filters": 2, "kernel_size": 2, "return_sequences": true}', 'ZeroPadding3D {"padding": 1}',
)  # fmt: skip


# --- steps --------------------------------------------------------------------------------------


@step(2, 3, 4, 5, often=10)
def layer(make: Any, x: Any) -> Tensors:
    return make.call(make.unary(x.shape), x)


@step(2, 3, 4, 5, often=12)
def another_call(make: Any, x: Any) -> Tensors:
    fitting = [one for one, shape in make.again if shape == x.shape]
    return make.call(make.random.choice(fitting), x) if fitting else []


@step(2, 3, 4, often=4)
def nested(make: Any, x: Any) -> Tensors:
    if not make.deeper:
        return []
    inner = make.inside()
    if make.chance(0.4):
        return make.call(inner.chain((None, *x.shape[1:])), x)
    others = [one for one in make.tensors if one is not x and make.chance(0.2)]
    entries = [keras.Input(batch_shape=(None, *one.shape[1:])) for one in (x, *others)]
    made = inner.graph(entries)
    if isinstance(made.input, dict):
        return keras.tree.flatten(made({one.name: given for one, given in zip(entries, (x, *others), strict=True)}))
    return make.call(made, [x, *others] if isinstance(made._inputs_struct, list) else x)


@step(2, 3, 4, often=3)
def merged(make: Any, x: Any) -> Tensors:
    alike = [one for one in make.tensors if one.shape == x.shape]
    if len(x.shape) == 2 and make.chance(0.5):
        alike += [layers.Dense(x.shape[-1])(one) for one in make.tensors if len(one.shape) == 2][:2]
    kind = make.one(layers.Add, layers.Multiply, layers.Average, layers.Maximum, layers.Concatenate)
    return keras.tree.flatten(kind()([x, *make.random.sample(alike, min(len(alike), 2))]))


@step(2)
def dotted(make: Any, x: Any) -> Tensors:
    return [layers.Dot(axes=-1, normalize=make.chance(0.3))([x, layers.Dense(x.shape[-1])(x)])]


@step(3, often=3)
def encoder_and_decoder(make: Any, x: Any) -> Tensors:
    kind, units = make.one(layers.LSTM, layers.GRU), make.size()
    sequences = make.chance(0.5)
    out, *states = kind(units, return_state=True, return_sequences=sequences, **make.options())(x)
    other = make.random.choice([one for one in make.tensors if len(one.shape) == 3])
    decoder = kind(units, return_sequences=make.chance(0.5))
    return [out, *make.call(decoder, other, initial_state=states if kind is layers.LSTM else states[0])]


@step(3, often=2)
def masked(make: Any, x: Any) -> Tensors:
    fitting = [mask for mask, shape in make.masks if shape[:2] == x.shape[:2]]
    if fitting and make.chance(0.7):
        return make.call(make.one(_recurrent, _both_ways)(make, x.shape), x, mask=make.random.choice(fitting))
    return make.call(_recurrent(make, x.shape), layers.Masking(0.5)(x))


@step(3, often=2)
def states_out(make: Any, x: Any) -> Tensors:
    inner = make.one(layers.LSTM, layers.GRU)(make.size(), return_state=True, return_sequences=make.chance(0.5))
    return make.call(make.one(inner, layers.Bidirectional(inner, merge_mode=make.one("concat", "sum", None))), x)


if known("MultiHeadAttention"):

    @step(3, 4, often=3)
    def attended(make: Any, x: Any) -> Tensors:
        sizes = {"num_heads": make.one(1, 2, 3), "key_dim": make.size(), "value_dim": make.one(None, 3)}
        shape = make.one(None, make.size())
        made = layers.MultiHeadAttention(**sizes, output_shape=shape, use_bias=make.chance(0.7))
        alike = [one for one in make.tensors if len(one.shape) == len(x.shape)]
        given = [make.random.choice(alike) for _ in range(make.one(0, 1))]
        flags = {"use_causal_mask": True} if make.chance(0.3) else {}
        # Keras announces the scores of one axis attended to, and of the same length on both sides, whatever they are
        if len(x.shape) == 3 and not given and make.chance(0.5):
            flags["return_attention_scores"] = True
        return keras.tree.flatten(made(x, *(given or [x]), **flags))


# --- functions and operators --------------------------------------------------------------------


@step(2, 3, 4, often=3)
def arithmetic(make: Any, x: Any) -> Tensors:
    wide = np.ones(x.shape[-1], "float32")
    return [make.one(
        lambda: x * 2.0 + 1, lambda: 1 - x, lambda: x / 3, lambda: -x, lambda: abs(x) ** 2, lambda: x + wide,
        lambda: ops.multiply(wide, x), lambda: ops.maximum(x, 0.0), lambda: x + make.random.choice(make.tensors),
        lambda: ops.relu(x), lambda: ops.softmax(x), lambda: ops.where(x > 0, x, 0.0), lambda: ops.exp(x) - x,
    )()]  # fmt: skip


@step(2, 3, 4, often=3)
def moved(make: Any, x: Any) -> Tensors:
    rank, flat = len(x.shape), x.shape[0] is None and None not in x.shape[1:]  # a known batch stays what it is
    order = [0, *make.random.sample(range(1, rank), rank - 1)]
    return [make.one(
        lambda: ops.transpose(x, order), lambda: ops.expand_dims(x, make.one(1, -1)), lambda: x[:, :1],
        lambda: x[..., : make.size()], lambda: x[:, ::2] if rank > 2 else x, lambda: x[:, 0] if rank > 2 else x,
        lambda: ops.reshape(x, (-1, x.shape[-1])) if flat else x, lambda: ops.flip(x, axis=1),
        lambda: ops.concatenate([x, make.random.choice(make.tensors)], axis=-1), lambda: ops.stack([x, x], axis=1),
        lambda: ops.squeeze(x[:, :1], 1) if rank > 2 else x, lambda: ops.swapaxes(x, 1, rank - 1),
        lambda: ops.tile(x, [1] * (rank - 1) + [2]), lambda: ops.repeat(x, 2, axis=-1),
        lambda: ops.pad(x, [[0, 0]] + [[1, 2]] * (rank - 1)),
    )()]  # fmt: skip


@step(3, 4, often=2)
def reduced(make: Any, x: Any) -> Tensors:
    function = make.one(ops.mean, ops.max, ops.sum, ops.var, ops.logsumexp, ops.argmax)
    axis = make.one(1, -1, *([(1, 2)] if len(x.shape) > 3 and function not in (ops.argmax,) else []))
    found = function(x, axis=axis, keepdims=make.chance(0.3))
    return [ops.cast(found, "float32")]


@step(3, 4, often=2)
def multiplied(make: Any, x: Any) -> Tensors:
    rank = len(x.shape)
    turned = ops.transpose(x, [*range(rank - 2), rank - 1, rank - 2])
    return [make.one(
        lambda: ops.matmul(x, turned), lambda: x @ turned, lambda: ops.matmul(x, np.ones((x.shape[-1], 3), "float32")),
        lambda: ops.einsum("b...ij,b...kj->b...ik", x, x),
        lambda: ops.einsum("b...d,df->b...f", x, np.ones((x.shape[-1], 4))),
    )()]  # fmt: skip


@step(2, 3, 4)
def split(make: Any, x: Any) -> Tensors:
    return list(ops.split(x, [1], axis=-1)) if make.chance(0.5) else list(ops.split(x, 2, axis=-1))
