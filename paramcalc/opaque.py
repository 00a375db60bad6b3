"""Layers no rule knows: a custom class, a Lambda, another framework's module. A row all the same, never a zero."""

from __future__ import annotations

from typing import Any

from .rules.built import UNKNOWN_OUTS, Built, Shape, Weight
from .rules.rule import snake


class Opaque:
    """A layer of which only what a file tells is known.

    Parameters
    ----------
    type : str
        Class name, as the file has it.
    reason : str
        Why its weights cannot be known; it stands in the report's warnings.
    name : str, optional
    stored : tuple of Weight, optional
        The weights an archive holds for it; they are counted, and the layer is then no longer unknown.
    trainable : bool
    """

    layers: tuple[Any, ...] = ()  # it holds none that anybody knows of

    def __init__(
        self,
        type: str,
        reason: str,
        name: str | None = None,
        stored: tuple[Weight, ...] | None = None,
        trainable: bool = True,
    ) -> None:
        self.type = type
        self.reason = reason
        self.name = name
        self.stored = stored
        self.frozen = not trainable

    @property
    def label(self) -> str:
        """Its name, or one made of the class's as Keras does."""
        return self.name or snake(self.type)

    def on(self, *shapes: Shape, **call: Any) -> Built:
        """Answer what is known: the stored weights, or that there may be some; never a shape."""
        if self.stored is None:
            return Built(UNKNOWN_OUTS, unknown=self.reason)
        return Built(UNKNOWN_OUTS, self.stored)

    def axes(self, rank: int) -> None:
        """Name no axes: there is no formula."""

    def __repr__(self) -> str:
        return f"<{self.type} {self.label!r}: {self.reason}>"
