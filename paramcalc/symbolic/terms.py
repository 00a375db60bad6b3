"""The way back from the normal form: a polynomial written as an expression, its terms in a fixed order.

Terms come by falling degree; terms of one degree, and the factors of a term, in the order in which their symbols were
first written.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import TYPE_CHECKING

from .fold import Algebra, Node, Tree, leaves
from .normal import thaw
from .notation import text

if TYPE_CHECKING:
    from .normal import Atom, Coefficient, Monomial, Normal

    Place = tuple[int, str, str]  # of the first of its symbols; what it looks like; which of its symbols are unknowns


def write(normal: Normal, symbols: Iterable[Node], build: Algebra[int | Node]) -> int | Node:
    """Write a normal form as an expression.

    Parameters
    ----------
    normal : Normal
    symbols : iterable of Tree
        The symbols and unknowns in it, in the order wanted; a repeated one counts where it is first.
    build : Algebra
        Makes expressions.
    """
    order: dict[str, int] = {}
    bases: dict[Atom, tuple[Place, int | Node]] = {}  # what each atom stands for
    for symbol in symbols:
        name = symbol.args[0]
        if (symbol.op, name) not in bases:
            bases[symbol.op, name] = (order.setdefault(name, len(order)), name, symbol.op), symbol

    def place(size: int | Tree) -> Place:
        found = list(leaves(size))
        first = min((order[leaf.args[0]] for leaf in found), default=-1)
        return first, text(size), "".join(leaf.op for leaf in found)

    def base(atom: Atom) -> tuple[Place, int | Node]:
        op, inside = atom
        if isinstance(inside, str):
            raise KeyError(inside)  # a symbol that was not given
        parts = [total(thaw(part)) for part in inside]
        if op in ("max", "min"):
            size = (build.maximum if op == "max" else build.minimum)(sorted(parts, key=place))
        else:
            size = (build.floor if op == "//" else build.quotient)(*parts)
        bases[atom] = place(size), size
        return bases[atom]

    def term(monomial: Monomial, coefficient: Coefficient) -> tuple[int, list[tuple[Place, int]], int | Node]:
        degree = 0
        factors = []
        for atom, exponent in monomial:
            degree += exponent
            where, size = bases.get(atom) or base(atom)
            factors.append((where, -exponent, size))
        factors.sort(key=itemgetter(0))
        top = [size if power == -1 else build.power(size, -power) for _, power, size in factors if power < 0]
        bottom = [size if power == 1 else build.power(size, power) for _, power, size in factors if power > 0]
        written = build.product([coefficient.numerator, *top])
        if bottom or coefficient.denominator != 1:
            written = build.quotient(written, build.product([coefficient.denominator, *bottom]))
        return -degree, [factor[:2] for factor in factors], written

    def total(normal: Normal) -> int | Node:
        terms = sorted((term(*item) for item in normal.items()), key=itemgetter(0, 1))
        return build.sum([written for _, _, written in terms])

    return total(normal)
