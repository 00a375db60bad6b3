"""Numbers of dense layers and embeddings, and of the ways they are stored."""

from __future__ import annotations

from typing import Any

import paramcalc as pc

B = 4

TABLE: list[Any] = [
    (pc.Dense(108), [(B, 256)], 256 * 108 + 108, [(B, 108)], B * 256 * 108),
    (pc.Dense(108), [(B, 32, 256)], 27_756, [(B, 32, 108)], B * 32 * 256 * 108),
    (pc.Dense(108, use_bias=False), [(B, 256)], 256 * 108, [(B, 108)], B * 256 * 108),
    # LoRA of rank r: r(d_x + d_y) more; the two tables are multiplied once, to d_x · d_y numbers
    (pc.Dense(108, lora_rank=4), [(B, 256)], 27_756 + 4 * (256 + 108), [(B, 108)], B * 256 * 108 + 256 * 4 * 108),
    # a byte a number and a scale a unit; LoRA beside it works on the input
    (pc.Dense(108, dtype="int8_from_float32"), [(B, 256)], 27_756 + 108, [(B, 108)], B * 256 * 108),
    (
        pc.Dense(108, lora_rank=4, dtype="int8_from_float32"),
        [(B, 256)],
        27_756 + 108 + 4 * 364,
        [(B, 108)],
        B * (256 * 108 + 4 * 364),
    ),
    # two units a byte, 109 → 55; 256 features in blocks of 100 are 3: a scale and a zero each; an index a feature
    (pc.Dense(109, dtype="int4_from_float32"), [(B, 256)], 256 * 55 + 109 + 109, [(B, 109)], B * 256 * 109),
    (
        pc.Dense(109, dtype="int4/100_from_float32"),
        [(B, 256)],
        256 * 55 + 2 * 3 * 109 + 256 + 109,
        [(B, 109)],
        B * 256 * 109,
    ),
    # three scales with histories of 1024
    (pc.Dense(108, dtype="float8_from_float32"), [(B, 256)], 27_756 + 3 * 1025, [(B, 108)], B * 256 * 108),
    # on its side: 55 · 256 in 4 bits, 109 · 256 in 8
    (
        pc.Dense(109, dtype="gptq/4/100_from_float32"),
        [(B, 256)],
        55 * 256 + 2 * 109 * 3 + 256 + 109,
        [(B, 109)],
        B * 256 * 109,
    ),
    (
        pc.Dense(109, dtype="gptq/8/-1_from_float32"),
        [(B, 256)],
        109 * 256 + 2 * 109 + 256 + 109,
        [(B, 109)],
        B * 256 * 109,
    ),
    (
        pc.Dense(109, dtype="awq/4/100_from_float32"),
        [(B, 256)],
        55 * 256 + 2 * 109 * 3 + 2 * 256 + 109,
        [(B, 109)],
        B * 256 * 109,
    ),
    # Keras's own examples: a dense layer, one on sequences, one with ...
    (pc.EinsumDense("ab,bc->ac", 64, bias_axes="c"), [(B, 32)], 32 * 64 + 64, [(B, 64)], B * 32 * 64),
    (
        pc.EinsumDense("abc,cd->abd", (None, 64), bias_axes="d"),
        [(B, 32, 128)],
        128 * 64 + 64,
        [(B, 32, 64)],
        B * 32 * 128 * 64,
    ),
    (pc.EinsumDense("...x,xy->...y", 64, bias_axes="y"), [(B, 32, 128)], 8256, [(B, 32, 64)], B * 32 * 128 * 64),
    (pc.EinsumDense("ab...,bc->ac...", (5,)), [(B, 7, 3)], 7 * 5, [(B, 5, 3)], B * 7 * 5 * 3),
    # into 3 heads of 4: a bias for each of 12, or for each head
    (
        pc.EinsumDense("abc,cde->abde", (None, 3, 4), bias_axes="de"),
        [(B, 6, 5)],
        5 * 12 + 12,
        [(B, 6, 3, 4)],
        B * 6 * 5 * 12,
    ),
    (pc.EinsumDense("abc,cde->abde", (None, 3, 4), bias_axes="d"), [(B, 6, 5)], 63, [(B, 6, 3, 4)], B * 6 * 5 * 12),
    # a kernel for every place, 6 of them
    (pc.EinsumDense("abc,bcd->abd", (6, 7)), [(B, 6, 5)], 6 * 5 * 7, [(B, 6, 7)], B * 6 * 5 * 7),
    (
        pc.EinsumDense("abc,cde->abde", (None, 3, 4), dtype="int8_from_float32"),
        [(B, 6, 5)],
        60 + 12,
        [(B, 6, 3, 4)],
        B * 6 * 5 * 12,
    ),
    (
        pc.EinsumDense("abc,cde->abde", (None, 3, 4), dtype="int4/2_from_float32"),
        [(B, 6, 5)],
        5 * 6 + 2 * 3 * 12 + 5,
        [(B, 6, 3, 4)],
        B * 6 * 5 * 12,
    ),
    (
        pc.EinsumDense("abc,cde->abde", (None, 3, 4), lora_rank=2),
        [(B, 6, 5)],
        60 + 2 * (5 * 3 + 4),
        [(B, 6, 3, 4)],
        B * 6 * 5 * 12 + 5 * 3 * 2 * 4,
    ),
    (pc.Embedding(10_000, 128), [(B, 32)], 10_000 * 128, [(B, 32, 128)], 0),
    (pc.Embedding(50, 8), [(B,)], 50 * 8, [(B, 8)], 0),
    (pc.Embedding(50, 8, lora_rank=2), [(B, 3)], 400 + 2 * 58, [(B, 3, 8)], 50 * 2 * 8),
    (pc.Embedding(50, 8, lora_rank=2, dtype="int8_from_float32"), [(B, 3)], 450 + 116, [(B, 3, 8)], B * 3 * 2 * 8),
    (pc.Embedding(50, 9, dtype="int4_from_float32"), [(B, 3)], 50 * 5 + 50, [(B, 3, 9)], 0),
    (pc.Embedding(50, 9, dtype="int4/4_from_float32"), [(B, 3)], 50 * 5 + 2 * 50 * 3 + 9, [(B, 3, 9)], 0),
    (pc.ReversibleEmbedding(50, 8), [(B, 3)], 400, [(B, 3, 8)], 0),
    (pc.ReversibleEmbedding(50, 8, tie_weights=False), [(B, 3)], 800, [(B, 3, 8)], 0),
    (
        pc.ReversibleEmbedding(50, 9, tie_weights=False, dtype="int4/4_from_float32"),
        [(B, 3)],
        250 + 300 + 9 + 250 + 300,
        [(B, 3, 9)],
        0,
    ),
]

# Number of combinations of switches and inputs that the proof of each formula covers.
LEARNING = {
    "Dense": 96,  # bias or none, inputs of 2 to 5 axes, 8 ways of storing, 4 of them with LoRA, too
    "EinsumDense": 108,
    "Embedding": 32,  # 4 ways of storing, with LoRA and without, 4 inputs
    "ReversibleEmbedding": 60,  # as much tied; untied one way less, in full with LoRA
}

STORED = [None, "int8_from_float32", "int4_from_float32", "int4/3_from_float32", "float8_from_float32",
          "gptq/4/3_from_float32", "gptq/8/-1_from_float32", "awq/4/3_from_float32"]  # fmt: skip
TRIED: dict[tuple[str, str], list[Any]] = {
    **{(name, "dtype"): STORED for name in LEARNING},
    **{(name, "lora_alpha"): [None] for name in LEARNING},
    **{(name, "quantization_config"): [None] for name in LEARNING},
    **{(name, "kernel_constraint"): [None] for name in ("Dense", "EinsumDense")},
    **{(name, "embeddings_constraint"): [None] for name in ("Embedding", "ReversibleEmbedding")},
    ("Embedding", "weights"): [None],
    ("ReversibleEmbedding", "logit_soft_cap"): [None],
    ("EinsumDense", "equation"): ["ab,bc->ac", "abc,cd->abd", "...x,xy->...y", "abc,cde->abde", "abc...,bd->adc..."],
    ("EinsumDense", "output_shape"): ["d_y", (None, "d_y"), ("d_y", None), (None, "d_h", "d_y")],
    ("EinsumDense", "bias_axes"): [None, "c", "d", "y"],
}
