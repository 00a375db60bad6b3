"""Models of Keras that a run leaves: chains, graphs and classes of the program's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ....core.built import Applicable, Weight
from ....core.shapes import UNKNOWN_SHAPE, AnyShape, UnknownShape, listed
from ....core.tensors import BATCH
from ....errors import ParamcalcError
from ....graph.forward import distinct_axes
from ....graph.model import Model
from ....graph.node import Node, Ref
from ....graph.sequential import Sequential
from ....graph.unknown_layers import BestEffortOperation, UnknownLayer
from ....rules.ops.operation import Operation, Slot
from ....rules.ops.table import modules
from ....symbolic import is_known
from ..memory.objects import MISSING, Class, Dict, Instance, List, Obj, Unknown, Value
from ..memory.state import State
from ..names import keras
from ..names.options import Unread
from .keras_built import may_gain
from .rows import MOST_DEPTH, UNTOLD, FunctionCall, Listed, MaybeFrozen, is_guessed, lost, place_of, type_of

MOST_ROWS = 100_000


class Weights(NamedTuple):
    """The weights of a layer: those found, why they are not all, and whether it is unknown which are trained."""

    found: Sequence[Weight] = ()
    why: str = ""
    guessed: bool = False


def _step(name: str, one: keras.Tensor) -> Applicable:
    # an operation with a rule, where the constants of the call are numbers; else a row with the shape that was found
    if isinstance(one.call, keras.Called) and one.call.plain and name in modules():
        slots = iter(range(len(one.args)))
        args = [Slot(next(slots)) if isinstance(given, keras.Tensor) else given for given in one.call.args]
        try:
            return BestEffortOperation(Operation(modules()[name], name, {}, args, {}))
        except ParamcalcError:
            pass
    shapes = [UNKNOWN_SHAPE if given.shape is None else given.shape for given in one.args]
    return FunctionCall(name, UNKNOWN_SHAPE if one.shape is None else one.shape, shapes)


def _check_calls(made: Model, met: Sequence[tuple[int, keras.Tensor]]) -> None:
    # a layer, or a model inside, that was changed after its call gives other shapes than those that later layers met
    for place, one in met:
        outs = listed(made.built[place].outs)
        now = outs[one.index] if one.index < len(outs) else UNKNOWN_SHAPE
        if one.shape is None or isinstance(now, UnknownShape):
            continue
        sizes = zip(one.shape, now, strict=False)
        if len(one.shape) != len(now) or any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in sizes):
            raise ParamcalcError("a layer was changed after it was called")


def _may_be_frozen(value: Instance) -> bool:
    # whether it is unknown if a layer is trained, or one that it wraps
    wrapped = [value]
    for one in wrapped:  # which grows meanwhile
        if any(isinstance(one.named.get(name), Unknown) for name in ("trainable", "<made trainable>")):
            return True
        options = one.named.get("<options>")
        if isinstance(options, Dict):
            wrapped += [option for option in options.named.values() if isinstance(option, Instance)]
    return False


def reason_of(what: str, guessed: bool) -> str:
    """Say whose layers or weights they are, and whether it is known which are trained."""
    return f"{what} of the program's own, and {UNTOLD}" if guessed else f"{what} of the program's own"


MAYBE_BUILT = "it may be built or not"


class Maker:
    """Makes layers of this package of those of a program, each once.

    Parameters
    ----------
    run : State
    where_built : bool
        Whether what is built under some outcomes is made as it is then.
    """

    def __init__(self, run: State, where_built: bool = False) -> None:
        self.run = run
        self.where_built = where_built
        self.made: dict[int, Applicable] = {}
        self.depth = 0  # of the layer that is made
        self.untold = False  # whether it is unknown if anything of the model is trained

    def wrapped(self, value: Instance) -> Applicable:
        """Give the layer of an instance that is an option of the layer that is made."""
        return self.layer(value, self.depth + 1)

    def layer(self, value: Value, depth: int = 0) -> Applicable:
        """Give the layer of an instance."""
        if not isinstance(value, Instance):
            where = value.line if isinstance(value, Unknown) else 0
            reason = value.reason if isinstance(value, Unknown) else "it is no layer"
            return lost(self.run, "", "layer", reason, where).layer
        if id(value) not in self.made:
            self.made[id(value)] = self._layer(value, depth)
        return self.made[id(value)]

    def _layer(self, value: Instance, depth: int) -> Applicable:
        kind = type_of(value)
        if value.blur is not None or depth > MOST_DEPTH:
            reason = value.blur.reason if value.blur else "nested too deeply"
            return lost(self.run, self._name(value) or "", kind, reason, value.line).layer
        if "<rule>" in value.named:
            before, self.depth = self.depth, depth
            try:
                layer = keras.layer_of(self.run, value)
                return MaybeFrozen.of(layer) if self.untold or _may_be_frozen(value) else layer
            except (ParamcalcError, Unread) as error:
                return lost(self.run, self._name(value) or "", kind, str(error), value.line).layer
            finally:
                self.depth = before
        if "<layers>" in value.named or "<outputs>" in value.named:
            return self.model(value, depth + 1)
        if "<function>" in value.named:  # layers that a function calls are not those of its layer
            return UnknownLayer(kind, "a function", self._name(value), ())
        return self.own(value, depth + 1)

    def shapes(self, value: Instance) -> Value:
        """Give the shapes on which a layer was built; `MISSING` where it was not."""
        found = value.named.get("<shapes>", MISSING)
        if self.where_built and isinstance(found, Unknown):
            ways = [one for one in found.either if one is not MISSING]
            return ways[0] if ways and all(one == ways[0] for one in ways) else found
        return found

    def _name(self, value: Instance) -> str | None:
        name = value.named.get("<name>")
        return name if isinstance(name, str) else None

    def model(self, value: Instance, depth: int = 0) -> Model:
        """Make a Sequential or functional model."""
        kept, outs, ins = (value.named.get(one) for one in ("<layers>", "<outputs>", "<inputs>"))
        name = self._name(value)
        # what is set on a model reaches the layers it has then; of a model inside another, Keras asks only the layers
        trainable = depth > 0 or value.named.get("trainable") is not False
        self.untold = self.untold or (depth == 0 and isinstance(value.named.get("trainable"), Unknown))
        if isinstance(kept, List) and kept.blur is None:
            chain = self._chain(value, kept.items, name, trainable, depth)
            ends = value.named.get(keras.ENDS)
            try:
                if isinstance(ends, tuple) and len(ends) == len(chain.chain) + 1:
                    for layer, end in zip(chain.chain, ends[1:], strict=True):
                        if isinstance(end, keras.Tensor):
                            self._outs(layer, end, depth)
                    _check_calls(chain, [(at, one) for at, one in enumerate(ends[1:]) if isinstance(one, keras.Tensor)])
            except ParamcalcError as error:
                return self.lost(value, str(error))
            return chain
        if isinstance(outs, tuple) and isinstance(ins, tuple):
            more = keras.held_layers(value)
            inside = keras.graph_layers(value)
            if isinstance(more, Unknown) or any(one not in inside for _, one in more):
                return self.lost(value, "a layer that is no part of its graph")
            try:
                return self._graph(ins, outs, name, trainable, type_of(value), depth)
            except ParamcalcError as error:
                return self.lost(value, str(error))
        reason = kept.blur if isinstance(kept, List) else None
        return self.lost(value, reason.reason if reason else "its layers are not known", reason.line if reason else 0)

    def lost(self, value: Instance, reason: str, line: int = 0) -> Model:
        """Make a model of which the layers are not known."""
        piece = lost(self.run, "layers", type_of(value), reason, line or value.line)
        return Listed(self._name(value) or type_of(value), type_of(value), "keras", [piece])

    def _chain(
        self, value: Instance, items: Sequence[Value], name: str | None, trainable: bool, depth: int
    ) -> Sequential:
        start: AnyShape | None = None
        layers, sources = [], []
        for place, one in enumerate(items):
            if isinstance(one, keras.Tensor):
                if place == 0:
                    start = UNKNOWN_SHAPE if one.shape is None else one.shape
                continue
            layers.append(self.layer(one, depth))
            sources.append(place_of(self.run, one.line if isinstance(one, (Instance, Unknown)) else value.line))
        first = next((one for one in items if not isinstance(one, keras.Tensor)), None)
        given = value.named.get("<input>")
        if start is None and isinstance(given, keras.Tensor):
            start = UNKNOWN_SHAPE if given.shape is None else given.shape
        asked = self.run.inputs[0] if self.run.inputs and depth == 0 else None
        if start is None:
            start = self._start(first)
        stated = start is not None and not isinstance(start, UnknownShape) and all(map(is_known, start[1:]))
        if isinstance(asked, tuple) and not stated:
            start = (BATCH, *asked)
        elif asked is not None:
            self.run.note("the input shape that was given is not used: the program states one", value.line)
        chain = Sequential(layers, name, trainable)
        chain.sources = sources
        if start is not None:
            chain.input_shapes = [start]
        elif not chain.input_shapes[0]:
            chain.input_shapes = [UNKNOWN_SHAPE]
        return chain

    def _start(self, first: Value) -> AnyShape | None:
        if not isinstance(first, Instance) or first.blur is not None:
            return None
        if keras.declares(first):
            try:
                shape = keras.declared_shape(self.run, first)
            except ParamcalcError:
                shape = None
            return UNKNOWN_SHAPE if shape is None else shape
        if isinstance(first.named.get("<layers>"), List):
            inner = first.named["<layers>"]
            assert isinstance(inner, List)
            if inner.blur is None and inner.items:
                one = inner.items[0]
                if isinstance(one, keras.Tensor):
                    return UNKNOWN_SHAPE if one.shape is None else one.shape
                return self._start(one)
        return None

    def _graph(
        self, ins: tuple[Value, ...], outs: tuple[Value, ...], name: str | None, trainable: bool, kind: str, depth: int
    ) -> Model:
        places: dict[tuple[int, int], Ref] = {}
        shapes: list[AnyShape] = []
        for at, one in enumerate(ins):
            assert isinstance(one, keras.Tensor)
            places[id(one.call), one.index] = (at, 0)
            shapes.append(UNKNOWN_SHAPE if one.shape is None else one.shape)
        calls: dict[int, int] = {}
        nodes: list[Node] = []
        sources: list[str] = []
        met: list[tuple[int, keras.Tensor]] = []  # what each call gave, and which node it is

        def ref(one: keras.Tensor) -> Ref:
            known = places.get((id(one.call), one.index))
            return known if known is not None else (calls[id(one.call)], one.index)

        pending: list[tuple[keras.Tensor, bool]] = [
            (one, False) for one in reversed(outs) if isinstance(one, keras.Tensor)
        ]
        while pending:
            one, ready = pending.pop()
            if (id(one.call), one.index) in places or id(one.call) in calls:
                continue
            if not ready:
                pending.append((one, True))
                pending += [(arg, False) for arg in reversed(one.args)]
                if len(pending) > MOST_ROWS:
                    raise ParamcalcError("a graph that is too large")
                continue
            if one.layer is None:
                raise ParamcalcError("an output depends on an input that is not listed")
            refs = tuple(ref(arg) for arg in one.args)
            cut = len(refs) - one.states
            if isinstance(one.layer, str):
                layer: Applicable = _step(one.layer, one)
            else:
                layer = self.layer(one.layer, depth)
                if isinstance(layer, (UnknownLayer, Listed)):
                    self._outs(layer, one, depth)
            calls[id(one.call)] = len(shapes) + len(nodes)
            met.append((len(nodes), one))
            nodes.append(Node(layer, refs[:cut], refs[cut:]))
            sources.append(
                place_of(self.run, one.layer.line if isinstance(one.layer, (Instance, Unknown)) else one.line)
            )
        refs = tuple(ref(one) for one in outs if isinstance(one, keras.Tensor))
        names = [one.name if isinstance(one, keras.Tensor) else None for one in ins]
        made = Model.from_nodes(distinct_axes(shapes), nodes, refs, name, names, trainable, kind)
        made.sources = sources
        _check_calls(made, met)
        return made

    def _outs(self, layer: Applicable, one: keras.Tensor, depth: int) -> None:
        if isinstance(layer, UnknownLayer) and one.index == 0 and one.shape is not None:
            layer.outs = (one.shape,)

    def own(self, value: Instance, depth: int = 0) -> UnknownLayer:
        """Make the row of a layer of the program's own: its weights, and those of the layers in it."""
        kind, name = type_of(value), self._name(value)
        weights, why, guessed = self.weights(value, depth, {})
        reason = why or reason_of("a layer", guessed)
        made = UnknownLayer(kind, reason, name, tuple(weights), more=bool(why), guessed=guessed)
        inside = keras.sublayers(value)
        if not isinstance(inside, Unknown) and depth <= MOST_DEPTH:
            made.holds = tuple(self.layer(one, depth) for _, one in inside)
        return made

    def weights(self, value: Instance, depth: int, seen: dict[Obj, None]) -> Weights:
        """Give the weights of a layer of the program's own."""
        if value in seen:
            return Weights()
        seen[value] = None
        found: list[Weight] = []
        if value.blur is not None:
            return Weights(why=f"{value.blur.reason} ({self.run.place(value.blur.line)})")
        shapes = self.shapes(value)
        inside = keras.sublayers(value)
        reached = shapes is not MISSING or not isinstance(value.cls, Class)
        if not reached and may_gain(value):
            return Weights(why=f"it is not built: no input reaches it ({self.run.place(value.line)})")
        why = ""
        if isinstance(shapes, Unknown):
            why = MAYBE_BUILT
        whole = value.named.get("trainable")
        guessed = self.untold or isinstance(whole, Unknown)
        own = value.named.get("<weights>")
        if isinstance(own, List):
            if own.blur is not None:
                why = why or own.blur.reason
            for one in own.items if own.blur is None else ():
                shape = one.named.get("shape") if isinstance(one, Instance) else None
                if not isinstance(one, Instance) or one.blur is not None or not isinstance(shape, tuple):
                    why = why or "the shape of a weight is not known"
                    continue
                trained = one.named.get("trainable")
                guessed = guessed or not isinstance(trained, bool)
                name = str(one.named["name"])[:80]
                found.append(Weight(name, shape, False not in (trained, whole), origin=(id(one), 0)))
        if isinstance(inside, Unknown):
            return Weights(found, why or f"{inside.reason} ({self.run.place(inside.line)})", guessed)
        for name, one in inside:
            more = self.inner(one, depth + 1, seen)
            why, guessed = why or more.why, guessed or more.guessed
            found += [w.evolve(scope=f"{name}/{w.scope}" if w.scope else name) for w in more.found]
        return Weights(found, why, guessed and any(w.trainable for w in found))

    def inner(self, one: Instance, depth: int, seen: dict[Obj, None]) -> Weights:
        """Give the weights of a layer or model inside another one."""
        if one in seen:
            return Weights()
        if depth > MOST_DEPTH:
            return Weights(why="nested too deeply")
        if "<rule>" in one.named and one.blur is None:
            seen[one] = None
            shapes = self.shapes(one)
            layer = self.layer(one)
            if isinstance(layer, UnknownLayer):
                return Weights(why=layer.reason)
            if not isinstance(shapes, tuple):
                return Weights(why="" if shapes is MISSING else MAYBE_BUILT)
            built = layer.on(*(UNKNOWN_SHAPE if shape is None else shape for shape in shapes))
            of_layer = [
                one.evolve(origin=one.origin or (id(layer), at), trainable=one.trainable and not layer.frozen)
                for at, one in enumerate(built.weights)
            ]
            return Weights(of_layer, built.unknown, is_guessed(built))
        if "<function>" in one.named:
            return Weights()
        if "<layers>" in one.named or "<outputs>" in one.named:
            model = self.layer(one)
            if not isinstance(model, Model):
                return Weights(why="a model that is not known")
            try:
                built = model.on(*model.input_shapes)
            except ParamcalcError as error:
                return Weights(why=str(error))
            return Weights(built.weights, built.unknown, is_guessed(built))
        return self.weights(one, depth, seen)
