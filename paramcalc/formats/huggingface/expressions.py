"""Expressions in the table of architectures: over the keys of a configuration, sizes and switches; never executed.

They are written as in Python and read as a tree: names, numbers, texts, ``or and not``, comparisons, ``in``, ``is``,
``a if b else c``, ``+ - * // %``, an index, and the functions `default` and `len`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from operator import add, eq, floordiv, ge, getitem, gt, le, lt, mod, mul, ne, sub

from ...errors import FileError
from ...symbolic import Expr

Value = object  # a size, a switch, a word, a list of them, or ``None`` for a key that a configuration lacks
Names = Callable[[str], Value]

_BINARY: Mapping[type[ast.operator], Callable[..., Value]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.FloorDiv: floordiv,
    ast.Mod: mod,
}
_COMPARED: Mapping[type[ast.cmpop], Callable[..., Value]] = {
    ast.Eq: eq,
    ast.NotEq: ne,
    ast.Lt: lt,
    ast.LtE: le,
    ast.Gt: gt,
    ast.GtE: ge,
    ast.Is: lambda one, other: one is other,
    ast.IsNot: lambda one, other: one is not other,
    ast.In: lambda one, several: one in several,
    ast.NotIn: lambda one, several: one not in several,
}


def _default(value: Value, otherwise: Value) -> Value:
    return otherwise if value is None else value


def _length(value: Value) -> Value:
    return len(value) if isinstance(value, (list, tuple, Mapping, str)) else None


FUNCTIONS: Mapping[str, Callable[..., Value]] = {"default": _default, "len": _length}


def _holds(value: Value) -> bool:
    return isinstance(value, Expr) or bool(value)


def evaluate(tree: ast.expr, names: Names) -> Value:
    """Evaluate an expression.

    Parameters
    ----------
    tree : ast.expr
    names : callable
        Gives the value of a name.

    Raises
    ------
    FileError
        For what the grammar has not, and values that do not go together, such as a sum of words and numbers.
    """
    try:
        return _evaluate(tree, names)
    except (TypeError, LookupError, ZeroDivisionError):
        raise FileError("values that do not go together", received=ast.unparse(tree)) from None


def _evaluate(tree: ast.expr, names: Names) -> Value:
    def of(one: ast.expr) -> Value:
        return _evaluate(one, names)

    match tree:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return names(name)
        case ast.Tuple(elts=several) | ast.List(elts=several):
            return tuple(map(of, several))
        case ast.BoolOp(op=op, values=several):
            for one in several:
                found = of(one)
                if _holds(found) is isinstance(op, ast.Or):
                    break
            return found
        case ast.UnaryOp(op=ast.Not(), operand=one):
            return not _holds(of(one))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](of(left), of(right))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARED:
            return _COMPARED[type(op)](of(left), of(right))
        case ast.IfExp(test=test, body=body, orelse=other):
            return of(body) if _holds(of(test)) else of(other)
        case ast.Subscript(value=several, slice=at):
            return getitem(of(several), of(at))  # type: ignore[call-overload]  # a TypeError is caught above
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*map(of, args))
    raise FileError("not an expression of the table", received=ast.unparse(tree))
