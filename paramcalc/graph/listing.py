"""A model that is a list of its layers: how they are connected is in the code that calls them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..core.built import Applicable, Weight
from ..core.shapes import UNKNOWN_SHAPE, AnyShape
from .model import Model
from .wiring import Wiring


class Item(Protocol):
    """A layer in the list, and its path."""

    @property
    def layer(self) -> Applicable:
        """The layer."""

    @property
    def name(self) -> str:
        """Its path in the model."""


class Listing(Model):
    """A model that is a list of its layers."""

    pieces: Sequence[Item]

    @property
    def wiring(self) -> Wiring | None:
        """How its layers are connected, which is unknown unless the code that calls them was followed."""
        return None

    def list_pieces(
        self,
        name: str,
        pieces: Sequence[Item],
        weights: Sequence[Weight],
        inputs: Sequence[AnyShape],
        outputs: int,
        trainable: bool = True,
    ) -> None:
        """Fill the model with its layers, their weights, and the shapes of its inputs, as far as they are known."""
        self.pieces = pieces
        shapes: list[AnyShape] = [*inputs] or [UNKNOWN_SHAPE]
        results = tuple((len(shapes), at) for at in range(outputs))
        self._fill(shapes, [], results, name, [None] * len(shapes), trainable)
        origins = [weight.origin for weight in weights]
        self.crossed = len(set(origins)) < len(origins)  # a tensor in two layers is one

    @property
    def layers(self) -> list[Applicable]:
        """Every layer once."""
        return [piece.layer for piece in self.pieces]

    @property
    def uses(self) -> list[Applicable]:
        """The layers, in order."""
        return self.layers

    @property
    def names(self) -> dict[int, str]:
        """The path of each layer by its ``id``."""
        return {id(piece.layer): piece.name for piece in self.pieces}
