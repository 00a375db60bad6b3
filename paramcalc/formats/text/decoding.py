"""Bytes to text: UTF-8, with or without a byte order mark, and never more than `bounds.MAX_BYTES`."""

from __future__ import annotations

from ...errors import FileError
from . import bounds

_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1b") | {127}  # no text has them, in no encoding
_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Binary(FileError):
    """Content that is no text in any encoding."""


def decode(content: str | bytes) -> str:
    """Decode UTF-8, with or without a byte order mark; text passes, if it could be written as UTF-8.

    Raises
    ------
    Binary
        For what is no text.
    FileError
        For anything else: another encoding, nothing at all.
    """
    if isinstance(content, bytes):
        content = _decoded(content)
    elif not content.isascii():
        try:
            content.encode()
        except UnicodeEncodeError as error:
            raise FileError(f"an unpaired surrogate at character {error.start + 1}", expected="text") from None
    if len(content) > bounds.MAX_BYTES:
        raise FileError("too large", expected=f"at most {bounds.MAX_BYTES >> 20} MiB")
    if "\0" in content:
        raise Binary("a binary file", expected="YAML, TOML or JSON")
    content = content.removeprefix("\ufeff")
    if not content or content.isspace():
        raise FileError("empty", expected="a model in YAML, TOML or JSON")
    return content


def _decoded(content: bytes) -> str:
    for start, encoding in _OTHER_ENCODINGS.items():
        if content.startswith(start):
            raise FileError(f"encoded as {encoding}", expected="UTF-8")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        expected = "YAML, TOML or JSON in UTF-8"
        if not _CONTROLS.isdisjoint(content):
            raise Binary("a binary file", expected=expected) from None
        what = f"not UTF-8: byte 0x{content[error.start]:02x} on line {line}"
        raise FileError(what, expected=expected) from None
