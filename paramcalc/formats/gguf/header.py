"""The header of a GGUF file: metadata, of which few values are kept, and the list of its tensors.

Source: docs/gguf.md of ggml, versions 2 and 3. Numbers are little-endian; a file whose version reads as a large number
is big-endian. A tensor lists its axes from the one that changes fastest, the reverse of what PyTorch has.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from math import prod
from typing import NamedTuple

from ...errors import FileError, quoted
from ...untyped import Parsed
from ..operators.mapped import Buffer, printable
from ..operators.stored import StoredTensor, checked_shape
from .blocks import BLOCKS

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MAX_TENSORS = 200_000
MAX_KEYS = 100_000
MAX_STRINGS = 2_000_000  # of all arrays; a tokenizer has some hundred thousand
MAX_NAME = 1_000
MAX_AXES = 4
MAX_DEPTH = 4  # arrays within arrays
ALIGNMENT = "general.alignment"
KEPT = (ALIGNMENT, "general.architecture", "general.name", "split.no", "split.count")

_STRING, _ARRAY = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}
_OF_TENSOR = "an entry of the list of tensors"
_ENTRIES = [f"{axes}QIQ" for axes in range(MAX_AXES + 1)]


@lru_cache(64)
def _form(letters: str) -> tuple[int, Callable[[Buffer, int], tuple[Parsed, ...]]]:
    form = struct.Struct(letters)
    return form.size, form.unpack_from


class Header(NamedTuple):
    """What a header says.

    Attributes
    ----------
    metadata : dict of str to int, float or str
        The values of `KEPT` that are there.
    tensors : list of StoredTensor
    """

    metadata: dict[str, int | float | str]
    tensors: list[StoredTensor]


class Cursor:
    """A place in the file that moves on as it is read."""

    def __init__(self, data: Buffer) -> None:
        self.data = data
        self.at = 0
        self.order = "<"
        self.strings = 0

    def take(self, size: int, what: str) -> int:
        """Pass over so many bytes; give where they began.

        Raises
        ------
        FileError
            When the file ends before.
        """
        at, left = self.at, len(self.data) - self.at
        if size > left:
            raise FileError(f"{what} goes beyond the end of the file", expected=f"{size:,} bytes", received=left)
        self.at += size
        return at

    def number(self, letter: str, what: str) -> int | float:
        """Read one number in the notation of `struct`."""
        found: tuple[int | float] = self._unpacked(letter, what)
        return found[0]

    def numbers(self, letters: str, what: str) -> tuple[int, ...]:
        """Read several whole numbers, one behind the other."""
        return self._unpacked(letters, what)

    def _unpacked(self, letters: str, what: str) -> tuple[Parsed, ...]:
        size, unpack = _form(self.order + letters)
        return unpack(self.data, self.take(size, what))

    def count(self, letter: str, what: str, most: int) -> int:
        """Read a number of things.

        Raises
        ------
        FileError
            When there are more than allowed.
        """
        found = int(self.number(letter, what))
        if found > most:
            raise FileError(f"{what} is too large", expected=f"at most {most:,}", received=found)
        return found

    def string(self, what: str, most: int = MAX_NAME) -> str:
        """Read a text with its length before it."""
        size = self.count("Q", f"the length of {what}", most)
        at = self.take(size, what)
        return printable(bytes(self.data[at : at + size]), what, most)

    def skip_string(self, what: str) -> None:
        """Pass over a text."""
        self.take(int(self.number("Q", what)), what)


def read_header(data: Buffer) -> Header:
    """Read the header of a file, and check that each tensor lies within the file and beside the others.

    Raises
    ------
    FileError
        When something is damaged, beyond the bounds, or of an unknown version or type.
    """
    cursor = Cursor(data)
    cursor.take(len(MAGIC), "the magic")
    version = int(cursor.number("I", "the version"))
    if version & 0xFFFF == 0:
        cursor.order = ">"
        version = int.from_bytes(version.to_bytes(4, "little"), "big")
    if version not in VERSIONS:
        raise FileError("GGUF of an unknown version", expected=" or ".join(map(str, VERSIONS)), received=version)
    tensors = cursor.count("Q", "the number of tensors", MAX_TENSORS)
    keys = cursor.count("Q", "the number of metadata keys", MAX_KEYS)
    metadata: dict[str, int | float | str] = {}
    for _ in range(keys):
        key = cursor.string("a metadata key")
        value = _value(cursor, cursor.count("I", f"the type of {quoted(key)}", 255), key)
        if key in KEPT and value is not None:
            metadata[key] = value
    alignment = metadata.get(ALIGNMENT, 32)
    if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
        raise FileError(f"{ALIGNMENT} is no power of two", received=alignment)
    found, spans = [], []
    known: dict[tuple[int, ...], _Form] = {}
    for _ in range(tensors):
        tensor, offset = _tensor(cursor, alignment, known)
        found.append(tensor)
        spans.append((offset, offset + tensor.bytes, tensor.name))
    start = -(-cursor.at // alignment) * alignment
    _check_spans(spans, len(data) - start)
    if len({tensor.name for tensor in found}) < len(found):
        raise FileError("two tensors have one name")
    return Header(metadata, found)


def _value(cursor: Cursor, kind: int, key: str, depth: int = 0) -> int | float | str | None:
    what = f"the value of {quoted(key)}"
    if kind in _NUMBERS:
        return cursor.number(_NUMBERS[kind], what)
    if kind == _STRING and key in KEPT:
        return cursor.string(what)
    if kind == _STRING:
        cursor.skip_string(what)
        return None
    if kind != _ARRAY:
        raise FileError(f"{what} has an unknown type", expected="0 to 12", received=kind)
    if depth == MAX_DEPTH:
        raise FileError("arrays within arrays", expected=f"at most {MAX_DEPTH} deep")
    inner = int(cursor.number("I", what))
    size = int(cursor.number("Q", what))
    if inner in _NUMBERS:
        cursor.take(size * struct.calcsize(_NUMBERS[inner]), what)
        return None
    cursor.strings += size
    if cursor.strings > MAX_STRINGS:
        raise FileError(f"{what} is too long", expected=f"at most {MAX_STRINGS:,} texts in all", received=size)
    for _ in range(size):
        _value(cursor, inner, key, depth + 1)
    return None


class _Form(NamedTuple):
    # what the sizes and the type of a tensor make of it
    shape: tuple[int, ...]
    dtype: str
    bytes: int


def _tensor(cursor: Cursor, alignment: int, known: dict[tuple[int, ...], _Form]) -> tuple[StoredTensor, int]:
    name = cursor.string("the name of a tensor")
    (axes,) = cursor.numbers("I", _OF_TENSOR)
    if axes > MAX_AXES:
        problem = f"the number of axes of the tensor {quoted(name)} is too large"
        raise FileError(problem, expected=f"at most {MAX_AXES:,}", received=axes)
    *stated, offset = cursor.numbers(_ENTRIES[axes], _OF_TENSOR)
    key = tuple(stated)
    form = known.get(key)
    if form is None:
        form = known[key] = _form_of(stated[:-1], stated[-1], f"the tensor {quoted(name)}")
    if offset % alignment:
        problem = f"the tensor {quoted(name)} is not aligned"
        raise FileError(problem, expected=f"a multiple of {alignment}", received=offset)
    return StoredTensor(name, form.shape, form.dtype, form.bytes), offset


def _form_of(sizes: list[int], kind: int, what: str) -> _Form:
    shape = checked_shape(sizes, what)
    block = BLOCKS.get(kind)
    if block is None:
        raise FileError(f"{what} has an unknown type", expected=f"one of {', '.join(map(str, BLOCKS))}", received=kind)
    numbers = prod(shape)
    for count in (*shape[:1], numbers):
        if count % block.numbers:
            raise FileError(f"{what} has no whole blocks", expected=f"a multiple of {block.numbers}", received=count)
    return _Form(shape[::-1], block.name, numbers // block.numbers * block.bytes)


def _check_spans(spans: list[tuple[int, int, str]], size: int) -> None:
    before, other = 0, ""
    for start, end, name in sorted(spans):
        if end > size:
            problem = f"the tensor {quoted(name)} goes beyond the end of the file"
            raise FileError(problem, expected=f"{max(size, 0):,} bytes of data", received=end)
        if start < before:
            raise FileError(f"the tensors {quoted(other)} and {quoted(name)} overlap")
        if end > start:
            before, other = end, name
