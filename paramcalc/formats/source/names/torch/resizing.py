"""Names: PyTorch. Functions that give a tensor other sizes: interpolation, padding, parts along an axis."""

from __future__ import annotations

from math import floor

from .....symbolic import Size
from ...memory.objects import Host, Unknown, Value
from ...memory.state import State
from ...values.containers import items_of
from ..native import Args, Kwargs, by_name
from .tensors import Tensor

Shape = tuple[Size, ...]


def _each(run: State, value: Value, count: int) -> list[Value]:
    # one value for each axis
    if isinstance(value, (int, float)):
        return [value] * count
    items = items_of(run, value)
    return [] if isinstance(items, Unknown) else items


def interpolated(run: State, shape: Shape | None, args: Args, kwargs: Kwargs) -> Value:
    """Give what ``interpolate`` makes: all axes but the first two have the sizes that are asked for, or scaled ones."""
    given = by_name(("size", "scale_factor"), args, kwargs)
    size, factor = given.get("size"), given.get("scale_factor")
    if shape is None or len(shape) < 3:
        return Tensor(None)
    inner = shape[2:]
    if size is not None:
        wanted = [one for one in _each(run, size, len(inner)) if isinstance(one, int)]
        return Tensor((*shape[:2], *wanted) if len(wanted) == len(inner) else None)
    factors = [one for one in _each(run, factor, len(inner)) if isinstance(one, (int, float))]
    sizes: list[Size] = []
    for one, scale in zip(inner, factors, strict=False):
        if isinstance(one, int):
            sizes.append(floor(one * scale))
        elif isinstance(scale, int) or scale.is_integer():
            sizes.append(one * int(scale))
    return Tensor((*shape[:2], *sizes) if len(sizes) == len(inner) == len(factors) else None)


def padded(run: State, shape: Shape | None, args: Args, kwargs: Kwargs) -> Value:
    """Give what ``pad`` makes: the pairs of widths are those of the last axis first."""
    widths = items_of(run, by_name(("pad",), args, kwargs).get("pad"))
    sizes = [one for one in widths if isinstance(one, int)] if isinstance(widths, list) else []
    known = isinstance(widths, list) and len(sizes) == len(widths) and len(sizes) % 2 == 0
    if shape is None or not known or len(sizes) > 2 * len(shape):
        return Tensor(None)
    made = list(shape)
    for at in range(len(sizes) // 2):
        made[-1 - at] = made[-1 - at] + sizes[2 * at] + sizes[2 * at + 1]
    return Tensor(tuple(made))


def _swapped(run: State, shape: Shape | None, args: Args, kwargs: Kwargs) -> Value:
    given = by_name(("axis0", "axis1"), args, kwargs)
    first, second = given.get("axis0", given.get("dim0")), given.get("axis1", given.get("dim1"))
    if shape is None or not isinstance(first, int) or not isinstance(second, int):
        return Tensor(None)
    if not all(-len(shape) <= one < len(shape) for one in (first, second)):
        return Tensor(None)
    order = list(shape)
    order[first], order[second] = order[second], order[first]
    return Tensor(tuple(order))


def _narrowed(run: State, shape: Shape | None, args: Args, kwargs: Kwargs) -> Value:
    given = by_name(("dim", "start", "length"), args, kwargs)
    at, length = given.get("dim"), given.get("length")
    if shape is None or not isinstance(at, int) or not isinstance(length, int) or not -len(shape) <= at < len(shape):
        return Tensor(None)
    at %= len(shape)
    return Tensor((*shape[:at], length, *shape[at + 1 :]))


def _selected(run: State, shape: Shape | None, args: Args, kwargs: Kwargs) -> Value:
    at = by_name(("dim", "index"), args, kwargs).get("dim")
    if shape is None or not isinstance(at, int) or not -len(shape) <= at < len(shape):
        return Tensor(None)
    at %= len(shape)
    return Tensor((*shape[:at], *shape[at + 1 :]))


def _as_it_is(run: State, shape: Shape | None, args: Args, kwargs: Kwargs) -> Value:
    return Tensor(shape)


FUNCTIONS: dict[str, Host] = {"interpolate": interpolated, "upsample": interpolated, "pad": padded}
METHODS: dict[str, Host] = {  # and functions
    "swapaxes": _swapped, "swapdims": _swapped, "narrow": _narrowed, "select": _selected,
    **dict.fromkeys(("flip", "roll", "cumsum", "cumprod", "argsort"), _as_it_is),
}  # fmt: skip
