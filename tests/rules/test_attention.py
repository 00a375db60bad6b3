"""Attention, whose inputs are several: formula = inventory proved, formulas as papers write them, what does not fit."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.core.formula import formula_of, rule_formula
from paramcalc.core.on_symbols import symbolised
from paramcalc.core.rule import Layer
from paramcalc.errors import ParamcalcError
from paramcalc.symbolic import symbols

B, T, S, n, d, d_c, d_e = symbols("B T S n d d_c d_e")
INPUTS = ([(B, T, d), (B, S, d)], [(B, T, d), (B, S, d_c), (B, S, d_e)], [(B, n, T, d), (B, n, S, d)])


def proved(layer: Layer, inputs: list[Any], **call: bool) -> None:
    built = symbolised(layer)[0].on(*inputs, **call)
    assert built.formula is not None
    assert built.formula() == built.params


@pytest.mark.parametrize("inputs", INPUTS, ids=("self", "cross", "two axes"))
def test_multi_head_attention_is_its_tensors(inputs: list[Any]) -> None:
    out = (None, "d_o", ("d_a", "d_b"))
    both = (True, False)
    for value_dim, bias, gate, shape, scores in product((None, "d_v"), both, both, out, both):
        layer = pc.MultiHeadAttention("H", "d_k", value_dim, use_bias=bias, use_gate=gate, output_shape=shape)
        proved(layer, inputs, return_attention_scores=scores)


def test_attention_in_few_bits_is_its_tensors() -> None:
    for mode, bias in product(("int8", "int4", "int4/2", "float8", "gptq/4/2", "awq/4/2"), (True, False)):
        dtype = f"{mode}_from_float32"
        several = pc.MultiHeadAttention(2, 3, use_bias=bias, dtype=dtype).on((2, 7, 8), (2, 5, 6))
        grouped = pc.GroupQueryAttention(3, 4, 2, use_bias=bias, dtype=dtype).on((2, 7, 8), (2, 5, 8))
        for built in (several, grouped):
            assert built.formula is not None
            assert built.formula() == built.params


def test_grouped_attention_is_its_tensors() -> None:
    for bias, gate, own in product((True, False), (True, False), (True, False)):
        layer = pc.GroupQueryAttention("d_h", "H", "G", use_bias=bias, use_gate=gate)
        proved(layer, [(B, T, d), (B, S, d), *[(B, S, d_e)] * own])


def test_plain_attention_is_its_tensors() -> None:
    for rule, scale in product((pc.Attention, pc.AdditiveAttention), (True, False)):
        proved(rule(use_scale=scale), [(B, T, d), (B, S, d)])


@pytest.mark.parametrize(
    ("layer", "inputs", "formula", "substituted"),
    [
        (pc.MultiHeadAttention(8, 64), [(1, 100, 512)] * 2,
         "H[d_k(d_Q + 1) + d_k(d_V + 1) + d_k(d_V + 1)] + d_Q(H*d_k + 1)",
         "8[64(512 + 1) + 64(512 + 1) + 64(512 + 1)] + 512(8*64 + 1)"),
        (pc.MultiHeadAttention(8, 64, 32, use_bias=False), [(1, 9, 512), (1, 7, 99), (1, 7, 5)],
         "H(d_k*d_Q + d_k*d_K + d_v*d_V) + d_Q*H*d_v", "8(64*512 + 64*5 + 32*99) + 512*8*32"),
        (pc.GroupQueryAttention(64, 8, 2), [(1, 100, 512)] * 2,
         "d_h[H(d_Q + 1) + G(d_V + 1) + G(d_V + 1)] + d_Q(H*d_h + 1)",
         "64[8(512 + 1) + 2(512 + 1) + 2(512 + 1)] + 512(8*64 + 1)"),
        (pc.AdditiveAttention(), [(1, 9, 5), (1, 7, 5)], "d_q", "5"),
        (pc.AdditiveAttention(), [(1, 9, 1), (1, 7, 8), (1, 7, 5)], "d_q", "1"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_formulas(layer: Layer, inputs: list[Any], formula: str, substituted: str) -> None:
    found = formula_of(layer, *inputs)
    assert found is not None
    assert (repr(found), found.substituted) == (formula, substituted)
    assert found.value == layer.on(*inputs).params


def test_the_formula_of_the_layer_itself() -> None:
    found = rule_formula(pc.GroupQueryAttention)
    assert repr(found) == "d_h[H(d_Q + 1) + G(d_V + 1) + G(d_V + 1)] + d_Q(H*d_h + 1)"
    assert repr(rule_formula(pc.MultiHeadAttention, use_bias=False, value_dim="d_v")).endswith("d_Q*H*d_v")


def test_scores() -> None:
    query, value = pc.Input((10, 12)), pc.Input((7, 12))
    out, scores = pc.MultiHeadAttention(3, 4)(query, value, return_attention_scores=True)
    assert [tensor.shape[1:] for tensor in (out, scores)] == [(10, 12), (3, 10, 7)]
    out, scores = pc.Attention()([query, value], return_attention_scores=True)
    assert scores.shape[1:] == (10, 7)
    assert pc.Model([query, value], pc.GroupQueryAttention(4, 6, 2)(query, value)).report().total == 820


@pytest.mark.parametrize(
    ("layer", "inputs", "problem"),
    [
        (pc.MultiHeadAttention(2, 3), [(2, 3, 4)], "MultiHeadAttention takes 2 to 3 inputs, received 1"),
        (pc.MultiHeadAttention(2, 3), [(2, 3, 4), (2, 5, 4), (2, 6, 4)],
         "value and key of different lengths; expected as many keys as values, (5,)"),
        (pc.MultiHeadAttention(2, 3), [(2, 3, 4), (3, 5, 4)],
         "input 1 gives 2 and input 2 gives 3 on axis 0; they must agree"),
        (pc.MultiHeadAttention(2, 3, attention_axes=7), [(2, 3, 5, 4)] * 2,
         "no such axes to attend over; expected different numbers up to 2, received 7"),
        (pc.MultiHeadAttention(2, 3, dropout=0.5, flash_attention=True), [(2, 3, 4)] * 2,
         "flash attention keeps no scores; expected no dropout and no return_attention_scores"),
        (pc.GroupQueryAttention(3, 4, 3), [(2, 3, 4)] * 2, "4 query heads do not divide into 3 groups"),
        (pc.GroupQueryAttention(3, 4, 2), [(2, 3, 4), (2, 3, 5)],
         "query and value of different widths; expected 4 features each, received 5"),
        (pc.Attention(), [(2, 3, 4), (2, 5, 6)], "input 1 gives 4 and input 2 gives 6 on axis 2; they must agree"),
        (pc.Attention(), [(2, 3, 4), (2, 5, 4), (2, 6, 4)],
         "input 3 gives 6 and input 2 gives 5 on axis 1; they must agree"),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_what_does_not_fit(layer: Layer, inputs: list[Any], problem: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        layer.on(*inputs)
    assert str(caught.value) == problem
