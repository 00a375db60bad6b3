"""What PyTorch's functions keep for the backward pass (tools/autograd/derivatives.yaml in PyTorch's source).

The table that declares a function names what it keeps; here is what these names mean. A rule takes an operation and
gives the tensors that it makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

from ....core.shapes import Shape
from ....graph.program import Mark
from ....symbolic import Size
from .torch_operations import (
    attention_of_heads,
    dropout,
    layer_norm,
    linear,
    made,
    multiply,
    permuted,
    reshaped,
    viewed,
)
from .values import Memory, Tape, UnknownLayout, Value, is_one, laid_out_like

FLOATS = ("torch.float", "torch.float32")
PLACES = ("torch.device", "torch.cuda", "cpu", "cuda")


class Unclear(Exception):
    """An argument is unknown that decides what is kept."""


class Operation(NamedTuple):
    """A call of a function.

    Attributes
    ----------
    name : str
    tape : Tape
    args : tuple
        Tensors are values, whatever else there is is itself.
    kwargs : mapping
    outs : tuple of shapes
    """

    name: str
    tape: Tape
    args: Sequence[object]
    kwargs: Mapping[str, object]
    outs: Sequence[Shape]

    @property
    def x(self) -> Value:
        """The first tensor."""
        first = self.args[0] if self.args else self.kwargs.get("input")
        if not isinstance(first, Value):
            raise Unclear
        return first

    @property
    def in_place(self) -> bool:
        """Whether the result is written into the first tensor."""
        given = self.option("inplace", len(self.args), False)
        if not isinstance(given, bool):
            raise Unclear
        return given

    def option(self, name: str, place: int, default: object) -> object:
        """Give an argument that is no tensor."""
        return self.kwargs.get(name, self.args[place] if place < len(self.args) else default)

    def tensors(self) -> list[Value]:
        """List the arguments that are tensors.

        Raises
        ------
        Unclear
            Where it is unknown whether an argument is one.
        """
        return [*_tensors((*self.args, *self.kwargs.values()))]

    def out(self, *sources: Value, like: Sequence[Value] = (), live: bool = False, index: int = 0) -> Value:
        """Make an output that depends on some tensors, its axes in the order of those that it is made of."""
        if self.in_place:
            return self.x._replace(live=live or any(one.live for one in sources))
        shape = self.outs[index]
        return made(shape, "output", *sources, live=live)._replace(strides=laid_out(shape, like or sources))

    def view(self, shape: Shape, strides: tuple[Size, ...] | None) -> list[Value]:
        """Give the memory of the first tensor in another shape."""
        return [self.x._replace(shape=shape, strides=strides)]


def _tensors(values: Sequence[object]) -> Iterator[Value]:
    for one in values:
        if one is Mark.UNKNOWN:
            raise Unclear
        if isinstance(one, Value):
            yield one
        elif isinstance(one, tuple):
            yield from _tensors(one)


def laid_out(shape: Shape, sources: Sequence[Value]) -> tuple[Size, ...] | None:
    """Give the strides of what is made of tensors element by element; ``None`` where they are unknown."""
    if all(_plain(one) for one in sources):
        return ()
    if any(one.strides is None or not _spreads(one.shape, shape) for one in sources):
        return None
    steps = [_steps_along(one, shape) for one in sources]
    numbers = [[one for one in sizes if isinstance(one, int)] for sizes in (shape, *steps)]
    if all(len(one) == len(shape) for one in numbers):
        return _in_order(numbers[0], numbers[1:])
    return laid_out_like(sources[0]) if sources[0].shape == shape else None


def _plain(x: Value) -> bool:
    # whether its axes surely lie in their own order
    return x.strides is not None and x.contiguous


def _spreads(own: Shape, shape: Shape) -> bool:
    pairs = zip(own[::-1], shape[::-1], strict=False)
    return len(own) <= len(shape) and all(one == size or is_one(one) for one, size in pairs)


def _steps_along(x: Value, shape: Shape) -> tuple[Size, ...]:
    # where a tensor is spread along an axis, it stays at one place
    lead = len(shape) - len(x.shape)
    pairs = zip(x.shape, shape[lead:], x.steps, strict=True)
    return (*[0] * lead, *(step if own == size else 0 for own, size, step in pairs))


def _in_order(shape: Sequence[int], steps: Sequence[Sequence[int]]) -> tuple[Size, ...]:
    # axes are exchanged, from the innermost on, as the first tensor tells that moves along both
    order = [*range(len(shape))][::-1]

    def outward(one: int, other: int) -> int:
        for own in steps:
            first, second = own[one], own[other]
            if first == 0 or second == 0:
                continue
            if first != second:
                return 1 if first > second else -1
            if shape[one] > shape[other]:
                return 1
        return 0

    for place in range(1, len(order)):
        moved = place
        for before in range(place - 1, -1, -1):
            found = outward(order[before], order[moved])
            if found > 0:
                order[before], order[moved] = order[moved], order[before]
                moved = before
            elif found < 0:
                break
    found_steps: list[Size] = [1] * len(shape)
    for at, axis in enumerate(order):
        found_steps[axis] = prod(shape[inner] for inner in order[:at])
    return tuple(found_steps)


# --- number by number ------------------------------------------------------------------------------------------------


def _nothing(op: Operation) -> Sequence[Value]:
    sources = op.tensors()
    return [op.out(*sources, index=at) for at in range(len(op.outs))]


def _cut(op: Operation) -> Sequence[Value]:
    return [op.out()._replace(live=False, strides=() if _plain(op.x) else None)]


def _comparison(op: Operation) -> Sequence[Value]:
    out = op.out(like=op.tensors())
    out.memory.dtype = "bool"
    return [out]


def _new_like(op: Operation) -> Sequence[Value]:
    known = op.x.live or (op.x.memory.counted and op.x.memory.sure)
    out = op.out(like=[op.x])
    return [out._replace(memory=Memory(out.size, "constant", op.x.memory.dtype, sure=known, counted=known))]


def _joined(op: Operation) -> Sequence[Value]:
    # tensors of images may lie in another order, and are joined in it
    plain = len(op.outs[0]) < 4 or all(_plain(one) for one in op.tensors())
    return [op.out(*op.tensors())._replace(strides=() if plain else None)]


def _repeated(op: Operation) -> Sequence[Value]:
    return [op.out(op.x)._replace(strides=())]


def _input(op: Operation) -> Sequence[Value]:
    _keep_input(op)
    return [op.out(op.x)]


def _keep_input(op: Operation, needed: bool = True) -> None:
    # in place, it is copied first
    if op.x.live and needed and op.in_place:
        op.tape.new("copy of the input", op.x.size)
    elif op.x.live and needed:
        op.tape.keep(op.x)


def _output(op: Operation) -> Sequence[Value]:
    out = op.out(op.x)
    if op.x.live:
        op.tape.keep(out)
    return [out]


def _input_and_output(op: Operation) -> Sequence[Value]:
    _keep_input(op)
    return _output(op)


def _result_in_place(op: Operation) -> Sequence[Value]:
    return _output(op) if op.in_place else _input(op)


def _log_sigmoid(op: Operation) -> Sequence[Value]:
    op.tape.new("exponentials", op.x.size, times=op.x.live)
    return _input(op)


def _normalized(op: Operation) -> Sequence[Value]:
    # a softmax lays its result out anew
    out = op.out(op.x)._replace(strides=() if _plain(op.x) else None)
    if op.x.live:
        op.tape.keep(out)
    return [out]


def _power(op: Operation) -> Sequence[Value]:
    base, exponent = op.args[:2] if len(op.args) > 1 else (op.args[0], op.kwargs.get("exponent"))
    if isinstance(base, Value) and isinstance(exponent, (int, float)):
        return _input(op)
    if op.in_place or not isinstance(exponent, Value):
        raise Unclear
    tensors = op.tensors()
    out = op.out(*tensors)
    if not isinstance(base, Value) and not _plain(out):
        out = out._replace(strides=None)
    if any(one.live for one in tensors):
        op.tape.keep(*tensors)
    if exponent.live:
        op.tape.keep(out)
    return [out]


def _clamp(op: Operation) -> Sequence[Value]:
    if len(op.tensors()) > 1:
        raise Unclear
    return _input(op)


def _factors(op: Operation) -> Sequence[Value]:
    tensors = op.tensors()
    if len(tensors) == 2:
        left, right = tensors
        if left.live:
            op.tape.keep(right)
        if right.live and op.in_place:
            op.tape.new("copy of the input", left.size)
        elif right.live:
            op.tape.keep(left)
    return [op.out(*tensors)]


def _quotient(op: Operation) -> Sequence[Value]:
    tensors = op.tensors()
    if len(tensors) == 2:
        left, right = tensors
        if left.live or right.live:
            op.tape.keep(right)
        if right.live and op.in_place:
            op.tape.new("copy of the input", left.size)
        elif right.live:
            op.tape.keep(left)
    elif not isinstance(op.args[0], Value):  # a number over a tensor is a number times its reciprocal
        (x,) = tensors
        out = op.out(x)
        op.tape.new("reciprocal", out.size, times=x.live)
        return [out]
    return [op.out(*tensors)]


def _both(op: Operation) -> Sequence[Value]:
    tensors = op.tensors()
    if any(one.live for one in tensors):
        op.tape.keep(*tensors)
    return [op.out(*tensors)]


def _mask(op: Operation) -> Sequence[Value]:
    x, mask, *others = op.tensors()
    if x.live or any(one.live for one in others):
        op.tape.keep(mask)
    return [op.out(x, *others, like=(x, mask))]


def _condition(op: Operation) -> Sequence[Value]:
    condition, *others = op.tensors()
    if any(one.live for one in others):
        op.tape.keep(condition)
    return [op.out(*others, like=(condition, *others))]


# --- dropout and normalization ---------------------------------------------------------------------------------------


def _dropping(mask: Callable[[Shape], Size]) -> Rule:
    def rule(op: Operation) -> Sequence[Value]:
        rate, training = op.option("p", 1, 0.5), op.option("training", 2, True)
        if training is False:
            return [op.x]
        if not isinstance(rate, (int, float)) or training not in (True, Mark.TRAINING):
            raise Unclear
        out = dropout(op.tape, op.x, rate, mask=mask(op.x.shape))
        return [op.x if op.option("inplace", 3, False) is True else out]

    return rule


def _unit_vectors(op: Operation) -> Sequence[Value]:
    p, dim = op.option("p", 1, 2.0), op.option("dim", 2, 1)
    if p != 2 or not isinstance(dim, int):
        raise Unclear
    x = op.x
    at = dim % len(x.shape)
    if x.live:
        op.tape.keep(x)
    norms = prod((*x.shape[:at], *x.shape[at + 1 :]))
    op.tape.new("norms, before and after their lower bound", 2 * norms, times=x.live)
    return [op.out(x)]


def _layer_norm(op: Operation) -> Sequence[Value]:
    x, *weights = op.tensors()
    shape = op.option("normalized_shape", 1, None)
    last = len(shape) if isinstance(shape, tuple) else 1
    out = layer_norm(op.tape, x, prod(x.shape[:-last]), any(one.live for one in weights), False)
    return [out._replace(strides=() if _plain(x) else None)]


# --- sums ------------------------------------------------------------------------------------------------------------


def _places(op: Operation) -> Sequence[Value]:
    if len(op.outs) == 1:
        return _input_and_output(op)
    places = op.out(like=[op.x], index=1)
    places.memory.dtype, places.memory.name = "int64", "places"
    if op.x.live:
        op.tape.keep(places)
    return [op.out(op.x), places._replace(live=False)]


# --- products --------------------------------------------------------------------------------------------------------


def _two_matrices(op: Operation) -> Sequence[Value]:
    left, right = op.tensors()
    return [multiply(op.tape, left, right, "output", op.outs[0])]


def _matrices(op: Operation) -> Sequence[Value]:
    left, right = op.tensors()
    wide, narrow = len(left.shape), len(right.shape)
    shape = op.outs[0]
    if wide <= 2 and narrow <= 2:
        return _two_matrices(op)
    if narrow <= 2:  # the rows of all matrices at once
        if right.live:
            op.tape.keep(reshaped(left, (prod(left.shape[:-1]), left.shape[-1])))
        if left.live:
            op.tape.keep(right)
        return [made(shape, "output", left, right)]
    if wide <= 2:
        raise Unclear
    several = shape[:-2]
    left, right = (_matrices_of(one, several) for one in (left, right))
    return [multiply(op.tape, left, right, "output", shape)]


def _matrices_of(x: Value, several: Shape) -> Value:
    # one matrix for each place along the other axes
    return reshaped(_expanded_to(x, (*several, *x.shape[-2:])), (prod(several), *x.shape[-2:]))


def _expanded_to(x: Value, shape: Shape) -> Value:
    if x.shape == shape:
        return x
    return x._replace(shape=shape, strides=_steps_along(x, shape))


def _linear(op: Operation) -> Sequence[Value]:
    x, weight, *bias = op.tensors()
    if x.live:
        op.tape.keep(weight)
    return [linear(op.tape, x, op.outs[0][-1], "output", weight.live, any(one.live for one in bias))]


def _attention(op: Operation) -> Sequence[Value]:
    tensors = op.tensors()
    rate = op.option("dropout_p", 4, 0.0)
    if len(tensors) != 3 or not isinstance(rate, (int, float)) or rate != 0 or op.option("enable_gqa", 7, False):
        raise Unclear
    q, k, v = tensors
    if len(q.shape) != 4 or q.shape[:2] != k.shape[:2] or q.shape[-1] != v.shape[-1]:
        raise Unclear
    return [attention_of_heads(op.tape, q, k, v)]


def _table(op: Operation) -> Sequence[Value]:
    places, table = op.tensors()
    if table.live:
        op.tape.keep(places)
    return [op.out(table, like=[places])._replace(strides=() if _plain(places) else None)]


# --- the same numbers in other shapes --------------------------------------------------------------------------------


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
    return [_expanded_to(op.x, op.outs[0])]


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


def _floats(op: Operation) -> Sequence[Value]:
    # numbers that need a gradient are of the usual dtype, or nothing is known of theirs
    given = (*op.args[1:], *(value for key, value in op.kwargs.items() if key in ("dtype", "device")))
    if not all(isinstance(one, str) and one.startswith((*FLOATS, *PLACES)) for one in given):
        raise Unclear
    usual = op.x.live or (op.x.memory.counted and not op.x.memory.dtype)
    if usual or not (op.name == "float" or any(one in FLOATS for one in given)):
        return [op.x]
    return [op.x._replace(memory=Memory(op.x.size, counted=False, sure=False))]


def _whole_numbers(op: Operation) -> Sequence[Value]:
    # where they are whole numbers already, they are the same
    dtype = {"int": "int32", "long": "int64", "bool": "bool"}[op.name]
    if op.x.memory.counted and op.x.memory.sure:
        out = op.out(like=[op.x])
        out.memory.dtype = dtype
        return [op.x if op.x.memory.dtype == dtype else out]
    return [op.x._replace(live=False, memory=Memory(op.x.size, counted=False, sure=False))]


def _written(op: Operation) -> Sequence[Value]:
    return [op.x._replace(live=any(one.live for one in op.tensors()))]


def _constant(op: Operation) -> Sequence[Value]:
    (dtype,) = op.args
    return [Value(op.outs[0], Memory(prod(op.outs[0]), "constant", str(dtype)))]


Rule = Callable[[Operation], Sequence[Value]]
RULES: dict[str, Rule] = {
    "nothing": _nothing,
    "cut": _cut,
    "input": _input,
    "output": _output,
    "input and output": _input_and_output,
    "input or result in place": _result_in_place,
    "input and exponentials": _log_sigmoid,
    "normalized output": _normalized,
    "power": _power,
    "clamp": _clamp,
    "factors": _factors,
    "quotient": _quotient,
    "both": _both,
    "mask": _mask,
    "condition": _condition,
    "mask of numbers": _dropping(prod),
    "mask of channels": _dropping(lambda shape: shape[0] * shape[1]),
    "unit vectors": _unit_vectors,
    "layer norm": _layer_norm,
    "places": _places,
    "joined": _joined,
    "repeated": _repeated,
    "comparison": _comparison,
    "like": _new_like,
    "two matrices": _two_matrices,
    "matrices": _matrices,
    "linear": _linear,
    "attention": _attention,
    "table": _table,
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
    "floats": _floats,
    "whole numbers": _whole_numbers,
    "written": _written,
    "constant": _constant,
}
