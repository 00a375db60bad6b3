"""What a walk over a graph of ONNX meets: nodes with their attributes, the names that they see, and their place."""

from __future__ import annotations

from typing import NamedTuple

from ...errors import FileError
from ..operators.wire import Message, Span, Wire
from .messages import ATTRIBUTE, NODE
from .operators import DOMAINS
from .values import NOTHING, Sizes, Value

MAX_DEPTH = 32  # bodies and functions within one another
SHORT = 64  # bytes of an attribute that may stand in many nodes
MAX_KNOWN = 10_000
_HOLDING = tuple(name for name, kind in ATTRIBUTE.values() if kind == "span" and name != "s")
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


class Attribute(NamedTuple):
    """An attribute of a node.

    Attributes
    ----------
    name : str
    message : Message
    numbers : tuple of int, optional
        Where it has whole ones.
    floats : int
        How many others it has side by side.
    """

    name: str
    message: Message
    numbers: tuple[int, ...] | None
    floats: int

    @property
    def holds(self) -> bool:
        """Whether graphs or tensors are in it."""
        return any(name in self.message for name in _HOLDING)


class Attributes:
    """The attributes of nodes: a short one that many nodes have is decoded once.

    Parameters
    ----------
    wire : Wire
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.known: dict[bytes, Attribute] = {}

    def read(self, span: Span) -> Attribute:
        """Read an attribute.

        Raises
        ------
        FileError
            When it is damaged.
        """
        start, end = span
        if end - start > SHORT:
            return self._decoded(span)
        content = self.wire.data[start:end]
        found = self.known.get(content)
        if found is None:
            found = self._decoded(span)
            if len(self.known) < MAX_KNOWN and not found.holds:  # what lies in it is elsewhere in each
                self.known[content] = found
        return found

    def _decoded(self, span: Span) -> Attribute:
        made = self.wire.message(span, ATTRIBUTE, "an attribute")
        name, numbers, kind = made.text("name"), None, made.span("s")
        if "i" in made or "ints" in made:
            numbers = tuple(made.ints("ints") or made.ints("i"))
        if name == "auto_pad" and kind is not None and self.wire.data[kind.start : kind.end] not in (b"NOTSET", b""):
            numbers = (1,)  # a padding that the size of the input decides
        floats = made.kept("f") + made.kept("floats")
        count = sum((value.end - value.start) // 4 for value in floats if isinstance(value, Span))
        return Attribute(name, made, numbers, count)


class Node:
    """A node as it stands in the file: its message, and its attributes."""

    def __init__(self, attributes: Attributes, span: Span) -> None:
        found = attributes.wire.message(span, NODE, "a node")
        self.op, self.domain = found.text("op"), found.text("domain")
        self.inputs, self.outputs = found.texts("input"), found.texts("output")
        self.name = found.text("name") or next(filter(None, self.outputs), "") or self.op
        self.key = (self.domain if self.domain not in DOMAINS else "", self.op, found.text("overload"))
        self.spans: dict[str, Message] = {}  # of attributes that hold graphs or tensors
        self.ints: dict[str, tuple[int, ...]] = {}
        self.floats: dict[str, int] = {}  # how many an attribute has
        for one in map(attributes.read, found.spans("attribute")):
            if one.holds:
                self.spans[one.name] = one.message
            if one.numbers is not None:
                self.ints[one.name] = one.numbers
            if one.floats and (self.domain == IN_ATTRIBUTES or one.name in ("value_float", "value_floats")):
                self.floats[one.name] = one.floats
