"""What walking ``forward`` on shapes shows: the calls of layers, and the products of functions between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...core.built import Built
from ...core.shapes import Shape
from ...symbolic import Size


@dataclass
class Trace:
    """What was seen on the way.

    Attributes
    ----------
    calls : dict of int to list of (shapes, Built)
        For each layer, by the ``id`` of its object, what it was called on and what it built.
    products : list of (str, Size)
        Functions that multiply matrices, with their multiply-adds.
    sure : bool
        Whether that is everything that is multiplied, whatever the unknown conditions of the program turn out to be.
    """

    calls: dict[int, list[tuple[tuple[Shape, ...], Built]]] = field(default_factory=dict)
    products: list[tuple[str, Size]] = field(default_factory=list)
    sure: bool = True

    def call(self, layer: object, inputs: Sequence[Shape], built: Built, sure: bool) -> None:
        """Keep a call of a layer, if it is made for sure."""
        if sure and built.costed:
            self.calls.setdefault(id(layer), []).append((tuple(inputs), built))
        else:
            self.sure = False

    def product(self, name: str, size: Size | None, sure: bool) -> None:
        """Keep a product of matrices, if it is made for sure; ``None`` is a product of unknown size."""
        if sure and size is not None:
            self.products.append((name, size))
        elif size != 0:
            self.sure = False
