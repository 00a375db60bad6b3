"""The fields that a spec and a nested model share: names, switches, the shapes of inputs, and no others."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.declare import Shape
from ...core.kinds import SWITCH
from ...core.tensors import input_shape
from ...errors import GraphError, OptionError, ParamcalcError, nearest, placed
from ...untyped import Parsed
from .sizes import Sizes


def declared_inputs(shape: Parsed, several: Parsed, sizes: Sizes, batch: Parsed = None) -> dict[str, Shape]:
    """Read ``input: [32, 256]`` or ``inputs: {video: [T, 32, 32, 3], text: [L]}``; no shape yet is ``()``."""
    if several is None:
        return {"input": _shape(shape, sizes, batch, None, "input")}
    if not isinstance(several, Mapping) or not several:
        raise GraphError("not the inputs of a model", expected="names and shapes", received=several).at("inputs")
    many = len(several) > 1
    found: dict[str, Shape] = {}
    for key, one in several.items():
        label = name(key) if isinstance(key, str) else None
        if label is None:
            raise GraphError("not the name of an input", expected="a short text", received=key).at("inputs")
        found[label] = _shape(one, sizes, batch, label if many else None, f"inputs.{label}")
    return found


def _shape(shape: Parsed, sizes: Sizes, batch: Parsed, label: str | None, place: str) -> Shape:
    if shape is None:
        return ()
    try:
        return input_shape(sizes.of(shape) if isinstance(shape, list) else shape, batch, label)
    except ParamcalcError as error:
        raise error.at(place)


def name(value: Parsed) -> str | None:
    """Check a name: a short text that can be printed on one line.

    Raises
    ------
    OptionError
    """
    if value is None or (isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()):
        return value
    raise OptionError("not a name", expected="a short text", received=value).at("name")


def trainable(data: Mapping[str, Parsed]) -> bool:
    """Read ``trainable``, true when left out.

    Raises
    ------
    OptionError
    """
    try:
        return bool(SWITCH(data.get("trainable", True)))
    except ParamcalcError as error:
        raise error.at("trainable")


def check_keys(data: Mapping[str, Parsed], known: tuple[str, ...], what: str) -> None:
    """Refuse keys that mean nothing here.

    Raises
    ------
    OptionError
        With the nearest right spelling.
    """
    for key in data:
        if key not in known:
            near = nearest(key, known) if isinstance(key, str) else None
            shown = ", ".join(one for one in known if one[0] != "$")
            error = OptionError(f"{what} has no {key!r:.80}", suggestion=near or f"it has {shown}")
            raise placed(error, key)
