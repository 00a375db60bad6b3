"""Names of layers and of weights, as a person gives them: ``lstm``, ``encoder/dense``, ``lstm/lstm_cell/kernel``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...core.built import Part
from ...errors import OptionError, nearest
from ...graph.model import Model


def is_named(names: Sequence[str], parts: Sequence[Part]) -> Callable[[str], bool]:
    """Make the test whether the path of a weight is that of one of the names, or inside of one.

    Raises
    ------
    OptionError
        For a name that neither a layer nor a weight has.
    """
    if not names:
        return lambda path: False
    known = list(dict.fromkeys(paths(parts)))
    for name in names:
        if name not in known:
            layers = [part.name for part in parts]
            raise OptionError(
                "no layer or weight has this name",
                expected=", ".join(layers),
                received=name,
                suggestion=nearest(str(name), known),
            )
    return lambda path: any(path == name or path.startswith(f"{name}/") for name in names)


def paths(parts: Sequence[Part], above: str = "") -> Iterator[str]:
    """List the paths of all layers, of what they are in, and of their weights."""
    for part in parts:
        path = f"{above}{part.name}"
        yield path
        if isinstance(part.layer, Model) and part.built.parts is not None:
            yield from paths(part.built.parts(), f"{path}/")
            continue
        for weight in part.built.weights:
            *scopes, _ = weight.path.split("/")
            yield from (f"{path}/{'/'.join(scopes[: at + 1])}" for at in range(len(scopes)))
            yield f"{path}/{weight.path}"
