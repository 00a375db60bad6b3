"""The size of parameters in memory or in a file: if all of them have one dtype, and as a file stores them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..errors import OptionError, nearest

BITS = {
    "float64": 64,
    "float32": 32,
    "float16": 16,
    "bfloat16": 16,
    "float8_e4m3fn": 8,
    "float8_e5m2": 8,
    "int64": 64,
    "int32": 32,
    "int16": 16,
    "int8": 8,
    "int4": 4,
}
# short names, as PyTorch and the names of files have them
SPELLINGS = {"fp64": "float64", "fp32": "float32", "fp16": "float16", "half": "float16", "bf16": "bfloat16"}
DTYPE = "float32"
_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


class Storage(NamedTuple):
    """How a file stores the tensors of a layer or of a model, buffers included.

    Attributes
    ----------
    bytes : dict of str to int
        The bytes of each dtype.
    """

    bytes: dict[str, int]

    @classmethod
    def of(cls, tensors: Iterable[tuple[str, int]]) -> Storage:
        """Add up the bytes of tensors, each with its dtype."""
        found: dict[str, int] = {}
        for dtype, count in tensors:
            found[dtype] = found.get(dtype, 0) + count
        return cls(found)

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return sum(self.bytes.values())

    @property
    def text(self) -> str:
        """The size, and the dtypes: ``5.4 MiB: float32, int64``."""
        return f"{bytes_text(self.size)}: {', '.join(self.bytes)}" if self.bytes else bytes_text(0)


def check_dtype(name: str) -> str:
    """Give the full name of a dtype, where a short one such as ``bf16`` may be given.

    Raises
    ------
    OptionError
        For an unknown one.
    """
    full = SPELLINGS.get(name, name)
    if full not in BITS:
        raise OptionError("unknown dtype", expected=", ".join(BITS), received=name, suggestion=nearest(name, BITS))
    return full


def bytes_of(params: int, dtype: str = DTYPE) -> int:
    """Count the bytes of so many numbers; the last byte may be half used."""
    return (params * BITS[check_dtype(dtype)] + 7) // 8


def bytes_text(size: int) -> str:
    """Print a number of bytes in the largest unit that it fills, with one decimal: ``474.0 KiB``."""
    if size < 1024:
        return f"{size} byte" if size == 1 else f"{size} bytes"
    unit = 1
    for name in _UNITS:
        unit *= 1024
        tenths = (20 * size + unit) // (2 * unit)  # to the nearest
        if tenths < 10240 or name == _UNITS[-1]:
            break
    return f"{tenths // 10:,}.{tenths % 10} {name}"
