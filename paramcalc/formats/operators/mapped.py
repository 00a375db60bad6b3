"""The bytes of a file, of which only those that are looked at are read."""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import FileError
from ..opened import Source, os_problem

Buffer = bytes | mmap.mmap


@contextmanager
def mapped(source: Source) -> Iterator[Buffer]:
    """Give the bytes of a file, or of what stands in for one.

    Raises
    ------
    FileError
        When the file cannot be opened, is no regular file, or is empty.
    """
    if not source.path:
        with_read = source.file
        assert not isinstance(with_read, str)  # there is no path
        yield with_read.read()
        return
    try:
        with open(source.path, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or not status.st_size:
                raise FileError("not a file with content", expected="a model")
            found = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise FileError(os_problem(error)) from None
    try:
        yield found
    finally:
        found.close()


MAX_NAME = 1_000  # bytes
TEXT = ("utf-8", "backslashreplace")  # how names are decoded: bytes that are no UTF-8 are written as escapes


def printable(raw: bytes, what: str, most: int = MAX_NAME) -> str:
    """Read a name; bytes that are no UTF-8 are written as escapes.

    Raises
    ------
    FileError
        When it is longer than ``most`` bytes.
    """
    if len(raw) > most:
        raise FileError(f"{what} is too long", expected=f"at most {most:,} bytes", received=len(raw))
    return raw.decode(*TEXT)
