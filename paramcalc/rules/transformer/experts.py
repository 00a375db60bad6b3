"""Mixtures of experts: networks side by side, of which each place of a sequence passes through a few."""

from collections.abc import Iterator
from math import prod
from typing import Annotated

from ...core.declare import Built, Inputs, Shape, Weight, rule
from ...core.kinds import Check, Sized
from ...core.products import Product, Work, product
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
    Where the number of experts is a symbol, a tensor stands for all experts.
    Source: Shazeer et al. 2017; Jiang et al. 2024.
    """
    declared("Experts", size, x[-1])
    declared("Experts", experts, scores[-1], "experts")
    if isinstance(experts, int) and isinstance(active, int) and active > experts:
        raise ShapeError("more active experts than there are", expected=f"at most {experts}", received=active)
    gate, up, down = str(names).split()
    shapes = ((gate, (inner, size)), (up, (inner, size)), (down, (size, inner)))
    numbers = range(experts) if isinstance(experts, int) else None

    def weights() -> Iterator[Weight]:
        if numbers is None:
            yield from (Weight(f"{name}.weight", (experts, *shape)) for name, shape in shapes)
            return
        for at in numbers:
            yield from (Weight(f"{at}.{name}.weight", shape) for name, shape in shapes)

    made = tuple(weights())

    def work() -> Work:
        each = prod(x[:-1]) * (active * (inner * size))
        first = frozenset(one.path for one in made if not one.name.endswith(f"{down}.weight"))
        second = frozenset(one.path for one in made) - first
        (both, back) = _products(each, first, second)
        return Work((both, back))

    return Built(outs=(x,), weights=made, formula=lambda: experts * (3 * size * inner), work=work)


def _products(each: Size, first: frozenset[str], second: frozenset[str]) -> tuple[Product, Product]:
    return product(2 * each, 0, first), product(each, (0, *first), second)
