"""What a weights file stores, as data: the tensors, and whose they are."""

from __future__ import annotations

import re
from bisect import bisect_left

from ...core.built import Weight
from ...core.record import Record
from .groups import CONTAINERS, label

# state of random numbers, stored but never counted; SpectralNormalization stores the kernel it wraps once more
_UNCOUNTED = re.compile(
    r"(?:^|/)(?:_?seed_generators?(?:_\d+)?/|seed_generator_state(?:_\d+)?(?::0)?$|spectral_normalization(?:_\d+)?/vars/0$)"
)


class StoredTensor(Record):
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

    __slots__ = __match_args__ = ("path", "shape", "dtype", "group", "name")

    def __init__(self, path: str, shape: tuple[int, ...], dtype: str, group: str, name: str = "") -> None:
        self.path = path
        self.shape = shape
        self.dtype = dtype
        self.group = group
        self.name = name


class Stored(Record):
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
    headless : bool
        Whether it names groups, as newer files do, and has none for the model itself: it is not the first of several.
    training : str or None
        How the model is trained, in a legacy file, JSON.
    """

    __match_args__ = ("tensors", "config", "keras_version", "names", "legacy", "headless", "training")
    __slots__ = (*__match_args__, "_index")

    def __init__(
        self,
        tensors: list[StoredTensor],
        config: str | None = None,
        keras_version: str | None = None,
        names: dict[str, str] | None = None,
        legacy: bool = False,
        headless: bool = False,
        training: str | None = None,
    ) -> None:
        self.tensors = tensors
        self.config = config
        self.keras_version = keras_version
        self.names = {} if names is None else names
        self.legacy = legacy
        self.headless = headless
        self.training = training
        self._index: _Index | None = None

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
            found = index.unnamed[within].get(label(class_name), [])
        best = [group for group in found if is_within(group, inside)] or found
        return best[0] if len(best) == 1 else None

    def weights_of(self, group: str) -> tuple[Weight, ...]:
        """Give the tensors stored for a layer as weights, in the order of the file.

        A file of Keras 3 numbers a layer's variables and names them not; they are called ``variable_0`` and so on.
        """
        inside = f"{group}/" if group else ""
        return tuple(weight_of(tensor, inside) for tensor in self.beneath(group) if counts(tensor, inside))

    def beneath(self, group: str) -> list[StoredTensor]:
        """Give the tensors of a group and of those within it."""
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


class _Index:
    """What is looked up for every layer, made once: a file may have a hundred thousand of each."""

    def __init__(self, places: list[tuple[str, int]]) -> None:
        self.places = places  # the groups of the tensors, sorted
        self.names: dict[str, list[str]] = {}  # the groups of each name
        self.parts: dict[str, list[StoredTensor]] = {}  # the tensors with it in their own name
        self.unnamed: dict[str, dict[str, list[str]]] = {}  # within what, of which class


def _by_class(stored: Stored, inside: str) -> dict[str, list[str]]:
    # the groups of no name within a model, by their class
    found: dict[str, list[str]] = {}
    for group in groups_in(stored.tensors, inside):
        if group not in stored.names:
            stem = re.sub(r"_[0-9]+$", "", group.rpartition("/")[2])
            found.setdefault(stem, []).append(group)
    return found


def opaque_weights(
    stored: Stored, name: str | None, class_name: str | None = None, within: str = ""
) -> tuple[Weight, ...] | None:
    """Give the weights stored for a layer that no rule knows; ``None`` where nothing says which they are.

    The parameters are those of `Stored.layer`. Whether training changes them no file says; they count as trainable.
    """
    found = opaque_tensors(stored, name, class_name, within)
    return None if found is None else tuple(weight for weight, _ in found)


def opaque_tensors(
    stored: Stored, name: str | None, class_name: str | None = None, within: str = ""
) -> list[tuple[Weight, StoredTensor]] | None:
    """Give the weights as `opaque_weights` does, each with the tensor it is made from."""
    group = stored.layer(name or "", class_name, within)
    if group is not None:
        inside = f"{group}/" if group else ""
        return [(weight_of(one, inside), one) for one in stored.beneath(group) if counts(one, inside)]
    if stored.legacy and name:  # a nested model's layers have no groups there, but the variables' names tell
        tensors = [one for one in stored._indexed().parts.get(name, ()) if one.group.startswith(within)]
        # what others have of it is stored with them as well, under the same name
        once = {(one.name, one.shape): one for one in reversed(tensors) if counts(one, "")}
        return [(weight_of(one, f"{name}/"), one) for one in reversed(once.values())] or None
    return None


def is_within(group: str, inside: str, deep: bool = False) -> bool:
    """Tell whether a group stands in the container of a model, or, in a wrapper and a legacy file, right within."""
    if not group.startswith(inside):
        return False
    rest = group[len(inside) :].split("/")
    if rest[0] in CONTAINERS:
        return len(rest) == 2 or (deep and len(rest) > 2)
    return bool(inside) and (deep or len(rest) == 1)


def groups_in(tensors: list[StoredTensor], inside: str) -> dict[str, list[StoredTensor]]:
    """Sort the tensors of a model by its layers."""
    found: dict[str, list[StoredTensor]] = {}
    for tensor in tensors:
        if counts(tensor, inside):
            parts = tensor.group[len(inside) :].split("/")
            if parts[0] in CONTAINERS and len(parts) > 1:
                found.setdefault(f"{inside}{parts[0]}/{parts[1]}", []).append(tensor)
    return found


def counts(tensor: StoredTensor, inside: str) -> bool:
    """Tell whether a tensor within a group is a parameter, and no state of random numbers or the like."""
    within = tensor.path.startswith(inside) or tensor.group == inside[:-1]
    return within and not _UNCOUNTED.search(tensor.path) and not _UNCOUNTED.search(tensor.name)


def weight_of(tensor: StoredTensor, inside: str) -> Weight:
    """Give a tensor as a weight of the layer whose group is ``inside``, named as far as the file names it."""
    if tensor.name:  # functional/custom_1/inner/kernel: what stands before the layer's own name is no part of it
        parts = tensor.name.split("/")
        layer = inside[:-1].rpartition("/")[2]
        start = parts.index(layer) + 1 if layer in parts[:-1] else 0
        return Weight(parts[-1], tensor.shape, scope="/".join(parts[start:-1]))
    *scope, last = tensor.path[len(inside) :].split("/")
    name = f"variable_{last}" if last.isdigit() else last
    return Weight(name, tensor.shape, scope="/".join(part for part in scope if part != "vars"))
