"""Memory by purpose, in bytes: weights, gradients, optimizer, activations kept for the backward pass, and states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...core.built import Weight
from ...core.rule import Layer
from ...core.totals import summed
from ...symbolic import Size
from .dtypes import BITS, Policy, in_bytes, policy as policy_named
from .kept import Beside, Found
from .optimizers import Optimizer, optimizer_state
from .passes import Origin, Use, leaves_of, origin_of, together
from .states import state_of


class Memory(NamedTuple):
    """Bytes for each purpose; ``None`` where a part of it is unknown.

    Attributes
    ----------
    weights : int, Expr or None
        All weights, those that do not train and buffers included.
    gradients : int, Expr or None
        One number for each weight that trains.
    optimizer : int, Expr or None
        What the optimizer keeps between steps.
    activations : int, Expr or None
        What is kept from the forward pass for the backward pass, the inputs of the model aside.
    state : int, Expr or None
        What inference keeps between time steps: hidden and cell states, cached keys and values.
    """

    weights: Size | None = 0
    gradients: Size | None = 0
    optimizer: Size | None = 0
    activations: Size | None = 0
    state: Size | None = 0

    @property
    def training(self) -> Size | None:
        """Weights, gradients, optimizer and activations together."""
        return together((self.weights, self.gradients, self.optimizer, self.activations))

    @property
    def inference(self) -> Size | None:
        """Weights and states together."""
        return together((self.weights, self.state))


def memory_of(
    found: Sequence[Use],
    keeps: Sequence[Found],
    policy: Policy,
    optimizer: Optimizer | None = None,
    beside: Sequence[Beside] = (),
) -> Memory:
    """Add up the bytes of a model for each purpose.

    Parameters
    ----------
    found : list of Use
    keeps : list of Found
        What each use keeps for the backward pass.
    policy : Policy
        Of the layers that have none of their own.
    optimizer : Optimizer, optional
        Whose slots are counted.

    Raises
    ------
    OptionError
        For a weight that the optimizer refuses.
    """
    every: dict[Origin, tuple[Weight, Policy, bool]] = {}
    known = True
    for use in leaves_of(found):
        built, own = use.part.built, policy_of(use, policy)
        known = known and not built.unknown
        for at, weight in enumerate(built.weights):
            trains = weight.path in use.live
            named = weight.evolve(scope="/".join(filter(None, (use.part.name, weight.scope))))
            every.setdefault(origin_of(weight, id(use.part.layer), at), (named, own, trains))
    trained = [(weight, own) for weight, own, trains in every.values() if trains]
    trains = all(own.trains for _, own in trained)  # whole numbers have no gradients
    return Memory(
        summed(in_bytes(weight.params, own.variables) for weight, own, _ in every.values()) if known else None,
        summed(in_bytes(weight.params, own.variables) for weight, own in trained) if known and trains else None,
        _slots(trained, optimizer) if known and trains else None,
        together((bytes_kept(found, keeps, policy), *(_bytes(one.found, policy) for one in beside))),
        summed(_state(use, policy) for use in leaves_of(found)),
    )


def bytes_kept(found: Sequence[Use], keeps: Sequence[Found], policy: Policy) -> Size | None:
    """Bytes of what is kept for the backward pass; ``None`` if some of it is unknown."""
    return together(_kept(use, one, policy) for use, one in zip(found, keeps, strict=True))


def activations_at_least(
    found: Sequence[Use], keeps: Sequence[Found], policy: Policy, beside: Sequence[Beside] = ()
) -> Size:
    """Bytes of what is surely kept for the backward pass, by layers and by functions beside them."""
    of_layers = (_at_least(use, one, policy) for use, one in zip(found, keeps, strict=True))
    return summed((*of_layers, *(_at_least(None, one.found, policy) for one in beside)))


def _at_least(use: Use | None, found: Found, usual: Policy) -> Size:
    own = usual if use is None else policy_of(use, usual)
    return summed(in_bytes(one.size, one.dtype or own.computation) for one in found.everything)


def trained_weights(found: Sequence[Use]) -> list[Weight]:
    """List the weights that train, each once."""
    every = {
        origin_of(weight, id(use.part.layer), at): weight
        for use in leaves_of(found)
        for at, weight in enumerate(use.part.built.weights)
        if weight.path in use.live
    }
    return [*every.values()]


def _slots(trained: Sequence[tuple[Weight, Policy]], optimizer: Optimizer | None) -> Size:
    if optimizer is None:
        return 0
    state = optimizer_state(optimizer, [weight for weight, _ in trained])
    return state.bytes([BITS[own.variables] // 8 for _, own in trained])


def policy_of(use: Use, usual: Policy) -> Policy:
    """Give the dtype policy of a layer, which may be its own."""
    layer = use.part.layer
    given = {**layer.options, **(layer.ignored_options or {})} if isinstance(layer, Layer) else {}
    own = given.get("dtype")
    return policy_named(own) if isinstance(own, str) else usual


def _kept(use: Use, found: Found, usual: Policy) -> Size | None:
    if use.inner and found.inner:
        return together(_kept(one, inner, usual) for one, inner in zip(use.inner, found.inner, strict=True))
    return _bytes(found, policy_of(use, usual))


def _bytes(found: Found, policy: Policy) -> Size | None:
    sizes = [in_bytes(one.size, one.dtype or policy.computation) for one in found.tensors]
    return summed(sizes) if found.known else None


def _state(use: Use, usual: Policy) -> Size:
    own = policy_of(use, usual)
    return in_bytes(state_of(use.part), own.computation)
