"""The parameters of a function, read off the function.

They are those of ``inspect.signature``. Importing `inspect` takes a third of the time of a short answer, most of it for
its functions about source code.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from functools import partial, reduce
from operator import or_
from types import FunctionType, MethodType
from typing import NamedTuple, TypeAlias

from ..untyped import OptionValue

# Any function: what it takes is what this module finds out.
Function: TypeAlias = Callable[..., object]  # type: ignore[explicit-any]

REQUIRED: OptionValue = object()  # stands as a default where a parameter of any type has none
ARGS, KWARGS = 0x04, 0x08  # of ``co_flags``: whether a function has ``*args`` and ``**kwargs``


class Parameter(NamedTuple):
    """One parameter of a function.

    Attributes
    ----------
    name : str
    default : object
        ``REQUIRED`` where there is none.
    by_place, by_name : bool
        Whether it can be given by its place, and by its name.
    rest : bool
        Whether it is ``*args`` (``by_place``) or ``**kwargs`` (``by_name``).
    note : object
        Its annotation as it is stored: a type, or its text; ``None`` where there is none.
    names : dict of str to object
        What the names in such a text stand for.
    function : function
        Whose it is.
    """

    name: str
    default: OptionValue
    by_place: bool
    by_name: bool
    rest: bool
    note: object
    names: dict[str, object]
    function: Function

    @property
    def annotation(self) -> object:
        """Its annotation as a type."""
        if not isinstance(self.note, str):
            return self.note
        names = {**vars(builtins), **self.names, "None": None}
        found = [names.get(name, REQUIRED) for name in self.note.split(" | ")]
        if REQUIRED in found:  # not names joined by |, but an expression such as Literal["a", "b"]
            from inspect import get_annotations

            return get_annotations(self.function, eval_str=True)[self.name]
        return reduce(or_, found)


def parameters(function: Function) -> tuple[Parameter, ...]:
    """List the parameters of a function, a method or a ``functools.partial``, in order.

    A parameter that a partial gives is left out. Those behind one that it gives by name can be given by name alone.

    Raises
    ------
    TypeError
        For anything else that can be called.
    """
    if isinstance(function, partial):
        return tuple(_not_given(parameters(function.func), function))
    if isinstance(function, MethodType):
        return parameters(function.__func__)[1:]
    if not isinstance(function, FunctionType):
        raise TypeError(f"{function!r} is no function that is written in Python")
    if "__wrapped__" in vars(function):  # as `functools.wraps` sets it: it stands for another function
        return parameters(vars(function)["__wrapped__"])
    return tuple(_declared(function))


def _not_given(declared: tuple[Parameter, ...], given: partial[object]) -> Iterator[Parameter]:
    behind = False  # one that is given by name
    for place, one in enumerate(declared):
        if one.name in given.keywords:
            behind = True
        elif not (one.by_place and (behind if one.rest else place < len(given.args))):
            yield one._replace(by_place=one.by_place and not behind)


def _declared(function: FunctionType) -> Iterator[Parameter]:
    code = function.__code__
    names, without_name, by_place = code.co_varnames, code.co_posonlyargcount, code.co_argcount
    alone = by_place + code.co_kwonlyargcount
    last = function.__defaults__ or ()
    defaults = dict(zip(names[by_place - len(last) : by_place], last, strict=True)) | (function.__kwdefaults__ or {})

    def named(name: str, by_place: bool, by_name: bool, rest: bool = False) -> Parameter:
        default, note = defaults.get(name, REQUIRED), function.__annotations__.get(name)
        return Parameter(name, default, by_place, by_name, rest, note, function.__globals__, function)

    yield from (named(name, True, at >= without_name) for at, name in enumerate(names[:by_place]))
    others = iter(names[alone:])
    if code.co_flags & ARGS:
        yield named(next(others), True, False, rest=True)
    yield from (named(name, False, True) for name in names[by_place:alone])
    if code.co_flags & KWARGS:
        yield named(next(others), False, True, rest=True)
