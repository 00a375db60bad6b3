"""What a walk over a graph of ONNX meets: nodes with their attributes, the names that they see, and their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...errors import FileError
from ..operators.wire import Message, Span, Wire
from .messages import ATTRIBUTE, NODE
from .operators import DOMAINS
from .values import NOTHING, Sizes, Value

MAX_DEPTH = 32  # bodies and functions within one another
SHORT = 256  # bytes of the attributes of a node that may stand in many
MAX_KNOWN = 10_000
HOLDING = tuple(name for name, kind in ATTRIBUTE.values() if kind == "span" and name != "s")
NO_PADDING = (b"NOTSET", b"")
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


class Given(NamedTuple):
    """What the attributes of a node give, each by its name.

    Attributes
    ----------
    ints : dict of str to tuple of int
        Whole numbers.
    floats : dict of str to int
        How many others there are side by side.
    spans : dict of str to Message
        The attributes that hold graphs or tensors.
    """

    ints: dict[str, tuple[int, ...]]
    floats: dict[str, int]
    spans: dict[str, Message]


NONE = Given({}, {}, {})


class Attributes:
    """The attributes of nodes: short ones that many nodes have are decoded once.

    Parameters
    ----------
    wire : Wire
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.known: dict[tuple[bytes, ...], Given] = {}

    def read(self, spans: Sequence[Span]) -> Given:
        """Read the attributes of a node.

        Raises
        ------
        FileError
            When one is damaged.
        """
        if not spans:
            return NONE
        if spans[-1].end - spans[0].start > SHORT:
            return self._decoded(spans)
        data = self.wire.data
        content = tuple([data[start:end] for start, end in spans])
        found = self.known.get(content)
        if found is None:
            found = self._decoded(spans)
            if len(self.known) < MAX_KNOWN and not found.spans:  # what lies in them is elsewhere in each
                self.known[content] = found
        return found

    def _decoded(self, spans: Sequence[Span]) -> Given:
        given = Given({}, {}, {})
        for span in spans:
            made = self.wire.message(span, ATTRIBUTE, "an attribute")
            name, kind = made.text("name"), made.span("s")
            if "i" in made or "ints" in made:
                given.ints[name] = tuple(made.ints("ints") or made.ints("i"))
            if name == "auto_pad" and kind is not None and self.wire.data[kind.start : kind.end] not in NO_PADDING:
                given.ints[name] = (1,)  # a padding that the size of the input decides
            floats = made.kept("f") + made.kept("floats")
            count = sum((value.end - value.start) // 4 for value in floats if isinstance(value, Span))
            if count:
                given.floats[name] = count
            if any(field in made for field in HOLDING):
                given.spans[name] = made
        return given


class Node:
    """A node as it stands in the file: its message, and what its attributes give."""

    __slots__ = ("domain", "floats", "inputs", "ints", "key", "name", "op", "outputs", "spans")

    def __init__(self, attributes: Attributes, span: Span) -> None:
        found = attributes.wire.message(span, NODE, "a node")
        self.op, self.domain = found.text("op"), found.text("domain")
        self.inputs, self.outputs = found.texts("input"), found.texts("output")
        self.name = found.text("name") or next(filter(None, self.outputs), "") or self.op
        self.key = (self.domain if self.domain not in DOMAINS else "", self.op, found.text("overload"))
        self.ints, self.floats, self.spans = attributes.read(found.spans("attribute"))
