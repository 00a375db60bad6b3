"""One object of a Keras configuration: a layer with a rule, a nested model, an input, or what no rule knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from ...core.built import Shape, Weight
from ...core.declare import REQUIRED
from ...core.kinds import SWITCH
from ...core.registry import known as known_rule, registered, rules
from ...core.rule import Layer, Rule
from ...core.tensors import Tensor, input_shape
from ...errors import FileError, cut, quoted
from ...graph.unknown_layers import UnknownLayer, counted
from ...rules.keras.quantized import by_place
from ...rules.keras.unknown import OPAQUE, WEIGHTLESS
from ...rules.ops.table import modules as operation_modules
from ..containers.groups import GRAPH, MODELS
from .graph import field
from .variants import ThinLayer, TimeFirstLayer

LIBRARIES = ("keras_hub", "keras_nlp")  # their classes of a layer's name extend it by calls, and not by weights
DEEPEST = 50  # layers inside layers


class Reading(NamedTuple):
    """What is known while a configuration is read.

    Attributes
    ----------
    model : callable
        Reads a nested model.
    stored : callable
        Gives the weights an archive holds for a layer: ``stored(name, class name)``, or ``None``.
    shared : dict
        Objects that stand in several places of the file, by Keras's number for them; and the others, each with what
        it was read from, by class and name.
    unsorted : list
        Objects, each with what it was read from, that are not resolved yet; they belong into ``shared``.
    last : dict
        The last layer of each rule, with the configuration it was read from: networks repeat themselves.
    depth : int
    whole : bool
        Whether the archive holds all weights a layer has, as legacy files do, whatever its class makes of storing them.
    live : bool
        Whether it is no archive, but a model in memory, of which is known as well what is trained.
    sets : bool
        Whether ``trainable`` is what was set on a layer, which reaches the layers inside, as Keras 2 has it; Keras 3
        passes it to the constructor.
    omits : str
        What the writer of the archive may have left out of a class of the user's own; empty where nothing.
    """

    model: Callable[[Mapping[str, Any], Reading], Any]
    stored: Callable[[str | None, str], tuple[Weight, ...] | None]
    shared: dict[Any, Any]
    unsorted: list[tuple[Mapping[str, Any], Any]]
    last: dict[Rule, tuple[Mapping[str, Any], Layer]]
    depth: int = 0
    whole: bool = False
    live: bool = False
    sets: bool = False
    omits: str = ""

    def deeper(self) -> Reading:
        """Go one level down.

        Raises
        ------
        FileError
            If layers are nested too deeply.
        """
        if self.depth >= DEEPEST:
            raise FileError("layers are nested too deeply", expected=f"at most {DEEPEST} deep")
        return self._replace(depth=self.depth + 1)


def layer_of(found: Any, reading: Reading) -> Any:
    """Read one object: a `Layer`, a `Model`, an `UnknownLayer`, or the tensor of an ``InputLayer``.

    Raises
    ------
    FileError
        When it is not the form that Keras writes.
    OptionError, SizeError
        For options that the layer's rule does not take.
    """
    number = found.get("shared_object_id") if isinstance(found, dict) else None
    if isinstance(number, int):
        if number not in reading.shared:
            reading.shared[number] = _twin(found, reading) or _made(found, reading)
        return reading.shared[number]
    made = _made(found, reading)
    reading.unsorted.append((found, made))
    return made


def _twin(found: Mapping[str, Any], reading: Reading) -> Any:
    # Keras writes its number for a shared object at the second place alone when the first is inside a Sequential
    for one in reading.unsorted:
        reading.shared.setdefault(_label(one[0]), one)
    reading.unsorted.clear()
    before, made = reading.shared.get(_label(found), (None, None))
    return made if before is not None and alike(before.get("config"), found.get("config")) else None


def _label(found: Mapping[str, Any]) -> Any:
    return field(found, "class_name", str), name_in(field(found, "config", dict))


def _made(found: Any, reading: Reading) -> Any:
    kind, config = field(found, "class_name", str), field(found, "config", dict)
    if not _custom(found):
        if kind in MODELS:
            return reading.model(found, reading.deeper())
        if kind == "InputLayer":
            return input_of(config)
        rule = known_rule(kind)
        if rule is not None:
            return _layer(rule, found, config, reading)
    elif (rule := _registered(found)) is not None:
        return _layer(rule, found, config, reading)
    elif (rule := _extended(found)) is not None:
        layer = _layer(rule, found, config, reading)
        return ThinLayer(layer, _package(found)) if isinstance(layer, Layer) else layer
    elif config.keys() >= GRAPH:  # a subclass that writes down its graph
        made = reading.model({**found, "class_name": "Functional"}, reading.deeper())
        made.type = cut(kind)
        return made
    beside = {"name": found.get("name"), **config}  # a subclassed model's name stands beside its configuration
    return opaque(kind, why_unknown(kind, _custom(found)), beside, reading)


def has_rule(found: Mapping[str, Any]) -> bool:
    """Tell whether a serialized object is a layer that has a rule."""
    kind = found.get("class_name")
    if not isinstance(kind, str):
        return False
    return ((_registered(found) or _extended(found)) if _custom(found) else known_rule(kind)) is not None


def _extended(found: Mapping[str, Any]) -> Rule | None:
    # the rule of the layer that a class of Keras's own libraries extends: it has its name and its configuration
    kind = str(found["class_name"]).rpartition(">")[2]
    rule = known_rule(kind) if _package(found) in LIBRARIES else None
    required = {name for name, default in rule.defaults.items() if default is REQUIRED} if rule is not None else set()
    return rule if rule is not None and required <= found["config"].keys() <= _names(rule) else None


def _package(found: Mapping[str, Any]) -> str:
    return str(found.get("module")).partition(".")[0]


def _registered(found: Mapping[str, Any]) -> Rule | None:
    # a class of the user's own, if a rule was registered by the name that its file has for it
    name = found.get("registered_name") or found["class_name"]
    return registered(name) if isinstance(name, str) else None


def _custom(found: Mapping[str, Any]) -> bool:
    kind, module, registered = found["class_name"], found.get("module"), found.get("registered_name")
    if module is None:  # of a class of a script, which has a registered name; legacy files write down neither
        return ">" in kind or registered is not None
    ours = str(module).startswith("keras.") or module in ("keras", "builtins")
    return not ours or ">" in kind or registered not in (None, kind)


def module_of(found: Mapping[str, Any]) -> str:
    """Give the module of an object in a graph; files in the format before Keras 3 name none.

    There, the keys that every layer has distinguish a layer from an operation of the same name.
    """
    module, kind = found.get("module"), found.get("class_name")
    if module is None and isinstance(kind, str):
        config = field(found, "config", dict)
        if "trainable" not in config and "dtype" not in config:
            return operation_modules().get(kind, "None")
    return str(module)


def why_unknown(kind: str, custom: bool) -> str:
    """Say why no rule knows a class."""
    if custom:
        return "a custom class; only its own code knows its weights"
    return OPAQUE.get(kind, "a class no rule knows")


def opaque(
    kind: str, reason: str, config: Mapping[str, Any], reading: Reading, lacks: str | None = None
) -> UnknownLayer:
    """Make the row of what no rule knows, with the weights an archive holds for it.

    An archive may hold fewer weights than the layer has. ``lacks`` says why it may, and is empty where it holds all;
    it is found from the class and its configuration when it is left out.
    """
    name = name_in(config)
    weights = reading.stored(name, kind)
    # Keras 3 passes it to the constructor of the class, and only that knows how far it reaches
    reaches = reading.sets or (reading.depth == 0 and not reading.live)
    trainable = config.get("trainable") is not False or not reaches
    if lacks is None:
        lacks = _lacks(kind, config, weights, reading)
    told = None if weights is None else f"{reason}; {counted(weights, not trainable, reading.live)}"
    if told and lacks:
        told += f"; {lacks}"
    guessed = bool(weights) and trainable and not reading.live
    made = UnknownLayer(cut(kind), reason, name, weights, trainable, bool(lacks), told, guessed, lacks)
    sizes = config.get("output_shape")
    if (
        kind == "Lambda"
        and isinstance(sizes, (list, tuple))
        and not any(isinstance(one, (list, dict)) for one in sizes)
    ):
        made.out_sizes = shape_stated([None, *sizes])[1:]
    return made


def _lacks(kind: str, config: Mapping[str, Any], weights: tuple[Weight, ...] | None, reading: Reading) -> str:
    # why an archive may hold fewer weights than a layer has
    if reading.whole or weights is None or kind in WEIGHTLESS:
        return ""
    if _stores_its_own(config):
        return "the layer of Keras that it extends stores no others"
    return reading.omits if weights else "a class may keep weights that Keras does not store"


def _around(inner: Sequence[UnknownLayer], reading: Reading) -> str:
    # why an archive may hold fewer weights than a layer has that holds layers which no rule knows
    if reading.whole:
        return ""
    lost = next((one for one in inner if one.lacks or one.stored is None), None)
    return "" if lost is None else lost.lacks or f"the weights of {quoted(lost.label)} are not found in it"


def _stores_its_own(config: Mapping[str, Any]) -> bool:
    # layers that LoRA can be put on merge it before they store what they learn, and nothing that a subclass adds
    return any(names <= config.keys() for names in _merging())


@cache
def _merging() -> list[frozenset[str]]:
    # the options by which a subclass of such a layer is known
    found = []
    for rule in rules().values():
        if "lora_rank" in rule.options:
            needed = [name for name, default in rule.defaults.items() if default is REQUIRED]
            found.append(frozenset([*needed, *(name for name in rule.ignored if name.endswith("_initializer"))]))
    return found


def name_in(config: Mapping[str, Any]) -> str | None:
    """Give the name a configuration states, if it is one."""
    name = config.get("name")
    if not isinstance(name, str) or not name:
        return None
    return (name if name.isprintable() else ascii(name)[1:-1])[:200]  # no escapes for a terminal


def _layer(rule: Rule, found: Mapping[str, Any], config: Mapping[str, Any], reading: Reading) -> Any:
    if config.get("time_major") is True and "return_sequences" in rule.options and "time_major" not in rule.options:
        others = {name: value for name, value in config.items() if name != "time_major"}
        layer = _layer(rule, {**found, "build_config": None}, others, reading)
        return TimeFirstLayer(layer) if isinstance(layer, Layer) else layer
    before = reading.last.get(rule)
    if before is not None and before[0] == {**config, "name": before[0].get("name")}:
        layer = before[1].copy_with(config.get("name"))
    else:
        layer = _configured(rule, config, reading)
        if isinstance(layer, Layer) and not (rule.sublayer_options or rule.copies or (reading.live and rule.inner)):
            reading.last[rule] = config, layer
    if "build_config" in found and isinstance(layer, Layer):
        layer.declared_inputs = partial(built_on, found["build_config"])
    return layer


def _configured(rule: Rule, config: Mapping[str, Any], reading: Reading) -> Any:
    if rule.copies:
        config = _one_copy(config)
    if not config.keys() <= _names(rule):
        _refuse_unknown(rule, config)
    if "dtype" in rule.options and isinstance(config.get("dtype"), dict) and by_place(config["dtype"]):
        return opaque(rule.name, "how it is kept hangs on its place, by a map of dtype policies", config, reading, "")
    inside = rule.sublayer_options + rule.copies
    given: dict[str, Any] = {"name": config.get("name")}
    for name, default in rule.defaults.items():
        value = config.get(name, default)
        if value is not default and (type(value) is not type(default) or value != default):
            given[name] = _held(value, reading.deeper()) if name in inside else value
    unknown = [one for name in inside for one in _flat(given.get(name)) if isinstance(one, UnknownLayer)]
    if unknown:
        reason = f"it is around {quoted(unknown[0].label)}, {unknown[0].reason}"
        return opaque(rule.name, reason, config, reading, _around(unknown, reading))
    layer = rule(**given)
    if not rule.checked("trainable", SWITCH, config.get("trainable", True)):
        _freeze(layer, reading)
    return layer


def _freeze(layer: Layer, reading: Reading) -> None:
    # of a wrapper, only what is written at the layers inside counts
    rule = layer.rule
    if reading.live and rule.inner:
        names = (layer.name, f"forward_{layer.name}")  # the second of a copy in Bidirectional
        held = next(filter(None, (reading.stored(name, rule.name) for name in names)), ())
        layer.frozen = bool(held) and not any(weight.trainable for weight in held)
    elif reading.sets or reading.live:
        layer.frozen = not (rule.sublayer_options or rule.copies)
    else:
        layer.freeze_by_constructor()


@cache
def _names(rule: Rule) -> frozenset[str]:
    return frozenset({"name", "trainable", *rule.options, *rule.ignored})


def _refuse_unknown(rule: Rule, config: Mapping[str, Any]) -> None:
    for name in config.keys() - _names(rule):
        if config[name] is not None and config[name] is not False:  # Keras writes down some that it no longer has
            raise rule.unknown_option(name).at(rule.name)


def _held(value: Any, reading: Reading) -> Any:
    if isinstance(value, (list, tuple)):
        return [layer_of(one, reading) for one in value]
    return None if value is None else layer_of(value, reading)


def _flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def built_on(build: Any) -> tuple[Shape, ...] | None:
    """Give the shapes a layer was built on, as a file has them, if it has.

    Raises
    ------
    ShapeError, SizeError, FileError
        When they are none.
    """
    if not isinstance(build, dict):
        return None
    shapes = build.get("input_shape")
    several = build.get("shapes_dict")
    if isinstance(several, dict):
        # the states that a recurrent layer is handed are no inputs, and decide no weight
        shapes = [shape for name, shape in several.items() if name != "initial_state_shape"]
    if not isinstance(shapes, (list, tuple)) or not shapes:
        return None
    return tuple(map(shape_stated, shapes)) if isinstance(shapes[0], (list, tuple)) else (shape_stated(shapes),)


def shape_stated(shape: Any) -> Shape:
    """Read a shape a file states, batch first.

    Raises
    ------
    ShapeError, SizeError, FileError
        When it is none.
    """
    if not isinstance(shape, (list, tuple)):
        raise FileError("not a shape", expected="a list of sizes", received=shape)
    return input_shape(shape[1:], shape[0]) if shape else ()


def input_of(config: Mapping[str, Any], axes: str | None = None) -> Tensor:
    """Read an ``InputLayer``; its unknown sizes are named after ``axes``.

    Raises
    ------
    ShapeError, SizeError, FileError
        When its shape is none.
    """
    shape = field(config, "batch_shape", (list, tuple))
    if not shape:
        raise FileError("an input of no axes", expected="the batch first", received=shape)
    return Tensor(input_shape(shape[1:], shape[0], axes), name=name_in(config))


def _one_copy(config: Mapping[str, Any]) -> Mapping[str, Any]:
    # Keras always writes down a backward layer; the one it makes itself is the forward layer, turned round
    ahead, back = config.get("layer"), config.get("backward_layer")
    if not (isinstance(ahead, dict) and isinstance(back, dict)):
        return config
    one, other = field(ahead, "config", dict), field(back, "config", dict)
    stem = str(one.get("name")).removeprefix("forward_")
    turned = {**one, "name": f"backward_{stem}", "go_backwards": not one.get("go_backwards")}
    if ahead.get("class_name") != back.get("class_name") or not alike(turned, other):
        return config
    return {**config, "backward_layer": None, "layer": {**ahead, "config": {**one, "name": stem}}}


def alike(one: Any, other: Any) -> bool:
    """Tell whether two configurations are equal, whatever numbers Keras gave to shared objects inside."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = (one.keys() | other.keys()) - {"shared_object_id"}
        return all(alike(one.get(key), other.get(key)) for key in keys)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)
