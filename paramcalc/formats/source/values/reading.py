"""Values: methods of something unknown that change nothing, because they only read texts, tensors or modules."""

from __future__ import annotations

from collections.abc import Sequence

from ..memory.budget import ITEMS
from ..memory.objects import MISSING, Class, Function, Instance, Native, Unknown, Value
from ..memory.reach import mutable, reachable
from ..memory.state import State
from . import classes

DATA = frozenset(  # methods that give numbers, texts or lists of these
    [
        "numel", "nelement", "size", "dim", "ndimension", "item", "tolist", "element_size", "find", "rfind",
        "startswith", "endswith", "replace", "strip", "lstrip", "rstrip", "lower", "upper", "title", "format",
        "split", "rsplit", "splitlines", "isdigit", "isalpha", "is_floating_point", "data_ptr", "get_device",
    ]
)  # fmt: skip
HOLDING = frozenset(  # methods that may give what the object holds
    [
        "parameters", "named_parameters", "modules", "named_modules", "children", "named_children", "buffers",
        "named_buffers", "keys", "values", "items", "get", "copy", "detach", "clone", "cpu", "numpy",
        "mean", "sum", "norm", "abs", "std", "var",
    ]
)  # fmt: skip


def only_reads(run: State, function: Value, given: Sequence[Value]) -> str:
    """Give the name of what is called, where that is such a method of every object that may be meant."""
    if not isinstance(function, Unknown) or function.attribute not in DATA | HOLDING or mutable(tuple(given)):
        return ""
    found = reachable(run.budget, function.refs)
    run.budget.charge(len(found) // ITEMS)
    return "" if any(_has_its_own(one, function.attribute) for one in found) else function.attribute


def _has_its_own(value: Value, name: str) -> bool:
    # whether the program may have given an object of its own another meaning of the name
    if isinstance(value, Instance):
        own = classes.find(value.cls, name)
        return (
            name in value.named
            or (own is not MISSING and not isinstance(own, Native))
            or classes.find(value.cls, "__getattr__") is not MISSING
        )
    if isinstance(value, Class):
        return value.blur is not None or name in value.named
    return isinstance(value, Function) and name in value.named
