"""Verifying: a model built in Keras, or the user's own Keras model, held against what paramcalc says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from ..core.built import listed
from ..core.framework import title
from ..core.rule import Layer, Shape
from ..errors import ParamcalcError
from ..formats.keras.reconcile import OTHERWISE
from ..graph.bind import bind
from ..graph.model import Model
from ..graph.unknown_layers import BestEffortOperation
from ..report import Report, Row, plain
from ..symbolic import Expr, Size, leaves
from ..symbolic.evaluate import evaluate
from .adapters.keras.build import Builder, refuse_large_states
from .adapters.keras.framework import keras
from .compare import (
    Difference,
    number,
    row_tensors,
    same_shapes,
    shapes_text,
    tensor_differences,
    told_at,
    total_differences,
)
from .foreign import first_line, isolated
from .grid import Grid, grid_of, known, with_open_sizes

SCHEMA = "paramcalc-verification/1"
SHOWN = 50  # differences printed


@dataclass(frozen=True)
class Verification:
    """What came of comparing a model with its framework.

    Attributes
    ----------
    differences : list of Difference
        Empty when both agree.
    layers, tensors : int
        How many were compared.
    params : int or Expr
        The total of paramcalc.
    version, backend : str
        Of the framework.
    elapsed : float
        Seconds, the import of Keras not included.
    sizes : tuple of str
        Named sizes that were given values.
    models : int
        How many combinations of values were tried.
    decisive : bool
        Whether agreement at these is agreement at all sizes.
    remarks : list of str
        Where Keras's own announcement of a shape was set right by what its layer computes, and what was not compared.
    framework : str
    exact : bool
        Whether all weights were compared; ``params`` is the least there can be otherwise.
    """

    differences: list[Difference]
    layers: int
    tensors: int
    params: Size
    version: str
    backend: str
    elapsed: float
    sizes: tuple[str, ...] = ()
    models: int = 1
    decisive: bool = True
    remarks: list[str] = field(default_factory=list)
    framework: str = "keras"
    exact: bool = True

    @property
    def ok(self) -> bool:
        """Whether paramcalc and the framework agree."""
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain data for JSON."""
        return {
            "schema": SCHEMA,
            "ok": self.ok,
            self.framework: self.version,
            "backend": self.backend,
            "seconds": round(self.elapsed, 3),
            "layers": self.layers,
            "tensors": self.tensors,
            "params": plain(self.params),
            "exact": self.exact,
            "sizes": list(self.sizes),
            "models": self.models,
            "certified": self.decisive,
            "differences": [difference._asdict() for difference in self.differences],
            "remarks": self.remarks,
        }

    @property
    def scope(self) -> str:
        """For which sizes it holds: ``certified for all d_x, d_h (6 sizes)``; empty without named sizes."""
        if not self.sizes:
            return ""
        names = ", ".join(self.sizes)
        claim = f"certified for all {names}" if self.decisive else f"sampled in {names}"
        return f"{claim} ({self.models} sizes)"

    def __str__(self) -> str:
        who = f"{title(self.framework)} {self.version} ({self.backend})"
        if self.ok:
            layers, tensors = _several(self.layers, "layer"), _several(self.tensors, "tensor")
            scope = f"; {self.scope}" if self.scope else ""
            params = f"{'' if self.exact else 'at least '}{number(self.params)} parameters"
            agrees = f"{who} agrees: {layers}, {tensors}, {params}{scope}"
            return "\n".join([agrees, *(f"  {remark}" for remark in self.remarks[:SHOWN])])
        lines = [f"{who} disagrees: {_several(len(self.differences), 'difference')}"]
        lines += [f"  {difference.text(title(self.framework))}" for difference in self.differences[:SHOWN]]
        if len(self.differences) > SHOWN:
            lines.append(f"  … and {len(self.differences) - SHOWN:,} more")
        return "\n".join(lines)


def outcome(
    report: Report, found: list[Difference], start: float, framework: Any, backend: str, **more: Any
) -> Verification:
    """Record what came of holding a report against a framework, begun at ``start``."""
    return Verification(
        differences=found,
        layers=len(report.rows),
        tensors=sum(len(row.weights) for row in report.rows),
        params=report.total,
        version=str(framework.__version__),
        backend=backend,
        elapsed=perf_counter() - start,
        framework=framework.__name__,
        exact=report.exact,
        **more,
    )


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}" + "s" * (count != 1)


def verify_model(model: Model) -> Verification:
    """Compare a model with the same built in Keras, at enough values of its named sizes to decide all."""
    report = model.report()
    refuse_large_states(model)
    framework = keras()
    start = perf_counter()
    grid = grid_of(model)
    remarks: dict[str, None] = {}
    found = [
        Difference(report.name, "stored tensors", "as the rules say", warning.replace(OTHERWISE, ""))
        for warning in report.warnings
        if OTHERWISE in warning
    ]
    for differences, noted in isolated(_compared(model, grid)):
        found += differences
        remarks.update(dict.fromkeys(noted))
        if len(found) > SHOWN * 20:
            break
    return outcome(
        report,
        found,
        start,
        framework,
        framework.backend.backend(),
        sizes=grid.names,
        models=len(grid.points),
        decisive=grid.decisive,
        remarks=[*remarks, *(warning for warning in report.warnings if OTHERWISE not in warning)],
    )


def _compared(model: Model, grid: Grid) -> Iterator[tuple[list[Difference], list[str]]]:
    for point in with_open_sizes(model, grid):
        remarks: list[str] = []
        yield told_at(_differences(bind(model, point) if point else model, remarks), point), remarks


def _differences(model: Model, remarks: list[str]) -> list[Difference]:
    report = model.report()
    builder = Builder()
    try:
        made, outputs = builder.graph(model, model.label)
    except ParamcalcError:
        raise
    except Exception as error:  # whatever Keras raises is its answer
        return [Difference(model.label, "model", "accepts it", f"refuses: {first_line(error)}")]
    learning = {id(weight) for weight in made.trainable_weights}
    found: list[Difference] = []
    uses = _uses(model, outputs)
    for row in report.rows:
        layer = None
        if not isinstance(row.layer, BestEffortOperation):
            layer = builder.layer(row.layer)
            found += tensor_differences(row.name, row.weights, row_tensors(row, layer, learning))
        for (_, _, shapes, built, _), tensors in zip(row.calls, uses[id(row.layer)], strict=True):
            announced = [tensor.shape for tensor in tensors]
            if same_shapes(built.outs, announced):
                continue
            ours, theirs = shapes_text(built.outs), shapes_text(announced)
            if layer is not None and computes(builder, row, layer, known(shapes), known(listed(built.outs))):
                remarks.append(f"{row.name}: Keras announces {theirs} and computes {ours}")
            else:
                found.append(Difference(row.name, "output shape", ours, theirs))
    found += total_differences(report, made.weights, learning)
    return found


def _uses(model: Model, outputs: list[list[Any]]) -> dict[int, list[list[Any]]]:
    uses: dict[int, list[list[Any]]] = {}
    for node, tensors in zip(model.nodes, outputs, strict=True):
        uses.setdefault(id(node.layer), []).append(tensors)
    return uses


def computes(builder: Builder, row: Row, made: Any, shapes: Sequence[Shape], outs: Sequence[Shape]) -> bool:
    """Tell whether a Keras layer, where its announced shapes differ from ours, computes ours.

    ``Bidirectional`` announces twice the forward layer's units whatever the backward layer has, and
    computes the sum. Needs the jax backend; without it the announcement stands.
    """
    if builder.keras.backend.backend() != "jax" or not isinstance(row.layer, Layer):
        return False
    from .adapters.keras.macs import trace

    unknown = {leaf.args[0] for shape in shapes for size in shape for leaf in leaves(size)}
    values = dict.fromkeys(sorted(unknown), 2) | {"T": 5}

    def concrete(several: Sequence[Shape]) -> list[tuple[Any, ...]]:
        return [tuple(evaluate(size, values) for size in shape) for shape in several]

    wanted = concrete(outs)
    if any(isinstance(size, Expr) for shape in wanted for size in shape):
        return False
    try:
        return trace(builder, row.layer, made, concrete(shapes)).outs == wanted
    except Exception:  # Keras cannot compute what it announced: the difference stands
        return False
