"""Numbers of what makes data ready for a model: statistics, waves, and shapes alone for all else."""

from __future__ import annotations

from typing import Any

import paramcalc as pc
from paramcalc.core.schema import REQUIRED
from paramcalc.rules.keras.augmentation import LAYERS

B = 4
IMAGES = (B, 8, 9, 3)

TABLE: list[Any] = [
    (pc.Normalization(), [(B, 9, 6)], 6 + 6 + 1, [(B, 9, 6)], 0),
    (pc.Normalization(axis=(1, 2)), [(B, 9, 6)], 2 * 54 + 1, [(B, 9, 6)], 0),
    (pc.Normalization(axis=None), [(B, 9, 6)], 3, [(B, 9, 6)], 0),
    (pc.Normalization(mean=0.5, variance=2.0), [(B, 9, 6)], 0, [(B, 9, 6)], 0),
    (pc.Rescaling(1 / 255), [IMAGES], 0, [IMAGES], 0),
    (pc.Rescaling([1.0, 2.0, 3.0]), [(B, 5, 1)], 0, [(B, 5, 3)], 0),
    (pc.CategoryEncoding(5), [(B, 3)], 0, [(B, 5)], 0),
    (pc.CategoryEncoding(5, "one_hot"), [(B, 3)], 0, [(B, 3, 5)], 0),
    (pc.CategoryEncoding(5, "one_hot"), [(B, 1)], 0, [(B, 5)], 0),
    (pc.Discretization([0.0, 1.0]), [(B, 3)], 0, [(B, 3)], 0),
    (pc.Discretization([0.0, 1.0], output_mode="one_hot"), [(B, 3)], 0, [(B, 3, 3)], 0),
    (pc.Discretization(num_bins=7, output_mode="count"), [(B, 3)], 0, [(B, 7)], 0),
    # frames of 256 every 128: ⌊(1000 − 256)/128⌋ + 1 = 6; 256 is 2⁸, so 129 bins, real and imaginary
    (
        pc.STFTSpectrogram(),
        [(B, 1000, 2)],
        2 * 256 * 129,
        [(B, 6, 2 * 129)],
        B * 2 * 6 * 2 * 256 * 129,
    ),
    (
        pc.STFTSpectrogram("real", 100, 50, expand_dims=True, data_format="channels_first"),
        [(B, 2, 1000)],
        100 * 65,
        [(B, 2, 19, 65)],
        B * 2 * 19 * 100 * 65,
    ),
    (pc.MelSpectrogram(64, 16, num_mel_bins=10), [(B, 100)], 0, [(B, 10, 7)], B * 7 * 33 * 10),
    (
        pc.Pipeline([pc.Rescaling(2.0), pc.Dense(3), pc.Dense(2)]),
        [(B, 5)],
        5 * 3 + 3 + 3 * 2 + 2,
        [(B, 2)],
        B * (5 * 3 + 3 * 2),
    ),
    (pc.Hashing(5), [(B, 3)], 0, [(B, 3)], 0),
    (pc.Hashing(5, output_mode="count"), [(B, 3)], 0, [(B, 5)], 0),
    (pc.HashedCrossing(5, "one_hot"), [(B, 1), (B, 1)], 0, [(B, 5)], 0),
    # three tokens, and one place for all others
    (pc.IntegerLookup(vocabulary=[5, 6, 7], output_mode="multi_hot"), [(B, 3)], 0, [(B, 4)], 0),
    (pc.IntegerLookup(max_tokens=9, pad_to_max_tokens=True, output_mode="count"), [(B, 3)], 0, [(B, 9)], 0),
    (pc.StringLookup(vocabulary=["a", "b"], num_oov_indices=2, output_mode="one_hot"), [(B, 1)], 0, [(B, 4)], 0),
    (pc.StringLookup(vocabulary=["a", "b"]), [(B, 3)], 0, [(B, 3)], 0),
    (pc.TextVectorization(output_sequence_length=20), [(B,)], 0, [(B, 20)], 0),
    (pc.TextVectorization(vocabulary=["a", "b"], output_mode="count"), [(B, 1)], 0, [(B, 3)], 0),
    (pc.Resizing(4, 5), [IMAGES], 0, [(B, 4, 5, 3)], 0),
    (pc.Resizing(4, 5, data_format="channels_first"), [(3, 8, 9)], 0, [(3, 4, 5)], 0),
    (pc.CenterCrop(4, 5), [IMAGES], 0, [(B, 4, 5, 3)], 0),
    (pc.RandomCrop(12, 5), [(8, 9, 3)], 0, [(12, 5, 3)], 0),
    *((rule(**dict.fromkeys(needed, 1)), [IMAGES], 0, [IMAGES], 0)
      for rule in LAYERS
      for needed in [[name for name, option in rule.options.items() if option.default is REQUIRED]]),
]  # fmt: skip

LEARNING: dict[str, int] = {
    "Normalization": 11,
    "STFTSpectrogram": 168,  # 7 modes, 3 layouts, 2 paddings, 2 lengths, one axis more or not
    "Pipeline": 5,
}
TRIED: dict[tuple[str, str], list[Any]] = {
    ("Normalization", "axis"): [-1, None, (1, 2)],
    ("Normalization", "mean"): [None],
    ("Normalization", "variance"): [None],
    ("Normalization", "invert"): [False],
    ("Rescaling", "scale"): [0.5, [1.0, 2.0]],
    ("Discretization", "bin_boundaries"): [[0.0, 1.0]],
    ("STFTSpectrogram", "frame_length"): [8],
    ("STFTSpectrogram", "frame_step"): [3],
    ("STFTSpectrogram", "fft_length"): [None, 32],
    ("MaxNumBoundingBoxes", "max_number"): [2],
    ("RandomPosterization", "factor"): [1],
    ("Pipeline", "layers"): [[pc.Dense("d_y"), pc.Dense("d_h")], [pc.Rescaling(2.0), pc.LSTM("d_h")]],
    **{(name, option): [None] for name in ("IntegerLookup", "StringLookup") for option in ("vocabulary", "mask_token")},
}
