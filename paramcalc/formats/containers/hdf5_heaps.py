"""Trees and heaps of an HDF5 file: where a group keeps its members, and where long texts lie.

Files in the old style have B-trees of version 1 with a local heap; those in the new style have B-trees of version 2
with a fractal heap, once a group or an object's attributes are many. Texts of variable length lie in global heaps.
"""

from __future__ import annotations

from collections.abc import Iterator

from .hdf5_bytes import UNDEFINED, Fields, Source, bits, bytes_for, damaged

MAX_LEVELS = 32  # of a tree: with two members a node, more than any file can hold
MAX_NAME = 4_000  # bytes, so that no long text is searched for its end again and again
HUGE = 1  # the type of tree in which a fractal heap lists what does not fit its blocks


def symbols(source: Source, tree: int, heap: int) -> Iterator[tuple[bytes, int, int]]:
    """Give the members of a group of the old style: name, address, and kind of link (2 is a soft link)."""
    head = source.fields(heap, 32, b"HEAP")
    head.skip(4)
    size = head.number()
    head.skip(8)
    names = source.take(head.number(), size)
    for node in _leaves(source, tree):
        count = int.from_bytes(source.fields(node, 8, b"SNOD").data[6:8], "little")
        entries = Fields(source.take(node + 8, 40 * count))
        for _ in range(count):
            start, address, kind = entries.number(), entries.number(), entries.number(4)
            entries.skip(20)
            end = names.find(b"\0", start, start + MAX_NAME + 1)
            if start >= size or end < 0:
                raise damaged("a name is too long or lies outside its heap")
            yield names[start:end], address, kind


def _leaves(source: Source, root: int) -> Iterator[int]:
    # the addresses of the symbol nodes beneath a tree of version 1
    pending = [(root, MAX_LEVELS)]
    seen = set()
    while pending:
        address, above = pending.pop()
        if address in seen:
            raise damaged("a tree runs into itself")
        seen.add(address)
        head = source.fields(address, 24, b"TREE")
        kind, level, count = head.number(1), head.number(1), head.number(2)
        if kind != 0 or level >= above:
            raise damaged("a tree of a group is none")
        body = Fields(source.take(address + 24, 16 * count + 8))
        children = []
        for _ in range(count):
            body.skip(8)
            children.append(body.number())
        if level:
            pending += [(child, level) for child in reversed(children)]
        else:
            yield from children


def records(source: Source, address: int) -> Iterator[Fields]:
    """Give the records of a tree of version 2, whatever they are."""
    head = source.fields(address, 38, b"BTHD")
    head.skip(2)
    node, record, depth = head.number(4), head.number(2), head.number(2)
    head.skip(2)
    root, count = head.number(), head.number(2)
    if depth >= MAX_LEVELS or not 0 < record <= node - 10:
        raise damaged("a tree of no possible size")
    most = (node - 10) // record
    wide = bytes_for(most)
    totals = [most]  # how many records fit beneath a node of each level
    for level in range(1, depth + 1):
        pointer = 8 + wide + (bytes_for(totals[level - 1]) if level > 1 else 0)
        fit = max((node - 10 - pointer) // (record + pointer), 0)
        totals.append((fit + 1) * totals[-1] + fit)
    pending = [(root, count, depth)] if root != UNDEFINED else []
    seen = set()
    while pending:
        at, count, level = pending.pop()
        if at in seen:
            raise damaged("a tree runs into itself")
        seen.add(at)
        body = source.fields(at, node, b"BTIN" if level else b"BTLF")
        body.skip(2)
        for _ in range(count):
            yield Fields(body.take(record))
        if level:
            rest = bytes_for(totals[level - 1]) if level > 1 else 0
            for _ in range(count + 1):
                pending.append((body.number(), body.number(wide), level - 1))
                body.skip(rest)


class Heap:
    """A fractal heap: blocks in rows, whose sizes double from row to row.

    Parameters
    ----------
    ids, offsets, lengths : int
        Bytes of an id, an offset, a length.
    width : int
        Blocks in a row.
    first : int
        Bytes of a block in the first row.
    direct : int
        Rows of blocks that hold data; the blocks of the others hold blocks.
    root : int
    rows : int
        Of the root, none if it holds data.
    huge_tree : int
    """

    def __init__(
        self,
        ids: int,
        offsets: int,
        lengths: int,
        width: int,
        first: int,
        direct: int,
        root: int,
        rows: int,
        huge_tree: int,
    ) -> None:
        self.ids = ids
        self.offsets = offsets
        self.lengths = lengths
        self.width = width
        self.first = first
        self.direct = direct
        self.root = root
        self.rows = rows
        self.huge_tree = huge_tree
        self.huge: dict[int, tuple[int, int]] | None = None
        self.tables: dict[int, Fields] = {}


def heap_at(source: Source, address: int) -> Heap:
    """Read the header of a fractal heap."""
    head = source.fields(address, 142, b"FRHP")
    head.skip(1)
    ids, filters, _, longest = head.number(2), head.number(2), head.number(1), head.number(4)
    if filters:
        raise damaged("names are compressed", "none of Keras's files are")
    head.skip(8)
    huge = head.number()
    head.skip(80)
    width, first, largest, size = head.number(2), head.number(), head.number(), head.number(2)
    head.skip(2)
    root, rows = head.number(), head.number(2)
    if not 0 < size <= 64 or ids == 0:
        raise damaged("a heap of no possible size")
    bits(width)
    lengths = min((bits(largest) + 7) // 8, bytes_for(longest))
    return Heap(ids, (size + 7) // 8, lengths, width, first, bits(largest) - bits(first) + 2, root, rows, huge)


def item(source: Source, heap: Heap, id: bytes) -> bytes:
    """Give what an id stands for."""
    kind, rest = id[0] >> 4, Fields(id, 1)
    if kind == 0:
        offset, length = rest.number(heap.offsets), rest.number(heap.lengths)
        return source.take(_block(source, heap, offset), length)
    if kind == 1:
        return source.take(*_huge(source, heap, rest))
    if kind == 2:
        if heap.ids > 17:
            return rest.take(((id[0] & 15) << 8 | rest.number(1)) + 1)
        return rest.take((id[0] & 15) + 1)
    raise damaged("an unknown kind of id")


def _block(source: Source, heap: Heap, offset: int) -> int:
    # the address of an offset into the heap
    if heap.rows == 0:
        return heap.root + offset
    at, rows = heap.root, heap.rows
    row_bits = bits(heap.first) + bits(heap.width)
    for _ in range(MAX_LEVELS):
        row = (offset >> row_bits).bit_length()
        size = heap.first << max(row - 1, 0)
        offset -= heap.width * size if row else 0
        column, offset = divmod(offset, size)
        if row >= rows:
            raise damaged("an id leads out of its heap")
        if at not in heap.tables:
            heap.tables[at] = source.fields(at + 13 + heap.offsets, 8 * heap.width * rows)
        place = 8 * (row * heap.width + column)
        at = int.from_bytes(heap.tables[at].data[place : place + 8], "little")
        if row < heap.direct:
            return at + offset
        rows = bits(size) - row_bits + 1
    raise damaged("a heap runs into itself")


def _huge(source: Source, heap: Heap, id: Fields) -> tuple[int, int]:
    # where something lies that is too large for the blocks, and how long it is
    if heap.ids >= 17:
        return id.number(), id.number()
    if heap.huge is None:
        heap.huge = {}
        if source.fields(heap.huge_tree, 6, b"BTHD").data[5] != HUGE:
            raise damaged("an unknown kind of tree")
        for record in records(source, heap.huge_tree):
            address, length, number = record.number(), record.number(), record.number()
            heap.huge[number] = address, length
    found = heap.huge.get(id.number(min(8, heap.ids - 1)))
    if found is None:
        raise damaged("an id leads out of its heap")
    return found


def collection(source: Source, address: int) -> dict[int, bytes]:
    """Read a global heap: its texts by number."""
    size = int.from_bytes(source.fields(address, 16, b"GCOL").data[8:16], "little")
    body = Fields(source.take(address, size), 16)
    found: dict[int, bytes] = {}
    while body.left >= 16:
        number = body.number(2)
        body.skip(6)
        length = body.number()
        if number == 0:  # what is left is free
            break
        found[number] = body.take(length)
        body.skip(min(-length % 8, body.left))
    return found
