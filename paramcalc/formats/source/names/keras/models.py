"""Names: Keras. Models, layers of the program's own, and the methods of all of them."""

from __future__ import annotations

import ast

from .....core.rule import Rule
from .....core.spelling import snake
from .....symbolic import Expr
from ...memory.objects import MISSING, Builtin, Class, Dict, Function, Instance, List, Native, Unknown, Value
from ...memory.state import State
from ...values import attributes, classes, setting
from ...values.containers import items_of
from ...values.made_names import MadeName
from ...values.operations import sized, truth
from ...values.tracking import tracked
from ..native import Args, Kwargs, by_name
from ..options import kept_option
from ..shapes import Shape
from .calls import build_on, call_layer, chain_output
from .chains import ENDS, end_of
from .functions import PLAIN_ACTIVATIONS, activation
from .graphs import from_inputs, listed_layers
from .held import sublayers
from .layer_names import LAYER_NAMES
from .layers import BASE, FIRST_CALL, WHOLE, common, declare_input, is_model, layer_init, make_input, make_shape
from .tensors import VARIABLE, Tensor
from .training import on_data


def _add_weight(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    given = dict(kwargs)
    rest = list(args)
    place = 3  # of whether it is trained: shape, initializer, dtype, trainable
    if rest and isinstance(rest[0], str):  # Keras 2: name, shape, dtype, initializer, regularizer, trainable
        given.setdefault("name", rest.pop(0))
        place = 4
    if len(rest) > place and rest[place] is not None:
        given.setdefault("trainable", rest[place])
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
    if "<rule>" in self.named:
        run.may_raise("a weight of a layer that is built")
        run.blur("a weight was added to a layer", self)
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
        build_on(run, self, [shape])
    elif "<layers>" in self.named:
        run.change(self)
        self.named["<input>"] = Tensor(shape)
        chain_output(run, self, (Tensor(shape),))
    elif isinstance(classes.find(self.cls, "call"), (Function, Builtin)) and is_model(self):
        if _of_tensorflow(run):
            run.note("build() makes the weights of the layers inside in Keras 2, as counted here, and not in Keras 3")
            call_layer(run, self, [Tensor(shape)], {})
        else:
            run.note("build() of Keras 3 makes no weights of the layers inside; a call of the model does")
    return None


def _of_tensorflow(run: State) -> bool:
    # whether Keras is that of TensorFlow, which was Keras 2 for long
    nodes = [node for body in run.bodies for one in body for node in ast.walk(one)]
    modules = [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
    modules += [one.name for node in nodes if isinstance(node, ast.Import) for one in node.names]
    spelled = any(isinstance(node, ast.Name) and node.id == "tf" for node in nodes)  # in a snippet without imports
    return spelled or any(one.partition(".")[0] == "tensorflow" for one in modules)


def _layer_set(run: State, self: Instance, name: str, value: Value) -> None:
    if setting.by_property(run, self, name, value):
        return
    run.change(self)
    value = tracked(value)
    if name == "name":
        self.named["<name>"] = value
    elif name == "trainable":
        flag = truth(run, value)  # Keras takes any value
        _set_trainable(run, self, run.unknown("whether it is trained", scalar=True) if flag is None else flag, set())
    else:
        before = self.named.get(name)
        self.named[name] = value
        if before is not value and _may_hold_layers(before):
            run.blur(f"{name} was set again, and Keras keeps what it was before, too", self)
        rule = self.named.get("<rule>")
        if isinstance(rule, Rule) and name != "activation" and name not in rule.ignored:  # what it does then is its own
            run.blur(f"{name} was set after the layer was made", self)


def _may_hold_layers(value: Value) -> bool:
    if isinstance(value, Unknown):
        return bool(value.refs) or not (value.data or value.scalar)
    if isinstance(value, (List, Dict)):
        return value.blur is not None or bool(value.state)
    return isinstance(value, Instance) or (isinstance(value, tuple) and bool(value))


def _set_trainable(run: State, self: Instance, value: Value, seen: set[int]) -> None:
    # reaches every layer inside
    if id(self) in seen:
        return
    seen.add(id(self))
    run.change(self)
    self.named["trainable"] = value
    self.named.pop("<made trainable>", None)
    inside = sublayers(self)
    if isinstance(inside, Unknown):
        run.blur("layers inside were frozen that are not known", self)
        return
    for _, one in inside:
        _set_trainable(run, one, value, seen)


def _layer_get(run: State, self: Instance, name: str) -> Value:
    if name == "name":
        return self.named.get("<name>") or _made_name(run, self)
    options = self.named.get("<options>")
    if isinstance(options, Dict) and name in options.named:
        rule, value = self.named.get("<rule>"), options.named[name]
        if name == "activation" and (
            value is None or (isinstance(value, str) and value in PLAIN_ACTIVATIONS)
        ):  # a function in Keras
            return activation(str(value or "linear"))
        return kept_option(run, rule, name, value) if isinstance(rule, Rule) else value
    if name in ("input_shape", "output_shape"):
        tensors = self.named.get(f"<{name.removesuffix('_shape')}s>")
        if tensors is None and ENDS in self.named:
            end = end_of(self, name)
            tensors = None if end is None else (end,)
        if isinstance(tensors, tuple):
            shapes = [attributes.get(run, one, "shape") for one in tensors]
            return shapes[0] if len(shapes) == 1 else List(shapes)
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
    if name in ("outputs", "inputs"):
        found = self.named.get(f"<{name}>")
        if isinstance(found, tuple):
            return List(found)
    if name in ("output", "input") and f"<{name} tree>" in self.named:
        return self.named[f"<{name} tree>"]
    if name in ("output", "input") and FIRST_CALL in self.named and ("<layers>" in self.named or not is_model(self)):
        return of_the_first_call(run, self, name)
    if name.rstrip("s") in ("output", "input") and ENDS in self.named:  # without an s, where none was called: Keras 2
        end = end_of(self, name)
        if end is not None:
            run.may_raise(name)
            return List([end]) if name.endswith("s") else end
    rule = self.named.get("<rule>")
    if name.startswith("reset_state") and isinstance(rule, Rule) and "layer" not in rule.options:
        return MISSING  # recurrent layers have it, and wrappers of them
    if "<rule>" in self.named or name in LAYER_NAMES:
        return run.unknown(f"{name} of a layer is not known", self)
    return MISSING


def _made_name(run: State, self: Instance) -> Value:
    # of its class; versions of Keras differ in what they call models
    if is_model(self) or INPUT_LAYER in classes.lineage(self.cls):
        return run.unknown("a name that Keras makes", scalar=True)
    return MadeName(snake(self.cls.name.rpartition(".")[2]), run.line)


def of_the_first_call(run: State, self: Instance, name: str) -> Value:
    """Give what a layer read, or gave, when it was called first, where a graph can be made of it."""
    # the tensors of a call within another layer are none that a graph can be made of
    first = self.named[FIRST_CALL]
    lost = run.unknown(f"{name} of a layer is not known", self)
    if not isinstance(first, tuple):
        return lost
    found = first[name == "output"]
    assert isinstance(found, tuple)
    if not from_inputs(run, [one for one in found if isinstance(one, Tensor)]):
        return lost
    return found[0] if len(found) == 1 else List(found)


def _layers(run: State, self: Instance) -> Value:
    if "<layers>" in self.named and isinstance(self.named["<layers>"], List):
        kept = self.named["<layers>"]
        if kept.blur is None:
            return List([one for one in kept.items if not isinstance(one, Tensor)])
        return run.unknown(kept.blur.reason, self)
    if isinstance(self.named.get("<outputs>"), tuple):
        listed = listed_layers(self)
        layers = [_input_layer(run, one) if one.layer is None else one.layer for one in listed]
        lost = any(isinstance(one, Unknown) for one in layers)
        return run.unknown("the layers of a model", self) if lost else List(layers)
    return run.unknown("the layers of a model", self)


def _input_layer(run: State, tensor: Tensor) -> Instance:
    # the layer that Keras makes for an input; its name is "input_layer_3" or "input_3", unless the program gives one
    if tensor.home is None:
        tensor.home = Instance(INPUT_LAYER)
        tensor.home.serial = 0  # it is as old as the tensor, so that branches record what they change of it
        tensor.home.named[FIRST_CALL] = ((), (tensor,))
        texts = (
            one.value for body in run.bodies for node in body for one in ast.walk(node) if isinstance(one, ast.Constant)
        )
        asked = any(isinstance(one, str) and one.startswith("input") for one in texts)
        tensor.home.named["<name>"] = tensor.name or (None if asked else "input_layer")
    return tensor.home


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


def _graph_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    rest = common(run, self, kwargs)
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
    self.named["<input tree>"] = _as_given(inputs)
    self.named["<output tree>"] = _as_given(outputs)


def _as_given(value: Value) -> Value:
    # tensors in lists, tuples and dictionaries of their own, as Keras keeps them
    if isinstance(value, List):
        return List([_as_given(one) for one in value.items])
    if isinstance(value, Dict):
        made = Dict()
        made.named.update({key: _as_given(one) for key, one in value.named.items()})
        return made
    return tuple(map(_as_given, value)) if isinstance(value, tuple) else value


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


def nothing(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    """Do nothing that changes what a layer is."""
    return None


def _summary(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return None


# what the methods of Keras call on a layer, or count it by: a class that has its own does something else then
OWN_CALLS = (
    "trainable_weights", "non_trainable_weights", "weights", "variables", "trainable_variables",
    "non_trainable_variables", "trainable", "layers", "_layers", "_flatten_layers", "_setattr_hook", "add_variable",
)  # fmt: skip


def _check_replaced(run: State, cls: Class, args: Args, kwargs: Kwargs) -> None:
    ruled = cls.native is not None and isinstance(cls.native.data, Rule)
    chained = cls.native is not None and "pop" in cls.native.methods
    more = ("build", "add_weight", "__call__") if ruled else ("add", "pop", "build") if chained else ()
    setting.blur_if_replaced(run, cls, (*OWN_CALLS, *more))


LAYER = Native(
    BASE,
    make=lambda run, cls: Instance(cls),
    init=layer_init,
    methods={
        "__call__": call_layer, "add_weight": _add_weight, "add_variable": _add_weight, "build": _build,
        "get_config": lambda run, self, args, kwargs: run.call(run.builtin("dict"), [], {}),
        "compute_output_shape": lambda run, self, args, kwargs: run.unknown("a shape", data=True, scalar=True),
        "compute_mask": lambda run, self, args, kwargs: run.unknown("a mask", scalar=True),
        "add_loss": nothing, "add_metric": nothing,
        "count_params": lambda run, self, args, kwargs: run.unknown("a number of parameters", data=True, scalar=True),
        "get_weights": lambda run, self, args, kwargs: run.unknown("weights", data=True, scalar=True),
        "set_weights": nothing,
        "<replaced>": _check_replaced,
    },
    get=_layer_get,
    set=_layer_set,
)  # fmt: skip
MODEL = Native(
    WHOLE,
    LAYER,
    init=_graph_init,
    methods={
        "compile": nothing,
        "summary": _summary,
        "save": nothing,
        "save_weights": nothing,
        "load_weights": nothing,
        "reset_states": nothing,
        "to_json": lambda run, self, args, kwargs: run.unknown("a text", scalar=True),
        "get_layer": _get_layer,
        "export": nothing,
        "compute_loss": on_data("compute_loss"),
        **{
            name: on_data(name)
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
INPUT_LAYER = Native(
    "keras.layers.InputLayer", LAYER, init=lambda run, self, args, kwargs: make_input(run, args, kwargs)
)


def lambda_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    """Construct a layer of a function."""
    rest = common(run, self, kwargs)
    declare_input(self, rest)
    names = ("function", "output_shape", "mask", "arguments")
    given = by_name(names, args, rest)
    self.named["<function>"] = given.get("function")
    self.named["<arguments>"] = given.get("arguments")
