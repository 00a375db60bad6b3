"""PyTorch's functions that give the same numbers in other shapes: views, and the copies where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from ....symbolic import Size
from .calls import Operation, Rule, Unclear, expanded_to
from .torch_operations import made, permuted, reshaped, viewed
from .values import UnknownLayout, Value


def _detached(op: Operation) -> Sequence[Value]:
    return [op.x._replace(live=op.x.live and op.name != "detach")]


def _view(op: Operation) -> Sequence[Value]:
    x, shape = op.x, op.outs[0]
    try:
        return op.view(shape, () if x.contiguous else viewed(x, shape))
    except UnknownLayout:
        return op.view(shape, None)


def _shape(op: Operation) -> Sequence[Value]:
    if op.outs[0] == op.x.shape:
        return [op.x]
    return [reshaped(op.x, op.outs[0])]


def _order(op: Operation) -> Sequence[Value]:
    x = op.x
    axes = [*range(len(x.shape))]
    if op.name == "permute":
        given = op.option("dims", 1, ())
        several = given if isinstance(given, tuple) else op.args[1:]
        axes = [one % len(axes) for one in several if isinstance(one, int)]
    elif op.name == "transpose":
        first, second = op.option("dim0", 1, None), op.option("dim1", 2, None)
        if not isinstance(first, int) or not isinstance(second, int):
            raise Unclear
        axes[first], axes[second] = axes[second], axes[first]
    elif op.name == "mT":
        axes[-2:] = axes[:-3:-1]
    else:
        axes.reverse()
    return [permuted(x, axes)]


def _new_axis(op: Operation) -> Sequence[Value]:
    dim = op.option("dim", 1, None)
    if not isinstance(dim, int):
        raise Unclear
    at, strides = dim % len(op.outs[0]), op.x.strides
    return op.view(op.outs[0], (*strides[:at], 1, *strides[at:]) if strides else strides)


def _axis_left_out(op: Operation) -> Sequence[Value]:
    x, shape, dim = op.x, op.outs[0], op.option("dim", 1, None)
    if not x.strides or len(shape) == len(x.shape):
        return op.view(shape, x.strides)
    if not isinstance(dim, int):
        raise Unclear
    at = dim % len(x.shape)
    return op.view(shape, (*x.strides[:at], *x.strides[at + 1 :]))


def _expanded(op: Operation) -> Sequence[Value]:
    return [expanded_to(op.x, op.outs[0])]


def _pieces(op: Operation) -> Sequence[Value]:
    return [op.x._replace(shape=shape, strides=None if op.x.strides is None else op.x.steps) for shape in op.outs]


def _items(op: Operation) -> Sequence[Value]:
    dim = op.option("dim", 1, 0)
    if not isinstance(dim, int):
        raise Unclear
    at = dim % len(op.x.shape)
    strides = None if op.x.strides is None else (*op.x.steps[:at], *op.x.steps[at + 1 :])
    return [op.x._replace(shape=shape, strides=strides) for shape in op.outs]


def _item(op: Operation) -> Sequence[Value]:
    keys = op.args[1]
    assert isinstance(keys, tuple)
    x = op.x
    if x.strides is None:
        return op.view(op.outs[0], None)
    given = sum(one is not None and one is not ... for one in keys)
    steps, found = [*x.steps], list[Size]()
    for key in keys:
        if key is None:
            found.append(1)
        elif key is ...:
            count = len(x.shape) - given
            found, steps = [*found, *steps[:count]], steps[count:]
        elif isinstance(key, slice):
            step = 1 if key.step is None else key.step
            if not isinstance(step, int):
                raise Unclear
            found.append(steps.pop(0) * step)
        else:
            steps.pop(0)
    return op.view(op.outs[0], (*found, *steps))


def _indices(op: Operation) -> Sequence[Value]:
    keys = op.args[1]
    assert isinstance(keys, tuple)
    if not all(isinstance(one, Value) or one == slice(None) for one in keys):
        raise Unclear
    indices = [one for one in keys if isinstance(one, Value)]
    if op.x.live:
        op.tape.keep(*indices)
    return [op.out(op.x)._replace(strides=None)]


def _contiguous(op: Operation) -> Sequence[Value]:
    return [op.x] if op.x.contiguous else [made(op.x.shape, "output", op.x)]


RULES: dict[str, Rule] = {
    "same": _detached,
    "view": _view,
    "shape": _shape,
    "order of axes": _order,
    "new axis": _new_axis,
    "axis left out": _axis_left_out,
    "expanded": _expanded,
    "pieces": _pieces,
    "items": _items,
    "item": _item,
    "indices": _indices,
    "laid out": _contiguous,
}
