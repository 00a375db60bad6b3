"""The parser: what it reads, where it says it stopped, and that it never does anything else."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, strategies as st
from work import within

from paramcalc.errors import ExpressionError, ParamcalcError
from paramcalc.symbolic import maximum, minimum, parse, symbols, text

h, x, T, d_model = symbols("h x T d_model")


@pytest.mark.parametrize(
    ("source", "meaning"),
    [
        ("128", 128),
        ("1_000", 1000),
        (" 4 * h\n", 4 * h),
        ("4h", 4 * h),
        ("2*3h", 6 * h),
        ("4·h×x", 4 * h * x),
        ("d_model // 8", d_model // 8),
        ("4[h(h + x) + h]", 4 * (h * (h + x) + h)),
        ("{[(h)]}", h),
        ("2(h)(x)", 2 * h * x),
        ("h(h)^2", h * h**2),
        ("h^2", h**2),
        ("h**2", h**2),
        ("h²", h**2),
        ("2¹⁰", 1024),
        ("10^100", 10**100),
        ("10^101", 10**101),
        ("9" * 102, 10**102 - 1),
        ("(h + 1)⁰", 1),
        ("-h + 3", 3 - h),
        ("−3", -3),
        ("3 - 5", -2),
        ("h/2", h / 2),
        ("12/4", 3),
        ("8/2h", 4 * h),
        ("2h/4", (2 * h) / 4),
        ("h/2/3", (h / 2) / 3),
        ("h//2*x", (h // 2) * x),
        ("7//2", 3),
        ("-7//2", -3),
        ("⌊7/2⌋", 3),
        ("⌊-7/2⌋", -4),
        ("⌊(T − 3)/2⌋ + 1", (T - 3) // 2 + 1),
        ("floor((T - 3)/2) + 1", (T - 3) // 2 + 1),
        ("⌊2h·x/4⌋", (2 * h * x) // 4),
        ("⌊⌊T/2⌋/3⌋", (T // 2) // 3),
        ("⌊(h/2)/3⌋", (h / 2) // 3),
        ("⌊h⌋", h),
        ("2⌊h/2⌋x", None),
        ("max(h, 3, 2)", maximum(h, 3)),
        ("2min(h,x)", 2 * minimum(h, x)),
        ("max(h)", h),
        ("floor_1 + max_", symbols("floor_1") + symbols("max_")),
        ("λ", symbols("λ")),
        ("e + 2e", 3 * symbols("e")),
    ],
)
def test_it_reads(source: str, meaning: Any) -> None:
    if meaning is None:
        with pytest.raises(ExpressionError):
            parse(source)
    else:
        assert parse(source) == meaning


def test_the_written_form_is_kept() -> None:
    for written in ("4[d_h(d_h + d_x) + d_h]", "floor((T - 3)/2) + 1", "h(h + x)^2 - 3/(h + 1)"):
        assert text(parse(written)) == written


ERRORS = [
    ("", "an empty expression at position 1 of ''"),
    ("   ", "an empty expression at position 4 of '   '"),
    ("4*", "expected a size at position 3 of '4*'"),
    ("*4", "expected a size instead of '*' at position 1 of '*4'"),
    ("h x", "unexpected 'x' at position 3 of 'h x'"),
    ("2 3", "unexpected '3' at position 3 of '2 3'"),
    ("2h x", "unexpected 'x' at position 4 of '2h x'"),
    ("1.5", "not a whole number at position 1 of '1.5'"),
    ("h + 12.5", "not a whole number at position 5 of 'h + 12.5'"),
    ("1e3", "not a whole number at position 1 of '1e3'"),
    ("1__0", "not a whole number at position 1 of '1__0'"),
    ("３", "unexpected '３' at position 1 of '３' (did you mean '3'?)"),
    ("h $ 2", "unexpected '$' at position 3 of 'h $ 2'"),
    ("__import__", "unexpected '_' at position 1 of '__import__'"),
    ("h.real", "unexpected '.' at position 2 of 'h.real'"),
    ("(h", "expected ')' at position 3 of '(h'"),
    ("(h]", "expected ')' instead of ']' at position 3 of '(h]'"),
    ("h)", "unexpected ')' at position 2 of 'h)'"),
    ("()", "expected a size instead of ')' at position 2 of '()'"),
    ("max()", "expected a size instead of ')' at position 5 of 'max()'"),
    ("max(h", "expected ')' at position 6 of 'max(h'"),
    ("max", "'max' cannot name a size at position 1 of 'max'"),
    ("h, 3", "unexpected ',' at position 2 of 'h, 3'"),
    ("--h", "expected a size instead of '-' at position 2 of '--h'"),
    ("h^x", "expected a whole number as the exponent at position 3 of 'h^x'"),
    ("h^65", "expected an exponent up to 64 at position 3 of 'h^65'"),
    ("2^10000", "a number of more than 10,000 bits in an expression at position 3 of '2^10000'"),
    ("1 + 9^2000*9^2000", "a number of more than 10,000 bits in an expression at position 12 of '1 + 9^2000*9^2000'"),
    ("7/2", "7 does not divide evenly by 2 at position 3 of '7/2'"),
    ("2 + 7//0", "division by zero at position 8 of '2 + 7//0'"),
    ("h/(x - x)", "division by zero at position 3 of 'h/(x - x)'"),
    ("⌊h/2 + 1⌋", "a floor holds a single quotient, ⌊a/b⌋; the rest goes outside it at position 6 of '⌊h/2 + 1⌋'"),
    ("⌊h/2/3⌋", "a floor holds a single quotient, ⌊a/b⌋; the rest goes outside it at position 5 of '⌊h/2/3⌋'"),
    ("h" * 101, f"'{'h' * 40}' cannot name a size at position 1 of '{'h' * 79}…'"),
    ("(" * 41 + "h", f"brackets nested more than 40 deep at position 41 of '{'(' * 41}h'"),
    ("h" * 1001, "an expression of 1,001 characters; expected at most 1,000"),
    ("max((a + b + c + d + e)^64, 1)", "an expression that multiplies out to more than 2,000 terms at position 4 of "
     "'max((a + b + c + d + e)^64, 1)'"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "problem"), ERRORS, ids=[problem[:50] for _, problem in ERRORS])
def test_it_says_where_it_stopped(source: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    assert str(caught.value) == problem


@given(st.text(max_size=80))
@example("h" * 200)
@example("⌊" * 80)
@example("\x1c1")
@example("1" + "²" * 20)
@example("10^99*10^99*" * 50 + "h")
@example("//".join(["h"] * 200))
@example("((a+b+c)^43)" + "+((a+b+d)^43)" * 20)
def test_any_text_is_a_size_or_an_expression_error(source: str) -> None:
    with suppress(ExpressionError):
        str(parse(source))


@given(st.text("hx12 +-*/^()[]{}⌊⌋,²·_e.floormaxin", max_size=40))
def test_nearly_right_text_is_a_size_or_an_expression_error(source: str) -> None:
    try:
        size = parse(source)
    except ExpressionError:
        return
    assert parse(text(size)) == size


@pytest.mark.parametrize(
    "source",
    [
        "(" * 500 + ")" * 499,
        "(((a+b+c)^64)^64)^64",
        "+".join(["(a+b+c)^20"] * 90),
        "max(" * 39 + "(a+b+c+d)^9" + ", 1)" * 39,
        "*".join(["99999999999999999999"] * 47),
        "9^64*" * 190 + "9^64",
        "-" * 1000,
        "//".join(["h"] * 330),
        "²" * 999,
    ],
    ids=lambda source: source[:20],
)
def test_hostile_text_ends_quickly(source: str) -> None:
    with suppress(ParamcalcError):
        within(10_000_000, lambda: hash(parse(source)))
