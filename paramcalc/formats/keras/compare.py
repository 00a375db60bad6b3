"""A model held against what a file stores: layer by layer, the shapes of its tensors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ...core.built import Weight
from ...core.rule import Layer
from ...core.shapes import Shape
from ...graph.model import Model
from ...graph.unknown_layers import UnknownLayer
from ...report import Row
from ...untyped import Parsed
from ..containers.groups import CONTAINERS, described, is_layer, name_of, numbered
from ..containers.stored import Stored, StoredTensor, counts, groups_in, is_within, weight_of

MAX_SHOWN = 6  # shapes in a sentence
MERGED = "lora_"  # tables that Keras adds to the one beside them before it stores that


class Finding(NamedTuple):
    """A layer whose tensors in the file are not those of its rule, or tensors that no layer of the model has.

    Attributes
    ----------
    where : str
        The layer's name, behind those of the models it is in; empty for the model itself.
    told : str
        What is the matter.
    layer : Layer or Model, optional
        Whose they should be.
    weights : tuple of Weight
        What the file stores.
    beside : bool
        Whether they are a model's, beside those of its layers.
    elsewhere : bool
        Whether the file stores nothing for the layer, and such tensors for others, which may be the same.
    """

    where: str
    told: str
    layer: Parsed = None
    weights: tuple[Weight, ...] = ()
    beside: bool = False
    elsewhere: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.told}" if self.where else self.told


class Placed(NamedTuple):
    """A row of the model, and the tensors that a file stores for it."""

    finding: Finding
    row: Row
    tensors: list[StoredTensor]


class Comparison:
    """What came of holding a model against a file.

    Attributes
    ----------
    differences : list of Finding
        None mean that they agree.
    tensors : int
        How many are as the rules say.
    known : list of Finding
        Layers on inputs of unknown shape, whose weights only the file tells.
    placed : list of Placed
        The rows of a legacy file that have tensors, those of layers without a rule aside.
    twice : list of Finding
        Layers of which a legacy file may store tensors for other layers as well.
    """

    def __init__(self) -> None:
        self.differences: list[Finding] = []
        self.tensors = 0
        self.known: list[Finding] = []
        self.placed: list[Placed] = []
        self.twice: list[Finding] = []


class _Shared:
    """Weights that belong to several layers of a model: an archive stores each of them once, for one of these."""

    def __init__(self, origins: dict[tuple[int, int], Shape], everywhere: Counter[Shape]) -> None:
        self.origins = origins
        self.everywhere = everywhere  # the shapes of all tensors of the file
        self.met = Counter[Shape]()

    def lacking(self) -> Counter[Shape]:
        """Give the shapes of those that are stored nowhere."""
        return Counter(self.origins.values()) - self.met


def container_of(stored: Stored) -> str:
    """Give the group that holds the layers of a model."""
    return CONTAINERS[any(tensor.path.startswith(CONTAINERS[1]) for tensor in stored.tensors)]


def named(stored: Stored, config: dict[str, Parsed]) -> Stored:
    """Name the groups of a file that does not say names, from the description of its model; and the other way about.

    Parameters
    ----------
    stored : Stored
    config : dict
        The model as serialized, ``{"class_name": "Functional", "config": {…}}``. A layer of a chain that writes its own
        configuration may have no name there; it gets the one the file has, beside its configuration.
    """
    parts = _in_turn(stored, config) if stored.legacy else dict(described(config, container_of(stored)))
    names = {}
    for group, part in parts.items():
        name = name_of(part)
        inside, _, last = group.rpartition("/")
        if name is None and (
            stored.legacy or inside.rpartition("/")[2] in CONTAINERS
        ):  # else it is no layer of a model
            part["name"] = name = stored.names.get(group, last)
        if name is not None:
            names[group] = name
    return stored if stored.legacy else stored.evolve(names={**names, **stored.names})


def _in_turn(stored: Stored, config: dict[str, Parsed]) -> dict[str, dict[str, Parsed]]:
    # a legacy file lists the layers of a chain in the order of the description, all but the input
    listed = config["config"].get("layers") if is_layer(config) and config["class_name"] == "Sequential" else None
    layers = [one for one in listed if is_layer(one)] if isinstance(listed, list) else []
    layers = [one for one in layers if one["class_name"] != "InputLayer"]
    top = _top(stored)
    groups = [group for group in stored.names if group != f"{top}top_level_model_weights"]
    return dict(zip(groups, layers, strict=True)) if len(groups) == len(layers) else {}


def compare(model: Model, stored: Stored) -> Comparison:
    """Hold the weights that the rules give a model against those that a file stores.

    A layer is found by its name; where the file does not say names, by its class and its number among those, as
    Keras counts them (see `named`); in a legacy file by its place. Layers of symbolic sizes
    are passed over, and those that no rule knows.
    """
    found = Comparison()
    rows = model.report().rows
    everywhere: Counter[Shape] = Counter(tensor.shape for tensor in stored.tensors if counts(tensor, ""))
    shared = _Shared({} if stored.legacy else _shared(rows), everywhere)
    _level(found, model, rows, stored, stored.tensors, _top(stored), "", shared)
    lacking = shared.lacking()
    if lacking:
        told = f"of layers that stand in several places: {_told(lacking, 'by their rules')}"
        found.differences.append(Finding("", told))
    return found


def _shared(rows: list[Row]) -> dict[tuple[int, int], Shape]:
    # the weights that are part of several rows, those of models looked at one by one
    found: dict[tuple[int, int], Shape] = {}
    seen: set[tuple[int, int]] = set()
    for row in _leaves(rows):
        own = dict(zip(row.origins, row.weights, strict=True))
        found |= {origin: own[origin].shape for origin in seen & own.keys()}
        seen |= own.keys()
    return found


def _leaves(rows: list[Row]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row.layer, Model):
            yield from _leaves(row.rows)
        else:
            yield row


def _top(stored: Stored) -> str:
    # what the groups of a model's layers begin with
    if stored.legacy:
        return "model_weights/" if any(group.startswith("model_weights/") for group in stored.names) else ""
    return ""


def _level(
    found: Comparison,
    model: Model,
    rows: list[Row],
    stored: Stored,
    tensors: list[StoredTensor],
    inside: str,
    place: str,
    shared: _Shared,
) -> None:
    # the layers of one model
    groups = _listed(stored, tensors) if stored.legacy else groups_in(tensors, inside)
    if not stored.legacy:
        found.differences += _loose(model, tensors, inside, place.removesuffix("/"))
    owners = _owners(rows, stored, groups, inside)
    for row in rows:
        group = owners.pop(row.name, None)
        held = groups.pop(group, []) if group else []
        where = f"{place}{row.name}"
        if row.counted_above and not held:  # stored once, where it stands first
            continue
        if isinstance(row.layer, Model) and group and not stored.legacy:
            _level(found, row.layer, row.rows, stored, held, f"{group}/", f"{where}/", shared)
            continue
        finding = Finding(where, row.unknown, row.layer, stored.weights_of(group) if group else ())
        if stored.legacy and held and not isinstance(row.layer, UnknownLayer):
            found.placed.append(Placed(finding, row, held))
        if not row.unknown:
            _shapes(found, finding, row, stored.legacy, shared)
        elif held and isinstance(row.layer, Layer):
            found.known.append(finding)
    for group, held in groups.items():
        name = place + stored.names.get(group, group.rpartition("/")[2])
        found.differences.append(Finding(name, f"the file stores {_many(len(held))}, the model has no such layer"))


def _loose(model: Model, tensors: list[StoredTensor], inside: str, where: str) -> list[Finding]:
    # what a model has beside its layers
    loose = [one for one in tensors if counts(one, inside) and not is_within(one.group[len(inside) :], "", deep=True)]
    if not loose:
        return []
    told = f"the file stores {_many(len(loose))} outside its layers, {loose[0].path} the first"
    return [Finding(where, told, model, tuple(weight_of(one, inside) for one in loose), True)]


def _listed(stored: Stored, tensors: list[StoredTensor]) -> dict[str, list[StoredTensor]]:
    found: dict[str, list[StoredTensor]] = {}
    for tensor in tensors:
        if counts(tensor, ""):
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
    labels = numbered([{"class_name": row.type, "config": {}} for row in rows])
    for row, label in zip(rows, labels, strict=True):
        group = container + label
        if row.weights and row.name not in owners and group in groups and group not in taken:
            owners[row.name] = group
    return owners


def _repeated(row: Row) -> list[Parsed]:
    # the kernels stored once more by every SpectralNormalization that is wrapped itself, where no path tells it
    wrapped = [] if isinstance(row.layer, Model) else row.rows
    found = [one.weights[1].shape for one in wrapped if one.type == "SpectralNormalization"]
    return found + [shape for one in row.rows for shape in _repeated(one)]


def _shapes(found: Comparison, finding: Finding, row: Row, legacy: bool, shared: _Shared) -> None:
    if any(not isinstance(size, int) for weight in row.weights for size in weight.shape):
        return
    pairs = [
        (origin, weight.shape)
        for origin, weight in zip(row.origins, row.weights, strict=True)
        if legacy or not weight.name.startswith(MERGED)
    ]
    ours = Counter(shape for origin, shape in pairs if origin not in shared.origins)
    free = Counter(shape for origin, shape in pairs if origin in shared.origins)
    theirs: Counter[Shape] = Counter(weight.shape for weight in finding.weights)
    theirs -= Counter([] if legacy else _repeated(row))
    here = (theirs - ours) & free  # what is stored here of the weights that belong to several layers
    shared.met += here
    if ours != theirs - here:
        told = [_told(ours - theirs, "by its rule"), _told(theirs - here - ours, "in the file")]
        elsewhere = not legacy and not theirs and ours <= shared.everywhere
        told_all = "; ".join(one for one in told if one)
        found.differences.append(finding._replace(told=told_all, elsewhere=elsewhere))
    found.tensors += max(sum(((ours + here) & theirs).values()) - _unruled(row), 0)


def _unruled(row: Row) -> int:
    # tensors that the row has from the file itself
    return len(row.weights) if isinstance(row.layer, UnknownLayer) else sum(map(_unruled, row.rows))


def _told(shapes: Counter[Shape], whose: str) -> str:
    if not shapes:
        return ""
    each = [_shape(shape) for shape in sorted(shapes.elements())]
    more = f" and {len(each) - MAX_SHOWN} more" if len(each) > MAX_SHOWN else ""
    return f"{', '.join(each[:MAX_SHOWN])}{more} only {whose}"


def _shape(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))})"


def _many(count: int) -> str:
    return "1 tensor" if count == 1 else f"{count:,} tensors"
