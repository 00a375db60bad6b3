"""Live Keras models listed layer by layer, for what they hold: where the graph is in Python code, or misleads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ....core.built import Built, Part, Weight
from ....core.combined import without_cost
from ....core.shapes import UNKNOWN_SHAPE, AnyShape
from ....errors import ParamcalcError
from ....formats.keras.config import apart
from ....graph.model import Model
from ....graph.node import Node
from ....graph.unknown_layers import UnknownLayer
from ....untyped import Foreign
from ...compare import tensor_differences
from .framework import keras
from .tensors import ids, row_tensors, variables

Named = Callable[[str | None, str], tuple[Weight, ...] | None]
IN_CODE = "its graph is in Python code: what its layers read, and how often they are called, is not known"


class Listed(Model):
    """Layers whose inputs and number of calls are unknown, and so is their cost."""

    def parts(self, shapes: Sequence[AnyShape], built: Sequence[Built]) -> list[Part]:
        """List every layer, without what it reads and what it multiplies."""
        return [part._replace(built=without_cost(part.built), reads=()) for part in super().parts(shapes, built)]


def listed(model: Foreign, by_rule: bool = False) -> Model:
    """List the layers of a live model, each on the input it was built on, and each of its weights once.

    A layer that shares weights with one above is counted from those it holds, and so are the weights a model has beside
    its layers; so is one whose weights are not those of its rule, unless they are to be by the rules.

    Raises
    ------
    ParamcalcError
        When it is not built yet.
    """
    if not model.built:
        raise ParamcalcError(
            f"{type(model).__name__} {model.name!r} keeps its graph in Python code, and is not built",
            suggestion="call it on data, or model.build(input_shape), first",
        )
    learning = ids(model.trainable_weights)
    by_name = weights_by_name(model)
    nodes: list[Node] = []
    seen: set[int] = set()
    for layer in layers_of(model):
        nodes += _nodes(layer, by_name, learning, seen, by_rule)
    own = [weight for weight in model.weights if id(weight) not in seen]
    if own:
        weights = tuple(_weight(one.name, one, learning) for one in own)
        row = UnknownLayer(type(model).__name__, "weights of the model itself", f"{model.name}_itself", weights)
        nodes.append(Node(row, ((0, 0),)))
    _name_apart(nodes)
    return Listed.from_nodes((UNKNOWN_SHAPE,), nodes, (), model.name, type=type(model).__name__)


def layers_of(model: Foreign) -> list[Foreign]:
    """List the layers of a live model, its inputs aside."""
    return [layer for layer in model.layers if type(layer) is not keras().layers.InputLayer]


def _nodes(layer: Foreign, by_name: Named, learning: set[int], seen: set[int], by_rule: bool) -> list[Node]:
    # one layer: by its rule where that tells what it holds, and nothing of it is counted above
    kind = type(layer).__name__
    fresh = [weight for weight in layer.weights if id(weight) not in seen]
    again = len(fresh) < len(layer.weights)
    seen |= ids(fresh)
    if not layer.built:
        return [Node(UnknownLayer(kind, "it was never called, and has no weights", layer.name, ()), ((0, 0),))]
    try:
        reading = apart([described(layer)], layer.name, kind, by_name)
        (row,) = reading.rows
        ruled = not (again or row.unknown) and (by_rule or not any(_differences(row, layer, learning)))
    except ParamcalcError:
        ruled = False
    if ruled:
        return reading.nodes
    reason = "counted from the weights it holds" + ", those of layers above aside" * again
    return [Node(UnknownLayer(kind, reason, layer.name, held_by(layer, learning, ids(fresh))), ((0, 0),))]


def _differences(row: Foreign, layer: Foreign, learning: set[int]) -> Iterable[Foreign]:
    if isinstance(row.layer, UnknownLayer):
        return ()
    return tensor_differences(row.name, row.weights, row_tensors(row, layer, learning))


def _name_apart(nodes: list[Node]) -> None:
    # in code, two layers may have one name
    taken: set[str] = set()
    for node in nodes:
        name = stem = node.layer.label
        count = 0
        while name in taken:
            count += 1
            name = f"{stem}_{count}"
        taken.add(name)
        node.layer.name = name  # type: ignore[misc]  # every layer that is listed has a slot for its name


def described(layer: Foreign) -> Foreign:
    """Serialize a layer; one that cannot be written down is its class and name."""
    try:
        return keras().saving.serialize_keras_object(layer)
    except Exception:  # whatever its own code raises
        made = type(layer)
        # no class of Keras, whatever is around it: its options are not known
        return {"module": "code", "class_name": made.__name__, "config": {"name": layer.name}}


def weights_by_name(model: Foreign) -> Named:
    """Give what finds the weights of a layer by its name; of two that differ, it finds neither."""
    learning = ids(model.trainable_weights)
    named: dict[str, list[Foreign]] = {}
    for layer in model._flatten_layers(include_self=False, recursive=True):
        named.setdefault(layer.name, []).append(layer)

    def weights(name: str | None, kind: str) -> tuple[Weight, ...] | None:
        found = [held_by(layer, learning) for layer in named.get(name or "", ()) if layer.built]
        return found[0] if found and all(one == found[0] for one in found) else None

    return weights


def held_by(layer: Foreign, learning: set[int], among: set[int] | None = None) -> tuple[Weight, ...]:
    """Give the weights a layer holds; of those ``among`` these variables, where they are given."""
    held = variables(layer, set())
    return tuple(_weight(path, one, learning) for path, one in held if among is None or id(one) in among)


def _weight(path: str, variable: Foreign, learning: set[int]) -> Weight:
    scope, _, name = path.rpartition("/")
    return Weight(name, tuple(variable.shape), id(variable) in learning, scope)
