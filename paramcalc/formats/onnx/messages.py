"""The messages of ONNX: which of their fields are decoded, and the tensors that they store.

Source: onnx/onnx.proto of ONNX 1.23 (field numbers and types of data).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from math import prod

from ...errors import FileError, quoted
from ..operators.stored import StoredTensor, checked_shape
from ..operators.wire import Message, Span, Wire

MODEL = {7: ("graph", "span"), 25: ("function", "span"), 2: ("producer", "text")}
GRAPH = {
    1: ("node", "span"),
    2: ("name", "text"),
    5: ("initializer", "span"),
    11: ("input", "span"),
    12: ("output", "span"),
    13: ("value_info", "span"),
    15: ("sparse_initializer", "span"),
}
FUNCTION = {
    1: ("name", "text"),
    4: ("input", "text"),
    5: ("output", "text"),
    7: ("node", "span"),
    10: ("domain", "text"),
    13: ("overload", "text"),
}
NODE = {
    1: ("input", "text"),
    2: ("output", "text"),
    3: ("name", "text"),
    4: ("op", "text"),
    5: ("attribute", "span"),
    7: ("domain", "text"),
    8: ("overload", "text"),
}
ATTRIBUTE = {
    1: ("name", "text"),
    2: ("f", "float"),
    3: ("i", "int"),
    4: ("s", "span"),
    5: ("t", "span"),
    6: ("g", "span"),
    7: ("floats", "float"),
    8: ("ints", "ints"),
    11: ("graphs", "span"),
    22: ("sparse_tensor", "span"),
}
TENSOR = {
    1: ("dims", "ints"),
    2: ("type", "int"),
    4: ("float_data", "float"),
    5: ("int32_data", "varints"),
    6: ("string_data", "span"),
    7: ("int64_data", "varints"),
    8: ("name", "text"),
    9: ("raw_data", "span"),
    10: ("double_data", "double"),
    11: ("uint64_data", "varints"),
    13: ("external_data", "span"),
    14: ("location", "int"),
}
_KINDS = dict(TENSOR.values())
SPARSE = {1: ("values", "span"), 2: ("indices", "span"), 3: ("dims", "ints")}
ENTRY = {1: ("key", "text"), 2: ("value", "text")}
VALUE = {1: ("name", "text"), 2: ("type", "span")}
TYPE = {1: ("tensor", "span")}
TENSOR_TYPE = {1: ("type", "int"), 2: ("shape", "span")}
SHAPE = {1: ("dim", "span")}
DIM = {1: ("value", "int"), 2: ("name", "text")}

# by its number: the name of a type, the bits of one number, and the field that has typed data of it
TYPES = {
    1: ("float32", 32, "float_data"),
    2: ("uint8", 8, "int32_data"),
    3: ("int8", 8, "int32_data"),
    4: ("uint16", 16, "int32_data"),
    5: ("int16", 16, "int32_data"),
    6: ("int32", 32, "int32_data"),
    7: ("int64", 64, "int64_data"),
    8: ("string", 0, "string_data"),
    9: ("bool", 8, "int32_data"),
    10: ("float16", 16, "int32_data"),
    11: ("float64", 64, "double_data"),
    12: ("uint32", 32, "uint64_data"),
    13: ("uint64", 64, "uint64_data"),
    14: ("complex64", 64, "float_data"),
    15: ("complex128", 128, "double_data"),
    16: ("bfloat16", 16, "int32_data"),
    17: ("float8_e4m3fn", 8, "int32_data"),
    18: ("float8_e4m3fnuz", 8, "int32_data"),
    19: ("float8_e5m2", 8, "int32_data"),
    20: ("float8_e5m2fnuz", 8, "int32_data"),
    21: ("uint4", 4, "int32_data"),
    22: ("int4", 4, "int32_data"),
    23: ("float4_e2m1", 4, "int32_data"),
    24: ("float8_e8m0", 8, "int32_data"),
    25: ("uint2", 2, "int32_data"),
    26: ("int2", 2, "int32_data"),
}
EXTERNAL = 1  # the location of data that lie in another file
FEW = 64  # numbers of a tensor that are read, since a shape or an axis may depend on them
_INTEGERS = {"int64": "q", "int32": "i"}


class Tensor(StoredTensor):
    """A tensor of an ONNX file, with its numbers where they are few and whole."""

    __slots__ = ("external", "ints")

    def __init__(self, name: str, shape: tuple[int, ...], dtype: str, bytes: int) -> None:
        super().__init__(name, shape, dtype, bytes)
        self.ints: tuple[int, ...] | None = None
        self.external = False


def tensor(wire: Wire, span: Span, name: str = "") -> Tensor:
    """Read a tensor: its shape and type, and whether its data are as long as they say.

    Raises
    ------
    FileError
        When they are not, or its type is unknown.
    """
    found = wire.message(span, TENSOR, "a tensor")
    name = found.text("name") or name
    what = f"the tensor {quoted(name)}" if name else "a tensor"
    number = found.int("type")
    if number not in TYPES:
        raise FileError(f"{what} has an unknown type", expected=f"1 to {max(TYPES)}", received=number)
    dtype, bits, field = TYPES[number]
    shape = checked_shape(found.ints("dims"), what)
    size = (prod(shape) * bits + 7) // 8
    made = Tensor(name, shape, dtype, size)
    if found.int("location") == EXTERNAL or "external_data" in found:
        made.external = True
        _check_external(wire, found, size, what)
        return made
    raw = found.span("raw_data")
    if raw is not None:
        has = raw.end - raw.start
        if has != size or dtype == "string":
            raise FileError(f"{what} has data of another size", expected=f"{size:,} bytes", received=has)
        if dtype in _INTEGERS and prod(shape) <= FEW:
            made.ints = struct.unpack(f"<{prod(shape)}{_INTEGERS[dtype]}", wire.data[raw.start : raw.end])
        return made
    if dtype == "string":
        has, wanted = len(found.spans("string_data")), prod(shape)
        made.bytes = sum(span.end - span.start for span in found.spans("string_data"))
    else:
        values = found.kept(field)
        has, wanted = _typed(wire, _KINDS[field], values), _entries(prod(shape), bits, dtype)
        if dtype in _INTEGERS and has == wanted <= FEW:
            parts = (wire.numbers(one) if isinstance(one, Span) else [one] for one in values)
            made.ints = tuple(number for part in parts for number in part)
    if has != wanted:
        raise FileError(f"{what} has another number of values", expected=f"{wanted:,}", received=has)
    return made


def _typed(wire: Wire, kind: str, parts: Iterable[int | Span]) -> int:
    # how many values: fixed ones by their width, one at a time or side by side; they are counted and not decoded
    found = 0
    for one in parts:
        if isinstance(one, int):
            found += 1
        elif kind == "varints":
            found += wire.many(one)
        else:
            found += (one.end - one.start) // (4 if kind == "float" else 8)
    return found


def _entries(numbers: int, bits: int, dtype: str) -> int:
    # numbers of fewer than 8 bits lie side by side in one entry, complex numbers take two
    if dtype.startswith("complex"):
        return 2 * numbers
    return -(-numbers * bits // 8) if bits < 8 else numbers


def _check_external(wire: Wire, found: Message, size: int, what: str) -> None:
    # of data in another file only what is said of them is read; the file is not opened
    entries = [wire.message(span, ENTRY, "external data") for span in found.spans("external_data")]
    said = {one.text("key"): one.text("value") for one in entries}
    location = said.get("location", "")
    parts = location.replace("\\", "/").split("/")
    if not location or location.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in location:
        raise FileError(f"{what} has its data outside the folder", expected="the name of a file", received=location)
    length = said.get("length", str(size))
    if not (length.isascii() and length.isdigit()) or len(length) > 20 or int(length) != size:
        raise FileError(f"{what} has external data of another size", expected=f"{size:,} bytes", received=length)


def sparse(wire: Wire, span: Span) -> Tensor:
    """Read a sparse tensor: its shape is that of all numbers, its bytes are those of the numbers that are stored."""
    found = wire.message(span, SPARSE, "a sparse tensor")
    values, indices = found.span("values"), found.span("indices")
    if values is None or indices is None:
        raise FileError("a sparse tensor without values or indices")
    stored, places = tensor(wire, values), tensor(wire, indices)
    shape = checked_shape(found.ints("dims"), f"the sparse tensor {quoted(stored.name)}")
    if stored.params > prod(shape):
        raise FileError(
            "a sparse tensor has more values than places", expected=f"at most {prod(shape):,}", received=stored.params
        )
    return Tensor(stored.name, shape, stored.dtype, stored.bytes + places.bytes)
