"""Names: modules of Python's library through which sizes flow."""

from __future__ import annotations

import ast
import math
import string
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise, permutations, product
from typing import TypeGuard

from .. import attributes
from ..calls import lose
from ..containers import MOST_ITEMS, items_of
from ..operations import binary
from ..state import Raised, State
from ..values import (
    MISSING,
    Builtin,
    Class,
    Dict,
    Function,
    Instance,
    Lazy,
    List,
    Method,
    Module,
    Native,
    Obj,
    Partial,
    Set,
    Unknown,
    Value,
    Wrapper,
)
from .builtins import BUILTINS, OBJECT, Args, Kwargs, make_dict


def same(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give the first argument back."""
    return args[0] if args else next(iter(kwargs.values()), None)


def decorator(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Leave a function as it is, with or without options of the decorator."""
    if args and isinstance(args[0], (Function, Class, Wrapper, Method, Builtin)):
        return args[0]
    return Builtin("decorator", same)


def outside(path: str) -> Module:
    """Make a module of which everything is data from outside."""
    return Module(
        path, {}, lambda name: Unknown(f"{path}.{name} is not known", path=f"{path}.{name}", data=True, scalar=True)
    )


# --- math -----------------------------------------------------------------------------------------------------------


def _numeric(name: str, function: Callable[..., object]) -> Builtin:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        if all(isinstance(one, (int, float)) and abs(one) < 1e300 for one in args) and not kwargs:
            numbers = [one for one in args if isinstance(one, (int, float))]
            if name in ("factorial", "comb", "perm") and max(numbers, default=0) > 500:
                return run.unknown("a number that is too large", scalar=True)
            try:
                return function(*args)
            except (ValueError, OverflowError, TypeError, ZeroDivisionError):
                raise Raised(run.error("ValueError", "math domain error")) from None
        return run.unknown("a number that is not known", data=True, scalar=True)

    return Builtin(f"math.{name}", call)


MATH_NAMES = [
    "ceil", "floor", "sqrt", "log", "log2", "log10", "exp", "pow", "fabs", "factorial", "gcd", "comb", "perm",
    "isqrt", "hypot", "sin", "cos", "tan", "tanh", "trunc", "isnan", "isclose", "atan", "atan2", "log1p", "fmod",
    "copysign", "radians", "degrees",
]  # fmt: skip
MATH = Module(
    "math",
    {name: _numeric(name, vars(math)[name]) for name in MATH_NAMES}
    | {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan},
)


def _prod(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    if isinstance(items, Unknown):
        return run.unknown("a product", items, data=items.data, scalar=True)
    total: Value = kwargs.get("start", 1)
    for one in items:
        total = binary(run, ast.Mult(), total, one)
    return total


MATH.names["prod"] = Builtin("math.prod", _prod)

# --- itertools and functools ----------------------------------------------------------------------------------------


def _chain(run: State, args: Args, kwargs: Kwargs) -> Value:
    made: list[Value] = []
    for one in args:
        items = items_of(run, one)
        if isinstance(items, Unknown):
            return run.unknown("items that are not known", items, *made)
        made += items
    return List(made)


def _chain_of(run: State, args: Args, kwargs: Kwargs) -> Value:
    rows = items_of(run, args[0])
    return rows if isinstance(rows, Unknown) else _chain(run, rows, {})


def _combined(function: Callable[..., object]) -> Callable[..., Value]:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        rows = [items_of(run, one) for one in args if not isinstance(one, int)]
        counts = [one for one in args if isinstance(one, int)]
        if (
            any(isinstance(row, Unknown) or len(row) > 30 for row in rows)
            or any(count > 4 for count in counts)
            or len(rows) > 3
        ):
            return run.unknown("items that are not known", *args)
        made: list[Value] = []
        for one in function(*rows, *counts, **kwargs):  # type: ignore[attr-defined]
            if len(made) > MOST_ITEMS:
                return run.unknown("too many items", *args)
            made.append(one)
        return List(made)

    return call


def _pairwise(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    return items if isinstance(items, Unknown) else List([*pairwise(items)])


def _repeat(run: State, args: Args, kwargs: Kwargs) -> Value:
    count = args[1] if len(args) > 1 else kwargs.get("times")
    if not isinstance(count, int) or count > MOST_ITEMS:
        return run.unknown("items without end", *args)
    return List([args[0]] * count)


def _accumulate(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    if isinstance(items, Unknown):
        return items
    function = args[1] if len(args) > 1 else kwargs.get("func")
    made: list[Value] = []
    for one in items:
        before = made[-1] if made else None
        made.append(
            one
            if not made
            else run.call(function, [before, one], {})
            if function
            else binary(run, ast.Add(), before, one)
        )
    return List(made)


def _islice(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[0])
    if isinstance(items, Unknown) or not all(isinstance(one, int) or one is None for one in args[1:]):
        return run.unknown("items that are not known", *args)
    ends = [one if isinstance(one, int) else None for one in args[1:]]
    return List(items[slice(*ends)])


ITERTOOLS = Module(
    "itertools",
    {
        "chain": Native("itertools.chain", data=_chain, methods={}),
        "product": Builtin("product", _combined(product)),
        "combinations": Builtin("combinations", _combined(combinations)),
        "permutations": Builtin("permutations", _combined(permutations)),
        "pairwise": Builtin("pairwise", _pairwise),
        "repeat": Builtin("repeat", _repeat),
        "accumulate": Builtin("accumulate", _accumulate),
        "islice": Builtin("islice", _islice),
        "zip_longest": Builtin("zip_longest", lambda run, args, kwargs: run.unknown("items that are not known", *args)),
    },
)
ITERTOOLS.names["chain"].methods["from_iterable"] = lambda run, self, args, kwargs: _chain_of(run, [self], {})  # type: ignore[attr-defined]


def _partial(run: State, args: Args, kwargs: Kwargs) -> Value:
    return Partial(args[0], tuple(args[1:]), kwargs)


def _reduce(run: State, args: Args, kwargs: Kwargs) -> Value:
    items = items_of(run, args[1])
    if isinstance(items, Unknown):
        return lose(run, "a reduction of unknown items", *args)
    rest = [*args[2:3], *items]
    if not rest:
        raise Raised(run.error("TypeError", "reduce() of empty iterable"))
    total = rest[0]
    for one in rest[1:]:
        total = run.call(args[0], [total, one], {})
    return total


def _cached(run: State, args: Args, kwargs: Kwargs) -> Value:
    if not args or not isinstance(args[0], (Function, Method, Builtin)):
        return Builtin("lru_cache", _cached)
    function, kept = args[0], Dict()

    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        key = (*args, *kwargs.items())
        from ..operations import hashable

        if kept.blur is not None or not hashable(key):
            return lose(run, "a cached call with unknown arguments", function, *args, *kwargs.values())
        if key not in kept.named:
            made = run.call(function, args, kwargs)
            run.change(kept)
            kept.named[key] = made
        return kept.named[key]

    return Builtin("cached", call)


FUNCTOOLS = Module(
    "functools",
    {
        "partial": Builtin("partial", _partial),
        "reduce": Builtin("reduce", _reduce),
        "wraps": Builtin("wraps", lambda run, args, kwargs: Builtin("wraps", same)),
        "lru_cache": Builtin("lru_cache", _cached),
        "cache": Builtin("cache", _cached),
        "cached_property": Builtin("cached_property", lambda run, args, kwargs: Wrapper("property", args[0])),
        "total_ordering": Builtin("total_ordering", same),
        "update_wrapper": Builtin("update_wrapper", same),
    },
)

# --- collections, copies, contexts ----------------------------------------------------------------------------------


def _default(run: State, args: Args, kwargs: Kwargs) -> Value:
    made = Dict(default=args[0] if args else None)
    run.call(run.method(made, "update"), args[1:], kwargs)
    return made


def _namedtuple(run: State, args: Args, kwargs: Kwargs) -> Value:
    return lose(run, "a named tuple is not followed", None, *args)


def deep_copy(run: State, value: Value, done: dict[Obj, Value]) -> Value:
    """Copy a value with everything it holds."""
    if isinstance(value, (Class, Function, Native, Builtin, Module)):
        return value
    if isinstance(value, tuple):
        return tuple(deep_copy(run, one, done) for one in value)
    if not isinstance(value, Obj) or isinstance(value, Lazy):
        if isinstance(value, (Obj, Method, Partial)) or (isinstance(value, Unknown) and value.refs):
            return run.unknown("a copy that is not followed", value)
        return value
    if value not in done:
        run.step()
        made = _empty(value)
        done[value] = made
        made.blur = value.blur
        if isinstance(value.state, list):
            made.state = [deep_copy(run, one, done) for one in value.state]
        else:
            made.state = {key: deep_copy(run, one, done) for key, one in value.state.items()}
    return done[value]


def _empty(value: Obj) -> Obj:
    if isinstance(value, List):
        return List()
    if isinstance(value, Dict):
        return Dict(default=value.default)
    if isinstance(value, Set):
        return Set()
    assert isinstance(value, Instance)
    return Instance(value.cls, value.line)


def _copy(run: State, args: Args, kwargs: Kwargs) -> Value:
    value = args[0]
    if isinstance(value, (List, Dict, Set)):
        return run.call(run.method(value, "copy"), [], {})
    if isinstance(value, Instance) and value.blur is None and not run.is_tensor(value):
        native = value.cls.native if isinstance(value.cls, Class) else value.cls
        if native is None or native.name == "object":  # modules share their registries with a copy
            made = Instance(value.cls, value.line)
            made.state = dict(value.named)
            return made
    if isinstance(value, Obj):
        return run.unknown("a shallow copy is not followed", value)
    return value


COLLECTIONS_ABC = Module("collections.abc", {}, lambda name: Native(f"collections.abc.{name}"))
COLLECTIONS = Module(
    "collections",
    {
        "OrderedDict": Native("collections.OrderedDict", data=make_dict),
        "defaultdict": Builtin("defaultdict", _default),
        "deque": Builtin(
            "deque",
            lambda run, args, kwargs: (
                run.unknown("a deque", *args) if len(args) > 1 or kwargs else run.call(BUILTINS["list"], args, {})
            ),
        ),
        "namedtuple": Builtin("namedtuple", _namedtuple),
        "Counter": Unknown("collections.Counter is not known", path="os.Counter", data=True, scalar=True),
        "abc": COLLECTIONS_ABC,
    },
)
COPY = Module(
    "copy",
    {
        "deepcopy": Builtin("deepcopy", lambda run, args, kwargs: deep_copy(run, args[0], {})),
        "copy": Builtin("copy", _copy),
    },
)
CONTEXTLIB = Module(
    "contextlib",
    {"suppress": Builtin("contextlib.suppress", lambda run, args, kwargs: Builtin("contextlib.suppress", same))},
)

# --- dataclasses ----------------------------------------------------------------------------------------------------

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
            assert isinstance(names, tuple)
            for name in names:
                fields[name] = one.named.get(name, MISSING)
    for name, value in fields.items():
        if isinstance(value, Instance) and value.cls is FIELD and name in cls.named:
            if "default" in value.named:
                cls.named[name] = value.named["default"]
            else:
                del cls.named[name]
    cls.named["__dataclass_fields__"] = tuple(fields)
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
        attributes.store(run, self, name, run.name(value, name))
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

# --- enumerations ---------------------------------------------------------------------------------------------------


def _members(run: State, cls: Class, args: Args, kwargs: Kwargs) -> None:
    count = 0
    for name, value in list(cls.named.items()):
        if not isinstance(name, str) or name.startswith(("_", "<")) or isinstance(value, (Function, Wrapper)):
            continue
        count = count + 1 if value is AUTO else value if isinstance(value, int) else count
        member = Instance(cls)
        member.named.update(name=name, value=count if value is AUTO else value)
        cls.named[name] = member


AUTO = Module("enum.auto()")
ENUM_CLASS = Native("enum.Enum", data="enum", methods={"<class>": _members})
ENUM = Module(
    "enum",
    dict.fromkeys(("Enum", "IntEnum", "StrEnum"), ENUM_CLASS)
    | {"auto": Builtin("auto", lambda run, args, kwargs: AUTO), "unique": Builtin("unique", same)},
)


def members_of(cls: Class) -> list[Instance]:
    """List the members of an enum."""
    return [one for one in cls.named.values() if isinstance(one, Instance) and one.cls is cls and "value" in one.named]


def enum_method(run: State, cls: Class, name: str) -> Value:
    """Give what can be done with an enum: call it, iterate over it, index it."""
    if cls.native is None or cls.native.data != "enum":
        return MISSING
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


# --- argparse -------------------------------------------------------------------------------------------------------


def _parser_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    self.named["<arguments>"] = List()
    self.named["<defaults>"] = Dict()


def _add_argument(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if not all(isinstance(one, str) for one in args):
        run.blur("an argument of an unknown name", self)
        return None
    kept = self.named["<arguments>"]
    assert isinstance(kept, List)
    run.change(kept)
    kept.items.append((tuple(args), tuple(kwargs.items())))
    return None


def _set_defaults(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    defaults = self.named["<defaults>"]
    return run.call(run.method(defaults, "update"), [], kwargs)


def _group(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return self


def _parse_known(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return _parse(run, self, args, kwargs), List()


def _parse(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    kept, defaults = self.named["<arguments>"], self.named["<defaults>"]
    assert isinstance(kept, List)
    assert isinstance(defaults, Dict)
    given: Value = args[0] if args else kwargs.get("args")
    words = run.argv if given is None else items_of(run, given)  # type: ignore[attr-defined]
    if self.blur is not None or kept.blur is not None or defaults.blur is not None or isinstance(words, Unknown):
        return run.unknown("the arguments of the command line", data=True)
    found = Instance(NAMESPACE)
    pending = [str(one) for one in words]
    options: list[tuple[tuple[str, ...], dict[str, Value]]] = []
    for one in kept.items:
        assert isinstance(one, tuple)
        options.append((one[0], dict(one[1])))
    plain = [one for one in options if not one[0][0].startswith("-")]
    taken: dict[str, Value] = {}
    while pending:
        word = pending.pop(0)
        flag, equals, value = word.partition("=")
        match = next((one for one in options if flag in one[0] and flag.startswith("-")), None)
        if match is None and not word.startswith("-") and plain:
            match, pending = plain.pop(0), [word, *pending]
        elif match is None:
            run.note(f"the argument {word[:40]!r} is not one of the program's")
            continue
        elif equals:
            pending = [value, *pending]
        taken[_dest(*match)] = _value(run, match[1], pending)
    for names, spec in options:
        dest = _dest(names, spec)
        if dest in taken:
            item = taken[dest]
        elif "default" in spec:
            item = spec["default"]
            if isinstance(item, str) and "type" in spec and spec.get("nargs") is None:
                item = run.call(spec["type"], [item], {})
        elif spec.get("action") in ("store_true", "store_false"):
            item = spec["action"] == "store_false"
        elif spec.get("required") is True or (not names[0].startswith("-") and spec.get("nargs") not in ("?", "*")):
            item = run.unknown(f"the argument {dest} of the command line", data=True, scalar=True)
        else:
            item = defaults.named.get(dest)
        if dest not in found.named or found.named[dest] is None:
            found.named[dest] = run.name(item, dest)
    for key, item in defaults.named.items():
        found.named.setdefault(key, item)
    return found


def _dest(names: tuple[str, ...], spec: dict[str, Value]) -> str:
    given = spec.get("dest")
    if isinstance(given, str):
        return given
    name = next((one for one in names if one.startswith("--")), names[0])
    return name.lstrip("-").replace("-", "_")


def _value(run: State, spec: dict[str, Value], pending: list[str]) -> Value:
    action, kind = spec.get("action"), spec.get("type")
    if action in ("store_true", "store_false"):
        return action == "store_true"
    if action == "store_const":
        return spec.get("const")
    if action not in (None, "store"):
        return run.unknown("an argument of the command line")
    convert: Callable[[str], Value] = lambda word: word if kind is None else run.call(kind, [word], {})  # noqa: E731
    count = spec.get("nargs")
    if count in (None, "?"):
        return convert(pending.pop(0)) if pending else spec.get("const")
    several: list[Value] = []
    while pending and not pending[0].startswith("-") and not (isinstance(count, int) and len(several) == count):
        several.append(convert(pending.pop(0)))
    return List(several)


NAMESPACE = Native(
    "argparse.Namespace",
    make=lambda run, cls: Instance(cls),
    init=lambda run, self, args, kwargs: self.named.update(kwargs),
)
PARSER = Native(
    "argparse.ArgumentParser",
    make=lambda run, cls: Instance(cls),
    init=_parser_init,
    methods={
        "add_argument": _add_argument,
        "set_defaults": _set_defaults,
        "add_argument_group": _group,
        "add_mutually_exclusive_group": _group,
        "parse_args": _parse,
        "parse_known_args": _parse_known,
        "print_help": lambda run, self, args, kwargs: None,
    },
    get=lambda run, self, name: run.unknown(f"{name} is not followed", self),
)
ARGPARSE = Module("argparse", {"ArgumentParser": PARSER, "Namespace": NAMESPACE})
SIMPLE = Native(
    "types.SimpleNamespace",
    make=lambda run, cls: Instance(cls),
    init=lambda run, self, args, kwargs: self.named.update(kwargs),
)

# --- NumPy ----------------------------------------------------------------------------------------------------------


def _sqrt(run: State, args: Args, kwargs: Kwargs) -> Value:
    return run.call(MATH.names["sqrt"], args, {})


def _array_item(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = _array_items(run, self)
    key = args[0] if args else None
    if isinstance(items, Unknown) or not isinstance(key, int):  # a part of an array shares its memory
        return run.unknown("a part of an array", self)
    if not -len(items) <= key < len(items):
        raise Raised(run.error("IndexError", "index out of range"))
    return items[key]


def _array_items(run: State, self: Instance) -> list[Value] | Unknown:
    items = self.named.get("<items>")
    if self.blur is not None or not isinstance(items, tuple):
        return run.unknown("the numbers of an array", self)
    return list(items)


def _array_list(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = _array_items(run, self)
    return items if isinstance(items, Unknown) else List(items)


def _array_length(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = _array_items(run, self)
    return run.unknown("the length of an array", scalar=True) if isinstance(items, Unknown) else len(items)


def _array_change(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    run.change(self)
    self.blur = run.unknown("an array that was changed", self, *args)
    return self


ARRAY = Native(
    "numpy.ndarray",
    make=lambda run, cls: Instance(cls),
    methods={
        "__iter__": _array_list,
        "tolist": _array_list,
        "__getitem__": _array_item,
        "__setitem__": _array_change,
        "__iadd__": _array_change,  # and every other operator in place
        "__len__": _array_length,
    },
    get=lambda run, self, name: run.unknown(f"{name} of an array is not followed", self),
    data="compared",
)
MOST_NUMBERS = 4_096


def _array_of(items: Sequence[float]) -> Instance:
    made = Instance(ARRAY)
    made.named["<items>"] = tuple(items)
    return made


def _linspace(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give evenly spaced numbers, rounded as NumPy does: start + i·step in 64 bits, and the end as it is."""
    given = dict(zip(("start", "stop", "num"), args, strict=False)) | kwargs
    start, stop, number = given.pop("start", None), given.pop("stop", None), given.pop("num", 50)
    plain = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (start, stop))
    if given or len(args) > 3 or not plain or not isinstance(number, int) or not 2 <= number <= MOST_NUMBERS:
        return lose(run, "an array that is not followed", Unknown("", path="numpy.linspace"), *args, *kwargs.values())
    assert isinstance(start, (int, float))
    assert isinstance(stop, (int, float))
    step = (float(stop) - float(start)) / (number - 1)
    return _array_of([*(place * step + float(start) for place in range(number - 1)), float(stop)])


def _arange(run: State, args: Args, kwargs: Kwargs) -> Value:
    ends = [one for one in args if isinstance(one, int) and not isinstance(one, bool)]
    if kwargs or len(ends) < len(args) or not 1 <= len(ends) <= 3 or 0 in ends[2:]:
        return lose(run, "an array that is not followed", Unknown("", path="numpy.arange"), *args, *kwargs.values())
    found = range(*ends)
    if not 2 <= len(found) <= MOST_NUMBERS:
        return run.unknown("an array that is not followed")
    return _array_of(found)


NUMPY = Module(
    "numpy",
    {
        "ndarray": ARRAY,
        "linspace": Builtin("numpy.linspace", _linspace),
        "arange": Builtin("numpy.arange", _arange),
        "prod": Builtin("numpy.prod", _prod),
        "product": Builtin("numpy.prod", _prod),
        "sqrt": Builtin("numpy.sqrt", _sqrt),
        "ceil": MATH.names["ceil"],
        "floor": MATH.names["floor"],
        "log2": MATH.names["log2"],
        "log": MATH.names["log"],
        "pi": math.pi,
        "inf": math.inf,
        "e": math.e,
        "newaxis": None,
        "float32": "float32",
        "int64": "int64",
    },
    lambda name: Unknown(f"numpy.{name} is not known", path=f"numpy.{name}", data=True, scalar=True),
)
TYPING = Module(
    "typing",
    {"TYPE_CHECKING": False, "cast": Builtin("cast", lambda run, args, kwargs: args[1])}
    | dict.fromkeys(("Generic", "Protocol"), OBJECT)
    | {"overload": Builtin("overload", same), "final": Builtin("final", same)},
    lambda name: Native(f"typing.{name}"),
)
ABC = Module(
    "abc",
    {
        "ABC": Native("abc.ABC", OBJECT),
        "ABCMeta": Native("abc.ABCMeta"),
        "abstractmethod": Builtin("abstractmethod", same),
        "abstractproperty": Builtin("abstractproperty", lambda run, args, kwargs: Wrapper("property", args[0])),
    },
)
TQDM = Builtin("tqdm", same)
MODULES: dict[str, Value] = {
    "math": MATH,
    "itertools": ITERTOOLS,
    "functools": FUNCTOOLS,
    "collections": COLLECTIONS,
    "collections.abc": COLLECTIONS_ABC,
    "copy": COPY,
    "contextlib": CONTEXTLIB,
    "dataclasses": DATACLASSES,
    "enum": ENUM,
    "argparse": ARGPARSE,
    "types": Module("types", {"SimpleNamespace": SIMPLE}),
    "numpy": NUMPY,
    "typing": TYPING,
    "typing_extensions": TYPING,
    "abc": ABC,
    "string": Module(
        "string",
        {
            name: vars(string)[name]
            for name in (
                "ascii_letters",
                "ascii_lowercase",
                "ascii_uppercase",
                "digits",
                "punctuation",
                "printable",
                "whitespace",
            )
        },
    ),
    "operator": Module(
        "operator",
        {
            "mul": Builtin("mul", lambda run, args, kwargs: binary(run, ast.Mult(), *args)),
            "add": Builtin("add", lambda run, args, kwargs: binary(run, ast.Add(), *args)),
        },
    ),
    "tqdm": Module("tqdm", {"tqdm": TQDM, "trange": BUILTINS["range"]}),
    "tqdm.auto": Module("tqdm.auto", {"tqdm": TQDM, "trange": BUILTINS["range"]}),
    "tqdm.notebook": Module("tqdm.notebook", {"tqdm": TQDM, "trange": BUILTINS["range"]}),
}
