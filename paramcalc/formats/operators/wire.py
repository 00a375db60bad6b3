"""The wire format of Protocol Buffers, as far as readers need it: fields of a message, of which only some are decoded.

A message is a row of fields. Each begins with a varint, ``number << 3 | kind``; kind 0 is a varint, 1 eight bytes, 5
four bytes, and 2 a length with so many bytes, which may be text, numbers or a message. Source: the encoding that the
documentation of Protocol Buffers describes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ...errors import FileError
from ...untyped import Parsed
from .mapped import MAX_NAME, TEXT, Buffer, printable

MAX_FIELDS = 300_000  # of all messages of a small file that are decoded
BYTES_EACH = 6  # of a file, for which one field more is decoded; names and numbers take more
MAX_MORE = 2_200_000
VARINT, EIGHT, LENGTH, FOUR = 0, 1, 2, 5
_LONGEST = 10  # bytes of a varint of 64 bits
_SMALL = 2**12  # bytes of a message that is copied: its bytes are then found sooner than those of a file
LONG = 0x80  # a byte of a varint that others follow
_COUNTED, _WIDTHS = frozenset({VARINT, LENGTH}), {EIGHT: 8, FOUR: 4}
_WRONG = "not valid Protocol Buffers"


class Span(NamedTuple):
    """Where the content of a field lies in the file."""

    start: int
    end: int


class Wire:
    """The bytes of a file, and how many of its fields were decoded.

    Parameters
    ----------
    data : bytes or mmap
    """

    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.count = 0
        self.most = MAX_FIELDS + min(len(data) // BYTES_EACH, MAX_MORE)

    @property
    def whole(self) -> Span:
        """All of the file."""
        return Span(0, len(self.data))

    def varint(self, at: int, end: int) -> tuple[int, int]:
        """Read a varint; give it and where it ends.

        Raises
        ------
        FileError
            When it is longer than 64 bits, or than what is there.
        """
        data, value = self.data, 0
        if at < end and data[at] < LONG:  # most of them
            return data[at], at + 1
        for place in range(_LONGEST):
            if at >= end:
                raise FileError(f"{_WRONG}: a number is cut off", received=f"byte {at}")
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << (7 * place)
            if byte < LONG:
                return value & (2**64 - 1), at
        raise FileError(f"{_WRONG}: a number is longer than 64 bits", received=f"byte {at}")

    def _field(self, base: int, at: int, end: int) -> tuple[int, int, int]:
        # the key of a field, its number or how many bytes it has, and what lies behind these
        key, at = self.varint(base + at, base + end)
        form = key & 7
        if form in _WIDTHS:
            return key, _WIDTHS[form], at - base
        if form not in _COUNTED:
            raise FileError(f"{_WRONG}: an unknown kind of field", received=f"kind {form} at byte {at}")
        number, at = self.varint(at, base + end)
        return key, number, at - base

    def numbers(self, span: Span) -> Iterator[int]:
        """List varints that lie one behind the other, as signed numbers of 64 bits."""
        at, end = span
        while at < end:
            self.count += 1
            if self.count > self.most:
                raise FileError("too many numbers", expected=f"at most {self.most:,}")
            value, at = self.varint(at, end)
            yield signed(value)

    def many(self, span: Span) -> int:
        """Count the varints that lie one behind the other: each ends with a byte below 128.

        Raises
        ------
        FileError
            When this is asked of one place so often that the file has too many fields.
        """
        found, at = 0, span.start
        self.count += (span.end - span.start) // _FIELD  # as much work
        if self.count > self.most:
            raise FileError("too many fields", expected=f"at most {self.most:,}")
        while at < span.end:
            piece = bytes(self.data[at : min(at + _PIECE, span.end)])
            found += len(piece.translate(None, _CONTINUED))
            at += len(piece)
        return found

    def text(self, span: int | Span, what: str) -> str:
        """Read a name.

        Raises
        ------
        FileError
        """
        start, end = self.bytes_of(span, what)
        return printable(self.data[start : min(end, start + 4096)], what)

    def bytes_of(self, span: int | Span, what: str) -> Span:
        """Check that a field has bytes.

        Raises
        ------
        FileError
            When it is a number.
        """
        if isinstance(span, int):
            raise FileError(f"{_WRONG}: {what} is a number", expected="bytes")
        return span

    def message(self, span: int | Span, schema: Mapping[int, tuple[str, str]], what: str) -> Message:
        """Decode the fields of a message that a schema names, and pass over the others.

        Parameters
        ----------
        span : Span
        schema : mapping of int to (str, str)
            For a number of a field its name, and ``"int"``, ``"ints"``, ``"text"`` or ``"span"``. A field of another
            kind stays as it is: a number, or where its bytes lie.
        what : str
            What the message is, for errors.

        Raises
        ------
        FileError
            Where the bytes are no message or not as the schema has it, or the file has too many fields.
        """
        first, last = self.bytes_of(span, what)
        small = last - first <= _SMALL
        data = self.data[first:last] if small else self.data
        base = first if small else 0  # of the places below, in the file
        at, end = first - base, last - base
        fields: dict[str, list[Parsed]] = {}
        while at < end:
            self.count += 1
            if self.count > self.most:
                raise FileError("too many fields", expected=f"at most {self.most:,}")
            key, number = data[at], data[at + 1] if at + 1 < end else LONG
            start = at + 2
            form = key & 7
            if key >= LONG or number >= LONG or form not in _COUNTED:  # nearly all have one byte each
                key, number, start = self._field(base, at, end)
                form = key & 7
            at = start if form == VARINT else start + number
            if key < 8 or at > end:
                raise FileError(f"{_WRONG}: a field goes beyond its message", received=f"byte {base + at}")
            named = schema.get(key >> 3)
            if named is None:
                continue
            name, kind = named
            value: Parsed
            if form == VARINT:
                value = signed(number)
                if kind in ("text", "span"):
                    self.bytes_of(number, f"{name} of {what}")
            elif kind == "text" and number <= MAX_NAME:
                value = str(data[start:at], *TEXT)
            else:
                value = Span(base + start, base + at)
                if kind == "text":
                    value = self.text(value, f"{name} of {what}")
                elif kind == "ints":
                    fields.setdefault(name, []).extend(self.numbers(value))
                    continue
                elif kind == "int":
                    raise FileError(f"{_WRONG}: {name} of {what} has bytes", expected="a number")
            if name in fields:
                fields[name].append(value)
            else:
                fields[name] = [value]
        return Message(fields)


class Message:
    """The decoded fields of a message, by name, each as often as it occurs.

    Parameters
    ----------
    fields : dict of str to list
        Numbers, texts, and where bytes lie, as the schema has them.
    """

    __slots__ = ("fields",)

    def __init__(self, fields: dict[str, list[Parsed]]) -> None:
        self.fields = fields

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def ints(self, name: str) -> list[int]:
        """Give the values of a number."""
        return self.fields.get(name, [])

    def texts(self, name: str) -> list[str]:
        """Give the values of a text."""
        return self.fields.get(name, [])

    def spans(self, name: str) -> list[Span]:
        """Give where such fields lie."""
        return self.fields.get(name, [])

    def kept(self, name: str) -> list[int | Span]:
        """Give the values of a field that stays as it is."""
        return self.fields.get(name, [])

    def text(self, name: str) -> str:
        """Give the last value of a text; empty without one."""
        found: list[str] = self.fields.get(name, _EMPTY)
        return found[-1]

    def span(self, name: str) -> Span | None:
        """Give where the last of such fields lies."""
        found: list[Span | None] = self.fields.get(name, _NOTHING)
        return found[-1]

    def int(self, name: str, default: int = 0) -> int:
        """Give the last value of a number."""
        return self.fields[name][-1] if name in self.fields else default


def signed(value: int) -> int:
    """Read 64 bits as a signed number."""
    return value - 2**64 if value >= 2**63 else value


_EMPTY, _NOTHING = [""], [None]
_PIECE = 1 << 20
_FIELD = 2_000  # bytes that are passed over in the time of a field
_CONTINUED = bytes(range(128, 256))
