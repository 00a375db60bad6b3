"""Three tiers: what every run tries, what is slow (``pytest -m slow``), and what is exhaustive (``-m exhaustive``).

The fast tier tries a sample of what the others try, the same in every run. `.ci/run` runs the slow tier, too, and a
twelfth of the exhaustive one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from random import Random
from typing import Any, TypeVar
from zlib import crc32

import pytest
from hypothesis import settings

T = TypeVar("T")

EXHAUSTIVE = 1_000  # examples of a property, where the profile `exhaustive` is loaded (conftest.py)


def sampled(values: Iterable[Any], every: int) -> list[Any]:
    """Give values to parametrize with: the first of every so many for every run, the rest for the exhaustive one."""
    return _sets(((value,) for value in values), every, pytest.mark.exhaustive)


def quick(values: Iterable[Any], every: int) -> list[Any]:
    """Give values to parametrize with: the first of every so many for every run, the rest for the slow tier."""
    return quick_sets(((value,) for value in values), every)


def quick_sets(sets: Iterable[Sequence[Any]], every: int) -> list[Any]:
    """Do the same for sets of several values."""
    return _sets(sets, every, pytest.mark.slow)


def _sets(sets: Iterable[Sequence[Any]], every: int, mark: pytest.MarkDecorator) -> list[Any]:
    return [pytest.param(*values, marks=[mark] if at % every else []) for at, values in enumerate(sets)]


def pieces(numbers: range, size: int = 50) -> list[Any]:
    """Give ranges to parametrize with, of so many numbers each: a run may have a share of them."""
    return [pytest.param(part, id=f"from {part[0]}") for part in parts(numbers, size)]


def parts(numbers: range, size: int) -> list[range]:
    """Cut a range into ranges of so many numbers each."""
    return [numbers[at : at + size] for at in range(0, len(numbers), size)]


def is_in_share(name: str, parts: int, text: str) -> bool:
    """Tell whether a test is in the share of a run: one of so many, and others for another text."""
    return crc32(f"{text} {name}".encode()) % parts == 0


def first_of_each(values: Iterable[T], kind: Callable[[T], Hashable]) -> list[Any]:
    """Give values to parametrize with: the first of each kind for every run, the rest for the exhaustive one."""
    seen: set[Hashable] = set()
    given: list[Any] = []
    for value in values:
        given.append(pytest.param(value, marks=pytest.mark.exhaustive) if kind(value) in seen else value)
        seen.add(kind(value))
    return given


def in_turn(plan: Sequence[T]) -> list[T]:
    """Give a plan in an order in which any beginning of it is a sample of all of it."""
    return Random(0).sample(plan, len(plan))


def examples(fast: int, exhaustive: int) -> int:
    """Choose how many examples of a property are drawn in this run."""
    return exhaustive if settings().max_examples >= EXHAUSTIVE else fast
