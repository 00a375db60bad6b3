"""Sizes with names: integer expressions that keep the form they were written in.

An :class:`Expr` is an immutable tree over symbols and ``int``; integers themselves stay plain ``int``.
Arithmetic simplifies only ``e + 0``, ``1·e``, ``0·e`` and numbers that meet in one sum or product, so
``4 * (h * (h + x) + h)`` prints with the brackets it was given.

Equality and hashing go by the normal form (`paramcalc.symbolic.normal`): two expressions are
equal when they are the same function of their symbols. Symbols stand for positive integers.

Invariants, besides those of a `Tree`
-------------------------------------
- Every operator but ``^`` has two or more operands.
- A sum holds no sum and at most one number; a product at most one number, in front, and no product, unless
  :func:`times` put it there for print.
- ``^`` has an exponent from 2 to `MAX_EXPONENT`. ``/`` is exact: that it leaves no remainder is up to its author.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Union

from ..errors import SizeError
from ..untyped import Foreign
from .fold import Algebra, DivisionByZero, Tree, check_bits, divide, fold, leaves
from .normal import NORMAL, atom, key
from .notation import MATH_FONT, html, is_name, latex, no_name, text, unicode
from .operands import evaluate, to_sympy
from .terms import write

if TYPE_CHECKING:
    from .normal import Key, Normal

Size = Union[int, "Expr"]

MAX_EXPONENT = 64


class Expr(Tree):
    """An integer expression over named sizes; build one from :func:`symbols` and operators."""

    __slots__ = ("_collected", "_key", "_symbols", "_text")

    _key: Key  # each set when it is first asked for
    _collected: bool  # whether it is written as `expand` writes it
    _symbols: tuple[str, ...]
    _text: str

    # --- arithmetic ----------------------------------------------------------------------------

    def __add__(self, other: Size) -> Size:
        return add((self, other)) if _is_size(other) else NotImplemented

    def __radd__(self, other: Size) -> Size:
        return add((other, self)) if _is_size(other) else NotImplemented

    def __sub__(self, other: Size) -> Size:
        return add((self, -other)) if _is_size(other) else NotImplemented

    def __rsub__(self, other: Size) -> Size:
        return add((other, -self)) if _is_size(other) else NotImplemented

    def __mul__(self, other: Size) -> Size:
        if isinstance(other, int):
            return _multiple(other, self)
        return product((self, other)) if isinstance(other, Expr) else NotImplemented

    def __rmul__(self, other: Size) -> Size:
        return _multiple(other, self) if isinstance(other, int) else NotImplemented

    def __neg__(self) -> Size:
        return _multiple(-1, self)

    def __pos__(self) -> Expr:
        return self

    def __floordiv__(self, other: Size) -> Size:
        return _floor(self, other) if _is_size(other) else NotImplemented

    def __rfloordiv__(self, other: Size) -> Size:
        return _floor(other, self) if _is_size(other) else NotImplemented

    def __truediv__(self, other: Size) -> Size:
        return exact(self, other) if _is_size(other) else NotImplemented

    def __rtruediv__(self, other: Size) -> Size:
        return exact(other, self) if _is_size(other) else NotImplemented

    def __pow__(self, exponent: int) -> Size:
        if not isinstance(exponent, int) or not 0 <= exponent <= MAX_EXPONENT:
            expected = f"a whole exponent from 0 to {MAX_EXPONENT}"
            raise SizeError("a power of a size", expected=expected, received=exponent)
        return power(self, exponent)

    # --- equality is equality of functions -----------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Expr):
            if self.op == other.op == "name":
                return bool(self.args == other.args)
            return self.normal == other.normal
        return isinstance(other, int) and self.normal == NORMAL.number(other)

    def __hash__(self) -> int:
        return hash(self.key)

    def __bool__(self) -> bool:
        raise TypeError(f"the size {self} has no truth value: it is symbolic")

    @property
    def key(self) -> Key:
        """A hashable stand-in for the normal form: equal keys, equal functions."""
        try:
            return self._key
        except AttributeError:
            self._key = key(self.normal)
            return self._key

    @property
    def normal(self) -> Normal:
        """The polynomial normal form (see `paramcalc.symbolic.normal`); do not change it."""
        return _normal(self)

    # --- what people do with a formula ---------------------------------------------------------

    def __call__(self, /, **values: Foreign) -> Foreign:
        """Evaluate at the named sizes; names not given stay symbolic.

        Parameters
        ----------
        **values : int, Expr or array
            A value for each symbol: an ``int`` (exact at any magnitude), another expression, an array or
            series (see `paramcalc.symbolic.libraries`: exact, or refused by name), or anything else that has
            ``+ * //`` and is no array.
        """
        return evaluate(self, values, BUILD)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Names of the sizes in the expression, in order of appearance."""
        try:
            return self._symbols
        except AttributeError:
            self._symbols = tuple(dict.fromkeys(leaf.args[0] for leaf in leaves(self)))
            return self._symbols

    def expand(self) -> Size:
        """Multiply out and collect: ``4[h(h + x) + h]`` → ``4h² + 4h·x + 4h``."""
        try:
            if self._collected:
                return self
        except AttributeError:
            pass
        made = write(self.normal, leaves(self), BUILD)
        if isinstance(made, Expr):
            made._collected = True
        return made

    def __str__(self) -> str:
        return unicode(self)

    def __repr__(self) -> str:
        try:
            return self._text
        except AttributeError:
            self._text = text(self)
            return self._text

    def _repr_html_(self) -> str:
        return f"<span style={MATH_FONT!r}>{html(self)}</span>"

    def _repr_latex_(self) -> str:
        return f"${latex(self)}$"

    def _sympy_(self) -> Foreign:
        """Convert for SymPy, by SymPy's own protocol: ``sympy.factor(count)`` works."""
        return to_sympy(self)

    def __reduce__(self) -> tuple[type[Expr], tuple[str, tuple[Foreign, ...]]]:
        return Expr, (self.op, self.args)


@lru_cache(1024)  # layers of all kinds use the same few names
def symbol(name: str) -> Expr:
    """Make a symbol; one name gives one symbol.

    Raises
    ------
    SizeError
        When the name is none: a letter, then letters, digits and underscores.
    """
    if not is_name(name):
        raise no_name(name)
    return Expr("name", (name,))


def symbols(names: str) -> Foreign:  # no type says both h = symbols("h") and h, x = symbols("h x")
    """Make a symbol for each name: ``d_h, d_x = symbols("d_h d_x")``. A single name gives one symbol."""
    made = [symbol(name) for name in names.replace(",", " ").split()]
    return made[0] if len(made) == 1 else tuple(made)


def unknown(name: str) -> Expr:
    """Make an unknown size (``None`` in Keras): it may turn out equal to any other."""
    return Expr("?", (name,))


def is_known(size: Size) -> bool:
    """Tell whether a size holds no unknown."""
    return isinstance(size, int) or not any(leaf.op == "?" for leaf in leaves(size))


# --- arithmetic on sizes, each of which may be a number: before -> after ---------------------------


def add(sizes: Iterable[Size]) -> Size:
    """Add up any number of sizes at once; ``sum`` would copy the growing sum at every step."""
    # (a + b) + c -> a + b + c;  a + 0 -> a;  the numbers of a sum merge where the first one stands
    terms: list[Size] = []
    number, number_at = 0, -1
    for size in sizes:
        for term in size.args if isinstance(size, Expr) and size.op == "+" else (size,):
            if not isinstance(term, int):
                terms.append(term)
                continue
            number += term
            if number_at < 0:
                number_at = len(terms)
    if number:
        terms.insert(number_at, number)
    return 0 if not terms else terms[0] if len(terms) == 1 else Expr("+", tuple(terms))


def product(sizes: Iterable[Size]) -> Size:
    """Multiply any number of sizes at once."""
    # h * 4 -> 4h;  (4h)(2x) -> 8h·x;  0·e -> 0;  1·e -> e
    number = 1
    factors: list[Size] = []
    for size in sizes:
        for factor in size.args if isinstance(size, Expr) and size.op == "*" else (size,):
            if isinstance(factor, int):
                number *= factor
            else:
                factors.append(factor)
    if number == 0 or not factors:
        return number
    if number != 1:
        factors.insert(0, number)
    return factors[0] if len(factors) == 1 else Expr("*", tuple(factors))


def _multiple(number: int, size: Expr) -> Size:
    # what product((number, size)) gives: h -> 4h;  2h -> 8h
    factors: tuple[Size, ...] = (size,)
    if size.op == "*":
        factors = size.args
        if isinstance(factors[0], int):
            number *= factors[0]
            factors = factors[1:]
    if number == 0:
        return 0
    if number != 1:
        return Expr("*", (number, *factors))
    return factors[0] if len(factors) == 1 else Expr("*", factors)


def times(number: int, size: Size) -> Size:
    """Multiply and keep the number apart in print: twice ``4[…]`` reads ``2·4[…]``, not ``8[…]``."""
    return Expr("*", (number, size)) if isinstance(size, Expr) and number > 1 else number * size


def power(base: Size, exponent: int) -> Size:
    """Raise to a power; above `MAX_EXPONENT` as a power of powers: h^130 -> (h^64)^2·h^2."""
    if isinstance(base, int):
        check_bits(base.bit_length() * exponent)
        return int(base**exponent)
    if exponent > MAX_EXPONENT:
        whole, rest = divmod(exponent, MAX_EXPONENT)
        return product((power(power(base, MAX_EXPONENT), whole), power(base, rest)))
    return 1 if exponent == 0 else base if exponent == 1 else Expr("^", (base, int(exponent)))


def exact(numerator: Size, denominator: Size) -> Size:
    """Divide where it is known to come out even (channels by groups)."""
    if isinstance(denominator, int) and denominator == 1:
        return numerator
    if isinstance(numerator, int) and isinstance(denominator, int):
        return divide(numerator, denominator)
    return Expr("/", (numerator, _nonzero(denominator)))


def maximum(*sizes: Size) -> Size:
    """Give the largest of the sizes: ``max(T − 2, 1)``."""
    return _extremum("max", max, sizes)


def minimum(*sizes: Size) -> Size:
    """Give the smallest of the sizes."""
    return _extremum("min", min, sizes)


def ceil_div(numerator: Size, denominator: Size) -> Size:
    """Divide and round up, written as the floor people know: ``⌊(T − 1)/s⌋ + 1``."""
    return (numerator - 1) // denominator + 1


def _nonzero(denominator: Size) -> Size:
    if denominator == 0:
        raise DivisionByZero("division by zero")
    return denominator


def _floor(numerator: Size, denominator: Size) -> Size:
    if isinstance(denominator, int) and denominator == 1:
        return numerator
    if isinstance(numerator, int) and isinstance(denominator, int):
        return numerator // denominator
    if isinstance(numerator, int) and numerator == 0:
        return 0
    return Expr("//", (numerator, _nonzero(denominator)))


def _extremum(op: str, pick: Callable[[Iterable[int]], int], sizes: Iterable[Size]) -> Size:
    # max(a, 3, b, 5) -> max(a, b, 5);  max(a, a) -> a
    numbers: list[int] = []
    others: dict[Size, None] = {}
    for size in sizes:
        if isinstance(size, int):
            numbers.append(size)
        else:
            others[size] = None
    parts = [*others, pick(numbers)] if numbers else [*others]
    if not parts:
        raise SizeError(f"{op} of no values", expected="at least one size")
    return parts[0] if len(parts) == 1 else Expr(op, tuple(parts))


BUILD: Algebra[Size] = Algebra(
    number=lambda number: number,
    sum=add,
    product=product,
    power=power,
    floor=_floor,
    quotient=exact,
    maximum=lambda parts: maximum(*parts),
    minimum=lambda parts: minimum(*parts),
)


def _is_size(value: object) -> bool:
    return isinstance(value, (int, Expr))


def _atom(leaf: Expr) -> Normal:
    return atom(leaf.op, leaf.args[0])


def _normal(size: Size) -> Normal:
    if isinstance(size, int):
        return NORMAL.number(size)
    if size.memo is None:
        size.memo = fold(size, _atom, NORMAL, _normal)
    normal: Normal = size.memo
    return normal
