"""Layers that an archive uses in several places without stating it, found by their stored weights.

An archive stores each layer once, where it stands first. So a layer without tensors is the same object as the one
layer of its class, name and options that has them.
"""

from __future__ import annotations

from collections.abc import Callable

from ...untyped import Parsed
from ..containers.groups import GRAPH, MODELS, described, name_of
from ..containers.stored import Stored, counts

Part = dict[str, Parsed]
NUMBER = "shared_object_id"


def number_twins(config: Part, stored: Stored, container: str, alike: Callable[[Parsed, Parsed], bool]) -> None:
    """Give such layers the number that Keras would have given them.

    Parameters
    ----------
    config : dict
        The model as serialized; the layers in it are changed.
    stored : Stored
        Of an archive.
    container : str
        The group that holds the layers of a model.
    alike : callable
        Tells whether two configurations are those of one layer.
    """
    labels: dict[Parsed, tuple[list[Part], list[Part]]] = {}
    for group, part in described(config, container):
        kind, name = part["class_name"], name_of(part)
        if isinstance(kind, str) and name is not None and kind not in MODELS and not part["config"].keys() >= GRAPH:
            with_tensors, without = labels.setdefault((kind, name), ([], []))
            inside = f"{group}/"
            has = any(counts(tensor, inside) for tensor in stored.beneath(group))
            (with_tensors if has else without).append(part)
    fresh = -1  # Keras's own numbers are positive
    for with_tensors, without in labels.values():
        for part in without:
            found = [one for one in with_tensors if _may_be_one(part, one) and alike(part["config"], one["config"])]
            if len(found) == 1:
                number = found[0].setdefault(NUMBER, part.get(NUMBER, fresh))
                part[NUMBER] = number
                fresh -= 1


def _may_be_one(one: Part, other: Part) -> bool:
    # what was built on inputs of two shapes has weights of two shapes
    built, again = one.get("build_config"), other.get("build_config")
    return built is None or again is None or built == again
