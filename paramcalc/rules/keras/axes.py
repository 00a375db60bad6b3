"""Words about axes that the rules of several families share: patterns of inputs, layouts, positions."""

from typing import Annotated, Literal

from ...errors import ShapeError
from ..kinds import ByRank, Choice
from ..rule import Inputs, Shape

AnyShape = Annotated[Shape, Inputs("B ...")]
Sequences = Annotated[Shape, Inputs("B T C")]
Images = Annotated[Shape, Inputs("B H W C")]
Videos = Annotated[Shape, Inputs("B D H W C")]
Spatial = Annotated[Shape, Inputs("B spatial C")]  # as many axes as the rule has

Layout = Literal["channels_last", "channels_first", None]
Padding = Literal["valid", "same"]
CausalPadding = Annotated[
    str, ByRank(lambda rank: Choice(("valid", "same", "causal") if rank == 1 else ("valid", "same")))
]


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
