"""Formulas: a rule run once more, on symbols, to say *why* a layer has its number.

Every size that has a symbol (declared by the option's kind, or by the input pattern) is replaced by
that symbol, and the rule's own ``formula`` is read off. The actual sizes are kept beside it, for the
substitution. Where one symbol would stand for several options (a stack of cells), they are numbered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, overload

from ..errors import ParamcalcError, SizeError
from ..symbolic import Expr, Size, html, latex, symbols, text, unicode, unknown
from ..symbolic.fold import LEAVES
from ..symbolic.notation import MATH_FONT
from .built import AnyShape, Applicable, Built, Shape, UnknownShape
from .kinds import Kind, OptionValue
from .registry import find
from .rule import Layer, Rule
from .schema import CELLS, LAYER, REQUIRED


class Formula:
    """The count of a layer as a formula, with the sizes to substitute.

    Attributes
    ----------
    expr : int or Expr
        The textbook formula, for example ``4[d_h(d_h + d_x) + d_h]``.
    values : dict of str to int or Expr
        The values of its symbols in this layer; a symbol without a value is not listed.
    """

    def __init__(self, expr: Size, values: dict[str, Size]) -> None:
        self.expr = expr
        occurring = () if isinstance(expr, int) else expr.symbols
        self.values = {name: values[name] for name in occurring if name in values and not _is(values[name], name)}

    @property
    def value(self) -> Size:
        """The count, which is the formula at its values."""
        return self(**self.values)

    @overload
    def __call__(self, **values: Size) -> Size: ...

    @overload
    def __call__(self, **values: object) -> OptionValue: ...

    def __call__(self, **values: object) -> object:
        """Evaluate at the named sizes (see `paramcalc.symbolic.Expr`); the rest stays symbolic.

        Raises
        ------
        SizeError
            For a name that is not in the formula.
        """
        if isinstance(self.expr, int):
            return self.expr
        for name in values:
            if name not in self.expr.symbols:
                raise SizeError(
                    f"no size {name!r} in {self.expr}", expected=" or ".join(self.expr.symbols), received=name
                )
        return self.expr(**values)

    @property
    def substituted(self) -> str:
        """The formula with the sizes substituted and nothing evaluated, such as ``4[128(128 + 108) + 128]``."""
        return text(self.expr, self.values)

    def unicode(self, substituted: bool = False) -> str:
        """Return the formula as Unicode text, with symbols or with the sizes substituted."""
        return unicode(self.expr, self.values if substituted else None)

    def latex(self, substituted: bool = False) -> str:
        """Return the formula as LaTeX, with symbols or with the sizes substituted."""
        return latex(self.expr, self.values if substituted else None)

    def __str__(self) -> str:
        return self.unicode()

    def __repr__(self) -> str:
        return repr(self.expr)

    def html(self, substituted: bool = False) -> str:
        """Return the formula as HTML, with symbols or with the sizes substituted."""
        return html(self.expr, self.values if substituted else None)

    def _repr_html_(self) -> str:
        return f"<span style={MATH_FONT!r}>{self._equation(self.html, ',')}</span>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self._equation(self.latex, '{,}')}$"

    def _equation(self, written: Callable[[bool], str], comma: str) -> str:
        # formula = substitution = count, as far as the sizes are known
        steps = [written(False)]
        if self.values:
            steps.append(written(True))
            if isinstance(self.value, int):
                steps.append(f"{self.value:,}".replace(",", comma))
        return " = ".join(steps)

    def _sympy_(self) -> object:
        from ..symbolic.evaluate import to_sympy

        return to_sympy(self.expr)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Formula):
            return self.expr == other.expr and self.values == other.values
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.expr, tuple(sorted(self.values))))


class Formulated(Applicable):
    """What states its own formula, since it is no layer of a rule: an operator of a stored graph.

    Attributes
    ----------
    formula : Formula or None
    """

    __slots__ = ()

    formula: Formula | None


def formula_of(layer: Applicable, *shapes: AnyShape) -> Formula | None:
    """Give the formula of a layer on these input shapes, or ``None`` if it has no weights to count.

    Without shapes, the smallest input the layer takes is assumed, in symbols alone.
    """
    if isinstance(layer, Formulated):
        return layer.formula
    found = symbolic_build(layer, *shapes)
    if found is None:
        return None
    built, values = found
    return Formula(built.formula(), values) if built.formula and built.weights else None


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


def _is(size: Size, name: str) -> bool:
    return isinstance(size, Expr) and size.op in LEAVES and size.args[0] == name


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


def rule_formula(rule: Rule, **options: object) -> Formula | None:
    """Give the formula of a rule with every size a symbol, and every switch not given at its default.

    A rule around another layer is shown around the first of Dense, LSTM and LSTMCell that it takes.

    Raises
    ------
    OptionError
        When a required option that is no size is missing, or an option is wrong.
    """
    for option in rule.options.values():
        symbol = option.kind.symbol
        if option.default is REQUIRED and symbol and option.name not in options:
            options[option.name] = symbol
    inner = next((o for o in rule.options.values() if o.default is REQUIRED and o.kind in (LAYER, CELLS)), None)
    if inner is None or inner.name in options:
        return formula_of(rule(**options))
    # a number of copies is no size of a formula; six are those of Vaswani et al. 2017
    options |= {o.name: 6 for o in rule.options.values() if o.default is REQUIRED and o.name == "num_layers"}
    for name in ("Dense", "LSTM", "LSTMCell", "TransformerEncoderLayer", "TransformerDecoderLayer"):
        try:
            held = find(name, rule.framework)
            needed = [option for option in held.options.values() if option.default is REQUIRED]
            sizes = [option.kind.symbol for option in needed]
            found = formula_of(rule(**options, **{inner.name: held(*sizes)}))
        except ParamcalcError:
            continue
        if found is not None:
            return found
    return None
