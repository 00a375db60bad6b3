"""What an HDF5 file stores: the names, shapes and types of its tensors. No data is read, no library asked.

`libhdf5` is not used, since a damaged file crashes it: the little of the format that Keras writes is read here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from ...errors import FileError, ParamcalcError, quoted
from .files import opened
from .hdf5_bytes import Fields, Source
from .hdf5_objects import (
    LAYOUT,
    LINK,
    LINKS,
    SYMBOLS,
    TYPE,
    Texts,
    attributes,
    members,
    messages,
    root_of,
    tensor_in,
    texts,
)
from .stored import Stored, StoredTensor

MAX_OBJECTS = 200_000  # groups and tensors; a model of ten thousand layers has about fifty thousand
MAX_DEPTH = 200  # groups are nested too deeply; fifty models within one another take about a hundred
MAX_PATH = 1_000  # characters of a path, so that long names and deep groups do not multiply
MAX_CHUNKS = 1_000  # layer_names0, layer_names1, …: Keras cuts its lists into pieces of 63 KiB

_SKIPPED = ("optimizer", "optimizer_weights", "metrics", "_metrics", "_loss_tracker")  # of training, no parameters
_LISTS = ("layer_names", "weight_names")
_ROOT = ("model_config", "keras_version", "training_config")
_FOREIGN = {"bfloat16", "float8_e4m3fn", "float8_e5m2"}  # types without a name in HDF5; Keras names them beside


def stored_in(file: str | os.PathLike[str] | BinaryIO) -> Stored:
    """Read what an HDF5 file stores.

    Parameters
    ----------
    file : path, or an open binary file that can seek

    Raises
    ------
    FileError
        When it is no HDF5 file, damaged, beyond the bounds, or holds links to other places and the like.
    """
    with opened(file) as content:
        return _stored(_walked(Source(content)))


class _Found:
    def __init__(self) -> None:
        self.tensors: dict[str, StoredTensor] = {}
        self.said: dict[str, dict[str, list[str]]] = {}  # the attributes of each group


def _walked(source: Source) -> _Found:
    # every object once; the groups still to be opened stand in a list, so depth costs no stack
    found, known = _Found(), Texts(source)
    pending: list[tuple[str, int, int]] = [("", root_of(source), 0)]
    seen: set[int] = set()
    while pending:
        path, address, depth = pending.pop()
        if address in seen:
            raise FileError("an object has two names in the file", expected="one name for each object").at(_shown(path))
        seen.add(address)
        if len(seen) > MAX_OBJECTS:
            raise FileError("too many groups and tensors", expected=f"at most {MAX_OBJECTS:,}")
        try:
            pending += _visited(known, found, path, address, depth)
        except ParamcalcError as error:
            raise error.at(_shown(path)) if path and not error.where else error
    return found


def _visited(known: Texts, found: _Found, path: str, address: int, depth: int) -> list[tuple[str, int, int]]:
    source = known.source
    parts = messages(source, address)
    kinds = {kind for kind, _, _ in parts}
    said = _said(known, path, attributes(source, parts))
    if LAYOUT in kinds:
        shape, dtype = tensor_in(source, parts)
        foreign = "".join(said.get("dtype", ()))
        found.tensors[path] = StoredTensor(path, shape, foreign if foreign in _FOREIGN else dtype, "")
        return []
    if not kinds & {SYMBOLS, LINKS, LINK}:
        if TYPE in kinds:
            raise FileError("a named type without data", expected="groups and tensors")
        return []
    found.said[path] = said
    inner = []
    for label, place in members(source, parts):
        below = _below(path, label)
        if path or below not in _SKIPPED or "layer_names" in said:
            if place is None:
                raise FileError("a link to another object", expected="groups and tensors").at(_shown(below))
            inner.append((below, place, depth + 1))
            if len(inner) > MAX_OBJECTS:
                raise FileError("too many groups and tensors", expected=f"at most {MAX_OBJECTS:,}")
    if inner and depth >= MAX_DEPTH:
        raise FileError("groups are nested too deeply", expected=f"at most {MAX_DEPTH} deep")
    return inner


def _below(path: str, label: bytes) -> str:
    try:
        name = label.decode()
    except UnicodeDecodeError:
        raise FileError("a name that is not UTF-8", received=label) from None
    if not name or "/" in name or name in (".", ".."):
        raise FileError("not the name of a group", received=name)
    below = f"{path}/{name}" if path else name
    if len(below) > MAX_PATH:
        raise FileError("a path is too long", expected=f"at most {MAX_PATH:,} characters")
    return below


def _shown(path: str) -> str:
    return (path if path.isprintable() else ascii(path))[:120] + ":"


def _said(known: Texts, path: str, found: Iterator[tuple[bytes, Fields]]) -> dict[str, list[str]]:
    # the attributes that matter; those of the root, a group of variables, a list of layers, a tensor
    said: dict[str, list[str]] = {}
    for label, body in found:
        name = label.decode(errors="replace")
        stem = name.rstrip("0123456789")
        if (
            stem in _LISTS
            or (name in _ROOT and path in ("", "model_weights"))
            or (name == "name" and _is_vars(path))
            or name == "dtype"
        ):
            said[name] = texts(known, body, name)
    for stem in _LISTS:
        if stem not in said and f"{stem}0" in said:
            pieces = [said.get(f"{stem}{number}") for number in range(MAX_CHUNKS)]
            said[stem] = [text for piece in pieces[: pieces.index(None)] for text in piece or ()]
    return said


def _is_vars(path: str) -> bool:
    return path == "vars" or path.endswith("/vars")


def _stored(found: _Found) -> Stored:
    root = found.said.get("", {})
    top = next((path for path in ("model_weights", "") if "layer_names" in found.said.get(path, ())), None)
    if top is not None:
        tensors, names = _listed(found, top)
    else:
        names = {path[:-5]: said["name"][0] for path, said in found.said.items() if said.get("name") and path != "vars"}
        tensors = [tensor.evolve(group=_owner(path)) for path, tensor in sorted(found.tensors.items(), key=_place)]
    version = root.get("keras_version") or found.said.get(top or "", {}).get("keras_version")
    config = root.get("model_config")
    headless = top is None and bool(names) and "vars" not in found.said
    training = root.get("training_config")
    config_text, version_text, training_text = (texts[0] if texts else None for texts in (config, version, training))
    return Stored(tensors, config_text, version_text, names, top is not None, headless, training_text)


def _place(entry: tuple[str, StoredTensor]) -> tuple[str, int, str]:
    # vars/10 after vars/9
    group, _, last = entry[0].rpartition("/")
    return group, int(last) if last.isascii() and last.isdigit() and len(last) < 10 else -1, last


def _owner(path: str) -> str:
    group = path.rpartition("/")[0]
    return "" if group == "vars" else group.removesuffix("/vars")


def _listed(found: _Found, top: str) -> tuple[list[StoredTensor], dict[str, str]]:
    # the tensors that a legacy file lists, in its order
    prefix = f"{top}/" if top else ""
    tensors: list[StoredTensor] = []
    names: dict[str, str] = {}
    taken: set[str] = set()
    for layer in [*found.said[top]["layer_names"], "top_level_model_weights"]:
        group = prefix + layer
        said = found.said.get(group)
        if said is None:
            if layer == "top_level_model_weights":  # new in Keras 2.6
                continue
            raise FileError(f"the file lists a layer {quoted(layer)} that it does not contain")
        names[group] = layer
        for name in said.get("weight_names", ()):
            tensor = found.tensors.get(f"{group}/{name}")
            if tensor is None or tensor.path in taken:
                raise FileError(f"lists a tensor {quoted(name)} that it does not contain").at(_shown(group))
            taken.add(tensor.path)
            tensors.append(tensor.evolve(group=group, name=name.removesuffix(":0")))
    return tensors, names
