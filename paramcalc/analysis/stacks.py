"""Stacks of recurrent layers as a small record of choices, so that a changed choice is counted quickly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple, TypeAlias

from ..core.declare import Shape
from ..core.kinds import Choice
from ..core.registry import known, rules
from ..core.rule import Layer, Rule
from ..core.shapes import UNKNOWN_SHAPE, UnknownShape
from ..core.tensors import BATCH
from ..errors import ParamcalcError
from ..graph.model import Model
from ..rules.conventions.made import layer_of
from ..rules.conventions.read import Row, rows
from ..symbolic import Size, symbols
from ..untyped import OptionValue

CELLS = {"LSTM": "LSTM", "GRU": "GRU", "SimpleRNN": "RNN", "RNN": "RNN", "ElmanRNN": "RNN"}
SIZES = ("units", "hidden_size", "input_size")
OUTPUTS = {"Dense": "units", "Linear": "out_features"}  # dense layers, and the option with their size
PROJECTIONS = ("projection", "proj_size")
TIME = ("return_sequences", "return_state", "go_backwards", "stateful", "bidirectional", "batch_first")
DEEPEST = 8  # most layers tried


class Change(NamedTuple):
    """One change to a stack: its description, how unlikely it is, and the changed stack."""

    key: str
    text: str
    cost: float
    stack: Stack
    alone: float | None = None  # the cost as the only change, where it differs from ``cost``
    guess: bool = False  # whether the size fits the number and has no other evidence


@cache
def _papers() -> tuple[Row, ...]:
    # a row for each layer of the literature whose only required option is its units
    d_x, d_h, steps = symbols("d_x d_h T")
    found = []
    for rule in rules("paper").values():
        try:
            rule(units=d_h).on((BATCH, steps, d_x))
        except ParamcalcError:
            continue
        found.append(Row("paper", rule.name, (rule.name,), 0, "", rule=rule.name, options=(("units", d_h),)))
    return tuple(found)


def literature() -> range:
    """Give the row numbers of the layers of the literature; they follow the rows of the table."""
    return range(len(rows()), len(rows()) + len(_papers()))


def row_at(place: int) -> Row:
    """Give a row of the table of conventions, or the row of a layer of the literature."""
    return rows()[place] if place < len(rows()) else _papers()[place - len(rows())]


@dataclass(frozen=True, slots=True)
class Stack:
    """Stacked recurrent layers of one kind, with an optional embedding before and dense layer after them.

    Attributes
    ----------
    row : int
        Row number in the table of conventions; layers of the literature follow the table.
    options : tuple of (name, value)
        Options that differ from their defaults.
    d_x, d_h : int
        Input features and units.
    layers, directions : int
    output, vocabulary : int
        Units of the dense layer and tokens of the embedding; 0 if there is none.
    biased, halved, tied : bool
        Whether the dense layer has a bias, reads only one of two directions, shares its matrix with the embedding.
    times, more : int
        Factor on the count (optimizer slots, bytes), and a constant added to it.
    steps : int
        Number of time steps, 0 if unknown; the count does not depend on it.
    """

    row: int
    d_x: int
    d_h: int
    options: tuple[tuple[str, OptionValue], ...] = ()
    layers: int = 1
    directions: int = 1
    output: int = 0
    vocabulary: int = 0
    biased: bool = True
    halved: bool = False
    tied: bool = False
    times: int = 1
    more: int = 0
    steps: int = field(default=0, compare=False)

    @property
    def cell(self) -> str:
        """LSTM, GRU or RNN."""
        return row_at(self.row).cell

    @property
    def width(self) -> int:
        """Number of output features."""
        return self.directions * _at(_terms(self.row, self.options)[1], self.d_x, self.d_h)

    @property
    def count(self) -> int:
        """Number of parameters, with the factor and the constant."""
        form = _terms(self.row, self.options)[0]
        below = _at(form, self.d_x, self.d_h)
        above = _at(form, self.width, self.d_h) if self.layers > 1 else 0
        total = self.directions * (below + (self.layers - 1) * above)
        seen = 0 if self.tied else self.width // (1 + self.halved)
        total += self.output * (seen + self.biased) + self.vocabulary * self.d_x
        return total * self.times + self.more


Terms: TypeAlias = tuple[tuple[int, int, int], ...]  # a factor, and the exponents of d_x and d_h


@cache
def _terms(row: int, options: tuple[tuple[str, OptionValue], ...]) -> tuple[Terms, Terms]:
    # the count and the output features as polynomials: thousands of sizes are tried
    count, width = one_layer(row, options)
    return _polynomial(count), _polynomial(width)


def _polynomial(size: Size) -> Terms:
    if isinstance(size, int):
        return ((size, 0, 0),)
    terms = []
    for monomial, factor in size.normal.items():
        exponents = {name: exponent for (_, name), exponent in monomial}
        assert isinstance(factor, int)
        assert exponents.keys() <= {"d_x", "d_h"}  # counts of cells are polynomials in their sizes
        terms.append((factor, exponents.get("d_x", 0), exponents.get("d_h", 0)))
    return tuple(terms)


def _at(terms: Terms, d_x: int, d_h: int) -> int:
    return sum(factor * d_x**i * d_h**j for factor, i, j in terms)


def formula(row: int, options: tuple[tuple[str, OptionValue], ...]) -> Size:
    """Give the count of one layer and direction in d_x and d_h."""
    return one_layer(row, options)[0]


@cache
def one_layer(row: int, options: tuple[tuple[str, OptionValue], ...]) -> tuple[Size, Size]:
    """Give the count and the output features of one layer and direction, in d_x and d_h."""
    d_x, d_h, steps = symbols("d_x d_h T")
    built = layer_of(row_at(row), d_x, d_h, **dict(options)).on((BATCH, steps, d_x))
    count = built.params
    return (count if isinstance(count, int) else count.expand()), built.shapes()[0][-1]


@cache
def rule_of(row: int) -> Rule:
    """Give the rule of a row of the table."""
    return layer_of(row_at(row), *symbols("d_x d_h")).rule


@cache
def both_ways(row: int) -> bool:
    """Whether the framework of a row has bidirectional layers, by an option of the layer or by a wrapper."""
    rule = rule_of(row)
    return "bidirectional" in rule.options or known("Bidirectional", rule.framework) is not None


@cache
def cells(framework: str) -> tuple[Rule, ...]:
    """Give the rules of a framework's LSTM, GRU and plain RNN."""
    theirs = (rule_of(at) for at, row in enumerate(rows()) if row.framework == framework and row.cell in CELLS.values())
    return tuple(dict.fromkeys(rule for rule in theirs if rule.name in CELLS))


def stack_of(model: Model) -> Stack | None:
    """Convert a model to a stack, if it is one: recurrent layers with equal options, and at most one dense layer."""
    shape = model.input_shapes[0] if len(model.input_shapes) == 1 else UNKNOWN_SHAPE
    return None if isinstance(shape, UnknownShape) else stack_in(model.uses, shape, model.total)


def stack_in(used: Iterable[object], shape: Shape, total: Size) -> Stack | None:
    """Convert layers on an input of a shape to a stack, if they are one and have so many parameters."""
    layers = list(used)
    output = 0
    if len(layers) > 1 and (units := _output(layers[-1])):
        output = units
        layers.pop()
    first = stack_of_layer(layers[0], shape) if layers else None
    if first is None:
        return None
    above = [stack_of_layer(layer, (first.width,)) for layer in layers[1:]]
    if not all(one is not None and replace(one, d_x=first.d_x) == first for one in above):
        return None
    made = replace(first, layers=first.layers * len(layers), output=output)
    return made if made.count == total else None


def _output(layer: object) -> int:
    units = layer.options.get(OUTPUTS[layer.type]) if isinstance(layer, Layer) and layer.type in OUTPUTS else None
    return units if isinstance(units, int) else 0


def stack_of_layer(layer: object, shape: Shape) -> Stack | None:
    """Convert one layer to a stack, if it is recurrent; a PyTorch layer may have several layers and directions."""
    if not isinstance(layer, Layer) or not shape:
        return None
    inner = layer.options["layer"] if layer.type == "Bidirectional" else layer
    if not isinstance(inner, Layer) or inner.rule.name not in CELLS or (row := _row_of(inner)) is None:
        return None
    units = inner.options.get("units", inner.options.get("hidden_size"))
    if not isinstance(shape[-1], int) or not isinstance(units, int):
        return None
    options = tuple((name, value) for name, value in _changed(inner) if name not in _fixed(row))
    both = layer is not inner or inner.options.get("bidirectional", False)
    steps = shape[1] if len(shape) > 2 and isinstance(shape[1], int) else 0
    return Stack(row, shape[-1], units, options, inner.options.get("num_layers", 1), 1 + both, steps=steps)


def _changed(layer: Layer) -> tuple[tuple[str, OptionValue], ...]:
    skipped = (*TIME, *SIZES, "num_layers")
    defaults = layer.rule.defaults
    return tuple(
        (name, value) for name, value in layer.options.items() if name not in skipped and value != defaults[name]
    )


def _fixed(row: int) -> set[str]:
    return {name for name, _ in row_at(row).options}


def _row_of(layer: Layer) -> int | None:
    changed = dict(_changed(layer))
    best: tuple[int, int] | None = None
    for place, row in enumerate(rows()):
        ours = row.cell in CELLS.values() and row.framework == layer.rule.framework
        if ours and rule_of(place) is layer.rule:
            fixed = {name: value for name, value in row.options if name not in (*SIZES, *TIME)}
            if all(changed.get(name) == value for name, value in fixed.items()) and (not best or len(fixed) > best[0]):
                best = len(fixed), place
    return best[1] if best else None


def switches(row: int) -> Iterator[tuple[str, OptionValue]]:
    """List every option of a row's rule with every value that is not its default."""
    for name, option in rule_of(row).options.items():
        if name in TIME or name in _fixed(row):
            continue
        if isinstance(option.kind, Choice):
            yield from ((name, value) for value in option.kind.values if value != option.default)


@cache
def conventions(cell: str, both: bool) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Group the rows of a cell by their count; give the first row of each group and the frameworks of the others.

    Variants from papers are options, not conventions. With ``both``, frameworks without bidirectional layers are left
    out.
    """
    groups: dict[Size, list[int]] = {}
    for place, row in enumerate(rows()):
        if row.cell == cell and row.framework != "paper" and (both_ways(place) or not both):
            groups.setdefault(formula(place, ()), []).append(place)
    found = []
    for places in groups.values():
        first = rows()[places[0]].framework
        others = dict.fromkeys(whose_row(place) for place in places[1:] if rows()[place].framework != first)
        found.append((places[0], tuple(others)))
    return tuple(found)


def whose_row(place: int) -> str:
    """Name the framework of a row; with the layer, where the layer's options make the convention."""
    row = rows()[place]
    return f"{row.framework}'s {row.called}" if row.called != row.layers[0] else row.framework


def projection_of(row: int) -> str | None:
    """Name the option of a row's rule that projects the output, if it has one: ``projection``, ``proj_size``."""
    return next((name for name in PROJECTIONS if name in rule_of(row).options), None)


def with_option(stack: Stack, name: str, value: OptionValue) -> Stack | None:
    """Set an option; ``None`` if the rule refuses it in combination with the others."""
    options = dict(stack.options)
    options[name] = value
    if value == rule_of(stack.row).defaults[name]:
        del options[name]
    made = replace(stack, options=tuple(sorted(options.items())))
    try:
        one_layer(made.row, made.options)
    except ParamcalcError:
        return None
    return made
