"""Tensors that a legacy file may store twice: once for every layer that has them, without stating which layers share.

Such a file names each tensor as its variable was named when it was made. So tensors of two names are two; tensors of
one name may be one, unless the description tells their layers apart. Counted once, they are the least there can be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ...core.built import Applicable, Weight
from ...graph.model import Model
from ...graph.unknown_layers import UnknownLayer
from ...untyped import Parsed
from ..containers.stored import Stored, StoredTensor
from .compare import Finding, Placed

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
            same = _same(again)
            said = row.told if row.stored or not row.told else row.reason
            row.told = f"{said}; {same}" if said else same
            row.more, row.guessed = True, row.guessed and bool(row.stored)


def stored_twice(placed: Iterable[Placed]) -> list[Finding]:
    """Find the layers with rules that list tensors which layers before them list as well.

    Parameters
    ----------
    placed : list of Placed
        The layers of the model, in order; what the description says that they share is counted once already.

    Returns
    -------
    list of Finding
        Each with the weights that are its own for certain.
    """
    found = []
    keys: set[Parsed] = set()
    origins: set[tuple[int, int]] = set()
    for finding, row, tensors in placed:
        shared: Counter[Parsed] = Counter(
            weight.shape for origin, weight in zip(row.origins, row.weights, strict=True) if origin in origins
        )
        ruled = [tensor for tensor in tensors if tensor.name and not _is_within(tensor, _unruled(row.layer))]
        again = [tensor for tensor in ruled if _key(tensor) in keys]
        listed: Counter[Parsed] = Counter(tensor.shape for tensor in again)
        if listed - shared:
            own = [weight for weight, one in zip(finding.weights, tensors, strict=True) if one not in again]
            found.append(finding._replace(told=_same(len(again)), weights=tuple(own)))
        keys.update(map(_key, ruled))
        origins.update(row.origins)
    return found


def _same(count: int) -> str:
    return "1 tensor " + SAME.format("its") if count == 1 else f"{count:,} tensors " + SAME.format("their")


def _key(tensor: StoredTensor) -> Parsed:
    return tensor.name, tensor.shape


def share(model: Model, stored: Stored, handed: Handed) -> None:
    """Count once what layers that no rule knows may have in common with others, in a model from a legacy file."""
    rows = [row for row in _opaque(model) if row.stored]
    if not rows:
        return
    # a nested model's tensors stand together: those with the name of a row within it in their own are that row's
    ruled = {one.label: _unruled(one) for one in model.layers if not isinstance(one, UnknownLayer)}
    others = []
    for tensor in stored.tensors:
        within = ruled.get(stored.names.get(tensor.group, ""))
        if within is not None and not _is_within(tensor, within):
            others.append(tensor)
    count_once(rows, handed, others)


def _unruled(layer: Applicable) -> set[str]:
    # the names of the rows without a rule in a nested model
    return {row.label for row in _opaque(layer)} if isinstance(layer, Model) else set()


def _is_within(tensor: StoredTensor, names: set[str]) -> bool:
    return not names.isdisjoint(tensor.name.split("/")[:-1])


def _opaque(model: Model) -> list[UnknownLayer]:
    found: dict[int, UnknownLayer] = {}
    for layer in model.layers:
        inner = _opaque(layer) if isinstance(layer, Model) else [layer] if isinstance(layer, UnknownLayer) else []
        found.update((id(one), one) for one in inner)
    return list(found.values())
