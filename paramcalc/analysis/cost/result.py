"""The cost of a model as data: the figures of each layer, the memory, and what they are based on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from ...core.formula import Formula
from ...core.json_data import JsonObject
from ...core.totals import summed
from ...displayed import Displayed
from ...report import plain
from ...symbolic import Size
from .checkpointing import Checkpointing
from .clipping import Clipping
from .decoding import Decoding
from .formulas import Formulas
from .kept import Tensor
from .memory import Memory
from .operations import Operations, added
from .passes import Passes, together, total
from .rtrl import Rtrl

SCHEMA = "paramcalc-cost/1"


def nothing() -> None:
    """Give no formulas."""


@dataclass(frozen=True)
class LayerCost:
    """The cost of one layer, all its uses together.

    Attributes
    ----------
    name, type : str
    passes : Passes
    kept : tuple of Tensor
        What it keeps for the backward pass, as far as no layer before it keeps the same tensor.
    kept_known : bool
        Whether that is all.
    exact : bool
        Whether its multiply-adds are all there are.
    layers : tuple of LayerCost
        The layers inside a model.
    operations : Operations, optional
        Of the forward pass besides products, where they are asked for.
    make_operations_formula : callable
        Gives their formula.
    stacks : bool
        Whether it is a number of blocks on top of one another.
    make_formulas : callable
        Gives the formulas of the passes; made when they are asked for.
    """

    name: str
    type: str
    passes: Passes
    kept: tuple[Tensor, ...] = ()
    kept_known: bool = True
    exact: bool = True
    layers: tuple[LayerCost, ...] = ()
    make_formulas: Callable[[], Formulas | None] = nothing
    operations: Operations | None = None
    make_operations_formula: Callable[[], Formula | None] = nothing
    stacks: bool = False

    @cached_property
    def formulas(self) -> Formulas | None:
        """The formula of each pass, for a layer that is used once."""
        return self.make_formulas()

    @cached_property
    def operations_formula(self) -> Formula | None:
        """The formula of the operations besides products, for a layer that is used once."""
        return self.make_operations_formula()

    @property
    def forward_flops(self) -> Size | None:
        """Floating-point operations of the forward pass; ``None`` where they are unknown, or not asked for."""
        known = self.operations is not None and (self.operations.known or bool(self.layers))
        return forward_flops(self.passes, self.operations) if known else None

    def __getstate__(self) -> dict[str, object]:
        # a use of a layer holds functions, which cannot be stored; the formulas can
        made = {"formulas": self.formulas, "operations_formula": self.operations_formula}
        return {**vars(self), **made, "make_formulas": nothing, "make_operations_formula": nothing}

    @property
    def elements(self) -> Size | None:
        """Number of elements that it keeps."""
        return summed(one.size for one in self.kept) if self.kept_known else None


@dataclass(frozen=True, repr=False)
class Cost(Displayed):
    """What a model costs.

    Attributes
    ----------
    name, framework : str
    batch, steps : int, Expr or None
        What the figures are for; ``None`` where the model has no such size.
    layers : tuple of LayerCost
    memory : Memory
    conventions : tuple of str
        What the figures are based on.
    exact : bool
        Whether the multiply-adds are all there are.
    recomputed : int or Expr
        Multiply-adds that gradient checkpointing does once more.
    learning : Rtrl, optional
        The steps of real-time recurrent learning, if that is how the model is trained.
    checkpointing : Checkpointing, optional
        Its segments, with what is kept in bytes, where that is known.
    clipping : Clipping, optional
        What clipping the gradients takes.
    decoding : Decoding, optional
        What generating a sequence takes, each output fed back.
    activations_at_least : int or Expr, optional
        Bytes of what the steps of a program surely keep for the backward pass, whether or not that is all.
    listed : bool
        Whether its layers are a list: code that is no layer may do further operations between them.
    """

    presented_by: ClassVar[str] = "paramcalc.render.cost:presentation"

    name: str
    framework: str
    batch: Size | None
    steps: Size | None
    layers: tuple[LayerCost, ...]
    memory: Memory
    conventions: tuple[str, ...]
    exact: bool
    recomputed: Size = 0
    learning: Rtrl | None = None
    checkpointing: Checkpointing | None = None
    clipping: Clipping | None = None
    decoding: Decoding | None = None
    listed: bool = False
    activations_at_least: Size | None = None

    @property
    def step(self) -> Size | None:
        """Multiply-adds of a training step, clipping aside."""
        return together((self.passes.step, self.recomputed))

    @property
    def passes(self) -> Passes:
        """Multiply-adds of all layers together."""
        return total([one.passes for one in self.layers])

    @property
    def operations(self) -> Operations | None:
        """Operations of all layers together besides products, where they are asked for."""
        several = [one.operations for one in self.layers if one.operations is not None]
        found = added(several)
        return found._replace(known=found.known and not self.listed) if len(several) == len(self.layers) else None

    @property
    def forward_flops(self) -> Size | None:
        """Floating-point operations of the forward pass: two for each multiply-add, and all others."""
        return forward_flops(self.passes, self.operations)

    @property
    def elements(self) -> Size | None:
        """Number of elements that all layers keep."""
        return together(one.elements for one in self.layers)

    @property
    def memory_at_least(self) -> Memory:
        """The memory of what is surely kept; where nothing is known of the activations, there is no bound to train."""
        least = self.activations_at_least
        bound = self.memory.activations is None and not (isinstance(least, int) and least == 0)
        return self.memory._replace(activations=least if bound else None)

    def largest(self, number: int) -> list[LayerCost]:
        """List the layers that take most of a training step, where that can be compared."""
        counted = [(one.passes.step, one) for one in self.layers]
        comparable = [(size, one) for size, one in counted if isinstance(size, int)]
        return [one for _, one in sorted(comparable, key=lambda pair: -pair[0])[:number]]

    def to_dict(self) -> JsonObject:
        """Give the cost as the JSON contract ``paramcalc-cost/1`` has it."""
        found = _passes(self.passes)
        if self.recomputed != 0:
            found |= {"recomputed_macs": plain(self.recomputed), "step_macs": _plain(self.step)}
        if self.learning is not None:
            sensitivities, each = plain(self.learning.kept), plain(self.learning.each.total)
            found["rtrl"] = {"macs_of_a_step": each, "sensitivities": sensitivities}
        if self.checkpointing is not None:
            found["segments"] = plain(self.checkpointing.segments)
        if self.clipping is not None:
            found["clipping"] = {"kind": self.clipping.kind, "macs": plain(self.clipping.macs)}
        if self.decoding is not None:
            found["decoding"] = {
                "prompt": plain(self.decoding.prompt),
                "steps": plain(self.decoding.tokens),
                "macs": plain(self.decoding.macs),
                "prompt_macs": plain(self.decoding.first),
                "last_step_macs": plain(self.decoding.last),
            }
        return {
            "schema": SCHEMA,
            "name": self.name,
            "framework": self.framework,
            "batch": _plain(self.batch),
            "steps": _plain(self.steps),
            **found,
            **_operations(self, whole=True),
            "memory": {name: _plain(size) for name, size in self.memory._asdict().items()},
            **_bound(self.memory_at_least.activations),
            "layers": [_layer(one) for one in self.layers],
            "conventions": [*self.conventions],
            "exact": self.exact,
        }


def forward_flops(passes: Passes, operations: Operations | None) -> Size | None:
    """Add two operations for each multiply-add to the others; at least so many, where not all of them are known."""
    return None if operations is None else summed((2 * passes.forward, operations.number))


def _bound(least: Size | None) -> JsonObject:
    return {} if least is None else {"activations_at_least": plain(least)}


def _operations(one: Cost | LayerCost, whole: bool) -> JsonObject:
    # of a model at least what is known of its layers
    operations = one.operations
    if operations is None:
        return {}
    known = operations.known or whole
    return {
        "operations": plain(operations.number) if known else None,
        "forward_flops": _plain(one.forward_flops),
        "lookup_bytes": plain(operations.lookup_bytes) if known else None,
        "operations_exact": operations.known,
    }


def _passes(passes: Passes, exact: bool = True) -> JsonObject:
    return {
        "forward_macs": plain(passes.forward) if exact or passes.forward != 0 else None,
        "weight_gradient_macs": _plain(passes.weight_gradient),
        "input_gradient_macs": _plain(passes.input_gradient),
        "backward_macs": _plain(passes.backward),
        "step_macs": _plain(passes.step),
    }


def _layer(one: LayerCost) -> JsonObject:
    found: JsonObject = {
        "name": one.name,
        "type": one.type,
        **_passes(one.passes, one.exact),
        **_operations(one, whole=bool(one.layers)),
        "kept": _plain(one.elements),
    }
    if one.kept:
        found["keeps"] = [_tensor(tensor) for tensor in one.kept]
    if one.layers:
        found["layers"] = [_layer(inner) for inner in one.layers]
    return found


def _tensor(one: Tensor) -> JsonObject:
    return {"name": one.name, "elements": plain(one.size), **({"dtype": one.dtype} if one.dtype else {})}


def _plain(size: Size | None) -> int | str | None:
    return None if size is None else plain(size)
