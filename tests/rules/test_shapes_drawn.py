"""Dense layers, attention, normalization and preprocessing drawn at random, fitting or not: Keras says the same.

Drawn are options and input shapes, sizes nobody knows among them. What is compared are refusals, tensors, output shapes
and multiply-adds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from differential import Open, compare
from hypothesis import HealthCheck, given, settings, strategies as st
from tiers import examples

import paramcalc as pc
from paramcalc.core.declare import REQUIRED
from paramcalc.rules.keras.augmentation import LAYERS
from paramcalc.verification.samples.keras.augmentation import ALONE, SLOW

pytest.importorskip("keras")
pytest.importorskip("jax")

CONFIGURATIONS = examples(20, 2_000)
Drawn = tuple[dict[str, Any], list[Open]]
Draw = Callable[[Any], Any]
SIZE = st.integers(1, 4)
OPEN = st.sampled_from([1, 2, 3, 4, 4, 6, None])
AXIS = st.sampled_from([-1, -1, 1, -2, 0, 2, 3, -4])
AXES = AXIS | st.lists(AXIS, min_size=1, max_size=3)
KEPT = st.sampled_from([
    None, None, None, "mixed_bfloat16", "int8_from_float32", "int4_from_float32", "int4/2_from_float32",
    "float8_from_float32", "gptq/4/2_from_float32", "gptq/8/-1_from_float32", "awq/4/3_from_float32",
    "int4/0_from_float32", "int8", "awq/3/2_from_float32", "int8_from_float16",
])  # fmt: skip
LAYOUT = st.sampled_from([None, "channels_last", "channels_first"])


def shape(draw: Draw, least: int = 1, most: int = 4, size: st.SearchStrategy[Any] = OPEN) -> Open:
    return tuple(draw(size) for _ in range(draw(st.integers(least, most))))


def some(draw: Draw, **options: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Each of these options, or not."""
    return {name: draw(value) for name, value in options.items() if draw(st.booleans())}


def stored(draw: Draw) -> dict[str, Any]:
    return some(draw, dtype=KEPT, lora_rank=st.sampled_from([None, 2, 3, -1]))


def dense(draw: Draw) -> Drawn:
    options = {"units": draw(st.sampled_from([1, 2, 3, 5, 0])), **some(draw, use_bias=st.booleans()), **stored(draw)}
    return options, [shape(draw)]


FORMS = (("ab,bc->ac", 1), ("abc,cd->abd", 2), ("...x,xy->...y", 1), ("abc,cde->abde", 3), ("ab...,bc->ac...", 1),
         ("abcd,cde->abe", 2), ("abc,bcd->abd", 2), ("abc,bd->ad", 1), ("ab,bc", 1), ("ab,bc->ad", 1))  # fmt: skip


def einsum(draw: Draw) -> Drawn:
    equation, count = draw(st.sampled_from(FORMS))
    sizes = [draw(st.sampled_from([None, 3, 4, 5])) for _ in range(count - 1)] + [draw(st.sampled_from([4, 5, 5]))]
    bias = some(draw, bias_axes=st.sampled_from([None, "c", "d", "e", "y", "z"]))
    options = {"equation": equation, "output_shape": sizes, **bias, **stored(draw)}
    return options, [shape(draw, 2, 4, st.sampled_from([None, 2, 3, 4]))]


def embedding(draw: Draw) -> Drawn:
    return {"input_dim": draw(SIZE), "output_dim": draw(SIZE), **stored(draw)}, [shape(draw, 1, 3)]


def reversible(draw: Draw) -> Drawn:
    options, inputs = embedding(draw)
    return {**options, **some(draw, tie_weights=st.booleans(), logit_soft_cap=st.just(3.0))}, inputs


def attended(draw: Draw) -> list[Open]:
    """Query, value and perhaps key, mostly of sizes that fit."""
    unknown = draw(st.sampled_from(["", "", "B", "T", "S"]))  # one at a time: Keras is asked for each of their values
    B, T, S = (None if letter == unknown else draw(st.integers(2, 3)) for letter in "BTS")
    d = draw(st.integers(2, 5))
    inputs: list[Open] = [(B, T, d), (B, S, d), (B, S, d)][: draw(st.sampled_from([2, 2, 3]))]
    if draw(st.integers(1, 4)) == 4:  # now and then one that does not
        place, axis = draw(st.integers(0, len(inputs) - 1)), draw(st.integers(0, 2))
        inputs[place] = (*inputs[place][:axis], draw(OPEN), *inputs[place][axis + 1 :])
    return inputs


def attention(draw: Draw) -> Drawn:
    return some(draw, use_scale=st.booleans(), score_mode=st.sampled_from(["dot", "concat", "x"])), attended(draw)


def additive(draw: Draw) -> Drawn:
    return some(draw, use_scale=st.booleans(), dropout=st.sampled_from([0.0, 0.5])), attended(draw)


def multi_head(draw: Draw) -> Drawn:
    options = {"num_heads": draw(SIZE), "key_dim": draw(SIZE)}
    options |= some(
        draw,
        dropout=st.sampled_from([0.0, 0.5]),
        use_bias=st.booleans(),
        use_gate=st.booleans(),
        output_shape=st.sampled_from([None, 3, (2, 3)]),
        sliding_window=st.sampled_from([None, 2, 0]),
        attention_axes=st.sampled_from([None, 1, -1, 7]),
    )
    return options, attended(draw)


def grouped(draw: Draw) -> Drawn:
    options = {"head_dim": draw(SIZE), "num_query_heads": draw(SIZE), "num_key_value_heads": draw(st.integers(1, 2))}
    return {**options, **some(draw, use_bias=st.booleans(), use_gate=st.booleans())}, attended(draw)


def normalized(draw: Draw) -> Drawn:
    return some(draw, axis=AXIS, center=st.booleans(), scale=st.booleans(), renorm=st.booleans()), [shape(draw, 2)]


def layer_normalized(draw: Draw) -> Drawn:
    options = some(draw, axis=AXES, center=st.booleans(), scale=st.booleans(), rms_scaling=st.booleans())
    return options, [shape(draw, 2)]


def rooted(draw: Draw) -> Drawn:
    return some(draw, axis=AXES), [shape(draw, 2)]


def by_groups(draw: Draw) -> Drawn:
    options = {"groups": draw(st.sampled_from([1, 2, 3, -1, 0])), **some(draw, axis=AXIS, scale=st.booleans())}
    return options, [shape(draw, 2)]


def spectral(draw: Draw) -> Drawn:
    inner = draw(st.sampled_from([pc.Dense(3), pc.Dense(2, use_bias=False), pc.Dropout(0.5), pc.Embedding(5, 2)]))
    return {"layer": inner, **some(draw, power_iterations=st.integers(0, 2))}, [shape(draw)]


def statistics(draw: Draw) -> Drawn:
    given_values = st.sampled_from([None, 0.5, [1.0] * 4, [1.0]])
    options = some(draw, axis=st.none() | AXES, invert=st.booleans(), mean=given_values, variance=given_values)
    return options, [shape(draw, 2)]


def rescaled(draw: Draw) -> Drawn:
    given_values = st.sampled_from([0.5, 2, [1.0] * 4, [1.0] * 3, [1.0]])
    return {"scale": draw(given_values), **some(draw, offset=given_values)}, [shape(draw)]


def categories(draw: Draw) -> Drawn:
    mode = st.sampled_from(["multi_hot", "one_hot", "count", "binary", "int"])
    return {"num_tokens": draw(st.integers(0, 5)), **some(draw, output_mode=mode)}, [shape(draw, 1, 3)]


def bins(draw: Draw) -> Drawn:
    mode = st.sampled_from(["multi_hot", "one_hot", "count", "int"])
    return {"bin_boundaries": [0.0, 1.0], **some(draw, output_mode=mode)}, [shape(draw, 1, 3)]


def waves(draw: Draw) -> Drawn:
    options = {"frame_length": draw(st.integers(2, 9))} | some(
        draw,
        mode=st.sampled_from(["log", "magnitude", "psd", "real", "imag", "angle", "stft"]),
        frame_step=st.integers(0, 9),
        fft_length=st.sampled_from([None, 8, 16]),
        padding=st.sampled_from(["valid", "same"]),
        expand_dims=st.booleans(),
        data_format=LAYOUT,
    )
    return options, [shape(draw, 3, 3, st.sampled_from([None, 2, 9, 20]))]


def sized(draw: Draw) -> Drawn:
    options = {"height": draw(st.integers(1, 6)), "width": draw(st.integers(1, 6)), **some(draw, data_format=LAYOUT)}
    return options, [shape(draw, 2, 5, st.sampled_from([None, 2, 3, 5, 7, 2, 3, 5, 7]))]


def augmented(draw: Draw) -> tuple[str, dict[str, Any], list[Open]]:
    rule = draw(st.sampled_from([rule for rule in LAYERS if rule.name not in SLOW]))
    low = 1.0 if rule.name == "RandomPosterization" else 0.0
    factor = st.sampled_from([low, 0.5 + low, (low, low + 0.5), -0.5, 1.5, 9.5])
    options: dict[str, Any] = {}
    for name, option in rule.options.items():
        if name.endswith("factor") and (option.default is REQUIRED or draw(st.booleans())):
            value = draw(factor)
            options[name] = 0.5 if isinstance(value, tuple) and (rule.name, name) in ALONE else value
        elif option.default is REQUIRED:
            options[name] = 2
    return (
        rule.name,
        {**options, **some(draw, data_format=LAYOUT)},
        [shape(draw, 2, 5, st.sampled_from([3, 3, 3, 4, 5, None]))],
    )


LAYER = {
    "Dense": dense, "EinsumDense": einsum, "Embedding": embedding, "ReversibleEmbedding": reversible,
    "Attention": attention, "AdditiveAttention": additive, "MultiHeadAttention": multi_head,
    "GroupQueryAttention": grouped, "BatchNormalization": normalized, "LayerNormalization": layer_normalized,
    "RMSNormalization": rooted, "UnitNormalization": rooted, "GroupNormalization": by_groups,
    "SpectralNormalization": spectral, "Normalization": statistics, "Rescaling": rescaled,
    "CategoryEncoding": categories, "Discretization": bins, "STFTSpectrogram": waves, "Resizing": sized,
    "CenterCrop": sized, "RandomCrop": sized,
}  # fmt: skip


@st.composite
def configurations(draw: st.DrawFn) -> tuple[str, dict[str, Any], list[Open]]:
    """A layer, its options and its inputs."""
    name = draw(st.sampled_from([*LAYER, "augmentation", "augmentation"]))
    return augmented(draw) if name == "augmentation" else (name, *LAYER[name](draw))


@settings(max_examples=CONFIGURATIONS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(configurations())
def test_keras_says_the_same(configuration: tuple[str, dict[str, Any], list[Open]]) -> None:
    name, options, shapes = configuration
    assert compare(name, options, *shapes) == []
