"""Values: attributes and items of an unknown value from outside. Each is one value until something may change it."""

from __future__ import annotations

from collections.abc import Callable
from keyword import iskeyword

from ....errors import OptionError, nearest
from ..memory.objects import Unknown, Value
from ..memory.state import State


def part(run: State, whole: Unknown, name: str, make: Callable[[], Unknown], item: bool = False) -> Value:
    """Give an attribute, or an item; a size given for its name takes its place.

    An object that is given to a program, such as the settings of a model, is read many times and in many places. So
    what is read of it under one name is one size, which has that name. What the program may change, or give to code
    that may change it, is read anew, since it may be another one then.

    Parameters
    ----------
    whole : Unknown
    name : str
        Of the attribute, or the key.
    make : callable
        Makes it when it is read first.
    item : bool
        Whether it is an item: one of the same name as an attribute may be something else.
    """
    if not whole.data or whole.refs or not name.isidentifier() or iskeyword(name):
        return make()
    run.unread.pop((id(whole), name), None)
    place = name, item
    before = whole.parts.get(place)
    if before is not None and before[0] == run.heap.blurs:
        return before[1]
    found: Value
    if name in run.sizes:
        run.used.add(name)
        found = run.sizes[name]
    else:
        found = make()
        found.attribute = name
    whole.parts[place] = run.heap.blurs, found
    return found


def with_part(run: State, whole: Unknown, path: list[str], value: Value, told: str) -> None:
    """Say what an attribute is, or an attribute of that; the item of the same name as well.

    ``told`` is the whole path, which is kept until the attribute is read.

    Raises
    ------
    OptionError
        When an attribute of a value is given that is known whole.
    """
    name, *more = path
    if more:
        inner = part(run, whole, name, lambda: Unknown(whole.reason, whole.line, data=True))
        if not isinstance(inner, Unknown):
            raise OptionError(f"--args {told}", expected=f"either {name} or its attributes")
        with_part(run, inner, more, value, told)
        value = inner
    else:
        run.unread[id(whole), name] = told, whole
    for item in (False, True):
        whole.parts[name, item] = run.heap.blurs, value


def check_read(run: State) -> None:
    """Refuse an attribute that is given and that nothing reads.

    Raises
    ------
    OptionError
    """
    for (_, name), (told, whole) in run.unread.items():
        read = sorted({known for known, _ in whole.parts} - {name for _, name in run.unread})
        suggestion = nearest(name, read) or f"what is read: {', '.join(read) or 'nothing'}"
        raise OptionError(f"--args {told}: nothing reads it", suggestion=suggestion)
