"""Multiply-adds of the backward pass: what a rule states, compared with what the framework computes.

Which products a gradient takes depends on what needs one: a frozen weight, or an input without anything to train before
it, saves a product each. So a layer is compared for every choice of its inputs, weights and initial states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations
from random import Random
from typing import NamedTuple, Protocol

from ..core.built import Built
from ..core.products import Source, State
from .compare import number

MOST = 64  # choices of a layer


class Live(NamedTuple):
    """What needs a gradient.

    Attributes
    ----------
    inputs : frozenset of int
        Inputs by position.
    weights : frozenset of str
        Weights by the paths of ours.
    states : frozenset of int
        Initial states by position. A recurrent layer is handed initial states only where one of them needs a gradient.
    """

    inputs: frozenset[int] = frozenset()
    weights: frozenset[str] = frozenset()
    states: frozenset[int] = frozenset()

    def __str__(self) -> str:
        named = [f"input {at + 1}" for at in sorted(self.inputs)]
        named += [*sorted(self.weights), *(f"state {at + 1}" for at in sorted(self.states))]
        return ", ".join(named) or "nothing"


def named(live: Live) -> frozenset[Source]:
    """Give the sources of a rule that need a gradient."""
    return frozenset([*live.inputs, *live.weights, *map(State, live.states)])


class Derivative(Protocol):
    """A layer on inputs of known sizes, as the framework differentiates it."""

    @property
    def sources(self) -> Live:
        """Everything that can need a gradient."""

    def forward(self) -> int:
        """Count the multiply-adds of the forward pass."""

    def backward(self, live: Live) -> int:
        """Count those of the backward pass, from every output, when these need a gradient."""


def choices(sources: Live, most: int = MOST) -> list[Live]:
    """List what may need a gradient: every subset of the sources, or ``most`` of them.

    Of many sources these come first: none, all, all of a kind, each alone, all but one; the others are drawn, always
    the same ones.
    """
    flat: list[tuple[int, int | str]] = [(0, at) for at in sorted(sources.inputs)]
    flat += [(1, path) for path in sorted(sources.weights)]
    flat += [(2, at) for at in sorted(sources.states)]
    if 2 ** len(flat) <= most:
        return [_live(some) for size in range(len(flat) + 1) for some in combinations(flat, size)]
    kinds = [[one for one in flat if one[0] == kind] for kind in range(3)]
    first = [[], flat, *kinds, *([one] for one in flat), *([one for one in flat if one != out] for out in flat)]
    draw = Random(repr(flat))
    drawn = ([one for one in flat if draw.random() < 0.5] for _ in range(8 * most))
    return list(dict.fromkeys(_live(some) for some in chain(first, drawn)))[:most]


def _live(some: Sequence[tuple[int, int | str]]) -> Live:
    inputs = frozenset(one for kind, one in some if kind == 0 and isinstance(one, int))
    weights = frozenset(one for kind, one in some if kind == 1 and isinstance(one, str))
    return Live(inputs, weights, frozenset(one for kind, one in some if kind == 2 and isinstance(one, int)))


def backward_problems(ours: Built, theirs: Derivative, most: int = MOST) -> Iterator[str]:
    """Compare the multiply-adds that a rule states with those of the framework, forwards and backwards.

    Parameters
    ----------
    ours : Built
    theirs : Derivative
    most : int
        How many choices of what needs a gradient are compared.
    """
    if ours.forward() != theirs.forward():
        yield f"forwards: paramcalc {number(ours.forward())}, the framework {number(theirs.forward())}"
    for live in choices(theirs.sources, most):
        here, there = ours.backward(named(live)), theirs.backward(live)
        if here != there:
            yield f"backwards for {live}: paramcalc {number(here)}, the framework {number(there)}"
