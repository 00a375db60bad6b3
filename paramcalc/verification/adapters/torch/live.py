"""Live PyTorch modules: each module in them read by its rule, and the reading compared with the tensors it holds.

A module keeps its graph in Python code. So what is read are the modules it is made of, in the order they were added;
how they are connected is not. Given the shape of an input, a copy is run on the meta device, where nothing is
computed, and every module says what came in and what went out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

from ....core.built import Built, Part
from ....core.declare import Shape, Weight
from ....core.default_inputs import natural_inputs
from ....core.products import Work, unsourced
from ....core.rule import Layer
from ....core.shapes import UNKNOWN_OUTPUTS, AnyShape, listed
from ....errors import ParamcalcError, ShapeError
from ....graph.listing import Listing
from ....graph.model import Model
from ....graph.unknown_layers import UnknownLayer
from ....untyped import Foreign
from ...compare import ModelAnswer, model_differences, shapes_text
from ...foreign import reading
from ...outcome import Installed, Verification, verified
from .arguments import Given, given
from .build import tensors_of
from .framework import PYTORCH, is_module, quiet, torch
from .modules import Found, modules, scripted, unregistered
from .reading import layer_of
from .running import MAPPED, Call, run

WAITS = "it has not met its first input"
COUNTED = "they are counted as they are"
OWN_CODE = "what its own code multiplies, as PyTorch counts it"
LIVE = "live module"  # in the place of a backend
PACKED = ("torch.ao.nn.quantized", "torch.ao.nn.intrinsic.quantized", "torch.nn.quantized")


@dataclass
class Piece:
    """One module of a live one: its path, what it is read as, the tensors it has, and each time it was called."""

    path: str
    layer: Foreign
    module: Foreign
    weights: tuple[Weight, ...]
    calls: list[Call] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its path; of the module that was given itself, what a layer of its class is called."""
        return self.path or self.layer.label


class Modules(Listing):
    """The modules of a live PyTorch module, as a model: what each has, and, if it was run, the shapes it met."""

    type = "Module"
    pieces: list[Piece]

    def __init__(
        self,
        name: str,
        pieces: list[Piece],
        inputs: Sequence[Shape],
        outs: Sequence[AnyShape],
        ran: bool,
        warnings: Sequence[str],
    ) -> None:
        self.ran = ran
        self.outs = tuple(outs)
        self.list_pieces(name, pieces, [weight for piece in pieces for weight in piece.weights], inputs, len(outs))
        self.warnings += [*warnings, *_shared(pieces), *(remark for piece in pieces for remark in _remarks(piece))]

    @property
    def framework(self) -> str:
        """Whose layers they are."""
        return PYTORCH.name

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


def from_torch(module: Foreign, /, *args: Foreign, input_shape: Foreign = None, **kwargs: Foreign) -> Model:
    """Read a live PyTorch module, and run a copy of it on example inputs, if there are any.

    Parameters
    ----------
    module : torch.nn.Module
        It is not changed. Its code is called only if there are inputs, and then on a copy.
    *args, **kwargs
        The arguments of a call of the module: tensors of any dtype, lists, tuples, dicts, packed sequences, ``None``,
        and any other value. The copy is run on the meta device, where a tensor has no numbers, or on the processor
        where the meta device cannot run it. So the shapes in between and the multiply-adds of its own code are known.

        If there is no tensor among them, every list or tuple is the whole shape of an input, ``(7, 3, 12)``, and a
        list of shapes is a tuple of tensors. A single list of shapes stands for several arguments:
        ``[(7, 3, 12), [(2, 3, 16), (2, 3, 16)]]`` is an input and the two states of an LSTM.
    input_shape : list of int, or list of such lists, optional
        The same as a single argument without tensors.

    Returns
    -------
    paramcalc.Model

    Raises
    ------
    ParamcalcError
        If it is not a module, contains itself, has an invalid input shape, or does not
        run on such inputs.
    """
    if not is_module(module):
        raise ParamcalcError("not a PyTorch module", expected="a torch.nn.Module", received=module)
    with reading(module):
        return _read(module, given(args, kwargs, input_shape))


def _read(module: Foreign, example: Given | None) -> Modules:
    found = modules(module)
    outcome = None if example is None else run(found, example)
    made = [one for _, one in found] if outcome is None else outcome.modules
    with quiet():
        pieces = _pieces(found, made, outcome.calls if outcome is not None else {})
        warnings = [*unregistered(found)]
    shapes = [] if example is None else example.shapes()
    outs: list[AnyShape] = [] if outcome is None else [*outcome.outs]
    ran = outcome is not None
    if not ran and len(pieces) == 1 and not pieces[0].path and isinstance(pieces[0].layer, Layer):
        shapes = natural_inputs(pieces[0].layer)  # a single layer says itself what it takes
        natural = list(pieces[0].layer.on(*shapes).shapes())
        outs += natural
        pieces[0].calls = [Call(tuple(shapes), tuple(natural))]
        ran = True
    return Modules(type(module).__name__, pieces, shapes, outs, ran, warnings)


def _pieces(found: Sequence[Found], made: Sequence[Foreign], calls: dict[str, list[Call]]) -> list[Piece]:
    # outermost modules that a rule knows, whose tensors are as it says; of the others those with tensors of their own,
    # and those whose own code multiplies. ``found`` has the identity of tensors, ``made`` those of a lazy module
    pieces, working = list[Piece](), list[Piece]()
    taken: str | None = None
    for (path, live), module in zip(found, made, strict=True):
        if taken is not None and (not taken or path.startswith(f"{taken}.")):
            continue
        taken = None
        piece, whole = _piece(path, live, module)
        if whole:
            taken = path
        called = calls.get(path, [])
        if piece is not None:
            piece.calls = called
            pieces.append(piece)
        elif any(call.own or call.own_lacking for call in called):
            kind = type(live).__name__
            row = UnknownLayer(kind, OWN_CODE, f"{path or kind} forward", ())
            working.append(Piece(row.label, row, live, (), called))
    return pieces + working


def _piece(path: str, live: Foreign, module: Foreign) -> tuple[Piece | None, bool]:
    # what a module is read as, if anything is; and whether that is all of it, the modules in it included
    kind = type(live).__name__
    if scripted(live):
        weights = _owned(_tensors(live, True), live)
        row = UnknownLayer(kind, "it is scripted; its tensors are counted as they are", path or kind, weights)
        return Piece(path, row, live, weights), True
    layer = layer_of(module)
    known = None if layer is None else _known(layer, module)
    if layer is not None and known is not None:
        return Piece(path, layer, module, _owned(known, live)), True
    if _lazy(module):
        return Piece(path, UnknownLayer(kind, WAITS, path or kind), module, ()), False
    if kind_is_packed(live):
        row = UnknownLayer(kind, "its weights are packed, and no parameters", path or kind)
        return Piece(path, row, module, _owned(_tensors(module, True), live)), True
    own = _tensors(module)
    if not own:
        return None, False
    why = "no rule knows it and its tensors" if layer is None else f"its tensors are not those of a {kind}"
    weights = _owned(own, live)
    return Piece(path, UnknownLayer(kind, f"{why}; {COUNTED}", path or kind, weights), module, weights), False


def kind_is_packed(module: Foreign) -> bool:
    """Tell whether a quantized module keeps its weights in an object that is no tensor."""
    if not type(module).__module__.startswith(PACKED):
        return False
    packed = torch().ScriptObject
    return any(isinstance(value, packed) for _, one in modules(module) for value in vars(one).values())


def _known(layer: Layer, module: Foreign) -> tuple[Weight, ...] | None:
    # the tensors as the rule has them, gates and all, if they are those the module has
    try:
        weights = layer.on(*natural_inputs(layer)).weights
    except ParamcalcError:
        return None
    ours = [(weight.name, weight.shape, weight.buffer) for weight in weights]
    theirs = [] if _lazy(module) else [(one.path, one.shape, one.buffer) for one in tensors_of(module)]
    return weights if sorted(map(str, ours)) == sorted(map(str, theirs)) else None


def _tensors(module: Foreign, recurse: bool = False) -> tuple[Weight, ...]:
    learnt, kept = module.named_parameters(recurse=recurse), module.named_buffers(recurse=recurse)
    own = tuple(Weight(name, tuple(one.shape), one.requires_grad) for name, one in learnt if not _open(one))
    return own + tuple(Weight(name, tuple(one.shape), False, buffer=True) for name, one in kept if not _open(one))


def _lazy(module: Foreign) -> bool:
    return any(_open(one) for one in [*module.parameters(recurse=False), *module.buffers(recurse=False)])


def _open(tensor: Foreign) -> bool:
    return type(tensor).__name__.startswith("Uninitialized")


def _owned(weights: Sequence[Weight], live: Foreign) -> tuple[Weight, ...]:
    # who else has the same tensor is seen by its identity; what is trained, by the module that is not a copy
    owners = dict(live.named_parameters(remove_duplicate=False)) if weights else {}
    found = []
    for place, weight in enumerate(weights):
        tensor = owners.get(weight.name)
        origin = (id(tensor), 0) if tensor is not None else (id(live), place + 1)
        found.append(weight.evolve(trainable=tensor is not None and tensor.requires_grad, origin=origin))
    return tuple(found)


def _parts(piece: Piece, ran: bool) -> list[Part]:
    reason = getattr(piece.layer, "reason", "")
    lost = isinstance(piece.layer, UnknownLayer) and piece.layer.stored is None
    base = Built(UNKNOWN_OUTPUTS, piece.weights, note=reason, unknown=reason if lost else "")
    if not piece.calls:
        return [Part(piece.name, piece.layer, (), base._replace(costed=ran))]
    parts = []
    for call in piece.calls:
        inputs, whole, built = call.inputs, scripted(piece.module) or lost, None
        if isinstance(piece.layer, Layer):
            inputs, built = _ruled(piece.layer, call)
            whole = True
        step = base._replace(outs=call.outs, work=_counted(call.macs if whole else call.own))
        if built is not None and MAPPED not in call.lacking:
            step = step._replace(work=built.work, states=built.states)
        elif lacking := call.lacking if whole else call.own_lacking:
            least = f"its multiply-adds are the least there can be: no formula for {', '.join(lacking)}"
            note = f"{reason}; {least}" if reason else least
            step = step._replace(costed=False, note=note, unknown=note if lost else "")
        parts.append(Part(piece.name, piece.layer, inputs, step))
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
    # the owner of some of the tensors; if all belong to another module, the row states it
    owners: dict[Foreign, tuple[Piece, str]] = {}
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
            outs = listed(built.outs)[: len(call.outs)]  # an option may reduce its outputs
            if call.packed:  # of which the states have an axis that the steps have not
                outs, call = outs[:1], call._replace(outs=call.outs[:1])
            if outs != call.outs:
                yield f"{piece.name}: the rule gives {shapes_text(outs)}, the module gave {shapes_text(call.outs)}"


def verify_module(module: Foreign, by: Installed) -> Verification:
    """Compare the reading of a live module with the tensors it has."""
    start = perf_counter()
    with reading(module):
        return _verified(module, by, start)


def _verified(module: Foreign, by: Installed, start: float) -> Verification:
    read = _read(module, None)
    report = read.report()
    if not report.exact:
        waits = any(_lazy(piece.module) for piece in read.pieces)
        raise ParamcalcError(
            f"{report.name} has weights that are not known: {report.warnings[0]}",
            suggestion="run it once, or read it with from_torch and an input_shape" if waits else None,
        )
    held = {id(piece.layer): tensors_of(piece.module) for piece in read.pieces if isinstance(piece.layer, Layer)}
    found, _ = model_differences(report, ModelAnswer(held, {}, tensors_of(module, once=True)), by.framework.title)
    remarks = [f"{piece.name}: {piece.layer.reason}" for piece in read.pieces if isinstance(piece.layer, UnknownLayer)]
    return verified(report, replace(by, backend=LIVE), start, found, remarks)
