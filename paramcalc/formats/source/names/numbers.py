"""Names: tensors of known numbers, from which programs compute sizes: ``torch.arange``, arithmetic, ``tolist``.

A framework computes in 32 bits, so each number has a bound of its error. It becomes a size only where it has none: what
rounds it is known where both ends of the interval round alike.
"""

from __future__ import annotations

import ast
import math
import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..memory.objects import List, Value
from ..memory.state import State

MOST = 4_096  # numbers in a tensor
SINGLE = 2.0**-21  # relative; eight times the precision of 32 bits, for functions that round the last place wrong
WHOLE = 2.0**24  # up to it whole numbers are exact in 32 bits


class Near(NamedTuple):
    """A number, and how far from it the one of the framework may be."""

    value: float
    error: float = 0.0

    @property
    def ends(self) -> tuple[float, float]:
        """The interval."""
        return self.value - self.error, self.value + self.error


class Numbers(NamedTuple):
    """What a tensor of one axis or none holds.

    Attributes
    ----------
    near : tuple of Near
    whole : bool
        Whether the tensor is of whole numbers.
    scalar : bool
        Whether it has no axis.
    """

    near: tuple[Near, ...]
    whole: bool
    scalar: bool = False


def literal(value: Value) -> Numbers | None:
    """Make what ``torch.tensor`` of a number or a flat list holds."""
    items = value.items if isinstance(value, List) and value.blur is None else value
    scalar = not isinstance(items, (list, tuple))
    given = list(items) if isinstance(items, (list, tuple)) else [items]
    found = [one for one in given if isinstance(one, (int, float)) and math.isfinite(one)]
    if len(found) > MOST or len(found) < len(given):
        return None
    whole = all(isinstance(one, int) for one in found)
    return Numbers(tuple(_single(Near(one), whole) for one in found), whole, scalar)


def _single(one: Near, whole: bool) -> Near:
    return one if whole or _is_single(one.value) else Near(one.value, one.error + abs(one.value) * SINGLE)


def _is_single(value: float) -> bool:
    # whether 32 bits hold it, so that the rounded result of an operation is the true one
    try:
        return bool(struct.unpack("f", struct.pack("f", value))[0] == value)
    except (OverflowError, struct.error):
        return False


def arange(ends: Sequence[int]) -> Numbers | None:
    """Make what ``torch.arange`` of whole numbers holds."""
    found = range(*ends)
    return Numbers(tuple(map(Near, found)), True) if len(found) <= MOST else None


OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
NAMED: dict[str, type[ast.operator]] = {
    "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "div": ast.Div, "divide": ast.Div, "multiply": ast.Mult,
    "subtract": ast.Sub, "true_divide": ast.Div, "pow": ast.Pow,
}  # fmt: skip
ROUNDINGS: dict[str, Callable[[float], float]] = {
    "round": round, "floor": math.floor, "ceil": math.ceil, "trunc": math.trunc,
}  # fmt: skip
GROWING: dict[str, Callable[[float], float]] = {
    "log": math.log, "log2": math.log2, "exp": math.exp, "sqrt": math.sqrt,
}  # fmt: skip


def combined(op: type[ast.operator], a: Numbers | float, b: Numbers | float) -> Numbers | None:
    """Combine numbers with numbers, or with one number; ``None`` where that is unknown."""
    function = OPERATORS.get(op)
    sides = [one.near if isinstance(one, Numbers) else (_single(Near(one), isinstance(one, int)),) for one in (a, b)]
    longest = max(len(sides[0]), len(sides[1]))
    if function is None or any(len(one) not in (1, longest) for one in sides):
        return None
    x, y = (one * longest if len(one) == 1 else one for one in sides)
    whole = op in (ast.Add, ast.Sub, ast.Mult) and all(
        one.whole if isinstance(one, Numbers) else isinstance(one, int) for one in (a, b)
    )
    try:
        found = tuple(_pair(function, one, other, whole) for one, other in zip(x, y, strict=True))
    except (ArithmeticError, ValueError, TypeError):
        return None
    scalar = all(one.scalar for one in (a, b) if isinstance(one, Numbers))
    return Numbers(found, whole, scalar)


def _pair(function: Callable[[float, float], float], a: Near, b: Near, whole: bool) -> Near:
    value = function(a.value, b.value)
    corners = [function(one, other) for one in a.ends for other in b.ends]
    error = max(abs(one - value) for one in corners)
    if isinstance(value, complex) or not math.isfinite(value + error):
        raise ValueError
    exact = error == 0 and (whole or _is_single(value))
    return Near(value, 0.0 if exact else error + max(abs(value), abs(a.value), abs(b.value)) * SINGLE)


def applied(name: str, x: Numbers) -> Numbers | None:
    """Apply a function to each number; ``None`` where what it gives is unknown."""
    if name not in ROUNDINGS and name not in GROWING:
        return None
    try:
        found = tuple(
            _rounded(ROUNDINGS[name], one) if name in ROUNDINGS else _grown(GROWING[name], one) for one in x.near
        )
    except (ArithmeticError, ValueError):
        return None
    return Numbers(found, x.whole and name in ROUNDINGS, x.scalar)


def _rounded(function: Callable[[float], float], one: Near) -> Near:
    low, high = (function(end) for end in one.ends)
    if low != high or abs(low) > WHOLE:
        raise ValueError
    return Near(low)


def _grown(function: Callable[[float], float], one: Near) -> Near:
    value = function(one.value)
    error = max(abs(function(end) - value) for end in one.ends)
    return Near(value, error + abs(value) * SINGLE)


def differences(x: Numbers) -> Numbers | None:
    """Give what ``torch.diff`` gives of whole numbers."""
    if x.scalar or not x.whole:
        return None
    return Numbers(tuple(Near(b.value - a.value) for a, b in zip(x.near, x.near[1:], strict=False)), True)


def made_whole(x: Numbers) -> Numbers | None:
    """Give what ``int()`` of a tensor gives: the same where it is of whole numbers."""
    found = x if x.whole else applied("trunc", x)
    return found if found is None or found.whole else Numbers(found.near, True, x.scalar)


def plain(run: State, x: Numbers) -> Value:
    """Give what ``tolist`` or ``item`` gives; a number with an error is unknown."""
    kind = int if x.whole else float
    found: list[Value] = [
        run.unknown("a number that is rounded", scalar=True) if one.error else kind(one.value) for one in x.near
    ]
    return found[0] if x.scalar else List(found)
