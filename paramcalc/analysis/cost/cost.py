"""The cost of a model at a batch size and a number of time steps: the passes, the memory, and what they depend on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ...catalogue import message
from ...core.json_data import JsonObject
from ...core.totals import summed
from ...displayed import Displayed
from ...graph.model import Model
from ...report import plain
from ...symbolic import Size, unicode
from .dtypes import Policy, policy as policy_named
from .kept import Convention, Found, Tensor, convention_of, kept
from .memory import Memory, memory_of
from .naming import is_named
from .passes import Passes, Training, Use, frozen_origins, parts_on, total, uses
from .sizes import batch_in, steps_in, with_sizes
from .truncation import check_truncation, check_window

SCHEMA = "paramcalc-cost/1"


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
    """

    name: str
    type: str
    passes: Passes
    kept: tuple[Tensor, ...] = ()
    kept_known: bool = True
    exact: bool = True
    layers: tuple[LayerCost, ...] = ()

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


def cost(
    model: Model,
    *,
    batch: Size | None = None,
    steps: Size | None = None,
    optimizer: str | None = None,
    dtype: str = "float32",
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
    optimizer : str, optional
        Whose slots are counted; none when left out.
    dtype : str
        The dtype policy: ``float32``, ``bfloat16``, ``mixed_bfloat16``, ….
    bptt : int or Expr, optional
        The window of truncated back-propagation through time, in steps; without it, back-propagation is full.
    frozen : list of str
        Layers or weights that do not train, by name or path.
    input_gradient : bool
        Whether a gradient of the model's inputs is wanted.

    Raises
    ------
    OptionError
        For a name that is no layer, a size that is fixed, an unknown dtype or optimizer, and a model that has no
        windows (see `paramcalc.analysis.cost.truncation.check_truncation`).
    ShapeError
        When the layers do not fit these sizes.
    """
    chosen = policy_named(dtype)
    check_window(bptt)
    shapes = with_sizes(model.input_shapes, batch, steps)
    parts = parts_on(model, shapes)
    built = [part.built for part in parts]
    training = Training(is_named(frozen, parts), frozen_origins(model, built), bptt)
    found, _ = uses(model, parts, training, [input_gradient] * len(shapes))
    if bptt is not None:
        check_truncation(model, found)
    convention = convention_of(model.framework)
    keeps, _ = kept(model, found, convention)
    layers = tuple(_layers(found, keeps))
    return Cost(
        model.label,
        model.framework,
        batch_in(model.input_shapes, shapes),
        steps_in(model.input_shapes, shapes),
        layers,
        memory_of(found, keeps, chosen, None),
        tuple(_conventions(model, chosen, convention, bptt, input_gradient)),
        all(one.exact for one in layers),
    )


def _layers(found: Sequence[Use], keeps: Sequence[Found]) -> Iterator[LayerCost]:
    # the uses of one layer are one line
    by_name: dict[str, list[tuple[Use, Found]]] = {}
    for use, kept_by in zip(found, keeps, strict=True):
        by_name.setdefault(use.part.name, []).append((use, kept_by))
    for name, several in by_name.items():
        inner = tuple(
            _layers(
                [one for use, _ in several for one in use.inner],
                [one for _, kept_by in several for one in kept_by.inner],
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
        )


def _conventions(
    model: Model, policy: Policy, convention: Convention | None, window: Size | None, input_gradient: bool
) -> Iterator[str]:
    yield message("MACs are multiply-adds of matrix products and convolutions; one is two FLOPs")
    if window is not None:
        yield message("back-propagation is truncated to windows of {window} steps", window=unicode(window))
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
