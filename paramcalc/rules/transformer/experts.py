"""Mixtures of experts: networks side by side, of which each place of a sequence passes through a few."""

from math import prod
from typing import Annotated

from ...core.declare import Built, Inputs, Shape, Weight, rule
from ...core.kinds import Check, Sized
from ...core.products import Work, product
from ...errors import ShapeError
from ...symbolic import Size
from ..torch.axes import declared

NAMES = Check("three names, apart by spaces", str)


@rule((), (), "torch")
def Experts(
    x: Annotated[Shape, Inputs("B T d_x")],
    scores: Annotated[Shape, Inputs("B T n")],
    /,
    size: Annotated[Size, Sized("d")],
    inner: Annotated[Size, Sized("d_f")],
    experts: Annotated[Size, Sized("E")],
    active: Annotated[Size, Sized("a")],
    names: Annotated[str, NAMES] = "gate_proj up_proj down_proj",
) -> Built:
    """Each expert has three matrices: two make the inner features, one by the other, and one leads back.

    Each place passes through the ``active`` experts with the highest scores; the multiply-adds are those of these.
    One tensor stands for a matrix of all experts.
    Source: Shazeer et al. 2017; Jiang et al. 2024.
    """
    declared("Experts", size, x[-1])
    declared("Experts", experts, scores[-1], "experts")
    if isinstance(experts, int) and isinstance(active, int) and active > experts:
        raise ShapeError("more active experts than there are", expected=f"at most {experts}", received=active)
    gate, up, down = str(names).split()
    shapes = ((gate, (inner, size)), (up, (inner, size)), (down, (size, inner)))
    made = tuple(Weight(f"{name}.weight", (experts, *shape)) for name, shape in shapes)

    def work() -> Work:
        each = prod(x[:-1]) * (active * (inner * size))
        first = tuple(one.path for one in made[:2])
        return Work((product(2 * each, 0, first), product(each, (0, *first), made[2].path)))

    return Built(outs=(x,), weights=made, formula=lambda: experts * (3 * size * inner), work=work)
