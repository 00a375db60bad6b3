"""A model that Keras described in JSON (``to_json()``, ``config.json``), of any version, without its weights."""

from __future__ import annotations

from collections.abc import Mapping

from ...graph.model import Model
from ...untyped import Parsed
from ..opened import Source
from .config import from_config
from .keras2 import is_legacy, upgraded


def read(source: Source) -> Model:
    """Read the text of a model.

    Raises
    ------
    ParamcalcError
        Where it is none.
    """
    return from_config(current(source.data), sets=is_legacy(source.data))


def is_description(found: Mapping[str, Parsed]) -> bool:
    """Tell whether data is the form that Keras writes."""
    return "class_name" in found and "config" in found


def current(found: Mapping[str, Parsed]) -> dict[str, Parsed]:
    """Give a description in the form that Keras 3 writes."""
    return upgraded(found) if is_legacy(found) else dict(found)
