"""The stack machine that pickles are programs for: bytes, stack, marks and memo, and the steps that opcodes share."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from ...errors import FileError
from .values import Global, Opaque, Value

MAX_PICKLE = 32 * 2**20  # bytes

Call = Callable[[Value], Value]
_FOUR = struct.Struct("<I").unpack_from


class Machine:
    """Runs pickles, one after the other, over the same bytes.

    Parameters
    ----------
    data : bytes
    calls : mapping of str to callable
        What the call of a global gives, by its name; each takes the arguments.
    load : callable
        What a persistent id stands for.
    """

    __slots__ = ("at", "calls", "data", "load", "marks", "memo", "stack", "values")

    def __init__(self, data: bytes, calls: Mapping[str, Call], load: Call) -> None:
        if len(data) > MAX_PICKLE:
            raise FileError(f"a pickle of {len(data):,} bytes", expected=f"at most {MAX_PICKLE:,}")
        self.data = data
        self.calls = calls
        self.load = load
        self.at = 0
        self.values = 0
        self.stack: list[Value] = []
        self.marks: list[int] = []
        self.memo: list[Value] = []

    def take(self, size: int) -> bytes:
        """Take the next bytes."""
        start = self.at
        self.at = end = start + size
        if end > len(self.data):
            raise FileError("a truncated pickle")
        return self.data[start:end]

    def number(self, size: int) -> int:
        """Take a number without a sign."""
        return int.from_bytes(self.take(size), "little")

    def line(self) -> bytes:
        """Take a line."""
        end = self.data.index(b"\n", self.at)
        found = self.data[self.at : end]
        self.at = end + 1
        return found

    def push(self, value: Value) -> None:
        """Put a value that was made on the stack."""
        self.values += 1
        self.stack.append(value)

    def marked(self) -> list[Value]:
        """Take what lies above the last mark."""
        start = self.marks.pop()
        found = self.stack[start:]
        if len(self.stack) < start:
            raise IndexError
        del self.stack[start:]
        return found

    def four(self) -> int:
        """Take a number of four bytes without a sign."""
        at = self.at
        self.at = at + 4
        found: int = _FOUR(self.data, at)[0]
        return found

    def remember(self, place: int) -> None:
        """Put the last value into the memo. Every pickler counts the places up, that of Python 2 from 1."""
        memo, value = self.memo, self.stack[-1]
        known = len(memo)
        if place == known:
            memo.append(value)
        elif place == known + 1:
            memo += (None, value)
        else:
            memo[place] = value

    def call(self, made_by: Value, args: Value) -> Value:
        """Give what a call would have made, as data."""
        if not isinstance(made_by, Global):
            return Opaque("", args)
        known = self.calls.get(made_by.name)
        return Opaque(made_by.name, args) if known is None else known(args)
