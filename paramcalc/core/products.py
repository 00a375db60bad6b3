"""Products: the multiply-adds of a layer, each with what its two operands are made of.

A product multiplies two operands, and costs its size in multiply-adds. Going backwards it costs its size once more
for every operand that needs a gradient, because the gradient of either operand is a product with the other one::

    forward   = Σ size
    backward  = Σ size · ([left needs a gradient] + [right needs a gradient])

An operand needs a gradient if one of its sources does: an input of the layer, one of its weights, or an initial state.
So a rule states the sources of each operand once, and the cost of every combination of frozen weights follows.
A product to whose result no gradient comes back, because all that reads it ends in whole numbers, has operands without
sources: a model takes them away.

Source of the rule: reverse-mode differentiation of a bilinear map (Griewank & Walther 2008, section 3.2).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from ..symbolic import Size, add, ceil_div
from .sources import (
    NOTHING as NOTHING,
    Joined,
    Source as Source,
    Sources as Sources,
    State as State,
    settled,
    sources as sources,
    written_out,
)


class Steps(NamedTuple):
    """What is special in some steps of a product that is done at each step of a loop.

    Most steps read the state that the step before hands on. Some read a constant instead, so that their operands
    depend on less.

    Attributes
    ----------
    unit : int or Expr
        Multiply-adds of one step.
    number : int or Expr
        How many steps there are, T.
    initial : int
        How many steps are known to read the initial state: 1 or 0.
    first : tuple of frozenset of Source
        What the two operands depend on in such a step.
    cut : int or Expr
        How many steps read a state through which no gradient passes: those that read the initial state, and the start
        of each further window of truncated back-propagation.
    start : tuple of frozenset of Source
        What the two operands depend on at the start of a further window.
    """

    unit: Size
    number: Size
    initial: int
    first: tuple[Sources, Sources]
    start: tuple[Sources, Sources]
    cut: Size


class Product(NamedTuple):
    """A product of two operands.

    Attributes
    ----------
    size : int or Expr
        Multiply-adds, for the whole input and all steps.
    left, right : frozenset of Source
        What each operand depends on.
    steps : Steps, optional
        For a product that is done at each step of a loop.
    """

    size: Size
    left: Sources
    right: Sources
    steps: Steps | None = None

    def backward(self, needed: Callable[[Sources], bool]) -> Iterator[Size]:
        """Give the multiply-adds of the backward pass, term by term, for the operands that need a gradient."""
        for place, operand in enumerate((self.left, self.right)):
            if not needed(operand):
                continue
            yield self.size
            if self.steps is None:
                continue
            # in some steps the operand depends on less; at the start of a window on the least
            initial, cut = self.steps.initial, self.steps.cut
            start, first = needed(self.steps.start[place]), needed(self.steps.first[place])
            without = 0 if start else cut - initial if first else cut
            if without != 0:
                yield -1 * without * self.steps.unit

    def sorts(self) -> Iterator[Product]:
        """Give one product for each sort of steps, those that read the same kind of state."""
        steps = self.steps
        if steps is None:
            yield self
            return
        yield Product((steps.number - steps.cut) * steps.unit, self.left, self.right)
        for number, pair in ((steps.initial, steps.first), (steps.cut - steps.initial, steps.start)):
            if number != 0:
                yield Product(number * steps.unit, *pair)

    def times(self, n: Size) -> Product:
        """Do it n times."""
        steps = self.steps and self.steps._replace(unit=n * self.steps.unit)
        return self._replace(size=n * self.size, steps=steps)

    def mapped(self, of: Callable[[Sources], Sources]) -> Product:
        """Replace the sources of every operand."""
        steps = self.steps
        if steps is not None:
            first, start = ((of(left), of(right)) for left, right in (steps.first, steps.start))
            steps = steps._replace(first=first, start=start)
        return Product(self.size, of(self.left), of(self.right), steps)


class Work(NamedTuple):
    """The products of one call of a layer, and what its outputs depend on.

    Attributes
    ----------
    products : tuple of Product
    flow : tuple of frozenset of Source, optional
        For each output, what it depends on as far as a gradient can follow. ``None``: each output depends on all
        inputs, weights and initial states.
    """

    products: tuple[Product, ...] = ()
    flow: tuple[Sources, ...] | None = None

    def forward(self) -> Size:
        """Multiply-adds of one forward pass."""
        return _sum(one.size for one in self.products)

    def backward(self, live: Collection[Source]) -> Size:
        """Multiply-adds of the backward pass, when the sources in ``live`` need a gradient."""
        wanted, known = frozenset(live), dict[Joined, bool]()

        def alive(one: Joined) -> bool:
            return not wanted.isdisjoint(one.sources) or any(known[inner] for inner in one.inner)

        def needed(operand: Sources) -> bool:
            return not wanted.isdisjoint(operand) or any(
                settled(one, known, alive) for one in operand if isinstance(one, Joined)
            )

        return _sum(size for one in self.products for size in one.backward(needed))

    def __add__(self, other: object) -> Work:
        """Do the work of both; what the outputs depend on stays open."""
        if not isinstance(other, Work):
            return NotImplemented
        return Work(self.products + other.products)

    def towards(self, found: Sources) -> Work:
        """Leave no sources to products that lie on no way to what depends on the sources found."""
        known = written_out(found)

        def led(one: Product) -> Product:
            into = written_out(one.left | one.right) <= known
            return one if into else Product(one.size, NOTHING, NOTHING)

        return self._replace(products=tuple(map(led, self.products)))

    def times(self, n: Size) -> Work:
        """Do the same work n times."""
        return self._replace(products=tuple(one.times(n) for one in self.products))

    def truncated(self, window: Size) -> Work:
        """Cut the states of every loop at the start of each window of so many steps, as truncated back-propagation."""

        def cut(one: Product) -> Product:
            if one.steps is None:
                return one
            windows = ceil_div(one.steps.number, window)
            return one._replace(steps=one.steps._replace(initial=1, cut=windows))

        return self._replace(products=tuple(map(cut, self.products)))

    def scoped(self, prefix: str) -> Work:
        """Put a scope in front of the paths of weights; the prefix includes the separator: ``lstm_cell/``."""
        return self._mapped(lambda source: frozenset({prefix + source if isinstance(source, str) else source}))

    def bind(self, sources: Mapping[Source, Sources]) -> Work:
        """Replace sources by what they depend on outside; others stay."""
        return self._mapped(lambda source: sources.get(source, frozenset({source})))

    def _mapped(self, of: Callable[[Source], Sources]) -> Work:
        seen: dict[Sources, Sources] = {}  # operands are often the same set
        known: dict[Joined, Sources] = {}

        def within(one: Joined) -> Sources:
            return frozenset({Joined(each(one.sources))})

        def each(found: Sources) -> Sources:
            return NOTHING.union(
                *(settled(one, known, within) if isinstance(one, Joined) else of(one) for one in found)
            )

        def mapped(found: Sources) -> Sources:
            if found not in seen:
                seen[found] = each(found)
            return seen[found]

        products = tuple(one.mapped(mapped) for one in self.products)
        return Work(products, None if self.flow is None else tuple(map(mapped, self.flow)))


def product(size: Size, left: Source | Iterable[Source], right: Source | Iterable[Source]) -> Product:
    """Make a product of two operands, each of one source or of several.

    ``product(d_x * d_y, 0, "kernel")`` multiplies the first input by the kernel.
    """
    return Product(size, sources(left), sources(right))


def loop(step: Work, steps: Size, carried: Iterable[Sources], dead: int = 0) -> Work:
    """Repeat the work of one time step; each step reads the states of the step before.

    Parameters
    ----------
    step : Work
        One time step. ``State(i)`` among its sources is the state that the step reads.
    steps : int or Expr
        How many steps there are, T.
    carried : iterable of frozenset of Source
        For each state, what its new value depends on.
    dead : int
        How many steps read a state that is a constant: no gradient goes through it, unless an initial state is given.
        PyTorch and unrolled loops know that the first state is zeros: 1. A loop in the compiled program treats all
        steps alike: 0. Truncated back-propagation cuts the state at the start of each window: ⌈T/k⌉.

    Returns
    -------
    Work
        In which ``State(i)`` is the initial state.
    """
    carried = tuple(carried)
    reach = carried if steps == dead else _closed(carried)  # else no step reads what another one hands on
    # a loop within a step: its steps of each sort are products of their own
    products = tuple(_over(one, steps, dead, reach) for whole in step.products for one in whole.sorts())
    flow = None if step.flow is None else (_alive(step.flow[0], reach), *reach)
    return Work(products, flow)


def _over(one: Product, number: Size, initial: int, reach: tuple[Sources, ...]) -> Product:
    left, right = _alive(one.left, reach), _alive(one.right, reach)
    start = (_stateless(one.left), _stateless(one.right))
    return Product(
        number * one.size, left, right, Steps(one.size, number, initial, (one.left, one.right), start, initial)
    )


@lru_cache(1024)
def _stateless(operand: Sources) -> Sources:
    return frozenset(one for one in operand if not isinstance(one, State))


@lru_cache(1024)  # layers of one kind ask for the same few sets
def _alive(operand: Sources, reach: tuple[Sources, ...]) -> Sources:
    # each state is what it was updated from, and its initial value
    states = [one for one in operand if isinstance(one, State) and one.place < len(reach)]
    return operand.union(*(reach[one.place] for one in states))


@lru_cache(1024)
def _closed(carried: tuple[Sources, ...]) -> tuple[Sources, ...]:
    # what a state depends on after many steps: what it is updated from, those states' sources included
    reach = carried
    while True:
        grown = tuple(
            found.union(*(reach[one.place] for one in found if isinstance(one, State) and one.place < len(reach)))
            for found in reach
        )
        if grown == reach:
            return reach
        reach = grown


def _sum(sizes: Iterable[Size]) -> Size:
    terms = tuple(sizes)
    return sum(terms) if {*map(type, terms)} <= {int} else add(terms)


def unsourced(size: Size) -> Work:
    """Make one product whose operands have no sources."""
    return Work((Product(size, NOTHING, NOTHING),))
