"""Names: the standard library. Data classes."""

from __future__ import annotations

from typing import TypeGuard

from ...memory.objects import MISSING, Builtin, Class, Dict, Instance, Module, Native, Value
from ...memory.state import Raised, State
from ...values import attributes, setting
from ...values.calls import lose
from ..native import Args, Kwargs
from .structures import deep_copy

FIELD = Native("dataclasses.Field", make=lambda run, cls: Instance(cls))


def _field(run: State, args: Args, kwargs: Kwargs) -> Value:
    made = Instance(FIELD)
    made.named.update(kwargs)
    return made


def _dataclass(run: State, args: Args, kwargs: Kwargs) -> Value:
    if not args:
        return Builtin("dataclass", lambda run, args, inner: _dataclass(run, args, kwargs))
    cls = args[0]
    if not isinstance(cls, Class):
        return lose(run, "a data class that is not followed", *args)
    run.change(cls)
    fields: dict[str, Value] = {}
    for one in reversed(cls.mro):
        if isinstance(one, Class):
            names = one.named.get("<fields>", ())
            if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
                return lose(run, "a data class of which not all fields are known", *args)
            for name in names:
                fields[str(name)] = one.named.get(name, MISSING)
    for name, value in fields.items():
        if isinstance(value, Instance) and value.cls is FIELD and name in cls.named:
            if "default" in value.named:
                cls.named[name] = value.named["default"]
            else:
                del cls.named[name]
    cls.named["__dataclass_fields__"] = tuple(fields)
    if kwargs.get("frozen", False) is not False:
        cls.named["<frozen>"] = True
    if "__init__" not in cls.named and kwargs.get("init", True) is True:
        cls.named["__init__"] = Builtin("self:__init__", lambda run, args, kwargs: _fill(run, fields, args, kwargs))
    return cls


def _fill(run: State, fields: dict[str, Value], args: Args, kwargs: Kwargs) -> Value:
    self, *given = args
    assert isinstance(self, Instance)
    known = {**fields}
    names = [name for name, one in known.items() if not _is_field(one) or one.named.get("init", True)]
    if len(given) > len(names):
        raise Raised(run.error("TypeError", "too many arguments"))
    values = dict(zip(names, given, strict=False))
    for name, value in kwargs.items():
        if name not in known or name in values:
            raise Raised(run.error("TypeError", f"unexpected argument {name!r}"))
        values[name] = value
    for name, default in known.items():
        if name in values:
            value = values[name]
        elif _is_field(default) and "default_factory" in default.named:
            value = run.call(default.named["default_factory"], [], {})
        elif _is_field(default) and "default" in default.named:
            value = default.named["default"]
        elif default is MISSING or _is_field(default):
            if _is_field(default) and not default.named.get("init", True):
                continue
            raise Raised(run.error("TypeError", f"missing argument {name!r}"))
        else:
            value = default
        setting.store(run, self, name, run.name(value, name), making=True)
    after = attributes.user_method(self, "__post_init__")
    if after is not None:
        run.call(after, [self], {})
    return None


def _is_field(value: Value) -> TypeGuard[Instance]:
    return isinstance(value, Instance) and value.cls is FIELD


def _asdict(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0]
    if not isinstance(value, Instance) or value.blur is not None:
        return run.unknown("a dictionary of fields", *args)
    names = attributes.find(value.cls, "__dataclass_fields__")
    if not isinstance(names, tuple):
        return run.unknown("a dictionary of fields", *args)
    return Dict({name: deep_copy(run, attributes.get(run, value, str(name)), {}) for name in names})


def _replace(run: State, args: Args, kwargs: Kwargs) -> Value:
    fields = _asdict(run, args[:1], {})
    if not isinstance(fields, Dict) or not isinstance(args[0], Instance):
        return run.unknown("a changed copy", *args)
    shallow = {str(name): attributes.get(run, args[0], str(name)) for name in fields.named}
    return run.call(args[0].cls, [], {**shallow, **kwargs})


DATACLASSES = Module(
    "dataclasses",
    {
        "dataclass": Builtin("dataclass", _dataclass),
        "field": Builtin("field", _field),
        "asdict": Builtin("asdict", _asdict),
        "replace": Builtin("replace", _replace),
    },
)
