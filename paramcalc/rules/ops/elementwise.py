"""Element by element: one tensor, or several stretched to one another (keras/src/ops/numpy, nn, math, core)."""

from __future__ import annotations

from ...core.built import Built
from ...core.shapes import Shape
from ...untyped import Arg
from .sizes import broadcast, dims, places, ranked, stands, tensors, volume, whole
from .table import UnsupportedCall, gives, ops_of

core, math, nn, numpy = ops_of("core"), ops_of("math"), ops_of("nn"), ops_of("numpy")


@core("StopGradient", flow="")
@core("Cast SaturateCast", inert="dtype")
@core("ConvertToTensor", inert="dtype sparse ragged")
@math("Erf Erfc Erfinv Rsqrt")
@nn("HardSigmoid HardSilu HardTanh LogSigmoid Relu Relu6 Selu Sigmoid Silu Softplus Softsign SparsePlus SparseSigmoid")
@nn("TanhShrink")
@nn("Celu Elu", inert="alpha")
@nn("Gelu", inert="approximate")
@nn("HardShrink SoftShrink", inert="threshold")
@nn("LeakyRelu", inert="negative_slope")
@nn("Squareplus", inert="b")
@nn("Threshold", inert="threshold default_value")
@numpy("Abs Absolute Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Cbrt Conj Conjugate Copy Cos Cosh Deg2rad Exp")
@numpy("Exp2 Expm1 Fabs I0 Imag Log Log10 Log1p Log2 Negative Rad2deg Real Reciprocal Sin Sinc Sinh Sqrt Square Tan")
@numpy("Tanh")
@numpy("BitwiseInvert BitwiseNot Ceil Floor Isfinite Isinf Isnan Isneginf Isposinf Isreal LogicalNot Sign", flow="")
@numpy("Signbit Trunc", flow="")
@numpy("Array", inert="dtype")
@numpy("EmptyLike OnesLike ZerosLike", inert="dtype", flow="")
@numpy("NanToNum", inert="nan posinf neginf")
@numpy("Round", inert="decimals", flow="")
@numpy("Tril Triu", inert="k")
def each(x: Shape, /) -> Built:
    """One number for each number."""
    return gives(dims(x))


@numpy()
def Clip(x: Shape, /, *, x_min: Arg, x_max: Arg) -> Built:
    """Each number, held between two."""
    return gives(stands(x, dims(x_min), dims(x_max)))


@numpy("FullLike", inert="dtype", flow="fill_value")
def filled(x: Shape, fill_value: Arg) -> Built:
    """One number in every place of a tensor."""
    return gives(stands(x, dims(fill_value)))


@numpy("Flip")
@numpy("Roll", inert="shift")
def turned(x: Shape, /, *, axis: Arg = None) -> Built:
    """The same shape; the axes, if any are named, must be there."""
    return along(x, axis=axis)


@nn("LogSoftmax Softmax")
@nn("Normalize", inert="order epsilon")
def along(x: Shape, /, *, axis: Arg = -1) -> Built:
    """The same shape; the axes, if any are named, must be there."""
    if axis is not None:
        places(axis, len(x))
    return gives(x)


@nn()
def Sparsemax(x: Shape, /, *, axis: Arg = -1) -> Built:
    """The same shape; the axis must be there."""
    places(whole(axis), len(x))
    return gives(x)


@numpy("Sort")
@numpy("Argsort", flow="")
@numpy("Argpartition", inert="kth", flow="")
def ordered(x: Shape, /, *, axis: Arg = -1) -> Built:
    """In another order along an axis, or laid end to end first."""
    return flat_or(x, axis)


@numpy("Cumprod Cumsum Nancumprod Nancumsum", inert="dtype")
def running(x: Shape, /, *, axis: Arg = None) -> Built:
    """So far, along an axis, or laid end to end first."""
    return flat_or(x, axis)


def flat_or(x: Shape, axis: Arg) -> Built:
    """Keep the shape if an axis is named, else lay the numbers end to end."""
    if axis is None:
        return gives((volume(x),))
    places(whole(axis), len(x))
    return gives(x)


@numpy()
def Fliplr(x: Shape) -> Built:
    """The second axis, turned round."""
    return gives(ranked(x, least=2))


@numpy()
def Flipud(x: Shape) -> Built:
    """The first axis, turned round."""
    return gives(ranked(x, least=1))


@numpy("Add Arctan2 Divide DivideNoNan Fmax Fmin Fmod Heaviside Hypot Logaddexp Logaddexp2 Maximum Minimum Mod")
@numpy("Multiply Nextafter Power Subtract TrueDivide")
@numpy("Ldexp", flow="x1")
@numpy(
    "Equal FloorDivide Gcd Greater GreaterEqual Lcm Less LessEqual LogicalAnd LogicalOr LogicalXor NotEqual", flow=""
)
def both(x1: Arg, x2: Arg) -> Built:
    """Element by element, the shapes stretched to one another."""
    return gives(broadcast(dims(x1), dims(x2)))


@numpy("Isclose", inert="equal_nan", flow="")
def close(x1: Arg, x2: Arg, rtol: Arg = 0, atol: Arg = 0) -> Built:
    """Element by element, the shapes stretched to one another."""
    return gives(stands(broadcast(dims(x1), dims(x2)), dims(rtol), dims(atol)))


@numpy("AllClose", inert="rtol atol equal_nan", flow="")
def one_answer(x1: Arg, x2: Arg) -> Built:
    """One answer for all numbers."""
    broadcast(dims(x1), dims(x2))
    return gives(())


@numpy("BitwiseAnd BitwiseLeftShift BitwiseOr BitwiseRightShift BitwiseXor LeftShift RightShift", flow="")
def bits(x: Shape, y: Arg) -> Built:
    """Element by element; the first shape stands."""
    return gives(stands(dims(x), dims(y)))


@nn()
def Polar(abs_: Shape, angle: Shape) -> Built:
    """Complex numbers from lengths and angles."""
    return gives(stands(dims(abs_), dims(angle)))


@numpy(flow="x1 x2")
def Where(condition: Arg, x1: Arg = None, x2: Arg = None) -> Built:
    """One or the other, the shapes stretched to one another."""
    if x1 is None or x2 is None:
        raise UnsupportedCall("of a condition alone: the shape of the result depends on its values")
    return gives(broadcast(dims(condition), dims(x1), dims(x2)))


@numpy(flow="choicelist default")
def Select(condlist: Arg, choicelist: Arg, default: Arg = 0) -> Built:
    """For each number the first choice whose condition holds; the first choice's shape stands."""
    first, *others = tensors(choicelist)
    return gives(stands(first, *others, *tensors(condlist), dims(default)))


@numpy(flow="")
def Digitize(x: Shape, bins: Arg) -> Built:
    """The bin of each number."""
    if isinstance(bins, tuple):
        ranked(bins, 1)
    return gives(dims(x))


@numpy("IsIn", inert="assume_unique invert", flow="")
def among(x1: Shape, x2: Arg) -> Built:
    """Whether each number is one of those."""
    return gives(dims(x1))


@numpy("SearchSorted", inert="side", flow="")
def sought(sorted_sequence: Shape, values: Shape) -> Built:
    """The place of each number in a sequence."""
    ranked(dims(sorted_sequence), 1)
    return gives(dims(values))
