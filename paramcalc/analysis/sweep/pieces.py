"""The parts of a sweep: each is a grid on which a model has one formula for each column, or is built at every point.

A size that changes the structure of a model (``repeat: n``) cannot be a symbol, so each of its values makes a piece.
The other sizes are symbols. Whether the formulas stand for the model is decided in `conditions`; in addition, the
model is built at the corners of each grid, and compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from ...errors import ParamcalcError
from ...graph.model import Model
from ...graph.size_names import values_text
from ...symbolic import Expr, Size, leaves
from ...symbolic.arrays import on_arrays
from ...symbolic.evaluate import put
from ...symbolic.program import INT64, Program, Range, at_point, compiled, ranges, within
from ...untyped import Foreign
from ..cost.sizes import batch_of
from ..family import Family
from .axes import Axis, Grid
from .columns import Asked, Column, UnknownColumn, columns_named, figures
from .conditions import conditions_of, over_one_denominator

Array = Foreign  # numpy.ndarray
Block = dict[str, Array]  # each size and column, by name


class Formulas(NamedTuple):
    """Columns as formulas, with what must hold; plain data that is sent to another process as it is.

    Attributes
    ----------
    columns : Program
        One result for each column.
    checks : Program
        The sizes that must be positive; then, for each quotient that must be even, its two parts.
    positive : int
        How many sizes must be.
    """

    columns: Program
    checks: Program
    positive: int


class Piece(NamedTuple):
    """One part of a sweep.

    Attributes
    ----------
    fixed : dict of str to int
        Sizes with one value.
    grid : Grid
        Of the other sizes.
    order : tuple of str
        The names of all sizes, as they were asked for.
    figures : tuple of str
        The columns.
    asked : Asked
    family : Family
    formulas : Formulas, optional
        Without them, the model is built at every point.
    """

    fixed: Mapping[str, int]
    grid: Grid
    order: tuple[str, ...]
    figures: tuple[str, ...]
    asked: Asked
    family: Family
    formulas: Formulas | None

    @property
    def bounds(self) -> dict[str, Range]:
        """Between which values each size lies."""
        return {**{name: (value, value) for name, value in self.fixed.items()}, **self.grid.bounds}


@dataclass(frozen=True, slots=True)
class Left:
    """Points at which the model cannot be built.

    Attributes
    ----------
    number : int
    reason : str
        Why, at one of them.
    """

    number: int = 0
    reason: str = ""

    def __add__(self, other: Left) -> Left:
        return Left(self.number + other.number, self.reason or other.reason)


def pieces(family: Family, axes: Sequence[Axis], columns: Sequence[Column], asked: Asked) -> Iterator[Piece]:
    """Divide a sweep; pieces come with the last of their sizes varying fastest.

    Raises
    ------
    ParamcalcError
        For a column that is unknown, or depends on another size.
    """
    structural = _structural(family, axes)
    outer = Grid(tuple(one for one in axes if one.name in structural))
    inner = Grid(tuple(one for one in axes if one.name not in structural))
    order = tuple(one.name for one in axes)
    names = tuple(one.name for one in columns)
    if not inner.axes:
        yield Piece({}, outer, order, names, asked, family, None)
        return
    for at in range(outer.size):
        fixed = outer.point(at)
        piece = Piece(fixed, inner, order, names, asked, family, None)
        try:
            model = family.make({**fixed, **{one.name: None for one in inner.axes}})
        except ParamcalcError:
            yield piece  # at these values, it may be built nowhere, or at numbers alone
            continue
        made = piece._replace(formulas=_formulas(family, fixed, model, inner, columns, asked))
        yield made if made.formulas is not None and _agrees(made) else piece


def _structural(family: Family, axes: Sequence[Axis]) -> set[str]:
    # the sizes that cannot be symbols, alone or together
    first = {one.name: one.values[0] for one in axes}

    def works(*open: str) -> bool:
        with suppress(ParamcalcError):
            family.make({**first, **dict.fromkeys(open)})
            return True
        return False

    names = [one.name for one in axes]
    for fixed in ((), *((name,) for name in names)):
        if works(*(name for name in names if name not in fixed)):
            return {*fixed}
    alone = [name for name in names if works(name)]
    return {*names} - {*alone} if works(*alone) else {*names}


def _formulas(
    family: Family, fixed: Mapping[str, int], model: Model, grid: Grid, columns: Sequence[Column], asked: Asked
) -> Formulas | None:
    names = [one.name for one in grid.axes]
    try:
        sizes = settled(model, figures(model, columns, asked), names)
    except ParamcalcError:  # known on numbers alone, if at all
        return None
    found = conditions_of(model, names, family.named({**fixed, **dict.fromkeys(names)}))
    whole = [over_one_denominator(size) for size in sizes]
    formulas = [one for one in whole if one is not None]
    if found is None or len(formulas) < len(whole):
        return None
    made = Formulas(
        compiled(formulas),
        compiled([*found.positive, *(part for pair in found.even for part in pair)]),
        len(found.positive),
    )
    return made if _divides(made, grid) else None


def settled(model: Model, sizes: Sequence[Size], names: Sequence[str]) -> list[Size]:
    """Take an open batch as one sample.

    Raises
    ------
    UnknownColumn
        For a figure that depends on another size.
    """
    batch = batch_of(model.input_shapes)
    found = []
    for size in sizes:
        if batch is not None and batch.args[0] not in names:
            size = put(size, batch, 1)
        others = {leaf.args[0] for leaf in leaves(size)} - {*names} if isinstance(size, Expr) else ()
        for name in sorted(others):
            raise UnknownColumn(
                f"a column depends on {name}, which has no value",
                expected=f"--set {name}=…, --vary {name}=… or --steps",
                received=size,
            )
        found.append(size)
    return found


def _divides(made: Formulas, grid: Grid) -> bool:
    # no divisor may be zero anywhere on the grid; and no number beyond all bounds
    try:
        for program in (made.columns, made.checks):
            found = ranges(program, {name: grid.bounds[name] for name in program.names})
            if any(step.op == "//" and found[step.right][0] < 1 for step in program.steps):
                return False
    except ParamcalcError:
        return False
    return True


def _agrees(piece: Piece) -> bool:
    # whether formulas and models are the same at the corners
    plain = piece._replace(formulas=None)
    for at in piece.grid.corners:
        ours, ours_left = block(piece, at, at + 1)
        built, built_left = block(plain, at, at + 1)
        if ours_left.number != built_left.number:
            return False
        if any([*map(int, ours[name])] != [*map(int, built[name])] for name in piece.figures):
            return False
    return True


def block(piece: Piece, start: int, stop: int) -> tuple[Block, Left]:
    """Work out a range of the points of a piece; those at which the model cannot be built are left out.

    Parameters
    ----------
    piece : Piece
    start, stop : int
        Within its grid.

    Returns
    -------
    dict of str to array
        Sizes in the order asked for, then columns.
    Left
    """
    return _by_formula(piece, piece.formulas, start, stop) if piece.formulas else _by_building(piece, start, stop)


def _by_formula(piece: Piece, made: Formulas, start: int, stop: int) -> tuple[Block, Left]:
    import numpy

    sizes, bounds = piece.grid.block(start, stop), piece.grid.bounds
    valid: Array = numpy.ones(stop - start, bool)
    checked = _results(made.checks, sizes, bounds)
    for one in checked[: made.positive]:
        valid &= one >= 1
    for top, bottom in zip(checked[made.positive :: 2], checked[made.positive + 1 :: 2], strict=True):
        valid &= top % bottom == 0
    left = Left()
    if not valid.all():
        wrong = int(valid.argmin())
        left = Left(int((~valid).sum()), _reason(piece, start + wrong))
        sizes = {name: one[valid] for name, one in sizes.items()}
    found = dict(zip(piece.figures, _results(made.columns, sizes, bounds), strict=True))
    return _ordered(piece, sizes, found, int(valid.sum())), left


def _results(program: Program, sizes: Block, bounds: Mapping[str, Range]) -> list[Array]:
    # of the width that the ranges of all names ask for, not the values in this block
    import numpy

    used = {name: sizes[name] for name in program.names}
    length = len(next(iter(sizes.values())))
    if not used:
        numbers = [at_point(size, {}) for size in program.sizes]
        return [numpy.full(length, one, _type([(one, one)])) for one in numbers]
    limits = {name: bounds[name] for name in program.names}
    found = ranges(program, limits)
    made = on_arrays(program, used, limits)
    return [one.astype(_type([found[place]]), copy=False) for one, place in zip(made, program.results, strict=True)]


def _type(several: Sequence[Range]) -> str:
    return "int64" if within(several, INT64) else "object"


def _ordered(piece: Piece, sizes: Block, columns: Block, length: int) -> Block:
    import numpy

    fixed: Block = {name: numpy.full(length, value, _type([(value, value)])) for name, value in piece.fixed.items()}
    every = {**fixed, **sizes}
    return {**{name: every[name] for name in piece.order}, **columns}


def _by_building(piece: Piece, start: int, stop: int) -> tuple[Block, Left]:
    points: list[dict[str, int]] = []
    rows: list[list[int]] = []
    left = Left()
    for at in range(start, stop):
        point = {**piece.fixed, **piece.grid.point(at)}
        try:
            rows.append(built_at(piece, point))
            points.append(point)
        except UnknownColumn:
            raise
        except ParamcalcError as error:
            left += Left(1, f"{values_text(point)}: {error}")
    columns = {name: _array([row[at] for row in rows]) for at, name in enumerate(piece.figures)}
    return {**{name: _array([point[name] for point in points]) for name in piece.order}, **columns}, left


def _array(numbers: list[int]) -> Array:
    import numpy

    return numpy.array(numbers, _type([(min(numbers, default=0), max(numbers, default=0))]))


def built_at(piece: Piece, point: Mapping[str, int]) -> list[int]:
    """Build the model at one point, and give its columns.

    Raises
    ------
    ParamcalcError
        Where it cannot be built.
    """
    model = piece.family.make(point)
    found = figures(model, columns_named(piece.figures), piece.asked)
    return [at_point(one, {}) for one in settled(model, found, ())]


def _reason(piece: Piece, at: int) -> str:
    point = {**piece.fixed, **piece.grid.point(at)}
    try:
        built_at(piece, point)
    except ParamcalcError as error:
        return f"{values_text(point)}: {error}"
    return values_text(point)
