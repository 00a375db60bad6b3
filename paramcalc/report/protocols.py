"""Protocols: what a report reads of a model, and what a data frame offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from ..core.built import Built, Part
from ..core.formula import Formula
from ..core.shapes import AnyShape
from ..core.storage import Storage
from ..symbolic import Size


class Reported(Protocol):
    """What a report reads of a model; `paramcalc.graph.model.Model` has it."""

    @property
    def label(self) -> str:
        """Its name, or one made of its type."""

    @property
    def type(self) -> str:
        """Class name."""

    @property
    def framework(self) -> str:
        """The framework it belongs to."""

    @property
    def frozen(self) -> bool:
        """Whether training leaves all its weights alone."""

    @property
    def crossed(self) -> bool:
        """Whether a layer is used on several levels."""

    @property
    def batch_in_shape(self) -> bool:
        """Whether the shapes of the inputs include a batch that is no axis of its own name."""

    @property
    def holds(self) -> bool:
        """Whether the rules agree with the tensors of its file."""

    @property
    def stored(self) -> int | None:
        """How many tensors of its file agree with the rules."""

    @property
    def stated_framework(self) -> str:
        """The framework or format of its file, where its layers are those of none."""

    @property
    def formula(self) -> Formula | None:
        """The total by sizes of its own."""

    @property
    def active(self) -> Size | None:
        """How many parameters a token passes through, if not all."""

    @property
    def stored_as(self) -> Storage | None:
        """How its file stores the weights, where that is known of the whole alone."""

    @property
    def wants(self) -> int:
        """How many input shapes would show more of it, where none were given."""

    @property
    def warnings(self) -> Sequence[str]:
        """What a reader found worth saying."""

    @property
    def input_shapes(self) -> Sequence[AnyShape]:
        """Shapes of the inputs."""

    @property
    def input_names(self) -> Sequence[str | None]:
        """Names of the inputs."""

    @property
    def outputs(self) -> Sequence[tuple[int, int]]:
        """Its outputs: which node, and which of its outputs."""

    @property
    def built(self) -> list[Built]:
        """What every node builds on the inputs."""

    def parts(self, shapes: Sequence[AnyShape], built: Sequence[Built]) -> list[Part]:
        """List every use of a layer."""


class Frame(Protocol):
    """What data frames of pandas and of polars have in common."""

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""

    @property
    def columns(self) -> Iterable[str]:
        """Names of the columns."""

    def __getitem__(self, column: str) -> Iterable[object]:
        """Give one column."""

    def __len__(self) -> int: ...
