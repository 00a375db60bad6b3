"""Sizes with names: integer expressions that keep the form they were written in.

An :class:`Expr` is a small immutable tree over ``int`` leaves; integers themselves stay plain
``int``. Arithmetic folds only what nobody would write (``e + 0``, ``1·e``, ``0·e``, several
numbers in one product), so ``4 * (h * (h + x) + h)`` prints with the brackets it was given.

Equality and hashing go by the normal form (`paramcalc.symbolic.normal`): two expressions are
equal when they are the same function of their symbols. Symbols stand for positive integers.

Invariants
----------
- ``op`` is one of ``name ? + * ^ // / max min``; ``args`` holds two or more operands, except for the
  two leaves ``name`` (a symbol) and ``?`` (an unknown size), whose single argument is their text.
- A sum holds no sum and at most one number; a product at most one number, in front, and no product, unless
  :func:`times` put it there for print.
- ``^`` has an integer exponent of at least 2. ``/`` is exact: whoever wrote it vouches that it divides.
- No tree is deeper than `MAX_DEPTH` or longer than `MAX_LENGTH`, and no number in it is longer than `MAX_BITS`, so
  that walking it by recursion, printing and evaluating it always come to an end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Union

from ..errors import SizeError

if TYPE_CHECKING:
    from .normal import Normal

Size = Union[int, "Expr"]

MAX_EXPONENT = 64
MAX_DEPTH = 100  # operators within operators
MAX_LENGTH = 1_000_000  # symbols and numbers, each as often as it is written
MAX_BITS = 10_000  # of one number: 3,010 digits, less than what Python agrees to print


class Expr:
    """An integer expression over named sizes; build one from :func:`symbols` and operators."""

    __slots__ = ("_key", "_normal", "args", "depth", "length", "op")

    def __init__(self, op: str, args: tuple[Any, ...]) -> None:
        depth, length = 0, 0
        for arg in args:
            if isinstance(arg, Expr):
                depth = max(depth, arg.depth)
                length += arg.length
            else:
                length += 1
                if isinstance(arg, int) and arg.bit_length() > MAX_BITS:
                    raise SizeError(f"a number of more than {MAX_BITS:,} bits in an expression")
        if depth >= MAX_DEPTH or length > MAX_LENGTH:
            raise SizeError(f"an expression of more than {MAX_DEPTH} levels or {MAX_LENGTH:,} terms and factors")
        self.op = op
        self.args = args
        self.depth: int = depth + 1
        self.length: int = length

    # --- arithmetic: before -> after ---------------------------------------------------------

    def __add__(self, other: Any) -> Size:
        return add((self, other)) if _is_size(other) else NotImplemented

    def __radd__(self, other: Any) -> Size:
        return add((other, self)) if _is_size(other) else NotImplemented

    def __sub__(self, other: Any) -> Size:
        return add((self, -other)) if _is_size(other) else NotImplemented

    def __rsub__(self, other: Any) -> Size:
        return add((other, -self)) if _is_size(other) else NotImplemented

    def __mul__(self, other: Any) -> Size:
        return _product(self, other) if _is_size(other) else NotImplemented

    def __rmul__(self, other: Any) -> Size:
        return _product(other, self) if _is_size(other) else NotImplemented

    def __neg__(self) -> Size:
        return _product(-1, self)

    def __pos__(self) -> Expr:
        return self

    def __floordiv__(self, other: Any) -> Size:
        return _floor(self, other) if _is_size(other) else NotImplemented

    def __rfloordiv__(self, other: Any) -> Size:
        return _floor(other, self) if _is_size(other) else NotImplemented

    def __truediv__(self, other: Any) -> Size:
        return exact(self, other) if _is_size(other) else NotImplemented

    def __rtruediv__(self, other: Any) -> Size:
        return exact(other, self) if _is_size(other) else NotImplemented

    def __pow__(self, exponent: Any) -> Size:
        if not isinstance(exponent, int) or not 0 <= exponent <= MAX_EXPONENT:
            expected = f"a whole exponent from 0 to {MAX_EXPONENT}"
            raise SizeError("a power of a size", expected=expected, received=exponent)
        return 1 if exponent == 0 else self if exponent == 1 else Expr("^", (self, int(exponent)))

    # --- equality is equality of functions ----------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Expr):
            if self.op == other.op == "name":
                return bool(self.args == other.args)
            return bool(self.key == other.key)
        return isinstance(other, int) and bool(self.key == other)

    def __hash__(self) -> int:
        return hash(self.key)

    def __bool__(self) -> bool:
        raise TypeError(f"the size {self} has no truth value: it is symbolic")

    @property
    def key(self) -> Any:
        """A hashable stand-in for the normal form: equal keys, equal functions."""
        try:
            return self._key
        except AttributeError:
            from .normal import key

            self._key: Any = key(self.normal)
            return self._key

    @property
    def normal(self) -> Normal:
        """The polynomial normal form (see `paramcalc.symbolic.normal`); do not change it."""
        try:
            return self._normal
        except AttributeError:
            from .normal import normal_form

            self._normal: Normal = normal_form(self)
            return self._normal

    # --- what people do with a formula --------------------------------------------------------

    def __call__(self, **values: Any) -> Any:
        """Evaluate at the named sizes; names not given stay symbolic.

        Parameters
        ----------
        **values : int, Expr or array
            A value for each symbol: an ``int`` (exact at any magnitude), another expression, a NumPy
            array (one vectorised evaluation; exact Python integers when 64 bits could overflow), or
            anything else that has ``+ * //``.
        """
        from .evaluate import evaluate

        return evaluate(self, values)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Names of the sizes it depends on, in the order they were written."""
        return tuple(dict.fromkeys(leaf.args[0] for leaf in leaves(self)))

    def expand(self) -> Size:
        """Multiply out and collect: ``4[h(h + x) + h]`` → ``4h² + 4h·x + 4h``."""
        from .normal import collect

        return collect(self)

    def __str__(self) -> str:
        from .notation import unicode

        return unicode(self)

    def __repr__(self) -> str:
        from .notation import text

        return text(self)

    def _repr_latex_(self) -> str:
        from .notation import latex

        return f"${latex(self)}$"

    def _sympy_(self) -> Any:
        """Convert for SymPy, by SymPy's own protocol: ``sympy.factor(count)`` works."""
        from .evaluate import to_sympy

        return to_sympy(self)

    def __reduce__(self) -> Any:
        return Expr, (self.op, self.args)


def symbols(names: str) -> Any:
    """Make one symbol a name: ``d_h, d_x = symbols("d_h d_x")``; a single name gives one symbol."""
    from .notation import is_name

    words = names.replace(",", " ").split()
    for word in words:
        if not is_name(word):
            raise SizeError("the name of a size", expected="a letter, then letters, digits and _", received=word)
    made = [Expr("name", (word,)) for word in words]
    return made[0] if len(made) == 1 else tuple(made)


def unknown(name: str) -> Expr:
    """Make a size nobody knows (``None`` in Keras): it may turn out equal to any other."""
    return Expr("?", (name,))


def leaves(size: Size) -> Iterable[Expr]:
    """Yield the symbols and unknowns of an expression, as often and in the order written."""
    stack: list[Any] = [size]
    while stack:
        node = stack.pop()
        if isinstance(node, Expr):
            if node.op in ("name", "?"):
                yield node
            else:
                stack.extend(reversed(node.args))


def is_known(size: Size) -> bool:
    """Tell whether a size holds no unknown."""
    return isinstance(size, int) or not any(leaf.op == "?" for leaf in leaves(size))


def add(sizes: Iterable[Size]) -> Size:
    """Add up any number of sizes at once; ``sum`` would copy the growing sum at every step."""
    # (a + b) + c -> a + b + c;  a + 0 -> a;  the numbers of a sum merge where the first one stands
    terms: list[Any] = []
    number_at = -1
    for size in sizes:
        for term in size.args if isinstance(size, Expr) and size.op == "+" else (size,):
            if not isinstance(term, int):
                terms.append(term)
            elif number_at >= 0:
                terms[number_at] += term
            else:
                number_at = len(terms)
                terms.append(int(term))
    if number_at >= 0 and terms[number_at] == 0:
        del terms[number_at]
    return 0 if not terms else terms[0] if len(terms) == 1 else Expr("+", tuple(terms))


def times(number: int, size: Size) -> Size:
    """Multiply and keep the number apart in print: twice ``4[…]`` reads ``2·4[…]``, not ``8[…]``."""
    return Expr("*", (number, size)) if isinstance(size, Expr) and number > 1 else number * size


def exact(numerator: Size, denominator: Size) -> Size:
    """Divide where it is known to come out even (channels by groups)."""
    if isinstance(denominator, int) and denominator == 1:
        return numerator
    if isinstance(numerator, int) and isinstance(denominator, int):
        quotient, rest = divmod(numerator, denominator) if denominator else (0, 1)
        if rest:
            problem = f"{numerator} does not divide evenly by {_nonzero(denominator)}"
            raise SizeError(problem, suggestion="// rounds down")
        return quotient
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


def _is_size(value: Any) -> bool:
    return isinstance(value, (int, Expr))


def _nonzero(denominator: Size) -> Size:
    if denominator == 0:
        raise SizeError("division by zero")
    return denominator


def _product(left: Size, right: Size) -> Size:
    # h * 4 -> 4h;  (4h)(2x) -> 8h·x;  0·e -> 0;  1·e -> e
    number = 1
    factors: list[Any] = []
    for side in (left, right):
        for factor in side.args if isinstance(side, Expr) and side.op == "*" else (side,):
            if isinstance(factor, int):
                number *= factor
            else:
                factors.append(factor)
    if number == 0 or not factors:
        return number
    if number != 1:
        factors.insert(0, number)
    return factors[0] if len(factors) == 1 else Expr("*", tuple(factors))


def _floor(numerator: Size, denominator: Size) -> Size:
    if isinstance(denominator, int) and denominator == 1:
        return numerator
    if isinstance(numerator, int) and numerator == 0:
        return 0
    return Expr("//", (numerator, _nonzero(denominator)))


def _extremum(op: str, pick: Callable[[list[int]], int], sizes: tuple[Size, ...]) -> Size:
    # max(a, 3, b, 5) -> max(a, b, 5);  max(a, a) -> a
    numbers = [size for size in sizes if isinstance(size, int)]
    others: list[Size] = list(dict.fromkeys(size for size in sizes if not isinstance(size, int)))
    if numbers:
        others.append(pick(numbers))
    if not others:
        raise SizeError(f"{op} of nothing", expected="at least one size")
    return others[0] if len(others) == 1 else Expr(op, tuple(others))
