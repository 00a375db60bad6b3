"""The groups of a weights file: what Keras calls them, and whose they are by the description of the model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from ...untyped import Parsed

CONTAINERS = ("layers", "_layer_checkpoint_dependencies")  # the second until Keras 2.13
MODELS = ("Sequential", "Functional", "Model")
GRAPH = {"layers", "input_layers", "output_layers"}  # what a subclass writes down that keeps to its graph
STORED_CLASS = "stored_class"  # beside a class that has another name now: the one that the groups are named after
MAX_DEPTH = 200  # layers within layers of a configuration


def snake(name: str) -> str:
    """Spell a class name as Keras 3 spells groups: ``LSTMCell`` → ``lstm_cell``, ``L2Norm`` → ``l2_norm``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", re.sub(r"\W+", "", name)).lower()


def label(class_name: str) -> str:
    """Name the group of the first layer of a class, whatever package it was registered in: ``my>Sub`` → ``sub``."""
    return snake(class_name.rpartition(">")[2])


def described(
    found: Parsed, container: str, group: str = "", depth: int = 0
) -> Iterator[tuple[str, dict[str, Parsed]]]:
    """Give the groups beneath an object of a configuration, each with the object it belongs to.

    Keras numbers the groups by class, in the order in which the description lists the layers.

    Parameters
    ----------
    found : dict
        The model as serialized, ``{"class_name": "Functional", "config": {…}}``.
    container : str
        Which of `CONTAINERS` the file has.
    """
    config = found.get("config")
    if not isinstance(config, Mapping) or depth > MAX_DEPTH:
        return
    inside = f"{group}/" if group else ""
    for key, value in config.items():
        if isinstance(value, (list, tuple)):
            listed = key == "layers" and (found.get("class_name") in MODELS or config.keys() >= GRAPH)
            parts = zip(numbered(value), value, strict=True)
            place = f"{inside}{container if listed else _attribute(found, key)}/"
        else:
            parts, place = zip([_attribute(found, key)], [value], strict=True), inside
        for last, part in parts:
            if last and is_layer(part):
                yield place + last, part
                yield from described(part, container, place + last, depth + 1)


def _attribute(found: Parsed, key: str) -> str:
    # where Keras keeps what it writes under a key: a loop over a list of cells keeps one cell made of them
    if key == "layer" and found.get("class_name") == "Bidirectional":
        return "forward_layer"
    return "cell/cells" if key == "cell" and isinstance(found["config"][key], (list, tuple)) else str(key)


def name_of(part: Mapping[str, Parsed]) -> str | None:
    """Give the name of an object: in its configuration, or, of what writes its own, beside that."""
    name = part["config"].get("name", part.get("name"))
    return name if isinstance(name, str) else None


def is_layer(part: Parsed) -> bool:
    """Tell whether part of a configuration is a layer, or something else that has a class."""
    return isinstance(part, dict) and isinstance(part.get("config"), Mapping) and "class_name" in part


def numbered(parts: list[Parsed] | tuple[Parsed, ...]) -> list[str]:
    """Give the label of each layer in a list; operations, though listed, are no layers and have none."""
    used: Counter[str] = Counter()
    labels = []
    for part in parts:
        one = ""
        if is_layer(part) and ".ops" not in str(part.get("module")):
            stem = label(str(part.get(STORED_CLASS, part["class_name"])))
            one = f"{stem}_{used[stem]}" if used[stem] else stem
            used[stem] += 1
        labels.append(one)
    return labels
