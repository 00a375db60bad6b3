"""Symbolic tensors: calling layers on them draws the graph a model is made of, as in Keras."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from ..errors import Disagreement, GraphError, ParamcalcError, ShapeError, Verbatim
from ..symbolic import Expr, Size, is_known, leaves, unknown
from .built import Applicable, Built
from .kinds import MAX_AXES, size as checked_size
from .shapes import AnyShape, Shape, UnknownShape, listed, shape_text

BATCH = unknown("B")


class Tensor:
    """A symbolic tensor: a shape, and the call that makes it (``None`` for an input)."""

    __slots__ = ("index", "name", "shape", "source")

    def __init__(self, shape: AnyShape, source: Call | None = None, index: int = 0, name: str | None = None) -> None:
        self.shape = shape
        self.source = source
        self.index = index
        self.name = name

    def __repr__(self) -> str:
        return f"Tensor({shape_text(self.shape)})"


Tensors: TypeAlias = Tensor | tuple[Tensor, ...]  # what a layer gives: one tensor, or several
Nested: TypeAlias = Tensor | Sequence["Nested"] | Mapping[str, "Nested"]  # what layers and models take


class Call:
    """A layer called on tensors."""

    __slots__ = ("args", "layer", "states", "switches")

    def __init__(
        self, layer: Applicable, args: tuple[Tensor, ...], states: tuple[Tensor, ...], switches: Mapping[str, bool]
    ) -> None:
        self.layer = layer
        self.args = args
        self.states = states
        self.switches = switches


def Input(shape: Iterable[object], batch_size: object = None, name: str | None = None, dtype: object = None) -> Tensor:
    """Make an input tensor.

    Parameters
    ----------
    shape : list of int, str, Expr or None
        Without the batch. A name is a symbolic size; ``None`` is an unknown size.
    batch_size : int, str or Expr, optional
        Unknown (``B``) when left out.
    name : str, optional
    dtype : optional
        Accepted, as Keras does; it changes no count.

    Raises
    ------
    ShapeError, SizeError
        If the shape is not a list of sizes.
    """
    return Tensor(input_shape(shape, batch_size, name), name=name)


def input_shape(shape: object, batch: object = None, name: str | None = None, first: int = 0) -> Shape:
    """Check the sizes of an input, counted from ``first``, and put the batch in front; ``None`` is an unknown size."""
    if not isinstance(shape, (tuple, list)):
        if isinstance(shape, (str, bytes, Mapping)) or not isinstance(shape, Iterable):
            raise ShapeError("not the shape of an input", expected="a list of sizes, without the batch", received=shape)
        shape = list(shape)
    if len(shape) > MAX_AXES:
        raise ShapeError("an input with too many axes", expected=f"at most {MAX_AXES}", received=len(shape))
    checked: list[Size] = [BATCH if batch is None else _size(batch, "batch")]
    open_axes = False
    for at, size in enumerate(shape):
        if size is None:
            open_axes = True
            checked.append(_unknown_size(at, len(shape), name))
        else:
            checked.append(_size(size, at + first))
    (made,) = disambiguate_unknowns([tuple(checked)]) if open_axes else (tuple(checked),)
    return made


def checked_shape(shape: Shape) -> Shape:
    """Check the sizes of an input with its batch; ``None`` becomes an unknown size.

    Raises
    ------
    ShapeError, SizeError
        If the shape is not a list of sizes.
    """
    if type(shape) is tuple:
        for size in shape:  # as layers pass shapes on: positive numbers and expressions
            if not (type(size) is Expr or (type(size) is int and size > 0)):
                break
        else:
            return shape
    if isinstance(shape, (tuple, list)) and shape:
        return input_shape(shape[1:], shape[0], first=1)
    raise ShapeError("not the shape of an input", expected="a tuple of sizes, the batch first", received=shape)


def disambiguate_unknowns(shapes: Sequence[Shape]) -> list[Shape]:
    """Give unknown sizes distinct names: two unknown lengths may differ from each other and from named sizes."""
    taken = {leaf.args[0] for shape in shapes for size in shape for leaf in leaves(size) if leaf.op == "name"}
    made = []
    for shape in shapes:
        sizes: list[Size] = []
        for size in shape:
            if isinstance(size, Expr) and size.op == "?" and size != BATCH:
                stem, count = size.args[0], 2
                while size.args[0] in taken:
                    size = unknown(f"{stem}{count}")
                    count += 1
                taken.add(size.args[0])
            sizes.append(size)
        made.append(tuple(sizes))
    return made


_AXES = {1: ("T",), 2: ("T", "d_x"), 3: ("H", "W", "C"), 4: ("T", "H", "W", "C")}


def _unknown_size(at: int, axes: int, name: str | None) -> Size:
    # two inputs' unknown lengths are two unknowns: T_encoder, T_decoder
    letter = _AXES[axes][at] if axes in _AXES else f"n{at + 1}"
    return unknown(f"{letter}_{re.sub('[^A-Za-z0-9_]', '_', name)}" if name else letter)


def declared(option: str, value: object) -> Shape:
    """Read the shape a first layer declares: ``input_shape=(13, 5)``, or ``batch_input_shape``.

    Raises
    ------
    ShapeError, SizeError
    """
    if option == "batch_input_shape" and isinstance(value, (list, tuple)) and value:
        return input_shape(value[1:], value[0])
    return input_shape(value)


def _size(value: object, place: int | str) -> Size:
    try:
        return checked_size(value)
    except ParamcalcError as error:
        raise error.at(f"[{place}]" if isinstance(place, int) else place)


def connect(
    layer: Applicable,
    tensors: Nested,
    initial_state: Nested | None = None,
    switches: Mapping[str, bool] | None = None,
) -> Tensors:
    """Call a layer (or model) on tensors; give its output tensor, or a tuple of several."""
    args = flat(tensors)
    states = flat((initial_state,)) if initial_state is not None else ()
    try:
        built = layer.on(*(tensor.shape for tensor in args), **switches or {})
        check_states(layer, built, [tensor.shape for tensor in states])
    except ParamcalcError as error:
        if isinstance(error, Disagreement):
            read = states if isinstance(error, StateDisagreement) else args
            error.name(*(repr(_producer(read[place])) for place in error.inputs))
        raise error.at(f"{layer.label}:")
    call = Call(layer, args, states, switches or {})
    made = tuple(Tensor(shape, call, index) for index, shape in enumerate(listed(built.outs)))
    return made[0] if len(made) == 1 else made


def _producer(tensor: Tensor) -> str:
    return tensor.source.layer.label if tensor.source is not None else tensor.name or "input"


def flat(values: Nested) -> tuple[Tensor, ...]:
    """Lay out nested lists, tuples and dicts of tensors in order.

    Raises
    ------
    GraphError
        When something among them is no tensor.
    """
    found: list[Tensor] = []
    pending: list[object] = [values]
    while pending:
        value = pending.pop()
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, Mapping):
            pending.extend(reversed(list(value.values())))
        elif isinstance(value, (list, tuple)):
            pending.extend(reversed(value))
        else:
            raise GraphError("not a tensor", expected="an output of Input() or of a layer", received=value)
    return tuple(found)


def in_order(outputs: Sequence[Tensor], inputs: Iterable[int]) -> list[Call]:
    """List the calls that lead to the outputs, each after what it reads; ``inputs`` are ids of tensors.

    Raises
    ------
    GraphError
        When an output depends on an input that is not among them.
    """
    known = set(inputs)
    order: list[Call] = []
    done: set[int] = set()
    pending: list[Tensor | Call] = [*reversed(outputs)]
    while pending:
        item = pending.pop()
        if isinstance(item, Call):  # what it reads is in the list by now
            if id(item) not in done:
                done.add(id(item))
                order.append(item)
            continue
        if id(item) in known or id(item.source) in done:
            continue
        if item.source is None:
            raise GraphError(
                f"an output depends on the input {item.name or shape_text(item.shape)}",
                suggestion="list it among the model's inputs",
            )
        pending.append(item.source)
        pending.extend(reversed(item.source.args + item.source.states))
    return order


class StateDisagreement(Disagreement):
    """An initial state of another size than the layer keeps."""

    def describe(self, first: str, second: str, sizes: tuple[object, object], axis: int) -> str:
        """Tell the disagreement; ``first`` is who gives the state."""
        return f"{first} gives an initial state of {sizes[0]}, the layer keeps states of {sizes[1]}"


def check_states(layer: Applicable, built: Built, shapes: Sequence[AnyShape]) -> None:
    """Check initial states against those a layer keeps.

    Raises
    ------
    ShapeError
        When the layer keeps no state, another number of states, or states of other sizes.
    """
    if not shapes:
        return
    if len(shapes) != len(built.states):
        raise ShapeError(f"initial states for {layer.type}", expected=f"{len(built.states)}", received=len(shapes))
    for place, (given, kept) in enumerate(zip(shapes, built.states, strict=True)):
        if isinstance(given, UnknownShape):
            continue
        if len(given) != len(kept):
            raise ShapeError(
                f"initial state {place + 1}", expected=shape_text(kept), received=Verbatim(shape_text(given))
            )
        for axis, (a, b) in enumerate(zip(given, kept, strict=True)):
            if a != b and is_known(a) and is_known(b):
                raise StateDisagreement((place, place), (a, b), axis)
