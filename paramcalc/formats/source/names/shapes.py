"""Names: shapes of the operations that both frameworks have; ``None`` is a shape that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ....symbolic import Size
from ..memory.objects import List, Value

Shape = tuple[Size, ...]


def indexed(shape: Shape | None, keys: tuple[Value, ...]) -> Shape | None:
    """Give the shape of an item or slice."""
    if shape is None:
        return None
    made: list[Size] = []
    rest = list(shape)
    if ... in keys:
        place = keys.index(...)
        fill = len(shape) - sum(one is not None for one in keys) + 1
        keys = (*keys[:place], *([slice(None)] * fill), *keys[place + 1 :])
    for key in keys:
        if key is None:
            made.append(1)
            continue
        if not rest:
            return None
        size = rest.pop(0)
        if isinstance(key, int) and not isinstance(key, bool):
            continue
        if isinstance(key, List) and key.blur is None and sum(isinstance(one, (int, List)) for one in keys) == 1:
            # several of these would be broadcast against one another
            if not all(type(one) is int for one in key.items):
                return None
            made.append(len(key.items))
            continue
        if not isinstance(key, slice):
            return None
        if key == slice(None):
            made.append(size)
        elif isinstance(size, int) and all(
            isinstance(one, int) or one is None for one in (key.start, key.stop, key.step)
        ):
            made.append(len(range(size)[key]))
        else:
            return None
    return (*made, *rest)


def broadcast(a: Shape | None, b: Shape | None) -> Shape | None:
    """Give the shape of two tensors combined number by number."""
    if a is None or b is None:
        return None
    if len(a) < len(b):
        a, b = b, a
    b = (1,) * (len(a) - len(b)) + b
    made: list[Size] = []
    for x, y in zip(a, b, strict=True):
        if isinstance(x, int) and x == 1:
            made.append(y)
        elif (isinstance(y, int) and y == 1) or x == y or not isinstance(y, int):
            made.append(x)
        elif not isinstance(x, int):
            made.append(y)
        else:
            return None
    return tuple(made)


def matmul(a: Shape | None, b: Shape | None) -> Shape | None:
    """Give the shape of a product of matrices, or of matrices and a vector."""
    if a is None or b is None or not a or not b:
        return None
    if len(b) == 1:
        return a[:-1]
    lead = broadcast(a[:-2], b[:-2])
    return None if lead is None else (*lead, *a[-2:-1], b[-1])


def reduced(x: Shape, place: Value, axes: tuple[int, ...], keep: Value) -> Shape | None:
    """Give the shape of a sum, a mean or the like over some axes, or over all."""
    if not isinstance(keep, bool) or not (place is None or isinstance(place, (int, tuple))):
        return None
    gone = set(range(len(x))) if place is None else {one % len(x) for one in axes}
    return tuple(1 if at in gone else size for at, size in enumerate(x) if keep or at not in gone)


def product_of(name: str, shapes: Sequence[Shape | None]) -> tuple[Size, ...] | None:
    """Count the multiply-adds of each product of a function that multiplies matrices; ``None`` if they are unknown.

    Notes
    -----
    A product of (…, n, k) and (…, k, m) takes n·k·m for each of the leading axes, which broadcast. Attention multiplies
    queries by keys, (…, n, e) by (…, s, e), and the weights by values, (…, n, s) by (…, s, v).
    """
    known = [one for one in shapes if one is not None]
    if len(known) < len(shapes) or len(known) < 2:
        return None
    a, b = known[:2]
    if name == "linear":
        return (prod(a) * b[0],)
    if name == "scaled_dot_product_attention":
        if len(known) < 3 or min(map(len, known)) < 2:
            return None
        rows = prod(a[:-1])
        return rows * b[-2] * a[-1], rows * b[-2] * known[2][-1]
    given = matmul(a, b)
    return None if given is None else (prod(given) * a[-1],)
