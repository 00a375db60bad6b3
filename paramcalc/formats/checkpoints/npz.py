"""NumPy archives: a zip of arrays, each behind a header that states its dtype and shape. No number is read."""

from __future__ import annotations

import re
from functools import lru_cache

from ...errors import FileError, ParamcalcError
from ...graph.model import Model
from ..containers.files import opened
from ..containers.zipped import beginning, entries
from ..opened import Source
from ..tensors.data import DTYPES, MAX_TENSORS, Contents, FileTensor, check_dtype, check_name, check_shape
from ..tensors.layers import model_of

MAGIC = b"\x93NUMPY"
MAX_MEMBERS = MAX_TENSORS + 10_000
MAX_HEADER = 4_096  # bytes; NumPy writes 118, and more for structured types, which are not read

_HEADER = re.compile(
    rb"\s*\{\s*'descr'\s*:\s*'([^']{1,20})'\s*,\s*'fortran_order'\s*:\s*(?:True|False)\s*,"
    rb"\s*'shape'\s*:\s*\(([0-9L, ]{0,700})\)\s*,?\s*\}\s*"
)
KINDS = {"f": "float", "i": "int", "u": "uint", "c": "complex", "b": "bool"}
NAMES = {f"{kind}{size}": f"{name}{8 * size}" for kind, name in KINDS.items() for size in (1, 2, 4, 8, 16)} | {
    "b1": "bool",
    "V2": "bfloat16",  # as ml_dtypes has it saved, which NumPy does not know
}
NO_NUMBERS = ("U", "S", "O", "M", "m", "V", "a")  # texts, objects, times, structures
NAMES = {short: name for short, name in NAMES.items() if name in DTYPES}


def read(source: Source) -> Model:
    """Read a NumPy archive.

    Raises
    ------
    ParamcalcError
        When it is damaged, beyond the bounds, or holds no arrays.
    """
    contents = Contents()
    with opened(source.file) as file:
        for name, entry in entries(file, MAX_MEMBERS).items():
            if not name.endswith(".npy"):
                contents.unread[name] = "it is no array"
                continue
            try:
                head = beginning(file, entry, MAX_HEADER)
                tensor = _tensor(check_name(name.removesuffix(".npy")), head, entry.size)
            except ParamcalcError as error:
                raise error.at(f"{name}:")
            if tensor is None:
                contents.notes.append(f"not counted: {name}, which holds no numbers")
            else:
                contents.tensors.append(tensor)
    return model_of(contents, "a NumPy archive")


def _tensor(name: str, head: bytes, whole: int) -> FileTensor | None:
    if not head.startswith(MAGIC) or len(head) < 12 or head[6] not in (1, 2, 3):
        raise FileError("not an array of NumPy")
    wide = 2 if head[6] == 1 else 4
    start = 8 + wide
    length = int.from_bytes(head[8:start], "little")
    if length > MAX_HEADER - start or length > len(head) - start:
        raise FileError(f"a header of {length:,} bytes", expected=f"at most {MAX_HEADER - start:,}")
    described = _described(head[start : start + length])
    if described is None:
        return None
    tensor = FileTensor(name, *described)
    if tensor.bytes != whole - start - length:
        raise FileError(
            "its shape and its size disagree", expected=f"{tensor.bytes:,} bytes", received=whole - start - length
        )
    return tensor


@lru_cache(4096)
def _described(text: bytes) -> tuple[tuple[int, ...], str] | None:
    # the shape and the dtype of an array; ``None`` where it holds no numbers
    found = _HEADER.fullmatch(text)
    if found is None:
        if b"'descr'" in text and (b"[(" in text or b"|O" in text):
            return None  # structured types and objects
        raise FileError("a header that is not as NumPy writes it", received=text[:100])
    descr = found[1].decode("ascii", "replace")
    kind = descr.lstrip("<>|=")
    if kind[:1] in NO_NUMBERS and kind not in NAMES:
        return None
    return _shape(found[2]), check_dtype(kind, NAMES)


def _shape(text: bytes) -> tuple[int, ...]:
    parts = [part.strip().rstrip(b"L") for part in text.split(b",")]
    if parts and not parts[-1]:
        parts.pop()
    if not all(part.isdigit() and len(part) < 20 for part in parts):
        raise FileError("not a shape", received=text)
    return check_shape([int(part) for part in parts])
