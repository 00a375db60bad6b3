"""Numbers of the layers that models in keras.applications bring along."""

from __future__ import annotations

from typing import Any

import paramcalc as pc

B = 4

TABLE: list[Any] = [
    (pc.LayerScale(1e-6, 96), [(B, 56, 56, 96)], 96, [(B, 56, 56, 96)], 0),
    (pc.LayerScale(1e-6, 96), [(B, 7, 1)], 96, [(B, 7, 96)], 0),
    (pc.CustomScaleLayer(0.17), [(B, 35, 35, 320), (B, 35, 35, 320)], 0, [(B, 35, 35, 320)], 0),
]

LEARNING = {"LayerScale": 4}  # inputs of 2 to 5 axes

TRIED: dict[tuple[str, str], list[Any]] = {}
