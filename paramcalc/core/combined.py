"""Functions that make the `Built` of a wrapper, a model or a stack from those of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from ..symbolic import Size
from .built import Applicable, Built, Weight
from .products import Source, Sources, State, Work
from .shapes import listed


def scoped(weights: tuple[Weight, ...], scope: str, of: Applicable | None = None) -> tuple[Weight, ...]:
    """Put weights under a scope: ``kernel`` → ``lstm_cell/kernel``.

    ``of`` is the layer they belong to; of a copy, which has weights of its own, it is left out.
    """
    return tuple(
        weight.evolve(
            scope=f"{scope}/{weight.scope}" if weight.scope else scope,
            origin=(weight.origin or (id(of), place)) if of is not None else None,
        )
        for place, weight in enumerate(weights)
    )


def placed(
    built: Built, scope: str, read: Sequence[Sources], states: Sequence[Sources] | None = None, separator: str = "/"
) -> Work:
    """Give the work of a layer as part of another one.

    Parameters
    ----------
    built : Built
        Of the part.
    scope : str
        In front of the paths of its weights; empty for none.
    read : sequence of frozenset of Source
        What each of its inputs depends on.
    states : sequence of frozenset of Source, optional
        What each of its initial states depends on; they stay what they are when left out.
    separator : str
        Between the scope and a path.

    Returns
    -------
    Work
        With the flow of every output.
    """
    work = built.work() if built.work is not None else Work()
    work = work._replace(flow=built.flows(work, len(read), len(listed(built.outs))))
    given: dict[Source, Sources] = dict(enumerate(read))
    given |= {State(at): found for at, found in enumerate(states or ())}
    return (work.scoped(scope + separator) if scope else work).bind(given)


def scaled(built: Built, times: Size) -> Built:
    """Do the work, that of its insides included, so many times over."""
    work, parts = built.work, built.parts
    return built._replace(
        work=(lambda: work().times(times)) if work else None,
        parts=(lambda: [part._replace(built=scaled(part.built, times)) for part in parts()]) if parts else None,
    )


class Known(TypedDict):
    """How much is known of a layer, as `Built` has it."""

    unknown: str
    costed: bool
    guessed: bool


def known_of(parts: Sequence[Built]) -> Known:
    """Say how much is known of a layer that is made of others: as much as of all of them."""
    return {
        "unknown": next((part.unknown for part in parts if part.unknown), ""),
        "costed": all(part.costed for part in parts),
        "guessed": any(part.guessed for part in parts),
    }


def without_cost(built: Built) -> Built:
    """Take away what is said of the work, that of its insides included: how often it is done is unknown."""
    parts = built.parts
    return built._replace(
        work=None,
        costed=False,
        parts=(lambda: [part._replace(built=without_cost(part.built)) for part in parts()]) if parts else None,
    )


def frozen(built: Built) -> Built:
    """Mark every weight as one that training does not change."""
    return built._replace(weights=tuple(weight.evolve(trainable=False) for weight in built.weights))
