"""Names: the standard library. Data classes."""

from __future__ import annotations

from typing import NamedTuple

from ...memory.objects import MISSING, Builtin, Class, Dict, Instance, Module, Native, Unknown, Value
from ...memory.state import Raised, State
from ...values import attributes, classes, setting
from ...values.calls import lose
from ..native import Args, Kwargs
from .structures import deep_copy

FIELD = Native("dataclasses.Field", make=lambda run, cls: Instance(cls))
KEPT = "<dataclass>"  # where a class has its fields


class Field(NamedTuple):
    """A field of a data class.

    Attributes
    ----------
    name : str
    default, factory : value
        ``MISSING`` where there is none.
    init : bool
        Whether the constructor takes it.
    by_name : bool
        Whether it is given by its name only.
    passed : bool
        Whether it goes to ``__post_init__`` and is not kept: an ``InitVar``.
    """

    name: str
    default: Value = MISSING
    factory: Value = MISSING
    init: bool = True
    by_name: bool = False
    passed: bool = False


def _field(run: State, args: Args, kwargs: Kwargs) -> Value:
    made = Instance(FIELD)
    made.named.update(kwargs)
    return made


def _dataclass(run: State, args: Args, kwargs: Kwargs) -> Value:
    if not args or args[0] is None:
        return Builtin("dataclass", lambda run, args, inner: _dataclass(run, args, kwargs))
    cls = args[0]
    if not isinstance(cls, Class):
        return lose(run, "a data class that is not followed", *args)
    fields = _fields_of(run, cls, kwargs)
    if fields is None:
        return lose(run, "a data class of which not all fields are known", *args)
    run.change(cls)
    cls.named[KEPT] = fields
    cls.named["__dataclass_fields__"] = Dict({one.name: _shown(run, one) for one in fields})
    if kwargs.get("frozen", False) is not False:
        cls.named["<frozen>"] = True
    if "__init__" not in cls.named and kwargs.get("init", True) is True:
        cls.named["__init__"] = Builtin("self:__init__", lambda run, args, kwargs: _fill(run, fields, args, kwargs))
    return cls


def _fields_of(run: State, cls: Class, kwargs: Kwargs) -> tuple[Field, ...] | None:
    # those of the bases that are data classes, and its own: a name that is there keeps its place
    if not all(isinstance(one, bool) for one in kwargs.values()):
        return None
    found: dict[str, Field] = {}
    for base in reversed(cls.mro[1:]):
        kept = base.named.get(KEPT, ()) if isinstance(base, Class) else ()
        if not isinstance(kept, tuple) or not all(isinstance(one, Field) for one in kept):
            return None
        found.update((one.name, one) for one in kept if isinstance(one, Field))
    own = cls.named.get("<fields>", ())
    by_name = kwargs.get("kw_only", False) is True
    for pair in own if isinstance(own, tuple) else (None,):
        if not isinstance(pair, tuple) or len(pair) != 2:
            return None
        name, annotation = pair
        if not isinstance(name, str) or not isinstance(annotation, str):
            return None
        if "KW_ONLY" in annotation:
            by_name = True
        elif "ClassVar" not in annotation:
            made = _made(run, cls, name, "InitVar" in annotation, by_name)
            if made is None:
                return None
            found[name] = made
    return tuple(found.values())


def _made(run: State, cls: Class, name: str, passed: bool, by_name: bool) -> Field | None:
    has = any(isinstance(one, Class) and name in one.named for one in cls.mro)
    given = classes.find(cls, name) if has else MISSING
    if not isinstance(given, Instance) or given.cls is not FIELD:
        return Field(name, given, by_name=by_name, passed=passed)
    init, only = given.named.get("init", True), given.named.get("kw_only", by_name)
    if given.blur is not None or not isinstance(init, bool) or not isinstance(only, bool):
        return None
    made = Field(
        name, given.named.get("default", MISSING), given.named.get("default_factory", MISSING), init, only, passed
    )
    if name in cls.named:
        run.change(cls)
        if made.default is MISSING:
            del cls.named[name]
        else:
            cls.named[name] = made.default
    return made


def _shown(run: State, field: Field) -> Instance:
    # what the program sees of a field
    made = Instance(FIELD)
    missing = run.unknown("dataclasses.MISSING", scalar=True)
    made.named.update(
        name=field.name,
        type=run.unknown("the type of a field", data=True, scalar=True),
        default=missing if field.default is MISSING else field.default,
        default_factory=missing if field.factory is MISSING else field.factory,
        init=field.init,
    )
    return made


def _fill(run: State, fields: tuple[Field, ...], args: Args, kwargs: Kwargs) -> Value:
    self, *given = args
    assert isinstance(self, Instance)
    taken = [one.name for one in fields if one.init]
    places = [one.name for one in fields if one.init and not one.by_name]
    if len(given) > len(places):
        raise Raised(run.error("TypeError", "too many arguments"))
    values = dict(zip(places, given, strict=False))
    for name, value in kwargs.items():
        if name not in taken or name in values:
            raise Raised(run.error("TypeError", f"unexpected argument {name!r}"))
        values[name] = value
    passed: list[Value] = []
    for one in fields:
        if one.name in values:
            value = values[one.name]
        elif one.factory is not MISSING:
            value = run.call(one.factory, [], {})
        elif one.default is not MISSING:
            value = one.default
        elif not one.init:
            continue
        else:
            raise Raised(run.error("TypeError", f"missing argument {one.name!r}"))
        if one.passed:
            passed.append(run.name(value, one.name))
        elif one.init or one.factory is not MISSING:  # else the attribute of the class is its value
            setting.store(run, self, one.name, run.name(value, one.name), making=True)
    after = classes.user_method(self, "__post_init__")
    if after is not None:
        run.call(after, [self, *passed], {})
    return None


def _class_of(value: Value) -> Class | None:
    cls = value.cls if isinstance(value, Instance) else value
    return cls if isinstance(cls, Class) else None


def _kept(value: Value) -> list[Field] | None:
    # the fields of a data class or of an instance of one
    cls = _class_of(value)
    fields = classes.find(cls, KEPT) if cls is not None else None
    if not isinstance(fields, tuple) or (isinstance(value, Instance) and value.blur is not None):
        return None
    found = [one for one in fields if isinstance(one, Field)]
    return found if len(found) == len(fields) else None


def _asdict(run: State, args: Args, kwargs: Kwargs) -> Value:
    fields = _kept(args[0])
    if fields is None or not isinstance(args[0], Instance):
        return run.unknown("a dictionary of fields", *args)
    names = [one.name for one in fields if not one.passed]
    return Dict({name: deep_copy(run, attributes.get(run, args[0], name), {}) for name in names})


def _astuple(run: State, args: Args, kwargs: Kwargs) -> Value:
    found = _asdict(run, args, {})
    return tuple(found.named.values()) if isinstance(found, Dict) else found


def _replace(run: State, args: Args, kwargs: Kwargs) -> Value:
    fields = _kept(args[0])
    if fields is None or not isinstance(args[0], Instance):
        return run.unknown("a changed copy", *args)
    words = dict(kwargs)
    for one in fields:
        if not one.init and one.name in words:
            raise Raised(run.error("ValueError", f"{one.name!r} is no argument"))
        if one.init and one.name not in words:
            if one.passed and one.default is MISSING:
                raise Raised(run.error("ValueError", f"missing argument {one.name!r}"))
            words[one.name] = attributes.get(run, args[0], one.name)
    return run.call(args[0].cls, [], words)


def _fields(run: State, args: Args, kwargs: Kwargs) -> Value:
    fields, cls = _kept(args[0]), _class_of(args[0])
    shown = classes.find(cls, "__dataclass_fields__") if cls is not None else None
    if fields is None or not isinstance(shown, Dict) or shown.blur is not None:
        return run.unknown("the fields of a data class", *args)
    passed = [one.name for one in fields if one.passed]
    return tuple(one for name, one in shown.named.items() if name not in passed)


def _is_dataclass(run: State, args: Args, kwargs: Kwargs) -> Value:
    cls = _class_of(args[0])
    kept = classes.find(cls, KEPT) if cls is not None else MISSING
    if isinstance(args[0], Unknown) or isinstance(kept, Unknown) or (cls is not None and cls.blur is not None):
        return run.unknown("whether it is a data class", *args, scalar=True)
    return kept is not MISSING


DATACLASSES = Module(
    "dataclasses",
    {
        "dataclass": Builtin("dataclass", _dataclass),
        "field": Builtin("field", _field),
        "fields": Builtin("fields", _fields),
        "is_dataclass": Builtin("is_dataclass", _is_dataclass),
        "asdict": Builtin("asdict", _asdict),
        "astuple": Builtin("astuple", _astuple),
        "replace": Builtin("replace", _replace),
    },
)
