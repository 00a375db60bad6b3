"""A layer built once more on symbols in place of its sizes: what its formula is read from.

Every size that has a symbol (declared by the option's kind, or by the input pattern) is replaced by that symbol. The
actual sizes are kept beside it, for the substitution. Where one symbol would stand for several options (a stack of
cells), they are numbered.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from ..errors import ParamcalcError
from ..symbolic import Expr, Size, symbols, unknown
from ..untyped import OptionValue
from .built import Applicable, Built
from .kinds import Kind
from .rule import Layer, Rule
from .shapes import AnyShape, Shape, UnknownShape


def symbolic_build(layer: Applicable, *shapes: AnyShape) -> tuple[Built, dict[str, Size]] | None:
    """Build a layer with symbols for sizes; give that, and what each symbol stands for.

    ``None`` for a model, and for a layer around one: their counts are sums over layers.
    """
    known = tuple(shape for shape in shapes if not isinstance(shape, UnknownShape))
    if not isinstance(layer, Layer) or len(known) < len(shapes):
        return None
    if not layer.rule.holds_layers:
        structure = _structure(layer)
        if _PLAIN.issuperset(map(type, structure.values())) or all(map(_is_plain, structure.values())):
            found = _on_symbols(layer.rule, tuple(structure.items()), tuple(map(len, known)))
            return None if found is None else (found.built, found.values(layer, known))
    called = symbolic_call(layer, *shapes)
    if called is None:
        return None
    symbolic, inputs, values = called
    try:
        return symbolic.on(*inputs), values
    except ParamcalcError:  # Reshape((24,)) holds for 24 numbers, not for n of them
        return None


def symbolic_call(layer: Applicable, *shapes: AnyShape) -> tuple[Layer, list[Shape], dict[str, Size]] | None:
    """Put symbols in place of the sizes of a layer and of its inputs; give these, and what each symbol stands for.

    ``None`` for a model, for a layer around one, and for inputs that have no names for their axes.
    """
    known = tuple(shape for shape in shapes if not isinstance(shape, UnknownShape))
    if not isinstance(layer, Layer) or len(known) < len(shapes):
        return None
    try:
        symbolic, values = symbolised(layer)
        return symbolic, _named_inputs(symbolic, known, values), values
    except (_NoFormula, ParamcalcError):
        return None


class _Symbolic(NamedTuple):
    """What all layers build on symbols that differ in their sizes only.

    Attributes
    ----------
    built : Built
    options : tuple of (str, str, int or None)
        A symbol, the option whose size it stands for, and which of several sizes.
    inputs : tuple of (str, int, int)
        A symbol, the input and the axis whose size it stands for.
    """

    built: Built
    options: tuple[tuple[str, str, int | None], ...]
    inputs: tuple[tuple[str, int, int], ...]

    def values(self, layer: Layer, shapes: tuple[Shape, ...]) -> dict[str, Size]:
        """Give what each symbol stands for in a layer."""
        found: dict[str, Size] = {}
        for symbol, option, place in self.options:
            value = layer.options[option]
            found[symbol] = value if place is None else value[place]
        for symbol, index, axis in self.inputs:
            found[symbol] = shapes[index][axis]
        return found


class _ASize:
    """Stands where a layer has a size that formulas have a symbol for."""


_A_SIZE = _ASize()


_PLAIN = frozenset({type(None), bool, int, float, str, _ASize})


def _structure(layer: Layer) -> dict[str, OptionValue]:
    # the options without their sizes
    found = layer.options.copy()
    for name, kind in layer.rule.sized_options:
        value = _own(layer, name, kind)
        names = kind.symbols(value) if value is not None else ()
        if not names:
            found[name] = value
        elif isinstance(value, tuple):
            found[name] = tuple(_A_SIZE if one else kept for one, kept in zip(names, value, strict=True))
        else:
            found[name] = _A_SIZE
    return found


@lru_cache(1024)
def _on_symbols(rule: Rule, structure: tuple[tuple[str, OptionValue], ...], ranks: tuple[int, ...]) -> _Symbolic | None:
    # the layer is built once on places instead of sizes: what a symbol stands for is then the place of its size
    places: dict[str, tuple[str, int | None] | tuple[int, int]] = {}

    def placed(place: tuple[str, int | None] | tuple[int, int]) -> Size:
        name = f"place {len(places)}"
        places[name] = place
        return unknown(name)

    options: dict[str, OptionValue] = {}
    for name, value in structure:
        if value is _A_SIZE:
            options[name] = placed((name, None))
        elif isinstance(value, tuple):
            options[name] = tuple(placed((name, at)) if one is _A_SIZE else one for at, one in enumerate(value))
        else:
            options[name] = value
    shapes = tuple(tuple(placed((index, axis)) for axis in range(rank)) for index, rank in enumerate(ranks))
    try:
        symbolic, values = symbolised(Layer(rule, options))
        built = symbolic.on(*_named_inputs(symbolic, shapes, values))
    except (_NoFormula, ParamcalcError):  # Reshape((24,)) holds for 24 numbers, not for n of them
        return None
    if built.formula is not None:
        expr = built.formula()
        built = built._replace(formula=lambda: expr)
    found = [(symbol, *places[value.args[0]]) for symbol, value in values.items() if isinstance(value, Expr)]
    return _Symbolic(
        built,
        tuple((symbol, where, at) for symbol, where, at in found if isinstance(where, str)),
        tuple((symbol, where, at) for symbol, where, at in found if isinstance(where, int) and at is not None),
    )


def _is_plain(value: OptionValue) -> bool:
    # whether two values that are equal are also written in the same way
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    if isinstance(value, Expr):
        return value.op == "name"
    return value is None or isinstance(value, (bool, int, float, str, _ASize))


class _NoFormula(Exception):
    """Somewhere inside is a model, whose count is a sum of rows and not a formula."""


def symbolised(layer: Layer) -> tuple[Layer, dict[str, Size]]:
    """Put symbols in place of a layer's sizes; give the layer and what each symbol stands for."""
    bases: Counter[str] = Counter()
    _count_symbols(layer, bases, set())
    values: dict[str, Size] = {}
    taken: Counter[str] = Counter()

    def fresh(base: str, value: Size) -> Size:
        taken[base] += 1
        name = base if bases[base] == 1 else f"{base}{taken[base]}"
        values[name] = value
        return symbols(name)  # type: ignore[no-any-return]  # one name, one symbol

    made: dict[int, Layer] = {}  # a layer that stands in several places is one there, too

    def visit(layer: Layer) -> Layer:
        if id(layer) in made:
            return made[id(layer)]
        options = dict(layer.options)
        for name, kind in layer.rule.sized_options:
            options[name] = visited(_own(layer, name, kind), kind)
        copy = Layer(layer.rule, options)
        copy.name, copy.ignored_options = layer.name, layer.ignored_options
        made[id(layer)] = copy
        return copy

    def visited(value: OptionValue, kind: Kind) -> OptionValue:
        if isinstance(value, Layer):
            return visit(value)
        if _is_cells(value):
            return tuple(map(visit, value))
        names = kind.symbols(value) if value is not None else ()
        if not names:
            return value
        if isinstance(value, tuple):
            return tuple(fresh(name, one) if name else one for name, one in zip(names, value, strict=True))
        return fresh(names[0], value)

    return visit(layer), values


def _own(layer: Layer, name: str, kind: Kind) -> OptionValue:
    # an option that says what another one says already is left out
    value = layer.options[name]
    return None if kind.like is not None and value is not None and value == layer.options.get(kind.like) else value


def _is_cells(value: OptionValue) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Layer)


def _count_symbols(layer: Applicable, bases: Counter[str], seen: set[int]) -> None:
    if not isinstance(layer, Layer):
        raise _NoFormula(layer)
    if id(layer) in seen:
        return
    seen.add(id(layer))
    for name, kind in layer.rule.sized_options:
        value = layer.options[name]
        if isinstance(value, Layer) or (isinstance(value, Applicable) and value.sublayers):
            _count_symbols(value, bases, seen)
        elif _is_cells(value):
            for one in value:
                _count_symbols(one, bases, seen)
        elif value is not None:
            bases.update(kind.symbols(value))


def _named_inputs(layer: Layer, shapes: tuple[Shape, ...], values: dict[str, Size]) -> list[Shape]:
    if not shapes and layer.rule.inputs[0].many:
        raise _NoFormula(layer)
    if not shapes:
        rank = next(rank for rank in range(2, 10) if _fits(layer, rank))
        others = [pattern.named(rank, layer.options) for pattern in layer.rule.inputs[1 : layer.rule.least_inputs]]
        return [tuple(symbols(name) for name in axes or ()) for axes in (layer.axes(rank), *others)]
    inputs = []
    patterns = layer.rule.inputs
    for place, shape in enumerate(shapes):
        names = patterns[min(place, len(patterns) - 1)].named(len(shape), layer.options)
        if names is None:
            raise _NoFormula(layer)
        inputs.append(tuple(symbols(name) for name in names))
        for name, size in zip(names, shape, strict=True):
            values.setdefault(name, size)  # what an option declares stands, whatever comes in
    return inputs


def _fits(layer: Layer, rank: int) -> bool:
    names = layer.axes(rank)
    return names is not None and len(names) == rank
