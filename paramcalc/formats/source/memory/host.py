"""What the host knows and a program calls: functions and classes, each with what the host does in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

Value: TypeAlias = object
Host: TypeAlias = Callable[..., Value]


PERHAPS = "<perhaps>"


class Builtin:
    """A function that the host knows: ``call(run, args, kwargs)``.

    Attributes
    ----------
    names : dict of str to value
        Its attributes. `PERHAPS` is among them if a library may be without the function.
    holds : tuple of values
        What it may call, give or change.
    """

    __slots__ = ("call", "holds", "name", "names")

    def __init__(
        self, name: str, call: Host, names: Mapping[str, Value] | None = None, holds: tuple[Value, ...] = ()
    ) -> None:
        self.name = name
        self.call = call
        self.names = dict(names or {})
        self.holds = holds

    def __repr__(self) -> str:
        return f"<function {self.name}>"


class Native:
    """A class that the host knows.

    Attributes
    ----------
    make : callable
        ``make(run, cls)`` gives an empty instance of it or of a class derived from it.
    init : callable, optional
        ``init(run, self, args, kwargs)``, as ``__init__`` does.
    methods : dict of str to callable
        ``method(run, self, args, kwargs)``.
    get : callable, optional
        ``get(run, self, name)`` gives an attribute that is neither in the state nor a method, or `MISSING`.
    set : callable, optional
        ``set(run, self, name, value)`` in place of storing an attribute.
    names : frozenset of str
        What its objects have besides, and what that does is not followed.
    lineage : list of Native
        The class and those it derives from.
    """

    __slots__ = ("base", "data", "get", "init", "lineage", "make", "methods", "name", "names", "set")

    def __init__(
        self,
        name: str,
        base: Native | None = None,
        make: Host | None = None,
        init: Host | None = None,
        methods: Mapping[str, Host] | None = None,
        get: Host | None = None,
        set: Host | None = None,
        data: Value = None,
        names: Iterable[str] = (),
    ) -> None:
        self.name = name
        self.names: frozenset[str] = frozenset(names) | (base.names if base else frozenset())
        self.base = base
        self.lineage: list[Native] = [self, *(base.lineage if base else [])]
        self.make: Host | None = make or (base.make if base else None)
        self.init: Host | None = init or (base.init if base else None)
        self.methods: dict[str, Host] = {**(base.methods if base else {}), **(methods or {})}
        self.get: Host | None = get or (base.get if base else None)
        self.set: Host | None = set or (base.set if base else None)
        self.data = data

    def __repr__(self) -> str:
        return f"<class {self.name}>"
