"""Comparing what paramcalc says with what a framework has: tensors, output shapes, multiply-adds, totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..characters import visible
from ..core.declare import Weight
from ..core.shapes import AnyShape, Outputs, UnknownOutputs, UnknownShape, listed, shape_text
from ..report import Report
from ..symbolic import Size, unicode, unknown
from ..untyped import Foreign

ABSENT = "nothing"
TOTALS = ("total", "trainable", "non-trainable", "buffers")

OpenShape = tuple[int | None, ...]  # a shape as a framework writes it; None is a size it does not know


class Difference(NamedTuple):
    """Something paramcalc and a framework disagree about.

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
        return visible(f"{self.layer}: {self.what}: paramcalc {self.ours}, {title} {self.theirs}")

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


def _never() -> bool:
    return False


class Use(NamedTuple):
    """One use of a layer in a model, as the framework has it.

    Attributes
    ----------
    announced : list of shapes
        The output shapes it announces.
    macs : int or None
        Its multiply-adds, where they are counted.
    computes : callable
        Tells whether the layer, where it announces other shapes than ours, computes ours.
    """

    announced: Sequence[OpenShape]
    macs: int | None = None
    computes: Callable[[], bool] = _never


class ModelAnswer(NamedTuple):
    """A model as the framework has it.

    Attributes
    ----------
    tensors : dict of int to list of Tensor
        The tensors of each of our layers, by its ``id``; a layer that is not here is not compared.
    uses : dict of int to list of Use
        The uses of each of our layers, likewise, in the order of its calls.
    whole : list of Tensor
        The tensors of the model, each once.
    outputs : list of shapes or None
        The output shapes of the model, where they are compared.
    """

    tensors: Mapping[int, list[Tensor]]
    uses: Mapping[int, list[Use]]
    whole: list[Tensor]
    outputs: Sequence[OpenShape] | None = None


def model_differences(report: Report, theirs: ModelAnswer, title: str) -> tuple[list[Difference], list[str]]:
    """Compare a model with a framework's, layer by layer.

    Returns
    -------
    list of Difference
    list of str
        Where the framework announces other shapes than ours and computes ours.
    """
    found: list[Difference] = []
    remarks: list[str] = []
    for row in report.rows:
        tensors, uses = theirs.tensors.get(id(row.layer)), theirs.uses.get(id(row.layer))
        if tensors is not None:
            found += tensor_differences(row.name, row.weights, tensors)
        for call, use in zip(row.calls, uses, strict=True) if uses is not None else ():
            if not same_shapes(call.built.outs, use.announced):
                ours, announced = shapes_text(call.built.outs), shapes_text(use.announced)
                if use.computes():
                    remarks.append(f"{row.name}: {title} infers {announced} and computes {ours}")
                else:
                    found.append(Difference(row.name, "output shape", ours, announced))
            macs = call.built.forward()
            if use.macs is not None and use.macs != macs:
                found.append(Difference(row.name, "multiply-adds", number(macs), number(use.macs)))
    if theirs.outputs is not None and not remarks and not same_shapes(report.outputs, theirs.outputs):
        ours, announced = shapes_text(report.outputs), shapes_text(theirs.outputs)
        found.append(Difference(report.name, "output shape", ours, announced))
    found += total_differences(report, theirs.whole)
    return found, remarks


def total_differences(report: Report, tensors: Sequence[Tensor]) -> Iterator[Difference]:
    """Compare the totals of a model with those of all its tensors, each given once."""
    learnt = [one for one in tensors if not one.buffer]
    theirs = (
        sum(count(one.shape) for one in learnt),
        sum(count(one.shape) for one in learnt if one.trainable),
        sum(count(one.shape) for one in learnt if not one.trainable),
        sum(count(one.shape) for one in tensors if one.buffer),
    )
    ours = (report.total, report.trainable, report.non_trainable, report.buffers)
    for what, here, there in zip(TOTALS, ours, theirs, strict=True):
        if here != there and (report.exact or not isinstance(here, int) or here > there):
            yield Difference(report.name, what, number(here), number(there))


def option_differences(theirs: Iterable[str], ours: Iterable[str], title: str) -> Iterator[str]:
    """Compare the names of the options that a class of the framework and a rule take."""
    theirs, ours = set(theirs), set(ours)
    for name in sorted(theirs - ours):
        yield f"{title} takes the option {name!r}, the rule does not"
    for name in sorted(ours - theirs):
        yield f"the rule takes the option {name!r}, {title} does not"


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
    """Tell whether output shapes agree; a size that is no number for us is ``None`` for a framework."""
    several = listed(ours) if isinstance(ours, UnknownOutputs) else ours
    return [_numbers(shape) for shape in several] == [tuple(shape) for shape in theirs]


def _numbers(shape: AnyShape) -> tuple[int | None, ...] | None:
    if isinstance(shape, UnknownShape):
        return None
    return tuple(size if isinstance(size, int) else None for size in shape)


def shapes_text(shapes: Outputs | Sequence[Foreign]) -> str:
    """Print output shapes of either side."""
    several = listed(shapes) if isinstance(shapes, UnknownOutputs) else shapes
    return ", ".join(map(_shape_text, several)) or ABSENT


def _shape_text(shape: Foreign) -> str:
    if isinstance(shape, UnknownShape):
        return shape_text(shape)
    none = unknown("None")
    return shape_text(tuple(none if size is None else size for size in shape))


def count(shape: Iterable[int]) -> int:
    """Multiply the sizes of a shape."""
    product = 1
    for size in shape:
        product *= size
    return product


def number(size: Size) -> str:
    """Print a count for people."""
    return f"{size:,}" if isinstance(size, int) else unicode(size)
