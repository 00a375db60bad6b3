"""Names: Keras. Layers and models are instances; calling them on symbolic tensors draws a graph of our own."""

from __future__ import annotations

import ast

from ....core.registry import of_class
from ....core.rule import Layer, Rule
from ....core.tensors import input_shape
from ....errors import ParamcalcError
from ....symbolic import Expr, Size, is_known
from .. import attributes
from ..calls import lose
from ..containers import items_of
from ..operations import sized
from ..state import State
from ..values import (
    MISSING,
    Builtin,
    Dict,
    Function,
    Host,
    Instance,
    List,
    Module,
    Native,
    Plain,
    Unknown,
    Value,
)
from .builtins import Args, Kwargs
from .shapes import Shape, broadcast, indexed, matmul, reduced
from .torch import Tensor as Array, as_shape


class Tensor(Plain):
    """A symbolic tensor: its shape with the batch, and the call that made it.

    Attributes
    ----------
    shape : tuple of sizes, or None
    layer : Instance, str or None
        What was called: a layer, the name of an operation, or nothing for an input.
    args : tuple of Tensor
    index : int
        Which output of the call.
    call : object
        The identity of the call.
    name : str or None
    """

    __slots__ = ("args", "call", "index", "layer", "name", "shape", "states")

    def __init__(
        self,
        shape: Shape | None,
        layer: Value = None,
        args: tuple[Tensor, ...] = (),
        index: int = 0,
        call: object = None,
        name: str | None = None,
        states: int = 0,
    ) -> None:
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


def is_tensor(value: Value) -> bool:
    """Tell whether a value is a symbolic tensor."""
    return isinstance(value, Tensor)


def holds_unknown(value: Value) -> bool:
    """Tell whether a list of tensors has something else in it."""
    return not isinstance(value, Tensor)


# --- symbolic tensors -----------------------------------------------------------------------------------------------


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
    return Tensor(indexed(value.shape, keys), "GetItem", (value,))


def shape_of(value: Value) -> Shape | None:
    """Give the shape of a tensor, a weight or a number."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, (int, float)):
        return ()
    if isinstance(value, Instance) and value.cls is VARIABLE and value.blur is None:
        shape = value.named.get("shape")
        return shape if isinstance(shape, tuple) else None
    return None


def _tensors(*values: Value) -> tuple[Tensor, ...]:
    found: list[Tensor] = []
    for one in values:
        if isinstance(one, Tensor):
            found.append(one)
        elif isinstance(one, Array):
            found.append(Tensor(one.shape))
        elif isinstance(one, (tuple, list)):
            found += _tensors(*one)
        elif isinstance(one, List) and one.blur is None:
            found += _tensors(*one.items)
        elif isinstance(one, Dict) and one.blur is None:
            found += _tensors(*one.named.values())
    return tuple(found)


def binary(run: State, op: type, a: Value, b: Value) -> Value:
    """Combine tensors by an operator."""
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return Tensor(None, "Unknown", _tensors(a, b))
    if op is ast.MatMult:
        return Tensor(matmul(shape_of(a), shape_of(b)), "Matmul", _tensors(a, b))
    kind = OPERATIONS.get(op, op.__name__)
    return Tensor(broadcast(shape_of(a), shape_of(b)), kind, _tensors(a, b), call=Called((a, b)))


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
ELEMENTWISE = frozenset([*OPERATIONS.values(), "Negative", "GetItem"])


def unary(run: State, value: Value) -> Value:
    """Negate a tensor."""
    if not isinstance(value, Tensor):
        return MISSING
    return Tensor(shape_of(value), "Negative", _tensors(value), call=Called((value,)))


# --- functions ------------------------------------------------------------------------------------------------------

SAME = frozenset(
    [
        "softmax", "relu", "sigmoid", "tanh", "exp", "log", "sqrt", "square", "abs", "negative", "cast", "identity",
        "gelu", "silu", "swish", "elu", "selu", "leaky_relu", "clip", "dropout", "stop_gradient", "log_softmax",
        "softplus", "softsign", "relu6", "hard_sigmoid", "rsqrt", "sin", "cos", "convert_to_tensor", "zeros_like",
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


def function(name: str) -> Builtin:
    """Give a function on tensors: its shape where that is plain, else a tensor of unknown shape."""

    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        tensors = _tensors(*args, *kwargs.values())
        if not tensors:
            return _of_numbers(run, name, args, kwargs)
        try:
            shape = _function_shape(run, name, args, kwargs)
        except (TypeError, ValueError, IndexError, ParamcalcError):
            shape = None
        return Tensor(shape, name, tensors)

    return Builtin(f"keras.ops.{name}", call)


def _of_numbers(run: State, name: str, args: Args, kwargs: Kwargs) -> Value:
    if name in ("zeros", "ones", "normal", "uniform"):
        return Tensor(as_shape(run, [args[0] if args else kwargs.get("shape", ())]), name)
    if name in ("shape",) and args:
        return shape_of(args[0]) or run.unknown("a shape", data=True, scalar=True)
    return run.unknown(f"{name} is not followed", data=True, scalar=True)


def _function_shape(run: State, name: str, args: Args, kwargs: Kwargs) -> Shape | None:
    x = shape_of(args[0]) if args else None
    if name in SAME:
        return x
    if name in PAIR:
        return broadcast(x, shape_of(args[1])) if len(args) > 1 and name != "where" else None
    if name in ("matmul",):
        return matmul(x, shape_of(args[1]))
    if x is None:
        return None
    place = kwargs.get("axis", kwargs.get("axes", kwargs.get("perm", args[1] if len(args) > 1 else None)))
    if isinstance(place, (List, tuple)):
        items = items_of(run, place)
        place = tuple(items) if isinstance(items, list) else run.unknown("axes")
    if name == "reshape":
        return reshaped(run, x, args[1] if len(args) > 1 else kwargs.get("newshape", kwargs.get("shape")))
    axes = tuple(one for one in (place if isinstance(place, tuple) else (place,)) if isinstance(one, int))
    if isinstance(place, tuple) and len(axes) < len(place):
        return None
    if name in REDUCE:
        return reduced(x, place, axes, kwargs.get("keepdims", False))
    if name == "transpose":
        return tuple(x[one] for one in axes) if isinstance(place, tuple) else x[::-1] if place is None else None
    if name in ("expand_dims", "squeeze") and isinstance(place, int):
        at = place % (len(x) + (name == "expand_dims"))
        return (*x[:at], 1, *x[at:]) if name == "expand_dims" else (*x[:at], *x[at + 1 :])
    return None


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


# --- layers ---------------------------------------------------------------------------------------------------------

VARIABLE = Native("keras.Variable", make=lambda run, cls: Instance(cls))


def is_layer(value: Value) -> bool:
    """Tell whether a value is a layer or a model."""
    return isinstance(value, Instance) and LAYER in attributes.lineage(value.cls)


def is_model(value: Value) -> bool:
    """Tell whether a value is a model."""
    return isinstance(value, Instance) and MODEL in attributes.lineage(value.cls)


def _common(run: State, self: Instance, kwargs: Kwargs) -> Kwargs:
    # takes the options of every layer out of those of one
    rest = dict(kwargs)
    run.change(self)
    self.named.setdefault("trainable", True)
    self.named.setdefault("<name>", None)
    if "name" in rest:
        name = rest.pop("name")
        self.named["<name>"] = name if isinstance(name, str) or name is None else None
    if "trainable" in rest:
        self.named["trainable"] = rest.pop("trainable")
        self.named["<constructed>"] = self.named["trainable"]
    rest.pop("dtype", None)
    return rest


def _layer_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    rest = _common(run, self, kwargs)
    for name in ("input_shape", "batch_input_shape", "input_dim", "batch_size"):
        rest.pop(name, None)
    if not isinstance(self.cls, Native):
        self.named.setdefault("<weights>", List())


def _rule_init(rule: Rule) -> Host:
    def init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
        rest = _common(run, self, kwargs)
        self.named["<rule>"] = rule
        options = Dict()
        self.named["<options>"] = options
        names, values = renamed_options(run, rule, args, rest)
        options.named.update(zip(names, values, strict=True))
        if rule.name == "Bidirectional" or rule.name == "TimeDistributed":
            inner = options.named.get("layer")
            if not is_layer(inner):
                self.blur = run.unknown("a wrapper of an unknown layer", inner)
                return
        try:
            layer_of(run, self)
        except (Unread, ParamcalcError) as error:
            run.may_raise(rule.name)
            run.note(f"{rule.name}: {error}")
            self.blur = run.unknown(str(error), options)

    return init


KERAS_1 = {
    "Conv2D": {"nb_filter": "filters", "border_mode": "padding", "subsample": "strides", "dim_ordering": "data_format"},
    "Conv1D": {
        "nb_filter": "filters", "filter_length": "kernel_size", "border_mode": "padding",
        "subsample_length": "strides",
    },
    "Dropout": {"p": "rate"},
    "MaxPooling2D": {"border_mode": "padding"},
    "MaxPooling1D": {"pool_length": "pool_size", "stride": "strides", "border_mode": "padding"},
    "AveragePooling2D": {"border_mode": "padding"},
    "BatchNormalization": {"mode": "<ignored>"},
}  # fmt: skip
COMMON_1 = {
    "output_dim": "units",
    "init": "kernel_initializer",
    "bias": "use_bias",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "inner_init": "recurrent_initializer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "inner_activation": "recurrent_activation",
    "consume_less": "<ignored>",
    "activity_regularizer": "activity_regularizer",
}


def renamed_options(run: State, rule: Rule, args: Args, kwargs: Kwargs) -> tuple[list[str], list[Value]]:
    """Name the arguments of a constructor, those of Keras 1 as they are called today."""
    given: dict[str, Value] = {}
    positional = list(rule.positional)
    words = dict(kwargs)
    # Convolution2D(filters, rows, columns) of Keras 1; strides as a third argument would be rare
    if (
        rule.name == "Conv2D"
        and (len(args) > 2 and isinstance(args[1], int) and isinstance(args[2], int))
        and ("border_mode" in words or "subsample" in words or "strides" not in words)
    ):
        args = [args[0], (args[1], args[2]), *args[3:]]
    if "nb_row" in words and "nb_col" in words:
        words["kernel_size"] = (words.pop("nb_row"), words.pop("nb_col"))
    for name, value in zip(positional, args, strict=False):
        given[name] = value
    if len(args) > len(positional):
        given["<surplus>"] = run.unknown("more arguments than are known")
    for name, value in words.items():
        name = KERAS_1.get(rule.name, {}).get(name, name)
        if name not in rule.options and name in COMMON_1 and name not in rule.ignored:
            name = COMMON_1[name]
        if name == "padding" and isinstance(value, str):
            value = value.lower()
        if name != "<ignored>":
            given[name] = value
    return list(given), list(given.values())


class Unread(Exception):
    """An option whose value is unknown."""


def layer_of(run: State, self: Instance, sure: bool = False) -> Layer:
    """Make the layer of a rule from an instance."""
    rule, options = self.named["<rule>"], self.named["<options>"]
    assert isinstance(rule, Rule)
    assert isinstance(options, Dict)
    given: dict[str, Value] = {}
    declares = ("input_shape", "batch_input_shape", "input_dim", "input_length")
    for name, value in options.named.items():
        key = str(name)
        if key in ("weights", "batch_size", "sparse", "ragged", "autocast") or (
            key in declares and key not in rule.options
        ):
            continue
        found = plain_option(run, rule, key, value)
        if found is not SKIP:
            given[key] = found
    layer = rule(**given)
    name = self.named.get("<name>")
    if isinstance(name, str):
        layer.set_option("name", name)
    trainable = self.named.get("trainable")
    if trainable is False:
        if self.named.get("<constructed>") is False:
            layer.freeze_by_constructor()
        else:
            layer.frozen = True
    return layer


SKIP = Module("skip")
INERT = (
    "dropout", "recurrent_dropout", "rate", "epsilon", "momentum", "stddev", "seed", "alpha", "negative_slope",
    "theta",
)  # fmt: skip


def plain_option(run: State, rule: Rule, name: str, value: Value) -> Value:
    """Give an option as a rule takes it."""
    value = sized(run, value)
    ignored = name in rule.ignored
    if ignored or name.endswith(("_initializer", "_regularizer", "_constraint")):
        return SKIP
    if isinstance(value, Unknown):
        if name in INERT or (name == "activation" and rule.name != "Activation"):
            return SKIP
        if name == "activation":
            return "linear"
        option = rule.options.get(name)
        if value.data and option is not None and option.kind.base.symbol is not None:
            return run.symbol(value)
        raise Unread(f"{name} is not known: {value.reason}")
    if isinstance(value, (List, tuple)):
        items = items_of(run, value)
        if isinstance(items, Unknown):
            raise Unread(f"{name} is not known: {items.reason}")
        return [plain_option(run, rule, name, one) for one in items]
    if is_layer(value) and isinstance(value, Instance) and value.blur is None:
        if "<rule>" in value.named:
            return layer_of(run, value)
        raise Unread(f"{name} is a layer of the program's own")
    if name == "activation":
        return value if isinstance(value, str) or value is None else "linear"
    if isinstance(value, (int, float, str, Expr)) or value is None:
        return value
    raise Unread(f"{name} is not followed")


def declares(self: Instance) -> bool:
    """Tell whether a first layer declares the shape of its input."""
    options, rule = self.named.get("<options>"), self.named.get("<rule>")
    assert isinstance(options, Dict)
    assert isinstance(rule, Rule)
    words = {"input_shape", "batch_input_shape"} | ({"input_dim"} - rule.options.keys())
    return rule.name == "Embedding" or bool(words & options.named.keys())


def declared_shape(run: State, self: Instance) -> Shape | None:
    """Give the input shape, with the batch, that a first layer declares; ``None`` where it is unknown."""
    options = self.named["<options>"]
    assert isinstance(options, Dict)
    found = options.named.get("input_shape")
    if found is None and "batch_input_shape" in options.named:
        items = items_of(run, options.named["batch_input_shape"])
        found = tuple(items[1:]) if isinstance(items, list) else items
    rule = self.named["<rule>"]
    assert isinstance(rule, Rule)
    if found is None and "input_dim" in options.named and "input_dim" not in rule.options:
        width = options.named["input_dim"]
        found = (options.named.get("input_length"), width) if rule.of_sequences else (width,)
    if found is None and rule.name == "Embedding":
        found = (options.named.get("input_length"),)
    return None if found is None else make_shape(run, found)


def make_shape(run: State, value: Value, batch: Value = None, name: str | None = None) -> Shape | None:
    """Read the shape of an input without its batch; ``None`` where it is unknown."""
    if isinstance(value, int):
        value = (value,)
    items = items_of(run, value)
    if isinstance(items, Unknown):
        return None
    sizes = [sized(run, one) for one in items]
    if any(isinstance(one, Unknown) for one in sizes):
        return None
    return input_shape(list(sizes), batch if isinstance(batch, int) else None, name)


def _input(run: State, args: Args, kwargs: Kwargs) -> Value:
    given = args[0] if args else kwargs.get("shape")
    batch = args[1] if len(args) > 1 else kwargs.get("batch_size")
    name = kwargs.get("name")
    full = kwargs.get("batch_shape", kwargs.get("batch_input_shape"))
    if full is not None:
        items = items_of(run, full)
        given, batch = (tuple(items[1:]), items[0]) if isinstance(items, list) else (items, None)
    if "tensor" in kwargs or given is None:
        given = kwargs.get("input_shape", run.unknown("a tensor"))
    try:
        shape = make_shape(run, given, batch, name if isinstance(name, str) else None)
    except ParamcalcError as error:
        run.note(str(error))
        shape = None
    return Tensor(shape, name=name if isinstance(name, str) else None)


INPUT = Builtin("keras.Input", _input)


def _build_on(run: State, self: Instance, shapes: list[Shape | None]) -> None:
    # the first shapes a layer meets decide its weights
    if "<shapes>" not in self.named:
        run.change(self)
        self.named["<shapes>"] = tuple(shapes)


def call_layer(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    """Call a layer or a model on tensors."""
    run.may_raise("a layer")
    if self.blur is not None:
        return lose(run, self.blur.reason, self, *args, *kwargs.values())
    given = [*args, *(kwargs[one] for one in ("inputs", "initial_state") if one in kwargs)]
    tensors = _tensors(*given)
    shapes = [one.shape for one in tensors]
    if "<rule>" in self.named:
        return _call_rule(run, self, args, kwargs, tensors)
    if "<outputs>" in self.named or "<layers>" in self.named:
        return _call_model(run, self, tensors)
    if "<function>" in self.named:
        found = run.call(self.named["<function>"], [_replaced(one, {}) for one in args], {})
        return _wrapped(run, self, found, tensors, object())
    call = attributes.find(self.cls, "call")
    if not isinstance(call, Function):
        return lose(run, "a layer without call()", self, *args, *kwargs.values())
    if "<shapes>" not in self.named:
        _build_on(run, self, shapes)
        build = attributes.find(self.cls, "build")
        if isinstance(build, Function):
            several = [None if one is None else tuple(map(axis, one)) for one in shapes]
            shape: Value = several[0] if len(several) == 1 else List([*several])
            if not several or shape is None:
                shape = run.unknown("the shape of an input", data=True, scalar=True)
            run.call(build, [self, shape], {})
    free = {one: Tensor(one.shape) for one in tensors}
    inner = [_replaced(one, free) for one in args]
    found = run.call(call, [self, *inner], {name: _replaced(one, free) for name, one in kwargs.items()})
    token = object()
    return _wrapped(run, self, found, tensors, token)


def _replaced(value: Value, free: dict[Tensor, Tensor]) -> Value:
    if isinstance(value, Tensor):
        return free.setdefault(value, Tensor(value.shape))
    if isinstance(value, Array):
        return Tensor(value.shape)
    if isinstance(value, tuple):
        return tuple(_replaced(one, free) for one in value)
    if isinstance(value, List) and value.blur is None:
        return List([_replaced(one, free) for one in value.items])
    if isinstance(value, Dict) and value.blur is None:
        return Dict({key: _replaced(one, free) for key, one in value.named.items()})
    return value


def _wrapped(run: State, self: Instance, found: Value, tensors: tuple[Tensor, ...], token: object) -> Value:
    if isinstance(found, Tensor):
        return Tensor(found.shape, self, tensors, 0, token)
    if isinstance(found, (tuple, List)):
        items = items_of(run, found)
        if isinstance(items, list):
            return tuple(Tensor(shape_of(one), self, tensors, at, token) for at, one in enumerate(items))
    return Tensor(None, self, tensors, 0, token)


def _call_rule(run: State, self: Instance, args: Args, kwargs: Kwargs, tensors: tuple[Tensor, ...]) -> Value:
    rule = self.named["<rule>"]
    assert isinstance(rule, Rule)
    several = args and isinstance(args[0], (List, tuple))
    first = _tensors(args[0]) if args else tensors
    states = [one for one in tensors if one not in first]
    used = first if several or not args else tensors if len(rule.inputs) > 1 else first
    if rule.name in ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN") and several:
        used, states = first[:1], [*first[1:], *states]
    shapes = [one.shape for one in used]
    token = object()
    if not used:  # data: it is built on what it meets
        if "<shapes>" not in self.named:
            run.change(self)
            self.named["<shapes>"] = (None,)
        return run.unknown("the output of a layer", scalar=True)
    _build_on(run, self, shapes)
    if any(one is None for one in shapes):
        return Tensor(None, self, tuple(used), 0, token)
    try:
        built = layer_of(run, self).on(*[one for one in shapes if one is not None])
        outs = built.shapes()
    except (ParamcalcError, Unread) as error:
        run.note(str(error))
        return Tensor(None, self, tuple(used), 0, token)
    except Exception:  # outputs that the rule does not know
        return Tensor(None, self, tuple(used), 0, token)
    made = tuple(Tensor(shape, self, (*used, *states), at, token, states=len(states)) for at, shape in enumerate(outs))
    return made[0] if len(made) == 1 else made


def _call_model(run: State, self: Instance, tensors: tuple[Tensor, ...]) -> Value:
    token = object()
    outs = self.named.get("<outputs>")
    if "<layers>" in self.named:
        shape = chain_output(run, self, tensors)
        return Tensor(shape, self, tensors, 0, token)
    assert isinstance(outs, tuple)
    made = tuple(
        Tensor(one.shape if isinstance(one, Tensor) else None, self, tensors, at, token) for at, one in enumerate(outs)
    )
    return made[0] if len(made) == 1 else made


def chain_output(run: State, self: Instance, tensors: tuple[Tensor, ...]) -> Shape | None:
    """Walk the layers of a Sequential on a tensor; they are built on what they meet."""
    value: Value = tensors[0] if tensors else run.unknown("an input", scalar=True)
    value = Tensor(value.shape) if isinstance(value, Tensor) else value
    layers = self.named["<layers>"]
    assert isinstance(layers, List)
    if layers.blur is not None:
        return None
    for one in layers.items:
        value = one if isinstance(one, Tensor) and one.layer is None and value is None else value
        if not isinstance(one, Tensor):
            value = run.call(one, [value], {})
    return shape_of(value)


# --- layers of the program's own ------------------------------------------------------------------------------------


def _add_weight(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    given = dict(kwargs)
    rest = list(args)
    if rest and isinstance(rest[0], str):
        given.setdefault("name", rest.pop(0))
    shape = rest[0] if rest else given.get("shape", ())
    items = items_of(run, shape) if shape is not None else []
    sizes = [sized(run, one) for one in items] if isinstance(items, list) else None
    known = sizes is not None and all(isinstance(one, (int, Expr)) and not isinstance(one, bool) for one in sizes)
    made = Instance(VARIABLE)
    made.named.update(
        shape=tuple(sizes) if known and sizes is not None else None,
        trainable=given.get("trainable", True),
        name=given.get("name", "variable"),
    )
    kept = self.named.get("<weights>")
    if not isinstance(kept, List):
        kept = List()
        run.change(self)
        self.named["<weights>"] = kept
    run.call(run.method(kept, "append"), [made], {})
    return made


def _build(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    given = args[0] if args else kwargs.get("input_shape")
    items = items_of(run, given) if given is not None else []
    if isinstance(items, Unknown) or not items or any(isinstance(one, (tuple, List, Unknown)) for one in items):
        shape: Shape | None = None
    else:
        shape = make_shape(run, tuple(items[1:]))
    if "<rule>" in self.named:
        _build_on(run, self, [shape])
    elif "<layers>" in self.named:
        run.change(self)
        self.named["<input>"] = Tensor(shape)
        chain_output(run, self, (Tensor(shape),))
    elif isinstance(attributes.find(self.cls, "call"), Function) and is_model(self):
        call_layer(run, self, [Tensor(shape)], {})
    return None


def _layer_set(run: State, self: Instance, name: str, value: Value) -> None:
    run.change(self)
    if name == "name":
        self.named["<name>"] = value
    elif name == "trainable":
        _set_trainable(run, self, value, set())
    else:
        self.named[name] = value


def _set_trainable(run: State, self: Instance, value: Value, seen: set[int]) -> None:
    # reaches every layer inside
    if id(self) in seen:
        return
    seen.add(id(self))
    run.change(self)
    self.named["trainable"] = value
    self.named.pop("<constructed>", None)
    inside = sublayers(self)
    if isinstance(inside, Unknown):
        run.blur("layers inside were frozen that are not known", self)
        return
    for _, one in inside:
        _set_trainable(run, one, value, seen)


def sublayers(self: Instance) -> list[tuple[str, Instance]] | Unknown:
    """List the layers directly inside a layer or model, each with the attribute that holds it."""
    if self.blur is not None:
        return self.blur
    if isinstance(self.named.get("<outputs>"), tuple):
        return [("", one) for one in graph_layers(self) if isinstance(one, Instance)]
    found: list[tuple[str, Instance]] = []
    pending: list[tuple[str, Value]] = [(str(name), one) for name, one in self.named.items()]
    seen: set[int] = set()
    while pending:
        name, value = pending.pop(0)
        if isinstance(value, Unknown):
            if not value.scalar and not name.startswith("<shapes"):
                return value
        elif isinstance(value, Instance):
            if is_layer(value) and id(value) not in seen:
                seen.add(id(value))
                found.append((name, value))
        elif isinstance(value, (List, Dict)):
            if value.blur is not None:
                if not value.blur.scalar:
                    return value.blur
                continue
            inner = value.items if isinstance(value, List) else list(value.named.values())
            pending = [(name, one) for one in inner] + pending
        elif isinstance(value, tuple):
            pending = [(name, one) for one in value] + pending
    return found


def _layer_get(run: State, self: Instance, name: str) -> Value:
    if name == "name":
        return self.named.get("<name>") or run.unknown("a name that Keras makes", scalar=True)
    options = self.named.get("<options>")
    if isinstance(options, Dict) and name in options.named:
        return options.named[name]
    if name in (
        "input_shape",
        "output_shape",
        "built",
        "dtype",
        "losses",
        "metrics_names",
        "history",
        "optimizer",
        "stop_training",
    ):
        return run.unknown(f"{name} of a layer", scalar=True)
    if name == "layers" and is_model(self):
        return _layers(run, self)
    if name in ("outputs", "inputs", "output", "input"):
        found = self.named.get(f"<{name.rstrip('s')}s>")
        if isinstance(found, tuple) and found:
            return List(found) if name.endswith("s") else found[0]
    if "<rule>" in self.named or name in LAYER_NAMES:
        return run.unknown(f"{name} of a layer is not known", self)
    return MISSING


LAYER_NAMES = frozenset(
    [
        "weights", "trainable_weights", "non_trainable_weights", "variables", "trainable_variables", "input",
        "output", "inputs", "outputs", "layers", "get_layer", "pop", "submodules", "add_loss", "add_metric",
        "get_weights", "set_weights", "load_weights", "dtype_policy", "compute_dtype", "non_trainable_variables",
        "quantize", "enable_lora", "supports_masking", "activity_regularizer", "input_spec",
    ]
)  # fmt: skip


def _layers(run: State, self: Instance) -> Value:
    if "<layers>" in self.named and isinstance(self.named["<layers>"], List):
        kept = self.named["<layers>"]
        if kept.blur is None:
            return List([one for one in kept.items if not isinstance(one, Tensor)])
        return run.unknown(kept.blur.reason, self)
    if isinstance(self.named.get("<outputs>"), tuple):
        return List(graph_layers(self))
    return run.unknown("the layers of a model", self)


def graph_layers(self: Instance) -> list[Value]:
    """List the layers of a functional model, each once, in an order in which each comes after what it reads."""
    outs = self.named["<outputs>"]
    assert isinstance(outs, tuple)
    found: dict[int, Value] = {}
    done: set[int] = set()
    pending: list[tuple[Tensor, bool]] = [(one, False) for one in reversed(outs) if isinstance(one, Tensor)]
    while pending:
        one, ready = pending.pop()
        if ready:
            if isinstance(one.layer, Instance):
                found.setdefault(id(one.layer), one.layer)
            continue
        if id(one.call) in done:
            continue
        done.add(id(one.call))
        pending.append((one, True))
        pending += [(arg, False) for arg in reversed(one.args)]
    return list(found.values())


def _get_layer(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    layers = _layers(run, self)
    name, place = kwargs.get("name", args[0] if args else None), kwargs.get("index")
    if isinstance(layers, List):
        if isinstance(name, int):
            name, place = None, name
        if isinstance(place, int) and -len(layers.items) <= place < len(layers.items):
            return layers.items[place]
        for one in layers.items:
            if isinstance(name, str) and isinstance(one, Instance) and one.named.get("<name>") == name:
                return one
    return run.unknown("a layer that is not found", self)


def _chain_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    rest = _common(run, self, kwargs)
    given = args[0] if args else rest.get("layers")
    if len(args) > 1 and isinstance(args[1], str):
        self.named["<name>"] = args[1]
    kept = List()
    self.named["<layers>"] = kept
    if given is not None:
        items = items_of(run, given)
        if isinstance(items, Unknown):
            kept.blur = items
        else:
            for one in items:
                _add(run, self, [one], {})


def _add(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    kept = self.named.get("<layers>")
    layer = args[0] if args else kwargs.get("layer")
    if not isinstance(kept, List) or self.blur is not None:
        return lose(run, "a model that is not known", self, layer)
    if isinstance(layer, Tensor) and layer.layer is not None:
        layer = run.unknown("a tensor that is no input", layer)
    run.call(run.method(kept, "append"), [layer], {})
    return None


def _pop(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    kept = self.named.get("<layers>")
    if not isinstance(kept, List):
        return lose(run, "a model that is not known", self)
    return run.call(run.method(kept, "pop"), [], {})


def _graph_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    rest = _common(run, self, kwargs)
    inputs = args[0] if args else rest.pop("inputs", rest.pop("input", None))
    outputs = args[1] if len(args) > 1 else rest.pop("outputs", rest.pop("output", None))
    if len(args) > 2 and isinstance(args[2], str):
        self.named["<name>"] = args[2]
    if inputs is None and outputs is None:
        self.named.setdefault("<weights>", List())
        return
    ins, outs = flat(inputs), flat(outputs)
    if ins is None or outs is None:
        self.blur = run.unknown("a graph of unknown tensors", inputs, outputs)
        return
    self.named["<inputs>"] = ins
    self.named["<outputs>"] = outs


def flat(value: Value) -> tuple[Tensor, ...] | None:
    """List tensors in nested lists and dictionaries, or ``None`` where there is something else."""
    if isinstance(value, Tensor):
        return (value,)
    items: list[Value] = []
    if isinstance(value, (List, Dict)) and value.blur is None:
        items = list(value.items if isinstance(value, List) else value.named.values())
    elif isinstance(value, tuple):
        items = list(value)
    else:
        return None
    found: tuple[Tensor, ...] = ()
    for one in items:
        inner = flat(one)
        if inner is None:
            return None
        found += inner
    return found


def _nothing(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return None


def _data(name: str) -> Host:
    def call(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
        run.may_raise(name)
        if name in ("fit", "predict", "evaluate", "train_on_batch") and "<shapes>" not in self.named:
            _meets_data(run, self)
        return run.unknown(f"the result of {name}()", data=True, scalar=True)

    return call


def _meets_data(run: State, self: Instance) -> None:
    # a model that is not built is built on data whose shape is unknown
    if "<layers>" in self.named or "<outputs>" in self.named:
        return
    if isinstance(attributes.find(self.cls, "call"), Function):
        call_layer(run, self, [run.unknown("data", data=True, scalar=True)], {})


def _summary(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return None


LAYER = Native(
    "keras.layers.Layer",
    make=lambda run, cls: Instance(cls),
    init=_layer_init,
    methods={
        "__call__": call_layer, "add_weight": _add_weight, "add_variable": _add_weight, "build": _build,
        "get_config": lambda run, self, args, kwargs: run.call(run.builtin("dict"), [], {}),
        "compute_output_shape": lambda run, self, args, kwargs: run.unknown("a shape", data=True, scalar=True),
        "compute_mask": lambda run, self, args, kwargs: run.unknown("a mask", scalar=True),
        "add_loss": _nothing, "add_metric": _nothing,
        "count_params": lambda run, self, args, kwargs: run.unknown("a number of parameters", data=True, scalar=True),
        "get_weights": lambda run, self, args, kwargs: run.unknown("weights", data=True, scalar=True),
        "set_weights": _nothing,
    },
    get=_layer_get,
    set=_layer_set,
)  # fmt: skip
MODEL = Native(
    "keras.Model",
    LAYER,
    init=_graph_init,
    methods={
        "compile": _nothing,
        "summary": _summary,
        "save": _nothing,
        "save_weights": _nothing,
        "load_weights": _nothing,
        "reset_states": _nothing,
        "to_json": lambda run, self, args, kwargs: run.unknown("a text", scalar=True),
        "get_layer": _get_layer,
        "export": _nothing,
        "compute_loss": _data("compute_loss"),
        **{
            name: _data(name)
            for name in [
                "fit",
                "predict",
                "evaluate",
                "train_on_batch",
                "test_on_batch",
                "predict_on_batch",
                "fit_generator",
                "evaluate_generator",
                "predict_generator",
                "predict_classes",
            ]
        },
    },
)
SEQUENTIAL = Native("keras.Sequential", MODEL, init=_chain_init, methods={"add": _add, "pop": _pop})


def _lambda_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    rest = _common(run, self, kwargs)
    self.named["<function>"] = args[0] if args else rest.get("function")


_NATIVES: dict[str, Native] = {"Lambda": Native("keras.layers.Lambda", LAYER, init=_lambda_init)}
OWN = {
    "Layer": LAYER, "Model": MODEL, "Sequential": SEQUENTIAL, "Input": INPUT, "InputLayer": INPUT, "Functional": MODEL,
}  # fmt: skip
ALIASES = {"merge": "Concatenate"}
SPELLED = {
    "Convolution2D": "Conv2D",
    "Convolution1D": "Conv1D",
    "Deconvolution2D": "Conv2DTranspose",
    "MaxPool2D": "MaxPooling2D",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool3D": "MaxPooling3D",
    "AvgPool2D": "AveragePooling2D",
    "AvgPool1D": "AveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "AtrousConvolution2D": "",
    "Highway": "",
    "MaxoutDense": "",
}
MERGES = {
    "concatenate": "Concatenate", "add": "Add", "multiply": "Multiply", "average": "Average", "maximum": "Maximum",
    "minimum": "Minimum", "subtract": "Subtract", "dot": "Dot",
}  # fmt: skip


def layer_class(name: str) -> Value:
    """Give what a module of layers has under a name."""
    if name in OWN:
        return OWN[name]
    if name in MERGES:
        return Builtin(f"keras.layers.{name}", _merge(MERGES[name]))
    if not name[:1].isupper():
        return MISSING
    name = SPELLED.get(name, name)
    if name not in _NATIVES:
        rule = of_class(name, "keras")
        if rule is None:
            return MISSING
        _NATIVES[name] = Native(f"keras.layers.{name}", LAYER, init=_rule_init(rule), data=rule)
    return _NATIVES[name]


def _merge(name: str) -> Host:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        layer = run.call(layer_class(name), [], {key: value for key, value in kwargs.items() if key != "inputs"})
        given = args[0] if args else kwargs.get("inputs")
        if len(args) > 1:
            layer = run.call(layer_class(name), [], {**kwargs, "axis": args[1]})
        return run.call(layer, [given], {})

    return call


def _operation(name: str) -> Value:
    return MISSING if name[:1].isupper() else function(name)


def _clone(run: State, args: Args, kwargs: Kwargs) -> Value:
    return run.unknown("a copy of a model", *args)


LAYERS = Module("keras.layers", {}, layer_class)
OPS = Module("keras.ops", {}, _operation)
for _name in (
    "core",
    "convolutional",
    "pooling",
    "recurrent",
    "embeddings",
    "normalization",
    "merge",
    "noise",
    "wrappers",
    "advanced_activations",
    "local",
    "cudnn_recurrent",
    "layer",
):
    LAYERS.names[_name] = LAYERS
MODELS = Module(
    "keras.models",
    {"Sequential": SEQUENTIAL, "Model": MODEL, "Functional": MODEL, "clone_model": Builtin("clone_model", _clone)},
)


def _other(name: str) -> Value:
    return Unknown(f"keras.{name} is not known", path=f"keras.{name}", data=True)


LAST = "channels_last"


def _set_data_format(run: State, args: Args, kwargs: Kwargs) -> Value:
    # layers that do not say it are made the other way from here on
    run.distrust = run.distrust or [*args, *kwargs.values()] != [LAST]
    return None


def _data_format(run: State, args: Args, kwargs: Kwargs) -> Value:
    return run.unknown("the data format was changed", data=True, scalar=True) if run.distrust else LAST


def _is_keras_tensor(run: State, args: Args, kwargs: Kwargs) -> Value:
    one = args[0] if args else None
    return run.unknown("an argument that is not known", scalar=True) if isinstance(one, Unknown) else is_tensor(one)


CONFIG = {
    "image_data_format": Builtin("image_data_format", _data_format),
    "set_image_data_format": Builtin("set_image_data_format", _set_data_format),
}
KERAS = Module(
    "keras",
    {
        "layers": LAYERS,
        "models": MODELS,
        "ops": OPS,
        "Input": INPUT,
        "Model": MODEL,
        "Sequential": SEQUENTIAL,
        "Layer": LAYER,
        "engine": Module("keras.engine", {"Input": INPUT, "Model": MODEL, "Layer": LAYER}, layer_class),
        "backend": Module(
            "keras.backend",
            {
                "clear_session": Builtin("clear_session", lambda run, args, kwargs: None),
                "is_keras_tensor": Builtin("is_keras_tensor", _is_keras_tensor),
                **CONFIG,
            },
            _operation,
        ),
        "config": Module("keras.config", CONFIG, lambda name: _other(f"config.{name}")),
        "activations": Module("keras.activations", {}, function),
    },
    _other,
)
TF = Module(
    "tensorflow",
    {
        "keras": KERAS,
        "nn": Module("tensorflow.nn", {}, function),
        "math": Module("tensorflow.math", {}, function),
        **{
            name: function(name)
            for name in [
                "matmul",
                "reshape",
                "transpose",
                "concat",
                "reduce_mean",
                "reduce_sum",
                "reduce_max",
                "expand_dims",
                "squeeze",
                "cast",
                "split",
                "stack",
                "exp",
                "sqrt",
                "multiply",
                "add",
                "subtract",
                "divide",
                "maximum",
                "minimum",
                "square",
                "abs",
                "softmax",
                "tile",
                "range",
                "gather",
                "einsum",
            ]
        },
    },
    lambda name: Unknown(f"tensorflow.{name} is not known", path=f"tensorflow.{name}", data=True, scalar=True),
)
MODULES: dict[str, Value] = {
    "keras": KERAS,
    "tensorflow": TF,
    **{f"keras.{name}": module for name, module in KERAS.names.items() if isinstance(module, Module)},
    **{f"keras.layers.{name}": LAYERS for name in LAYERS.names},
    "keras.engine.topology": KERAS.names["engine"],
    "keras.engine.base_layer": KERAS.names["engine"],
    "keras.legacy.layers": LAYERS,
    "keras.saving": Module(
        "keras.saving",
        {
            "register_keras_serializable": Builtin(
                "register", lambda run, args, kwargs: Builtin("register", lambda run, args, kwargs: args[0])
            )
        },
    ),
    "keras.utils": Module(
        "keras.utils",
        {
            "register_keras_serializable": Builtin(
                "register", lambda run, args, kwargs: Builtin("register", lambda run, args, kwargs: args[0])
            )
        },
    ),
}
_SAME = Builtin("a decorator", lambda run, args, kwargs: args[0] if args else None)
MODULES["keras.api_export"] = Module(
    "keras.api_export", {"keras_export": Builtin("keras_export", lambda run, args, kwargs: _SAME)}
)
KERAS.names.update({"saving": MODULES["keras.saving"], "utils": MODULES["keras.utils"]})


def renamed(name: str) -> str:
    """Give the name of today of a module of Keras."""
    for prefix in (
        "tensorflow.keras",
        "tensorflow.python.keras",
        "tensorflow.contrib.keras",
        "tf_keras",
        "keras.src",
        "keras.api",
    ):
        if name == prefix or name.startswith(f"{prefix}."):
            return "keras" + name[len(prefix) :]
    return name
