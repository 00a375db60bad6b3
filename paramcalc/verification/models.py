"""Verifying a model: built in its framework, or live, and compared layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from time import perf_counter

from ..core.default_inputs import natural_inputs
from ..core.framework import title, verifiable
from ..core.rule import Layer
from ..errors import ParamcalcError
from ..graph.bind import bind
from ..graph.findings import STORED_OTHERWISE, Finding
from ..graph.model import Model
from ..graph.node import Node
from .adapter import Adapter, adapter
from .compare import Difference, model_differences, told_at
from .grid import Grid, closed, grid_of, with_open_sizes
from .outcome import SHOWN, Verification, verified


def verify(subject: object) -> Verification:
    """Compare a model with its framework: every tensor, every output shape, the totals.

    Parameters
    ----------
    subject : paramcalc.Model, a Keras model or a PyTorch module
        A paramcalc model is built in Keras or PyTorch, without weights in memory, at enough values of its sizes to
        decide all. A Keras model is read from its configuration, a PyTorch module from the modules in it, and the
        reading compared with its weights.

    Returns
    -------
    Verification

    Raises
    ------
    MissingExtra
        If the framework is not installed.
    ParamcalcError
        If the model is inconsistent, or cannot be read.
    """
    if isinstance(subject, Model):
        return verify_model(subject)
    live = _adapter_of(subject)
    if live is not None:
        return live.verify_live(subject)
    raise ParamcalcError(
        "nothing to verify",
        expected="a paramcalc model with its input, a Keras model or a PyTorch module",
        received=subject,
    )


def model_of(subject: object) -> Model:
    """Give a model of ours as it is, and read a live one of a framework.

    Raises
    ------
    ParamcalcError
        For anything else, and for what cannot be read.
    """
    found = subject if isinstance(subject, Model) else live_model(subject)
    if found is None:
        raise ParamcalcError(
            "not a model", expected="a paramcalc model, a Keras model or a PyTorch module", received=subject
        )
    return found


def live_model(subject: object) -> Model | None:
    """Read a live model of a framework; ``None`` for anything else.

    Raises
    ------
    ParamcalcError
        For a live model that cannot be read.
    """
    live = _adapter_of(subject)
    return None if live is None else live.read_live(subject)


def _adapter_of(subject: object) -> Adapter | None:
    return next((adapter(name) for name in verifiable() if adapter(name).is_live(subject)), None)


def verify_model(model: Model) -> Verification:
    """Compare a model with the same built in its framework, at enough values of its named sizes to decide all."""
    if model.framework not in verifiable():
        raise ParamcalcError(
            "no framework to compare the model with",
            expected=f"layers of {' or '.join(map(title, verifiable()))}",
            received=model.framework,
        )
    asked = adapter(model.framework)
    whole, left = _side_by_side(model) if model.apart else (model, [])
    if model.apart and not whole.nodes:
        raise ParamcalcError(f"{model.label!r} has no layer that {title(model.framework)} can build")
    model = whole
    asked.check(model)
    report = model.report()
    installed = asked.installed()
    start = perf_counter()
    grid = grid_of(model)
    remarks: dict[str, None] = {}
    found = [
        Difference(finding.place or report.name, "stored tensors", "as the rules say", finding.text)
        for finding in _findings(model)
        if finding.kind == STORED_OTHERWISE
    ]
    for differences, noted in asked.isolated(_compared(asked, model, grid)):
        found += differences
        remarks.update(dict.fromkeys(noted))
        if len(found) > SHOWN * 20:
            break
    return verified(
        report,
        installed,
        start,
        found,
        [*remarks, *report.warnings, *left],
        sizes=grid.names,
        models=len(grid.points),
        decisive=grid.decisive,
    )


def _side_by_side(model: Model) -> tuple[Model, list[str]]:
    # each layer on an input of its own; and a remark about those that have no rule
    found = [layer for layer in model.layers if isinstance(layer, Layer)]
    names = model.names
    shapes = [natural_inputs(layer) for layer in found]
    *starts, count = accumulate(map(len, shapes), initial=0)
    nodes = [
        Node(layer.copy_with(names[id(layer)], layer.options), tuple((at + one, 0) for one in range(len(inputs))))
        for layer, inputs, at in zip(found, shapes, starts, strict=True)
    ]
    outputs = tuple((count + place, 0) for place in range(len(nodes)))
    made = Model.from_nodes([shape for one in shapes for shape in one], nodes, outputs, model.name)
    left = [f"not compared: {names[id(layer)]}" for layer in model.layers if not isinstance(layer, Layer)]
    return made, ["each layer was built by itself", *left]


def _findings(model: Model) -> Iterator[Finding]:
    # of the model, and of those inside it
    yield from model.findings
    names = model.names
    for layer in model.layers:
        if isinstance(layer, Model):
            yield from (finding.within(names[id(layer)]) for finding in _findings(layer))


def _compared(asked: Adapter, model: Model, grid: Grid) -> Iterator[tuple[list[Difference], list[str]]]:
    for point in with_open_sizes(model, grid):
        bound = bind(model, point) if point else model
        if not asked.open_sizes:
            bound = closed(bound)
        report = bound.report()
        theirs = asked.build(bound, report)
        if isinstance(theirs, str):
            refused = Difference(report.name, "model", "accepts it", f"refuses: {theirs}")
            yield told_at([refused], point), []
        else:
            found, remarks = model_differences(report, theirs, asked.framework.title)
            yield told_at(found, point), remarks
