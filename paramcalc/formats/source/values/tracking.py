"""Values: the lists and dictionaries that layers of Keras hold, which are copies that follow what is put into them.

Keras overrides some of their methods. By the others, a layer gets into a list without being counted, or stays counted
when it has left.
"""

from __future__ import annotations

from ..memory.objects import Dict, List, Obj, Set, TrackedDict, TrackedList, Unknown, Value
from ..memory.state import State

FOLLOWED = frozenset(
    [
        "append", "extend", "insert", "update", "get", "keys", "values", "items", "index", "count", "copy", "reverse",
        "sort",
    ]
)  # fmt: skip


def tracked(value: Value) -> Value:
    """Copy a list, dictionary or tuple, with those inside, as Keras does with an attribute."""
    if isinstance(value, tuple):
        return tuple(map(tracked, value))
    if not isinstance(value, (List, Dict)):
        return value
    made: List | Dict
    if isinstance(value, List):
        made = TrackedList([tracked(one) for one in value.items])
    else:
        made = TrackedDict({key: tracked(one) for key, one in value.named.items()}, value.default)
    made.blur = value.blur
    return made


def check_change(run: State, value: Value, name: str, *before: Value) -> None:
    """Make a container unknown that was changed by a method, where Keras may count other layers than it holds.

    ``before`` are items that it had.
    """
    if not isinstance(value, (TrackedList, TrackedDict)) or value.blur is not None:
        return
    inside = value.items if isinstance(value, TrackedList) else list(value.named.values())
    loose = any(
        isinstance(one, (List, Dict, Set)) and not isinstance(one, (TrackedList, TrackedDict)) for one in inside
    )
    if loose or (name not in FOLLOWED and any(isinstance(one, (Obj, Unknown)) for one in (*inside, *before))):
        run.blur("a container of layers was changed in a way that Keras does not follow", value)
