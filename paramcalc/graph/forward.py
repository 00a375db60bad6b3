"""Shapes on their way through a model: from its inputs through every node."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.built import Built
from ..core.shapes import AnyShape, Outputs, UnknownOutputs, UnknownShape, output
from ..core.tensors import Tensor, check_states, disambiguate_unknowns
from ..errors import ParamcalcError
from ..symbolic import is_known
from .edges import check_single, located, missing_output
from .node import Wired
from .sharing import check_uses


def run(model: Wired, shapes: Sequence[AnyShape]) -> list[Built]:
    """Let shapes flow from the inputs through every node.

    Raises
    ------
    ShapeError
        Where a layer's inputs do not fit; the message names the layers and the sizes.
    """
    values: list[Outputs] = [(shape,) for shape in shapes]
    built: list[Built] = []
    try:
        for node in model.nodes:
            if len(node.args) == 1 and not node.call:
                ((position, index),) = node.args
                step = node.layer.on(output(values[position], index))
            else:
                read = [output(values[position], index) for position, index in node.args]
                step = node.layer.on(*read, **node.call or {})
            if node.states:
                check_states(node.layer, step, [output(values[position], index) for position, index in node.states])
            if node.declared_outputs is not None and isinstance(step.outs, UnknownOutputs):
                step = step._replace(outs=node.declared_outputs())
            values.append(step.outs)
            built.append(step)
        for position, index in model.outputs:
            output(values[position], index)
    except ParamcalcError as error:
        check_single(model, built)
        raise located(model, error, model.nodes[len(built)])
    except IndexError:
        missing = missing_output(model, values)
        if missing is None:
            raise
        raise missing from None
    check_single(model, built)
    if model.shares:
        check_uses(model, built)
    return built


def input_shapes(inputs: Sequence[Tensor]) -> list[AnyShape]:
    """Give the shapes of the inputs of a graph; open axes that differ are kept apart."""
    return distinct_axes([one.shape for one in inputs])


def distinct_axes(shapes: Sequence[AnyShape]) -> list[AnyShape]:
    """Keep apart the open axes of several inputs: each may have its own length."""
    known = iter(disambiguate_unknowns([one for one in shapes if not isinstance(one, UnknownShape)]))
    return [one if isinstance(one, UnknownShape) else next(known) for one in shapes]


def taken(given: AnyShape, wanted: AnyShape) -> AnyShape:
    """Give the shape on which a model is built for what it reads: for an unknown shape the one that it declares.

    A last axis of one is left out or added, as Keras does.
    """
    if isinstance(given, UnknownShape):
        return wanted
    if isinstance(wanted, UnknownShape) or not wanted:
        return given
    if len(given) == len(wanted) + 1 and given[-1] == 1:
        return given[:-1]
    return (*given, 1) if len(given) == len(wanted) - 1 and wanted[-1] == 1 else given


def fits(given: AnyShape, wanted: AnyShape) -> bool:
    """Tell whether a model takes a shape: an unknown one fits any other, and without a declared input it takes any."""
    if isinstance(given, UnknownShape) or isinstance(wanted, UnknownShape) or not wanted:
        return True
    return len(given) == len(wanted) and all(
        a == b or not (is_known(a) and is_known(b)) for a, b in zip(given, wanted, strict=True)
    )
