"""Tensors that are kept from the forward pass for the backward pass, each once over the graph.

What is kept is a property of the kernels, not of the layer. So it follows a named convention: a table that says for a
class of layers what its kernels do with the memory of tensors. A tensor that a layer keeps may be one of its inputs or
outputs, which another layer may keep as well, or its own; memory counts once. A layer whose class is not in the table
has an unknown number of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from ....core.framework import title
from ....core.products import State
from ....core.registry import of_class
from ....core.rule import Layer
from ....core.shapes import Shape, UnknownShape, listed
from ....core.totals import summed
from ....errors import OptionError, nearest
from ....graph.model import Model
from ....graph.program import Program
from ....loading import load
from ....symbolic import Size
from ..passes import Use
from .values import Call, Keeping, Memory, Tape, Value, value_of

if TYPE_CHECKING:
    from .programs import Walk

WALK = "parts of forward"  # that were not followed


class Tensor(NamedTuple):
    """A tensor that a layer keeps.

    Attributes
    ----------
    name : str
        What it is, for people: ``"gates"``, ``"input"``.
    size : int or Expr
        Number of elements.
    dtype : str
        Its own dtype, such as ``int64`` of indices; empty for that of the computation.
    """

    name: str
    size: Size
    dtype: str = ""


class Convention(NamedTuple):
    """A convention of what is kept.

    Attributes
    ----------
    name : str
    text : str
        What it is, in a sentence.
    framework : str
        Whose layers it is about.
    table : str
        ``"module:function"`` that gives the `Keeping` of a class, or ``None``.
    programs : str
        ``"module:class"`` that goes through the steps of a program; empty where functions between layers have no rules.
    """

    name: str
    text: str
    framework: str
    table: str
    programs: str = ""


_LEAST = (
    "the gradients need at least: what their formulas read, except what follows from the rest"
    " without a product or another time step"
)
CONVENTIONS = (
    Convention(
        "torch",
        "the CPU kernels of PyTorch 2.13 keep, without oneDNN",
        "torch",
        f"{__package__}.torch_layers:keeping",
        f"{__package__}.programs:Walk",
    ),
    Convention(
        "keras-jax",
        "jax 0.10 keeps for the gradient of Keras 3.15, before XLA optimizes the program",
        "keras",
        f"{__package__}.keras_layers:keeping",
    ),
    Convention("minimum", _LEAST, "torch", f"{__package__}.minimum_layers:of_torch"),
    Convention("minimum", _LEAST, "keras", f"{__package__}.minimum_layers:of_keras"),
)  # of each framework, the first is the usual one


def names_of_conventions() -> list[str]:
    """List the names of the conventions."""
    return [*dict.fromkeys(one.name for one in CONVENTIONS)]


def convention_of(framework: str, name: str | None = None) -> Convention | None:
    """Find the convention of a framework, the usual one where no name is given.

    Raises
    ------
    OptionError
        For a name that is none, and for one of another framework.
    """
    own = [one for one in CONVENTIONS if one.framework == framework]
    if name is None:
        return next(iter(own), None)
    found = next((one for one in own if one.name == name), None)
    if found is None:
        names = [one.name for one in own]
        elsewhere = name in names_of_conventions()
        raise OptionError(
            f"this convention of kept activations does not apply to layers of {title(framework)}"
            if elsewhere
            else f"unknown convention of kept activations for layers of {title(framework)}",
            expected=" or ".join(names) or "none, since there is no table of what these layers keep",
            received=name,
            suggestion=nearest(name, names) if isinstance(name, str) and not elsewhere else None,
        )
    return found


class Found(NamedTuple):
    """What a use of a layer keeps, as far as no use before it keeps the same tensor.

    Attributes
    ----------
    tensors : tuple of Tensor
    known : bool
        Whether these are all.
    inner : list of Found
        What the layers inside keep.
    """

    tensors: tuple[Tensor, ...]
    known: bool
    inner: list[Found]

    @property
    def everything(self) -> tuple[Tensor, ...]:
        """The tensors of the layers inside, too."""
        return (*self.tensors, *(one for inner in self.inner for one in inner.everything))

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, inside included."""
        return self.known and all(inner.complete for inner in self.inner)

    @property
    def elements(self) -> Size:
        """Number of elements."""
        return summed(one.size for one in self.everything)


class Beside(NamedTuple):
    """What a function keeps that is called beside the layers of a program.

    Attributes
    ----------
    name : str
    found : Found
    """

    name: str
    found: Found


class KeptByAll(NamedTuple):
    """What a model keeps.

    Attributes
    ----------
    uses : list of Found
        For every use of a layer.
    beside : list of Beside
        For every function that keeps something, or of which that is unknown.
    missing : str
        What it is unknown of, with its place; empty where all is known, or nothing at all.
    bounded : bool
        Whether what is listed is surely kept, also where it is not all.
    """

    uses: list[Found]
    beside: Sequence[Beside] = ()
    missing: str = ""
    bounded: bool = False


class _Kept(NamedTuple):
    # what a use keeps, before it is known which of it follows from what others keep
    memories: tuple[tuple[Memory, str], ...] = ()
    known: bool = True
    inner: tuple[_Kept, ...] = ()

    def found(self, spared: frozenset[Memory]) -> Found:
        tensors = (Tensor(name, one.size, one.dtype) for one, name in self.memories if one not in spared)
        return Found(tuple(tensors), self.known, [inner.found(spared) for inner in self.inner])


UNKNOWN = _Kept((), False)


def kept(
    model: Model,
    found: Sequence[Use],
    convention: Convention | None,
    lengths: Sequence[int] = (),
    inputs: Sequence[bool] = (),
) -> KeptByAll:
    """List what every use of a layer keeps, memory once.

    The inputs of the whole model are not counted: they are data, and are there in any case.

    Parameters
    ----------
    model : Model
    found : list of Use
    convention : Convention, optional
    lengths : list of int
        Of the sequences that recurrent layers read, if they are packed.
    inputs : list of bool
        Whether a gradient of each input of the model is wanted; of none when left out.
    """
    if model.program is not None and convention is not None and convention.programs and not lengths:
        return _followed(model, model.program, found, convention, inputs)
    tape = Tape()
    given = [
        value_of(() if isinstance(shape, UnknownShape) else shape, Memory(0, counted=False))
        for shape in model.input_shapes
    ]
    every, _ = _run(model, found, convention, given, tape, tuple(lengths))
    spared = tape.spared()
    return KeptByAll([one.found(spared) for one in every])


def _followed(
    model: Model, program: Program, found: Sequence[Use], convention: Convention, inputs: Sequence[bool]
) -> KeptByAll:
    given = [
        value_of(() if isinstance(shape, UnknownShape) else shape, Memory(0, counted=False), live)
        for shape, live in zip_longest(model.input_shapes, inputs, fillvalue=False)
        if not isinstance(shape, bool)
    ]
    walk: Walk = load(convention.programs)(
        program, given, [use.part for use in found], [use.live for use in found], partial(_keeping_of, convention)
    )
    seen: set[Memory] = set()
    of_parts: dict[int, list[Found]] = {}
    beside: list[Beside] = []
    missing = ""
    for one in walk.done:
        if not one.reached:
            continue
        new = [memory for memory in one.kept if memory not in seen] if one.surely_reached else []
        seen.update(new)
        tensors = tuple(Tensor(memory.name, memory.size, memory.dtype) for memory in new)
        each = Found(tensors, one.known and one.surely_reached, [])
        missing = missing or ("" if one.known else f"{one.name} ({one.step.source})")
        if one.step.part is not None:
            of_parts.setdefault(one.step.part, []).append(each)
        elif tensors or not one.known:
            beside.append(Beside(one.name, each))
    whole = Found((), walk.complete, [])
    several = [_together([whole, *of_parts.get(at, [])]) for at in range(len(found))]
    return KeptByAll(several, beside, missing or ("" if walk.complete else WALK), True)


def _together(several: Sequence[Found]) -> Found:
    return Found(tuple(tensor for one in several for tensor in one.tensors), all(one.known for one in several), [])


def _keeping_of(convention: Convention, layer: Layer) -> Keeping | None:
    # another rule may be registered by the name
    own = layer.framework == convention.framework and of_class(layer.type, convention.framework) is layer.rule
    return load(convention.table)(layer.type) if own else None


def _run(
    model: Model,
    found: Sequence[Use],
    convention: Convention | None,
    inputs: Sequence[Value],
    tape: Tape,
    lengths: tuple[int, ...],
) -> tuple[list[_Kept], list[Value]]:
    if not model.nodes:  # a live module, whose connections are in its code
        return [UNKNOWN for _ in found], []
    values: list[list[Value]] = [[one] for one in inputs]
    kept_by: list[_Kept] = []
    for node, use in zip(model.nodes, found, strict=True):
        read = [values[position][index] for position, index in node.args]
        if isinstance(use.part.layer, Model) and use.inner:
            inner, outputs = _run(use.part.layer, use.inner, convention, read, tape, lengths)
            kept_by.append(_Kept((), True, tuple(inner)))
            values.append(outputs)
            continue
        states = [values[position][index] for position, index in node.states]
        if node.masks:
            read = [one._replace(masked=True) for one in read]
        one, made = _layer(use, read, states, convention, tape, node.call or {}, lengths)
        kept_by.append(one)
        values.append(made)
    return kept_by, [values[position][index] for position, index in model.outputs]


def _layer(
    use: Use,
    read: Sequence[Value],
    states: Sequence[Value],
    convention: Convention | None,
    tape: Tape,
    switches: Mapping[str, bool],
    lengths: tuple[int, ...],
) -> tuple[_Kept, list[Value]]:
    layer, built = use.part.layer, use.part.built
    outs = [() if isinstance(shape, UnknownShape) else shape for shape in listed(built.outs)]
    shapes: list[Shape] = [shape for shape in use.part.inputs if not isinstance(shape, UnknownShape)]
    unknown = len(shapes) < len(use.part.inputs) or any(isinstance(shape, UnknownShape) for shape in listed(built.outs))
    keeping: Keeping | None = None
    if convention is not None and isinstance(layer, Layer) and not unknown:
        keeping = _keeping_of(convention, layer)
    anything = [value_of(shape)._replace(masked=True) for shape in outs]
    if keeping is None or not isinstance(layer, Layer):
        return UNKNOWN, anything
    call = Call(
        layer,
        tuple(one._replace(live=at in use.live) for at, one in enumerate(_shaped(read, shapes))),
        built.shapes(),
        tuple(one._replace(live=State(at) in use.live) for at, one in enumerate(states)),
        built.states,
        use.live,
        tape.copy() if not use.reached else tape,
        switches,
        lengths,
    )
    before = len(tape.kept)
    made = keeping(call)
    if made is None:
        return UNKNOWN, anything
    masked = any(one.masked for one in read)
    names = {one.memory: "output" for one in made} | {one.memory: "input" for one in read}
    memories = ((one, names.get(one, one.name)) for one in islice(tape.kept, before, None))
    return _Kept(tuple(memories)), [one._replace(masked=one.masked or masked) for one in made]


def _shaped(read: Sequence[Value], shapes: Sequence[Shape]) -> list[Value]:
    return [one._replace(shape=shape) for one, shape in zip(read, shapes, strict=True)]
