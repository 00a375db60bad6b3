"""Weights in several files: the index Keras writes beside them, ``model.weights.json``, and what they make together.

The index maps each group to its shards. They lie in the index's own folder, or in the same archive; a name that is
more than the name of a file is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from ...errors import FileError, ParamcalcError, placed
from ...untyped import Parsed
from ..opened import read_file
from ..text.decoding import decode
from ..text.syntax import read_json
from .hdf5 import MAX_OBJECTS, stored_in
from .stored import Stored

MAX_SHARDS = 1_000  # weights files; a shard has 5 GB

_SHARD = re.compile(r"[\w.-]{1,200}\.h5", re.ASCII)
_NUMBERED = re.compile(r"(.+)_[0-9]{5}\.weights\.h5", re.ASCII | re.DOTALL)


def is_index(found: Mapping[str, Parsed]) -> bool:
    """Tell whether data is an index of shards."""
    return isinstance(found.get("weight_map"), dict) and "class_name" not in found and "layers" not in found


def listed(found: Mapping[str, Parsed]) -> list[str]:
    """List the shards in an index, each once, in its order.

    Raises
    ------
    FileError
        When it is no index, lists what is not the name of a file, or too many.
    """
    places = found.get("weight_map")
    if not isinstance(places, dict):
        raise FileError("no weight_map", expected="a map from each group to its shard")
    names: dict[str, None] = {}
    for group, files in places.items():
        for name in files if isinstance(files, list) else [files]:
            if not isinstance(name, str) or not _SHARD.fullmatch(name):
                raise placed(FileError("not the name of a shard", received=name), group)
            names[name] = None
    if not names:
        raise FileError("an index without shards", expected="a map from each group to its shard")
    if len(names) > MAX_SHARDS:
        raise FileError("too many shards", expected=f"at most {MAX_SHARDS:,}", received=len(names))
    return list(names)


def merged(parts: list[Stored]) -> Stored:
    """Put shards together.

    Raises
    ------
    FileError
        When a tensor stands in two of them, or there are too many.
    """
    whole = Stored([])
    seen: set[str] = set()
    for part in parts:
        for tensor in part.tensors:
            if tensor.path in seen:
                raise FileError("a tensor is stored in two shards", received=tensor.path)
            seen.add(tensor.path)
        if len(seen) > MAX_OBJECTS:
            raise FileError("too many groups and tensors", expected=f"at most {MAX_OBJECTS:,}")
        whole.tensors += part.tensors
        whole.names |= part.names
        whole.keras_version = whole.keras_version or part.keras_version
    return whole


def stored_beside(index: str, found: Mapping[str, Parsed]) -> Stored:
    """Read the shards that lie beside their index.

    Parameters
    ----------
    index : str
        Its path.
    found : dict
        What it says.

    Raises
    ------
    FileError
        When one is missing or damaged; the message names it.
    """
    folder = os.path.dirname(index)
    parts = []
    for name in listed(found):
        try:
            parts.append(stored_in(os.path.join(folder, name)))
        except ParamcalcError as error:
            raise error.at(f"{name}:")
    return merged(parts)


def part_of(path: str, stored: Stored) -> str | None:
    """Say of which weights a file is only a part, if it is one of several shards."""
    folder, name = os.path.split(path)
    match = _NUMBERED.fullmatch(name)
    for index in (f"{match[1]}.weights.json", f"{match[1]}.json") if match else ():
        try:
            found = read_json(decode(read_file(os.path.join(folder, index))))
            if isinstance(found, dict) and is_index(found) and name in (shards := listed(found)) and len(shards) > 1:
                return f"one of the {len(shards)} shards of {index}"
        except ParamcalcError:
            continue  # no index, then
    # what saves a whole model begins with the model itself, whose group the first shard has and no other
    return "a shard of weights whose index is not beside it" if stored.headless else None
