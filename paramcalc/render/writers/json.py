"""The JSON view: data under the contract of its ``schema``, ``paramcalc/1`` of a report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ...characters import in_json
from ..presentation import Presentation


def write(shown: Presentation, *, ascii: bool = False, indent: int | None = 2, **options: Any) -> Iterator[str]:
    """Write a presentation as JSON."""
    yield in_json(json.dumps(shown.data(**options), indent=indent, ensure_ascii=ascii))
    yield "\n"
