"""What a weights file stores, as data: whose each tensor is, and whether it is what the rules say."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ..model import Model
from ..report import Row
from ..rules.built import Weight

CONTAINERS = ("layers", "_layer_checkpoint_dependencies")  # the second until Keras 2.13
MODELS = ("Sequential", "Functional", "Model")
MAX_SHOWN = 6  # shapes in a sentence
MAX_DEPTH = 200  # layers within layers of a configuration

# state of random numbers, stored but counted by nobody; SpectralNormalization stores the kernel it wraps once more
_UNCOUNTED = re.compile(
    r"(?:^|/)(?:_?seed_generators?(?:_\d+)?/|seed_generator_state(?:_\d+)?(?::0)?$|spectral_normalization(?:_\d+)?/vars/0$)"
)


@dataclass(slots=True)
class StoredTensor:
    """One tensor of a file.

    Attributes
    ----------
    path : str
        Where it is: ``layers/lstm/cell/vars/0``.
    shape : tuple of int
    dtype : str
        Such as ``float32``; ``opaque`` where the file does not say.
    group : str
        Whose it is, as far down as the file goes: ``layers/lstm/cell``; in a legacy file ``model_weights/lstm``.
    name : str
        The variable's name where the file says it: ``lstm/lstm_cell/kernel``; empty otherwise.
    """

    path: str
    shape: tuple[int, ...]
    dtype: str
    group: str
    name: str = ""


@dataclass(slots=True)
class Stored:
    """What a file stores.

    Attributes
    ----------
    tensors : list of StoredTensor
        Without what training keeps.
    config : str or None
        The description of the model in a legacy file, JSON.
    keras_version : str or None
    names : dict
        The layer's own name for each group of which it is known: ``{"layers/dense_1": "last"}``.
    legacy : bool
        Whether it is in the format before Keras 3, which lists layers by name.
    """

    tensors: list[StoredTensor]
    config: str | None = None
    keras_version: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    legacy: bool = False
    _index: _Index | None = field(default=None, init=False, repr=False, compare=False)

    def layer(self, name: str, class_name: str | None = None, within: str = "") -> str | None:
        """Find the group of a layer.

        Parameters
        ----------
        name : str
            The layer's own name.
        class_name : str, optional
            Decides where the file does not say names, if it stores one layer of that class.
        within : str
            The group of the nested model or wrapper it is in.

        Returns
        -------
        str or None
            ``None`` where there is none, or several that it could be.
        """
        inside = f"{within}/" if within else ""
        index = self._indexed()
        found = [group for group in index.names.get(name, ()) if group.startswith(inside)]
        if not found and class_name is not None and not self.legacy:
            if within not in index.unnamed:
                index.unnamed[within] = _by_class(self, inside)
            found = index.unnamed[within].get(snake(class_name), [])
        best = [group for group in found if _within(group, inside)] or found
        return best[0] if len(best) == 1 else None

    def weights_of(self, group: str) -> tuple[Weight, ...]:
        """Give the tensors stored for a layer as weights, in the order of the file.

        A file of Keras 3 numbers a layer's variables and names them not; they are called ``variable_0`` and so on.
        """
        inside = f"{group}/" if group else ""
        return tuple(_weight(tensor, inside) for tensor in self._beneath(group) if _counts(tensor, inside))

    def _beneath(self, group: str) -> list[StoredTensor]:
        if not group:
            return self.tensors
        places = self._indexed().places
        found: list[int] = []
        for first, last in ((group, f"{group}\0"), (f"{group}/", f"{group}0")):  # itself; beneath, as 0 comes after /
            start, end = bisect_left(places, (first, 0)), bisect_left(places, (last, 0))
            found += [place for _, place in places[start:end]]
        return [self.tensors[place] for place in sorted(found)]

    def _indexed(self) -> _Index:
        if self._index is None:
            self._index = _Index(sorted((tensor.group, place) for place, tensor in enumerate(self.tensors)))
            for group, name in self.names.items():
                self._index.names.setdefault(name, []).append(group)
            for tensor in self.tensors:
                for part in set(tensor.name.split("/")[:-1]):
                    self._index.parts.setdefault(part, []).append(tensor)
        return self._index


@dataclass(slots=True)
class _Index:
    """What is looked up for every layer, made once: a file may have a hundred thousand of each."""

    places: list[tuple[str, int]]  # the groups of the tensors, sorted
    names: dict[str, list[str]] = field(default_factory=dict)  # the groups of each name
    parts: dict[str, list[StoredTensor]] = field(default_factory=dict)  # the tensors with it in their own name
    unnamed: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # within what, of which class


def _by_class(stored: Stored, inside: str) -> dict[str, list[str]]:
    # the groups of no name within a model, by their class
    found: dict[str, list[str]] = {}
    for group in _groups(stored.tensors, inside):
        if group not in stored.names:
            label = group.rpartition("/")[2]
            stem = re.sub(r"_[0-9]+$", "", label)
            found.setdefault(stem, []).append(group)
    return found


def opaque_weights(
    stored: Stored, name: str | None, class_name: str | None = None, within: str = ""
) -> tuple[Weight, ...] | None:
    """Give the weights stored for a layer that no rule knows; ``None`` where nothing says which they are.

    The parameters are those of `Stored.layer`. Whether training changes them no file says; they count as trainable.
    """
    group = stored.layer(name or "", class_name, within)
    if group is not None:
        return stored.weights_of(group)
    if stored.legacy and name:  # a nested model's layers have no groups there, but the variables' names tell
        inside = [one for one in stored._indexed().parts.get(name, ()) if one.group.startswith(within)]
        return tuple(_weight(tensor, f"{name}/") for tensor in inside if _counts(tensor, "")) or None
    return None


class Comparison(NamedTuple):
    """What was found where a model was held against a file; no differences mean that they agree."""

    differences: list[str]
    tensors: int


def snake(name: str) -> str:
    """Spell a class name as Keras 3 spells groups: ``LSTMCell`` → ``lstm_cell``, ``L2Norm`` → ``l2_norm``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", re.sub(r"\W+", "", name)).lower()


def named(stored: Stored, config: Mapping[str, Any]) -> Stored:
    """Name the groups of a file that does not say names, from the description of its model.

    Keras numbers the groups by class, in the order in which the description lists the layers.

    Parameters
    ----------
    stored : Stored
    config : dict
        The model as serialized, ``{"class_name": "Functional", "config": {…}}``.
    """
    if stored.legacy:
        return stored
    old = any(tensor.path.startswith(CONTAINERS[1]) for tensor in stored.tensors)
    names = dict(_described(config, "", CONTAINERS[old], 0))
    return replace(stored, names={**names, **stored.names})


def _described(found: Any, group: str, container: str, depth: int) -> Iterator[tuple[str, str]]:
    # the groups beneath an object of a configuration, and the names of what they belong to
    config = found.get("config")
    if not isinstance(config, Mapping) or depth > MAX_DEPTH:
        return
    inside = f"{group}/" if group else ""
    for key, value in config.items():
        if isinstance(value, (list, tuple)):
            listed = key == "layers" and found.get("class_name") in MODELS
            parts = zip(_numbered(value), value, strict=True)
            place = f"{inside}{container if listed else _attribute(found, key)}/"
        else:
            parts, place = zip([_attribute(found, key)], [value], strict=True), inside
        for label, part in parts:
            if label and _is_layer(part):
                name = part["config"].get("name")
                if isinstance(name, str):
                    yield place + label, name
                yield from _described(part, place + label, container, depth + 1)


def _attribute(found: Any, key: str) -> str:
    # where Keras keeps what it writes under a key: a loop over a list of cells keeps one cell made of them
    if key == "layer" and found.get("class_name") == "Bidirectional":
        return "forward_layer"
    return "cell/cells" if key == "cell" and isinstance(found["config"][key], (list, tuple)) else str(key)


def _is_layer(part: Any) -> bool:
    return isinstance(part, Mapping) and isinstance(part.get("config"), Mapping) and "class_name" in part


def _numbered(parts: list[Any] | tuple[Any, ...]) -> list[str]:
    # the label of each layer in a list; operations, though listed, are no layers
    used: Counter[str] = Counter()
    labels = []
    for part in parts:
        label = ""
        if _is_layer(part) and ".ops" not in str(part.get("module")):
            stem = snake(str(part["class_name"]))
            label = f"{stem}_{used[stem]}" if used[stem] else stem
            used[stem] += 1
        labels.append(label)
    return labels


def compare(model: Model, stored: Stored) -> Comparison:
    """Hold the weights that the rules give a model against those that a file stores.

    A layer is found by its name; where the file does not say names, by its class and its number among those, as
    Keras counts them (see `named`); in a legacy file by its place. Layers of symbolic sizes
    are passed over, and those that no rule knows.

    Returns
    -------
    Comparison
        A sentence for every layer that differs, and the number of tensors compared.
    """
    top = _top(stored)
    loose = [tensor for tensor in stored.tensors if _counts(tensor, "") and not _within(tensor.group, top, deep=True)]
    differences = []
    if loose and not stored.legacy:
        differences.append(f"the file stores {_many(len(loose))} outside its layers, {loose[0].path} the first")
    found = _level(model.report().rows, stored, stored.tensors, top, "")
    return Comparison(differences + found.differences, found.tensors)


def _top(stored: Stored) -> str:
    # what the groups of a model's layers begin with
    if stored.legacy:
        return "model_weights/" if any(group.startswith("model_weights/") for group in stored.names) else ""
    return ""


def _within(group: str, inside: str, deep: bool = False) -> bool:
    # whether a group stands in the container of a model, or, in a wrapper and a legacy file, right within
    if not group.startswith(inside):
        return False
    rest = group[len(inside) :].split("/")
    if rest[0] in CONTAINERS:
        return len(rest) == 2 or (deep and len(rest) > 2)
    return bool(inside) and (deep or len(rest) == 1)


def _groups(tensors: list[StoredTensor], inside: str) -> dict[str, list[StoredTensor]]:
    # the tensors of each layer of a model
    found: dict[str, list[StoredTensor]] = {}
    for tensor in tensors:
        if _counts(tensor, inside):
            parts = tensor.group[len(inside) :].split("/")
            if parts[0] in CONTAINERS and len(parts) > 1:
                found.setdefault(f"{inside}{parts[0]}/{parts[1]}", []).append(tensor)
    return found


def _counts(tensor: StoredTensor, inside: str) -> bool:
    within = tensor.path.startswith(inside) or tensor.group == inside[:-1]
    return within and not _UNCOUNTED.search(tensor.path) and not _UNCOUNTED.search(tensor.name)


def _level(rows: list[Row], stored: Stored, tensors: list[StoredTensor], inside: str, place: str) -> Comparison:
    # the layers of one model
    groups = _listed(stored, tensors) if stored.legacy else _groups(tensors, inside)
    owners = _owners(rows, stored, groups, inside)
    differences: list[str] = []
    compared = 0
    for row in rows:
        group = owners.pop(row.name, None)
        held = groups.pop(group, []) if group else []
        where = f"{place}{row.name}"
        if row.again and not held:  # stored once, where it stands first
            continue
        if isinstance(row.layer, Model) and group and not stored.legacy:
            found = _level(row.rows, stored, held, f"{group}/", f"{where}/")
        else:
            found = _shapes(row, held, where, [] if stored.legacy else _repeated(row))
        differences += found.differences
        compared += found.tensors
    for group, held in groups.items():
        name = place + stored.names.get(group, group.rpartition("/")[2])
        differences.append(f"{name}: the file stores {_many(len(held))}, the model has no such layer")
    return Comparison(differences, compared)


def _listed(stored: Stored, tensors: list[StoredTensor]) -> dict[str, list[StoredTensor]]:
    found: dict[str, list[StoredTensor]] = {}
    for tensor in tensors:
        if _counts(tensor, ""):
            found.setdefault(tensor.group, []).append(tensor)
    return found


def _owners(rows: list[Row], stored: Stored, groups: dict[str, list[StoredTensor]], inside: str) -> dict[str, str]:
    # the group of each layer, by its name
    said = {stored.names[group]: group for group in groups if group in stored.names}
    owners = {row.name: said[row.name] for row in rows if row.name in said}
    taken = set(owners.values())
    lost = [row for row in rows if row.name not in owners and row.weights]
    if stored.legacy:
        free = [group for group in groups if group not in taken]
        return owners | {row.name: group for row, group in zip(lost, free, strict=False)}
    container = next((group[: group.rindex("/") + 1] for group in groups), f"{inside}{CONTAINERS[0]}/")
    labels = _numbered([{"class_name": row.type, "config": {}} for row in rows])
    for row, label in zip(rows, labels, strict=True):
        group = container + label
        if row.weights and row.name not in owners and group in groups and group not in taken:
            owners[row.name] = group
    return owners


def _repeated(row: Row) -> list[Any]:
    # the kernels stored once more by every SpectralNormalization that is wrapped itself, where no path tells it
    inner = [] if isinstance(row.layer, Model) else row.rows
    found = [one.weights[1].shape for one in inner if one.type == "SpectralNormalization"]
    return found + [shape for one in inner for shape in _repeated(one)]


def _shapes(row: Row, held: list[StoredTensor], where: str, repeated: list[Any]) -> Comparison:
    if row.unknown or any(not isinstance(size, int) for weight in row.weights for size in weight.shape):
        return Comparison([], 0)
    ours: Counter[Any] = Counter(weight.shape for weight in row.weights)
    theirs: Counter[Any] = Counter(tensor.shape for tensor in held) - Counter(repeated)
    count = sum((ours & theirs).values())
    if ours == theirs:
        return Comparison([], count)
    told = [_told(ours - theirs, "by its rule"), _told(theirs - ours, "in the file")]
    return Comparison([f"{where}: {'; '.join(one for one in told if one)}"], count)


def _told(shapes: Counter[Any], whose: str) -> str:
    if not shapes:
        return ""
    each = [_shape(shape) for shape in sorted(shapes.elements())]
    more = f" and {len(each) - MAX_SHOWN} more" if len(each) > MAX_SHOWN else ""
    return f"{', '.join(each[:MAX_SHOWN])}{more} only {whose}"


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})"


def _many(count: int) -> str:
    return "1 tensor" if count == 1 else f"{count:,} tensors"


def _weight(tensor: StoredTensor, inside: str) -> Weight:
    if tensor.name:  # functional/custom_1/inner/kernel: what stands before the layer's own name is no part of it
        parts = tensor.name.split("/")
        layer = inside[:-1].rpartition("/")[2]
        start = parts.index(layer) + 1 if layer in parts[:-1] else 0
        return Weight(parts[-1], tensor.shape, scope="/".join(parts[start:-1]))
    *scope, last = tensor.path[len(inside) :].split("/")
    name = f"variable_{last}" if last.isdigit() else last
    return Weight(name, tensor.shape, scope="/".join(part for part in scope if part != "vars"))
