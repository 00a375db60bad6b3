"""Bytes of an HDF5 file: reads that are bounded in number and size, and a cursor over what was read."""

from __future__ import annotations

import os
from typing import BinaryIO

from ...errors import FileError

MAX_READS = 1_000_000  # a file of 100,000 tensors takes about half of them; each costs microseconds
MAX_BLOCK = 64 * 2**20  # bytes at once; no structure but a long configuration comes near
MAX_TOTAL = 128 * 2**20  # bytes over the whole file, 40,000 layers; no list of names is read again and again

UNDEFINED = 2**64 - 1  # HDF5's own mark of an address that leads nowhere


def damaged(what: str, expected: str | None = None) -> FileError:
    """Make the error of a file whose structure does not hold together."""
    return FileError(f"a damaged HDF5 file: {what}", expected=expected)


class Source:
    """A file, how long it is, and how much more of it may be read."""

    __slots__ = ("file", "left", "length", "reads")

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.length = file.seek(0, os.SEEK_END)
        self.reads = MAX_READS
        self.left = MAX_TOTAL

    def take(self, address: int, size: int) -> bytes:
        """Read so many bytes.

        Raises
        ------
        FileError
            When they are not there, or the bounds are used up.
        """
        if address > self.length or size > self.length - address:
            raise damaged("something leads behind its end")
        self.charge(size)
        self.file.seek(address)
        found = self.file.read(size)
        if len(found) != size:
            raise FileError("the file became shorter during reading")
        return found

    def charge(self, size: int) -> None:
        """Count one more piece of work, of so many bytes."""
        self.reads -= 1
        self.left -= size
        if size > MAX_BLOCK:
            raise damaged("a structure is too large", f"at most {MAX_BLOCK >> 20} MiB")
        if self.reads < 0 or self.left < 0:
            raise FileError(
                "the structure of the HDF5 file is too large",
                expected=f"at most {MAX_READS:,} pieces and {MAX_TOTAL >> 20} MiB, tensors not counted",
            )

    def fields(self, address: int, size: int, mark: bytes = b"") -> Fields:
        """Read so many bytes that begin with a mark, and place a cursor behind it."""
        found = self.take(address, size)
        if not found.startswith(mark):
            raise damaged(f"no {mark.decode()} where one should be")
        return Fields(found, len(mark))


class Fields:
    """A cursor over bytes; everything in HDF5 is little-endian and without signs."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def take(self, size: int) -> bytes:
        """Take the next bytes."""
        end = self.at + size
        if end > len(self.data):
            raise damaged("a structure ends too early")
        found = self.data[self.at : end]
        self.at = end
        return found

    def skip(self, size: int) -> None:
        """Pass over bytes."""
        self.take(size)

    def number(self, size: int = 8) -> int:
        """Take the next number, an address or a length unless said otherwise."""
        return int.from_bytes(self.take(size), "little")

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self.data) - self.at


def bits(number: int) -> int:
    """Tell which power of two a number is.

    Raises
    ------
    FileError
        When it is none.
    """
    if number <= 0 or number & (number - 1):
        raise damaged("a block of a heap has no possible size")
    return number.bit_length() - 1


def bytes_for(number: int) -> int:
    """Tell how many bytes HDF5 takes for numbers up to this one."""
    return max(number.bit_length() - 1, 0) // 8 + 1
