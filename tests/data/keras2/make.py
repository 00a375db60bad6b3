"""Write the models in this folder with the Keras 2 inside tensorflow 2.15.1 (keras 2.15.0); the tests never run it.

Each file holds what ``to_json()`` gives (``model``), the form of legacy .h5 files (``older``), and what Keras itself
says of the model (``expected``): each layer's name, parameters, trainable ones and output shape, and the totals.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf

keras = tf.keras
K, L = keras, keras.layers
HERE = Path(__file__).parent
Make = Callable[[], Any]
MODELS: dict[str, Make] = {}


def model(make: Make) -> Make:
    """Take a function in among those whose models are written."""
    MODELS[make.__name__] = make
    return make


# --- chains ---------------------------------------------------------------------------------------------------


@model
def chain_with_input() -> Any:
    return K.Sequential([K.Input((8,)), L.Dense(5, "relu"), L.Dropout(0.5), L.Dense(2, use_bias=False)])


@model
def chain_without_input() -> Any:
    return K.Sequential([L.Embedding(50, 8, input_length=7), L.LSTM(6), L.Dense(2)])


@model
def chain_with_batch_shape() -> Any:
    return K.Sequential([L.LSTM(6, batch_input_shape=(4, 7, 3), stateful=True, return_sequences=True), L.GRU(5)])


@model
def chain_built_later() -> Any:
    made = K.Sequential([L.Dense(5), L.Dense(2)])
    made.build((None, 8))
    return made


@model
def chain_of_chains() -> Any:
    inner = K.Sequential([L.Dense(4, input_shape=(8,)), L.Dense(3)], name="inner")
    unbuilt = K.Sequential([L.Dense(6)], name="unbuilt")
    return K.Sequential([inner, unbuilt, L.Dense(2)])


@model
def convolutions() -> Any:
    return K.Sequential(
        [
            L.Conv2D(4, 3, padding="same", input_shape=(16, 16, 3)),
            L.BatchNormalization(axis=[3], fused=True, momentum=0.9),
            L.ReLU(6.0),
            L.DepthwiseConv2D(3, depth_multiplier=2),
            L.SeparableConv2D(6, (3, 2), depth_multiplier=2),
            L.ZeroPadding2D(((0, 1), (2, 3))),
            L.Conv2DTranspose(5, 3, strides=2, padding="same"),
            L.Cropping2D(1),
            L.UpSampling2D(2, interpolation="bilinear"),
            L.MaxPooling2D(3, 2),
            L.AveragePooling2D(),
            L.SpatialDropout2D(0.2),
            L.GlobalAveragePooling2D(keepdims=True),
            L.Flatten(),
        ]
    )


@model
def convolutions_of_other_ranks() -> Any:
    a, b = K.Input((20, 4)), K.Input((6, 8, 8, 2))
    x = L.Conv1D(5, 3, padding="causal", dilation_rate=2)(a)
    x = L.DepthwiseConv1D(3)(L.SeparableConv1D(6, 3)(x))
    x = L.Conv1DTranspose(4, 3, strides=2)(L.MaxPool1D()(x))
    x = L.UpSampling1D(2)(L.Cropping1D((1, 2))(L.ZeroPadding1D(2)(x)))
    y = L.Conv3D(4, (2, 3, 3), groups=2)(b)
    y = L.Conv3DTranspose(3, 2)(L.ZeroPadding3D(1)(L.Cropping3D(1)(L.UpSampling3D(2)(y))))
    y = L.GlobalMaxPooling3D()(L.AveragePooling3D((2, 1, 1))(L.MaxPooling3D(1)(y)))
    return K.Model([a, b], [L.GlobalMaxPool1D()(x), y])


@model
def convolutions_channels_first() -> Any:
    x = K.Input((3, 16, 16))
    y = L.Conv2D(4, 3, data_format="channels_first")(x)
    y = L.BatchNormalization(axis=1)(y)
    y = L.MaxPooling2D(data_format="channels_first")(y)
    return K.Model(x, L.GlobalAveragePooling2D(data_format="channels_first")(y))


@model
def locally_connected() -> Any:
    x = K.Input((9, 8, 3))
    y = L.LocallyConnected2D(4, (3, 2), strides=(2, 1))(x)
    z = L.LocallyConnected2D(2, 2, padding="same", implementation=2, use_bias=False)(x)
    line = L.Reshape((72, 3))(x)
    one = L.LocallyConnected1D(4, 5, strides=3)(line)
    first = L.LocallyConnected1D(2, 3, data_format="channels_first")(L.Permute((2, 1))(line))
    return K.Model(x, [y, z, one, first])


# --- recurrent ------------------------------------------------------------------------------------------------


@model
def recurrent() -> Any:
    x = K.Input((7, 3))
    a = L.LSTM(5, return_sequences=True, implementation=1, unroll=True)(x)
    a = L.GRU(4, return_sequences=True, reset_after=False, implementation=2)(a)
    a = L.GRU(4, return_sequences=True, go_backwards=True, dropout=0.1)(a)
    a = L.SimpleRNN(6, return_sequences=True, use_bias=False)(a)
    b = L.Bidirectional(L.LSTM(5, return_sequences=True))(a)
    b = L.Bidirectional(L.GRU(4, return_sequences=True), merge_mode="ave", name="both")(b)
    b = L.Bidirectional(L.LSTM(5), backward_layer=L.GRU(6, go_backwards=True))(b)
    return K.Model(x, b)


@model
def recurrent_first_version() -> Any:
    old = tf.compat.v1.keras.layers
    return K.Sequential([old.LSTM(5, return_sequences=True, input_shape=(None, 3)), old.GRU(4)])


@model
def recurrent_cudnn() -> Any:
    old = tf.compat.v1.keras.layers
    x = K.Input((7, 3))
    a = old.CuDNNLSTM(5, return_sequences=True)(x)
    a = old.CuDNNGRU(4, return_sequences=True, go_backwards=True)(a)
    a = L.Bidirectional(old.CuDNNLSTM(6, return_sequences=True))(a)
    a, state = old.CuDNNGRU(3, return_sequences=True, return_state=True)(a)
    return K.Model(x, [a, state])


@model
def recurrent_cells() -> Any:
    x = K.Input((7, 3))
    a = L.RNN(L.LSTMCell(5), return_sequences=True)(x)
    a = L.RNN([L.GRUCell(4), L.SimpleRNNCell(6)], return_sequences=True)(a)
    a = L.RNN(L.StackedRNNCells([L.LSTMCell(4), L.LSTMCell(3)]), return_sequences=True)(a)
    return K.Model(x, L.Bidirectional(L.RNN(L.GRUCell(2, reset_after=False)))(a))


@model
def encoder_decoder() -> Any:
    source, target = K.Input((None,), name="source"), K.Input((None,), name="target")
    table = L.Embedding(40, 6, mask_zero=True)
    _, h, c = L.LSTM(5, return_state=True, name="encoder")(table(source))
    decoder = L.LSTM(5, return_sequences=True, return_state=True, name="decoder")
    out, _, _ = decoder(table(target), initial_state=[h, c])
    return K.Model([source, target], L.Dense(40, "softmax")(out))


@model
def bidirectional_states() -> Any:
    x = K.Input((7, 3))
    first, *states = L.Bidirectional(L.LSTM(4, return_sequences=True, return_state=True))(x)
    second = L.Bidirectional(L.LSTM(4))(first, initial_state=states)
    third = L.GRU(5)(x, initial_state=L.Dense(5)(second))
    return K.Model(x, [third, L.Concatenate()([states[0], states[2]])])


@model
def convolutional_lstm() -> Any:
    x = K.Input((5, 12, 12, 2))
    y = L.ConvLSTM2D(4, 3, return_sequences=True, padding="same")(x)
    y = L.TimeDistributed(L.MaxPooling2D())(y)
    y = L.Bidirectional(L.ConvLSTM2D(3, 2))(y)
    z = L.ConvLSTM1D(4, 3)(L.Reshape((5, 144, 2))(x))
    w = L.ConvLSTM3D(2, 1)(L.Reshape((5, 12, 12, 2, 1))(x))
    return K.Model(x, [y, z, w])


@model
def time_distributed() -> Any:
    x = K.Input((5, 12, 12, 3))
    inner = K.Sequential([L.Conv2D(4, 3, input_shape=(12, 12, 3)), L.Flatten(), L.Dense(6)], name="eye")
    y = L.TimeDistributed(inner)(x)
    y = L.TimeDistributed(L.Dense(4))(y)
    z = L.TimeDistributed(L.TimeDistributed(L.Dense(2)))(L.Reshape((5, 12, 36))(x))
    return K.Model(x, [L.LSTM(3)(L.Masking(0.0)(y)), z])


# --- graphs ---------------------------------------------------------------------------------------------------


@model
def several_inputs() -> Any:
    a, b, c = K.Input((8,), name="a"), K.Input((8,), name="b"), K.Input((4, 8), batch_size=3, name="c")
    shared = L.Dense(8, name="shared")
    one, two = shared(a), shared(b)
    again = shared(L.Add()([one, two]))
    joined = L.Concatenate(axis=-1)([one, two, again])
    dot = L.Dot(axes=1, normalize=True)([one, two])
    rest = [L.Multiply()([one, two]), L.Average()([one, two]), L.Maximum()([one, two]), L.Minimum()([one, two])]
    return K.Model([a, b, c], [joined, dot, *rest, L.Subtract()([one, again]), L.Flatten()(c)])


@model
def named_inputs_and_outputs() -> Any:
    ins = {"zebra": K.Input((3,), name="zebra"), "ant": K.Input((5,), name="ant")}
    outs = {"second": L.Dense(2, name="p")(ins["zebra"]), "first": L.Dense(4, name="q")(ins["ant"])}
    return K.Model(ins, outs)


@model
def layer_used_outside() -> Any:
    x, elsewhere = K.Input((8,)), K.Input((8,))
    dense = L.Dense(8, name="dense")
    dense(elsewhere)  # a node of no concern to this model
    return K.Model(x, dense(dense(x)))


@model
def nested() -> Any:
    i = K.Input((8,), name="i")
    inner = K.Model(i, L.Dense(8, name="deep")(L.Dense(4, name="low")(i)), name="inner")
    chain = K.Sequential([L.Dense(8, input_shape=(8,), name="link")], name="chain")
    x = K.Input((8,), name="x")
    return K.Model(x, L.Add()([inner(x), chain(inner(chain(x)))]))


@model
def nested_as_output() -> Any:
    i = K.Input((8,), name="i")
    inner = K.Model(i, L.Dense(6, name="deep")(i), name="inner")
    chain = K.Sequential([L.Dense(5, input_shape=(8,), name="link")], name="chain")
    late = K.Sequential([L.Dense(4, name="late_link")], name="late")
    x, y = K.Input((8,), name="x"), K.Input((8,), name="y")
    return K.Model([x, y], [inner(y), inner(x), chain(x), late(y), late(x)])


@model
def nested_with_several() -> Any:
    i, j = K.Input((8,), name="i"), K.Input((4,), name="j")
    both = L.Concatenate(name="both")([i, j])
    inner = K.Model([i, j], [L.Dense(3, name="p")(both), L.Dense(2, name="q")(both)], name="inner")
    x, y = K.Input((8,), name="x"), K.Input((4,), name="y")
    p, q = inner([x, y])
    return K.Model([x, y], [q, L.Dense(5)(p), p])


@model
def nested_three_deep() -> Any:
    i = K.Input((8,), name="i")
    one = K.Model(i, L.Dense(7, name="a")(i), name="one")
    j = K.Input((8,), name="j")
    two = K.Model(j, L.Dense(8, name="b")(one(j)), name="two")
    k = K.Input((8,), name="k")
    three = K.Model(k, two(two(k)), name="three")
    return K.Sequential([three, L.Dense(2)])


@model
def nested_used_elsewhere() -> Any:
    i = K.Input((8,), name="i")
    inner = K.Model(i, L.Dense(8, name="deep")(i), name="inner")
    K.Model(i, inner(inner(i)))  # calls of no concern
    x = K.Input((8,), name="x")
    return K.Model(x, inner(x))


@model
def frozen() -> Any:
    i = K.Input((8,), name="i")
    inner = K.Model(i, L.BatchNormalization(name="norm")(L.Dense(4, name="deep")(i)), name="inner", trainable=True)
    inner.trainable = False
    half = K.Sequential([L.Dense(4, input_shape=(4,), trainable=False), L.Dense(3)], name="half")
    x = K.Input((8,), name="x")
    y = L.Dense(8, name="still", trainable=False)(x)
    both = L.Bidirectional(L.LSTM(2), name="both")
    both.trainable = False
    each = L.TimeDistributed(L.Dense(2, trainable=False), name="each")
    z = both(each(L.Reshape((2, 4))(y)))
    return K.Model(x, [half(inner(y)), L.BatchNormalization(trainable=False)(z)])


@model
def shared_across_levels() -> Any:
    dense = L.Dense(8, name="dense")
    i = K.Input((8,), name="i")
    inner = K.Model(i, dense(i), name="inner")
    x = K.Input((8,), name="x")
    return K.Model(x, dense(inner(x)))


# --- other layers ---------------------------------------------------------------------------------------------


@model
def attention() -> Any:
    x, y = K.Input((7, 8)), K.Input((5, 8))
    a = L.MultiHeadAttention(2, 4, value_dim=3)(x, y)
    b = L.MultiHeadAttention(2, 4)(query=x, value=y, key=y)
    c = L.Attention(use_scale=True)([x, y])
    d = L.AdditiveAttention()([x, y, y])
    e = L.EinsumDense("abc,cde->abde", (None, 2, 4), bias_axes="de")(x)
    return K.Model([x, y], [a, b, c, d, e])


@model
def normalizations() -> Any:
    x = K.Input((6, 8))
    a = L.BatchNormalization()(x)
    a = L.BatchNormalization(axis=-1, scale=False, synchronized=True)(a)
    a = tf.compat.v1.keras.layers.BatchNormalization(renorm=True, fused=False, virtual_batch_size=None)(a)
    a = L.LayerNormalization(axis=[1, 2])(a)
    a = L.LayerNormalization(center=False)(a)
    a = L.GroupNormalization(4)(a)
    a = L.UnitNormalization()(a)
    a = L.SpectralNormalization(L.Dense(8))(a)
    a = L.experimental.SyncBatchNormalization()(a)
    return K.Model(x, L.Normalization(mean=0.0, variance=1.0)(a))


@model
def activations() -> Any:
    x = K.Input((6, 8))
    a = L.ThresholdedReLU(0.5)(L.LeakyReLU(0.2)(L.ELU(0.5)(x)))
    a = L.PReLU(shared_axes=[1])(L.PReLU()(L.Softmax(axis=-1)(a)))
    a = L.Activation(tf.nn.relu6)(L.Activation("hard_sigmoid")(L.Activation("swish")(a)))
    a = L.Dense(8, activation=L.LeakyReLU(0.1))(a)
    a = L.GaussianNoise(0.1)(L.GaussianDropout(0.1)(L.AlphaDropout(0.1)(L.SpatialDropout1D(0.1)(a))))
    a = L.Dense(
        4,
        kernel_regularizer=K.regularizers.l1_l2(0.1, 0.2),
        kernel_constraint="max_norm",
        kernel_initializer="he_normal",
    )(a)
    a = L.ActivityRegularization(0.1)(L.RepeatVector(3)(L.Flatten()(a)))
    return K.Model(x, L.Permute((2, 1))(L.Reshape((-1, 4))(a)))


@model
def images() -> Any:
    x = K.Input((20, 24, 3))
    y = L.RandomRotation(0.1)(L.RandomFlip("horizontal")(L.Rescaling(1 / 255)(x)))
    y = L.RandomContrast(0.1)(L.RandomTranslation(0.1, 0.1)(L.RandomZoom(0.1)(y)))
    y = L.RandomBrightness(0.1)(L.RandomCrop(12, 14)(y))
    y = L.Conv2D(4, 3)(L.CenterCrop(8, 9)(L.Resizing(10, 11)(y)))
    return K.Model(x, y)


@model
def images_of_random_size() -> Any:
    x = K.Input((20, 24, 3))
    return K.Model(x, L.GlobalMaxPooling2D()(L.Conv2D(4, 3)(L.RandomWidth(0.2)(L.RandomHeight(0.2)(x)))))


@model
def categories() -> Any:
    a, b = K.Input((1,), dtype="int64"), K.Input((3,))
    x = L.CategoryEncoding(6, "one_hot")(a)
    y = L.Hashing(5)(a)
    z = L.Discretization([0.0, 1.0, 2.0])(b)
    return K.Model([a, b], [L.Dense(2)(x), L.Embedding(5, 2)(y), z])


@model
def mixed_precision() -> Any:
    x = K.Input((7, 3))
    y = L.LSTM(4, dtype="mixed_float16")(x)
    policy = K.mixed_precision.Policy("mixed_bfloat16")
    return K.Model(x, L.Dense(2, dtype="float32")(L.Dense(3, dtype=policy)(y)))


@model
def custom_lambda() -> Any:
    def double(t: Any) -> Any:
        return t * 2.0

    double.__code__ = double.__code__.replace(co_name="<lambda>", co_filename="model.py")
    double.__name__ = "<lambda>"  # Keras writes down its bytecode
    x = K.Input((8,))
    return K.Model(x, L.Dense(2)(L.Lambda(double)(x)))


# --- functions of TensorFlow ----------------------------------------------------------------------------------


@model
def op_arithmetic() -> Any:
    x, y = K.Input((4, 6), name="x"), K.Input((1, 6), name="y")
    a = x + y
    a = a * 2.0 - 1.0
    a = 3.0 - a
    a = 1.0 / (a / 2.0)
    a = -a
    a = a**2
    a = tf.add(a, x)
    a = tf.math.subtract(x, a)
    a = tf.math.multiply(a, y)
    a = tf.maximum(a, 0.0)
    a = tf.math.minimum(a, y)
    a = tf.sqrt(tf.square(tf.abs(a)))
    a = tf.exp(tf.math.log(a + 1.0))
    a = tf.tanh(tf.sigmoid(tf.nn.relu(tf.nn.softmax(a, axis=1))))
    a = tf.clip_by_value(a, -1.0, 1.0)
    a = tf.where(a > 0.5, a, tf.zeros_like(a))
    a = tf.add_n([a, x]) + tf.constant([[1.0] * 6] * 4)
    a = tf.nn.leaky_relu(tf.nn.gelu(tf.nn.elu(tf.nn.silu(a))))
    a = tf.stop_gradient(tf.identity(a))
    return K.Model([x, y], L.Dense(2)(a))


@model
def op_slices() -> Any:
    x = K.Input((7, 6, 4), name="x")
    tail = [x[:, -1], x[:, 1:5:2, ..., 0], x[:, tf.newaxis, 2], x[..., 1:], x[:, :, ::-1, :-1]]
    return K.Model(x, [L.Dense(2)(part) for part in tail])


@model
def op_shapes() -> Any:
    x = K.Input((6, 4), name="x")
    y = K.Input((6, 4), name="y")
    outs = [
        tf.reshape(x, (-1, 24)),
        tf.reshape(x, [-1, 4, 3, 2]),
        tf.concat([x, y], axis=-1),
        tf.concat([x, y], 1),
        tf.stack([x, y], axis=1),
        tf.expand_dims(x, 1),
        tf.squeeze(tf.expand_dims(x, -1), axis=-1),
        tf.squeeze(tf.expand_dims(x, 2), [2]),
        tf.transpose(x, (0, 2, 1)),
        tf.transpose(x, perm=[0, 2, 1]),
        tf.tile(x, [1, 2, 3]),
        tf.repeat(x, 2, axis=1),
        tf.cast(x, tf.float16),
        tf.pad(x, [[0, 0], [1, 2], [0, 0]]),
        tf.reverse(x, [1]),
        tf.gather(x, [0, 2], axis=1),
        tf.one_hot(tf.cast(x, "int32"), 5),
        *tf.split(x, 2, axis=-1),
        *tf.unstack(x, axis=2)[:2],
        tf.broadcast_to(x[:, :1], (3, 6, 4)),
        tf.image.resize(tf.expand_dims(x, -1), (12, 8)),
    ]
    return K.Model([x, y], outs)


@model
def op_reductions() -> Any:
    x = K.Input((6, 4), name="x")
    y = K.Input((4, 5), name="y")
    outs = [
        tf.reduce_mean(x, axis=1),
        tf.reduce_mean(x, axis=[1], keepdims=True),
        tf.reduce_sum(x, [1, 2]),
        tf.reduce_max(x, -1),
        tf.reduce_min(x, axis=2),
        tf.reduce_prod(x, axis=1),
        tf.math.reduce_std(x, axis=1),
        tf.math.reduce_variance(x, axis=1),
        tf.math.reduce_logsumexp(x, axis=1),
        tf.argmax(x, axis=-1),
        tf.argmin(x, 1),
        tf.math.top_k(x, 3)[0],
        tf.cumsum(x, axis=1),
        tf.norm(x, axis=-1),
        tf.nn.l2_normalize(x, axis=-1),
        tf.matmul(x, y),
        tf.matmul(x, x, transpose_b=True),
        tf.linalg.matmul(x, y),
        x @ y,
        tf.tensordot(x, tf.ones((4, 3)), axes=[[2], [0]]),
    ]
    return K.Model([x, y], outs)


@model
def op_backend() -> Any:
    x = K.Input((6, 4), name="x")
    outs = [K.backend.mean(x, axis=1), K.backend.sum(x, axis=2, keepdims=True), K.backend.expand_dims(x, 1)]
    outs += [K.backend.concatenate([x, x]), K.backend.permute_dimensions(x, (0, 2, 1)), K.backend.sqrt(x)]
    outs += [K.activations.relu(x), K.activations.softmax(x), K.backend.batch_dot(x, x, axes=(2, 2))]
    return K.Model(x, outs)


@model
def op_unknown() -> Any:
    x, y = K.Input((6,), name="x"), K.Input((6,), name="y")
    return K.Model([x, y], L.Dense(2)(tf.math.squared_difference(tf.math.bessel_i0(x), y)))


@model
def op_incomplete() -> Any:
    x, y = K.Input((6, 4), name="x"), K.Input((4, 5), name="y")
    return K.Model([x, y], tf.einsum("btd,bde->bte", x, y))  # Keras 2 forgets the inputs


@model
def op_dynamic() -> Any:
    x = K.Input((6, 4), name="x")
    return K.Model(x, tf.reshape(x, (tf.shape(x)[0], 24)))


# --- writing --------------------------------------------------------------------------------------------------


def shape(found: Any) -> Any:
    """Give an output's shape, or those of several, as lists."""
    return K.backend.int_shape(found) if hasattr(found, "shape") else [shape(one) for one in tf.nest.flatten(found)]


def count(weights: Any) -> int:
    """Count numbers."""
    return sum(math.prod(weight.shape) for weight in weights)


def first_output(layer: Any, made: Any) -> Any:
    """Give the output of a layer's first call in the model."""
    if not isinstance(made, K.Sequential) or made._is_graph_network:
        for node in layer._inbound_nodes:
            if K.engine_key(layer, node) in made._network_nodes:
                return shape(node.outputs)
    return layer.output_shape


def expected(made: Any) -> dict[str, Any]:
    """Ask Keras for the counts and shapes."""
    rows = [
        [layer.name, layer.count_params(), count(layer.trainable_weights), first_output(layer, made)]
        for layer in made.layers
        if not isinstance(layer, L.InputLayer)
    ]
    outs = made.outputs
    return {
        "layers": rows,
        "total": made.count_params(),
        "trainable": count(made.trainable_weights),
        "outputs": [shape(out) for out in tf.nest.flatten(outs)] if outs else [list(made.output_shape)],
    }


def older(made: Any) -> dict[str, Any]:
    """Give the description as legacy .h5 files hold it."""
    from keras.src.saving.legacy import saving_utils

    made.use_legacy_config = True
    found = saving_utils.model_metadata(made, include_optimizer=False)
    return {**found["model_config"], "keras_version": found["keras_version"], "backend": found["backend"]}


def plain(value: Any) -> Any:
    """Make JSON of what json itself does not know, as Keras does."""
    from keras.src.saving.legacy.saved_model import json_utils

    return json.loads(json.dumps(value, default=json_utils.get_json_type))


def write(name: str) -> None:
    """Write one model."""
    K.backend.clear_session()
    made = MODELS[name]()
    facts = expected(made)
    found = {"model": json.loads(made.to_json()), "older": plain(older(made)), "expected": facts}
    (HERE / f"{name}.json").write_text(json.dumps(found, separators=(",", ":")) + "\n")


def main() -> None:
    """Write them all."""
    K.engine_key = lambda layer, node: f"{layer.name}_ib-{layer._inbound_nodes.index(node)}"
    for name in MODELS:
        write(name)
    for name in ("chain_without_input", "encoder_decoder"):
        K.backend.clear_session()
        MODELS[name]().save(HERE / f"{name}.h5", include_optimizer=False)
    K.backend.clear_session()
    MODELS["recurrent_cudnn"]().save_weights(HERE / "recurrent_cudnn.weights.h5")


if __name__ == "__main__":
    main()
