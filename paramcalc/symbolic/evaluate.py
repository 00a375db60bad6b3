"""Evaluation: put integers, expressions, arrays or SymPy terms in place of symbols.

One walk serves all: operands only need ``+ * ** //``. NumPy arrays are checked first: when a bound
on any intermediate result could pass 63 bits, the arrays become exact Python integers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from ..errors import SizeError
from .expr import Expr, Size, exact, maximum, minimum


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
        if isinstance(value, float):
            raise SizeError(f"a value for {name}", expected="a whole number", received=value)
    return _walk(size, used)


def _walk(size: Size, values: Mapping[str, Any]) -> Any:
    if isinstance(size, int):
        return size
    op, args = size.op, size.args
    if op in ("name", "?"):
        return values.get(args[0], size)
    parts = [_walk(arg, values) for arg in args]
    if op == "+":
        return reduce(lambda a, b: a + b, parts)
    if op == "*":
        return reduce(lambda a, b: a * b, parts)
    if op == "^":
        return parts[0] ** args[1]
    if all(isinstance(part, (int, Expr)) for part in parts):
        if op == "//":
            if isinstance(parts[1], int) and parts[1] == 0:
                raise SizeError(f"division by zero in {size}")
            return parts[0] // parts[1]
        return exact(*parts) if op == "/" else (maximum if op == "max" else minimum)(*parts)
    return _array_op(op, parts, size)


def _array_op(op: str, parts: list[Any], size: Size) -> Any:
    import numpy

    if op in ("/", "//"):
        if not numpy.all(parts[1]):
            raise SizeError(f"division by zero in {size}")
        if op == "/" and numpy.any(parts[0] % parts[1]):
            raise SizeError(f"{size} does not divide evenly for some of the values")
        return parts[0] // parts[1]
    return reduce(numpy.maximum if op == "max" else numpy.minimum, parts)


def _is_array(value: Any) -> bool:
    return hasattr(value, "dtype") and hasattr(value, "astype")


def _roomy(size: Size, values: Mapping[str, Any], arrays: Mapping[str, Any]) -> dict[str, Any]:
    # arrays as int64 if no intermediate can overflow, else as exact Python integers
    for name, array in arrays.items():
        if array.dtype.kind not in "iuO":
            raise SizeError(f"values for {name}", expected="an array of integers", received=array.dtype)
    magnitudes = {name: _largest(value) for name, value in values.items() if not isinstance(value, Expr)}
    fits = _bound(size, magnitudes) < 2**63
    return {name: array.astype("int64" if fits else "object") for name, array in arrays.items()}


def _largest(value: Any) -> int:
    if not _is_array(value):
        return abs(value) if isinstance(value, int) else 2**63
    if type(value).__module__.split(".")[0] != "numpy":
        return 2**32  # a lazy array (dask): looking would compute it
    return max(abs(int(value.max())), abs(int(value.min()))) if value.size else 0


def _bound(size: Size, magnitudes: Mapping[str, int]) -> int:
    # an upper bound on |every intermediate result|; |⌊a/b⌋| ≤ |a| for |b| ≥ 1
    if isinstance(size, int):
        return abs(size)
    if size.op in ("name", "?"):
        return magnitudes.get(size.args[0], 2**63)
    if size.op == "^":
        return int(_bound(size.args[0], magnitudes) ** size.args[1])
    parts = [_bound(arg, magnitudes) for arg in size.args]
    if size.op == "+":
        return sum(parts)
    if size.op == "*":
        return reduce(lambda a, b: max(a, 1) * max(b, 1), parts)
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
