"""Names: Keras."""

from __future__ import annotations

from ..state import State
from ..values import MISSING, Value

MODULES: dict[str, Value] = {}


def is_tensor(value: Value) -> bool:
    """Tell whether a value is a symbolic tensor."""
    return False


def renamed(name: str) -> str:
    return name


def tensor_attribute(run: State, value: Value, name: str) -> Value:
    return MISSING


def tensor_item(run: State, value: Value, key: Value) -> Value:
    return MISSING


def binary(run: State, op: type, a: Value, b: Value) -> Value:
    return MISSING


def unary(run: State, value: Value) -> Value:
    return MISSING
