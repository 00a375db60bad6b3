"""A sum of products with what its terms have in common in front: ``4T·h·x + 4T·h·h`` → ``4T·h(x + h)``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from math import gcd

from .expr import BUILD, Expr, Size


def factored(size: Size, first: Collection[Expr] = ()) -> Size:
    """Put the common factor of the terms of a sum in front; nothing in brackets is multiplied out.

    Parameters
    ----------
    size : int or Expr
    first : collection of Expr
        Factors that come first, in this order: the batch, the time steps.

    Returns
    -------
    int or Expr
        The same function of its symbols. Equal terms are one term with a coefficient.
    """
    terms: dict[frozenset[tuple[Expr, int]], int] = {}
    written: dict[Expr, int] = {one: place for place, one in enumerate(first)}
    for term in _terms(size):
        coefficient, factors = 1, Counter[Expr]()
        for factor, exponent in _factors(term):
            if isinstance(factor, int):
                coefficient *= factor**exponent
            else:
                factors[factor] += exponent
                written.setdefault(factor, len(written))
        monomial = frozenset(factors.items())
        terms[monomial] = terms.get(monomial, 0) + coefficient
    terms = {monomial: coefficient for monomial, coefficient in terms.items() if coefficient}
    if not terms:
        return 0
    common = dict(next(iter(terms)))
    for monomial in terms:
        powers = dict(monomial)
        common = {factor: min(power, powers[factor]) for factor, power in common.items() if factor in powers}
    number = gcd(*terms.values())
    inside = [
        _product(coefficient // number, {factor: power - common.get(factor, 0) for factor, power in monomial}, written)
        for monomial, coefficient in sorted(terms.items(), key=lambda item: item[1] < 0)
    ]
    return BUILD.product([_product(number, common, written), BUILD.sum(inside)])


def _product(coefficient: int, factors: dict[Expr, int], written: dict[Expr, int]) -> Size:
    ordered = sorted(((factor, power) for factor, power in factors.items() if power), key=lambda one: written[one[0]])
    return BUILD.product(
        [coefficient, *(factor if power == 1 else BUILD.power(factor, power) for factor, power in ordered)]
    )


def _terms(size: Size) -> Iterator[Size]:
    if isinstance(size, Expr) and size.op == "+":
        for term in size.args:
            yield from _terms(term)
    else:
        yield size


def _factors(size: Size) -> Iterator[tuple[Size, int]]:
    if isinstance(size, Expr) and size.op == "*":
        for factor in size.args:
            yield from _factors(factor)
    elif isinstance(size, Expr) and size.op == "^":
        base, exponent = size.args
        for factor, power in _factors(base):
            yield factor, power * exponent
    else:
        yield size, 1
