"""Layers over space, drawn at random with options that fit and options that do not: Keras says the same of each."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from differential import Open, compare
from hypothesis import HealthCheck, given, settings, strategies as st
from tiers import examples

import paramcalc as pc
from paramcalc.core.declare import REQUIRED
from paramcalc.core.formula import formula_of
from paramcalc.core.kinds import Choice, Maybe, Sized, Window
from paramcalc.core.registry import find, named, rules
from paramcalc.core.rule import Rule
from paramcalc.errors import ParamcalcError
from paramcalc.symbolic import symbols, unknown

keras = pytest.importorskip("keras")
pytest.importorskip("jax")

FAMILIES = ("convolutional", "conv_recurrent", "pooling", "resizing", "elementwise")
SPATIAL = [rule for rule in rules().values() if rule.rank and rule.family in FAMILIES]
CONFIGURATIONS = examples(20, 3_000)
SMALL, FROM_0 = st.integers(1, 4), st.integers(0, 3)
CHOSEN: dict[str, Any] = {"rate": (0.0, 0.5, 1), "lora_alpha": (0.5, 2), "kernel_constraint": ("non_neg", "unit_norm")}


def one_in(n: int) -> st.SearchStrategy[bool]:
    """True now and then."""
    return st.integers(1, n).map(lambda drawn: drawn == n)


def each(size: st.SearchStrategy[Any], rank: int) -> st.SearchStrategy[Any]:
    """One for all axes, or one for each of them."""
    several = st.lists(size, min_size=rank, max_size=rank)
    return size | several | several.map(tuple)


def fitting(rule: Rule, name: str, kind: Any) -> st.SearchStrategy[Any]:
    """Values the option is meant to have."""
    rank = rule.rank or 1
    if isinstance(kind, Maybe):
        return st.none() | fitting(rule, name, kind.kind)
    if isinstance(kind, Choice):
        return st.sampled_from(kind.values)
    if isinstance(kind, Window):
        return each(FROM_0 if name == "output_padding" else SMALL, rank)
    if name in CHOSEN:
        return st.sampled_from(CHOSEN[name])
    if isinstance(kind, Sized):
        return st.sampled_from([1, 1, 2, 3] if name == "groups" else [1, 2, 3, 4, 6])
    return each(FROM_0, 2) if rank == 1 else each(each(FROM_0, 2), rank)


def misfits(rule: Rule, name: str) -> st.SearchStrategy[Any]:
    """Values it cannot have; not those that Keras lets pass, to fail later or never."""
    wrong: list[Any] = [(1,) * ((rule.rank or 1) + 1 + (rule.rank == 1)), "a b"]
    if rule.family != "conv_recurrent" and not rule.name.startswith("ZeroPadding"):
        wrong.append(-1)
    if name in ("kernel_size", "strides", "dilation_rate", "pool_size", "depth_multiplier", "groups", "size"):
        wrong.append(0)
    return st.sampled_from(wrong)


@st.composite
def options(draw: st.DrawFn, rule: Rule) -> dict[str, Any]:
    """Options of a layer: now and then one that is wrong, and none that Keras would need."""
    drawn: dict[str, Any] = {}
    for name, option in rule.options.items():
        needed = option.default is REQUIRED
        if not needed and draw(st.booleans()):
            continue
        switch = isinstance(option.kind, Choice) and name not in ("padding", "data_format")
        switch = switch or name == "lora_alpha"  # which Keras only looks at where there is a lora_rank
        wrong = not switch and draw(one_in(60))
        drawn[name] = draw(misfits(rule, name) if wrong else fitting(rule, name, option.kind))
    if drawn.get("stateful"):
        drawn["stateful"] = draw(one_in(10))  # Keras allocates those
    if "strides" in drawn and "dilation_rate" in drawn and not draw(one_in(4)):
        del drawn["dilation_rate"]  # most take one of the two
    if drawn.get("output_padding") is not None and not draw(one_in(4)):
        drawn["strides"] = draw(each(st.integers(3, 5), rule.rank or 1))  # most have to be longer than it
    return drawn


@st.composite
def shapes(draw: st.DrawFn, rule: Rule, groups: Any) -> Open:
    """A shape for the layer, some of it unknown; now and then of a wrong rank."""
    size = one_in(10).flatmap(lambda unknown: st.none() if unknown else st.integers(2, 9))
    rank = rule.inputs[0].least
    if not rule.name.startswith("Adaptive") and draw(one_in(30)):  # those let any rank pass, and fail
        rank += draw(st.sampled_from([-1, 1]))
    shape = [draw(st.sampled_from([1, 2, 3, None])), *(draw(size) for _ in range(rank - 1))]
    if isinstance(groups, int) and groups > 0:
        for axis in (1, -1):  # either may be the channels
            if shape[axis] is not None and not draw(one_in(6)):
                shape[axis] = groups * draw(st.integers(1, 4))
    return tuple(shape)


@st.composite
def configurations(draw: st.DrawFn) -> tuple[str, dict[str, Any], Open]:
    """A layer, its options and its input."""
    rule = draw(st.sampled_from(SPATIAL))
    chosen = draw(options(rule))
    return rule.name, chosen, draw(shapes(rule, chosen.get("groups", 1)))


def test_every_number_of_axes_is_drawn() -> None:
    assert len(SPATIAL) == 43
    assert Counter(rule.rank for rule in SPATIAL) == {1: 15, 2: 15, 3: 13}  # nothing depthwise or separable in 3D


@settings(max_examples=CONFIGURATIONS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(configurations())
def test_keras_says_the_same(configuration: tuple[str, dict[str, Any], Open]) -> None:
    name, chosen, shape = configuration
    assert compare(name, chosen, shape, remarks=True) == []


# --- what is said ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "shape", "problem"),
    [
        (pc.Conv3D(8, 9), (2, 9, 9, 5, 4),
         "a window over 9 places does not fit on an axis of 5 (padding='same' would)"),
        (pc.Conv1DTranspose(8, 3, 2, output_padding=2), (2, 9, 4),
         "output_padding 2 reaches the next window; expected less than the stride, 2"),
        (pc.Conv2DTranspose(8, 3, 2, dilation_rate=2), (2, 9, 9, 4),
         "strides and dilation_rate are both above 1; expected one of them equal to 1"),
        (pc.Cropping1D((3, 4)), (2, 7, 4),
         "cropping 7 places leaves nothing of an axis of 7; expected at most 6 in all"),
        (pc.ConvLSTM2D(8, 3), (2, 5, unknown("H"), 9, 4),
         "the size of the frames must be known, for the first state has the size of an output "
         "(give the input a height and a width)"),
        (pc.ConvLSTM1D(8, 3), (2, 9, 4),
         "ConvLSTM1D does not take an input of 3 axes; expected (B, T, L, C), received (2, 9, 4)"),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_what_does_not_fit_says_so(layer: Any, shape: Any, problem: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        layer.on(shape)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("name", "options", "problem"),
    [
        ("Conv1DTranspose", {"filters": 8, "kernel_size": 3, "output_padding": -1},
         "Conv1DTranspose.output_padding: not a number of elements; "
         "expected a whole number from 0 up or an expression such as 4*h, "
         "received -1"),
        ("Cropping2D", {"cropping": (1, 2, 3)},
         "Cropping2D.cropping: wrong number of sizes; expected a number from 0 up, 2 of them, or 2 pairs, "
         "received (1, 2, 3)"),
        ("ZeroPadding1D", {"padding": (1, 2, 3)},
         "ZeroPadding1D.padding: neither a number nor a pair; expected a number from 0 up, or a pair of them, "
         "received (1, 2, 3)"),
        ("AdaptiveMaxPooling2D", {"output_size": (1, None)},
         "AdaptiveMaxPooling2D.output_size: not a size; expected a positive whole number or an expression such as 4*h, "
         "received None"),
    ],
)  # fmt: skip
def test_options_that_are_none_say_so(name: str, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        find(name)(**options)
    assert str(caught.value) == problem


def test_sizes_with_names() -> None:
    B, T, H, W, C, F, k, s = symbols("B T H W C F k s")
    assert pc.Conv1DTranspose(F, k, s, "same").on((B, T, C)).outs == ((B, T * s, F),)
    assert pc.Conv1DTranspose(F, k).on((B, T, C)).outs == ((B, T - 1 + k, F),)
    assert pc.Conv2DTranspose(F, k, 2).on((B, H, W, C)).forward() == B * H * W * k**2 * C * F
    assert pc.Cropping2D((1, "k")).on((B, H, W, C)).outs == ((B, H - 2, W - 2 * k, C),)
    assert pc.ZeroPadding1D(("k", 0)).on((B, T, C)).outs == ((B, T + k, C),)
    assert pc.UpSampling2D((2, "s")).on((B, H, W, C)).outs == ((B, 2 * H, s * W, C),)
    assert pc.ConvLSTM1D(F, k, padding="same").on((B, T, W, C)).forward() == B * T * W * 4 * F * k * (C + F)


@pytest.mark.parametrize(
    ("layer", "rank", "formula"),
    [
        (pc.Conv3D(8, 3), 5, "F(k_d*k_h*k_w*C + 1)"),
        (pc.Conv2DTranspose(8, 3), 4, "F(k_h*k_w*C + 1)"),
        (pc.DepthwiseConv2D(3), 4, "C(k_h*k_w + 1)"),
        (pc.DepthwiseConv1D(3, depth_multiplier=2), 3, "m*C(k + 1)"),
        (pc.SeparableConv1D(8, 3), 3, "k*C + F(C + 1)"),
        (pc.SeparableConv1D(8, 3, depth_multiplier=2, use_bias=False), 3, "k*m*C + F*m*C"),
        (pc.ConvLSTM2D(8, 3), 5, "4F[k_h*k_w(C + F) + 1]"),
    ],
    ids=repr,
)
def test_formulas_as_textbooks_write_them(layer: Any, rank: int, formula: str) -> None:
    found = formula_of(layer, (2, *range(5, 4 + rank)))
    assert repr(found) == formula
    assert found is not None
    assert found.value == layer.on((2, *range(5, 4 + rank))).params


def test_the_gates_of_recurrent_convolutions() -> None:
    kernel, recurrent, bias = pc.ConvLSTM2D(2, (3, 1)).on((2, 5, 9, 8, 4)).weights
    assert [weight.path for weight in (kernel, recurrent, bias)] == [
        f"conv_lstm_cell/{name}" for name in ("kernel", "recurrent_kernel", "bias")
    ]
    assert [weight.shape for weight in (kernel, recurrent, bias)] == [(3, 1, 4, 8), (3, 1, 2, 8), (8,)]
    assert kernel.gates == recurrent.gates == bias.gates == ("i", "f", "g", "o")
    assert bias.starts == (("f", 1),)
    assert pc.ConvLSTM2D(2, 3).on((2, 5, 9, 8, 4)).states == ((2, 7, 6, 2),) * 2


# --- other names ----------------------------------------------------------------------------------------------


def test_every_other_name_keras_has_is_known() -> None:
    classes = {name: getattr(keras.layers, name) for name in dir(keras.layers)}
    others = {
        name: made.__name__
        for name, made in classes.items()
        if isinstance(made, type) and name != made.__name__ and made.__name__ in rules() and made.__name__ in classes
    }
    assert len(others) == 20
    for name, proper in others.items():
        assert find(name) is getattr(pc, name) is rules()[proper]
        assert name not in rules()
        assert name not in dir(pc)
    assert find("convolution2d") is pc.Conv2D
    aliases = {alias for rule in rules().values() for alias in rule.aliases}
    own = {made.__name__ for made in classes.values() if isinstance(made, type)} - set(classes)  # what .h5 files write
    assert aliases - set(others) == own & set(named()) == {"GroupedQueryAttention"}
    assert set(others) <= aliases
    assert find("GroupedQueryAttention") is find("grouped_query_attention") is pc.GroupQueryAttention
    written = '{"input": [9, 9, 3], "layers": [{"Convolution2D": {"filters": 4, "kernel_size": 3}}, {"AvgPool2D": 2}]}'
    made = pc.loads(written)
    assert [layer.type for layer in made.layers] == ["Conv2D", "AveragePooling2D"]
