"""Reading Keras's own description of a model: the dictionary in ``config.json``, or what serialization gives.

Every object in it is ``{module, class_name, config, registered_name, …}``. Only dictionaries are looked at; no
class is looked up by name, nothing is imported or run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ..errors import FileError, GraphError, LayerError, ParamcalcError
from ..model import Model, Node
from ..rules.registry import find, rules
from ..sequential import Sequential
from ..tensors import Input, Tensor, input_shape

MODELS = ("Sequential", "Functional", "Model")
DEEPEST = 50  # layers inside layers
Ref = tuple[str, int, int]  # Keras's history of a tensor: layer, which of its calls, which output


def from_config(config: Mapping[str, Any]) -> Model:
    """Read a serialized Sequential or Functional model.

    Parameters
    ----------
    config : dict
        The object itself, ``{"class_name": "Functional", "config": {…}, …}``.

    Returns
    -------
    Model

    Raises
    ------
    LayerError
        For a layer without a rule, custom ones among them.
    FileError, GraphError
        When it is not a description of a model.
    ParamcalcError
        For options that a rule does not take; the message names the layer.
    """
    if _field(config, "class_name", str) not in MODELS:
        raise LayerError(
            f"{config['class_name'][:80]!r} is not a model whose graph is written down",
            expected="a Sequential or Functional model",
        )
    return _model(config, 0)


def _model(found: Mapping[str, Any], depth: int) -> Model:
    if depth > DEEPEST:
        raise FileError("models inside models", expected=f"at most {DEEPEST} deep")
    config = _field(found, "config", Mapping)
    name = config.get("name")
    name = name if isinstance(name, str) and name else None
    # what is passed to a nested model reaches no weight in it; what is set on it is written at every layer inside
    trainable = depth > 0 or config.get("trainable") is not False
    if found["class_name"] == "Sequential":
        return _sequential(config, name, trainable, depth)
    return _functional(config, name, trainable, depth)


def _sequential(config: Mapping[str, Any], name: str | None, trainable: bool, depth: int) -> Model:
    layers: list[Any] = []
    for place, found in enumerate(_field(config, "layers", (list, tuple))):
        layers.append(_at(f"layers[{place}]", found, depth))
    shape = config.get("build_input_shape")
    if isinstance(shape, (list, tuple)) and shape and not (layers and isinstance(layers[0], Tensor)):
        layers.insert(0, Input(shape[1:], shape[0]))
    return Sequential(layers, name, trainable)


def _functional(config: Mapping[str, Any], name: str | None, trainable: bool, depth: int) -> Model:
    described = {_field(found, "name", str): found for found in _field(config, "layers", (list, tuple))}
    inputs = list(_refs(_field(config, "input_layers", (list, tuple, Mapping))))
    outputs = [_place(ref, described) for ref in _refs(_field(config, "output_layers", (list, tuple, Mapping)))]
    made: dict[str, Any] = {label: _entry(label, described.get(label), len(inputs)) for label, _, _ in inputs}
    calls = _calls(described, outputs, {label for label, _, _ in inputs})
    places = {(label, at): place for place, (label, at, _) in enumerate(inputs)}
    nodes: list[Node] = []
    try:
        order = list(TopologicalSorter({call: _needs(read) for call, read in calls.items()}).static_order())
    except CycleError as error:
        circle = sorted({call[0] for call in error.args[1]})
        raise GraphError(f"the layers {', '.join(circle)} feed one another") from None
    for label, at in order:
        if (label, at) in places:
            continue
        if label not in made:
            made[label] = _at(f"layer {label!r}", described[label], depth)
        args, states = (tuple((places[r[0], r[1]], r[2]) for r in refs) for refs in calls[label, at])
        places[label, at] = len(inputs) + len(nodes)
        nodes.append(Node(made[label], args, states, where=f"layer {label!r}:"))
    return Model.from_nodes(
        [made[label].shape for label, _, _ in inputs],
        nodes,
        tuple((places[label, at], index) for label, at, index in outputs),
        name,
        [label for label, _, _ in inputs],
        trainable,
    )


def _place(ref: Ref, described: Mapping[str, Any]) -> Ref:
    # among the outputs, Keras counts the call a Functional model is born with; among the inputs of layers not
    label, at, index = ref
    born = described.get(label, {}).get("class_name") in ("Functional", "Model")
    return label, at - born, index


def _calls(
    described: Mapping[str, Any], outputs: list[Ref], inputs: set[str]
) -> dict[tuple[str, int], tuple[list[Ref], list[Ref]]]:
    # what each call that leads to an output reads: its inputs, its initial states; masks lead nowhere
    calls: dict[tuple[str, int], tuple[list[Ref], list[Ref]]] = {}
    pending = [(label, at) for label, at, _ in outputs]
    while pending:
        label, at = call = pending.pop()
        if call in calls or label in inputs:
            continue
        if label not in described:
            raise GraphError(f"no layer {label[:80]!r}, though the graph mentions it")
        nodes = _field(described[label], "inbound_nodes", (list, tuple))
        if not 0 <= at < len(nodes):
            raise GraphError(f"layer {label[:80]!r} is called {len(nodes)} times, and the graph mentions call {at}")
        try:
            calls[call] = _reads(nodes[at])
        except ParamcalcError as error:
            raise error.at(f"layer {label!r}:")
        pending += _needs(calls[call])
    return calls


def _needs(read: tuple[list[Ref], list[Ref]]) -> list[tuple[str, int]]:
    args, states = read
    return [(label, at) for label, at, _ in [*args, *states]]


def _reads(node: Any) -> tuple[list[Ref], list[Ref]]:
    args, kwargs = _field(node, "args", (list, tuple)), _field(node, "kwargs", Mapping)
    states = [*args[1:], kwargs.get("initial_state")]
    for name, value in kwargs.items():
        if name not in ("initial_state", "mask") and next(_tensors(value), None):
            raise GraphError(f"is given a tensor as {name}", expected="inputs and initial_state only")
    return list(_tensors(args[:1])), list(_tensors(states))


def _tensors(value: Any) -> Iterator[Ref]:
    # the histories of the symbolic tensors in nested lists
    if isinstance(value, Mapping) and value.get("class_name") == "__keras_tensor__":
        yield from _refs(_field(_field(value, "config", Mapping), "keras_history", (list, tuple)))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _tensors(one)
    elif isinstance(value, Mapping):
        yield from _tensors(list(value.values()))


def _refs(value: Any) -> Iterator[Ref]:
    # ["a", 0, 0], or lists and dictionaries of such; Keras takes a dictionary in the order of its sorted keys
    if isinstance(value, (list, tuple)) and len(value) == 3 and isinstance(value[0], str):
        label, at, index = value
        if not (type(at) is int and type(index) is int):
            raise FileError("not a place in a graph", expected="[layer, call, output]", received=value)
        yield label, at, index
    elif isinstance(value, (list, tuple, Mapping)):
        for one in [value[key] for key in sorted(value, key=str)] if isinstance(value, Mapping) else value:
            yield from _refs(one)
    else:
        raise FileError("not a place in a graph", expected="[layer, call, output]", received=value)


def _at(place: str, found: Any, depth: int) -> Any:
    try:
        return _layer(found, depth + 1)
    except ParamcalcError as error:
        raise error.at(place)


def _layer(found: Any, depth: int) -> Any:
    # a layer, a nested model, or the tensor of an InputLayer
    kind, config = _field(found, "class_name", str), _field(found, "config", Mapping)
    if depth > DEEPEST:
        raise FileError("layers inside layers", expected=f"at most {DEEPEST} deep")
    module = str(found.get("module"))
    if found.get("registered_name") not in (None, kind) or module.partition(".")[0] not in ("keras", "None"):
        raise LayerError(f"{kind[:80]!r} is a custom layer; no rule knows its weights")
    if "shared_object_id" in found:  # the same object stands elsewhere in the file, too
        raise GraphError(
            f"a layer {kind[:80]!r} is shared across levels of nesting", expected="sharing within one model"
        )
    if kind in MODELS:
        return _model(found, depth)
    if ".ops" in module:
        raise LayerError(f"no rule for the operation {kind[:80]!r}", suggestion="layers such as Add have one")
    if kind == "InputLayer":
        return _input(config)
    given = {}
    rule = find(kind) if kind in rules() else None
    if rule is None:
        raise LayerError(f"no rule for a layer {kind[:80]!r}")
    for name, value in _one_copy(config).items():
        known = name in rule.options or name in rule.inert or name in ("name", "trainable")
        if name == "trainable" and (rule.holds or rule.copies):
            continue  # as with nested models
        if known:
            given[name] = _value(value, depth)
        elif value is not None and value is not False:  # Keras writes down some that it no longer has
            raise rule.unknown_option(name).at(kind)
    return rule(**given)


def _value(value: Any, depth: int) -> Any:
    # a wrapped layer, a list of cells, or the value as it stands
    if isinstance(value, Mapping) and {"class_name", "config"} <= value.keys() and value["class_name"] in _layers():
        return _layer(value, depth + 1)
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
        return [_value(one, depth) for one in value]
    return value


def _layers() -> set[str]:
    return {*rules(), *MODELS}


def _one_copy(config: Mapping[str, Any]) -> Mapping[str, Any]:
    # Keras always writes down a backward layer; the one it makes itself is the forward layer, turned round
    ahead, back = config.get("layer"), config.get("backward_layer")
    if not (isinstance(ahead, Mapping) and isinstance(back, Mapping)):
        return config
    one, other = _field(ahead, "config", Mapping), _field(back, "config", Mapping)
    stem = str(one.get("name")).removeprefix("forward_")
    turned = {**one, "name": f"backward_{stem}", "go_backwards": not one.get("go_backwards")}
    if ahead.get("class_name") != back.get("class_name") or turned != other:
        return config
    return {**config, "backward_layer": None, "layer": {**ahead, "config": {**one, "name": stem}}}


def _entry(label: str, found: Any, several: int) -> Tensor:
    try:
        if _field(found, "class_name", str) != "InputLayer":
            raise GraphError("an input of the model", expected="an InputLayer", received=found["class_name"])
        # two inputs' unknown lengths are two unknowns, told apart by name
        return _input(_field(found, "config", Mapping), label if several > 1 else None)
    except ParamcalcError as error:
        raise error.at(f"layer {label!r}:")


def _input(config: Mapping[str, Any], axes: str | None = None) -> Tensor:
    shape = _field(config, "batch_shape", (list, tuple))
    if not shape:
        raise FileError("an input of no axes", expected="the batch first", received=shape)
    name = config.get("name")
    return Tensor(input_shape(shape[1:], shape[0], axes), name=name if isinstance(name, str) else None)


def _field(found: Any, name: str, kind: Any) -> Any:
    if not isinstance(found, Mapping) or not isinstance(found.get(name), kind):
        received = found.get(name) if isinstance(found, Mapping) else found
        raise FileError(f"no {name} where Keras writes one", expected="what Keras serializes", received=received)
    return found[name]
