"""Modules loaded on demand: a registry names what it holds as ``"package.module:name"``."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from .untyped import Foreign


@cache
def load(reference: str) -> Foreign:
    """Import the module in ``"package.module:name"`` and give what it has under that name: who asks states its type."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)
