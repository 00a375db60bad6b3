"""Models that differ in their sizes: one for each point of a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ...errors import OptionError, nearest
from ...graph.bind import bind, names_in, open_names
from ...graph.model import Model
from ...symbolic import Size


class Family(Protocol):
    """What gives a model for values of its sizes; it is sent to other processes."""

    @property
    def label(self) -> str:
        """The name of the models."""

    @property
    def framework(self) -> str:
        """The framework of their layers."""

    @property
    def identity(self) -> str:
        """What tells it from another family."""

    def check(self, names: Iterable[str]) -> None:
        """Refuse names that no size has.

        Raises
        ------
        ParamcalcError
        """

    def named(self, values: Mapping[str, int | None]) -> list[Size]:
        """Give sizes besides those of the layers that a model needs to be whole and at least 1."""

    def make(self, values: Mapping[str, int | None]) -> Model:
        """Give the model at values, with its shapes worked out; a size without a value stays a symbol.

        Raises
        ------
        ParamcalcError
            For values at which it cannot be built.
        """


@dataclass(frozen=True)
class ModelFamily:
    """A model whose varied sizes are symbols, or open sizes of its inputs.

    Attributes
    ----------
    model : Model
    """

    model: Model

    @property
    def label(self) -> str:
        """The name of the model."""
        return self.model.label

    @property
    def framework(self) -> str:
        """The framework of its layers."""
        return self.model.framework

    @property
    def identity(self) -> str:
        """The report of the model."""
        return self.model.report().to_json()

    def check(self, names: Iterable[str]) -> None:
        """Refuse names that the model does not have."""
        known = open_names(self.model) | {*names_in(self.model)}
        for name in names:
            if name not in known:
                expected = " or ".join(sorted(known)) or "a model with a symbol in place of a size"
                raise OptionError(f"no size {name!r}", expected=expected, suggestion=nearest(name, known))

    def named(self, values: Mapping[str, int | None]) -> list[Size]:
        """Give no other sizes."""
        return []

    def make(self, values: Mapping[str, int | None]) -> Model:
        """Give the model at values."""
        made = bind(self.model, {name: value for name, value in values.items() if value is not None})
        made.built  # noqa: B018  # what does not fit is an error here
        return made
