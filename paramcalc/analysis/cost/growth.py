"""How the cost of a model grows with the batch, the time steps and the sizes of its layers, in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import NamedTuple, TypedDict

from ...catalogue import message
from ...core.built import Part
from ...core.json_data import JsonObject
from ...core.on_symbols import symbolic_call
from ...core.shapes import Shape
from ...core.totals import summed
from ...errors import ParamcalcError, SizeError
from ...graph.bind import open_sizes
from ...graph.model import Model
from ...graph.node import Node
from ...graph.size_names import BATCHES, TIMES
from ...report import plain
from ...symbolic import Expr, Size, grouped, leaves, unicode
from ...symbolic.evaluate import evaluate
from ...symbolic.expr import BUILD
from ...symbolic.fold import fold
from ...symbolic.terms import write
from .asymptotic import Leading, all_leading
from .cost import cost
from .passes import parts_on, together
from .result import Cost, LayerCost
from .sizes import batch_of, times_of

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
    doubles: str
    bounded: str
    measure: str


WORK = Figure(
    "step_macs",
    "the work grows as {term}: {effects}",
    "the work grows: {effects}",
    "the work does not grow with {sizes}",
    "the work",
)
KEPT = Figure(
    "kept",
    "activations grow as {term}: {effects}",
    "activations grow: {effects}",
    "activations do not grow with {sizes}",
    "the memory",
)
MOST_TERMS = 4  # of a sum that a sentence writes out


@dataclass(frozen=True)
class Growth:
    """How one figure grows.

    Attributes
    ----------
    figure : Figure
        Multiply-adds of a training step, or numbers kept for the backward pass.
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
            written = grouped(term)
            sentence = self.figure.grows if len(re.split(r" [+−] ", written)) <= MOST_TERMS else self.figure.doubles
            found.append(message(sentence, term=written, effects=self._effects(several)))
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


class Options(TypedDict):
    """What a cost depends on besides sizes."""

    bptt: Size | None
    frozen: Sequence[str]
    input_gradient: bool
    activations: str | None


def growth(
    model: Model,
    *,
    batch: int | None = None,
    steps: int | None = None,
    bptt: Size | None = None,
    frozen: Sequence[str] = (),
    input_gradient: bool = False,
    activations: str | None = None,
    whole: Cost | None = None,
) -> tuple[Growth, ...]:
    """Say how the cost of a model grows: of the whole model in its open sizes, of its largest layers in their letters.

    Parameters
    ----------
    model : Model
    batch, steps : int, optional
        Sizes at which the layers are compared to find the largest; 1000 when left out.
    bptt, frozen, input_gradient, activations
        As in `paramcalc.analysis.cost.cost`.
    whole : Cost, optional
        What that gives for these, where it is known already.

    Returns
    -------
    tuple of Growth
        A figure that is unknown or has no leading term is left out, as is a largest layer whose figure has no formula
        in letters: a layer around others, one of whose inputs only some need a gradient, and one whose letters say
        nothing of the batch, the steps and the units.
    """
    options: Options = {
        "bptt": bptt,
        "frozen": frozen,
        "input_gradient": input_gradient,
        "activations": activations,
    }
    whole = cost(model, **options) if whole is None else whole
    sizes = open_sizes(model.input_shapes)
    given: dict[Expr | None, int | None] = {
        **dict.fromkeys(times_of(model.input_shapes), steps),
        batch_of(model.input_shapes): batch,
    }

    def at(size: Size) -> int:
        number = fold(size, lambda leaf: given.get(leaf) or COMPARED_AT, BUILD)
        assert isinstance(number, int)  # every leaf has a value
        return number

    kept = together(one.elements for one in whole.layers)
    found = [
        _whole(figure, size, sizes)
        for figure, size in ((WORK, whole.passes.step), (KEPT, kept))
        if isinstance(size, Expr)
    ]
    layers = list(_layers(whole.layers, parts_on(model, model.input_shapes)))
    for figure in (WORK, KEPT):
        figures = [(one.passes.step if figure is WORK else one.elements, one, parts) for one, parts in layers]
        known = [(size, one, parts) for size, one, parts in figures if size is not None]
        if known and len(known) == len(figures):
            size, one, parts = max(known, key=lambda item: at(item[0]))
            if size != 0 and parts:
                found.append(_in_letters(figure, one, parts, options))
    return tuple(one for one in found if one is not None and one.sentences)


def _whole(figure: Figure, size: Size, sizes: Sequence[Expr]) -> Growth | None:
    try:
        size = _ordered(size, sizes)
        terms = tuple(all_leading(size))
    except SizeError:  # no leading term follows from its form, or it has too many terms to multiply out
        return None
    depends = {one.symbol for one in terms}
    return Growth(figure, "", size, {}, terms, tuple(one for one in sizes if one not in depends))


def _layers(layers: Sequence[LayerCost], parts: Sequence[Part]) -> Iterator[tuple[LayerCost, list[Part]]]:
    for one in layers:
        own = [part for part in parts if part.name == one.name]
        if one.layers:
            yield from _layers(one.layers, [inner for part in own if part.built.parts for inner in part.built.parts()])
        else:
            yield one, own


def _in_letters(figure: Figure, one: LayerCost, parts: Sequence[Part], options: Options) -> Growth | None:
    # the figure of a model of this layer alone, if that is the same function of the sizes
    part = parts[0]
    called = symbolic_call(part.layer, *part.inputs)
    if called is None:
        return None
    layer, inputs, values = called
    inputs = _merged(inputs, values)
    layer.name, layer.frozen = one.name, part.layer.frozen
    alone = Model.from_nodes(inputs, [Node(layer, tuple((at, 0) for at in range(len(inputs))))], ((len(inputs), 0),))
    own = [name for name in options["frozen"] if name == one.name or name.startswith(f"{one.name}/")]
    for input_gradient in (False, True):  # something before it may train
        try:
            (found,) = cost(
                alone,
                bptt=options["bptt"],
                frozen=own,
                input_gradient=input_gradient,
                activations=options["activations"],
            ).layers
        except ParamcalcError:  # a rule may hold for these sizes, and not for all
            return None
        if figure is WORK:
            size, expected = found.passes.step, one.passes.step
        else:
            size, expected = _kept(found, one, inputs), one.elements
        if size is None:
            continue
        size = _ordered(len(parts) * size, (leaf for shape in inputs for axis in shape[:-1] for leaf in leaves(axis)))
        used = {name: values[name] for name in _symbols(size) if name in values}
        if evaluate(size, used) == expected:
            made = _whole(figure, size, ())
            return made and replace(made, layer=f"{one.name} ({one.type})", values=used)
    return None


def _kept(alone: LayerCost, one: LayerCost, inputs: Sequence[Shape]) -> Size | None:
    # alone, it does not count its input, which is data; in the model, it counts what no other layer keeps
    sizes = {tensor.name: tensor.size for tensor in alone.kept}
    known = {"input": prod(inputs[0]), **sizes} if len(inputs) == 1 else sizes
    names = [tensor.name for tensor in one.kept]
    return summed(known[name] for name in names) if all(name in known for name in names) else None


def _merged(inputs: Sequence[Shape], values: Mapping[str, Size]) -> list[Shape]:
    # keys as long as the queries are, by one letter for both: T² and not T·S
    first: dict[Size, Expr] = {}
    for axis in (axis for shape in inputs for axis in shape if isinstance(axis, Expr)):
        for name in axis.symbols:
            if isinstance(values.get(name), Expr):
                first.setdefault(values[name], axis)
    same = {name: first[value] for name, value in values.items() if value in first}
    return [tuple(evaluate(axis, same) for axis in shape) for shape in inputs]


def _ordered(size: Size, first: Iterable[Expr]) -> Size:
    # the batch in front of the steps, as in the shapes, whatever the products have
    return write(size.normal, [*first, *leaves(size)], BUILD) if isinstance(size, Expr) else size


def _symbols(size: Size) -> tuple[str, ...]:
    return size.symbols if isinstance(size, Expr) else ()


def _either(sizes: Sequence[Expr]) -> str:
    names = [message(NOUNS[name]) if (name := one.args[0]) in NOUNS else name for one in sizes]
    *first, last = dict.fromkeys(names)
    return message("{first} or {last}", first=", ".join(first), last=last) if first else last


def _factor(degree: int) -> str:
    return message(FACTORS[degree]) if degree < len(FACTORS) else message("{number} times", number=2**degree)
