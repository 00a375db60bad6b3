"""Recognises source code by what it says, without the interpreter."""

from __future__ import annotations

import os
import re

from ....errors import ParamcalcError
from ...opened import Source

CELL_PROMPT = r"In ?\[[\d ]*\]:"  # of the input in a notebook
PROMPT = rf"^(?:{CELL_PROMPT})?[ \t>]*"
FRAMEWORKS = re.compile(rf"{PROMPT}(?:import|from)[ \t]+[^\n]*\b(?:keras|torch|tensorflow|torchvision)\b", re.MULTILINE)
SNIPPETS = re.compile(  # lines of a program that leaves its imports out
    rf"{PROMPT}(?:class \w+\([\w.]*(?:Module|Model|Layer)\):|[\w.]+[ \t]*=[ \t]*(?:[\w.]+\.)?(?:Sequential|Model)\(|"
    r"\w+\.add\(|[\w.]+[ \t]*=[ \t]*(?:nn|layers)\.[A-Z]\w*\()",
    re.MULTILINE,
)
NAMED = (".py", ".ipynb", ".md", ".markdown")
PLAIN = (".yaml", ".yml", ".toml")


def is_source(source: Source) -> bool:
    """Recognise source code: imports of a framework or what makes models, in Python, a notebook or fenced blocks."""
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
    return FRAMEWORKS.search(text) is not None or SNIPPETS.search(text) is not None
