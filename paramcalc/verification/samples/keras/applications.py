"""What is tried of the layers that models in keras.applications bring along."""

from __future__ import annotations

from ....untyped import OptionValue

SETTINGS: dict[str, tuple[OptionValue, ...]] = {
    "init_values": (1e-6, 0.5),
    "scale": (0.17, 1),
}
INPUTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "LayerScale": (
        ("2 d_y",), ("? d_y",), ("2 7 d_y",), ("? 9 8 d_y",), ("? ? ? d_y",), ("2 1",),
        ("? 4 1",), ("2 3",), ("? 4 5",),
    ),
    "CustomScaleLayer": (
        ("? 4", "? 4"), ("2 4", "2 4"), ("? 3 4", "? 3 4"), ("? ? ? 8", "? ? ? 8"), ("? 9 8 6", "? 1 1 6"),
        ("? 1 1 6", "? 9 8 6"), ("2 4", "2 3"), ("2 4", "1 4"), ("2 3 4", "4 2"), ("2 4",), ("2 3 4", "3 4"),
    ),
}  # fmt: skip
