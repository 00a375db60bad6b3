"""Programs give what their expressions give, and their ranges hold every value."""

from __future__ import annotations

import pickle
from operator import add, floordiv, mul, sub
from typing import Any

from hypothesis import given, settings, strategies as st
from strategies import NAMES, ours, pythons, trees
from tiers import examples

from paramcalc.symbolic import Expr, maximum, symbols
from paramcalc.symbolic.fold import divide
from paramcalc.symbolic.program import INT64, Program, at_point, compiled, ranges, run, within

h, x, d, k = symbols("h x d k")
PLAIN = {"+": add, "-": sub, "*": mul, "//": floordiv, "/": divide, "max": max, "min": min}
spans = st.tuples(st.integers(1, 10**20), st.integers(0, 10**20)).map(lambda pair: (pair[0], sum(pair)))


def values_of(program: Program, point: dict[str, int]) -> list[int]:
    return run(program, [*(point[name] for name in program.names), *program.constants], PLAIN)


@settings(deadline=None, max_examples=examples(60, 2000))
@given(st.lists(trees, min_size=1, max_size=3), st.fixed_dictionaries(dict.fromkeys(NAMES, spans)), st.data())
def test_programs_equal_python_and_stay_in_their_ranges(several: list[Any], bounds: Any, data: Any) -> None:
    program = compiled([ours(tree) for tree in several])
    point = {name: data.draw(st.sampled_from(span) | st.integers(*span)) for name, span in bounds.items()}
    found = values_of(program, point)
    expected = [pythons(tree, point) for tree in several]
    assert [found[place] for place in program.results] == expected
    assert [at_point(size, point) for size in program.sizes] == expected
    around = ranges(program, {name: bounds[name] for name in program.names})
    assert all(low <= value <= high for value, (low, high) in zip(found, around, strict=True))


def steps(size: Any) -> int:
    return len(compiled([size]).steps)


def test_polynomials_are_nested() -> None:
    lstm = 4 * (h * (h + x) + h)
    assert isinstance(lstm, Expr)
    assert steps(lstm) == steps(lstm.expand()) == 4  # h·4(h + x + 1)
    three = (x * d + d) + lstm(x=d) + (h * k + k)
    assert steps(three.expand()) == 9  # written out, it has ten
    block = lstm + h // 3
    assert steps(sum((block for _ in range(12)), 0)) <= steps(12 * block) + 2


def test_what_stands_twice_is_worked_out_once() -> None:
    assert steps((h // x) * d + (h // x) * k + maximum(h // x, d)) == 5  # h//x, d + k, the product, max, the sum
    assert len(compiled([h * x, h * x + 1]).steps) == 2
    assert compiled([7, h]).results == (1, 0)


def test_differences_have_no_product() -> None:
    assert [step.op for step in compiled([h - x - 3]).steps] == ["-", "-"]


def test_squares_are_nowhere_negative() -> None:
    program = compiled([(h - x) ** 2])
    assert ranges(program, {"h": (1, 3), "x": (2, 5)})[program.results[0]] == (0, 16)
    assert not within(ranges(compiled([h * x]), {"h": (1, 2**32), "x": (1, 2**31)}), INT64)
    assert within(ranges(compiled([h * x]), {"h": (1, 2**32), "x": (1, 2**31 - 1)}), INT64)


def test_a_program_is_plain_data() -> None:
    program = compiled([h // 2 + x, h])
    assert pickle.loads(pickle.dumps(program)) == program
