"""Names: Keras. Functions of tensors."""

from __future__ import annotations

from functools import cache

from .....errors import ParamcalcError
from .....symbolic import Expr, Size
from ...memory.objects import Builtin, Function, List, Unknown, Value
from ...memory.state import State
from ...values import attributes
from ...values.containers import items_of
from ...values.operations import sized
from ..native import Args, Kwargs, by_name
from ..shapes import Shape, broadcast, matmul, reduced
from ..torch import Tensor as Array, as_shape
from .by_rule import shape_by_rule
from .tensors import Tensor, shape_of, symbolic_in

SAME = frozenset(
    [
        "softmax", "relu", "sigmoid", "tanh", "exp", "log", "sqrt", "square", "abs", "negative", "cast", "identity",
        "gelu", "silu", "swish", "elu", "selu", "leaky_relu", "clip", "dropout", "stop_gradient", "log_softmax",
        "softplus", "softsign", "relu6", "hard_sigmoid", "rsqrt", "sin", "cos", "convert_to_tensor", "zeros_like",
        "linear", "exponential", "mish", "celu", "hard_silu", "hard_swish", "hard_tanh", "log_sigmoid", "squareplus",
        "ones_like", "l2_normalize", "normalize", "log1p", "expm1", "sign", "round", "floor", "ceil", "cumsum",
        "flip",
    ]
)  # fmt: skip
PAIR = frozenset(["add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "where", "add_n"])
REDUCE = frozenset(
    [
        "mean", "sum", "max", "min", "prod", "reduce_mean", "reduce_sum", "reduce_max", "reduce_min", "std", "var",
        "amax", "amin", "logsumexp", "argmax", "argmin", "any", "all",
    ]
)  # fmt: skip


def function(name: str, of_ops: bool = False) -> Builtin:
    """Give a function on tensors: its shape where that is plain, else a tensor of unknown shape.

    ``of_ops`` says that it is one of ``keras.ops``, whose rules are asked, too; those of TensorFlow and of
    ``keras.backend`` have other arguments.
    """

    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        tensors = symbolic_in(*args, *kwargs.values())
        known = shape_of(args[0]) if name == "shape" and len(args) == 1 and tensors else None
        if known is not None:  # sizes that are known are numbers, and the others are tensors
            # in the graph of a model, and not within a layer, an open size is None in Keras 3
            within = any(function.name == "call" for function, _ in run.frames)
            return tuple(
                one
                if isinstance(one, int)
                else Tensor((), name, tensors, line=run.line, extent=one if within else None)
                for one in known
            )
        try:
            shape = _function_shape(run, name, args, kwargs)
        except (TypeError, ValueError, IndexError, ParamcalcError):
            shape = None
        if shape is None and of_ops and tensors:
            shape = shape_by_rule(name, args, kwargs)
        if tensors:
            return Tensor(shape, name, tensors, line=run.line)
        constant = bool(args) and not isinstance(args[0], (int, float)) and name not in ("zeros", "ones")
        return Array(shape) if constant and shape is not None else _of_numbers(run, name, args, kwargs)

    return Builtin(f"keras.ops.{name}", call)


PLAIN_ACTIVATIONS = frozenset(  # whose functions have the names by which layers take them
    [
        "relu", "softmax", "sigmoid", "tanh", "linear", "elu", "selu", "gelu", "softplus", "softsign", "exponential",
        "relu6", "silu", "leaky_relu", "hard_sigmoid", "log_softmax", "mish",
    ]
)  # fmt: skip


@cache
def activation(name: str) -> Builtin:
    """Give a function of ``keras.activations``: the same one each time."""
    if name == "get":
        return Builtin("keras.activations.get", _looked_up)
    return function(name) if name in PLAIN_ACTIVATIONS else attributes.perhaps(function(name))


def _looked_up(run: State, args: Args, kwargs: Kwargs) -> Value:
    # by a name; None is the linear one, and a function is itself
    given = args[0] if args else kwargs.get("identifier")
    if given is None or (isinstance(given, str) and given in PLAIN_ACTIVATIONS):
        return activation(given if isinstance(given, str) else "linear")
    return given if isinstance(given, (Function, Builtin)) else run.unknown("an activation", given)


def _of_numbers(run: State, name: str, args: Args, kwargs: Kwargs) -> Value:
    if name in ("zeros", "ones", "normal", "uniform"):
        return Tensor(as_shape(run, [args[0] if args else kwargs.get("shape", ())]), name)
    if name in ("arange", "range"):
        return _counted(run, args, kwargs)
    if name in ("shape",) and args:
        return shape_of(args[0]) or run.unknown("a shape", data=True, scalar=True)
    return run.unknown(f"{name} is not followed", path=f"keras.ops.{name}()", data=True, scalar=True)


def _counted(run: State, args: Args, kwargs: Kwargs) -> Value:
    # the numbers from start to stop: only how many there are
    start, stop, step = _ends(args, kwargs)
    if not (isinstance(start, int) and isinstance(stop, int) and isinstance(step, int)) or step == 0:
        return run.unknown("numbers that are not known", data=True, scalar=True)
    return Array((len(range(start, stop, step)),))


def _ends(args: Args, kwargs: Kwargs) -> tuple[Value, Value, Value]:
    # start, stop and step, by place or by the names that Keras or TensorFlow has for them
    words = {"limit": "stop", "delta": "step"}
    given = dict(zip(("start", "stop", "step"), args, strict=False))
    given.update({words.get(name, name): value for name, value in kwargs.items()})
    start, stop = (given.get("start", 0), given["stop"]) if given.get("stop") is not None else (0, given.get("start"))
    return start, stop, given.get("step", 1)


def _function_shape(run: State, name: str, args: Args, kwargs: Kwargs) -> Shape | None:
    if name in ("arange", "range"):
        return _up_to(args, kwargs)
    if name == "stack":
        return _stacked(run, args[0], kwargs.get("axis", args[1] if len(args) > 1 else 0))
    x = shape_of(args[0]) if args else None
    if name in SAME:
        return x
    if name in PAIR:
        return broadcast(x, shape_of(args[1])) if len(args) > 1 and name != "where" else None
    if name in ("matmul",):
        return _product(args, kwargs)
    if x is None:
        return None
    place = kwargs.get("axis", kwargs.get("axes", kwargs.get("perm", args[1] if len(args) > 1 else None)))
    if isinstance(place, (List, tuple)):
        items = items_of(run, place)
        place = tuple(items) if isinstance(items, list) else run.unknown("axes")
    if name == "pad":
        return _padded(run, x, args[1] if len(args) > 1 else kwargs.get("pad_width", kwargs.get("paddings")))
    if name == "reshape":
        return reshaped(run, x, args[1] if len(args) > 1 else kwargs.get("newshape", kwargs.get("shape")))
    axes = tuple(one for one in (place if isinstance(place, tuple) else (place,)) if isinstance(one, int))
    if isinstance(place, tuple) and len(axes) < len(place):
        return None
    if name in REDUCE:
        keep = kwargs.get("keepdims", args[2] if len(args) > 2 else False)
        known = isinstance(keep, bool) and len(args) <= 3 and kwargs.keys() <= {"axis", "keepdims", "name", "dtype"}
        return reduced(x, place, axes, keep) if known else None
    if name == "transpose":
        return tuple(x[one] for one in axes) if isinstance(place, tuple) else x[::-1] if place is None else None
    if name in ("expand_dims", "squeeze") and isinstance(place, int):
        at = place % (len(x) + (name == "expand_dims"))
        return (*x[:at], 1, *x[at:]) if name == "expand_dims" else (*x[:at], *x[at + 1 :])
    return None


def _padded(run: State, x: Shape, widths: Value) -> Shape | None:
    # a pair of widths for each axis
    rows = items_of(run, widths)
    pairs = [items_of(run, one) for one in rows] if isinstance(rows, list) and len(rows) == len(x) else []
    made: list[Size] = []
    for size, pair in zip(x, pairs, strict=False):
        before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
        if not isinstance(before, int) or not isinstance(after, int):
            return None
        made.append(size + before + after)
    return tuple(made) if made else None


def _product(args: Args, kwargs: Kwargs) -> Shape | None:
    # TensorFlow can turn the two matrices before it multiplies them
    given = by_name(("transpose_a", "transpose_b"), args[2:], kwargs)
    turned = [given.pop(name, False) for name in ("transpose_a", "transpose_b")]
    shapes = [shape_of(one) for one in args[:2]]
    if len(args) > 4 or not given.keys() <= {"name"} or not all(isinstance(one, bool) for one in turned):
        return None
    for at, turn in enumerate(turned):
        shape = shapes[at]
        shapes[at] = (*shape[:-2], *shape[-2:][::-1]) if turn is True and shape is not None else shape
    return matmul(*shapes)


def _up_to(args: Args, kwargs: Kwargs) -> Shape | None:
    # arange(n), arange(0, n) and arange(0, n, 1), where n is an open size
    start, stop, step = _ends(args, kwargs)
    if start != 0 or step != 1 or not isinstance(stop, Tensor) or stop.extent is None:
        return None
    return (stop.extent,)


def _stacked(run: State, given: Value, place: Value) -> Shape | None:
    items = items_of(run, given)
    shapes = [] if isinstance(items, Unknown) else [shape_of(one) for one in items]
    first = shapes[0] if shapes else None
    if first is None or not isinstance(place, int) or any(one != first for one in shapes):
        return None
    at = place % (len(first) + 1)
    return (*first[:at], len(shapes), *first[at:])


def reshaped(run: State, x: Shape, wanted: Value) -> Shape | None:
    """Give the shape after a reshape whose sizes are known, the batch aside."""
    items = items_of(run, wanted)
    if isinstance(items, Unknown):
        return None
    sizes = [sized(run, one) for one in items]
    if any(not isinstance(one, (int, Expr)) for one in sizes[1:]) or not sizes:
        return None
    if sizes[0] in (-1, None) and -1 not in sizes[1:]:
        given = _volume(x[1:])
        asked = _volume(tuple(one for one in sizes[1:] if isinstance(one, (int, Expr))))
        return (x[0], *(one for one in sizes[1:] if isinstance(one, (int, Expr)))) if given == asked else None
    if all(isinstance(one, (int, Expr)) for one in sizes) and -1 not in sizes:
        return tuple(one for one in sizes if isinstance(one, (int, Expr)))
    return None


def _volume(shape: Shape) -> Size:
    total: Size = 1
    for one in shape:
        total = total * one
    return total
