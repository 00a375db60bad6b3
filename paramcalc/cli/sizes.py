"""Sizes as the command line gives them: text, read by the parser of sizes; an error names the flag."""

from __future__ import annotations

from ..core.kinds import size
from ..errors import ParamcalcError
from ..symbolic import Size
from .output import tell

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
    """Say that a letter after a number is a symbol, where it may be meant as thousands or millions."""
    number, letter = value.strip()[:-1], value.strip()[-1:]
    if not number.isdecimal() or letter not in MULTIPLES:
        return None
    return f"{letter} is a symbol, so {value.strip()} is {number}·{letter}; for {MULTIPLES[letter]} write the number"


def flag_batch(value: str | None) -> Size | None:
    """Read ``--batch``, which may be left out."""
    return None if value is None else flag_size("--batch", value)
