"""Names: Keras. The tables: what each name in each of its modules is."""

from __future__ import annotations

from functools import partial

from .....core.registry import of_class
from ...memory.objects import MISSING, Builtin, Host, Module, Native, Unknown, Value
from ...memory.state import State
from ...values import attributes
from ..native import Args, Kwargs, not_known
from ..standard.iteration import same
from . import traced
from .by_rule import is_operation
from .data import DATA, PAD_SEQUENCES, PREPROCESSING, SEQUENCE, SETS, TO_CATEGORICAL
from .functions import activation, function
from .graphs import source_inputs
from .layers import INPUT, rule_init
from .models import INPUT_LAYER, LAYER, MODEL, lambda_init, nothing
from .sequential import SEQUENTIAL, clone
from .tensors import is_tensor

OF_LAMBDA = (
    "_already_warned", "_fn_expects_mask_arg", "_fn_expects_training_arg", "_output_shape",
    "_raise_for_lambda_deserialization", "_serialize_function_to_config", "arguments", "function", "mask",
    "output_shape",
)  # fmt: skip
_NATIVES: dict[str, Native] = {"Lambda": Native("keras.layers.Lambda", LAYER, init=lambda_init, names=OF_LAMBDA)}
OWN = {
    "Layer": LAYER, "Model": MODEL, "Sequential": SEQUENTIAL, "Input": INPUT, "InputLayer": INPUT_LAYER,
    "Functional": MODEL,
}  # fmt: skip
ALIASES = {"merge": "Concatenate"}
SPELLED = {
    "Convolution2D": "Conv2D",
    "Convolution1D": "Conv1D",
    "Deconvolution2D": "Conv2DTranspose",
    "MaxPool2D": "MaxPooling2D",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool3D": "MaxPooling3D",
    "AvgPool2D": "AveragePooling2D",
    "AvgPool1D": "AveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "AtrousConvolution2D": "",
    "Highway": "",
    "MaxoutDense": "",
}
MERGES = {
    "concatenate": "Concatenate", "add": "Add", "multiply": "Multiply", "average": "Average", "maximum": "Maximum",
    "minimum": "Minimum", "subtract": "Subtract", "dot": "Dot",
}  # fmt: skip


def layer_class(name: str) -> Value:
    """Give what a module of layers has under a name."""
    if name in OWN:
        return OWN[name]
    if name in MERGES:
        return Builtin(f"keras.layers.{name}", _merge(MERGES[name]))
    if not name[:1].isupper():
        return MISSING
    spelled, name = name, SPELLED.get(name, name)
    old = spelled == "Convolution2D"  # it takes its arguments in another way
    key = spelled if old else name
    if key not in _NATIVES:
        rule = of_class(name, "keras")
        if rule is None:
            return MISSING
        around = name if old else "Dropout" if name.startswith("SpatialDropout") else ""  # the class it derives from
        base = layer_class(around) if around else LAYER
        assert isinstance(base, Native)
        methods = dict.fromkeys(("reset_states", "reset_state"), nothing) if rule.family == "recurrent" else {}
        _NATIVES[key] = Native(f"keras.layers.{name}", base, init=rule_init(rule, old), methods=methods, data=rule)
    return _NATIVES[key]


def _merge(name: str) -> Host:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        layer = run.call(layer_class(name), [], {key: value for key, value in kwargs.items() if key != "inputs"})
        given = args[0] if args else kwargs.get("inputs")
        if len(args) > 1:
            layer = run.call(layer_class(name), [], {**kwargs, "axis": args[1]})
        return run.call(layer, [given], {})

    return call


def _operation(name: str, of_ops: bool = False) -> Value:
    if name[:1].isupper():
        return MISSING
    found = function(name, of_ops=of_ops)
    return found if is_operation(name) else attributes.perhaps(found)


LAYERS = Module("keras.layers", {}, layer_class)
OPERATION_UTILS = Module(
    "keras.ops.operation_utils", {"get_source_inputs": Builtin("get_source_inputs", source_inputs)}
)
OPS = Module("keras.ops", {"operation_utils": OPERATION_UTILS}, partial(_operation, of_ops=True))
for _name in (
    "core",
    "convolutional",
    "pooling",
    "recurrent",
    "embeddings",
    "normalization",
    "merge",
    "noise",
    "wrappers",
    "advanced_activations",
    "local",
    "cudnn_recurrent",
    "layer",
):
    LAYERS.names[_name] = LAYERS
MODELS = Module(
    "keras.models",
    {"Sequential": SEQUENTIAL, "Model": MODEL, "Functional": MODEL, "clone_model": Builtin("clone_model", clone)},
)


def _other(name: str) -> Value:
    return not_known("keras", name)


LAST = "channels_last"


def _set_data_format(run: State, args: Args, kwargs: Kwargs) -> Value:
    # layers that do not say it are made the other way from here on
    run.distrust = run.distrust or [*args, *kwargs.values()] != [LAST]
    return None


def _data_format(run: State, args: Args, kwargs: Kwargs) -> Value:
    return run.unknown("the data format was changed", data=True, scalar=True) if run.distrust else LAST


def _is_keras_tensor(run: State, args: Args, kwargs: Kwargs) -> Value:
    one = args[0] if args else None
    return run.unknown("an argument that is not known", scalar=True) if isinstance(one, Unknown) else is_tensor(one)


CONFIG = {
    "image_data_format": Builtin("image_data_format", _data_format),
    "set_image_data_format": Builtin("set_image_data_format", _set_data_format),
}


def _random(path: str) -> Module:
    names: dict[str, Value] = {name: function(name) for name in ("normal", "uniform")}
    return Module(
        f"{path}.random",
        names,
        lambda name: Unknown(
            f"{path}.random.{name} is not known", path=f"{path}.random.{name}", data=True, scalar=True
        ),
    )


KERAS = Module(
    "keras",
    {
        "layers": LAYERS,
        "models": MODELS,
        "ops": OPS,
        "Input": INPUT,
        "Model": MODEL,
        "Sequential": SEQUENTIAL,
        "Layer": LAYER,
        "engine": Module("keras.engine", {"Input": INPUT, "Model": MODEL, "Layer": LAYER}, layer_class),
        "backend": Module(
            "keras.backend",
            {
                "clear_session": Builtin("clear_session", lambda run, args, kwargs: None),
                "is_keras_tensor": Builtin("is_keras_tensor", _is_keras_tensor),
                **CONFIG,
            },
            _operation,
        ),
        "config": Module("keras.config", CONFIG, lambda name: _other(f"config.{name}")),
        "activations": Module("keras.activations", {}, activation),
        "random": _random("keras"),
    },
    _other,
)
OF_KERAS = ("initializers", "losses", "metrics", "optimizers")  # modules that TensorFlow has under its own name, too
TF = Module(
    "tensorflow",
    {
        "keras": KERAS,
        "nn": Module("tensorflow.nn", {}, _operation),
        "math": Module("tensorflow.math", {}, _operation),
        **{
            name: function(name)
            for name in [
                "matmul",
                "reshape",
                "transpose",
                "concat",
                "reduce_mean",
                "reduce_sum",
                "reduce_max",
                "expand_dims",
                "squeeze",
                "cast",
                "split",
                "stack",
                "exp",
                "sqrt",
                "multiply",
                "add",
                "subtract",
                "divide",
                "maximum",
                "minimum",
                "square",
                "abs",
                "softmax",
                "tile",
                "range",
                "gather",
                "einsum",
                "zeros",
                "ones",
            ]
        },
        "random": _random("tensorflow"),
        "function": Builtin("tensorflow.function", traced.function),
    },
    lambda name: _other(name) if name in OF_KERAS else not_known("tensorflow", name, scalar=True),
)
MARK = Builtin("a mark", lambda run, args, kwargs: Builtin("a decorator", same))  # of a class or function
MODULES: dict[str, Value] = {
    "keras": KERAS,
    "tensorflow": TF,
    **{f"keras.{name}": module for name, module in KERAS.names.items() if isinstance(module, Module)},
    **{f"keras.layers.{name}": LAYERS for name in LAYERS.names},
    "keras.engine.topology": KERAS.names["engine"],
    "keras.engine.base_layer": KERAS.names["engine"],
    "keras.legacy.layers": LAYERS,
    "keras.saving": Module("keras.saving", {"register_keras_serializable": MARK}),
    "keras.utils": Module(
        "keras.utils",
        {"register_keras_serializable": MARK, "to_categorical": TO_CATEGORICAL, "pad_sequences": PAD_SEQUENCES},
    ),
    "keras.ops.operation_utils": OPERATION_UTILS,
    "keras.utils.np_utils": Module("keras.utils.np_utils", {"to_categorical": TO_CATEGORICAL}),
    "keras.preprocessing": PREPROCESSING,
    "keras.preprocessing.sequence": SEQUENCE,
    "keras.datasets": DATA,
    **{f"keras.datasets.{name}": module for name, module in SETS.items()},
    "keras.api_export": Module("keras.api_export", {"keras_export": MARK}),
}
PARTS = ("saving", "utils", "preprocessing", "datasets")
KERAS.names.update({name: MODULES[f"keras.{name}"] for name in PARTS})
KERAS.names["utils"].names["np_utils"] = MODULES["keras.utils.np_utils"]  # type: ignore[attr-defined]


def renamed(name: str) -> str:
    """Give the name of today of a module of Keras."""
    for prefix in (
        "tensorflow.keras",
        "tensorflow.python.keras",
        "tensorflow.contrib.keras",
        "tf_keras",
        "keras.src",
        "keras.api",
    ):
        if name == prefix or name.startswith(f"{prefix}."):
            return "keras" + name[len(prefix) :]
    return name
