"""What is printed is read back: by value always, and in the same words wherever no factor was kept apart."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, example, given, reject, settings, strategies as st

from paramcalc.errors import ExpressionError, SizeError
from paramcalc.symbolic import Expr, add, exact, maximum, minimum, parse, symbols, text, times, unicode, unknown
from paramcalc.symbolic.expr import MAX_EXPONENT, power
from paramcalc.symbolic.fold import check_bits
from paramcalc.symbolic.parse import MAX_DEPTH, MAX_LENGTH

KNOWN = ("h", "x", "d_model", "e1", "E2", "λ", "max_", "floor2")
UNKNOWN = ("T", "B")
NAMES = KNOWN + UNKNOWN
h, x = symbols("h x")

numbers = st.integers(-12, 12) | st.integers(-(10**30), 10**30) | st.integers(0, 400).map(lambda digits: 10**digits)
leaves = st.sampled_from(KNOWN).map(symbols) | st.sampled_from(UNKNOWN).map(unknown) | numbers
points = st.fixed_dictionaries({name: st.integers(1, 9) | st.integers(1, 10**40) for name in NAMES})


def made(operate: Callable[..., Any], *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Operate on what is drawn; give up on what is beyond the bounds of an expression."""

    def within_bounds(drawn: tuple[Any, ...]) -> Any:
        try:
            size = operate(*drawn)
            check_bits(size.bit_length() if isinstance(size, int) else 0)
        except SizeError:
            reject()
        return size

    return st.tuples(*parts).map(within_bounds)


def larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    above_zero = st.sampled_from(KNOWN).map(symbols) | st.integers(1, 10**20)
    return (
        made(add, st.lists(inner, min_size=2, max_size=4))
        | made(operator.mul, inner, inner)
        | made(operator.sub, inner, inner)
        | made(operator.neg, inner)
        | made(maximum, inner, inner)
        | made(minimum, inner, inner)
        | made(power, inner, st.integers(0, 3) | st.integers(0, MAX_EXPONENT))
        | made(operator.floordiv, inner, above_zero)
        | made(lambda top, bottom: exact(top * bottom, bottom), inner, above_zero)
        | made(lambda top, bottom: top // maximum(bottom, 1), above_zero, inner)
    )


sizes = st.recursive(leaves, larger, max_leaves=12)


def at(size: Any, point: dict[str, Any]) -> Any:
    """Evaluate; what is too large, or divides by zero, is no value."""
    try:
        return size(**point) if isinstance(size, Expr) else size
    except SizeError as error:
        return type(error)


def fits(written: str) -> bool:
    opened = deepest = 0
    for character in written:
        opened += (character in "([{⌊") - (character in ")]}⌋")
        deepest = max(deepest, opened)
    return len(written) <= MAX_LENGTH and deepest <= MAX_DEPTH


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sizes, points)
@example(h**64, dict.fromkeys(NAMES, 10**40))
@example((h**64) ** 64, dict.fromkeys(NAMES, 2))
@example((10**60 * h) * (10**60 * x), dict.fromkeys(NAMES, 1))
@example(10**400 + h, dict.fromkeys(NAMES, 1))
@example(2 * symbols("E2") ** 64, dict.fromkeys(NAMES, 3))
@example(-(h + x), dict.fromkeys(NAMES, 3))
@example(-(h**2) * -3, dict.fromkeys(NAMES, 3))
def test_what_is_printed_is_read_back(size: Any, point: dict[str, int]) -> None:
    for notation in (text, unicode):
        written = notation(size)
        if fits(written):
            again = parse(written)
            assert notation(again) == written
            assert at(again, point) == at(size, point)
        else:
            with pytest.raises(ExpressionError, match=r"characters; expected at most 1,000|nested more than 40 deep"):
                parse(written)


@settings(deadline=None)
@given(sizes, st.dictionaries(st.sampled_from(NAMES), numbers | sizes), points)
@example(h**64, {"h": 128}, dict.fromkeys(NAMES, 1))
@example((h**2) ** 64, {"h": -(10**9)}, dict.fromkeys(NAMES, 1))
@example(2 * h * symbols("e1"), {"h": symbols("e1")}, dict.fromkeys(NAMES, 5))
def test_what_is_printed_with_its_values_is_read_back(size: Any, values: dict[str, Any], point: dict[str, int]) -> None:
    worked_out = at(size, values)
    assume(not isinstance(worked_out, type))  # a division by zero, or a number that is too large
    for notation in (text, unicode):
        written = notation(size, values)
        if fits(written):
            assert at(parse(written), point) == at(worked_out, point)


@given(sizes, st.integers(2, 9), points)
def test_a_factor_kept_apart_is_read_back_by_value(size: Any, number: int, point: dict[str, int]) -> None:
    written = text(times(number, size) + 1)
    assume(fits(written))
    assert at(parse(written), point) == at(number * size + 1, point)


@settings(deadline=None)
@given(sizes, points)
@example(h**64 * h**64 * x, dict.fromkeys(NAMES, 2))
@example(((h**64) ** 64) ** 64 / (x**64 * x), dict.fromkeys(NAMES, 1))
def test_what_is_multiplied_out_is_read_back(size: Any, point: dict[str, int]) -> None:
    try:
        written = text(size.expand() if isinstance(size, Expr) else size)
    except SizeError as error:
        written = ""  # too many terms, bits or levels
        event(str(error))
    assume(written and fits(written))
    again = parse(written)
    assert text(again) == written
    value, expanded = at(size, point), at(again, point)
    assert value == expanded or SizeError in (value, expanded)


def test_powers_up_to_what_is_allowed() -> None:
    for exponent in range(MAX_EXPONENT + 1):
        size = (h + 1) ** exponent * x**exponent
        assert parse(text(size)) == parse(unicode(size)) == size
    assert text((h**64 * h**64).expand()) == "(h^64)^2"
    assert text((h**64 * h**64 * h**2 / (x**64 * x)).expand()) == "(h^64)^2*h^2/(x^64*x)"
    with pytest.raises(ExpressionError, match="expected an exponent up to 64 at position 3"):
        parse(f"h^{MAX_EXPONENT + 1}")


def test_numbers_up_to_what_is_allowed() -> None:
    longest = 10**999
    assert parse(text(longest)) == longest
    assert parse("2^5000") == 2**5000
    assert parse("1^9999") == 1
    assert parse("0^99999999") == 0
    with pytest.raises(ExpressionError, match="a number of more than 10,000 bits in an expression at position 3"):
        parse("2^5001")
    with pytest.raises(ExpressionError, match="a number of more than 10,000 bits in an expression at position 8"):
        parse("2^5000*2^5000*h")
