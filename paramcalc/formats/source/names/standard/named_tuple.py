"""Names: the standard library. Named tuples: those of ``collections`` and of ``typing``."""

from __future__ import annotations

from ...memory.objects import MISSING, Builtin, Class, Dict, Instance, Native, Value
from ...memory.state import Raised, State, Stop
from ...values.calls import lose
from ...values.containers import get_item, items_of
from ..builtins import TYPES
from ..native import Args, Kwargs, by_name, by_place

FIELDS = "_fields"


def _names(run: State, self: Instance) -> tuple[str, ...]:
    for one in self.cls.mro if isinstance(self.cls, Class) else []:
        found = one.named.get(FIELDS) if isinstance(one, Class) else None
        if isinstance(found, tuple):
            return tuple(str(name) for name in found)
    return ()


def _values(run: State, self: Instance) -> Value:
    names = _names(run, self)
    if self.blur is not None or not all(name in self.named for name in names):
        return run.unknown("a named tuple", self)
    return tuple(self.named[name] for name in names)


def _item(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return get_item(run, _values(run, self), args[0])


def _length(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return len(_names(run, self))


def _as_dict(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    values = _values(run, self)
    names = _names(run, self)
    return Dict(dict(zip(names, values, strict=True))) if isinstance(values, tuple) else values


def _changed(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    values = _as_dict(run, self, [], {})
    if not isinstance(values, Dict):
        return run.unknown("a changed named tuple", self, *kwargs.values())
    return run.call(self.cls, [], {**{str(name): one for name, one in values.named.items()}, **kwargs})


def _set(run: State, self: Instance, name: str, value: Value) -> None:
    raise Raised(run.error("AttributeError", f"can't set attribute {name!r}"))


def _get(run: State, self: Instance, name: str) -> Value:
    # the class has its fields, too
    return run.unknown(f"{name} of a named tuple", self) if name in _names(run, self) else MISSING


def _constructor(names: tuple[str, ...], defaults: dict[str, Value]) -> Builtin:
    def fill(run: State, args: Args, kwargs: Kwargs) -> Value:
        self, *given = args
        assert isinstance(self, Instance)
        values = dict(zip(names, given, strict=False))
        if len(given) > len(names) or not kwargs.keys() <= {*names} - values.keys():
            raise Raised(run.error("TypeError", "arguments that are no fields"))
        values = {**defaults, **values, **kwargs}
        if values.keys() != {*names}:
            raise Raised(run.error("TypeError", "a field without a value"))
        self.named.update((name, run.name(values[name], name)) for name in names)
        return None

    return Builtin("self:__init__", fill)


def _define(run: State, cls: Class, names: tuple[str, ...], defaults: dict[str, Value]) -> None:
    cls.named[FIELDS] = names
    cls.named["__init__"] = _constructor(names, defaults)


def _new(run: State, cls: Class, args: Args, kwargs: Kwargs) -> Value:
    made = Instance(NEW)
    made.named["<class>"] = cls
    return made


def _make(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    cls = self.named["<class>"]
    if not args or args[0] is not cls:
        return lose(run, "a named tuple is not followed", None, self, *args, *kwargs.values())
    return run.call(cls, args[1:], kwargs)


def _set_defaults(run: State, self: Instance, name: str, value: Value) -> None:
    # of the last fields, as before Python 3.7 gave namedtuple an argument for them
    cls = self.named["<class>"]
    names = _names(run, Instance(cls)) if isinstance(cls, Class) else ()
    last = () if value is None else value
    if not isinstance(cls, Class) or name != "__defaults__" or not isinstance(last, tuple) or len(last) > len(names):
        raise Stop(f"{name} of a named tuple is changed", everything=True)
    run.change(cls)
    cls.named["__init__"] = _constructor(names, dict(zip(names[len(names) - len(last) :], last, strict=True)))


NEW = Native("a constructor", make=lambda run, cls: Instance(cls), methods={"__call__": _make}, set=_set_defaults)


def _class(run: State, cls: Class, args: Args, kwargs: Kwargs) -> None:
    # the fields are those that the body of the class annotates; their values there are defaults
    pairs = cls.named.get("<fields>", ())
    if FIELDS in cls.named or NAMED_TUPLE not in cls.bases:  # derived from a named tuple: it has the fields of that
        return
    # a name that is annotated twice keeps its place
    named = dict.fromkeys(str(one[0]) for one in pairs if isinstance(one, tuple)) if isinstance(pairs, tuple) else None
    names = None if named is None else tuple(named)
    if names is None:
        cls.blur = run.unknown("a named tuple of which not all fields are known")
        return
    _define(run, cls, names, {name: cls.named.pop(name) for name in names if name in cls.named})


NAMED_TUPLE = Native(
    "typing.NamedTuple",
    TYPES["tuple"],
    make=lambda run, cls: Instance(cls),
    methods={
        "<class>": _class,
        "<__new__>": _new,
        "__iter__": by_place(lambda run, self, args, kwargs: _values(run, self), 0),
        "__getitem__": _item,
        "__len__": _length,
        "__eq__": lambda run, self, args, kwargs: run.unknown("a comparison", scalar=True),
        "_asdict": by_place(_as_dict, 0),
        "_replace": _changed,
    },
    get=_get,
    set=_set,
    names=("_make", "_field_defaults"),
)


def named_tuple(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Make a class as ``collections.namedtuple`` does."""
    given = by_name(("typename", "field_names"), args, kwargs)
    name, fields, defaults = given.get("typename"), given.get("field_names"), given.get("defaults")
    listed = fields.replace(",", " ").split() if isinstance(fields, str) else items_of(run, fields)
    last = [] if defaults is None else items_of(run, defaults)
    names = tuple(one for one in listed if isinstance(one, str)) if isinstance(listed, list) else ()
    known = isinstance(listed, list) and len(names) == len(listed) and isinstance(last, list)
    if not known or not isinstance(last, list) or not isinstance(name, str) or kwargs.get("rename"):
        return lose(run, "a named tuple is not followed", None, *args, *kwargs.values())
    made = Class(name, (NAMED_TUPLE,), run.line)
    made.mro, made.native = [made, *NAMED_TUPLE.lineage], NAMED_TUPLE
    _define(run, made, names, dict(zip(names[len(names) - len(last) :], last, strict=True)))
    return made
