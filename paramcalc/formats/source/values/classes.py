"""Values: the classes of a program, and what they have."""

from __future__ import annotations

from collections.abc import Sequence

from ..memory.objects import (
    MISSING,
    Class,
    Function,
    Host,
    Instance,
    Native,
    Unknown,
    Value,
)
from ..memory.reach import mutable
from ..memory.state import State


def class_of(value: Instance) -> Class | Native:
    """Give the class of an instance."""
    return value.cls


def native_of(value: Instance) -> Native | None:
    """Give the class of the host that an instance is of, or that its class derives from."""
    return value.cls.native if isinstance(value.cls, Class) else value.cls


def lineage(cls: Class | Native) -> Sequence[Value]:
    """List a class and those it derives from, in the order of lookup."""
    return cls.mro if isinstance(cls, Class) else cls.lineage


def names_of(cls: Class | Native) -> list[str]:
    """List the names of the classes that the host knows among those that a class derives from."""
    return [one.name for one in lineage(cls) if isinstance(one, Native)]


def find(cls: Class | Native, name: str, behind: Value = None) -> Value:
    """Find a name in a class and those behind it; with ``behind``, only in those after that one."""
    order = lineage(cls)
    if behind is not None and behind in order:
        order = order[order.index(behind) + 1 :]
    for one in order:
        if isinstance(one, Class):
            if name in one.named:
                found = one.named[name]
                return _or_behind(cls, name, one, found) if isinstance(found, Unknown) else found
        elif (isinstance(one, Native) and has(one, name)) or isinstance(one, Unknown):
            return one
    return MISSING


def _or_behind(cls: Class | Native, name: str, place: Class, found: Unknown) -> Value:
    # a name that a class has perhaps: it may be what the classes behind it have
    behind = find(cls, name, place) if found.path == "?" else MISSING
    if behind is MISSING:
        return found
    return Unknown(found.reason, found.line, found.refs | mutable(behind), "?")


def has(cls: Native, name: str) -> bool:
    """Tell whether a class that the host knows has a method that is followed."""
    return name in cls.methods or (name == "__init__" and cls.init is not None)


def method_of(cls: Native, name: str) -> Host:
    """Give a method of a class that the host knows, its constructor included."""
    if name in cls.methods or cls.init is None:
        return cls.methods[name]
    init = cls.init

    def construct(run: State, self: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
        again = isinstance(self, Instance) and "<constructed>" in self.named
        other = init(run, self, args, kwargs)
        if isinstance(self, Instance):
            run.change(self)
            self.named["<constructed>"] = True
            if again or (isinstance(other, (Unknown, Instance)) and other is not self):
                self.blur = run.unknown("a constructor that is called again, or gives another object", self, other)
        return None

    return construct


def user_method(value: Instance, name: str) -> Value:
    """Give a method that the program itself defines for a class, or ``None``."""
    found = find(value.cls, name)
    return found if isinstance(found, (Function, Unknown)) else None


def compares(cls: Value) -> bool:
    """Tell whether instances of a class may be equal without being one object."""
    if isinstance(cls, Class):
        return find(cls, "__eq__") is not MISSING or "__dataclass_fields__" in {
            k for c in cls.mro if isinstance(c, Class) for k in c.named
        }
    return isinstance(cls, Native) and cls.data == "compared"
