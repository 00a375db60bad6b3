"""One use of a layer in a model, and what the checks of edges and of shared layers read of the model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, TypeAlias

from ..core.built import Applicable
from ..core.record import Record
from ..core.shapes import AnyShape, Outputs

Ref: TypeAlias = tuple[int, int]  # (position, which output); the inputs hold the first positions, then the nodes


class Node(Record):
    """One use of a layer.

    Attributes
    ----------
    layer : Applicable
    args : tuple of Ref
        What it reads.
    states : tuple of Ref
        Where its initial states come from, if not zeros.
    where : str
        The place in a file, for errors.
    call : dict
        The switches thrown in this use.
    masks : dict of str to Ref
        What it reads besides, by keyword; it changes no shape.
    declared_outputs : callable, optional
        Gives the output shapes that a file states; they are used where no rule gives them.
    """

    __slots__ = __match_args__ = ("layer", "args", "states", "where", "call", "masks", "declared_outputs")

    def __init__(
        self,
        layer: Applicable,
        args: tuple[Ref, ...],
        states: tuple[Ref, ...] = (),
        where: str = "",
        call: Mapping[str, bool] | None = None,
        masks: Mapping[str, Ref] | None = None,
        declared_outputs: Callable[[], Outputs] | None = None,
    ) -> None:
        self.layer = layer
        self.args = args
        self.states = states
        self.where = where
        self.call = call
        self.masks = masks
        self.declared_outputs = declared_outputs


class Wired(Protocol):
    """What the checks read of a model; `paramcalc.graph.model.Model` has it."""

    @property
    def input_shapes(self) -> Sequence[AnyShape]:
        """Shapes of the inputs."""

    @property
    def nodes(self) -> Sequence[Node]:
        """Every use of a layer, each after what it reads."""

    @property
    def outputs(self) -> Sequence[Ref]:
        """Its outputs."""

    @property
    def single(self) -> Collection[int]:
        """The positions of layers that are read as if they had one output."""

    @property
    def uses(self) -> Sequence[Applicable]:
        """The layer of each node."""

    @property
    def names(self) -> Mapping[int, str]:
        """The name of each layer by its ``id``."""

    @property
    def shares(self) -> bool:
        """Whether a layer stands in several nodes."""

    def producer(self, ref: Ref) -> str:
        """Name what gives a tensor."""

    def describe(self, ref: Ref) -> str:
        """Say what gives a tensor."""
