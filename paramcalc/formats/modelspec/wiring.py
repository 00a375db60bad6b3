"""Who reads whom: the uses of layers in one model, their names, and the order they can run in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from ...core.declare import Shape
from ...core.tensors import declared
from ...errors import GraphError, ParamcalcError, nearest, quoted
from ...graph.model import Model
from ...graph.node import Node, Ref
from ...untyped import Parsed

_REFERENCE = re.compile(r"(.+)\[([0-9]{1,6})\]", re.DOTALL)


class Pending(NamedTuple):
    """References that are not resolved yet: the inputs of a block."""

    names: list[str]
    scope: Scope


Before = int | Pending | None  # a position, references, or not to be said: there are several inputs


class Scope:
    """Names visible to some layers, and what ``input`` means to them: what their model or block reads.

    In the second copy of a repeated block, ``enc`` is that copy's own, and ``enc_2`` to everybody outside.
    """

    __slots__ = ("before", "copy", "names", "parent")

    def __init__(self, before: Before, parent: Scope | None = None, copy: int = 0) -> None:
        self.names: dict[str, int] = {}
        self.before = before
        self.parent = parent
        self.copy = copy

    def add(self, name: str, position: int) -> str:
        """Give a name to a position; return the one the whole model knows it by.

        Raises
        ------
        GraphError
            When it is taken.
        """
        scope = self
        while True:
            if name in scope.names:
                suggestion = f"'use: {name}' applies one layer twice" if len(name) <= 80 else None
                raise GraphError(f"two layers are named {quoted(name)}", suggestion=suggestion)
            scope.names[name] = position
            if scope.parent is None:
                return name
            name, scope = f"{name}_{scope.copy}", scope.parent

    def find(self, name: str) -> Before:
        """Find what a name means, the nearest meaning first."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            if name == "input" and scope.before is not None:
                return scope.before
            scope = scope.parent
        return None

    def visible(self) -> Iterator[str]:
        """Give every name that can be used."""
        scope: Scope | None = self
        while scope is not None:
            yield from scope.names
            scope = scope.parent


class Use(NamedTuple):
    """One use of a layer.

    ``inputs`` and ``states`` are references by name, to be found in ``scope``; without ``inputs`` it reads
    what came ``before``. ``where`` is the path inside its model.
    """

    layer: Parsed
    inputs: list[str] | None
    states: list[str]
    before: Before
    scope: Scope
    where: str


class Graph:
    """A model being read. Positions count the inputs first, then the uses, as they are written.

    ``path`` leads to it from the layer it is an option of; for errors while shapes flow.
    """

    def __init__(self, inputs: dict[str, Shape], path: str = "") -> None:
        self.inputs = inputs
        self.path = path
        self.uses: list[Use] = []
        self.last: Before = 0 if len(inputs) == 1 else None
        self.scope = Scope(self.last)
        for position, name in enumerate(inputs):
            self.scope.add(name, position)

    @property
    def next(self) -> int:
        """The position the next use will have."""
        return len(self.inputs) + len(self.uses)

    def add(self, use: Use) -> None:
        """Add a use; what comes after it reads it, unless it says otherwise."""
        self.last = self.next
        self.uses.append(use)

    def layer(self, position: int) -> Parsed:
        """Give the layer used at a position, or ``None`` for an input."""
        return self.uses[position - len(self.inputs)].layer if position >= len(self.inputs) else None

    def open_ended(self) -> bool:
        """Tell whether the shape of some input is not known; Keras lets the first layer declare it."""
        if list(self.inputs) == ["input"] and not self.inputs["input"]:
            option = getattr(self.uses[0].layer, "input_shape", None)
            if option is not None:
                try:
                    self.inputs["input"] = declared(*option)
                except ParamcalcError as error:
                    raise error.at(option[0]).at(self.uses[0].where)
        return not all(self.inputs.values())

    def model(
        self, outputs: Parsed, name: str | None, trainable: bool, type: str | None = None, outer: bool = True
    ) -> Model:
        """Make the model.

        Raises
        ------
        GraphError
            For references to nothing, circles, and layers that lead nowhere.
        """
        reads = [self._reads(use) for use in self.uses]
        results = self._outputs(outputs)
        self._check_used(reads, results)
        order = self._order(reads)
        count = len(self.inputs)
        if order is not None:
            moved = {**{at: at for at in range(count)}, **{old + count: new + count for new, old in enumerate(order)}}
            reads = [
                ([(moved[at], index) for at, index in args], [(moved[at], index) for at, index in states])
                for args, states in (reads[old] for old in order)
            ]
            results = [(moved[at], index) for at, index in results]
        uses = self.uses if order is None else [self.uses[old] for old in order]
        nodes = [
            Node(use.layer, tuple(args), tuple(states), f"{self.path}{use.where}" if self.path else use.where)
            for use, (args, states) in zip(uses, reads, strict=True)
        ]
        chain = (
            count == 1
            and results == [(len(nodes), 0)]
            and all(node.args == ((place, 0),) and not node.states for place, node in enumerate(nodes))
            and len({id(node.layer) for node in nodes}) == len(nodes)
        )
        if type == "Sequential" and not chain:
            raise GraphError("a Sequential is a chain of layers", suggestion="a Model can have branches")
        single = [args[0][0] for use, (args, _) in zip(uses, reads, strict=True) if use.inputs is None]
        if outputs is None and not outer:
            single.append(results[0][0])
        return Model.from_nodes(
            list(self.inputs.values()),
            nodes,
            tuple(results),
            name,
            list(self.inputs),
            trainable,
            type or ("Sequential" if chain else "Functional"),
            frozenset(single),
        )

    def _reads(self, use: Use) -> tuple[list[Ref], list[Ref]]:
        try:
            if use.inputs is not None:
                args = self._find(use.inputs, use.scope)
            elif isinstance(use.before, int):
                args = [(use.before, 0)]
            elif use.before is not None:
                args = self._find(*use.before)
            else:
                raise GraphError(
                    "which of the inputs does it read?",
                    expected="inputs: and a name",
                    suggestion=f"there are {', '.join(self.inputs)}",
                )
            return args, self._find(use.states, use.scope)
        except ParamcalcError as error:
            raise error.at(use.where)

    def _find(self, names: list[str], scope: Scope) -> list[Ref]:
        refs: list[Ref] = []
        for name in names:
            found, index = scope.find(name), 0
            match = None
            if found is None:
                match = _REFERENCE.fullmatch(name)
                if match is not None:
                    found, index = scope.find(match[1]), int(match[2])
            if isinstance(found, int):
                refs.append((found, index))
            elif found is not None and not index:
                refs += self._find(*found)
            else:
                asked = match[1] if match else name
                near = nearest(asked, scope.visible())
                raise GraphError(f"no layer or input is named {quoted(asked)}", suggestion=near)
        return refs

    def _outputs(self, outputs: Parsed) -> list[Ref]:
        if outputs is None:
            return [(self.next - 1, 0)]
        try:
            return self._find(references(outputs), self.scope)
        except ParamcalcError as error:
            raise error.at("outputs")

    def _check_used(self, reads: list[tuple[list[Ref], list[Ref]]], results: list[Ref]) -> None:
        # Keras leaves out what leads to no output, and then counts fewer parameters than were written down
        used = {position for refs in reads for ref in refs for position, _ in ref}
        used.update(position for position, _ in results)
        for place, use in enumerate(self.uses):
            if place + len(self.inputs) not in used:
                raise GraphError(
                    f"{_label(use.layer)!r} leads to no output", suggestion="name it in inputs or in outputs"
                ).at(use.where)

    def _order(self, reads: list[tuple[list[Ref], list[Ref]]]) -> list[int] | None:
        # an order in which every use comes after what it reads; None if that is how they are written
        count = len(self.inputs)
        if all(position < place + count for place, refs in enumerate(reads) for ref in refs for position, _ in ref):
            return None
        needs = {
            place: [position - count for ref in refs for position, _ in ref if position >= count]
            for place, refs in enumerate(reads)
        }
        try:
            return list(TopologicalSorter(needs).static_order())
        except CycleError as error:
            circle = list(reversed(error.args[1]))
            names = [repr(_label(self.uses[place].layer)) for place in circle[:10]] + ["…"] * (len(circle) > 10)
            problem = f"layers that wait for one another: {' → '.join(names)}"
            raise GraphError(problem).at(self.uses[circle[0]].where) from None


def _label(layer: Parsed) -> str:
    return str(layer.name or layer.type)


def references(value: Parsed) -> list[str]:
    """Read a reference or a list of them: ``enc``, ``[enc[1], enc[2]]``.

    Raises
    ------
    GraphError
        When it is something else.
    """
    several: Iterable[Parsed] = [value] if isinstance(value, str) else value if isinstance(value, list) else ()
    found = list(several)
    if not found or not all(isinstance(one, str) and one for one in found):
        raise GraphError("not names of layers", expected="a name such as enc or enc[1], or a list", received=value)
    return found
