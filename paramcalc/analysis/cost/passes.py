"""Multiply-adds of the forward and backward passes, layer by layer, for any set of frozen weights.

A gradient is needed for a value if something that trains is upstream of it. A layer does the products of its gradients
if one comes back to it and something in it, or before it, needs one. So the flow of what needs a gradient is followed
through the graph once forwards, and the flow of the gradients once backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ...core.built import Part, Weight
from ...core.identity import call_identity
from ...core.products import NOTHING, Source, State, Work
from ...core.shapes import AnyShape, UnknownShape, listed
from ...core.sources import written_out
from ...core.totals import summed
from ...graph.gradients import gradients, work_of
from ...graph.model import Model
from ...graph.size_names import BATCHES, TIMES
from ...graph.wiring import Leaf, Links
from ...symbolic import Size

Origin = tuple[int, int]


class Passes(NamedTuple):
    """Multiply-adds of one training step.

    Attributes
    ----------
    forward : int or Expr
    weight_gradient : int, Expr or None
        Multiply-adds of the backward pass if no input needs a gradient. For a recurrent layer that includes the
        gradients of its hidden states.
    input_gradient : int, Expr or None
        Additional multiply-adds if an input needs a gradient. Both are ``None`` where it is unknown how layers are
        connected.
    """

    forward: Size = 0
    weight_gradient: Size | None = 0
    input_gradient: Size | None = 0

    @property
    def backward(self) -> Size | None:
        """Multiply-adds of the backward pass."""
        return together((self.weight_gradient, self.input_gradient))

    @property
    def step(self) -> Size | None:
        """Multiply-adds of both passes."""
        return together(self)


def together(sizes: Iterable[Size | None]) -> Size | None:
    """Add sizes up; unknown if one of them is."""
    terms = [*sizes]
    known = [one for one in terms if one is not None]
    return summed(known) if len(known) == len(terms) else None


def total(several: Sequence[Passes]) -> Passes:
    """Add passes up; those of a use are added up already."""
    return several[0] if len(several) == 1 else _sum(several)


def _sum(several: Sequence[Passes]) -> Passes:
    return Passes(
        summed(one.forward for one in several),
        together(one.weight_gradient for one in several),
        together(one.input_gradient for one in several),
    )


class Use(NamedTuple):
    """One use of a layer in a model.

    Attributes
    ----------
    part : Part
    passes : Passes
    live : frozenset of Source
        Which of its own inputs, weights and initial states need a gradient.
    reached : frozenset of int
        The outputs to which a gradient comes back; empty if training does not concern it.
    inner : list of Use
        The uses inside, if it is a model.
    """

    part: Part
    passes: Passes
    live: frozenset[Source]
    reached: frozenset[int]
    inner: list[Use]


class Training(NamedTuple):
    """What trains, and how the backward pass is done.

    Attributes
    ----------
    frozen : callable
        Whether the weight of a layer, by the path of the layer in the model, is frozen by request.
    origins : frozenset of (int, int)
        Weights that are frozen somewhere, and so wherever they are used.
    window : int, Expr or None
        Of truncated back-propagation through time.
    lengths : tuple of int
        Of sequences that are packed, so that a recurrent layer computes no step beyond them; empty if none are.
    """

    frozen: Callable[[str], bool]
    origins: frozenset[Origin]
    window: Size | None = None
    lengths: tuple[int, ...] = ()


def frozen_origins(model: Model, parts: Sequence[Part], frozen: Callable[[str], bool]) -> frozenset[Origin]:
    """List the weights that a model freezes, or that are frozen by request, by their origins."""
    found = set[Origin]()
    for part in parts:
        whole = model.frozen or part.layer.frozen
        for at, one in enumerate(part.built.weights):
            if whole or not one.trainable or frozen(f"{part.name}/{one.path}"):
                found.add(origin_of(one, id(part.layer), at))
    return frozenset(found)


def uses(
    model: Model,
    parts: Sequence[Part],
    training: Training,
    inputs: Sequence[bool],
    wanted: frozenset[int] | None = None,
    above: str = "",
    seen: Seen | None = None,
) -> tuple[list[Use], list[bool]]:
    """Give the passes of every use of a layer, and whether each output of the model needs a gradient.

    Parameters
    ----------
    model : Model
    parts : list of Part
        What every node builds, in order.
    training : Training
    inputs : list of bool
        Whether each input needs a gradient.
    wanted : frozenset of int, optional
        The outputs from which gradients come; all of them when left out.
    above : str
        The path of the model.
    seen : Seen
        What came of the models inside, so that equal ones are worked out once.
    """
    seen = Seen({}, {}) if seen is None else seen
    wiring = model.wiring
    if wiring is None:
        return [_uncalled(part, training, Passes(part.built.forward(), None, None)) for part in parts], []
    built = [part.built for part in parts]
    keys = [_identity(part) for part in parts]
    works = []
    for key, step in zip(keys, built, strict=True):
        if key not in seen.works:
            seen.works[key] = work_of(step)
        works.append(seen.works[key])
    ends = [links for at, links in enumerate(wiring.outputs) if wanted is None or at in wanted]
    reached = gradients(wiring._replace(outputs=ends), built, works)
    values: list[list[bool]] = [[one] for one in inputs]
    leaves = {} if model.nodes else _leaves(parts, training, above)  # a graph has none

    def needed(several: Iterable[Links]) -> list[bool]:
        return [
            any(leaves[one.origin] if isinstance(one, Leaf) else values[one[0]][one[1]] for one in links)
            for links in several
        ]

    found: dict[int, Use] = {}
    for wire, back in zip(wiring.wires, reached, strict=True):
        part = parts[wire.part]
        read, states, path = needed(wire.args), needed(wire.states), f"{above}{part.name}"
        weights = _trained(part, training, path)
        key = keys[wire.part], tuple(read), tuple(states), back, weights
        if key not in seen.uses:
            use, needs = _use(part, works[wire.part], training, read, states, back, path, weights, seen)
            seen.uses[key] = use._replace(passes=_sum([use.passes])), needs
        use, needs = seen.uses[key]
        found[wire.part] = _used(use, part)
        values.append(needs)
    every = [found.get(at) or _uncalled(part, training, Passes(), above) for at, part in enumerate(parts)]
    return every, needed(wiring.outputs)


class Seen(NamedTuple):
    """What came of layers and models, by all that it depends on.

    Attributes
    ----------
    works : dict
        What each computes.
    uses : dict
        Its use, and which of its outputs need a gradient.
    """

    works: dict[Hashable, Work]
    uses: dict[Hashable, tuple[Use, list[bool]]]


def _identity(part: Part) -> Hashable:
    # names of weights are those of the layers inside; a use in a wrapper is like itself alone
    use = call_identity(part)
    return object() if use is None else (part.layer.identity(), tuple(one.path for one in part.built.weights), use)


def _used(use: Use, part: Part) -> Use:
    # the use of an equal part, as that of this one
    if use.part is part:
        return use
    parts = part.built.parts() if part.built.parts is not None else ()
    return use._replace(part=part, inner=[_used(one, own) for one, own in zip(use.inner, parts, strict=False)])


def _uncalled(part: Part, training: Training, passes: Passes, above: str = "") -> Use:
    # a layer that holds weights and is not called, as far as that is known
    return Use(part, _sum([passes]), _trained(part, training, f"{above}{part.name}"), frozenset(), [])


def _trained(part: Part, training: Training, path: str) -> frozenset[Source]:
    # the weights that need a gradient
    return frozenset(
        one.path
        for at, one in enumerate(part.built.weights)
        if one.trainable
        and not one.buffer
        and origin_of(one, id(part.layer), at) not in training.origins
        and not training.frozen(f"{path}/{one.path}")
    )


def _leaves(parts: Sequence[Part], training: Training, above: str) -> dict[Origin, bool]:
    # whether the weights that are tensors of a program need a gradient
    found: dict[Origin, bool] = {}
    for part in parts:
        trained = _trained(part, training, f"{above}{part.name}")
        for one in part.built.weights:
            if one.origin is not None:
                found[one.origin] = found.get(one.origin, True) and one.path in trained
    return found


def _use(
    part: Part,
    work: Work,
    training: Training,
    read: Sequence[bool],
    states: Sequence[bool],
    back: frozenset[int],
    path: str,
    weights: frozenset[Source],
    seen: Seen,
) -> tuple[Use, list[bool]]:
    layer, built = part.layer, part.built
    if isinstance(layer, Model) and built.parts is not None:
        inner, needs = uses(layer, built.parts(), training, read, back, f"{path}/", seen)
        live = frozenset[Source](at for at, one in enumerate(read) if one)
        return Use(part, total([one.passes for one in inner]), live, back, inner), needs
    given = frozenset[Source](
        [*(at for at, one in enumerate(read) if one), *(State(at) for at, one in enumerate(states) if one)]
    )
    live = given | weights
    flows = built.flows(work, len(read), len(listed(built.outs)))
    needs = [not live.isdisjoint(written_out(flow)) for flow in flows]
    if training.lengths and any(one.steps is not None for one in work.products):
        work = packed(part, training.lengths)
    if training.window is not None:
        work = work.truncated(training.window)
    if built.unknown or not built.costed:  # what it does backwards is unknown, and what it has to train may be
        return Use(part, Passes(work.forward(), None, None), live, back, []), [True] * len(needs)
    if 0 < len(back) < len(flows):
        work = work.towards(NOTHING.union(*(flows[at] for at in back)))
    own = work.backward(weights) if back else 0
    both = work.backward(live) if back else 0
    return Use(part, Passes(work.forward(), own, summed((both, -1 * own))), live, back, []), needs


def packed(part: Part, lengths: Sequence[int]) -> Work:
    """Give the work of a recurrent layer on packed sequences: that of each sequence by itself."""
    whole = Work()
    for shapes in alone(part, lengths):
        whole += work_of(part.layer.on(*shapes))
    return whole


def alone(part: Part, lengths: Sequence[int]) -> Iterator[tuple[AnyShape, ...]]:
    """Give the inputs of a recurrent layer for each sequence by itself."""
    (shape, *others) = part.inputs
    assert not isinstance(shape, UnknownShape)  # it has products
    names = part.layer.axes(len(shape)) or []
    for length in lengths:
        own: dict[str, Size] = {**dict.fromkeys(BATCHES, 1), **dict.fromkeys(TIMES, length)}
        yield (tuple(own.get(name, size) for name, size in zip(names, shape, strict=True)), *others)


def origin_of(weight: Weight, layer: int, place: int) -> Origin:
    """Identify a weight: by the layer it belongs to and its place there, wherever that layer is used."""
    return weight.origin or (layer, place)


def leaves_of(found: Iterable[Use]) -> Iterator[Use]:
    """List the uses of layers, those inside models instead of the models."""
    for use in found:
        if use.inner:
            yield from leaves_of(use.inner)
        else:
            yield use


def parts_on(model: Model, shapes: Sequence[AnyShape]) -> list[Part]:
    """Let shapes flow through a model; give what every node builds on them."""
    return model.parts(shapes, model.run(shapes) if model.nodes else [])  # a live module has no graph to run
