"""Numbers of normalization."""

from __future__ import annotations

from typing import Any

import paramcalc as pc

B = 4

TABLE: list[Any] = [
    (pc.BatchNormalization(), [(B, 9, 6)], 4 * 6, [(B, 9, 6)], 0),
    (pc.BatchNormalization(axis=1, scale=False), [(B, 9, 6)], 3 * 9, [(B, 9, 6)], 0),
    (pc.BatchNormalization(center=False, scale=False, renorm=True), [(B, 6)], 5 * 6, [(B, 6)], 0),
    (pc.LayerNormalization(), [(B, 9, 6)], 2 * 6, [(B, 9, 6)], 0),
    (pc.LayerNormalization(axis=(1, 2), center=False), [(B, 9, 6)], 9 * 6, [(B, 9, 6)], 0),
    (pc.LayerNormalization(rms_scaling=True), [(B, 9, 6)], 6, [(B, 9, 6)], 0),
    (pc.RMSNormalization(), [(B, 9, 6)], 6, [(B, 9, 6)], 0),
    (pc.RMSNormalization(axis=(1, 2)), [(B, 9, 6)], 54, [(B, 9, 6)], 0),
    (pc.UnitNormalization(), [(B, 9, 6)], 0, [(B, 9, 6)], 0),
    (pc.GroupNormalization(3), [(B, 9, 6)], 2 * 6, [(B, 9, 6)], 0),
    (pc.GroupNormalization(-1, scale=False), [(B, 9, 6)], 6, [(B, 9, 6)], 0),
    (pc.GroupNormalization(3, axis=1), [(B, 9, 6)], 2 * 9, [(B, 9, 6)], 0),
    # the kernel's last axis has 8 numbers
    (pc.SpectralNormalization(pc.Dense(8)), [(B, 6)], 6 * 8 + 8 + 8, [(B, 8)], B * 48),
    (pc.SpectralNormalization(pc.Conv2D(8, 3)), [(B, 9, 9, 2)], 9 * 16 + 8 + 8, [(B, 7, 7, 8)], B * 49 * 9 * 16),
    (pc.SpectralNormalization(pc.Embedding(50, 8)), [(B, 3)], 408, [(B, 3, 8)], 0),
]

LEARNING = {
    "BatchNormalization": 64,
    "LayerNormalization": 77,  # 7 combinations of switches leave something to learn; 11 inputs have the axes
    "RMSNormalization": 11,
    "GroupNormalization": 72,
    "SpectralNormalization": 14,
}
TRIED: dict[tuple[str, str], list[Any]] = {
    ("BatchNormalization", "axis"): [-1, 1],
    ("LayerNormalization", "axis"): [-1, 1, (1, -1)],
    ("RMSNormalization", "axis"): [-1, 1, (1, -1)],
    ("UnitNormalization", "axis"): [-1, (1, 2)],
    ("GroupNormalization", "axis"): [-1, 1],
    ("GroupNormalization", "groups"): [1, -1, "g"],
    ("SpectralNormalization", "layer"): [
        pc.Dense("d_y"),
        pc.Dense("d_y", use_bias=False),
        pc.EinsumDense("abc,cde->abde", (None, "d_h", "d_y")),
        pc.Conv1D("F", "k"),
        pc.Embedding("V", "d_e"),
    ],
    ("SpectralNormalization", "power_iterations"): [1],
}
