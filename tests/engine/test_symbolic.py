"""The engine: arithmetic against Python's, equality against SymPy's, evaluation on everything, bounds on all of it."""

from __future__ import annotations

import copy
import doctest
import pickle
import time
from pathlib import Path
from random import Random
from typing import Any

import numpy
import pytest
import sympy
from hypothesis import assume, example, given, settings, strategies as st
from strategies import NAMES, at, ours, polynomials, pythons, trees, values
from work import lines

import paramcalc.symbolic
from paramcalc.errors import SizeError
from paramcalc.symbolic import (
    Expr,
    add,
    ceil_div,
    collect,
    degree,
    exact,
    is_known,
    leaves,
    maximum,
    minimum,
    symbols,
    text,
    times,
    unknown,
)
from paramcalc.symbolic.expr import product
from paramcalc.symbolic.fold import MAX_DEPTH
from paramcalc.symbolic.normal import MAX_TERMS

h, x, T, n = symbols("h x T n")


def polynomial(size: Any) -> sympy.Poly:
    return sympy.Poly(sympy.sympify(size), *(sympy.Symbol(name, integer=True, positive=True) for name in NAMES))


# --- arithmetic ---------------------------------------------------------------------------------


@given(trees, values)
def test_arithmetic_agrees_with_python(tree: Any, point: dict[str, int]) -> None:
    assert at(ours(tree), point) == pythons(tree, point)


@given(trees, values, st.sets(st.sampled_from(NAMES)))
def test_evaluating_some_symbols_first_changes_nothing(tree: Any, point: dict[str, int], first: set[str]) -> None:
    partly = at(ours(tree), {name: point[name] for name in first})
    assert at(partly, point) == pythons(tree, point)


@pytest.mark.parametrize(
    ("built", "written"),
    [
        (h + 0, "h"),
        (0 + h, "h"),
        (1 * h, "h"),
        (h * 4, "4h"),
        ((4 * h) * (2 * x), "8h*x"),
        (h + 2 + x + 3, "h + 5 + x"),
        (h - h, "h - h"),
        (5 - h, "5 - h"),
        (-h, "-h"),
        (+h, "h"),
        (h**1, "h"),
        (h // 1, "h"),
        (exact(h, 1), "h"),
        (h / 2, "h/2"),
        (2 // h, "floor(2/h)"),
        (6 / h, "6/h"),
        (maximum(h, 3, x, 5), "max(h, x, 5)"),
        (minimum(h, h), "h"),
        (ceil_div(T, 2), "floor((T - 1)/2) + 1"),
        (times(2, 4 * (h + x)), "2*4(h + x)"),
        (add([h, 1, x + 2, h]), "h + 3 + x + h"),
    ],
)
def test_only_what_nobody_would_write_is_folded(built: Any, written: str) -> None:
    assert text(built) == written


@pytest.mark.parametrize(
    "built", [0 * h, h**0, 0 // h, h + 3 - 3 - h, exact(12, 4), times(1, 7), add([]), maximum(3, 7), minimum(7)]
)
def test_what_holds_no_symbol_may_still_be_a_number(built: Any) -> None:
    assert built == {0: 0, 1: 1}.get(built, built)
    assert built in (0, 1, 3, 7)


@pytest.mark.parametrize("wrong", [-1, 65, 1.5, "2", None])
def test_exponents_are_whole_and_small(wrong: Any) -> None:
    with pytest.raises(SizeError, match="a power of a size; expected a whole exponent from 0 to 64"):
        h**wrong


@pytest.mark.parametrize("wrong", [1.5, "x", None, [1]])
def test_other_operands_are_left_to_python(wrong: Any) -> None:
    for operate in (lambda: h + wrong, lambda: wrong - h, lambda: h * wrong, lambda: h // wrong, lambda: wrong / h):
        with pytest.raises(TypeError):
            operate()


def test_a_symbolic_size_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="h \\+ 1 has no truth value"):
        bool(h + 1)


@pytest.mark.parametrize("divide", [lambda: h // 0, lambda: h / 0, lambda: h // (x - x), lambda: exact(4, 0)])
def test_division_by_zero(divide: Any) -> None:
    with pytest.raises(SizeError, match="division by zero"):
        divide()


def test_exact_division_refuses_a_remainder() -> None:
    with pytest.raises(SizeError, match="7 does not divide evenly by 2 \\(// rounds down\\)"):
        exact(7, 2)


@pytest.mark.parametrize("name", ["1h", "h-x", "max", "floor", "h²", "_h", "h" * 101])
def test_not_every_word_names_a_size(name: str) -> None:
    with pytest.raises(SizeError, match="the name of a size"):
        symbols(name)


def test_symbols_come_one_or_several() -> None:
    assert symbols("a") == Expr("name", ("a",))
    assert symbols("a, b c") == (symbols("a"), symbols("b"), symbols("c"))


# --- equality -----------------------------------------------------------------------------------


@given(trees, trees, values)
def test_equality_is_sound_and_agrees_with_hash(one: Any, other: Any, point: dict[str, int]) -> None:
    a, b = ours(one), ours(other)
    if a == b:
        assert hash(a) == hash(b)
        assert pythons(one, point) == pythons(other, point)
    if pythons(one, point) != pythons(other, point):
        assert a != b


def rewritten(tree: Any, random: Random) -> Any:
    """Say the same thing differently: commute, re-associate, distribute, multiply powers out."""
    if not isinstance(tree, tuple):
        return tree if random.random() < 0.8 else ("-", ("+", tree, "x"), "x")
    op, *parts = tree
    parts = [rewritten(part, random) if place == 0 or op != "^" else part for place, part in enumerate(parts)]
    if op == "^":
        product: Any = 1
        for _ in range(parts[1]):
            product = ("*", product, parts[0])
        return product
    if op == "neg":
        return random.choice([("neg", parts[0]), ("*", -1, parts[0]), ("-", 0, parts[0])])
    a, b = parts
    if op == "-":
        return random.choice([("-", a, b), ("+", ("neg", b), a), ("neg", ("-", b, a))])
    if random.random() < 0.5:
        a, b = b, a
    if op == "*" and isinstance(b, tuple) and b[0] in "+-":
        return (b[0], ("*", a, b[1]), ("*", a, b[2]))
    if isinstance(b, tuple) and b[0] == op:
        return (op, (op, a, b[1]), b[2])
    return (op, a, b)


@given(polynomials, st.randoms(use_true_random=False))
def test_polynomials_said_differently_are_equal(tree: Any, random: Random) -> None:
    a, b = ours(tree), ours(rewritten(tree, random))
    assert a == b
    assert hash(a) == hash(b)
    assert collect(a) == b


@given(polynomials, polynomials)
def test_polynomials_that_differ_are_unequal(tree: Any, other: Any) -> None:
    difference = ours(other)
    assume(difference != 0)
    assert ours(("+", tree, other)) != ours(tree)


@settings(max_examples=40, deadline=None)
@given(polynomials, polynomials)
def test_equality_of_polynomials_is_sympys(one: Any, other: Any) -> None:
    a, b = ours(one), ours(other)
    assert (a == b) == (polynomial(a) == polynomial(b))


@example(("//", ("-", "h", "h"), "h"), dict.fromkeys(NAMES, 1))
@given(trees, values)
def test_multiplying_out_keeps_the_value(tree: Any, point: dict[str, int]) -> None:
    assert at(collect(ours(tree)), point) == pythons(tree, point)
    assert collect(ours(tree)) == ours(tree)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((4 * h + 3) // 4, h),
        ((6 * h + 7) // 3, 2 * h + 2),
        (7 // symbols("h") * 0, 0),
        ((h // 2) // 3, h // 6),
        (((T - 3) // 2 + 1 - 3) // 2 + 1, (T - 3) // 4),
        ((h * x) / x, h),
        ((2 * h * x) / (2 * x), h),
        ((h * x + x * x) / x, h + x),
        ((h + x) / (h + x), 1),
        (h // h, 1),
        ((h + 1) // (1 + h), 1),
        (maximum(h, x), maximum(x, h)),
        (maximum(h + x, x + h), h + x),
        ((T - 1) // 2 + 1, (T + 1) // 2),
        (h - h, 0),
        ((h - h) // h, 0),
        (minimum(h - h + 3, x - x + 5, T), minimum(3, T)),
        (maximum(h - h + 3, x - x + 5, T), maximum(5, T)),
        ((h - h) / (h + x), 0),
        ((h - h + 7) // (x - x - 2), -4),
        ((h + 1) ** 2, h * h + 2 * h + 1),
        ((h // 2) ** 2, (h // 2) * (h // 2)),
    ],
)
def test_laws(one: Any, other: Any) -> None:
    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (h // 2, h / 2),
        (h // 2 + x // 2, (h + x) // 2),
        (2 * (h // 2), h),
        (maximum(h, x), minimum(h, x)),
        (h, x),
        (h, unknown("h")),
        (h**2, 2 * h),
        ((h / 2) // 3, h // 6 + 1),
        ((-h) // 2, -(h // 2)),
    ],
)
def test_no_law(one: Any, other: Any) -> None:
    assert one != other


def test_equality_with_other_things() -> None:
    assert h != "h"
    assert h is not None
    assert h - h + 2 == 2
    assert {h + x: 1}[x + h] == 1


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (4 * (h * (h + x) + h), "4h^2 + 4h*x + 4h"),
        (x * h + h * x, "2x*h"),
        (1 - T + T**2, "T^2 - T + 1"),
        (1 - T, "-T + 1"),
        (h / 2 + h / 3, "5h/6"),
        (h / x, "h/x"),
        (x * (T // 2) + x * (T // 2), "2x*floor(T/2)"),
        (maximum(x, h) + h + x, "max(x, h) + x + h"),
        ((n + T) * 3 + T, "3n + 4T"),
        (h - h, "0"),
    ],
)
def test_terms_are_collected_by_degree_then_in_the_order_written(size: Any, written: str) -> None:
    assert text(collect(size)) == written


@given(trees)
def test_the_order_of_terms_does_not_depend_on_hashing(tree: Any) -> None:
    size = collect(ours(tree))
    shuffled = pickle.loads(pickle.dumps(ours(tree)))
    if isinstance(shuffled, Expr):
        assert dict(reversed(shuffled.normal.items())) == shuffled.normal
        shuffled.memo = dict(reversed(shuffled.normal.items()))
    assert text(collect(shuffled)) == text(size)


def test_a_symbol_and_an_unknown_of_one_name_have_their_order() -> None:
    one, other = unknown("T"), T
    for size in (one * other**2 + h, other**2 * one + h):
        assert text(collect(size)) == "T*T^2 + h"
        assert text(collect(maximum(size, 0) + maximum(size - h, 0))) == "max(T*T^2 + h, 0) + max(T*T^2, 0)"


def test_nothing_is_put_in_where_no_name_occurs() -> None:
    size = times(2, 4 * (h + x))
    assert size(T=3) is size
    assert size() is size
    assert text(size(T=1.5)) == "2*4(h + x)"


@pytest.mark.parametrize(("size", "expected"), [(h**3 * x + h, 3), (x, 0), (7, 0), ((h + 1) ** 2 - h**2, 1)])
def test_degree(size: Any, expected: int) -> None:
    assert degree(size, "h") == expected


@pytest.mark.parametrize("size", [h // 2, maximum(h, x), x / h, 1 / (h + x), x * ((h - 1) // 2)])
def test_no_degree_without_a_polynomial(size: Any) -> None:
    with pytest.raises(SizeError, match="is not a polynomial in h"):
        degree(size, "h")


@given(trees)
def test_pickle_and_copy(tree: Any) -> None:
    size = ours(tree)
    for twin in (pickle.loads(pickle.dumps(size)), copy.copy(size), copy.deepcopy(size)):
        assert twin == size
        assert repr(twin) == repr(size)


def test_unknowns() -> None:
    length = unknown("T")
    assert is_known(h)
    assert is_known(3)
    assert not is_known(length + h)
    assert [leaf.op for leaf in leaves(length + h)] == ["?", "name"]
    assert (length + h).symbols == ("T", "h")


# --- bounds -------------------------------------------------------------------------------------


def quickly(operate: Any) -> Any:
    """Run, and insist that it ends: a hundred times what it takes, so that no machine is too slow."""
    start = time.process_time()
    try:
        return operate()
    finally:
        assert time.process_time() - start < 100


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: sum(symbols("a b c d e")) ** 64 == 1,
        lambda: collect((h + x + T) ** 64),
        lambda: hash(sum(symbols("a b c d e f g h i j")) ** 8 * sum(symbols("k l m n o p q r s")) ** 8),
        lambda: (3 * h) ** 64**1**1 == ((((3 * h) ** 64) ** 64) ** 64) ** 64,
        lambda: ((((h**64) ** 64) ** 64) ** 64)(h=3),
        lambda: (((h**64) ** 64) ** 64)(h=numpy.array([3]), x=1) and (((h**64) ** 64) ** 64)(h=3),
        lambda: h * 10**4000,
        lambda: nested(MAX_DEPTH + 1),
        lambda: doubled(64),
    ],
)
def test_bombs_are_refused_quickly(bomb: Any) -> None:
    with pytest.raises(SizeError, match="more than"):
        quickly(bomb)


def nested(levels: int) -> Any:
    size: Any = h
    for place in range(levels):
        size = size // (x + place)
    return size


def doubled(times_: int) -> Any:
    size: Any = h
    for _ in range(times_):
        size = size + size
    return size


def test_the_deepest_expression_still_works() -> None:
    size = nested(MAX_DEPTH - 1)
    twin = pickle.loads(pickle.dumps(size))
    assert size == twin
    assert size.expand() == twin
    assert copy.deepcopy(size) == size
    assert len(str(size)) == len(str(twin)) > MAX_DEPTH
    assert size(h=10**90, x=2) == twin(h=10**90, x=2)
    assert sympy.sympify(size) == sympy.sympify(twin)
    with pytest.raises(SizeError, match="not a polynomial"):
        degree(size, "h")


@pytest.mark.parametrize(
    "work",
    [
        lambda many: add(many).expand(),
        lambda many: add(size * size for size in many).expand(),
        lambda many: add(4 * (size * (size + x) + size) for size in many).expand(),
        lambda many: hash(product(many[:200]) ** 64 + add(many)),
        lambda many: text(add(many)),
        lambda many: add(many)(**{size.args[0]: 3 for size in many}),
        lambda many: degree(add(many), "h7"),
        lambda many: maximum(*many),
    ],
)
def test_long_expressions_take_linear_time(work: Any) -> None:
    def of(length: int) -> int:
        many = [Expr("name", (f"h{place}",)) for place in range(length)]
        return lines(lambda: work(many))

    assert of(1_600) < 6 * of(400)  # linear is 4 times, quadratic would be 16


def test_long_sums() -> None:
    total = add(Expr("name", (f"h{place}",)) for place in range(20_000)).expand()
    assert isinstance(total, Expr)
    assert len(total.args) == 20_000


def test_the_largest_sizes() -> None:
    googol = 10**100
    assert (h * h + x)(h=googol, x=1) == 10**200 + 1
    assert text(googol * h) == f"{googol}h"
    assert len((h + x).normal) < MAX_TERMS


def test_the_readme_of_the_engine_says_what_is_so() -> None:
    readme = Path(paramcalc.symbolic.__file__).with_name("README.md")
    failed, tried = doctest.testfile(str(readme), module_relative=False)
    assert failed == 0
    assert tried > 15
