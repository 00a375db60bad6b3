"""Writers of ONNX, GGUF and TensorFlow Lite files, of a few lines each: tests need files without the libraries."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

# --- Protocol Buffers, and ONNX -------------------------------------------------------------------------------------


def varint(value: int) -> bytes:
    value &= 2**64 - 1
    made = b""
    while value >= 0x80:
        made += bytes([value & 0x7F | 0x80])
        value >>= 7
    return made + bytes([value])


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


FLOAT, INT8, INT64, FLOAT16 = 1, 3, 7, 10
WIDTHS = {FLOAT: 4, INT8: 1, INT64: 8, FLOAT16: 2, 2: 1}


def tensor(name: str, *shape: int, type: int = FLOAT, raw: bytes | None = None) -> bytes:
    raw = bytes(prod(shape) * WIDTHS[type]) if raw is None else raw
    return b"".join(field(1, size) for size in shape) + field(2, type) + field(8, name) + field(9, raw)


def integers(name: str, *numbers: int) -> bytes:
    return tensor(name, len(numbers), type=INT64, raw=struct.pack(f"<{len(numbers)}q", *numbers))


def outside(name: str, location: str, *shape: int, length: str | None = None) -> bytes:
    entries = field(13, field(1, "location") + field(2, location))
    if length is not None:
        entries += field(13, field(1, "length") + field(2, length))
    return b"".join(field(1, size) for size in shape) + field(2, FLOAT) + field(8, name) + entries + field(14, 1)


def attribute(name: str, value: Any) -> bytes:
    made = field(1, name)
    if isinstance(value, int):
        return made + field(3, value) + field(20, 2)
    if isinstance(value, str):
        return made + field(4, value) + field(20, 3)
    if isinstance(value, tuple) and not isinstance(value[-1], bytes):
        return made + b"".join(field(8, one) for one in value) + field(20, 7)
    kind, content = value
    return made + field({"t": 5, "g": 6}[kind], content) + field(20, {"t": 4, "g": 5}[kind])


def node(op: str, reads: str, gives: str, domain: str = "", **attributes: Any) -> bytes:
    """A node; names are separated by blanks, and ``-`` is one that is left out."""
    made = b"".join(field(1, "" if name == "-" else name) for name in reads.split())
    made += b"".join(field(2, name) for name in gives.split()) + field(4, op)
    made += b"".join(field(5, attribute(name, value)) for name, value in attributes.items())
    return made + (field(7, domain) if domain else b"")


def value(name: str, *sizes: int | str) -> bytes:
    dims = b"".join(field(1, field(1, size) if isinstance(size, int) else field(2, size)) for size in sizes)
    return field(1, name) + field(2, field(1, field(1, FLOAT) + field(2, dims)))


def graph(
    nodes: Sequence[bytes], stored: Sequence[bytes] = (), inputs: Sequence[bytes] = (), outputs: Sequence[bytes] = ()
) -> bytes:
    made = b"".join(field(1, one) for one in nodes) + field(2, "made")
    made += b"".join(field(5, one) for one in stored) + b"".join(field(11, one) for one in inputs)
    return made + b"".join(field(12, one) for one in outputs)


def model(content: bytes, functions: Sequence[bytes] = ()) -> bytes:
    made = field(1, 8) + field(7, content) + field(8, field(1, "") + field(2, 20))
    return made + b"".join(field(25, one) for one in functions)


def function(name: str, domain: str, reads: str, gives: str, nodes: Sequence[bytes]) -> bytes:
    made = field(1, name) + b"".join(field(4, one) for one in reads.split())
    made += b"".join(field(5, one) for one in gives.split())
    return made + b"".join(field(7, one) for one in nodes) + field(10, domain)


# --- GGUF -----------------------------------------------------------------------------------------------------------


def text(content: str) -> bytes:
    return struct.pack("<Q", len(content.encode())) + content.encode()


def gguf(
    tensors: Mapping[str, tuple[tuple[int, ...], int, int]], metadata: Mapping[str, Any] | None = None, version: int = 3
) -> bytes:
    """A file of tensors: by name the shape as PyTorch has it, the number of the type, and the bytes."""
    metadata = {"general.architecture": "llama", **(metadata or {})}
    made = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    for key, given in metadata.items():
        made += text(key)
        if isinstance(given, str):
            made += struct.pack("<I", 8) + text(given)
        elif isinstance(given, list):
            made += struct.pack("<IIQ", 9, 8, len(given)) + b"".join(map(text, given))
        else:
            made += struct.pack("<II", 4, given)
    offset = 0
    for name, (shape, kind, size) in tensors.items():
        made += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *reversed(shape), kind, offset)
        offset += -(-size // 32) * 32
    return made + bytes(-len(made) % 32) + bytes(offset)


# --- flatbuffers, and TensorFlow Lite -------------------------------------------------------------------------------


class Table(dict[int, Any]):
    """A table: by the place of a field ``("B", number)``, a text, a list of tables, or ``("[i", numbers)``."""


def flatbuffer(root: Table, identifier: bytes = b"TFL3") -> bytes:
    made = bytearray(4) + identifier
    waiting: list[tuple[int, Any]] = [(0, root)]
    while waiting:  # whatever refers to another comes before it, so that all offsets are positive
        at, content = waiting.pop(0)
        made += bytes(-len(made) % 8)
        begin = len(made)
        if isinstance(content, Table):
            begin = _table(made, content, waiting)
        elif isinstance(content, str):
            made += struct.pack("<I", len(content.encode())) + content.encode() + b"\0"
        elif isinstance(content, tuple):
            made += struct.pack(f"<I{len(content[1])}{content[0][1:]}", len(content[1]), *content[1])
        else:
            made += struct.pack("<I", len(content))
            for one in content:
                waiting.append((len(made), one))
                made += bytes(4)
        struct.pack_into("<I", made, at, begin - at)
    return bytes(made)


def _table(made: bytearray, content: Table, waiting: list[tuple[int, Any]]) -> int:
    # the list of offsets, and then the table, whose fields have eight bytes each
    places = max(content, default=-1) + 1
    first, size = len(made), 4 + 2 * places
    start = first + -(-size // 8) * 8
    made += struct.pack("<HH", size, 8 + 8 * places).ljust(start - first, b"\0")
    made += struct.pack("<ii", start - first, 0)
    for place in range(places):
        here, given = len(made), content.get(place)
        made += bytes(8)
        if given is not None:
            struct.pack_into("<H", made, first + 4 + 2 * place, here - start)
        if isinstance(given, tuple) and not given[0].startswith("["):
            struct.pack_into("<" + given[0], made, here, given[1])
        elif given is not None:
            waiting.append((here, given))
    return start


TFLITE_TYPES = {"float32": (0, 4), "int8": (9, 1), "int32": (2, 4), "float16": (1, 2)}


def tflite(
    tensors: Sequence[tuple[str, tuple[int, ...], str, int]],
    operators: Sequence[tuple[int, Sequence[int], Sequence[int]]],
    inputs: Sequence[int] = (0,),
) -> bytes:
    """A file of one graph: tensors (name, shape, type, buffer or 0), and operators (code, inputs, outputs)."""
    codes = sorted({code for code, _, _ in operators})
    sizes = {buffer: prod(shape) * TFLITE_TYPES[kind][1] for _, shape, kind, buffer in tensors if buffer}
    buffers = [Table({0: ("[B", bytes(sizes[at]))} if at in sizes else {}) for at in range(max(sizes, default=0) + 1)]
    made = [
        Table({0: ("[i", shape), 1: ("B", TFLITE_TYPES[kind][0]), 2: ("I", buffer), 3: name})
        for name, shape, kind, buffer in tensors
    ]
    steps = [
        Table({0: ("I", codes.index(code)), 1: ("[i", reads), 2: ("[i", gives)}) for code, reads, gives in operators
    ]
    graph = Table({0: made, 1: ("[i", inputs), 2: ("[i", ()), 3: steps, 4: "main"})
    listed = [Table({0: ("b", min(code, 127)), 3: ("i", code)}) for code in codes]
    return flatbuffer(Table({0: ("I", 3), 1: listed, 2: [graph], 3: "made", 4: buffers}))


# --- TensorFlow -------------------------------------------------------------------------------------------------------


def tf_shape(*sizes: int) -> bytes:
    return b"".join(field(2, field(1, size)) for size in sizes)


def block(entries: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A block of a table, in which each key shares with the one before what it can."""
    made, before = b"", b""
    for key, content in entries:
        shared = next(
            (at for at, (a, b) in enumerate(zip(key, before, strict=False)) if a != b), min(len(key), len(before))
        )
        made += varint(shared) + varint(len(key) - shared) + varint(len(content)) + key[shared:] + content
        before = key
    return made + struct.pack("<II", 0, 1)


def table(entries: Mapping[str, bytes], each: int = 3) -> bytes:
    """A table of blocks of a few entries each."""
    listed = sorted((key.encode(), content) for key, content in entries.items())
    made, index = b"", []
    for at in range(0, len(listed), each):
        part = listed[at : at + each]
        content = block(part)
        index.append((part[-1][0], varint(len(made)) + varint(len(content))))
        made += content + bytes(5)
    handles = b""
    for content in (block([]), block(index)):
        handles += varint(len(made)) + varint(len(content))
        made += content + bytes(5)
    return made + handles.ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")


def checkpoint(variables: Mapping[str, tuple[int, ...]], type: int = 1, width: int = 4) -> bytes:
    entries = {"": field(1, 1) + field(3, field(1, 1))}
    for name, shape in variables.items():
        entries[name] = field(1, type) + field(2, tf_shape(*shape)) + field(5, prod(shape) * width)
    return table(entries)


def saved_model(
    nodes: Sequence[tuple[str, tuple[int, ...], bool] | None], children: Mapping[int, Mapping[str, int]]
) -> bytes:
    """A SavedModel of objects: each a variable (name, shape, whether it is trained) or not, and what it leads to."""
    made = b""
    for at, one in enumerate(nodes):
        content = b"".join(field(1, field(1, to) + field(2, name)) for name, to in children.get(at, {}).items())
        if one is not None:
            name, shape, trained = one
            kind = field(1, 1) + field(2, tf_shape(*shape)) + field(6, name)
            content += field(7, kind + (field(3, 1) if trained else b""))
        made += field(1, content)
    return field(1, 1) + field(2, field(1, b"") + field(7, made))
