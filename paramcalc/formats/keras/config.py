"""Reading Keras's own description of a model: the dictionary in ``config.json``, or what serialization gives.

Every object in it is ``{module, class_name, config, registered_name, …}``. Only dictionaries are looked at; no
class is looked up by name, nothing is imported or run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise

from ...core.built import Weight
from ...core.rule import Layer
from ...core.shapes import UNKNOWN_SHAPE, AnyShape
from ...core.tensors import Input, Tensor
from ...errors import GraphError, LayerError, OptionError, ParamcalcError, cut, quoted
from ...graph.model import Model
from ...graph.node import Node, Ref
from ...graph.sequential import Sequential
from ...graph.unknown_layers import BestEffortOperation, UnknownLayer
from ...rules.ops.operation import Operation, Slot, known
from ...untyped import Parsed
from .graph import Arguments, Call, Ref as Place, Tensor as Read, calls, field, refs, stated, tensors
from .layers import has_rule, layer_of, module_of
from .reading import Reading
from .values import built_on, input_of, name_in, shape_stated

Stored = Callable[[str | None, str], tuple[Weight, ...] | None]
STATES = ("initial_state", "states")  # how a layer, and how a cell, is handed them by name
STATED = "its shape is what the file states"
INERT = frozenset({"training", "use_causal_mask"})  # arguments of a call that change neither weights nor shapes


def from_config(
    config: Mapping[str, Parsed],
    stored: Stored | None = None,
    whole: bool = False,
    live: bool = False,
    sets: bool = False,
    omits: str = "",
) -> Model:
    """Read a serialized model.

    Parameters
    ----------
    config : dict
        The object itself, ``{"class_name": "Functional", "config": {…}, …}``.
    stored : callable, optional
        Gives the weights an archive holds for a layer that no rule knows, by its name and class.
    whole : bool
        Whether the archive holds all weights a layer has, as legacy files do, whatever its class makes of storing them.
    live : bool
        Whether it is no archive, but a model in memory, which holds all weights and knows which of them are trained.
    sets : bool
        Whether ``trainable`` is what was set on a layer, as Keras 2 has it, and not passed to its constructor.
    omits : str
        What the writer of the archive may have left out of a class of the user's own.

    Returns
    -------
    Model
        What no rule knows, custom layers among them, is an `UnknownLayer` row.

    Raises
    ------
    FileError, GraphError
        When it is not a description of a model.
    ParamcalcError
        For options that a rule does not take; the message names the layer.
    """
    known = stored or (lambda name, kind: None)
    reading = Reading(_model, known, {}, [], {}, whole=whole or live, live=live, sets=sets, omits=omits)
    model = layer_of(config, reading)
    if isinstance(model, UnknownLayer):
        return _subclassed(model, config)
    if not isinstance(model, Model):
        raise LayerError(
            f"{quoted(config['class_name'])} is not a model",
            expected="a Sequential, Functional or subclassed model",
        )
    compiled = config.get("compile_config")
    model.optimizer = compiled.get("optimizer") if isinstance(compiled, Mapping) else None
    return model


def apart(described: Sequence[Parsed], name: str, type: str, stored: Stored) -> Model:
    """Read live layers whose inputs are unknown: each on the input that it was built on.

    Parameters
    ----------
    described : list of dict
        The layers, serialized.
    name, type : str
        Of the model they are in.
    stored : callable
        As for `from_config`; the weights that a layer holds, and which of them are trained.
    """
    reading = Reading(_model, stored, {}, [], {}, 1, whole=True, live=True)
    layers = [_at(f"layers[{place}]", found, reading) for place, found in enumerate(described)]
    nodes = [
        Node(layer, ((0, 0),) * (len(layer.input_shapes) if isinstance(layer, Model) else 1))
        for layer in layers
        if not isinstance(layer, Tensor)
    ]
    return Model.from_nodes((UNKNOWN_SHAPE,), nodes, (), name, type=type)


def in_code(model: Model) -> bool:
    """Tell whether only its code knows the graph of a model that was read: it is a single row, the model itself."""
    (layer, *others) = model.uses or (None,)
    return not others and isinstance(layer, UnknownLayer) and (layer.type, layer.name) == (model.type, model.name)


def _subclassed(model: UnknownLayer, config: Mapping[str, Parsed]) -> Model:
    # a model whose graph only its code knows: one row, on the shape the file states
    shapes = built_on(config.get("build_config")) or (UNKNOWN_SHAPE,)
    args = tuple((place, 0) for place in range(len(shapes)))
    return Model.from_nodes(shapes, [Node(model, args)], ((len(shapes), 0),), model.name, type=model.type)


def _model(found: Mapping[str, Parsed], reading: Reading) -> Model:
    config = field(found, "config", dict)
    # what is passed to a nested model reaches no weight in it; what is set on it is written at every layer inside
    trainable = reading.depth > 1 or config.get("trainable") is not False
    model = (
        _sequential(config, trainable or not reading.live, reading)  # of a file, Keras reads what its layers say alone
        if found["class_name"] == "Sequential"
        else _functional(config, trainable, reading)
    )
    model.declared = True
    return model


def _sequential(config: Mapping[str, Parsed], trainable: bool, reading: Reading) -> Model:
    described = field(config, "layers", (list, tuple))
    layers = [_at(f"layers[{place}]", found, reading) for place, found in enumerate(described)]
    for one, after in pairwise(layers):
        if isinstance(one, UnknownLayer) and isinstance(after, Layer) and after.declared_inputs is not None:
            one.outs = after.declared_inputs() or one.outs
    shape = config.get("build_input_shape")
    if isinstance(shape, (list, tuple)) and shape and not (layers and isinstance(layers[0], Tensor)):
        layers.insert(0, Input(shape[1:], shape[0]))
    return Sequential(layers, name_in(config), trainable)


def _functional(config: Mapping[str, Parsed], trainable: bool, reading: Reading) -> Model:
    described = {field(found, "name", str): found for found in field(config, "layers", (list, tuple))}
    inputs = [label for label, _, _ in refs(field(config, "input_layers", (list, tuple, dict)))]
    outputs = [_place(ref, described) for ref in refs(field(config, "output_layers", (list, tuple, dict)))]
    entries = [_entry(label, described.get(label), len(inputs)) for label in inputs]
    graph = calls(described, outputs, set(inputs))
    places: dict[Call, int] = {(label, 0): place for place, label in enumerate(inputs)}
    made: dict[str, Parsed] = {}
    nodes: list[Node] = []

    def ref(tensor: Read) -> Ref:
        return places[tensor.call], tensor.output

    for (label, at), given in graph.items():
        where = f"layer {quoted(label)}:"
        try:
            layer = _called(label, at, described[label], given, made, reading)
            node = _node(layer, given, ref)
        except ParamcalcError as error:
            raise error.at(where)
        node.where = where
        places[label, at] = len(inputs) + len(nodes)
        nodes.append(node)
    if any(
        type(node.layer) is not Layer or node.layer.rule.sublayer_options for node in nodes
    ):  # else the rules know them all
        shapes = stated(graph, outputs)
        for call, node in zip(graph, nodes, strict=True):
            node.declared_outputs = partial(_said, shapes.get(call))
    return Model.from_nodes(
        [entry.shape for entry in entries],
        nodes,
        tuple((places[label, at], index) for label, at, index in outputs),
        name_in(config),
        inputs,
        trainable,
    )


def _called(
    label: str, at: int, found: Mapping[str, Parsed], given: Arguments, made: dict[str, Parsed], reading: Reading
) -> Parsed:
    # the layer of a call, made once; an operation once for each call, since its constants are those of the call
    module = module_of(found)
    if module.startswith("keras.") and ".ops" in module:
        return _operation(module, found, given, label if at == 0 else f"{label}_call_{at}")
    if label not in made:
        made[label] = layer_of(found, reading)
        if isinstance(made[label], Tensor):
            raise GraphError("an InputLayer that is not among the inputs")
    return made[label]


def _operation(module: str, found: Mapping[str, Parsed], given: Arguments, name: str) -> Parsed:
    kind, config = field(found, "class_name", str), field(found, "config", dict)
    if not known(module, kind):
        return UnknownLayer(cut(kind), f"no rule for the operation {quoted(kind)}; {STATED}", name, ())
    count = iter(range(len(given.tensors)))

    def slotted(value: Parsed) -> Parsed:
        if isinstance(value, Read):
            return Slot(next(count))
        if isinstance(value, list):
            return [slotted(one) for one in value]
        return {key: slotted(one) for key, one in value.items()} if isinstance(value, dict) else value

    options = {key: value for key, value in config.items() if key != "name"}
    try:
        return BestEffortOperation(Operation(module, kind, options, slotted(given.args), slotted(given.kwargs), name))
    except LayerError as error:
        return UnknownLayer(cut(kind), f"{error}; {STATED}", name, ())


def _node(layer: Parsed, given: Arguments, ref: Callable[[Read], Ref]) -> Node:
    # sort what a call was given into inputs, initial states, switches, and tensors that change no shape
    if not isinstance(layer, Layer):
        return Node(layer, tuple(map(ref, _ordered(layer, given))))
    if given.args == given.tensors and len(given.args) == 1 and not any(given.kwargs.values()):
        return Node(layer, (ref(given.tensors[0]),))  # almost always
    names = layer.rule.input_names
    inputs: dict[str, list[Read]] = {}
    states: list[Read] = []
    masks: dict[str, Ref] = {}
    switches: dict[str, Parsed] = {}
    for place, value in enumerate(given.args):
        read = list(tensors(value))
        if place < len(names):
            inputs[names[place]] = read
        else:
            states += read
    for name, value in given.kwargs.items():
        read = list(tensors(value))
        if name in layer.rule.call:
            switches |= {name: value} if value else {}
        elif name in STATES:
            states += read
        elif name in names or (read and not inputs and name != "mask"):
            inputs[name] = read
        elif name.endswith("mask") and len(read) <= 1:
            masks |= {name: ref(read[0])} if read else {}
        elif read or (value and name not in INERT):
            raise OptionError(f"called with {quoted(name)}, which no rule knows", expected=_taken(layer))
    order = [tensor for name in (*names, *(inputs.keys() - set(names))) for tensor in inputs.get(name, ())]
    return Node(layer, tuple(map(ref, order)), tuple(map(ref, states)), call=switches or None, masks=masks or None)


def _taken(layer: Layer) -> str:
    return " or ".join((*layer.rule.input_names, *STATES[: 1 + layer.rule.name.endswith("Cell")], *layer.rule.call))


def _ordered(layer: Parsed, given: Arguments) -> list[Read]:
    # a model may be handed its inputs by their names
    if isinstance(layer, Model) and len(given.args) == 1 and isinstance(given.args[0], dict):
        handed, names = given.args[0], list(layer.input_names)
        if set(names) == handed.keys() and len(names) == len(handed):
            return [tensor for name in names for tensor in tensors(handed[name])]
    return list(tensors(given.args)) if isinstance(layer, Model) and given.args else given.tensors


def _said(shapes: Mapping[int, Parsed] | None) -> tuple[AnyShape, ...]:
    # the shapes a file states for the outputs of a call; an unused one is not stated
    found = shapes or {}
    return tuple(
        shape_stated(found[index]) if found.get(index) is not None else UNKNOWN_SHAPE
        for index in range(min(max(found, default=0), 1000) + 1)
    )


def _place(ref: Place, described: Mapping[str, Parsed]) -> Place:
    # among the outputs, Keras counts the call a Functional model is born with; among the inputs of layers not
    label, at, index = ref
    found = described.get(label, {})
    config, nodes = found.get("config"), found.get("inbound_nodes")
    born = isinstance(config, dict) and "input_layers" in config
    if isinstance(nodes, list) and at == len(nodes) > 0 and not has_rule(found):
        born = True  # a subclass of it, whose graph is not written down
    return label, at - born, index


def _at(place: str, found: Parsed, reading: Reading) -> Parsed:
    try:
        return layer_of(found, reading)
    except ParamcalcError as error:
        raise error.at(place)


def _entry(label: str, found: Parsed, several: int) -> Tensor:
    try:
        if field(found, "class_name", str) != "InputLayer":
            raise GraphError("an input of the model", expected="an InputLayer", received=found["class_name"])
        # the unknown lengths of two inputs are two unknowns with two names
        return input_of(field(found, "config", dict), label if several > 1 else None)
    except ParamcalcError as error:
        raise error.at(f"layer {quoted(label)}:")
