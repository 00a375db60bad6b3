"""Models of PyTorch's layers: built on the meta device, and compared layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from time import perf_counter
from typing import Any

from ....core.rule import Weight
from ....errors import ParamcalcError
from ....graph.bind import bind
from ....graph.model import Model
from ....report import Report
from ....symbolic import leaves
from ...compare import Difference, count, number, same_shapes, shapes_text, tensor_differences, told_at
from ...foreign import first_line
from ...grid import grid_of, known, with_open_sizes
from ...outcome import SHOWN, Verification, outcome
from .build import INTEGERS, Maker, fitting, shapes_of, tensors_of
from .framework import BACKEND, quiet, torch

OPEN = (7, 13, 29, 61, 127, 2, 1, 8, 64)  # values for sizes that only inputs have


def verify_model(model: Model) -> Verification:
    """Compare a model with the same in PyTorch, at enough values of its named sizes to decide all.

    Raises
    ------
    ParamcalcError
        For a reading of a live module, which does not know how its parts are connected.
    """
    if not model.nodes:
        raise ParamcalcError(
            f"{model.label!r} is read from a live module, and cannot be built anew",
            suggestion="paramcalc.verify(module) compares the reading with the module itself",
        )
    report = model.report()
    framework = torch()
    start = perf_counter()
    grid = grid_of(model)
    found: list[Difference] = []
    for point in with_open_sizes(model, grid):
        found += told_at(_differences(closed(model, point)), point)
        if len(found) > SHOWN * 20:
            break
    return outcome(
        report,
        found,
        start,
        framework,
        BACKEND,
        sizes=grid.names,
        models=len(grid.points),
        decisive=grid.decisive,
    )


def closed(model: Model, point: dict[str, int]) -> Model:
    """Put numbers in place of all sizes, those of a point and others for what only inputs have."""
    named = [leaf.args[0] for shape in known(model.input_shapes) for size in shape for leaf in leaves(size)]
    names = [name for name in dict.fromkeys(named) if name not in point]
    problem: ParamcalcError | None = None
    for at in range(len(OPEN)):  # different values first, then one for all
        for values in (OPEN[at:] + OPEN[:at], (OPEN[at],) * len(names)):
            bound: Model = bind(model, {**point, **dict(zip(names, values))})  # noqa: B905  # there are values enough
            try:
                bound.built  # noqa: B018  # refuses sizes that do not fit
            except ParamcalcError as error:
                problem = problem or error
            else:
                return bound
    assert problem is not None
    raise problem


def _differences(model: Model) -> Iterator[Difference]:
    maker = Maker()
    try:
        whole = maker.module(model)
        yield from _outputs(maker, model)
    except ParamcalcError:
        raise
    except Exception as error:  # whatever PyTorch raises is its answer
        yield Difference(model.label, "model", "accepts it", f"refuses: {first_line(error)}")
        return
    report = model.report()
    for row in report.rows:
        yield from tensor_differences(row.name, dotted(row.weights), tensors_of(maker.module(row.layer)))
    yield from totals(report, whole)


def dotted(weights: Iterable[Weight]) -> list[Weight]:
    """Write the paths of nested models as PyTorch does: ``encoder/lstm/weight`` → ``encoder.lstm.weight``."""
    return [replace(weight, name=weight.path.replace("/", "."), scope="") for weight in weights]


def _outputs(maker: Maker, model: Model) -> Iterator[Difference]:
    # node by node, and the model as a whole
    inputs = [maker.tensor(shape, _places(model, at)) for at, shape in enumerate(model.input_shapes)]  # type: ignore[arg-type]
    values = [[tensor] for tensor in inputs]
    names = model.names
    for node, built in zip(model.nodes, model.built, strict=True):
        args = [fitting(maker.torch, node.layer, at, values[p][i]) for at, (p, i) in enumerate(node.args)]
        run = maker.run(node.layer, args, [values[position][index] for position, index in node.states])
        values.append(run.outs)
        name, announced = names[id(node.layer)], shapes_of(run.outs)
        if not same_shapes(built.outs, announced):
            yield Difference(name, "output shape", shapes_text(built.outs), shapes_text(announced))
        macs = built.forward()
        if run.macs is not None and run.macs != macs:
            yield Difference(name, "multiply-adds", number(macs), number(run.macs))
    with quiet():
        outs = maker.run(model, inputs).outs
    ours = model.report().outputs
    if not same_shapes(ours, shapes_of(outs)):
        yield Difference(model.label, "output shape", shapes_text(ours), shapes_text(shapes_of(outs)))


def _places(model: Model, at: int) -> bool:
    # whether an input holds places in a table
    return any(
        ref == (at, 0) and place in INTEGERS.get(node.layer.type, ())
        for node in model.nodes
        for place, ref in enumerate(node.args)
    )


def totals(report: Report, module: Any) -> Iterator[Difference]:
    """Compare the totals of a model with those of the tensors a module has, each once."""
    learnt = {id(one): one for one in module.parameters()}.values()
    theirs = {
        "total": sum(count(one.shape) for one in learnt),
        "trainable": sum(count(one.shape) for one in learnt if one.requires_grad),
        "non-trainable": sum(count(one.shape) for one in learnt if not one.requires_grad),
        "buffers": sum(count(one.shape) for one in {id(one): one for one in module.buffers()}.values()),
    }
    ours = {
        "total": report.total,
        "trainable": report.trainable,
        "non-trainable": report.non_trainable,
        "buffers": report.buffers,
    }
    for what, size in ours.items():
        if size != theirs[what]:
            yield Difference(report.name, what, number(size), number(theirs[what]))
