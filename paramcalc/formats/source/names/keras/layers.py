"""Names: Keras. Layers that have a rule: their options, and the spellings of Keras 1."""

from __future__ import annotations

from .....core.rule import Layer, Rule
from .....core.tensors import input_shape
from .....errors import ParamcalcError
from .....graph.unknown_layers import UnknownLayer
from .....symbolic import Expr
from ...memory.budget import KERAS_LAYER
from ...memory.objects import Builtin, Dict, Host, Instance, List, Module, Native, Unknown, Value
from ...memory.state import State
from ...values import classes
from ...values.containers import items_of
from ...values.operations import truth
from ..native import Args, Kwargs
from ..options import Unread, size_of_option
from ..shapes import Shape
from .tensors import Tensor

FIRST_CALL = "<first call>"  # the name under which a layer has the tensors of its first call: those read, those given
BASE, WHOLE = "keras.layers.Layer", "keras.Model"  # the classes that all layers, and all models, derive from


def is_layer(value: Value) -> bool:
    """Tell whether a value is a layer or a model."""
    return isinstance(value, Instance) and BASE in classes.names_of(value.cls)


def is_model(value: Value) -> bool:
    """Tell whether a value is a model."""
    return isinstance(value, Instance) and WHOLE in classes.names_of(value.cls)


def common(run: State, self: Instance, kwargs: Kwargs) -> Kwargs:
    """Take the options of every layer out of those of one; give the rest."""
    # takes the options of every layer out of those of one
    rest = dict(kwargs)
    run.change(self)
    self.named.setdefault("trainable", True)
    self.named.setdefault("<name>", None)
    if "name" in rest:
        name = rest.pop("name")
        known = isinstance(name, str) or name is None
        self.named["<name>"] = name if known else run.unknown("a name that is not known", scalar=True)
    if "trainable" in rest:
        flag = truth(run, rest.pop("trainable"))  # Keras takes any value
        self.named["trainable"] = run.unknown("whether it is trained", scalar=True) if flag is None else flag
        self.named["<made trainable>"] = self.named["trainable"]
    rest.pop("dtype", None)
    return rest


def layer_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    """Construct a layer of the program's own."""
    declare_input(self, common(run, self, kwargs))
    if not isinstance(self.cls, Native):
        self.named.setdefault("<weights>", List())


def declare_input(self: Instance, rest: Kwargs) -> None:
    """Keep the input shape that a layer without a rule declares."""
    given = {name: rest.pop(name) for name in ("input_shape", "batch_input_shape", "batch_size") if name in rest}
    rest.pop("input_dim", None)
    if given:
        self.named["<options>"] = Dict(dict(given.items()))


def rule_init(rule: Rule, old: bool = False) -> Host:
    """Make the constructor of a layer that has a rule; ``old`` says that it has its name of Keras 1."""

    def init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
        rest = common(run, self, kwargs)
        self.named["<rule>"] = rule
        options = Dict()
        self.named["<options>"] = options
        names, values = renamed_options(run, rule, args, rest, old)
        options.named.update(zip(names, values, strict=True))
        if rule.name == "Bidirectional" or rule.name == "TimeDistributed":
            inner = options.named.get("layer")
            if not is_layer(inner):
                self.blur = run.unknown("a wrapper of an unknown layer", inner)
                return
            if rule.name == "Bidirectional":  # which makes both of its layers anew
                options.named["layer"] = copied_layer(inner) or inner
        try:
            layer_of(run, self)
        except (Unread, ParamcalcError) as error:
            run.may_raise(rule.name)
            run.note(f"{rule.name}: {error}")
            self.blur = run.unknown(str(error), options)

    return init


def copied_layer(layer: Value) -> Instance | None:
    """Make a layer anew from its configuration, as copies of it are made; ``None`` where that is not known.

    What was frozen later is frozen by the constructor of the copy.
    """
    if not isinstance(layer, Instance) or layer.blur is not None or not isinstance(layer.cls, Native):
        return None
    options = layer.named.get("<options>")
    if not isinstance(options, Dict) or options.blur is not None or "<rule>" not in layer.named:
        return None
    copies: dict[Value, Value] = {}
    for name, one in options.named.items():
        copies[name] = copied_layer(one) if is_layer(one) else List(one.items) if isinstance(one, List) else one
        if copies[name] is None is not one or (isinstance(one, List) and one.blur is not None):
            return None
    made = Instance(layer.cls, layer.line)
    made.named.update({name: layer.named[name] for name in ("<rule>", "<name>", "trainable")})
    made.named.update({"<options>": Dict(copies), "<made trainable>": layer.named["trainable"]})
    return made


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
    "LeakyReLU": {"alpha": "negative_slope"},  # as Keras 2 calls it
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


def renamed_options(
    run: State, rule: Rule, args: Args, kwargs: Kwargs, old: bool = False
) -> tuple[list[str], list[Value]]:
    """Name the arguments of a constructor, those of Keras 1 as they are called today."""
    given: dict[str, Value] = {}
    positional = list(rule.positional)
    words = dict(kwargs)
    if rule.name == "Conv2D" and len(args) > 2 and isinstance(args[1], int) and isinstance(args[2], int):
        # Convolution2D(filters, rows, columns) of Keras 1; today the third argument is the strides
        of_1 = not words.keys().isdisjoint({*KERAS_1["Conv2D"], *COMMON_1} - rule.options.keys() - {*rule.ignored})
        if of_1 or (old and words.keys().isdisjoint(("padding", "strides", "data_format"))):
            args = [args[0], (args[1], args[2]), *args[3:]]
            if not of_1:
                run.remark(f"{args[1]} of Convolution2D is the kernel, as in Keras 1; today the second is the strides")
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


def layer_of(run: State, self: Instance, sure: bool = False) -> Layer:
    """Make the layer of a rule from an instance."""
    run.budget.charge(KERAS_LAYER)
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
        if self.named.get("<made trainable>") is False:
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
    value = size_of_option(run, rule, name, value)
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
        found = run.nested(value)
        if not isinstance(found, UnknownLayer):
            return found
        raise Unread(f"{name}: {found.reason}")
    if name == "activation":
        return value if isinstance(value, str) or value is None else "linear"
    if isinstance(value, (int, float, str, Expr)) or value is None:
        return value
    raise Unread(f"{name} is not followed")


def declares(self: Instance) -> bool:
    """Tell whether a first layer declares the shape of its input."""
    options, rule = self.named.get("<options>"), self.named.get("<rule>")
    if not isinstance(options, Dict):
        return False
    words = {"input_shape", "batch_input_shape"}
    if not isinstance(rule, Rule):
        return bool(words & options.named.keys())
    words |= {"input_dim"} - rule.options.keys()
    return rule.name == "Embedding" or bool(words & options.named.keys())


def declared_shape(run: State, self: Instance) -> Shape | None:
    """Give the input shape, with the batch, that a first layer declares; ``None`` where it is unknown."""
    options = self.named["<options>"]
    assert isinstance(options, Dict)
    found, batch = options.named.get("input_shape"), options.named.get("batch_size")
    if found is None and "batch_input_shape" in options.named:
        items = items_of(run, options.named["batch_input_shape"])
        found, batch = (tuple(items[1:]), items[0]) if isinstance(items, list) and items else (items, None)
    rule = self.named.get("<rule>")
    if found is None and isinstance(rule, Rule):
        if "input_dim" in options.named and "input_dim" not in rule.options:
            width = options.named["input_dim"]
            found = (options.named.get("input_length"), width) if rule.of_sequences else (width,)
        elif rule.name == "Embedding":
            found = (options.named.get("input_length"),)
    return None if found is None else make_shape(run, found, batch)


def make_shape(run: State, value: Value, batch: Value = None, name: str | None = None) -> Shape | None:
    """Read the shape of an input without its batch; ``None`` where it is unknown."""
    if isinstance(value, int):
        value = (value,)
    items = items_of(run, value)
    if isinstance(items, Unknown):
        return None
    # an unknown value in a shape is a number, or an open size
    sizes = [run.symbol(one) if isinstance(one, Unknown) else one for one in items]
    return input_shape(list(sizes), batch if isinstance(batch, int) else None, name)


def make_input(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give the tensor of ``Input`` or ``InputLayer``."""
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
    return Tensor(shape, name=name if isinstance(name, str) else None, given=True)


INPUT = Builtin("keras.Input", make_input)
