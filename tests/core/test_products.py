"""Products: what a layer multiplies, what its operands are made of, and what the way back costs."""

from __future__ import annotations

from itertools import combinations, product as every
from typing import Any

import pytest
from hypothesis import given, strategies as st

import paramcalc as pc
from paramcalc.core.built import Built, Weight
from paramcalc.core.combined import placed
from paramcalc.core.products import NOTHING, Product, State, Work, loop, product, sources
from paramcalc.symbolic import symbols

STEP = Work((product(10, 0, "kernel"), product(100, State(0), "recurrent")))
READS = sources([0, "kernel", "recurrent", State(0)])


def test_a_product_costs_once_more_for_every_operand_that_needs_a_gradient() -> None:
    work = Work((product(7, 0, "kernel"),))
    assert work.forward() == 7
    assert [work.backward(live) for live in ([], [0], ["kernel"], [0, "kernel"], ["bias"])] == [0, 7, 7, 14, 0]


def test_an_operand_made_of_several_sources_needs_a_gradient_once() -> None:
    scores = Work((product(5, [0, "query/kernel", "query/bias"], [1, "key/kernel"]),))
    assert scores.backward(["query/kernel", "query/bias"]) == 5
    assert scores.backward(["query/bias", 1]) == 10


@pytest.mark.parametrize(
    ("dead", "weights", "inputs", "both"), [(0, 2100, 1100, 2200), (1, 2000, 1000, 2100), (5, 1600, 600, 1700)]
)
def test_a_loop_reads_the_states_of_the_step_before(dead: int, weights: int, inputs: int, both: int) -> None:
    work = loop(STEP, 10, [READS], dead)
    assert work.forward() == 1100
    assert work.backward(["kernel", "recurrent"]) == weights
    assert work.backward([0]) == inputs
    assert work.backward([0, "kernel", "recurrent"]) == both


def test_an_initial_state_that_needs_a_gradient_is_alive_in_the_first_step_too() -> None:
    assert loop(STEP, 10, [READS], 1).backward([State(0)]) == 1000
    assert loop(STEP, 1, [READS], 1).backward([0]) == 10  # one step reads the initial state, and nothing before it


def test_a_state_reaches_what_other_states_are_updated_from() -> None:
    # the second state is updated from the first, and that from the input
    step = Work((product(3, State(1), "matrix"),))
    work = loop(step, 4, [sources([0]), sources([State(0)])])
    assert work.products[0].left == {0, State(0), State(1)}
    assert work.backward([0]) == 12


def test_parts_are_renamed_and_read_what_they_are_given() -> None:
    built = Built(((4,),), (Weight("kernel", (2, 4)),), work=lambda: Work((product(8, 0, "kernel"),)))
    work = placed(built, "dense", [sources([0, "below/kernel"])])
    assert work == Work((Product(8, sources([0, "below/kernel"]), sources("dense/kernel")),), (
        sources([0, "below/kernel", "dense/kernel"]),
    ))  # fmt: skip
    assert placed(built, "linear", [NOTHING], separator=".").products[0].right == {"linear.kernel"}


def test_costs_are_symbolic_where_sizes_are() -> None:
    T, h, x = symbols("T h x")
    built = pc.LSTM("h").on((1, T, x))
    assert built.forward() == T * 4 * h * (h + x)
    assert built.backward(built.weight_paths) == T * 4 * h * (h + x) + T * 4 * h * h


NODES = st.lists(st.integers(1, 5), min_size=1, max_size=5)


@given(NODES, st.data())
def test_a_model_used_as_a_layer_costs_what_its_layers_do(widths: list[int], data: Any) -> None:
    """The products of a nested chain agree with liveness followed layer by layer."""
    chain = pc.Sequential([pc.Input((3,)), *(pc.Dense(width) for width in widths)])
    built = chain.on((2, 3))
    live = data.draw(st.sets(st.sampled_from([0, *built.weight_paths])))
    names, alive, expected = chain.names, 0 in live, 0
    for layer, step in zip(chain.layers, chain.run([(2, 3)]), strict=True):
        own = {path for path in step.weight_paths if f"{names[id(layer)]}/{path}" in live}
        expected += step.backward([*([0] if alive else []), *own])
        alive = alive or bool(own)
    assert built.backward(live) == expected
    assert built.forward() == sum(step.forward() for step in chain.run([(2, 3)]))


def test_a_branch_that_no_gradient_comes_back_to_costs_nothing_backwards() -> None:
    # the output of the second branch is whole numbers
    x = pc.Input((3,))
    read, cut = pc.Dense(4, name="read"), pc.Dense(5, name="cut")
    rounded = pc.Discretization(bin_boundaries=[0.0, 1.0])(cut(x))
    model = pc.Model(x, pc.Concatenate()([read(x), rounded]))
    built = model.on((2, 3))
    assert built.forward() == 2 * 3 * (4 + 5)
    assert built.backward([0, *built.weight_paths]) == 2 * 2 * 3 * 4
    assert built.backward(["cut/kernel"]) == 0
    nested = pc.Model(x, pc.Dense(2, name="last")(model(x))).on((2, 3))
    assert nested.backward(["functional/cut/kernel"]) == 0
    assert nested.backward(["functional/read/kernel"]) == 2 * 9 * 2 + 2 * 3 * 4


def test_directions_have_weights_of_their_own() -> None:
    both = pc.Bidirectional(pc.LSTM(2)).on((1, 3, 4))
    one = pc.LSTM(2).on((1, 3, 4))
    ahead = [path for path in both.weight_paths if path.startswith("forward")]
    assert both.backward(ahead) == one.backward(one.weight_paths)
    assert both.backward([0]) == 2 * one.backward([0])


def test_a_stack_of_cells_hands_the_gradient_down() -> None:
    cells = pc.RNN([pc.LSTMCell(2), pc.LSTMCell(3)]).on((1, 5, 4))
    below = [path for path in cells.weight_paths if "lstm_cell/" in path]
    above = [path for path in cells.weight_paths if "lstm_cell_1/" in path]
    for low, high in every((False, True), repeat=2):
        live = [*below * low, *above * high]
        first, second = pc.LSTM(2).on((1, 5, 4)), pc.LSTM(3).on((1, 5, 2))
        expected = first.backward(first.weight_paths if low else [])
        expected += second.backward([*([0] if low else []), *(second.weight_paths if high else [])])
        assert cells.backward(live) == expected


def test_every_weight_that_multiplies_is_a_source_of_a_product() -> None:
    for layer, shape in ((pc.Dense(3), (2, 4)), (pc.LSTM(3), (2, 5, 4)), (pc.Bidirectional(pc.GRU(3)), (2, 5, 4))):
        built = layer.on(shape)
        matrices = {weight.path for weight in built.weights if "kernel" in weight.name}
        named = {source for one in built.products() for source in one.left | one.right if isinstance(source, str)}
        assert matrices <= named <= set(built.weight_paths)


def test_more_live_sources_never_cost_less() -> None:
    built = pc.GRU(3, reset_after=False).on((2, 5, 4))
    known = [0, *built.weight_paths, State(0)]
    for size in range(len(known)):
        for some in combinations(known, size):
            cost = built.backward(some)
            assert all(built.backward([*some, one]) >= cost for one in known)
            assert cost <= 2 * built.forward()
