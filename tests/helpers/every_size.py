"""Answers of a search by their definition: the best of all models that can be built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
