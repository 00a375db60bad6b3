"""One object of a Keras configuration: a layer with a rule, a nested model, an input, or what no rule knows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

from ...core.ignored_options import stated
from ...core.kinds import SWITCH
from ...core.registry import known as known_rule, registered
from ...core.rule import Layer, Rule
from ...core.schema import REQUIRED
from ...errors import cut, quoted
from ...graph.unknown_layers import UnknownLayer
from ...rules.keras.quantized import by_place
from ...rules.ops.table import modules as operation_modules
from ...untyped import Parsed
from ..containers.groups import GRAPH, MODELS
from .graph import field
from .opaque import lacks_around, opaque, why_unknown
from .reading import Reading
from .values import alike, built_on, input_of, name_in
from .variants import ThinLayer, TimeFirstLayer

LIBRARIES = ("keras_hub", "keras_nlp")  # their classes of a layer's name extend it by calls, and not by weights


def layer_of(found: Parsed, reading: Reading) -> Parsed:
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


def _twin(found: Mapping[str, Parsed], reading: Reading) -> Parsed:
    # Keras writes its number for a shared object at the second place alone when the first is inside a Sequential
    for one in reading.unsorted:
        reading.shared.setdefault(_label(one[0]), one)
    reading.unsorted.clear()
    before, made = reading.shared.get(_label(found), (None, None))
    return made if before is not None and alike(before.get("config"), found.get("config")) else None


def _label(found: Mapping[str, Parsed]) -> Parsed:
    return field(found, "class_name", str), name_in(field(found, "config", dict))


def _made(found: Parsed, reading: Reading) -> Parsed:
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


def has_rule(found: Mapping[str, Parsed]) -> bool:
    """Tell whether a serialized object is a layer that has a rule."""
    kind = found.get("class_name")
    if not isinstance(kind, str):
        return False
    return ((_registered(found) or _extended(found)) if _custom(found) else known_rule(kind)) is not None


def _extended(found: Mapping[str, Parsed]) -> Rule | None:
    # the rule of the layer that a class of Keras's own libraries extends: it has its name and its configuration
    kind = str(found["class_name"]).rpartition(">")[2]
    rule = known_rule(kind) if _package(found) in LIBRARIES else None
    required = {name for name, default in rule.defaults.items() if default is REQUIRED} if rule is not None else set()
    return rule if rule is not None and required <= found["config"].keys() <= _names(rule) else None


def _package(found: Mapping[str, Parsed]) -> str:
    return str(found.get("module")).partition(".")[0]


def _registered(found: Mapping[str, Parsed]) -> Rule | None:
    # a class of the user's own, if a rule was registered by the name that its file has for it
    name = found.get("registered_name") or found["class_name"]
    return registered(name) if isinstance(name, str) else None


def _custom(found: Mapping[str, Parsed]) -> bool:
    kind, module, registered = found["class_name"], found.get("module"), found.get("registered_name")
    if module is None:  # of a class of a script, which has a registered name; legacy files write down neither
        return ">" in kind or registered is not None
    ours = str(module).startswith("keras.") or module in ("keras", "builtins")
    return not ours or ">" in kind or registered not in (None, kind)


def module_of(found: Mapping[str, Parsed]) -> str:
    """Give the module of an object in a graph; files in the format before Keras 3 name none.

    There, the keys that every layer has distinguish a layer from an operation of the same name.
    """
    module, kind = found.get("module"), found.get("class_name")
    if module is None and isinstance(kind, str):
        config = field(found, "config", dict)
        if "trainable" not in config and "dtype" not in config:
            return operation_modules().get(kind, "None")
    return str(module)


def _layer(rule: Rule, found: Mapping[str, Parsed], config: Mapping[str, Parsed], reading: Reading) -> Parsed:
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
    if isinstance(layer, Layer):  # one that is like the last of its class may have been built on another shape
        layer.declared_inputs = partial(built_on, found["build_config"]) if "build_config" in found else None
    return layer


def _configured(rule: Rule, config: Mapping[str, Parsed], reading: Reading) -> Parsed:
    if rule.copies:
        config = _one_copy(config)
    if not config.keys() <= _names(rule):
        _refuse_unknown(rule, config)
    if "dtype" in rule.options and isinstance(config.get("dtype"), dict) and by_place(config["dtype"]):
        return opaque(rule.name, "how it is kept hangs on its place, by a map of dtype policies", config, reading, "")
    inside = rule.sublayer_options + rule.copies
    given: dict[str, Parsed] = {"name": config.get("name")}
    for name, default in rule.defaults.items():
        value = config.get(name, default)
        if value is not default and (type(value) is not type(default) or value != default):
            given[name] = _held(value, reading.deeper()) if name in inside else value
    unknown = [one for name in inside for one in _flat(given.get(name)) if isinstance(one, UnknownLayer)]
    if unknown:
        reason = f"it is around {quoted(unknown[0].label)}, {unknown[0].reason}"
        return opaque(rule.name, reason, config, reading, lacks_around(unknown, reading))
    layer = rule(**given)
    layer.ignored_options = stated(config, rule.ignored) or None
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


def _refuse_unknown(rule: Rule, config: Mapping[str, Parsed]) -> None:
    for name in config.keys() - _names(rule):
        if config[name] is not None and config[name] is not False:  # Keras writes down some that it no longer has
            raise rule.unknown_option(name).at(rule.name)


def _held(value: Parsed, reading: Reading) -> Parsed:
    if isinstance(value, (list, tuple)):
        return [layer_of(one, reading) for one in value]
    return None if value is None else layer_of(value, reading)


def _flat(value: Parsed) -> list[Parsed]:
    return value if isinstance(value, list) else [value]


def _one_copy(config: Mapping[str, Parsed]) -> Mapping[str, Parsed]:
    # Keras always writes down a backward layer; the one it makes itself is the forward layer, turned round
    ahead, back = config.get("layer"), config.get("backward_layer")
    if not (isinstance(ahead, dict) and isinstance(back, dict)):
        return config
    one, other = field(ahead, "config", dict), field(back, "config", dict)
    stem = str(one.get("name")).removeprefix("forward_")
    turned = {**one, "name": f"backward_{stem}", "go_backwards": not one.get("go_backwards")}
    built, again = ahead.get("build_config"), back.get("build_config")
    if ahead.get("class_name") != back.get("class_name") or not alike(turned, other) or (again and built != again):
        return config
    return {**config, "backward_layer": None, "layer": {**ahead, "config": {**one, "name": stem}}}
