"""Formulas of layers, with the sizes to substitute: *why* a layer has its number."""

from __future__ import annotations

from collections.abc import Callable
from typing import overload

from ..errors import ParamcalcError, SizeError
from ..symbolic import Expr, Size, html, latex, text, unicode
from ..symbolic.fold import LEAVES
from ..symbolic.notation import MATH_FONT
from ..untyped import OptionValue
from .built import Applicable
from .on_symbols import symbolic_build
from .registry import find
from .rule import Rule
from .schema import CELLS, LAYER, REQUIRED
from .shapes import AnyShape


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


def _is(size: Size, name: str) -> bool:
    return isinstance(size, Expr) and size.op in LEAVES and size.args[0] == name


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
