"""The weights of a Keras layer, each with its path inside the layer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ....report import Row
from ....untyped import Foreign
from ...compare import Tensor


def tensors_of(made: Foreign, learning: set[int], expected: Iterable[str]) -> list[Tensor]:
    """List the weights of a Keras layer by path inside it.

    Parameters
    ----------
    made : keras.Layer
    learning : set of int
        Ids of the variables that training changes.
    expected : iterable of str
        Paths to look for. Keras writes a path from where the layer was first built; where a name occurs in it
        twice, only this tells which is the layer's.
    """
    wanted = set(expected)
    return [Tensor(path, tuple(weight.shape), id(weight) in learning) for path, weight in variables(made, wanted)]


def variables(made: Foreign, wanted: set[str]) -> Iterator[tuple[str, Foreign]]:
    """Give the weights of a Keras layer, each with its path inside it; ``wanted`` is as for `tensors_of`."""
    children = _parts(made)
    if children is None:
        for weight in made.weights:
            *scope, last = weight.path.split("/")
            yield _relative([*scope, _attribute(made, weight) or last], made.name, wanted), weight
        return
    seen: set[int] = set()
    for child in children:
        prefix = f"{child.name}/"
        below = {path.removeprefix(prefix) for path in wanted if path.startswith(prefix)}
        for path, weight in variables(child, below):
            if id(weight) not in seen:
                seen.add(id(weight))
                yield prefix + path, weight
    for weight in made.weights:  # of the model itself
        if id(weight) not in seen:
            yield weight.name, weight


def _attribute(made: Foreign, weight: Foreign) -> str | None:
    # Keras numbers a variable that got no name; then the attribute that holds it is its name
    if not re.fullmatch(r"variable(_\d+)?", weight.name):
        return None
    return next((name for name, value in vars(made).items() if value is weight), None)


def _parts(made: Foreign) -> list[Foreign] | None:
    # the layers of a model, which Keras built before the model had a place, so their paths do not tell it
    if hasattr(made, "layers"):
        return list(made.layers)
    inner = getattr(made, "layer", None)
    return [inner] if inner is not None and _parts(inner) is not None else None


def _relative(parts: list[str], name: str, wanted: set[str]) -> str:
    starts = [place + 1 for place, part in enumerate(parts[:-1]) if part == name] or [0]
    paths = ["/".join(parts[start:]) for start in starts]
    return next((path for path in paths if path in wanted), paths[0])


def row_tensors(row: Row, made: Foreign, learning: set[int]) -> list[Tensor]:
    """List the weights of the Keras layer of a row."""
    return tensors_of(made, learning, [weight.path for weight in row.weights])


def ids(weights: Iterable[Foreign]) -> set[int]:
    """Give the identities of variables."""
    return {id(weight) for weight in weights}


def whole(model: Foreign) -> list[Tensor]:
    """List the weights of a model, each once."""
    learning = ids(model.trainable_weights)
    once = {id(weight): weight for weight in model.weights}
    return [Tensor(weight.path, tuple(weight.shape), at in learning) for at, weight in once.items()]
