"""Names: what Python offers without an import."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable

from ....symbolic import Expr
from ..memory.objects import (
    MISSING,
    Builtin,
    Class,
    Dict,
    Function,
    Instance,
    List,
    Method,
    Module,
    Native,
    Partial,
    Set,
    Super,
    Unknown,
    Value,
    View,
    Wrapper,
)
from ..memory.state import NAMES, Raised, State, Stop
from ..parsing.tree import tree_of
from ..values import attributes, classes, setting
from ..values.calls import lose
from ..values.containers import length
from ..values.handling import handled, if_caught
from ..values.implicit import has_special, run_properties, unfollowed
from ..values.operations import MOST_TEXT, format_value
from .converting import ARITHMETIC, CONVERSIONS
from .errors import ERRORS, error
from .looping import LOOPS, make_range
from .native import Args, Kwargs, by_place


def _len(run: State, args: Args, kwargs: Kwargs) -> Value:
    return length(run, args[0])


def _print(run: State, args: Args, kwargs: Kwargs) -> Value:
    if has_special(*args):
        unfollowed(run, "print", *args)
    return None


def _getattr(run: State, args: Args, kwargs: Kwargs) -> Value:
    if not isinstance(args[1], str):
        run_properties(run, "getattr", args[0])
        return run.unknown("an attribute of an unknown name", args[0], *args[2:], data=True)
    if len(args) < 3:
        return attributes.get(run, args[0], args[1])

    def then(found: Value) -> Value:
        if attributes.is_certain(found):
            return args[2] if found is MISSING else found
        return run.unknown(found.reason if isinstance(found, Unknown) else str(args[1]), found, args[2])

    return _without(run, args[0], args[1], then, lambda: args[2])


def _without(
    run: State, value: Value, name: str, then: Callable[[Value], Value], otherwise: Callable[[], Value]
) -> Value:
    # what runs when an attribute is read, a property or __getattr__(), may say that there is none
    return handled(
        run,
        lambda: attributes.get_or_missing(run, value, name),
        lambda error: if_caught(run, error, ERRORS["AttributeError"], otherwise),
        then,
    )


def _hasattr(run: State, args: Args, kwargs: Kwargs) -> Value:
    if not isinstance(args[1], str):
        run_properties(run, "hasattr", args[0])
        return run.unknown("a condition", scalar=True)

    def then(found: Value) -> Value:
        return found is not MISSING if attributes.is_certain(found) else run.unknown("a condition", scalar=True)

    return _without(run, args[0], args[1], then, lambda: False)


def _setattr(run: State, args: Args, kwargs: Kwargs) -> Value:
    if isinstance(args[1], str):
        setting.store(run, args[0], args[1], args[2])
    elif isinstance(args[0], (Class, Function, Module)):
        raise Stop("an attribute of an unknown name is set", everything=True)
    else:
        run_properties(run, "setattr", args[0], args[2])
        if isinstance(args[0], Unknown):
            setting.lose_attribute(run, args[0], None)
        setting.lose_names(run, args[0], "an attribute of an unknown name was set", args[2])
    return None


def _delattr(run: State, args: Args, kwargs: Kwargs) -> Value:
    if isinstance(args[1], str):
        setting.delete(run, args[0], args[1])
    else:
        run.may_raise("delattr")
        run.blur("an attribute of an unknown name was deleted", args[0])
        if isinstance(args[0], Unknown):
            setting.lose_attribute(run, args[0], None)
    return None


def is_instance(run: State, value: Value, kind: Value) -> bool | None:
    """Tell whether a value is an instance of a class."""
    if isinstance(kind, tuple):
        found = [is_instance(run, value, one) for one in kind]
        return True if True in found else None if None in found else False
    if isinstance(value, (Unknown, Expr)) or not isinstance(kind, (Class, Native)):
        return True if isinstance(value, Expr) and kind is TYPES["int"] else None
    if isinstance(value, Instance):
        if "<parallel>" in value.named and isinstance(kind, Native) and "Parallel" in kind.name:
            return None
        own = classes.native_of(value)
        if (
            isinstance(kind, Native)
            and own is not None
            and kind.name not in classes.names_of(value.cls)
            and _perhaps(own.name, kind.name)
        ):
            return None
        if any(isinstance(one, Unknown) for one in classes.lineage(value.cls)):
            return None
        if isinstance(kind, Class) and kind.blur is not None:
            return None
        if kind in classes.lineage(value.cls) or (
            isinstance(kind, Native) and kind.name in classes.names_of(value.cls)
        ):
            return True
        return None if isinstance(kind, Native) and kind.name.startswith("collections.abc") else False
    if isinstance(kind, Class):
        return False
    if kind.name == "object":
        return True
    hosts = HOSTS.get(kind.name)
    if hosts is None:
        home, _, name = kind.name.rpartition(".")
        if home in ("collections.abc", "typing") and name in ABSTRACT and isinstance(value, BUILT_IN):
            return isinstance(value, ABSTRACT[name])
        return run.is_kind(value, kind)  # type: ignore[attr-defined,no-any-return]
    if isinstance(value, bool) and kind.name == "float":
        return False
    return isinstance(value, hosts)


def _perhaps(name: str, kind: str) -> bool:
    # whether a class of a library may be derived from another, which our tables do not say
    one, other = name.rpartition(".")[2], kind.rpartition(".")[2]
    return one.startswith("Lazy") or other in ("RNN", "Hardtanh", "Wrapper", "Conv", "object")


def _isinstance(run: State, args: Args, kwargs: Kwargs) -> Value:
    found = is_instance(run, args[0], args[1])
    return run.unknown("a condition", scalar=True) if found is None else found


def _issubclass(run: State, args: Args, kwargs: Kwargs) -> Value:
    cls, kinds = args[0], args[1] if isinstance(args[1], tuple) else (args[1],)
    if not isinstance(cls, (Class, Native)) or not all(isinstance(one, (Class, Native)) for one in kinds):
        return run.unknown("a condition", scalar=True)
    return any(one in classes.lineage(cls) for one in kinds)


def _type(run: State, args: Args, kwargs: Kwargs) -> Value:
    if len(args) != 1:
        return lose(run, "a class made by type()", None, *args)
    value = args[0]
    if isinstance(value, Instance):
        return attributes.shown_class(run, value)
    for name, hosts in HOSTS.items():
        if isinstance(value, hosts) and not (isinstance(value, bool) and name != "bool"):
            return TYPES[name]
    return run.unknown("the type of a value", value)


def _partial(run: State, args: Args, kwargs: Kwargs) -> Value:
    return Partial(args[0], tuple(args[1:]), kwargs)


def _callable(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0]
    if isinstance(value, Unknown):
        return run.unknown("a condition", scalar=True)
    if isinstance(value, Instance):
        return classes.find(value.cls, "__call__") is not MISSING
    return isinstance(value, (Function, Builtin, Class, Native, Method, Partial))


def _super(run: State, args: Args, kwargs: Kwargs) -> Value:
    return Super(args[0], args[1]) if len(args) == 2 else run.unknown("super() that is not followed", *args)


def _wrapper(kind: str) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        return Wrapper(kind, args[0] if args else kwargs.get("fget"), args[1] if len(args) > 1 else None)

    return Builtin(kind, call)


def _exit(run: State, args: Args, kwargs: Kwargs) -> Value:
    raise Raised(error(run, "SystemExit", ""))


def _id(run: State, args: Args, kwargs: Kwargs) -> Value:
    return run.unknown("an identity", scalar=True)


def names_of_module(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give the names that a program may set by ``globals()``."""
    return run.unknown("the names of the module", *run.globals.named.values(), path=NAMES)


def _forbidden(name: str) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        raise Stop(f"{name}() is not followed", everything=True)

    return Builtin(name, call)


def _open(run: State, args: Args, kwargs: Kwargs) -> Value:
    run.may_raise("open")
    return run.unknown("the content of a file", path="os.open", data=True)


def _eval(run: State, args: Args, kwargs: Kwargs) -> Value:
    # the expression of a text that is known is walked as if it stood in the program
    if len(args) != 1 or kwargs or not isinstance(args[0], str) or len(args[0]) > MOST_TEXT:
        raise Stop("eval() is not followed", everything=True)
    try:
        body = tree_of(args[0].strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Raised(error(run, "SyntaxError", "invalid syntax")) from None
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise Raised(error(run, "SyntaxError", "invalid syntax"))
    line = run.line
    try:
        return run.evaluate(body[0].value, run.frames[-1][1] if run.frames else run.globals)
    finally:
        run.line = line


def _outside(name: str) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        return run.unknown(f"what {name}() gives", data=True)

    return Builtin(name, call)


# --- classes --------------------------------------------------------------------------------------------------------

HOSTS: dict[str, tuple[type, ...]] = {
    "bool": (bool,), "int": (int,), "float": (float,), "str": (str,), "bytes": (bytes,), "list": (List,),
    "tuple": (tuple,), "dict": (Dict,), "set": (Set,), "frozenset": (frozenset,), "range": (range,),
    "type": (Class, Native), "complex": (complex,), "function": (Function,), "functools.partial": (Partial,),
}  # fmt: skip
_ITEMS = (List, tuple, str, bytes, range, Dict, Set, View, frozenset)
BUILT_IN = (*_ITEMS, int, float, complex, type(None))
ABSTRACT: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("Iterable", "Sized", "Container", "Collection"), _ITEMS),
    "Sequence": (List, tuple, str, bytes, range), "MutableSequence": (List,), "Mapping": (Dict,),
    "MutableMapping": (Dict,), "Set": (Set, frozenset), "MutableSet": (Set,), "Callable": (),
}  # fmt: skip
CONVERT = {**CONVERSIONS, "range": by_place(make_range, 3), "type": _type, "functools.partial": _partial}
TYPES: dict[str, Native] = {
    name: Native(name, data=CONVERT.get(name), names=dir(vars(builtins).get(name))) for name in HOSTS
}


def _object_set(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # past what the class says of it, as a frozen data class does
    native = classes.native_of(self)
    if not isinstance(args[0], str) or (native is not None and "<replaced>" in native.methods):
        setting.lose_names(run, self, "an attribute was set past its class", *args)
    elif native is not None and OBJECT not in native.lineage and "__setattr__" in native.methods:
        native.methods["__setattr__"](run, self, args, kwargs)
    elif native is None or native.set is None:
        run.change(self)
        self.named[args[0]] = args[1]
    else:
        run.blur("an attribute was set past its class", self, *args)
    return None


TYPES["type"].methods.update(
    __setattr__=by_place(lambda run, self, args, kwargs: setting.store(run, self, *args), 2),
    __delattr__=by_place(lambda run, self, args, kwargs: setting.delete(run, self, *args), 1),
)


def _read(run: State, self: Value, args: Args, kwargs: Kwargs) -> Value:
    # it may run other special methods of the program, as str() runs __repr__()
    unfollowed(run, "a method of every object", self, *args)
    return run.unknown("what a method of every object gives", scalar=True)


READING = (
    "__repr__", "__str__", "__format__", "__hash__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__",
    "__sizeof__", "__dir__",
)  # fmt: skip
OBJECT = Native(
    "object",
    make=lambda run, cls: Instance(cls),
    init=lambda run, self, args, kwargs: None,
    methods={
        "__setattr__": _object_set,
        "__delattr__": lambda run, self, args, kwargs: setting.delete_plainly(run, self, args[0]),
        **dict.fromkeys(READING, _read),
    },
    names=dir(object),
)


FUNCTIONS = {
    **ARITHMETIC,
    "len": by_place(_len, 1),
    "print": _print,
    "getattr": by_place(_getattr, 3),
    "hasattr": by_place(_hasattr, 2),
    "setattr": by_place(_setattr, 3),
    "delattr": by_place(_delattr, 2),
    "isinstance": by_place(_isinstance, 2),
    "issubclass": by_place(_issubclass, 2),
    "callable": by_place(_callable, 1),
    "super": _super,
    "id": _id,
    "hash": _id,
    "globals": names_of_module,
    "locals": names_of_module,
    "open": _open,
    "eval": _eval,
    "repr": lambda run, args, kwargs: run.unknown("a text", scalar=True),
    "format": by_place(lambda run, args, kwargs: format_value(run, *args), 2),
    "display": _print,
    "exit": _exit,
    "quit": _exit,
    "get_ipython": lambda run, args, kwargs: run.unknown("a notebook", path="IPython.get_ipython"),
}
BUILTINS: dict[str, Value] = {
    **{name: Builtin(name, function) for name, function in FUNCTIONS.items()},
    **LOOPS,
    **{name: one for name, one in TYPES.items() if name not in ("function", "functools.partial")},
    **ERRORS,
    "object": OBJECT,
    "staticmethod": _wrapper("static"),
    "classmethod": _wrapper("class"),
    "property": _wrapper("property"),
    **{name: _forbidden(name) for name in ("exec", "compile", "__import__", "execfile", "breakpoint")},
    **{
        name: _outside(name)
        for name in ("input", "raw_input", "dir", "memoryview", "bytearray", "hex", "bin", "oct", "ascii")
    },
    "__name__": "__main__",
    "__file__": Unknown("the place of the file", path="os.path", data=True),
    "__doc__": Unknown("the text of the file", data=True),
    "NotImplemented": Unknown("NotImplemented"),
    "Ellipsis": ...,
    "__debug__": True,
}
