"""The normal form: a polynomial over atoms, equal exactly when two expressions are.

``Normal`` maps a monomial (a frozen set of ``(atom, exponent)``) to its coefficient. An atom is a
symbol or something opaque over normal forms (``⌊a/b⌋``, ``max``, ``min``, or one over a sum),
written as plain nested tuples, so that a normal form compares, hashes and pickles as data.

Laws applied (all divisors are positive, as sizes are)::

    ⌊(q·b + r)/b⌋    ->  q + ⌊r/b⌋           for a number b, coefficient by coefficient
    ⌊(⌊a/b⌋ + m)/c⌋  ->  ⌊(a + b·m)/(b·c)⌋   for numbers b and c
    (a·b)/b          ->  a                   exact division by a monomial
    max(a, 3, 5)     ->  max(a, 5)           and min; otherwise they are compared by their arguments alone

Equality is therefore exact on polynomials (and quotients by monomials), and sound everywhere else: it never calls
different functions equal.
"""

from __future__ import annotations

from math import comb
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ..errors import SizeError
from .expr import MAX_BITS, Expr, Size, add, exact, leaves, maximum, minimum
from .notation import text

if TYPE_CHECKING:
    from fractions import Fraction

    Atom = tuple[Any, ...]
    Monomial = frozenset[tuple[Atom, int]]
    Coefficient = int | Fraction
    Normal = dict[Monomial, Coefficient]

ONE: Monomial = frozenset()
MAX_TERMS = 2_000  # an expansion longer than this is refused: nobody reads it, a file could ask for it


def normal_form(size: Size) -> Normal:
    """Bring a size into normal form."""
    if isinstance(size, int):
        return {ONE: size} if size else {}
    op, args = size.op, size.args
    if op in ("name", "?"):
        return _atom((op, args[0]))
    if op == "^":
        return _power(as_normal(args[0]), args[1])
    parts = [as_normal(arg) for arg in args]
    if op == "+":
        total: Normal = {}
        for part in parts:
            _accumulate(total, part)
        return total
    if op == "*":
        product = parts[0]
        for part in parts[1:]:
            product = _multiply(product, part)
        return product
    if op == "/":
        return _quotient(parts[0], parts[1])
    if op == "//":
        return _floor(parts[0], parts[1])
    unique = {key(part) for part in parts}
    numbers = [one for one in unique if not isinstance(one, frozenset)]
    unique = unique.difference(numbers) | ({max(numbers) if op == "max" else min(numbers)} if numbers else set())
    return _thaw(*unique) if len(unique) == 1 else _atom((op, frozenset(unique)))


def as_normal(size: Size) -> Normal:
    """Give the normal form, remembered where the expression can remember it."""
    return size.normal if isinstance(size, Expr) else normal_form(size)


def key(normal: Normal) -> Any:
    """Freeze a normal form; a constant is frozen to its own value."""
    if not normal:
        return 0
    if len(normal) == 1 and ONE in normal:
        return normal[ONE]
    return frozenset(normal.items())


def degree(size: Size, symbol: str) -> int:
    """Give the degree of a polynomial size in one symbol (0 when it does not occur).

    Raises
    ------
    SizeError
        When the symbol sits inside a floor, a max or min, or below a fraction bar: no polynomial.
    """
    highest = 0
    for monomial in as_normal(size):
        for atom, exponent in monomial:
            if atom == ("name", symbol) and exponent > 0:
                highest = max(highest, exponent)
            elif any(leaf.args[0] == symbol for leaf in leaves(_expression(atom, {}))):
                raise SizeError(f"{size} is not a polynomial in {symbol}")
    return highest


def collect(size: Size) -> Size:
    """Multiply out; terms by falling degree, symbols in the order they were first written."""
    normal = as_normal(size)
    order = {leaf.args[0]: place for place, leaf in reversed(list(enumerate(leaves(size))))}
    return _written(normal, order)


def _written(normal: Normal, order: dict[str, int]) -> Size:
    terms = []
    for monomial, coefficient in normal.items():
        bases = [(_expression(atom, order), exponent) for atom, exponent in monomial]
        factors = sorted((*_place(base, order), -exponent) for base, exponent in bases)
        top: Size = coefficient.numerator
        bottom: Size = coefficient.denominator
        for base, exponent in sorted(bases, key=lambda factor: _place(factor[0], order)):
            if exponent > 0:
                top = top * base**exponent
            else:
                bottom = bottom * base**-exponent
        degree = sum(exponent for _, exponent in bases)
        terms.append(((-degree, factors), exact(top, bottom)))
    return add(term for _, term in sorted(terms, key=itemgetter(0)))


def _place(size: Size, order: dict[str, int]) -> tuple[int, str]:
    # where the first of its symbols was declared, then what it looks like
    return min((order.get(leaf.args[0], len(order)) for leaf in leaves(size)), default=-1), text(size)


def _expression(atom: Atom, order: dict[str, int]) -> Size:
    op, *args = atom
    if op in ("name", "?"):
        return Expr(op, (args[0],))
    if op in ("max", "min"):
        sizes = sorted((_written(_thaw(arg), order) for arg in args[0]), key=lambda size: _place(size, order))
        return (maximum if op == "max" else minimum)(*sizes)
    top, bottom = (_written(_thaw(arg), order) for arg in args)
    return top // bottom if op == "//" else exact(top, bottom)


def _thaw(frozen: Any) -> Normal:
    if isinstance(frozen, frozenset):
        return dict(frozen)
    return {ONE: frozen} if frozen else {}


def _atom(atom: Atom) -> Normal:
    return {frozenset({(atom, 1)}): 1}


def _accumulate(total: Normal, part: Normal, scale: Coefficient = 1) -> None:
    for monomial, coefficient in part.items():
        value = total.get(monomial, 0) + coefficient * scale
        if value:
            total[monomial] = _plain(value)
        else:
            total.pop(monomial, None)


def _plain(value: Coefficient) -> Coefficient:
    return value.numerator if value.denominator == 1 else value


def _times(left: Monomial, right: Monomial) -> Monomial:
    powers = dict(left)
    for atom, exponent in right:
        powers[atom] = powers.get(atom, 0) + exponent
    return frozenset(item for item in powers.items() if item[1])


def _multiply(left: Normal, right: Normal) -> Normal:
    if len(left) > 1 and len(right) > 1:
        _refuse_above(len(left) * len(right))
    result: Normal = {}
    for monomial, coefficient in left.items():
        shifted = {_times(monomial, other): value for other, value in right.items()}
        _accumulate(result, shifted, coefficient)
    return result


def _power(base: Normal, exponent: int) -> Normal:
    _refuse_above(comb(len(base) + exponent - 1, exponent))
    longest = max((value.numerator.bit_length() + value.denominator.bit_length() for value in base.values()), default=0)
    if longest * exponent > MAX_BITS:
        raise SizeError(f"a number of more than {MAX_BITS:,} bits in an expression")
    result: Normal = {ONE: 1}
    for _ in range(exponent):
        result = _multiply(result, base)
    return result


def _refuse_above(terms: int) -> None:
    if terms > MAX_TERMS:
        raise SizeError(f"an expression that multiplies out to more than {MAX_TERMS:,} terms")


def _quotient(top: Normal, bottom: Normal) -> Normal:
    if len(bottom) == 1:
        ((monomial, coefficient),) = bottom.items()
        inverse = frozenset((atom, -exponent) for atom, exponent in monomial)
        from fractions import Fraction  # only where something is divided: it brings decimal along

        return _multiply(top, {inverse: _plain(Fraction(1) / coefficient)})
    if not top or top == bottom:
        return {ONE: 1} if top else {}
    return _atom(("/", key(top), key(bottom)))


def _floor(top: Normal, bottom: Normal) -> Normal:
    if top == bottom:
        return {ONE: 1}
    divisor = key(bottom)
    if not top or (isinstance(key(top), int) and isinstance(divisor, int)):
        return normal_form(key(top) // divisor if top else 0)
    if not isinstance(divisor, int) or divisor <= 0:
        return _atom(("//", key(top), key(bottom)))
    inner = _nested_floor(top)
    if inner is not None:
        return _floor(inner[0], {ONE: inner[1] * divisor})
    whole: Normal = {}
    rest: Normal = {}
    for monomial, coefficient in top.items():
        quotient, remainder = divmod(coefficient, divisor) if _is_whole(monomial, coefficient) else (0, coefficient)
        if quotient:
            whole[monomial] = quotient
        if remainder:
            rest[monomial] = remainder
    if rest.keys() <= {ONE} and isinstance(rest.get(ONE, 0), int):
        return whole  # ⌊r/b⌋ = 0 for a number 0 ≤ r < b
    _accumulate(whole, _atom(("//", key(rest), divisor)))
    return whole


def _is_whole(monomial: Monomial, coefficient: Coefficient) -> bool:
    return isinstance(coefficient, int) and all(exponent > 0 for _, exponent in monomial)


def _nested_floor(top: Normal) -> tuple[Normal, int] | None:
    # ⌊a/b⌋ + m, with a number b and nothing else like it -> (a + b·m, b)
    found = None
    for monomial, coefficient in top.items():
        if not _is_whole(monomial, coefficient):
            return None
        if coefficient == 1 and len(monomial) == 1:
            ((atom, exponent),) = monomial
            if exponent == 1 and atom[0] == "//" and isinstance(atom[2], int):
                if found is not None:
                    return None
                found = monomial, atom
    if found is None:
        return None
    monomial, (_, inner, divisor) = found
    merged = dict(_thaw(inner))
    _accumulate(merged, {other: value for other, value in top.items() if other != monomial}, divisor)
    return merged, divisor
