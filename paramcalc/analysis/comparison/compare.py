"""Models side by side: which layers differ, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from ...core.json_data import JsonObject
from ...core.totals import summed
from ...displayed import Displayed
from ...errors import OptionError, ParamcalcError
from ...report import Report, plain
from ...symbolic import Size
from ..cost import Cost, LayerCost, cost as cost_of
from ..family import Given, model_of
from .align import Place, align, kind_of
from .reasons import Reason, difference, reasons

SCHEMA = "paramcalc-compare/1"
MOST = 20  # models that are compared at once


@dataclass(frozen=True)
class Entry:
    """A layer in one of the models.

    Attributes
    ----------
    path, type : str
    params : int or Expr
        Its parameters, as far as they are not counted in a layer before it.
    known : bool
        Whether they are all there are.
    macs : int, Expr or None
        Multiply-adds of the forward pass; ``None`` where they are unknown.
    """

    path: str
    type: str
    params: Size
    known: bool
    macs: Size | None

    def to_dict(self, macs: bool) -> JsonObject:
        """Give it as plain data."""
        found: JsonObject = {
            "layer": self.path,
            "type": self.type,
            "params": plain(self.params) if self.known else None,
        }
        return {**found, "macs": _maybe(self.macs)} if macs else found


@dataclass(frozen=True)
class Line:
    """One layer, as each model has it.

    Attributes
    ----------
    entries : tuple of Entry or None
        ``None`` for a model without it.
    reasons : tuple of tuple of Reason
        For each model after the first, why its count differs from that of the first.
    """

    entries: tuple[Entry | None, ...]
    reasons: tuple[tuple[Reason, ...], ...]

    @property
    def name(self) -> str:
        """The path in the first model that has the layer."""
        return next(entry.path for entry in self.entries if entry is not None)

    def difference(self, place: int) -> Size | None:
        """Give how much more one model has than the first; ``None`` if that is not known."""
        first, other = self.entries[0], self.entries[place]
        if any(entry is not None and not entry.known for entry in (first, other)):
            return None
        return difference(other.params if other else 0, first.params if first else 0)

    @property
    def counts(self) -> bool:
        """Whether one of the models has parameters in it, or may have."""
        return any(entry is not None and (entry.params != 0 or not entry.known) for entry in self.entries)


@dataclass(frozen=True)
class Side:
    """One of the models.

    Attributes
    ----------
    name, framework : str
    params : int or Expr
    exact : bool
        Whether that is all of them, or at least so many.
    cost : Cost, optional
        What it costs, where that is asked for.
    """

    name: str
    framework: str
    params: Size
    exact: bool
    cost: Cost | None

    def to_dict(self) -> JsonObject:
        """Give it as plain data."""
        found: JsonObject = {
            "name": self.name,
            "framework": self.framework,
            "params": plain(self.params),
            "exact": self.exact,
        }
        if self.cost is not None:
            memory = self.cost.memory
            found["cost"] = {
                "forward_macs": plain(self.cost.passes.forward),
                "step_macs": _maybe(self.cost.step),
                "training_bytes": _maybe(memory.training),
                "inference_bytes": _maybe(memory.inference),
                "exact": self.cost.exact,
            }
        return found


@dataclass(frozen=True, repr=False)
class Comparison(Displayed):
    """Models side by side.

    Attributes
    ----------
    sides : tuple of Side
    lines : tuple of Line
        In the order of the first model; layers that it lacks stand where the others have them.
    """

    presented_by: ClassVar[str] = "paramcalc.render.comparison:presentation"

    sides: tuple[Side, ...]
    lines: tuple[Line, ...]

    def __repr__(self) -> str:
        return f"<comparison of {', '.join(repr(side.name) for side in self.sides)}>"

    @cached_property
    def with_cost(self) -> bool:
        """Whether costs were asked for."""
        return self.sides[0].cost is not None

    def difference(self, place: int) -> Size | None:
        """Give how much more one model has than the first; ``None`` if that is not known."""
        first, other = self.sides[0], self.sides[place]
        return difference(other.params, first.params) if first.exact and other.exact else None

    def to_dict(self) -> JsonObject:
        """Give it in the JSON form ``paramcalc-compare/1``."""
        others = range(1, len(self.sides))
        return {
            "schema": SCHEMA,
            "models": [one.to_dict() for one in self.sides],
            "differences": [_maybe(self.difference(place)) for place in others],
            "layers": [
                {
                    "models": [None if one is None else one.to_dict(self.with_cost) for one in line.entries],
                    "differences": [_maybe(line.difference(place)) for place in others],
                    "reasons": [
                        [{"text": one.text, "difference": plain(one.difference)} for one in several]
                        for several in line.reasons
                    ],
                }
                for line in self.lines
            ],
        }


def _maybe(size: Size | None) -> int | str | None:
    return None if size is None else plain(size)


def compare(
    *models: Given, cost: bool = False, batch: Size | None = None, steps: Size | None = None, dtype: str = "float32"
) -> Comparison:
    """Compare models layer by layer with the first of them.

    Parameters
    ----------
    *models : Model, path, Keras model or PyTorch module
        At least two, in any formats.
    cost : bool
        Count multiply-adds and memory, too.
    batch, steps : int or Expr, optional
        Sizes of the cost.
    dtype : str
        Dtype policy of the cost.

    Raises
    ------
    OptionError
        For fewer than two models, or more than 20.
    ParamcalcError
        For what is no model.
    """
    if not 2 <= len(models) <= MOST:
        raise OptionError("models to compare", expected=f"two or more, up to {MOST}", received=len(models))
    read = [model_of(one) for one in models]
    sides, places = [], []
    for model in read:
        report = model.report()
        try:
            made = cost_of(model, batch=batch, steps=steps, dtype=dtype) if cost else None
        except ParamcalcError as error:
            raise error.at(report.name)
        sides.append(Side(report.name, report.framework, report.total, report.exact, made))
        places.append(_places(report))
    works = [{} if side.cost is None else dict(_works(side.cost.layers)) for side in sides]
    entries = [[_entry(one, work) for one in several] for several, work in zip(places, works, strict=True)]
    lines = [
        Line(
            tuple(None if at is None else entries[side][at] for side, at in enumerate(line)),
            tuple(_reasons(places, line, side) for side in range(1, len(sides))),
        )
        for line in _lines(places)
    ]
    return Comparison(tuple(sides), (*lines, *_shared(sides, lines)))


def _places(report: Report) -> list[Place]:
    return [Place(path, row, kind_of(row), 0 if row.counted_above else row.params) for path, row in report.leaves]


def _works(layers: Sequence[LayerCost], above: str = "") -> Iterator[tuple[str, Size | None]]:
    for one in layers:
        yield above + one.name, one.passes.forward if one.exact else None
        yield from _works(one.layers, f"{above}{one.name}/")


def _entry(one: Place, works: dict[str, Size | None]) -> Entry:
    return Entry(one.path, one.row.type, one.params, not one.row.unknown, works.get(one.path, 0))


def _lines(places: Sequence[Sequence[Place]]) -> list[tuple[int | None, ...]]:
    # every other model is aligned with the first; layers that this lacks follow the layer before them
    lines: list[list[int | None]] = [[at] for at in range(len(places[0]))]
    for side, other in enumerate(places[1:], 1):
        where = {line[0]: at for at, line in enumerate(lines) if line[0] is not None}
        added: dict[int, list[list[int | None]]] = {}
        last = -1
        for a, b in align(places[0], other):
            if a is not None:
                last = where[a]
                lines[last].append(b)
            else:
                line: list[int | None] = [None] * side
                added.setdefault(last, []).append([*line, b])
        for line in lines:
            line += [None] * (side + 1 - len(line))
        made = [*added.get(-1, [])]
        for at, line in enumerate(lines):
            made += [line, *added.get(at, [])]
        lines = made
    return [tuple(line) for line in lines]


def _reasons(places: Sequence[Sequence[Place]], line: Sequence[int | None], side: int) -> tuple[Reason, ...]:
    first, other = line[0], line[side]
    if first is None or other is None:
        return ()
    one, two = places[0][first], places[side][other]
    return reasons(one.row, two.row) if (one.params, two.params) == (one.row.params, two.row.params) else ()


def _shared(sides: Sequence[Side], lines: Sequence[Line]) -> Iterator[Line]:
    # layers on several levels count once, so the lines may add up to more than the total
    left = []
    for place, side in enumerate(sides):
        entries = [line.entries[place] for line in lines]
        left.append(difference(side.params, summed(entry.params for entry in entries if entry is not None)))
    if any(one != 0 for one in left):
        entries = [Entry("(shared layers count once)", "", one, True, 0) for one in left]
        yield Line(tuple(entries), ((),) * (len(sides) - 1))
