"""From a model to a spec: the layers with their options and edges as plain data, which is read back and compared.

A layer that a spec cannot have is an error that names its row: a layer without a rule, weights that a file stores
otherwise, an operator of a stored graph. A spec has the inputs and edges of its layers. A model whose file states none
of them, such as a checkpoint, has no spec, nor has one of which it is a guess what trains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...core.built import Applicable, Built
from ...core.framework import framework as framework_named
from ...core.json_data import Json, JsonObject
from ...core.registry import of_class
from ...core.rule import Layer
from ...core.shapes import AnyShape, UnknownShape, listed
from ...core.tensors import BATCH
from ...errors import LayerError, ParamcalcError, quoted
from ...graph.model import Model
from ...graph.node import Node
from ...report import Row
from ...rules.keras.values import Values
from ...symbolic import Expr, Size
from ...untyped import OptionValue
from .document import model_from

EXPECTED = "layers of one framework, with the weights that their rules give"
STATED = "a file with the description of a model, not its weights alone"
COMPARED = (  # what is wrong where a row differs in one of its numbers, see `_counted`
    "its weights are not those that its rule gives",
    "some of its weights are trained and some are not",
    "it may have weights that nothing states",
    "its weights are those of a layer on another level",
)
PLAIN = (bool, int, float, str)


def spec_of(model: Model) -> JsonObject:
    """Give the spec of a model; its rows have the same numbers of parameters, trained and not trained.

    Raises
    ------
    LayerError
        For the first row that a spec cannot have.
    """
    _check_stated(model)
    found: JsonObject = {"framework": model.framework}
    if model.name:
        found["name"] = model.name
    whole = framework_named(model.framework).batch_in_shape
    batch = None if whole else _batch(model.input_shapes)
    if batch is not None:
        found["batch"] = _size(batch)
    found |= _Writer(model.framework).graph(model, whole, outer=True)
    if model.frozen:
        found["trainable"] = False
    _check(model, found)
    return found


def _check_stated(model: Model) -> None:
    tensors = len(model.input_shapes) + len(model.nodes)
    unseen = any(position >= tensors for position, _ in model.outputs)  # of a live module, whose layers are not nodes
    if model.apart or unseen or (not model.outputs and all(not node.args for node in model.nodes)):
        raise LayerError("no spec can have this model: nothing states how its layers are connected", expected=STATED)
    if model.report().guessed:
        raise LayerError("no spec can have this model: nothing states which of its weights train", expected=STATED)


def _batch(shapes: Sequence[AnyShape]) -> Size | None:
    # one that the model was given
    first = next((shape[0] for shape in shapes if not isinstance(shape, UnknownShape) and shape), BATCH)
    return None if isinstance(first, Expr) and first.op == "?" else first


def _check(model: Model, spec: JsonObject) -> None:
    try:
        again = model_from(spec)
    except ParamcalcError as error:
        name = _row_of(spec, error.where)
        raise LayerError(f"no spec can have {name}: {error}", expected=EXPECTED) from None
    _compare(model.rows, again.rows, "")
    if len(model.rows) != len(again.rows) or model.total != again.total or model.trainable != again.trainable:
        raise LayerError("no spec can have this model: its total is another one", expected=EXPECTED)


def _compare(ours: Sequence[Row], theirs: Sequence[Row], above: str) -> None:
    # of a wrapper whose insides the file does not tell, the whole is compared
    if above and len(ours) != len(theirs):
        return
    for mine, made in zip(ours, theirs, strict=False):
        pairs = zip(COMPARED, _counted(mine), _counted(made), strict=True)
        told = next((told for told, one, other in pairs if one != other), None)
        if told is not None:
            raise LayerError(f"no spec can have {above}{mine.name} ({mine.type}): {told}", expected=EXPECTED)
        _compare(mine.rows, made.rows, f"{above}{mine.name}/")


def _counted(row: Row) -> tuple[object, ...]:
    return row.params, row.trainable, bool(row.unknown), row.counted_above


def _row_of(spec: JsonObject, where: Sequence[str]) -> str:
    # the layer at the place of an error
    items = spec["layers"]
    place = next((part for part in where if part.startswith("layers[")), "")
    at = place[len("layers[") : -1]
    if not isinstance(items, list) or not at.isdigit() or int(at) >= len(items):
        return "this model"
    item = items[int(at)]
    return quoted(str(item.get("name") or next(iter(item)))) if isinstance(item, dict) else "this model"


class _Writer:
    """Writes the graphs of one spec, one within another."""

    def __init__(self, framework: str) -> None:
        self.framework = framework

    def graph(self, model: Model, whole: bool, outer: bool = False) -> JsonObject:
        """Write the inputs, the layers and the outputs of a model."""
        try:
            return _GraphWriter(self, model, whole).written(outer)
        except RecursionError:
            raise LayerError("no spec can have this model: nested too deeply") from None

    def item(self, layer: Applicable, row: str, whole: bool) -> tuple[str, JsonObject]:
        """Write a layer: its class, and its options.

        Raises
        ------
        LayerError
        """
        if isinstance(layer, Model):
            inside = self.graph(layer, whole)
            options: JsonObject = {**inside} | ({"trainable": False} if layer.frozen else {})
            return "Sequential" if layer.type == "Sequential" else "Model", options
        if not isinstance(layer, Layer):
            raise _refused(row, f"{layer.type} is no layer with a rule")
        if layer.framework != self.framework or of_class(layer.rule.name, self.framework) is not layer.rule:
            raise _refused(row, f"{self.framework} has no layer {layer.type}")
        options = {}
        for name, value in layer.options.items():
            default = layer.rule.defaults[name]
            if value is not default and (type(value) is not type(default) or value != default):
                options[name] = self._value(value, f"{row}.{name}", whole)
        for name, given in (layer.ignored_options or {}).items():
            if isinstance(given, PLAIN):
                options.setdefault(name, given)
        if layer.frozen:
            options["trainable"] = False
        return layer.rule.name, options

    def _value(self, value: OptionValue, row: str, whole: bool) -> Json:
        if value is None or isinstance(value, PLAIN):
            return value
        if isinstance(value, Expr):
            return str(value)
        if isinstance(value, (list, tuple)):
            return [self._value(one, row, whole) for one in value]
        if isinstance(value, Values):
            return self._value(value.values, row, whole)
        if isinstance(value, Mapping):  # an object of the framework, as its configuration has it
            return {str(name): self._value(one, row, whole) for name, one in value.items()}
        if isinstance(value, Applicable):
            kind, options = self.item(value, row, whole)
            if value.name:
                options = {**options, "name": value.name}
            return {kind: options}
        raise _refused(row, "its value has no form in a spec")


class _GraphWriter:
    """Writes one graph.

    Attributes
    ----------
    inputs : dict of str to shape
        Those of the model.
    references : dict of Ref's position to str
        The name of what gives a tensor.
    """

    def __init__(self, above: _Writer, model: Model, whole: bool) -> None:
        self.above, self.model, self.whole = above, model, whole
        self.names = model.names
        self.taken = {*self.names.values()}
        self.inputs: dict[str, AnyShape] = {}
        self.references: dict[int, str] = {}
        self.named: set[int] = set()  # positions that something names
        self.outputs: list[str] = []
        self.built = _built(model)

    def written(self, outer: bool) -> JsonObject:
        model, count = self.model, len(self.model.input_shapes)
        for at, (name, shape) in enumerate(zip(model.input_names, model.input_shapes, strict=True)):
            label = "input" if count == 1 else self._free(name or f"input_{at + 1}")
            self.inputs[label], self.references[at] = shape, label
        items: list[Json] = []
        seen: set[int] = set()
        for place, node in enumerate(self.model.nodes):
            items.append(self._use(place, node, seen))
        last = (count + len(self.model.nodes) - 1, 0)
        if list(model.outputs) == [last] and self._single(last[0]):
            outputs = []
        else:
            outputs = [self._reference(*ref) for ref in model.outputs]
        for place, item in enumerate(items):  # those that something names
            if count + place in self.named and isinstance(item, dict):
                item.setdefault("name", self.references[count + place])
        return self._shapes(outer) | {"layers": items} | ({"outputs": [*outputs]} if outputs else {})

    def _shapes(self, outer: bool) -> JsonObject:
        shapes = {name: self._sizes(shape, outer) for name, shape in self.inputs.items()}
        if list(shapes) == ["input"]:
            return {"input": shapes["input"]} if shapes["input"] is not None else {}
        return {"inputs": {**shapes}}

    def _sizes(self, shape: AnyShape, outer: bool) -> Json:
        if isinstance(shape, UnknownShape) or not shape or (self.whole and not outer):
            return None  # a model inside takes any shape
        return [_size(one) for one in (shape if self.whole else shape[1:])]

    def _use(self, place: int, node: Node, seen: set[int]) -> JsonObject:
        layer, position = node.layer, len(self.model.input_shapes) + place
        name = self.names[id(layer)]
        row = f"{name} ({layer.type})"
        if node.call:
            raise _refused(row, f"it is called with {', '.join(node.call)}")
        links: JsonObject = {}
        if not node.args:
            raise _refused(row, "it reads nothing that the file states")
        if not self._follows(node, place):
            links["inputs"] = _one_or_list([self._reference(*ref) for ref in node.args])
        if node.states:
            links["initial_state"] = [self._reference(*ref) for ref in node.states]
        if id(layer) in seen:
            first = next(at for at, one in enumerate(self.model.nodes) if one.layer is layer)
            self.references[position] = self._free(f"{name}_again")
            return {"use": self._reference(len(self.model.input_shapes) + first, 0), **links}
        seen.add(id(layer))
        self.references[position] = name
        kind, options = self.above.item(layer, row, self.whole)
        if layer.name:
            links["name"] = name
        return {kind: options, **links} if options else {kind: None, **links}

    def _follows(self, node: Node, place: int) -> bool:
        # whether it reads what stands before it
        count = len(self.model.input_shapes)
        ((position, index), *more) = node.args
        if more or index or (place == 0 and count > 1):
            return False
        return position == (count + place - 1 if place else 0) and (place == 0 or self._single(position))

    def _single(self, position: int) -> bool:
        place = position - len(self.model.input_shapes)
        return self.built is not None and place >= 0 and len(listed(self.built[place].outs)) == 1

    def _reference(self, position: int, index: int) -> str:
        self.named.add(position)
        name = self.references[position]
        return f"{name}[{index}]" if index else name

    def _free(self, name: str) -> str:
        label, count = name, 2
        while label in self.taken:
            label, count = f"{name}_{count}", count + 1
        self.taken.add(label)
        return label


def _built(model: Model) -> Sequence[Built] | None:
    try:
        return model.built
    except ParamcalcError:
        return None  # a model inside, whose input is known where it is used


def _size(size: Size) -> Json:
    if isinstance(size, Expr):
        return None if size.op == "?" else str(size)
    return size


def _one_or_list(names: list[str]) -> Json:
    return names[0] if len(names) == 1 else [*names]


def _refused(row: str, reason: str) -> LayerError:
    return LayerError(f"no spec can have {row}: {reason}", expected=EXPECTED)
