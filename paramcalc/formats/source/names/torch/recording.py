"""Names: PyTorch. What a walk of ``forward`` does with tensors, noted step by step."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from .....core.built import Built
from .....core.rule import Layer
from .....core.shapes import Shape
from .....graph.program import Held, Mark, Operand, Output, Step
from .....graph.wiring import Leaf
from .....symbolic import Expr
from ...memory.objects import Instance, List, Unknown, Value
from ...memory.state import State
from .function_table import OVERWRITING, TABLE, Function
from .tensors import Tensor, is_parameter

TRAINING = "whether a module is trained now"  # why that is unknown
UNDECLARED = Function()


def record(
    run: State,
    name: str,
    made: Sequence[Tensor],
    args: Sequence[Value],
    kwargs: Mapping[str, Value],
    place: int | None = None,
) -> None:
    """Note a call of a function that is made for sure, and which tensors it gives."""
    if run.trace is None or not run.certain:
        return
    keeps = TABLE.get(name, UNDECLARED).keeps
    step = Step(
        name,
        keeps,
        tuple(operand(run, one) for one in args),
        {key: operand(run, one) for key, one in kwargs.items()},
        tuple(one.shape for one in made),
        run.grad is True,
        run.place(run.line),
        place,
    )
    run.trace.note(step, made)


def record_layer(
    run: State, layer: Layer, read: Sequence[Shape], built: Built, given: Sequence[Value], made: Sequence[Tensor]
) -> None:
    """Note the call of a layer that was kept last: its inputs and, after them, its initial states."""
    if run.trace is None:
        return
    states = tuple(operand(run, one) for one in given[len(read) :] if one is not None)
    step = Step(
        layer.type,
        "",
        tuple(operand(run, one) for one in given[: len(read)]),
        {},
        tuple(one.shape for one in made),
        run.grad is True,
        run.place(run.line),
        len(run.trace.calls) - 1,
        layer,
        tuple(read),
        built,
        states,
    )
    run.trace.note(step, made)


def record_constant(run: State, made: Tensor, dtype: str) -> None:
    """Note a tensor that is made of no other, with its dtype, empty for the usual one."""
    if run.trace is None or not run.certain:
        return
    step = Step("a constant", "constant", (dtype,), {}, (made.shape,))
    run.trace.note(step, (made,))


def record_change(run: State, name: str, value: Value, args: Sequence[Value], kwargs: Mapping[str, Value]) -> None:
    """Note what works on a tensor in place: ``add_``, or the setting of an item, ``__setitem__``."""
    if run.trace is None:
        return
    if not run.certain or not isinstance(value, Tensor):
        run.trace.whole = False
        return
    plain = name if name.endswith("__") else name.removesuffix("_")
    keeps = "written" if name in OVERWRITING or plain == name else TABLE.get(plain, UNDECLARED).keeps
    step = Step(
        plain,
        keeps,
        tuple(operand(run, one) for one in (value, *args)),
        {**{key: operand(run, one) for key, one in kwargs.items()}, "inplace": True},
        (value.shape,),
        run.grad is True,
        run.place(run.line),
    )
    run.trace.note(step, (value,))


def operand(run: State, value: Value) -> Operand:
    """Give a value as a step reads it; a tensor from before the walk is itself."""
    if isinstance(value, Tensor):
        return run.trace.made.get(value, value) if run.trace is not None else Mark.UNKNOWN
    if isinstance(value, Instance):
        return Leaf((id(value), 0)) if is_parameter(value) and value.blur is None else Mark.UNKNOWN
    if isinstance(value, Unknown):
        if value.path.startswith("torch."):
            return value.path
        return Mark.TRAINING if value.reason == TRAINING else Mark.UNKNOWN
    if isinstance(value, List):
        return Mark.UNKNOWN if value.blur is not None else operand(run, tuple(value.items))
    if isinstance(value, tuple):
        return tuple(operand(run, one) for one in value)
    if isinstance(value, slice):
        return slice(*(operand(run, one) for one in (value.start, value.stop, value.step)))
    return value if isinstance(value, (int, float, str, Expr)) or value is None or value is ... else Mark.UNKNOWN


# numbers that make float32 wider where they meet it
WIDE = frozenset([
    "float64", "double", "DoubleTensor", "complex", "complex64", "complex128", "cdouble", "cfloat", "set_default_dtype",
    "set_default_tensor_type",
])  # fmt: skip


def mentions_wide_floats(run: State) -> bool:
    """Tell whether a program may make tensors of wider numbers: which type those have that modules hold is unknown."""
    if run.wide is None:
        nodes = (one for body in run.bodies for node in body for one in ast.walk(node))
        run.wide = any(_said(one) in WIDE for one in nodes)
    return run.wide


def _said(node: ast.AST) -> object:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else node.value if isinstance(node, ast.Constant) else None


def resolved(value: Operand, held: frozenset[Tensor]) -> Operand:
    """Give an operand without the tensors that no step made: those that modules hold are there before the call."""
    if isinstance(value, Tensor):
        return Held(value.shape) if value in held else Mark.UNKNOWN
    if isinstance(value, tuple) and not isinstance(value, (Output, Leaf)):
        return tuple(resolved(one, held) for one in value)
    return value
