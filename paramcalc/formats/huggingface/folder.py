"""A folder of Hugging Face: the model that its ``config.json`` describes, and the weights beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...core.built import Applicable, Weight
from ...core.rule import Layer
from ...core.shapes import shape_text
from ...core.storage import Storage
from ...errors import FileError, ParamcalcError
from ...graph import findings
from ...graph.findings import STORED_OTHERWISE
from ...graph.model import Model
from ...untyped import Parsed
from ..checkpoints.shards import folder_contents, folder_name, place_in
from ..keras.compare import Finding
from ..keras.reconcile import KeptLayer, swap
from ..opened import FOLDER, Source, read_file
from ..tensors.agreement import Agreement, Shapes, compare
from ..tensors.data import Contents
from ..tensors.layers import model_of
from ..text.decoding import decode
from ..text.syntax import read_json
from .config import Described, described, is_config
from .names import first_names, parameters, renamed

QUANTIZED = "quantization_config"
SHOWN = 5  # tensors without a layer that are warned of


def config_in(source: Source) -> Mapping[str, Parsed]:
    """Read the configuration in a folder; empty where there is none of Hugging Face.

    Raises
    ------
    FileError
        When it is damaged.
    """
    if source.member(FOLDER) is None:
        return {}
    try:
        found = read_json(decode(read_file(place_in(source.path, FOLDER))))
    except ParamcalcError as error:
        raise error.at(f"{FOLDER}:")
    return found if isinstance(found, dict) and is_config(found) else {}


def is_folder(source: Source) -> bool:
    """Tell whether a source is a folder with a configuration of Hugging Face."""
    try:
        return bool(config_in(source))
    except ParamcalcError:
        return False


def read(source: Source) -> Model:
    """Read a folder: its configuration, and the weights where there are any.

    Weights of a type of model that the table has not, and weights that are quantized, become layers by themselves.

    Raises
    ------
    ParamcalcError
        For an unknown type without weights, and for what `described` and the readers of weights refuse.
    """
    config, name = config_in(source), folder_name(source)
    sizes, source.sizes = source.sizes, {}
    weights = has_weights(source)
    if weights and QUANTIZED in config:
        return _tensors_alone(source, name, "its weights are quantized")
    try:
        found = described(config, sizes, name)
    except ParamcalcError as error:
        if weights and not sizes:
            return _tensors_alone(source, name, str(error))
        raise error.at(f"{FOLDER}:")
    if weights and not sizes:
        contents = folder_contents(source)
        settle(found, contents, agreement(found, contents, name))
    return found.model


def _tensors_alone(source: Source, name: str, reason: str) -> Model:
    model = model_of(folder_contents(source), "a folder of weights", name)
    model.warnings.append(f"{FOLDER} is not compared: {reason}")
    return model


def has_weights(source: Source) -> bool:
    """Tell whether a folder has weights beside its configuration."""
    from ..sniffs import WEIGHTS

    return any(source.member(name) is not None for name in WEIGHTS if not name.startswith("adapter"))


def verify_folder(source: Source) -> Agreement:
    """Compare the weights of a folder with its configuration.

    Raises
    ------
    ParamcalcError
        When it has no weights, or a type of model that the table has not.
    """
    if not has_weights(source):
        raise FileError("nothing to compare", expected="weights beside config.json")
    name = folder_name(source)
    return agreement(described(config_in(source), None, name), folder_contents(source), name)


def agreement(found: Described, contents: Contents, name: str) -> Agreement:
    """Compare tensors with those of a configuration, under the names that files and transformers 5 have for them."""
    theirs: Shapes = first_names(contents, found.tied)
    ours: Shapes = parameters(found)
    newer = renamed(ours, found.renamed)
    best = max((ours, newer), key=lambda shapes: len(theirs.keys() & shapes.keys()))
    return compare(theirs, best, name, FOLDER)


def settle(found: Described, contents: Contents, check: Agreement) -> None:
    """Put what a folder stores beside what its configuration says: a layer that differs is known no more."""
    model = found.model
    model.stored = check.tensors
    model.stored_as = Storage.of((one.dtype, one.bytes) for one in contents.tensors)
    if check.ok:
        return
    model.formula = model.active = None
    layers = dict(_leaves(model, ""))
    told: dict[str, list[str]] = {}
    for tensor, (ours, theirs) in check.reshaped.items():
        path = _owner(tensor, layers)
        told.setdefault(path, []).append(f"{_within(tensor, path)} is {shape_text(theirs)}, and not {shape_text(ours)}")
    for tensor in check.missing:
        path = _owner(tensor, layers)
        told.setdefault(path, []).append(f"no {_within(tensor, path)} in the file")
    stored = {**{one.name: one.shape for one in contents.tensors}}
    swaps = {}
    recorded = []
    for path, reasons in told.items():
        recorded.append(findings.Finding(STORED_OTHERWISE, path, "; ".join(reasons)))
        layer = layers.get(path)
        if isinstance(layer, Layer):
            mine = tuple(
                Weight(_within(name, path), shape) for name, shape in stored.items() if _owner(name, layers) == path
            )
            swaps[id(layer)] = KeptLayer(layer, Finding(path, "; ".join(reasons), layer, mine))
    for tensor, shape in check.lacking.items():
        recorded.append(findings.Finding(STORED_OTHERWISE, tensor, f"{shape_text(shape)} is only in the file"))
    model.findings = tuple(recorded)
    model.warnings += [f"{one.place}: {one.text}" for one in recorded[len(told) : len(told) + SHOWN]]
    if len(check.lacking) > SHOWN:
        model.warnings.append(f"{len(check.lacking) - SHOWN:,} more tensors are only in the file")
    swap(model, swaps)


def _leaves(model: Model, above: str) -> Iterator[tuple[str, Applicable]]:
    names = model.names
    for layer in model.layers:
        path = f"{above}{names[id(layer)]}"
        if isinstance(layer, Model):
            yield from _leaves(layer, f"{path}.")
        else:
            yield path, layer


def _owner(tensor: str, layers: Mapping[str, Applicable]) -> str:
    path = tensor
    while path and path not in layers:
        path = path.rpartition(".")[0]
    return path or tensor


def _within(tensor: str, path: str) -> str:
    return tensor.removeprefix(f"{path}.")
