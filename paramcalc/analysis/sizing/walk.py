"""The first size of an order whose model can be built: one by one, and then in steps that double."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...catalogue import message
from ..search import first
from .ranges import count

ONE_BY_ONE = 2**12  # sizes in a row
TOGETHER = 16  # sizes in a row after each step


@dataclass(frozen=True)
class Walk:
    """What a walk found.

    Attributes
    ----------
    place : int or None
        The place of the first size that can be built, of those that were tried.
    tried : int
        Sizes that cannot be built.
    passed : int
        Sizes before the place, or all.
    """

    place: int | None
    tried: int
    passed: int

    @property
    def complete(self) -> bool:
        """Whether every size before it was tried."""
        return self.tried >= self.passed

    def text(self, name: str, values: Sequence[int]) -> str:
        """Say what was left out: ``h from 33 to 65,536: 4,500 of 65,504 sizes were tried, and none can be built``."""
        passed = values[: self.passed]
        ends = (passed[0], passed[-1]) if isinstance(passed, range) else (min(passed), max(passed))
        return message(
            "{name} from {least} to {most}: {tried} of {count} sizes were tried, and none can be built",
            name=name,
            least=f"{min(ends):,}",
            most=f"{max(ends):,}",
            tried=f"{self.tried:,}",
            count=f"{self.passed:,}",
        )


def walk(
    builds: Callable[[int], bool],
    values: Sequence[int],
    spent: Callable[[], bool],
    one_by_one: int = ONE_BY_ONE,
    enough: Callable[[], bool] = lambda: False,
) -> Walk:
    """Find the first size that can be built.

    Sizes that cannot be built may lie in between, as where a layer has groups, or may be all up to one, as where a
    window is larger than its axis. So the first sizes are tried one by one. After them come steps that double, each
    with the sizes next to it, and the place where sizes begin that can be built is found by halving. That is the first
    one where only one such place exists.

    Parameters
    ----------
    builds : callable
        Whether a size can be built.
    values : sequence of int
        The sizes, the best one first.
    spent : callable
        Whether the work for sizes that cannot be built is spent.
    one_by_one : int
        How many are tried one by one.
    enough : callable
        Whether the part of the work for these is spent.
    """
    length = count(values) if isinstance(values, range) else len(values)
    failed: set[int] = set()

    def built(place: int) -> bool:
        if place in failed:
            return False
        if builds(values[place]):
            return True
        failed.add(place)
        return False

    def near(start: int) -> int | None:
        places = range(start, min(start + TOGETHER, length))
        return next((place for place in places if not spent() and built(place)), None)

    start = 0
    while start < min(length, max(one_by_one, TOGETHER)) and not (spent() or enough()):
        if built(start):
            return Walk(start, len(failed), start)
        start += 1
    if start == length:
        return Walk(None, len(failed), length)
    found = first(lambda place: near(place) is not None, max(length - TOGETHER, start), start)
    place = None if found is None else near(found)
    passed = length if place is None else place
    return Walk(place, sum(one < passed for one in failed), passed)
