"""Reading checkpoints and SavedModels of TensorFlow: a row for each object that has variables.

A SavedModel states of each variable whether it is trained; a checkpoint does not. What an optimizer keeps, and
counters, are listed apart.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

from ...errors import FileError, quoted
from ...graph.model import Model
from ..opened import Source
from ..operators.mapped import mapped, printable
from ..operators.stored import StoredOperator, StoredTensor, checked_shape, model_of
from ..operators.wire import Message, Span, Wire
from .table import Entries

SAVED = "saved_model.pb"
INDEX = os.path.join("variables", "variables.index")
# by the numbers of tensorflow/core/framework/types.proto: the name of a type and its bits
_NAMES = """
1 float32 32, 2 float64 64, 3 int32 32, 4 uint8 8, 5 int16 16, 6 int8 8, 7 string 0, 8 complex64 64, 9 int64 64,
10 bool 8, 11 qint8 8, 12 quint8 8, 13 qint32 32, 14 bfloat16 16, 17 uint16 16, 18 complex128 128, 19 float16 16,
20 resource 0, 21 variant 0, 22 uint32 32, 23 uint64 64, 24 float8_e5m2 8, 25 float8_e4m3fn 8, 29 int4 4, 30 uint4 4
"""
TYPES = {int(number): (name, int(bits)) for number, name, bits in (entry.split() for entry in _NAMES.split(","))}
_ENTRY = {1: ("type", "int"), 2: ("shape", "span"), 5: ("size", "int"), 7: ("slices", "span")}
_SHAPE = {2: ("dim", "span"), 3: ("open", "int")}
_DIM = {1: ("size", "int")}
_MODEL = {2: ("graph", "span")}
_META = {7: ("objects", "span")}
_OBJECTS = {1: ("node", "span")}
_OBJECT = {1: ("child", "span"), 7: ("variable", "span")}
_CHILD = {1: ("place", "int"), 2: ("name", "text")}
_VARIABLE = {1: ("type", "int"), 2: ("shape", "span"), 3: ("trainable", "int"), 6: ("name", "text")}
_STATE = re.compile(
    r"(^|/)(keras_api/metrics|\.OPTIMIZER_SLOT|optimizers?|_optimizer|save_counter|global_step|beta[12]_power|current_loss_scale)(/|$)"
    r"|/(Adam|Adam_1|Momentum|RMSProp|RMSProp_1|Adagrad|Adadelta|Adadelta_1|Ftrl|Ftrl_1|ExponentialMovingAverage)$"
)
_BESIDE = frozenset({"optimizer", "_optimizer", "keras_api", "metrics", "compiled_metrics", "save_counter"})
MAX_KNOWN = 10_000  # shapes that are kept
_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_APART = "state"  # the row of what is no parameter


class _Variable(NamedTuple):
    name: str
    tensor: StoredTensor
    state: bool


def read_index(source: Source) -> Model:
    """Read the index of a checkpoint; the files with the numbers are not opened.

    Raises
    ------
    FileError
        When it is damaged, compressed, beyond the bounds, or lists no variables.
    """
    with mapped(source) as data:
        variables = _listed(Wire(data))
    return _model(variables, "Checkpoint", "checkpoint", proven=False)


def read_saved_model(source: Source) -> Model:
    """Read the objects of a SavedModel.

    Raises
    ------
    FileError
        When it is damaged, beyond the bounds, or has no variables.
    """
    with mapped(source) as data:
        variables = _of_objects(Wire(data))
    if not variables:
        raise FileError("a SavedModel without objects", expected="its folder, where variables/variables.index lies")
    return _model(variables, "SavedModel", "saved_model", proven=True)


def read_folder(source: Source) -> Model:
    """Read a folder with a SavedModel: its objects, or, where it has none, the index of its variables.

    Raises
    ------
    FileError
    """
    path = source.member(SAVED)
    assert path is not None  # that is how the folder was recognised
    with mapped(Source(SAVED, path)) as data:
        variables = _of_objects(Wire(data))
    if variables:
        return _model(variables, "SavedModel", "saved_model", proven=True)
    index = source.member(INDEX)
    if index is None:
        raise FileError("a SavedModel without objects and without an index of variables")
    with mapped(Source(INDEX, index)) as data:
        variables = _listed(Wire(data))
    return _model(variables, "SavedModel", "saved_model", proven=False)


def _listed(wire: Wire) -> list[_Variable]:
    found, shapes = [], _Shapes(wire)
    for key, span in Entries(wire):
        name = printable(key, "the name of a variable").removesuffix(_VALUE)
        if not name or name.startswith("_CHECKPOINTABLE"):
            continue  # what the file says of itself, and of its objects
        entry = wire.message(span, _ENTRY, "an entry")
        tensor = _tensor(shapes, name, entry)
        size = entry.int("size")
        if "slices" in entry:
            tensor.bytes = max(size, tensor.bytes)  # in several pieces, which have entries of their own
        elif tensor.dtype == "string":
            tensor.bytes = max(size, 0)
        elif size != tensor.bytes:
            raise FileError(f"{quoted(name)} has another size", expected=f"{tensor.bytes:,} bytes", received=size)
        found.append(_Variable(name, tensor, tensor.dtype == "string" or bool(_STATE.search(name))))
    return [one for one in found if "\0" not in one.name and "\\x00" not in one.name]  # pieces of others


def _of_objects(wire: Wire) -> list[_Variable]:
    found: list[_Variable] = []
    shapes = _Shapes(wire)
    for graph in wire.message(wire.whole, _MODEL, "the model").spans("graph"):
        objects = wire.message(graph, _META, "a graph").span("objects")
        nodes = wire.message(objects, _OBJECTS, "the objects").spans("node") if objects is not None else []
        messages = [wire.message(node, _OBJECT, "an object") for node in nodes]
        kept = _within(wire, messages)
        for place, message in enumerate(messages):
            span = message.span("variable")
            if span is not None:
                variable = wire.message(span, _VARIABLE, "a variable")
                name = variable.text("name").removesuffix(":0") or f"variable_{place}"
                tensor = _tensor(shapes, name, variable)
                tensor.fixed = not variable.int("trainable")
                found.append(_Variable(name, tensor, place not in kept or bool(_STATE.search(name))))
        if found:
            break  # further graphs are the same model for another use
    return found


def _within(wire: Wire, objects: Sequence[Message]) -> set[int]:
    # what the model leads to, other than by its optimizer and its metrics
    found = {0} if objects else set()
    waiting = [*found]
    while waiting:
        for span in objects[waiting.pop()].spans("child"):
            child = wire.message(span, _CHILD, "a child")
            place = child.int("place")
            if child.text("name") not in _BESIDE and place not in found and 0 <= place < len(objects):
                found.add(place)
                waiting.append(place)
    return found


class _Shapes:
    """The shapes of variables: those that many have are decoded once.

    Parameters
    ----------
    wire : Wire
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.known: dict[bytes, tuple[int, ...]] = {}

    def read(self, span: Span, name: str) -> tuple[int, ...]:
        """Read the shape of a variable.

        Raises
        ------
        FileError
            When it is damaged, or of an unknown length.
        """
        content = bytes(self.wire.data[span.start : span.end])
        shape = self.known.get(content)
        if shape is None:
            shape = self._decoded(span, name)
            if len(self.known) < MAX_KNOWN:
                self.known[content] = shape
        return shape

    def _decoded(self, span: Span, name: str) -> tuple[int, ...]:
        found = self.wire.message(span, _SHAPE, "a shape")
        if found.int("open"):
            raise FileError(f"{quoted(name)} has a shape of unknown length")
        dims = (self.wire.message(one, _DIM, "a size").int("size") for one in found.spans("dim"))
        return checked_shape(dims, quoted(name))


def _tensor(shapes: _Shapes, name: str, message: Message) -> StoredTensor:
    kind = message.int("type", 1)
    if kind not in TYPES:
        raise FileError(f"{quoted(name)} has an unknown type", expected=f"1 to {max(TYPES)}", received=kind)
    dtype, bits = TYPES[kind]
    span = message.span("shape")
    shape = shapes.read(span, name) if span is not None else ()
    return StoredTensor(name, shape, dtype, (prod(shape) * bits + 7) // 8)


def _model(variables: Sequence[_Variable], kind: str, name: str, proven: bool) -> Model:
    modules: dict[str, list[StoredTensor]] = {}
    for one in variables:
        if not one.state:
            modules.setdefault(one.name.rpartition("/")[0] or one.name, []).append(one.tensor)
    rows = [_row(path, tensors, proven) for path, tensors in modules.items()]
    state = [one.tensor for one in variables if one.state]
    if state:
        rows.append(StoredOperator("State", _APART, (), beside=state, outs=(), macs=0))
    return model_of(rows, kind, name, warnings=_said(state))


def _row(path: str, tensors: Sequence[StoredTensor], proven: bool) -> StoredOperator:
    return StoredOperator("Variables", path, tensors, outs=(), proven=proven)


def _said(state: Iterable[StoredTensor]) -> list[str]:
    count = sum(one.params for one in state)
    return [f"not counted: {count:,} in the state of an optimizer, in counters and in texts"] if count else []
