"""Entries that the tables of several frameworks share: layers that move data, pooling, recurrent layers, wrappers."""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd, prod

from ....core.rule import Layer
from ....core.shapes import Shape
from ....symbolic import Size
from .call import Call, Count, UnknownOperations, dropout

Table = dict[str, Count]
TAPS = {"bilinear": 2, "linear": 2, "trilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}


def nothing(call: Call) -> Size:
    """Move, copy or view numbers."""
    return 0


def each(number: int) -> Count:
    """Take so many operations for each element of the output."""
    return lambda call: number * call.n


def ranks(pattern: str, count: Count, *numbers: int) -> Table:
    """Give the classes of several numbers of spatial axes one entry."""
    return {pattern.format(number): count for number in numbers}


def same(names: str, count: Count) -> Table:
    """Give several classes one entry."""
    return dict.fromkeys(names.split(), count)


def biased(call: Call) -> Size:
    """Add a bias to every element of the output, and apply the activation."""
    bias = call.options.get("use_bias", call.options.get("bias", False))
    return (call.n if bias else 0) + call.activation(call.outputs[0])


def largest_of(call: Call, window: Size) -> Size:
    """Take the largest of each window, also where it lies over an edge: w − 1 comparisons."""
    return call.n * (window - 1)


def mean_of(call: Call, window: Size) -> Size:
    """Take the mean of each window, also where it lies over an edge: w − 1 additions and a quotient."""
    return call.n * window


def covered(lengths: Iterable[Size], places: Iterable[Size]) -> Size:
    """Add up the elements of all windows from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉ on each axis: n + m − gcd(n, m).

    Raises
    ------
    UnknownOperations
        Where the divisor depends on symbols.
    """
    total: Size = 1
    for n, m in zip(lengths, places, strict=True):
        if isinstance(m, int) and m == 1:
            total = total * n
        elif isinstance(n, int) and isinstance(m, int):
            total = total * (n + m - gcd(n, m))
        elif n == m:
            total = total * n
        else:
            raise UnknownOperations("adaptive windows on an axis of an unknown length")
    return total


def broadcast(shapes: Iterable[Shape]) -> list[Size]:
    """Give the number of elements of the first shapes together, for two of them, for three, and so on."""
    sizes: list[Size] = []
    whole: Shape = ()
    for place, shape in enumerate(shapes):
        rank = max(len(whole), len(shape))
        one, other = ((1,) * (rank - len(part)) + part for part in (whole, shape))
        whole = tuple(b if isinstance(a, int) and a == 1 else a for a, b in zip(one, other, strict=True))
        if place:
            sizes.append(prod(whole))
    return sizes


def merged(call: Call) -> Size:
    """Merge the inputs one after the other, an operation for each element."""
    return sum(broadcast(call.inputs))


def averaged(call: Call) -> Size:
    """Add the inputs up, and divide by their number."""
    return merged(call) + call.n


def dropped(call: Call) -> Size:
    """Drop elements in training."""
    return dropout(call.n) if call.training else 0


def axes_of(axis: int | tuple[int, ...]) -> tuple[int, ...]:
    """List the axes of an option that may be one."""
    return (axis,) if isinstance(axis, int) else tuple(axis)


def without_axes(shape: Shape, places: Iterable[int]) -> Size:
    """Count the groups that are left when some axes are summed over."""
    over = {place % len(shape) for place in places}
    return prod(size for at, size in enumerate(shape) if at not in over)


def over_time(call: Call) -> Size:
    """Run the cell inside at every time step."""
    x = call.inputs[0]
    cells = call.options["cell"]
    return x[1] * _stack(call, cells if isinstance(cells, tuple) else (cells,), (x[0], *x[2:]))


def stack(call: Call) -> Size:
    """Run one cell after the other."""
    cells = call.options["cells"]
    return _stack(call, cells if isinstance(cells, tuple) else (cells,), call.inputs[0])


def _stack(call: Call, cells: Iterable[object], x: Shape) -> Size:
    total: Size = 0
    for cell in cells:
        if not isinstance(cell, Layer):
            raise UnknownOperations("a cell that is no layer")
        total = total + call.inside(cell, (x,))
        x = cell.on(x).shapes()[0]
    return total


def each_step(call: Call) -> Size:
    """Apply the layer inside to every time step."""
    batch, steps, *rest = call.inputs[0]
    return steps * call.inside(call.options["layer"], ((batch, *rest),))


MERGES = {"sum": 1, "mul": 1, "ave": 2}  # operations for each element of the output


def both_ways(call: Call) -> Size:
    """Run both directions, and merge their outputs."""
    back = call.options["backward_layer"]
    there = call.inside(call.options["layer"], call.inputs)
    here = there if back is None else call.inside(back, call.inputs)
    mode = call.options["merge_mode"]
    return there + here + MERGES.get(mode, 0) * call.n


WRAPPERS: Table = {"RNN": over_time, "StackedRNNCells": stack, "Bidirectional": both_ways, "TimeDistributed": each_step}
