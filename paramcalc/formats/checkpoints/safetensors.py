"""safetensors files: a length, a JSON header with the name, dtype, shape and place of each tensor, then the numbers.

The header is read entry by entry and nothing behind it, so the size of the numbers does not matter.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from math import prod
from typing import BinaryIO

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
    rb'"([^"\\\x00-\x1f]{1,1000}+)":\{"dtype":"(\w{1,20})",'
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
    contents = Contents()
    spans: list[tuple[int, int, str]] = []
    known: dict[tuple[bytes, bytes], tuple[tuple[int, ...], str, int]] = {}
    for name, text, usual in _entries(header):
        try:
            if name == METADATA:
                contents.tied = _ties(text)
                continue
            tensor, span = _tensor(name, text) if usual is None else _usual_tensor(name, usual, known)
        except ParamcalcError as error:
            raise placed(error, name)
        contents.tensors.append(tensor)
        spans.append((*span, name))
    _check_spans(spans, whole - 8 - length)
    return contents


def _entries(header: bytes) -> Iterator[tuple[str, bytes, re.Match[bytes] | None]]:
    # the names and entries of the outer object, which is never one value in memory
    if not header.startswith(b"{"):
        raise FileError("not a header of safetensors", expected="a JSON object")
    at, end, seen = 1, b",", set[str]()
    if re.match(rb"\{\s*+\}", header):
        return
    while end == b",":
        usual = _USUAL.match(header, at)
        if usual is not None and usual[1] != METADATA.encode():
            text = check_name(_text(usual[1]))
            if text in seen:
                raise FileError("two tensors of one name", expected="different names", received=text)
            seen.add(text)
            yield text, b"", usual
            at = usual.end()
            continue
        name, value = _NAME.match(header, at), None
        if name is not None:
            value = _OBJECT.match(header, name.end())
        after = _NEXT.match(header, value.end()) if value is not None else None
        if name is None or value is None or after is None:
            raise FileError(f"the header is damaged at byte {at + 8:,}", expected="a name and what it has")
        found = _json(name[1])
        text = check_name(found)
        if text in seen:
            raise FileError("two tensors of one name", expected="different names", received=text)
        seen.add(text)
        yield text, value[0], None
        at, end = after.end(), after[1]
    if header[at:].strip():
        raise FileError(f"more in the header behind byte {at + 8:,}", expected="spaces")


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise FileError("not valid JSON", received=raw[:100]) from None


def _usual_tensor(
    name: str, usual: re.Match[bytes], known: dict[tuple[bytes, bytes], tuple[tuple[int, ...], str, int]]
) -> tuple[FileTensor, tuple[int, int]]:
    # what follows from a dtype and a shape is worked out once
    _, dtype, shape, start, end = usual.groups()
    found = known.get((dtype, shape))
    if found is None:
        sizes = check_shape([*map(int, shape.split(b","))] if shape else [])
        kind = check_dtype(dtype.decode(), NAMES)
        found = known[dtype, shape] = sizes, kind, prod(sizes) * DTYPES[kind]
    sizes, kind, bits = found
    span = int(start), int(end)
    if 8 * (span[1] - span[0]) != bits:
        raise _misfit((bits + 7) // 8, span)
    return FileTensor(name, sizes, kind), span


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


def _tensor(name: str, text: bytes) -> tuple[FileTensor, tuple[int, int]]:
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
    return tensor, (span[0], span[1])


def _misfit(length: int, span: tuple[int, int]) -> FileError:
    return FileError("its shape and its place disagree", expected=f"{length:,} bytes", received=span[1] - span[0])


def _check_spans(spans: list[tuple[int, int, str]], whole: int) -> None:
    # every byte belongs to one tensor
    at = 0
    for start, end, name in sorted(spans):
        if start != at:
            what = "overlaps another tensor" if start < at else "leaves a gap before it"
            raise placed(FileError(f"its place {what}", expected=f"{at:,}", received=start), name)
        at = end
    if at != whole:
        raise FileError("the numbers do not fill the file", expected=f"{at:,} bytes", received=whole)
