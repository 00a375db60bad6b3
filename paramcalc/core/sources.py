"""Sources: what an operand of a product depends on, as far as a gradient can follow.

In a long chain the operands of each layer depend on everything before it. Written out at each link, the sources of a
chain of n layers would be n² / 2. So a large set is joined into one source, which the next link depends on: n in all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

FEW = 64  # sources that are written out

Found = TypeVar("Found")


class State(NamedTuple):
    """An initial state of a layer, by its position among the states that the layer keeps."""

    place: int


class Joined:
    """A set of sources as one of them. It is the same only as itself.

    Attributes
    ----------
    sources : frozenset of Source
    inner : tuple of Joined
        Those among the sources.
    """

    __slots__ = ("inner", "sources")

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.inner = tuple(one for one in sources if isinstance(one, Joined))


Source = int | str | State | Joined  # an input by its position, a weight by its path, an initial state, a set of them
Sources = frozenset[Source]
NOTHING: Sources = frozenset()


def sources(given: Source | Iterable[Source]) -> Sources:
    """Make a set of one source, or of several."""
    return frozenset({given}) if isinstance(given, (int, str, State, Joined)) else frozenset(given)


def joined(found: Sources) -> Sources:
    """Join a large set into one source; leave a small one as it is."""
    return found if len(found) <= FEW else frozenset({Joined(found)})


def written_out(found: Sources) -> Sources:
    """List the sources one by one, those in joined ones too."""
    if Joined not in set(map(type, found)):
        return found
    plain: set[Source] = set()
    pending, seen = [found], set[Joined]()
    while pending:
        for one in pending.pop():
            if not isinstance(one, Joined):
                plain.add(one)
            elif one not in seen:
                seen.add(one)
                pending.append(one.sources)
    return frozenset(plain)


def settled(one: Joined, known: dict[Joined, Found], of: Callable[[Joined], Found]) -> Found:
    """Give what a function makes of a joined source; it is called when the inner ones are known, once for each."""
    pending = [one]
    while pending:
        last = pending[-1]
        unknown = [inner for inner in last.inner if inner not in known]
        if unknown:
            pending += unknown
        else:
            if last not in known:
                known[last] = of(last)
            pending.pop()
    return known[one]
