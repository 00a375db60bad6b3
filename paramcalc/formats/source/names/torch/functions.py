"""Names: PyTorch. Functions of tensors: what each gives, and which of them multiply matrices."""

from __future__ import annotations

import ast

from .....core.products import Work, product
from .....symbolic import Size
from ...memory.objects import MISSING, Builtin, Host, List, Unknown, Value
from ...memory.state import State
from ...memory.trace import NO_LINKS, function_call
from ...values.containers import items_of
from .. import numbers
from ..native import Args, Kwargs
from ..numbers import Numbers
from ..shapes import broadcast, indexed, matmul, product_of, reduced
from . import resizing
from .function_table import PAIR as OF_PAIR, PRODUCT, REDUCED, SAME, SPREAD, names
from .gradients import derived, graded, links_of, write
from .recording import record, record_change
from .tensors import Tensor, as_shape, is_parameter, number_of, numbers_in, shape_of, with_numbers

SPREADING = names(gives=SPREAD)
SAME_SHAPE = names(gives=SAME) | SPREADING
REDUCE, PAIR, PRODUCTS = (names(gives=kind) for kind in (REDUCED, OF_PAIR, PRODUCT))
OPERATORS: dict[type, str] = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}


def item(run: State, value: Value, key: Value) -> Value:
    """Give an item of a tensor."""
    shape = shape_of(run, value)
    if key is MISSING:
        if shape and isinstance(shape[0], int) and shape[0] <= 200:
            return [derived(run, "unbind", Tensor(shape[1:]), [value], {})] * shape[0]
        return None
    if key is None:
        return shape[0] if shape else run.unknown("a length", data=True, scalar=True)
    run.may_raise("an item of a tensor")
    keys = key if isinstance(key, tuple) else (key,)
    plain = all(isinstance(one, (int, slice)) or one in (None, ...) for one in keys)
    return derived(run, "__getitem__" if plain else "item", Tensor(indexed(shape, keys)), [value, keys], {})


def negated(run: State, value: Value) -> Value:
    """Give a tensor with another sign."""
    return derived(run, "neg", Tensor(shape_of(run, value)), [value], {})


def compared(run: State, a: Value, b: Value) -> Value:
    """Compare tensors number by number; ``MISSING`` where none is one."""
    if not isinstance(a, Tensor) and not isinstance(b, Tensor):
        return MISSING
    run.may_raise("a comparison")
    return derived(run, "compare", Tensor(_spread(run, a, b)), [a, b], {})


def _spread(run: State, *values: Value) -> tuple[Size, ...] | None:
    shapes = [() if isinstance(one, (int, float)) else shape_of(run, one) for one in values]
    return broadcast(*shapes)


def changed(run: State, before: Value, found: Value) -> Value:
    """Write something into a tensor; give what stands for the tensor now."""
    if is_parameter(before):  # the same parameter, with other numbers
        run.entangle()
        return before
    if not isinstance(before, Tensor):
        return found
    write(run, before, found)
    if not isinstance(found, Tensor):
        return found
    made = Tensor(found.shape, found.numbers, before.links, before.memory)
    if run.trace is not None:
        run.trace.in_place(found, made)
    return made


def written(run: State, value: Value, key: Value, item: Value) -> None:
    """Write an item into a tensor."""
    if isinstance(value, Tensor):
        write(run, value, item)
        record_change(run, "__setitem__", value, [key, item], {})


def combine(run: State, op: type, a: Value, b: Value) -> Value:
    """Combine tensors by an operator."""
    run.may_raise("an operation on tensors")
    shapes = [() if isinstance(one, (int, float)) else shape_of(run, one) for one in (a, b)]
    if op is ast.MatMult:
        return _multiplied(run, "matmul", [a, b], Tensor(matmul(*shapes)), {})
    shape = broadcast(*shapes)
    sides = [side for side in (numbers_in(run, a), numbers_in(run, b)) if side is not None]
    known = len(sides) == 2 and any(isinstance(one, Numbers) for one in sides)
    found = with_numbers(run, numbers.combined(op, *sides) if known else None, shape)
    return derived(run, OPERATORS.get(op, "binary"), found, [a, b], {})


def _multiplied(run: State, name: str, args: Args, found: Value, kwargs: Kwargs) -> Value:
    # a product of matrices is kept, if it is made for sure
    operands = [one for one in (*args, *kwargs.values()) if not isinstance(one, (int, float)) and one is not None]
    shapes = [shape_of(run, one) for one in operands]
    known = [one for one in shapes if one is not None]
    sizes = product_of(name, shapes)
    if run.trace is None or sizes is None or not run.certain:
        if run.trace is not None and (sizes is None or sum(sizes) != 0):
            run.trace.sure = False
        made = derived(run, name, found, operands, {})
        if run.trace is None and isinstance(made, Tensor) and made.links != NO_LINKS:
            made.links = None  # a gradient passes through a product that is none of forward
        return made
    first = product(sizes[0], 0, 1)
    mask = range(3, len(known))
    products = (first,) if len(sizes) == 1 else (first, product(sizes[1], (0, 1, *mask), 2))
    built = function_call(shape_of(run, found), Work(products))
    outs = run.trace.call(name, known, built, [links_of(run, one) for one in operands])
    if isinstance(found, Tensor) and outs:
        found.links = graded(run, outs[0])
        record(run, name, [found], args, kwargs, len(run.trace.calls) - 1)
    return found


def operate(run: State, name: str, args: Args, kwargs: Kwargs) -> Value:
    """Give what a function of tensors gives: a tensor, or several, whose shape is known where the rule is plain."""
    run.may_raise(name)
    try:
        found = _operated(run, name, args, dict(kwargs))
    except (TypeError, ValueError, IndexError, AssertionError):
        found = None
    if name in PRODUCTS:
        found = _multiplied(run, name, args, found, kwargs)
    elif found is None and run.trace is not None:
        run.trace.sure = False
    unknown = run.unknown(f"{name} is not followed", data=True, scalar=True)
    return unknown if found is None else found if name in PRODUCTS else derived(run, name, found, args, kwargs)


def _operated(run: State, name: str, args: Args, kwargs: Kwargs) -> Value:
    if name in ("cat", "concat", "concatenate", "stack"):
        return _joined(run, name, args, kwargs)
    x = shape_of(run, args[0])
    if x is None:
        return None
    rest = list(args[1:])
    dim, keep = _over(name, rest, kwargs)
    if name in ("matmul", "bmm", "mm"):
        return Tensor(matmul(x, shape_of(run, rest[0])))
    if name in ("linear", "embedding", "scaled_dot_product_attention"):
        other = shape_of(run, rest[-1] if name.startswith("scaled") else rest[0])
        assert other is not None
        last = other[0] if name == "linear" else other[-1]
        return Tensor((*x, last) if name == "embedding" else (*x[:-1], last))
    if name in PAIR:
        for one in rest[: 2 if name == "where" else 1]:
            x = broadcast(x, () if isinstance(one, (int, float)) else shape_of(run, one))
        return Tensor(x) if rest else None
    if name in ("expand_as", "view_as"):
        return Tensor(shape_of(run, rest[0]))
    if name in REDUCE or (name in ("max", "min") and dim is None):
        axes = tuple(items_of(run, dim)) if isinstance(dim, (tuple, List)) else dim  # type: ignore[arg-type]
        chosen = tuple(one for one in (axes if isinstance(axes, tuple) else (axes,)) if isinstance(one, int))
        return Tensor(reduced(x, axes, chosen, keep))
    if name in ("max", "min") and isinstance(dim, int):
        made = Tensor(reduced(x, dim, (dim,), keep))
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
        places = as_shape(run, [*rest, *(kwargs[one] for one in ("dims",) if one in kwargs)])
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


def _over(name: str, rest: Args, kwargs: Kwargs) -> tuple[Value, Value]:
    # the axes of a function that reduces, and whether it keeps them
    if name == "norm":
        rest = rest[1:]  # the order comes first
    if name in ("std", "var"):
        rest = [] if rest and isinstance(rest[0], bool) else [*rest[:1], *rest[2:]]  # the correction lies between
    dim = kwargs.get("dim", kwargs.get("axis", rest[0] if rest else None))
    return dim, kwargs.get("keepdim", rest[1] if len(rest) > 1 else False)


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


def _reshaped(run: State, shape: tuple[Size, ...] | None, args: Args, kwargs: Kwargs) -> Value:
    wanted = as_shape(run, [*args, *(kwargs[one] for one in ("shape", "size") if one in kwargs)])
    if wanted is None or len(wanted) > 20:
        return Tensor(None)
    if -1 in wanted:
        if shape is None or not all(isinstance(one, int) for one in (*shape, *wanted)):
            return Tensor(None)
        rest = number_of(tuple(one for one in wanted if one != -1))
        whole = number_of(shape)
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
    return Tensor((*shape[:first], number_of(shape[first : last + 1]), *shape[last + 1 :]))


RESHAPED: dict[str, Host] = {
    "view": _reshaped, "reshape": _reshaped, "unsqueeze": _unsqueezed, "flatten": _flattened, **resizing.METHODS,
}  # fmt: skip


FIRST = ("input", "tensors")  # what functions of one tensor, or of several, call their first argument


def counted(run: State, name: str, args: Args, kwargs: Kwargs) -> Tensor | None:
    """Give a function of tensors whose numbers are known; ``None`` where they are not."""
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


def same_shape(run: State, name: str, args: Args, kwargs: Kwargs) -> Value:
    """Give what a function gives that works number by number; what it is given besides may be larger."""
    shape = shape_of(run, args[0])
    for one in (*args[1:], *kwargs.values()) if name in SPREADING else ():
        if not isinstance(one, (int, float)) and one is not None:
            shape = broadcast(shape, shape_of(run, one))
    return derived(run, name, Tensor(shape), args, kwargs)


def tensor_function(name: str) -> Builtin:
    """Make a function of tensors."""

    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        run.may_raise(f"torch.{name}")
        if not args:  # the first argument by its name
            kwargs = dict(kwargs)
            args = [kwargs.pop(one) for one in FIRST if one in kwargs][:1]
        shaping = RESHAPED.get(name, resizing.FUNCTIONS.get(name))
        if shaping is not None and args:
            return derived(run, name, shaping(run, shape_of(run, args[0]), args[1:], kwargs), args, kwargs)
        found = counted(run, name, args, kwargs)
        if found is not None:
            return found
        if name in SAME_SHAPE and args and (isinstance(args[0], Tensor) or is_parameter(args[0])):
            return same_shape(run, name, args, kwargs)
        return (
            operate(run, name, args, kwargs) if args else run.unknown(f"{name} is not followed", data=True, scalar=True)
        )

    return Builtin(f"torch.{name}", call)
