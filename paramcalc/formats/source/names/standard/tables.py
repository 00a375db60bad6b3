"""Names: the standard library and NumPy. The tables: what each name in each module is."""

from __future__ import annotations

import ast
import json
import string

from ...memory.objects import Builtin, Class, Dict, Function, List, Module, Native, Unknown, Value, Wrapper
from ...memory.state import Raised, State
from ...values.containers import items_of
from ...values.operations import binary
from ..builtins import BUILTINS, OBJECT, TYPES
from ..native import Args, Kwargs, by_place, not_known
from .arguments import ARGPARSE, SIMPLE
from .dataclass import DATACLASSES
from .enums import ENUM
from .iteration import FUNCTOOLS, ITERTOOLS, MATH, outside, same
from .named_tuple import NAMED_TUPLE
from .numpy import NUMPY
from .patterns import RE
from .structures import COLLECTIONS, COLLECTIONS_ABC, CONTEXTLIB, COPY

TYPING = Module(
    "typing",
    {"TYPE_CHECKING": False, "cast": Builtin("cast", by_place(lambda run, args, kwargs: args[1], 2))}
    | dict.fromkeys(("Generic", "Protocol"), OBJECT)
    | {"overload": Builtin("overload", same), "final": Builtin("final", same), "NamedTuple": NAMED_TUPLE},
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


MOST_JSON = 100_000  # characters


def _loads(run: State, args: Args, kwargs: Kwargs) -> Value:
    # of a text that is known; a hook is given each dictionary, those inside first
    (text,) = args
    hook = kwargs.get("object_hook")
    if not isinstance(text, str) or len(text) > MOST_JSON:
        return run.call(outside("json").other("loads"), args, kwargs)  # type: ignore[misc]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Raised(run.error("ValueError", "not JSON")) from None
    return _of_json(run, found, hook)


def _of_json(run: State, value: object, hook: Value) -> Value:
    if isinstance(value, dict):
        made = Dict({str(key): _of_json(run, one, hook) for key, one in value.items()})
        return made if hook is None else run.call(hook, [made], {})
    if isinstance(value, list):
        return List([_of_json(run, one, hook) for one in value])
    return value


def _shuffled(run: State, args: Args, kwargs: Kwargs) -> Value:
    # the items of a list, in an order that is not known
    given = args[0] if args else kwargs.get("x")
    items = items_of(run, given)
    if not isinstance(given, List) or isinstance(items, Unknown):
        run.blur("what may be a list that is shuffled", *args, *kwargs.values())
        return run.call(outside("random").other("shuffle"), args, kwargs)  # type: ignore[misc]
    run.change(given)
    if all(isinstance(one, (int, float, str)) for one in items):
        given.state = [run.unknown("an item of a shuffled list", data=True, scalar=True) for _ in items]
    else:
        given.blur = run.unknown("a list that is shuffled", *items)
    return None


SHUFFLE = Builtin("shuffle", _shuffled)


def _is_function(run: State, args: Args, kwargs: Kwargs) -> Value:
    (value,) = args
    return run.unknown("whether it is a function") if isinstance(value, Unknown) else isinstance(value, Function)


def _is_class(run: State, args: Args, kwargs: Kwargs) -> Value:
    (value,) = args
    return run.unknown("whether it is a class") if isinstance(value, Unknown) else isinstance(value, (Class, Native))


FUNCTION = TYPES["function"]
NUMPY.names["random"].names["shuffle"] = SHUFFLE  # type: ignore[attr-defined]
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
    "sys": outside(
        "sys",
        "argv",
        "byteorder",
        "executable",
        "exit",
        "flags",
        "float_info",
        "getrecursionlimit",
        "getsizeof",
        "hexversion",
        "implementation",
        "intern",
        "maxsize",
        "path",
        "platform",
        "prefix",
        "setrecursionlimit",
        "stderr",
        "stdin",
        "stdout",
        "version",
        "version_info",
    ),  # frames and modules hold classes
    "inspect": Module(
        "inspect",
        {"isfunction": Builtin("isfunction", _is_function), "isclass": Builtin("isclass", _is_class)},
        lambda name: not_known("inspect", name),
    ),
    "random": Module("random", {"shuffle": SHUFFLE}, outside("random").other),
    "json": Module("json", {"loads": Builtin("json.loads", by_place(_loads, 1, "object_hook"))}, outside("json").other),
    "re": RE,
    "types": Module("types", {"SimpleNamespace": SIMPLE, "FunctionType": FUNCTION, "LambdaType": FUNCTION}),
    "numpy": NUMPY,
    "numpy.random": NUMPY.names["random"],
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
            "mul": Builtin("mul", by_place(lambda run, args, kwargs: binary(run, ast.Mult(), *args), 2)),
            "add": Builtin("add", by_place(lambda run, args, kwargs: binary(run, ast.Add(), *args), 2)),
        },
    ),
    "tqdm": Module("tqdm", {"tqdm": TQDM, "trange": BUILTINS["range"]}),
    "tqdm.auto": Module("tqdm.auto", {"tqdm": TQDM, "trange": BUILTINS["range"]}),
    "tqdm.notebook": Module("tqdm.notebook", {"tqdm": TQDM, "trange": BUILTINS["range"]}),
}
