"""What is tried of dense, merging, reshaping and elementwise layers."""

from __future__ import annotations

from ....untyped import OptionValue

# Values of options that are neither switches nor sizes with a symbol; by option, or by layer and option.
SETTINGS: dict[str, tuple[OptionValue, ...]] = {
    "rate": (0.5,),
    "stddev": (0.5,),
    "l1": (0.0, 0.1),
    "l2": (0.0, 0.1),
    "alpha": (1.0, 0.5),
    "max_value": (6.0,),
    "negative_slope": (0.0, 0.3),
    "threshold": (0.0, 1.0),
    "activation": ("relu", None),
    "n": (1, 3),
    "axis": (-1, 1, -3, 2, 4),
    "Softmax.axis": (-1, 1, (1, 2), 5),
    "Concatenate.axis": (-1, 1, 2, -3, 4),
    "shared_axes": (1, (1, 2), [2], (1, 2, 3), 5),
    "Dot.axes": (1, 2, -1, (1, 1), (2, 1), (1, 2), (-1, -2), (2, 2), 0, 4),
    "Permute.dims": ((1,), (1, 2), (2, 1), (1, 2, 3), (3, 1, 2), (2, 3, 1), (1, 3, 2)),
    "Reshape.target_shape": ((24,), (4, 6), (2, 3, 4), (-1,), (-1, 4), (3, -1, 2), (5, -1), (25,), (24, 1), (1, -1)),
}

MERGED = (
    ("? 4",), ("? 4", "? 4"), ("? 4", "? 4", "? 4"), ("? 3 4", "? 3 4"), ("2 3 4", "2 3 4"),
    ("? 3 4", "? 1 4"), ("? 1 4", "? 3 1"), ("? 3 4", "? 4"), ("? 4", "? 3 4"), ("? 5 3 4", "? 3 1", "? 4"),
    ("? 3 4", "? 3 5"), ("? 3 4", "? 2 4"), ("2 4", "3 4"), ("? 4", "2 4"), ("2 4", "? 4"), ("? ? 4", "? ? 4"),
    ("? ? 4", "? 3 4"), ("? ? 4", "? 1 4"), ("? 1 4", "? ? 4"), ("2 1", "2 4"), ("? 4", "? 3 5"), ("1 4", "2 4"),
)  # fmt: skip
PAIRED = (
    ("2 4", "2 4"), ("? 4", "? 4"), ("? 4", "? 5"), ("2 3 4", "2 3 4"), ("2 3 4", "2 4 3"), ("2 3 4", "2 4 5"),
    ("? 3 4", "? 4 3"), ("2 3 4", "2 4"), ("2 4", "2 3 4"), ("2 4", "2 4 3"), ("2 3 4", "2 3 5"), ("2 3 4", "2 3"),
    ("? ? 4", "? 3 4"), ("2 4", "3 4"), ("2 4", "2 4", "2 4"), ("2 4",),
    ("2 5 3 4", "2 4 3"), ("2 2 3 4", "2 2 4 3"), ("2 3 3", "2 3 3"),
)  # fmt: skip
FILLED = (("? 24",), ("2 24",), ("? 4 6",), ("? 2 3 4",), ("? ?",), ("? ? 6",), ("2 ? 3",), ("? 25",))

# The inputs a layer is tried on, where its pattern does not say enough.
INPUTS: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"), MERGED),
    "Dot": PAIRED,
    "Reshape": FILLED,
    "Permute": (("? 4",), ("2 3 4",), ("? ? 4",), ("? 2 3 4",)),
    "Flatten": (("?",), ("? 4",), ("2 3 4",), ("? ? 4",), ("? 2 3 4",), ("? ? ? 4",)),
}
