"""How the cost of a model grows with the batch, the time steps and the sizes of its layers, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...catalogue import message
from ...core.formula import symbolic_call
from ...core.json_data import JsonObject
from ...core.rule import Layer
from ...core.totals import summed
from ...errors import ParamcalcError
from ...graph.model import Model
from ...loading import load
from ...report import plain
from ...symbolic import Expr, Size, grouped, leaves, unicode
from ...symbolic.expr import BUILD
from ...symbolic.fold import fold
from ...symbolic.terms import write
from .asymptotic import Leading, all_leading
from .kept import Call, Convention, Found, Keeping, convention_of, kept
from .naming import is_named
from .passes import Training, Use, frozen_origins, parts_on, together, total, uses
from .sizes import BATCHES, TIMES, batch_of, open_sizes, times_of

COMPARED_AT = 1000  # what stands for an open size where layers are compared
FACTORS = ("", "twice", "four times", "eight times")
NOUNS: Mapping[str, str] = {
    **dict.fromkeys(BATCHES, "the batch"),
    **dict.fromkeys(TIMES, "the steps"),
    "d_h": "the units",
}


class Figure(NamedTuple):
    """A figure of a cost, in the words of a sentence about it."""

    name: str
    grows: str
    bounded: str
    measure: str


WORK = Figure("step_macs", "the work grows as {term}: {effects}", "the work does not grow with {sizes}", "the work")
KEPT = Figure("kept", "activations grow as {term}: {effects}", "activations do not grow with {sizes}", "the memory")


@dataclass(frozen=True)
class Growth:
    """How one figure grows.

    Attributes
    ----------
    figure : Figure
        Multiply-adds of a training step, or numbers kept for the pass backwards.
    layer : str
        The layer that it is about; empty for the whole model.
    size : int or Expr
        The figure; of a layer in the letters of its formula.
    values : mapping of str to int or Expr
        What those letters stand for.
    terms : tuple of Leading
        The leading term in each size that it depends on.
    without : tuple of Expr
        Open sizes of the model that it does not depend on.
    """

    figure: Figure
    layer: str
    size: Size
    values: Mapping[str, Size]
    terms: tuple[Leading, ...]
    without: tuple[Expr, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One for each leading term: ``activations grow as 7B·T·d_h: twice the steps, twice the memory``.

        Of the letters of a layer, those for the batch, the steps and the units have one.
        """
        found = []
        grown: dict[Size, list[Leading]] = {}
        terms = [one for one in self.terms if not self.layer or one.symbol.args[0] in NOUNS]
        for one in terms:
            if one.degree:
                grown.setdefault(one.term, []).append(one)
        for term, several in grown.items():
            found.append(message(self.figure.grows, term=grouped(term), effects=self._effects(several)))
        bounded = [one.symbol for one in terms if not one.degree] + [*self.without]
        if bounded:
            found.append(message(self.figure.bounded, sizes=_either(bounded)))
        return tuple(f"{self.layer}: {one}" if self.layer else one for one in found)

    def _effects(self, several: Sequence[Leading]) -> str:
        measure = message(self.figure.measure)
        effects = []
        for degree in dict.fromkeys(one.degree for one in several):
            sizes = _either([one.symbol for one in several if one.degree == degree])
            effects.append(
                message("twice {sizes}, {factor} {measure}", sizes=sizes, factor=_factor(degree), measure=measure)
            )
        return "; ".join(effects)

    def to_dict(self) -> JsonObject:
        """Give it as plain data."""
        return {
            "figure": self.figure.name,
            "layer": self.layer or None,
            "size": plain(self.size),
            "values": {name: plain(value) for name, value in self.values.items()},
            "leading": [
                {"size": unicode(one.symbol), "degree": one.degree, "term": plain(one.term)} for one in self.terms
            ],
        }


def growth(
    model: Model,
    *,
    batch: int | None = None,
    steps: int | None = None,
    bptt: Size | None = None,
    frozen: Sequence[str] = (),
    input_gradient: bool = False,
) -> tuple[Growth, ...]:
    """Say how the cost of a model grows: of the whole model in its open sizes, of its largest layers in their letters.

    Parameters
    ----------
    model : Model
    batch, steps : int, optional
        Sizes at which the layers are compared to find the largest; 1000 when left out.
    bptt, frozen, input_gradient
        As in `paramcalc.analysis.cost.cost`.

    Returns
    -------
    tuple of Growth
        A figure that is unknown is left out, as is a largest layer that has no formula in letters.
    """
    shapes = model.input_shapes
    parts = parts_on(model, shapes)
    training = Training(is_named(frozen, parts), frozen_origins(model, [part.built for part in parts]), bptt)
    found, _ = uses(model, parts, training, [input_gradient] * len(shapes))
    convention = convention_of(model.framework)
    keeps, _ = kept(model, found, convention)
    calls = list(_calls(found, keeps))

    given: dict[Expr | None, int | None] = {**dict.fromkeys(times_of(shapes), steps), batch_of(shapes): batch}

    def at(size: Size) -> int:
        found = fold(size, lambda leaf: given.get(leaf) or COMPARED_AT, BUILD)
        assert isinstance(found, int)  # every leaf has a value
        return found

    whole = [
        (WORK, total([use.passes for use in found]).step),
        (KEPT, summed(one.elements for one in keeps) if all(one.complete for one in keeps) else None),
    ]
    made = [_whole(figure, size, open_sizes(shapes)) for figure, size in whole if isinstance(size, Expr)]
    steps_of = [(use.passes.step, use, one) for use, one in calls]
    elements = [(one.elements if one.complete else None, use, one) for use, one in calls]
    for figure, sizes in ((WORK, steps_of), (KEPT, elements)):
        known = [(size, use, one) for size, use, one in sizes if size is not None]
        if len(known) < len(sizes) or not known:
            continue
        size, use, one = max(known, key=lambda item: at(item[0]))
        letters = _Letters.of(use, bptt)
        written = None if letters is None else letters.step() if figure is WORK else letters.kept(one, convention)
        if letters is not None and written is not None and letters.value(written) == size:
            name = f"{use.part.name} ({use.part.layer.type})"
            written = letters.ordered(written)
            made.append(Growth(figure, name, written, letters.values_in(written), tuple(all_leading(written))))
    return tuple(made)


def _whole(figure: Figure, size: Size, sizes: Sequence[Expr]) -> Growth:
    size = _ordered(size, sizes)
    terms = tuple(all_leading(size))
    depends = {one.symbol for one in terms}
    return Growth(figure, "", size, {}, terms, tuple(one for one in sizes if one not in depends))


class _Letters(NamedTuple):
    """A use of a layer with letters for its sizes."""

    use: Use
    layer: Layer
    inputs: Sequence[tuple[Size, ...]]
    values: Mapping[str, Size]
    window: Size | None

    @classmethod
    def of(cls, use: Use, window: Size | None) -> _Letters | None:
        called = symbolic_call(use.part.layer, *use.part.inputs)
        if called is None:
            return None
        layer, inputs, values = called
        first: dict[Size, Expr] = {}  # keys as long as the queries: T² and not T·S
        for axis in (axis for shape in inputs for axis in shape if isinstance(axis, Expr)):
            if isinstance(values.get(axis.args[0]), Expr):
                first.setdefault(values[axis.args[0]], axis)
        same = {name: first[value] for name, value in values.items() if value in first}
        inputs = [tuple(axis(**same) if isinstance(axis, Expr) else axis for axis in shape) for shape in inputs]
        return cls(use, layer, inputs, values, window)

    def step(self) -> Size | None:
        try:
            built = self.layer.on(*self.inputs)
            if built.work is None:
                return None
            work = built.work() if self.window is None else built.work().truncated(self.window)
        except ParamcalcError:
            return None
        return together((work.forward(), work.backward(self.use.live) if self.use.reached else 0))

    def kept(self, found: Found, convention: Convention | None) -> Size | None:
        keeping: Keeping | None = load(convention.table)(self.layer.type) if convention else None
        if keeping is None:
            return None
        try:
            built = self.layer.on(*self.inputs)
            keeps = keeping(Call(self.layer, tuple(self.inputs), built.shapes(), built.states, self.use.live))
        except ParamcalcError:
            return None
        counted = {one._replace(size=0) for one in found.everything}
        return None if keeps is None else summed(one.size for one in keeps.tensors if one._replace(size=0) in counted)

    def ordered(self, size: Size) -> Size:
        return _ordered(size, (leaf for shape in self.inputs for axis in shape[:-1] for leaf in leaves(axis)))

    def value(self, size: Size) -> Size:
        return size(**self.values_in(size)) if isinstance(size, Expr) else size

    def values_in(self, size: Size) -> dict[str, Size]:
        names = size.symbols if isinstance(size, Expr) else ()
        return {name: self.values[name] for name in names if name in self.values}


def _calls(found: Sequence[Use], keeps: Sequence[Found]) -> Iterator[tuple[Use, Found]]:
    for use, one in zip(found, keeps, strict=True):
        if use.inner:
            yield from _calls(use.inner, one.inner)
        else:
            yield use, one


def _ordered(size: Size, first: Iterable[Expr]) -> Size:
    # the batch in front of the steps, as in the shapes, whatever the products have
    return write(size.normal, [*first, *leaves(size)], BUILD) if isinstance(size, Expr) else size


def _either(sizes: Sequence[Expr]) -> str:
    names = [message(NOUNS[name]) if (name := one.args[0]) in NOUNS else name for one in sizes]
    *first, last = dict.fromkeys(names)
    return message("{first} or {last}", first=", ".join(first), last=last) if first else last


def _factor(degree: int) -> str:
    return message(FACTORS[degree]) if degree < len(FACTORS) else message("{number} times", number=2**degree)
