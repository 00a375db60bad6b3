"""Names: the standard library. Collections, copies and contexts."""

from __future__ import annotations

from ...memory.objects import (
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
    Obj,
    Partial,
    Set,
    Unknown,
    Value,
    View,
)
from ...memory.state import State
from ...values.classes import native_of
from ..builtins import BUILTINS
from ..converting import make_dict
from ..mappings import derived
from ..native import Args, Kwargs
from .iteration import same
from .named_tuple import named_tuple


def _default(run: State, args: Args, kwargs: Kwargs) -> Value:
    made = Dict(default=args[0] if args else None)
    run.call(run.method(made, "update"), args[1:], kwargs)
    return made


def deep_copy(run: State, value: Value, done: dict[Obj, Value]) -> Value:
    """Copy a value with everything it holds."""
    if isinstance(value, (Class, Function, Native, Builtin, Module)):
        return value
    if isinstance(value, tuple):
        return tuple(deep_copy(run, one, done) for one in value)
    if not isinstance(value, Obj) or isinstance(value, (Iterator, View)):
        if isinstance(value, (Obj, Method, Partial)) or (isinstance(value, Unknown) and value.refs):
            return run.unknown("a copy that is not followed", value)
        return value
    if value not in done:
        run.budget.spend()
        made = _empty(value)
        done[value] = made
        if id(value) in run.attached:
            run.attached.add(id(made))
        elif isinstance(made, Instance) and not (run.unsure or run.inside_library):
            run.made.append(made)
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
        native = native_of(value)
        if native is None or native.name == "object":  # modules share their registries with a copy
            made = Instance(value.cls, value.line)
            made.state = dict(value.named)
            return made
    if isinstance(value, Obj) or run.is_tensor(value):  # a copy of a tensor shares its memory, and passes no gradient
        return run.unknown("a shallow copy is not followed", value, data=True)
    return value


COLLECTIONS_ABC = Module("collections.abc", {}, lambda name: Native(f"collections.abc.{name}"))
COLLECTIONS = Module(
    "collections",
    {
        "OrderedDict": Native("collections.OrderedDict", data=make_dict, methods={"<derived>": derived}),
        "defaultdict": Builtin("defaultdict", _default),
        "deque": Builtin(
            "deque",
            lambda run, args, kwargs: (
                run.unknown("a deque", *args) if len(args) > 1 or kwargs else run.call(BUILTINS["list"], args, {})
            ),
        ),
        "namedtuple": Builtin("namedtuple", named_tuple),
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
    {
        "suppress": Builtin(
            "contextlib.suppress",
            lambda run, args, kwargs: Builtin("contextlib.suppress", same, holds=tuple(args)),
        )
    },
)
