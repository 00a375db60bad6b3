"""The normal form: a polynomial over atoms, equal exactly when two expressions are.

``Normal`` maps a monomial (a frozen set of ``(atom, exponent)``) to its coefficient. An atom is a
symbol or something opaque over normal forms (``⌊a/b⌋``, ``max``, ``min``, or one over a sum),
written as plain nested tuples, so that a normal form compares, hashes and pickles as data.

Laws applied (all divisors are positive, as sizes are)::

    ⌊(q·b + r)/b⌋  ->  q + ⌊r/b⌋          for a number b, coefficient by coefficient
    ⌊⌊a/b⌋/c⌋      ->  ⌊a/(b·c)⌋          for numbers b and c
    (a·b)/b        ->  a                    exact division by a monomial

``max`` and ``min`` are compared by their arguments alone. Equality is therefore exact on polynomials
(and quotients by monomials), and sound everywhere else: it never calls different functions equal.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .expr import Expr, Size, exact, leaves, maximum, minimum

Atom = tuple[Any, ...]
Monomial = frozenset[tuple[Atom, int]]
Coefficient = int | Fraction
Normal = dict[Monomial, Coefficient]

ONE: Monomial = frozenset()
MAX_TERMS = 20_000  # an expansion longer than this is refused: nobody reads it, a file could ask for it


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
    unique = frozenset(key(part) for part in parts)
    return parts[0] if len(unique) == 1 else _atom((op, unique))


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
    ValueError
        When the symbol sits inside a floor, a max or min, or below a fraction bar: no polynomial.
    """
    highest = 0
    for monomial in as_normal(size):
        for atom, exponent in monomial:
            if atom == ("name", symbol) and exponent > 0:
                highest = max(highest, exponent)
            elif symbol in _names_in(atom):
                raise ValueError(f"{size} is not a polynomial in {symbol}")
    return highest


def collect(size: Size) -> Size:
    """Multiply out; terms by falling degree, symbols in the order they were first written."""
    normal = as_normal(size)
    order = {leaf.args[0]: place for place, leaf in reversed(list(enumerate(leaves(size))))}
    return _written(normal, order)


def _written(normal: Normal, order: dict[str, int]) -> Size:
    def rank(atom: Atom) -> tuple[int, str]:
        return (min((order.get(name, len(order)) for name in _names_in(atom)), default=-1), repr_atom(atom))

    def term_rank(item: tuple[Monomial, Coefficient]) -> Any:
        powers = sorted(((rank(atom), -exponent) for atom, exponent in item[0]))
        return (-sum(exponent for _, exponent in item[0]), powers)

    total: Size = 0
    for monomial, coefficient in sorted(normal.items(), key=term_rank):
        top: Size = coefficient.numerator
        bottom: Size = coefficient.denominator
        for atom, exponent in sorted(monomial, key=lambda item: rank(item[0])):
            base = _expression(atom, order)
            if exponent > 0:
                top = top * base**exponent
            else:
                bottom = bottom * base**-exponent
        total = total + exact(top, bottom)
    return total


def _expression(atom: Atom, order: dict[str, int]) -> Size:
    op, *args = atom
    if op in ("name", "?"):
        return Expr(op, (args[0],))
    if op in ("max", "min"):
        sizes = [_written(_thaw(arg), order) for arg in sorted(args[0], key=repr_key)]
        return (maximum if op == "max" else minimum)(*sizes)
    top, bottom = (_written(_thaw(arg), order) for arg in args)
    return top // bottom if op == "//" else exact(top, bottom)


def _thaw(frozen: Any) -> Normal:
    if isinstance(frozen, frozenset):
        return dict(frozen)
    return {ONE: frozen} if frozen else {}


def repr_atom(atom: Atom) -> str:
    """Give an atom a text that does not depend on hashing, for ordering."""
    return atom[0] + "".join(
        arg if isinstance(arg, str) else repr_key(arg)
        if atom[0] in ("//", "/")
        else ",".join(sorted(repr_key(one) for one in arg))
        for arg in atom[1:]
    )


def repr_key(frozen: Any) -> str:
    """Give a frozen normal form a text that does not depend on hashing."""
    if not isinstance(frozen, frozenset):
        return str(frozen)
    return "+".join(
        sorted(
            f"{coefficient}" + "".join(sorted(f"*{repr_atom(a)}^{e}" for a, e in monomial))
            for monomial, coefficient in frozen
        )
    )


def _names_in(value: Any) -> set[str]:
    if isinstance(value, tuple) and len(value) == 2 and value[0] in ("name", "?"):
        return {value[1]}
    if isinstance(value, (tuple, frozenset)):
        return set().union(*(_names_in(part) for part in value)) if value else set()
    return set()


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
    if len(left) * len(right) > MAX_TERMS:
        from ..errors import SizeError

        raise SizeError(f"an expression expands to more than {MAX_TERMS:,} terms")
    result: Normal = {}
    for monomial, coefficient in left.items():
        shifted = {_times(monomial, other): value for other, value in right.items()}
        _accumulate(result, shifted, coefficient)
    return result


def _power(base: Normal, exponent: int) -> Normal:
    result: Normal = {ONE: 1}
    for _ in range(exponent):
        result = _multiply(result, base)
    return result


def _quotient(top: Normal, bottom: Normal) -> Normal:
    if len(bottom) == 1:
        ((monomial, coefficient),) = bottom.items()
        inverse = frozenset((atom, -exponent) for atom, exponent in monomial)
        return _multiply(top, {inverse: _plain(Fraction(1) / coefficient)})
    return {ONE: 1} if top == bottom else _atom(("/", key(top), key(bottom)))


def _floor(top: Normal, bottom: Normal) -> Normal:
    if top == bottom:
        return {ONE: 1}
    divisor = bottom.get(ONE) if len(bottom) == 1 else None
    if not isinstance(divisor, int) or divisor <= 0:
        return _atom(("//", key(top), key(bottom)))
    inner = _only_floor(top)
    if inner is not None:
        top, divisor = inner[0], inner[1] * divisor
    whole: Normal = {}
    rest: Normal = {}
    for monomial, coefficient in top.items():
        integral = isinstance(coefficient, int) and all(exponent > 0 for _, exponent in monomial)
        quotient, remainder = divmod(coefficient, divisor) if integral else (0, coefficient)
        if quotient:
            whole[monomial] = quotient
        if remainder:
            rest[monomial] = remainder
    if rest.keys() <= {ONE} and isinstance(rest.get(ONE, 0), int):
        return whole  # ⌊r/b⌋ = 0 for a number 0 ≤ r < b
    _accumulate(whole, _atom(("//", key(rest), divisor)))
    return whole


def _only_floor(normal: Normal) -> tuple[Normal, int] | None:
    # the parts (a, b) of a lone ⌊a/b⌋ with a number b
    if len(normal) == 1:
        ((monomial, coefficient),) = normal.items()
        if coefficient == 1 and len(monomial) == 1:
            ((atom, exponent),) = monomial
            if exponent == 1 and atom[0] == "//" and isinstance(atom[2], int):
                return _thaw(atom[1]), atom[2]
    return None
