"""Which axis of a sequence comes first, for layers that can be told: the time steps or the batch."""

from __future__ import annotations

from .built import Applicable
from .rule import Layer
from .shapes import AnyShape, UnknownShape

TIME_FIRST, BATCH_FIRST, UNBATCHED = "time first", "batch first", "no batch axis"


def layout_of(layer: Applicable, shape: AnyShape) -> str | None:
    """Give the layout of an input, or ``None`` where a layer has one layout only.

    PyTorch's recurrent layers and attention have ``batch_first``, recurrent layers of Keras 2 ``time_major``.
    """
    if not isinstance(layer, Layer) or isinstance(shape, UnknownShape):
        return None
    first = layer.options.get("batch_first")
    if first is not None:
        return UNBATCHED if len(shape) == 2 else BATCH_FIRST if first else TIME_FIRST
    return TIME_FIRST if layer.time_first or layer.options.get("time_major") else None
