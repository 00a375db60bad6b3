"""Shared layers: one set of weights wherever a layer is used, in one model or on several levels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..core.built import Applicable, Built, Weight
from ..core.combined import scoped
from ..core.shapes import shape_text
from ..errors import ParamcalcError, ShapeError
from .edges import located
from .node import Wired


def check_uses(model: Wired, built: Sequence[Built]) -> None:
    """Check that all uses of a layer in a model ask for the same weights.

    Raises
    ------
    ShapeError
        Naming what the layer reads in both uses.
    """
    first: dict[int, int] = {}
    for place, node in enumerate(model.nodes):
        before = first.setdefault(id(node.layer), place)
        if before != place and built[before].weights != built[place].weights:
            later = {weight.path: weight for weight in built[place].weights}
            pairs = ((one, later.get(one.path, one)) for one in built[before].weights)
            differing = next((pair for pair in pairs if pair[0] != pair[1]), None)
            if differing is None:
                continue  # what is unknown in one of the uses has weights in the other
            one, other = differing
            a, b = (model.producer(model.nodes[at].args[0]) for at in (before, place))
            error: ParamcalcError = ShapeError(
                f"shared between {a!r} and {b!r}, which need a {one.name} of {shape_text(one.shape)} "
                f"and of {shape_text(other.shape)}; one layer has one set of weights"
            )
            raise located(model, error, node)


def crossed(layers: Iterable[Applicable]) -> bool:
    """Tell whether a layer is used on several levels: directly, and inside another."""
    seen: set[int] = set()
    waiting = [*layers]
    while waiting:
        layer = waiting.pop()
        if id(layer) in seen:
            return True
        seen.add(id(layer))
        waiting += layer.sublayers
    return False


def check_levels(model: Wired, built: Sequence[Built]) -> None:
    """Check that a layer used on several levels is asked for the same weights on all.

    Raises
    ------
    ShapeError
        Naming what it is part of.
    """
    first: dict[tuple[int, int], tuple[Weight, str]] = {}
    names = model.names
    for layer, step in zip(model.uses, built, strict=True):
        for weight in scoped(step.weights, "", layer):
            assert weight.origin is not None
            before, other = first.setdefault(weight.origin, (weight, names[id(layer)]))
            if before.shape != weight.shape:
                raise ShapeError(
                    f"a layer that is part of {other!r} and of {names[id(layer)]!r} needs a {weight.name} of "
                    f"{shape_text(before.shape)} and of {shape_text(weight.shape)}; one layer has one set of weights"
                )
