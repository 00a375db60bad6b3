"""Models of ours built in PyTorch and run on the meta device, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....core.declare import Weight
from ....core.rule import Layer
from ....errors import ParamcalcError
from ....graph.model import Model
from ....graph.stack import Copies
from ....report import Report
from ...compare import ModelAnswer, Tensor, Use
from ...foreign import first_line
from .build import INTEGERS, Maker, fitting, shapes_of, tensors_of

ARCHITECTURES = "paramcalc.rules.transformer"


def check(model: Model) -> None:
    """Refuse a model that cannot be built.

    Raises
    ------
    ParamcalcError
        For a reading of a live module, which does not know how its parts are connected, and for layers that
        architectures of Hugging Face have of their own.
    """
    if not model.nodes:
        raise ParamcalcError(
            f"{model.label!r} is read from a live module, and cannot be built anew",
            suggestion="paramcalc.verify(module) compares the reading with the module itself",
        )
    own = next((one.type for one in _layers(model) if one.rule.__module__.startswith(ARCHITECTURES)), None)
    if own is not None:
        raise ParamcalcError(
            f"{model.label!r} has a layer that PyTorch lacks: {own}",
            suggestion="paramcalc verify CHECKPOINT --against config.json compares a checkpoint with a configuration",
        )


def _layers(model: Model) -> Iterator[Layer]:
    for one in model.layers:
        if isinstance(one, Model):
            yield from _layers(one)
        elif isinstance(one, Copies):
            yield from _layers(one.block)
        elif isinstance(one, Layer):
            yield one


def build(model: Model, report: Report) -> ModelAnswer | str:
    """Build a model of inputs of known sizes, run it on the meta device, or say why PyTorch refuses."""
    maker = Maker()
    try:
        whole = maker.module(model)
        uses, outputs = _run(maker, model)
    except ParamcalcError:
        raise
    except Exception as error:  # whatever PyTorch raises is its answer
        return first_line(error)
    held = {id(row.layer): _paths(tensors_of(maker.module(row.layer)), row.weights) for row in report.rows}
    return ModelAnswer(held, uses, tensors_of(whole, once=True), outputs)


def _paths(tensors: Iterable[Tensor], weights: Iterable[Weight]) -> list[Tensor]:
    # PyTorch writes encoder.lstm.weight where we write encoder/lstm/weight
    ours = {weight.path.replace("/", "."): weight.path for weight in weights}
    return [tensor._replace(path=ours.get(tensor.path, tensor.path)) for tensor in tensors]


def _run(maker: Maker, model: Model) -> tuple[dict[int, list[Use]], list[tuple[int, ...]]]:
    # node by node, and the model as a whole
    inputs = [maker.tensor(shape, _places(model, at)) for at, shape in enumerate(model.input_shapes)]  # type: ignore[arg-type]
    values = [[tensor] for tensor in inputs]
    uses: dict[int, list[Use]] = {}
    for node in model.nodes:
        args = [fitting(maker.torch, node.layer, at, values[p][i]) for at, (p, i) in enumerate(node.args)]
        run = maker.run(node.layer, args, [values[position][index] for position, index in node.states])
        values.append(run.outs)
        uses.setdefault(id(node.layer), []).append(Use(shapes_of(run.outs), run.macs))
    return uses, shapes_of(maker.run(model, inputs).outs)


def _places(model: Model, at: int) -> bool:
    # whether an input holds places in a table
    return any(
        ref == (at, 0) and place in INTEGERS.get(node.layer.type, ())
        for node in model.nodes
        for place, ref in enumerate(node.args)
    )
