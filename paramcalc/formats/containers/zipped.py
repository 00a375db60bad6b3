"""Zip archives, read within bounds: the list of what is in one, and single members, in memory or as a window.

Nothing is ever written under a name from an archive. Python's own reader takes in as many entries as there are, and
believes what each says of its size; here both are checked first.
"""

from __future__ import annotations

import io
import os
import struct
import zlib
from operator import attrgetter
from typing import BinaryIO, NamedTuple

from ...errors import FileError, quoted
from ...untyped import Foreign

MAX_ENTRIES = 10_000  # Keras writes three, and one for every vocabulary and shard
MAX_LIST = 4 * 2**20  # bytes of the list of them
MAX_RATIO = 100  # of the size of a member to that of its compressed form; numbers and JSON stay far below
FREE = 2**20  # bytes that may be compressed as much as deflate can
_CHUNK = 2**18

_END, _END64, _PLACE64, _ENTRY, _MEMBER = b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\1\2", b"PK\3\4"
STORED, DEFLATED = 0, 8
_WIDE = 0xFFFFFFFF  # of a number of four bytes: eight in another place have it
_FIELDS = struct.Struct("<8xHH4xIIIHHH6xHI").unpack_from  # of one member, behind them its name


class Entry(NamedTuple):
    """A member of an archive, as the list at its end has it."""

    name: bytes
    flags: int
    method: int
    check: int
    packed: int
    size: int
    at: int
    mode: int


def entries(file: BinaryIO, most: int = MAX_ENTRIES) -> dict[str, Entry]:
    """List an archive of at most so many members.

    Raises
    ------
    FileError
        When it is truncated or no archive, has too many members or two of one name, or members that overlap.
    """
    length = file.seek(0, os.SEEK_END)
    start, size, count = _list(file, length)
    if count > most or size > MAX_LIST // MAX_ENTRIES * most:
        raise FileError("too many files in the archive", expected=f"at most {most:,}", received=count)
    data = _exactly(file, start, size, length)
    found: dict[str, Entry] = {}
    place = 0
    for _ in range(count):
        entry, place = _entry(data, place)
        name = entry.name.decode("utf-8" if entry.flags & 0x800 else "cp437", "replace")
        if name in found:
            raise FileError(f"the archive contains two files named {quoted(name)}", expected="different names")
        found[name] = entry
    _apart(list(found.values()), start)
    return found


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _exactly(file: BinaryIO, at: int, size: int, length: int) -> bytes:
    if at < 0 or size < 0 or at + size > length:
        raise FileError("a truncated archive")
    file.seek(at)
    data = file.read(size)
    if len(data) != size:
        raise FileError("a truncated archive")
    return data


def _list(file: BinaryIO, length: int) -> tuple[int, int, int]:
    # where the list of members is, its bytes, how many
    tail_at = max(length - 65_557, 0)  # the end's own 22 bytes and the longest comment
    tail = _exactly(file, tail_at, length - tail_at, length)
    found = tail.rfind(_END)
    if found < 0 or found + 22 > len(tail):
        raise FileError("a truncated archive")
    disks, count, size, start = (_number(tail, found + at, wide) for at, wide in ((4, 4), (10, 2), (12, 4), (16, 4)))
    end = tail_at + found
    if disks == _WIDE or count == 0xFFFF or _WIDE in (size, start):
        place = _exactly(file, end - 20, 20, length)
        if place.startswith(_PLACE64):
            end = _number(place, 8, 8)
            data = _exactly(file, end, 56, length)
            if not data.startswith(_END64):
                raise FileError("a damaged archive")
            disks, count, size, start = (_number(data, at, wide) for at, wide in ((16, 8), (32, 8), (40, 8), (48, 8)))
    if disks:
        raise FileError("an archive in several parts", expected="a single file")
    if start + size > end:
        raise FileError("a damaged archive")
    return start, size, count


def _entry(data: bytes, at: int) -> tuple[Entry, int]:
    if data[at : at + 4] != _ENTRY or at + 46 > len(data):
        raise FileError("a damaged archive")
    flags, method, check, packed, size, named, extra, comment, mode, where = _FIELDS(data, at)
    end = at + 46 + named
    if size == _WIDE or packed == _WIDE or where == _WIDE:
        wide = [value == _WIDE for value in (size, packed, where)]
        large = _large(data[end : end + extra])
        values = [size, packed, where]
        for place in range(3):
            if wide[place]:
                if len(large) < 8:
                    raise FileError("a damaged archive")
                values[place], large = _number(large, 0, 8), large[8:]
        size, packed, where = values
    return Entry(data[at + 46 : end], flags, method, check, packed, size, where, mode), end + extra + comment


def _large(extra: bytes) -> bytes:
    # the field with the sizes that four bytes do not hold
    while len(extra) >= 4:
        kind, size = _number(extra, 0, 2), _number(extra, 2, 2)
        if kind == 1:
            return extra[4 : 4 + size]
        extra = extra[4 + size :]
    return b""


def _apart(found: list[Entry], end: int) -> None:
    # no byte belongs to two members
    found.sort(key=attrgetter("at"))
    for entry, after in zip(found, [*(entry.at for entry in found[1:]), end], strict=True):
        if entry.at + 30 + len(entry.name) + entry.packed > after:
            raise FileError("files in the archive overlap", expected="separate ranges")


def _checked(file: BinaryIO, entry: Entry, most: int) -> int:
    # where the member's bytes begin, all of which are there
    start = _begin(file, entry, most)
    if entry.size > FREE and entry.size > MAX_RATIO * entry.packed:
        raise FileError(
            "compressed too much", expected=f"at most {MAX_RATIO} to 1", received=(entry.size, entry.packed)
        )
    if start + entry.packed > file.seek(0, os.SEEK_END):
        raise FileError("a truncated archive")
    return start


def _begin(file: BinaryIO, entry: Entry, most: int) -> int:
    # where the member's bytes begin
    if entry.flags & 0x2041:
        raise FileError("encrypted", expected="a file without encryption")
    if entry.mode & 0o170000 == 0o120000:
        raise FileError("a symbolic link", expected="a file")
    if entry.method not in (STORED, DEFLATED):
        raise FileError("an unknown compression", expected="none, or deflate", received=entry.method)
    if entry.size > most:
        raise FileError("too large", expected=f"at most {most:,} bytes", received=entry.size)
    if entry.method == STORED and entry.size != entry.packed:
        raise FileError("its two sizes differ, although it is not compressed", received=(entry.size, entry.packed))
    file.seek(entry.at)
    head = file.read(30 + len(entry.name))
    if not head.startswith(_MEMBER) or _number(head, 26, 2) != len(entry.name) or head[30:] != entry.name:
        raise FileError("another file is at the listed position")
    return entry.at + len(head) + _number(head, 28, 2)


def content(file: BinaryIO, entry: Entry, most: int) -> bytes:
    """Read a member into memory.

    Raises
    ------
    FileError
        When it is larger than ``most`` or than it says, encrypted, or compressed in a way not known or too much.
    """
    target = io.BytesIO()
    _copy(file, entry, _checked(file, entry, most), target)
    return target.getvalue()


def beginning(file: BinaryIO, entry: Entry, most: int) -> bytes:
    """Read the first bytes of a member, however large it is; its checksum is not compared.

    Raises
    ------
    FileError
        As `content` does.
    """
    file.seek(_begin(file, entry, 2**63))
    wanted = min(entry.packed, 2 * most)
    data = file.read(wanted)
    if len(data) < wanted:
        raise FileError("a truncated archive")
    if entry.method == STORED:
        return data[:most]
    try:
        return zlib.decompressobj(-15).decompress(data, most)
    except zlib.error:
        raise FileError("the compressed data is damaged") from None


def window(file: BinaryIO, entry: Entry, most: int) -> BinaryIO:
    """Open a member: where it lies, or, if it is compressed, as a temporary file of at most ``most`` bytes.

    Raises
    ------
    FileError
        As `content` does.
    """
    if entry.method == STORED:
        start = _checked(file, entry, 2**63)
        return io.BufferedReader(Window(file, start, entry.size))  # reads as a binary file does
    import tempfile  # with all that compresses files

    start = _checked(file, entry, most)
    target = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
    try:
        _copy(file, entry, start, target)
    except BaseException:
        target.close()
        raise
    return target


def _copy(file: BinaryIO, entry: Entry, start: int, target: Foreign) -> None:
    # never a byte more than the member says it has
    unpack = zlib.decompressobj(-15) if entry.method == DEFLATED else None
    at, end, total, check = start, start + entry.packed, 0, 0
    pending = b""
    while total <= entry.size:
        if not pending and at < end:
            file.seek(at)
            pending = file.read(min(_CHUNK, end - at))
            if not pending:
                raise FileError("a truncated archive")
            at += len(pending)
        data, pending = _unpacked(unpack, pending)
        total += len(data)
        if total > entry.size:
            break
        check = zlib.crc32(data, check)
        target.write(data)
        if (unpack and unpack.eof) or not (data or pending or at < end):
            break
    if total != entry.size:
        more = "more" if total > entry.size else "less"
        raise FileError(f"holds {more} than it says", expected=f"{entry.size:,} bytes")
    if check != entry.check:
        raise FileError("damaged: the checksum differs")


def _unpacked(unpack: Foreign, data: bytes) -> tuple[bytes, bytes]:
    if unpack is None:
        return data, b""
    try:
        return unpack.decompress(data, _CHUNK), unpack.unconsumed_tail
    except zlib.error:
        raise FileError("the compressed data is damaged") from None


class Window(io.RawIOBase):
    """A part of a file, read as if it were all of it.

    Parameters
    ----------
    file : binary file
    start, size : int
        The part; it must lie within the file.
    """

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can seek."""
        return True

    def tell(self) -> int:
        """Tell the place."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Foreign) -> int:
        """Read into a buffer, never beyond the end of the part."""
        wanted = min(len(buffer), max(self._size - self._at, 0))
        self._file.seek(self._start + self._at)
        found = self._file.read(wanted)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)
