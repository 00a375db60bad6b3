"""The files of PyTorch: zip archives of ``torch.save``, TorchScript and ``torch.export``, and the older streams."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import BinaryIO

from ...errors import FileError, ParamcalcError
from ...graph.model import Model
from ..containers.files import opened
from ..containers.zipped import Entry, content, entries, window
from ..opened import Source
from ..tensors.data import DTYPES, MAX_TENSORS, Contents, part_of
from ..tensors.layers import model_of
from .checkpoint import contents_of as tensors_in
from .exported import CONFIG, exported
from .machine import MAX_PICKLE, Machine
from .opcodes import run
from .rebuild import CALLS, Stored, load
from .values import Value

MAX_MEMBERS = MAX_TENSORS + 10_000
PICKLE, CONSTANTS = "data.pkl", "constants.pkl"
NESTED = "serialized_state_dict.pt"  # in what torch.export saved until PyTorch 2.6

STREAM = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # a pickle of the magic number
PROTOCOL = 1001
PARTS = 3  # after the magic number: the protocol, the sizes of C's types, what was saved


def read(source: Source) -> Model:
    """Read a file of PyTorch.

    Raises
    ------
    ParamcalcError
        When it is damaged, beyond the bounds, or holds no tensors.
    """
    with opened(source.file) as file:
        return model_of(part_of(source.path, contents_of(file)), "a PyTorch file")


def contents_of(file: BinaryIO) -> Contents:
    """Read what a file of PyTorch holds.

    Raises
    ------
    FileError
        When it is damaged or beyond the bounds.
    """
    file.seek(0)
    if file.read(len(STREAM)) == STREAM:
        return _stream(file)
    members = entries(file, MAX_MEMBERS)
    for name in members:
        folder, _, last = name.partition("/")
        if last == PICKLE:
            return _archive(file, members, folder)
        if last == CONFIG:
            return exported(file, members, folder)
        if name == NESTED or last == NESTED:
            with window(file, members[name], 0) as inner:
                return contents_of(inner)
    raise FileError(f"no {PICKLE} in the archive", expected="a file that torch.save or torch.jit.save wrote")


class Storages:
    """The storages that pickles name, each once."""

    def __init__(self) -> None:
        self.known: dict[str, Stored] = {}

    def load(self, id: Value) -> Value:
        """Give what a persistent id stands for, and keep it if it is a storage.

        Raises
        ------
        FileError
            When one key has two sizes.
        """
        found = load(id)
        if isinstance(found, Stored):
            before = self.known.setdefault(found.key, found)
            if before is not found and _bytes(before) != _bytes(found) and not (before.start or found.start):
                raise FileError("a storage with two sizes", expected=f"{before.size:,}", received=found.size)
        return found


def _bytes(storage: Stored) -> int:
    return storage.size * (DTYPES[storage.dtype] // 8 if storage.dtype else 1)


def _archive(file: BinaryIO, members: dict[str, Entry], folder: str) -> Contents:
    storages = Storages()
    contents = tensors_in(_unpickled(file, members[f"{folder}/{PICKLE}"], PICKLE, storages))
    _check(storages, members, f"{folder}/data/")
    if f"{folder}/{CONSTANTS}" in members:
        constants = tensors_in(_unpickled(file, members[f"{folder}/{CONSTANTS}"], CONSTANTS, Storages()))
        _add_aside(contents, "constants of the program", (tensor.size for tensor in constants.tensors))
    return contents


def _add_aside(contents: Contents, what: str, sizes: Iterable[int]) -> None:
    count = sum(sizes)
    if count:
        contents.aside[what] = count


def _unpickled(file: BinaryIO, entry: Entry, name: str, storages: Storages) -> Value:
    try:
        return run(Machine(content(file, entry, MAX_PICKLE), CALLS, storages.load))
    except ParamcalcError as error:
        raise error.at(f"{name}:")


def _check(storages: Storages, members: dict[str, Entry], folder: str) -> None:
    # that each storage is there, and as large as the pickle says
    for key, storage in storages.known.items():
        entry = members.get(folder + key)
        if entry is None:
            raise FileError(f"no {folder}{key} in the archive", expected="a storage of that name")
        if entry.size != _bytes(storage):
            raise FileError(
                f"{folder}{key} has another size than its tensors say",
                expected=f"{_bytes(storage):,} bytes",
                received=entry.size,
            )


def _stream(file: BinaryIO) -> Contents:
    length = file.seek(0, os.SEEK_END)
    file.seek(len(STREAM))
    storages = Storages()
    machine = Machine(file.read(MAX_PICKLE), CALLS, storages.load)
    try:
        protocol, _, root = (run(machine) for _ in range(PARTS))
        if protocol != PROTOCOL:
            raise FileError("another version of the format", expected=f"{PROTOCOL}", received=protocol)
        keys = run(machine)
    except ParamcalcError as error:
        raise error.at("pickle:")
    if not isinstance(keys, list):
        raise FileError("no list of storages behind the pickle")
    at = len(STREAM) + machine.at
    for key in keys:
        storage = storages.known.get(str(key) if isinstance(key, (str, int)) else "")
        if storage is None:
            raise FileError("a storage that no tensor has", received=key)
        file.seek(at)
        size = int.from_bytes(file.read(8), "little")
        held = _bytes(storage) if not storage.start else None
        width = DTYPES[storage.dtype] // 8 if storage.dtype else 1
        if held is not None and held != size * width:
            raise FileError(
                "a storage of another size than its tensors say", expected=f"{storage.size:,}", received=size
            )
        at += 8 + size * width
        if at > length:
            raise FileError("a truncated file", expected=f"{at:,} bytes", received=length)
    return tensors_in(root)
