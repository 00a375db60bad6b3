"""From images and sounds to sequences: places in a row, and tokens that are learned."""

from math import prod
from typing import Annotated

from ...core.declare import Built, Inputs, Shape, Weight, rule
from ...core.kinds import Sized
from ...errors import ShapeError
from ...symbolic import Size, unicode
from ..torch.axes import differ


@rule((), (), "torch")
def InRows(x: Annotated[Shape, Inputs("B C ...")], /) -> Built:
    """The places one after the other, the features last; no weights."""
    batch, channels, *places = x
    return Built(outs=((batch, prod(places), channels),))


@rule((), (), "torch")
def LearnedTokens(
    x: Annotated[Shape, Inputs("B T d")],
    /,
    size: Annotated[Size, Sized("d")],
    length: Annotated[Size, Sized("n")],
    distilled: bool = False,
) -> Built:
    """A token in front of the sequence, or two, and a vector for each place, which is added.

    Source: Dosovitskiy et al. 2021; the second token is that of Touvron et al. 2021.
    """
    tokens = 1 + distilled
    for expected, received in ((size, x[-1]), (length, x[1])):
        if differ(expected, received):
            raise ShapeError("another sequence than declared", expected=unicode(expected), received=received)
    named = ("cls_token", "distillation_token")[:tokens]
    weights = [Weight(name, (1, 1, size)) for name in named]
    weights.append(Weight("position_embeddings", (1, length + tokens, size)))
    return Built(
        outs=((x[0], length + tokens, size),),
        weights=tuple(weights),
        formula=lambda: tokens * size + (length + tokens) * size,
    )


@rule((), (), "torch")
def FirstPlace(x: Annotated[Shape, Inputs("B T d")], /) -> Built:
    """The features of the first place; no weights."""
    return Built(outs=((x[0], x[-1]),))
