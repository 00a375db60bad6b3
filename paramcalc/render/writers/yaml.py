"""The spec of a model in YAML, a layer to a line, so that it can be read, changed and counted again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ...characters import in_json
from ...core.json_data import Json
from ..presentation import Presentation

# texts that need no quotation marks anywhere in YAML 1.1 and 1.2, and the words that are no texts there
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./]*")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def write(shown: Presentation, *, ascii: bool = False, **options: object) -> Iterator[str]:
    """Write the spec of a model.

    Raises
    ------
    ParamcalcError
        When it has none.
    """
    for key, value in shown.spec().items():
        if key != "layers" or not isinstance(value, list):
            yield f"{_scalar(key, ascii)}: {_flow(value, ascii)}\n"
            continue
        yield "layers:\n"
        for item in value:
            yield f"  - {_item(item, ascii)}\n"


def _item(item: Json, ascii: bool) -> str:
    # ReLU, or Dense: {units: 8}, or {Dense: {units: 8}, name: a}
    if isinstance(item, dict) and len(item) == 1:
        ((key, value),) = item.items()
        return _scalar(key, ascii) if value is None else f"{_scalar(key, ascii)}: {_flow(value, ascii)}"
    return _flow(item, ascii)


def _flow(value: Json, ascii: bool) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_scalar(key, ascii)}: {_flow(one, ascii)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(one, ascii) for one in value)}]"
    return _scalar(value, ascii)


def _scalar(value: Json, ascii: bool) -> str:
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
            return value
        return in_json(json.dumps(value, ensure_ascii=ascii))
    if isinstance(value, float):
        mantissa, mark, exponent = repr(value).partition("e")
        return mantissa if not mark else f"{mantissa if '.' in mantissa else mantissa + '.0'}e{exponent}"
    return json.dumps(value)
