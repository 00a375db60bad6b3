"""Evaluation: NumPy arrays without overflow, lazy operands, SymPy, and nothing but the standard library."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy
import pytest
import sympy
from hypothesis import given, settings, strategies as st
from strategies import NAMES, at, ours, pythons, trees, values

from paramcalc.errors import SizeError
from paramcalc.symbolic import Expr, maximum, symbols

h, x, T = symbols("h x T")


# --- evaluation on other things -----------------------------------------------------------------


@st.composite
def arrays(draw: Any) -> Any:
    dtype = draw(st.sampled_from(["int8", "uint8", "int16", "int32", "int64", "uint64", "object"]))
    top = 10**25 if dtype == "object" else int(numpy.iinfo(dtype).max)
    numbers = draw(st.lists(st.integers(1, top), min_size=3, max_size=3))
    return numpy.array(numbers, dtype=dtype)


@settings(deadline=None)
@given(trees, st.fixed_dictionaries({name: arrays() | st.integers(1, 10**20) for name in NAMES}))
def test_arrays_are_exact(tree: Any, point: dict[str, Any]) -> None:
    result = at(ours(tree), point)
    columns = {name: value if hasattr(value, "dtype") else [value] * 3 for name, value in point.items()}
    for row in range(3):
        ours_here = int(result[row]) if hasattr(result, "dtype") else result
        assert ours_here == pythons(tree, {name: int(column[row]) for name, column in columns.items()})


@settings(deadline=None)
@given(
    trees,
    st.fixed_dictionaries({name: arrays() | st.integers(1, 10**20) for name in NAMES}),
    st.sets(st.sampled_from(NAMES)),
)
def test_what_is_left_out_of_an_array_stays_symbolic(tree: Any, point: dict[str, Any], first: set[str]) -> None:
    partly = at(ours(tree), {name: point[name] for name in first})
    columns = {name: value if hasattr(value, "dtype") else [value] * 3 for name, value in point.items()}
    for row in range(3):
        here = partly[row] if hasattr(partly, "dtype") else partly
        values = {name: int(column[row]) for name, column in columns.items()}
        assert (here(**values) if isinstance(here, Expr) else int(here)) == pythons(tree, values)


def test_arrays_beside_symbols() -> None:
    some = numpy.array([8, 12])
    assert list((T // h)(T=some)) == [8 // h, 12 // h]
    assert list((T / h)(h=some)) == [T / 8, T / 12]
    assert list(maximum(T, h, x)(T=some, h=10)) == [maximum(x, 10), maximum(x, 12)]
    assert list((T + h)(T=some, h=x + 1)) == [x + 9, x + 13]
    assert list((T / h)(T=some, h=4)) == [2, 3]
    with pytest.raises(SizeError, match="division by zero in ⌊h/T⌋"):
        (h // T)(T=numpy.array([1, 0]))


def test_powers_of_arrays_are_bounded() -> None:
    power = (((h**64) ** 64) ** 64) ** 64
    with pytest.raises(SizeError, match="a number of more than 10,000 bits"):
        power(h=numpy.array([1, 3]))
    assert power(h=numpy.array([0, 1])).tolist() == [0, 1]


def test_arrays_stay_fast_where_they_fit_and_exact_where_not() -> None:
    count = 4 * (h * (h + x) + h)
    small, large = numpy.arange(1, 1001), numpy.array([10**6, 10**10])
    assert count(h=small, x=108).dtype == "int64"
    assert count(h=large, x=108).dtype == object
    assert list(count(h=large, x=108)) == [count(h=int(one), x=108) for one in large]
    assert count(h=numpy.int64(128), x=108) == 121_344
    assert (h**63)(h=numpy.array([1, 3])).tolist() == [1, 3**63]
    assert count(h=numpy.array([[1, 2], [3, 4]]), x=numpy.array([1, 2])).shape == (2, 2)
    assert (h - x)(h=numpy.array([1], dtype="uint8"), x=numpy.array([2], dtype="uint8")).tolist() == [-1]


def test_empty_arrays() -> None:
    empty = numpy.array([], dtype="int64")
    for size in (h + 1, h // 2, 7 // h, maximum(h, 3), h / 2, h**3):
        assert size(h=empty).shape == (0,)


def test_division_in_arrays_is_checked() -> None:
    with pytest.raises(SizeError, match="division by zero in ⌊T/h⌋"):
        (T // h)(T=8, h=numpy.array([1, 0]))
    with pytest.raises(SizeError, match="division by zero in ⌊T/h⌋"):
        (T // h)(T=numpy.array([1, 2]), h=0)
    with pytest.raises(SizeError, match="9 does not divide evenly by 2"):
        (T / h)(T=numpy.array([8, 9]), h=2)
    with pytest.raises(SizeError, match="9 does not divide evenly by 4"):
        (T / h)(T=numpy.array([[8], [9]]), h=numpy.array([2, 4, 1]) // numpy.array([2, 1, 1]))
    with pytest.raises(SizeError, match="division by zero in ⌊T/h⌋"):
        (T // h)(h=0)


@pytest.mark.parametrize(
    "wrong",
    [1.5, float("nan"), numpy.array([1.5]), numpy.array([True]), numpy.array(["a"]), numpy.array([1.5, None], object)],
)
def test_values_are_whole_numbers(wrong: Any) -> None:
    with pytest.raises(SizeError, match="for h"):
        (h + 1)(h=wrong)


class Lazy:
    """An operand with ``+ * //`` and nothing else, which writes down what it was asked to do."""

    def __init__(self, note: str) -> None:
        self.note = note

    def __add__(self, other: Any) -> Lazy:
        return Lazy(f"({self}+{other})")

    def __radd__(self, other: Any) -> Lazy:
        return Lazy(f"({other}+{self})")

    def __mul__(self, other: Any) -> Lazy:
        return Lazy(f"({self}*{other})")

    def __rmul__(self, other: Any) -> Lazy:
        return Lazy(f"({other}*{self})")

    def __floordiv__(self, other: Any) -> Lazy:
        return Lazy(f"({self}//{other})")

    def __rfloordiv__(self, other: Any) -> Lazy:
        return Lazy(f"({other}//{self})")

    def __str__(self) -> str:
        return self.note

    def __bool__(self) -> bool:
        raise AssertionError("looking at a lazy value computes it")


def test_operands_that_only_add_multiply_and_floor() -> None:
    size = 4 * (h**2 * x + h) + (T - 3) // h + (h * x) / x
    lazy = size(h=Lazy("h"), x=3, T=7)
    assert eval(str(lazy), {"h": 5}) == size(h=5, x=3, T=7)


def test_an_array_of_an_unknown_library_is_refused_and_not_looked_at() -> None:
    class LazyArray(Lazy):
        dtype = numpy.dtype("int32")  # it would wrap around

    with pytest.raises(SizeError, match=r"values for h; expected .* series of numpy, pandas, .*LazyArray$"):
        (h * x // 2)(h=LazyArray("h"), x=3)


# --- SymPy --------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(trees, values)
def test_sympy_agrees(tree: Any, point: dict[str, int]) -> None:
    theirs = sympy.sympify(ours(tree))
    here = {sympy.Symbol(name, integer=True, positive=True): value for name, value in point.items()}
    assert theirs.subs(here) == pythons(tree, point)


def test_sympy_works_on_a_count() -> None:
    count = 4 * (h * (h + x) + h)
    assert str(sympy.factor(count)) == "4*h*(h + x + 1)"
    assert str(sympy.expand(count)) == "4*h**2 + 4*h*x + 4*h"
    assert str(sympy.sympify((T - 3) // 2 + 1)) == "floor(T/2 - 3/2) + 1"


def test_counting_needs_the_standard_library_alone() -> None:
    script = """
import sys
before = set(sys.modules)
import paramcalc
h, x = paramcalc.symbols("h x")
assert paramcalc.Sequential([paramcalc.LSTM(h, input_shape=(None, x))]).total == 4 * (h * (h + x) + h)
assert paramcalc.Sequential([paramcalc.Dense(3, input_shape=(4,))]).total == 15
assert str((h // 2 + x)(x=3)) == "⌊h/2⌋ + 3"
loaded = {name.split(".")[0] for name in set(sys.modules) - before} - {"paramcalc"}
print(sorted(loaded - set(sys.stdlib_module_names)))
"""
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_engine_does_not_rest_on_assertions_or_docstrings() -> None:
    script = """
from paramcalc.errors import ExpressionError, SizeError
from paramcalc.symbolic import collect, degree, latex, maximum, parse, symbols, text, unknown
h, x = symbols("h x")
size = 4 * (h * (h + x) + h)
assert False, "assertions are off"
def refused(operate, error):
    try:
        operate()
    except error as found:
        return str(found)
print(text(size), latex(h // 2), size.expand(), degree(size, "h"), size(h=2, x=3), size == 4 * h * (1 + h + x))
print(parse(str((size - maximum(x, unknown("T"))) // 3 + h**64)))
print(refused(lambda: h // 0, SizeError), refused(lambda: (h / x)(h=7, x=2), SizeError))
print(refused(lambda: parse("(" * 41), ExpressionError), refused(lambda: h**65, SizeError))
"""
    plain, optimised = (
        subprocess.run([sys.executable, *flags, "-I", "-c", code], capture_output=True, text=True, timeout=60)
        for flags, code in (([], script.replace("assert False", "assert True")), (["-OO"], script))
    )
    assert optimised.stderr == ""
    assert optimised.stdout == plain.stdout
    assert len(plain.stdout.splitlines()) == 4


@pytest.mark.parametrize("value", [None, "a", [1, 2], (1,), 1.5])
def test_what_is_no_operand_is_refused(value: Any) -> None:
    with pytest.raises(SizeError, match="a value for h; expected a whole number"):
        (h * 2 + 1)(h=value)
