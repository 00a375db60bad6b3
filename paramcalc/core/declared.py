"""A file may say what a layer was built on; here that is held against what the layer reads."""

from __future__ import annotations

from .built import Built
from .shapes import AnyShape, Shape, shape_text


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
    reads, says = (", ".join(map(shape_text, several)) for several in (read, said))
    count, another = built.params, other.params
    fewer = other if isinstance(count, int) and isinstance(another, int) and another < count else built
    reason = f"the file contradicts itself: it says that the layer was built on {says}, and it reads {reads}"
    return built._replace(weights=fewer.weights, formula=None, parts=None, unknown=built.unknown or reason)


def _contradict(ours: list[Shape], theirs: list[Shape]) -> bool:
    # whether two inventories cannot be one; a size that is no number may be any
    return len(ours) != len(theirs) or any(
        len(one) != len(other)
        or any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in zip(one, other, strict=True))
        for one, other in zip(ours, theirs, strict=True)
    )
