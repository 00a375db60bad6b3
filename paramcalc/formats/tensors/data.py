"""What a file of tensors holds, as data: each tensor, and what is known of it besides its shape."""

from __future__ import annotations

import re
from math import prod
from typing import NamedTuple

from ...core.record import Record
from ...core.storage import BITS
from ...errors import FileError, quoted

MAX_TENSORS = 200_000
MAX_NAME = 1_000  # characters of a tensor's name
MAX_AXES = 64  # as in PyTorch
MAX_NUMBERS = 2**63  # of one tensor

_PART = re.compile(r"-[0-9]{5}-of-([0-9]{5})\.\w+\Z")

DTYPES = BITS | {
    "complex128": 128,
    "complex64": 64,
    "complex32": 32,
    "uint64": 64,
    "uint32": 32,
    "uint16": 16,
    "uint8": 8,
    "bool": 8,
    "float8_e4m3fnuz": 8,
    "float8_e5m2fnuz": 8,
    "float8_e8m0fnu": 8,
    "float6_e2m3fn": 6,
    "float6_e3m2fn": 6,
    "float4_e2m1fn": 4,
}
"""Bits of one number."""


class View(NamedTuple):
    """The part of a storage that a tensor shows; two tensors with one view are one tensor under two names.

    Attributes
    ----------
    storage : str
        Which of the file's storages.
    offset : int
        The first number.
    strides : tuple of int
    """

    storage: str
    offset: int
    strides: tuple[int, ...]


class FileTensor(NamedTuple):
    """One tensor of a file.

    Attributes
    ----------
    name : str
        Its whole path, with dots: ``encoder.layers.0.weight``.
    shape : tuple of int
    dtype : str
        One of `DTYPES`.
    view : View, optional
        Where it lies, in formats in which two tensors may share a storage.
    parameter : bool, optional
        Whether it is a parameter and not a buffer; ``None`` where the file does not say.
    trainable : bool, optional
        Whether training changes it; ``None`` where the file does not say.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    view: View | None = None
    parameter: bool | None = None
    trainable: bool | None = None

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """How many bytes its numbers take; the last may be half used."""
        return (self.size * DTYPES[self.dtype] + 7) // 8


class Contents(Record):
    """What a file holds.

    Attributes
    ----------
    tensors : list of FileTensor
        Those of the model, in the order of the file.
    classes : dict of str to str
        The class of a module by its path, where the file says it: ``{"lstm": "LSTM"}``.
    aside : dict of str to int
        Numbers that belong to no model, by what they are: ``{"optimizer state": 2847232}``.
    unread : dict of str to str
        Places that may hold further tensors, each with the reason why they are not read.
    notes : list of str
    tied : dict of str to str
        Names under which a tensor is stored once more, each with the first of its names.
    """

    __slots__ = __match_args__ = ("tensors", "classes", "aside", "unread", "notes", "tied")

    def __init__(
        self,
        tensors: list[FileTensor] | None = None,
        classes: dict[str, str] | None = None,
        aside: dict[str, int] | None = None,
        unread: dict[str, str] | None = None,
        notes: list[str] | None = None,
        tied: dict[str, str] | None = None,
    ) -> None:
        self.tensors = [] if tensors is None else tensors
        self.classes = {} if classes is None else classes
        self.aside = {} if aside is None else aside
        self.unread = {} if unread is None else unread
        self.notes = [] if notes is None else notes
        self.tied = {} if tied is None else tied

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every tensor by its name, and by further names that the file lists for it."""
        found = {one.name: one.shape for one in self.tensors}
        return {**{name: found[other] for name, other in self.tied.items() if other in found}, **found}


def part_of(path: str, contents: Contents) -> Contents:
    """Mark what a file holds as a part, if its name says that it is one of several."""
    found = _PART.search(path)
    if found is not None and int(found[1]) > 1:
        contents.unread["other files"] = f"the file is one of {int(found[1]):,}"
    return contents


def check_shape(shape: object) -> tuple[int, ...]:
    """Check the sizes that a file states.

    Raises
    ------
    FileError
        When they are no list of non-negative numbers, or have too many axes or numbers.
    """
    if not isinstance(shape, (list, tuple)):
        raise FileError("not a shape", expected="a list of sizes", received=shape)
    if len(shape) > MAX_AXES:
        raise FileError("a tensor with too many axes", expected=f"at most {MAX_AXES}", received=len(shape))
    count = 1
    for size in shape:
        if type(size) is not int or size < 0:
            raise FileError("not a shape", expected="a list of sizes", received=shape)
        count *= size or 1  # a large size next to a zero is refused as well
        if count >= MAX_NUMBERS:
            raise FileError("a tensor with too many numbers", expected="fewer than 2^63")
    return tuple(shape)


def check_name(name: object) -> str:
    """Check a tensor's name.

    Raises
    ------
    FileError
        When it is no text, or too long.
    """
    if not isinstance(name, str):
        raise FileError("not the name of a tensor", expected="text", received=name)
    if len(name) > MAX_NAME:
        raise FileError(f"a name of {len(name):,} characters", expected=f"at most {MAX_NAME:,}")
    if not name.isascii() and any("\ud800" <= letter <= "\udfff" for letter in name):
        raise FileError("not the name of a tensor: half a character", received=name)
    return name


def check_count(count: int) -> None:
    """Check how many tensors a file has.

    Raises
    ------
    FileError
    """
    if count > MAX_TENSORS:
        raise FileError("too many tensors", expected=f"at most {MAX_TENSORS:,}", received=count)


def check_dtype(name: str, known: dict[str, str]) -> str:
    """Give our name of a dtype by the file's.

    Raises
    ------
    FileError
        For an unknown one.
    """
    if name not in known:
        raise FileError(f"an unknown dtype {quoted(name)}", expected=", ".join(known))
    return known[name]
