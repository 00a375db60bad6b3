"""The normal form: a polynomial over atoms, equal exactly when two expressions are.

``Normal`` maps a monomial (a frozen set of ``(atom, exponent)``) to its coefficient. An atom is a
symbol or something opaque over normal forms (``⌊a/b⌋``, ``max``, ``min``, or one over a sum),
written as plain nested tuples, so that a normal form compares, hashes and pickles as data.

The normal form of an expression is its fold with the algebra `NORMAL`. Laws applied (all divisors are
positive, as sizes are)::

    ⌊(q·b + r)/b⌋    ->  q + ⌊r/b⌋           for a number b, coefficient by coefficient
    ⌊(⌊a/b⌋ + m)/c⌋  ->  ⌊(a + b·m)/(b·c)⌋   for numbers b and c
    (a·b)/b          ->  a                   exact division by a monomial
    max(a, 3, 5)     ->  max(a, 5)           and min; otherwise they are compared by their arguments alone

Equality is therefore exact on polynomials (and quotients by monomials), and sound everywhere else: it never calls
different functions equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from math import comb
from typing import TYPE_CHECKING

from ..errors import SizeError
from .fold import Algebra, check_bits

if TYPE_CHECKING:
    from fractions import Fraction  # brings decimal along, and few expressions divide

    Coefficient = int | Fraction
    Key = Coefficient | frozenset[tuple["Monomial", Coefficient]]
    Atom = tuple[str, str | tuple[Key, Key] | frozenset[Key]]  # operator; name, operands, or operands in any order
    Monomial = frozenset[tuple[Atom, int]]
    Normal = dict[Monomial, Coefficient]

ONE: Monomial = frozenset()
MAX_TERMS = 2_000  # a longer expansion is refused: a small file could ask for it


def atom(op: str, inside: str | tuple[Key, Key] | frozenset[Key]) -> Normal:
    """Give the normal form of a symbol, or of an operation that no law takes apart."""
    return {frozenset({((op, inside), 1)}): 1}


def key(normal: Normal) -> Key:
    """Freeze a normal form; a constant is frozen to its own value."""
    if not normal:
        return 0
    if len(normal) == 1 and ONE in normal:
        return normal[ONE]
    return frozenset(normal.items())


def thaw(frozen: Key) -> Normal:
    """Give the normal form back that was frozen to a key."""
    if isinstance(frozen, frozenset):
        return dict(frozen)
    return {ONE: frozen} if frozen else {}


def mentions(one: Atom, name: str) -> bool:
    """Tell whether a symbol occurs in an atom."""
    _, inside = one
    if isinstance(inside, str):
        return inside == name
    return any(mentions(inner, name) for part in inside for monomial in thaw(part) for inner, _ in monomial)


def _number(value: int) -> Normal:
    return {ONE: value} if value else {}


def _sum(parts: Iterable[Normal]) -> Normal:
    total: Normal = {}
    for part in parts:
        _accumulate(total, part)
    return total


def _product(parts: Iterable[Normal]) -> Normal:
    # single terms multiply into one monomial; sums are multiplied out after that
    coefficient: Coefficient = 1
    powers: dict[Atom, int] = {}
    sums: list[Normal] = []
    for part in parts:
        if len(part) == 1:
            ((monomial, value),) = part.items()
            coefficient = value if coefficient == 1 else coefficient * value
            for base, exponent in monomial:
                powers[base] = powers.get(base, 0) + exponent
        elif part:
            sums.append(part)
        else:
            return {}
    product = {_monomial(powers): _plain(coefficient)}
    for part in sums:
        if len(product) > 1:
            _refuse_above(len(product) * len(part))
        product = _multiply(product, part)
    return product


def _power(base: Normal, exponent: int) -> Normal:
    # term after term: (s + t)^i = Σ_j C(i, j)·t^j·s^(i-j);  powers[i] is s^i
    _refuse_above(comb(len(base) + exponent - 1, exponent))
    longest = max((one.numerator.bit_length() + one.denominator.bit_length() for one in base.values()), default=0)
    check_bits(longest * exponent)
    powers: list[Normal] = [{ONE: 1}, *({} for _ in range(exponent))]
    for place, (monomial, coefficient) in enumerate(base.items(), 1):
        lowest = exponent if place == len(base) else 1  # of the whole sum, the last power is all that is wanted
        for i in range(exponent, lowest - 1, -1):
            for j in range(1, i + 1):
                if powers[i - j]:
                    term = {frozenset((one, times * j) for one, times in monomial): comb(i, j) * coefficient**j}
                    _accumulate(powers[i], _multiply(term, powers[i - j]))
    return powers[exponent]


def _quotient(top: Normal, bottom: Normal) -> Normal:
    if len(bottom) == 1:
        ((monomial, coefficient),) = bottom.items()
        inverse = frozenset((one, -exponent) for one, exponent in monomial)
        return _multiply({inverse: _inverse(coefficient)}, top)
    if not top or top == bottom:
        return {ONE: 1} if top else {}
    return atom("/", (key(top), key(bottom)))


def _floor(top: Normal, bottom: Normal) -> Normal:
    if top == bottom:
        return {ONE: 1}
    if not top:
        return {}
    numerator, divisor = key(top), key(bottom)
    if isinstance(numerator, int) and isinstance(divisor, int):
        return _number(numerator // divisor)
    if not isinstance(divisor, int) or divisor <= 0:
        return atom("//", (numerator, divisor))
    inner = _nested_floor(top)
    if inner is not None:
        return _floor(inner[0], {ONE: inner[1] * divisor})
    whole: Normal = {}
    rest: Normal = {}
    for monomial, coefficient in top.items():
        if not isinstance(coefficient, int) or _is_fraction(monomial):
            rest[monomial] = coefficient
            continue
        quotient, remainder = divmod(coefficient, divisor)
        if quotient:
            whole[monomial] = quotient
        if remainder:
            rest[monomial] = remainder
    if rest.keys() <= {ONE} and isinstance(rest.get(ONE, 0), int):
        return whole  # ⌊r/b⌋ = 0 for a number 0 ≤ r < b
    _accumulate(whole, atom("//", (key(rest), divisor)))
    return whole


def _nested_floor(top: Normal) -> tuple[Normal, int] | None:
    # ⌊a/b⌋ + m, with a number b and nothing else like it -> (a + b·m, b)
    found: list[tuple[Monomial, Key, int]] = []
    for monomial, coefficient in top.items():
        if not isinstance(coefficient, int) or _is_fraction(monomial):
            return None
        if coefficient == 1 and len(monomial) == 1:
            (((op, inside), exponent),) = monomial
            if exponent == 1 and op == "//" and isinstance(inside, tuple) and isinstance(inside[1], int):
                found.append((monomial, inside[0], inside[1]))
    if len(found) != 1:
        return None
    ((floor, inner, divisor),) = found
    merged = thaw(inner)
    _accumulate(merged, {monomial: value for monomial, value in top.items() if monomial != floor}, divisor)
    return merged, divisor


def _extremum(op: str, pick: Callable[[Iterable[Coefficient]], Coefficient], parts: Iterable[Normal]) -> Normal:
    keys = {key(part) for part in parts}
    numbers = [one for one in keys if not isinstance(one, frozenset)]
    if numbers:
        keys = keys.difference(numbers) | {pick(numbers)}
    return thaw(*keys) if len(keys) == 1 else atom(op, frozenset(keys))


NORMAL: Algebra[Normal] = Algebra(
    number=_number,
    sum=_sum,
    product=_product,
    power=_power,
    floor=_floor,
    quotient=_quotient,
    maximum=partial(_extremum, "max", max),
    minimum=partial(_extremum, "min", min),
)


def _accumulate(total: Normal, part: Normal, scale: int = 1) -> None:
    for monomial, coefficient in part.items():
        value = total.get(monomial, 0) + coefficient * scale
        if value:
            total[monomial] = _plain(value)
        else:
            del total[monomial]


def _multiply(left: Normal, right: Normal) -> Normal:
    product: Normal = {}
    for monomial, coefficient in left.items():
        for other, value in right.items():
            _accumulate(product, {_times(monomial, other): coefficient * value})
    return product


def _times(left: Monomial, right: Monomial) -> Monomial:
    if not (left and right):
        return left or right
    powers = dict(left)
    for base, exponent in right:
        powers[base] = powers.get(base, 0) + exponent
    return _monomial(powers)


def _monomial(powers: dict[Atom, int]) -> Monomial:
    return frozenset(power for power in powers.items() if power[1])


def _is_fraction(monomial: Monomial) -> bool:
    return any(exponent < 0 for _, exponent in monomial)


def _inverse(number: Coefficient) -> Coefficient:
    if number in (1, -1):
        return number
    from fractions import Fraction

    return _plain(1 / Fraction(number))


def _plain(number: Coefficient) -> Coefficient:
    return number if isinstance(number, int) or number.denominator != 1 else number.numerator


def _refuse_above(terms: int) -> None:
    if terms > MAX_TERMS:
        raise SizeError(f"an expression that multiplies out to more than {MAX_TERMS:,} terms")
