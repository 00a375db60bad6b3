"""Tensors kept for the backward pass: what the table of a framework states, compared with what the framework saves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from ..analysis.cost.kept.values import Call, Keeping, Memory, Tape, Value, value_of
from ..core.rule import Layer
from ..core.shapes import Shape
from .backward import Live, choices, named

USUAL = "float32"  # the dtype of the computation, in which a framework is asked


class Saved(NamedTuple):
    """What is kept of the call of a layer, weights aside.

    Attributes
    ----------
    inputs, states, outputs : frozenset of int
        Those whose memory is kept, by position; an output that is an input or a state is not among the outputs.
    own : mapping of str to int
        Number of elements of all other tensors, by dtype.
    views : mapping of int to int
        Outputs that share the memory of an input.
    """

    inputs: frozenset[int]
    states: frozenset[int]
    outputs: frozenset[int]
    own: Mapping[str, int]
    views: Mapping[int, int]

    def __str__(self) -> str:
        found = [
            f"{kind} {at + 1}" for kind in ("input", "state", "output") for at in sorted(getattr(self, f"{kind}s"))
        ]
        found += [f"{size} of {dtype}" for dtype, size in sorted(self.own.items())]
        found += [f"output {out + 1} is input {at + 1}" for out, at in sorted(self.views.items())]
        return ", ".join(found) or "nothing"


class Training(Protocol):
    """A layer on inputs of known sizes, as the framework trains it."""

    @property
    def sources(self) -> Live:
        """Everything that can need a gradient."""

    def saved(self, live: Live) -> Saved:
        """Run it forwards, and say what is saved when these need a gradient."""


def stated(keeping: Keeping, layer: Layer, shapes: Sequence[Shape], live: Live) -> Saved | None:
    """Say what a table states of a call with these inputs; ``None`` where it does not know."""
    built = layer.on(*shapes)
    tape = Tape()
    inputs = [value_of(shape, live=at in live.inputs) for at, shape in enumerate(shapes)]
    given = live.states and built.states
    states = [value_of(shape, live=at in live.states) for at, shape in enumerate(built.states)] if given else []
    call = Call(layer, tuple(inputs), built.shapes(), tuple(states), built.states, named(live), tape)
    outs = keeping(call)
    return None if outs is None else _sorted(inputs, states, outs, tape)


def _sorted(inputs: Sequence[Value], states: Sequence[Value], outs: Sequence[Value], tape: Tape) -> Saved:
    given: dict[Memory, int] = {one.memory: at for at, one in enumerate(inputs)}
    first: dict[Memory, int] = {one.memory: at for at, one in enumerate(states)}
    made: dict[Memory, int] = {}
    for at, one in enumerate(outs):
        if one.memory not in given:
            made.setdefault(one.memory, at)
    own: dict[str, int] = {}
    spared = tape.spared()
    kept = [memory for memory in tape.kept if memory not in spared]
    for memory in kept:
        if memory not in given and memory not in first and memory not in made:
            dtype = memory.dtype or USUAL
            own[dtype] = own.get(dtype, 0) + int(memory.size)  # type: ignore[arg-type]  # sizes are known
    inputs_kept, states_kept, outputs_kept = (
        frozenset(at for memory, at in some.items() if memory in kept) for some in (given, first, made)
    )
    return Saved(
        inputs_kept,
        states_kept,
        outputs_kept,
        {dtype: size for dtype, size in own.items() if size},
        {at: given[one.memory] for at, one in enumerate(outs) if one.memory in given},
    )


def residual_problems(
    keeping: Keeping, layer: Layer, shapes: Sequence[Shape], theirs: Training, most: int
) -> Iterator[str]:
    """Compare what is kept, for choices of what needs a gradient.

    Parameters
    ----------
    keeping : callable
        What the table states of the class of the layer.
    layer : Layer
    shapes : sequence of shapes
    theirs : Training
    most : int
        How many choices are compared.
    """
    for live in choices(theirs.sources, most):
        here, there = stated(keeping, layer, shapes, live), theirs.saved(live)
        if here is None and live.states:  # a table may not know calls with initial states
            continue
        if here != there:
            yield f"for {live}: paramcalc {here}, the framework {there}"
