"""Tensors of a file become the layers of a model: one row for each module, by the paths of the tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from math import prod
from typing import NamedTuple

from ...core.built import Applicable, Built, Weight
from ...core.kinds import OptionValue
from ...core.rule import Layer, Rule
from ...core.shapes import UNKNOWN_OUTPUTS, UNKNOWN_SHAPE, AnyShape
from ...core.storage import Storage
from ...errors import FileError
from ...graph.model import Model
from ...graph.node import Node
from ...graph.unknown_layers import UnknownLayer
from .data import Contents, FileTensor, check_count
from .packed import BEARERS, Unpacked, unpack
from .recognition import ATTENTION, INNER, Evidence, Recognised, evidence, recognise

PLAIN = "tensors"  # the type of a row without a rule
NO_RULE = "no rule has these weights"
LISTED = 5  # names that a warning lists
BUFFERS = (
    *("running_mean", "running_var", "num_batches_tracked"),
    *("position_ids", "relative_position_index", "relative_coords_table", "attn_mask", "masked_bias"),
    *("inv_freq", "cos_cached", "sin_cached", "freqs_cis", "final_logits_bias", "e_score_correction_bias"),
)
"""Names under which models keep buffers. An integer or a truth value is one under any name: it has no gradient."""

COUNTED = (*BEARERS, "bias")  # the rest of a quantized module scales and orders them

Members = dict[str, FileTensor]


class StoredLayer(Layer):
    """A layer whose weights a file stores; what it reads is unknown.

    Parameters
    ----------
    rule : Rule
    options : dict
        Those that its weights decide.
    type : str
        What to call it: one class, or several that have these weights.
    weights : tuple of Weight
    guessed : bool
        Whether the weights are taken as trained although the file does not say it.
    stored_as : Storage, optional
    note : str
    """

    def __init__(
        self,
        rule: Rule,
        options: dict[str, OptionValue],
        name: str | None,
        type: str,
        weights: tuple[Weight, ...],
        guessed: bool,
        stored_as: Storage | None = None,
        note: str = "",
    ) -> None:
        super().__init__(rule, options)
        self.name = name
        self._type, self._weights, self._guessed, self._note = type, weights, guessed, note
        self.stored_as: Storage | None = stored_as

    @property
    def type(self) -> str:
        """Its class, or several that have these weights."""
        return self._type

    def copy_with(self, name: str | None, options: dict[str, OptionValue] | None = None) -> StoredLayer:
        """Make another such layer, of another name."""
        held = (self._type, self._weights, self._guessed, self.stored_as, self._note)
        made = StoredLayer(self.rule, self.options if options is None else options, name, *held)
        made.frozen = self.frozen
        return made

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Give the weights; the outputs depend on options that no weight shows, such as a stride."""
        return Built(UNKNOWN_OUTPUTS, self._weights, note=self._note, costed=False, guessed=self._guessed)

    def __getstate__(self) -> tuple[None, dict[str, object]]:
        return None, {**super().__getstate__()[1], **vars(self)}


def model_of(contents: Contents, what: str, name: str | None = None) -> Model:
    """Make a model of what a file holds.

    Parameters
    ----------
    contents : Contents
    what : str
        What the file is, for the report: ``a safetensors file``.
    name : str, optional

    Raises
    ------
    FileError
        When it has no tensors, or two of one name.
    """
    check_count(len(contents.tensors))
    once, tied = _once(contents)
    if not once and not contents.unread:
        aside = f": it holds {_aside(contents)} alone" if contents.aside else ""
        raise FileError(f"no tensors of a model in the file{aside}", expected="the weights of a model")
    rows: list[Applicable] = []
    taken: set[str] = set()
    for path, members in modules(once).items():
        row = _row(path, members, contents.classes.get(path, ""))
        row.name = _free(path or row.label, taken)
        rows.append(row)
    rows += [UnknownLayer(PLAIN, reason, _free(path, taken)) for path, reason in contents.unread.items()]
    model = Model.from_nodes([UNKNOWN_SHAPE], [Node(row, ()) for row in rows], (), name or "weights")
    model.type = "Weights"
    model.warnings = [*_warnings(contents, what, tied, rows)]
    return model


def _free(name: str, taken: set[str]) -> str:
    one, count = name, 1
    while one in taken:
        count += 1
        one = f"{name}_{count}"
    taken.add(one)
    return one


def _once(contents: Contents) -> tuple[list[FileTensor], dict[str, str]]:
    # each tensor once; the further names of one, each with the first
    first: dict[object, str] = {}
    names: set[str] = set()
    kept, tied = [], dict(contents.tied)
    for tensor in contents.tensors:
        if tensor.name in names:
            raise FileError("two tensors of one name", expected="different names", received=tensor.name)
        names.add(tensor.name)
        if tensor.view is not None and tensor.size:
            other = first.setdefault((tensor.view, tensor.shape, tensor.dtype), tensor.name)
            if other != tensor.name:
                tied[tensor.name] = other
                continue
        kept.append(tensor)
    return kept, {name: other for name, other in tied.items() if other in names}


def modules(tensors: Iterable[FileTensor]) -> dict[str, Members]:
    """Group tensors by module: each by its name within the module; what attention has inside belongs to it."""
    found: dict[str, Members] = {}
    for tensor in tensors:
        path, _, last = tensor.name.rpartition(".")
        above, inside, below = tensor.name.partition(".weight.")
        if inside:  # weight.absmax belongs to the weight
            path, last = above, f"weight.{below}"
        found.setdefault(path, {})[last] = tensor
    for path in [path for path, members in found.items() if any(name in members for name in ATTENTION)]:
        inner = f"{path}.{INNER}" if path else INNER
        members = found.get(inner, {})
        if members and members.keys() <= {"weight", "bias"}:
            found[path] |= {f"{INNER}.{name}": tensor for name, tensor in found.pop(inner).items()}
    return found


class Form(NamedTuple):
    """What tensors of certain shapes make of a module; modules alike in them have it in common.

    Attributes
    ----------
    found : Recognised or None
        The layer that they form, where a rule has these weights.
    type : str
    weights : tuple of Weight
    guessed : bool
    stored : Storage
    note : str
        What is worth saying about it; without a rule, why it has none.
    more : bool
        Whether there may be more numbers than are counted.
    told : str or None
        What stands in the report's warnings, if not the note.
    """

    found: Recognised | None
    type: str
    weights: tuple[Weight, ...]
    guessed: bool
    stored: Storage
    note: str = ""
    more: bool = False
    told: str | None = None

    def row(self, name: str | None = None) -> StoredLayer | UnknownLayer:
        """Make a row of it."""
        if self.found is not None:
            layer = self.found.layer
            return StoredLayer(
                layer.rule, layer.options, name, self.type, self.weights, self.guessed, self.stored, self.note
            )
        row = UnknownLayer(
            self.type, self.note, name, self.weights, more=self.more, told=self.told, guessed=self.guessed
        )
        row.stored_as = self.stored
        return row


def _row(path: str, members: Members, class_name: str) -> StoredLayer | UnknownLayer:
    told = evidence(path.rpartition(".")[2], class_name)
    # all that a form depends on; where the tensors lie is no part of it
    form = _form(
        told, tuple([(name, one.shape, one.dtype, one.parameter, one.trainable) for name, one in members.items()])
    )
    return form.row(None if path or form.found is not None or form.note != NO_RULE else PLAIN)


@lru_cache(4096)
def _form(told: Evidence, tensors: tuple[tuple[str, tuple[int, ...], str, bool | None, bool | None], ...]) -> Form:
    members = {
        name: FileTensor(name, shape, dtype, None, parameter, trainable)
        for name, shape, dtype, parameter, trainable in tensors
    }
    stored = Storage.of((tensor.dtype, tensor.bytes) for tensor in members.values())
    packed = unpack(members)
    if packed is not None:
        return _packed(members, packed, stored)
    found = recognise({name: tensor.shape for name, tensor in members.items()}, told)
    if found is not None and _agree(found, members):
        weights = tuple(_trained(weight, members[weight.path]) for weight in found.weights)
        return Form(found, found.type, weights, _guessed(members), stored)
    weights = tuple(_plain(name, tensor) for name, tensor in members.items())
    return Form(None, told.class_name or PLAIN, weights, _guessed(members), stored, NO_RULE, told="")


def _packed(members: Members, packed: Unpacked, stored: Storage) -> Form:
    bias = members.get("bias")
    shapes = {"weight": packed.shape} | ({"bias": bias.shape} if bias is not None else {})
    weights = tuple(Weight(name, shape) for name, shape in shapes.items())
    kept = tuple(Weight(name, tensor.shape, buffer=True) for name, tensor in members.items() if name not in COUNTED)
    numbers = sum(map(prod, shapes.values()))
    if packed.least:
        reason = "its weight is packed, and the file does not say how many numbers stand in one"
        return Form(None, PLAIN, (*weights, *kept), True, stored, reason, more=True)
    bits = f"{packed.scheme}: {packed.bits} bits per number, {_ratio(8 * stored.size, numbers)} with its scales"
    found = recognise(shapes, evidence("linear", "Linear"))
    counted = found.weights if found is not None else weights
    return Form(found, found.type if found is not None else PLAIN, (*counted, *kept), True, stored, bits)


def _ratio(bits: int, numbers: int) -> str:
    return f"{bits / numbers:.2f}" if numbers else "0"


def _guessed(members: Mapping[str, FileTensor]) -> bool:
    return any(tensor.trainable is None and tensor.parameter is not False for tensor in members.values())


def _agree(found: Recognised, members: Members) -> bool:
    # what the file calls a parameter is one of the rule as well, and has numbers that a layer computes with
    for weight in found.weights:
        tensor = members[weight.path]
        if tensor.parameter is not None and tensor.parameter is weight.buffer:
            return False
        if not weight.buffer and not _learnable(tensor):
            return False
    return True


def _learnable(tensor: FileTensor) -> bool:
    return tensor.dtype.startswith(("float", "bfloat", "complex"))


def _trained(weight: Weight, tensor: FileTensor) -> Weight:
    return replace(weight, trainable=False) if tensor.trainable is False and not weight.buffer else weight


def _plain(name: str, tensor: FileTensor) -> Weight:
    buffer = tensor.parameter is False
    if tensor.parameter is None:
        buffer = not _learnable(tensor) or name in BUFFERS
    return Weight(name, tensor.shape, trainable=tensor.trainable is not False, buffer=buffer)


def _aside(contents: Contents) -> str:
    return ", ".join(f"{what} ({count:,} numbers)" for what, count in contents.aside.items())


def _warnings(contents: Contents, what: str, tied: dict[str, str], rows: list[Applicable]) -> Iterable[str]:
    if any(isinstance(row, UnknownLayer) and row.guessed for row in rows):
        yield f"{what} does not say which tensors are parameters: those without a rule count, integers aside"
    if tied:
        pairs = [f"{name} is {other}" for name, other in list(tied.items())[:LISTED]]
        more = f", and {len(tied) - LISTED:,} more" if len(tied) > LISTED else ""
        yield f"stored once, under two names: {', '.join(pairs)}{more}"
    if contents.aside:
        yield f"not counted: {_aside(contents)}"
    yield from contents.notes
