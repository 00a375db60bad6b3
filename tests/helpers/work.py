"""Work counted, not timed: how many lines of Python something runs is the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import inf
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


class TooMuchWork(Exception):
    """More lines than allowed."""


def lines(operate: Callable[[], object]) -> int:
    """Run, and count the lines of Python that takes."""
    return _counted(operate, inf)[1]


def within(most: int, operate: Callable[[], T]) -> T:
    """Run, and insist that it takes no more than so many lines of Python. A million take about 0.1 s untraced.

    Raises
    ------
    TooMuchWork
        Out of the work itself, so what would never end does end.
    """
    return _counted(operate, most)[0]


def _counted(operate: Callable[[], T], most: float) -> tuple[T, int]:
    ran = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal ran
        if event == "line":
            ran += 1
            if ran > most:
                raise TooMuchWork(f"more than {most:,} lines, at {frame.f_code.co_filename}:{frame.f_lineno}")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        made = operate()
        return made, ran
    finally:
        sys.settrace(before)
