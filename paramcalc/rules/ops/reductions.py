"""Many numbers to one, along some axes or all (keras/src/ops/numpy, math, nn, linalg)."""

from __future__ import annotations

from ...core.built import Built
from ...core.shapes import Shape
from ...errors import OptionError, ShapeError
from ...untyped import Arg
from ..keras.axes import position
from .sizes import dims, may_be, places, ranked, reduced, shaped, whole
from .table import UnsupportedCall, gives, ops_of

linalg, math, nn, numpy = ops_of("linalg"), ops_of("math"), ops_of("nn"), ops_of("numpy")


@math("Logsumexp")
@numpy("All Any", flow="")
@numpy("Amax Amin Mean Median Nanmax Nanmean Nanmedian Nanmin Nanprod Nanstd Nansum Nanvar Ptp Std Sum Var")
@numpy("Max Min", inert="initial")
@numpy("Prod", inert="dtype")
def over(x: Shape, /, *, axis: Arg = None, keepdims: Arg = False) -> Built:
    """One number along some axes, or of all."""
    return gives(reduced(dims(x), axis, keepdims))


@numpy("Argmax Argmin Nanargmax Nanargmin", flow="")
def which(x: Shape, /, *, axis: Arg = None, keepdims: Arg = False) -> Built:
    """A place along one axis, or among all numbers."""
    return gives(reduced(dims(x), None if axis is None else whole(axis), keepdims))


@numpy(flow="")
def CountNonzero(x: Shape, /, *, axis: Arg = None) -> Built:
    """How many along some axes, or of all."""
    return gives(reduced(dims(x), axis))


@nn("Moments", inert="synchronized")
def moments(x: Shape, /, *, axes: Arg, keepdims: Arg = False) -> Built:
    """Mean and variance."""
    return gives(*[reduced(x, axes, keepdims)] * 2)


@linalg()
def Norm(x: Shape, /, *, ord: Arg = None, axis: Arg = None, keepdims: Arg = False) -> Built:
    """A length along one axis, of matrices along two, or of all numbers."""
    count = len(x) if axis is None else len(places(axis, len(x)))
    matrix = (None, "fro", "nuc", float("inf"), float("-inf"), 1, -1, 2, -2)
    if (isinstance(ord, str) and (count == 1 or ord not in matrix)) or (count == 2 and ord not in matrix):
        raise OptionError("a norm of another order is needed", received=ord)
    return gives(reduced(x, axis, keepdims))


@numpy()
def Average(x: Shape, weights: Arg = None, *, axis: Arg = None) -> Built:
    """A weighted mean along an axis, or of all numbers."""
    at = None if axis is None else position(whole(axis), len(x))
    if weights is not None:
        fitting = [x] if at is None else [x, (x[at],)]
        if not any(may_be(dims(weights), shape) for shape in fitting):
            raise ShapeError("weights for a mean that do not fit its input")
    return gives(reduced(x, at))


@numpy("Nanpercentile Percentile", inert="method")
def percent(x: Shape, q: Arg, *, axis: Arg = None, keepdims: Arg = False) -> Built:
    """A number for each of the shares, along some axes or of all."""
    lead = (len(q),) if isinstance(q, list) else dims(q)
    return gives((*ranked(lead, 0, 1), *reduced(x, axis, keepdims)))


@numpy("Nanquantile Quantile", inert="method")
def share(x: Shape, q: Arg, *, axis: Arg = None, keepdims: Arg = False) -> Built:
    """A number for each of the shares, along some axes or of all."""
    if isinstance(q, list) and len(q) == 1:
        raise UnsupportedCall("of a list of one share: Keras infers no axis for it, and computes one")
    return percent(x, q, axis=axis, keepdims=keepdims)


@numpy()
def Trace(x: Shape, /, *, offset: Arg = 0, axis1: Arg = 0, axis2: Arg = 1) -> Built:
    """The sums along diagonals."""
    return gives(reduced(x, [whole(axis1), whole(axis2)]))


@numpy("Trapezoid", inert="x dx")
def area(y: Shape, /, *, axis: Arg = -1) -> Built:
    """The area under a line of numbers."""
    return gives(reduced(ranked(y, least=1), whole(axis)))


@numpy(flow="")
def Size(x: Shape, /) -> Built:
    """How many numbers there are, as a number."""
    return gives(())


@math("SegmentMax SegmentMin SegmentProd SegmentSum", inert="sorted", flow="data")
def segments(data: Shape, segment_ids: Arg, *, num_segments: Arg = None) -> Built:
    """One row for each segment of rows."""
    ranked(data, least=1)
    if num_segments is None:
        raise UnsupportedCall("without num_segments: their number depends on the values")
    return gives((*shaped(num_segments), *data[1:]))


@numpy("Histogram", inert="range", flow="")
def counts(x: Shape, /, *, bins: Arg = 10) -> Built:
    """How many numbers fall into each bin, and the edges of the bins."""
    return gives((whole(bins),), (whole(bins) + 1,))
