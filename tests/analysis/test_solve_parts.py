"""What the search for a size relies on: growing expressions, closed forms, and ranges with steps."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from tiers import examples

from paramcalc.analysis.sizing.closed_form import Quadratic, quadratic
from paramcalc.analysis.sizing.ranges import Axis, read_axis
from paramcalc.errors import OptionError
from paramcalc.symbolic import increasing, maximum, minimum, symbols

H, X, D = symbols("h x d")


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> Any:
    """Expressions over h and x that may fall, and may leave remainders."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from((H, X)) | st.integers(1, 9))
    one, other = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    kind = draw(st.sampled_from(["+", "+", "*", "*", "-", "max", "min", "//", "^"]))
    if kind in ("max", "min"):
        return (maximum if kind == "max" else minimum)(one, other)
    if kind == "^":
        return one**2
    number = draw(st.integers(1, 6))
    return (
        one // number if kind == "//" else one + other if kind == "+" else one * other if kind == "*" else one - number
    )


@settings(max_examples=examples(60, 5000))
@given(expressions(), st.integers(1, 12), st.integers(1, 12), st.integers(0, 5), st.integers(0, 5))
def test_what_is_called_increasing_never_falls(size: Any, h: int, x: int, dh: int, dx: int) -> None:
    if not isinstance(size, int) and increasing(size):
        assert size(h=h, x=x) <= size(h=h + dh, x=x + dx)


def test_polynomials_with_floors_and_extrema_are_increasing() -> None:
    assert all(increasing(one) for one in (4 * (H * (H + X) + H), H - 3, 3 * (H // 2) + 1, maximum(H - 2, 1) * X))
    assert increasing((2 * H * X + H) // 8 + minimum(H, 9))
    assert not any(
        increasing(one) for one in (X - H, (X - H) // 2, minimum(H - 2, 1) * X, X / H, maximum(H - 2, -1) * X)
    )


@given(st.integers(0, 50), st.integers(0, 500), st.integers(0, 500), st.integers(0, 10**4), st.integers(-1, 1))
def test_the_closed_form_is_the_largest(a: int, b: int, c: int, h: int, more: int) -> None:
    if a + b == 0:
        return
    form, limit = Quadratic("h", a, b, c), a * h**2 + b * h + c + more  # at the border of an answer
    found = form.largest(limit)
    assert found < 0 or a * found**2 + b * found + c <= limit
    assert a * (found + 1) ** 2 + b * (found + 1) + c > limit


def test_polynomials_of_one_size_have_a_closed_form() -> None:
    assert quadratic(4 * (H * (H + 108) + H)) == Quadratic("h", 4, 436, 0)
    assert [quadratic(one) for one in (H * X, H**3, H // 2, 7, maximum(H, 3), H / 2, 9 - H)] == [None] * 7
    texts = [
        Quadratic("h", *one).text(1000) for one in ((0, 3, 1), (0, 1, 0), (2, 0, 5), (1, 0, 0), (4, 436, 0), (1, 2, 3))
    ]
    assert texts == [
        "h = ⌊(1,000 − 1)/3⌋",
        "h = 1,000",
        "h = ⌊√((1,000 − 5)/2)⌋",
        "h = ⌊√1,000⌋",
        "h = ⌊(√(436² + 16·1,000) − 436)/8⌋",
        "h = ⌊(√(2² + 4·(1,000 − 3)) − 2)/2⌋",
    ]


@given(*[st.integers(1, 60)] * 4, st.integers(0, 200))
def test_two_steps_together_leave_what_both_leave(least: int, step: int, other: int, by: int, more: int) -> None:
    axis = Axis("h", least, least + more, step)
    both = [one for one in axis.values(0) if one >= other and (one - other) % by == 0]
    try:
        found = axis.narrow(other, by)
    except OptionError:
        assert not both
    else:
        assert [*found.values(0)] == both


def test_ranges() -> None:
    assert [*read_axis("h", "64:200:64").values(0)] == [64, 128, 192]
    assert [*read_axis("h", range(3, 12, 4)).values(0)] == [3, 7, 11]
    for wrong in ("64", "9:3", "0:5", "1:5:0", "a:b", range(0), range(9, 1, -1), range(3), 5):
        with pytest.raises(
            OptionError, match="no values for h; expected LEAST:MOST or LEAST:MOST:STEP, such as 64:1024:64"
        ):
            read_axis("h", wrong)
