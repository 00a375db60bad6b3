"""Grids: sizes at which two polynomials are compared, enough to tell whether they are equal.

A count is a polynomial of low degree in each size. Two polynomials of degree n in a size that agree at
n + 1 values of it are one and the same, so a grid of (degree + 1) values a size decides all sizes at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

from ..core.rule import Layer
from ..core.shapes import AnyShape, Shape, UnknownShape, listed
from ..core.tensors import BATCH
from ..errors import ParamcalcError
from ..graph.bind import bind, names_in
from ..graph.model import Model
from ..symbolic import Expr, Size, degree, leaves
from ..untyped import Foreign

VALUES = (2, 3, 5, 7, 11, 13, 17, 19, 23)
SCALES = (1, 2, 4, 6, 8, 12, 16, 24, 64, 120, 256, 768, 1024)  # for sizes such as d // 8 or channels in 12 groups
ODD = (7, 13, 29, 61, 127)
OPEN = (7, 13, 29, 61, 127, 2, 1, 8, 64)  # values for sizes that only inputs have
MOST_FIXED = 1024  # tried for a size that the layers fix
LARGEST = 64  # models


class Grid(NamedTuple):
    """Values to put in place of the named sizes.

    Attributes
    ----------
    names : tuple of str
        The sizes that vary.
    points : list of dict
        A value for each of them; one empty point when nothing varies.
    decisive : bool
        Whether agreement at all points is agreement at all sizes.
    """

    names: tuple[str, ...]
    points: list[dict[str, int]]
    decisive: bool


def degrees(sizes: Iterable[Size], names: Sequence[str]) -> dict[str, int] | None:
    """Give the highest degree of the sizes in each name, at least 1; ``None`` if one is no polynomial."""
    highest = dict.fromkeys(names, 1)
    for size in sizes:
        if isinstance(size, Expr):
            for name in set(size.symbols) & highest.keys():
                try:
                    highest[name] = max(highest[name], degree(size, name))
                except ValueError:
                    return None
    return highest


def points(highest: dict[str, int], scale: int = 1, most: int = LARGEST) -> list[dict[str, int]]:
    """List (degree + 1) values of each name in every combination, or ``most`` of these, evenly spread."""
    columns = [[value * scale for value in _values(count + 1)] for count in highest.values()]
    total = prod(map(len, columns))
    places = range(total) if total <= most else [place * (total - 1) // (most - 1) for place in range(most)]
    return [dict(zip(highest, _combination(columns, place), strict=True)) for place in places]


def _combination(columns: list[list[int]], place: int) -> list[int]:
    row = []
    for column in reversed(columns):
        place, at = divmod(place, len(column))
        row.append(column[at])
    return row[::-1]


def _values(count: int) -> list[int]:
    return [*VALUES, *range(VALUES[-1] + 1, VALUES[-1] + 1 + count)][:count]


def grid_of(model: Model) -> Grid:
    """Choose the grid of a model: the sizes its options and weights depend on.

    A size that only input shapes have, such as the number of time steps, is left open instead: Keras
    calls it ``None``.

    Raises
    ------
    ParamcalcError
        When the model fits none of the values tried.
    """
    weights = [weight for built in model.built for weight in built.weights]
    sizes = [size for weight in weights for size in weight.shape]
    if any(isinstance(layer, Layer) and stateful(layer) for layer in model.layers):
        sizes += [shape[0] for shape in known_shapes(model.input_shapes)]  # the batch
    names = tuple(dict.fromkeys([*names_in(model), *_named(sizes)]))
    if not names:
        return Grid((), [{}], True)
    outs = [size for built in model.built for shape in known_shapes(listed(built.outs)) for size in shape]
    highest = degrees([*(weight.params for weight in weights), *outs], names)
    wanted = highest or dict.fromkeys(names, 2)
    problem: ParamcalcError | None = None
    for scale in SCALES:
        try:
            chosen = points(wanted, scale)
            for point in chosen:
                bind(model, point).built  # noqa: B018  # refuses sizes that do not fit
        except ParamcalcError as error:
            problem = problem or error
        else:
            complete = len(chosen) == prod(count + 1 for count in wanted.values())
            return Grid(names, chosen, highest is not None and complete)
    assert problem is not None
    raise problem


def with_open_sizes(model: Model, grid: Grid) -> list[dict[str, int]]:
    """List the points of a grid, and one more where sizes that only shapes have, left open so far, have a value.

    Odd values, so that a window or a stride miscounted by one shows.
    """
    inputs = [leaf for shape in known_shapes(model.input_shapes) for size in shape for leaf in leaves(size)]
    names = {leaf.args[0] for leaf in inputs if leaf != BATCH} - set(grid.names)
    for value in ODD if names else ():
        point = {**grid.points[0], **dict.fromkeys(sorted(names), value)}
        try:
            bind(model, point).built  # noqa: B018  # refuses sizes that do not fit
        except ParamcalcError:
            continue
        return [*grid.points, point]
    return grid.points


def stateful(layer: Foreign) -> bool:
    """Tell whether a layer, or one inside it, keeps its state between batches.

    Keras makes such a state for real, and refuses to inside a scope that defers allocations; so a stateful
    layer is built outside, weights and all.
    """
    if isinstance(layer, Model):
        return False  # its layers have been built by then
    if layer.options.get("stateful"):
        return True
    return any(isinstance(value, Layer) and stateful(value) for value in layer.options.values())


def closed(model: Model) -> Model:
    """Put numbers in place of the sizes that only inputs have, for a framework whose inputs have numbers for sizes.

    A size that the layers fix, such as the features of a key, gets the number that they fix.

    Raises
    ------
    ParamcalcError
        When the model fits none of the values tried.
    """
    found = [leaf.args[0] for shape in known_shapes(model.input_shapes) for size in shape for leaf in leaves(size)]
    names = tuple(dict.fromkeys(found))
    tried = _closed(model, names)
    if not isinstance(tried, ParamcalcError):
        return tried
    fixed: dict[str, int] = {}
    for name in names:
        value = _fixed(model, name)
        if value is not None:
            fixed[name] = value
    again = _closed(bind(model, fixed), tuple(name for name in names if name not in fixed)) if fixed else tried
    if isinstance(again, ParamcalcError):
        raise tried
    return again


def _closed(model: Model, names: Sequence[str]) -> Model | ParamcalcError:
    # different values first, then one for all
    problem: ParamcalcError | None = None
    for at in range(len(OPEN)):
        for values in (OPEN[at:] + OPEN[:at], (OPEN[at],) * len(names)):
            bound: Model = bind(model, dict(zip(names, values)))  # noqa: B905  # there are values enough
            refusal = _refusal(bound)
            if refusal is None:
                return bound
            problem = problem or refusal
    assert problem is not None
    return problem


def _fixed(model: Model, name: str) -> int | None:
    # the first number that fits, where none of the usual ones does while every other size is open; the refusal of one
    # often names it
    refusals = [_refusal(bind(model, {name: value})) for value in OPEN]
    if None in refusals:
        return None
    told = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]{0,20}", str(refusals[0]))]
    values = dict.fromkeys(value for value in [*told, *range(1, MOST_FIXED + 1)] if value > 0)
    return next((value for value in values if _refusal(bind(model, {name: value})) is None), None)


def _refusal(model: Model) -> ParamcalcError | None:
    try:
        model.built  # noqa: B018  # refuses sizes that do not fit
    except ParamcalcError as error:
        return error
    return None


def _named(sizes: Iterable[Size]) -> list[str]:
    return [leaf.args[0] for size in sizes for leaf in leaves(size) if leaf.op == "name"]


def known_shapes(shapes: Iterable[AnyShape]) -> list[Shape]:
    """List the shapes that are known."""
    return [shape for shape in shapes if not isinstance(shape, UnknownShape)]
