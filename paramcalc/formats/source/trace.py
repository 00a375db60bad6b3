"""What walking ``forward`` on shapes shows: the calls of layers, and the products of functions between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

from ...core.built import Built, Shape
from ...symbolic import Size
from .names.shapes import matmul


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


def product_of(name: str, shapes: Sequence[Shape | None]) -> Size | None:
    """Count the multiply-adds of a function that multiplies matrices; ``None`` where a shape is unknown.

    Notes
    -----
    A product of (…, n, k) and (…, k, m) takes n·k·m for each of the leading axes, which broadcast. Attention multiplies
    queries by keys, (…, n, e) by (…, s, e), and the weights by values, (…, n, s) by (…, s, v).
    """
    known = [one for one in shapes if one is not None]
    if len(known) < len(shapes) or len(known) < 2:
        return None
    a, b = known[:2]
    if name == "linear":
        return prod(a) * b[0]
    if name == "scaled_dot_product_attention":
        if len(known) < 3 or min(map(len, known)) < 2:
            return None
        rows = prod(a[:-1])
        return rows * b[-2] * a[-1] + rows * b[-2] * known[2][-1]
    given = matmul(a, b)
    return None if given is None else prod(given) * a[-1]
