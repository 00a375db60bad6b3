"""The tree under an expression, and the one walk over it.

A size is an ``int`` or a :class:`Tree`. Whatever is worked out from one (its value, a bound, its normal form, its
text) is a :func:`fold`: a value for each leaf, and an :class:`Algebra` that says how the values of operands combine.

Bounds
------
No tree is deeper than `MAX_DEPTH` or longer than `MAX_LENGTH`, and no number in it is longer than `MAX_BITS`. So a
recursive walk, printing and evaluation always come to an end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

from ..errors import SizeError
from ..untyped import Memo

MAX_DEPTH = 100  # operators within operators
MAX_LENGTH = 1_000_000  # symbols and numbers, each as often as it is written
MAX_BITS = 10_000  # of one number: 3,010 digits, less than what Python agrees to print

LEAVES = ("name", "?")


class Tree:
    """An operator over its operands, or a leaf.

    Attributes
    ----------
    op : str
        For a leaf ``name`` (a symbol) or ``?`` (an unknown size), else one of ``+ * ^ // / max min``.
    args : tuple
        The operands, each an ``int`` or a tree. Of ``^`` the second is the exponent, an ``int``; a leaf has its name.
    depth, length : int
        Levels of operators; symbols and numbers, each as often as it is written.
    memo : object
        The result of a fold that is remembered, ``None`` until then.
    forms : dict
        How it is printed with blanks for its symbols, by notation; set when it is first asked for.
    program : object
        What it is compiled to, for arrays; set when it is first asked for.
    """

    __slots__ = ("args", "depth", "forms", "length", "memo", "op", "program")

    forms: dict[Memo, Memo]
    program: Memo

    def __init__(self, op: str, args: tuple[Memo, ...]) -> None:
        depth, length = 0, 0
        for arg in args:
            if isinstance(arg, Tree):
                if arg.depth > depth:
                    depth = arg.depth
                length += arg.length
            else:
                length += 1
                if isinstance(arg, int) and (bits := arg.bit_length()) > MAX_BITS:
                    check_bits(bits)
        if depth >= MAX_DEPTH or length > MAX_LENGTH:
            raise SizeError(f"an expression of more than {MAX_DEPTH} levels or {MAX_LENGTH:,} terms and factors")
        self.op = op
        self.args = args
        self.depth: int = depth + 1
        self.length: int = length
        self.memo: Memo = None


Node = TypeVar("Node", bound=Tree)
Result = TypeVar("Result")


class Algebra(NamedTuple, Generic[Result]):
    """How results combine, one function for each operator."""

    number: Callable[[int], Result]
    sum: Callable[[list[Result]], Result]
    product: Callable[[list[Result]], Result]
    power: Callable[[Result, int], Result]
    floor: Callable[[Result, Result], Result]
    quotient: Callable[[Result, Result], Result]
    maximum: Callable[[list[Result]], Result]
    minimum: Callable[[list[Result]], Result]


def fold(
    size: int | Node,
    leaf: Callable[[Node], Result],
    algebra: Algebra[Result],
    inner: Callable[[int | Node], Result] | None = None,
) -> Result:
    """Work something out from the leaves up.

    Parameters
    ----------
    size : int or Tree
    leaf : callable
        Gives the result for a symbol or an unknown size.
    algebra : Algebra
        Combines the results of operands.
    inner : callable, optional
        Gives the result of an operand; by default this same fold. Pass a function that remembers its results.

    Raises
    ------
    DivisionByZero
        With the quotient in which it happens.
    """
    if isinstance(size, int):
        return algebra.number(size)
    op, args = size.op, size.args
    if op in LEAVES:
        return leaf(size)
    operands = args[:1] if op == "^" else args
    parts = [fold(arg, leaf, algebra) if inner is None else inner(arg) for arg in operands]
    if op == "+":
        return algebra.sum(parts)
    if op == "*":
        return algebra.product(parts)
    if op == "^":
        return algebra.power(parts[0], args[1])
    if op in ("max", "min"):
        return (algebra.maximum if op == "max" else algebra.minimum)(parts)
    try:
        return (algebra.floor if op == "//" else algebra.quotient)(*parts)
    except ZeroDivisionError:
        raise DivisionByZero(f"division by zero in {size}") from None


def leaves(size: int | Node) -> Iterator[Node]:
    """Yield the symbols and unknowns of an expression, as often and in the order written."""
    stack: list[Memo] = [size]
    while stack:
        node = stack.pop()
        if isinstance(node, Tree):
            if node.op in LEAVES:
                yield node  # type: ignore[misc]  # the operands of a node are nodes of its own type
            else:
                stack.extend(reversed(node.args))


class DivisionByZero(SizeError, ZeroDivisionError):
    """A size divided by zero."""


def check_bits(bits: int) -> None:
    """Refuse a number that is too long.

    Raises
    ------
    SizeError
        Above `MAX_BITS`.
    """
    if bits > MAX_BITS:
        raise SizeError(f"a number of more than {MAX_BITS:,} bits in an expression")


def divide(numerator: int, denominator: int) -> int:
    """Divide numbers that must come out even.

    Raises
    ------
    DivisionByZero
    SizeError
        When there is a remainder.
    """
    if denominator == 0:
        raise DivisionByZero("division by zero")
    quotient, rest = divmod(numerator, denominator)
    if rest:
        raise SizeError(f"{numerator} does not divide evenly by {denominator}", suggestion="// rounds down")
    return quotient
