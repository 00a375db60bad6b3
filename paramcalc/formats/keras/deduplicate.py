"""Tensors that a legacy file may store twice: once for every layer that has them, and nobody says which layers share.

Such a file names each tensor as its variable was named when it was made. So tensors of two names are two; tensors of
one name may be one, unless the description tells their layers apart. Counted once, they are the least there can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...core.built import Weight
from ...graph.model import Model
from ...graph.unknown_layers import UnknownLayer
from ..containers.stored import Stored, StoredTensor

SAME = "stored for another layer as well, to judge by {} name, and counted there"

Handed = Mapping[int, tuple[Weight, StoredTensor]]  # weights by their id, each with the tensor it was made from


def count_once(rows: Iterable[UnknownLayer], handed: Handed, others: Iterable[StoredTensor] = ()) -> None:
    """Leave out of rows what may be the same as a tensor of a row before them, or of a layer with a rule.

    Parameters
    ----------
    rows : list of UnknownLayer
        They are changed.
    handed : dict
        Where their weights are from.
    others : list of StoredTensor
        Those of layers with rules; the description tells which of these share.
    """
    seen = set(map(_key, others))
    for row in rows:
        weights = row.stored or ()
        keys = [_key(handed[id(weight)][1]) for weight in weights]
        row.stored = tuple(weight for weight, key in zip(weights, keys, strict=True) if key not in seen)
        seen.update(keys)
        again = len(weights) - len(row.stored)
        if again:
            same = "1 tensor " + SAME.format("its") if again == 1 else f"{again:,} tensors " + SAME.format("their")
            said = row.told if row.stored or not row.told else row.reason
            row.told = f"{said}; {same}" if said else same
            row.more, row.guessed = True, row.guessed and bool(row.stored)


def _key(tensor: StoredTensor) -> Any:
    return tensor.name, tensor.shape


def share(model: Model, stored: Stored, handed: Handed) -> None:
    """Count once what layers that no rule knows may have in common with others, in a model from a legacy file."""
    rows = [row for row in _opaque(model) if row.stored]
    if not rows:
        return
    # a nested model's tensors stand together: those with the name of a row within it in their own are that row's
    ruled = {
        one.label: {row.label for row in _opaque(one)} if isinstance(one, Model) else set[str]()
        for one in model.layers
        if not isinstance(one, UnknownLayer)
    }
    others = []
    for tensor in stored.tensors:
        within = ruled.get(stored.names.get(tensor.group, ""))
        if within is not None and within.isdisjoint(tensor.name.split("/")[:-1]):
            others.append(tensor)
    count_once(rows, handed, others)


def _opaque(model: Model) -> list[UnknownLayer]:
    found: dict[int, UnknownLayer] = {}
    for layer in model.layers:
        inner = _opaque(layer) if isinstance(layer, Model) else [layer] if isinstance(layer, UnknownLayer) else []
        found.update((id(one), one) for one in inner)
    return list(found.values())
