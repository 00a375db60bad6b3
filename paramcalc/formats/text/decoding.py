"""Bytes to text: UTF-8, with or without a byte order mark, and never more than `bounds.MAX_BYTES`."""

from __future__ import annotations

from ...errors import FileError
from . import bounds

_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def decode(content: str | bytes) -> str:
    """Decode UTF-8, with or without a byte order mark; text passes, if it could be written as UTF-8.

    Raises
    ------
    FileError
        For anything else: another encoding, binary content, nothing at all.
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
        raise FileError("a binary file", expected="YAML, TOML or JSON")
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
        what = "a binary file" if b"\0" in content else f"not UTF-8: byte 0x{content[error.start]:02x} on line {line}"
        raise FileError(what, expected="YAML, TOML or JSON in UTF-8") from None
