"""Names: NumPy. Arrays of known numbers, and functions of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...memory.objects import Builtin, Instance, List, Module, Native, Unknown, Value
from ...memory.state import Raised, State
from ...values.calls import lose
from ...values.containers import items_of
from ..native import Args, Kwargs
from .iteration import MATH, prod


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


def _array_get(run: State, self: Instance, name: str) -> Value:
    items = _array_items(run, self)
    if name in ("shape", "ndim", "size") and not isinstance(items, Unknown):
        return {"shape": (len(items),), "ndim": 1, "size": len(items)}[name]
    return run.unknown(f"{name} of an array is not followed", self)


def _array_negative(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    items = _array_items(run, self)
    if isinstance(items, Unknown) or not all(isinstance(one, (int, float)) for one in items):
        return run.unknown("the numbers of an array", self)
    return _array_of([-one for one in items if isinstance(one, (int, float))])


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
        "__neg__": _array_negative,
    },
    get=_array_get,
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


def _array(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give an array of fractions, in one row."""
    items = items_of(run, args[0]) if len(args) == 1 and isinstance(args[0], (List, tuple)) else []
    if kwargs or not items or isinstance(items, Unknown) or not all(isinstance(one, float) for one in items):
        return lose(run, "an array that is not followed", Unknown("", path="numpy.array"), *args, *kwargs.values())
    return _array_of([one for one in items if isinstance(one, float)])


NUMPY = Module(
    "numpy",
    {
        "ndarray": ARRAY,
        "linspace": Builtin("numpy.linspace", _linspace),
        "array": Builtin("numpy.array", _array),
        "arange": Builtin("numpy.arange", _arange),
        "prod": Builtin("numpy.prod", prod),
        "product": Builtin("numpy.prod", prod),
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
