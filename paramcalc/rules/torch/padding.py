"""Padding: margins around the last axes, filled in one way or another (torch/nn/modules/padding.py)."""

from collections.abc import Callable
from typing import Annotated

from ...core.declare import Built, Shape
from ...core.kinds import NUMBER
from ...errors import ShapeError
from ...symbolic import Size, unicode
from ...untyped import OptionValue
from .axes import AnyShape, Spatial, each_rank
from .convolutional import wrapped
from .options import SIDES

Sides = Annotated[OptionValue, SIDES]


def widened(x: Shape, padding: tuple[Size, ...], check: Callable[[Size, tuple[Size, Size]], None]) -> Built:
    """Add the margins, the last axis first; negative ones take away."""
    rank = len(padding) // 2
    if len(x) < rank:
        raise ShapeError(f"padding {rank} axes of an input of {len(x)}", expected=f"at least {rank} axes")
    out = list(x)
    for place in range(rank):
        before, after = padding[2 * place : 2 * place + 2]
        n = x[-1 - place]
        check(n, (before, after))
        wide = out[-1 - place] = n + before + after
        if isinstance(wide, int) and wide < 1:
            raise ShapeError(
                f"a padding of {unicode(before)} and {unicode(after)} leaves nothing of {unicode(n)} places"
            )
    return Built(outs=(tuple(out),))


def _anything(n: Size, margins: tuple[Size, Size]) -> None:
    pass


def _taken(n: Size, margins: tuple[Size, Size]) -> None:
    # what negative margins take away is taken first
    taken = -sum(margin for margin in margins if isinstance(margin, int) and margin < 0)
    if isinstance(n, int) and taken > n:
        raise ShapeError(f"a padding that takes {taken} places from an axis of {n}")


@each_rank("ConstantPad{}d", 1, 2, 3)
def constant(x: AnyShape, /, padding: Sides, value: Annotated[float, NUMBER]) -> Built:
    """Pads the last axes with a constant; no weights."""
    return widened(x, padding, _taken)


@each_rank("ZeroPad{}d", 1, 2, 3)
def zero(x: AnyShape, /, padding: Sides) -> Built:
    """Pads the last axes with zeros; no weights."""
    return widened(x, padding, _taken)


@each_rank("ReflectionPad{}d", 1, 2, 3)
def reflection(x: Spatial, /, padding: Sides) -> Built:
    """Pads the last axes with a reflection that does not repeat the border; no weights."""
    return widened(x, padding, lambda n, margins: wrapped(n, margins, "reflect"))


@each_rank("ReplicationPad{}d", 1, 2, 3)
def replication(x: Spatial, /, padding: Sides) -> Built:
    """Pads the last axes with copies of the border; no weights."""
    return widened(x, padding, _anything)


@each_rank("CircularPad{}d", 1, 2, 3)
def circular(x: Spatial, /, padding: Sides) -> Built:
    """Pads each axis with values from its opposite end; no weights."""
    return widened(x, padding, lambda n, margins: wrapped(n, margins, "circular"))
