"""Modules loaded on demand: a registry names what it holds as ``"package.module:name"``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any


@cache
def load(reference: str) -> Any:  # whatever the module has under that name; who asks states its type
    """Import the module in ``"package.module:name"`` and give what it has under that name."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)
