"""What the tensors of a module make of it: the layer that they form, its weights, and how the file stores them.

Modules that differ in their sizes alone have one form in general, found once on symbols and bound to sizes after that.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from math import prod
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from ...core.built import Built, Weight
from ...core.rule import Layer, Rule
from ...core.shapes import UNKNOWN_OUTPUTS, AnyShape
from ...core.storage import Storage
from ...graph.unknown_layers import UnknownLayer
from ...symbolic import Expr, symbols
from ...untyped import OptionValue
from .data import DTYPES, FileTensor
from .packed import BEARERS, Unpacked, is_plain, unpack
from .recognition import Evidence, Recognised, evidence, of_any_size, recognise

PLAIN = "tensors"  # the type of a row without a rule
NO_RULE = "no rule has these weights"
BUFFERS = (
    *("running_mean", "running_var", "num_batches_tracked"),
    *("position_ids", "relative_position_index", "relative_coords_table", "attn_mask", "masked_bias"),
    *("inv_freq", "cos_cached", "sin_cached", "freqs_cis", "final_logits_bias", "e_score_correction_bias"),
)
"""Names under which models keep buffers. An integer or a truth value is one under any name: it has no gradient."""

COUNTED = (*BEARERS, "bias")  # the rest of a quantized module scales and orders them

Members = dict[str, FileTensor]
Described: TypeAlias = tuple[tuple[str, tuple[int, ...], str, bool | None, bool | None], ...]  # each without its place
Bound: TypeAlias = Callable[[tuple[int, ...]], OptionValue]  # an option, by the sizes that differ


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

    __slots__ = ("_guessed", "_note", "_type", "_weights", "stored_as")

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

    def identity(self) -> Hashable:
        """Give what its answer depends on: all but its name. Layers of one form have the rest in common."""
        held = self._type, self._guessed, self._note, id(self._weights)
        return StoredLayer, self.frozen, self.rule, id(self.options), *held

    def copy_with(self, name: str | None, options: dict[str, OptionValue] | None = None) -> StoredLayer:
        """Make another such layer, of another name."""
        held = (self._type, self._weights, self._guessed, self.stored_as, self._note)
        made = StoredLayer(self.rule, self.options if options is None else options, name, *held)
        made.frozen = self.frozen
        return made

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Give the weights; the outputs depend on options that no weight shows, such as a stride."""
        return Built(UNKNOWN_OUTPUTS, self._weights, note=self._note, costed=False, guessed=self._guessed)


class Form(NamedTuple):
    """What tensors of certain shapes make of a module; modules alike in them have it in common.

    Attributes
    ----------
    rule : Rule or None
        Of the layer that they form, where a rule has these weights.
    options : dict
        Those that the weights decide.
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

    rule: Rule | None
    options: dict[str, OptionValue]
    type: str
    weights: tuple[Weight, ...]
    guessed: bool
    stored: Storage
    note: str = ""
    more: bool = False
    told: str | None = None

    def row(self, name: str | None = None) -> StoredLayer | UnknownLayer:
        """Make a row of it."""
        if self.rule is not None:
            held = (self.type, self.weights, self.guessed, self.stored, self.note)
            return StoredLayer(self.rule, self.options, name, *held)
        row = UnknownLayer(
            self.type, self.note, name, self.weights, more=self.more, told=self.told, guessed=self.guessed
        )
        row.stored_as = self.stored
        return row


def form_of(members: Members, told: Evidence) -> Form:
    """Say what the tensors of a module make of it.

    Parameters
    ----------
    members : dict of str to FileTensor
        By their names within the module.
    told : Evidence
    """
    # all that a form depends on; where the tensors lie is no part of it
    known = [(name, one.shape, one.dtype, one.parameter, one.trainable) for name, one in members.items()]
    return _form(told, tuple(known))


@lru_cache(4096)
def _form(told: Evidence, tensors: Described) -> Form:
    places: dict[int, int] = {}  # of the sizes that differ
    general: list[tuple[str, tuple[int, ...], str, bool | None, bool | None]] = []
    for name, shape, dtype, parameter, trainable in tensors:
        numbered = tuple([places.setdefault(size, len(places)) for size in shape])
        general.append((name, numbered, dtype, parameter, trainable))
    found = _general_form(told, tuple(general)) if 0 not in places else None
    return _made(told, _members(tensors)) if found is None else found.bound(tensors, tuple(places))


def _members(tensors: Described) -> Members:
    return {
        name: FileTensor(name, shape, dtype, None, parameter, trainable)
        for name, shape, dtype, parameter, trainable in tensors
    }


def _made(told: Evidence, members: Members) -> Form:
    stored = Storage.of((tensor.dtype, tensor.bytes) for tensor in members.values())
    packed = unpack(members)
    return _unpacked(told, members, stored) if packed is None else _packed(members, packed, stored)


def _unpacked(told: Evidence, members: Members, stored: Storage) -> Form:
    found = recognise({name: tensor.shape for name, tensor in members.items()}, told)
    if found is not None and _agree(found, members):
        weights = tuple(_trained(weight, members[weight.path]) for weight in found.weights)
        return Form(found.layer.rule, found.layer.options, found.type, weights, _guessed(members), stored)
    weights = tuple(_plain(name, tensor) for name, tensor in members.items())
    return Form(None, {}, told.class_name or PLAIN, weights, _guessed(members), stored, NO_RULE, told="")


# --- forms on symbols ------------------------------------------------------------------------------------------------


class GeneralForm(NamedTuple):
    """A form on symbols, each of which stands for a size.

    Attributes
    ----------
    form : Form
    options : dict of str to function of sizes
        The options that are sizes.
    weights : tuple of (int, callable)
        The place of each weight among the tensors, and what makes it of a shape.
    """

    form: Form
    options: dict[str, Bound]
    weights: tuple[tuple[int, Callable[[tuple[int, ...]], Weight]], ...]

    def bound(self, tensors: Described, sizes: tuple[int, ...]) -> Form:
        """Give the form of certain tensors, whose sizes that differ are these."""
        form = self.form
        options = form.options.copy()
        for name, option in self.options.items():
            options[name] = option(sizes)
        weights = tuple([made(tensors[place][1]) for place, made in self.weights])
        stored: dict[str, int] = {}
        for _, shape, dtype, _, _ in tensors:
            stored[dtype] = stored.get(dtype, 0) + (prod(shape) * DTYPES[dtype] + 7) // 8
        rest = form.note, form.more, form.told
        return Form(form.rule, options, form.type, weights, form.guessed, Storage(stored), *rest)


@lru_cache(4096)
def _general_form(told: Evidence, tensors: Described) -> GeneralForm | None:
    # places stand where a shape has sizes; ``None`` where numbers decide what it is
    members = _members(tensors)
    if not is_plain(members) or not of_any_size(members):
        return None
    sizes = [symbols(f"size{place}_") for place in range(1 + max((at for one in tensors for at in one[1]), default=0))]
    on_symbols = {name: one._replace(shape=tuple(sizes[at] for at in one.shape)) for name, one in members.items()}
    form = _unpacked(told, on_symbols, Storage({}))
    names = [*members]
    places = {size: place for place, size in enumerate(sizes)}
    options = {name: _bound(value, places) for name, value in form.options.items() if _has_any(value, places)}
    weights = tuple((names.index(weight.path), _shaped(weight)) for weight in form.weights)
    return GeneralForm(form, options, weights)


def _shaped(weight: Weight) -> Callable[[tuple[int, ...]], Weight]:
    name, _, *rest = [getattr(weight, field) for field in Weight.__match_args__]
    return lambda shape: Weight(name, shape, *rest)


def _has_any(value: OptionValue, places: Mapping[Expr, int]) -> bool:
    inner = value if isinstance(value, tuple) else (value,)
    return any(isinstance(one, Expr) and one in places for one in inner)


def _bound(value: OptionValue, places: Mapping[Expr, int]) -> Bound:
    # recognition takes each size of a layer from a shape, so that it is one of the symbols
    if isinstance(value, tuple):
        inner = [_bound(one, places) for one in value]
        return lambda sizes: tuple([one(sizes) for one in inner])
    if isinstance(value, Expr):
        return itemgetter(places[value])
    return lambda sizes: value


# --- quantized -------------------------------------------------------------------------------------------------------


def _packed(members: Members, packed: Unpacked, stored: Storage) -> Form:
    bias = members.get("bias")
    shapes = {"weight": packed.shape} | ({"bias": bias.shape} if bias is not None else {})
    weights = tuple(Weight(name, shape) for name, shape in shapes.items())
    kept = tuple(Weight(name, tensor.shape, buffer=True) for name, tensor in members.items() if name not in COUNTED)
    numbers = sum(map(prod, shapes.values()))
    if packed.least:
        reason = "its weight is packed, and the file does not say how many numbers stand in one"
        return Form(None, {}, PLAIN, (*weights, *kept), True, stored, reason, more=True)
    bits = f"{packed.scheme}: {packed.bits} bits per number, {_ratio(8 * stored.size, numbers)} with its scales"
    found = recognise(shapes, evidence("linear", "Linear"))
    if found is None:
        return Form(None, {}, PLAIN, (*weights, *kept), True, stored, bits)
    layer = found.layer
    return Form(layer.rule, layer.options, found.type, (*found.weights, *kept), True, stored, bits)


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
    return weight.evolve(trainable=False) if tensor.trainable is False and not weight.buffer else weight


def _plain(name: str, tensor: FileTensor) -> Weight:
    buffer = tensor.parameter is False
    if tensor.parameter is None:
        buffer = not _learnable(tensor) or name in BUFFERS
    return Weight(name, tensor.shape, trainable=tensor.trainable is not False, buffer=buffer)
