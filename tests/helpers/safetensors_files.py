"""Files of safetensors, written by hand: a header, and as many zeros as it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path

BYTES = {"F16": 2, "F32": 4}


def write(path: Path, shapes: Mapping[str, tuple[int, ...]], dtype: str = "F32") -> Path:
    """Write tensors of zeros; give the path."""
    header: dict[str, object] = {}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + prod(shape) * BYTES[dtype]
        header[name] = {"dtype": dtype, "shape": [*shape], "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(end))
    return path
