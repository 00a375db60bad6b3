"""Objects of an HDF5 file: what a group holds, and the shape, type and attributes of a dataset. No data is read."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from ...errors import FileError
from .hdf5_bytes import UNDEFINED, Fields, Source, damaged
from .hdf5_heaps import collection, heap_at, item, records, symbols

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MAX_RANK = 32  # of HDF5 itself
MAX_EXPANSION = 1_032  # times a file's length that its tensors may claim; what deflate reaches at most
MAX_TEXTS = 100_000  # in one attribute: names of layers

SPACE, LINKS, TYPE, LINK, EXTERNAL, LAYOUT, ATTRIBUTE = 0x1, 0x2, 0x3, 0x6, 0x7, 0x8, 0xC
CONTINUATION, SYMBOLS, ATTRIBUTES = 0x10, 0x11, 0x15
_KNOWN = {SPACE, LINKS, TYPE, LINK, EXTERNAL, LAYOUT, ATTRIBUTE, CONTINUATION, SYMBOLS, ATTRIBUTES}
_SHARED = 2  # the flag of a message that stands elsewhere

Message = tuple[int, int, bytes]  # kind, flags, content


class Texts:
    """A file, and the global heaps already read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.heaps: dict[int, dict[int, bytes]] = {}


def root_of(source: Source) -> int:
    """Find the root group.

    Raises
    ------
    FileError
        When the file is no HDF5, in parts, or shorter than it says.
    """
    if source.length < 48 or source.take(0, 8) != SIGNATURE:
        raise FileError("not an HDF5 file", expected="HDF5")
    version = source.take(8, 1)[0]
    if version > 3:
        raise FileError("a newer version of HDF5", expected="a superblock of version 0 to 3", received=version)
    old = version < 2
    sizes = source.take(13 if old else 9, 2)
    if sizes != b"\x08\x08":
        raise FileError("an HDF5 file with addresses of an unusual size", expected="8 bytes", received=tuple(sizes))
    head = Fields(source.take({0: 24, 1: 28}.get(version, 12), 48 if old else 32))
    base, _, end, last = (head.number() for _ in range(4))
    if base:
        raise FileError(
            "an HDF5 file that is embedded in another file", expected="an HDF5 file that starts at the first byte"
        )
    if end > source.length:
        raise FileError("a truncated HDF5 file", expected=f"{end:,} bytes", received=source.length)
    if not old:
        return last
    if last != UNDEFINED:
        raise FileError("an HDF5 file in several parts", expected="a single file")
    head.skip(8)
    return head.number()


def messages(source: Source, address: int) -> list[Message]:
    """Read the header of an object: the messages that matter here."""
    found: list[Message] = []
    start = source.take(address, 16)
    new = start.startswith(b"OHDR")
    if new:
        flags = start[5]
        at = 6 + (16 if flags & 32 else 0) + (4 if flags & 16 else 0)
        width = 1 << (flags & 3)
        size = int.from_bytes(source.take(address + at, width), "little")
        blocks = [(address + at + width, size)]
        extra = 2 if flags & 4 else 0
    elif start[0] == 1:
        blocks = [(address + 16, int.from_bytes(start[8:12], "little"))]
    else:
        raise damaged("no object where one should be")
    seen: set[int] = set()
    while blocks:
        at, size = blocks.pop()
        if at in seen:
            raise damaged("an object runs into itself")
        seen.add(at)
        body = Fields(source.take(at, size))
        for kind, flags, content in _new(body, extra) if new else _old(body):
            if kind == CONTINUATION:
                where = Fields(content)
                at, size = where.number(), where.number()
                blocks.append((at + 4, max(size - 8, 0)) if new else (at, size))  # a mark before, a checksum behind
            elif kind in _KNOWN:
                found.append((kind, flags, content))
    return found


def _old(body: Fields) -> Iterator[Message]:
    while body.left >= 8:
        kind, size, flags = body.number(2), body.number(2), body.number(1)
        body.skip(3)
        yield kind, flags, body.take(size)


def _new(body: Fields, extra: int) -> Iterator[Message]:
    while body.left >= 4 + extra:
        kind, size, flags = body.number(1), body.number(2), body.number(1)
        body.skip(extra)
        yield kind, flags, body.take(size)


def members(source: Source, found: list[Message]) -> Iterator[tuple[bytes, int | None]]:
    """Give the members of a group: their names and addresses; ``None`` for a link that is not to an object."""
    for kind, _, content in found:
        body = Fields(content)
        if kind == SYMBOLS:
            for name, address, link in symbols(source, body.number(), body.number()):
                yield name, None if link == 2 else address
        elif kind == LINK:
            yield _link(body)
        elif kind == LINKS:
            body.skip(1)
            body.skip(8 if body.number(1) & 1 else 0)
            heap, tree = body.number(), body.number()
            if heap != UNDEFINED:
                blocks = heap_at(source, heap)
                for record in records(source, tree):
                    record.skip(4)
                    yield _link(Fields(item(source, blocks, record.take(blocks.ids))))


def _link(body: Fields) -> tuple[bytes, int | None]:
    body.skip(1)
    flags = body.number(1)
    kind = body.number(1) if flags & 8 else 0
    body.skip((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    name = body.take(body.number(1 << (flags & 3)))
    return name, None if kind else body.number()


def attributes(source: Source, found: list[Message]) -> Iterator[tuple[bytes, Fields]]:
    """Give the attributes of an object: name, and a cursor at what is said of it."""
    for kind, flags, content in found:
        if kind == ATTRIBUTE and not flags & _SHARED:
            yield _named(Fields(content))
        elif kind == ATTRIBUTES:
            body = Fields(content)
            body.skip(1)
            body.skip(2 if body.number(1) & 1 else 0)
            heap, tree = body.number(), body.number()
            if heap != UNDEFINED:
                blocks = heap_at(source, heap)
                for record in records(source, tree):
                    yield _named(Fields(item(source, blocks, record.take(blocks.ids))))


def _named(body: Fields) -> tuple[bytes, Fields]:
    version = body.data[0] if body.data else 0
    if version not in (1, 2, 3):
        raise damaged("an attribute of an unknown version")
    size = int.from_bytes(body.data[2:4], "little")
    body.skip(9 if version == 3 else 8)
    name = body.take(size).rstrip(b"\0")
    body.skip(-size % 8 if version == 1 else 0)
    return name, body


def texts(known: Texts, body: Fields, name: str) -> list[str]:
    """Read an attribute that is a text or a list of texts.

    Raises
    ------
    FileError
        When it is anything else, or too large.
    """
    head = Fields(body.data)
    version, flags, _, type_size, space_size = (head.number(size) for size in (1, 1, 2, 2, 2))
    if flags & 3 and version > 1:
        raise FileError(f"the attribute {name} has an unusual type", expected="text")
    kind = body.take(type_size)
    body.skip(-type_size % 8 if version == 1 else 0)
    count = prod(shape_in(body.take(space_size)))
    body.skip(-space_size % 8 if version == 1 else 0)
    if count > MAX_TEXTS:
        raise FileError(f"the attribute {name} is too long", expected=f"at most {MAX_TEXTS:,} texts", received=count)
    if count == 0:  # an empty list has the type of no text
        return []
    size = int.from_bytes(kind[4:8], "little")
    family = kind[0] & 15 if len(kind) >= 8 else None
    if family == 3:
        found = [body.take(size) for _ in range(count)]
    elif family == 9 and kind[1] & 15 == 1 and size == 16:
        found = [_distant(known, body) for _ in range(count)]
    else:
        raise FileError(f"the attribute {name} is not text", expected="text")
    try:
        return [text.partition(b"\0")[0].decode() for text in found]
    except UnicodeDecodeError:
        raise FileError(f"the attribute {name} is not UTF-8", expected="text in UTF-8") from None


def _distant(known: Texts, body: Fields) -> bytes:
    # a text in a global heap; the empty one has no place there
    length, address, number = body.number(4), body.number(), body.number(4)
    if length == 0:
        return b""
    if address not in known.heaps:
        known.heaps[address] = collection(known.source, address)
    found = known.heaps[address].get(number, b"")
    known.source.charge(length)  # the same text a thousand times is a thousand texts
    if length > len(found):
        raise damaged("a text leads out of its heap")
    return found[:length]


def shape_in(content: bytes) -> tuple[int, ...]:
    """Read a shape; a scalar's has no axes."""
    body = Fields(content)
    version, rank = body.number(1), body.number(1)
    if version not in (1, 2) or rank > MAX_RANK:
        raise damaged("a shape of no possible rank")
    body.skip(1)
    kind = body.number(1)
    body.skip(4 if version == 1 else 0)
    return (0,) if version == 2 and kind == 2 else tuple(body.number() for _ in range(rank))


def type_in(content: bytes) -> tuple[str, int]:
    """Read the type of a number: its name, empty if it is none, and its bytes."""
    body = Fields(content)
    kind, signed, _, size = (body.number(width) for width in (1, 1, 2, 4))
    family = kind & 15
    if family == 0 and size in (1, 2, 4, 8):
        return f"{'' if signed & 8 else 'u'}int{8 * size}", size
    if family == 1 and size in (1, 2, 4, 8):
        body.skip(5)
        brain = size == 2 and body.number(1) == 8  # eight bits of exponent
        return "bfloat16" if brain else f"float{8 * size}", size
    if family == 8 and size == 1:  # Python's booleans are an enumeration
        return "bool", size
    return "opaque" if family == 5 and size in (1, 2) else "", size  # what HDF5 has no name for: bfloat16, float8


def tensor_in(source: Source, found: list[Message]) -> tuple[tuple[int, ...], str]:
    """Read shape and type of a dataset.

    Raises
    ------
    FileError
        When it holds no numbers, or its data is elsewhere, or less than its shape says.
    """
    by_kind = {kind: (flags, content) for kind, flags, content in found}
    if SPACE not in by_kind or TYPE not in by_kind:
        raise damaged("a tensor without a shape or a type")
    if EXTERNAL in by_kind:
        raise FileError("its data is in another file", expected="data in the file itself")
    if (by_kind[SPACE][0] | by_kind[TYPE][0]) & _SHARED:
        raise FileError("its type is stored elsewhere", expected="a type stored with the tensor")
    shape = shape_in(by_kind[SPACE][1])
    dtype, size = type_in(by_kind[TYPE][1])
    if not dtype:
        raise FileError("not a tensor of numbers", expected="integers, floats or booleans")
    claimed = prod(shape) * size
    if claimed > _stored(source, Fields(by_kind[LAYOUT][1])):
        raise FileError("the declared size exceeds the file", expected="a size that fits the file", received=shape)
    return shape, dtype


def _stored(source: Source, body: Fields) -> int:
    # the most bytes there can be
    version, kind = body.number(1), body.number(1)
    if version < 3:
        kind = body.number(1)
    if kind == 3:
        raise FileError("its data is a view of other tensors", expected="data in the file itself")
    if version < 3 or kind == 2:
        return MAX_EXPANSION * source.length
    if kind == 0:
        return body.number(2)
    address, size = body.number(), body.number()
    return size if address <= source.length and size <= source.length - address else 0
