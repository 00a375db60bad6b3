"""Operations of calls of ``keras.ops`` in a graph, by class; a class without an entry is unknown."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from ....core.shapes import Shape
from ....core.spelling import snake
from ....rules.ops.operation import Operation
from ....symbolic import Size
from .call import UnknownOperations
from .functions import log_softmax, of_each, softmax
from .shared import without_axes

Function = Callable[[Operation, tuple[Shape, ...], tuple[Shape, ...]], Size]

ONE_EACH = """Abs Absolute Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Cbrt Ceil Cos Cosh Exp Exp2 Expm1 Fabs Floor
Isfinite Isinf Isnan Log Log10 Log1p Log2 LogicalNot Negative Reciprocal Round Rsqrt Sign Sin Sinh Sqrt Square Tan Tanh
Trunc Erf Erfinv
Add Arctan2 Divide Equal FloorDivide Fmax Fmin Fmod Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalXor
Maximum Minimum Mod Multiply NotEqual Power Subtract TrueDivide"""
MOVES = """
Append ArraySplit BroadcastTo Cast Concatenate Copy DepthToSpace Diag Diagflat Diagonal Dsplit Dstack ExpandDims
Flip Fliplr Flipud GetItem Hsplit Hstack Meshgrid Moveaxis OnesLike Pad Ravel Rearrange Repeat Reshape Roll Rot90 Slice
SpaceToDepth Split Squeeze Stack StopGradient Swapaxes Take TakeAlongAxis Tile Transpose Tril Triu Unfold Unstack
Vsplit Vstack Where ZerosLike"""
PRODUCTS = "Matmul Dot Tensordot Inner Vdot Outer Einsum Conv DepthwiseConv SeparableConv ConvTranspose"


def one_each(call: Operation, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]) -> Size:
    """Take one operation for each element of the output."""
    return prod(outputs[0])


def nothing(call: Operation, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]) -> Size:
    """Move numbers, or multiply matrices."""
    return 0


def summed(call: Operation, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]) -> Size:
    """Add up, or take the largest: an operation less than there are numbers."""
    return prod(inputs[0]) - prod(outputs[0])


def mean(call: Operation, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]) -> Size:
    """Add up and divide."""
    return prod(inputs[0])


def variance(call: Operation, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]) -> Size:
    """Take the mean, the differences, their squares and the mean of these."""
    return 4 * prod(inputs[0])


def deviation(call: Operation, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]) -> Size:
    """Take the root of the variance."""
    return variance(call, inputs, outputs) + prod(outputs[0])


def clipped(call: Operation, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]) -> Size:
    """Compare with two bounds."""
    return 2 * prod(outputs[0])


def activated(call: Operation, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]) -> Size:
    """Apply an activation to each element; GELU is the approximate one unless it is called otherwise."""
    name = snake(call.type)
    if name == "gelu" and call.options.get("approximate", True):
        name = "gelu_tanh"
    number = of_each(name)
    if number is None:
        raise UnknownOperations(call.type)
    return number * prod(outputs[0])


def shares(call: Operation, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]) -> Size:
    """Take a softmax, or its logarithm, along the axes."""
    axis = call.options.get("axis", -1)
    if axis is None:
        groups: Size = 1
    else:
        groups = without_axes(inputs[0], (axis,) if isinstance(axis, int) else axis)
    of = softmax if call.type == "Softmax" else log_softmax
    return of(prod(inputs[0]), groups)


ACTIVATIONS = """
Celu Elu Gelu HardShrink HardSigmoid HardSilu HardTanh LeakyRelu LogSigmoid Relu Relu6 Selu Sigmoid Silu
SoftShrink Softplus Softsign SparsePlus SparseSigmoid Squareplus TanhShrink Threshold"""

TABLE: dict[str, Function] = {
    **dict.fromkeys(ONE_EACH.split(), one_each),
    **dict.fromkeys(MOVES.split(), nothing),
    **dict.fromkeys(PRODUCTS.split(), nothing),
    **dict.fromkeys(ACTIVATIONS.split(), activated),
    **dict.fromkeys(("Sum", "Prod", "Max", "Min", "Amax", "Amin", "Any", "All"), summed),
    **dict.fromkeys(("Softmax", "LogSoftmax"), shares),
    "Mean": mean,
    "Var": variance,
    "Std": deviation,
    "Clip": clipped,
}


def count_of(call: Operation, inputs: tuple[Shape, ...], outputs: tuple[Shape, ...]) -> Size:
    """Count the operations of a call.

    Raises
    ------
    UnknownOperations
        For a class without an entry.
    """
    found = TABLE.get(call.type)
    if found is None or not inputs:
        raise UnknownOperations(call.type)
    return found(call, inputs, outputs)
