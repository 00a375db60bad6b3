"""Expressions as a flat list of binary steps, and the range of every value in it by interval arithmetic.

A program has no brackets and no repetition: what stands in several places of its expressions is one value. It holds
plain data alone, so it is sent to another process as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from math import prod
from operator import floordiv
from typing import NamedTuple

from ..untyped import Foreign
from .fold import Algebra, Tree, check_bits, divide, fold

Range = tuple[int, int]  # the smallest and the largest value, both included

INT64: Range = (-(2**63), 2**63 - 1)
INT32: Range = (-(2**31), 2**31 - 1)
INT128: Range = (-(2**127), 2**127 - 1)


class Step(NamedTuple):
    """One operation; its operands are places of values.

    Attributes
    ----------
    op : str
        One of ``+ - * // / max min``. ``/`` is exact.
    left, right : int
    """

    op: str
    left: int
    right: int


class Program(NamedTuple):
    """Values in the order in which they are worked out: the names, the constants, then a value for each step.

    Attributes
    ----------
    names : tuple of str
    constants : tuple of int
    steps : tuple of Step
    results : tuple of int
        The place of the value of each expression.
    sizes : tuple of int or Tree
        The expressions.
    """

    names: tuple[str, ...]
    constants: tuple[int, ...]
    steps: tuple[Step, ...]
    results: tuple[int, ...]
    sizes: tuple[int | Tree, ...]

    @property
    def first(self) -> int:
        """The place of the value of the first step."""
        return len(self.names) + len(self.constants)


class _Term(NamedTuple):
    # a number times values: products are taken apart until it is known with what they are added up
    number: int
    factors: tuple[int, ...] = ()


class _Compiler:
    """Gives each value one place; places are of names and constants (from -1 down) until all are known."""

    def __init__(self) -> None:
        self.inputs: dict[str | int, int] = {}  # a name or a constant -> its place, counted down from -1
        self.places: dict[Step, int] = {}

    def leaf(self, tree: Tree) -> _Term:
        return _Term(1, (self.input(tree.args[0]),))

    def input(self, what: str | int) -> int:
        return self.inputs.setdefault(what, -1 - len(self.inputs))

    def step(self, op: str, left: int, right: int) -> int:
        if op in ("+", "*", "max", "min") and right < left:
            left, right = right, left  # a + b is b + a
        return self.places.setdefault(Step(op, left, right), len(self.places))

    def plain(self, term: _Term) -> int:
        # the value of a term
        if not term.factors or term.number == 0:
            return self.input(term.number)
        product = reduce(lambda a, b: self.step("*", a, b), term.factors)
        return product if term.number == 1 else self.step("*", product, self.input(term.number))

    def product(self, terms: list[_Term]) -> _Term:
        factors = sorted(one for term in terms for one in term.factors)
        return _Term(prod(term.number for term in terms), tuple(factors))

    def power(self, base: _Term, exponent: int) -> _Term:
        check_bits(base.number.bit_length() * exponent if abs(base.number) > 1 else 0)
        number = base.number**exponent
        if exponent <= 3 or not base.factors:
            return _Term(number, tuple(sorted(base.factors * exponent)))
        # by squares: b^13 = b^8·b^4·b
        square, result = self.plain(_Term(1, base.factors)), None
        while True:
            if exponent % 2:
                result = square if result is None else self.step("*", result, square)
            exponent //= 2
            if not exponent:
                return _Term(number, (result,) if result is not None else ())
            square = self.step("*", square, square)

    def sum(self, terms: list[_Term]) -> _Term:
        # a block twelve times over is twelve times one block
        numbers: dict[tuple[int, ...], int] = {}
        for term in terms:
            numbers[term.factors] = numbers.get(term.factors, 0) + term.number
        merged = [_Term(number, factors) for factors, number in numbers.items() if number]
        if not merged:
            return _Term(0)
        return merged[0] if len(merged) == 1 else _Term(1, (self.nested(merged),))

    def nested(self, terms: list[_Term]) -> int:
        # Horner's scheme for several symbols: 4h² + 4h·x + 4h = h·4(h + x + 1), by the factor that most terms have
        counts = Counter(factor for term in terms for factor in {*term.factors})
        factor, count = max(counts.items(), key=lambda pair: pair[1], default=(0, 0))
        if count > 1:
            inside = [_without(term, factor) for term in terms if factor in term.factors]
            others = [term for term in terms if factor not in term.factors]
            return self.added([_Term(1, (factor, self.plain(self.sum(inside)))), *others])
        common = Counter(abs(term.number) for term in terms if abs(term.number) > 1)
        number, count = max(common.items(), key=lambda pair: pair[1], default=(0, 0))
        if count > 1:
            inside = [_Term(term.number // number, term.factors) for term in terms if abs(term.number) == number]
            others = [term for term in terms if abs(term.number) != number]
            return self.added([_Term(number, (self.plain(self.sum(inside)),)), *others])
        return self.added(terms)

    def added(self, terms: list[_Term]) -> int:
        if len(terms) > 2 and len({one for term in terms[1:] for one in term.factors}) < sum(
            len({*term.factors}) for term in terms[1:]
        ):
            return self.added([terms[0], _Term(1, (self.plain(self.sum(terms[1:])),))])
        first = next((term for term in terms if term.number > 0), None)
        if first is None:  # −a − b = −(a + b)
            total = self.added([_Term(-term.number, term.factors) for term in terms])
            return self.step("*", total, self.input(-1))
        total = self.plain(first)
        for term in terms:
            if term is not first:
                op = "+" if term.number > 0 else "-"
                total = self.step(op, total, self.plain(_Term(abs(term.number), term.factors)))
        return total

    def divided(self, op: str) -> Callable[[_Term, _Term], _Term]:
        return lambda top, bottom: _Term(1, (self.step(op, self.plain(top), self.plain(bottom)),))

    def extremum(self, op: str) -> Callable[[list[_Term]], _Term]:
        return lambda terms: _Term(1, (reduce(lambda a, b: self.step(op, a, b), map(self.plain, terms)),))

    @property
    def algebra(self) -> Algebra[_Term]:
        return Algebra(
            number=_Term,
            sum=self.sum,
            product=self.product,
            power=self.power,
            floor=self.divided("//"),
            quotient=self.divided("/"),
            maximum=self.extremum("max"),
            minimum=self.extremum("min"),
        )


def _without(term: _Term, factor: int) -> _Term:
    at = term.factors.index(factor)
    return _Term(term.number, (*term.factors[:at], *term.factors[at + 1 :]))


def compiled(sizes: Sequence[int | Tree]) -> Program:
    """Compile expressions to one program.

    Parameters
    ----------
    sizes : list of int or Tree
        Each gives one result.
    """
    made = _Compiler()
    algebra = made.algebra
    terms = [fold(size, made.leaf, algebra) for size in sizes]
    results = [made.plain(term) for term in terms]
    names = tuple(what for what in made.inputs if isinstance(what, str))
    constants = tuple(what for what in made.inputs if isinstance(what, int))
    inputs: list[str | int] = [*names, *constants]
    final = {made.inputs[what]: place for place, what in enumerate(inputs)}
    first = len(final)

    def placed(place: int) -> int:
        return final[place] if place < 0 else first + place

    steps = tuple(Step(op, placed(left), placed(right)) for op, left, right in made.places)
    return Program(names, constants, steps, tuple(map(placed, results)), tuple(sizes))


Operations = Mapping[str, Callable[[Foreign, Foreign], Foreign]]


def run(program: Program, values: Sequence[Foreign], operations: Operations) -> list[Foreign]:
    """Work out every value of a program.

    Parameters
    ----------
    program : Program
    values : list
        Those of the names, and those of the constants.
    operations : mapping of str to callable
        What each operator does with two values.
    """
    found = [*values]
    for op, left, right in program.steps:
        found.append(operations[op](found[left], found[right]))
    return found


def at_point(size: int | Tree, values: Mapping[str, int]) -> int:
    """Work out an expression in Python's integers.

    Raises
    ------
    SizeError
        For a division by zero, with the quotient, or an exact one with a remainder.
    """
    return fold(size, lambda leaf: values[leaf.args[0]], _INTEGERS)


def _power(base: int, exponent: int) -> int:
    check_bits(base.bit_length() * exponent if abs(base) > 1 else 0)
    return int(base**exponent)


_INTEGERS: Algebra[int] = Algebra(
    number=int, sum=sum, product=prod, power=_power, floor=floordiv, quotient=divide, maximum=max, minimum=min
)


def ranges(program: Program, names: Mapping[str, Range]) -> list[Range]:
    """Bound every value of a program.

    Parameters
    ----------
    program : Program
    names : mapping of str to (int, int)
        The smallest and the largest value of each name.

    Raises
    ------
    SizeError
        For a number of more than `paramcalc.symbolic.fold.MAX_BITS` bits.
    """
    found = [*(names[name] for name in program.names), *((one, one) for one in program.constants)]
    for op, left, right in program.steps:
        a, b = found[left], found[right]
        low, high = a
        if op == "*" and left == right:  # a square is nowhere negative
            ends = _ends((low * low, high * high))
            found.append((0, ends[1]) if low <= 0 <= high else ends)
        else:
            found.append(_INTERVALS[op](a, b))
    return found


def within(found: Iterable[Range], limits: Range) -> bool:
    """Tell whether all ranges lie within limits."""
    low, high = limits
    return all(low <= one[0] and one[1] <= high for one in found)


def _ends(several: Sequence[int]) -> Range:
    low, high = min(several), max(several)
    check_bits(max(low.bit_length(), high.bit_length()))
    return low, high


def _quotient(top: Range, bottom: Range) -> Range:
    if bottom[0] > 0 or bottom[1] < 0:
        return _ends([a // b for a in top for b in bottom])
    most = max(abs(top[0]), abs(top[1]))  # |⌊a/b⌋| ≤ |a| for whole numbers |b| ≥ 1
    return -most, most


_INTERVALS: Operations = {
    "+": lambda a, b: _ends((a[0] + b[0], a[1] + b[1])),
    "-": lambda a, b: _ends((a[0] - b[1], a[1] - b[0])),
    "*": lambda a, b: _ends([one * other for one in a for other in b]),
    "//": _quotient,
    "/": _quotient,
    "max": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "min": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
}
