"""Axes by number, as every framework counts them: from 0, or backwards from -1."""

from ...errors import ShapeError


def position(axis: int, rank: int) -> int:
    """Turn an axis number, perhaps negative, into a position from 0.

    Raises
    ------
    ShapeError
        When there is no such axis.
    """
    if not -rank <= axis < rank:
        raise ShapeError("no such axis", expected=f"a number from {-rank} to {rank - 1}", received=axis)
    return axis % rank
