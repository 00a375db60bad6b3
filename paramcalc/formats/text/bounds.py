"""What a file may ask for, whatever its syntax: bounds on depth, number and length.

======================  ==========  ==========================================================
`MAX_BYTES`                 64 MiB  of text
`MAX_DEPTH`                     64  brackets within brackets, aliases followed
`MAX_NODES`             10,000,000  values in a file, aliases followed (so none can explode)
`MAX_DIGITS`                 1,000  digits of one number
======================  ==========  ==========================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from ...errors import FileError

MAX_BYTES = 64 * 2**20  # a spec of a million layers takes about half of it
MAX_DEPTH = 64
MAX_NODES = 10_000_000
MAX_DIGITS = 1_000


class Refused(FileError):
    """What a file may not hold, and the line if it is known."""

    def __init__(self, problem: str, line: int | None = None, **parts: Any) -> None:
        super().__init__(problem, **parts)
        self.line = line


class Malformed(Refused):
    """Not in this syntax; perhaps in another."""


def finite(digits: str) -> float:
    """Read a float that is a number."""
    number = float(digits) if len(digits) <= MAX_DIGITS else float("inf")
    if not -1e308 <= number <= 1e308:
        raise Refused("not a number anything can have", received=digits)
    return number


def too_deep(line: int | None = None) -> NoReturn:
    """Refuse brackets too far within one another."""
    raise Refused("brackets within brackets", line, expected=f"at most {MAX_DEPTH} deep")


def containers(data: Any) -> Iterator[Any]:
    """Yield every list and dictionary in plain data, the outer before the inner."""
    level = [data]
    depth = 0
    while level:
        depth += 1
        inner: list[Any] = []
        for holder in level:
            if isinstance(holder, (dict, list)):
                yield holder
                inner += holder.values() if isinstance(holder, dict) else holder
        if depth >= MAX_DEPTH and any(isinstance(one, (dict, list)) for one in inner):
            too_deep()
        level = inner


def check_commas(text: str) -> None:
    """Refuse text of too many values before a parser fills the memory with them."""
    if text.count(",") > MAX_NODES:
        raise Refused("too many values", expected=f"at most {MAX_NODES:,}")


def bounded(data: Any) -> Any:
    """Check the depth of data and the number of its values."""
    if sum(len(holder) for holder in containers(data)) > MAX_NODES:
        raise Refused("too many values", expected=f"at most {MAX_NODES:,}")
    return data
