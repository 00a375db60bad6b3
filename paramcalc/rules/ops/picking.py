"""Some numbers out of a tensor, or into it: slices, keys, places (keras/src/ops/numpy, core, nn, math)."""

from __future__ import annotations

from ...core.built import Built
from ...core.shapes import Shape
from ...errors import ShapeError
from ...symbolic import Size, ceil_div, is_known, maximum, unknown
from ...untyped import Arg
from ..keras.axes import position
from .sizes import broadcast, dims, fewest, less, put, ranked, shaped, volume, whole
from .table import UnsupportedCall, gives, ops_of

core, math, nn, numpy = ops_of("core"), ops_of("math"), ops_of("nn"), ops_of("numpy")


@numpy(flow="x")
def GetItem(x: Shape, key: Arg) -> Built:
    """What is written in brackets: numbers, slices, null for a new axis, dots for all axes between."""
    keys = key if isinstance(key, list) else [key]
    if keys.count(Ellipsis) > 1:
        raise ShapeError("more than one ellipsis in a key")
    if Ellipsis not in keys:
        keys = [*keys, Ellipsis]
    taken = sum(one is not None and one is not Ellipsis for one in keys)
    if taken > len(x):
        raise ShapeError("more keys than axes", expected=f"at most {len(x)}", received=taken)
    sizes = list(x)
    out: list[Size] = []
    for one in keys:
        if one is None:
            out.append(1)
        elif one is Ellipsis:
            between = len(x) - taken
            out, sizes = out + sizes[:between], sizes[between:]
        elif isinstance(one, slice):
            out.append(sliced(sizes.pop(0), one))
        else:
            size = sizes.pop(0)
            if isinstance(size, int) and not -size <= whole(one) < size:
                raise ShapeError(
                    "no such place on an axis", expected=f"a number from {-size} to {size - 1}", received=one
                )
    return gives(out)


def sliced(size: Size, cut: slice) -> Size:
    """Count what a slice takes of an axis; of a length with a name, exactly; of an unknown one, who knows."""
    ends = (cut.start, cut.stop, cut.step)
    if any(end is not None and type(end) is not int for end in ends):
        raise UnsupportedCall("with a slice whose ends are not numbers")
    if isinstance(size, int):
        return len(range(*cut.indices(size)))
    step = 1 if cut.step is None else cut.step
    if not step:
        raise ShapeError("a slice takes steps of 0")
    if cut.start is not None or cut.stop is not None:
        if not is_known(size):
            return unknown("?")
        if step < 0:
            raise UnsupportedCall("with a slice from the back of a length with a name")
        size = _between(size, cut.start or 0, cut.stop)
    return size if abs(step) == 1 else ceil_div(size, abs(step))


def _between(size: Size, start: int, stop: int | None) -> Size:
    # how many places of an axis of at least one lie between, either end perhaps counted from the back
    if stop is None:
        return less(size, start) if start >= 0 else fewest(size, -start)
    if start >= 0 and stop >= 0:
        return less(fewest(size, stop), start)
    if start >= 0:
        return less(size, start - stop)
    first = less(size, -start)
    return maximum((size + stop if stop < 0 else fewest(size, stop)) - first, 0)


@core(flow="inputs")
def Slice(inputs: Shape, start_indices: Arg, *, shape: Arg) -> Built:
    """A block of a shape, from a place on; -1 is all that follows."""
    if not isinstance(shape, list) or len(shape) != len(inputs):
        raise ShapeError("a block has as many axes as its tensor", expected=f"{len(inputs)} axes", received=shape)
    starts = start_indices if isinstance(start_indices, list) else [None] * len(inputs)
    if isinstance(start_indices, tuple):
        ranked(start_indices, 1)
    if len(starts) != len(inputs):
        raise ShapeError("a place on every axis is needed", expected=f"{len(inputs)} places", received=len(starts))
    out: list[Size] = []
    for size, taken, start in zip(inputs, shape, starts, strict=True):
        if whole(taken) != -1:
            out.append(taken)
        elif type(start) is not int:
            out.append(unknown("?"))
        else:
            out.append(size - start)
    return gives(out)


@core("ScatterUpdate", inert="reduction", flow="inputs updates")
@core("SliceUpdate", flow="inputs updates")
def overwritten(inputs: Shape, places: Arg, updates: Arg, /) -> Built:
    """The same tensor with other numbers in some places."""
    return gives(inputs)


@core(flow="values")
def Scatter(indices: Arg, values: Arg, *, shape: Arg) -> Built:
    """Numbers in their places in a shape of zeros."""
    return gives(shaped(shape))


@numpy(flow="x")
def Take(x: Shape, indices: Arg, *, axis: Arg = None) -> Built:
    """Rows along an axis by their numbers, or numbers out of all."""
    picked = counted(indices)
    if axis is None:
        return gives(picked)
    at = position(whole(axis), len(x))
    return gives((*x[:at], *picked, *x[at + 1 :]))


def counted(value: Arg) -> Shape:
    """Give the shape of what may be a tensor, a number or nested lists of numbers."""
    shape: list[Size] = []
    while isinstance(value, list) and value:
        if any(not isinstance(one, list) or len(one) != len(value[0]) for one in value) and isinstance(value[0], list):
            raise UnsupportedCall("of rows that differ in length")
        shape.append(len(value))
        value = value[0]
    if isinstance(value, tuple) and shape:
        raise UnsupportedCall("of tensors in a list")
    return (*shape, 0) if isinstance(value, list) else (*shape, *dims(value))


@numpy(flow="x")
def TakeAlongAxis(x: Shape, indices: Shape, *, axis: Arg = None) -> Built:
    """A number for each index, along an axis; the other axes stretch to one another."""
    base = (volume(x),) if axis is None else x
    if len(base) != len(indices):
        raise ShapeError("indices along an axis have the rank of their tensor", expected=f"{len(base)} axes")
    at = position(0 if axis is None else whole(axis), len(base))
    return gives(broadcast(put(base, at, indices[at]), indices))


@math("TopK", inert="sorted")
def largest(x: Shape, /, *, k: Arg) -> Built:
    """The k largest along the last axis, and where they are."""
    (most,) = shaped(k)
    last = ranked(x, least=1)[-1]
    if isinstance(last, int) and isinstance(most, int) and most > last:
        raise ShapeError("top_k needs at least k values", expected=f"at most {last}", received=k)
    return gives(*[(*x[:-1], most)] * 2, flow=("x", ()))


@math("InTopK", inert="k", flow="")
def among_largest(targets: Shape, predictions: Shape) -> Built:
    """Whether each is among the k largest."""
    return gives(dims(targets))


@nn("OneHot", inert="dtype sparse", flow="")
def indicated(x: Arg, /, *, num_classes: Arg, axis: Arg = -1) -> Built:
    """A 1 among zeros for each number, along a new axis."""
    at = _new_axis(dims(x), axis)
    return gives((*x[:at], *shaped(num_classes), *x[at:]))


@nn("MultiHot", inert="dtype sparse", flow="")
def indicated_together(x: Shape, /, *, num_classes: Arg, axis: Arg = -1) -> Built:
    """A 1 among zeros for each number of a row, all rows' numbers together."""
    at = _new_axis(ranked(x, least=1), axis)
    made = (*x[:at], *shaped(num_classes), *x[at:])
    return gives(made[-1:] if len(made) == 2 else (made[0], *made[2:]))


def _new_axis(x: Shape, axis: Arg) -> int:
    # where Keras puts a new axis in
    if axis == -1:
        return len(x)
    if not 0 <= whole(axis) < len(x):
        raise ShapeError("no such axis", expected=f"-1, or a number below {len(x)}", received=axis)
    return int(axis)
