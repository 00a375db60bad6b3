"""Functions of TensorFlow in a graph of Keras 2, as calls of the Keras 3 operations that do the same.

Keras 2 names the function (``{"function": "math.reduce_mean"}``) and writes its arguments into the call; Keras 3 names
a class, made with the options, called with the tensors and constants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import NamedTuple

from ...errors import FileError, GraphError
from ...untyped import Parsed

# layers that stand for a function
OPERATIONS = ("TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty", "TensorFlowOpLayer")
CONSTANT = "_CONSTANT_VALUE"  # stands for a layer where the first argument is a constant
Given = dict[str, Parsed]


class Op(NamedTuple):
    """An operation of Keras 3.

    Attributes
    ----------
    module, kind : str
        ``numpy``, ``Mean``.
    tensors : str
        TensorFlow's names of what it is called with, after the first argument.
    options : dict
        What it is made with: TensorFlow's name, and the value where nothing is given.
    """

    module: str
    kind: str
    tensors: str = ""
    options: Mapping[str, tuple[str, Parsed]] = {}


AXIS: dict[str, tuple[str, Parsed]] = {"axis": ("axis", None)}
FIRST: dict[str, tuple[str, Parsed]] = {"axis": ("axis", 0)}
LAST: dict[str, tuple[str, Parsed]] = {"axis": ("axis", -1)}
OVER: dict[str, tuple[str, Parsed]] = {**AXIS, "keepdims": ("keepdims", False)}
OPS = {
    "add_n": Op("", "Add"),  # the layer: a sum of a list
    "broadcast_to": Op("numpy", "BroadcastTo", "", {"shape": ("shape", None)}),
    "cast": Op("core", "Cast", "", {"dtype": ("dtype", None)}),
    "clip_by_value": Op("numpy", "Clip", "", {"x_min": ("clip_value_min", None), "x_max": ("clip_value_max", None)}),
    "concat": Op("numpy", "Concatenate", "", FIRST),
    "cumsum": Op("numpy", "Cumsum", "", FIRST),
    "expand_dims": Op("numpy", "ExpandDims", "", LAST),
    "gather": Op("numpy", "Take", "indices", FIRST),
    "identity": Op("numpy", "Copy"),
    "image.resize": Op("image", "Resize", "", {"size": ("size", None), "interpolation": ("method", "bilinear")}),
    "l2_normalize": Op("nn", "Normalize", "", AXIS),
    "log_softmax": Op("nn", "LogSoftmax", "", LAST),
    "nn.bias_add": Op("numpy", "Add", "bias"),
    "norm": Op("linalg", "Norm", "", OVER),
    "one_hot": Op("nn", "OneHot", "", {"num_classes": ("depth", None), **LAST}),
    "pad": Op("numpy", "Pad", "", {"pad_width": ("paddings", None)}),
    "reduce_logsumexp": Op("math", "Logsumexp", "", OVER),
    "reduce_variance": Op("numpy", "Var", "", OVER),
    "repeat": Op("numpy", "Repeat", "", {"repeats": ("repeats", None), **AXIS}),
    "reshape": Op("numpy", "Reshape", "", {"newshape": ("shape", None)}),
    "reverse": Op("numpy", "Flip", "", AXIS),
    "softmax": Op("nn", "Softmax", "", LAST),
    "split": Op("numpy", "Split", "", {"indices_or_sections": ("num_or_size_splits", None), **FIRST}),
    "squeeze": Op("numpy", "Squeeze", "", AXIS),
    "stack": Op("numpy", "Stack", "", FIRST),
    "stop_gradient": Op("core", "StopGradient"),
    "tensordot": Op("numpy", "Tensordot", "b", {"axes": ("axes", 2)}),
    "tile": Op("numpy", "Tile", "", {"repeats": ("multiples", None)}),
    "top_k": Op("math", "TopK", "", {"k": ("k", 1)}),
    "transpose": Op("numpy", "Transpose", "", {"axes": ("perm", None)}),
    "unstack": Op("core", "Unstack", "", {"num": ("num", None), **FIRST}),
    "where": Op("numpy", "Where", "x y"),
    **{name: Op("numpy", name.capitalize(), "", FIRST) for name in ("argmax", "argmin")},
    **{
        f"reduce_{name}": Op("numpy", name.capitalize(), "", OVER)
        for name in ("all", "any", "max", "mean", "min", "prod", "std", "sum")
    },
}
# element by element: of two tensors, of one; Keras's name where it is another
PAIRS = (
    "add atan2:Arctan2 div:TrueDivide divide:TrueDivide equal floordiv:FloorDivide floormod:Mod greater greater_equal "
    "less less_equal logical_and logical_or logical_xor maximum minimum mod multiply not_equal pow:Power subtract "
    "truediv:TrueDivide"
)
EACH = {
    "numpy": (
        "abs:Absolute acos:Arccos asin:Arcsin atan:Arctan ceil conj cos cosh exp expm1 floor is_finite:Isfinite "
        "is_inf:Isinf is_nan:Isnan log log1p logical_not negative ones_like reciprocal round sign sin sinh sqrt square "
        "tan tanh zeros_like"
    ),
    "math": "erf rsqrt",
    "nn": "elu gelu leaky_relu log_sigmoid relu relu6 selu sigmoid silu softplus softsign swish:Silu",
}
for _module, _tensors, _names in (("numpy", "y", PAIRS), *((module, "", names) for module, names in EACH.items())):
    for _name, _, _kind in (pair.partition(":") for pair in _names.split()):
        OPS[_name] = Op(_module, _kind or _name.title().replace("_", ""), _tensors)

# where a function lives says nothing more: math.add, nn.softmax, compat.v1.transpose
PLACES = ("compat", "v1", "v2", "__operators__", "math", "linalg", "nn")
# what arguments were called in TensorFlow 1
OLDER = {
    "keep_dims": "keepdims",
    "reduction_indices": "axis",
    "dim": "axis",
    "dimension": "axis",
    "squeeze_dims": "axis",
}


def symbol(found: Mapping[str, Parsed]) -> str:
    """Give the name of the function a layer stands for.

    Raises
    ------
    FileError
        When it names none.
    """
    config = found.get("config")
    if isinstance(config, Mapping):
        node = config.get("node_def")  # TensorFlow 2.0 to 2.3 wrote the whole node of its graph
        names = [node.get("op")] if isinstance(node, Mapping) else []
        names += [config.get(name) for name in ("function", "method_name", "attr_name", "name")]
        for name in names:
            if isinstance(name, str):
                return name
    raise FileError("a function without a name", expected="the name of a function of TensorFlow", received=config)


def operation(
    function: str, config: Mapping[str, Parsed], calls: list[tuple[list[Parsed], Given]]
) -> dict[str, Parsed]:
    """Put a function and its calls as Keras 3 writes an operation.

    Parameters
    ----------
    function : str
        ``math.add``, ``__operators__.getitem``.
    config : dict
        What Keras 2 writes of the layer.
    calls : list of (args, kwargs)
        What each call is given, tensors in Keras 3's form.

    Returns
    -------
    dict
        ``module``, ``class_name``, ``config``, ``registered_name`` and ``inbound_nodes``. A function without
        counterpart keeps its own name, as an unknown operation.

    Raises
    ------
    GraphError
        For a call Keras 2 itself wrote down incompletely, and for sizes worked out by other layers.
    """
    short = _short(function)
    args, found = calls[0] if calls else ([], {})
    given = {OLDER.get(name, name): value for name, value in found.items() if name != "name" and value is not None}
    if calls and not _tensor_in([args, given]):
        raise GraphError(
            f"a call of {function[:80]} without a tensor", expected="its inputs, which Keras 2 leaves out here"
        )
    made = None
    if len(calls) == 1:
        made = SPECIAL[short](args, given) if short in SPECIAL else _usual(OPS.get(short), args, given)
    kwargs = {} if made else found
    op, options, args = made or (Op("tensorflow", f"tf.{function}"), {}, args)
    return {
        "module": f"keras.src.ops.{op.module}" if op.module else "keras.layers",
        "class_name": op.kind,
        "registered_name": op.kind if op.module else None,
        "config": {"name": config.get("name"), **options},
        "inbound_nodes": [{"args": args, "kwargs": kwargs}, *({"args": a, "kwargs": k} for a, k in calls[1:])],
    }


Made = tuple[Op, Given, list[Parsed]]  # the operation, its options, what it is called with


def _short(function: str) -> str:
    parts = function.split(".")
    while len(parts) > 1 and parts[0] in PLACES and function != "nn.bias_add":
        parts = parts[1:]
    return ".".join(parts)


def _usual(op: Op | None, args: list[Parsed], given: Given) -> Made | None:
    if op is None:
        return None
    args = [*args, *(_array(given[name]) for name in op.tensors.split() if name in given)]
    options = {option: _settled(given.get(name, default), name) for option, (name, default) in op.options.items()}
    return op, options, args


def _settled(value: Parsed, name: str) -> Parsed:
    # an option Keras 3 makes the operation with must be known beforehand
    if _tensor_in(value):
        raise GraphError(f"{name} is worked out by another layer", expected="numbers")
    return value


def _array(value: Parsed) -> Parsed:
    # a constant of several numbers
    if isinstance(value, list) and not _tensor_in(value):
        return {"class_name": "__numpy__", "config": {"value": value, "dtype": "float32"}}
    return value


def _tensor_in(value: Parsed) -> bool:
    # depth is bounded where calls are read
    if isinstance(value, Mapping):
        return value.get("class_name") == "__keras_tensor__" or any(map(_tensor_in, value.values()))
    return isinstance(value, list) and any(map(_tensor_in, value))


# --- functions whose arguments say something else --------------------------------------------------------------


def _getitem(args: list[Parsed], given: Given) -> Made:
    key = _settled(given.get("slice_spec"), "slice_spec")
    return Op("numpy", "GetItem"), {}, [*args, list(map(_sliced, key)) if isinstance(key, list) else _sliced(key)]


def _sliced(key: Parsed) -> Parsed:
    if isinstance(key, Mapping):
        if key.get("class_name") == "__ellipsis__":
            return {"class_name": "__ellipsis__", "config": {}}
        return {"class_name": "__slice__", "config": {end: key.get(end) for end in ("start", "stop", "step")}}
    return key


def _matmul(args: list[Parsed], given: Given) -> Made:
    # Keras has no word for a transposed matrix here, but Einstein's notation has
    one, other = (given.get(f"transpose_{side}") or given.get(f"adjoint_{side}") for side in "ab")
    args = [*args, _array(given.get("b"))]
    if not (one or other):
        return Op("numpy", "Matmul"), {}, args
    return (
        Op("numpy", "Einsum"),
        {"subscripts": f"...{'ji' if one else 'ij'},...{'kj' if other else 'jk'}->...ik"},
        args,
    )


def _split(args: list[Parsed], given: Given) -> Made | None:
    # TensorFlow takes the sizes of the parts, Keras the places between them
    parts = given.get("num_or_size_splits")
    if isinstance(parts, list):
        if not all(type(part) is int and part >= 0 for part in parts[:-1]):
            return None
        given = {**given, "num_or_size_splits": list(accumulate(parts[:-1]))}
    return _usual(OPS["split"], args, given)


def _gather(args: list[Parsed], given: Given) -> Made | None:
    return None if given.get("batch_dims") else _usual(OPS["gather"], args, given)


def _resize(args: list[Parsed], given: Given) -> Made | None:
    return None if given.get("preserve_aspect_ratio") else _usual(OPS["image.resize"], args, given)


def _squeeze(args: list[Parsed], given: Given) -> Made | None:
    axis = given.get("axis")
    return _usual(OPS["squeeze"], args, {"axis": axis[0] if isinstance(axis, list) and len(axis) == 1 else axis})


SPECIAL: dict[str, Callable[[list[Parsed], Given], Made | None]] = {
    "gather": _gather,
    "getitem": _getitem,
    "image.resize": _resize,
    "matmul": _matmul,
    "split": _split,
    "squeeze": _squeeze,
}
