"""How near two vectors are (torch/nn/modules/distance.py)."""

from typing import Annotated

from ...core.declare import Built, Shape
from ...core.kinds import AXIS, NUMBER
from ...errors import Disagreement
from ...symbolic import Size
from .axes import AnyShape, differ, position, rule

Number = Annotated[float, NUMBER]


def broadcast(first: Shape, second: Shape) -> Shape:
    """Stretch axes of one place to those of the other input, from the last axis on."""
    rank = max(len(first), len(second))
    one, other = ((1,) * (rank - len(shape)) + shape for shape in (first, second))
    return tuple(_stretched(a, b, axis) for axis, (a, b) in enumerate(zip(one, other, strict=True)))


def _stretched(a: Size, b: Size, axis: int) -> Size:
    if isinstance(a, int) and a == 1:
        return b
    if isinstance(b, int) and b == 1:
        return a
    if differ(a, b):
        raise Disagreement((0, 1), (a, b), axis)
    return a if isinstance(a, int) or not isinstance(b, int) else b


@rule()
def CosineSimilarity(x1: AnyShape, x2: AnyShape, /, dim: Annotated[int, AXIS] = 1, eps: Number = 1e-8) -> Built:
    """The cosine of the angle between two inputs along an axis, which is removed; no weights."""
    both = broadcast(x1, x2)
    at = position(dim, len(both))
    return Built(outs=((*both[:at], *both[at + 1 :]),))


@rule()
def PairwiseDistance(
    x1: AnyShape, x2: AnyShape, /, p: Number = 2.0, eps: Number = 1e-6, keepdim: bool = False
) -> Built:
    """The distance between two inputs along the last axis, which is removed; no weights."""
    both = broadcast(x1, x2)
    return Built(outs=((*both[:-1], *((1,) if keepdim and both else ())),))
