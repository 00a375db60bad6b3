"""``.keras`` archives: the description of a model, who wrote it, and what its weights file stores."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import BinaryIO, NamedTuple

from ...errors import FileError, ParamcalcError
from ...untyped import Parsed
from ..opened import read_file
from ..text.bounds import MAX_BYTES
from ..text.decoding import decode
from ..text.syntax import read_json
from .files import opened
from .hdf5 import stored_in
from .shards import listed, merged, stored_beside
from .stored import Stored
from .zipped import Entry, content, entries, window

CONFIG, METADATA, WEIGHTS, SHARDS = "config.json", "metadata.json", "model.weights.h5", "model.weights.json"

LISTED = 5  # names in an error

MAX_METADATA = 2**16  # bytes; two short texts
MAX_UNPACKED = 16 * 2**30  # bytes of a compressed weights file, put into a temporary file; Keras never compresses


class Archive(NamedTuple):
    """What a ``.keras`` archive holds.

    Attributes
    ----------
    config : bytes
        The description of the model, JSON not yet read.
    metadata : dict
        As it stands there: ``keras_version``, ``date_saved``; empty if it is missing.
    stored : Stored or None
        What the weights file stores; ``None`` where there is none that can be read, such as ``model.weights.npz``.
    """

    config: bytes
    metadata: dict[str, Parsed]
    stored: Stored | None

    @property
    def keras_version(self) -> str | None:
        """The version of Keras that wrote it, if it is stated."""
        return self.metadata.get("keras_version")


def read_archive(file: str | os.PathLike[str] | BinaryIO) -> Archive:
    """Read a ``.keras`` archive.

    Members are looked up by their exact names, whatever else is there; nothing is extracted.

    Parameters
    ----------
    file : path, or an open binary file that can seek

    Raises
    ------
    FileError
        When it is no archive of a model, damaged or beyond the bounds; the message names the member.
    """
    with opened(file) as archive:
        members = entries(archive)
        if CONFIG not in members:
            expected = f"{CONFIG} of Keras, data.pkl of PyTorch, or arrays of NumPy in it"
            raise FileError("a zip archive without a model", expected=expected, received=[*members][:LISTED])
        config = _content(archive, members, CONFIG, MAX_BYTES)
        metadata = _metadata(_content(archive, members, METADATA, MAX_METADATA)) if METADATA in members else {}
        stored = None
        if WEIGHTS in members:
            stored = _weights(archive, members, WEIGHTS)
        elif SHARDS in members:
            stored = merged([_weights(archive, members, name) for name in _shards(archive, members)])
        if stored is not None and stored.keras_version is None:
            stored.keras_version = metadata.get("keras_version")
        return Archive(config, metadata, stored)


def read_folder(member: Callable[[str], str | None]) -> Archive:
    """Read a folder in which Keras saved a model: the members of an archive, side by side.

    Parameters
    ----------
    member : callable
        Gives the path of a file in it by its name, or ``None``.

    Raises
    ------
    FileError
        When one of them is missing, damaged or beyond the bounds; the message names it.
    """
    config, metadata, weights, shards = map(member, (CONFIG, METADATA, WEIGHTS, SHARDS))
    if config is None:
        raise FileError(f"no {CONFIG} in the folder", expected="a folder saved by Keras")
    found = _metadata(read_file(metadata, MAX_METADATA)) if metadata is not None else {}
    stored = None
    try:
        if weights is not None:
            stored = stored_in(weights)
        elif shards is not None:
            stored = stored_beside(shards, _json(SHARDS, read_file(shards)))
    except ParamcalcError as error:
        raise error.at(f"{WEIGHTS if weights is not None else SHARDS}:")
    if stored is not None and stored.keras_version is None:
        stored.keras_version = found.get("keras_version")
    return Archive(read_file(config), found, stored)


def _content(file: BinaryIO, members: dict[str, Entry], name: str, most: int) -> bytes:
    try:
        return content(file, members[name], most)
    except ParamcalcError as error:
        raise error.at(f"{name}:")


def _weights(file: BinaryIO, members: dict[str, Entry], name: str) -> Stored:
    try:
        with window(file, members[name], MAX_UNPACKED) as part:
            return stored_in(part)
    except ParamcalcError as error:
        raise error.at(f"{name}:")


def _json(name: str, text: bytes) -> Mapping[str, Parsed]:
    try:
        found = read_json(decode(text))
        if not isinstance(found, dict):
            raise FileError("not in the form that Keras writes", expected="keys and values", received=found)
    except ParamcalcError as error:
        raise error.at(f"{name}:")
    return found


def _metadata(text: bytes) -> dict[str, Parsed]:
    found = dict(_json(METADATA, text))
    version = found.get("keras_version")
    if version is not None and not (isinstance(version, str) and len(version) <= 100 and version.isprintable()):
        raise (
            FileError("not a version", expected="a short text", received=version).at("keras_version").at(f"{METADATA}:")
        )
    return found


def _shards(file: BinaryIO, members: dict[str, Entry]) -> list[str]:
    # the weights files that the index lists
    found = _json(SHARDS, _content(file, members, SHARDS, MAX_BYTES))
    try:
        names = listed(found)
        for name in names:
            if name not in members:
                raise FileError(f"no {name} in the archive")
    except ParamcalcError as error:
        raise error.at(f"{SHARDS}:")
    return names
