"""Models of PyTorch that a run leaves: their modules, and what walking ``forward`` on shapes shows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....core.built import Built, Part, Weight
from ....core.default_inputs import natural_inputs
from ....core.rule import Rule
from ....core.shapes import UNKNOWN_OUTPUTS, UNKNOWN_SHAPE, AnyShape, listed
from ....core.spelling import snake
from ....errors import ParamcalcError
from ....graph.model import Model
from ....graph.program import Output, Program
from ....graph.stack import Copies
from ....graph.unknown_layers import UnknownLayer
from ....graph.wiring import Leaf, Links, Wire, Wiring
from ..memory.budget import LAYER, WEIGHT
from ..memory.objects import Dict, Function, Instance, List, Mark, Native, Obj, Pieces, Repeated, Unknown, Value
from ..memory.state import Signal, State, Stop
from ..memory.trace import NO_LINKS, Trace
from ..names import torch
from ..names.options import Unread
from ..values import classes
from ..values.pieces import flat
from .rows import MOST_DEPTH, FunctionCall, Listed, Piece, lost, place_of, type_of


def torch_model(run: State, name: str, value: Instance) -> Model:
    """Make a model of a module."""
    outs, trace = _walked(run, value, run.inputs) if run.inputs else ([], None)
    pieces = list(_torch_pieces(run, value, "", {}, 0, trace))
    if trace is not None:
        for function in trace.functions:
            step = FunctionCall(function, UNKNOWN_SHAPE)
            places = trace.of(function)
            calls = [
                Part(function, step, one.inputs, one.built._replace(costed=trace.sure))
                for one in (trace.calls[at] for at in places)
            ]
            pieces.append(Piece(function, step, calls[0].built, calls, places=places))
    made = Listed(
        name,
        type_of(value),
        "torch",
        pieces,
        False,
        outs,
        run.inputs,
        _wiring(pieces, trace),
        _program(run, value, pieces, trace),
    )
    made.wants = 0 if run.inputs or any(piece.built.unknown for piece in pieces) else _inputs_of(value)
    return made


def _inputs_of(value: Instance) -> int:
    # how many tensors forward takes, where that is plain
    forward = classes.find(value.cls, "forward")
    if isinstance(forward, Native):
        return int("<rule>" not in value.named and torch.is_chain(value))
    if not isinstance(forward, Function) or value.blur is not None:
        return 0
    spec = forward.node.args
    plain = not (spec.vararg or spec.kwarg or any(one is None for one in spec.kw_defaults))
    return max(len(spec.posonlyargs) + len(spec.args) - 1 - len(spec.defaults), 0) if plain else 0


def _walked(run: State, value: Instance, inputs: Sequence[AnyShape]) -> tuple[list[AnyShape], Trace]:
    # walk forward on shapes; what it changes is undone
    region = run.heap.open()
    run.budget.grant()
    shapes = [one for one in inputs if isinstance(one, tuple)]
    given = [torch.Tensor(one, links=frozenset({(at, 0)})) for at, one in enumerate(shapes)]
    trace = run.trace = Trace(len(given), linked=not run.entangled)
    trace.made |= {one: Output(at, 0) for at, one in enumerate(given)}
    try:
        found = run.call(value, [*given], {})
    except (Signal, Stop, RecursionError):
        found, trace.sure = None, False
    run.heap.close_inside(region)
    trace.sure = trace.sure and not region.left
    trace.close()
    outs: list[AnyShape] = []
    pending = [found]
    while pending:
        one = pending.pop(0)
        if isinstance(one, tuple):
            pending = [*one, *pending]
        elif isinstance(one, List) and one.blur is None:
            pending = [*one.items, *pending]
        elif isinstance(one, Dict) and one.blur is None:
            pending = [*one.named.values(), *pending]
        else:
            shape = torch.shape_of(run, one)
            outs.append(UNKNOWN_SHAPE if shape is None else shape)
            links = torch.links_of(run, one)
            trace.outputs.append(links or NO_LINKS)
            trace.linked = trace.linked and links is not None
            trace.results.append(torch.operand(run, one))
    run.trace = None
    run.heap.undo(region)
    run.heap.close(region)
    return outs, trace


def _parts(pieces: Sequence[Piece]) -> dict[int, int]:
    # the place among the parts of the model of each call that has one
    rows: list[int | None] = []
    for piece in pieces:
        rows += piece.places or [None]
    return {place: at for at, place in enumerate(rows) if place is not None}


def _program(run: State, value: Instance, pieces: Sequence[Piece], trace: Trace | None) -> Program | None:
    # what is called, where it is known what each call reads
    if trace is None or not trace.linked or any(torch.has_own_train(one.cls) for one in _modules(value)):
        return None
    parts = _parts(pieces)
    every = (one for module in _modules(value) for one in module.named.values() if isinstance(one, torch.Tensor))
    held = frozenset[torch.Tensor]() if torch.mentions_wide_floats(run) else frozenset(every)
    steps = [
        step._replace(
            args=tuple(torch.resolved(one, held) for one in step.args),
            kwargs={key: torch.resolved(one, held) for key, one in step.kwargs.items()},
            states=tuple(torch.resolved(one, held) for one in step.states),
            part=None if step.part is None else parts.get(step.part),
        )
        for step in trace.steps
    ]
    outputs = [torch.resolved(one, held) for one in trace.results]
    return Program(steps, outputs, trace.sure and trace.whole)


def _modules(value: Instance) -> Iterator[Instance]:
    seen: dict[Obj, None] = {}
    pending = [value]
    while pending:
        one = pending.pop()
        if one not in seen:
            seen[one] = None
            yield one
            pending += [child for _, child in torch.children_of(one) if isinstance(child, Instance)]


def _wiring(pieces: Sequence[Piece], trace: Trace | None) -> Wiring | None:
    # how the calls are connected, if all that is called and read is registered
    if trace is None or not (trace.sure and trace.linked):
        return None
    parts = _parts(pieces)
    through: dict[int, Sequence[Links]] = {}  # what the outputs of each call stand for
    wires: list[Wire] = []

    def read(links: Links) -> Links:
        passed = [link for link in links if not isinstance(link, Leaf) and link[0] >= trace.inputs]
        return (links - {*passed}).union(*(through[position][index] for position, index in passed))

    for at, call in enumerate(trace.calls):
        position, args, outs = trace.inputs + len(wires), tuple(map(read, call.args)), len(listed(call.built.outs))
        if at in parts:
            through[trace.inputs + at] = [frozenset({(position, index)}) for index in range(outs)]
            wires.append(Wire(parts[at], args, tuple(map(read, call.states))))
        elif call.built.weights or call.built.products():
            return None  # a layer that is not registered
        else:  # a function such as max_pool2d, of which only the first output passes a gradient on
            through[trace.inputs + at] = [NO_LINKS.union(*args), *[NO_LINKS] * (outs - 1)]
    outputs = [*map(read, trace.outputs)]
    known = {weight.origin for piece in pieces for weight in piece.built.weights}
    every = [*outputs, *(links for one in wires for links in (*one.args, *one.states))]
    registered = all(one.origin in known for links in every for one in links if isinstance(one, Leaf))
    return Wiring(trace.inputs, wires, outputs) if registered else None


def _torch_pieces(
    run: State, value: Instance, path: str, seen: dict[Obj, None], depth: int, trace: Trace | None
) -> Iterator[Piece]:
    if value in seen:
        return
    seen[value] = None
    kind = type_of(value)
    torch.check_inside(run, value)
    if value.blur is not None:
        pieces = value.pieces if depth <= MOST_DEPTH else None
        if pieces is None:
            yield lost(run, path or kind, kind, value.blur.reason, value.blur.line)
        else:
            yield from _several(run, pieces, value, path, seen, depth, trace)
        return
    if depth > MOST_DEPTH:
        yield lost(run, path or kind, kind, "nested too deeply", value.line)
        return
    own = [
        (str(name), one)
        for name, one in torch.children_of(value)
        if not torch.is_module(one)
        and not (isinstance(one, Unknown) and (one.size is not None or torch.surely_bare(one)))
    ]
    run.budget.charge(LAYER // 2 + WEIGHT * len(own))
    lazy = value.named.get("<lazy>", False)
    rule = value.named.get("<rule>")
    met = trace.of(id(value)) if trace is not None else []
    made = None
    if lazy is not False and trace is not None and met and isinstance(rule, Rule):
        made = _met(run, value, path or snake(kind), trace)
    elif lazy is not False:
        made = lost(run, path or kind, kind, "it has not met its first input", value.line)
    elif isinstance(rule, Rule):
        made = _ruled(run, value, path or snake(kind), own, trace)
    elif own:
        made = _plain(run, value, path, kind, own, trace)
    if made is not None:
        made.source = place_of(run, value.line)
        yield made
    for name, one in torch.children_of(value):
        if torch.is_module(one) and isinstance(one, Instance):
            yield from _torch_pieces(run, one, f"{path}.{name}" if path else name, seen, depth + 1, trace)


def _several(
    run: State, items: Pieces, value: Instance, path: str, seen: dict[Obj, None], depth: int, trace: Trace | None
) -> Iterator[Piece]:
    # the items of a container, of which some are there once for each round of a loop; behind those, places are counted
    # from the end
    names = value.blur.names if isinstance(value.blur, Mark) else ()
    repeats = [at for at, one in enumerate(items) if isinstance(one, Repeated)]
    for at, one in enumerate(items):
        place = at if at <= repeats[0] else at - len(items) if at > repeats[-1] else f"{at - repeats[0]}'"
        called = names[at] if names else "" if len(items) == 1 else str(place)
        name = ".".join(filter(None, (path, called)))
        if isinstance(one, Repeated):
            yield from _copies(run, one, value, name, seen, depth, trace)
        elif torch.is_module(one) and isinstance(one, Instance):
            yield from _torch_pieces(run, one, name, seen, depth + 1, trace)
        else:
            yield lost(run, name, "module", "a value that is not known", value.line)


def _copies(
    run: State, one: Repeated, value: Instance, name: str, seen: dict[Obj, None], depth: int, trace: Trace | None
) -> Iterator[Piece]:
    pieces: list[Piece] = []
    layers = [layer for layer in flat(one.values) if isinstance(layer, Instance) and torch.is_module(layer)]
    if len(layers) < len([*flat(one.values)]):
        yield lost(run, name, type_of(value), "a value that is not known", value.line)
        return
    names = [type_of(layer) for layer in layers]
    for at, layer in enumerate(one.values):
        inside = "" if len(one.values) == 1 else str(at)
        if isinstance(layer, Repeated):
            pieces += _copies(run, layer, value, inside or "inner", seen, depth + 1, None)
        elif isinstance(layer, Instance):
            pieces += _torch_pieces(run, layer, inside, seen, depth + 1, None)
    if not pieces:
        return  # layers without weights, or those of another list
    kind = names[0] if len(names) == 1 else f"({', '.join(names)})"
    block = Listed(snake(names[0]) if len(names) == 1 else "round", kind, "torch", pieces)
    layer = Copies(block, one.rounds, name or "copies")
    costed = trace is not None and trace.sure  # it is never called
    built = layer.on()
    shared = zip(built.weights, block.on().weights, strict=True)  # a tensor in two places of a round is one in each
    weights = tuple(weight.evolve(origin=one.origin) for weight, one in shared)
    yield Piece(layer.label, layer, built._replace(weights=weights, costed=costed), source=place_of(run, value.line))


def _met(run: State, value: Instance, path: str, trace: Trace) -> Piece:
    # a lazy module, whose first input decides its weights
    layer = torch.layer_of(run, value)
    places = trace.of(id(value))
    met = [trace.calls[at] for at in places]
    calls = [Part(path, layer, one.inputs, one.built._replace(costed=trace.sure)) for one in met]
    return Piece(path, layer, calls[0].built, calls, places=places)


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


def _ruled(run: State, value: Instance, path: str, own: list[tuple[str, Value]], trace: Trace | None) -> Piece:
    weights, why, guessed = _weights(run, own)
    try:
        layer = torch.layer_of(run, value, of_weights=True)
        met = value.named.get("<met>")
        built = layer.on(*(met if isinstance(met, tuple) else natural_inputs(layer)))
    except (ParamcalcError, Unread):
        return _plain(run, value, path, type_of(value), own, trace)
    ours = {weight.name: weight for weight in built.weights if not weight.buffer}
    if why or {one.name: one.shape for one in weights} != {name: one.shape for name, one in ours.items()}:
        return _plain(run, value, path, type_of(value), own, trace)
    kept = [ours[one.name].evolve(trainable=one.trainable, origin=one.origin) for one in weights]
    made = built._replace(
        outs=UNKNOWN_OUTPUTS, weights=(*kept, *_buffers(value)), work=None, costed=False, guessed=guessed
    )
    if trace is None:
        return Piece(path, layer, made)
    places = trace.of(id(value))
    calls = [
        Part(
            path,
            layer,
            one.inputs,
            made._replace(outs=one.built.outs, states=one.built.states, work=one.built.work, costed=trace.sure),
        )
        for one in (trace.calls[at] for at in places)
    ]
    return Piece(path, layer, made._replace(costed=trace.sure), calls, places=places)


def _plain(
    run: State, value: Instance, path: str, kind: str, own: list[tuple[str, Value]], trace: Trace | None
) -> Piece:
    weights, why, guessed = _weights(run, own)
    stored = (*weights, *_buffers(value))
    reason = why or "parameters of its own"
    layer = UnknownLayer(kind, reason, path or kind, stored, more=bool(why))
    note = "" if why else reason
    costed = trace is not None and trace.sure and not trace.of(id(value))  # its calls are not those of a rule
    built = Built(UNKNOWN_OUTPUTS, stored, unknown=why, note=note, costed=costed, guessed=guessed)
    return Piece(layer.label, layer, built)
