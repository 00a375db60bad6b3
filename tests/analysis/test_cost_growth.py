"""Leading terms are right wherever a size is evaluated far out; sentences say what doubling does."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from strategies import ours
from tiers import examples

import paramcalc as pc
from paramcalc.analysis.cost import cost
from paramcalc.analysis.cost.asymptotic import all_leading, leading
from paramcalc.analysis.cost.growth import KEPT, WORK, Growth, growth
from paramcalc.core.tensors import BATCH
from paramcalc.errors import SizeError
from paramcalc.graph.model import Model
from paramcalc.symbolic import Expr, Size, ceil_div, exact, leaves, maximum, minimum, symbols, unknown
from paramcalc.symbolic.fold import Algebra, fold

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
FAR = 2**200
CLOSE = 2**100
B, T, d_h, d_x, k = symbols("B T d_h d_x k")


RATIONAL: Algebra[Fraction] = Algebra(
    number=Fraction,
    sum=lambda parts: sum(parts, Fraction()),
    product=lambda parts: prod(parts, start=Fraction(1)),
    power=lambda base, exponent: Fraction(base**exponent),
    floor=lambda top, bottom: Fraction(top // bottom),
    quotient=lambda top, bottom: top / bottom,
    maximum=max,
    minimum=min,
)


def at(size: Size, symbol: Expr, value: int, others: int = 3) -> Fraction:
    """Evaluate without the engine's own arithmetic; a leading term such as T/3 may be a fraction."""
    return fold(size, lambda leaf: Fraction(value if leaf == symbol else others), RATIONAL)


@pytest.mark.parametrize(
    ("size", "symbol", "degree", "term"),
    [
        (4 * B * T * d_h * (d_h + d_x), d_h, 2, 4 * B * T * d_h**2),
        (7 * B * T * d_h, T, 1, 7 * B * T * d_h),
        (2 * B * k * T**2 + 4 * T * d_h**2, T, 2, 2 * B * k * T**2),
        ((T - 3) // 2 + 1, T, 1, exact(T, 2)),
        (B * ((T - 3) // 2 + 1) * d_h, T, 1, exact(B * T * d_h, 2)),
        (ceil_div(T, k), T, 1, exact(T, k)),
        (ceil_div(T, k), k, 0, ceil_div(T, k)),
        (T - ceil_div(T, 50), T, 1, exact(49 * T, 50)),
        (T // (2 * T), T, 0, T // (2 * T)),
        (T * (5 // T), T, 0, T * (5 // T)),
        (T * ((2 * T - 1) // T), T, 1, T),  # ⌊2 − 1/T⌋ = 1
        (T * ((2 * T + 1) // T), T, 1, 2 * T),
        (T * ((3 * T + 1) // (2 * T)), T, 1, T),
        (T * ((T - 1 - T) // T), T, 1, -T),
        ((T**2 + 1) // (T - 1), T, 1, T),
        (exact(B * T * T, T + 1), T, 1, B * T),
        (maximum(T - 2, 1), T, 1, T),
        (maximum(d_h, 3), T, 0, maximum(d_h, 3)),
        (maximum(2 * T, T + 7, T // 2), T, 1, 2 * T),
        (maximum(d_h * T, d_x * T), T, 1, maximum(d_h, d_x) * T),
        (maximum(T // 2, d_h * T), T, 1, exact(maximum(1, 2 * d_h) * T, 2)),
        (minimum(T, k), T, 0, minimum(T, k)),
        (minimum(T * T, 3 * T), T, 1, 3 * T),
        (12, T, 0, 12),
        (B * (T - T), T, 0, 0),
        (3 * BATCH * unknown("T"), BATCH, 1, 3 * BATCH * unknown("T")),
    ],
    ids=str,
)
def test_a_leading_term(size: Size, symbol: Expr, degree: int, term: Size) -> None:
    found = leading(size, symbol)
    assert (found.degree, found.term) == (degree, term)


def test_terms_that_cancel_up_to_a_rounding_have_no_leading_term() -> None:
    halves = T // 2 - (T + 1) // 2
    assert leading(halves, T).degree == 0
    with pytest.raises(SizeError, match="no leading term"):
        leading(T * halves, T)
    with pytest.raises(SizeError, match="no leading term"):
        leading(maximum((d_h - d_x) * T, 1), T)


def test_a_symbol_and_an_unknown_size_of_one_name_are_two() -> None:
    size = T**2 * unknown("T")
    assert [(one.symbol, one.degree) for one in all_leading(size)] == [(T, 2), (unknown("T"), 1)]


_leaf = st.sampled_from(["T", "T", "T", "h", 1, 2, 3, 7])
_divisor = st.sampled_from(["T", "h", ("+", "T", 2), ("*", 3, "T"), ("+", "T", "h"), 2, 3, 5])


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    both = st.tuples(st.sampled_from(["+", "-", "*", "*", "max", "min"]), inner, inner)
    return both | st.tuples(st.sampled_from(["//", "exact"]), inner, _divisor)


trees = _deeper(_deeper(st.recursive(_leaf, _deeper, max_leaves=6)))


@settings(max_examples=examples(40, 1000))
@given(trees, st.integers(1, 6))
def test_far_out_a_size_is_its_leading_term(tree: Any, h: int) -> None:
    size = ours(tree)
    try:
        found = leading(size, T)
    except SizeError as error:
        assert "no leading term" in str(error) or "zero" in str(error)  # noqa: PT017
        return
    value, term = at(size, T, FAR, h), at(found.term, T, FAR, h)
    if found.degree == 0:
        assert abs(value) < CLOSE
    elif term:  # a coefficient such as h − x may be zero at a point
        assert abs(value - term) * CLOSE < abs(term)
        assert abs(term) > FAR ** (found.degree - 1) * CLOSE


def lstm(steps: int | None = None) -> Model:
    return pc.Sequential([pc.Input((steps, 108)), pc.LSTM(128), pc.Dense(10)])


def sentences(model: Model, **options: Any) -> list[str]:
    return [line for one in growth(model, **options) for line in one.sentences]


def test_the_work_of_an_lstm() -> None:
    assert [line for line in sentences(lstm()) if "work" in line] == [
        "the work grows as 307,200·B·T + 3,840·B: twice the batch, twice the work",
        "the work grows as 307,200·B·T: twice the steps, twice the work",
        "lstm (LSTM): the work grows as 12B·T·d_h² + 8B·T·d_h·d_x: twice the batch or the steps, twice the work",
        "lstm (LSTM): the work grows as 12B·T·d_h²: twice the units, four times the work",
    ]


def test_one_term_is_one_sentence() -> None:
    size = 7 * B * T * d_h
    (line,) = Growth(KEPT, "lstm (LSTM)", size, {}, tuple(all_leading(size))).sentences
    assert line == (
        "lstm (LSTM): activations grow as 7B·T·d_h: twice the batch, the steps or the units, twice the memory"
    )
    size = 2 * T**5 * d_h
    (line,) = Growth(WORK, "", size, {}, tuple(all_leading(size))).sentences
    assert line == "the work grows as 2T⁵·d_h: twice the steps, 32 times the work; twice the units, twice the work"


def test_the_work_of_attention() -> None:
    x = pc.Input((None, 64))
    found = sentences(pc.Model(x, pc.MultiHeadAttention(8, 8)(x, x)))
    assert "the work grows as 384B·T²: twice the steps, four times the work" in found
    name = "multi_head_attention (MultiHeadAttention)"
    assert f"{name}: the work grows as 6B·T²·H·d_k: twice the steps, four times the work" in found


def test_a_model_of_fixed_steps_does_not_depend_on_them_but_its_layer_does() -> None:
    whole, layer = (one for one in growth(lstm(28)) if one.figure.name == "step_macs")
    assert [one.symbol for one in whole.terms] == [BATCH]
    assert layer.values["T"] == 28
    assert {str(one.symbol): one.degree for one in layer.terms} == {"B": 1, "T": 1, "d_h": 2, "d_x": 1}


def test_what_does_not_grow_is_said() -> None:
    x = pc.Input((None, 8))
    found = sentences(pc.Model(x, pc.Dense(3)(pc.GlobalAveragePooling1D()(x))))
    assert "the work does not grow with the steps" in found


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_every_example_grows_as_it_says(path: Path) -> None:
    model = pc.load(path)
    for one in growth(model):
        assert one.sentences
        check(one)


def check(one: Growth) -> None:
    for term in one.terms:
        if term.degree == 0:
            assert abs(at(one.size, term.symbol, FAR)) < CLOSE
            continue
        once, twice = at(one.size, term.symbol, FAR), at(one.size, term.symbol, 2 * FAR)
        assert abs(twice - once * 2**term.degree) * CLOSE < abs(twice)
        assert abs(once - at(term.term, term.symbol, FAR)) * CLOSE < abs(once)


@pytest.mark.parametrize("options", [{}, {"bptt": 50}, {"frozen": ["dense"]}, {"input_gradient": True}], ids=str)
def test_letters_are_those_of_the_layer_in_the_model(options: Any) -> None:
    model = lstm()
    (layer,) = (one for one in growth(model, **options) if one.layer and one.figure.name == "step_macs")
    (figure,) = (one.passes.step for one in cost(model, **options).layers if one.name == "lstm")
    assert isinstance(layer.size, Expr)
    assert layer.size(**layer.values) == figure
    check(layer)


def test_the_largest_layer_is_that_at_the_given_sizes() -> None:
    x = pc.Input((None, 64))
    y = pc.Dense(64, trainable=False)(pc.Dense(2048)(x))
    model = pc.Model(x, pc.MultiHeadAttention(1, 64)(y, y))

    def largest(steps: int) -> str:
        return next(one.layer for one in growth(model, steps=steps) if one.layer)

    assert largest(2) == "dense (Dense)"
    assert largest(100_000) == "multi_head_attention (MultiHeadAttention)"


def test_it_is_plain_data() -> None:
    (first, *_) = growth(lstm())
    assert first.to_dict() == {
        "figure": "step_macs",
        "layer": None,
        "size": "307200B*T + 3840B",
        "values": {},
        "leading": [
            {"size": "B", "degree": 1, "term": "307200B*T + 3840B"},
            {"size": "T", "degree": 1, "term": "307200B*T"},
        ],
    }
    assert {leaf.op for leaf in leaves(first.size)} == {"?"}
