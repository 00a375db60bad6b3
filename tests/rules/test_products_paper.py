"""Products of the cells of the literature and of the conventions: what each choice of frozen weights costs backwards.

The cells are those of ``reference_cells``, from the papers' equations, differentiated by jax. A layer is its cell in a
loop of jax, which treats all steps alike: so do the rules, in which no step reads a dead state. An unrolled loop would
know that its first state is constant, and multiply less in the first step.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from itertools import chain, combinations

import pytest
import tiers
from jax_programs import Program, Values, once, over_time, step_of, values_of
from paper_cells import AXES, P, layers, shapes
from reference_cells import STEPS

from paramcalc.core.built import Built
from paramcalc.core.products import Source, State
from paramcalc.core.rule import Layer
from paramcalc.verification.adapters.keras.gradients import Gradients

CELLS = [name for name in STEPS if name.endswith("Cell")]
FEW = 5  # sources of which every subset is tried
DRAWN = 12  # subsets of more sources, besides the plain ones
QUICK = 1  # of all these, tried in a quick run of a layer, besides all weights


def choices(sources: list[Source]) -> list[frozenset[Source]]:
    """Choose what needs a gradient: every subset of a few sources; of more, each alone, all others, and drawn ones."""
    whole = frozenset(sources)
    kinds = [frozenset(one for one in sources if isinstance(one, kind)) for kind in (str, int, State)]
    if len(sources) <= FEW:
        found = map(frozenset, chain.from_iterable(combinations(sources, n) for n in range(1, len(sources) + 1)))
        return list(dict.fromkeys([*kinds, whole, *found]))
    draw = random.Random(str(sources))
    alone = [frozenset({one}) for one in sources]
    drawn = [frozenset(one for one in sources if draw.random() < 0.3) for _ in range(DRAWN)]
    return list(dict.fromkeys([*kinds, whole, *alone, *(whole - one for one in alone), *drawn]))


def quick(sources: list[Source]) -> list[frozenset[Source]]:
    """Choose the weights, and a few others."""
    first, others = choices(sources)[:1], choices(sources)[1:]
    return first + random.Random(str(sources)).sample(others, min(QUICK, len(others)))


def alone(sources: list[Source]) -> list[frozenset[Source]]:
    """Choose each source by itself."""
    return [frozenset({one}) for one in sources]


Chosen = Callable[[list[Source]], list[frozenset[Source]]]


def check(built: Built, program: Program, values: Values, chosen: Chosen) -> None:
    fixed = {weight.path for weight in built.weights if weight.buffer}
    theirs = Gradients(program, values)
    for at, found in enumerate(theirs.flow()):
        assert built.flow(1, at) == found - fixed, at
    assert built.forward() == theirs.forward()
    for live in chosen([source for source in values if source not in fixed]):
        assert built.backward(live) == theirs.backward(live), sorted(map(str, live))


@cache
def few(name: str) -> list[Layer]:
    """Some of a cell's combinations, the first and the last among them."""
    found = list(layers(name))
    return found if len(found) <= 4 else [found[0], found[-1], *random.Random(name).sample(found[1:-1], 2)]


def check_cell(layer: Layer, chosen: Chosen) -> None:
    built = layer.on(*shapes(layer))
    program, values = once(layer, built), values_of(built, *shapes(layer))
    check(built, program, values, chosen)


def check_layer(cell: Layer, place: int, chosen: Chosen) -> None:
    sequences, state = bool(place % 2), bool(place // 2 % 2)
    layer = P[cell.type.removesuffix("Cell")](**cell.options, return_sequences=sequences, return_state=state)
    (batch, *rest) = shapes(cell)[0]
    whole = (batch, AXES["T"], *rest)
    built, step = layer.on(whole), cell.on(*shapes(cell))
    program = over_time(step_of(cell, step), len(step.states), sequences, state)
    values = values_of(built, whole)
    check(built, program, values, chosen)


@pytest.mark.parametrize("name", tiers.quick(CELLS, 4))
def test_a_cell_is_what_its_equations_differentiate_to(name: str) -> None:
    for layer in few(name):
        check_cell(layer, alone)


@pytest.mark.parametrize("name", tiers.quick(CELLS, 4))
def test_a_layer_is_its_cell_in_a_loop(name: str) -> None:
    for place, cell in enumerate(few(name)[:2]):
        check_layer(cell, place, quick)


def test_a_cell_without_gates_on_its_state_reads_no_gates_into_it() -> None:
    make = next(iter(layers("LSTMCell"))).rule
    check_cell(make(6, no_input_gate=True, no_forget_gate=True, full_gate_recurrence=True), choices)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", CELLS)
def test_every_cell_and_layer(name: str) -> None:
    for place, layer in enumerate(layers(name)):
        chosen = choices if name != "LSTMCell" or place % 24 == 0 else quick
        check_cell(layer, chosen)
        check_layer(layer, place, chosen)


@pytest.mark.parametrize("layer", list(layers("QRNN")), ids=repr)
def test_a_qrnn_multiplies_before_its_loop(layer: Layer) -> None:
    given = layer.rule(**{**layer.options, "return_sequences": True, "return_state": True})
    shape = tuple(AXES[axis] for axis in layer.rule.inputs[0].tokens)
    built = given.on(shape)
    program, values = once(given, built), values_of(built, shape)
    check(built, program, values, quick)
