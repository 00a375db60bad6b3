"""Shapes as layers take and give them, and what stands for one that is unknown."""

from __future__ import annotations

from ..symbolic import Size, unicode

Shape = tuple[Size, ...]


class UnknownShape:
    """The shape of a tensor whose number of axes is unknown.

    It has no length and no axes, so it cannot be indexed, sliced or unpacked like a shape. There is one of it,
    `UNKNOWN_SHAPE`.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN_SHAPE"

    def __reduce__(self) -> str:
        return "UNKNOWN_SHAPE"


class UnknownOutputs:
    """The outputs of a layer when their number is unknown; each of them is `UNKNOWN_SHAPE`.

    There is one of it, `UNKNOWN_OUTPUTS`.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN_OUTPUTS"

    def __reduce__(self) -> str:
        return "UNKNOWN_OUTPUTS"


class UnknownShapeError(Exception):
    """A shape that a rule needs is unknown."""


UNKNOWN_SHAPE = UnknownShape()


UNKNOWN_OUTPUTS = UnknownOutputs()


AnyShape = Shape | UnknownShape


Outputs = tuple[AnyShape, ...] | UnknownOutputs


def output(outs: Outputs, index: int) -> AnyShape:
    """Give the shape of one output.

    Raises
    ------
    IndexError
        When there are fewer outputs.
    """
    return UNKNOWN_SHAPE if isinstance(outs, UnknownOutputs) else outs[index]


def listed(outs: Outputs) -> tuple[AnyShape, ...]:
    """List the outputs; one unknown shape stands for an unknown number of them."""
    return (UNKNOWN_SHAPE,) if isinstance(outs, UnknownOutputs) else outs


def shape_text(shape: AnyShape) -> str:
    """Print a shape for people: ``(B, T, 108)``; one axis keeps its comma: ``(512,)``."""
    if isinstance(shape, UnknownShape):
        return "unknown"
    sizes = ", ".join(unicode(size) for size in shape)
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"
