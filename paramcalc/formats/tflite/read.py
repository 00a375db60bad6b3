"""Reading a TensorFlow Lite file: a row for each operator that reads weights."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from ...core.shapes import UNKNOWN_OUTPUTS, UNKNOWN_SHAPE, AnyShape
from ...core.tensors import BATCH
from ...errors import FileError, quoted
from ...graph.model import Model
from ...symbolic import Size, unknown
from ..opened import Source
from ..operators.mapped import mapped
from ..operators.stored import StoredOperator, StoredTensor, checked_shape, model_of, short
from .flatbuffer import Flatbuffer, Table
from .operators import CUSTOM, DEQUANTIZE, FLOATS, OPERATORS, TYPES, VECTORS, Operator, formula, macs

MAX_TENSORS = 200_000  # constants, and what operators give
APART = "constants"  # the row of those that no operator reads as weights
_CODES, _SUBGRAPHS, _BUFFERS = 1, 2, 4  # fields of the model
_PLACEHOLDER = 127  # the old code of an operator that has a new one


class Stored(NamedTuple):
    """A tensor of a graph.

    Attributes
    ----------
    name : str
    shape : tuple of int
    signature : tuple of int
        The shape with -1 for each axis that is open.
    roots : tuple of StoredTensor
        What it is made of; empty for what is computed from the inputs.
    dtype : str
    """

    name: str
    shape: tuple[int, ...]
    signature: tuple[int, ...]
    roots: tuple[StoredTensor, ...]
    dtype: str

    @property
    def open(self) -> AnyShape:
        """The shape as it is for any input: a first axis that is open is the batch."""
        if len(self.signature) != len(self.shape):
            return self.shape
        return tuple(self._size(axis) for axis in range(len(self.shape)))

    def _size(self, axis: int) -> Size:
        if self.signature[axis] >= 0:
            return self.shape[axis]
        return BATCH if axis == 0 else unknown(f"n_{axis}")


class _Walk:
    """What is found on the way through the graphs of a file."""

    def __init__(self, file: Flatbuffer, model: Table) -> None:
        self.file = file
        self.codes = [_code(one) for one in model.tables(_CODES)]
        self.buffers = [*model.tables(_BUFFERS)]
        self.stored: dict[int, StoredTensor] = {}  # by the buffer, which several tensors may have
        self.read: set[int] = set()
        self.rows: list[StoredOperator] = []
        self.tensors = 0

    def graph(self, graph: Table) -> list[Stored]:
        """Walk one graph, every operator after what it reads; give its tensors."""
        found = [self.tensor(one) for one in graph.tables(0)]
        for operator in graph.tables(3):
            index = operator.number(0, "<I")
            if index >= len(self.codes):
                raise FileError("an operator has an unknown code", expected=f"below {len(self.codes)}", received=index)
            inputs = [self.at(found, place) for place in operator.numbers(1)]
            outputs = operator.numbers(2)
            there = [one for one in inputs if one is not None]
            if there and all(one.roots for one in there):  # made of constants: a constant
                roots = there[0].roots if self.codes[index][0] == DEQUANTIZE else _union(there)
                for place in outputs:
                    if (one := self.at(found, place)) is not None:
                        found[place] = one._replace(roots=roots)
                continue
            out = self.at(found, outputs[0]) if outputs else None
            self.row(*self.codes[index], inputs, out)
        return found

    def at(self, found: Sequence[Stored], place: int) -> Stored | None:
        """Give a tensor by its place; -1 is one that is left out."""
        if place == -1:
            return None
        if not 0 <= place < len(found):
            raise FileError("an operator reads an unknown tensor", expected=f"below {len(found)}", received=place)
        return found[place]

    def tensor(self, table: Table) -> Stored:
        """Read a tensor, and the data it has."""
        self.tensors += 1
        if self.tensors > MAX_TENSORS:
            raise FileError("too many tensors", expected=f"at most {MAX_TENSORS:,}")
        name = table.text(3, "the name of a tensor")
        what = f"the tensor {quoted(name)}"
        kind = table.number(1, "<B")
        if kind >= len(TYPES):
            raise FileError(f"{what} has an unknown type", expected=f"below {len(TYPES)}", received=kind)
        dtype, bits = TYPES[kind]
        shape = checked_shape((max(size, 0) if size == -1 else size for size in table.numbers(0)), what)
        place = table.number(2, "<I")
        roots: tuple[StoredTensor, ...] = ()
        if 0 < place < len(self.buffers):
            size = self.size_of(self.buffers[place])
            if size:
                wanted = (prod(shape) * bits + 7) // 8
                compressed = table.table(6) is not None  # sparse: fewer numbers are stored
                if bits and size != wanted and not (compressed and size < wanted):
                    raise FileError(f"{what} has data of another size", expected=f"{wanted:,} bytes", received=size)
                made = self.stored.setdefault(place, StoredTensor(name, shape, dtype, size))
                roots = (made,)
        elif place:
            raise FileError(f"{what} has an unknown buffer", expected=f"below {len(self.buffers)}", received=place)
        return Stored(name, shape, table.numbers(7), roots, dtype)

    def size_of(self, buffer: Table) -> int:
        """Give the bytes of a buffer, which may lie behind the tables."""
        offset, size = buffer.number(1, "<Q"), buffer.number(2, "<Q")
        if offset > 1:
            if offset + size > len(self.file.data):
                raise FileError("a buffer goes beyond the end of the file", received=offset + size)
            return size
        return buffer.vector(0, 1)[1]

    def row(self, code: int, custom: str, inputs: Sequence[Stored | None], out: Stored | None) -> None:
        """Make the row of an operator, if it reads weights."""
        found = OPERATORS.get(code)
        if found is None:
            return
        weights = {
            place: one
            for place, one in enumerate(inputs)
            if one is not None and one.roots and (place in found.weights or code == CUSTOM) and _is_weight(found, one)
        }
        roots = _union([*weights.values()])
        if not roots:
            return
        there = {place: one.shape for place, one in weights.items()}
        said = formula(found, there, code, sum(one.params for one in roots))
        first = there.get(next(iter(found.weights), -1))
        self.read.update(map(id, roots))
        row = StoredOperator(
            custom or found.name,
            short(out.name) if out is not None else found.name,
            roots,
            formula=said,
            outs=(out.open,) if out is not None else UNKNOWN_OUTPUTS,
            macs=macs(found, first, out.shape if out is not None else None),
            note="an operator of its own, which is not known" if code == CUSTOM else "",
        )
        self.rows.append(row)


def _is_weight(found: Operator, tensor: Stored) -> bool:
    # a vector that is added is a bias; whole numbers and single ones are constants of a formula
    if found.name not in VECTORS:
        return True
    floats = tensor.dtype in FLOATS or any(one.dtype == "int8" for one in tensor.roots)
    return floats and sum(one.params for one in tensor.roots) > 1


def _union(tensors: Sequence[Stored]) -> tuple[StoredTensor, ...]:
    return tuple({id(root): root for one in tensors for root in one.roots}.values())


def _code(table: Table) -> tuple[int, str]:
    old, new = table.number(0, "<b"), table.number(3, "<i")
    return (max(old, new) if old < _PLACEHOLDER else new), table.text(1, "the name of an operator")


def read(source: Source) -> Model:
    """Read a TensorFlow Lite file.

    Raises
    ------
    FileError
        When it is damaged, beyond the bounds, or stores no numbers.
    """
    with mapped(source) as data:
        file = Flatbuffer(data)
        model = file.root()
        walk = _Walk(file, model)
        inputs: list[Stored] = []
        name = ""
        for number, graph in enumerate(model.tables(_SUBGRAPHS)):
            tensors = walk.graph(graph)
            if number == 0:
                name = graph.text(4, "the name of a graph")
                inputs = [one for place in graph.numbers(1) if (one := walk.at(tensors, place)) is not None]
    rows, apart = walk.rows, [one for one in walk.stored.values() if id(one) not in walk.read]
    warnings = []
    if apart:
        rows = [*rows, StoredOperator("Constant", APART, (), beside=apart, macs=0, outs=())]
        count = sum(one.params for one in apart)
        warnings.append(f"not counted: {count:,} in constants that no operator reads as weights")
    shapes = [one.open if one.shape else UNKNOWN_SHAPE for one in inputs]
    return model_of(rows, "TFLite", name, shapes, [one.name for one in inputs], warnings)
