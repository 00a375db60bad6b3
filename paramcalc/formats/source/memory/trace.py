"""What walking ``forward`` on shapes shows: the calls of layers, the products of functions, and what each reads."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from ....core.built import Built
from ....core.products import Work
from ....core.shapes import Shape
from ....graph.program import Operand, Output, Step
from ....graph.wiring import Links
from .objects import Plain

NO_LINKS: Links = frozenset()


class Memory:
    """The memory of a tensor, which those that are views of it share.

    Attributes
    ----------
    doubtful : bool
        Whether it may be that of another tensor, too.
    """

    __slots__ = ("doubtful",)

    def __init__(self, doubtful: bool = False) -> None:
        self.doubtful = doubtful


class Call(NamedTuple):
    """A call of a layer or of a function that multiplies matrices.

    Attributes
    ----------
    key : int or str
        The ``id`` of the object of the layer, or the name of the function.
    inputs : tuple of shapes
    built : Built
    args, states : tuple of frozenset of Link
        What the inputs and the initial states are made of.
    """

    key: int | str
    inputs: tuple[Shape, ...]
    built: Built
    args: tuple[Links, ...]
    states: tuple[Links, ...]


class Trace:
    """What was seen on the way.

    Attributes
    ----------
    inputs : int
        How many inputs the model has.
    calls : list of Call
        In their order.
    sure : bool
        Whether that is everything that is multiplied, whatever the unknown conditions of the program turn out to be.
    linked : bool
        Whether it is known what each call reads.
    outputs : list of frozenset of Link
        What the outputs of the model are made of.
    written : dict of Memory to frozenset of Link
        What tensors depend on besides, because something was written into their memory.
    steps : list of Step
        What is done with tensors, functions included; ``part`` is the place among the calls.
    made : dict of tensor to Output
        Which step gave a tensor, or changed it last.
    results : list of Operand
        The outputs of the model, by the steps that gave them.
    whole : bool
        Whether the steps are all, as far as the calls are.
    """

    def __init__(self, inputs: int = 0, linked: bool = True) -> None:
        self.inputs = inputs
        self.calls: list[Call] = []
        self.sure = True
        self.linked = linked
        self.outputs: list[Links] = []
        self.written: dict[Memory, Links] = {}
        self.steps: list[Step] = []
        self.made: dict[Plain, Output] = {}
        self.whole = True
        self.results: list[Operand] = []
        self._places: dict[int | str, list[int]] = {}
        self._begun: dict[Hashable, range] = {}

    def begin(self, generator: Hashable, start: int) -> None:
        """Note the calls of a generator since some place: they are made if it is run to its end."""
        if len(self.calls) > start:
            self._begun[generator] = range(start, len(self.calls))

    def finish(self, generator: Hashable) -> None:
        """Note that a generator is run to its end."""
        self._begun.pop(generator, None)

    def close(self) -> None:
        """Leave out the calls of generators that may not be run to their ends."""
        if not self._begun:
            return
        lost = {place for several in self._begun.values() for place in several}
        self.sure = self.whole = False
        self.steps, self.made = [], {}  # they name calls by their places
        self.calls = [one for place, one in enumerate(self.calls) if place not in lost]
        self._places = {}
        for place, one in enumerate(self.calls):
            self._places.setdefault(one.key, []).append(place)

    def note(self, step: Step, made: Sequence[Plain]) -> None:
        """Note a step that is made for sure, and which tensors it gives."""
        place = self.inputs + len(self.steps)
        self.steps.append(step)
        self.made |= {one: Output(place, at) for at, one in enumerate(made)}

    def in_place(self, found: Plain, made: Plain) -> None:
        """Note that the last step, which gave a tensor, wrote it into the memory of its first argument instead."""
        output = self.made.get(found)
        if output is None:
            self.whole = False
        elif output.place == self.inputs + len(self.steps) - 1:
            last = self.steps.pop()
            self.note(last._replace(kwargs={**last.kwargs, "inplace": last.part is None}), (made,))

    def of(self, key: int | str) -> list[int]:
        """List the places of the calls of a layer or function."""
        return self._places.get(key, [])

    @property
    def functions(self) -> list[str]:
        """The functions that multiply matrices, in the order of their first calls."""
        return [key for key in self._places if isinstance(key, str)]

    def call(
        self,
        key: int | str,
        inputs: Sequence[Shape],
        built: Built,
        args: Sequence[Links | None],
        states: Sequence[Links | None] = (),
    ) -> tuple[Links, ...]:
        """Keep a call that is made for sure; give what each of its outputs is made of."""
        place = len(self.calls)
        read, given = ([one for one in several if one is not None] for several in (args, states))
        self.linked = self.linked and len(read) == len(args) and len(given) == len(states)
        self._places.setdefault(key, []).append(place)
        self.calls.append(Call(key, tuple(inputs), built, tuple(read), tuple(given)))
        outputs = built.outs if isinstance(built.outs, tuple) else ()
        return tuple(frozenset({(self.inputs + place, at)}) for at in range(len(outputs)))


def function_call(shape: Shape | None, work: Work) -> Built:
    """Give what a function that multiplies matrices builds."""
    return Built((shape,) if shape is not None else (), work=lambda: work)
