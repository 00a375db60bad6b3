"""The search for a number by doubling and halving, where a property holds from some number on."""

from __future__ import annotations

from collections.abc import Callable


def first(holds: Callable[[int], bool], most: int, least: int = 1) -> int | None:
    """Find the smallest number for which a property holds.

    Parameters
    ----------
    holds : callable
        The property. Where it holds for a number, it holds for all larger ones.
    most, least : int
        The numbers that are tried; at least one.

    Returns
    -------
    int or None
        ``None`` where it holds for none of them. It is asked about 2·log₂(answer − least) times.
    """
    below, step = least - 1, 1
    while True:
        above = min(below + step, most)
        if holds(above):
            break
        if above == most:
            return None
        below, step = above, 2 * step
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (below, middle) if holds(middle) else (middle, above)
    return above
