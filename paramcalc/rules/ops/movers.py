"""The same numbers in another arrangement: axes laid out anew, swapped, repeated (keras/src/ops/numpy, einops)."""

from __future__ import annotations

import re

from ...core.built import Built
from ...core.shapes import Shape
from ...errors import ShapeError
from ...symbolic import Size, is_known, maximum, minimum, unknown
from ...untyped import Arg
from ..keras.axes import position
from .sizes import (
    broadcast,
    dims,
    less,
    parts,
    places,
    put,
    quotient,
    ranked,
    several,
    shaped,
    total,
    volume,
    whole,
    wholes,
)
from .table import UnsupportedCall, gives, ops_of

LONGEST = 1000  # characters of a pattern

einops, numpy = ops_of("einops"), ops_of("numpy")


@numpy()
def Reshape(x: Shape, /, *, newshape: Arg) -> Built:
    """The same numbers in another shape; -1 takes what is left, and null is unknown."""
    sizes = several(newshape)
    opens = [at for at, size in enumerate(sizes) if size is None or whole(size) == -1]
    if sizes.count(-1) > 1 or any(size is not None and size < -1 for size in sizes):
        raise ShapeError("not a shape to reshape to", expected="sizes, and -1 at most once", received=newshape)
    known = all(map(is_known, x))
    given = [size for at, size in enumerate(sizes) if at not in opens]
    if not opens:
        if known and volume(x) != volume(given):
            raise ShapeError(f"{volume(x)} numbers do not fill a shape of {volume(given)}")
        return gives(given)
    left: Size = unknown("?")
    if len(opens) == 1 and (sizes[opens[0]] == -1 or not known):
        left = quotient(x, given)  # one open place in what is not known holds what is not known
    return gives(left if at in opens else size for at, size in enumerate(sizes))


@numpy()
def Ravel(x: Shape, /) -> Built:
    """All numbers laid end to end."""
    return gives((volume(dims(x)),))


@numpy()
def Transpose(x: Shape, /, *, axes: Arg = None) -> Built:
    """The axes in another order, or the other way round."""
    order = list(range(len(x)))[::-1] if axes is None else places(axes, len(x))
    if len(order) != len(x):
        raise ShapeError("transpose must name every axis", expected=f"{len(x)} axes", received=axes)
    return gives(x[at] for at in order)


@numpy()
def ExpandDims(x: Shape, /, *, axis: Arg) -> Built:
    """Axes of one number put in."""
    rank = len(dims(x)) + len(wholes(axis))
    new = places(axis, rank)
    sizes = iter(x)
    return gives(1 if at in new else next(sizes) for at in range(rank))


@numpy()
def Squeeze(x: Shape, /, *, axis: Arg = None) -> Built:
    """Axes of one number left out; all of them, if none is named."""
    if axis is None:
        return gives(size for size in x if size != 1)
    gone = places(axis, len(x))
    for at in gone:
        if x[at] != 1:
            raise ShapeError("squeeze needs axes of size 1", expected="1", received=x[at])
    return gives(size for at, size in enumerate(x) if at not in gone)


@numpy()
def Swapaxes(x: Shape, /, *, axis1: Arg, axis2: Arg) -> Built:
    """Two axes in each other's place."""
    one, other = position(whole(axis1), len(x)), position(whole(axis2), len(x))
    return gives(put(put(x, one, x[other]), other, x[one]))


@numpy()
def Moveaxis(x: Shape, /, *, source: Arg, destination: Arg) -> Built:
    """Some axes to other places, the others close up in order."""
    leave, arrive = places(source, len(x)), places(destination, len(x))
    if len(leave) != len(arrive):
        raise ShapeError("source and destination must have equal lengths", received=[source, destination])
    others = (size for at, size in enumerate(x) if at not in leave)
    moved = {to: x[at] for at, to in zip(leave, arrive, strict=True)}
    return gives(moved[at] if at in moved else next(others) for at in range(len(x)))


@numpy()
def Rot90(array: Shape, /, *, k: Arg = 1, axes: Arg = (0, 1)) -> Built:
    """A quarter turn in the plane of two axes."""
    ranked(array, least=2)
    one, other = places(list(axes), len(array))
    if whole(k) % 2 == 0 and array[one] != array[other]:
        raise UnsupportedCall("by 180 degrees: the shape that Keras infers is wrong")
    return gives(put(put(array, one, array[other]), other, array[one]))


@numpy()
def BroadcastTo(x: Shape, /, *, shape: Arg) -> Built:
    """Stretched to a shape."""
    target = shaped(shape)
    made = broadcast(x, target)
    if len(made) != len(target) or any(
        a != b and is_known(b) and is_known(a) for a, b in zip(made, target, strict=True)
    ):
        raise ShapeError("broadcast cannot reduce the rank", received=shape)
    return gives(target)


@numpy()
def Diagonal(x: Shape, /, *, offset: Arg = 0, axis1: Arg = 0, axis2: Arg = 1) -> Built:
    """The diagonals in the plane of two axes, as the last axis."""
    one, other = places([axis1, axis2], len(ranked(x, least=2)))
    rest = [size for at, size in enumerate(x) if at not in (one, other)]
    return gives((*rest, _diagonal(x[one], x[other], whole(offset))))


@numpy()
def Diag(x: Shape, /, *, k: Arg = 0) -> Built:
    """A matrix from its diagonal, or the diagonal of a matrix."""
    if len(ranked(x, 1, 2)) == 2:
        return gives((_diagonal(x[0], x[1], whole(k)),))
    return gives((x[0] + abs(whole(k)),) * 2)


@numpy()
def Diagflat(x: Shape, /, *, k: Arg = 0) -> Built:
    """A matrix with all numbers along its diagonal."""
    return gives((volume(dims(x)) + abs(whole(k)),) * 2)


def _diagonal(rows: Size, columns: Size, offset: int) -> Size:
    rows, columns = (rows, columns - offset) if offset > 0 else (rows + offset, columns)
    return maximum(minimum(rows, columns), 0) if offset else minimum(rows, columns)


@numpy()
def Diff(a: Shape, /, *, n: Arg = 1, axis: Arg = -1) -> Built:
    """The differences of neighbours, again and again."""
    at = position(whole(axis), len(a))
    return gives(put(a, at, less(a[at], whole(n))))


@numpy()
def Tile(x: Shape, /, *, repeats: Arg) -> Built:
    """Copies side by side along every axis."""
    times = wholes(repeats)
    rank = max(len(x), len(times))
    sizes, times = (1,) * (rank - len(x)) + x, [1] * (rank - len(times)) + times
    return gives(size * count for size, count in zip(sizes, times, strict=True))


@numpy()
def Repeat(x: Shape, /, *, repeats: Arg, axis: Arg = None) -> Built:
    """Every number, or every row along an axis, several times over."""
    times = wholes(repeats)
    if axis is None:
        x, at = (volume(x),), 0
    else:
        at = position(whole(axis), len(x))
    if len(times) == 1:
        return gives(put(x, at, x[at] * times[0]))
    if isinstance(x[at], int) and x[at] != len(times):
        raise ShapeError("a count for every row is needed", expected=f"{x[at]} counts", received=len(times))
    return gives(put(x, at, sum(times) if is_known(x[at]) else unknown("?")))


@numpy()
def Pad(x: Shape, constant_values: Arg = None, *, pad_width: Arg, mode: Arg = "constant") -> Built:
    """More numbers at the ends of the axes."""
    width = pad_width if isinstance(pad_width, list) else [pad_width, pad_width]
    ends = [width] if isinstance(width[0], int) else width
    ends = [one * 2 if len(one) == 1 else one for one in ends]
    if len(ends) == 1:
        ends = ends * len(x)
    if len(ends) != len(x):
        raise ShapeError("two widths for every axis are needed", expected=f"{len(x)} pairs", received=pad_width)
    return gives(total((size, whole(before), whole(after))) for size, (before, after) in zip(x, ends, strict=True))


@numpy("Vander", inert="increasing")
def powers(x: Shape, /, *, N: Arg = None) -> Built:
    """A row of powers for each number."""
    (size,) = ranked(x, 1)
    return gives((size, size if N is None else whole(N)))


@einops()
def Rearrange(tensor: Shape, pattern: Arg, **axes_lengths: Arg) -> Built:
    """The axes under other brackets and in another order, by their names."""
    if len(pattern) > LONGEST or pattern.count("->") != 1:
        raise UnsupportedCall("with a pattern of another kind")
    before, after = (re.findall(r"\w+|\(.*?\)", side) for side in pattern.split("->"))
    if len(before) != len(tensor):
        raise ShapeError(f"{pattern!r} does not name the axes of an input", expected=f"{len(tensor)} on its left")
    sizes: dict[str, Size] = {name: whole(size) for name, size in axes_lengths.items()}
    for group, size in zip(before, tensor, strict=True):
        names = re.findall(r"\w+", group)
        open_ones = [name for name in names if name not in sizes] if group[0] == "(" else names
        if len(open_ones) != 1:
            raise UnsupportedCall("without the sizes of the axes in brackets")
        known = volume(sizes[name] for name in names if name not in open_ones)
        sizes[open_ones[0]] = parts(size, whole(known))
    names = re.findall(r"\w+", pattern)
    if not all(names.count(name) == 2 for name in names):
        raise UnsupportedCall("with axes on one side only")
    return gives(volume(sizes[name] for name in re.findall(r"\w+", group)) for group in after)
