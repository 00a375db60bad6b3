"""Weights in several files: the index that Hugging Face writes beside them, and a folder with either.

Files are opened in the folder alone. A name that is more than the name of a file is refused, and so is a symbolic link
out of the folder, except those of Hugging Face's cache, which lead to ``../../blobs`` and are named by a checksum.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import BinaryIO

from ...errors import FileError, ParamcalcError, placed
from ...graph.model import Model
from ..containers.files import opened
from ..opened import Source, read_file
from ..pytorch.files import contents_of as pytorch
from ..sniffs import WEIGHTS
from ..tensors.data import Contents, check_count
from ..tensors.layers import model_of
from ..text.decoding import decode
from ..text.syntax import read_json
from .safetensors import contents_of as safetensors

MAX_SHARDS = 1_000
ENTRIES: Mapping[str, Callable[[BinaryIO], Contents]] = {".safetensors": safetensors, ".bin": pytorch}
INDEX = ".index.json"
_SHARD = re.compile(r"[\w.-]{1,200}\.(?:safetensors|bin)", re.ASCII)
_BLOB = re.compile(r"[0-9a-f]{40,64}")


def read_index(source: Source) -> Model:
    """Read the shards that lie beside their index.

    Raises
    ------
    ParamcalcError
        When one of them is missing, damaged, beyond the bounds, or leads out of the folder.
    """
    return model_of(index_contents(source), "an index of shards")


def index_contents(source: Source) -> Contents:
    """Read the tensors of the shards that lie beside their index.

    Raises
    ------
    ParamcalcError
        As `read_index` does.
    """
    if not source.path:
        raise FileError("an index of shards; the shards are separate files", expected="the path of the index")
    return _sharded(os.path.dirname(source.path), source.data)


def read_folder(source: Source) -> Model:
    """Read the weights in a folder.

    Raises
    ------
    ParamcalcError
        As `read_index` does.
    """
    return model_of(folder_contents(source), "a folder of weights", folder_name(source))


def folder_name(source: Source) -> str:
    """Give the name of a folder, which is that of its model."""
    return os.path.basename(os.path.abspath(source.path))


def folder_contents(source: Source) -> Contents:
    """Read the tensors of the weights in a folder.

    Raises
    ------
    ParamcalcError
        As `read_index` does.
    """
    name = next((name for name in WEIGHTS if source.member(name) is not None), None)
    if name is None:
        raise FileError("no weights in the folder", expected=", ".join(WEIGHTS))
    try:
        if name.endswith(INDEX):
            found = read_json(decode(read_file(place_in(source.path, name))))
            if not isinstance(found, dict):
                raise FileError("not an index", expected="a weight_map", received=found)
            return _sharded(source.path, found)
        return _contents(source.path, name)
    except ParamcalcError as error:
        raise error.at(f"{name}:")


def place_in(folder: str, name: str) -> str:
    """Give the path of a file of a folder, symbolic links followed.

    Raises
    ------
    FileError
        When a link leads out of the folder, and not into the cache of Hugging Face.
    """
    path = os.path.join(folder, name)
    real, home = os.path.realpath(path), os.path.realpath(folder)
    if os.path.dirname(real) != home:
        blobs = os.path.join(os.path.dirname(os.path.dirname(home)), "blobs")
        if os.path.dirname(real) != blobs or not _BLOB.fullmatch(os.path.basename(real)):
            raise FileError("a symbolic link out of the folder", expected="a file in it")
    return real


def _contents(folder: str, name: str) -> Contents:
    with opened(place_in(folder, name)) as file:
        return ENTRIES[os.path.splitext(name)[1]](file)


def _sharded(folder: str, index: Mapping[str, object]) -> Contents:
    places = index.get("weight_map")
    if not isinstance(places, Mapping) or not places:
        raise FileError("no weight_map", expected="a map from each tensor to its file")
    check_count(len(places))
    for tensor, name in places.items():
        if not isinstance(name, str) or not _SHARD.fullmatch(name):
            raise placed(FileError("not the name of a shard", received=name), str(tensor))
    names = list(dict.fromkeys(places.values()))
    if len(names) > MAX_SHARDS:
        raise FileError("too many shards", expected=f"at most {MAX_SHARDS:,}", received=len(names))
    whole = Contents()
    for name in names:
        try:
            part = _contents(folder, name)
        except ParamcalcError as error:
            raise error.at(f"{name}:")
        for tensor in part.tensors:
            if places.get(tensor.name) != name:
                other = places.get(tensor.name, "no file")
                raise FileError(f"the index has {tensor.name} in {other}, and it is in {name}")
        _add(whole, part)
    lacking = places.keys() - {tensor.name for tensor in whole.tensors}
    if lacking:
        raise FileError(f"{len(lacking):,} tensors of the index are in no shard", received=min(map(str, lacking)))
    return whole


def _add(whole: Contents, part: Contents) -> None:
    whole.tensors += part.tensors
    check_count(len(whole.tensors))
    whole.classes |= part.classes
    whole.unread |= part.unread
    whole.tied |= part.tied
    whole.notes += part.notes
    for what, count in part.aside.items():
        whole.aside[what] = whole.aside.get(what, 0) + count
