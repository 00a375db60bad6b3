"""Live PyTorch modules: each module in them read by its rule, and the reading compared with the tensors it holds.

A module keeps its graph in Python code. So what is read are the modules it is made of, in the order they were added;
how they are connected is not. Given the shape of an input, a copy is run on the meta device, where nothing is
computed, and every module says what came in and what went out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from ....core.built import UNKNOWN_OUTPUTS, UNKNOWN_SHAPE, AnyShape, Built, Part, listed
from ....core.default_inputs import natural_inputs
from ....core.products import Work, unsourced
from ....core.rule import Layer, Shape, Weight
from ....core.tensors import input_shape as checked_shape
from ....errors import ParamcalcError, ShapeError
from ....graph.model import Model
from ....graph.unknown_layers import UnknownLayer
from ...compare import ModelAnswer, model_differences, shapes_text
from ...foreign import Foreign
from ...outcome import Installed, Verification, verified
from .build import tensors_of
from .framework import PYTORCH, is_module
from .reading import layer_of
from .running import Call, leaves, run

WAITS = "it has not met its first input"
LIVE = "live module"  # in the place of a backend
PACKED = ("torch.ao.nn.quantized", "torch.ao.nn.intrinsic.quantized", "torch.nn.quantized")


@dataclass
class Piece:
    """One module of a live one: its path, what it is read as, the tensors it has, and each time it was called."""

    path: str
    layer: Any
    module: Any
    weights: tuple[Weight, ...]
    calls: list[Call] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its path; of the module that was given itself, what a layer of its class is called."""
        return self.path or self.layer.label


class Modules(Model):
    """The modules of a live PyTorch module, as a model: what each has, and, if it was run, the shapes it met."""

    type = "Module"

    def __init__(self, name: str, pieces: list[Piece], inputs: Sequence[Shape], outs: Sequence[AnyShape]) -> None:
        self.pieces = pieces
        self.ran = any(piece.calls for piece in pieces)
        self.outs = tuple(outs)
        shapes: list[AnyShape] = [*inputs] or [UNKNOWN_SHAPE]
        results = tuple((len(shapes), index) for index in range(len(outs)))
        self._fill(shapes, [], results, name, [None] * len(shapes), True)
        origins = [weight.origin for piece in pieces for weight in piece.weights]
        self.crossed = len(set(origins)) < len(origins)  # a tensor in two modules is one
        self.warnings += [*_shared(pieces), *(remark for piece in pieces for remark in _remarks(piece))]

    @property
    def framework(self) -> str:
        """Whose layers they are."""
        return PYTORCH.name

    @property
    def layers(self) -> list[Any]:
        """Every layer once."""
        return [piece.layer for piece in self.pieces]

    @property
    def uses(self) -> list[Any]:
        """The layers, in the order they were added."""
        return self.layers

    @property
    def names(self) -> dict[int, str]:
        """The path of each by the ``id`` of its layer."""
        return {id(piece.layer): piece.name for piece in self.pieces}

    @property
    def built(self) -> list[Built]:
        """What the whole has and gives: how its modules are connected is not known."""
        return [Built(self.outs, tuple(weight for piece in self.pieces for weight in piece.weights))]

    def parts(self, shapes: Sequence[AnyShape], built: Sequence[Built]) -> list[Part]:
        """List every module, once for each time it was called."""
        return [part for piece in self.pieces for part in _parts(piece, self.ran)]

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Refuse to be a layer: how its modules are connected is not known.

        Raises
        ------
        ShapeError
        """
        raise ShapeError(f"{self.label!r} is read from a live module, and how its parts are connected is not known")


def from_torch(module: Any, input_shape: Any = None) -> Model:
    """Read a live PyTorch module.

    Parameters
    ----------
    module : torch.nn.Module
        Nothing of it is run or changed, unless a shape is given.
    input_shape : list of int, or list of such lists, optional
        The whole shape of its input, or that of each of several; a list within those is a tuple of tensors, such as
        the states of an LSTM: ``[(7, 3, 12), [(2, 3, 16), (2, 3, 16)]]``. Then a copy without numbers is run on the
        meta device, to learn the shapes in between and the multiply-adds of its own code; this calls that code.

    Returns
    -------
    paramcalc.Model

    Raises
    ------
    ParamcalcError
        For something else than a module, for what is no shape, and for a module that cannot be run so.
    """
    if not is_module(module):
        raise ParamcalcError("not a PyTorch module", expected="a torch.nn.Module", received=module)
    given = _given(input_shape)
    shapes = list(leaves(given))
    outs: list[AnyShape] = []
    calls: dict[str, list[Call]] = {}
    whole = module
    if shapes:
        whole, calls, given_outs = run(module, given)
        outs += given_outs
    pieces = list(_pieces(whole, module))
    for piece in pieces:
        piece.calls = calls.get(piece.path, [])
    pieces += _own_work(whole, pieces, calls)
    if not shapes and len(pieces) == 1 and not pieces[0].path and isinstance(pieces[0].layer, Layer):
        shapes = natural_inputs(pieces[0].layer)  # a single layer says itself what it takes
        given_outs = list(pieces[0].layer.on(*shapes).shapes())
        outs += given_outs
        pieces[0].calls = [Call(tuple(shapes), tuple(given_outs))]
    return Modules(type(module).__name__, pieces, shapes, outs)


def _given(given: Any) -> list[Any]:
    # a shape for each argument, or a list of shapes where a tuple of tensors is handed over
    if given is None:
        return []
    try:
        return [_shape(one) for one in given] if _lists(given) else [_shape(given)]
    except ParamcalcError as error:
        raise error.at("input_shape")


def _shape(given: Any) -> Any:
    if _lists(given):
        return [_shape(one) for one in given]
    if not isinstance(given, (list, tuple)):
        raise ShapeError(
            "not a shape", expected="every size of the input, such as (32, 3), or a list of shapes", received=given
        )
    shape = checked_shape(list(given))[1:]
    if any(not isinstance(size, int) for size in shape):
        raise ShapeError("a module is run on numbers", expected="a size for every axis", received=given)
    return shape


def _lists(given: Any) -> bool:
    return isinstance(given, (list, tuple)) and any(isinstance(one, (list, tuple)) for one in given)


def _own_work(whole: Any, pieces: Sequence[Piece], calls: dict[str, list[Call]]) -> list[Piece]:
    # what modules multiply in their own forward, outside of the modules in them: no rule knows, PyTorch's counter does
    known = {piece.path for piece in pieces}
    taken = [piece.path for piece in pieces if isinstance(piece.layer, Layer)]
    found = []
    for path, module in whole.named_modules():
        inside = any(not above or path.startswith(f"{above}.") for above in taken)
        if path not in known and not inside and any(call.own for call in calls.get(path, ())):
            kind = type(module).__name__
            row = UnknownLayer(
                kind, "what its own code multiplies, as PyTorch counts it", f"{path or kind} forward", ()
            )
            found.append(Piece(row.label, row, module, (), calls[path]))
    return found


def _pieces(whole: Any, live: Any) -> Iterator[Piece]:
    # outermost modules that a rule knows, whose tensors are as it says; of the others those with tensors of their own.
    # ``live`` has the identity of tensors, which a copy has lost
    owners = dict(live.named_parameters(remove_duplicate=False))
    taken: list[str] = []
    for name, module in whole.named_modules():
        if any(not above or name.startswith(f"{above}.") for above in taken):
            continue
        layer = layer_of(module)
        weights = None if layer is None else _known(layer, module)
        if layer is not None and weights is not None:
            taken.append(name)
            yield Piece(name, layer, module, _owned(weights, name, owners, module))
            continue
        kind, own = type(module).__name__, _own(module)
        if _lazy(module):
            yield Piece(name, UnknownLayer(kind, WAITS, name or kind), module, ())
        elif type(module).__module__.startswith(PACKED):
            taken.append(name)
            yield Piece(name, UnknownLayer(kind, "its weights are packed, and no parameters", name or kind), module, ())
        elif own:
            why = "no rule knows it and its tensors" if layer is None else f"its tensors are not those of a {kind}"
            weights = _owned(own, name, owners, module)
            other = UnknownLayer(kind, f"{why}; they are counted as they are", name or kind, weights)
            yield Piece(name, other, module, weights)


def _known(layer: Layer, module: Any) -> tuple[Weight, ...] | None:
    # the tensors as the rule has them, gates and all, if they are those the module has
    try:
        weights = layer.on(*natural_inputs(layer)).weights
    except ParamcalcError:
        return None
    ours = [(weight.name, weight.shape, weight.buffer) for weight in weights]
    theirs = [] if _lazy(module) else [(one.path, one.shape, one.buffer) for one in tensors_of(module)]
    return weights if sorted(map(str, ours)) == sorted(map(str, theirs)) else None


def _own(module: Any) -> tuple[Weight, ...]:
    learnt, kept = module.named_parameters(recurse=False), module.named_buffers(recurse=False)
    own = tuple(Weight(name, tuple(one.shape), one.requires_grad) for name, one in learnt if not _open(one))
    return own + tuple(Weight(name, tuple(one.shape), False, buffer=True) for name, one in kept if not _open(one))


def _lazy(module: Any) -> bool:
    return any(_open(one) for one in [*module.parameters(recurse=False), *module.buffers(recurse=False)])


def _open(tensor: Any) -> bool:
    return type(tensor).__name__.startswith("Uninitialized")


def _owned(weights: Sequence[Weight], path: str, owners: dict[str, Any], module: Any) -> tuple[Weight, ...]:
    # who else has the same tensor is seen by its identity
    trained = dict(module.named_parameters(remove_duplicate=False))
    found = []
    for place, weight in enumerate(weights):
        tensor = owners.get(f"{path}.{weight.name}" if path else weight.name)
        origin = (id(tensor), 0) if tensor is not None else (id(module), place + 1)
        learns = weight.name in trained and trained[weight.name].requires_grad
        found.append(replace(weight, trainable=learns, origin=origin))
    return tuple(found)


def _parts(piece: Piece, ran: bool) -> list[Part]:
    reason = getattr(piece.layer, "reason", "")
    lost = isinstance(piece.layer, UnknownLayer) and piece.layer.stored is None
    base = Built(UNKNOWN_OUTPUTS, piece.weights, note=reason, unknown=reason if lost else "")
    if not piece.calls:
        return [Part(piece.name, piece.layer, (), base._replace(costed=ran))]
    parts = []
    for call in piece.calls:
        inputs, work = call.inputs, _counted(call.own)
        if isinstance(piece.layer, Layer):
            inputs, built = _ruled(piece.layer, call)
            work = _counted(call.macs or 0) if built is None else built.work
        parts.append(Part(piece.name, piece.layer, inputs, base._replace(outs=call.outs, work=work)))
    return parts


def _counted(macs: int) -> Callable[[], Work] | None:
    return lambda: unsourced(macs)


def _ruled(layer: Layer, call: Call) -> tuple[tuple[Shape, ...], Built | None]:
    # what the rule says of a call; what comes beside the inputs it knows are states, masks and the like
    inputs = call.inputs if layer.rule.inputs[0].many else call.inputs[: len(layer.rule.inputs)]
    try:
        return inputs, layer.on(*inputs)
    except ParamcalcError:  # called in a way of its own: the shapes, and what was counted, are its word
        return call.inputs, None


def _shared(pieces: Sequence[Piece]) -> Iterator[str]:
    # whose some of the tensors are; where all are another module's, the row says so
    owners: dict[Any, tuple[Piece, str]] = {}
    for piece in pieces:
        theirs: dict[str, list[str]] = {}
        for weight in piece.weights:
            owner, name = owners.setdefault(weight.origin, (piece, weight.name))
            if owner is not piece or name != weight.name:
                theirs.setdefault(owner.name if owner is not piece else f"its own {name}", []).append(weight.name)
        if sum(map(len, theirs.values())) < len(piece.weights):
            for whose, names in theirs.items():
                them = f"{names[0]} is that" if len(names) == 1 else f"{' and '.join(names)} are those"
                yield f"{piece.name} ({piece.layer.type}): its {them} of {whose}, and counted there"


def _remarks(piece: Piece) -> Iterator[str]:
    # where a module, run, gave other shapes than its rule
    for call in piece.calls:
        built = _ruled(piece.layer, call)[1] if isinstance(piece.layer, Layer) else None
        if built is not None:
            outs = listed(built.outs)[: len(call.outs)]  # it may have been told to give no more
            if outs != call.outs:
                yield f"{piece.name}: the rule gives {shapes_text(outs)}, the module gave {shapes_text(call.outs)}"


def verify_module(module: Foreign, by: Installed) -> Verification:
    """Compare the reading of a live module with the tensors it has."""
    start = perf_counter()
    reading = from_torch(module)
    assert isinstance(reading, Modules)
    report = reading.report()
    if not report.exact:
        waits = any(_lazy(piece.module) for piece in reading.pieces)
        raise ParamcalcError(
            f"{report.name} has weights that are not known: {report.warnings[0]}",
            suggestion="run it once, or read it with from_torch and an input_shape" if waits else None,
        )
    held = {id(piece.layer): tensors_of(piece.module) for piece in reading.pieces if isinstance(piece.layer, Layer)}
    found, _ = model_differences(report, ModelAnswer(held, {}, tensors_of(module, once=True)), by.framework.title)
    remarks = [
        f"{piece.name}: {piece.layer.reason}" for piece in reading.pieces if isinstance(piece.layer, UnknownLayer)
    ]
    return verified(report, replace(by, backend=LIVE), start, found, remarks)
