"""The shapes that operators give by those that they read, as ONNX 1.23 has them (docs/Operators.md there).

Where a rule needs what is not known, the shape is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from ...rules.shared.windows import padded
from ...symbolic import Expr, Size, text
from ...symbolic.fold import LEAVES
from ..operators.stored import MAX_AXES, MAX_NUMBERS
from .values import Call, Sizes

MAX_TEXT = 80  # characters of an expression

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
    # AUTO_PAD is a text; a node with one has the number of its kind here: see `Node`
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


def within_bounds(shape: Sizes | None) -> Sizes | None:
    """Give a shape back, or ``None`` for one whose sizes no tensor has, or whose expressions have grown long."""
    if shape is None or len(shape) > MAX_AXES:
        return None
    for size in shape:
        if size >= MAX_NUMBERS if isinstance(size, int) else size.op not in LEAVES and len(text(size)) > MAX_TEXT:
            return None
    return shape
