"""Values that a Keras configuration holds: names, shapes and inputs; and whether two configurations are equal."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.shapes import Shape
from ...core.tensors import Tensor, input_shape
from ...errors import FileError
from ...untyped import Parsed
from .graph import field


def name_in(config: Mapping[str, Parsed]) -> str | None:
    """Give the name a configuration states, if it is one."""
    name = config.get("name")
    if not isinstance(name, str) or not name:
        return None
    return (name if name.isprintable() else ascii(name)[1:-1])[:200]  # no escapes for a terminal


def built_on(build: Parsed) -> tuple[Shape, ...] | None:
    """Give the shapes a layer was built on, as a file has them, if it has.

    Raises
    ------
    ShapeError, SizeError, FileError
        When they are none.
    """
    if not isinstance(build, dict):
        return None
    shapes = build.get("input_shape")
    several = build.get("shapes_dict")
    if isinstance(several, dict):
        # the states that a recurrent layer is handed are no inputs, and decide no weight
        shapes = [shape for name, shape in several.items() if name != "initial_state_shape"]
    if not isinstance(shapes, (list, tuple)) or not shapes:
        return None
    return tuple(map(shape_stated, shapes)) if isinstance(shapes[0], (list, tuple)) else (shape_stated(shapes),)


def shape_stated(shape: Parsed) -> Shape:
    """Read a shape a file states, batch first.

    Raises
    ------
    ShapeError, SizeError, FileError
        When it is none.
    """
    if not isinstance(shape, (list, tuple)):
        raise FileError("not a shape", expected="a list of sizes", received=shape)
    return input_shape(shape[1:], shape[0]) if shape else ()


def input_of(config: Mapping[str, Parsed], axes: str | None = None) -> Tensor:
    """Read an ``InputLayer``; its unknown sizes are named after ``axes``.

    Raises
    ------
    ShapeError, SizeError, FileError
        When its shape is none.
    """
    shape = field(config, "batch_shape", (list, tuple))
    if not shape:
        raise FileError("an input of no axes", expected="the batch first", received=shape)
    return Tensor(input_shape(shape[1:], shape[0], axes), name=name_in(config))


def alike(one: Parsed, other: Parsed) -> bool:
    """Tell whether two configurations are equal, whatever numbers Keras gave to shared objects inside."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = (one.keys() | other.keys()) - {"shared_object_id"}
        return all(alike(one.get(key), other.get(key)) for key in keys)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)
