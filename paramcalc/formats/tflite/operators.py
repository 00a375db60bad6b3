"""Operators of TensorFlow Lite that read weights, as a table; their codes, and those of the types of tensors.

Source: tensorflow/compiler/mlir/lite/schema/schema.fbs (codes, types, layouts of filters) and the kernels' headers in
tensorflow/lite/kernels (places of inputs), TensorFlow 2.18.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from ...core.formula import Formula
from ..operators.formulas import formula_at

Shape = tuple[int, ...]


class Operator(NamedTuple):
    """One line of the table.

    Attributes
    ----------
    name : str
    weights : dict of int to str
        The axes of each input that is a weight.
    formula : str
        ``has2`` is 1 where input 2 is there; empty where there is none.
    per : str
        The axes of the first weight by which one number of the output is computed; ``0`` where nothing is multiplied,
        empty where the cost is unknown.
    """

    name: str
    weights: Mapping[int, str]
    formula: str = ""
    per: str = ""


_LSTM = dict.fromkeys([*range(1, 18), *range(20, 24)], "")
_BOTH_WAYS = dict.fromkeys([*range(1, 35)], "")
OPERATORS = {
    0: Operator("ADD", {0: "", 1: ""}, per="0"),
    3: Operator("CONV_2D", {1: "F k_h k_w C", 2: "F"}, "F*(k_h*k_w*C + has2)", "k_h k_w C"),
    4: Operator("DEPTHWISE_CONV_2D", {1: "one k_h k_w F", 2: "F"}, "F*(k_h*k_w + has2)", "k_h k_w"),
    7: Operator("EMBEDDING_LOOKUP", {1: "V d"}, "V*d", "0"),
    9: Operator("FULLY_CONNECTED", {1: "d_o d_i", 2: "d_o"}, "d_o*(d_i + has2)", "d_i"),
    16: Operator("LSTM", _LSTM),
    18: Operator("MUL", {0: "", 1: ""}, per="0"),
    24: Operator("RNN", {1: "d_h d_x", 2: "d_h d_h", 3: "d_h"}, "d_h*(d_h + d_x) + d_h"),
    27: Operator("SVDF", {1: "", 2: "", 3: ""}),
    32: Operator("CUSTOM", {}),
    35: Operator("UNIDIRECTIONAL_SEQUENCE_RNN", {1: "d_h d_x", 2: "d_h d_h", 3: "d_h"}, "d_h*(d_h + d_x) + d_h"),
    36: Operator("GATHER", {0: ""}, per="0"),
    41: Operator("SUB", {0: "", 1: ""}, per="0"),
    42: Operator("DIV", {0: "", 1: ""}, per="0"),
    44: Operator("UNIDIRECTIONAL_SEQUENCE_LSTM", _LSTM),
    46: Operator("BIDIRECTIONAL_SEQUENCE_RNN", dict.fromkeys((1, 2, 3, 5, 6, 7, 10, 11), "")),
    52: Operator("BIDIRECTIONAL_SEQUENCE_LSTM", _BOTH_WAYS),
    54: Operator("PRELU", {1: ""}, per="0"),
    67: Operator("TRANSPOSE_CONV", {1: "F k_h k_w C", 3: "F"}, "F*(k_h*k_w*C + has3)"),
    126: Operator("BATCH_MATMUL", {0: "", 1: ""}),
    132: Operator("CONV_3D", {1: "k_d k_h k_w C F", 2: "F"}, "F*(k_d*k_h*k_w*C + has2)", "k_d k_h k_w C"),
    141: Operator("CONV_3D_TRANSPOSE", {1: "", 3: ""}),
}
VECTORS = frozenset({"ADD", "MUL", "SUB", "DIV", "GATHER", "CUSTOM"})  # read weights among other constants
LSTMS = frozenset({16, 44})
CUSTOM = 32
DEQUANTIZE = 6

# the names of the types, and the bits of one number; 0 where it has no fixed number
TYPES = (
    *(("float32", 32), ("float16", 16), ("int32", 32), ("uint8", 8), ("int64", 64), ("string", 0), ("bool", 8)),
    *(("int16", 16), ("complex64", 64), ("int8", 8), ("float64", 64), ("complex128", 128), ("uint64", 64)),
    *(("resource", 0), ("variant", 0), ("uint32", 32), ("uint16", 16), ("int4", 4), ("bfloat16", 16)),
    *(("int2", 2), ("uint4", 4)),
)
FLOATS = frozenset({"float32", "float16", "bfloat16", "float64"})


def formula(found: Operator, there: Mapping[int, Shape], code: int, numbers: int) -> Formula | None:
    """Give the formula of the weights that are there, by their shapes; ``None`` where it does not give their number."""
    if code in LSTMS:
        return _lstm(there, numbers)
    if not found.formula:
        return None
    axes = tuple([(_names(found.weights[place]), shape) for place, shape in there.items()])
    if any(len(names) != len(shape) for names, shape in axes):
        return None
    return formula_at(found.formula, there, axes, numbers)


@cache
def _names(written: str) -> tuple[str, ...]:
    return tuple(written.split())


def _lstm(there: Mapping[int, Shape], numbers: int) -> Formula | None:
    # gates i f c o; without an input gate it is coupled to the forget gate
    kernel, recurrent = there.get(2), there.get(6)
    if kernel is None or recurrent is None or len(kernel) != 2 or len(recurrent) != 2:
        return None
    projected = 16 in there
    size = "d_p" if projected else "d_h"
    gates = sum(place in there for place in (1, 2, 3, 4))
    terms = [f"{gates}*(d_h*({size} + d_x) + d_h)"]
    peepholes = sum(place in there for place in (9, 10, 11))
    norms = sum(place in there for place in (20, 21, 22, 23))
    terms += [f"{peepholes}*d_h"] * bool(peepholes) + [f"{norms}*d_h"] * bool(norms)
    terms += ["d_p*d_h"] * projected + ["d_p"] * (17 in there)
    axes = (("d_h", "d_x"), kernel), (("d_p",), recurrent[1:])
    return formula_at(" + ".join(terms), there, axes, numbers)


def macs(found: Operator, weight: Shape | None, out: Shape | None) -> int | None:
    """Give the multiply-adds of an operator by the shape of its output; ``None`` where they are unknown."""
    if found.per == "0":
        return 0
    names = _names(next(iter(found.weights.values()), ""))
    if not found.per or weight is None or out is None or len(names) != len(weight):
        return None
    sizes = dict(zip(names, weight, strict=True))
    count = 1
    for size in (*out, *(sizes[name] for name in _names(found.per))):
        count *= size
    return count
