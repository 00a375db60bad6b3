"""A checkpoint held against a model: which tensors only one of them has, and which have another shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...core.json_data import JsonObject
from ...core.shapes import Shape, shape_text
from ...untyped import Written
from .forms import BUFFERS

SCHEMA = "paramcalc-agreement/1"
SHOWN = 20  # tensors of a kind that are listed

Shapes = Mapping[str, Shape]


@dataclass(frozen=True, repr=False)
class Agreement:
    """What came of comparing a checkpoint with a model.

    Attributes
    ----------
    checkpoint, model : str
        What they are called.
    tensors : int
        How many tensors have the same name and shape in both.
    lacking : dict of str to shape
        Tensors of the checkpoint that the model lacks.
    missing : dict of str to shape
        Tensors of the model that the checkpoint lacks.
    reshaped : dict of str to (shape, shape)
        Tensors of another shape: that of the model, that of the checkpoint.
    by_shape : bool
        Whether no name is in both, so that only shapes were compared.
    """

    checkpoint: str
    model: str
    tensors: int
    lacking: Mapping[str, Shape]
    missing: Mapping[str, Shape]
    reshaped: Mapping[str, tuple[Shape, Shape]]
    by_shape: bool = False

    def __repr__(self) -> str:
        return f"<agreement of {self.checkpoint!r} with {self.model!r}: {'ok' if self.ok else 'not ok'}>"

    @property
    def ok(self) -> bool:
        """Whether both have the same tensors."""
        return not (self.lacking or self.missing or self.reshaped)

    def to_dict(self) -> JsonObject:
        """Give the result as plain data for JSON."""
        return {
            "schema": SCHEMA,
            "ok": self.ok,
            "checkpoint": self.checkpoint,
            "model": self.model,
            "tensors": self.tensors,
            "lacking_in_model": _listed(self.lacking),
            "missing_in_checkpoint": _listed(self.missing),
            "other_shape": [
                {"name": name, "model": _sizes(ours), "checkpoint": _sizes(theirs)}
                for name, (ours, theirs) in self.reshaped.items()
            ],
            "by_shape": self.by_shape,
        }

    def __str__(self) -> str:
        compared = " by their shapes, since no name is in both" if self.by_shape else ""
        if self.ok:
            return f"{self.checkpoint} agrees with {self.model}: {_several(self.tensors)}{compared}"
        said = []
        if self.lacking:
            said.append(f"the checkpoint has {_several(len(self.lacking))} that the model lacks")
        if self.missing:
            said.append(f"the model has {_several(len(self.missing))} that the checkpoint lacks")
        if self.reshaped:
            said.append(f"{len(self.reshaped):,} {'have' if len(self.reshaped) > 1 else 'has'} another shape")
        lines = [f"{self.checkpoint} disagrees with {self.model}{compared}: {'; '.join(said)}"]
        lines += _lines("only in the checkpoint", self.lacking)
        lines += _lines("only in the model", self.missing)
        for name, (ours, theirs) in _first(self.reshaped):
            lines.append(f"  {name}: {shape_text(ours)} in the model, {shape_text(theirs)} in the checkpoint")
        return "\n".join([*lines, *_more(self.reshaped)])


def _listed(shapes: Shapes) -> list[Written]:
    return [{"name": name, "shape": _sizes(shape)} for name, shape in shapes.items()]


def _sizes(shape: Shape) -> list[Written]:
    return [size if isinstance(size, int) else str(size) for size in shape]


def _several(count: int) -> str:
    return f"{count:,} tensor{'s' * (count != 1)}"


def _lines(where: str, shapes: Shapes) -> list[str]:
    return [*(f"  {where}: {name} {shape_text(shape)}" for name, shape in _first(shapes)), *_more(shapes)]


def _first(found: Mapping[str, Written]) -> Iterable[tuple[str, Written]]:
    return list(found.items())[:SHOWN]


def _more(found: Mapping[str, Written]) -> list[str]:
    return [f"  … and {len(found) - SHOWN:,} more"] if len(found) > SHOWN else []


def compare(theirs: Shapes, ours: Shapes, checkpoint: str, model: str, optional: Iterable[str] = ()) -> Agreement:
    """Compare the tensors of a checkpoint with those of a model.

    Names may differ by what all of them begin with, such as ``module.``. Where no name is in both, shapes are compared.
    Buffers by their usual names need not be in both.

    Parameters
    ----------
    theirs, ours : mapping of str to shape
        Of the checkpoint, and of the model.
    checkpoint, model : str
        What they are called.
    optional : iterable of str
        Tensors of the model that a checkpoint need not have: buffers.
    """
    theirs = aligned(theirs, ours)
    if ours and theirs and not ours.keys() & theirs.keys():
        return _by_shape(theirs, ours, checkpoint, model)
    kept = {*optional}
    return Agreement(
        checkpoint,
        model,
        sum(theirs.get(name) == shape for name, shape in ours.items()),
        {name: shape for name, shape in theirs.items() if name not in ours and not _is_buffer(name)},
        {name: shape for name, shape in ours.items() if name not in theirs and name not in kept},
        {name: (ours[name], shape) for name, shape in theirs.items() if name in ours and ours[name] != shape},
    )


def _is_buffer(name: str) -> bool:
    return name.rpartition(".")[2] in BUFFERS


def aligned(theirs: Shapes, ours: Shapes) -> Shapes:
    """Rename the tensors of a checkpoint where all names of one side begin with one word more."""
    best, most = theirs, len(theirs.keys() & ours.keys())
    candidates: list[Shapes] = []
    first = next(iter(theirs), "").partition(".")[0] + "."
    if all(name.startswith(first) for name in theirs):
        candidates.append({name.removeprefix(first): shape for name, shape in theirs.items()})
    for word, _ in Counter(name.partition(".")[0] for name in ours).most_common(2):
        candidates.append({f"{word}.{name}" if f"{word}.{name}" in ours else name: s for name, s in theirs.items()})
    for one in candidates:
        common = len(one.keys() & ours.keys())
        if common > most:
            best, most = one, common
    return best


def _by_shape(theirs: Shapes, ours: Shapes, checkpoint: str, model: str) -> Agreement:
    free: dict[Shape, list[str]] = {}
    for name, shape in ours.items():
        free.setdefault(shape, []).append(name)
    lacking: dict[str, Shape] = {}
    same = 0
    for name, shape in theirs.items():
        if free.get(shape):
            free[shape].pop(0)
            same += 1
        elif not _is_buffer(name):
            lacking[name] = shape
    missing = {name: shape for shape, names in free.items() for name in names}
    return Agreement(checkpoint, model, same, lacking, missing, {}, by_shape=True)
