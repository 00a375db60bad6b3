"""Names: the standard library and NumPy. The tables: what each name in each module is."""

from __future__ import annotations

import ast
import string

from ...memory.objects import Builtin, Class, Function, Module, Native, Unknown, Value, Wrapper
from ...memory.state import State
from ...values.operations import binary
from ..builtins import BUILTINS, OBJECT, TYPES
from ..native import Args, Kwargs, by_place
from .arguments import ARGPARSE, SIMPLE
from .dataclass import DATACLASSES
from .enums import ENUM
from .iteration import FUNCTOOLS, ITERTOOLS, MATH, outside, same
from .numpy import NUMPY
from .structures import COLLECTIONS, COLLECTIONS_ABC, CONTEXTLIB, COPY

TYPING = Module(
    "typing",
    {"TYPE_CHECKING": False, "cast": Builtin("cast", by_place(lambda run, args, kwargs: args[1], 2))}
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


def _is_function(run: State, args: Args, kwargs: Kwargs) -> Value:
    (value,) = args
    return run.unknown("whether it is a function") if isinstance(value, Unknown) else isinstance(value, Function)


def _is_class(run: State, args: Args, kwargs: Kwargs) -> Value:
    (value,) = args
    return run.unknown("whether it is a class") if isinstance(value, Unknown) else isinstance(value, (Class, Native))


FUNCTION = TYPES["function"]
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
        lambda name: Unknown(f"inspect.{name} is not known", path=f"inspect.{name}", data=True),
    ),
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
