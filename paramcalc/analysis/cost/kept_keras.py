"""What the kernels of Keras on jax keep for the pass backwards, by the class of the layer."""

from __future__ import annotations

from .values import Keeping

TABLE: dict[str, Keeping] = {}


def keeping(type: str) -> Keeping | None:
    """Find what a class of layers keeps; ``None`` where that is not known."""
    return TABLE.get(type)
