"""Layers that only move numbers about (keras/src/layers/reshaping)."""

from math import prod
from typing import Annotated

from ...core.declare import Built, Inputs, Shape, rule
from ...core.kinds import PERMUTATION, TARGET, Sized, grown
from ...errors import ShapeError
from ...symbolic import Size, exact, is_known, unicode, unknown
from ...untyped import OptionValue
from .axes import AnyShape, Layout


@rule()
def Flatten(x: AnyShape, /, data_format: Layout = None) -> Built:
    """Merges all axes except the batch into one; no weights."""
    return Built(outs=((x[0], grown(prod(x[1:]))),))


@rule()
def Reshape(x: AnyShape, /, target_shape: Annotated[OptionValue, TARGET]) -> Built:
    """The same numbers in another shape; -1 is inferred from the other sizes."""
    batch, *sizes = x
    total = grown(prod(sizes))
    rest = grown(prod(size for size in target_shape if size is not None and not _open(size)))
    known = is_known(total)
    for size in target_shape:
        if _open(size):
            if isinstance(total, int) and isinstance(rest, int) and total % rest:
                raise ShapeError(
                    f"{total} numbers cannot be reshaped with -1", expected=f"a multiple of {rest}", received=total
                )
            left = exact(total, rest) if known else unknown("?")
            return Built(outs=((batch, *(left if _open(one) else one for one in target_shape)),))
    if known and total != rest:
        raise ShapeError(f"{unicode(total)} numbers do not fill a shape of {unicode(rest)}")
    return Built(outs=((batch, *target_shape),))


def _open(size: Size) -> bool:
    return isinstance(size, int) and size == -1


@rule()
def Permute(x: AnyShape, /, dims: Annotated[OptionValue, PERMUTATION]) -> Built:
    """Reorders the axes; axis 1 is the first after the batch."""
    if len(dims) != len(x) - 1:
        raise ShapeError("Permute must name every axis except the batch", expected=f"{len(x) - 1} axes", received=dims)
    return Built(outs=((x[0], *(x[dim] for dim in dims)),))


@rule()
def RepeatVector(x: Annotated[Shape, Inputs("B d")], /, n: Annotated[Size, Sized()]) -> Built:
    """Repeats a vector n times, for example as the input sequence of a decoder."""
    batch, d = x
    return Built(outs=((batch, n, d),))
