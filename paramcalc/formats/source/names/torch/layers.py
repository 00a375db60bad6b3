"""Names: PyTorch. Layers that have a rule, and what a call of one gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .....core.built import Built, Weight
from .....core.default_inputs import natural_inputs
from .....core.kinds import SWITCH
from .....core.registry import of_class
from .....core.rule import Layer, Rule
from .....core.schema import REQUIRED
from .....core.shapes import Shape
from .....errors import ParamcalcError
from .....graph.wiring import Links
from .....symbolic import Expr
from ...memory.budget import LAYER, WEIGHT
from ...memory.objects import Dict, Host, Instance, List, Native, Pieces, Unknown, Value
from ...memory.state import State
from ...values import classes
from ...values.calls import lose, make_native
from ...values.containers import items_of
from ...values.operations import sized, truth
from ...values.pieces import marked
from ..native import Args, Kwargs
from ..options import Unread, size_of_option
from .containers import MODULE_LIST
from .depths import NAMES, pieces_of_depth
from .gradients import derived, graded, links_of
from .inside import attach
from .intact import is_intact
from .kinds import abstract_class, base_of
from .modules import MODULE, module_init
from .recording import record_layer
from .tensors import Tensor, is_parameter, make_parameter, shape_of
from .walks import children_of, is_module

_NATIVES: dict[str, Native] = {}


def layer_class(name: str) -> Native | None:
    """Give the class of a layer for which there is a rule, or that surely has no parameters."""
    if name not in _NATIVES:
        rule = of_class(name, "torch")
        if rule is None:
            if not name.endswith("Loss") or name in LEARNED or name[0] == "_":
                return None
            methods: dict[str, Host] = {"forward": _loss}
            _NATIVES[name] = Native(f"torch.nn.{name}", _base(name), init=module_init, methods=methods)
        else:
            methods = {"forward": _layer_forward}
            if name.startswith(RESET):
                methods["reset_parameters"] = lambda run, self, args, kwargs: None
            methods.update(ALTERNATIVES.get(name, {}))
            _NATIVES[name] = Native(f"torch.nn.{name}", _base(name), init=_layer_init(rule), methods=methods, data=rule)
    return _NATIVES[name]


def _of_table(name: str) -> Host:
    # from_pretrained: a class method, whose first argument is the table
    def make(run: State, table: Value, args: Args, kwargs: Kwargs) -> Value:
        shape, frozen = shape_of(run, table), args[0] if args else kwargs.get("freeze", True)
        cls = layer_class(name)
        if cls is None or shape is None or len(shape) != 2 or not isinstance(frozen, bool):
            return lose(run, "an embedding of an unknown table", None, table, *args, *kwargs.values())
        made = run.call(cls, [*shape], {})
        weight = made.named.get("weight") if isinstance(made, Instance) else None
        if isinstance(weight, Instance):
            weight.named["requires_grad"] = not frozen
        return made

    return make


def _synchronized(run: State, module: Value, args: Args, kwargs: Kwargs) -> Value:
    # convert_sync_batchnorm: a class method; each batch normalization becomes another layer of the same parameters
    if not isinstance(module, Instance) or not is_module(module) or module.blur is not None:
        return lose(run, "a module that is not known", None, module, *args, *kwargs.values())
    cls, rule = layer_class("SyncBatchNorm"), of_class("SyncBatchNorm", "torch")
    assert cls is not None
    if abstract_class("_BatchNorm") in classes.lineage(module.cls):
        made = Instance(cls, module.line)
        made.named.update({**module.named, "<rule>": rule})
        return made
    for name, one in children_of(module):
        if is_module(one):
            run.change(module)
            module.named[name] = _synchronized(run, one, args, kwargs)
        elif not is_parameter(one):
            run.blur("a module that is not known", module)
    return module


# other ways to make a layer, or to make one of a module
ALTERNATIVES: dict[str, dict[str, Host]] = {
    **{name: {"from_pretrained": _of_table(name)} for name in ("Embedding", "EmbeddingBag")},
    "SyncBatchNorm": {"convert_sync_batchnorm": _synchronized},
}


def _base(name: str) -> Native:
    above = base_of(name)
    return MODULE if above is None else abstract_class(above) or layer_class(above) or MODULE


def _loss(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return derived(run, "loss", Tensor(None), args, kwargs)


LEARNED = ("AdaptiveLogSoftmaxWithLoss",)  # losses with parameters
# layers that have reset_parameters(), which their constructors call
RESET = (
    "Linear", "Bilinear", "Conv", "Embedding", "BatchNorm", "InstanceNorm", "GroupNorm", "LayerNorm", "RMSNorm", "LSTM",
    "GRU", "RNN", "PReLU",
)  # fmt: skip

# layers whose `bias` is the option, and no parameter
FLAGGED = ("LSTM", "GRU", "RNN")

# layers that PyTorch never refuses with plain sizes
SURE = (
    "Linear", "Bilinear", "Embedding", "LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell", "ReLU", "Tanh",
)  # fmt: skip


def _layer_init(rule: Rule) -> Host:
    def init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
        run.change(self)
        self.named["<rule>"] = rule
        options = Dict()
        self.named["<options>"] = options
        if rule.name == "Identity":  # which takes any arguments
            args, kwargs = [], {}
        for name, value in zip(rule.positional, args, strict=False):
            options.named[name] = value
        if len(args) > len(rule.positional):
            options.named["<surplus>"] = run.unknown("more arguments than are known")
        options.named.update(kwargs)
        own = classes.user_method(self, "reset_parameters")
        if rule.name.startswith("Lazy"):
            self.named["<lazy>"] = True
            if own is not None:
                self.blur = run.unknown("a lazy layer with its own reset_parameters()")
            return
        try:
            layer = layer_of(run, self, of_weights=True)
            weights = _weights(layer)
            run.budget.charge(WEIGHT * len(weights))
        except (Unread, ParamcalcError) as error:
            run.may_raise(rule.name)
            pieces = _pieces(run, self, rule, options)
            if pieces is not None:
                self.blur = marked(run, self, str(error), pieces, NAMES.get(rule.name, ())[: len(pieces)])
                return
            self.blur = run.unknown(str(error), options)
            run.note(f"{rule.name}: {error}" if isinstance(error, Unread) else str(error))
            return
        if not _surely_made(rule, options):
            run.may_raise(rule.name)
        for name, option in rule.options.items():
            if name not in options.named and option.default is not REQUIRED:
                options.named[name] = option.default
        for weight in weights:
            if weight.buffer:
                self.named[f"<buffer {weight.name}>"] = weight.shape
            else:
                self.named[weight.name] = make_parameter(weight.shape, weight.trainable)
        if "bias" not in self.named and rule.options.get("bias") is not None and not rule.name.startswith(FLAGGED):
            self.named["bias"] = None
        why = attach(self, rule, layer_class, MODULE_LIST)
        if why:
            self.blur = run.unknown(why, options)
            return
        if own is not None and rule.name.startswith(RESET):
            run.call(own, [self], {})

    return init


def _weights(layer: Layer) -> tuple[Weight, ...]:
    # an axis among its options may be one that the usual input does not have
    try:
        return layer.on(*natural_inputs(layer)).weights
    except ParamcalcError:
        if layer.is_weightless():
            return ()
        raise


def _pieces(run: State, self: Instance, rule: Rule, options: Dict) -> Pieces | None:
    # of a layer that is known up to the number of layers inside
    def make(name: str, given: Mapping[str, Value]) -> Value:
        found = layer_class(name)
        assert found is not None
        made = make_native(run, found, [], dict(given))
        run.attached.add(id(made))
        return made

    if self.cls is not layer_class(rule.name) or "<surplus>" in options.named:
        return None
    return pieces_of_depth(run, rule, {str(name): value for name, value in options.named.items()}, make)


def _surely_made(rule: Rule, options: Dict) -> bool:
    # PyTorch refuses more than a rule does, such as a rate of dropout above 1; of plain sizes of these layers, nothing
    required = [option.name for option in rule.options.values() if option.default is REQUIRED]
    return rule.name in SURE and all(
        isinstance(value, bool) or (name in required and isinstance(value, int) and value > 0)
        for name, value in options.named.items()
    )


# options that no weight of a layer depends on: where one is unknown, its default has the same weights
PLACING = frozenset(["stride", "padding", "dilation", "output_padding", "padding_mode", "padding_idx"])

# attributes of a layer that change what is kept for the backward pass, and no shape
KEEPING = frozenset(["p", "inplace", "dropout", "training"])
READ_AT_CALLS = frozenset(["stride", "padding", "dilation"])
SPREAD_AT_CALLS = READ_AT_CALLS | {"output_padding"}
NO_MATTER = frozenset(["bias", "dropout", "p", "eps", "momentum", "inplace", "device", "dtype"])


def layer_of(run: State, self: Instance, of_weights: bool = False) -> Layer:
    """Make the layer of a rule from the options of an instance; ``of_weights`` says that no output is asked for."""
    run.budget.charge(LAYER)
    rule, options = self.named["<rule>"], self.named["<options>"]
    assert isinstance(rule, Rule)
    assert isinstance(options, Dict)
    if options.blur is not None:
        raise Unread("options that are not known")
    named = options.named if of_weights else {**options.named, **_set_later(run, self, rule, options)}
    given = {
        str(name): plain_option(run, rule, str(name), value)
        for name, value in named.items()
        if not (of_weights and name in PLACING and _is_open(run, rule, str(name), value))
    }
    spread = SPREAD_AT_CALLS | {"kernel_size"} if "Pool" in rule.name else SPREAD_AT_CALLS
    if given.get("padding_mode", "zeros") == "zeros":  # a list of one size, which serves all axes
        tuples = {name: value for name, value in given.items() if name in spread and isinstance(value, tuple)}
        given |= {name: value[0] for name, value in tuples.items() if len(value) == 1}
    return rule(**{name: value for name, value in given.items() if name != "<skip>"})


def _set_later(run: State, self: Instance, rule: Rule, options: Dict) -> dict[Value, Value]:
    # options that were set as attributes; PyTorch reads some of them at each call
    found: dict[Value, Value] = {}
    for name in rule.options:
        if name not in self.named or name in NO_MATTER or name in rule.ignored or is_parameter(self.named[name]):
            continue
        value, before = sized(run, self.named[name]), sized(run, options.named.get(name, rule.options[name].default))
        if type(value) is type(before) and value == before:
            continue
        if name not in READ_AT_CALLS or options.named.get("padding_mode", "zeros") != "zeros":
            raise Unread(f"its {name} was set")
        found[name] = value
    return found


def _check_weights(run: State, self: Instance, built: Built) -> None:
    # one of another shape was put in the place of one that the rule knows
    for weight in built.weights:
        own = self.named.get(weight.name)
        if isinstance(own, (Instance, Unknown)) and shape_of(run, own) != weight.shape:
            raise Unread(f"its {weight.name} is another one")


def _is_open(run: State, rule: Rule, name: str, value: Value) -> bool:
    # whether an option is not known, and has a default
    items = value.items if isinstance(value, List) and value.blur is None else value if isinstance(value, tuple) else ()
    unknown = any(isinstance(sized(run, one), (Unknown, Expr)) for one in (value, *items))
    return unknown and name in rule.options and rule.options[name].default is not REQUIRED


def plain_option(run: State, rule: Rule, name: str, value: Value) -> Value:
    """Give an option as a rule takes it: sizes, numbers, texts, lists of them, layers."""
    value = size_of_option(run, rule, name, value)
    if name in rule.options and rule.options[name].kind is SWITCH:
        flag = truth(run, value)  # PyTorch takes any value
        value = value if flag is None else flag
    if isinstance(value, (Unknown, Expr)) and name in ("dropout", "p", "eps", "momentum"):
        return rule.options[name].default if name in rule.options else 0.5
    if isinstance(value, Unknown):
        if name in rule.ignored and not name.startswith("<"):
            return rule.options[name].default if name in rule.options else None
        if value.data and not name.startswith("<"):
            return run.symbol(value) if _is_size(rule, name) else _unread(name, value)
        raise Unread(f"{name} is not known: {value.reason}")
    if isinstance(value, (List, tuple)):
        items = items_of(run, value)
        if isinstance(items, Unknown):
            raise Unread(f"{name} is not known: {items.reason}")
        return tuple(plain_option(run, rule, name, one) for one in items)
    if isinstance(value, Instance) and is_module(value) and "<rule>" in value.named and value.blur is None:
        if not is_intact(value):
            raise Unread(f"a module inside {name} was changed")
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


def _linked(
    run: State, self: Instance, read: Sequence[Shape], built: Built, args: Args, kwargs: Kwargs
) -> list[Links | None]:
    # keep a call that is made for sure; what each output depends on
    if run.trace is None:
        return []
    if not run.certain or kwargs or not built.costed:
        run.trace.sure = False
        return []
    states = [one for one in _flat(args[len(read) :]) if one is not None]
    given = [links_of(run, one) for one in states]
    if len(given) != len(built.states):  # masks and the like
        given = [] if not any(one is None or one for one in given) else [None]
    inputs = [links_of(run, one) for one in args[: len(read)]]
    return [graded(run, one) for one in run.trace.call(id(self), read, built, inputs, given)]


def _flat(values: Args) -> Args:
    found: Args = []
    for one in values:
        inner = one.items if isinstance(one, List) and one.blur is None else one
        found += _flat([*inner]) if isinstance(inner, (tuple, list)) else [inner]
    return found


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
        _check_weights(run, self, built)
        links = _linked(run, self, read, built, args, kwargs)
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
        outs = [Tensor(shape, links=links[at] if links else None) for at, shape in enumerate(built.shapes())]
    except Exception:  # outputs that the rule does not know
        return run.unknown("the output of a layer", data=True, scalar=True)
    if not KEEPING.isdisjoint(map(str, self.named)):
        run.entangle()
    if links:
        record_layer(run, layer, read, built, [*args[: len(read)], *_flat(args[len(read) :])], outs)
    if not built.weights:  # it may give what it is given
        for one in (*outs, *(one for one in args if isinstance(one, Tensor))):
            one.memory.doubtful = True
    if rule.name in ("LSTM",) and len(outs) == 3:
        return (outs[0], (outs[1], outs[2]))
    return outs[0] if len(outs) == 1 else tuple(outs)
