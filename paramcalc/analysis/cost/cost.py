"""The cost of a model at a batch size and a number of time steps: the passes, the memory, and what they depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ...catalogue import message
from ...core.formula import Formula
from ...core.framework import framework
from ...core.json_data import JsonObject
from ...core.totals import summed
from ...displayed import Displayed
from ...errors import OptionError, nearest
from ...graph.model import Model
from ...report import plain
from ...symbolic import Size, unicode
from .dtypes import Policy, policy as policy_named
from .formulas import Formulas, formula_of_operations, formulas
from .kept import Convention, Found, Tensor, convention_of, kept
from .memory import Memory, memory_of
from .naming import is_named
from .operations import Operations, added, operations
from .passes import Passes, Training, Use, frozen_origins, parts_on, together, total, uses
from .sizes import BATCHES, TIMES, padded, size_of, with_sizes

SCHEMA = "paramcalc-cost/1"
PRODUCTS, ALL = OPS = ("products", "all")


@dataclass(frozen=True)
class LayerCost:
    """The cost of one layer, all its uses together.

    Attributes
    ----------
    name, type : str
    passes : Passes
    kept : tuple of Tensor
        What it keeps for the pass backwards, as far as no layer before it keeps the same tensor.
    kept_known : bool
        Whether that is all.
    exact : bool
        Whether its multiply-adds are all there are.
    layers : tuple of LayerCost
        The layers inside a model.
    formulas : Formulas, optional
        The formula of each pass, for a layer that is used once.
    operations : Operations, optional
        Of the pass forwards besides products, where they are asked for.
    operations_formula : Formula, optional
        Their formula, for a layer that is used once.
    """

    name: str
    type: str
    passes: Passes
    kept: tuple[Tensor, ...] = ()
    kept_known: bool = True
    exact: bool = True
    layers: tuple[LayerCost, ...] = ()
    formulas: Formulas | None = None
    operations: Operations | None = None
    operations_formula: Formula | None = None

    @property
    def forward_flops(self) -> Size | None:
        """Floating-point operations of the pass forwards; ``None`` where they are unknown, or not asked for."""
        known = self.operations is not None and (self.operations.known or bool(self.layers))
        return forward_flops(self.passes, self.operations) if known else None

    @property
    def elements(self) -> Size | None:
        """Number of elements that it keeps."""
        return summed(one.size for one in self.kept) if self.kept_known else None


@dataclass(frozen=True)
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

    @property
    def passes(self) -> Passes:
        """Multiply-adds of all layers together."""
        return total([one.passes for one in self.layers])

    @property
    def operations(self) -> Operations | None:
        """Operations of all layers together besides products, where they are asked for."""
        several = [one.operations for one in self.layers if one.operations is not None]
        return added(several) if len(several) == len(self.layers) else None

    @property
    def forward_flops(self) -> Size | None:
        """Floating-point operations of the pass forwards: two for each multiply-add, and all others."""
        return forward_flops(self.passes, self.operations)

    @property
    def elements(self) -> Size | None:
        """Number of elements that all layers keep."""
        return together(one.elements for one in self.layers)

    def largest(self, number: int) -> list[LayerCost]:
        """List the layers that take most of a training step, where that can be compared."""
        counted = [(one.passes.step, one) for one in self.layers]
        comparable = [(size, one) for size, one in counted if isinstance(size, int)]
        return [one for _, one in sorted(comparable, key=lambda pair: -pair[0])[:number]]

    def to_dict(self) -> JsonObject:
        """Give the cost as the JSON contract ``paramcalc-cost/1`` has it."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "framework": self.framework,
            "batch": _plain(self.batch),
            "steps": _plain(self.steps),
            **_passes(self.passes),
            **_operations(self, whole=True),
            "memory": {name: _plain(size) for name, size in self.memory._asdict().items()},
            "layers": [_layer(one) for one in self.layers],
            "conventions": [*self.conventions],
            "exact": self.exact,
        }


def forward_flops(passes: Passes, operations: Operations | None) -> Size | None:
    """Add two operations for each multiply-add to the others; at least so many, where not all of them are known."""
    return None if operations is None else summed((2 * passes.forward, operations.number))


def cost(
    model: Model,
    *,
    batch: Size | None = None,
    steps: Size | None = None,
    optimizer: str | None = None,
    dtype: str = "float32",
    lengths: Sequence[int] = (),
    bptt: Size | None = None,
    frozen: Sequence[str] = (),
    input_gradient: bool = False,
    ops: str = PRODUCTS,
    training: bool = False,
) -> Cost:
    """Give the cost of a model.

    Parameters
    ----------
    model : Model
    batch, steps : int or Expr, optional
        Sizes in place of the open batch and the open time axis; they stay symbols when left out.
    optimizer : str, optional
        Whose slots are counted; none when left out.
    dtype : str
        The dtype policy: ``float32``, ``bfloat16``, ``mixed_bfloat16``, ….
    lengths : list of int, optional
        The length of each sequence of the batch, in place of ``batch`` and ``steps``.
    bptt : int or Expr, optional
        The window of truncated back-propagation through time, in steps; without it, back-propagation is full.
    frozen : list of str
        Layers or weights that do not train, by name or path.
    input_gradient : bool
        Whether a gradient of the model's inputs is wanted.
    ops : str
        ``all`` counts the operations of the pass forwards that are no products, too; ``products`` does not.
    training : bool
        Whether those are of a pass in training, with dropout and the statistics of the batch, or of inference.

    Raises
    ------
    OptionError
        For a name that is no layer, a size that is fixed, an unknown dtype or optimizer, other ``ops``.
    ShapeError
        When the layers do not fit these sizes.
    """
    chosen = policy_named(dtype)
    if ops not in OPS:
        raise OptionError("unknown operations", expected=" or ".join(OPS), received=ops, suggestion=nearest(ops, OPS))
    if lengths:
        batch, steps = padded(lengths, batch, steps)
    packs = bool(lengths) and framework(model.framework).packs
    shapes = with_sizes(model.input_shapes, batch, steps)
    parts = parts_on(model, shapes)
    built = [part.built for part in parts]
    trains = Training(is_named(frozen, parts), frozen_origins(model, built), bptt, tuple(lengths) if packs else ())
    found, _ = uses(model, parts, trains, [input_gradient] * len(shapes))
    convention = None if packs else convention_of(model.framework)
    keeps, _ = kept(model, found, convention)

    counted = (lambda use: operations(use, chosen, tuple(lengths) if packs else (), training)) if ops == ALL else None
    layers = tuple(_layers(found, keeps, bptt, not packs, counted, training))
    return Cost(
        model.label,
        model.framework,
        size_of(BATCHES, parts),
        size_of(TIMES, parts),
        layers,
        memory_of(found, keeps, chosen, None),
        (
            *_conventions(model, chosen, convention, bptt, lengths, input_gradient),
            *(_of_operations(training) if ops == ALL else ()),
        ),
        all(one.exact for one in layers),
    )


Counted = Callable[[Use], Operations]


def _layers(
    found: Sequence[Use],
    keeps: Sequence[Found],
    window: Size | None,
    formal: bool,
    counted: Counted | None,
    training: bool,
) -> Iterator[LayerCost]:
    # the uses of one layer are one line
    by_name: dict[str, list[tuple[Use, Found]]] = {}
    for use, kept_by in zip(found, keeps, strict=True):
        by_name.setdefault(use.part.name, []).append((use, kept_by))
    for name, several in by_name.items():
        inner = tuple(
            _layers(
                [one for use, _ in several for one in use.inner],
                [one for _, kept_by in several for one in kept_by.inner],
                window,
                formal,
                counted,
                training,
            )
        )
        alone = several[0][0] if formal and len(several) == 1 and not inner else None
        others = added(counted(use) for use, _ in several) if counted is not None else None
        yield LayerCost(
            name,
            several[0][0].part.layer.type,
            total([use.passes for use, _ in several]),
            tuple(tensor for _, kept_by in several for tensor in kept_by.everything),
            all(kept_by.complete for _, kept_by in several),
            all(use.part.built.costed for use, _ in several) and all(one.exact for one in inner),
            inner,
            formulas(alone, window) if alone is not None else None,
            others,
            formula_of_operations(alone, others.number, training) if alone is not None and others is not None else None,
        )


def _conventions(
    model: Model,
    policy: Policy,
    convention: Convention | None,
    window: Size | None,
    lengths: Sequence[int],
    input_gradient: bool,
) -> Iterator[str]:
    yield message("MACs are multiply-adds of matrix products and convolutions; one is two FLOPs")
    if window is not None:
        yield message("back-propagation is truncated to windows of {window} steps", window=unicode(window))
    if lengths and framework(model.framework).packs:
        yield message("recurrent layers read packed sequences, and compute no step beyond the length of each")
    elif lengths:
        yield message("masks save no work: every sequence is computed up to the longest")
    if input_gradient:
        yield message("the inputs of the model need a gradient")
    else:
        yield message("the inputs of the model need no gradient")
    yield message(
        "variables are of {variables}, activations of {activations}",
        variables=policy.variables,
        activations=policy.computation,
    )
    if convention is not None:
        yield message(
            "activations are counted {convention}; the inputs of the model are not among them",
            convention=message(convention.text),
        )


def _of_operations(training: bool) -> Iterator[str]:
    yield message("a sum, product, quotient, comparison, root, exp, log, tanh or sigmoid of a number is one operation")
    yield message("selecting, moving and copying numbers is no operation")
    yield message("forward FLOPs are two for each multiply-add, and the other operations")
    if training:
        yield message("the other operations are those of training: dropout, and statistics of the batch")
    else:
        yield message("the other operations are those of inference: no dropout, and moving statistics")


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


def _passes(passes: Passes) -> JsonObject:
    return {
        "forward_macs": plain(passes.forward),
        "weight_gradient_macs": _plain(passes.weight_gradient),
        "input_gradient_macs": _plain(passes.input_gradient),
        "backward_macs": _plain(passes.backward),
        "step_macs": _plain(passes.step),
    }


def _layer(one: LayerCost) -> JsonObject:
    found: JsonObject = {
        "name": one.name,
        "type": one.type,
        **_passes(one.passes),
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
