"""The cost of a model at a batch size and a number of time steps: the passes, the memory, and what they depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar, TypedDict

from ...catalogue import message
from ...core.framework import framework
from ...core.json_data import JsonObject
from ...core.totals import summed
from ...displayed import Displayed
from ...graph.model import Model
from ...report import plain
from ...symbolic import Size, unicode
from .dtypes import Policy, policy as policy_named
from .formulas import Formulas, formulas
from .kept import Convention, Found, Tensor, convention_of, kept
from .memory import Memory, memory_of
from .naming import is_named
from .optimizers import Optimizer, read_optimizer
from .passes import Passes, Training, Use, frozen_origins, parts_on, together, total, uses
from .sizes import BATCHES, TIMES, padded, size_of, with_sizes

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
        What it keeps for the pass backwards, as far as no layer before it keeps the same tensor.
    kept_known : bool
        Whether that is all.
    exact : bool
        Whether its multiply-adds are all there are.
    layers : tuple of LayerCost
        The layers inside a model.
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

    @cached_property
    def formulas(self) -> Formulas | None:
        """The formula of each pass, for a layer that is used once."""
        return self.make_formulas()

    def __getstate__(self) -> dict[str, object]:
        # a use of a layer holds functions, which cannot be stored; the formulas can
        return {**vars(self), "formulas": self.formulas, "make_formulas": nothing}

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
            "memory": {name: _plain(size) for name, size in self.memory._asdict().items()},
            "layers": [_layer(one) for one in self.layers],
            "conventions": [*self.conventions],
            "exact": self.exact,
        }


class Asked(TypedDict, total=False):
    """What `cost` takes besides the model and its sizes."""

    optimizer: str | Optimizer | None
    dtype: str
    lengths: Sequence[int]
    bptt: Size | None
    frozen: Sequence[str]
    input_gradient: bool


def cost(
    model: Model,
    *,
    batch: Size | None = None,
    steps: Size | None = None,
    optimizer: str | Optimizer | None = None,
    dtype: str = "float32",
    lengths: Sequence[int] = (),
    bptt: Size | None = None,
    frozen: Sequence[str] = (),
    input_gradient: bool = False,
) -> Cost:
    """Give the cost of a model.

    Parameters
    ----------
    model : Model
    batch, steps : int or Expr, optional
        Sizes in place of the open batch and the open time axis; they stay symbols when left out.
    optimizer : str or Optimizer, optional
        Whose slots are counted, such as ``"adam"`` or ``"sgd(momentum=0.9)"``; none when left out.
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

    Raises
    ------
    OptionError
        For a name that is no layer, a size that is fixed, an unknown dtype or optimizer.
    ShapeError
        When the layers do not fit these sizes.
    """
    chosen = policy_named(dtype)
    used = read_optimizer(optimizer, model.framework) if isinstance(optimizer, str) else optimizer
    if lengths:
        batch, steps = padded(lengths, batch, steps)
    packs = bool(lengths) and framework(model.framework).packs
    shapes = with_sizes(model.input_shapes, batch, steps)
    parts = parts_on(model, shapes)
    built = [part.built for part in parts]
    training = Training(is_named(frozen, parts), frozen_origins(model, built), bptt, tuple(lengths) if packs else ())
    found, _ = uses(model, parts, training, [input_gradient] * len(shapes))
    convention = None if packs else convention_of(model.framework)
    keeps, _ = kept(model, found, convention)
    layers = tuple(_layers(found, keeps, bptt, formal=not packs))
    return Cost(
        model.label,
        model.framework,
        size_of(BATCHES, parts),
        size_of(TIMES, parts),
        layers,
        memory_of(found, keeps, chosen, used),
        tuple(_conventions(model, chosen, used, convention, bptt, lengths, input_gradient)),
        all(one.exact for one in layers),
    )


def _layers(found: Sequence[Use], keeps: Sequence[Found], window: Size | None, formal: bool) -> Iterator[LayerCost]:
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
            )
        )
        yield LayerCost(
            name,
            several[0][0].part.layer.type,
            total([use.passes for use, _ in several]),
            tuple(tensor for _, kept_by in several for tensor in kept_by.everything),
            all(kept_by.complete for _, kept_by in several),
            all(use.part.built.costed for use, _ in several) and all(one.exact for one in inner),
            inner,
            partial(formulas, several[0][0], window) if formal and len(several) == 1 and not inner else nothing,
        )


def _conventions(
    model: Model,
    policy: Policy,
    optimizer: Optimizer | None,
    convention: Convention | None,
    window: Size | None,
    lengths: Sequence[int],
    input_gradient: bool,
) -> Iterator[str]:
    yield message("1 MAC is a multiply-add of a matrix product or a convolution: 2 FLOPs")
    if window is not None:
        yield message("back-propagation is truncated to windows of {window} steps", window=unicode(window))
    if lengths and framework(model.framework).packs:
        yield message("recurrent layers read packed sequences, and compute no step beyond the length of each")
    elif lengths:
        yield message("masks save no work: every sequence is computed up to the longest")
    needed = "need a gradient" if input_gradient else "need no gradient"
    yield message(f"the inputs of the model {needed}, and their memory is not counted")
    yield message("dtype policy {policy}", policy=policy.name)
    if not policy.trains:
        yield message("whole numbers have no gradients, so the memory is that of inference")
    if optimizer is not None:
        yield message("optimizer {optimizer}", optimizer=str(optimizer))
        if optimizer.note:
            yield message(optimizer.note)
    if convention is not None:
        yield message("activations are those that {convention}", convention=message(convention.text))


def _passes(passes: Passes) -> JsonObject:
    return {
        "forward_macs": plain(passes.forward),
        "weight_gradient_macs": _plain(passes.weight_gradient),
        "input_gradient_macs": _plain(passes.input_gradient),
        "backward_macs": _plain(passes.backward),
        "step_macs": _plain(passes.step),
    }


def _layer(one: LayerCost) -> JsonObject:
    found: JsonObject = {"name": one.name, "type": one.type, **_passes(one.passes), "kept": _plain(one.elements)}
    if one.kept:
        found["keeps"] = [_tensor(tensor) for tensor in one.kept]
    if one.layers:
        found["layers"] = [_layer(inner) for inner in one.layers]
    return found


def _tensor(one: Tensor) -> JsonObject:
    return {"name": one.name, "elements": plain(one.size), **({"dtype": one.dtype} if one.dtype else {})}


def _plain(size: Size | None) -> int | str | None:
    return None if size is None else plain(size)
