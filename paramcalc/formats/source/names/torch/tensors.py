"""Tensors and parameters: their shapes, attributes and functions."""

from __future__ import annotations

import ast

from .....symbolic import Expr, Size
from ... import attributes
from ...containers import items_of
from ...operations import sized
from ...state import State, Stop
from ...values import (
    MISSING,
    Builtin,
    Instance,
    List,
    Native,
    Plain,
    Unknown,
    Value,
)
from .. import numbers
from ..native import Args, Kwargs
from ..numbers import Numbers
from ..shapes import broadcast, indexed, matmul, product_of, reduced


class Tensor(Plain):
    """A tensor: its shape, or ``None`` where that is unknown, and whether it holds floating point numbers."""

    __slots__ = ("numbers", "shape")

    def __init__(self, shape: tuple[Size, ...] | None, numbers: tuple[Numbers, int] | None = None) -> None:
        self.shape = shape
        self.numbers = numbers  # and when they were known: a tensor may be changed through another one

    def key(self) -> tuple[Value, ...]:
        """Give its shape and numbers."""
        return (self.shape, self.numbers)


def item(run: State, value: Tensor, key: Value) -> Value:
    """Give an item of a tensor."""
    if key is MISSING:
        if value.shape and isinstance(value.shape[0], int) and value.shape[0] <= 200:
            return [Tensor(value.shape[1:])] * value.shape[0]
        return None
    if key is None:
        return value.shape[0] if value.shape else run.unknown("a length", data=True, scalar=True)
    run.may_raise("an item of a tensor")
    return Tensor(indexed(value.shape, key if isinstance(key, tuple) else (key,)))


def combine(run: State, op: type, a: Value, b: Value) -> Value:
    """Combine tensors by an operator."""
    run.may_raise("an operation on tensors")
    shapes = [() if isinstance(one, (int, float)) else shape_of(run, one) for one in (a, b)]
    if op is ast.MatMult:
        _multiplied(run, "matmul", shapes)
    shape = matmul(*shapes) if op is ast.MatMult else broadcast(*shapes)
    sides = [side for side in (numbers_in(run, a), numbers_in(run, b)) if side is not None]
    known = len(sides) == 2 and any(isinstance(one, Numbers) for one in sides)
    return with_numbers(run, numbers.combined(op, *sides) if known else None, shape)


def numbers_in(run: State, value: Value) -> Numbers | float | None:
    """Give the numbers of a tensor, or a number; ``None`` where they are unknown."""
    if isinstance(value, Tensor):
        sure = value.numbers is not None and value.numbers[1] == run.changed_tensors and not run.unsure
        return value.numbers[0] if value.numbers is not None and sure else None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def with_numbers(run: State, found: Numbers | None, shape: tuple[Size, ...] | None) -> Tensor:
    """Make a tensor of a shape, with its numbers where they are known and nothing can have changed them."""
    return Tensor(shape, None if found is None or run.unsure else (found, run.changed_tensors))


def make_parameter(shape: Value, trainable: Value = True) -> Instance:
    """Make a parameter of a shape; ``None`` is an unknown shape."""
    made = Instance(PARAMETER)
    made.named.update(shape=shape, requires_grad=trainable)
    return made


def shape_of(run: State, value: Value) -> tuple[Size, ...] | None:
    """Give the shape of a tensor or parameter, or ``None``."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, Instance) and is_parameter(value) and value.blur is None:
        shape = value.named.get("shape")
        return shape if isinstance(shape, tuple) else None
    return None


def is_parameter(value: Value) -> bool:
    """Tell whether a value is a parameter."""
    return isinstance(value, Instance) and PARAMETER in attributes.lineage(value.cls)


def _parameter_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    data = args[0] if args else kwargs.get("data")
    trainable = args[1] if len(args) > 1 else kwargs.get("requires_grad", True)
    shape = shape_of(run, data)
    self.named.update(shape=shape, requires_grad=trainable)


def _parameter_get(run: State, self: Instance, name: str) -> Value:
    if name in ("data", "grad"):
        return Tensor(shape_of(run, self)) if name == "data" else run.unknown("a gradient", scalar=True)
    return tensor_attribute(run, self, name)


def _parameter_set(run: State, self: Instance, name: str, value: Value) -> None:
    if attributes.by_property(run, self, name, value):
        return
    run.change(self)
    if name == "data":
        self.named["shape"] = shape_of(run, value)
    elif name != "grad":
        self.named[name] = value


def _requires_grad(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    run.change(self)
    self.named["requires_grad"] = args[0] if args else kwargs.get("requires_grad", True)
    return self


PARAMETER = Native(
    "torch.nn.Parameter",
    make=lambda run, cls: Instance(cls),
    init=_parameter_init,
    methods={"requires_grad_": _requires_grad},
    get=_parameter_get,
    set=_parameter_set,
)

SAME_SHAPE = frozenset(
    [
        "float",
        "double",
        "half",
        "long",
        "int",
        "bool",
        "to",
        "cuda",
        "cpu",
        "detach",
        "clone",
        "contiguous",
        "relu",
        "tanh",
        "sigmoid",
        "softmax",
        "log_softmax",
        "exp",
        "log",
        "sqrt",
        "abs",
        "clamp",
        "masked_fill",
        "type",
        "type_as",
        "requires_grad_",
        "zero_",
        "fill_",
        "normal_",
        "uniform_",
        "triu",
        "tril",
        "neg",
        "add_",
        "mul_",
        "div_",
        "gelu",
        "silu",
        "elu",
        "selu",
        "leaky_relu",
        "relu6",
        "mish",
        "hardswish",
        "normalize",
        "softplus",
        "logsigmoid",
        "dropout1d",
        "dropout2d",
        "dropout3d",
        "alpha_dropout",
        "hardtanh",
        "relu_",
        "layer_norm",
        "rms_norm",
        "batch_norm",
        "group_norm",
        "instance_norm",
        "relu6",
        "sub_",
        "masked_fill_",
        "clamp_",
        "bernoulli_",
        "round",
        "floor",
        "sin",
        "cos",
        "pow",
        "dropout",
        "data_",
        "copy_",
        "square",
        "rsqrt",
    ]
)


def tensor_attribute(run: State, value: Value, name: str) -> Value:
    """Give an attribute of a tensor: its shape and sizes, and methods of which the result is a tensor."""
    run.may_raise(name)
    shape = shape_of(run, value)
    if name == "shape":
        return run.unknown("a shape that is not known", data=True, scalar=True) if shape is None else shape
    if name in ("size", "dim", "numel", "ndimension", "nelement", "__len__", "element_size"):
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: _sizes(run, shape, name, args))
    if name == "ndim":
        return run.unknown("a number of axes", scalar=True) if shape is None else len(shape)
    if name.endswith("_") and not name.endswith("__"):
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: _changed(run, name, value, shape))
    held = numbers_in(run, value)
    if isinstance(held, Numbers):
        known = _method_of_numbers(held, value, shape, name)
        if known is not None:
            return known
    if name in ("T", "mT", "H"):
        return Tensor(None if shape is None else shape[::-1])
    if name == "requires_grad":
        return run.unknown("a condition", scalar=True)
    if name in SAME_SHAPE:
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: Tensor(shape))
    if name in ("view", "reshape"):
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: _reshaped(run, shape, args))
    if name == "unsqueeze":
        return Builtin("Tensor.unsqueeze", lambda run, args, kwargs: _unsqueezed(run, shape, args, kwargs))
    if name == "flatten":
        return Builtin("Tensor.flatten", lambda run, args, kwargs: _flattened(run, shape, args, kwargs))
    if name == "item":
        return Builtin("Tensor.item", lambda run, args, kwargs: run.unknown("a number", data=True, scalar=True))
    if name in METHODS:
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: operate(run, name, [value, *args], kwargs))
    return run.unknown(f"{name} of a tensor is not followed", data=True, scalar=True)


def _method_of_numbers(found: Numbers, value: Value, shape: tuple[Size, ...] | None, name: str) -> Value:
    if name in ("tolist", "item"):
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: numbers.plain(run, found))
    if name in ("int", "long"):
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: with_numbers(run, numbers.made_whole(found), shape))
    if name in numbers.ROUNDINGS or name in numbers.GROWING or name in numbers.NAMED:
        return Builtin(
            f"Tensor.{name}",
            lambda run, args, kwargs: _counted(run, name, [value, *args], kwargs) or Tensor(shape),
        )
    return None


# what works in place and may give another shape, or other gradients
RESHAPING = frozenset(
    [
        "set_", "resize_", "resize_as_", "resize_as_sparse_", "sparse_resize_", "sparse_resize_and_clear_", "squeeze_",
        "unsqueeze_", "t_", "transpose_", "swapaxes_", "swapdims_", "as_strided_", "detach_", "rename_",
    ]
)  # fmt: skip


def _changed(run: State, name: str, value: Value, shape: tuple[Size, ...] | None) -> Value:
    # a method that works in place
    run.changed_tensors += 1
    if name in RESHAPING:
        if isinstance(value, Tensor):
            raise Stop("a tensor gets another shape in place")
        run.blur("a parameter that gets another shape in place", value)
    return Tensor(shape) if isinstance(value, Tensor) else value


METHODS = frozenset(
    [
        "permute", "transpose", "squeeze", "mean", "sum", "amax", "amin", "argmax", "argmin", "prod", "std", "var",
        "norm", "split", "chunk", "expand", "repeat", "matmul", "bmm", "mm", "t", "add", "mul", "sub", "div", "max",
        "min", "expand_as", "view_as", "unbind", "__getitem__",
    ]
)  # fmt: skip
REDUCE = frozenset(
    ["mean", "sum", "amax", "amin", "argmax", "argmin", "prod", "std", "var", "norm", "logsumexp", "all", "any"]
)
PAIR = frozenset(["add", "mul", "sub", "div", "maximum", "minimum", "pow", "where", "eq"])


PRODUCTS = frozenset(["matmul", "bmm", "mm", "linear", "scaled_dot_product_attention"])


def _multiplied(run: State, name: str, shapes: list[tuple[Size, ...] | None]) -> None:
    if run.trace is not None:
        run.trace.product(name, product_of(name, shapes), run.certain)


def operate(run: State, name: str, args: Args, kwargs: Kwargs) -> Value:
    """Give what a function of tensors gives: a tensor, or several, whose shape is known where the rule is plain."""
    run.may_raise(name)
    try:
        found = _operated(run, name, args, dict(kwargs))
    except (TypeError, ValueError, IndexError, AssertionError):
        found = None
    if name in PRODUCTS:
        matrices = [one for one in (*args, *kwargs.values()) if not isinstance(one, (int, float)) and one is not None]
        _multiplied(run, name, [shape_of(run, one) for one in matrices])
    elif found is None and run.trace is not None:
        run.trace.sure = False
    return run.unknown(f"{name} is not followed", data=True, scalar=True) if found is None else found


def _operated(run: State, name: str, args: Args, kwargs: Kwargs) -> Value:
    if name in ("cat", "concat", "concatenate", "stack"):
        return _joined(run, name, args, kwargs)
    x = shape_of(run, args[0])
    if x is None:
        return None
    rest = list(args[1:])
    dim = kwargs.get("dim", kwargs.get("axis", rest[0] if rest else None))
    if name in ("matmul", "bmm", "mm"):
        return Tensor(matmul(x, shape_of(run, rest[0])))
    if name in ("linear", "embedding", "scaled_dot_product_attention"):
        other = shape_of(run, rest[-1] if name.startswith("scaled") else rest[0])
        assert other is not None
        last = other[0] if name == "linear" else other[-1]
        return Tensor((*x, last) if name == "embedding" else (*x[:-1], last))
    if name in PAIR:
        return Tensor(broadcast(x, () if isinstance(rest[0], (int, float)) else shape_of(run, rest[0])))
    if name in ("expand_as", "view_as"):
        return Tensor(shape_of(run, rest[0]))
    if name in REDUCE or (name in ("max", "min") and dim is None):
        axes = tuple(items_of(run, dim)) if isinstance(dim, (tuple, List)) else dim  # type: ignore[arg-type]
        chosen = tuple(one for one in (axes if isinstance(axes, tuple) else (axes,)) if isinstance(one, int))
        return Tensor(reduced(x, axes, chosen, kwargs.get("keepdim", rest[1] if len(rest) > 1 else False)))
    if name in ("max", "min") and isinstance(dim, int):
        made = Tensor(reduced(x, dim, (dim,), kwargs.get("keepdim", False)))
        return (made, made)
    if name == "t":
        return Tensor(x[::-1])
    if name == "transpose":
        first, second = (kwargs.get("dim0", rest[0] if rest else None), kwargs.get("dim1", rest[-1] if rest else None))
        assert isinstance(first, int) and isinstance(second, int)  # noqa: PT018
        order = list(x)
        order[first], order[second] = order[second], order[first]
        return Tensor(tuple(order))
    if name == "permute":
        places = as_shape(run, rest)
        return None if places is None else Tensor(tuple(x[one] for one in places if isinstance(one, int)))
    if name == "squeeze":
        if not isinstance(dim, int):
            return None
        at = dim % len(x)
        return Tensor((*x[:at], *x[at + 1 :]) if x[at] == 1 else x)
    if name in ("split", "chunk"):
        return _parts(x, name, rest[0], kwargs.get("dim", rest[1] if len(rest) > 1 else 0))
    if name == "expand":
        wanted = as_shape(run, rest)
        lead = None if wanted is None else (1,) * (len(wanted) - len(x)) + x
        if wanted is None or lead is None:
            return None
        return Tensor(tuple(old if new == -1 else new for old, new in zip(lead, wanted, strict=True)))
    if name == "repeat":
        times = as_shape(run, rest)
        if times is None:
            return None
        lead = (1,) * (len(times) - len(x)) + x
        return Tensor(tuple(old * new for old, new in zip(lead, times, strict=True)))
    return None


def _joined(run: State, name: str, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    dim = kwargs.get("dim", kwargs.get("axis", args[1] if len(args) > 1 else 0))
    if isinstance(items, Unknown) or not items or not isinstance(dim, int):
        return None
    shapes = [shape_of(run, one) for one in items]
    first = shapes[0]
    if first is None:
        return None
    if name == "stack":
        at = dim % (len(first) + 1)
        return Tensor((*first[:at], len(items), *first[at:]))
    at, total = dim % len(first), 0 * first[0]
    for shape in shapes:
        if shape is None or len(shape) != len(first):
            return None
        total = total + shape[at]
    return Tensor((*first[:at], total, *first[at + 1 :]))


def _parts(x: tuple[Size, ...], name: str, size: Value, dim: Value) -> Value:
    assert isinstance(dim, int)
    at = dim % len(x)
    whole = x[at]
    if not isinstance(whole, int) or not isinstance(size, int) or size < 1:
        return None
    step = size if name == "split" else -(-whole // size)
    if step < 1 or whole // step > 1000:
        return None
    return tuple(Tensor((*x[:at], min(step, whole - start), *x[at + 1 :])) for start in range(0, whole, step))


def _sizes(run: State, shape: tuple[Size, ...] | None, name: str, args: Args) -> Value:
    if shape is None:
        return run.unknown("a size that is not known", data=True, scalar=True)
    if name == "size":
        if not args:
            return shape
        if isinstance(args[0], int) and -len(shape) <= args[0] < len(shape):
            return shape[args[0]]
        return run.unknown("a size that is not known", data=True, scalar=True)
    if name == "__len__":
        return shape[0] if shape else 0
    if name in ("dim", "ndimension"):
        return len(shape)
    if name == "element_size":
        return run.unknown("a number", scalar=True)
    return _product(shape)


def _product(shape: tuple[Size, ...]) -> Size:
    total: Size = 1
    for one in shape:
        total = total * one
    return total


def as_shape(run: State, args: Args) -> tuple[Size, ...] | None:
    """Read a shape from arguments: sizes one by one, or a list or tuple of them."""
    if len(args) == 1 and not isinstance(args[0], (int, Expr)) and not (isinstance(args[0], Unknown)):
        items = items_of(run, args[0])
        if isinstance(items, Unknown):
            return None
        args = items
    found: list[Size] = []
    for one in args:
        one = sized(run, one)
        if isinstance(one, bool) or not isinstance(one, (int, Expr)):
            return None
        found.append(one)
    return tuple(found)


def _reshaped(run: State, shape: tuple[Size, ...] | None, args: Args) -> Value:
    wanted = as_shape(run, args)
    if wanted is None or len(wanted) > 20:
        return Tensor(None)
    if -1 in wanted:
        if shape is None or not all(isinstance(one, int) for one in (*shape, *wanted)):
            return Tensor(None)
        rest = _product(tuple(one for one in wanted if one != -1))
        whole = _product(shape)
        assert isinstance(rest, int)
        assert isinstance(whole, int)
        if rest == 0 or whole % rest:
            return Tensor(None)
        wanted = tuple(whole // rest if one == -1 else one for one in wanted)
    return Tensor(wanted)


def _unsqueezed(run: State, shape: tuple[Size, ...] | None, args: Args, kwargs: Kwargs) -> Value:
    place = args[0] if args else kwargs.get("dim")
    if shape is None or not isinstance(place, int) or not -len(shape) - 1 <= place <= len(shape):
        return Tensor(None)
    place = place % (len(shape) + 1)
    return Tensor((*shape[:place], 1, *shape[place:]))


def _flattened(run: State, shape: tuple[Size, ...] | None, args: Args, kwargs: Kwargs) -> Value:
    start = args[0] if args else kwargs.get("start_dim", 0)
    end = args[1] if len(args) > 1 else kwargs.get("end_dim", -1)
    if shape is None or not isinstance(start, int) or not isinstance(end, int) or not shape:
        return Tensor(None)
    first, last = start % len(shape), end % len(shape)
    return Tensor((*shape[:first], _product(shape[first : last + 1]), *shape[last + 1 :]))


def _counted(run: State, name: str, args: Args, kwargs: Kwargs) -> Tensor | None:
    # a function of tensors whose numbers are known
    sides = [side for side in (numbers_in(run, one) for one in args) if side is not None]
    if kwargs or len(sides) < len(args) or not any(isinstance(one, Numbers) for one in sides):
        return None
    x = sides[0]
    if len(sides) == 2 and name in numbers.NAMED:
        made = numbers.combined(numbers.NAMED[name], *sides)
    elif len(sides) == 1 and isinstance(x, Numbers):
        made = numbers.differences(x) if name == "diff" else numbers.applied(name, x)
    else:
        return None
    return None if made is None else with_numbers(run, made, () if made.scalar else (len(made.near),))


def tensor_function(name: str) -> Builtin:
    """Make a function of tensors."""

    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        run.may_raise(f"torch.{name}")
        if name in ("flatten", "reshape", "unsqueeze") and args:
            return run.call(tensor_attribute(run, args[0], name), args[1:], kwargs)
        found = _counted(run, name, args, kwargs)
        if found is not None:
            return found
        if name in SAME_SHAPE and args and (isinstance(args[0], Tensor) or is_parameter(args[0])):
            return Tensor(shape_of(run, args[0]))
        return (
            operate(run, name, args, kwargs) if args else run.unknown(f"{name} is not followed", data=True, scalar=True)
        )

    return Builtin(f"torch.{name}", call)
