"""Operands of other kinds: what may stand for a symbol besides a size, and the arithmetic of NumPy and SymPy.

An operand only needs ``+ * //``. NumPy arrays are checked first: when a bound on any intermediate
result could pass 63 bits, the arrays become exact Python integers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import partial, reduce
from typing import Any

from ..errors import SizeError
from .fold import Algebra, Node, Tree, check_bits, divide, fold, leaves

TOO_LARGE = 2**63  # for int64
_NO_OPERANDS = (float, str, bytes, list, tuple, dict, set)  # they have + and *, and mean something else by them


def evaluate(size: Node, values: Mapping[str, Any], build: Algebra[int | Node]) -> Any:
    """Put values in place of symbols; symbols without a value stay symbolic.

    Parameters
    ----------
    size : Tree
    values : mapping of str to int, Tree, array or anything else that has ``+ * //``
        Names that do not occur in ``size`` are ignored.
    build : Algebra
        Makes expressions.
    """
    names = {leaf.args[0] for leaf in leaves(size)}
    used = {name: values[name] for name in names if name in values}
    if not used:
        return size
    if all(map(_is_size, used.values())):
        return fold(size, lambda leaf: used.get(leaf.args[0], leaf), build)
    for name, value in used.items():
        if value is None or isinstance(value, _NO_OPERANDS):
            raise SizeError(f"a value for {name}", expected="a whole number", received=value)
    symbolic = len(used) < len(names) or any(isinstance(value, Tree) for value in used.values())
    used.update(_roomy(size, used))
    return fold(size, lambda leaf: used.get(leaf.args[0], leaf), _mixed(build, symbolic))


def to_sympy(size: int | Tree) -> Any:
    """Convert to SymPy: symbols become positive integers, floors and extrema SymPy's own."""
    import sympy

    algebra: Algebra[Any] = Algebra(
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


def _mixed(build: Algebra[int | Node], symbolic: bool) -> Algebra[Any]:
    # sizes by the algebra of expressions; arrays that meet symbols by the same, number by number; what holds any other
    # operand by that operand's own arithmetic
    def choose(sizes: Any, others: Any) -> Callable[..., Any]:
        def combine(*args: Any) -> Any:
            several = isinstance(args[0], list)
            parts = args[0] if several else args
            if all(map(_is_size, parts)):
                return sizes(*args)
            if not symbolic or any(map(_is_lazy, parts)):
                return others(*args)
            import numpy

            if not several:
                return numpy.frompyfunc(sizes, len(parts), 1)(*parts)
            return reduce(numpy.frompyfunc(lambda *pair: sizes(pair), 2, 1), parts)

        return combine

    return Algebra(*(choose(sizes, others) for sizes, others in zip(build, _OTHERS, strict=True)))


def _power(base: Any, exponent: int) -> Any:
    if not _is_array(base):
        return reduce(operator.mul, [base] * exponent)  # all that is asked of other operands is + * //
    if not _is_lazy(base):
        check_bits(_largest(base).bit_length() * exponent)
    return base**exponent


def _floor(top: Any, bottom: Any) -> Any:
    if not (_is_lazy(top) or _is_lazy(bottom)) and not _all(bottom):
        raise ZeroDivisionError
    return top // bottom


def _quotient(top: Any, bottom: Any) -> Any:
    quotient = _floor(top, bottom)
    if not (_is_lazy(top) or _is_lazy(bottom)):
        import numpy

        tops, bottoms, rests = numpy.broadcast_arrays(top, bottom, top - quotient * bottom)
        for place in numpy.flatnonzero(rests)[:1]:
            divide(int(tops.flat[place]), int(bottoms.flat[place]))
    return quotient


def _extremum(name: str, parts: list[Any]) -> Any:
    import numpy  # its ufuncs reach dask and the like by NumPy's own protocol

    return reduce(getattr(numpy, name), parts)


_OTHERS: Algebra[Any] = Algebra(
    number=int,
    sum=partial(reduce, operator.add),
    product=partial(reduce, operator.mul),
    power=_power,
    floor=_floor,
    quotient=_quotient,
    maximum=partial(_extremum, "maximum"),
    minimum=partial(_extremum, "minimum"),
)


def _is_size(value: object) -> bool:
    return isinstance(value, (int, Tree))


def _all(values: Any) -> bool:
    return bool(values.all() if hasattr(values, "all") else values)


def _is_array(value: object) -> bool:
    return hasattr(value, "dtype") and hasattr(value, "astype")


def _is_lazy(value: object) -> bool:
    # neither a number nor a NumPy array: looking at a dask array would compute it
    return not _is_size(value) and type(value).__module__.split(".")[0] != "numpy"


def _roomy(size: Tree, values: Mapping[str, Any]) -> dict[str, Any]:
    # the arrays as int64 if no intermediate can overflow, else as exact Python integers
    arrays = {name: value for name, value in values.items() if _is_array(value)}
    if not arrays:
        return {}
    for name, array in arrays.items():
        whole = array.dtype.kind in "iu" or (
            array.dtype.kind == "O" and not _is_lazy(array) and all(isinstance(one, int) for one in array.flat)
        )
        if not whole:
            raise SizeError(f"values for {name}", expected="an array of integers", received=array.dtype)
    magnitudes = {name: _largest(value) for name, value in values.items() if not isinstance(value, Tree)}
    bound = fold(size, lambda leaf: magnitudes.get(leaf.args[0], TOO_LARGE), _BOUND)
    return {name: array.astype("int64" if bound < TOO_LARGE else "object") for name, array in arrays.items()}


def _largest(value: Any) -> int:
    if isinstance(value, int):
        return abs(value)
    if not _is_array(value):
        return TOO_LARGE
    if _is_lazy(value):
        return 2**32  # looking would compute it
    return max(abs(int(value.max())), abs(int(value.min()))) if value.size else 0


def _bound_of_product(parts: Iterable[int]) -> int:
    return reduce(lambda a, b: min(max(a, 1) * max(b, 1), TOO_LARGE), parts)


def _bound_of_power(base: int, exponent: int) -> int:
    return base if base < 2 else TOO_LARGE if exponent > 62 else min(int(base**exponent), TOO_LARGE)


# an upper bound on |every intermediate result|, TOO_LARGE at most; |⌊a/b⌋| ≤ |a| for |b| ≥ 1
_BOUND: Algebra[int] = Algebra(
    number=abs,
    sum=lambda parts: min(sum(parts), TOO_LARGE),
    product=_bound_of_product,
    power=_bound_of_power,
    floor=max,
    quotient=max,
    maximum=max,
    minimum=max,
)
