"""What PyTorch's functions keep for the backward pass (tools/autograd/derivatives.yaml in PyTorch's source).

The table that declares a function names what it keeps; here is what these names mean. A rule takes an operation and
gives the tensors that it makes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from ....core.shapes import Shape
from ....graph.program import Mark
from ....symbolic import Expr, Size
from . import torch_views
from .calls import Operation, Rule, Unclear, expanded_to, in_own_order
from .torch_operations import attention_of_heads, dropout, layer_norm, linear, made, multiply, reshaped
from .values import Memory, Value

FLOATS = ("torch.float", "torch.float32")
OF_TYPES = ("floats", "constant")  # what these do is decided by the dtype that they are given
PLACES = ("torch.device", "torch.cuda", "cpu", "cuda")


# --- number by number ------------------------------------------------------------------------------------------------


def _nothing(op: Operation) -> Sequence[Value]:
    sources = op.tensors()
    return [op.out(*sources, index=at) for at in range(len(op.outs))]


def _cut(op: Operation) -> Sequence[Value]:
    out = op.out()._replace(live=False, strides=() if in_own_order(op.x) else None)
    out.memory.dtype = "bool" if op.name in ("all", "any") else "int64"
    return [out]


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
    plain = len(op.outs[0]) < 4 or all(in_own_order(one) for one in op.tensors())
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
    out = op.out(op.x)._replace(strides=() if in_own_order(op.x) else None)
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
    if not isinstance(base, Value) and not in_own_order(out):
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
    return [out._replace(strides=() if in_own_order(x) else None)]


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
    return reshaped(expanded_to(x, (*several, *x.shape[-2:])), (prod(several), *x.shape[-2:]))


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
    return [op.out(table, like=[places])._replace(strides=() if in_own_order(places) else None)]


# --- types and places ------------------------------------------------------------------------------------------------


def _floats(op: Operation) -> Sequence[Value]:
    # numbers that need a gradient are of the usual dtype, or nothing is known of theirs
    given = (*op.args[1:], *(value for key, value in op.kwargs.items() if key in ("dtype", "device")))
    if not all(isinstance(one, str) and (one in FLOATS or one.startswith(PLACES)) for one in given):
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
    if op.name == "__setitem__" and not _plain_places(op.args[1]):
        raise Unclear  # the places are kept
    return [op.x._replace(live=any(one.live for one in op.tensors()))]


def _plain_places(key: object) -> bool:
    several = key if isinstance(key, tuple) else (key,)
    return all(one is None or one is ... or isinstance(one, (int, slice, Expr)) for one in several)


def _constant(op: Operation) -> Sequence[Value]:
    (dtype,) = op.args
    return [Value(op.outs[0], Memory(prod(op.outs[0]), "constant", str(dtype)))]


RULES: dict[str, Rule] = {
    **torch_views.RULES,
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
    "floats": _floats,
    "whole numbers": _whole_numbers,
    "written": _written,
    "constant": _constant,
}
