"""Sources of long chains and deep nests: joined, they cost what they hold, and mean what they meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.core import sources as engine
from paramcalc.core.built import Built
from paramcalc.core.products import Work
from paramcalc.core.sources import Joined, Source, Sources, joined, sources, written_out


def chain(layers: int) -> pc.Sequential:
    return pc.Sequential([nn.Input((2, 3)), *(nn.Linear(3, 3) for _ in range(layers))])


def held(work: Work) -> int:
    """How many sources the operands of a work hold in all, each joined one once."""
    seen: set[Joined] = set()
    pending: list[Sources] = [operand for one in work.products for operand in (one.left, one.right)]
    total = 0
    while pending:
        found = pending.pop()
        total += len(found)
        for one in found:
            if isinstance(one, Joined) and one not in seen:
                seen.add(one)
                pending.append(one.sources)
    return total


def test_a_chain_twice_as_long_holds_twice_as_much() -> None:
    short, long = (held(chain(n).on((2, 3)).work()) for n in (1000, 2000))  # type: ignore[misc]  # a model has work
    assert long < 2.1 * short


def test_a_chain_of_many_layers_costs_what_its_layers_do() -> None:
    built = chain(1000).on((2, 3))
    assert built.forward() == 1000 * 18
    assert built.backward([0]) == 1000 * 18
    assert built.backward(built.weight_paths) == 2 * 1000 * 18 - 18
    assert built.backward([built.weight_paths[-1]]) == 0  # a bias
    assert built.backward([built.weight_paths[0]]) == 1000 * 18
    assert built.flow(1) == {0, *built.weight_paths}


def test_a_nest_is_worked_out_once_at_each_level() -> None:
    calls = 0

    def work() -> Work:
        nonlocal calls
        calls += 1
        return Work()

    class Counted(pc.core.rule.Layer):
        def on(self, *shapes: Any, **call: bool) -> Built:
            return super().on(*shapes, **call)._replace(work=work)

    made = pc.Dense(3)
    layer: Any = Counted(made.rule, made.options)
    for _ in range(30):
        layer = pc.Sequential([pc.Input((3,)), layer])
    layer.on((2, 3)).forward()
    assert calls == 1


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.integers(0, 3), st.data())
def test_joined_or_not_the_cost_is_the_same(widths: list[int], few: int, data: Any) -> None:
    sizes = zip([3, *widths], widths, strict=False)
    inner = pc.Sequential([nn.Input((2, 3)), *(nn.Linear(before, after) for before, after in sizes)])
    outer = pc.Sequential([nn.Input((2, 3)), nn.Linear(3, 3), inner, nn.Linear(widths[-1], 2)])
    plain = outer.on((2, 3))
    live = data.draw(st.sets(st.sampled_from([0, *plain.weight_paths])))
    expected, flow = plain.backward(live), plain.flow(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "FEW", few)
        built = outer.on((2, 3))
        assert built.backward(live) == expected
        assert built.flow(1) == flow


def test_a_large_set_is_one_source() -> None:
    found: frozenset[Source] = frozenset(range(100))
    assert joined(sources([0, 1])) == {0, 1}
    assert len(joined(found)) == 1
    assert joined(found) != joined(found)  # each is itself alone
    assert written_out(joined(found)) == found
    assert written_out(joined(joined(found) | frozenset(map(str, range(100))))) == found | set(map(str, range(100)))
