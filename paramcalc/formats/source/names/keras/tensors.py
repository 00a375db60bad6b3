"""Names: Keras. Symbolic tensors: their shapes, attributes and operators."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .....symbolic import Size, is_known
from ...memory.objects import MISSING, Builtin, Dict, Instance, List, Native, Plain, Unknown, Value
from ...memory.state import State
from ..shapes import Shape, broadcast, indexed, matmul
from ..torch import Tensor as Array


class Tensor(Plain):
    """A symbolic tensor: its shape with the batch, and the call that made it.

    Attributes
    ----------
    shape : tuple of sizes, or None
    layer : Instance, str, Unknown or None
        What was called: a layer, the name of an operation, something unknown, or nothing for an input.
    args : tuple of Tensor
    index : int
        Which output of the call.
    call : object
        The identity of the call.
    name : str or None
    given : bool
        Whether it is an input of a graph, and not of a call within a layer.
    home : Instance or None
        The layer that ``model.layers`` has for an input, once it was asked for.
    """

    __slots__ = ("args", "call", "extent", "given", "home", "index", "layer", "line", "name", "shape", "states")

    def __init__(
        self,
        shape: Shape | None,
        layer: Value = None,
        args: tuple[Tensor, ...] = (),
        index: int = 0,
        call: object = None,
        name: str | None = None,
        states: int = 0,
        line: int = 0,
        extent: Size | None = None,
        given: bool = False,
    ) -> None:
        self.given = given
        self.home: Instance | None = None
        self.extent = extent  # which open size it is the number of, where it is one
        self.line = line  # of the program, of an operation
        self.states = states  # how many of the arguments, the last ones, are initial states
        self.shape = shape
        self.layer = layer
        self.args = args
        self.index = index
        self.call = call if call is not None else object()
        self.name = name

    def key(self) -> tuple[Value, ...]:
        """Two tensors of different calls are never alike."""
        return (self.call, self.index)


VARIABLE = Native("keras.Variable", make=lambda run, cls: Instance(cls))


def is_tensor(value: Value) -> bool:
    """Tell whether a value is a symbolic tensor."""
    return isinstance(value, Tensor)


def holds_unknown(value: Value) -> bool:
    """Tell whether a list of tensors has something else in it."""
    return not isinstance(value, Tensor)


def axis(value: Size) -> Value:
    """Give a size as a program sees it: an open one, and what is computed from one, is ``None``."""
    return value if is_known(value) else None


def tensor_attribute(run: State, value: Value, name: str) -> Value:
    """Give an attribute of a symbolic tensor."""
    assert isinstance(value, Tensor)
    if name in ("shape", "_keras_shape"):
        return (
            run.unknown("a shape that is not known", data=True, scalar=True)
            if value.shape is None
            else tuple(map(axis, value.shape))
        )
    if name in ("get_shape",):
        return Builtin("get_shape", lambda run, args, kwargs: tensor_attribute(run, value, "shape"))
    if name in ("ndim", "rank"):
        return run.unknown("a number of axes", scalar=True) if value.shape is None else len(value.shape)
    if name == "name":
        return value.name
    return run.unknown(f"{name} of a tensor is not followed", scalar=True)


def tensor_item(run: State, value: Value, key: Value) -> Value:
    """Give an item of a symbolic tensor: a tensor whose shape is found where the key is plain."""
    assert isinstance(value, Tensor)
    if key is MISSING:
        return None
    if key is None:
        return value.shape[0] if value.shape else None
    keys = key if isinstance(key, tuple) else (key,)
    return Tensor(indexed(value.shape, keys), "GetItem", (value,), line=run.line)


def shape_of(value: Value) -> Shape | None:
    """Give the shape of a tensor, a weight or a number."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, Array):
        return value.shape
    if isinstance(value, (int, float)):
        return ()
    if isinstance(value, Instance) and isinstance(value.named.get("<items>"), tuple) and value.blur is None:
        return (length_of(value),)
    if isinstance(value, Instance) and value.cls is VARIABLE and value.blur is None:
        shape = value.named.get("shape")
        return shape if isinstance(shape, tuple) else None
    return None


def length_of(array: Instance) -> int:
    """Give the number of numbers in a row of them."""
    items = array.named["<items>"]
    assert isinstance(items, tuple)
    return len(items)


def symbolic_in(*values: Value) -> tuple[Tensor, ...]:
    """List the symbolic tensors in values, those in lists and tuples included; an unknown value may be one."""
    return tuple(one for one in _tensors_in(values) if isinstance(one, Tensor))


def tensors_in(*values: Value) -> tuple[Tensor, ...]:
    """List the tensors that a layer is called on: the symbolic ones, and arrays where there are none."""
    found = _tensors_in(values)
    return symbolic_in(*values) or tuple(Tensor(one.shape) for one in found if isinstance(one, Array))


def _tensors_in(values: Iterable[Value]) -> list[Tensor | Array]:
    found: list[Tensor | Array] = []
    for one in values:
        if isinstance(one, (Tensor, Array)):
            found.append(one)
        elif isinstance(one, Unknown):
            if not (one.scalar or one.data):
                found.append(Tensor(None, one))
        elif isinstance(one, (List, Dict)) and one.blur is not None:
            found += _tensors_in([one.blur])
        elif isinstance(one, (tuple, list)):
            found += _tensors_in(one)
        elif isinstance(one, List):
            found += _tensors_in(one.items)
        elif isinstance(one, Dict):
            found += _tensors_in(one.named.values())
    return found


def binary(run: State, op: type, a: Value, b: Value) -> Value:
    """Combine tensors by an operator."""
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return Tensor(None, OPERATIONS.get(op, op.__name__), symbolic_in(a, b), line=run.line)
    if op is ast.MatMult:
        return Tensor(matmul(shape_of(a), shape_of(b)), "Matmul", symbolic_in(a, b), line=run.line)
    kind = OPERATIONS.get(op, op.__name__)
    return Tensor(broadcast(shape_of(a), shape_of(b)), kind, symbolic_in(a, b), call=Called((a, b)), line=run.line)


class Called:
    """What a function of tensors was called with, in order: tensors and constants."""

    __slots__ = ("args",)

    def __init__(self, args: tuple[Value, ...]) -> None:
        self.args = args

    @property
    def plain(self) -> bool:
        """Whether the constants are numbers."""
        return all(isinstance(one, (Tensor, int, float)) for one in self.args)


# as Keras names them
OPERATIONS: dict[type, str] = {
    ast.Add: "Add", ast.Sub: "Subtract", ast.Mult: "Multiply", ast.Div: "TrueDivide", ast.Pow: "Power",
    ast.FloorDiv: "FloorDivide",
}  # fmt: skip
ELEMENTWISE = frozenset([*OPERATIONS.values(), "Negative", "GetItem", "stack"])


def unary(run: State, value: Value) -> Value:
    """Negate a tensor."""
    if not isinstance(value, Tensor):
        return MISSING
    return Tensor(shape_of(value), "Negative", symbolic_in(value), call=Called((value,)), line=run.line)
