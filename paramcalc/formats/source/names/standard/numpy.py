"""Names: NumPy. Its functions: those that make arrays, change shapes, or work number by number."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from .....symbolic import Size
from ...memory.objects import Builtin, Host, Instance, Module, Unknown, Value
from ...memory.state import State
from ...values.containers import items_of
from ..native import Args, Kwargs, by_name, not_known
from ..shapes import Shape, broadcast
from .arrays import (
    ARRAY,
    array_of,
    array_shape,
    is_array,
    lessened,
    of_shape,
    reshaped,
    shape_of,
    shared,
    sizes_in,
    squeezed,
    turned,
)
from .iteration import MATH, prod

MOST_NUMBERS = 4_096
Made = Callable[[State, Kwargs], Shape | None]


VIEWS = ("reshape", "expand_dims", "squeeze", "transpose", "flip")  # of which the result may share the memory


def _unknown(run: State, name: str, args: Args, kwargs: Kwargs) -> Value:
    # what a call gives that is not followed
    function = Unknown(f"numpy.{name} is not known", run.line, path=f"numpy.{name}", data=True, scalar=True)
    return run.call(function, args, kwargs)


def _function(name: str, names: str, make: Made) -> Builtin:
    # of arguments by their places or names; where the shape is not known, a result from outside
    order = tuple(names.split())

    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        given = by_name(order, args, kwargs)
        plain = len(args) <= len(order) and given.keys() <= {*order, "dtype", "order"}
        shape = make(run, given) if plain else None
        for one in given.values():
            if name in VIEWS and isinstance(one, Instance) and is_array(one):
                shared(run, one)
        if shape is None:
            return _unknown(run, name, args, kwargs)
        run.may_raise(f"numpy.{name}")
        return of_shape(shape) if shape else run.unknown("a number", data=True, scalar=True)

    return Builtin(f"numpy.{name}", call)


# --- from sizes -----------------------------------------------------------------------------------------------------


def _of_size(run: State, given: Kwargs, name: str = "shape") -> Shape | None:
    wanted = given.get(name)
    return () if wanted is None else sizes_in(run, wanted)


def _of_sizes(run: State, given: Kwargs) -> Shape | None:
    return sizes_in(run, tuple(given.values()))


def _square(run: State, given: Kwargs) -> Shape | None:
    rows = given.get("N")
    columns = given.get("M")
    return sizes_in(run, (rows, rows if columns is None else columns))


def _linspace(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give evenly spaced numbers, rounded as NumPy does: start + i·step in 64 bits, and the end as it is."""
    given = by_name(("start", "stop", "num"), args, kwargs)
    start, stop, count = given.pop("start", None), given.pop("stop", None), given.pop("num", 50)
    plain = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (start, stop))
    if given or len(args) > 3 or not plain or not isinstance(count, int) or not 2 <= count <= MOST_NUMBERS:
        return _unknown(run, "linspace", args, kwargs)
    assert isinstance(start, (int, float))
    assert isinstance(stop, (int, float))
    step = (float(stop) - float(start)) / (count - 1)
    return array_of([*(place * step + float(start) for place in range(count - 1)), float(stop)])


def _arange(run: State, args: Args, kwargs: Kwargs) -> Value:
    ends = [one for one in args if isinstance(one, int) and not isinstance(one, bool)]
    if kwargs or len(ends) < len(args) or not 1 <= len(ends) <= 3 or 0 in ends[2:]:
        return _unknown(run, "arange", args, kwargs)
    found = range(*ends)
    return array_of(found) if 2 <= len(found) <= MOST_NUMBERS else of_shape((len(found),))


# --- from arrays ----------------------------------------------------------------------------------------------------


def _array(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give an array of numbers in lists; the numbers are known of fractions in one row."""
    shape = shape_of(run, args[0]) if len(args) == 1 and kwargs.keys() <= {"dtype", "copy"} else None
    if not shape:
        return _unknown(run, "array", args, kwargs)
    if isinstance(args[0], Instance):
        shared(run, args[0])
    items = items_of(run, args[0]) if len(shape) == 1 and not kwargs and not is_array(args[0]) else []
    known = isinstance(items, list) and items and all(isinstance(one, float) for one in items)
    return array_of(items) if known and isinstance(items, list) else of_shape(shape)


def _like(run: State, given: Kwargs) -> Shape | None:
    shape = array_shape(given.get("a"))
    for name in ("b", "c"):  # what is combined with it number by number
        shape = broadcast(shape, shape_of(run, given[name])) if name in given else shape
    return shape


def _reshape(run: State, given: Kwargs) -> Shape | None:
    shape = array_shape(given.get("a"))
    wanted = sizes_in(run, given.get("newshape", given.get("shape")))
    return None if shape is None or wanted is None else reshaped(shape, wanted)


def _expanded(run: State, given: Kwargs) -> Shape | None:
    shape, axis = array_shape(given.get("a")), given.get("axis")
    if shape is None or not isinstance(axis, int) or not -len(shape) - 1 <= axis <= len(shape):
        return None
    at = axis % (len(shape) + 1)
    return (*shape[:at], 1, *shape[at:])


def _of_array(rule: Callable[[State, Shape, Kwargs], Shape | None], run: State, given: Kwargs) -> Shape | None:
    # by the rule of the method of the same name
    rest = dict(given)
    shape = array_shape(rest.pop("a", None))
    return None if shape is None else rule(run, shape, rest)


def _shapes(run: State, given: Kwargs) -> list[Shape]:
    items = items_of(run, given.get("arrays"))
    shapes = [array_shape(one) for one in items] if isinstance(items, list) else []
    known = [one for one in shapes if one]
    return known if len(known) == len(shapes) else []


def _concatenated(run: State, given: Kwargs, axis: int | None = None) -> Shape | None:
    shapes, at = _shapes(run, given), given.get("axis", 0) if axis is None else axis
    if not shapes or not isinstance(at, int) or not -len(shapes[0]) <= at < len(shapes[0]):
        return None
    at %= len(shapes[0])
    total: Size = 0
    for one in shapes:
        if len(one) != len(shapes[0]) or (*one[:at], *one[at + 1 :]) != (*shapes[0][:at], *shapes[0][at + 1 :]):
            return None
        total = total + one[at]
    return (*shapes[0][:at], total, *shapes[0][at + 1 :])


def _stacked(run: State, given: Kwargs) -> Shape | None:
    shapes, at = _shapes(run, given), given.get("axis", 0)
    if not shapes or not isinstance(at, int) or any(one != shapes[0] for one in shapes):
        return None
    at %= len(shapes[0]) + 1
    return (*shapes[0][:at], len(shapes), *shapes[0][at:])


def _of_number(name: str) -> Host:
    # of a number what `math` has; of an array number by number
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        if len(args) == 1 and not kwargs and array_shape(args[0]):
            return of_shape(array_shape(args[0]) or ())
        return run.call(MATH.names[name], args, kwargs)

    return call


def _counted(run: State, args: Args, kwargs: Kwargs) -> Value:
    # the product of sizes, or of what is in an array
    return _unknown(run, "prod", args, kwargs) if args and is_array(args[0]) else prod(run, args, kwargs)


ALIKE = (
    "abs", "absolute", "exp", "expm1", "log10", "log1p", "sin", "cos", "tan", "tanh", "sign", "square", "nan_to_num",
    "zeros_like", "ones_like", "empty_like",
)  # fmt: skip
COMBINED = ("maximum", "minimum", "add", "subtract", "multiply", "divide", "power")
SHAPING: dict[str, tuple[str, Made]] = {
    **dict.fromkeys(("zeros", "ones", "empty"), ("shape dtype", _of_size)),
    "full": ("shape fill_value", _of_size),
    "eye": ("N M", _square), "identity": ("N", _square),
    **dict.fromkeys(ALIKE, ("a", _like)),
    **dict.fromkeys(COMBINED, ("a b", _like)),
    "full_like": ("a fill_value", lambda run, given: array_shape(given.get("a"))),
    "clip": ("a min max", lambda run, given: array_shape(given.get("a"))),
    "round": ("a decimals", lambda run, given: array_shape(given.get("a"))),
    "reshape": ("a newshape shape", _reshape),
    "expand_dims": ("a axis", _expanded),
    "flip": ("a axis", lambda run, given: array_shape(given.get("a"))),
    "squeeze": ("a axis", partial(_of_array, squeezed)),
    "transpose": ("a axes", partial(_of_array, turned)),
    **dict.fromkeys(
        ("sum", "mean", "max", "min", "amax", "amin", "std", "var", "argmax", "argmin"),
        ("a axis", partial(_of_array, lessened)),
    ),
    "concatenate": ("arrays axis", _concatenated), "stack": ("arrays axis", _stacked),
}  # fmt: skip
RANDOM: dict[str, tuple[str, Made]] = {
    **dict.fromkeys(("rand", "randn"), ("a b c d e f", _of_sizes)),
    **dict.fromkeys(("random", "random_sample", "sample"), ("size", partial(_of_size, name="size"))),
    **dict.fromkeys(("normal", "uniform", "beta"), ("a b size", partial(_of_size, name="size"))),
    "randint": ("low high size", partial(_of_size, name="size")),
    "choice": ("a size replace p", partial(_of_size, name="size")),
    "standard_normal": ("size", partial(_of_size, name="size")),
}  # fmt: skip


NUMPY = Module(
    "numpy",
    {
        **{name: _function(name, names, make) for name, (names, make) in SHAPING.items()},
        "random": Module(
            "numpy.random",
            {name: _function(f"random.{name}", names, make) for name, (names, make) in RANDOM.items()},
            partial(not_known, "numpy.random", scalar=True),
        ),
        "ndarray": ARRAY,
        "linspace": Builtin("numpy.linspace", _linspace),
        "arange": Builtin("numpy.arange", _arange),
        **{name: Builtin(f"numpy.{name}", _array) for name in ("array", "asarray", "ascontiguousarray")},
        **{name: Builtin(f"numpy.{name}", _counted) for name in ("prod", "product")},
        **{name: Builtin(f"numpy.{name}", _of_number(name)) for name in ("sqrt", "ceil", "floor", "log2", "log")},
        "pi": math.pi,
        "inf": math.inf,
        "e": math.e,
        "newaxis": None,
        "float32": "float32",
        "int64": "int64",
    },
    partial(not_known, "numpy", scalar=True),
)
