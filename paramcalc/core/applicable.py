"""What layers, models, operations and unknown layers have in common: they can be applied to shapes."""

from __future__ import annotations

from collections.abc import Sequence

from .built import AnyShape, Built


class Applicable:
    """Something that can be applied to shapes, alone or as a part of a model.

    Attributes
    ----------
    name : str or None
        Its own name, if it was given one.
    frozen : bool
        Whether training leaves its weights alone.
    """

    __slots__ = ()

    name: str | None
    frozen: bool

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

    def axes(self, rank: int) -> list[str] | None:
        """Name the axes of an input of this rank, or ``None`` where they have no names."""
        return None

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Apply it to input shapes, batch included; switches of the call by name."""
        return Built(shapes)
