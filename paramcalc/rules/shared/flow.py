"""Outputs that no gradient comes back from: indices, counts, rounded numbers."""

from ...core.products import NOTHING, Work


def no_gradient() -> Work:
    """Give the work of a layer without products whose output depends on nothing, as far as a gradient can follow."""
    return Work((), (NOTHING,))
