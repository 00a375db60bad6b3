"""Compares the input shape that a file states for a layer with the shape that the layer reads."""

from __future__ import annotations

from collections.abc import Sequence

from .built import Built
from .shapes import UNKNOWN_OUTPUTS, AnyShape, Shape, shape_text


def reconciled(read: tuple[AnyShape, ...], built: Built, said: tuple[Shape, ...], other: Built) -> Built:
    """Give what was built on the inputs that are read; the fewer weights where the file contradicts itself.

    Parameters
    ----------
    read, said : tuple of shapes
        What the layer reads, and what the file says that it was built on.
    built, other : Built
        The layer on either.

    Returns
    -------
    Built
        ``built`` where both have the same weights; else with the fewer of them, and with a reason in ``unknown``.
    """
    ours, theirs = ([weight.shape for weight in one.weights] for one in (built, other))
    if not _contradict(ours, theirs):
        return built
    count, another = built.params, other.params
    fewer = other if isinstance(count, int) and isinstance(another, int) and another < count else built
    unknown = built.unknown or _contradiction(read, said)
    return built._replace(weights=fewer.weights, formula=None, parts=None, unknown=unknown)


def as_said(read: Sequence[AnyShape], said: Sequence[AnyShape], built: Built) -> Built:
    """Give the weights that a file says were built where nothing can be built on the inputs that are read."""
    unknown = built.unknown or _contradiction(read, said)
    return built._replace(outs=UNKNOWN_OUTPUTS, formula=None, parts=None, work=None, unknown=unknown, costed=False)


def _contradiction(read: Sequence[AnyShape], said: Sequence[AnyShape]) -> str:
    reads, says = (", ".join(map(shape_text, several)) for several in (read, said))
    return f"the file contradicts itself: it says that the layer was built on {says}, and it reads {reads}"


def _contradict(ours: list[Shape], theirs: list[Shape]) -> bool:
    # whether two inventories cannot be one; a size that is no number may be any
    return len(ours) != len(theirs) or any(
        len(one) != len(other)
        or any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in zip(one, other, strict=True))
        for one, other in zip(ours, theirs, strict=True)
    )
