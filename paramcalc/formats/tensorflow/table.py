"""The table of keys and values in which TensorFlow keeps the index of a checkpoint, as LevelDB has it.

The last 48 bytes tell where the index of the blocks lies, and end with a magic number. A block is a row of entries, of
which each says how much of its key it shares with the one before; then the places where nothing is shared, and their
number. Five bytes follow it: the kind of compression, and a checksum. Source: tensorflow/core/lib/io/format.cc.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import FileError
from ..operators.mapped import Buffer
from ..operators.wire import Span, Wire

MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")
FOOTER = 48
MAX_ENTRIES = 200_000
MAX_KEY = 1_000
_WRONG = "not a valid table"


class Entries:
    """The entries of a file.

    Parameters
    ----------
    wire : Wire
        Of the whole file.
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.data: Buffer = wire.data
        self.count = 0

    def __iter__(self) -> Iterator[tuple[bytes, Span]]:
        """Give each key, and where its value lies, in the order of the keys.

        Raises
        ------
        FileError
            When the file is damaged, compressed, or has too many entries.
        """
        size = len(self.data)
        if size < FOOTER or bytes(self.data[size - 8 : size]) != MAGIC:
            raise FileError(f"{_WRONG}: its end is missing")
        at = size - FOOTER
        for _ in range(2):  # the place of a list that is not read
            _, at = self.wire.varint(at, size)
        index, _ = self._handle(at, size)
        before = -1
        for _, handle in self._block(index):
            block, _ = self._handle(handle.start, handle.end)
            if block.start <= before:  # blocks lie one behind the other, so none is read twice
                raise FileError(f"{_WRONG}: blocks are out of order")
            before = block.start
            yield from self._block(block)

    def _handle(self, at: int, end: int) -> tuple[Span, int]:
        start, at = self.wire.varint(at, end)
        size, at = self.wire.varint(at, end)
        if start + size + 5 > len(self.data):
            raise FileError(f"{_WRONG}: a block goes beyond the end of the file", received=start + size)
        return Span(start, start + size), at

    def _block(self, span: Span) -> Iterator[tuple[bytes, Span]]:
        start, end = span
        if self.data[end]:
            raise FileError("a compressed table, which is not supported")
        restarts = int.from_bytes(self.data[end - 4 : end], "little") if end - start >= 4 else 0
        stop = end - 4 - 4 * restarts
        if stop < start:
            raise FileError(f"{_WRONG}: a block is cut off", received=f"byte {start}")
        key, at = b"", start
        while at < stop:
            self.count += 1
            if self.count > MAX_ENTRIES:
                raise FileError("too many entries", expected=f"at most {MAX_ENTRIES:,}")
            shared, at = self.wire.varint(at, stop)
            own, at = self.wire.varint(at, stop)
            size, at = self.wire.varint(at, stop)
            if shared > len(key) or shared + own > MAX_KEY or at + own + size > stop:
                raise FileError(f"{_WRONG}: an entry goes beyond its block", received=f"byte {at}")
            key = key[:shared] + bytes(self.data[at : at + own])
            yield key, Span(at + own, at + own + size)
            at += own + size
