"""safetensors files: a length, a JSON header with the name, dtype, shape and place of each tensor, then the numbers.

The header is read entry by entry and nothing behind it, so the size of the numbers does not matter.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from math import prod
from typing import BinaryIO, NamedTuple, TypeAlias

from ...errors import FileError, ParamcalcError, placed
from ...graph.model import Model
from ..containers.files import opened
from ..opened import Source
from ..tensors.data import DTYPES, Contents, FileTensor, check_count, check_dtype, check_name, check_shape, part_of
from ..tensors.layers import model_of

MAX_HEADER = 32 * 2**20  # bytes; the format allows 100 MB, and 200,000 tensors take about 25
MAX_ENTRY = 4_096  # bytes of one tensor's entry

NAMES = {
    "BOOL": "bool",
    "F4": "float4_e2m1fn",
    "F6_E2M3": "float6_e2m3fn",
    "F6_E3M2": "float6_e3m2fn",
    "U8": "uint8",
    "I8": "int8",
    "F8_E5M2": "float8_e5m2",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E8M0": "float8_e8m0fnu",
    "F8_E4M3FNUZ": "float8_e4m3fnuz",
    "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "I16": "int16",
    "U16": "uint16",
    "F16": "float16",
    "BF16": "bfloat16",
    "I32": "int32",
    "U32": "uint32",
    "F32": "float32",
    "C64": "complex64",
    "F64": "float64",
    "I64": "int64",
    "U64": "uint64",
}
"""Our names of the format's dtypes."""

METADATA = "__metadata__"

# an object of JSON without objects inside, such as both kinds of entries are; nothing is tried twice
_NAME = re.compile(rb'\s*+("(?:[^"\\]|\\.)*+")\s*+:\s*+', re.DOTALL)
_OBJECT = re.compile(rb'\{(?:[^{}"]|"(?:[^"\\]|\\.)*+")*+\}', re.DOTALL)
_NEXT = re.compile(rb"\s*+([,}])")
# an entry as writers of the format have it, with its comma; others are read piece by piece
_SIZE = rb"(?:[1-9][0-9]{0,18}|0)"
_USUAL = re.compile(
    rb'"(?!__metadata__")([^"\\\x00-\x1f]{1,1000}+)":\{"dtype":"(\w{1,20})",'
    rb'"shape":\[(|'
    + _SIZE
    + rb"(?:,"
    + _SIZE
    + rb'){0,15})\],"data_offsets":\[('
    + _SIZE
    + rb"),("
    + _SIZE
    + rb")\]\},"
)
Span: TypeAlias = tuple[int, int, str]  # where the numbers of a tensor begin and end, and its name
_KEYS = {"dtype", "shape", "data_offsets"}


def read(source: Source) -> Model:
    """Read a safetensors file.

    Raises
    ------
    ParamcalcError
        When it is damaged, beyond the bounds, or holds no tensors.
    """
    with opened(source.file) as file:
        return model_of(part_of(source.path, contents_of(file)), "a safetensors file")


def contents_of(file: BinaryIO) -> Contents:
    """Read what a safetensors file holds.

    Raises
    ------
    FileError
        When it is damaged or beyond the bounds.
    """
    whole = file.seek(0, os.SEEK_END)
    file.seek(0)
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > whole - 8:
        raise FileError("a truncated header", expected=f"{length:,} bytes", received=max(whole - 8, 0))
    if length > MAX_HEADER:
        raise FileError(f"a header of {length:,} bytes", expected=f"at most {MAX_HEADER:,}")
    header = file.read(length)
    check_count(header.count(b'"data_offsets"'))
    found = _Found(Contents(), [])
    _read(header, found)
    _check_names(found.contents.tensors)
    _check_spans(found.spans, whole - 8 - length)
    return found.contents


class _Found(NamedTuple):
    # what was read so far: where each tensor lies stands apart
    contents: Contents
    spans: list[Span]


def _read(header: bytes, into: _Found) -> None:
    # the entries of the outer object, which is never one value in memory
    if not header.startswith(b"{"):
        raise FileError("not a header of safetensors", expected="a JSON object")
    if re.match(rb"\{\s*+\}", header):
        return
    at, end, described = 1, b",", False
    while end == b",":
        at = _usual(header, at, into)
        key = _NAME.match(header, at)
        value = _OBJECT.match(header, key.end()) if key is not None else None
        after = _NEXT.match(header, value.end()) if value is not None else None
        if key is None or value is None or after is None:
            raise FileError(f"the header is damaged at byte {at + 8:,}", expected="a name and what it has")
        name = check_name(_json(key[1]))
        if name == METADATA and described:
            raise _twice(name)
        try:
            if name == METADATA:
                into.contents.tied, described = _ties(value[0]), True
            else:
                tensor, span = _tensor(name, value[0])
                into.contents.tensors.append(tensor)
                into.spans.append(span)
        except ParamcalcError as error:
            raise placed(error, name)
        at, end = after.end(), after[1]
    if header[at:].strip():
        raise FileError(f"more in the header behind byte {at + 8:,}", expected="spaces")


def _usual(header: bytes, at: int, into: _Found) -> int:
    # the entries from here on that are as writers of the format have them; gives where another begins
    known: dict[tuple[bytes, bytes], tuple[tuple[int, ...], str, int]] = {}
    tensors, spans = into.contents.tensors, into.spans
    while (found := _USUAL.match(header, at)) is not None:
        raw, dtype, shape, first, last = found.groups()
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            raise FileError("not valid JSON", received=raw[:100]) from None
        form = known.get((dtype, shape))
        try:
            if form is None:  # what follows from a dtype and a shape is worked out once
                sizes = check_shape([*map(int, shape.split(b","))] if shape else [])
                kind = check_dtype(dtype.decode(), NAMES)
                form = known[dtype, shape] = sizes, kind, prod(sizes) * DTYPES[kind]
            sizes, kind, bits = form
            start, end = int(first), int(last)
            if 8 * (end - start) != bits:
                raise _misfit((bits + 7) // 8, (start, end))
        except ParamcalcError as error:
            raise placed(error, name)
        tensors.append(FileTensor(name, sizes, kind))
        spans.append((start, end, name))
        at = found.end()
    return at


def _check_names(tensors: Sequence[FileTensor]) -> None:
    seen: set[str] = set()
    for tensor in tensors if len({one.name for one in tensors}) < len(tensors) else ():
        if tensor.name in seen:
            raise _twice(tensor.name)
        seen.add(tensor.name)


def _twice(name: str) -> FileError:
    return FileError("two tensors of one name", expected="different names", received=name)


def _json(text: bytes) -> object:
    try:
        found: object = _DECODER.decode(text.decode())
    except (ValueError, RecursionError) as error:
        if isinstance(error, ParamcalcError):
            raise
        raise FileError("not valid JSON", received=text[:100]) from None
    return found


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise FileError("a key given twice", expected="each key once")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_distinct)


def _ties(text: bytes) -> dict[str, str]:
    # the names that safetensors.torch left out, each with the one that it kept
    found = _json(text)
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise FileError("not metadata", expected="texts by their names")
    return {name: value for name, value in found.items() if name != "format"}


def _tensor(name: str, text: bytes) -> tuple[FileTensor, Span]:
    if len(text) > MAX_ENTRY:
        raise FileError(f"an entry of {len(text):,} bytes", expected=f"at most {MAX_ENTRY:,}")
    found = _json(text)
    if not isinstance(found, dict) or found.keys() != _KEYS:
        raise FileError("not a tensor", expected="dtype, shape and data_offsets", received=found)
    dtype, span = found["dtype"], found["data_offsets"]
    if not isinstance(dtype, str):
        raise FileError("not a dtype", expected=", ".join(NAMES), received=dtype)
    if not (isinstance(span, list) and len(span) == 2 and all(type(one) is int and one >= 0 for one in span)):
        raise FileError("not a place", expected="where the numbers begin and end", received=span)
    tensor = FileTensor(name, check_shape(found["shape"]), check_dtype(dtype, NAMES))
    if tensor.size * DTYPES[tensor.dtype] != 8 * (span[1] - span[0]):
        raise _misfit(tensor.bytes, (span[0], span[1]))
    return tensor, (span[0], span[1], name)


def _misfit(length: int, span: tuple[int, int]) -> FileError:
    return FileError("its shape and its place disagree", expected=f"{length:,} bytes", received=span[1] - span[0])


def _check_spans(spans: list[Span], whole: int) -> None:
    # every byte belongs to one tensor
    at = 0
    for start, end, name in sorted(spans):
        if start != at:
            what = "overlaps another tensor" if start < at else "leaves a gap before it"
            raise placed(FileError(f"its place {what}", expected=f"{at:,}", received=start), name)
        at = end
    if at != whole:
        raise FileError("the numbers do not fill the file", expected=f"{at:,} bytes", received=whole)
