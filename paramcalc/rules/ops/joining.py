"""Several tensors from one, one from several, and numbers from nowhere (keras/src/ops/numpy, core)."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

from ...core.built import Built
from ...core.shapes import Shape
from ...errors import ShapeError
from ...symbolic import Size, is_known
from ...untyped import Arg
from ..keras.axes import position
from ..keras.merging import agree
from .sizes import broadcast, dims, parts, put, ranked, shaped, tensors, total, volume, whole, wholes
from .table import UnsupportedCall, gives, ops_of

MOST = 10_000  # outputs

core, numpy = ops_of("core"), ops_of("numpy")


def joined(shapes: list[Shape], axis: int) -> Built:
    """Put one after the other along an axis; all others must agree, and the first one's stand."""
    first = shapes[0]
    for place, shape in enumerate(shapes[1:], 1):
        if len(shape) != len(first):
            raise ShapeError("inputs of one rank are needed", expected=f"{len(first)} axes", received=len(shape))
        for at, size in enumerate(shape):
            if at != axis:
                agree(first[at], size, (0, place), at)
    return gives(put(first, axis, total([shape[axis] for shape in shapes])))


@numpy()
def Concatenate(xs: Arg, /, *, axis: Arg = 0) -> Built:
    """One after the other along an axis."""
    return joined(tensors(xs), position(whole(axis), len(tensors(xs)[0])))


@numpy()
def Append(x1: Shape, x2: Shape, *, axis: Arg = None) -> Built:
    """One after the other along an axis, or all numbers end to end."""
    if axis is None:
        return gives((total((volume(x1), volume(x2))),))
    at = position(whole(axis), len(x1))
    if not (is_known(x1[at]) and is_known(x2[at])):
        raise ShapeError("known lengths are needed to append along an axis")
    return joined([x1, x2], at)


@numpy()
def Hstack(xs: Arg, /) -> Built:
    """Side by side along the second axis."""
    return joined([ranked(x, least=2) for x in tensors(xs)], 1)


@numpy()
def Vstack(xs: Arg, /) -> Built:
    """Below one another along the first axis."""
    if any(len(x) < 2 for x in tensors(xs)):
        raise UnsupportedCall("of rows: Keras infers them end to end")
    return joined(xs, 0)


@numpy()
def Dstack(xs: Arg, /) -> Built:
    """Behind one another along the third axis."""
    deep = [((1, *x, 1) if len(x) == 1 else (*x, 1)) if len(x) < 3 else x for x in tensors(xs)]
    return joined([x if x != (1,) else (1, 1, 1) for x in deep], 2)


@numpy()
def Stack(x: Arg, /, *, axis: Arg = 0) -> Built:
    """Side by side along a new axis."""
    first = tensors(x)[0]
    at = position(whole(axis), len(first) + 1)
    joined([(1, *one) for one in x], 0)  # they must agree
    return gives((*first[:at], len(x), *first[at:]))


def apart(x: Shape, at: int, sections: Arg) -> Built:
    """Cut along an axis, into so many equal parts or at these places."""
    size = x[at]
    if not isinstance(sections, list):
        if whole(sections) > MOST:
            raise UnsupportedCall(f"of more than {MOST:,} outputs")
        return gives(*[put(x, at, parts(size, sections))] * sections)
    ends: list[Size] = [0, *wholes(sections), size]
    if sorted(sections) != sections or any(isinstance(size, int) and not 0 <= cut <= size for cut in sections):
        raise UnsupportedCall("the split positions are not sorted or are out of range")
    return gives(*(put(x, at, after - before) for before, after in pairwise(ends)))


@numpy()
def Split(x: Shape, /, *, indices_or_sections: Arg, axis: Arg = 0) -> Built:
    """Parts along an axis."""
    return apart(x, position(whole(axis), len(x)), indices_or_sections)


@numpy()
def Hsplit(x: Shape, /, *, indices_or_sections: Arg) -> Built:
    """Parts along the second axis, or the only one."""
    return apart(x, min(len(ranked(x, least=1)), 2) - 1, indices_or_sections)


@numpy()
def Vsplit(x: Shape, /, *, indices_or_sections: Arg) -> Built:
    """Parts along the first axis."""
    return apart(ranked(x, least=2), 0, indices_or_sections)


@numpy()
def Dsplit(x: Shape, /, *, indices_or_sections: Arg) -> Built:
    """Parts along the third axis."""
    return apart(ranked(x, least=3), 2, indices_or_sections)


@numpy()
def ArraySplit(x: Shape, /, *, indices_or_sections: Arg, axis: Arg = 0) -> Built:
    """Parts along an axis, the first ones one longer if need be."""
    at, count = position(whole(axis), len(x)), whole(indices_or_sections)
    if not 0 < count <= MOST:
        raise UnsupportedCall(f"into {count:,} parts" if abs(count) < 10**12 else "into that many parts")
    # part i of n takes every number whose position leaves i when counted round by n: ⌊(size + n − 1 − i)/n⌋
    return gives(*(put(x, at, (x[at] + (count - 1 - part)) // count) for part in range(count)))


@core()
def Unstack(x: Shape, /, *, num: Arg = None, axis: Arg = 0) -> Built:
    """Every slice along an axis."""
    at = position(whole(axis), len(x))
    count = x[at] if num is None else whole(num)
    if not is_known(count):
        raise ShapeError("a known length is needed to unstack an axis", suggestion="give num")
    if not isinstance(count, int) or not 0 <= count <= MOST:
        raise UnsupportedCall(
            "into a number of outputs that has a name" if not isinstance(count, int) else "into so many"
        )
    if isinstance(x[at], int) and x[at] != count:
        raise ShapeError("num differs from the size of the axis", expected=f"{x[at]}", received=num)
    return gives(*[(*x[:at], *x[at + 1 :])] * count)


@numpy()
def Meshgrid(*x: Arg, indexing: Arg = "xy") -> Built:
    """The coordinates of the points of a grid."""
    sizes = [volume(dims(one)) for one in x]
    if {"xy": True, "ij": False}[indexing]:
        if len(sizes) < 2:
            raise ShapeError("a grid of rows and columns needs two axes", received=len(sizes))
        sizes[:2] = sizes[1::-1]
    return gives(*[sizes] * len(sizes), flow=range(len(sizes)))


@numpy("Geomspace", inert="endpoint dtype")
@numpy("Logspace", inert="endpoint dtype base")
def spaced(start: Arg, stop: Arg, *, num: Arg = 50, axis: Arg = 0) -> Built:
    """Numbers from the one to the other, along a new axis."""
    ends = broadcast(dims(start), dims(stop))
    at = position(whole(axis), len(ends) + 1)
    return gives((*ends[:at], *shaped(num), *ends[at:]))


@numpy("Linspace", inert="endpoint dtype")
def spaced_evenly(start: Arg, stop: Arg, *, num: Arg = 50, axis: Arg = 0, retstep: Arg = False) -> Built:
    """Numbers at equal steps from the one to the other, along a new axis."""
    if retstep:
        raise UnsupportedCall("that gives its step as well")
    return spaced(start, stop, num=num, axis=axis)


@numpy("Arange", inert="dtype")
def counted(start: Arg, stop: Arg = None, step: Arg = None) -> Built:
    """Numbers at equal steps."""
    start, stop, step = (0, start, step) if stop is None else (start, stop, step)
    if isinstance(start, tuple) or isinstance(stop, tuple) or isinstance(step, tuple):
        raise UnsupportedCall("of a tensor: their number depends on its value")
    return gives((max(ceil((stop - start) / (1 if step is None else step)), 0),))


@numpy("Full", inert="dtype")
def constant(fill_value: Arg, /, *, shape: Arg) -> Built:
    """One number in every place of a shape."""
    return gives(shaped(shape))


@numpy(flow="")
def UnravelIndex(indices: Arg, *, shape: Arg) -> Built:
    """The place along each axis, from the place among all numbers."""
    if not isinstance(shape, list) or None in shape:
        raise UnsupportedCall("in an unknown shape")
    return gives(*[dims(indices)] * len(shape))


@numpy("Unique", inert="sorted fill_value")
def distinct(
    x: Shape,
    /,
    *,
    return_index: Arg = False,
    return_inverse: Arg = False,
    return_counts: Arg = False,
    axis: Arg = None,
    size: Arg = None,
) -> Built:
    """Every value once, if the number of values is given."""
    if size is None:
        raise UnsupportedCall("without a size: their number depends on the values")
    at = None if axis is None else position(whole(axis), len(x))
    outs = [(whole(size),) if at is None else put(x, at, whole(size))]
    outs += [(size,)] * bool(return_index)
    outs += [x if at is None else (x[at],)] * bool(return_inverse)
    outs += [(size,)] * bool(return_counts)
    return gives(*outs, flow=("x", *[()] * (len(outs) - 1)))
