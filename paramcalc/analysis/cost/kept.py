"""Tensors that are kept from the pass forwards for the pass backwards, each once over the graph.

What is kept is a property of the kernels, not of the layer. So it follows a named convention: a table that says for a
class of layers which tensors its kernels keep. A tensor may be an input or an output of the layer, which another layer
may keep as well, or the layer's own. A layer whose class is not in the table has an unknown number of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ...core.built import Applicable, Shape, UnknownShape, listed
from ...core.products import Source
from ...core.rule import Layer
from ...core.totals import summed
from ...graph.model import Model
from ...loading import load
from ...symbolic import Size
from .passes import Use

ANYTHING: frozenset[Source] | None = None


class Tensor(NamedTuple):
    """A tensor that a layer keeps.

    Attributes
    ----------
    name : str
        What it is, for people: ``"gates"``, ``"input"``.
    size : int or Expr
        Number of elements.
    input, output : int or None
        Which input or output of the layer it is; a tensor of the layer's own is neither.
    dtype : str
        Its own dtype, such as ``bool`` of a mask; empty for that of the computation.
    when : frozenset of Source or None
        It is kept if one of these needs a gradient; ``None``: if anything does.
    """

    name: str
    size: Size
    input: int | None = None
    output: int | None = None
    dtype: str = ""
    when: frozenset[Source] | None = ANYTHING


class Keeps(NamedTuple):
    """What a layer keeps.

    Attributes
    ----------
    tensors : tuple of Tensor
    views : mapping of int to int
        Outputs that are views of an input, and so share its memory.
    """

    tensors: tuple[Tensor, ...] = ()
    views: Mapping[int, int] = {}


class Call(NamedTuple):
    """A call of a layer, as a table of kept tensors sees it.

    Attributes
    ----------
    layer : Layer
    inputs, outputs : tuple of shapes
    states : tuple of shapes
        Of the initial states that the layer accepts.
    live : frozenset of Source
        Which inputs, weights and initial states need a gradient.
    """

    layer: Layer
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    states: tuple[Shape, ...]
    live: frozenset[Source]


Keeping = Callable[[Call], Keeps | None]  # None where the table does not know


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
    """

    name: str
    text: str
    framework: str
    table: str


CONVENTIONS = (
    Convention(
        "torch",
        "the CPU kernels of PyTorch 2.13 keep, without oneDNN",
        "torch",
        f"{__package__}.kept_torch:keeping",
    ),
    Convention("keras-jax", "Keras 3.15 keeps on jax 0.10", "keras", f"{__package__}.kept_keras:keeping"),
)


def convention_of(framework: str) -> Convention | None:
    """Find the convention of a framework."""
    return next((one for one in CONVENTIONS if one.framework == framework), None)


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


Identity = object  # tensors are the same if these are


def kept(
    model: Model,
    found: Sequence[Use],
    convention: Convention | None,
    inputs: Sequence[Identity] = (),
    seen: set[Identity] | None = None,
) -> tuple[list[Found], list[Identity]]:
    """List what every use of a layer keeps, each tensor once; and the identity of each output of the model.

    The inputs of the whole model are not counted: they are data, and are there in any case.
    """
    inputs = inputs or [object() for _ in model.input_shapes]
    seen = set(inputs) if seen is None else seen
    values: list[list[Identity]] = [[one] for one in inputs]
    kept_by: list[Found] = []
    for node, use in zip(model.nodes, found, strict=True):
        read = [values[position][index] for position, index in node.args]
        outs = len(listed(use.part.built.outs))
        if isinstance(use.part.layer, Model) and use.inner:
            inner, outputs = kept(use.part.layer, use.inner, convention, read, seen)
            kept_by.append(Found((), True, inner))
            values.append(outputs)
            continue
        keeps = _keeps(use, convention)
        made: list[Identity] = [object() for _ in range(outs)]
        for output, source in (keeps.views if keeps else {}).items():
            made[output] = read[source]
        tensors = _new(use, keeps.tensors, read, made, seen) if keeps and use.reached else ()
        kept_by.append(Found(tuple(tensors), keeps is not None, []))
        values.append(made)
    return kept_by, [values[position][index] for position, index in model.outputs]


def _new(
    use: Use, tensors: Iterable[Tensor], read: Sequence[Identity], made: Sequence[Identity], seen: set[Identity]
) -> list[Tensor]:
    found = []
    for one in tensors:
        if not use.live or (one.when is not None and use.live.isdisjoint(one.when)):
            continue
        if one.input is None and one.output is None:
            found.append(one)
            continue
        identity = read[one.input] if one.input is not None else made[one.output or 0]
        if identity not in seen:
            seen.add(identity)
            found.append(one)
    return found


def _keeps(use: Use, convention: Convention | None) -> Keeps | None:
    layer: Applicable = use.part.layer
    built = use.part.built
    if convention is None or not isinstance(layer, Layer):
        return None
    keeping: Keeping | None = load(convention.table)(layer.type)
    shapes = [*use.part.inputs, *listed(built.outs)]
    if keeping is None or any(isinstance(shape, UnknownShape) for shape in shapes):
        return None
    inputs = tuple(one for one in use.part.inputs if not isinstance(one, UnknownShape))
    return keeping(Call(layer, inputs, built.shapes(), built.states, use.live))
