"""Names: the standard library. Enumerations."""

from __future__ import annotations

import enum

from ...memory.objects import MISSING, Builtin, Class, Function, Instance, Module, Native, Unknown, Value, Wrapper
from ...memory.state import State
from ...values.operations import equal
from ..native import Args, Kwargs
from .iteration import same


def _members(run: State, cls: Class, args: Args, kwargs: Kwargs) -> None:
    count = 0
    for name, value in list(cls.named.items()):
        if not isinstance(name, str) or name.startswith(("_", "<")) or isinstance(value, (Function, Wrapper)):
            continue
        count = count + 1 if value is AUTO else value if isinstance(value, int) else count
        same_value = [equal(run, count if value is AUTO else value, one.named["value"]) for one in members_of(cls)]
        if True in same_value:  # another name of the member
            cls.named[name] = members_of(cls)[same_value.index(True)]
            continue
        if None in same_value or isinstance(value, Unknown):
            cls.blur = run.unknown("an enum of unknown values", value)
            return
        member = Instance(cls)
        member.named.update(name=name, value=count if value is AUTO else value)
        cls.named[name] = member


AUTO = Module("enum.auto()")


class _Sample(enum.Enum):
    MEMBER = 1


ENUM_CLASS = Native(
    "enum.Enum",
    data="enum",
    methods={"<class>": _members},
    names=(*dir(enum.EnumMeta), *vars(enum.Enum), *vars(_Sample), *vars(_Sample.MEMBER), "__copy__", "__deepcopy__"),
)
DERIVED: dict[str, type] = {"IntEnum": int, "StrEnum": str}
ENUM = Module(
    "enum",
    {"Enum": ENUM_CLASS, **{name: Native(f"enum.{name}", ENUM_CLASS, names=dir(of)) for name, of in DERIVED.items()}}
    | {"auto": Builtin("auto", lambda run, args, kwargs: AUTO), "unique": Builtin("unique", same)},
)


def members_of(cls: Class) -> list[Instance]:
    """List the members of an enum."""
    found = (one for one in cls.named.values() if isinstance(one, Instance) and one.cls is cls)
    return [one for one in dict.fromkeys(found) if "value" in one.named]


def enum_method(run: State, cls: Class, name: str) -> Value:
    """Give what can be done with an enum: call it, iterate over it, index it."""
    if cls.native is None or cls.native.data != "enum":
        return MISSING
    if cls.blur is not None and name in ("__iter__", "__getitem__", "__call__"):
        return run.unknown(cls.blur.reason, *members_of(cls))
    if name == "__iter__":
        return members_of(cls)
    if name == "__getitem__":
        return True
    if name == "__call__":
        return Builtin(cls.name, lambda run, args, kwargs: _member(run, cls, args))
    return MISSING


def _member(run: State, cls: Class, args: Args) -> Value:
    for one in members_of(cls):
        if one.named["value"] == args[0] and isinstance(args[0], (int, str, float)):
            return one
    if isinstance(args[0], Instance) and args[0].cls is cls:
        return args[0]
    run.may_raise("an enum")
    return run.unknown("a member of an enum", cls)
