"""Evaluation: put integers, expressions, arrays or SymPy terms in place of symbols.

One walk serves all: operands only need ``+ * //``. NumPy arrays are checked first: when a bound
on any intermediate result could pass 63 bits, the arrays become exact Python integers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from ..errors import SizeError
from .expr import MAX_BITS, Expr, Size, add, exact, maximum, minimum

TOO_LARGE = 2**63  # for int64
_NO_OPERANDS = (float, str, bytes, list, tuple, dict, set)  # they have + and *, and mean something else by them


def evaluate(size: Size, values: Mapping[str, Any]) -> Any:
    """Evaluate an expression at the given values; symbols without a value stay symbolic.

    Parameters
    ----------
    size : int or Expr
    values : mapping of str to int, Expr or array
        Names that do not occur in ``size`` are ignored.

    Returns
    -------
    int, Expr or array
        Exact: an array result is ``int64`` where that is certain to suffice, else ``object``.
    """
    if isinstance(size, int):
        return size
    occurring = set(size.symbols)
    used = {name: value for name, value in values.items() if name in occurring}
    if not used:
        return size
    arrays = {name: value for name, value in used.items() if _is_array(value)}
    if arrays:
        used.update(_roomy(size, used, arrays))
    for name, value in used.items():
        if value is None or isinstance(value, _NO_OPERANDS):
            raise SizeError(f"a value for {name}", expected="a whole number", received=value)
    return _walk(size, lambda leaf: used.get(leaf.args[0], leaf))


def put(size: Size, leaf: Expr, value: Size) -> Size:
    """Put a value in place of one leaf, and not of another that goes by the same name."""
    return _walk(size, lambda other: value if other == leaf else other)  # type: ignore[no-any-return]


def _walk(size: Size, lookup: Callable[[Expr], Any]) -> Any:
    if isinstance(size, int):
        return size
    op, args = size.op, size.args
    if op in ("name", "?"):
        return lookup(size)
    if op == "^":
        return _raised(_walk(args[0], lookup), args[1])
    parts = [_walk(arg, lookup) for arg in args]
    if op == "+":
        return add(parts) if all(isinstance(part, (int, Expr)) for part in parts) else reduce(operator.add, parts)
    if op == "*":
        return reduce(operator.mul, parts)
    if any(not isinstance(part, (int, Expr)) for part in parts):
        return _array_op(op, parts, size)
    if op == "//":
        if isinstance(parts[1], int) and parts[1] == 0:
            raise SizeError(f"division by zero in {size}")
        return parts[0] // parts[1]
    return exact(*parts) if op == "/" else (maximum if op == "max" else minimum)(*parts)


def _raised(base: Any, exponent: int) -> Any:
    if isinstance(base, int) and base.bit_length() * exponent > MAX_BITS:
        raise SizeError(f"a number of more than {MAX_BITS:,} bits")
    if isinstance(base, (int, Expr)) or _is_array(base):
        return base**exponent
    return reduce(operator.mul, [base] * exponent)  # all that is asked of other operands is + * //


def _array_op(op: str, parts: list[Any], size: Size) -> Any:
    if op in ("max", "min"):
        import numpy  # its ufuncs reach dask and the like by NumPy's own protocol

        return reduce(numpy.maximum if op == "max" else numpy.minimum, parts)
    top, bottom = parts
    if not any(map(_is_lazy, parts)):  # there is something to look at
        if not _all(bottom):
            raise SizeError(f"division by zero in {size}")
        if op == "/" and not _all(top % bottom == 0):
            raise SizeError(f"{size} does not divide evenly for some of the values")
    return top // bottom


def _all(values: Any) -> bool:
    return bool(values.all() if hasattr(values, "all") else values)


def _is_array(value: Any) -> bool:
    return hasattr(value, "dtype") and hasattr(value, "astype")


def _is_lazy(value: Any) -> bool:
    # neither a number nor a NumPy array: looking at a dask array would compute it
    return not isinstance(value, (int, Expr)) and type(value).__module__.split(".")[0] != "numpy"


def _roomy(size: Size, values: Mapping[str, Any], arrays: Mapping[str, Any]) -> dict[str, Any]:
    # arrays as int64 if no intermediate can overflow, else as exact Python integers
    for name, array in arrays.items():
        whole = array.dtype.kind in "iu" or (
            array.dtype.kind == "O" and not _is_lazy(array) and all(isinstance(one, int) for one in array.flat)
        )
        if not whole:
            raise SizeError(f"values for {name}", expected="an array of integers", received=array.dtype)
    magnitudes = {name: _largest(value) for name, value in values.items() if not isinstance(value, Expr)}
    fits = _bound(size, magnitudes) < TOO_LARGE
    return {name: array.astype("int64" if fits else "object") for name, array in arrays.items()}


def _largest(value: Any) -> int:
    if isinstance(value, int):
        return abs(value)
    if not _is_array(value):
        return TOO_LARGE
    if _is_lazy(value):
        return 2**32  # looking would compute it
    return max(abs(int(value.max())), abs(int(value.min()))) if value.size else 0


def _bound(size: Size, magnitudes: Mapping[str, int]) -> int:
    # an upper bound on |every intermediate result|, TOO_LARGE at most; |⌊a/b⌋| ≤ |a| for |b| ≥ 1
    if isinstance(size, int):
        return abs(size)
    if size.op in ("name", "?"):
        return magnitudes.get(size.args[0], TOO_LARGE)
    if size.op == "^":
        base = _bound(size.args[0], magnitudes)
        return base if base < 2 else TOO_LARGE if size.args[1] > 62 else min(int(base ** size.args[1]), TOO_LARGE)
    parts = [_bound(arg, magnitudes) for arg in size.args]
    if size.op == "+":
        return min(sum(parts), TOO_LARGE)
    if size.op == "*":
        return reduce(lambda a, b: min(max(a, 1) * max(b, 1), TOO_LARGE), parts)
    return max(parts)


def to_sympy(size: Size) -> Any:
    """Convert to SymPy: symbols become positive integers, floors and extrema SymPy's own."""
    import sympy

    if isinstance(size, int):
        return sympy.Integer(size)
    op, args = size.op, size.args
    if op in ("name", "?"):
        return sympy.Symbol(args[0], integer=True, positive=True)
    if op == "^":
        return to_sympy(args[0]) ** args[1]
    parts = [to_sympy(arg) for arg in args]
    build = {
        "+": sympy.Add,
        "*": sympy.Mul,
        "/": lambda a, b: a / b,
        "//": lambda a, b: sympy.floor(a / b),
        "max": sympy.Max,
        "min": sympy.Min,
    }
    return build[op](*parts)
