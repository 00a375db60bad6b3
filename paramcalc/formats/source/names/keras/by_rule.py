"""Names: Keras. Shapes of functions of ``keras.ops``, by the rules that the operations of a graph have."""

from __future__ import annotations

from functools import cache

from .....core.parameters import parameters
from .....core.shapes import UnknownShape, listed
from .....errors import ParamcalcError
from .....rules.ops.operation import Operation, Slot
from .....rules.ops.table import PACKAGE, OperationRule, operations
from .....symbolic import Expr
from .....untyped import Arg
from ...memory.objects import List, Value
from ..native import Args, Kwargs, by_name
from ..shapes import Shape
from .tensors import shape_of

# the parameters of their rules are not those of the function, in its order
DIFFERENT = frozenset(
    [
        "argpartition", "average", "categoricalcrossentropy", "ctcdecode", "einsum", "full", "geomspace",
        "istft", "linspace", "logspace", "multihot", "nanpercentile", "nanquantile", "pad", "percentile",
        "quantile", "roll", "scatterupdate", "sliceupdate", "sparsecategoricalcrossentropy", "stft",
        "stopgradient", "trapezoid", "unique"
    ]
)  # fmt: skip


class _Unread(Exception):
    """An argument that is not known."""


@cache
def _rules() -> dict[str, tuple[str, str, OperationRule]]:
    # by the name of the function without underscores: concatenate, leakyrelu
    return {
        kind.lower(): (f"{PACKAGE}.{module}", kind, rule)
        for (module, kind), rule in operations().items()
        if kind.lower() not in DIFFERENT
    }


# functions of ``keras.ops`` that are no operations of a graph, or have other names as such
OTHERS = frozenset(
    [
        "associative_scan", "bartlett", "batch_normalization", "bincount", "blackman", "cond", "convert_to_numpy",
        "corrcoef", "custom_gradient", "dtype", "empty", "eye", "fori_loop", "hamming", "hanning", "hard_swish",
        "identity", "image", "is_tensor", "jvp", "kaiser", "layer_normalization", "linalg", "map", "ndim", "nn",
        "nonzero", "numpy", "ones", "rms_normalization", "scan", "shape", "swish", "switch", "tri", "vectorize",
        "vectorized_map", "view", "while_loop", "zeros",
    ]
)  # fmt: skip


@cache
def _kinds() -> frozenset[str]:
    return frozenset(kind.lower() for _, kind in operations())


def is_operation(name: str) -> bool:
    """Tell whether ``keras.ops`` has a function of this name; it may have others in other versions."""
    return name in OTHERS or name.replace("_", "") in _kinds()


def shape_by_rule(name: str, args: Args, kwargs: Kwargs) -> Shape | None:
    """Give the shape of what a function of ``keras.ops`` gives, where it is one tensor of a known shape."""
    found = _rules().get(name.replace("_", ""))
    if found is None:
        return None
    module, kind, rule = found
    order = parameters(rule.body)
    if len(args) > len(order) or any(one.rest for one in order):
        return None
    given = by_name([one.name for one in order], args, kwargs)
    shapes: list[Shape] = []
    try:
        plain = {name: _plain(value, shapes) for name, value in given.items() if name not in rule.ignored}
        placed = [plain.pop(one.name) for one in order if one.by_place and one.name in plain]
        options = {name: plain.pop(name) for name in [*plain] if name in rule.options}
        outs = listed(Operation(module, kind, options, placed, plain).on(*shapes).outs)
    except (_Unread, ParamcalcError):
        return None
    return None if len(outs) != 1 or isinstance(outs[0], UnknownShape) else outs[0]


def _plain(value: Value, shapes: list[Shape]) -> Arg:
    # an argument as a rule takes it: a slot for each tensor, whose shapes are collected
    if isinstance(value, List) and value.blur is None:
        return [_plain(one, shapes) for one in value.items]
    if isinstance(value, tuple):
        return [_plain(one, shapes) for one in value]
    if isinstance(value, (int, float, str, Expr)) or value is None:
        return value
    shape = shape_of(value)
    if shape is None:
        raise _Unread
    shapes.append(shape)
    return Slot(len(shapes) - 1)
