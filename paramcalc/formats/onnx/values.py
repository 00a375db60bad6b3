"""Values of a graph: their shapes, the stored tensors that they are made of, and how operators carry these on.

A value is a constant when all it is computed from is stored. The shape rules are those of the operators of ONNX 1.23
(docs/Operators.md there); where one needs what is not known, the shape is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import NamedTuple

from ...rules.shared.windows import padded
from ...symbolic import Expr, Size, text
from ..operators.stored import MAX_AXES, MAX_NUMBERS
from .messages import FEW, TYPES, Tensor

Sizes = tuple[Size, ...]
MAX_TEXT = 80  # characters of an expression


class Value(NamedTuple):
    """What a name of a graph stands for.

    Attributes
    ----------
    shape : tuple of int or Expr, optional
    dtype : str
    roots : tuple of Tensor, optional
        The stored tensors that it is made of; ``None`` for what is computed from the inputs of the graph.
    beside : tuple of Tensor
        Stored tensors that say how the roots are quantized.
    ints : tuple of int, optional
        Its numbers, where they are few, whole and known.
    """

    shape: Sizes | None = None
    dtype: str = ""
    roots: tuple[Tensor, ...] | None = None
    beside: tuple[Tensor, ...] = ()
    ints: tuple[int, ...] | None = None

    @property
    def params(self) -> int:
        """How many numbers its roots store."""
        return sum(one.params for one in self.roots or ())


NOTHING = Value()


class Call(NamedTuple):
    """One node: its operator, what it reads, and its attributes that are numbers."""

    op: str
    inputs: tuple[Value | None, ...]
    ints: Mapping[str, tuple[int, ...]]
    outputs: int

    def shape(self, place: int = 0) -> Sizes | None:
        """Give the shape of an input, if it is known."""
        value = self.value(place)
        return value.shape if value is not None else None

    def value(self, place: int) -> Value | None:
        """Give an input, or ``None`` where it is left out."""
        return self.inputs[place] if place < len(self.inputs) else None

    def number(self, name: str, default: int = 0) -> int:
        """Give an attribute that is one number."""
        return self.ints[name][-1] if self.ints.get(name) else default

    def numbers(self, name: str, place: int | None = None) -> tuple[int, ...] | None:
        """Give an attribute that is a list, or since a later version an input, if it is there and known."""
        if name in self.ints:
            return self.ints[name]
        value = self.value(place) if place is not None else None
        return value.ints if value is not None else None


ELEMENTWISE = frozenset(
    [
        "Identity",
        "Cast",
        "Relu",
        "LeakyRelu",
        "Elu",
        "Selu",
        "Celu",
        "Gelu",
        "HardSigmoid",
        "HardSwish",
        "Sigmoid",
        "Softplus",
        "Softsign",
        "Tanh",
        "Erf",
        "Exp",
        "Log",
        "Sqrt",
        "Reciprocal",
        "Abs",
        "Neg",
        "Floor",
        "Ceil",
        "Round",
        "Sign",
        "Sin",
        "Cos",
        "Not",
        "Softmax",
        "LogSoftmax",
        "Dropout",
        "Clip",
        "PRelu",
        "Mish",
        "Swish",
        "BatchNormalization",
        "LayerNormalization",
        "InstanceNormalization",
        "GroupNormalization",
        "RMSNormalization",
        "SimplifiedLayerNormalization",
        "QuantizeLinear",
        "DequantizeLinear",
        "DynamicQuantizeLinear",
        "LpNormalization",
        "CastLike",
        "FastGelu",
        "BiasGelu",
        "QuickGelu",
        "ThresholdedRelu",
        "CumSum",
        "LRN",
        "MeanVarianceNormalization",
    ]
)
BROADCAST = frozenset(
    [
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Pow",
        "Mod",
        "And",
        "Or",
        "Xor",
        "Equal",
        "Greater",
        "Less",
        "GreaterOrEqual",
        "LessOrEqual",
    ]
)
QUANTIZING = frozenset({"QuantizeLinear", "DequantizeLinear"})
OF_SHAPE = frozenset({"Shape", "Size"})  # depend on the shape of what they read, and on none of its numbers


def _transposed(call: Call) -> Sizes | None:
    shape = call.shape()
    if shape is None:
        return None
    order = call.numbers("perm") or tuple(reversed(range(len(shape))))
    return tuple(shape[axis] for axis in order) if sorted(order) == list(range(len(shape))) else None


def _unsqueezed(call: Call) -> Sizes | None:
    shape, axes = call.shape(), call.numbers("axes", 1)
    if shape is None or axes is None:
        return None
    rank = len(shape) + len(axes)
    new = {axis % rank for axis in axes if -rank <= axis < rank}
    rest = iter(shape)
    return tuple(1 if axis in new else next(rest) for axis in range(rank)) if len(new) == len(axes) else None


def _squeezed(call: Call) -> Sizes | None:
    shape, axes = call.shape(), call.numbers("axes", 1)
    if shape is None:
        return None
    gone = {axis % len(shape) for axis in axes} if axes and shape else {at for at, n in enumerate(shape) if n == 1}
    return tuple(size for axis, size in enumerate(shape) if axis not in gone)


def _reshaped(call: Call) -> Sizes | None:
    shape, wanted = call.shape(), call.numbers("shape", 1)
    if wanted is None:
        return None
    sizes: list[Size] = []
    for at, size in enumerate(wanted):
        if size == 0 and not call.number("allowzero"):
            if shape is None or at >= len(shape):
                return None
            sizes.append(shape[at])
        else:
            sizes.append(size)
    if -1 in wanted:
        rest = prod(size for size, asked in zip(sizes, wanted, strict=True) if asked != -1)
        if shape is None or isinstance(rest, Expr) or rest <= 0 or any(isinstance(size, Expr) for size in shape):
            return None
        sizes[wanted.index(-1)] = prod(shape) // rest
    return tuple(sizes) if all(isinstance(size, Expr) or size >= 0 for size in sizes) else None


def _flattened(call: Call) -> Sizes | None:
    shape, axis = call.shape(), call.number("axis", 1)
    if shape is None:
        return None
    axis += len(shape) if axis < 0 else 0
    return (prod(shape[:axis]), prod(shape[axis:]))


def _sliced(call: Call) -> Sizes | None:
    shape, starts, ends = call.shape(), call.numbers("starts", 1), call.numbers("ends", 2)
    if shape is None or starts is None or ends is None or len(starts) != len(ends):
        return None
    axes = call.numbers("axes", 3) or tuple(range(len(starts)))
    steps = call.numbers("steps", 4) or (1,) * len(starts)
    if len(axes) != len(starts) or len(steps) != len(starts):
        return None
    sizes = list(shape)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        if not -len(shape) <= axis < len(shape) or step == 0:
            return None
        size = sizes[axis]
        if isinstance(size, Expr):
            if (start, step) != (0, 1) or end < 2**31 - 1:
                return None
            continue
        sizes[axis] = len(range(*slice(start, end, step).indices(size)))
    return tuple(sizes)


def _joined(call: Call) -> Sizes | None:
    shapes = [one.shape for one in call.inputs if one is not None]
    known = [shape for shape in shapes if shape is not None]
    axis = call.number("axis")
    if not known or len(known) < len(shapes) or len({len(shape) for shape in known}) > 1:
        return None
    if not -len(known[0]) <= axis < len(known[0]):
        return None
    sizes = list(known[0])
    for shape in known[1:]:
        sizes[axis] = sizes[axis] + shape[axis]
    return tuple(sizes)


def broadcast(shapes: Sequence[Sizes | None]) -> Sizes | None:
    """Give the shape that several shapes are stretched to, if they fit."""
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return None
    rank = max(map(len, known), default=0)
    sizes: list[Size] = []
    for axis in range(rank):
        there = {shape[axis - rank] for shape in known if rank - axis <= len(shape)} - {1}
        if len(there) > 1:
            return None
        sizes.append(there.pop() if there else 1)
    return tuple(sizes)


def _multiplied(call: Call) -> Sizes | None:
    a, b = call.shape(0), call.shape(_SECOND.get(call.op, 1))
    if not a or not b:
        return None
    lead = broadcast([a[:-2], b[:-2]])
    if lead is None:
        return None
    return (*lead, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))


_SECOND = {"QLinearMatMul": 3}


def _gemm(call: Call) -> Sizes | None:
    a, b = call.shape(0), call.shape(1)
    if a is None or b is None or len(a) != len(b) or len(a) != 2:
        return None
    return (a[1] if call.number("transA") else a[0], b[0] if call.number("transB") else b[1])


def _windows(call: Call, kernel: Sizes, filters: Size, shape: Sizes) -> Sizes | None:
    # AUTO_PAD is a text; a node with one has the number of its kind here: see graph.py
    rank = len(kernel)
    if len(shape) != rank + 2:
        return None
    strides = call.ints.get("strides") or (1,) * rank
    dilations = call.ints.get("dilations") or (1,) * rank
    pads = call.ints.get("pads") or (0,) * (2 * rank)
    if not len(strides) == len(dilations) == rank or len(pads) != 2 * rank or min(strides) < 1 or min(dilations) < 1:
        return None
    if "auto_pad" in call.ints or call.number("ceil_mode"):
        return None
    places: list[Size] = []
    for at, size in enumerate(shape[2:]):
        before, after = pads[at], pads[at + rank]
        if before != after and not isinstance(size, Expr):
            size, before = size + before + after, 0
        elif before != after or (not isinstance(size, Expr) and size + 2 * before < 1):
            return None
        k = kernel[at]
        if isinstance(size, int) and isinstance(k, int) and size + 2 * before < dilations[at] * (k - 1) + 1:
            return None
        places.append(padded(size, k, strides[at], before, dilations[at]))
    return (shape[0], filters, *places)


def _convolved(call: Call) -> Sizes | None:
    shape, kernel = call.shape(), call.shape(3 if call.op == "QLinearConv" else 1)
    if shape is None or kernel is None or len(kernel) < 3:
        return None
    return _windows(call, kernel[2:], kernel[0], shape)


def _pooled(call: Call) -> Sizes | None:
    shape, kernel = call.shape(), call.ints.get("kernel_shape")
    return _windows(call, kernel, shape[1], shape) if shape is not None and len(shape) > 2 and kernel else None


def _pooled_whole(call: Call) -> Sizes | None:
    shape = call.shape()
    return (*shape[:2], *(1,) * (len(shape) - 2)) if shape is not None and len(shape) > 2 else None


def _gathered(call: Call) -> Sizes | None:
    data, at, axis = call.shape(0), call.shape(1), call.number("axis")
    if data is None or at is None or not -len(data) <= axis < len(data):
        return None
    axis %= len(data)
    return (*data[:axis], *at, *data[axis + 1 :])


def _made(call: Call) -> Sizes | None:
    value = call.value(0)
    return value.ints if value is not None and value.ints is not None and min(value.ints, default=0) >= 0 else None


SHAPES: dict[str, Callable[[Call], Sizes | None]] = {
    **dict.fromkeys(ELEMENTWISE, lambda call: call.shape()),
    **dict.fromkeys(BROADCAST, lambda call: broadcast([one.shape for one in call.inputs if one is not None])),
    "Transpose": _transposed,
    "Unsqueeze": _unsqueezed,
    "Squeeze": _squeezed,
    "Reshape": _reshaped,
    "Flatten": _flattened,
    "Slice": _sliced,
    "Concat": _joined,
    "MatMul": _multiplied,
    "MatMulInteger": _multiplied,
    "QLinearMatMul": _multiplied,
    "FusedMatMul": _multiplied,
    "Gemm": _gemm,
    "Conv": _convolved,
    "FusedConv": _convolved,
    "ConvInteger": _convolved,
    "QLinearConv": _convolved,
    "MaxPool": _pooled,
    "AveragePool": _pooled,
    "GlobalAveragePool": _pooled_whole,
    "GlobalMaxPool": _pooled_whole,
    "Gather": _gathered,
    "ConstantOfShape": _made,
}
KEEP_NUMBERS = frozenset(["Identity", "Unsqueeze", "Squeeze", "Reshape", "Cast", "Flatten"])


def within_bounds(shape: Sizes | None) -> Sizes | None:
    """Give a shape back, or ``None`` for one whose sizes no tensor has, or whose expressions have grown long."""
    if shape is None or len(shape) > MAX_AXES:
        return None
    long = any(len(text(size)) > MAX_TEXT if isinstance(size, Expr) else size >= MAX_NUMBERS for size in shape)
    return None if long else shape


def carried(call: Call) -> Value:
    """Give the first output of a node: its shape by the rules above, and the roots where all it reads is constant."""
    there = [one for one in call.inputs if one is not None]
    rule = SHAPES.get(call.op)
    shape = within_bounds(rule(call)) if rule is not None else None
    constant = bool(there) and all(one.roots is not None for one in there) and call.op not in OF_SHAPE
    if not constant:
        return Value(shape)
    return Value(shape, _dtype(call), *_roots(call, there, shape), _ints(call, there))


def split(call: Call) -> list[Value]:
    """Give the outputs of a Split: equal parts, or as an attribute or an input says."""
    shape, sizes, axis = call.shape(), call.numbers("split", 1), call.number("axis")
    whole = carried(call)
    known = shape is not None and -len(shape) <= axis < len(shape)
    size = shape[axis] if known and shape is not None else None
    if sizes is None and isinstance(size, int) and call.outputs:
        part = -(-size // call.outputs)
        sizes = tuple(max(0, min(part, size - part * at)) for at in range(call.outputs))
    if shape is None or size is None or sizes is None or len(sizes) != call.outputs or min(sizes) < 0:
        return [whole._replace(shape=None)] * call.outputs
    axis %= len(shape)
    return [whole._replace(shape=(*shape[:axis], one, *shape[axis + 1 :])) for one in sizes]


def _dtype(call: Call) -> str:
    if call.op == "Cast":
        return TYPES.get(call.number("to"), ("",))[0]
    first = call.value(0)
    if call.op == "DequantizeLinear":
        scale = call.value(1)
        return scale.dtype if scale is not None and scale.dtype else "float32"
    return first.dtype if first is not None else ""


def _roots(call: Call, there: Sequence[Value], shape: Sizes | None) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    first = call.value(0)
    beside = {id(root): root for one in there for root in one.beside}
    if call.op in QUANTIZING and first is not None:  # scales and zero points are how the numbers are stored
        beside |= {id(root): root for one in there[1:] for root in one.roots or ()}
        return first.roots or (), tuple(beside.values())
    if call.op in _OF_FIRST and first is not None:  # the others say where, and not what
        return first.roots or (), tuple(beside.values())
    found = {id(root): root for one in there for root in one.roots or ()}
    return tuple(found.values()), tuple(beside.values())


_OF_FIRST = frozenset(
    ["Unsqueeze", "Squeeze", "Reshape", "Slice", "Split", "Expand", "Gather", "Tile", "Pad", "Resize"]
)


def _ints(call: Call, there: Sequence[Value]) -> tuple[int, ...] | None:
    first = call.value(0)
    if first is not None and call.op in KEEP_NUMBERS:
        return first.ints
    if call.op == "Concat" and all(one.ints is not None for one in there):
        found = tuple(number for one in there for number in one.ints or ())
        return found if len(found) <= FEW else None
    return None
