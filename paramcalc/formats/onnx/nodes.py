"""What a walk over a graph of ONNX meets: nodes with their attributes, the names that they see, and their place."""

from __future__ import annotations

from typing import NamedTuple

from ...errors import FileError
from ..operators.wire import Message, Span, Wire
from .messages import ATTRIBUTE, NODE
from .operators import DOMAINS
from .values import NOTHING, Sizes, Value

MAX_DEPTH = 32  # bodies and functions within one another
FLOAT = (2, 7)  # fields of an attribute: one number, or several
IN_ATTRIBUTES = "ai.onnx.ml"  # the domain of operators that have their numbers in attributes


class Scope:
    """The names of a graph, and those of the graphs around it.

    Parameters
    ----------
    outer : Scope, optional
    """

    def __init__(self, outer: Scope | None = None) -> None:
        self.values: dict[str, Value] = {}
        self.shapes: dict[str, Sizes] = {}
        self.outer = outer

    def value(self, name: str) -> Value:
        """Give what a name stands for; nothing is known of one that no node gives."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return NOTHING


class Place(NamedTuple):
    """Where a walk is.

    Attributes
    ----------
    prefix : str
        In front of the names of nodes.
    depth : int
    once : bool
        Whether nodes are computed exactly once, which in bodies they are not.
    """

    prefix: str = ""
    depth: int = 0
    once: bool = True

    def inside(self, name: str, once: bool = True) -> Place:
        """Give the place inside a node.

        Raises
        ------
        FileError
            When it is too deep.
        """
        if self.depth >= MAX_DEPTH:
            raise FileError("graphs within graphs", expected=f"at most {MAX_DEPTH} deep")
        return Place(f"{self.prefix}{name}/"[:500], self.depth + 1, self.once and once)


class Node:
    """A node as it stands in the file: its message, and its attributes."""

    def __init__(self, wire: Wire, span: Span) -> None:
        found = wire.message(span, NODE, "a node")
        self.op, self.domain = found.text("op"), found.text("domain")
        self.inputs, self.outputs = found.texts.get("input", []), found.texts.get("output", [])
        self.name = found.text("name") or next(filter(None, self.outputs), "") or self.op
        self.key = (self.domain if self.domain not in DOMAINS else "", self.op, found.text("overload"))
        self.spans: dict[str, Message] = {}
        self.ints: dict[str, tuple[int, ...]] = {}
        self.floats: dict[str, int] = {}  # how many an attribute has
        for one in found.spans.get("attribute", ()):
            self._attribute(wire, one)

    def _attribute(self, wire: Wire, span: Span) -> None:
        floats: list[int | Span] = []
        made = wire.message(
            span, ATTRIBUTE, "an attribute", lambda number, value: floats.append(value) if number in FLOAT else None
        )
        name = made.text("name")
        self.spans[name] = made
        if "i" in made.ints or "ints" in made.ints:
            self.ints[name] = tuple(made.ints.get("ints") or made.ints.get("i") or ())
        kind = made.span("s")
        if name == "auto_pad" and kind is not None and wire.data[kind.start : kind.end] not in (b"NOTSET", b""):
            self.ints[name] = (1,)  # a padding that the size of the input decides
        if self.domain == IN_ATTRIBUTES or name in ("value_float", "value_floats"):
            numbers = sum((value.end - value.start) // 4 for value in floats if isinstance(value, Span))
            if numbers:
                self.floats[name] = numbers
