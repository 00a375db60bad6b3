"""What a checkpoint holds: the tensors of the model, among optimizers, averages, schedulers and everything else.

A checkpoint is a nest of dictionaries. The keys that say what they hold are in `SECTIONS`; where tensors lie in several
others, their keys become part of the names. A whole module gives the tensors in its ``_parameters``, ``_buffers`` and
``_modules``, a program of TorchScript those in the attributes of its objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...errors import FileError
from ..tensors.data import Contents, FileTensor, View, check_count, check_name
from .rebuild import Tensor
from .values import Key, Opaque, Reference, Value

MAX_DEPTH = 100  # containers within one another
LARGE = 1_024  # bytes inside something that was not read, which may be tensors

EMA = "a moving average of the model"
SECTIONS = (
    (re.compile(r"optim|^opt(_state)?$|_opt$"), "optimizer state"),
    (re.compile(r"(^|_)ema(_|$)|moving_average|shadow_params|averaged_model"), EMA),
    (re.compile(r"sched"), "schedulers"),
    (
        re.compile(
            r"^(callbacks|loops|trainer|scaler|amp|args|config|hparams|hyper_parameters|metrics|history)$|rng|grad_scaler"
        ),
        "training state",
    ),
)
"""What the containers under keys hold that belongs to no model."""

AVERAGED = ("model_ema.", "ema_model.")  # of names in one dictionary
WRAPPERS = ("module.", "_orig_mod.")  # of DataParallel and of torch.compile
MODULE = ("_parameters", "_buffers", "_modules")
SCRIPT = "__torch__."
LIBRARY = "torch.nn.modules."
_MANGLED = re.compile(r"___torch_mangle_\d+\.")


@dataclass(slots=True)
class Walk:
    """What was found so far.

    Attributes
    ----------
    found : list of (containers, name, Tensor)
    averaged : list of (containers, name, Tensor)
        Those in moving averages.
    aside : dict of str to int
    unread : dict of str to str
    classes : dict of (containers, path) to str
    """

    found: list[tuple[tuple[str, ...], FileTensor]] = field(default_factory=list)
    averaged: list[tuple[tuple[str, ...], FileTensor]] = field(default_factory=list)
    aside: dict[str, int] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    classes: dict[tuple[tuple[str, ...], str], str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def first(self, value: Value, depth: int) -> bool:
        """Tell whether a container is met for the first time: one that stands in two places is looked at once.

        Raises
        ------
        FileError
            When it is nested too deeply.
        """
        if depth > MAX_DEPTH:
            raise FileError("the checkpoint is nested too deeply", expected=f"at most {MAX_DEPTH} deep")
        known = id(value) in self.seen
        self.seen.add(id(value))
        return not known


def contents_of(root: Value) -> Contents:
    """Find the tensors of the model in what a file holds.

    Raises
    ------
    FileError
        Beyond the bounds.
    """
    walk = Walk()
    _container(walk, root, (), 0, walk.found)
    notes = []
    if not walk.found and walk.averaged:
        walk.found = walk.averaged
        notes.append(f"the file holds no model but {EMA}")
    elif walk.averaged:
        _set_aside(walk, EMA, (tensor for _, tensor in walk.averaged))
    check_count(len(walk.found))
    shared = _shared([outer for outer, _ in walk.found])
    tensors = [_renamed(tensor, outer[shared:]) for outer, tensor in walk.found]
    classes = {".".join([*outer[shared:], path]).strip("."): name for (outer, path), name in walk.classes.items()}
    tensors = _without_averages(walk, tensors)
    for wrapper in WRAPPERS * 2:
        if tensors and all(tensor.name.startswith(wrapper) for tensor in tensors):
            tensors = [tensor._replace(name=tensor.name.removeprefix(wrapper)) for tensor in tensors]
            classes = {path.removeprefix(wrapper): name for path, name in classes.items()}
    return Contents(tensors, classes, walk.aside, walk.unread, notes)


def _renamed(tensor: FileTensor, outer: tuple[str, ...]) -> FileTensor:
    return tensor._replace(name=check_name(".".join([*outer, tensor.name]))) if outer else tensor


def _shared(outers: list[tuple[str, ...]]) -> int:
    # how many containers all have in common
    if not outers:
        return 0
    first, last = min(outers), max(outers)
    return next((at for at, (a, b) in enumerate(zip(first, last)) if a != b), min(len(first), len(last)))  # noqa: B905


def _without_averages(walk: Walk, tensors: list[FileTensor]) -> list[FileTensor]:
    averaged = [tensor for tensor in tensors if tensor.name.startswith(AVERAGED)]
    if averaged and len(averaged) < len(tensors):
        _set_aside(walk, EMA, averaged)
        return [tensor for tensor in tensors if not tensor.name.startswith(AVERAGED)]
    return tensors


def _set_aside(walk: Walk, what: str, tensors: Iterator[FileTensor] | list[FileTensor]) -> None:
    count = sum(tensor.size for tensor in tensors)
    if count:
        walk.aside[what] = walk.aside.get(what, 0) + count


Found = list[tuple[tuple[str, ...], FileTensor]]


def _container(walk: Walk, value: Value, outer: tuple[str, ...], depth: int, into: Found) -> None:
    # a dictionary or a list of a checkpoint, or an object in it
    if not walk.first(value, depth):
        return
    if isinstance(value, Tensor):
        into.append((outer[:-1], file_tensor(outer[-1] if outer else "tensor", value)))
    elif isinstance(value, Opaque):
        _object(walk, value, outer, depth, into)
    elif isinstance(value, (dict, list, tuple)):
        flat = not any(isinstance(item, (dict, Opaque)) for _, item in _items(value))  # the names of tensors, then
        for key, item in _items(value):
            if isinstance(item, Tensor):
                what = "" if flat else _what(key)
                if what:
                    _set_aside(walk, what, [file_tensor("", item)])
                else:
                    into.append((outer, file_tensor(key, item)))
            elif isinstance(item, (dict, list, tuple, Opaque)) and item:
                _section(walk, key, item, outer, depth + 1, into)


def _what(key: str) -> str:
    lower = key.lower()
    return next((what for pattern, what in SECTIONS if pattern.search(lower)), "")


def _section(walk: Walk, key: str, item: Value, outer: tuple[str, ...], depth: int, into: Found) -> None:
    what = _what(key)
    if what == EMA:
        _container(walk, item, (*outer, key), depth, walk.averaged)
    elif what:
        _set_aside(walk, what, [file_tensor("", one) for one in _tensors(item)])
    else:
        _container(walk, item, (*outer, key), depth, into)


def _items(value: Value) -> Iterator[tuple[str, Value]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key if isinstance(key, str) else "key" if isinstance(key, Key) else str(key), item
    elif isinstance(value, (list, tuple)):
        for at, item in enumerate(value):
            yield str(at), item


def _state(value: Opaque) -> Mapping[object, Value]:
    # the attributes of an object; with slots, they are the second of two
    parts = value.state if isinstance(value.state, tuple) else (value.state,)
    found: dict[object, Value] = {}
    for part in parts:
        found |= part if isinstance(part, dict) else {}
    return found


def _object(walk: Walk, value: Opaque, outer: tuple[str, ...], depth: int, into: Found) -> None:
    state = _state(value)
    if all(isinstance(state.get(key), dict) for key in MODULE):
        _module(walk, value, outer, "", depth, into)
    elif value.name.startswith(SCRIPT):
        _script(walk, value, outer, "", depth, into)
    elif value.items:  # of a class made from a dictionary
        _container(walk, value.items, outer, depth + 1, into)
    elif _holds(value):
        walk.unread[".".join(outer) or "the file"] = f"made by {value.name or 'a call'}, which is not run"


def _holds(value: Opaque) -> bool:
    # whether there may be tensors in it
    return next(_tensors(value, raw=True), None) is not None


def _tensors(root: Value, raw: bool = False) -> Iterator[Tensor]:
    # all tensors in a value, each object once; with raw also bytes that may be some
    pending, seen = [root], set[int]()
    while pending:
        value = pending.pop()
        if isinstance(value, Tensor):
            yield value
        elif raw and (isinstance(value, Reference) or (isinstance(value, bytes) and len(value) > LARGE)):
            yield Tensor((), (), "uint8", None, 0, False)
        elif isinstance(value, (dict, list, tuple, Opaque)) and id(value) not in seen:
            seen.add(id(value))
            if isinstance(value, Opaque):
                pending += [value.args, value.state, value.items]
            else:
                pending += value.values() if isinstance(value, dict) else value


def _module(walk: Walk, value: Opaque, outer: tuple[str, ...], path: str, depth: int, into: Found) -> None:
    if path and not walk.first(value, depth):
        return
    state = _state(value)
    inside = f"{path}." if path else ""
    if value.name.startswith(LIBRARY):
        walk.classes[outer, path] = value.name.rpartition(".")[2]
    for key, parameter in (("_parameters", True), ("_buffers", False)):
        for name, one in _items(state.get(key)):
            if isinstance(one, Tensor):
                tensor = file_tensor(inside + name, one)
                into.append((outer, tensor._replace(parameter=parameter, trainable=one.trainable)))
            elif isinstance(one, Opaque):
                walk.unread[inside + name] = f"made by {one.name or 'a call'}, which is not run"
    for name, one in _items(state.get("_modules")):
        if isinstance(one, Opaque):
            _module(walk, one, outer, inside + name, depth + 1, into)


def _script(walk: Walk, value: Opaque, outer: tuple[str, ...], path: str, depth: int, into: Found) -> None:
    if path and not walk.first(value, depth):
        return
    inside = f"{path}." if path else ""
    name = _MANGLED.sub("", value.name.removeprefix(SCRIPT))
    if name.startswith(LIBRARY):
        walk.classes[outer, path] = name.rpartition(".")[2]
    for key, item in _items(_state(value)):
        if isinstance(item, Tensor):
            tensor = file_tensor(inside + key, item)
            # a frozen parameter and a buffer look alike there
            known = True if item.trainable else None
            into.append((outer, tensor._replace(parameter=known, trainable=known)))
        elif isinstance(item, Opaque) and item.name.startswith(SCRIPT):
            _script(walk, item, outer, inside + key, depth + 1, into)
        elif isinstance(item, (dict, list, tuple, Opaque)) and not name.startswith(LIBRARY):  # those list theirs again
            for at, one in enumerate(_tensors(item)):
                into.append((outer, file_tensor(f"{inside}{key}.{at}", one)))


def file_tensor(name: str, tensor: Tensor) -> FileTensor:
    """Give a tensor as one of the file."""
    storage = tensor.storage
    view = None if storage is None else View(storage.key, storage.start + tensor.offset, tensor.strides)
    known = True if tensor.parameter else None
    return FileTensor(
        check_name(name),
        tensor.shape,
        tensor.dtype,
        view,
        parameter=known,
        trainable=tensor.trainable if tensor.parameter else None,
    )
