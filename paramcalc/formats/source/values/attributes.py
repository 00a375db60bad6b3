"""Values: attributes, found as Python finds them, in tables and classes of our own."""

from __future__ import annotations

from ..memory.objects import (
    MISSING,
    PERHAPS,
    Builtin,
    Class,
    Dict,
    Function,
    Host,
    Instance,
    Method,
    Module,
    Native,
    Obj,
    Partial,
    Super,
    Unknown,
    Value,
    Wrapper,
)
from ..memory.reach import reachable
from ..memory.state import Raised, State, Stop
from . import made_names
from .classes import find, has, lineage, method_of, names_of, native_of
from .implicit import read_unknown
from .made_names import MadeName
from .parts import part

ANY_NAME = "<any name>"  # in a class: its unknown objects may have attributes of any name, also those of methods
ANOTHER_CLASS = "<another class>"  # the name by which an object was put into a class that is made for it


def bound(run: State, found: Value, value: Value, cls: Class | Native, name: str) -> Value:
    """Bind what a class has to an instance."""
    if isinstance(found, Wrapper):
        if found.kind == "static":
            return found.function
        if found.kind == "class":
            return Method(found.function, cls)
        if found.kind == "property":
            return run.call(found.function, [value], {})
    if isinstance(found, Function) or (isinstance(found, Unknown) and found.path == "method"):
        return Method(found, value)
    if isinstance(found, Native):
        return Method(Builtin(f"{found.name}.{name}", _unbound(method_of(found, name))), value)
    if isinstance(found, Unknown) and not found.scalar:  # perhaps a function, which is given the instance
        if _holds_function(found):  # or a property, which is run
            run.blur("an attribute that may be a property", value)
        made = run.unknown(found.reason, found, value)
        made.path = "?" if found.path == "?" else ""
        return made
    return Method(found, value) if isinstance(found, Builtin) and found.name.startswith("self:") else found


def _holds_function(found: Unknown) -> bool:
    return any(isinstance(one, Function) for one in found.refs)


def get(run: State, value: Value, name: str) -> Value:
    """Give an attribute.

    Raises
    ------
    Raised
        An AttributeError, where there surely is none.
    """
    found = get_or_missing(run, value, name)
    if found is MISSING:
        raise Raised(run.error("AttributeError", f"no attribute {name!r}"))
    if not is_certain(found):
        run.may_raise(name)
    return found


def is_certain(found: Value) -> bool:
    """Tell whether an attribute that was found is surely there."""
    return not (isinstance(found, Unknown) or (isinstance(found, Builtin) and PERHAPS in found.names))


def perhaps(function: Builtin) -> Builtin:
    """Mark a function that a library may be without."""
    function.names[PERHAPS] = True
    return function


def get_or_missing(run: State, value: Value, name: str) -> Value:
    """Give an attribute, or `MISSING`."""
    found = _found(run, value, name)
    return _of_python(run, value, name) if found is MISSING else found


# what Python and its libraries note of a class, from version to version
NOTED = frozenset(
    [
        "__abstractmethods__", "__annotate__", "__class_getitem__", "__dataclass_params__", "__firstlineno__",
        "__match_args__", "__objclass__", "__orig_bases__", "__parameters__", "__slotnames__", "__slots__",
        "__static_attributes__", "__type_params__", "__weakref__", "_abc_impl", "_is_protocol", "_is_runtime_protocol",
    ]
)  # fmt: skip
OF_CLASSES = frozenset(dir(type))
OF_SUPER = frozenset(dir(super))


def _of_python(run: State, value: Value, name: str) -> Value:
    # what every object of Python has, and what those have that are of one of its classes
    every = run.builtin("object")
    assert isinstance(every, Native)
    if not isinstance(value, (Instance, Class, Super)):
        return run.unknown(f"{name} of an object", value) if name in every.names else MISSING
    held = value.self if isinstance(value, Super) else value
    cls = held.cls if isinstance(held, Instance) else held
    if isinstance(held, Instance) and isinstance(cls, (Class, Native)) and has(every, name):
        return bound(run, every, held, cls, name)
    natives = [one for one in lineage(cls) if isinstance(one, Native)] if isinstance(cls, (Class, Native)) else []
    of_kind = OF_SUPER if isinstance(value, Super) else OF_CLASSES if isinstance(value, Class) else every.names
    there = any(name in names for names in (every.names, NOTED, of_kind, *(one.names for one in natives)))
    return run.unknown(f"{name} of an object", value, held) if there else MISSING


def _found(run: State, value: Value, name: str) -> Value:
    if isinstance(value, MadeName):
        method = made_names.method_of(value, name)
        if method is not None:
            return method
    if isinstance(value, Unknown):
        path = f"{value.path}.{name}" if value.path else ""
        found = run.library(path) if path else MISSING
        if found is not MISSING:
            return found
        if name == "__dict__":
            for one in reachable(run.budget, value.refs):
                _check_attributes(one)
        read_unknown(run, value, name)
        return part(run, value, name, lambda: _of_unknown(value, name, path))
    if isinstance(value, Module):
        if run.patches.state and (value.path, name) in run.patches.named:
            run.read_patches.add((value.path, name))
            return run.patches.named[value.path, name]
        if value.scope is not None and name in value.scope.named:
            return value.scope.named[name]
        if name in value.names:
            return value.names[name]
        if name == "__dict__":
            made = Instance(NAMES_OF_MODULE)
            made.named["<module>"] = value
            return made
        found = value.other(name) if value.other else MISSING
        if found is MISSING or isinstance(found, Unknown):
            read = run.library(f"{value.path}.{name}")
            found = found if read is MISSING else read
        if found is not MISSING:
            return found
        return run.unknown(f"{value.path}.{name} is not known", path=f"{value.path}.{name}", data=True)
    if isinstance(value, Instance):
        return _of_instance(run, value, name)
    if isinstance(value, Super):
        return _of_super(run, value, name)
    if isinstance(value, Class):
        return _of_class(run, value, name)
    if isinstance(value, Native):
        if has(value, name):
            return Builtin(f"{value.name}.{name}", _unbound(method_of(value, name)))
        stand_in = value.methods["<derived>"](run, value, [], {}) if "<derived>" in value.methods else None
        if isinstance(stand_in, Native) and has(
            stand_in, name
        ):  # of its objects, and of those of classes derived from it
            return Builtin(f"self:{value.name}.{name}", _unbound(method_of(stand_in, name)))
        if name in ("__name__", "__qualname__"):
            return value.name.rpartition(".")[2]
        found = value.get(run, value, name) if value.data == "enum" and value.get else MISSING
        return run.unknown(f"{value.name}.{name} is not known", data=True) if found is MISSING else found
    if isinstance(value, Function):
        if name in value.named:
            return value.named[name]
        if name in ("__name__", "__qualname__"):
            return value.name
        if name == "__doc__":
            return None
        if name == "__dict__":
            _check_attributes(value)
        return run.unknown("an attribute of a function") if name.startswith("__") else MISSING
    if isinstance(value, (Builtin, Partial, Method, Wrapper)):
        return _of_function(run, value, name)
    found = run.method(value, name)
    if found is MISSING and isinstance(value, Obj) and value.blur is not None:
        return run.unknown(value.blur.reason, value)
    return found


def _check_attributes(value: Value) -> None:
    # the attributes of a function, which a program can write to, are not followed as a dictionary
    if isinstance(value, Function):
        raise Stop(f"the attributes of the function {value.name} are read", everything=True)


def _unbound(method: Host) -> Host:
    def call(run: State, args: list[Value], kwargs: dict[str, Value]) -> Value:
        return method(run, args[0], args[1:], kwargs)

    return call


def _of_function(run: State, value: Builtin | Partial | Method | Wrapper, name: str) -> Value:
    if isinstance(value, Partial) and name in ("func", "args", "keywords"):
        words: dict[Value, Value] = dict(value.kwargs.items())
        return {"func": value.function, "args": value.args, "keywords": Dict(words)}[name]
    if isinstance(value, Method) and name in ("__func__", "__self__"):
        return value.function if name == "__func__" else value.self
    if isinstance(value, Method) and isinstance(value.function, Obj):
        return get_or_missing(run, value.function, name)
    if isinstance(value, Builtin) and name in value.names:
        return value.names[name]
    if isinstance(value, Builtin) and name in ("__name__", "__qualname__"):
        return value.name.rpartition(".")[2]
    if isinstance(value, Wrapper) and value.kind == "property" and name in ("setter", "deleter", "getter"):
        return Builtin(
            name, lambda run, args, kwargs: Wrapper("property", value.function, args[0] if name == "setter" else None)
        )
    return run.unknown("an attribute of a function", value)


def _name_of_module(run: State, self: Instance, args: list[Value], kwargs: dict[str, Value]) -> Value:
    (name,) = args
    if not isinstance(name, str):
        return run.unknown("an unknown name of a module", self.named["<module>"], data=True)
    return get(run, self.named["<module>"], name)


NAMES_OF_MODULE = Native(
    "module.__dict__",
    make=lambda run, cls: Instance(cls),
    methods={
        "__getitem__": _name_of_module,
        "__iter__": lambda run, self, args, kwargs: run.unknown("the names of a module", data=True, scalar=True),
    },
    get=lambda run, self, name: run.unknown(f"{name} of the names of a module", self.named["<module>"]),
)


def shown_class(run: State, value: Instance) -> Value:
    """Give the class of an object to the program, unless it was put into another."""
    changed = value.blur is not None and "torch.nn.Module" in names_of(value.cls)  # parametrizations make classes
    return run.unknown("a class that was made later", value) if changed or ANOTHER_CLASS in value.named else value.cls


def _of_instance(run: State, value: Instance, name: str) -> Value:
    found = find(value.cls, name)
    if isinstance(found, Wrapper) and found.kind == "property":
        if found.function is None:
            return run.unknown("a property that is not followed", value)
        return run.call(found.function, [value], {})
    state = value.named
    kind = (Function, Wrapper, Builtin, Native, Class)  # what the class has besides, the object may have another of
    covered = name in state or (isinstance(value.cls, Class) and ANY_NAME in value.cls.named)
    if value.blur is not None and (covered or not isinstance(found, kind)):
        return run.unknown(value.blur.reason, value, *(() if found is MISSING else (found,)))
    if name in state and not (isinstance(found, Unknown) and _holds_function(found)):
        return state[name]
    if isinstance(found, Wrapper) and found.kind == "cached":
        return _cached(run, value, found, name)
    if found is not MISSING:
        return bound(run, found, value, value.cls, name)
    if name == "__class__":
        return shown_class(run, value)
    if name == "__dict__":
        return run.call(run.builtin("vars"), [value], {})
    if name in ("__doc__", "__module__"):
        return None
    native = native_of(value)
    if native is not None and native.get is not None:
        own = native.get(run, value, name)
        if own is not MISSING:
            return own
    fallback = find(value.cls, "__getattr__")
    if isinstance(fallback, (Function, Unknown, Builtin)):
        return run.call(fallback, [value, name], {})
    return MISSING


def _of_unknown(value: Unknown, name: str, path: str) -> Unknown:
    made = Unknown(value.reason, value.line, value.refs, path, value.data, value.scalar)
    made.attribute = name
    return made


def _cached(run: State, value: Instance, found: Wrapper, name: str) -> Value:
    # what the first call gives is kept, and is no parameter or module of the object
    if value.blur is not None:
        return run.unknown(value.blur.reason, value)
    key = f"<cached {name}>"
    if key not in value.named:
        made = run.call(found.function, [value], {})
        run.change(value)
        value.named[key] = made
    return value.named[key]


def _of_super(run: State, value: Super, name: str) -> Value:
    target = value.self
    cls = target.cls if isinstance(target, Instance) else target
    if not isinstance(cls, (Class, Native)):
        return run.unknown("super() that is not followed", target)
    found = find(cls, name, value.owner)
    if found is not MISSING:
        if isinstance(target, Class) and isinstance(found, Function):
            return found
        return bound(run, found, target, cls, name)
    if name == "__init__":
        return Builtin("object.__init__", lambda run, args, kwargs: None)
    if isinstance(target, Instance):
        native = native_of(target)
        if native is not None and native.get is not None:
            return native.get(run, target, name)
    return MISSING


def _is_ahead(cls: Class, name: str) -> bool:
    # whether a class has a name itself, or the one base that each class on the way to it has: no unknown base is ahead
    one: Value = cls
    while isinstance(one, Class) and name not in one.named:
        one = one.bases[0] if len(one.bases) == 1 else None
    return isinstance(one, Class)


def _of_class(run: State, value: Class, name: str) -> Value:
    found = find(value, name)
    if value.blur is not None and name not in OF_CLASSES and not _is_ahead(value, name):
        return run.unknown(value.blur.reason, value, *(() if found is MISSING else (found,)))
    if found is MISSING:
        if name in ("__name__", "__qualname__"):
            return value.name
        if name == "__mro__":
            return tuple(value.mro)
        if name in ("__doc__", "__module__", "__annotations__", "__bases__", "__dict__", "__subclasses__"):
            return run.unknown("an attribute of a class")
        if value.native is not None and value.native.data == "enum" and name == "__members__":
            return run.unknown("the members of an enum", value)
        native = value.native
        if native is not None and f"<{name}>" in native.methods:
            return native.methods[f"<{name}>"](run, value, [], {})
        if native is None or native.get is None or native.data == "enum":
            return MISSING
        if native.get(run, Instance(value), name) is not MISSING:  # what its objects have, the class may have
            return run.unknown(f"{name} of a class is not known", value)
        return MISSING
    if isinstance(found, Wrapper):
        return found if found.kind in ("property", "cached") else bound(run, found, value, value, name)
    if isinstance(found, Native):
        return Builtin(f"{found.name}.{name}", _unbound(method_of(found, name)))
    return found
