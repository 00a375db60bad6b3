"""Rows that are alike, one after the other: the blocks of a stack, which a table shows once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from ..catalogue import message

One = TypeVar("One")


def runs(rows: Iterable[One], alike: Callable[[One, One], bool]) -> Iterator[list[One]]:
    """Group what follows one another and is alike."""
    run: list[One] = []
    for row in rows:
        if run and not alike(run[0], row):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def run_name(names: Sequence[str]) -> str:
    """Name a run by its first and last row: ``0 … 31, each``."""
    if len(names) == 1:
        return names[0]
    return message("{first} … {last}, each", first=names[0], last=names[-1])
