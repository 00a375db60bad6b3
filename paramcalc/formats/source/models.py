"""What a run leaves: its models, as models of this package, with a row for everything that is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...core.built import UNKNOWN_OUTPUTS, UNKNOWN_SHAPE, AnyShape, Applicable, Built, Part, Weight
from ...core.default_inputs import natural_inputs
from ...core.rule import Layer, Rule
from ...core.spelling import snake
from ...core.tensors import BATCH
from ...errors import ParamcalcError
from ...graph.model import Model
from ...graph.node import Node, Ref
from ...graph.sequential import Sequential
from ...graph.unknown_layers import UnknownLayer
from .names import keras, torch
from .state import STATEMENT_STEPS, Signal, State, Stop
from .values import Class, Instance, List, Obj, Scope, Unknown, Value

MOST_ROWS = 100_000
MOST_DEPTH = 60
MODEL_LIBRARIES = ("torchvision.models", "timm", "transformers", "keras.applications", "torch.hub", "torch.load",
                   "segmentation_models", "efficientnet", "tensorflow_hub", "sentence_transformers")  # fmt: skip


@dataclass
class Piece:
    """One row: a name, a layer, and the weights it has."""

    name: str
    layer: Applicable
    built: Built


class Step(Applicable):
    """A function called on tensors in a graph: the shape it gives, and no weights."""

    frozen = False

    def __init__(self, type: str, shape: AnyShape) -> None:
        self._type = type
        self.shape = shape
        self.name = None

    @property
    def type(self) -> str:
        """What is called."""
        return self._type

    @property
    def label(self) -> str:
        """A name made of it."""
        return snake(self._type)

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Give the shape; arithmetic on single numbers has no multiply-adds of products."""
        return Built((self.shape,), costed=self._type in keras.ELEMENTWISE)


class Listed(Model):
    """A model whose layers are known and not how they are connected."""

    def __init__(
        self,
        name: str,
        type: str,
        framework: str,
        pieces: list[Piece],
        frozen: bool = False,
        outs: Sequence[AnyShape] = (),
        inputs: Sequence[AnyShape] = (),
    ) -> None:
        self.type = type
        self.pieces = pieces
        self._framework = framework
        self.outs = tuple(outs) or (UNKNOWN_SHAPE,)
        shapes: list[AnyShape] = [*inputs] or [UNKNOWN_SHAPE]
        results = tuple((len(shapes), at) for at in range(len(self.outs)))
        self._fill(shapes, [], results, name, [None] * len(shapes), not frozen)
        origins = [weight.origin for piece in pieces for weight in piece.built.weights]
        self.crossed = len(set(origins)) < len(origins)

    @property
    def framework(self) -> str:
        """Whose layers they are."""
        return self._framework

    @property
    def layers(self) -> list[Applicable]:
        """Every layer once."""
        return [piece.layer for piece in self.pieces]

    @property
    def uses(self) -> list[Applicable]:
        """The layers, in order."""
        return self.layers

    @property
    def names(self) -> dict[int, str]:
        """The path of each layer by its ``id``."""
        return {id(piece.layer): piece.name for piece in self.pieces}

    @property
    def built(self) -> list[Built]:
        """What the whole has."""
        unknown = next((piece.built.unknown for piece in self.pieces if piece.built.unknown), "")
        weights = tuple(weight for piece in self.pieces for weight in piece.built.weights)
        return [Built(self.outs, weights, unknown=unknown, costed=False)]

    def parts(self, shapes: Sequence[AnyShape], built: Sequence[Built]) -> list[Part]:
        """List every layer."""
        return [Part(piece.name, piece.layer, (), piece.built) for piece in self.pieces]

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Give what it has; its outputs are not known."""
        (whole,) = self.built
        return whole._replace(outs=UNKNOWN_OUTPUTS, parts=lambda: self.parts((), ()))


def outputs_of(run: State, value: Instance, inputs: Sequence[AnyShape]) -> list[AnyShape]:
    """Walk ``forward`` on shapes and give those of its outputs; what it changes is undone."""
    region = run.heap.open()
    run.limit = run.steps + STATEMENT_STEPS
    try:
        found = run.call(value, [torch.Tensor(one) for one in inputs if isinstance(one, tuple)], {})
    except (Signal, Stop, RecursionError):
        found = None
    while run.heap.regions[-1] is not region:
        run.heap.close(run.heap.regions[-1])
    outs: list[AnyShape] = []
    pending = [found]
    while pending:
        one = pending.pop(0)
        if isinstance(one, tuple):
            pending = [*one, *pending]
        elif isinstance(one, List) and one.blur is None:
            pending = [*one.items, *pending]
        else:
            shape = torch.shape_of(run, one)
            outs.append(UNKNOWN_SHAPE if shape is None else shape)
    run.heap.undo(region)
    run.heap.close(region)
    return outs


def models_of(run: State, scope: Scope) -> list[tuple[str, Model]]:
    """List the models of a run, each with its name."""
    found = _listed(run, scope)
    names = [name for name, _ in found]
    made: list[tuple[str, Model]] = []
    seen: dict[str, int] = {}
    for name, value in found:
        seen[name] = seen.get(name, 0) + 1
        last = seen[name] == names.count(name) and scope.named.get(name, value) is value
        shown = name if last else f"{name}#{seen[name]}"
        made.append((shown, model_of(run, shown, value)))
    return made


def _listed(run: State, scope: Scope) -> list[tuple[str, Value]]:
    # what is bound to names of the module, then what functions bound and nothing else holds
    outer: dict[int, tuple[str, Instance | Unknown]] = {}
    inner: dict[int, tuple[str, Instance | Unknown]] = {}
    for name, made, home in run.bound:
        if _is_model(made) and _module_of(home) not in run.foreign:
            (outer if home is scope else inner).setdefault(id(made), (name, made))
    for key, value in scope.named.items():
        if isinstance(value, Instance) and _is_model(value):
            outer.setdefault(id(value), (str(key), value))
        elif isinstance(value, Unknown) and _may_be_model(value) and str(key)[:1] != "<":
            outer[id(value)] = (str(key), value)
    inside = _inside([one for _, one in (*outer.values(), *inner.values()) if isinstance(one, Instance)])
    kept: list[tuple[str, Value]] = []
    for found in (outer, {key: pair for key, pair in inner.items() if key not in outer}):
        for name, one in found.values():
            if isinstance(one, Unknown) or _stands_alone(one, id(one) in inside, found is outer):
                kept.append((name, one))
    return kept


def _module_of(scope: Scope) -> Scope:
    while scope.parent is not None:
        scope = scope.parent
    return scope


def _stands_alone(value: Instance, inside: bool, outer: bool) -> bool:
    # a model of Keras that has a name of its own is listed even where it is part of another
    if inside and not (outer and keras.is_model(value) and _weighty(value)):
        return False
    return isinstance(value.cls, Class) or keras.is_model(value) or _weighty(value)


def _is_model(value: Value) -> bool:
    return torch.is_module(value) or keras.is_model(value)


def _may_be_model(value: Unknown) -> bool:
    if value.scalar:
        return False
    holds = any(_is_model(one) or keras.is_layer(one) for one in value.refs)
    return holds or (value.path.startswith(MODEL_LIBRARIES) and "(" in value.path)


def _weighty(value: Instance) -> bool:
    # whether it may have parameters at all
    if keras.is_model(value):
        inside = keras.sublayers(value)
        if isinstance(inside, Unknown):
            return True
        return any(not _weightless(one) for _, one in inside)
    return (
        any(torch.is_parameter(one) or isinstance(one, Unknown) or torch.is_module(one) for one in value.named.values())
        or value.blur is not None
    )


def _weightless(value: Instance) -> bool:
    rule = value.named.get("<rule>")
    if not isinstance(rule, Rule) or value.blur is not None:
        return False
    return rule.family in ("augmentation", "reshaping", "images", "elementwise", "pooling", "resizing")


def _inside(values: list[Instance]) -> set[int]:
    found: set[int] = set()
    walked: set[int] = set()  # what is below them is found already
    for value in values:
        pending: list[Value] = [value]
        while pending:
            one = pending.pop()
            if id(one) in walked:
                continue
            walked.add(id(one))
            for child in _children(one):
                if child is not value:
                    found.add(id(child))
                    pending.append(child)
    return found


def _children(value: Value) -> list[Value]:
    if not isinstance(value, Instance):
        return []
    if torch.is_module(value):
        return [one for _, one in torch.children_of(value) if torch.is_module(one)]
    inside = keras.sublayers(value)
    return [] if isinstance(inside, Unknown) else [one for _, one in inside]


# --- conversion -----------------------------------------------------------------------------------------------------


def model_of(run: State, name: str, value: Value) -> Model:
    """Make a model of a value of the program."""
    if isinstance(value, Unknown):
        piece = lost(run, name, value.path.removesuffix("()") or "model", value.reason, value.line)
        return Listed(name, "unknown", "keras" if "keras" in value.path else "torch", [piece])
    assert isinstance(value, Instance)
    if torch.is_module(value):
        outs = outputs_of(run, value, run.inputs) if run.inputs else []
        pieces = list(_torch_pieces(run, value, "", {}, 0))
        model: Model = Listed(name, type_of(value), "torch", pieces, False, outs, run.inputs)
    else:
        model = _keras_model(run, value, name)
    model.name = name
    return model


def type_of(value: Instance) -> str:
    """Give the name of a class."""
    kind = value.cls.name.rpartition(".")[2]
    return "Functional" if value.cls is keras.MODEL else kind


def lost(run: State, name: str, kind: str, reason: str, line: int = 0) -> Piece:
    """Make the row of something unknown."""
    place = f" ({run.place(line)})" if line else ""
    layer = UnknownLayer(kind.rpartition(".")[2] or kind, f"{reason}{place}", name or None)
    return Piece(layer.label, layer, layer.on())


def _torch_pieces(run: State, value: Instance, path: str, seen: dict[Obj, None], depth: int) -> Iterator[Piece]:
    if value in seen:
        return
    seen[value] = None
    kind = type_of(value)
    if value.blur is not None:
        yield lost(run, path or kind, kind, value.blur.reason, value.blur.line)
        return
    if depth > MOST_DEPTH:
        yield lost(run, path or kind, kind, "nested too deeply", value.line)
        return
    own = [
        (str(name), one)
        for name, one in torch.children_of(value)
        if not torch.is_module(one) and not (isinstance(one, Unknown) and (one.scalar or one.size is not None))
    ]
    lazy = value.named.get("<lazy>", False)
    rule = value.named.get("<rule>")
    if lazy is not False:
        yield lost(run, path or kind, kind, "it has not met its first input", value.line)
    elif isinstance(rule, Rule):
        yield _ruled(run, value, path or snake(kind), own)
    elif own:
        yield _plain(run, value, path, kind, own)
    for name, one in torch.children_of(value):
        if torch.is_module(one) and isinstance(one, Instance):
            yield from _torch_pieces(run, one, f"{path}.{name}" if path else name, seen, depth + 1)


def _weights(run: State, own: list[tuple[str, Value]]) -> tuple[list[Weight], str, bool]:
    # the parameters of a module, why they are not all, and whether it is unknown which are trained
    found: list[Weight] = []
    why, guessed = "", False
    for name, one in own:
        if isinstance(one, Unknown):
            if not one.scalar and one.size is None:
                why = why or f"{name}: {one.reason} ({run.place(one.line)})"
            continue
        assert isinstance(one, Instance)
        shape = one.named.get("shape")
        if one.blur is not None or not isinstance(shape, tuple):
            why = why or f"the shape of {name} is not known"
            continue
        trained = one.named.get("requires_grad")
        guessed = guessed or not isinstance(trained, bool)
        found.append(Weight(name, shape, trained is not False, origin=(id(one), 0)))
    return found, why, guessed


def _buffers(value: Instance) -> list[Weight]:
    made: list[Weight] = []
    for name, one in value.named.items():
        if isinstance(name, str) and name.startswith("<buffer ") and isinstance(one, tuple):
            made.append(Weight(name[8:-1], one, False, buffer=True, origin=(id(value), len(made) + 1)))
    names = value.named.get("<buffers>", ())
    for name in names if isinstance(names, tuple) else ():
        one = value.named.get(name)
        if isinstance(one, torch.Tensor) and one.shape is not None:
            made.append(Weight(str(name), one.shape, False, buffer=True, origin=(id(value), len(made) + 1)))
    return made


def _ruled(run: State, value: Instance, path: str, own: list[tuple[str, Value]]) -> Piece:
    weights, why, guessed = _weights(run, own)
    try:
        layer = torch.layer_of(run, value)
        met = value.named.get("<met>")
        built = layer.on(*(met if isinstance(met, tuple) else natural_inputs(layer)))
    except (ParamcalcError, torch.Unread):
        return _plain(run, value, path, type_of(value), own)
    ours = {weight.name: weight for weight in built.weights if not weight.buffer}
    if why or {one.name: one.shape for one in weights} != {name: one.shape for name, one in ours.items()}:
        return _plain(run, value, path, type_of(value), own)
    kept = [replace(ours[one.name], trainable=one.trainable, origin=one.origin) for one in weights]
    made = built._replace(
        outs=UNKNOWN_OUTPUTS, weights=(*kept, *_buffers(value)), work=None, costed=False, guessed=guessed
    )
    return Piece(path, layer, made)


def _plain(run: State, value: Instance, path: str, kind: str, own: list[tuple[str, Value]]) -> Piece:
    weights, why, guessed = _weights(run, own)
    stored = (*weights, *_buffers(value))
    reason = why or "parameters of its own"
    layer = UnknownLayer(kind, reason, path or kind, stored, more=bool(why))
    note = "" if why else reason
    built = Built(UNKNOWN_OUTPUTS, stored, unknown=why, note=note, costed=False, guessed=guessed)
    return Piece(layer.label, layer, built)


# --- Keras ----------------------------------------------------------------------------------------------------------


class Maker:
    """Makes layers of this package of those of a program, each once."""

    def __init__(self, run: State) -> None:
        self.run = run
        self.made: dict[int, Applicable] = {}

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
        if isinstance(value.named.get("trainable"), Unknown):
            return lost(self.run, self._name(value) or "", kind, "whether it is trained is not known", value.line).layer
        if "<rule>" in value.named:
            try:
                return keras.layer_of(self.run, value)
            except (ParamcalcError, keras.Unread) as error:
                return lost(self.run, self._name(value) or "", kind, str(error), value.line).layer
        if "<layers>" in value.named or "<outputs>" in value.named:
            return self.model(value, depth + 1)
        if "<function>" in value.named:  # layers that a function calls are not those of its layer
            return UnknownLayer(kind, "a function", self._name(value), ())
        return self.own(value, depth + 1)

    def _name(self, value: Instance) -> str | None:
        name = value.named.get("<name>")
        return name if isinstance(name, str) else None

    def model(self, value: Instance, depth: int = 0) -> Model:
        """Make a Sequential or functional model."""
        kept, outs, ins = (value.named.get(one) for one in ("<layers>", "<outputs>", "<inputs>"))
        name, trainable = self._name(value), value.named.get("trainable") is not False
        if isinstance(kept, List) and kept.blur is None:
            return self._chain(value, kept.items, name, trainable, depth)
        if isinstance(outs, tuple) and isinstance(ins, tuple):
            try:
                return self._graph(ins, outs, name, trainable, type_of(value), depth)
            except ParamcalcError as error:
                return self._lost(value, str(error))
        reason = kept.blur if isinstance(kept, List) else None
        return self._lost(value, reason.reason if reason else "its layers are not known", reason.line if reason else 0)

    def _lost(self, value: Instance, reason: str, line: int = 0) -> Model:
        piece = lost(self.run, "layers", type_of(value), reason, line or value.line)
        return Listed(self._name(value) or type_of(value), type_of(value), "keras", [piece])

    def _chain(self, value: Instance, items: Sequence[Value], name: str | None, trainable: bool, depth: int) -> Model:
        start: AnyShape | None = None
        layers = []
        for place, one in enumerate(items):
            if isinstance(one, keras.Tensor):
                if place == 0:
                    start = UNKNOWN_SHAPE if one.shape is None else one.shape
                continue
            layers.append(self.layer(one, depth))
        first = next((one for one in items if not isinstance(one, keras.Tensor)), None)
        given = value.named.get("<input>")
        if start is None and isinstance(given, keras.Tensor):
            start = UNKNOWN_SHAPE if given.shape is None else given.shape
        if start is None:
            start = self._start(first)
        if start is None and self.run.inputs and depth == 0:
            shape = self.run.inputs[0]
            start = (BATCH, *shape) if isinstance(shape, tuple) else None
        chain = Sequential(layers, name, trainable)
        if start is not None:
            chain.input_shapes = [start]
        elif not chain.input_shapes[0]:
            chain.input_shapes = [UNKNOWN_SHAPE]
        return chain

    def _start(self, first: Value) -> AnyShape | None:
        if not isinstance(first, Instance) or first.blur is not None:
            return None
        if "<rule>" in first.named:
            if keras.declares(first):
                try:
                    shape = keras.declared_shape(self.run, first)
                except ParamcalcError:
                    shape = None
                return UNKNOWN_SHAPE if shape is None else shape
        elif isinstance(first.named.get("<layers>"), List):
            inner = first.named["<layers>"]
            assert isinstance(inner, List)
            if inner.blur is None and inner.items:
                one = inner.items[0]
                if isinstance(one, keras.Tensor):
                    return UNKNOWN_SHAPE if one.shape is None else one.shape
                return self._start(one)
        shapes = first.named.get("<shapes>")
        if isinstance(shapes, tuple) and shapes and isinstance(shapes[0], tuple):
            return shapes[0]
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
                layer: Applicable = Step(one.layer, UNKNOWN_SHAPE if one.shape is None else one.shape)
            else:
                layer = self.layer(one.layer, depth)
                if isinstance(layer, (UnknownLayer, Listed)):
                    self._outs(layer, one, depth)
            calls[id(one.call)] = len(shapes) + len(nodes)
            nodes.append(Node(layer, refs[:cut], refs[cut:]))
        refs = tuple(ref(one) for one in outs if isinstance(one, keras.Tensor))
        names = [one.name if isinstance(one, keras.Tensor) else None for one in ins]
        return Model.from_nodes(shapes, nodes, refs, name, names, trainable, kind)

    def _outs(self, layer: Applicable, one: keras.Tensor, depth: int) -> None:
        if isinstance(layer, UnknownLayer) and one.index == 0 and one.shape is not None:
            layer.outs = (one.shape,)

    def own(self, value: Instance, depth: int = 0) -> UnknownLayer:
        """Make the row of a layer of the program's own: its weights, and those of the layers in it."""
        kind, name = type_of(value), self._name(value)
        weights, why = self.weights(value, depth, {})
        if value.named.get("trainable") is False:
            weights = [replace(one, trainable=False) for one in weights]
        reason = why or "a layer of the program's own"
        return UnknownLayer(kind, reason, name, tuple(weights), True, bool(why))

    def weights(self, value: Instance, depth: int, seen: dict[Obj, None]) -> tuple[list[Weight], str]:
        """Give the weights of a layer of the program's own, and why they are not all."""
        if value in seen:
            return [], ""
        seen[value] = None
        found: list[Weight] = []
        if value.blur is not None:
            return [], f"{value.blur.reason} ({self.run.place(value.blur.line)})"
        if "<shapes>" not in value.named and isinstance(value.cls, Class):
            return [], f"it is not built: no input reaches it ({self.run.place(value.line)})"
        why = ""
        if isinstance(value.named.get("<shapes>"), Unknown):
            why = "it may be built or not"
        own = value.named.get("<weights>")
        if isinstance(own, List):
            if own.blur is not None:
                why = why or own.blur.reason
            else:
                for one in own.items:
                    shape = one.named.get("shape") if isinstance(one, Instance) else None
                    trained = one.named.get("trainable") if isinstance(one, Instance) else None
                    if (
                        not isinstance(one, Instance)
                        or one.blur is not None
                        or not isinstance(shape, tuple)
                        or not isinstance(trained, bool)
                    ):
                        why = why or "the shape of a weight is not known"
                        continue
                    found.append(Weight(str(one.named["name"])[:80], shape, trained, origin=(id(one), 0)))
        inside = keras.sublayers(value)
        if isinstance(inside, Unknown):
            return found, why or f"{inside.reason} ({self.run.place(inside.line)})"
        for name, one in inside:
            more, reason = self._inner(one, depth + 1, seen)
            why = why or reason
            frozen = one.named.get("trainable") is False
            found += [
                replace(w, scope=f"{name}/{w.scope}" if w.scope else name, trainable=w.trainable and not frozen)
                for w in more
            ]
        return found, why

    def _inner(self, one: Instance, depth: int, seen: dict[Obj, None]) -> tuple[list[Weight], str]:
        if one in seen:
            return [], ""
        if depth > MOST_DEPTH:
            return [], "nested too deeply"
        if "<rule>" in one.named and one.blur is None:
            seen[one] = None
            shapes = one.named.get("<shapes>")
            layer = self.layer(one)
            if isinstance(layer, UnknownLayer):
                return [], layer.reason
            if not isinstance(shapes, tuple):
                return ([], "") if shapes is None else ([], "it may be built or not")
            built = layer.on(*(UNKNOWN_SHAPE if shape is None else shape for shape in shapes))
            origin = [replace(weight, origin=(id(one), at)) for at, weight in enumerate(built.weights)]
            return origin, built.unknown
        if "<function>" in one.named:
            return [], ""
        if "<layers>" in one.named or "<outputs>" in one.named:
            model = self.layer(one)
            if isinstance(model, Model):
                try:
                    whole = [model.on(*model.input_shapes)]
                except ParamcalcError as error:
                    return [], str(error)
                return [w for step in whole for w in step.weights], whole[0].unknown
            return [], "a model that is not known"
        return self.weights(one, depth, seen)


def _keras_model(run: State, value: Instance, name: str) -> Model:
    maker = Maker(run)
    if value.blur is not None:
        return maker._lost(value, value.blur.reason, value.blur.line)
    if "<layers>" in value.named or "<outputs>" in value.named:
        try:
            model = maker.model(value)
            model.built  # noqa: B018
            return model
        except ParamcalcError as error:
            run.note(str(error), value.line)
            return maker._lost(value, str(error))
    return _subclassed(run, maker, value, name)


def _subclassed(run: State, maker: Maker, value: Instance, name: str) -> Model:
    pieces: list[Piece] = []
    seen: dict[Obj, None] = {value: None}
    frozen = value.named.get("trainable") is False
    inside = keras.sublayers(value)
    if isinstance(inside, Unknown):
        pieces.append(lost(run, "layers", type_of(value), inside.reason, inside.line))
        inside = []
    if "<shapes>" not in value.named:
        pieces.append(lost(run, type_of(value), type_of(value), "it is not built: no input reaches it", value.line))
    for attribute, one in inside:
        weights, why = maker._inner(one, 0, seen)
        layer = maker.layer(one)
        if isinstance(layer, Layer) and not why:
            shapes = one.named.get("<shapes>")
            known = isinstance(shapes, tuple) and all(isinstance(shape, tuple) for shape in shapes)
            built = (
                layer.on(*shapes)
                if known and isinstance(shapes, tuple)
                else Built(UNKNOWN_OUTPUTS, tuple(weights), costed=False)
            )
            built = built._replace(weights=tuple(weights))
        else:
            layer = UnknownLayer(
                type_of(one), why or "a layer of the program's own", attribute, tuple(weights), more=bool(why)
            )
            built = layer.on()
        pieces.append(Piece(attribute, layer, built))
    own = value.named.get("<weights>")
    if isinstance(own, List) and (own.items or own.blur):
        alone = Instance(value.cls, value.line)
        alone.named.update({"<weights>": own, "<shapes>": ()})
        weights, why = maker.weights(alone, 0, {})
        layer = UnknownLayer(type_of(value), why or "weights of its own", name, tuple(weights), more=bool(why))
        pieces.append(Piece(name, layer, layer.on()))
    return Listed(name, type_of(value), "keras", pieces, frozen)
