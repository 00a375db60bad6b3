"""The open sizes of a model's inputs: which axis is the batch, which is time, and what is put in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.built import Part
from ...core.kinds import size
from ...core.shapes import AnyShape, UnknownShape, shape_text
from ...core.tensors import BATCH
from ...errors import OptionError, ParamcalcError
from ...graph.bind import open_sizes
from ...graph.model import Model
from ...graph.size_names import BATCHES, TIMES
from ...symbolic import Expr, Size, unicode
from ...symbolic.evaluate import put


class UnknownInputs(OptionError):
    """A size of the inputs is given, and nothing is known of their shapes."""


def batch_of(shapes: Sequence[AnyShape]) -> Expr | None:
    """Find the size that is the batch, where it is open."""
    found = open_sizes(shapes)
    return BATCH if BATCH in found else next((one for one in found if one.args[0] in BATCHES), None)


def times_of(shapes: Sequence[AnyShape]) -> list[Expr]:
    """Find the sizes that may be numbers of time steps: unknown ones, and those that are called so."""
    batch = batch_of(shapes)
    return [one for one in open_sizes(shapes) if one != batch and (one.op == "?" or one.args[0] in TIMES)]


def with_sizes(shapes: Sequence[AnyShape], batch: Size | None, steps: Size | None) -> list[AnyShape]:
    """Put a batch and a number of time steps into the shapes of the inputs.

    Raises
    ------
    OptionError
        When the batch is fixed already, and when there is no open time axis, or more than one.
    """
    given: dict[Expr, Size] = {}
    if (batch is not None or steps is not None) and all(isinstance(shape, UnknownShape) for shape in shapes):
        raise UnknownInputs("the shapes of the inputs are unknown, so there is no batch and no time axis")
    if batch is not None:
        place = batch_of(shapes)
        if place is not None:
            given[place] = batch
        elif not any(not isinstance(shape, UnknownShape) and shape[:1] == (batch,) for shape in shapes):
            raise OptionError(
                "the batch is fixed", expected=f"the inputs as they are: {_sizes(shapes)}", received=batch
            )
    if steps is not None:
        times = times_of(shapes)
        if len(times) > 1:
            names = [unicode(one) for one in times]
            raise OptionError(
                f"the inputs have {len(times)} open axes: {', '.join(names)}",
                expected="a size for each, as in " + ", ".join(f"{name}=10" for name in names),
                received=steps,
            )
        if times:
            given[times[0]] = steps
        elif not any(not isinstance(shape, UnknownShape) and steps in shape[:2] for shape in shapes):
            open_axis = f"no --steps, or an open axis such as T in the inputs: {_sizes(shapes)}"
            raise OptionError("the number of time steps is fixed", expected=open_axis, received=steps)
    return [
        shape if isinstance(shape, UnknownShape) else tuple(_put(axis, given) for axis in shape) for shape in shapes
    ]


def check_apart(shapes: Sequence[AnyShape], names: Sequence[str], batch: Size | None, steps: Size | None) -> None:
    """Refuse a batch and a number of time steps for open axes that vary.

    Raises
    ------
    OptionError
    """
    place, times = batch_of(shapes), times_of(shapes)
    for name, given, axes in (("batch", batch, [place] if place is not None else []), ("steps", steps, times)):
        if given is not None and axes and all(one.args[0] in names for one in axes):
            varied = " and ".join(one.args[0] for one in axes)
            problem = f"{varied} varies, and {name} gives it a value"
            raise OptionError(problem, expected="one of the two", received=given)


def checked(name: str, given: object) -> Size | None:
    """Check a size that may be left out.

    Raises
    ------
    SizeError
        For what is no whole number from 1 on, and no expression.
    """
    if given is None:
        return None
    try:
        found: Size = size(given)
    except ParamcalcError as error:
        raise error.at(name)
    return found


def with_length(model: Model, shapes: Sequence[AnyShape], length: Size) -> list[AnyShape]:
    """Put another length in place of that of the time axis, of every input that a layer reads as a sequence.

    Raises
    ------
    OptionError
        When no layer names the axes of an input as those of a sequence.
    """
    found = list(shapes)
    read = False
    for node in model.nodes:
        for position, _ in node.args[:1]:
            shape = found[position] if position < len(found) else None
            if shape is None or isinstance(shape, UnknownShape):
                continue
            layer = node.layer.nodes[0].layer if isinstance(node.layer, Model) and node.layer.nodes else node.layer
            names = layer.axes(len(shape)) or []
            at = next((names.index(name) for name in (*TIMES, "n1") if name in names), None)
            if at is not None:
                found[position] = (*shape[:at], length, *shape[at + 1 :])
                read = True
    if not read:
        raise OptionError("no input is read as a sequence", expected="a recurrent layer at an input")
    return found


def padded(lengths: Sequence[int], batch: Size | None, steps: Size | None) -> tuple[int, int]:
    """Give the batch and the number of time steps of sequences of these lengths, padded to the longest.

    Raises
    ------
    OptionError
        For a length below 1, and for another batch or number of steps.
    """
    if not isinstance(lengths, Sequence):
        raise OptionError("lengths", expected="whole numbers", received=lengths)
    if any(isinstance(length, bool) or not isinstance(length, int) for length in lengths):
        raise OptionError("lengths", expected="whole numbers", received=list(lengths))
    if any(length < 1 for length in lengths):
        raise OptionError("the length of a sequence", expected="at least 1", received=min(lengths))
    number, longest = len(lengths), max(lengths)
    for name, given, own in (("batch", batch, number), ("steps", steps, longest)):
        if given is not None and given != own:
            raise OptionError(f"{name} of sequences with lengths", expected=f"{own}, or none", received=given)
    return number, longest


def _put(size: Size, given: dict[Expr, Size]) -> Size:
    for leaf, value in given.items():
        size = put(size, leaf, value)
    return size


def _sizes(shapes: Sequence[AnyShape]) -> str:
    return ", ".join(map(shape_text, shapes))


def _within(parts: Sequence[Part]) -> Iterator[Part]:
    # the parts of models instead of the models
    for part in parts:
        if isinstance(part.layer, Model) and part.built.parts is not None:
            yield from _within(part.built.parts())
        else:
            yield part


def size_of(axes: Sequence[str], parts: Sequence[Part]) -> Size | None:
    """Give the size of the batch, or of the time axis, by its name in the first layer that has an axis so called."""
    for part in _within(parts):
        for shape in part.inputs[:1]:
            names = [] if isinstance(shape, UnknownShape) else part.layer.axes(len(shape)) or []
            for name in axes:
                if name in names and not isinstance(shape, UnknownShape):
                    return shape[names.index(name)]
    return None
