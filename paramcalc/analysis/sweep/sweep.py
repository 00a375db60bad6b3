"""A sweep: the parameter counts and costs of a model for every combination of sizes, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from itertools import islice
from typing import ClassVar, NamedTuple

from ...displayed import Displayed
from ...errors import MissingExtra, OptionError, ParamcalcError
from ...untyped import Foreign
from ..cost.dtypes import policy
from ..cost.optimizers import optimizer_for, read_optimizer
from ..cost.sizes import check_apart
from ..family import Family, Given, family_of
from .axes import Axis, axes_of
from .columns import NAMES, USUAL, Asked, Column, columns_named
from .filters import Goal, Where, check_names, front, read_goals, read_where
from .pieces import Block, Left, Piece, block, pieces

BLOCK = 65_536  # points that are worked out at a time
BUILT = 64  # the same where each of them builds a model
MAX_PIECES = 100_000

Progress = Callable[[int], None]


class Request(NamedTuple):
    """What is asked for.

    Attributes
    ----------
    family : Family
    axes : tuple of Axis
    columns : tuple of str
    where : tuple of Where
    goals : tuple of Goal
    asked : Asked
    """

    family: Family
    axes: tuple[Axis, ...]
    columns: tuple[str, ...]
    where: tuple[Where, ...] = ()
    goals: tuple[Goal, ...] = ()
    asked: Asked = Asked()

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of what is shown: sizes, then columns."""
        return (*(one.name for one in self.axes), *self.columns)

    @property
    def computed(self) -> tuple[str, ...]:
        """The columns that are worked out: those shown, and those that conditions and goals name."""
        named = [name for one in self.where for name in one.names] + [one.name for one in self.goals]
        return tuple(dict.fromkeys((*self.columns, *(name for name in named if name in NAMES))))

    @property
    def figures(self) -> tuple[Column, ...]:
        """The columns that are shown."""
        return columns_named(self.columns)

    @property
    def size(self) -> int:
        """Number of points."""
        total = 1
        for one in self.axes:
            total *= len(one.values)
        return total

    def pieces(self) -> Iterator[Piece]:
        """Divide the sweep."""
        return pieces(self.family, self.axes, columns_named(self.computed), self.asked)

    def kept(self, found: Block) -> Block:
        """Give the points of a block that meet every condition."""
        for one in self.where:
            keeps = one.keeps(found)
            if not keeps.all():
                found = {name: column[keeps] for name, column in found.items()}
        return found

    def __str__(self) -> str:
        return ", ".join(f"{one.name} = {one.text}" for one in self.axes)


def request(
    given: Given,
    axes: Sequence[Axis],
    columns: Sequence[str] = USUAL,
    where: Sequence[str] = (),
    pareto: str | None = None,
    asked: Asked | None = None,
    sizes: Mapping[str, object] | None = None,
) -> Request:
    """Check what is asked for; the model and its sizes as of `paramcalc.analysis.family.family_of`.

    Raises
    ------
    ParamcalcError
        For sizes that the model does not have, and for unknown columns, conditions, dtypes and optimizers.
    """
    names = [one.name for one in axes]
    for name in names:
        if name in NAMES or names.count(name) > 1:
            problem = "is also a column" if name in NAMES else "is varied twice"
            raise OptionError(f"the size {name!r} {problem}", expected="sizes with names of their own")
    columns_named(columns)
    wanted = asked or Asked()
    policy(wanted.dtype)
    made = Request(
        family_of(given, names, sizes),
        tuple(axes),
        tuple(columns),
        tuple(map(read_where, where)),
        read_goals(pareto) if pareto else (),
        wanted,
    )
    for one in made.where:
        check_names(one.names, (*names, *NAMES), "a condition")
    check_names([one.name for one in made.goals], (*names, *NAMES), "--pareto")
    for values in (dict.fromkeys(names), {one.name: one.values[0] for one in axes}):
        with suppress(ParamcalcError):
            model = made.family.make(values)
            break
    else:
        return made  # every point says why there is no model
    check_apart(model.input_shapes, names, wanted.batch, wanted.steps)
    if wanted.optimizer is not None:
        read_optimizer(wanted.optimizer, model.framework)
    return made._replace(asked=wanted._replace(optimizer=optimizer_for(model, wanted.optimizer)))


class Sweep(Displayed):
    """The columns at every combination of sizes; worked out block by block when they are asked for.

    Attributes
    ----------
    request : Request
    """

    presented_by: ClassVar[str] = "paramcalc.render.sweep:presentation"

    def __init__(self, request: Request, progress: Progress | None = None) -> None:
        self.request = request
        self.progress = progress
        self._left: Left | None = None

    @property
    def left(self) -> Left:
        """Points at which the model cannot be built; of the blocks so far, while they are worked out."""
        if self._left is None:
            self.columns  # noqa: B018  # whoever asks first has them worked out
        return self._left or Left()

    @left.setter
    def left(self, found: Left) -> None:
        self._left = found

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns: sizes, then figures."""
        return self.request.shown

    @cached_property
    def pieces(self) -> list[Piece]:
        """The parts of the sweep."""
        needs("numpy", "a sweep")
        found = list(islice(self.request.pieces(), MAX_PIECES + 1))
        if len(found) > MAX_PIECES:
            raise OptionError("too many structures", expected=f"at most {MAX_PIECES:,} combinations of such sizes")
        return found

    def blocks(self) -> Iterator[Block]:
        """Give the points that are kept, in blocks of arrays, in order.

        Raises
        ------
        MissingExtra
            Without NumPy.
        """
        found = self._kept()
        if self.request.goals:
            found = iter([_best(found, self.request.goals)])
        for one in found:
            yield {name: one[name] for name in self.names} if one else one

    def _kept(self) -> Iterator[Block]:
        self.left = Left()
        for piece in self.pieces:
            step = BLOCK if piece.formulas else BUILT
            for start in range(0, piece.grid.size, step):
                stop = min(start + step, piece.grid.size)
                found, left = block(piece, start, stop)
                self.left += left
                if self.progress is not None:
                    self.progress(stop - start)
                yield self.request.kept(found)

    @cached_property
    def columns(self) -> Block:
        """Every size and column, as one array each: of ``int64``, or of Python integers where those are not enough."""
        several = [one for one in self.blocks() if one]
        import numpy

        if not several:
            return {name: numpy.zeros(0, "int64") for name in self.names}
        return {name: numpy.concatenate([one[name] for one in several]) for name in self.names}

    def rows(self) -> Iterator[dict[str, int]]:
        """Give the points one after the other, as Python integers."""
        for found in self.blocks():
            lists = [found[name].tolist() for name in self.names] if found else []
            for row in zip(*lists, strict=True):
                yield dict(zip(self.names, row, strict=True))

    def __getitem__(self, name: str) -> Foreign:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.columns[self.names[0]])

    def to_frame(self) -> Foreign:
        """Return a data frame with a row for each point: pandas if it is installed, else polars.

        Raises
        ------
        MissingExtra
            When neither is installed.
        """
        for library in ("pandas", "polars"):
            try:
                return import_module(library).DataFrame(self.columns)
            except ModuleNotFoundError as error:
                if error.name != library:
                    raise
        raise MissingExtra("pandas or polars", "frame", "a data frame")

    def __repr__(self) -> str:
        return f"<sweep of {self.request.family.label!r}: {self.request}>"


def needs(package: str, purpose: str) -> Foreign:
    """Import what the extra ``sweep`` brings.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        top = package.partition(".")[0]
        if (error.name or "").partition(".")[0] != top:
            raise
        raise MissingExtra(top, "sweep", purpose) from None


def _best(blocks: Iterator[Block], goals: Sequence[Goal]) -> Block:
    # the front so far and a block together have the front of both
    import numpy

    best: Block = {}
    for found in blocks:
        both = {name: numpy.concatenate([best[name], found[name]]) for name in found} if best else found
        places = front(both, goals)
        best = {name: column[places] for name, column in both.items()}
    return best


def sweep(
    model: Given,
    *,
    columns: str | Sequence[str] = USUAL,
    where: str | Sequence[str] = (),
    pareto: str | None = None,
    batch: int | None = None,
    steps: int | None = None,
    dtype: str = "float32",
    optimizer: str | None = None,
    sizes: Mapping[str, object] | None = None,
    **vary: Foreign,
) -> Sweep:
    """Compute the parameter counts and costs of a model for every combination of sizes.

    Parameters
    ----------
    model : Model, path, Keras model, PyTorch module or callable
        A model with open sizes, a file, or a function that takes sizes by name and gives a model. In a file and a
        function, a size may change the structure.
    columns : str or list of str
        Of `paramcalc.analysis.sweep.columns.NAMES`: ``params``, ``macs``, ``memory``, ….
    where : str or list of str
        Conditions that the points must meet, such as ``"params < 10M"``.
    pareto : str, optional
        Keep the points that no other is better than: ``"params:max,macs"``.
    batch, steps : int, optional
        For costs; the batch is 1 where it is open.
    dtype, optimizer : str, optional
        As `paramcalc.cost` takes them.
    sizes : mapping of str to int, str or Expr, optional
        Values of other sizes.
    **vary : range, list of int, int or str
        The values of each size: ``h=range(64, 1025, 64)``, ``h=[64, 128]`` or ``h="64:1024:64"``, both ends included.

    Returns
    -------
    Sweep
        ``.columns`` are arrays, ``.to_frame()`` is a data frame, ``.blocks()`` streams.

    Raises
    ------
    ParamcalcError
        For sizes that the model does not have, and for columns that are unknown.
    """
    asked = Asked(batch, steps, dtype, optimizer)
    conditions = [where] if isinstance(where, str) else where
    names = [columns] if isinstance(columns, str) else columns
    return Sweep(request(model, axes_of(vary), names, conditions, pareto, asked, sizes))
