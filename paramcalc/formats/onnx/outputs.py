"""The outputs of a node as values: their shapes, and the stored tensors that they are made of.

A value is a constant when all it is computed from is stored.
"""

from __future__ import annotations

from collections.abc import Sequence

from .messages import FEW, TYPES, Tensor
from .shapes import SHAPES, within_bounds
from .values import Call, Sizes, Value

QUANTIZING = frozenset({"QuantizeLinear", "DequantizeLinear"})
OF_SHAPE = frozenset({"Shape", "Size"})  # depend on the shape of what they read, and on none of its numbers
KEEP_NUMBERS = frozenset(["Identity", "Unsqueeze", "Squeeze", "Reshape", "Cast", "Flatten"])


def carried(call: Call) -> Value:
    """Give the first output of a node: its shape by the rules above, and the roots where all it reads is constant."""
    there = [one for one in call.inputs if one is not None]
    rule = SHAPES.get(call.op)
    shape = within_bounds(rule(call)) if rule is not None else None
    constant = bool(there) and None not in [one.roots for one in there] and call.op not in OF_SHAPE
    if not constant:
        return Value(shape)
    return Value(shape, _dtype(call), *_roots(call, there, shape), _ints(call, there))


def split(call: Call) -> list[Value]:
    """Give the outputs of a Split: equal parts, or as an attribute or an input says."""
    shape, sizes, axis = call.shape(), call.numbers("split", 1), call.number("axis")
    whole = carried(call)
    known = shape is not None and -len(shape) <= axis < len(shape)
    size = shape[axis] if known and shape is not None else None
    if sizes is None and isinstance(size, int) and call.outputs:
        part = -(-size // call.outputs)
        sizes = tuple(max(0, min(part, size - part * at)) for at in range(call.outputs))
    if shape is None or size is None or sizes is None or len(sizes) != call.outputs or min(sizes) < 0:
        return [whole._replace(shape=None)] * call.outputs
    axis %= len(shape)
    return [whole._replace(shape=(*shape[:axis], one, *shape[axis + 1 :])) for one in sizes]


def _dtype(call: Call) -> str:
    if call.op == "Cast":
        return TYPES.get(call.number("to"), ("",))[0]
    first = call.value(0)
    if call.op == "DequantizeLinear":
        scale = call.value(1)
        return scale.dtype if scale is not None and scale.dtype else "float32"
    return first.dtype if first is not None else ""


def _roots(call: Call, there: Sequence[Value], shape: Sizes | None) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    first = call.value(0)
    beside = {id(root): root for one in there for root in one.beside}
    if call.op in QUANTIZING and first is not None:  # scales and zero points are how the numbers are stored
        beside |= {id(root): root for one in there[1:] for root in one.roots or ()}
        return first.roots or (), tuple(beside.values())
    if call.op in _OF_FIRST and first is not None:  # the others say where, and not what
        return first.roots or (), tuple(beside.values())
    found = {id(root): root for one in there for root in one.roots or ()}
    return tuple(found.values()), tuple(beside.values())


_OF_FIRST = frozenset(
    ["Unsqueeze", "Squeeze", "Reshape", "Slice", "Split", "Expand", "Gather", "Tile", "Pad", "Resize"]
)


def _ints(call: Call, there: Sequence[Value]) -> tuple[int, ...] | None:
    first = call.value(0)
    if first is not None and call.op in KEEP_NUMBERS:
        return first.ints
    if call.op == "Concat" and all(one.ints is not None for one in there):
        found = tuple(number for one in there for number in one.ints or ())
        return found if len(found) <= FEW else None
    return None
