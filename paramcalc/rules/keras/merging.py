"""Layers that merge several inputs (keras/src/layers/merging)."""

from math import prod
from typing import Annotated

from ...core.declare import Built, Inputs, Shape, rule
from ...core.kinds import AXIS, AXIS_PAIR, grown
from ...core.products import Work, product
from ...errors import Disagreement, OptionError, ShapeError
from ...symbolic import Expr, Size, is_known, unknown
from ...untyped import OptionValue
from .axes import position as position

Several = Annotated[tuple[Shape, ...], Inputs("B ...", many=True)]


def agree(a: Size, b: Size, inputs: tuple[int, int], axis: int, broadcast: bool = False) -> Size:
    """Give the common size of two inputs along an axis; 1 stretches to the other when broadcasting.

    An unknown size may turn out to be anything, so it agrees with all, and the result is unknown.
    """
    if a == b:
        return a
    if not (is_known(a) and is_known(b)):
        return unknown("?") if broadcast else (a if is_known(a) else b)
    if broadcast and (a == 1 or b == 1):
        return b if a == 1 else a
    raise Disagreement(inputs, (a, b), axis)


def elementwise(xs: Several, /) -> Built:
    """Stretch the shapes to one another, from the last axis backwards, as NumPy does; the batch stays apart."""
    batch, merged = xs[0][0], xs[0][1:]
    for place, x in enumerate(xs[1:], 1):
        if is_known(x[0]):
            batch = agree(batch, x[0], (0, place), 0)
        long, short = (merged, x[1:]) if len(merged) >= len(x) - 1 else (x[1:], merged)
        lead = len(long) - len(short)
        merged = long[:lead] + tuple(
            agree(a, b, (0, place), lead + axis + 1, broadcast=True)
            for axis, (a, b) in enumerate(zip(long[lead:], short, strict=True))
        )
    return Built(outs=((batch, *merged),))


WHY = "Elementwise, with broadcast; no weights."
Add = rule(name="Add", why=WHY)(elementwise)
Multiply = rule(name="Multiply", why=WHY)(elementwise)
Average = rule(name="Average", why=WHY)(elementwise)
Maximum = rule(name="Maximum", why=WHY)(elementwise)
Minimum = rule(name="Minimum", why=WHY)(elementwise)


@rule()
def Subtract(xs: Several, /) -> Built:
    """Subtracts the second input from the first, elementwise; no weights."""
    if len(xs) != 2:
        raise ShapeError("Subtract takes 2 inputs", received=len(xs))
    return elementwise(xs)


@rule()
def Concatenate(xs: Several, /, axis: Annotated[int, AXIS] = -1) -> Built:
    """Concatenates its inputs along an axis. All other axes must have equal sizes."""
    first = xs[0]
    rank = len(first)
    along = position(axis, rank)
    out = list(first)
    for place, x in enumerate(xs[1:], 1):
        if len(x) != rank:
            raise ShapeError("Concatenate needs inputs of one rank", expected=f"{rank} axes", received=len(x))
        for at, size in enumerate(x):
            if at == along:
                out[at] = grown(out[at] + size)
            else:
                agree(first[at], size, (0, place), at)  # the first input's size stands, known or not, as in Keras
    joined = out[along]
    out[along] = joined.expand() if isinstance(joined, Expr) and len(xs) > 1 else joined
    return Built(outs=(tuple(out),))


@rule(("normalize",))
def Dot(xs: Several, /, axes: Annotated[OptionValue, AXIS_PAIR]) -> Built:
    """The dot product of two inputs along one axis of each, for each sample."""
    if len(xs) != 2:
        raise ShapeError("Dot takes 2 inputs", received=len(xs))
    left, right = xs
    pair = (axes, axes) if isinstance(axes, int) else axes
    at, to = position(pair[0], len(left)), position(pair[1], len(right))
    if at == 0 or to == 0:
        raise OptionError("Dot does not reduce the batch axis", expected="axes other than 0, the batch", received=axes)
    if is_known(left[at]) != is_known(right[to]):
        raise Disagreement((0, 1), (left[at], right[to]), at)  # Keras does not take one open size for a known one
    shared = agree(left[at], right[to], (0, 1), at)
    batch = agree(left[0], right[0], (0, 1), 0)
    rest = left[1:at] + left[at + 1 :] + right[1:to] + right[to + 1 :]
    return Built(
        outs=((batch, *rest) if rest else (batch, 1),),
        work=lambda: Work((product(prod((batch, *rest)) * shared, 0, 1),)),
    )
