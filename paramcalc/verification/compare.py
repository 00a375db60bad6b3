"""Comparing what paramcalc says with what Keras has: tensors, output shapes, totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..core.built import AnyShape, Outputs, UnknownOutputs, UnknownShape, listed
from ..core.rule import Weight
from ..core.tensors import shape_text
from ..report import Report, Row
from ..symbolic import Size, unicode, unknown

ABSENT = "nothing"
TOTALS = {"total", "trainable", "non-trainable"}


class Difference(NamedTuple):
    """Something paramcalc and Keras disagree about.

    Attributes
    ----------
    layer : str
        The layer's name; the model's for totals.
    what : str
        ``lstm_cell/kernel``, ``output shape``, ``total``, or ``refused``.
    ours, theirs : str
    """

    layer: str
    what: str
    ours: str
    theirs: str

    def text(self, title: str) -> str:
        """Tell the difference from the framework of this name."""
        return f"{self.layer}: {self.what}: paramcalc {self.ours}, {title} {self.theirs}"

    def __str__(self) -> str:
        return self.text("Keras")


def told_at(differences: Iterable[Difference], point: Mapping[str, int]) -> list[Difference]:
    """Say at which values of the named sizes they differ, where there are any."""
    at = ", ".join(f"{name}={value}" for name, value in point.items())
    return [one._replace(what=f"{one.what} at {at}") if at else one for one in differences]


class Tensor(NamedTuple):
    """A tensor as the framework has it: its path inside the layer, its shape, and what it is kept for."""

    path: str
    shape: tuple[int, ...]
    trainable: bool
    buffer: bool = False


def tensors_of(made: Any, learning: set[int], expected: Iterable[str]) -> list[Tensor]:
    """List the weights of a Keras layer by path inside it.

    Parameters
    ----------
    made : keras.Layer
    learning : set of int
        Ids of the variables that training changes.
    expected : iterable of str
        Paths to look for. Keras writes a path from where the layer was first built; where a name occurs in it
        twice, only this tells which is the layer's.
    """
    wanted = set(expected)
    return [Tensor(path, tuple(weight.shape), id(weight) in learning) for path, weight in variables(made, wanted)]


def variables(made: Any, wanted: set[str]) -> Iterator[tuple[str, Any]]:
    """Give the weights of a Keras layer, each with its path inside it; ``wanted`` is as for `tensors_of`."""
    children = _parts(made)
    if children is None:
        for weight in made.weights:
            *scope, last = weight.path.split("/")
            yield _relative([*scope, _attribute(made, weight) or last], made.name, wanted), weight
        return
    seen: set[int] = set()
    for child in children:
        prefix = f"{child.name}/"
        below = {path.removeprefix(prefix) for path in wanted if path.startswith(prefix)}
        for path, weight in variables(child, below):
            if id(weight) not in seen:
                seen.add(id(weight))
                yield prefix + path, weight
    for weight in made.weights:  # of the model itself
        if id(weight) not in seen:
            yield weight.name, weight


def _attribute(made: Any, weight: Any) -> str | None:
    # Keras numbers a variable that got no name; then the attribute that holds it is its name
    if not re.fullmatch(r"variable(_\d+)?", weight.name):
        return None
    return next((name for name, value in vars(made).items() if value is weight), None)


def _parts(made: Any) -> list[Any] | None:
    # the layers of a model, which Keras built before the model had a place, so their paths do not tell it
    if hasattr(made, "layers"):
        return list(made.layers)
    inner = getattr(made, "layer", None)
    return [inner] if inner is not None and _parts(inner) is not None else None


def _relative(parts: list[str], name: str, wanted: set[str]) -> str:
    starts = [place + 1 for place, part in enumerate(parts[:-1]) if part == name] or [0]
    paths = ["/".join(parts[start:]) for start in starts]
    return next((path for path in paths if path in wanted), paths[0])


def tensor_differences(layer: str, ours: Sequence[Weight], theirs: Sequence[Tensor]) -> Iterator[Difference]:
    """Compare two inventories of one layer, path by path."""
    here = {one.path: Tensor(one.path, tuple(one.shape), one.trainable, one.buffer) for one in ours}  # type: ignore[arg-type]
    there = {one.path: one for one in theirs}
    for path in dict.fromkeys([*here, *there]):
        one, other = here.get(path), there.get(path)
        if one != other:
            yield Difference(layer, path, _tensor(one, other), _tensor(other, one))


def _tensor(side: Tensor | None, other: Tensor | None) -> str:
    if side is None:
        return ABSENT
    words = ""
    if other is not None and other.buffer != side.buffer:
        words = " buffer" if side.buffer else " parameter"
    elif other is not None and other.trainable != side.trainable:
        words = " trainable" if side.trainable else " not trainable"
    return shape_text(side.shape) + words


def same_shapes(ours: Outputs | Sequence[AnyShape], theirs: Sequence[Sequence[int | None]]) -> bool:
    """Tell whether output shapes agree; what is no number for us is ``None`` for Keras."""
    several = listed(ours) if isinstance(ours, UnknownOutputs) else ours
    return [_numbers(shape) for shape in several] == [tuple(shape) for shape in theirs]


def _numbers(shape: AnyShape) -> tuple[int | None, ...] | None:
    if isinstance(shape, UnknownShape):
        return None
    return tuple(size if isinstance(size, int) else None for size in shape)


def shapes_text(shapes: Outputs | Sequence[Any]) -> str:
    """Print output shapes of either side."""
    several = listed(shapes) if isinstance(shapes, UnknownOutputs) else shapes
    return ", ".join(map(_shape_text, several)) or ABSENT


def _shape_text(shape: Any) -> str:
    if isinstance(shape, UnknownShape):
        return shape_text(shape)
    none = unknown("None")
    return shape_text(tuple(none if size is None else size for size in shape))


def total_differences(report: Report, weights: Iterable[Any], learning: set[int]) -> Iterator[Difference]:
    """Compare the totals of a model."""
    counts = {id(weight): (weight, id(weight) in learning) for weight in weights}.values()
    size = {True: 0, False: 0}
    for weight, trainable in counts:
        size[trainable] += count(weight.shape)
    for what, ours, theirs in (
        ("total", report.total, size[True] + size[False]),
        ("trainable", report.trainable, size[True]),
        ("non-trainable", report.non_trainable, size[False]),
    ):
        if ours != theirs and (report.exact or not isinstance(ours, int) or ours > theirs):
            yield Difference(report.name, what, number(ours), number(theirs))


def count(shape: Iterable[int]) -> int:
    """Multiply the sizes of a shape."""
    product = 1
    for size in shape:
        product *= size
    return product


def number(size: Size) -> str:
    """Print a count for people."""
    return f"{size:,}" if isinstance(size, int) else unicode(size)


def row_tensors(row: Row, made: Any, learning: set[int]) -> list[Tensor]:
    """List the Keras weights of the layer of a row."""
    return tensors_of(made, learning, [weight.path for weight in row.weights])
