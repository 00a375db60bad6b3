"""Flatbuffers: tables, whose fields lie where a list of offsets says, and vectors. Nothing is followed unasked.

A table begins with the distance back to its list: 16 bits for the size of the list, 16 for that of the table, then one
offset for each field, 0 where the field is left out. Source: the description of the format in the documentation of
FlatBuffers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ...errors import FileError
from ..operators.mapped import Buffer, printable

MAX_READS = 2_000_000  # of numbers: vectors may lie upon one another, and then a small file says much
BYTES_EACH = 4  # of a file, for which one number more is read
MAX_MORE = 4_000_000
MAX_NUMBERS = 400_000  # in one list, such as the tensors that an operator reads
MAX_PLACES = 16  # fields of a table; readers ask for the first eight

_FORMS = {form: struct.Struct(form).unpack_from for form in ("<b", "<B", "<H", "<i", "<I", "<q", "<Q")}
_PLACES = [struct.Struct(f"<{places}H").unpack_from for places in range(MAX_PLACES + 1)]


class Flatbuffer:
    """The bytes of a file, of which every read is within the bounds.

    Parameters
    ----------
    data : bytes or mmap
    """

    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.reads = 0
        self.lists: dict[int, tuple[int, ...]] = {}  # of offsets, by where they begin
        self.most = MAX_READS + min(len(data) // BYTES_EACH, MAX_MORE)

    def number(self, form: str, at: int) -> int:
        """Read one number, in the notation of `struct`.

        Raises
        ------
        FileError
            When it is outside the file, or the file asks for too much.
        """
        self.reads += 1
        if self.reads > self.most:
            raise FileError("too much to read", expected=f"at most {self.most:,} numbers")
        if at >= 0:
            try:
                found: tuple[int] = _FORMS[form](self.data, at)
                return found[0]
            except struct.error:
                pass
        raise FileError("not a valid flatbuffer: an offset leads out of the file", received=at)

    def offsets(self, at: int) -> tuple[int, ...]:
        """Read a list of offsets; tables that are alike have one.

        Raises
        ------
        FileError
            When it is outside the file, or the file asks for too much.
        """
        found = self.lists.get(at)
        if found is None:
            places = min(max(self.number("<H", at) - 4, 0) // 2, MAX_PLACES)
            self.reads += places
            if at + 4 + 2 * places > len(self.data):
                raise FileError("not a valid flatbuffer: an offset leads out of the file", received=at)
            found = self.lists[at] = _PLACES[places](self.data, at + 4)
        return found

    def root(self) -> Table:
        """Give the first table."""
        return Table(self, self.number("<I", 0))


class Table:
    """One table.

    Parameters
    ----------
    file : Flatbuffer
    at : int
        Where it begins.
    """

    __slots__ = ("at", "file", "offsets")

    def __init__(self, file: Flatbuffer, at: int) -> None:
        self.file = file
        self.at = at
        self.offsets = file.offsets(at - file.number("<i", at))

    def _field(self, place: int) -> int:
        here = self.offsets[place] if place < len(self.offsets) else 0
        return self.at + here if here else 0

    def number(self, place: int, form: str, default: int = 0) -> int:
        """Give a number that is a field."""
        at = self._field(place)
        return self.file.number(form, at) if at else default

    def _reference(self, place: int) -> int:
        at = self._field(place)
        return at + self.file.number("<I", at) if at else 0

    def table(self, place: int) -> Table | None:
        """Give a table that is a field, if it is there."""
        at = self._reference(place)
        return Table(self.file, at) if at else None

    def vector(self, place: int, width: int) -> tuple[int, int]:
        """Give where a vector begins and how many items of a width it has; none where it is left out.

        Raises
        ------
        FileError
            When it goes beyond the end of the file.
        """
        at = self._reference(place)
        if not at:
            return 0, 0
        length = self.file.number("<I", at)
        if length * width > len(self.file.data) - at - 4:
            raise FileError("not a valid flatbuffer: a vector goes beyond the end of the file", received=length)
        return at + 4, length

    def _listed(self, place: int) -> tuple[int, int]:
        # where a vector begins whose items have four bytes each, and how many there are; all are counted as read
        start, length = self.vector(place, 4)
        if length:
            self.file.reads += length - 1
            self.file.number("<I", start)  # the count of what is read is checked there
        return start, length

    def numbers(self, place: int) -> tuple[int, ...]:
        """Give a vector of numbers with a sign.

        Raises
        ------
        FileError
            When there are too many.
        """
        start, length = self._listed(place)
        if length > MAX_NUMBERS:
            raise FileError("a list of too many numbers", expected=f"at most {MAX_NUMBERS:,}", received=length)
        return struct.unpack_from(f"<{length}i", self.file.data, start)

    def tables(self, place: int) -> Iterator[Table]:
        """Give a vector of tables, one after the other."""
        start, length = self._listed(place)
        distances = struct.iter_unpack("<I", self.file.data[start : start + 4 * length])
        for at, (distance,) in enumerate(distances):
            yield Table(self.file, start + 4 * at + distance)

    def text(self, place: int, what: str) -> str:
        """Give a text; empty where it is left out."""
        start, length = self.vector(place, 1)
        return printable(bytes(self.file.data[start : start + min(length, 4096)]), what, 4000)
