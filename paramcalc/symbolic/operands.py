"""Operands of other kinds: what may stand for a symbol besides a size, and whose arithmetic it is.

Arrays and columns of known libraries are integers of a fixed width, which wrap around without a word. They are worked
out in a width that holds every value in between, or refused by name (`paramcalc.symbolic.libraries`). Any other operand
only needs ``+ * //``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial, reduce

from ..errors import SizeError
from ..untyped import Foreign
from .fold import Algebra, Node, Tree, divide, fold, leaves

_NO_OPERANDS = (float, str, bytes, list, tuple, dict, set)  # they have + and *, and mean something else by them


def evaluate(size: Node, values: Mapping[str, Foreign], build: Algebra[int | Node]) -> Foreign:
    """Put values in place of symbols; symbols without a value stay symbolic.

    Parameters
    ----------
    size : Tree
    values : mapping of str to int, Tree, array or anything else that has ``+ * //``
        Names that do not occur in ``size`` are ignored.
    build : Algebra
        Makes expressions.

    Raises
    ------
    SizeError
        For what is no operand, and for an array whose library has no integers that are wide enough.
    """
    names = dict.fromkeys(leaf.args[0] for leaf in leaves(size))
    used = {name: values[name] for name in names if name in values}
    if not used:
        return size
    if all(map(_is_size, used.values())):
        return fold(size, lambda leaf: used.get(leaf.args[0], leaf), build)
    from .libraries import column_library, elements, on_columns  # only where something else than a size is put in

    for name, value in used.items():
        if value is None or isinstance(value, _NO_OPERANDS):
            raise SizeError(f"a value for {name}", expected="a whole number", received=value)
    symbolic = len(used) < len(names) or any(isinstance(value, Tree) for value in used.values())
    library = column_library({name: value for name, value in used.items() if not _is_size(value)})
    if not library:
        return fold(size, lambda leaf: used.get(leaf.args[0], leaf), _own(build))
    if symbolic:
        return elements(library, used, lambda made: _number_by_number(size, made, build))
    return on_columns(library, size, used)


def to_sympy(size: int | Tree) -> Foreign:
    """Convert to SymPy: symbols become positive integers, floors and extrema SymPy's own."""
    import sympy

    algebra: Algebra[Foreign] = Algebra(
        number=sympy.Integer,
        sum=lambda parts: sympy.Add(*parts),
        product=lambda parts: sympy.Mul(*parts),
        power=operator.pow,
        floor=lambda top, bottom: sympy.floor(top / bottom),
        quotient=operator.truediv,
        maximum=lambda parts: sympy.Max(*parts),
        minimum=lambda parts: sympy.Min(*parts),
    )
    return fold(size, lambda leaf: sympy.Symbol(leaf.args[0], integer=True, positive=True), algebra)


def _number_by_number(size: Node, values: Mapping[str, Foreign], build: Algebra[int | Node]) -> Foreign:
    # arrays that meet symbols: each number by the arithmetic of expressions
    import numpy

    names = list(values)

    def at(*numbers: Foreign) -> Foreign:
        point = dict(zip(names, numbers, strict=True))
        return fold(size, lambda leaf: point.get(leaf.args[0], leaf), build)

    return numpy.frompyfunc(at, len(names), 1)(*values.values())


def _own(build: Algebra[int | Node]) -> Algebra[Foreign]:
    # sizes by the algebra of expressions, what holds another operand by that operand's own arithmetic
    def choose(sizes: Foreign, others: Foreign) -> Callable[..., Foreign]:
        def combine(*args: Foreign) -> Foreign:
            parts = args[0] if isinstance(args[0], list) else args
            return (sizes if all(map(_is_size, parts)) else others)(*args)

        return combine

    return Algebra(*(choose(sizes, others) for sizes, others in zip(build, _OTHERS, strict=True)))


def _quotient(top: Foreign, bottom: Foreign) -> Foreign:
    return divide(top, bottom) if isinstance(top, int) and isinstance(bottom, int) else top // bottom


def _extremum(name: str, parts: list[Foreign]) -> Foreign:
    import numpy  # its ufuncs reach many operands by NumPy's own protocol

    return reduce(getattr(numpy, name), parts)


_OTHERS: Algebra[Foreign] = Algebra(
    number=int,
    sum=partial(reduce, operator.add),
    product=partial(reduce, operator.mul),
    power=lambda base, exponent: reduce(operator.mul, [base] * exponent),  # all that is asked for is + * //
    floor=operator.floordiv,
    quotient=_quotient,
    maximum=partial(_extremum, "maximum"),
    minimum=partial(_extremum, "minimum"),
)


def _is_size(value: object) -> bool:
    return isinstance(value, (int, Tree))
