"""A layer's class and options, as Keras 1 and 2 wrote them, in Keras 3's words.

An option is translated, or left out because it changes neither weights nor shapes. One that does, and that cannot be
said in Keras 3's words, is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...core.registry import known
from ...errors import FileError, OptionError
from ...untyped import Parsed
from ..containers.groups import STORED_CLASS

KERAS = ("keras", "tf_keras", "tensorflow", "keras_preprocessing")  # modules whose layers are Keras's own
DEEPEST = 50  # lists inside lists
Config = dict[str, Parsed]

CLASSES = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "LSTMV1": "LSTM",
    "LSTMV2": "LSTM",
    "UnifiedLSTM": "LSTM",
    "GRUV1": "GRU",
    "GRUV2": "GRU",
    "UnifiedGRU": "GRU",
    # Keras 1
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "Deconvolution2D": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
    "TimeDistributedDense": "Dense",
}
MERGES = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate", "dot": "Dot"}

# options that no layer has any more, and that change neither weights nor shapes
_GONE = "adjustment batch_input_shape consume_less dynamic experimental_autocast fused input_dtype ragged "
_GONE += "virtual_batch_size "
# Keras 1: how weights start, what holds them back, what is dropped
_GONE += "init inner_init forget_bias_init gamma_init beta_init inner_activation dropout_W dropout_U "
_GONE += "W_regularizer U_regularizer b_regularizer W_constraint U_constraint b_constraint"
GONE = frozenset(_GONE.split())
# the same for some layers only, which have other meanings elsewhere
GONE_FROM = {
    "Embedding": ("input_length", "dropout", "sparse"),
    "SimpleRNN": ("implementation",),
    "SimpleRNNCell": ("implementation",),
    "InputLayer": ("sparse", "ragged", "input_tensor", "trainable", "autocast"),
    "SpatialDropout1D": ("noise_shape", "trainable"),
    "SpatialDropout2D": ("noise_shape", "trainable"),
    "SpatialDropout3D": ("noise_shape", "trainable"),
    "MultiHeadAttention": ("query_shape", "key_shape", "value_shape"),
    # inherited from the convolution with one kernel; these have two, or one of another name
    "DepthwiseConv1D": ("filters", "groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "DepthwiseConv2D": ("filters", "groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "SeparableConv1D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "SeparableConv2D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
}
RENAMED = {
    "atrous_rate": "dilation_rate",
    "bias": "use_bias",
    "border_mode": "padding",
    "filter_length": "kernel_size",
    "length": "size",
    "nb_filter": "filters",
    "p": "rate",
    "pool_length": "pool_size",
    "sigma": "stddev",
    "stride": "strides",
    "subsample": "strides",
    "subsample_length": "strides",
}
SIDES = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))  # Keras 1's windows
LAYOUTS = {"tf": "channels_last", "th": "channels_first"}
TABLES = ("Embedding",)
UNITS = ("Dense", "LSTM", "GRU", "SimpleRNN")  # their size was called output_dim


def layer(kind: str, config: Mapping[str, Parsed]) -> dict[str, Parsed]:
    """Put a layer in Keras 3's words.

    Parameters
    ----------
    kind : str
        Its class.
    config : dict
        Its options; layers among them are left as they are.

    Returns
    -------
    dict
        ``{"module": "keras.layers", "class_name": …, "config": …, "registered_name": None}``, and the class that the
        file names where that is another one.

    Raises
    ------
    OptionError
        For an option that changes a weight or a shape, and that Keras 3 has no words for.
    """
    written = kind
    made = {RENAMED.get(name, name): _plain(value) for name, value in config.items() if name not in GONE}
    if kind == "InputLayer" and "batch_shape" not in made:
        made["batch_shape"] = _plain(config.get("batch_input_shape"))
    _layout(made)
    if made.get("time_major") is False:
        del made["time_major"]
    kind = CLASSES.get(kind, kind)
    if kind in UNITS and "output_dim" in made:
        made.setdefault("units", made.pop("output_dim"))
    if kind not in TABLES:  # there it is the number of rows
        made.pop("input_dim", None)
        made.pop("input_length", None)
    if kind in SPECIAL:
        kind = SPECIAL[kind](made) or kind
    for name in GONE_FROM.get(kind, ()):
        made.pop(name, None)
    made_of: dict[str, Parsed] = {"module": "keras.layers", "class_name": kind, "config": made, "registered_name": None}
    return made_of if kind == written else {**made_of, STORED_CLASS: written}


def declared_input(kind: str, config: Mapping[str, Parsed]) -> list[Parsed] | None:
    """Give the shape that the first layer of a chain declares for its input, batch first, if it does.

    Keras 1 declares it by the length of a sequence and the number of features, too.
    """
    shape = config.get("batch_input_shape")
    if shape is not None:
        return list(shape) if isinstance(shape, (list, tuple)) else shape
    length, width = config.get("input_length"), config.get("input_dim")
    if kind in TABLES:
        return None if length is None else [None, *(length if isinstance(length, list) else [length])]
    if length is None and width is None:
        return None
    rule = known(CLASSES.get(kind, kind))
    return [None, length, width] if rule is not None and rule.of_sequences else [None, width]


def dtype(value: Parsed) -> Parsed:
    """Put a policy of mixed precision in Keras 3's words; a plain type stays as it is."""
    if not isinstance(value, Mapping) or not isinstance(value.get("config"), Mapping):
        return value
    name = value["config"].get("name")
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None}


def _plain(value: Parsed, depth: int = 0) -> Parsed:
    # {"class_name": "TensorShape", "items": […]} stands for a list, where JSON was to remember that it was none
    if isinstance(value, Mapping) and value.get("class_name") in ("__tuple__", "TensorShape"):
        value = value.get("items")
    if isinstance(value, list):
        if depth > DEEPEST:
            raise FileError("lists are nested too deeply", expected=f"at most {DEEPEST} deep")
        return [_plain(one, depth + 1) for one in value]
    return value


def _layout(made: Config) -> None:
    # Keras 1's windows by their sides, and its word for where the channels stand
    for sides in SIDES:
        if sides[0] in made:
            made["kernel_size"] = [made.pop(side, None) for side in sides]
    if "dim_ordering" in made:
        made["data_format"] = LAYOUTS.get(str(made.pop("dim_ordering")))


# --- single layers --------------------------------------------------------------------------------------------


def _batch_normalization(made: Config) -> None:
    axis = made.get("axis")
    if isinstance(axis, (list, tuple)):
        if len(axis) != 1:
            raise OptionError("statistics along several axes", expected="one axis", received=axis).at(
                "BatchNormalization.axis"
            )
        made["axis"] = axis[0]
    if made.pop("mode", 0) not in (0, 2):  # 1 kept no statistics
        raise OptionError("statistics of each sample", expected="mode 0 or 2", received=1).at("BatchNormalization.mode")


def _layer_normalization(made: Config) -> None:
    axis = made.get("axis")
    if isinstance(axis, (list, tuple)) and len(axis) == 1:
        made["axis"] = axis[0]


def _gru(made: Config) -> None:
    made.setdefault("reset_after", False)  # before there was the option, biases were one row


def _leaky_relu(made: Config) -> None:
    if "alpha" in made:
        made["negative_slope"] = made.pop("alpha")


def _lambda(made: Config) -> None:
    # the function may be bytecode: it is passed on unchanged and never read
    kind = made.pop("function_type", None)
    shaped = made.pop("output_shape_type", "raw")
    shape = made.pop("output_shape", None)
    for name in ("module", "output_shape_module"):
        made.pop(name, None)
    code = made.get("function")
    if kind == "lambda":
        made["function"] = {"class_name": "__lambda__", "config": {"code": code}}
    elif isinstance(code, str):
        made["function"] = {"module": "builtins", "class_name": "function", "config": code, "registered_name": code}
    made["output_shape"] = shape if shaped == "raw" else None


def _merge(made: Config) -> str:
    # Keras 1's one layer for all of them
    mode = made.pop("mode", "sum")
    if made.pop("layers", None):
        raise OptionError("models merged inside a Sequential", expected="a Merge in a graph").at("Merge.layers")
    if not isinstance(mode, str) or mode not in MERGES or made.pop("mode_type", "raw") != "raw":
        raise OptionError("not a known merge mode", expected=" or ".join(MERGES), received=mode).at("Merge.mode")
    options = {"axis": made.pop("concat_axis", -1)} if mode == "concat" else {}
    if mode == "dot":
        options = {"axes": made.get("dot_axes", -1)}
    kept: dict[str, Parsed] = {name: made[name] for name in ("name", "trainable") if name in made}
    made.clear()
    made.update(kept, **options)
    return MERGES[mode]


def _transposed(made: Config) -> None:
    made.pop("groups", None)  # inherited from the convolution; always 1
    made.pop("output_shape", None)  # an option of Keras 1's Deconvolution2D; it follows from the others


SPECIAL: dict[str, Callable[[Config], str | None]] = {
    "BatchNormalization": _batch_normalization,
    "Conv1DTranspose": _transposed,
    "Conv2DTranspose": _transposed,
    "Conv3DTranspose": _transposed,
    "GRU": _gru,
    "GRUCell": _gru,
    "Lambda": _lambda,
    "LayerNormalization": _layer_normalization,
    "LeakyReLU": _leaky_relu,
    "Merge": _merge,
}
