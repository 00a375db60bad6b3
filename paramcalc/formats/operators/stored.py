"""Tensors that a file stores, operators that read them as weights, and the model that these make.

No file of an operator graph says which of its numbers were learned. So rows say what is stored, the split into trained
and not trained counts as a guess, and constants that no such operator reads are listed apart and not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod

from ...core.built import Applicable, Built, Part, Weight
from ...core.combined import known_of
from ...core.formula import Formula, Formulated
from ...core.products import unsourced
from ...core.shapes import UNKNOWN_OUTPUTS, UNKNOWN_SHAPE, AnyShape, Outputs
from ...errors import FileError
from ...graph.model import Model
from ...graph.node import Node
from ...symbolic import Expr, Size

MAX_AXES = 64
MAX_NUMBERS = 2**63  # of one tensor
_UNGATED: tuple[tuple[str, ...], int] = (), -1


class StoredTensor(Applicable):
    """A tensor of a file: of its numbers only how many there are and how they are stored.

    Parameters
    ----------
    name : str
    shape : tuple of int
    dtype : str
        Empty where it is unknown; so are the bytes then.
    bytes : int
        That it takes in the file, scales of quantized blocks included.
    fixed : bool
        Whether it is certain that training does not change it, such as a moving mean.
    """

    __slots__ = ("bytes", "dtype", "fixed", "name", "shape")

    frozen = False

    def __init__(self, name: str, shape: tuple[int, ...], dtype: str, bytes: int, fixed: bool = False) -> None:
        self.name: str = name
        self.shape = shape
        self.dtype = dtype
        self.bytes = bytes
        self.fixed = fixed

    @property
    def params(self) -> int:
        """How many numbers there are."""
        return prod(self.shape)

    def weight(self, gates: tuple[str, ...] = (), gate_axis: int = -1, buffer: bool = False) -> Weight:
        """Give it as a weight of the operator that reads it; read by several, it is one weight."""
        size = self.bytes if self.dtype else None
        origin = id(self), 0
        return Weight(
            self.name, self.shape, not self.fixed, "", gates, (), origin, buffer, gate_axis, False, self.dtype, size
        )

    def __repr__(self) -> str:
        return f"<tensor {self.name} {self.shape} {self.dtype}>"


class StoredOperator(Formulated):
    """One operator of a stored graph, with the tensors that it reads as weights.

    Parameters
    ----------
    type, name : str
    tensors : sequence of StoredTensor
        Its weights.
    beside : sequence of StoredTensor
        What it reads besides and is not counted, such as scales of a quantization.
    formula : Formula, optional
        Left out where it does not give the number of the stored weights.
    outs : tuple of shapes, or UNKNOWN_OUTPUTS
    macs : int, Expr or None
        Multiply-adds of a forward pass, ``None`` where they are unknown.
    gates : dict of str to (tuple of str, int)
        The gates of a tensor by its name, and their axis.
    note : str
        What is worth saying about it.
    lacks : str
        Why it may have more weights than are listed, where it may.
    proven : bool
        Whether the file states which of the tensors are trained.
    """

    __slots__ = (
        *("_type", "beside", "formula", "gates", "lacks"),
        *("macs", "name", "note", "outs", "proven", "tensors"),
    )

    frozen = False

    def __init__(
        self,
        type: str,
        name: str,
        tensors: Sequence[StoredTensor],
        *,
        beside: Sequence[StoredTensor] = (),
        formula: Formula | None = None,
        outs: Outputs = UNKNOWN_OUTPUTS,
        macs: Size | None = None,
        gates: dict[str, tuple[tuple[str, ...], int]] | None = None,
        note: str = "",
        lacks: str = "",
        proven: bool = False,
    ) -> None:
        self._type = type
        self.name = name
        self.tensors = tuple(tensors)
        self.beside = tuple(beside)
        self.formula = formula
        self.outs = outs
        self.macs = macs
        self.gates = gates or {}
        self.note = note
        self.lacks = lacks
        self.proven = proven

    @property
    def type(self) -> str:
        """The operator, as the file has it."""
        return self._type

    @property
    def sublayers(self) -> tuple[StoredTensor, ...]:
        """The tensors, which other operators may read as well."""
        return self.tensors + self.beside

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Answer with what the file states."""
        macs = self.macs
        weights = [one.weight(*self.gates.get(one.name, _UNGATED)) for one in self.tensors]
        weights += [one.weight(buffer=True) for one in self.beside]
        return Built(
            self.outs,
            tuple(weights),
            work=(lambda: unsourced(macs)) if isinstance(macs, Expr) or macs else None,
            costed=macs is not None,
            guessed=not self.proven and not all(one.fixed for one in self.tensors),
            note=self.note,
            unknown=self.lacks,
        )

    def __repr__(self) -> str:
        return f"<{self.type} {self.name!r}: {len(self.tensors)} stored tensors>"


class StoredGroup(Applicable):
    """Rows that belong together, such as those of one block, as one row with the others inside.

    Parameters
    ----------
    type, name : str
    rows : sequence of StoredOperator
    """

    frozen = False

    def __init__(self, type: str, name: str, rows: Sequence[StoredOperator]) -> None:
        self._type = type
        self.name = name
        self.rows = tuple(rows)

    @property
    def type(self) -> str:
        """What the rows make together."""
        return self._type

    @property
    def sublayers(self) -> tuple[StoredOperator, ...]:
        """The rows."""
        return self.rows

    def on(self, *shapes: AnyShape, **call: bool) -> Built:
        """Answer with all that its rows have."""
        inside = [(row, row.on()) for row in self.rows]
        return Built(
            (),
            tuple(weight for _, built in inside for weight in built.weights),
            parts=lambda: [Part(row.label, row, (), built) for row, built in inside],
            **known_of([built for _, built in inside]),
        )

    def __repr__(self) -> str:
        return f"<{self.type} {self.name!r}: {len(self.rows)} rows>"


def checked_shape(sizes: Iterable[int], what: str) -> tuple[int, ...]:
    """Check a shape that a file states.

    Raises
    ------
    FileError
        For a negative size, too many axes, or more numbers than 64 bits can count.
    """
    shape = tuple(sizes)
    if len(shape) > MAX_AXES:
        raise FileError(f"{what} has too many axes", expected=f"at most {MAX_AXES}", received=len(shape))
    count = 1
    for size in shape:
        count *= size
        if size < 0 or count >= MAX_NUMBERS:
            raise FileError(f"{what} has an impossible shape", received=shape)
    return shape


def distinct(names: Iterable[str]) -> Iterator[str]:
    """Give names, numbered where one occurs again: ``a``, ``a_2``; a name that is empty becomes ``unnamed``."""
    taken: dict[str, int] = {}
    for name in names:
        name = name or "unnamed"
        made, count = name, taken.get(name, 1)
        while made in taken:
            count += 1
            made = f"{name}_{count}"
        taken[name] = count
        taken.setdefault(made, 1)
        yield made


def short(name: str) -> str:
    """Give the first of the names that a converter has joined with semicolons, one for each operator it fused."""
    return name.partition(";")[0] or name


def model_of(
    rows: Sequence[StoredOperator | StoredGroup],
    kind: str,
    name: str,
    inputs: Sequence[AnyShape] = (),
    input_names: Sequence[str] = (),
    warnings: Iterable[str] = (),
) -> Model:
    """Make the model of stored operators, one row each.

    Raises
    ------
    FileError
        When there is no row at all.
    """
    if not rows:
        raise FileError("it stores no weights", expected="a model with weights")
    for row, unique in zip(rows, distinct(row.label for row in rows), strict=True):
        row.name = unique
    # a scalar, which has no first axis, is no input that a model can be asked for
    shapes = [shape if isinstance(shape, type(UNKNOWN_SHAPE)) or shape else UNKNOWN_SHAPE for shape in inputs]
    nodes = [Node(row, ()) for row in rows]
    made = Model.from_nodes(shapes or [UNKNOWN_SHAPE], nodes, (), name or kind.lower(), list(input_names))
    made.type = kind
    made.batch_in_shape = True
    guessed = any(step.guessed for step in made.built)
    open_question = ["numbers as they are stored: the file does not say which were learned"] if guessed else []
    made.warnings = [*open_question, *warnings]
    return made
