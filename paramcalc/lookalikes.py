"""Characters that look like those of the notation and are others: a full-width digit, a curly quote, an em dash."""

from __future__ import annotations

_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")
_QUOTES = {**dict.fromkeys("“”„‟″＂«»", '"'), **dict.fromkeys("‘’‚‛′＇", "'")}
_BLANKS = dict.fromkeys("\u00a0\u2007\u202f\u3000\ufeff\u200b", " ")
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
