"""Reading an ONNX file: its graph becomes a model with a row for each node that reads weights."""

from __future__ import annotations

from ...core.shapes import UNKNOWN_SHAPE
from ...errors import FileError
from ...graph.model import Model
from ..opened import Source
from ..operators.mapped import mapped
from ..operators.stored import StoredOperator, model_of
from ..operators.wire import Wire
from .graph import Walk
from .messages import MODEL

APART = "constants"  # the row of those that no operator reads as weights


def read(source: Source) -> Model:
    """Read an ONNX file; no other file is opened, and of data in one only their stated size counts.

    Raises
    ------
    FileError
        When it is damaged, beyond the bounds, or stores no numbers.
    """
    with mapped(source) as data:
        wire = Wire(data)
        found = wire.message(wire.whole, MODEL, "the model")
        graph = found.span("graph")
        if graph is None:
            raise FileError("there is no graph in it", expected="an ONNX model")
        walk = Walk(wire, found.spans("function"))
        message, scope = walk.graph(graph)
        names = [walk.declared(span)[0] for span in message.spans("input")]
    inputs = [name for name in names if scope.values[name].roots is None]  # others are defaults of stored tensors
    shapes = [scope.shapes.get(name, UNKNOWN_SHAPE) for name in inputs]
    rows, apart = walk.rows, [one for one in walk.tensors if id(one) not in walk.read]
    warnings = []
    external = [one for one in walk.tensors if one.external]
    if external:
        warnings.append(f"{sum(one.bytes for one in external):,} bytes are in other files, which are not opened")
    if apart:
        rows = [*rows, StoredOperator("Constant", APART, (), beside=apart, macs=0, outs=())]
        count = sum(one.params for one in apart)
        warnings.append(f"not counted: {count:,} in constants that no operator reads as weights")
    return model_of(rows, "ONNX", message.text("name"), shapes, inputs, warnings)
