"""Characters that mislead: those that look like others, and those that steer a terminal instead of being shown."""

from __future__ import annotations

import re

LOOKS_LIKE_A_HYPHEN = tuple("‐‑‒–—―−﹣－")
_DASHES = dict.fromkeys(LOOKS_LIKE_A_HYPHEN, "-")
_QUOTES = {**dict.fromkeys("“”„‟″＂«»", '"'), **dict.fromkeys("‘’‚‛′＇", "'")}
_BLANKS = dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\ufeff\u200b", " ")
_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_CHINESE = {"，": ",", "。": ".", "、": ",", "【": "[", "】": "]"}
MEANT = {**_FULL_WIDTH, **_CHINESE, **_DASHES, **_QUOTES, **_BLANKS}
_TABLE = str.maketrans(MEANT)


def as_meant(text: str) -> str:
    """Replace every such character by the one that is meant."""
    return text.translate(_TABLE)


def lookalike(text: str) -> str | None:
    """Name the first such character, and the one to type: ``'：' is not ':'``; ``None`` where there is none."""
    found = next((char for char in text if char in MEANT), None)
    if found is None:
        return None
    shown = found if found.isprintable() and not found.isspace() else f"U+{ord(found):04X}"
    meant = "a blank" if MEANT[found] == " " else repr(MEANT[found])
    return f"{shown!r} is not {meant}, which was probably meant"


# C0 and C1 controls, line and paragraph separators, and marks that turn the direction of the text around
_ABOVE_ASCII = r"\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069"


def visible(text: str) -> str:
    """Write control characters as escapes: a name from a file must not move the cursor or begin a new line."""
    if text.isprintable():
        return text
    return re.sub(rf"[\x00-\x1f{_ABOVE_ASCII}]", lambda match: _escaped(ord(match[0])), text)


def in_json(text: str) -> str:
    """Escape what a JSON encoder leaves in texts: controls above ASCII, and marks of direction."""
    if text.isascii():
        return text
    return re.sub(f"[{_ABOVE_ASCII}]", lambda match: f"\\u{ord(match[0]):04x}", text)


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
