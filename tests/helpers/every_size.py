"""Answers of a search by their definition: the best of all models that can be built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import paramcalc as pc
from paramcalc.errors import ParamcalcError

Sizes = Mapping[str, int]


def amounts(model: pc.Model, budgets: Sequence[str], batch: int) -> tuple[int, ...]:
    """Count what is limited in a model that is built, each by the function for it alone."""
    found: dict[str, Any] = {"params": model.total}
    if "macs" in budgets:
        found["macs"] = pc.cost(model, batch=batch).passes.forward
    if "memory" in budgets:
        found["memory"] = pc.cost(model, batch=batch).memory.inference
    return tuple(found[name] for name in budgets)


def everything(
    make: Callable[[Sizes], pc.Model], ranges: Mapping[str, range], count: Callable[[pc.Model], tuple[int, ...]]
) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Count every model of the ranges that can be built."""
    found = {}
    for values in product(*ranges.values()):
        try:
            found[values] = count(make(dict(zip(ranges, values, strict=True))))
        except ParamcalcError:
            continue
    return found


def best(counts: Mapping[tuple[int, ...], tuple[int, ...]], limits: tuple[int, ...], mode: str) -> Any:
    """Find the answer among all counts, by its definition."""
    single = len(next(iter(counts))) == 1
    if mode == "near":
        return min(counts, key=lambda at: (abs(counts[at][0] - limits[0]), at))
    if mode == "at_least":
        kept = [at for at, found in counts.items() if all(map(int.__ge__, found, limits))]
        return min(kept, key=lambda at: at if single else (counts[at][0], at), default=None)
    kept = [at for at, found in counts.items() if all(map(int.__le__, found, limits))]
    return max(kept, key=lambda at: at if single else (counts[at][0], at), default=None)


def miss(found: tuple[int, ...], limits: tuple[int, ...], mode: str) -> Fraction:
    """Measure by how much amounts miss the limits: by the worst ratio."""
    ratios = [Fraction(*one) for one in zip(found, limits, strict=True)]
    return max(ratios) if mode == "at_most" else -min(ratios)


def proof(counts: Mapping[tuple[int, ...], tuple[int, ...]], answer: tuple[int, ...], mode: str) -> list[Any]:
    """Find the next sizes along each axis that can be built: above, below, or on both sides."""
    found = []
    for axis in range(len(answer)):
        line = [at for at in counts if at[:axis] == answer[:axis] and at[axis + 1 :] == answer[axis + 1 :]]
        below = max((at for at in line if at < answer), default=None)
        above = min((at for at in line if at > answer), default=None)
        found += {"at_most": [above], "at_least": [below], "near": [below, above]}[mode]
    return [one for one in found if one is not None]
