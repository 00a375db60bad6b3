"""What can be wrong with an edge of a model, said with the names of the layers it joins."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.built import Built
from ..core.shapes import Outputs, listed
from ..core.tensors import StateDisagreement
from ..errors import Disagreement, GraphError, ParamcalcError
from .node import Node, Ref, Wired


def located(model: Wired, error: ParamcalcError, node: Node) -> ParamcalcError:
    """Say in an error which layers disagree, and where the trouble is."""
    if isinstance(error, Disagreement) and not error.named:
        refs = node.states if isinstance(error, StateDisagreement) else node.args
        if max(error.inputs) < len(refs):  # a constant of an operation has no name
            error.name(*(model.describe(refs[place]) for place in error.inputs))
    return error.at(node.where or f"layer {model.names[id(node.layer)]!r}:")


def check_single(model: Wired, built: Sequence[Built]) -> None:
    """Check that no layer of several outputs is read as if it had one, in models that check it.

    Raises
    ------
    GraphError
        Naming the layer, at its reader.
    """
    if not model.single or not any(len(listed(step.outs)) > 1 for step in built):
        return
    first = len(model.input_shapes)
    several = {at + first for at, step in enumerate(built) if len(listed(step.outs)) > 1}.intersection(model.single)
    if several:
        refs = {(position, 0) for position in several}
        reader = next((node for node in model.nodes if len(node.args) == 1 and node.args[0] in refs), None)
        position = reader.args[0][0] if reader else min(several)
        outputs = len(listed(built[position - first].outs))
        name, unnamed = model.producer((position, 0)), model.nodes[position - first].layer.name is None
        error = GraphError(
            f"{model.describe((position, 0))} has {outputs} outputs",
            expected=f"one of them to be named, such as {name}[0]",
            suggestion=f"give the layer its name: name: {name}" if unnamed else None,
        )
        raise located(model, error, reader or model.nodes[position - first])


def missing_output(model: Wired, values: Sequence[Outputs]) -> ParamcalcError | None:
    """Make the error for the first reference to an output that does not exist, if there is one."""
    for node in model.nodes:
        for ref in node.args + node.states:
            if ref[0] < len(values) and ref[1] >= len(listed(values[ref[0]])):
                return located(model, _no_output(model, ref, values), node)
    lost = [ref for ref in model.outputs if ref[1] >= len(listed(values[ref[0]]))]
    return _no_output(model, lost[0], values).at("outputs") if lost else None


def _no_output(model: Wired, ref: Ref, values: Sequence[Outputs]) -> GraphError:
    name, count = model.producer(ref), len(listed(values[ref[0]]))
    known = f"{name}[0] to {name}[{count - 1}]" if count > 1 else f"{name}, its only output"
    return GraphError(f"there is no {name}[{ref[1]}]", expected=known)
