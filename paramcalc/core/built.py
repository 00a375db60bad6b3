"""`Built`, what a layer gives on its inputs: weights, output shapes, formula, cost; and the base class `Applicable`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from math import prod
from typing import NamedTuple

from ..symbolic import Expr, Size, unicode
from .equations import Equations
from .products import Product, Source, Sources, State, Work
from .record import Record
from .shapes import (
    UNKNOWN_SHAPE,
    AnyShape,
    Outputs,
    Shape,
    UnknownOutputs,
    UnknownShapeError,
    listed,
    output,
    shape_text,
)
from .sources import written_out
from .storage import Storage


class Weight(Record):
    """One tensor of a layer.

    Attributes
    ----------
    name : str
        The framework's own name, such as ``recurrent_kernel``.
    shape : tuple of int or Expr
    trainable : bool
        False for statistics such as a moving mean.
    scope : str
        Path inside the layer (``lstm_cell``, ``forward_lstm/lstm_cell``), if it is nested.
    gates : tuple of str
        The gates along one axis, in order; each has an equal part of the axis.
    starts : tuple of (str, int)
        Gates with an initial value other than the initializer's.
    buffer : bool
        Stored with the layer but not a parameter, such as a running mean in PyTorch; it does not count.
    origin : (int, int), optional
        The layer it belongs to, by ``id``, and its place there, once that layer is part of another: a layer
        used on several levels has one set of weights.
    gate_axis : int
        The axis of the gates, the last or the first.
    replaced : bool
        Whether training puts its gradient in its place, as it does with the scales of float8; then an optimizer keeps
        nothing of its own for it.
    dtype : str
        How a file stores its numbers, if it comes from one.
    bytes : int, optional
        The bytes that a file stores for it.
    """

    __slots__ = __match_args__ = (
        "name",
        "shape",
        "trainable",
        "scope",
        "gates",
        "starts",
        "origin",
        "buffer",
        "gate_axis",
        "replaced",
        "dtype",
        "bytes",
    )

    def __init__(
        self,
        name: str,
        shape: Shape,
        trainable: bool = True,
        scope: str = "",
        gates: tuple[str, ...] = (),
        starts: tuple[tuple[str, int], ...] = (),
        origin: tuple[int, int] | None = None,
        buffer: bool = False,
        gate_axis: int = -1,
        replaced: bool = False,
        dtype: str = "",
        bytes: int | None = None,
    ) -> None:
        self.name = name
        self.shape = shape
        self.trainable = trainable
        self.scope = scope
        self.gates = gates
        self.starts = starts
        self.origin = origin
        self.buffer = buffer
        self.gate_axis = gate_axis
        self.replaced = replaced
        self.dtype = dtype
        self.bytes = bytes

    @property
    def params(self) -> Size:
        """Number of parameters, the product of the shape."""
        count = prod(self.shape)
        return count.expand() if isinstance(count, Expr) else count

    def __repr__(self) -> str:
        frozen = "" if self.trainable else ", not trained"
        return f"<weight {self.path} ({', '.join(map(str, self.shape))}): {self.params}{frozen}>"

    @property
    def path(self) -> str:
        """Name with the scope in front."""
        return f"{self.scope}/{self.name}" if self.scope else self.name

    def gate_slices(self) -> list[tuple[str, Size, Size]]:
        """List where each gate lies along the gates' axis: ``("f", h, 2h)``."""
        share = self.shape[self.gate_axis] // len(self.gates)
        if isinstance(share, Expr):
            share = share.expand()
        borders = [place * share for place in range(len(self.gates) + 1)]
        return [*zip(self.gates, borders, borders[1:], strict=False)]


class Built(NamedTuple):
    """What a rule answers for given input shapes. It cannot be changed; ``_replace`` makes another one.

    Attributes
    ----------
    outs : tuple of shapes, or UNKNOWN_OUTPUTS
        The output shape, or several; shapes include the batch.
    weights : tuple of Weight
        The inventory. Its sum is the count, and nothing else is.
    formula : callable, optional
        The textbook formula of the count, written as people write it.
    work : callable, optional
        The products of the call (see `paramcalc.core.products`); ``None`` means no products.
    states : tuple of shapes
        Shapes of the initial states the layer accepts.
    parts : callable, optional
        The layers inside a nested model or a wrapper, each use with what it built; for reports.
    unknown : str
        Why the weights are not known; then those listed are the least there can be.
    note : str
        What else is worth saying about it.
    costed : bool
        Whether ``work`` is all of it; false where what a call does, or its shape, is unknown.
    guessed : bool
        Whether weights count as trainable although the file does not state it.
    equations : callable, optional
        What the layer computes, for ``--explain``.
    """

    outs: Outputs
    weights: tuple[Weight, ...] = ()
    formula: Callable[[], Size] | None = None
    work: Callable[[], Work] | None = None
    states: tuple[Shape, ...] = ()
    parts: Callable[[], list[Part]] | None = None
    unknown: str = ""
    note: str = ""
    costed: bool = True
    guessed: bool = False
    equations: Callable[[], Equations] | None = None

    def __repr__(self) -> str:
        outs = ", ".join(shape_text(shape) for shape in listed(self.outs))
        return f"<built: {unicode(self.params)} parameters, output {outs}>"

    @property
    def params(self) -> Size:
        """Sum of the inventory, buffers aside."""
        return sum([prod(weight.shape) for weight in self.weights if not weight.buffer])

    def output(self, index: int = 0) -> AnyShape:
        """Give the shape of one output (see :func:`output`)."""
        return output(self.outs, index)

    def shapes(self) -> tuple[Shape, ...]:
        """Give the output shapes.

        Raises
        ------
        UnknownShapeError
            When one of them, or their number, is unknown. A rule that holds a layer lets it pass: its own outputs are
            then unknown as well.
        """
        if isinstance(self.outs, UnknownOutputs) or UNKNOWN_SHAPE in self.outs:
            raise UnknownShapeError
        return self.outs  # type: ignore[return-value]  # none of them is unknown

    def repeated(self, outs: Outputs, work: Callable[[], Work] | None) -> Built:
        """Give the same with other outputs and other work, as a layer has it that does the same many times."""
        return Built(
            outs,
            self.weights,
            self.formula,
            work,
            self.states,
            self.parts,
            self.unknown,
            self.note,
            self.costed,
            self.guessed,
            self.equations,
        )

    def products(self) -> tuple[Product, ...]:
        """List the products of the call."""
        return self.work().products if self.work is not None else ()

    def forward(self) -> Size:
        """Multiply-adds of the call, of matrix products and convolutions, for the whole input."""
        return self.work().forward() if self.work is not None else 0

    def backward(self, live: Collection[Source]) -> Size:
        """Multiply-adds of the backward pass when the sources in ``live`` need a gradient."""
        return self.work().backward(live) if self.work is not None else 0

    def flow(self, inputs: int, index: int = 0) -> Sources:
        """List what an output depends on, as far as a gradient can follow.

        Parameters
        ----------
        inputs : int
            The number of inputs of the call.
        index : int
            Which output.
        """
        work = self.work() if self.work is not None else Work()
        return written_out(self.flows(work, inputs, index + 1)[index])

    def flows(self, work: Work, inputs: int, outputs: int) -> tuple[Sources, ...]:
        """List what each output depends on, where the work is done already; everything, where that does not say."""
        if work.flow is not None:
            return work.flow[:outputs]
        everything: list[Source] = [*range(inputs), *self.weight_paths]
        return (frozenset([*everything, *(State(at) for at in range(len(self.states)))]),) * outputs

    @property
    def weight_paths(self) -> tuple[str, ...]:
        """The paths of the weights, buffers aside."""
        return tuple(weight.path for weight in self.weights if not weight.buffer)


class Part(NamedTuple):
    """One use of a layer inside a model or a wrapper.

    Attributes
    ----------
    name : str
    layer : Applicable
    inputs : tuple of shapes
    built : Built
    reads : tuple of (str, int)
        Names of the layers and inputs it reads, each with which of its outputs.
    source : str
        Where source code makes the layer, ``file:line``; empty where it comes from elsewhere.
    call : mapping of str to bool, optional
        The switches of the call, where the layer is a node of a graph: it builds the same wherever it is used in this
        graph with these switches on these inputs. ``None`` in a wrapper, which may do more with it.
    """

    name: str
    layer: Applicable
    inputs: tuple[AnyShape, ...]
    built: Built
    reads: tuple[tuple[str, int], ...] = ()
    source: str = ""
    call: Mapping[str, bool] | None = None


class Applicable:
    """Something that can be applied to shapes, alone or as a part of a model.

    Attributes
    ----------
    name : str or None
        Its own name, if it was given one.
    frozen : bool
        Whether training leaves its weights alone.
    stored_as : Storage or None
        How a file stores its weights, where the file says it.
    stacks : bool
        Whether it is a number of blocks on top of one another.
    """

    __slots__ = ()

    name: str | None
    frozen: bool
    stored_as: Storage | None = None
    stacks: bool = False

    @property
    def type(self) -> str:
        """Class name of the layer."""
        return self.__class__.__name__

    @property
    def label(self) -> str:
        """Its name, or the one its framework would give the first layer of its class."""
        return self.name or self.type

    @property
    def framework(self) -> str | None:
        """The framework it belongs to, or ``None`` where that is open."""
        return None

    @property
    def sublayers(self) -> Sequence[Applicable]:
        """The layers inside it whose weights are its own."""
        return ()

    def identity(self) -> Hashable:
        """Give what its answer depends on, besides the shapes: where it is equal for two layers, so are the answers.

        Its own name does not matter. A layer of which no more is known is like itself alone.
        """
        return Applicable, id(self)

    def axes(self, rank: int) -> list[str] | None:
        """Name the axes of an input of this rank, or ``None`` where they have no names."""
        return None

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Apply it to input shapes, batch included; switches of the call by name."""
        return Built(shapes)
