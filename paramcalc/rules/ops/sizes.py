"""Arithmetic on shapes that the families share: stretching, reducing, laying out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd, prod

from ...core.kinds import grown
from ...core.shapes import Shape
from ...errors import Disagreement, ShapeError
from ...symbolic import Expr, Size, add, exact, is_known, maximum, minimum, unknown
from ...untyped import Arg
from ..keras.axes import position
from ..keras.merging import agree
from .table import UnsupportedCall


def dims(value: Arg) -> Shape:
    """Give the shape of an operand: a tensor's is its tuple, a number has none.

    Keras takes a bare list for a number when it announces a shape, and for an array when it computes.
    """
    if isinstance(value, tuple):
        return value
    if value is None or isinstance(value, (bool, int, float)):
        return ()
    raise UnsupportedCall("given a list where a tensor belongs")


def tensors(values: Arg) -> list[Shape]:
    """Check that these are tensors or arrays, at least one, and give their shapes."""
    if not isinstance(values, list) or not values or not all(isinstance(value, tuple) for value in values):
        raise UnsupportedCall("of things that are not tensors")
    return values


def whole(value: Arg) -> int:
    """Check an option that is a whole number."""
    if type(value) is not int:
        raise UnsupportedCall(f"with {value!r:.80} for a whole number")
    return value


def several(value: Arg) -> list[Arg]:
    """Check an option that is a list."""
    if not isinstance(value, list):
        raise UnsupportedCall(f"with {value!r:.80} for a list")
    return value


def wholes(value: Arg) -> list[int]:
    """Check an option that is a whole number or several."""
    return [whole(one) for one in (value if isinstance(value, list) else [value])]


def shaped(value: Arg) -> Shape:
    """Read a shape among the options; what is open in it is unknown."""
    sizes = value if isinstance(value, list) else [value]
    made = tuple(unknown("?") if size is None else whole(size) for size in sizes)
    if any(isinstance(size, int) and size < 0 for size in made):
        raise ShapeError("not a shape", expected="sizes from 0 up", received=value)
    return made


def stretched(a: Size, b: Size, inputs: tuple[int, int], axis: int) -> Size:
    """Give the size two axes stretch to: 1 becomes the other, and whatever is unknown may be 1."""
    for one, other in ((a, b), (b, a)):
        if one == 1 or (not is_known(one) and isinstance(other, int) and other != 1):
            return other  # what meets 7 is 1 or 7
    if a == b:
        return a
    return agree(a, b, inputs, axis, broadcast=True)


def broadcast(*shapes: Shape) -> Shape:
    """Stretch shapes to one another, from the last axis backwards, as NumPy does."""
    merged = shapes[0]
    for place, shape in enumerate(shapes[1:], 1):
        long, short = (merged, shape) if len(merged) >= len(shape) else (shape, merged)
        lead = len(long) - len(short)
        merged = long[:lead] + tuple(
            stretched(a, b, (0, place), lead + axis) for axis, (a, b) in enumerate(zip(long[lead:], short, strict=True))
        )
    return merged


def stands(x: Shape, *others: Shape) -> Shape:
    """Give the first shape, unless stretching it to the others changes it: Keras infers it all the same."""
    made = broadcast(x, *others)
    if len(made) != len(x) or any(is_known(a) and a != b for a, b in zip(x, made, strict=True)):
        raise UnsupportedCall("whose inferred shape differs from the computed one")
    return tuple(a if a == b else unknown("?") for a, b in zip(x, made, strict=True))


def same(a: Size, b: Size, inputs: tuple[int, int], axis: int) -> Size:
    """Return the common size if Keras requires equal ones: both known and equal, or both unknown."""
    if is_known(a) != is_known(b):
        raise Disagreement(inputs, (a, b), axis)
    return agree(a, b, inputs, axis)


def all_same(a: Shape, b: Shape) -> None:
    """Check that two inputs have one shape, as Keras checks it."""
    if len(a) != len(b):
        raise ShapeError("two inputs need one rank", expected=f"{len(a)} axes", received=len(b))
    for axis, (one, other) in enumerate(zip(a, b, strict=True)):
        same(one, other, (0, 1), axis)


def may_be(a: Shape, b: Shape) -> bool:
    """Tell whether two shapes may be one: of one rank, and where both are known of one size."""
    return len(a) == len(b) and all(
        one == other or not (is_known(one) and is_known(other)) for one, other in zip(a, b, strict=True)
    )


def places(axis: Arg, rank: int) -> list[int]:
    """Turn an axis number, or several, into positions; none is named twice.

    Raises
    ------
    ShapeError
    """
    found = [position(one, rank) for one in wholes(axis)]
    if len(set(found)) < len(found):
        raise ShapeError("an axis is given twice", received=axis)
    return found


def reduced(x: Shape, axis: Arg, keepdims: Arg = False) -> Shape:
    """Give what is left when some axes, or all of them, become one number each."""
    gone = range(len(x)) if axis is None else places(axis, len(x))
    if keepdims:
        return tuple(1 if at in gone else size for at, size in enumerate(x))
    return tuple(size for at, size in enumerate(x) if at not in gone)


def put(x: Shape, at: int, size: Size) -> Shape:
    """Give the shape with another size at a position."""
    return (*x[:at], size, *x[at + 1 :])


def volume(sizes: Iterable[Size]) -> Size:
    """Count the numbers in a shape."""
    made = grown(prod(sizes))
    return grown(made.expand()) if isinstance(made, Expr) else made


def total(sizes: Sequence[Size]) -> Size:
    """Add sizes up."""
    made = grown(add(sizes))
    return grown(made.expand()) if isinstance(made, Expr) and len(sizes) > 1 else made


def less(size: Size, count: int) -> Size:
    """Take away from an axis, which has at least one place, so many as there are."""
    return size - count if count <= 1 and not isinstance(size, int) else maximum(size - count, 0)


def fewest(size: Size, count: int) -> Size:
    """Take so many of an axis, which has at least one place, or all there are."""
    return count if count <= 1 and not isinstance(size, int) else minimum(size, count)


def ranked(x: Shape, *ranks: int, least: int = 0) -> Shape:
    """Check how many axes an input has."""
    if (ranks and len(x) not in ranks) or len(x) < least:
        expected = " or ".join(map(str, ranks)) if ranks else f"at least {least}"
        raise ShapeError("an input of another rank is needed", expected=f"{expected} axes", received=len(x))
    return x


def parts(size: Size, count: int, what: str = "an axis") -> Size:
    """Divide a size that must come out even."""
    if isinstance(size, int) and (count < 1 or size % count):
        raise ShapeError(f"{what} of {size} does not divide into {count}")
    if count < 1:
        raise ShapeError("the number of parts must be positive", received=count)
    return exact(size, count)


def quotient(above: Sequence[Size], below: Sequence[int]) -> Size:
    """Divide the numbers in one shape by those in another, what is common cancelled first.

    Raises
    ------
    ShapeError
        When all is known and it does not come out even.
    """
    top, bottom = prod(size for size in above if isinstance(size, int)), prod(below)
    named = [size for size in above if not isinstance(size, int)]
    if not bottom:
        raise ShapeError("-1 next to a 0 is ambiguous")
    common = gcd(top, bottom)
    top, bottom = top // common, bottom // common
    if bottom == 1:
        return volume((top, *named))
    if not named:
        raise ShapeError(f"{volume(above)} numbers do not fill a shape of multiples of {volume(below)}")
    return exact(volume((top, *named)), bottom) if all(map(is_known, named)) else unknown("?")
