"""Numbers of attention: sequences of 10 that attend to 7, inputs of 12, 3 heads of 4."""

from __future__ import annotations

from typing import Any

import paramcalc as pc

B = 2
Q, V, K = (B, 10, 12), (B, 7, 12), (B, 7, 5)

TABLE: list[Any] = [
    (pc.Attention(), [Q, V], 0, [(B, 10, 12)], B * 10 * 7 * (12 + 12)),
    (pc.Attention(use_scale=True), [Q, (B, 7, 5), V], 1, [(B, 10, 5)], B * 10 * 7 * (12 + 5)),
    (pc.Attention(True, "concat"), [Q, V], 2, [(B, 10, 12)], B * 10 * 7 * 12),
    (pc.AdditiveAttention(), [Q, V], 12, [(B, 10, 12)], B * 10 * 7 * 12),
    (pc.AdditiveAttention(use_scale=False), [Q, V], 0, [(B, 10, 12)], B * 10 * 7 * 12),
    # three times 12 · 12 + 12 into heads, 12 · 12 + 12 out of them
    (
        pc.MultiHeadAttention(3, 4),
        [Q, V],
        4 * (12 * 12 + 12),
        [Q],
        B * (2 * 10 + 2 * 7) * 12 * 12 + B * 3 * 10 * 7 * (4 + 4),
    ),
    (
        pc.MultiHeadAttention(3, 4, use_bias=False),
        [Q, V],
        4 * 12 * 12,
        [Q],
        B * 34 * 144 + B * 3 * 70 * 8,
    ),
    # keys of 5 features, values of 2 a head, 9 numbers out
    (
        pc.MultiHeadAttention(3, 4, 2, output_shape=9),
        [Q, V, K],
        3 * (4 * 13 + 4 * 6 + 2 * 13) + (3 * 2 + 1) * 9,
        [(B, 10, 9)],
        B * (10 * 12 * 12 + 7 * 5 * 12 + 7 * 12 * 6) + B * 3 * 70 * (4 + 2) + B * 10 * 6 * 9,
    ),
    (
        pc.MultiHeadAttention(3, 4, use_gate=True),
        [Q, V],
        5 * (12 * 12 + 12),
        [Q],
        B * (3 * 10 + 2 * 7) * 144 + B * 3 * 70 * 8,
    ),
    # in few bits each projection has a scale for every number it makes; packed, two numbers stand in one place
    (
        pc.MultiHeadAttention(3, 4, dtype="int8_from_float32"),
        [Q, V],
        624 + 4 * 12,
        [Q],
        B * 34 * 144 + B * 3 * 70 * 8,
    ),
    (
        pc.MultiHeadAttention(3, 3, dtype="int4_from_float32", use_bias=False),
        [Q, V],
        3 * (12 * 5 + 9) + 9 * 6 + 12,
        [Q],
        B * 34 * 108 + B * 3 * 70 * 6,
    ),
    # along the first of two axes only: 5 · 5 scores for each of 6 places
    (
        pc.MultiHeadAttention(3, 4, attention_axes=1),
        [(B, 5, 6, 12), (B, 5, 6, 12)],
        624,
        [(B, 5, 6, 12)],
        B * 30 * 4 * 144 + B * 3 * 6 * 25 * 8,
    ),
    (pc.MultiHeadAttention(3, 4), [(B, 5, 6, 12)] * 2, 624, [(B, 5, 6, 12)], B * 30 * 4 * 144 + B * 3 * 30 * 30 * 8),
    # a transformer of d = 512 with 8 heads of 64: 4d² + 4d
    (
        pc.MultiHeadAttention(8, 64),
        [(1, 100, 512)] * 2,
        4 * 512 * 512 + 4 * 512,
        [(1, 100, 512)],
        4 * 100 * 512 * 512 + 2 * 100 * 100 * 512,
    ),
    # 6 heads of 4 for the query, 2 for keys and values
    (
        pc.GroupQueryAttention(4, 6, 2),
        [Q, V],
        (12 + 1) * 24 + 2 * (12 + 1) * 8 + 25 * 12,
        [Q],
        B * (10 * 12 * 24 * 2 + 2 * 7 * 12 * 8) + B * 6 * 70 * 8,
    ),
    (
        pc.GroupQueryAttention(4, 6, 1, use_bias=False),
        [Q, V],
        2 * 12 * 24 + 2 * 12 * 4,
        [Q],
        B * (10 * 12 * 24 * 2 + 2 * 7 * 12 * 4) + B * 6 * 70 * 8,
    ),
    (
        pc.GroupQueryAttention(4, 6, 1, use_bias=False, dtype="float8_from_float32"),
        [Q, V],
        2 * 12 * 24 + 2 * 12 * 4 + 4 * 3 * (1 + 1024),
        [Q],
        B * (10 * 12 * 24 * 2 + 2 * 7 * 12 * 4) + B * 6 * 70 * 8,
    ),
]

LEARNING: dict[str, int] = {}  # tests/rules/test_attention.py: they take several inputs
TRIED: dict[tuple[str, str], list[Any]] = {}
