"""What a file may ask for, whatever its syntax: bounds on depth, number and length.

Parsers have limits of their own, which differ from release to release. Where a parser gives up, :func:`one_too_deep`
decides from the text whether the file asked for more than it may, so the answer is the same under every release.

======================  ==========  ==========================================================
`MAX_BYTES`                 64 MiB  of text
`MAX_DEPTH`                     64  brackets within brackets, aliases followed
`MAX_NODES`             10,000,000  values in a file, aliases followed
`MAX_REPEATED`             100,000  values that aliases stand for, so that none can explode
`MAX_DIGITS`                 1,000  digits of one number
======================  ==========  ==========================================================
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import NoReturn

from ...errors import FileError
from ...untyped import Parsed

MAX_BYTES = 64 * 2**20  # a spec of a million layers takes about half of it
MAX_DEPTH = 64
MAX_NODES = 10_000_000
MAX_REPEATED = 100_000
MAX_DIGITS = 1_000
_LARGEST = 10**MAX_DIGITS
# Quoted text and comments, which open nothing; brackets; and the dashes and question marks that open blocks in a row.
_BRACKET = (
    r"""(?s)(?<![^\s,:=\[{])(?:"(?:[^"\\]|\\.)*+"?|'[^']*+'?)|(?<!\S)#[^\n]*+|[\[{\]}]|(?<!\S)(?:[-?][ \t]++)++"""
)


class Refused(FileError):
    """What a file may not hold."""


class Malformed(Refused):
    """Not in this syntax; perhaps in another.

    ``deep`` is where the text behind a bracket that is one level too deep begins, if a parser gave up at or behind it.
    """

    deep: int | None = None


def most_digits() -> int:
    """Give how many digits a number may have: `MAX_DIGITS`, or fewer where the interpreter reads no more."""
    return min(MAX_DIGITS, sys.get_int_max_str_digits() or MAX_DIGITS)


def too_long(line: int | None = None) -> NoReturn:
    """Refuse a number of too many digits."""
    raise Refused("a number is too long", line=line, expected=f"at most {most_digits():,} digits")


def check_digits(text: str) -> None:
    """Refuse a number of too many digits before a parser spends minutes on it.

    The interpreter refuses such numbers by itself, but only while its limit is in force.
    """
    limit = 10 * MAX_DIGITS
    if not 0 < sys.get_int_max_str_digits() <= limit and (found := re.search(f"[0-9]{{{limit}}}", text)):
        too_long(text.count("\n", 0, found.start()) + 1)


def not_valid(syntax: str, detail: str | None, line: int | None, suggestion: str | None = None) -> Malformed:
    """Give the error of text that is not in a syntax, with what the parser says about it, on one line."""
    said = " ".join((detail or "").split())[:200]
    problem = f"not valid {syntax}" + (f": {said[:1].lower()}{said[1:]}" if said else "")
    return Malformed(problem, line=line, suggestion=suggestion)


def finite(digits: str) -> float:
    """Read a float that is a number."""
    number = float(digits) if len(digits) <= MAX_DIGITS else float("inf")
    if not -1e308 <= number <= 1e308:
        raise Refused("not a number anything can have", received=digits)
    return number


def too_deep(line: int | None = None, kind: type[Refused] = Refused) -> NoReturn:
    """Refuse brackets too far within one another."""
    raise kind("brackets within brackets", line=line, expected=f"at most {MAX_DEPTH} deep")


def one_too_deep(text: str, start: int = 0, end: int | None = None, open: int = 0) -> int | None:
    """Find the bracket that is one level too deep in text that a parser gave up on.

    Parameters
    ----------
    text : str
        YAML, TOML or JSON.
    start, end : int, optional
        What the parser read beyond the data it gave: all of the text if left out.
    open : int
        How many brackets are open at the start.

    Returns
    -------
    int or None
        Where the text behind that bracket begins.
    """
    for match in re.compile(_BRACKET).finditer(text, start, len(text) if end is None else end):
        mark = match[0]
        if mark in "]}":
            open -= 1
        elif mark in "[{":
            open += 1
            if open > MAX_DEPTH:
                return match.end()
        elif mark[0] in "-?":  # blocks on one line; the next line may end them
            places = [match.start() + at for at, letter in enumerate(mark) if letter in "-?"]
            if open + len(places) > MAX_DEPTH:
                return places[max(0, MAX_DEPTH - open)] + 2
    return None


def check_depth(text: str, end: int | None = None, kind: type[Refused] = Refused) -> None:
    """Refuse text that a parser gave up on, if its brackets go too deep before the place where it did."""
    at = one_too_deep(text, end=end)
    if at is not None:
        too_deep(text.count("\n", 0, at) + 1, kind)


def containers(data: Parsed) -> Iterator[Parsed]:
    """Yield every list and dictionary in plain data, the outer before the inner."""
    level = [data]
    depth = 0
    while level:
        depth += 1
        inner: list[Parsed] = []
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


def bounded(data: Parsed) -> Parsed:
    """Check the depth of data, the number of its values and the length of its numbers."""
    values = 0
    for holder in containers(data):
        values += len(holder)
        if values > MAX_NODES:
            raise Refused("too many values", expected=f"at most {MAX_NODES:,}")
        for value in holder.values() if isinstance(holder, dict) else holder:
            if type(value) is int and not -_LARGEST < value < _LARGEST:
                too_long()
    return data
