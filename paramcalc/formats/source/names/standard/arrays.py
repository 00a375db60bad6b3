"""Names: NumPy. Arrays: their shapes, and the numbers of those in one row where they are known."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import partial

from .....symbolic import Expr, Size
from ...memory.objects import Builtin, Host, Instance, List, Native, Unknown, Value
from ...memory.state import Raised, State
from ...values.containers import items_of
from ...values.operations import sized
from ..native import Args, Kwargs, by_name, by_place
from ..shapes import Shape, broadcast, indexed, matmul, reduced

MOST_ITEMS = 200  # of the first axis, that are iterated over
MOST_DEPTH = 8  # of lists in lists
ITEMS, SHAPE = "<items>", "<shape>"  # the names under which an array has them


def array_of(items: Sequence[Value]) -> Instance:
    """Make an array of numbers in one row."""
    made = of_shape((len(items),))
    made.named[ITEMS] = tuple(items)
    return made


def of_shape(shape: Shape) -> Instance:
    """Make an array of unknown numbers."""
    made = Instance(ARRAY)
    made.named[SHAPE] = shape
    return made


def is_array(value: Value) -> bool:
    """Tell whether a value is an array."""
    return isinstance(value, Instance) and value.cls is ARRAY


def array_shape(value: Value) -> Shape | None:
    """Give the shape of an array; ``None`` where it is none, or unknown."""
    if not isinstance(value, Instance) or value.cls is not ARRAY or value.blur is not None:
        return None
    shape = value.named.get(SHAPE)
    return shape if isinstance(shape, tuple) else None


def shape_of(run: State, value: Value, depth: int = 0) -> Shape | None:
    """Give the shape of what NumPy makes an array of: an array, a number, or numbers in lists of the same lengths."""
    if isinstance(value, (int, float, complex)):
        return ()
    if is_array(value):
        return array_shape(value)
    if not isinstance(value, (List, tuple, range)) or depth > MOST_DEPTH:
        return None
    items = items_of(run, value)
    if isinstance(items, Unknown):
        return None
    run.budget.charge(len(items) // 8)
    shapes = [shape_of(run, one, depth + 1) for one in items]
    if None in shapes or any(one != shapes[0] for one in shapes):
        return None
    return (len(items), *(shapes[0] or ())) if shapes else (0,)


def items_in(run: State, self: Instance) -> list[Value] | Unknown:
    """Give the numbers of an array in one row."""
    items = self.named.get(ITEMS)
    if self.blur is not None or not isinstance(items, tuple):
        return run.unknown("the numbers of an array", data=True, scalar=True)
    return list(items)


def sizes_in(run: State, value: Value) -> Shape | None:
    """Read a shape: one size, or sizes in a list or tuple."""
    given = [value] if isinstance(value, (int, Expr)) else items_of(run, value)
    sizes = [sized(run, one) for one in given] if isinstance(given, list) else [None]
    known = [one for one in sizes if isinstance(one, (int, Expr)) and not isinstance(one, bool)]
    return tuple(known) if len(known) == len(sizes) else None


def reshaped(shape: Shape, wanted: Shape) -> Shape | None:
    """Give a shape in which one size may be left open, as -1."""
    if -1 not in wanted:
        whole, rest = number(shape), number(wanted)
        return None if isinstance(whole, int) and isinstance(rest, int) and whole != rest else wanted
    if not all(isinstance(one, int) for one in (*shape, *wanted)) or wanted.count(-1) > 1:
        return None
    whole, rest = number(shape), -number(wanted)
    if not isinstance(whole, int) or not isinstance(rest, int) or rest <= 0 or whole % rest:
        return None
    return tuple(whole // rest if one == -1 else one for one in wanted)


def number(shape: Shape) -> Size:
    """Count the numbers of an array."""
    total: Size = 1
    for one in shape:
        total = total * one
    return total


def known_or(run: State, shape: Shape | None) -> Value:
    """Give an array of a shape, or an unknown value."""
    if shape is None:
        return run.unknown("an array that is not followed", data=True, scalar=True)
    return of_shape(shape)


# --- what an array does ---------------------------------------------------------------------------------------------


def _item(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    (key,) = args
    items, shape = items_in(run, self), array_shape(self)
    if isinstance(key, int) and not isinstance(key, bool) and isinstance(items, list):
        if not -len(items) <= key < len(items):
            raise Raised(run.error("IndexError", "index out of range"))
        return items[key]
    keys = key if isinstance(key, tuple) else (key,)
    if shape is None or not all(isinstance(one, (int, slice)) or one in (None, ...) for one in keys):
        run.may_raise("an item of an array")
        return run.unknown("a part of an array", data=True, scalar=True)
    run.may_raise("an item of an array")
    found = indexed(shape, keys)
    shared(run, self)
    return run.unknown("a number", data=True, scalar=True) if found == () else known_or(run, found)


def _list(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items, shape = items_in(run, self), array_shape(self)
    if isinstance(items, list):
        return List(items)
    if not shape or not isinstance(shape[0], int) or shape[0] > MOST_ITEMS:
        return run.unknown("the numbers of an array", data=True, scalar=True)
    shared(run, self)
    return List([known_or(run, shape[1:]) if shape[1:] else items for _ in range(shape[0])])


def _numbers(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = items_in(run, self)
    return List(items) if isinstance(items, list) else items


def shared(run: State, array: Instance) -> None:
    """Forget the numbers of an array of which another one shares the memory."""
    if array.named.get(ITEMS) is not None:
        _change(run, array, [], {})


def _length(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    shape = array_shape(self)
    return shape[0] if shape else run.unknown("the length of an array", data=True, scalar=True)


def _change(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # other numbers, in the same shape
    run.change(self)
    self.named[ITEMS] = None
    return self


def _set(run: State, self: Instance, name: str, value: Value) -> None:
    run.blur("an attribute of an array was set", self, value)


def _negative(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = items_in(run, self)
    if isinstance(items, list) and all(isinstance(one, (int, float)) for one in items):
        return array_of([-one for one in items if isinstance(one, (int, float))])
    return known_or(run, array_shape(self))


def _operator(op: type[ast.operator], turned: bool) -> Host:
    def apply(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
        run.may_raise("an operation on arrays")
        shapes = [array_shape(self), shape_of(run, args[0])]
        shapes = shapes[::-1] if turned else shapes
        return known_or(run, matmul(*shapes) if op is ast.MatMult else broadcast(*shapes))

    return by_place(apply, 1)


def _same(run: State, shape: Shape, given: Kwargs) -> Shape | None:
    return shape


def _as_shape(run: State, shape: Shape, given: Kwargs) -> Shape | None:
    sizes = [one for name, one in given.items() if name != "order"]
    wanted = sizes_in(run, sizes[0] if len(sizes) == 1 else tuple(sizes))
    return None if wanted is None else reshaped(shape, wanted)


def _in_a_row(run: State, shape: Shape, given: Kwargs) -> Shape | None:
    return (number(shape),)


def turned(run: State, shape: Shape, given: Kwargs) -> Shape | None:
    """Give the shape with its axes in another order, or from the last to the first."""
    axes = [one for one in given.values() if one is not None]
    order = sizes_in(run, axes[0] if len(axes) == 1 else tuple(axes)) if axes else tuple(range(len(shape)))[::-1]
    known = order is not None and sorted(one for one in order if isinstance(one, int)) == [*range(len(shape))]
    return tuple(shape[one] for one in order if isinstance(one, int)) if known and order is not None else None


def squeezed(run: State, shape: Shape, given: Kwargs) -> Shape | None:
    """Give the shape without axes of one place."""
    axis = given.get("axis")
    if axis is None:
        return tuple(one for one in shape if one != 1)
    if not isinstance(axis, int) or not -len(shape) <= axis < len(shape) or shape[axis] != 1:
        return None
    return tuple(one for at, one in enumerate(shape) if at != axis % len(shape))


def lessened(run: State, shape: Shape, given: Kwargs) -> Shape | None:
    """Give the shape of a sum or the like over an axis, some axes, or all."""
    axis = given.get("axis")
    axes = tuple(one for one in (axis if isinstance(axis, tuple) else (axis,)) if isinstance(one, int))
    if len(axes) < (len(axis) if isinstance(axis, tuple) else axis is not None):
        return None
    return reduced(shape, axis, axes, given.get("keepdims", False))


Shaping = Callable[[State, Shape, Kwargs], Shape | None]
REDUCING = ("sum", "mean", "max", "min", "std", "var", "prod", "argmax", "argmin", "any", "all")
METHODS: dict[str, tuple[Shaping, tuple[str, ...]]] = {  # the shape that a method gives, and what it reads
    "astype": (_same, ("dtype", "copy")), "copy": (_same, ("order",)), "round": (_same, ("decimals",)),
    "clip": (_same, ("min", "max")), "reshape": (_as_shape, ("a", "b", "c", "d", "e", "f", "order")),
    "flatten": (_in_a_row, ()), "ravel": (_in_a_row, ()), "transpose": (turned, ("a", "b", "c", "d", "e", "f")),
    "squeeze": (squeezed, ("axis",)), **dict.fromkeys(REDUCING, (lessened, ("axis",))),
}  # fmt: skip


VIEWS = ("reshape", "ravel", "transpose", "squeeze")  # methods of which the result may share the memory


def _shaping(name: str, self: Instance, run: State, args: Args, kwargs: Kwargs) -> Value:
    rule, names = METHODS[name]
    shape = array_shape(self)
    given = by_name(names, args, kwargs)
    if shape is None or len(args) > len(names) or not given.keys() <= {*names, "keepdims"}:
        return run.unknown(f"{name}() of an array", data=True, scalar=True)
    run.may_raise(f"{name}() of an array")
    if name in VIEWS:
        shared(run, self)
    found = rule(run, shape, given)
    return of_shape(found) if found else run.unknown(f"{name}() of an array", data=True, scalar=True)


def _get(run: State, self: Instance, name: str) -> Value:
    shape = array_shape(self)
    if shape is not None and name in ("shape", "ndim", "size"):
        return {"shape": shape, "ndim": len(shape), "size": number(shape)}[name]
    if name == "T" and shape is not None:
        shared(run, self)
        return of_shape(shape[::-1])
    if name in METHODS:
        return Builtin(f"ndarray.{name}", partial(_shaping, name, self))
    return run.unknown(f"{name} of an array is not followed", self)


OPERATORS: dict[str, type[ast.operator]] = {
    "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div, "floordiv": ast.FloorDiv, "mod": ast.Mod,
    "pow": ast.Pow, "matmul": ast.MatMult,
}  # fmt: skip
ARRAY = Native(
    "numpy.ndarray",
    make=lambda run, cls: Instance(cls),
    methods={
        "__iter__": _list,
        "tolist": by_place(_numbers, 0),
        "__getitem__": _item,
        "__setitem__": _change,
        "<handed>": _change,
        "fill": by_place(_change, 1),
        "__len__": _length,
        "__neg__": _negative,
        "__bool__": lambda run, self, args, kwargs: run.unknown("a condition", data=True, scalar=True),
        **{f"__{name}__": _operator(op, False) for name, op in OPERATORS.items()},
        **{f"__r{name}__": _operator(op, True) for name, op in OPERATORS.items()},
        **{f"__i{name}__": _change for name in OPERATORS},
    },
    get=_get,
    set=_set,
    data="compared",
)
