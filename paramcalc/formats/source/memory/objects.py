"""Values of the interpreted program: what is unknown, and objects whose changes a journal records.

Numbers, texts, tuples and sizes stand for themselves. Everything that a program can change is an `Obj`: its state is
one dictionary or list, and every change goes through `Heap.touch`, so that a branch can be undone and two branches can
be compared.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from ....symbolic import Size
from .host import PERHAPS as PERHAPS, Builtin as Builtin, Host as Host, Native as Native, Value as Value


class Unknown:
    """A value that the program's text does not tell.

    Attributes
    ----------
    reason : str
        Why it is unknown.
    line : int
        Where it became so.
    refs : frozenset of Obj
        The objects it may be, or may hold: what is done to it may be done to them.
    path : str
        Dotted name, where it comes from a module.
    data : bool
        Whether it is a result from outside the program, which a size symbol can stand for.
    scalar : bool
        Whether it is surely a number, a text, a tensor or other data, and no model or layer.
    name : str
        The variable it was first assigned to.
    attribute : str
        Its name, where it is an attribute or an item of something unknown.
    parts : dict of (str, bool) to (int, value)
        Attributes and items (``True``) that were read, each with the number of changes before it (see `Heap.blurs`).
    either : tuple of values
        All that it may be, where that is known: what the branches of a condition gave.
    known : tuple of values
        What it is under some outcomes, whatever it is under others.
    """

    __slots__ = (
        "attribute", "data", "either", "known", "line", "name", "parts", "path", "reason", "refs", "scalar", "size",
    )  # fmt: skip

    def __init__(
        self,
        reason: str,
        line: int = 0,
        refs: frozenset[Obj] = frozenset(),
        path: str = "",
        data: bool = False,
        scalar: bool = False,
    ) -> None:
        self.reason = reason
        self.line = line
        self.refs = refs
        self.path = path
        self.data = data
        self.scalar = scalar
        self.name = ""
        self.size: Size | None = None
        self.attribute = ""
        self.parts: dict[tuple[str, bool], tuple[int, Value]] = {}
        self.either: tuple[Value, ...] = ()
        self.known: tuple[Value, ...] = ()

    def __repr__(self) -> str:
        return f"<unknown: {self.reason}, line {self.line}>"


class Range(Unknown):
    """A range of unknown length: how often a loop over it is run.

    Attributes
    ----------
    ends : tuple of values
        One or two: where it starts, unless at 0, and where it stops.
    """

    __slots__ = ("ends",)

    def __init__(self, reason: str, line: int, refs: frozenset[Obj], ends: tuple[Value, ...]) -> None:
        super().__init__(reason, line, refs)
        self.ends = ends


class Mark(Unknown):
    """What makes a list or a container of modules unknown whose items are known up to the number of rounds of a loop.

    Attributes
    ----------
    of : Obj
        The list. Another object that is given the mark is unknown.
    pieces : tuple of values
        Its items in order.
    names : tuple of str
        Their names, where they have other names than their places.
    """

    __slots__ = ("names", "of", "pieces")

    def __init__(
        self, reason: str, line: int, refs: frozenset[Obj], of: Obj, pieces: Pieces, names: tuple[str, ...] = ()
    ) -> None:
        super().__init__(reason, line, refs)
        self.of = of
        self.pieces = pieces
        self.names = names


class Repeated(NamedTuple):
    """Items that a list has once for each round of a loop, with objects of their own in each."""

    values: tuple[Value, ...]
    rounds: Size


Pieces: TypeAlias = tuple[Value, ...]  # values, and `Repeated`


class Missing:
    """The mark of a name that one branch bound and another did not."""


MISSING = Missing()


class Obj:
    """An object of the program: a state that can be recorded, restored and compared.

    Attributes
    ----------
    state : dict or list
    blur : Unknown or None
        Why nothing in the state is sure any more.
    serial : int
        Objects are numbered as they are made.
    """

    __slots__ = ("blur", "serial", "state")
    count = 0
    elastic = False  # whether a key that one branch has and another has not leaves the other keys known

    def __init__(self, state: dict[Value, Value] | list[Value] | None = None) -> None:
        Obj.count += 1
        self.serial = Obj.count
        self.state: dict[Value, Value] | list[Value] = {} if state is None else state
        self.blur: Unknown | None = None

    def fixed(self) -> tuple[Value, ...]:
        """Give what of the object never changes; two objects that differ in it are never alike."""
        return ()

    @property
    def pieces(self) -> Pieces | None:
        """Its items in order, where it is unknown up to the number of rounds of a loop."""
        return self.blur.pieces if isinstance(self.blur, Mark) and self.blur.of is self else None

    @property
    def named(self) -> dict[Value, Value]:
        """The state of an object that has names."""
        assert isinstance(self.state, dict)
        return self.state

    @property
    def items(self) -> list[Value]:
        """The state of an object that has items."""
        assert isinstance(self.state, list)
        return self.state


class Plain:
    """A value of a framework that never changes; two with one key are alike."""

    __slots__ = ()

    def key(self) -> tuple[Value, ...]:
        """Give what tells it from others."""
        return ()

    def stand_for(self, other: Plain) -> None:
        """Note that it may come to stand for one of the same key."""

    def joined(self, other: Plain) -> Plain | None:
        """Give what stands for both, of which one has another key; ``None`` where nothing does."""
        return None


class Scope(Obj):
    """The names of a module, a function call, a class body or a comprehension."""

    __slots__ = ("kind", "locals", "parent")
    elastic = True

    def __init__(self, kind: str, parent: Scope | None, locals: frozenset[str] | None = None) -> None:
        super().__init__()
        self.kind = kind
        self.parent = parent
        self.locals = locals

    @property
    def module(self) -> Scope:
        """The names of the module that it is in."""
        one = self
        while one.parent is not None:
            one = one.parent
        return one


class List(Obj):
    """A list, or a deque."""

    __slots__ = ()

    def __init__(self, items: Sequence[Value] = ()) -> None:
        super().__init__(list(items))


class Dict(Obj):
    """A dictionary."""

    __slots__ = ("default",)

    def __init__(self, items: Mapping[Value, Value] | None = None, default: Value = None) -> None:
        super().__init__(dict(items or {}))
        self.default = default

    def fixed(self) -> tuple[Value, ...]:
        """Give the function that makes missing values."""
        return (self.default,)


class TrackedList(List):
    """A list that is an attribute of a layer of Keras, which follows what is put into it."""

    __slots__ = ()


class TrackedDict(Dict):
    """A dictionary that is an attribute of a layer of Keras, which follows what is put into it."""

    __slots__ = ()


class View(Obj):
    """What ``keys()``, ``values()`` or ``items()`` of a dictionary gave: it shows what the dictionary has by then."""

    __slots__ = ("of", "shows")

    def __init__(self, of: Dict, shows: str) -> None:
        super().__init__()
        self.of = of
        self.shows = shows

    def fixed(self) -> tuple[Value, ...]:
        """Give the dictionary."""
        return (self.of, self.shows)

    def now(self) -> list[Value]:
        """Give the items at this time."""
        named = self.of.named
        if self.shows == "items":
            return list(named.items())
        return list(named) if self.shows == "keys" else list(named.values())


class Set(Obj):
    """A set: a dictionary of its members."""

    __slots__ = ()


class Iterator(Obj):
    """An iterator: ``step(run, self)`` makes its next item; its state is where it stands.

    Attributes
    ----------
    step : callable
    sources : tuple of values
        What the items are made of: an unknown item may be any of these, or change them.
    at_once : callable, optional
        Gives all items, up to the rounds of a loop, if they are made now; ``None`` where that is not known.
    """

    __slots__ = ("at_once", "sources", "step")

    def __init__(self, step: Host, sources: tuple[Value, ...] = ()) -> None:
        super().__init__({"place": 0, "ended": False})
        self.step = step
        self.sources = sources
        self.at_once: Callable[[], Pieces | None] | None = None

    def fixed(self) -> tuple[Value, ...]:
        """Give what makes the items: no two iterators are alike."""
        return (self.step, *self.sources)


class Class(Obj):
    """A class of the program's own."""

    __slots__ = ("bases", "line", "mro", "name", "native")
    elastic = True

    def __init__(self, name: str, bases: tuple[Value, ...], line: int) -> None:
        super().__init__()
        self.name = name
        self.bases = bases
        self.line = line
        self.mro: list[Value] = []
        self.native: Native | None = None

    def __repr__(self) -> str:
        return f"<class {self.name}>"


class Instance(Obj):
    """An instance of a class."""

    __slots__ = ("cls", "line")
    elastic = True

    def __init__(self, cls: Class | Native, line: int = 0) -> None:
        super().__init__()
        self.cls = cls
        self.line = line

    def fixed(self) -> tuple[Value, ...]:
        """Give the class."""
        return (self.cls,)


class Function(Obj):
    """A function of the program: its node, the scope it was made in, and its defaults."""

    __slots__ = ("defaults", "kw_defaults", "name", "node", "owner", "scope")
    elastic = True

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        name: str,
        scope: Scope,
        defaults: tuple[Value, ...],
        kw_defaults: dict[str, Value],
    ) -> None:
        super().__init__()
        self.node = node
        self.name = name
        self.scope = scope
        self.defaults = defaults
        self.kw_defaults = kw_defaults
        self.owner: Class | None = None

    def fixed(self) -> tuple[Value, ...]:
        """Give the node; functions made in different scopes are never alike."""
        return (self.node, self.scope, self.defaults, tuple(self.kw_defaults.items()))


class Method:
    """A function with its first argument."""

    __slots__ = ("function", "self")

    def __init__(self, function: Value, self_: Value) -> None:
        self.function = function
        self.self = self_

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Method) and other.function is self.function and other.self is self.self

    def __hash__(self) -> int:
        return hash((id(self.function), id(self.self)))


class Wrapper:
    """What a decorator of Python makes of a function: a static method, a class method or a property."""

    __slots__ = ("function", "kind", "setter")

    def __init__(self, kind: str, function: Value, setter: Value = None) -> None:
        self.kind = kind
        self.function = function
        self.setter = setter


class Partial:
    """``functools.partial``."""

    __slots__ = ("args", "function", "kwargs")

    def __init__(self, function: Value, args: tuple[Value, ...], kwargs: dict[str, Value]) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs


class Super:
    """``super()``: attributes are looked up behind a class."""

    __slots__ = ("owner", "self")

    def __init__(self, owner: Value, self_: Value) -> None:
        self.owner = owner
        self.self = self_


class Module:
    """A module that the host knows: a table of names, and a function for those that are not in it."""

    __slots__ = ("names", "other", "path", "scope")

    def __init__(
        self,
        path: str,
        names: Mapping[str, Value] | None = None,
        other: Callable[[str], Value] | None = None,
        scope: Scope | None = None,
    ) -> None:
        self.path = path
        self.names = dict(names or {})
        self.other = other
        self.scope = scope  # of a module of the program's own

    def __repr__(self) -> str:
        return f"<module {self.path}>"
