"""Names: what Python offers without an import."""

from __future__ import annotations

import ast
from typing import TypeAlias

from ....symbolic import Expr
from .. import attributes
from ..calls import lose
from ..containers import items_of, iterator, length
from ..iterators import END, Lost, each, next_of, over, over_list, place_of, pull
from ..operations import binary, compare, format_value, hashable, make_set, truth
from ..state import Raised, State, Stop
from ..values import (
    MISSING,
    Builtin,
    Class,
    Dict,
    Function,
    Instance,
    Iterator,
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
from .methods import sorted_items

Args: TypeAlias = list[Value]
Kwargs: TypeAlias = dict[str, Value]


def _len(run: State, args: Args, kwargs: Kwargs) -> Value:
    return length(run, args[0])


def _print(run: State, args: Args, kwargs: Kwargs) -> Value:
    return None


def _range(run: State, args: Args, kwargs: Kwargs) -> Value:
    ends = [one for one in args if type(one) in (int, bool)]
    if len(ends) < len(args) or not args:
        return run.unknown("a range of unknown length", *args)
    if len(ends) == 3 and ends[2] == 0:
        raise Raised(run.error("ValueError", "range() arg 3 must not be zero"))
    found = range(*(int(one) for one in ends))  # type: ignore[call-overload]
    return (
        found
        if max(map(abs, (found.start, found.stop, found.step))) < 2**62
        else run.unknown("a range that is too long")
    )


def _enumerate(run: State, args: Args, kwargs: Kwargs) -> Value:
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    source = iterator(run, args[0])
    if isinstance(source, Unknown) or not isinstance(start, int):
        return run.unknown("items that are not known", source, data=True)

    def step(run: State, it: Iterator) -> Value:
        found = pull(run, source)
        return END if found is END else (start + place_of(it), found)

    return Iterator(step, (source,))


def rows_of(run: State, given: Args) -> Iterator | Unknown:
    """Iterate over several things at once, until the first of them ends."""
    sources = [iterator(run, one) for one in given]
    known = [one for one in sources if isinstance(one, Iterator)]
    if len(known) < len(sources):
        return run.unknown("items that are not known", *sources, data=True)

    def step(run: State, it: Iterator) -> Value:
        row: list[Value] = []
        for one in known:
            row.append(pull(run, one))
            if row[-1] is END:
                return END
        return tuple(row) if row else END

    return Iterator(step, tuple(sources))


def called(run: State, function: Value, rows: Iterator | Unknown) -> Iterator:
    """Iterate over the results of a function, called on the values of each row."""

    def step(run: State, it: Iterator) -> Value:
        try:
            if isinstance(rows, Unknown):
                raise Lost(rows)
            row = pull(run, rows)
        except Lost as lost:
            raise Lost(lose(run, "a map over unknown items", function, lost.unknown)) from None
        return run.call(function, list(row), {}) if isinstance(row, tuple) else END

    return Iterator(step, (function, rows))


def _map(run: State, args: Args, kwargs: Kwargs) -> Value:
    return called(run, args[0], rows_of(run, args[1:]))


def _filter(run: State, args: Args, kwargs: Kwargs) -> Value:
    function, source = args[0], iterator(run, args[1])
    if isinstance(source, Unknown):
        return lose(run, "a filter of unknown items", function, source)

    def step(run: State, it: Iterator) -> Value:
        try:
            for one in each(run, source):
                known = truth(run, one if function is None else run.call(function, [one], {}))
                if known is None:
                    raise Lost(run.unknown("a condition that is unknown", source, one))
                if known:
                    return one
        except Lost as lost:
            raise Lost(lose(run, "a filter of unknown items", function, lost.unknown, source)) from None
        return END

    return Iterator(step, (function, source))


def _reversed(run: State, args: Args, kwargs: Kwargs) -> Value:
    if isinstance(args[0], List) and args[0].blur is None:
        return over_list(args[0], backward=True)
    items = items_of(run, args[0])
    return items if isinstance(items, Unknown) else over(tuple(items[::-1]))


def _sorted(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = sorted_items(run, args[0], kwargs)
    return items if isinstance(items, Unknown) else List(items)


def _sum(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    if isinstance(items, Unknown):
        return run.unknown("a sum", items, data=items.data, scalar=True)
    total = args[1] if len(args) > 1 else kwargs.get("start", 0)
    for one in items:
        total = binary(run, ast.Add(), total, one)
    return total


def _extreme(name: str, op: ast.cmpop) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        items = items_of(run, args[0]) if len(args) == 1 else args
        if isinstance(items, Unknown):
            return run.unknown(f"a {name}imum", items, data=items.data)
        if not items:
            if "default" in kwargs:
                return kwargs["default"]
            raise Raised(run.error("ValueError", f"{name}() arg is an empty sequence"))
        key = kwargs.get("key")
        keys = items if key is None else [run.call(key, [one], {}) for one in items]
        best = 0
        for place in range(1, len(items)):
            better = truth(run, compare(run, op, keys[place], keys[best]))
            if better is None:
                plain = all(isinstance(one, (int, Expr)) or (isinstance(one, Unknown) and one.data) for one in items)
                return run.unknown(f"a {name}imum", *items, data=plain, scalar=plain)
            if better:
                best = place
        return items[best]

    return Builtin(name, call)


def _all(wanted: bool) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        source = iterator(run, args[0])
        answers: list[bool | None] = []

        def ask(source: Iterator) -> None:
            try:
                for one in each(run, source):
                    answers.append(truth(run, one))
                    if answers[-1] is None and source is args[0]:  # whether the rest is made is unknown
                        run.fork(lambda: ask(source), lambda: None)
                        return
                    if answers[-1] is not wanted and answers[-1] is not None:
                        return
            except Lost:
                answers.append(None)

        if isinstance(source, Iterator):
            ask(source)
        if (not wanted) in answers:
            return not wanted
        known = isinstance(source, Iterator) and None not in answers
        return wanted if known else run.unknown("a condition on unknown items", scalar=True)

    return Builtin("all" if wanted else "any", call)


def _int(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0] if args else 0
    if (isinstance(value, str) and len(value) < 200) or isinstance(value, (int, float)):
        try:
            return int(value, *(one for one in args[1:] if isinstance(one, int)))
        except (ValueError, OverflowError, TypeError):
            raise Raised(run.error("ValueError", "invalid literal for int()")) from None
    if isinstance(value, (Expr,)):
        return value
    return _number(run, value)


def _number(run: State, value: Value) -> Value:
    run.may_raise("a conversion")
    data = isinstance(value, Unknown) and value.data
    if data and isinstance(value, Unknown) and value.name:
        return value
    return run.unknown("a number that is not known", data=data, scalar=True)


def _float(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0] if args else 0.0
    if isinstance(value, (int, float)) or (isinstance(value, str) and len(value) < 200):
        try:
            return float(value)
        except (ValueError, OverflowError):
            raise Raised(run.error("ValueError", "could not convert string to float")) from None
    return _number(run, value)


def _bool(run: State, args: Args, kwargs: Kwargs) -> Value:
    known = truth(run, args[0]) if args else False
    return run.unknown("a condition", scalar=True) if known is None else known


def _str(run: State, args: Args, kwargs: Kwargs) -> Value:
    return format_value(run, args[0]) if args else ""


def _list(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0]) if args else []
    made = List(items if isinstance(items, list) else ())
    if isinstance(items, Unknown):
        made.blur = items
    return made


def _tuple(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0]) if args else []
    return items if isinstance(items, Unknown) else tuple(items)


def _set(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0], False) if args else []
    return (
        run.unknown("a set of unknown members", items, data=items.data)
        if isinstance(items, Unknown)
        else make_set(run, items)
    )


def _zip(run: State, args: Args, kwargs: Kwargs) -> Value:
    if kwargs and kwargs.get("strict") is not False:  # it raises an exception where the lengths differ
        raise Stop("zip with strict")
    return rows_of(run, args)


def make_dict(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Make a dictionary of pairs and names."""
    made = Dict()
    update = run.method(made, "update")
    run.call(update, args, kwargs)
    return made


def _abs(run: State, args: Args, kwargs: Kwargs) -> Value:
    return abs(args[0]) if isinstance(args[0], (int, float)) else run.unknown("a number that is not known", scalar=True)


def _round(run: State, args: Args, kwargs: Kwargs) -> Value:
    value, places = args[0], args[1] if len(args) > 1 else kwargs.get("ndigits")
    if isinstance(value, (int, float)) and (places is None or isinstance(places, int)):
        try:
            return round(value) if places is None else round(value, places)
        except (ValueError, OverflowError):
            pass
    return _number(run, value)


def _divmod(run: State, args: Args, kwargs: Kwargs) -> Value:
    return binary(run, ast.FloorDiv(), *args), binary(run, ast.Mod(), *args)


def _pow(run: State, args: Args, kwargs: Kwargs) -> Value:
    return binary(run, ast.Pow(), args[0], args[1]) if len(args) == 2 else run.unknown("a power")


def _getattr(run: State, args: Args, kwargs: Kwargs) -> Value:
    if not isinstance(args[1], str):
        run.may_raise("getattr")
        return run.unknown("an attribute of an unknown name", args[0], *args[2:], data=True)
    found = attributes.get_or_missing(run, args[0], args[1])
    if found is MISSING:
        if len(args) > 2:
            return args[2]
        raise Raised(run.error("AttributeError", args[1]))
    if isinstance(found, Unknown) and len(args) > 2:
        return run.unknown(found.reason, found, args[2])
    return found


def _hasattr(run: State, args: Args, kwargs: Kwargs) -> Value:
    if not isinstance(args[1], str):
        return run.unknown("a condition", scalar=True)
    found = attributes.get_or_missing(run, args[0], args[1])
    return run.unknown("a condition", scalar=True) if isinstance(found, Unknown) else found is not MISSING


def _setattr(run: State, args: Args, kwargs: Kwargs) -> Value:
    if isinstance(args[1], str):
        attributes.store(run, args[0], args[1], args[2])
    elif isinstance(args[0], (Class, Function, Module)):
        raise Stop("an attribute of an unknown name is set", everything=True)
    else:
        run.blur("an attribute of an unknown name was set", args[0], args[2])
    return None


def _delattr(run: State, args: Args, kwargs: Kwargs) -> Value:
    if isinstance(args[1], str):
        attributes.delete(run, args[0], args[1])
    else:
        run.blur("an attribute of an unknown name was deleted", args[0])
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
        own = value.cls.native if isinstance(value.cls, Class) else value.cls
        if (
            isinstance(kind, Native)
            and own is not None
            and kind not in attributes.lineage(value.cls)
            and _perhaps(own.name, kind.name)
        ):
            return None
        if any(isinstance(one, Unknown) for one in attributes.lineage(value.cls)):
            return None
        if isinstance(kind, Class) and kind.blur is not None:
            return None
        if kind in attributes.lineage(value.cls):
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
    return any(one in attributes.lineage(cls) for one in kinds)


def _type(run: State, args: Args, kwargs: Kwargs) -> Value:
    if len(args) != 1:
        return lose(run, "a class made by type()", None, *args)
    value = args[0]
    if isinstance(value, Instance):
        return value.cls
    for name, hosts in HOSTS.items():
        if isinstance(value, hosts) and not (isinstance(value, bool) and name != "bool"):
            return TYPES[name]
    return run.unknown("the type of a value", value)


def _callable(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0]
    if isinstance(value, Unknown):
        return run.unknown("a condition", scalar=True)
    if isinstance(value, Instance):
        return attributes.find(value.cls, "__call__") is not MISSING
    return isinstance(value, (Function, Builtin, Class, Native, Method, Partial))


def _iter(run: State, args: Args, kwargs: Kwargs) -> Value:
    return iterator(run, args[0]) if len(args) == 1 else lose(run, "iter() with a mark of the end", None, *args)


def _next(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0]
    if isinstance(value, Iterator):
        return next_of(run, value, args[1:])
    if isinstance(value, Instance):
        method = attributes.user_method(value, "__next__")
        if method is not None:
            return run.call(method, [value], {})
    run.may_raise("next")
    return run.unknown("an item of an unknown iterator", *args, data=True)


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


def _names(run: State, args: Args, kwargs: Kwargs) -> Value:
    if args:
        return run.unknown("the attributes of an object", *args)
    return run.unknown("the names of the module", path="globals()")


def _forbidden(name: str) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        raise Stop(f"{name}() is not followed", everything=True)

    return Builtin(name, call)


def _open(run: State, args: Args, kwargs: Kwargs) -> Value:
    run.may_raise("open")
    return run.unknown("the content of a file", path="os.open", data=True)


def _outside(name: str) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        return run.unknown(f"what {name}() gives", data=True)

    return Builtin(name, call)


def _chr(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0]
    return chr(value) if isinstance(value, int) and 0 <= value < 0xD800 else run.unknown("a text", scalar=True)


def _ord(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0]
    return ord(value) if isinstance(value, str) and len(value) == 1 else run.unknown("a number", scalar=True, data=True)


def _slice(run: State, args: Args, kwargs: Kwargs) -> Value:
    return slice(*args)


def _frozenset(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0]) if args else []
    if isinstance(items, Unknown) or not all(hashable(one) for one in items):
        return run.unknown("a set of unknown members", *args)
    return frozenset(items)


# --- classes --------------------------------------------------------------------------------------------------------

HOSTS: dict[str, tuple[type, ...]] = {
    "bool": (bool,), "int": (int,), "float": (float,), "str": (str,), "bytes": (bytes,), "list": (List,),
    "tuple": (tuple,), "dict": (Dict,), "set": (Set,), "frozenset": (frozenset,), "range": (range,),
    "type": (Class, Native), "complex": (complex,),
}  # fmt: skip
_ITEMS = (List, tuple, str, bytes, range, Dict, Set, View, frozenset)
BUILT_IN = (*_ITEMS, int, float, complex, type(None))
ABSTRACT: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("Iterable", "Sized", "Container", "Collection"), _ITEMS),
    "Sequence": (List, tuple, str, bytes, range), "MutableSequence": (List,), "Mapping": (Dict,),
    "MutableMapping": (Dict,), "Set": (Set, frozenset), "MutableSet": (Set,), "Callable": (),
}  # fmt: skip
CONVERT = {
    "bool": _bool, "int": _int, "float": _float, "str": _str, "list": _list, "tuple": _tuple, "dict": make_dict,
    "set": _set, "frozenset": _frozenset, "range": _range, "type": _type,
}  # fmt: skip
TYPES: dict[str, Native] = {name: Native(name, data=CONVERT.get(name)) for name in HOSTS}
OBJECT = Native("object", make=lambda run, cls: Instance(cls), init=lambda run, self, args, kwargs: None)


def _error_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    self.named["args"] = tuple(args)


BASE_ERROR = Native("BaseException", make=lambda run, cls: Instance(cls), init=_error_init)
ERRORS: dict[str, Native] = {"BaseException": BASE_ERROR}
for _line in (
    "BaseException: Exception KeyboardInterrupt SystemExit GeneratorExit",
    "Exception: ArithmeticError AssertionError AttributeError BufferError EOFError ImportError LookupError MemoryError"
    " NameError OSError RuntimeError StopIteration SyntaxError TypeError ValueError Warning StopAsyncIteration",
    "ArithmeticError: ZeroDivisionError OverflowError FloatingPointError",
    "ImportError: ModuleNotFoundError",
    "LookupError: IndexError KeyError",
    "NameError: UnboundLocalError",
    "OSError: FileNotFoundError FileExistsError PermissionError ConnectionError TimeoutError IsADirectoryError",
    "RuntimeError: NotImplementedError RecursionError",
    "ValueError: UnicodeError",
    "UnicodeError: UnicodeDecodeError UnicodeEncodeError",
    "Warning: UserWarning DeprecationWarning FutureWarning RuntimeWarning",
):
    _parent, _, _children = _line.partition(": ")
    for _child in _children.split():
        ERRORS[_child] = Native(_child, ERRORS[_parent])
ERRORS["IOError"] = ERRORS["EnvironmentError"] = ERRORS["OSError"]


def error(run: State, name: str, text: str) -> Instance:
    """Make an exception of Python's own."""
    made = Instance(ERRORS.get(name, ERRORS["Exception"]))
    made.named["args"] = (text,)
    made.line = run.line
    return made


FUNCTIONS = {
    "len": _len,
    "print": _print,
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "reversed": _reversed,
    "sorted": _sorted,
    "sum": _sum,
    "abs": _abs,
    "round": _round,
    "divmod": _divmod,
    "pow": _pow,
    "getattr": _getattr,
    "hasattr": _hasattr,
    "setattr": _setattr,
    "delattr": _delattr,
    "isinstance": _isinstance,
    "issubclass": _issubclass,
    "callable": _callable,
    "iter": _iter,
    "next": _next,
    "super": _super,
    "id": _id,
    "hash": _id,
    "globals": _names,
    "locals": _names,
    "vars": _names,
    "open": _open,
    "chr": _chr,
    "ord": _ord,
    "slice": _slice,
    "repr": lambda run, args, kwargs: run.unknown("a text", scalar=True),
    "format": lambda run, args, kwargs: format_value(run, *args),
    "display": _print,
    "xrange": _range,
    "exit": _exit,
    "quit": _exit,
    "unicode": _str,
    "get_ipython": lambda run, args, kwargs: run.unknown("a notebook", path="IPython.get_ipython"),
}
BUILTINS: dict[str, Value] = {
    **{name: Builtin(name, function) for name, function in FUNCTIONS.items()},
    **TYPES,
    **ERRORS,
    "object": OBJECT,
    "min": _extreme("min", ast.Lt()),
    "max": _extreme("max", ast.Gt()),
    "all": _all(True),
    "any": _all(False),
    "staticmethod": _wrapper("static"),
    "classmethod": _wrapper("class"),
    "property": _wrapper("property"),
    **{name: _forbidden(name) for name in ("exec", "eval", "compile", "__import__", "execfile", "breakpoint")},
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
