"""Names: PyTorch. Modules are instances whose state is what they hold, in order; layers are bound to our rules."""

from __future__ import annotations

import ast

from ....core.default_inputs import natural_inputs
from ....core.registry import of_class
from ....core.rule import Layer, Rule
from ....core.schema import REQUIRED
from ....errors import ParamcalcError
from ....symbolic import Expr, Size
from .. import attributes
from ..calls import lose
from ..containers import items_of
from ..operations import sized
from ..state import Raised, State
from ..trace import product_of
from ..values import (
    MISSING,
    Builtin,
    Class,
    Dict,
    Function,
    Host,
    Instance,
    List,
    Method,
    Module,
    Native,
    Obj,
    Plain,
    Unknown,
    Value,
)
from . import numbers
from .builtins import Args, Kwargs
from .numbers import Numbers
from .shapes import broadcast, indexed, matmul, reduced


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
    return _with_numbers(run, numbers.combined(op, *sides) if known else None, shape)


def numbers_in(run: State, value: Value) -> Numbers | float | None:
    """Give the numbers of a tensor, or a number; ``None`` where they are unknown."""
    if isinstance(value, Tensor):
        sure = value.numbers is not None and value.numbers[1] == run.changed_tensors and not run.unsure
        return value.numbers[0] if value.numbers is not None and sure else None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _with_numbers(run: State, found: Numbers | None, shape: tuple[Size, ...] | None) -> Tensor:
    return Tensor(shape, None if found is None or run.unsure else (found, run.changed_tensors))


# --- parameters -----------------------------------------------------------------------------------------------------


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


def is_module(value: Value) -> bool:
    """Tell whether a value is a module."""
    return isinstance(value, Instance) and MODULE in attributes.lineage(value.cls)


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

# --- tensors --------------------------------------------------------------------------------------------------------

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
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: _changed(run, value, shape))
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
        return Builtin(f"Tensor.{name}", lambda run, args, kwargs: _with_numbers(run, numbers.made_whole(found), shape))
    if name in numbers.ROUNDINGS or name in numbers.GROWING or name in numbers.NAMED:
        return Builtin(
            f"Tensor.{name}",
            lambda run, args, kwargs: _counted(run, name, [value, *args], kwargs) or Tensor(shape),
        )
    return None


def _changed(run: State, value: Value, shape: tuple[Size, ...] | None) -> Value:
    # a method that works in place
    run.changed_tensors += 1
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


def _made(run: State, args: Args, kwargs: Kwargs) -> Value:
    given = kwargs.get("size", kwargs.get("shape"))
    return Tensor(as_shape(run, [given] if given is not None else args))


def _full(run: State, args: Args, kwargs: Kwargs) -> Value:
    given = args[0] if args else kwargs.get("size")
    return Tensor(as_shape(run, [given]))


def _randint(run: State, args: Args, kwargs: Kwargs) -> Value:
    given = kwargs.get("size", args[2] if len(args) > 2 else args[1] if len(args) > 1 else None)
    return Tensor(None if given is None else as_shape(run, [given]))


def _like(run: State, args: Args, kwargs: Kwargs) -> Value:
    return Tensor(shape_of(run, args[0]) if args else None)


def _arange(run: State, args: Args, kwargs: Kwargs) -> Value:
    ends = [one for one in args if isinstance(one, int)]
    if len(ends) == len(args) and 1 <= len(ends) <= 3 and not (len(ends) == 3 and ends[2] == 0):
        return _with_numbers(run, None if kwargs else numbers.arange(ends), (len(range(*ends)),))
    return Tensor(None)


def _literal(run: State, args: Args, kwargs: Kwargs) -> Value:
    data = args[0] if args else kwargs.get("data")
    known = numbers.literal(data) if len(args) == 1 and not kwargs else None
    return _with_numbers(run, known, _nested(run, data, 0))


def _nested(run: State, value: Value, depth: int) -> tuple[Size, ...] | None:
    if isinstance(value, (int, float)):
        return ()
    if isinstance(value, (List, tuple)) and depth < 6:
        items = items_of(run, value)
        if isinstance(items, Unknown) or not items:
            return None
        inner = _nested(run, items[0], depth + 1)
        same = inner is not None and all(_nested(run, one, depth + 1) == inner for one in items[1:200])
        return (len(items), *inner) if same and inner is not None else None
    return shape_of(run, value)


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
    return None if made is None else _with_numbers(run, made, () if made.scalar else (len(made.near),))


def _tensor_function(name: str) -> Builtin:
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


# --- modules --------------------------------------------------------------------------------------------------------


def _module_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    return None


def module_set(run: State, self: Instance, name: str, value: Value) -> None:
    """Set an attribute of a module: parameters and modules are registered, in the order they first come."""
    run.change(self)
    state = self.named
    old = state.get(name, MISSING)
    buffers = state.get("<buffers>", ())
    assert isinstance(buffers, tuple)
    if name in buffers and not isinstance(value, (Tensor, Unknown)) and value is not None:
        state["<buffers>"] = tuple(one for one in buffers if one != name)
    if old is not MISSING and old is not None and _kind(old) != _kind(value) and value is not None:
        del state[name]
    if is_parameter(old) and isinstance(value, Tensor):
        raise Raised(run.error("TypeError", f"cannot assign a tensor as parameter {name!r}"))
    if is_module(old) and not is_module(value) and value is not None and not isinstance(value, Unknown):
        raise Raised(run.error("TypeError", f"cannot assign to the child module {name!r}"))
    state[name] = value


def _kind(value: Value) -> str:
    return "parameter" if is_parameter(value) else "module" if is_module(value) else "other"


def _module_get(run: State, self: Instance, name: str) -> Value:
    state = self.named
    if name == "module" and "<parallel>" in state:
        run.may_raise(name)
        return self
    rule = state.get("<rule>")
    options = state.get("<options>")
    if isinstance(options, Dict) and name in options.named:
        return options.named[name]
    if any(isinstance(key, str) and key.startswith(f"{name}.") for key in state):
        return run.unknown(f"{name} of a composite layer", self)
    if rule is not None and name not in ("weight", "bias"):
        return run.unknown(f"{name} of a layer is not known", self)
    return run.unknown(f"{name} of a module is not followed", self) if name in MODULE_NAMES else MISSING


MODULE_NAMES = frozenset(
    [
        "_parameters", "_modules", "_buffers", "__dict__", "named_buffers", "buffers", "get_parameter", "get_buffer",
        "set_submodule", "register_module", "load_state_dict", "state_dict", "register_forward_pre_hook",
        "register_full_backward_hook", "parametrizations", "to_empty", "register_state_dict_pre_hook",
        "share_memory", "compile",
    ]
)  # fmt: skip


def children_of(module: Instance) -> list[tuple[str, Value]]:
    """List what a module registers: modules, and unknown values that may be modules or parameters."""
    return [
        (str(name), value)
        for name, value in module.named.items()
        if isinstance(name, str)
        and name[:1] != "<"
        and (is_module(value) or is_parameter(value) or isinstance(value, Unknown))
    ]


def _walk_modules(run: State, self: Instance, prefix: str, seen: dict[Obj, None]) -> list[Value] | Unknown:
    if self.blur is not None:
        return run.unknown(self.blur.reason, self)
    if self in seen:
        return []
    seen[self] = None
    found: list[Value] = [(prefix, self)]
    for name, value in children_of(self):
        if isinstance(value, Unknown):
            if not value.scalar:
                return run.unknown(value.reason, self, value)
        elif is_module(value):
            assert isinstance(value, Instance)
            inner = _walk_modules(run, value, f"{prefix}.{name}" if prefix else name, seen)
            if isinstance(inner, Unknown):
                return run.unknown(inner.reason, self, inner)
            found += inner
    return found


def _walk_parameters(run: State, self: Instance, prefix: str = "") -> list[Value] | Unknown:
    modules = _walk_modules(run, self, prefix, {})
    if isinstance(modules, Unknown):
        return modules
    found: list[Value] = []
    seen: dict[Obj, None] = {}
    for pair in modules:
        assert isinstance(pair, tuple)
        assert isinstance(pair[1], Instance)
        place, module = pair
        if module.named.get("<opaque>"):
            return run.unknown("parameters of a layer that are not listed", self)
        for name, value in children_of(module):
            if is_parameter(value) and isinstance(value, Instance) and value not in seen:
                seen[value] = None
                found.append((f"{place}.{name}" if place else name, value))
    return found


def _only(pairs: list[Value] | Unknown) -> Value:
    return pairs if isinstance(pairs, Unknown) else List([one[1] for one in pairs if isinstance(one, tuple)])


def _parameters(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return _only(_walk_parameters(run, self))


def _named_parameters(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if "<parallel>" in self.named:
        return run.unknown("names of a model that may be wrapped", self)
    found = _walk_parameters(run, self)
    return found if isinstance(found, Unknown) else List(found)


def _modules(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return _only(_walk_modules(run, self, "", {}))


def _named_modules(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if "<parallel>" in self.named:
        return run.unknown("names of a model that may be wrapped", self)
    found = _walk_modules(run, self, "", {})
    return found if isinstance(found, Unknown) else List(found)


def _named_children(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if self.blur is not None or any(isinstance(one, Unknown) and not one.scalar for _, one in children_of(self)):
        return run.unknown("modules that are not known", self)
    seen: list[Value] = []
    found: list[Value] = []
    for name, value in children_of(self):
        if is_module(value) and value not in seen:
            seen.append(value)
            found.append((name, value))
    return List(found)


def _children(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _named_children(run, self, args, kwargs)
    return _only(found.items) if isinstance(found, List) else found


def _itself(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return self


def _apply(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _modules(run, self, [], {})
    if isinstance(found, List):
        for one in found.items[::-1]:
            run.call(args[0], [one], {})
    else:
        lose(run, "apply to unknown modules", args[0], self)
    return self


def _freeze(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _parameters(run, self, [], {})
    if isinstance(found, List):
        for one in found.items:
            run.call(attributes.get(run, one, "requires_grad_"), args, kwargs)
    else:
        run.blur("parameters that are not known", self)
    return self


def _register_parameter(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    name, value = (
        ([*args, kwargs.get("name"), kwargs.get("param", kwargs.get("module"))])[:2] if len(args) < 2 else args[:2]
    )
    if not isinstance(name, str):
        run.blur("a module or parameter of an unknown name", self, value)
        return None
    module_set(run, self, name, value)
    return None


def _register_buffer(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    name = args[0] if args else kwargs.get("name")
    value = args[1] if len(args) > 1 else kwargs.get("tensor")
    if not isinstance(name, str):
        run.blur("a buffer of an unknown name", self)
        return None
    run.change(self)
    kept = self.named.get("<buffers>", ())
    assert isinstance(kept, tuple)
    self.named["<buffers>"] = (*kept, name)
    self.named[name] = value
    return None


def _call_module(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if self.blur is not None:
        return lose(run, self.blur.reason, self, *args, *kwargs.values())
    forward = attributes.find(self.cls, "forward")
    if isinstance(forward, Function):
        return run.call(forward, [self, *args], kwargs)
    if isinstance(forward, Native):
        return forward.methods["forward"](run, self, args, kwargs)
    return lose(run, "a module without forward", self, *args, *kwargs.values())


def _get_submodule(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    target: Value = self
    if not isinstance(args[0], str):
        return run.unknown("a module of an unknown name", self)
    for name in args[0].split(".") if args[0] else []:
        target = attributes.get(run, target, name)
    return target


MODULE = Native(
    "torch.nn.Module",
    make=lambda run, cls: Instance(cls),
    init=_module_init,
    methods={
        "__call__": _call_module,
        "parameters": _parameters,
        "named_parameters": _named_parameters,
        "modules": _modules,
        "named_modules": _named_modules,
        "children": _children,
        "named_children": _named_children,
        "apply": _apply,
        "requires_grad_": _freeze,
        "register_parameter": _register_parameter,
        "add_module": _register_parameter,
        "register_module": _register_parameter,
        "register_buffer": _register_buffer,
        "get_submodule": _get_submodule,
        "zero_grad": lambda run, self, args, kwargs: None,
        "extra_repr": lambda run, self, args, kwargs: "",
        "register_forward_hook": lambda run, self, args, kwargs: run.unknown("a handle", scalar=True),
        **dict.fromkeys(
            ["to", "cuda", "cpu", "float", "double", "half", "bfloat16", "train", "eval", "type", "xpu"], _itself
        ),
        "state_dict": lambda run, self, args, kwargs: run.unknown("the tensors of a module", self),
        "load_state_dict": lambda run, self, args, kwargs: run.unknown("missing keys", scalar=True),
    },
    get=_module_get,
    set=module_set,
)

# --- containers -----------------------------------------------------------------------------------------------------


def _numbered(run: State, self: Instance) -> list[Value] | Unknown:
    if self.blur is not None:
        return run.unknown(self.blur.reason, self)
    found = [value for name, value in self.named.items() if isinstance(name, str) and name[:1] != "<"]
    lost = [one for one in found if isinstance(one, Unknown)]
    return run.unknown(lost[0].reason, self, *lost) if any(one.path == "?" for one in lost) else found


def _sequential_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    run.change(self)
    if len(args) == 1 and isinstance(args[0], Dict):
        if args[0].blur is not None:
            self.blur = run.unknown(args[0].blur.reason, args[0])
            return
        for name, value in args[0].named.items():
            self.named[str(name)] = value
        return
    for place, value in enumerate(args):
        self.named[str(place)] = value


def _list_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    given = args[0] if args else kwargs.get("modules")
    if given is not None:
        _extend(run, self, [given], {})


def _extend(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    run.change(self)
    if isinstance(items, Unknown):
        self.blur = run.unknown(items.reason, items, self.blur)
        return self
    for one in items:
        _append(run, self, [one], {})
    return self


def _append(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    run.change(self)
    count = _numbered(run, self)
    if isinstance(count, Unknown):
        self.blur = run.unknown(count.reason, count, *args)
    else:
        self.named[str(len(count))] = args[0]
    return self


def _insert(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = _numbered(run, self)
    run.change(self)
    if isinstance(items, Unknown) or not isinstance(args[0], int):
        self.blur = run.unknown("an insertion that is not followed", *args)
        return self
    items.insert(args[0], args[1])
    _renumber(self, items)
    return self


def _renumber(self: Instance, items: list[Value]) -> None:
    kept: dict[Value, Value] = {key: one for key, one in self.named.items() if isinstance(key, str) and key[:1] == "<"}
    kept.update((str(place), one) for place, one in enumerate(items))
    self.state = kept


def _iter(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _numbered(run, self)
    return found if isinstance(found, Unknown) else List(found)


def container_item(run: State, self: Instance, key: Value) -> Value:
    """Give an item of a container of modules, or a part of it."""
    native = self.cls.native if isinstance(self.cls, Class) else self.cls
    names = [one.name for one in native.lineage] if native is not None else []
    if self.blur is not None or native is None:
        return run.unknown("an item that is not known", self)
    if "torch.nn.ModuleDict" in names or "torch.nn.ParameterDict" in names:
        if not isinstance(key, str):
            return run.unknown("an item of an unknown name", self)
        if key not in self.named:
            raise Raised(run.error("KeyError", key))
        return self.named[key]
    items = _numbered(run, self)
    if isinstance(items, Unknown):
        return items
    if isinstance(key, int):
        if not -len(items) <= key < len(items):
            raise Raised(run.error("IndexError", "index out of range"))
        return items[key]
    if isinstance(key, slice) and all(isinstance(one, int) or one is None for one in (key.start, key.stop, key.step)):
        made = Instance(native)
        for place, (name, value) in enumerate([one for one in self.named.items() if str(one[0])[:1] != "<"][key]):
            made.named[name if "torch.nn.Sequential" in names else str(place)] = value
        return made
    return run.unknown("an item that is not known", self)


def _set_item(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    key, value = args
    items = _numbered(run, self)
    if isinstance(items, Unknown) or not isinstance(key, (int, str)):
        run.change(self)
        self.blur = run.unknown("an item that is not known", self, value)
        return None
    if isinstance(key, int):
        names = [str(name) for name in self.named if str(name)[:1] != "<"]
        if not -len(names) <= key < len(names):
            raise Raised(run.error("IndexError", "index out of range"))
        key = names[key]
    module_set(run, self, key, value)
    return None


def _del_item(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    key = args[0]
    items = _numbered(run, self)
    run.change(self)
    if isinstance(items, Unknown) or not isinstance(key, (int, slice)):
        self.blur = run.unknown("an item that is not known", self)
        return None
    try:
        del items[key]
    except IndexError:
        raise Raised(run.error("IndexError", "index out of range")) from None
    _renumber(self, items)
    return None


def _forward_chain(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = _numbered(run, self)
    if isinstance(items, Unknown):
        return lose(run, items.reason, self, *args)
    value = args[0] if args else None
    for one in items:
        value = run.call(one, [value], {})
    return value


def _dict_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    given = args[0] if args else kwargs.get("modules")
    if given is not None:
        _dict_update(run, self, [given], {})


def _dict_update(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    run.change(self)
    given = args[0]
    if isinstance(given, Instance) and given.blur is None:
        pairs: list[Value] | Unknown = [one for one in given.named.items() if str(one[0])[:1] != "<"]
    elif isinstance(given, Dict) and given.blur is None:
        pairs = list(given.named.items())
    else:
        pairs = items_of(run, given) if not isinstance(given, Dict) else run.unknown("unknown entries", given)
    if isinstance(pairs, Unknown) or not all(isinstance(one, tuple) and isinstance(one[0], str) for one in pairs):
        self.blur = run.unknown("entries that are not known", given)
        return None
    for pair in pairs:
        assert isinstance(pair, tuple)
        self.named[str(pair[0])] = pair[1]
    return None


def _dict_pairs(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _numbered(run, self)
    if isinstance(found, Unknown):
        return found
    return List([one for one in self.named.items() if str(one[0])[:1] != "<"])


def _dict_keys(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _dict_pairs(run, self, args, kwargs)
    return List([one[0] for one in found.items if isinstance(one, tuple)]) if isinstance(found, List) else found


def _contains(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _dict_keys(run, self, [], {})
    return run.contains(found, args[0])


CHAIN = {
    "append": _append, "extend": _extend, "insert": _insert, "__iter__": _iter, "__iadd__": _extend,
    "__setitem__": _set_item, "__delitem__": _del_item,
}  # fmt: skip
PAIRS = {
    "__iter__": _dict_keys, "keys": _dict_keys, "values": _iter, "items": _dict_pairs, "update": _dict_update,
    "__setitem__": _set_item, "__contains__": _contains,
}  # fmt: skip
SEQUENTIAL = Native("torch.nn.Sequential", MODULE, init=_sequential_init, methods={**CHAIN, "forward": _forward_chain})
MODULE_LIST = Native("torch.nn.ModuleList", MODULE, init=_list_init, methods=CHAIN)
MODULE_DICT = Native("torch.nn.ModuleDict", MODULE, init=_dict_init, methods=PAIRS)
PARAMETER_LIST = Native("torch.nn.ParameterList", MODULE, init=_list_init, methods=CHAIN)
PARAMETER_DICT = Native("torch.nn.ParameterDict", MODULE, init=_dict_init, methods=PAIRS)
CONTAINERS = (SEQUENTIAL, MODULE_LIST, MODULE_DICT, PARAMETER_LIST, PARAMETER_DICT)


def container_length(run: State, value: Instance) -> Value:
    """Give the number of items of a container of modules, or `MISSING`."""
    if any(one in CONTAINERS for one in attributes.lineage(value.cls)):
        found = _numbered(run, value)
        return run.unknown(found.reason, scalar=True) if isinstance(found, Unknown) else len(found)
    return MISSING


# --- layers with rules ----------------------------------------------------------------------------------------------

_NATIVES: dict[str, Native] = {}


def layer_class(name: str) -> Native | None:
    """Give the class of a layer for which there is a rule, or that surely has no parameters."""
    if name not in _NATIVES:
        rule = of_class(name, "torch")
        if rule is None:
            if not name.endswith("Loss"):
                return None
            _NATIVES[name] = Native(f"torch.nn.{name}", MODULE, init=_module_init, methods={"forward": _loss})
        else:
            _NATIVES[name] = Native(
                f"torch.nn.{name}", MODULE, init=_layer_init(rule), methods={"forward": _layer_forward}, data=rule
            )
    return _NATIVES[name]


def _loss(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return Tensor(None)


def _layer_init(rule: Rule) -> Host:
    def init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
        run.change(self)
        self.named["<rule>"] = rule
        options = Dict()
        self.named["<options>"] = options
        for name, value in zip(rule.positional, args, strict=False):
            options.named[name] = value
        if len(args) > len(rule.positional):
            options.named["<surplus>"] = run.unknown("more arguments than are known")
        options.named.update(kwargs)
        if rule.name.startswith("Lazy"):
            self.named["<lazy>"] = True
            return
        try:
            layer = layer_of(run, self)
            weights = layer.on(*natural_inputs(layer)).weights
        except Unread as unread:
            run.may_raise(rule.name)
            self.blur = run.unknown(str(unread), options)
            run.note(f"{rule.name}: {unread}")
            return
        except ParamcalcError as error:
            self.blur = run.unknown(str(error), options)
            run.note(f"{error}")
            return
        for name, option in rule.options.items():
            if name not in options.named and option.default is not REQUIRED:
                options.named[name] = option.default
        for weight in weights:
            if weight.buffer:
                self.named[f"<buffer {weight.name}>"] = weight.shape
            else:
                self.named[weight.name] = make_parameter(weight.shape, weight.trainable)
        if "bias" not in self.named and rule.options.get("bias") is not None:
            self.named["bias"] = None

    return init


class Unread(Exception):
    """An option whose value is unknown."""


def layer_of(run: State, self: Instance) -> Layer:
    """Make the layer of a rule from the options of an instance."""
    rule, options = self.named["<rule>"], self.named["<options>"]
    assert isinstance(rule, Rule)
    assert isinstance(options, Dict)
    if options.blur is not None:
        raise Unread("options that are not known")
    given = {str(name): plain_option(run, rule, str(name), value) for name, value in options.named.items()}
    return rule(**{name: value for name, value in given.items() if name != "<skip>"})


def plain_option(run: State, rule: Rule, name: str, value: Value) -> Value:
    """Give an option as a rule takes it: sizes, numbers, texts, lists of them, layers."""
    value = sized(run, value)
    if isinstance(value, Unknown):
        if name in rule.ignored and not name.startswith("<"):
            return rule.options[name].default if name in rule.options else None
        if name in ("dropout", "p", "eps", "momentum"):
            return rule.options[name].default if name in rule.options else 0.5
        if value.data and not name.startswith("<"):
            return run.symbol(value) if _is_size(rule, name) else _unread(name, value)
        raise Unread(f"{name} is not known: {value.reason}")
    if isinstance(value, (List, tuple)):
        items = items_of(run, value)
        if isinstance(items, Unknown):
            raise Unread(f"{name} is not known: {items.reason}")
        return tuple(plain_option(run, rule, name, one) for one in items)
    if isinstance(value, Instance) and is_module(value) and "<rule>" in value.named and value.blur is None:
        return layer_of(run, value)
    if isinstance(value, (int, float, str, Expr)) or value is None:
        return value
    if name in rule.ignored or name in ("activation", "device", "dtype", "nonlinearity"):
        return rule.options[name].default if name in rule.options else None
    raise Unread(f"{name} is not followed")


def _is_size(rule: Rule, name: str) -> bool:
    option = rule.options.get(name)
    return option is not None and option.kind.base.symbol is not None


def _unread(name: str, value: Unknown) -> Value:
    raise Unread(f"{name} is not known: {value.reason}")


def _layer_forward(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    run.may_raise("a layer")
    shapes = []
    for one in args:
        shape = shape_of(run, one)
        if shape is None:
            break
        shapes.append(shape)
    rule = self.named.get("<rule>")
    if run.trace is not None and not (isinstance(rule, Rule) and args and self.blur is None and shapes):
        run.trace.sure = False
    if not isinstance(rule, Rule) or not args or self.blur is not None:
        return run.unknown("the output of a layer", data=True, scalar=True)
    if shape_of(run, args[0]) is None:
        if self.named.get("<lazy>"):
            run.change(self)
            self.named["<lazy>"] = run.unknown("the shape of its input is not known", scalar=True)
        return run.unknown("the output of a layer", data=True, scalar=True)
    try:
        layer = layer_of(run, self)
        count = len(rule.inputs)
        read = shapes if rule.inputs[0].many else shapes[: max(1, min(count, len(shapes)))]
        built = layer.on(*read)
        if run.trace is not None:
            run.trace.call(self, read, built, run.certain and not kwargs)
    except (ParamcalcError, Unread) as error:
        if run.trace is not None:
            run.trace.sure = False
        run.note(str(error))
        return run.unknown("the output of a layer", data=True, scalar=True)
    if self.named.get("<lazy>") is True:
        run.change(self)
        self.named["<lazy>"] = False
        self.named["<met>"] = tuple(shapes[:1])
        for weight in built.weights:
            if weight.buffer:
                self.named[f"<buffer {weight.name}>"] = weight.shape
            else:
                self.named[weight.name] = make_parameter(weight.shape, weight.trainable)
    try:
        outs = [Tensor(shape) for shape in built.shapes()]
    except Exception:  # outputs that the rule does not know
        return run.unknown("the output of a layer", data=True, scalar=True)
    if rule.name in ("LSTM",) and len(outs) == 3:
        return (outs[0], (outs[1], outs[2]))
    return outs[0] if len(outs) == 1 else tuple(outs)


# --- tables ---------------------------------------------------------------------------------------------------------


def _nn(name: str) -> Value:
    found = layer_class(name) if name[:1].isupper() else None
    return MISSING if found is None else found


def _function(name: str) -> Value:
    layer = layer_class("".join(part.capitalize() for part in name.split("_"))) if "pool" in name else None
    if layer is None:
        return _tensor_function(name)
    return Builtin(f"torch.nn.functional.{name}", lambda run, args, kwargs: _as_layer(run, layer, args, kwargs))


def _as_layer(run: State, layer: Native, args: Args, kwargs: Kwargs) -> Value:
    # a function that is a layer without weights
    words = dict(kwargs)
    value = args[0] if args else words.pop("input", None)
    made = run.call(layer, args[1:], words)
    return run.call(made, [value], {})


def _initializer(name: str) -> Value:
    return Builtin(f"torch.nn.init.{name}", lambda run, args, kwargs: args[0] if args else None)


def _manager(path: str) -> Builtin:
    return Builtin(
        path,
        lambda run, args, kwargs: (
            args[0]
            if args and isinstance(args[0], (Function, Method))
            else Builtin(path, lambda run, args, kwargs: args[0] if args else None)
        ),
    )


def _parallel(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # where it is not sure whether a model is wrapped, the model itself stands for both: it has the same parameters
    inner = args[0] if args else kwargs.get("module")
    if run.unsure and isinstance(inner, Instance) and is_module(inner):
        run.change(inner)
        inner.named["<parallel>"] = True
        return inner
    module_set(run, self, "module", inner)
    return None


PARALLEL = Native(
    "torch.nn.DataParallel",
    MODULE,
    methods={"forward": lambda run, self, args, kwargs: run.call(self.named["module"], args, kwargs)},
    init=_parallel,
)
NN = Module(
    "torch.nn",
    {
        "Module": MODULE, "Parameter": PARAMETER, "Sequential": SEQUENTIAL, "ModuleList": MODULE_LIST,
        "ModuleDict": MODULE_DICT, "ParameterList": PARAMETER_LIST, "ParameterDict": PARAMETER_DICT,
        "DataParallel": PARALLEL,
        "functional": Module("torch.nn.functional", {}, _function),
        "init": Module("torch.nn.init", {}, _initializer),
        "parameter": Module("torch.nn.parameter", {"Parameter": PARAMETER}),
    },
    _nn,
)  # fmt: skip
NN.names["modules"] = NN
MAKERS = dict.fromkeys(["zeros", "ones", "rand", "randn", "empty"], _made)
TORCH = Module(
    "torch",
    {
        "nn": NN,
        **{name: Builtin(f"torch.{name}", function) for name, function in MAKERS.items()},
        **{
            name: Builtin(f"torch.{name}", _like)
            for name in ["zeros_like", "ones_like", "rand_like", "randn_like", "empty_like"]
        },
        "full": Builtin("torch.full", _full),
        "randint": Builtin("torch.randint", _randint),
        "arange": Builtin("torch.arange", _arange),
        "tensor": Builtin("torch.tensor", _literal),
        "FloatTensor": Builtin(
            "torch.FloatTensor",
            lambda run, args, kwargs: (
                _literal(run, args, kwargs) if args and isinstance(args[0], List) else _made(run, args, kwargs)
            ),
        ),
        "no_grad": _manager("torch.no_grad"),
        "inference_mode": _manager("torch.inference_mode"),
        "enable_grad": _manager("torch.enable_grad"),
        "compile": Builtin(
            "torch.compile",
            lambda run, args, kwargs: args[0] if args else Builtin("compile", lambda run, args, kwargs: args[0]),
        ),
        "manual_seed": Builtin("torch.manual_seed", lambda run, args, kwargs: None),
        "Tensor": Native("torch.Tensor", data=None),
        **{
            name: _tensor_function(name)
            for name in [
                "flatten",
                "reshape",
                "unsqueeze",
                "relu",
                "tanh",
                "sigmoid",
                "softmax",
                "log_softmax",
                "cat",
                "stack",
                "matmul",
                "bmm",
                "mm",
                "exp",
                "log",
                "sqrt",
                "tril",
                "triu",
                "einsum",
                "sum",
                "mean",
                "max",
                "min",
                "argmax",
                "where",
                "mul",
                "add",
                "chunk",
                "split",
                "transpose",
                "permute",
                "squeeze",
                "abs",
                "clamp",
                "dropout",
                "outer",
                "pow",
                "sin",
                "cos",
                "rsqrt",
                "linspace",
                "diff",
                "round",
                "floor",
                "ceil",
                "trunc",
                "log2",
                "div",
                "divide",
                "true_divide",
                "multiply",
                "sub",
                "subtract",
                "eye",
                "softplus",
                "multinomial",
                "topk",
                "cumsum",
            ]
        },
    },
    lambda name: Unknown(
        f"torch.{name} is not known",
        path=f"torch.{name}",
        data=True,
        scalar=name not in ("hub", "load", "jit", "nn", "fx", "quantization", "ao"),
    ),
)
MODULES: dict[str, Value] = {
    "torch": TORCH,
    "torch.nn": NN,
    "torch.nn.functional": NN.names["functional"],
    "torch.nn.init": NN.names["init"],
    "torch.nn.parameter": NN.names["parameter"],
    "torch.nn.modules": NN,
}
