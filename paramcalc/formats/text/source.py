"""Bytes in: a file or standard input, read once, never more than `MAX_BYTES`, and decoded as UTF-8."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import BinaryIO

from ...errors import FileError

MAX_BYTES = 64 * 2**20  # a spec of a million layers takes about half of it

_OS_PROBLEMS = {
    errno.ENOENT: "no such file or directory",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EISDIR: "a directory",
    errno.ENOTDIR: "not a directory",
    errno.ENAMETOOLONG: "file name too long",
    errno.ELOOP: "too many levels of symbolic links",
    errno.ENOSPC: "no space left on device",
    errno.EROFS: "read-only file system",
    errno.EIO: "input/output error",
}
_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_BINARY = {b"PK\x03\x04": "a zip archive", b"\x89HDF": "an HDF5 file", b"\x1f\x8b": "a gzip file"}


def read(path: str, most: int | None = None) -> bytes:
    """Read a regular file, or standard input for ``-``; with ``most``, no more of a file than its first bytes.

    Raises
    ------
    FileError
        When it is missing, unreadable, too large, or a directory, device or pipe.
    """
    if path == "-":
        if sys.stdin is None:
            raise FileError("standard input is closed")
        return _bounded(sys.stdin.buffer)
    try:
        kind = os.stat(path).st_mode
        if stat.S_ISDIR(kind):
            raise FileError("a directory", expected="a spec file")
        if not stat.S_ISREG(kind):
            raise FileError("not a regular file", expected="a spec file, or - for standard input")
        with open(path, "rb") as file:
            return _bounded(file) if most is None else file.read(most)
    except OSError as error:
        raise FileError(os_problem(error)) from None
    except ValueError as error:
        if isinstance(error, FileError):
            raise
        raise FileError("not the name of a file") from None  # a NUL, or a lone surrogate


def os_problem(error: OSError) -> str:
    """Say what the operating system refused, in words that are the same on every system."""
    return _OS_PROBLEMS.get(error.errno or 0, (error.strerror or "the operating system refuses").lower())


def _bounded(file: BinaryIO) -> bytes:
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise FileError("too large", expected=f"at most {MAX_BYTES >> 20} MiB")
    return content


def decode(content: str | bytes) -> str:
    """Decode UTF-8, with or without a byte order mark; text passes, if it could be written as UTF-8.

    Raises
    ------
    FileError
        For anything else: another encoding, binary content, nothing at all.
    """
    if isinstance(content, bytes):
        content = _decoded(content)
    elif not content.isascii():
        try:
            content.encode()
        except UnicodeEncodeError as error:
            raise FileError(f"half a surrogate pair at character {error.start + 1}", expected="text") from None
    if len(content) > MAX_BYTES:
        raise FileError("too large", expected=f"at most {MAX_BYTES >> 20} MiB")
    if "\0" in content:
        raise FileError("a binary file", expected="YAML, TOML or JSON")
    content = content.removeprefix("\ufeff")
    if not content or content.isspace():
        raise FileError("empty", expected="a model in YAML, TOML or JSON")
    return content


def _decoded(content: bytes) -> str:
    for start, what in _BINARY.items():
        if content.startswith(start):
            raise FileError(what, expected="YAML, TOML or JSON")
    for start, encoding in _OTHER_ENCODINGS.items():
        if content.startswith(start):
            raise FileError(f"encoded as {encoding}", expected="UTF-8")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = "a binary file" if b"\0" in content else f"not UTF-8: byte 0x{content[error.start]:02x} on line {line}"
        raise FileError(what, expected="YAML, TOML or JSON in UTF-8") from None
