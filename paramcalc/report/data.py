"""Rows and totals as plain data: what the JSON contract ``paramcalc/1`` has of them."""

from __future__ import annotations

from ..core.built import Weight
from ..core.json_data import Json, JsonObject
from ..core.shapes import AnyShape, UnknownShape
from ..core.tensors import BATCH
from ..symbolic import Size, text

SCHEMA = "paramcalc/1"


def plain(size: Size) -> int | str:
    """Give a size as JSON has it: an integer, or the text of its expression."""
    return size if isinstance(size, int) else text(size)


def shapes_data(shapes: tuple[AnyShape, ...]) -> Json:
    """Give the shapes of inputs or outputs: one alone, several in a list."""
    if not shapes:
        return None
    return _shape(shapes[0]) if len(shapes) == 1 else [_shape(shape) for shape in shapes]


def _shape(shape: AnyShape) -> list[Json] | None:
    if isinstance(shape, UnknownShape):
        return None
    return [size if isinstance(size, int) else None if size == BATCH else text(size) for size in shape]


def weight_data(weight: Weight) -> JsonObject:
    """Give one weight."""
    found: JsonObject = {
        "name": weight.name,
        "path": weight.path,
        "shape": [size if isinstance(size, int) else text(size) for size in weight.shape],
        "trainable": weight.trainable,
        "count": plain(weight.params),
    }
    if weight.dtype:
        found["dtype"] = weight.dtype
    if weight.bytes is not None:
        found["bytes"] = weight.bytes
    if weight.buffer:
        found["buffer"] = True
    if weight.gates:
        found["gates"] = {gate: [plain(start), plain(end)] for gate, start, end in weight.gate_slices()}
        if weight.gate_axis != -1:
            found["gate_axis"] = weight.gate_axis
    if weight.starts:
        found["starts"] = {**dict(weight.starts)}
    return found


def read_data(name: str, index: int) -> str:
    """Name an output that is read; the first by its layer alone."""
    return f"{name}[{index}]" if index else name
