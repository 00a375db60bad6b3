"""Recognises source code by what it says, without the interpreter."""

from __future__ import annotations

import os
import re

from ...errors import ParamcalcError
from ..opened import Source

FRAMEWORKS = re.compile(r"^[ \t>]*(?:import|from)[ \t]+[^\n]*\b(?:keras|torch|tensorflow|torchvision)\b", re.MULTILINE)
NAMED = (".py", ".ipynb", ".md", ".markdown")
PLAIN = (".yaml", ".yml", ".toml")


def is_source(source: Source) -> bool:
    """Recognise source code: imports of a framework, in Python, in the cells of a notebook or in fenced blocks."""
    if b"\0" in source.head or not source.head.strip():
        return False
    ending = os.path.splitext(source.path or source.name)[1].lower()
    if ending in PLAIN or source.head[:1] in (b"\x80", b"\x89", b"\x93", b"\x1f"):
        return False
    if ending in NAMED:
        return True
    try:
        text = source.text
    except ParamcalcError:
        return False
    if text.lstrip()[:1] == "{":
        return '"cells"' in text and '"cell_type"' in text
    return FRAMEWORKS.search(text) is not None
