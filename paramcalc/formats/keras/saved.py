"""Models that Keras saved with their weights: archives, HDF5 files and shards, each read into a `Model`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...core.built import Applicable, Weight
from ...core.shapes import UNKNOWN_SHAPE
from ...errors import FileError, ParamcalcError
from ...graph.model import Model
from ...graph.node import Node
from ...graph.unknown_layers import UnknownLayer
from ...untyped import Parsed
from ..containers.archive import WEIGHTS, Archive, read_archive as archive_in, read_folder as folder_in
from ..containers.groups import CONTAINERS
from ..containers.hdf5 import stored_in
from ..containers.shards import part_of, stored_beside
from ..containers.stored import Stored, StoredTensor, counts, opaque_tensors, weight_of
from ..opened import Source
from ..text.decoding import decode
from ..text.syntax import read_json
from .compare import compare, container_of, named
from .config import from_config, in_code
from .deduplicate import count_once, share, stored_twice
from .description import current, is_description
from .keras2 import is_legacy
from .recognition import RecognisedLayer, recognise
from .reconcile import settle
from .twins import number_twins
from .values import alike

NESTED = (3, 15)  # since this version, Keras stores layers in containers within containers


def read_archive(source: Source) -> Model:
    """Read a ``.keras`` archive.

    Raises
    ------
    ParamcalcError
        When it is damaged, beyond the bounds, or no model.
    """
    return _archived(archive_in(source.file))


def read_folder(source: Source) -> Model:
    """Read a folder in which Keras saved a model, as it does with ``zipped=False``.

    Raises
    ------
    ParamcalcError
        When something in it is damaged, beyond the bounds, or no model.
    """
    return _archived(folder_in(source.member))


def _archived(archive: Archive) -> Model:
    model = _described("config.json:", archive.config, archive.stored)
    if archive.stored is None:
        model.warnings.append(f"there is no {WEIGHTS} to hold the rules against")
    return model


def read_hdf5(source: Source) -> Model:
    """Read an HDF5 file: a whole model of the time before Keras 3, or weights alone.

    Raises
    ------
    ParamcalcError
        When it is damaged, beyond the bounds, or no model.
    """
    stored = stored_in(source.file)
    if stored.config is None:
        return _weights_alone(stored, part=part_of(source.path, stored))
    model = _described("model_config:", stored.config.encode(), stored)
    if stored.training is not None:
        model.optimizer = _optimizer(stored.training)
    return model


def read_index(source: Source) -> Model:
    """Read the weights in the shards that lie beside their index.

    Raises
    ------
    ParamcalcError
        When one of them is missing, damaged or beyond the bounds.
    """
    if not source.path:
        raise FileError("an index of shards; the shards are separate files", expected="the path of the index")
    return _weights_alone(stored_beside(source.path, source.data))


def _optimizer(text: str) -> object:
    # in a legacy file the description of the training is a text of its own
    try:
        found = read_json(text)
    except ParamcalcError as error:
        raise error.at("training_config:")
    return found.get("optimizer_config") if isinstance(found, dict) else None


def _described(place: str, text: bytes, stored: Stored | None) -> Model:
    try:
        found = read_json(decode(text))
        if not (isinstance(found, dict) and is_description(found)):
            raise FileError("not a model in the form that Keras writes", expected="class_name and config")
        return model_of(found, stored)
    except ParamcalcError as error:
        raise error.at(place)


def model_of(found: Mapping[str, Parsed], stored: Stored | None = None) -> Model:
    """Read a serialized model of any version of Keras, and hold it against the weights stored with it.

    Raises
    ------
    ParamcalcError
        Where it is none.
    """
    legacy, found = is_legacy(found), current(found)
    if stored is None:
        return from_config(found, sets=legacy)
    whose = named(stored, found)
    if not stored.legacy:
        number_twins(found, stored, container_of(stored), alike)
    handed: dict[int, tuple[Weight, StoredTensor]] = {}

    def weights(name: str | None, kind: str) -> tuple[Weight, ...] | None:
        pairs = opaque_tensors(whose, name, kind)
        handed.update((id(pair[0]), pair) for pair in pairs or ())
        return None if pairs is None else tuple(weight for weight, _ in pairs)

    model = from_config(found, weights, stored.legacy, sets=legacy, omits=_omitted(stored))
    if in_code(model):
        return _weights_alone(stored, model)  # all that is stored is its
    if stored.legacy:
        share(model, stored, handed)
    compared = compare(model, whose)
    if stored.legacy:
        compared.twice = stored_twice(compared.placed)
    settle(model, compared)
    return model


def _omitted(stored: Stored) -> str:
    # what the saver of its version may have left out of a class of the user's own
    version = re.match(r"(\d+)\.(\d+)", stored.keras_version or "")
    if version is None or tuple(map(int, version.groups())) >= NESTED:
        return ""
    return f"Keras {version.group()} stores no layers that a class holds in a container within another"


def _weights_alone(stored: Stored, model: Model | None = None, part: str | None = None) -> Model:
    # a row for each layer that has weights in the file; a model that is frozen freezes what is in it
    frozen = model is not None and model.uses[0].frozen
    rows: dict[str, list[StoredTensor]] = {}
    for tensor in stored.tensors:
        parts = tensor.group.split("/")
        group = tensor.group if stored.legacy else "/".join(parts[: 1 + (parts[0] in CONTAINERS)])
        rows.setdefault(group, []).append(tensor)
    what = f"{model.type} keeps its graph in Python code" if model else "the file has weights and no description"
    nodes = []
    rows_of_file: list[UnknownLayer] = []
    stems: dict[int, str] = {}  # the name of the group of each row, which Keras 3 takes from its class
    handed: dict[int, tuple[Weight, StoredTensor]] = {}
    names = _told_apart([stored.names.get(group, group.rpartition("/")[2] or "variables") for group in rows])
    for name, (group, tensors) in zip(names, rows.items(), strict=True):
        inside = f"{group}/" if group else ""  # what the model has itself lies beneath no group, and all else beside it
        pairs = [(weight_of(tensor, inside), tensor) for tensor in tensors if counts(tensor, inside)]
        handed.update((id(pair[0]), pair) for pair in pairs)
        weights = tuple(weight for weight, _ in pairs)
        guessed = bool(weights) and not frozen
        rows_of_file.append(UnknownLayer("stored", what, name, weights, not frozen, told="", guessed=guessed))
        stems[id(rows_of_file[-1])] = group.rpartition("/")[2]
        nodes.append(Node(rows_of_file[-1], ()))
    if stored.legacy:
        count_once(rows_of_file, handed)
    if model is None:
        nodes = [Node(_recognised(row, stems[id(row)]), ()) for row in rows_of_file]
    lacking = ""
    if model and stored.legacy:
        lacking = f"what {model.type} has there a legacy file may lack"  # such as layers that its graph is without
    elif model:
        lacking = _omitted(stored) if rows else "a class may keep weights that Keras does not store"
    if lacking:
        nodes.append(Node(UnknownLayer("stored", lacking, "beside its layers"), ()))
    if part:
        nodes.append(Node(UnknownLayer("stored", f"the file is {part}", "other shards"), ()))
    shapes = model.input_shapes if model else [UNKNOWN_SHAPE]
    made = Model.from_nodes(shapes, nodes, (), model.name if model else "weights")  # its outputs are unknown
    made.type = model.type if model else "Weights"
    trained = "none of them trained" if frozen else "all taken as trained: no file says which are"
    plain = any(isinstance(node.layer, UnknownLayer) for node in nodes)
    how = "tensors as they are stored, without a rule" if plain else "layers by the names and shapes of their tensors"
    made.warnings = [f"{what}: {how}, {trained}"]
    return made


def _recognised(row: UnknownLayer, stem: str) -> Applicable:
    # the layer that the tensors of a row form
    if not row.stored or row.more or row.name is None:
        return row
    found = recognise(stem, row.stored)
    return row if found is None else RecognisedLayer(found, row.name, row.stored, row.frozen)


def _told_apart(names: list[str]) -> list[str]:
    # a model in code may give one name to several of its layers; Keras stores them under their classes
    given, taken, found = set(names), set[str](), []
    for name in names:
        one, count = name, 0
        while one in taken or (count and one in given):
            one, count = f"{name}_{count + 1}", count + 1
        taken.add(one)
        found.append(one)
    return found
