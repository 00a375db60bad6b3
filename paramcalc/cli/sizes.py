"""Sizes as the command line gives them: text, read by the parser of sizes; an error names the flag."""

from __future__ import annotations

import re

from ..core.kinds import size
from ..errors import ParamcalcError
from ..symbolic import Size
from .output import tell

AFTER_A_NUMBER = r"(\d+)([A-Za-z_]\w*)"
MULTIPLES = {"k": "thousands", "K": "thousands", "M": "millions", "G": "billions"}


def flag_size(flag: str, value: str) -> Size:
    """Read the size a flag gives; an error names the flag."""
    try:
        found = size(value)
    except ParamcalcError as error:
        raise error.at(flag)
    if note := multiple(value):
        tell(f"paramcalc: note: {flag}: {note}")
    return found


def multiple(value: str) -> str | None:
    """Say that what stands after a number is a symbol, where it may be meant as thousands, or is a slip: ``1o8``."""
    found = None if value.isdecimal() else re.fullmatch(AFTER_A_NUMBER, value.strip())
    if found is None:
        return None
    number, name = found.groups()
    told = f"{name} is a symbol, so {value.strip()} is {number}·{name}"
    if name in MULTIPLES:
        return f"{told}; for {MULTIPLES[name]} write the number"
    return told if any(map(str.isdigit, name)) else None


def flag_batch(value: str | None) -> Size | None:
    """Read ``--batch``, which may be left out."""
    return None if value is None else flag_size("--batch", value)
