"""Models of PyTorch that a run leaves: their modules, and what walking ``forward`` on shapes shows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from ...core.built import Built, Part, Weight
from ...core.default_inputs import natural_inputs
from ...core.products import unsourced
from ...core.rule import Rule
from ...core.shapes import UNKNOWN_OUTPUTS, UNKNOWN_SHAPE, AnyShape, Shape
from ...core.spelling import snake
from ...core.totals import summed
from ...errors import ParamcalcError
from ...graph.model import Model
from ...graph.unknown_layers import UnknownLayer
from ...symbolic import Size
from . import attributes
from .budget import LAYER, WEIGHT
from .names import torch
from .pieces import MOST_DEPTH, Listed, Piece, Step, lost, place_of, type_of
from .state import Signal, State, Stop
from .trace import Trace
from .values import Function, Instance, List, Native, Obj, Unknown, Value


def torch_model(run: State, name: str, value: Instance) -> Model:
    """Make a model of a module."""
    outs, trace = _walked(run, value, run.inputs) if run.inputs else ([], None)
    pieces = list(_torch_pieces(run, value, "", {}, 0, trace))
    if trace is not None:
        products: dict[str, list[Size]] = {}
        for function, size in trace.products:
            products.setdefault(function, []).append(size)
        for function, sizes in products.items():
            step = Step(function, UNKNOWN_SHAPE)
            built = Built(UNKNOWN_OUTPUTS, work=partial(unsourced, summed(sizes)), costed=trace.sure)
            pieces.append(Piece(function, step, built))
    made = Listed(name, type_of(value), "torch", pieces, False, outs, run.inputs)
    made.wants = 0 if run.inputs or any(piece.built.unknown for piece in pieces) else _inputs_of(value)
    return made


def _inputs_of(value: Instance) -> int:
    # how many tensors forward takes, where that is plain
    forward = attributes.find(value.cls, "forward")
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
    trace = run.trace = Trace()
    try:
        found = run.call(value, [torch.Tensor(one) for one in inputs if isinstance(one, tuple)], {})
    except (Signal, Stop, RecursionError):
        found, trace.sure = None, False
    run.trace = None
    run.heap.close_inside(region)
    trace.sure = trace.sure and not region.left
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
    return outs, trace


def _torch_pieces(
    run: State, value: Instance, path: str, seen: dict[Obj, None], depth: int, trace: Trace | None
) -> Iterator[Piece]:
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
        if not torch.is_module(one)
        and not (isinstance(one, Unknown) and (one.size is not None or torch.surely_bare(one)))
    ]
    run.budget.charge(LAYER // 2 + WEIGHT * len(own))
    lazy = value.named.get("<lazy>", False)
    rule = value.named.get("<rule>")
    met = trace.calls.get(id(value), ()) if trace is not None else ()
    made = None
    if lazy is not False and met and isinstance(rule, Rule):
        made = _met(run, value, path or snake(kind), met, trace is not None and trace.sure)
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


def _met(run: State, value: Instance, path: str, met: Sequence[tuple[tuple[Shape, ...], Built]], sure: bool) -> Piece:
    # a lazy module, whose first input decides its weights
    layer = torch.layer_of(run, value)
    calls = [Part(path, layer, inputs, built._replace(costed=sure)) for inputs, built in met]
    return Piece(path, layer, calls[0].built, calls)


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
    except (ParamcalcError, torch.Unread):
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
    calls = [
        Part(path, layer, inputs, made._replace(outs=call.outs, work=call.work, costed=trace.sure))
        for inputs, call in trace.calls.get(id(value), ())
    ]
    return Piece(path, layer, made._replace(costed=trace.sure), calls)


def _plain(
    run: State, value: Instance, path: str, kind: str, own: list[tuple[str, Value]], trace: Trace | None
) -> Piece:
    weights, why, guessed = _weights(run, own)
    stored = (*weights, *_buffers(value))
    reason = why or "parameters of its own"
    layer = UnknownLayer(kind, reason, path or kind, stored, more=bool(why))
    note = "" if why else reason
    costed = trace is not None and trace.sure and id(value) not in trace.calls  # its calls are not those of a rule
    built = Built(UNKNOWN_OUTPUTS, stored, unknown=why, note=note, costed=costed, guessed=guessed)
    return Piece(layer.label, layer, built)
