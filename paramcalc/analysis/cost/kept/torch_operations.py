"""Operations of PyTorch, and what each keeps for its gradient (tools/autograd/derivatives.yaml in PyTorch's source)."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ....core.shapes import Shape
from ....symbolic import Size
from .values import Call, Memory, Tape, Value, is_one, laid_out_like


def made(shape: Shape, name: str, *sources: Value, live: bool = False, like: Value | None = None) -> Value:
    """Give a tensor of new memory, which needs a gradient if a source of it does.

    Parameters
    ----------
    shape : tuple of int or Expr
    name : str
        What it is, for people.
    sources : Value
    live : bool
        Whether it needs a gradient in any case.
    like : Value, optional
        Whose axes lie in the order in which its own lie.
    """
    whole = live or any(one.live for one in sources)
    return Value(shape, Memory(prod(shape), name), whole, laid_out_like(like) if like is not None else ())


def transpose(x: Value, first: int = 0, second: int = 1) -> Value:
    """Swap two axes, the first two if none are named; the memory is the same."""
    order = [*range(len(x.shape))]
    order[first], order[second] = order[second], order[first]
    return permuted(x, order)


def permuted(x: Value, order: Sequence[int]) -> Value:
    """Give the axes in another order; the memory is the same."""
    strides = None if x.strides is None else tuple(x.steps[axis] for axis in order)
    return x._replace(shape=tuple(x.shape[axis] for axis in order), strides=strides)


def reshaped(x: Value, shape: Shape, name: str = "copy of the input") -> Value:
    """Give another shape: a view where the axes lie so that it is one, a copy otherwise."""
    if x.contiguous:
        return x._replace(shape=shape, strides=())
    strides = viewed(x, shape)
    return made(shape, name, x) if strides is None else x._replace(shape=shape, strides=strides)


def viewed(x: Value, shape: Shape) -> tuple[Size, ...] | None:
    """Give the strides of a view in another shape; ``None`` where only a copy has it."""
    if x.shape == shape:
        return x.steps
    # axes that lie one after the other are one run of memory, which can be divided anew
    runs: list[tuple[Size, Size]] = []  # the outermost first: how many elements, and the stride of the innermost
    for size, step in zip(x.shape, x.steps, strict=True):
        if is_one(size):
            continue
        if runs and runs[-1][1] == size * step:
            runs[-1] = (runs[-1][0] * size, step)
        else:
            runs.append((size, step))
    found: list[Size] = []
    left = [*shape]
    for whole, step in runs:
        here: list[Size] = []
        while left and not (here and prod(here) == whole):
            here.append(left.pop(0))
        if prod(here) != whole:
            return None
        found += [step * prod(here[at + 1 :]) for at in range(len(here))]
    return (*found, *(1 for _ in left)) if all(map(is_one, left)) else None


def linear(tape: Tape, x: Value, units: Size, name: str, weight: bool, bias: bool = False) -> Value:
    """Multiply by a weight, which needs a gradient or does not; the gradient of the weight needs the input."""
    if weight:
        rows = x if len(x.shape) <= 2 else reshaped(x, (prod(x.shape[:-1]), x.shape[-1]))
        tape.keep(rows)
    return made((*x.shape[:-1], units), name, x, live=weight or bias)


def multiply(tape: Tape, left: Value, right: Value, name: str, shape: Shape | None = None) -> Value:
    """Multiply element by element, or as matrices: the gradient of each needs the other."""
    if left.live:
        tape.keep(right)
    if right.live:
        tape.keep(left)
    return made(left.shape if shape is None else shape, name, left, right, like=left if shape is None else None)


def keeping_input(tape: Tape, x: Value, name: str, shape: Shape | None = None) -> Value:
    """Apply a function whose gradient needs its input."""
    if x.live:
        tape.keep(x)
    return made(x.shape if shape is None else shape, name, x, like=x if shape is None else None)


def keeping_output(tape: Tape, x: Value, name: str, shape: Shape | None = None) -> Value:
    """Apply a function whose gradient needs its output."""
    out = made(x.shape if shape is None else shape, name, x, like=x if shape is None else None)
    if x.live:
        tape.keep(out)
    return out


def dropout(tape: Tape, x: Value, rate: float, name: str = "output", mask: Size | None = None) -> Value:
    """Multiply by random zeros; the gradient needs them. They are of the dtype of the computation."""
    if rate == 0:
        return x
    tape.new("mask", (x.size if mask is None else mask) if rate < 1 else 1, times=x.live)
    return made(x.shape, name, x, like=x)


def padded(tape: Tape, x: Value, shape: Shape, mode: str) -> Value:
    """Add margins: those that mirror or repeat keep the input."""
    return (
        keeping_input(tape, x, "padded input", shape)
        if mode in ("reflect", "replicate")
        else made(shape, "padded input", x)
    )


def layer_norm(tape: Tape, x: Value, rows: Size, weight: bool, bias: bool) -> Value:
    """Normalize over the last axes; the gradient needs the input, and mean and deviation of each row."""
    live = x.live or weight or bias
    if live:
        tape.keep(x)
    tape.new("means and deviations", 2 * rows, times=live)
    return made(x.shape, "output", x, live=live)


def attention(tape: Tape, q: Value, k: Value, v: Value, heads: Size, rate: float) -> Value:
    """Let queries (L, N, d) look at keys and values (S, N, d); gives (L, N, d).

    With dropout, or where a pair of heads differ in width, PyTorch goes the way of plain operations; otherwise its
    kernel keeps the output and a number for each row of weights, and no weights.
    """
    length, batch = q.shape[:2]
    seen = k.shape[0]
    if rate == 0:
        live = q.live or k.live or v.live
        out = made(q.shape, "attended", q, k, v)
        if live:
            tape.keep(q, k, v, out)
        tape.new("logarithms of sums", batch * heads * length, times=live)
        return out  # which lies in memory as the queries do
    out = weighted(tape, scaled(q, "scaled queries"), scaled(k, "scaled keys"), v, (batch, heads, length, seen), rate)[
        0
    ]
    return made(q.shape, "attended", out)


def attention_of_heads(tape: Tape, q: Value, k: Value, v: Value) -> Value:
    """Let queries (N, H, L, d) look at keys and values (N, H, S, d), without dropout; gives (N, H, L, d)."""
    live = q.live or k.live or v.live
    out = transpose(made((q.shape[0], q.shape[2], q.shape[1], q.shape[3]), "attended", q, k, v), 1, 2)
    if live:
        tape.keep(q, k, v, out)
    tape.new("logarithms of sums", prod(q.shape[:-1]), times=live)
    return out


def scaled(x: Value, name: str) -> Value:
    """Multiply by a number."""
    return made(x.shape, name, x, like=x)


def weighted(tape: Tape, q: Value, k: Value, v: Value, shape: Shape, rate: float) -> tuple[Value, Value]:
    """Give the mean of values by the softmax of Q Kᵀ, of this shape, and the weights."""
    scores = multiply(tape, q, k, "scores", shape)
    weights = dropout(tape, keeping_output(tape, scores, "weights"), rate, "dropped weights")
    return multiply(tape, weights, v, "attended", q.shape), weights


def same(*values: Value) -> bool:
    """Tell whether values are one tensor."""
    return all(one.memory is values[0].memory for one in values)


def rows_of(shape: Sequence[Size], last: int) -> Size:
    """Count the rows when the last axes are one."""
    return prod(shape[: len(shape) - last])


def keeps_nothing(call: Call) -> Sequence[Value]:
    """Keep nothing."""
    return (call.output(),)


def keeps_input(call: Call) -> Sequence[Value]:
    """Keep the first input, if anything needs a gradient."""
    if call.anything:
        call.tape.keep(call.inputs[0])
    return (call.output(call.inputs[0]) if call.outputs[0] == call.inputs[0].shape else call.output(),)


def keeps_output(call: Call) -> Sequence[Value]:
    """Keep the output, if anything needs a gradient."""
    out = call.output(call.inputs[0])
    if call.anything:
        call.tape.keep(out)
    return (out,)
