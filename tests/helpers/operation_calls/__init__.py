"""Calls of operations to hold against Keras: at least one of each, tensors open and known, right and wrong.

``CALLS`` are written out, a module for each family; the other names are families that one draw of shapes serves.
"""

from importlib import import_module
from pkgutil import iter_modules

from .writing import (
    Call,
    T as T,
    c as c,
    i as i,
    name_of as name_of,
    operation as operation,
    replaced as replaced,
    t as t,
)

MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__) if module.name != "writing"]
CALLS: list[Call] = [call for module in MODULES for call in module.CALLS]

UNARY = {
    "core": "StopGradient ConvertToTensor",
    "math": "Erf Erfc Erfinv Rsqrt",
    "nn": "HardSigmoid HardSilu HardTanh LogSigmoid Relu Relu6 Selu Sigmoid Silu Softplus Softsign SparsePlus "
    "SparseSigmoid TanhShrink Celu Elu Gelu HardShrink SoftShrink LeakyRelu Squareplus Softmax LogSoftmax Normalize",
    "numpy": "Abs Absolute Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Cbrt Ceil Conj Conjugate Copy Cos Cosh "
    "Deg2rad Exp Exp2 Expm1 Fabs Floor I0 Imag Isfinite Isinf Isnan Isneginf Isposinf Isreal Log Log10 Log1p Log2 "
    "LogicalNot Negative Rad2deg Real Reciprocal Sign Signbit Sin Sinc Sinh Sqrt Square Tan Tanh Trunc Array EmptyLike "
    "OnesLike ZerosLike NanToNum Round Flip Ravel Transpose Size Cumsum Cumprod Nancumsum Nancumprod Sort Argsort "
    "Squeeze",
}
UNARIES = [f"{module}.{name}" for module, names in UNARY.items() for name in names.split()]
WHOLE = ["numpy.BitwiseInvert", "numpy.BitwiseNot"]  # unary, of whole numbers
PAIR = (
    "Add Arctan2 Divide DivideNoNan Equal FloorDivide Fmax Fmin Fmod Greater GreaterEqual Heaviside Hypot Less "
    "LessEqual Logaddexp Logaddexp2 LogicalAnd LogicalOr LogicalXor Maximum Minimum Mod Multiply Nextafter "
    "NotEqual Power Subtract TrueDivide Isclose AllClose"
)
PAIRS = [f"numpy.{name}" for name in PAIR.split()]
BITS = "Gcd Lcm BitwiseAnd BitwiseLeftShift BitwiseOr BitwiseRightShift BitwiseXor LeftShift RightShift"
BITWISE = [f"numpy.{name}" for name in BITS.split()]
OVER = (
    "All Amax Amin Any Mean Median Nanmax Nanmean Nanmedian Nanmin Nanprod Nanstd Nansum Nanvar Ptp Std Sum Var "
    "Max Min Prod"
)
REDUCING = ["math.Logsumexp", *(f"numpy.{name}" for name in OVER.split())]
WHICH = ["numpy.Argmax", "numpy.Argmin", "numpy.Nanargmax", "numpy.Nanargmin"]

LOOP = "it runs functions that the file holds as code"
LEFT = {  # operations of Keras without a rule, and why
    "core.AssociativeScan": LOOP,
    "core.Cond": LOOP,
    "core.ForiLoop": LOOP,
    "core.Map": LOOP,
    "core.Scan": LOOP,
    "core.Switch": LOOP,
    "core.VectorizedMap": LOOP,
    "core.WhileLoop": LOOP,
    "function.Function": "a graph, not a function of its own",
    "linalg.JVP": LOOP,
    "math.SegmentReduction": "what the others are made from",
    "numpy.Bincount": "how many bins there are hangs on the values",
    "numpy.Corrcoef": "Keras announces the shape of its input, and computes a square",
    "numpy.Ndim": "Keras announces a vector, and computes a number",
    "numpy.Nonzero": "their number depends on the values",
    "numpy.View": "the size of a number hangs on the type of the input",
    "operation.Operation": "what the others are made from",
}
LENIENT = {  # where Keras refuses open sizes that do no harm
    "einops.Rearrange",
    "numpy.Kron",
    "numpy.Vander",
}
# calls without a rule that jax cannot compute either, so that nothing tells whether Keras announces them rightly
UNCOMPUTED = {"nn.DotProductAttention", "numpy.Quantile", "numpy.Unique"}
PIXELS = "it moves pixels about by multiplying them"
UNCOUNTED = {  # operations that jax runs as products, and are none
    "image.AffineTransform": PIXELS,
    "image.ElasticTransform": PIXELS,
    "image.ExtractPatches": PIXELS,
    "image.PerspectiveTransform": PIXELS,
    "image.RGBToGrayscale": PIXELS,
    "image.Resize": PIXELS,
    "image.SSIM": PIXELS,
    "image.ScaleAndTranslate": PIXELS,
    "math.ExtractSequences": PIXELS,
    "nn.Fold": PIXELS,
    "linalg.CholeskyInverse": "factors",
    "linalg.Lstsq": "factors",
    "linalg.Pinv": "factors",
    "nn.CTCLoss": "a program of its own",
    "nn.Unfold": PIXELS,
}
