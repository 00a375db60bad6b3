"""What the answer of a layer depends on, as a value that can be compared: equal layers are worked out once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from ..symbolic import Expr
from ..symbolic.fold import LEAVES
from ..untyped import OptionValue
from .built import Applicable, Part
from .shapes import AnyShape

_PLAIN = frozenset({type(None), bool, int, float, str})


def options_identity(values: Iterable[OptionValue]) -> Hashable:
    """Tell apart the options of layers.

    Sizes that are equal as functions and written otherwise are kept apart, and so are ``1`` and ``True``.
    """
    found = tuple(values)
    kinds = tuple(map(type, found))
    return (kinds, found) if _PLAIN.issuperset(kinds) else tuple(map(_identity, found))


def shapes_identity(shapes: Iterable[AnyShape]) -> Hashable:
    """Tell apart shapes, likewise."""
    return tuple(map(_identity, shapes))


def call_identity(part: Part) -> Hashable | None:
    """Tell apart uses of a layer in a graph; ``None`` in a wrapper, which may do more with it."""
    return None if part.call is None else (shapes_identity(part.inputs), *sorted(part.call.items()))


def _identity(value: OptionValue) -> Hashable:
    kind = type(value)
    if kind in _PLAIN:
        return kind, value
    if kind is tuple:
        return tuple(map(_identity, value))
    if isinstance(value, Expr):
        return value.op, *(value.args if value.op in LEAVES else map(_identity, value.args))
    if isinstance(value, Applicable):  # its name is that of its weights, in the layer around it
        return value.name, value.identity()
    return kind, id(value)
