"""Values: what is known of a list whose length depends on how often a loop is run.

Such a list is unknown, as any list of unknown length is: its ``blur`` says why. Here that is a `Mark`, which also has
the items in order, of which some are there once for each round (`Repeated`). Code that knows no marks sees an unknown
list, and any change that it makes replaces the mark by a plain `Unknown` (`State.change`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..memory.objects import Instance, Iterator, List, Mark, Obj, Pieces, Repeated, Unknown, Value
from ..memory.state import State

MOST_PIECES = 10_000  # that are kept of one list


def pieces_of(run: State, value: Value) -> Pieces | None:
    """List the items of a list or a container of modules in order; ``None`` where they are unknown."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, Iterator):
        usable = value.blur is None and not value.named["ended"]
        return value.at_once() if usable and value.at_once is not None else None
    if not isinstance(value, (List, Instance)):
        return None
    if value.blur is not None:
        return value.pieces
    items = value.items if isinstance(value, List) else run.native_items(value)
    return tuple(items) if isinstance(items, list) else None


def marked(run: State, of: Obj, reason: str, pieces: Sequence[Value], names: tuple[str, ...] = ()) -> Unknown:
    """Make the mark of a list that has these items."""
    lost = run.unknown(reason, *flat(pieces))
    return lost if len(pieces) > MOST_PIECES else Mark(reason, lost.line, lost.refs, of, tuple(pieces), names)


def joined(run: State, *lists: Value) -> Pieces | None:
    """List the items of several lists one behind the other; ``None`` where those of one are not known."""
    found: list[Value] = []
    for one in lists:
        pieces = pieces_of(run, one)
        if pieces is None:
            return None
        found += pieces
    return tuple(found)


def flat(pieces: Iterable[Value]) -> Iterable[Value]:
    """List every value once, however many rounds it stands for."""
    for one in pieces:
        if isinstance(one, Repeated):
            yield from flat(one.values)
        else:
            yield one


def longer(run: State, of: Obj, added: Pieces) -> Unknown | None:
    """Make the mark of a list to which something is added at the end; ``None`` where no more is known of it."""
    if of.blur is None or of.pieces is None:
        return None
    return marked(run, of, of.blur.reason, [*of.pieces, *added])
