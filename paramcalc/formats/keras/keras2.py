"""Legacy Keras (1, 2 and tf.keras up to 2.15): descriptions of models, recognized and converted to Keras 3.

What differs is how a graph is written down. A call is a list of ``[layer, call, output, arguments]``, arguments other
than the first hang on its tensors, initial states stand among the inputs, and the calls of a nested model that knew
its input count from 1, wherever they are mentioned. Layers' options are in `keras2_layers`, functions of TensorFlow in
`keras2_ops`. Only dictionaries are looked at; nothing is imported, decoded or run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...errors import FileError, OptionError, ParamcalcError, quoted
from ...untyped import Parsed
from .keras2_layers import KERAS, declared_input, dtype, layer
from .keras2_ops import CONSTANT, OPERATIONS, operation, symbol

MODELS = ("Sequential", "Functional", "Model")
DEEPEST = 50  # layers inside layers, lists inside lists
GRAPH = {"layers", "input_layers", "output_layers"}
NUMBERED = 100  # objects with a number, beyond which it says nothing: SavedModels number everything
HELD = ("layer", "backward_layer", "cell", "cells")  # options that hold layers
# what stands beside the first input in a list: the initial states
RECURRENT = frozenset({"RNN", "SimpleRNN", "LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU", "Bidirectional"}) | {
    f"ConvLSTM{rank}D" for rank in (1, 2, 3)
}
# arguments after the first that Keras 3 writes by position, because they are inputs
POSITIONAL = {"MultiHeadAttention": ("value", "key")}


def is_legacy(found: Mapping[str, Parsed]) -> bool:
    """Tell a description by Keras 1 or 2 from one by Keras 3.

    Parameters
    ----------
    found : dict
        The object itself, ``{"class_name": "Functional", "config": {…}, …}``.

    Returns
    -------
    bool
        By ``keras_version`` if it is written down, else by how calls and inputs are written.
    """
    version = found.get("keras_version")
    if isinstance(version, str) and version[:1].isdigit():
        return version.partition(".")[0] in ("0", "1", "2")
    return next(_signs(found, 0), False)


def _signs(found: Parsed, depth: int) -> Iterator[bool]:
    # what gives a description away, in order
    if not isinstance(found, Mapping) or depth > DEEPEST:
        return
    config = found.get("config")
    if isinstance(config, (list, tuple)):
        yield True  # a Sequential was once the list of its layers
    if not isinstance(config, Mapping):
        return
    if "batch_input_shape" in config:
        yield True
    if "batch_shape" in config:
        yield False
    nodes = found.get("inbound_nodes")
    for node in nodes if isinstance(nodes, (list, tuple)) else ():
        yield not (isinstance(node, Mapping) and "args" in node)
    layers = config.get("layers")
    for one in layers if isinstance(layers, (list, tuple)) else ():
        yield from _signs(one, depth + 1)
    if depth == 0 and isinstance(layers, (list, tuple)) and layers:
        yield not any(isinstance(one, Mapping) and "module" in one for one in layers)


def upgraded(found: Mapping[str, Parsed]) -> dict[str, Parsed]:
    """Put a model that Keras 1 or 2 described as Keras 3 would.

    Options that change neither weights nor shapes and that Keras 3 has no more are left out; layers it has no more
    keep their names.

    Parameters
    ----------
    found : dict
        What `is_legacy` is true of. It is not changed.

    Returns
    -------
    dict
        Plain data, for the reader of Keras 3's form.

    Raises
    ------
    FileError
        When it is not a description of a model.
    OptionError
        For an option that changes a weight or a shape and that Keras 3 cannot express; the message names the layer.
    """
    made = _model(found, 0, False)
    _number_twins([*_layers(made)])
    return made


def _number_twins(layers: list[dict[str, Parsed]]) -> None:
    # of an object that stands in two places, legacy JSON may number the second only
    numbers = [one["shared_object_id"] for one in layers if "shared_object_id" in one]
    if len(numbers) > NUMBERED:
        return
    for one in [one for one in layers if "shared_object_id" in one and numbers.count(one["shared_object_id"]) == 1]:
        kind, name = one["class_name"], one["config"].get("name")
        alike = [other for other in layers if other["class_name"] == kind and other["config"].get("name") == name]
        if len(alike) == 2 and isinstance(name, str):
            for twin in alike:
                twin.setdefault("shared_object_id", one["shared_object_id"])


def _layers(made: dict[str, Parsed]) -> Iterator[dict[str, Parsed]]:
    # what has been made, level by level
    config = made["config"]
    for inner in (config.get("layers") if _is_model(made) else None, *(config.get(one) for one in HELD)):
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict) and isinstance(one.get("config"), dict):
                yield one
                yield from _layers(one)


def _model(found: Mapping[str, Parsed], depth: int, frozen: bool) -> dict[str, Parsed]:
    kind, config = _field(found, "class_name", str), found.get("config")
    if kind == "Sequential" and isinstance(config, (list, tuple)):
        config = {"layers": config}
    config = dict(_field({"config": config}, "config", Mapping))
    if kind == "Sequential":
        config["layers"] = _chain(_field(config, "layers", (list, tuple)), depth, frozen)
        module, known = "keras", None
    elif kind in MODELS:
        _graph(config, depth, frozen)
        kind, module, known = "Functional", "keras.src.models.functional", "Functional"
    else:  # a class of somebody's own, which may write down its graph all the same
        if config.keys() >= GRAPH:
            _graph(config, depth, frozen)
        module, known = str(found.get("module") or "builtins"), str(found.get("registered_name") or f"Custom>{kind}")
    return {**_kept(found), "module": module, "class_name": kind, "config": config, "registered_name": known}


def _is_model(made: Mapping[str, Parsed]) -> bool:
    return made["class_name"] in MODELS or made["config"].keys() >= GRAPH


def _chain(layers: Parsed, depth: int, frozen: bool) -> list[dict[str, Parsed]]:
    made = [_at(f"layers[{place}]", one, depth, frozen) for place, one in enumerate(layers)]
    if made and made[0]["class_name"] not in ("InputLayer", *MODELS):
        config = layers[0]["config"]
        shape = declared_input(str(layers[0].get("class_name")), config)
        if shape is not None:
            name = f"{config.get('name')}_input" if config.get("name") else None
            made.insert(0, layer("InputLayer", {"batch_input_shape": shape, "name": name}))
    return made


# --- graphs ---------------------------------------------------------------------------------------------------


def _graph(config: dict[str, Parsed], depth: int, frozen: bool) -> None:
    # puts the layers, their calls, and the inputs and outputs in the new form
    seen: list[list[Parsed]] = []  # every mention of a tensor, to be counted anew
    layers = []
    for place, found in enumerate(_field(config, "layers", (list, tuple))):
        name = found.get("name") if isinstance(found, Mapping) else None
        where = f"layer {quoted(name)}:" if isinstance(name, str) else f"layers[{place}]"
        made = _at(where, found, depth, frozen)
        try:
            _connect(made, found, seen)
        except ParamcalcError as error:
            raise error.at(where)
        layers.append(made)
    inside = len(seen)
    for ends in ("input_layers", "output_layers"):
        written = _field(config, ends, (list, tuple, Mapping))
        alone = isinstance(written, (list, tuple)) and len(written) == 1  # Keras 3 writes no list around one
        config[ends] = _ends(written[0] if alone else written, seen, 0)
    # Keras 2 counts the call a nested model is born with wherever it counts (if there was one: a chain may learn its
    # input late); Keras 3 does among outputs, of Functional models only
    models = {made["name"]: made["class_name"] for made in layers if _is_model(made)}
    zeroth = {label for label, at, _ in seen if at == 0}
    for place, mention in enumerate(seen):
        if mention[0] in models:
            mention[1] -= mention[0] not in zeroth
            mention[1] += place >= inside and models[mention[0]] != "Sequential"
    config["layers"] = layers


def _connect(made: dict[str, Parsed], found: Mapping[str, Parsed], seen: list[list[Parsed]]) -> None:
    name = found.get("name", made["config"].get("name"))
    made["name"] = name if isinstance(name, str) else None
    nodes = found.get("inbound_nodes", ())
    if not isinstance(nodes, (list, tuple)):
        raise FileError("no inbound_nodes", expected="a list of calls", received=nodes)
    calls = [_call(node, str(found["class_name"]), seen) for node in nodes]
    if found["class_name"] in OPERATIONS:
        made.update(operation(symbol(found), made["config"], calls))
    else:
        made["inbound_nodes"] = [{"args": args, "kwargs": kwargs} for args, kwargs in calls]


def _call(node: Parsed, kind: str, seen: list[list[Parsed]]) -> tuple[list[Parsed], dict[str, Parsed]]:
    # the inputs of a call, and its other arguments, which hang on each of them
    hanging: list[Mapping[str, Parsed]] = []
    first = _inputs(node, seen, hanging, 0)
    given = {name: _argument(value, seen, 0) for name, value in (hanging[0] if hanging else {}).items()}
    if kind in OPERATIONS:
        return [first], given
    if isinstance(first, list) and len(first) == 1:
        (first,) = first
    if kind in RECURRENT and isinstance(first, list) and first:
        first, *given["initial_state"] = first
    if kind in RECURRENT and given.pop("constants", None) is not None:
        raise OptionError("a loop over constants", expected="inputs and initial states only")
    return [first, *(given.pop(name) for name in POSITIONAL.get(kind, ()) if given.get(name) is not None)], given


def _inputs(value: Parsed, seen: list[list[Parsed]], hanging: list[Mapping[str, Parsed]], depth: int) -> Parsed:
    if depth > DEEPEST:
        raise FileError("lists are nested too deeply", expected=f"at most {DEEPEST} deep")
    if isinstance(value, Mapping):
        return {key: _inputs(value[key], seen, hanging, depth + 1) for key in sorted(value, key=str)}
    if not isinstance(value, (list, tuple)):
        raise FileError("not a call in a graph", expected="[[layer, call, output], …]", received=value)
    if not (value and isinstance(value[0], str)):
        return [_inputs(one, seen, hanging, depth + 1) for one in value]
    if len(value) == 4 and isinstance(value[3], Mapping) and not hanging:
        hanging.append(value[3])
    if len(value) in (3, 4) and value[0] == CONSTANT:
        return _argument(value[2], seen, depth + 1)
    return _tensor(_place(list(value[:3]), seen))


def _argument(value: Parsed, seen: list[list[Parsed]], depth: int) -> Parsed:
    # an argument of a call: a constant, or lists of constants and tensors
    if depth > DEEPEST:
        raise FileError("lists are nested too deeply", expected=f"at most {DEEPEST} deep")
    if isinstance(value, Mapping):
        return {key: _argument(one, seen, depth + 1) for key, one in value.items()}
    if not isinstance(value, (list, tuple)):
        return value
    if len(value) == 3 and isinstance(value[0], str) and all(type(one) is int for one in value[1:]):
        return _tensor(_place(list(value), seen))
    return [_argument(one, seen, depth + 1) for one in value]


def _ends(value: Parsed, seen: list[list[Parsed]], depth: int) -> Parsed:
    # the inputs or outputs of a model: places, in lists or dictionaries
    if depth > DEEPEST:
        raise FileError("lists are nested too deeply", expected=f"at most {DEEPEST} deep")
    if isinstance(value, Mapping):
        return {key: _ends(one, seen, depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)) and not (value and isinstance(value[0], str)):
        return [_ends(one, seen, depth + 1) for one in value]
    return _place(list(value[:3]) if isinstance(value, (list, tuple)) else [value], seen)


def _place(place: list[Parsed], seen: list[list[Parsed]]) -> list[Parsed]:
    if not (len(place) == 3 and isinstance(place[0], str) and all(type(one) is int for one in place[1:])):
        raise FileError("not a reference to a tensor of the graph", expected="[layer, call, output]", received=place)
    seen.append(place)
    return place


def _tensor(history: list[Parsed]) -> dict[str, Parsed]:
    return {"class_name": "__keras_tensor__", "config": {"shape": None, "dtype": None, "keras_history": history}}


# --- layers ---------------------------------------------------------------------------------------------------


def _at(place: str, found: Parsed, depth: int, frozen: bool) -> dict[str, Parsed]:
    try:
        return _layer(found, depth + 1, frozen)
    except ParamcalcError as error:
        raise error.at(place)


def _layer(found: Parsed, depth: int, frozen: bool) -> dict[str, Parsed]:
    # a layer, or a nested model
    if depth > DEEPEST:
        raise FileError("layers are nested too deeply", expected=f"at most {DEEPEST} deep")
    kind = _field(found, "class_name", str)
    if kind in MODELS or (isinstance(found.get("config"), Mapping) and found["config"].keys() >= GRAPH):
        return _model(found, depth, frozen)
    config = {**_field(found, "config", Mapping)}
    if "dtype" in config:
        config["dtype"] = dtype(config["dtype"])
    if frozen and "trainable" in config:
        config["trainable"] = False
    if config.get("num_constants"):
        raise OptionError("a loop over constants", expected="a loop over time steps and states only").at(kind)
    for option in HELD:
        if option in config:
            # a frozen wrapper freezes the layer inside, whatever that layer states
            inner = frozen or config.get("trainable") is False
            config[option] = _held(config[option], option, depth, inner)
    if _foreign(found):
        return {**found, "config": config}
    return {**_kept(found), **layer(kind, config)}


def _held(value: Parsed, option: str, depth: int, frozen: bool) -> Parsed:
    if isinstance(value, (list, tuple)):
        return [_at(f"{option}[{place}]", one, depth, frozen) for place, one in enumerate(value)]
    return _at(option, value, depth, frozen) if isinstance(value, Mapping) else value


def _foreign(found: Mapping[str, Parsed]) -> bool:
    # a class somebody else registered: the reader is to see that
    name, module = found.get("registered_name"), found.get("module")
    if module is None:  # of a class of a script, which has a registered name; the oldest files write down neither
        return name is not None
    return name not in (None, found["class_name"]) or str(module).partition(".")[0] not in KERAS


def _kept(found: Mapping[str, Parsed]) -> dict[str, Parsed]:
    # the number of what stands elsewhere, too; the shapes it was built on
    return {name: found[name] for name in ("shared_object_id", "build_config") if name in found}


def _field(found: Parsed, name: str, kind: Parsed) -> Parsed:
    if not isinstance(found, Mapping) or not isinstance(found.get(name), kind):
        received = found.get(name) if isinstance(found, Mapping) else found
        raise FileError(f"no {name}", expected="the form that Keras writes", received=received)
    return found[name]
