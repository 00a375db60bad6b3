"""How a size grows in one of its symbols: the term that outgrows the others, exact from the structure of the size.

A size is developed in falling powers of the symbol s, with coefficients that are free of s::

    size = c_n·s^n + c_(n-1)·s^(n-1) + … + O(s^e)

For a polynomial there is no rest O(s^e). The other operations, as s grows::

    ⌊p/q⌋      the quotient of the leading terms, and so on down to s⁰; the rounding is O(1)
    p/q        the same, without rounding
    max, min   the operand that is the largest or smallest from some s on; where that depends on other symbols, the
               largest or smallest leading coefficient

The leading term is the first one, if it is above the rest. Symbols stand for positive integers, so a coefficient whose
terms all have one sign has that sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from ...errors import SizeError
from ...symbolic import Expr, Size, leaves, unicode
from ...symbolic.expr import BUILD
from ...symbolic.normal import NORMAL, thaw
from ...symbolic.terms import write

if TYPE_CHECKING:
    from ...symbolic.normal import Atom, Monomial, Normal

EXACT: int | None = None  # no rest
MAX_QUOTIENT = 16  # terms of one division


class Leading(NamedTuple):
    """The leading term of a size in one symbol.

    Attributes
    ----------
    symbol : Expr
    degree : int
        The power of the symbol in it; 0 where the size stays bounded.
    term : int or Expr
        The term, the symbol included. Of degree 0 it is the whole size.
    """

    symbol: Expr
    degree: int
    term: Size


class Series(NamedTuple):
    """A size developed in one symbol.

    Attributes
    ----------
    terms : dict of int to Normal
        The coefficient of each power, none of them zero; all powers are above the rest.
    rest : int or None
        The power that bounds what is left out; ``None`` if nothing is.
    """

    terms: dict[int, Normal]
    rest: int | None = EXACT

    @property
    def degree(self) -> int | None:
        """The highest power; ``None`` where no term is known."""
        return max(self.terms, default=None)

    @property
    def lead(self) -> Normal:
        """The coefficient of the highest power."""
        return self.terms[max(self.terms)]


def leading(size: Size, symbol: Expr) -> Leading:
    """Give the leading term of a size in one symbol.

    Parameters
    ----------
    size : int or Expr
    symbol : Expr
        A symbol, or an unknown size.

    Raises
    ------
    SizeError
        When it does not follow from the form: terms that grow cancel each other up to a rounding, or the larger
        operand of a maximum depends on other symbols.
    """
    if not isinstance(size, Expr):
        return Leading(symbol, 0, size)
    series = _Development((symbol.op, symbol.args[0])).of(size.normal)
    degree = series.degree
    if degree is None or degree <= 0:
        if series.rest is not None and series.rest > 0:
            raise SizeError(f"no leading term of {unicode(size)} in {unicode(symbol)} follows from its form")
        return Leading(symbol, 0, size)
    power: Monomial = frozenset({((symbol.op, symbol.args[0]), degree)})
    term = NORMAL.product([series.lead, {power: 1}])
    return Leading(symbol, degree, write(term, leaves(size), BUILD))


def all_leading(size: Size) -> list[Leading]:
    """Give the leading term in each symbol and unknown size, in the order in which they are written."""
    found = dict.fromkeys(leaves(size)) if isinstance(size, Expr) else {}
    return [leading(size, symbol) for symbol in found]


class _Development:
    """The development of normal forms in one symbol."""

    def __init__(self, symbol: Atom) -> None:
        self.symbol = symbol

    def of(self, normal: Normal) -> Series:
        terms = []
        for monomial, coefficient in normal.items():
            free: dict[Atom, int] = {}
            factors = []
            for atom, exponent in monomial:
                if self._occurs(atom):
                    factors.append(_power(self._atom(atom), exponent))
                else:
                    free[atom] = exponent
            series = Series({0: {frozenset(free.items()): coefficient}})
            for factor in factors:
                series = _product(series, factor)
            terms.append(series)
        return _sum(terms)

    def _occurs(self, atom: Atom) -> bool:
        _, inside = atom
        if isinstance(inside, str):
            return atom == self.symbol
        return any(self._occurs(inner) for part in inside for monomial in thaw(part) for inner, _ in monomial)

    def _atom(self, atom: Atom) -> Series:
        op, inside = atom
        if isinstance(inside, str):
            return Series({1: {frozenset(): 1}})
        parts = [self.of(thaw(part)) for part in inside]
        if op in ("max", "min"):
            return _extremum(parts, 1 if op == "max" else -1)
        return _floor(*parts) if op == "//" else _quotient(*parts)


def _series(terms: dict[int, Normal], rest: int | None) -> Series:
    return Series({power: one for power, one in terms.items() if one and (rest is None or power > rest)}, rest)


def _sum(parts: Iterable[Series]) -> Series:
    several = [*parts]
    rest = max((one.rest for one in several if one.rest is not None), default=None)
    powers = {power for one in several for power in one.terms}
    return _series({n: NORMAL.sum([one.terms[n] for one in several if n in one.terms]) for n in powers}, rest)


def _product(left: Series, right: Series) -> Series:
    bounds = []
    for one, other in ((left, right), (right, left)):
        if one.rest is not None:
            tops = [top for top in (other.degree, other.rest) if top is not None]
            bounds += [one.rest + max(tops)] if tops else []
    terms: dict[int, list[Normal]] = {}
    for i, first in left.terms.items():
        for j, second in right.terms.items():
            terms.setdefault(i + j, []).append(NORMAL.product([first, second]))
    return _series({power: NORMAL.sum(several) for power, several in terms.items()}, max(bounds, default=None))


def _power(base: Series, exponent: int) -> Series:
    one = Series({0: {frozenset(): 1}})
    result = one
    for _ in range(abs(exponent)):
        result = _product(result, base)
    return result if exponent >= 0 else _quotient(one, result)


def _quotient(top: Series, bottom: Series) -> Series:
    # long division by the leading term; the first power below s⁰ ends it, if it does not come out even before
    if bottom.degree is None:
        raise SizeError("a division by a size that may be zero")
    terms: dict[int, Normal] = {}
    rest = top
    for _ in range(MAX_QUOTIENT):
        if rest.degree is None:
            break
        power = rest.degree - bottom.degree
        terms[power] = NORMAL.quotient(rest.lead, bottom.lead)
        step = Series({power: NORMAL.product([{frozenset(): -1}, terms[power]])})
        lower = _sum([rest, _product(step, bottom)])
        rest = _series({n: one for n, one in lower.terms.items() if n < rest.degree}, lower.rest)
        if power < 0:
            break
    left = [power for power in (rest.degree, rest.rest) if power is not None]
    return _series(terms, max(left) - bottom.degree if left else None)


def _floor(top: Series, bottom: Series) -> Series:
    exact = _quotient(top, bottom)
    if exact.degree is None or exact.degree < 0:  # ⌊p/q⌋ is 0 or −1 from some s on
        sign = _sign(top.lead) * _sign(bottom.lead) if top.terms and bottom.terms else 0
        return Series({} if sign >= 0 else {0: {frozenset(): -1}}, EXACT if sign else 0)
    bounded = max(0, exact.rest) if exact.rest is not None else 0
    if exact.degree == 0 and bounded == 0:
        settled = _settled(exact)
        if settled is not None:
            return settled
    return _series(exact.terms, bounded)


def _settled(exact: Series) -> Series | None:
    # a quotient that comes near a number: it stays above a whole number or below it
    (lead,) = [coefficient for power, coefficient in exact.terms.items() if power == 0]
    number = lead.get(frozenset())
    if number is None or len(lead) > 1:
        return None
    whole, even = number // 1, number == number // 1
    if even:
        below = [power for power in exact.terms if power < 0]
        sign = _sign(exact.terms[max(below)]) if below else (1 if exact.rest is EXACT else 0)
        if sign == 0:
            return None
        whole -= sign < 0
    return Series({0: {frozenset(): int(whole)}} if whole else {})


def _extremum(parts: list[Series], sign: int) -> Series:
    left: list[Series] = []
    for one in parts:
        if any(_exceeds(other, one, sign) for other in left):
            continue
        left = [*(other for other in left if not _exceeds(one, other, sign)), one]
    if len(left) == 1:
        return left[0]
    rests = [one.rest for one in left if one.rest is not None]
    if all(one.degree is None for one in left):
        return Series({}, max(rests, default=None))
    degrees = {one.degree for one in left}
    highest = max(degree for degree in degrees if degree is not None)
    if len(degrees) > 1 or any(_sign(one.lead) <= 0 for one in left):
        return Series({}, max([highest, *rests]))
    pick = NORMAL.maximum if sign > 0 else NORMAL.minimum
    number = lcm(*(value.denominator for one in left for value in one.lead.values()))  # max(T/2, h·T) = max(T, 2h·T)/2
    whole = pick([NORMAL.product([{frozenset(): number}, one.lead]) for one in left])
    return _series({highest: NORMAL.quotient(whole, {frozenset(): number})}, max([highest - 1, *rests]))


def _exceeds(one: Series, other: Series, sign: int) -> bool:
    # whether it is at least as large (of a minimum: as small) from some s on
    difference = _sum([one, _product(Series({0: {frozenset(): -1}}), other)])
    if difference.degree is None:
        return difference.rest is EXACT
    return _sign(difference.lead) == sign


def _sign(coefficient: Normal) -> int:
    # 1 or −1 where all terms have that sign; 0 where it depends on the symbols
    signs = {1 if one > 0 else -1 for one in coefficient.values()}
    return signs.pop() if len(signs) == 1 else 0
