"""Real-time recurrent learning, held against programs in NumPy that learn in real time and count what they do."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from counted_derivatives import (
    Dual,
    Var,
    columns_of,
    drawn,
    duals,
    elements,
    propagated,
    step,
    variables,
    with_room,
)
from hypothesis import given, settings, strategies as st
from reference_cells import STEPS
from tiers import examples

import paramcalc as pc
from paramcalc import symbols
from paramcalc.analysis.cost.rtrl import Rtrl, rtrl
from paramcalc.core.kinds import Maybe
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer
from paramcalc.errors import OptionError, ParamcalcError
from paramcalc.rules.shared.over_time import TIME
from paramcalc.symbolic import Expr
from paramcalc.symbolic.evaluate import evaluate

P = rules("paper")
CELLS = [name for name in STEPS if name.endswith("Cell")]
SIZES = {
    "units": 4, "filters": 2, "kernel_size": (3, 2), "heads": 2, "order": 3, "outputs": 5,
    "projection": 3, "nonrecurrent_projection": 2, "intermediate": 5,
}  # fmt: skip
AXES = {"B": 2, "d_x": 3, "H": 2, "W": 2, "C": 1}
STEPS_OF_TIME = 3


def cells(name: str) -> Iterator[Layer]:
    """A cell with every combination of its switches and of sizes that may be left out."""
    rule = P[name]
    choices: dict[str, list[Any]] = {}
    for option in rule.options.values():
        if option.name in ("no_input_activation", "no_output_activation", "forget_bias", *TIME):
            continue
        if option.name in SIZES:
            choices[option.name] = [SIZES[option.name], None][: 1 + isinstance(option.kind, Maybe)]
        else:
            choices[option.name] = list(getattr(option.kind, "values", None) or (False, True))
    for values in product(*choices.values()):
        cell = rule(**dict(zip(choices, values, strict=True)))
        try:
            cell.on(shape_of(cell))
        except ParamcalcError:
            continue
        yield cell


def shape_of(cell: Layer) -> tuple[int, ...]:
    wide = {**AXES, "d_x": cell.options["units"]} if cell.options.get("skip") == "identity" else AXES
    return tuple(wide[axis] for axis in cell.rule.inputs[0].tokens)


@cache
def few(name: str) -> list[Layer]:
    found = list(cells(name))
    return found if len(found) <= 5 else [found[0], found[-1], *random.Random(name).sample(found[1:-1], 3)]


class Learner:
    """A stack of cells, with an output layer, that learns in real time.

    Before it counts, it runs a few steps to see what its states depend on; then all steps are alike.
    """

    def __init__(
        self, stack: list[Layer], batch: int, inputs: tuple[int, ...], outputs: int = 0, seed: int = 0
    ) -> None:
        self.stack, self.batch, self.outputs = stack, batch, outputs
        self.draw = np.random.default_rng(seed)
        shape = (batch, *inputs)
        self.built = []
        for cell in stack:
            self.built.append(cell.on(shape))
            shape = self.built[-1].shapes()[0]
        self.arrays = [drawn(one.weights, seed + at) for at, one in enumerate(self.built)]
        self.shape = shape
        self.dense = self.draw.normal(size=(shape[-1], outputs)) if outputs else None
        self.inputs = inputs
        self.macs = {"forward": 0, "sensitivities": 0, "readout": 0, "backward": 0}
        self.first = [[self.draw.uniform(0.1, 1, size=shape) for shape in one.states] for one in self.built]
        self.duals = [duals(one.weights, arrays, str(at)) for at, (one, arrays) in enumerate(self.pairs)]
        states: Any = [[Dual(one) for one in each] for each in self.first]
        for _ in range(4):
            _, states = self.run(self.draw.normal(size=(batch, *inputs)), states)
        self.starts = [
            [with_room(one, columns_of(known)) for one, known in zip(first, after, strict=True)]
            for first, after in zip(self.first, states, strict=True)
        ]
        self.kept = sum(elements(each) for each in self.starts)

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        return list(zip(self.built, self.arrays, strict=True))

    def run(self, x: Any, states: Any) -> tuple[Any, Any]:
        self.macs = dict.fromkeys(("forward", "sensitivities", "readout", "backward"), 0)
        after, out = [], Dual(x)
        for cell, built, values, before in zip(self.stack, self.built, self.duals, states, strict=True):
            forward, columns = self.count("forward"), self.count("sensitivities")
            out, new = step(cell, built.weights, values, out, before, forward, columns)
            after.append(new)
        return out, after

    def count(self, kind: str) -> Any:
        def add(number: int) -> None:
            self.macs[kind] += number

        return add

    def dot(self, kind: str, left: Any, right: Any) -> Any:
        return Dual.product(Dual(left), Dual(right), self.count(kind), self.count(kind)).value

    def learn(self, xs: Any, wanted: Any) -> dict[str, Any]:
        """Give the gradient of the sum over time of output · wanted, step by step."""
        gradient: dict[str, Any] = {}
        states = self.starts
        for x, error in zip(xs, wanted, strict=True):
            out, states = self.run(x, states)
            if self.dense is not None:
                self.dot("forward", out.value, self.dense)
                own = self.dot("backward", out.value.T, error)
                gradient["dense"] = gradient.get("dense", 0) + own
                error = self.dot("backward", error, self.dense.T)
            for path, block in out.blocks.items():
                read = self.dot("readout", error.reshape(1, -1), block.reshape(-1, block.shape[-1]))
                gradient[path] = gradient.get(path, 0) + read[0]
        return gradient

    def back_propagated(self, xs: Any, wanted: Any) -> dict[str, Any]:
        """Give the same gradient through time."""
        values = [variables(one.weights, arrays) for one, arrays in self.pairs]
        dense = Var(self.dense, needed=True) if self.dense is not None else None
        states: Any = [[*map(Var, each)] for each in self.first]
        found = []
        for x, error in zip(xs, wanted, strict=True):
            out = Var(x)
            for at, (cell, built) in enumerate(zip(self.stack, self.built, strict=True)):
                out, states[at] = step(cell, built.weights, values[at], out, states[at], _ignore, _ignore)
            found.append((out if dense is None else Var.product(out, dense, _ignore, _ignore), error))
        gradients = propagated(found)
        named = {f"{at}/{path}": one for at, each in enumerate(values) for path, one in each.items()}
        given = {path: np.ravel(gradients[one]) for path, one in named.items() if one in gradients}
        return {**given, "dense": gradients[dense]} if dense is not None else given


def _ignore(_: int) -> None: ...


def layered(cell: Layer) -> Layer:
    return P[cell.type.removesuffix("Cell")](**cell.options, return_sequences=True)


def compare(learner: Learner, found: Rtrl) -> None:
    xs = learner.draw.normal(size=(STEPS_OF_TIME, learner.batch, *learner.inputs))
    shape = (*learner.shape[:-1], learner.outputs) if learner.outputs else learner.shape
    wanted = learner.draw.normal(size=(STEPS_OF_TIME, *shape))
    gradient = learner.learn(xs, wanted)
    assert found.each._asdict() == learner.macs
    assert found.kept == learner.kept
    assert found.total.total == STEPS_OF_TIME * sum(learner.macs.values())
    theirs = learner.back_propagated(xs, wanted)
    assert sorted(gradient) == sorted(theirs)
    for path, one in theirs.items():
        np.testing.assert_allclose(gradient[path], one, rtol=1e-7, atol=1e-9, err_msg=path)


def of_stack(learner: Learner) -> Rtrl:
    layers = [layered(cell) for cell in learner.stack]
    layers += [pc.Dense(learner.outputs, use_bias=False)] if learner.outputs else []
    model = pc.Sequential([pc.Input((None, *learner.inputs)), *layers])
    return rtrl(model, batch=learner.batch, steps=STEPS_OF_TIME)


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_learns_in_real_time(name: str) -> None:
    for cell in few(name):
        batch, *inputs = shape_of(cell)
        learner = Learner([cell], batch, tuple(inputs))
        compare(learner, of_stack(learner))


STACKED = ("LSTMCell", "GRUCell", "ElmanRNNCell", "MGUCell", "LMUCell", "JordanRNNCell")


@st.composite
def stacks(draw: st.DrawFn) -> tuple[list[Layer], int, int, int]:
    """Two or three cells on top of one another, a batch, a number of inputs, and one of outputs, or 0."""
    size = st.integers(1, 3)
    found = []
    for name in draw(st.lists(st.sampled_from(STACKED), min_size=1, max_size=3)):
        options: dict[str, Any] = {"units": draw(size)}
        if name == "LSTMCell":
            options |= {"projection": draw(st.none() | size), "peephole": draw(st.booleans())}
        if name == "GRUCell":
            options |= {"reset": draw(st.sampled_from(["before", "after"]))}
        options |= {"order": draw(size)} if name == "LMUCell" else {}
        options |= {"outputs": draw(size)} if name == "JordanRNNCell" else {}
        found.append(P[name](**options))
    return found, draw(st.integers(1, 2)), draw(size), draw(st.integers(0, 3))


@settings(max_examples=examples(8, 200))
@given(drawn=stacks())
def test_a_stack_learns_in_real_time(drawn: tuple[list[Layer], int, int, int]) -> None:
    """The states of a layer depend on its own weights and on those of all layers below."""
    cells, batch, inputs, outputs = drawn
    learner = Learner(cells, batch, (inputs,), outputs)
    compare(learner, of_stack(learner))


# --- the known formulas ----------------------------------------------------------------------------


@given(h=st.integers(1, 300), x=st.integers(1, 300), batch=st.integers(1, 8), steps=st.integers(1, 50))
def test_the_textbook_formulas(h: int, x: int, batch: int, steps: int) -> None:
    for rule, gates, states in ((pc.SimpleRNN, 1, 1), (pc.LSTM, 4, 2), (pc.GRU, 3, 1)):
        layer = rule(h, return_sequences=True)
        found = rtrl(pc.Sequential([pc.Input((None, x)), layer]), batch=batch, steps=steps)
        n = found.parameters
        each = gates * h * (h + x) + gates * h * h * n + h * n
        assert n == pc.Sequential([pc.Input((None, x)), layer]).total
        assert found.each.total == batch * each
        assert found.total.total == batch * steps * each
        assert found.kept == batch * states * h * n


def test_a_symbolic_result_is_the_numeric_one() -> None:
    h, x, o = symbols("h x o")

    def result(h: Any, x: Any, o: Any, **sizes: Any) -> Rtrl:
        layers = [pc.LSTM(h, return_sequences=True), pc.Dropout(0.1), pc.GRU(o, reset_after=False), pc.Dense(o)]
        return rtrl(pc.Sequential([pc.Input((None, x)), *layers]), **sizes)

    symbolic = result(h, x, o, batch=symbols("B"), steps=symbols("T"))
    draw = random.Random(1)
    for _ in range(10):
        values = {name: draw.randint(1, 200) for name in "hxoBT"}
        numeric = result(values["h"], values["x"], values["o"], batch=values["B"], steps=values["T"])
        for one, other in (
            (symbolic.total.total, numeric.total.total),
            (symbolic.each.total, numeric.each.total),
            (symbolic.end.total, numeric.end.total),
            (symbolic.kept, numeric.kept),
            (symbolic.parameters, numeric.parameters),
        ):
            assert isinstance(one, Expr)
            assert evaluate(one, values) == other


def test_the_formula_of_a_layer_is_that_of_its_products() -> None:
    model = pc.Sequential([pc.Input((None, 108)), pc.LSTM(128, return_sequences=True), pc.GRU(64)])
    lstm, gru = rtrl(model, batch=2, steps=10).layers
    assert str(lstm.formula) == "4B·d_h²·P_1 + 4B·d_h² + 4B·d_h·d_x"
    assert lstm.formula is not None
    assert lstm.formula.value == lstm.each.total
    assert str(gru.formula) == "3B·d_h²·P_2 + 3B·d_h·d_x·P_1 + 3B·d_h² + 3B·d_h·d_x"
    assert gru.formula is not None
    assert gru.formula.values["P_2"] == model.total


@pytest.mark.parametrize("name", CELLS)
def test_every_layer_has_a_formula(name: str) -> None:
    for cell in few(name):
        batch, *inputs = shape_of(cell)
        (layer,) = rtrl(pc.Sequential([pc.Input((None, *inputs)), layered(cell)]), batch=batch, steps=3).layers
        assert layer.formula is not None
        assert layer.formula.value == layer.each.total


# --- other layers ------------------------------------------------------------------------------------


def test_a_stack_of_pytorch_is_its_layers_one_by_one() -> None:
    from paramcalc import torch

    for options in ({}, {"proj_size": 3}):
        x, seen = pc.Input((None, 5)), options.get("proj_size", 7)
        whole = torch.LSTM(5, 7, num_layers=3, batch_first=True, **options)
        stack = rtrl(pc.Model(x, whole(x)[0]), batch=2, steps=4)
        out = x
        for d in (5, seen, seen):
            out = torch.LSTM(d, 7, batch_first=True, **options)(out)[0]
        single = rtrl(pc.Model(x, out), batch=2, steps=4)
        assert stack.total == single.total
        assert stack.kept == single.kept
        assert stack.parameters == single.parameters
    assert stack.layers[0].formula is not None


def test_cells_in_a_layer_are_layers_on_top_of_one_another() -> None:
    cells = pc.RNN([pc.LSTMCell(4), pc.GRUCell(3)], return_sequences=True)
    one = rtrl(pc.Sequential([pc.Input((None, 5)), cells]), batch=2, steps=4)
    layers = [pc.LSTM(4, return_sequences=True), pc.GRU(3, return_sequences=True)]
    several = rtrl(pc.Sequential([pc.Input((None, 5)), *layers]), batch=2, steps=4)
    assert (one.total, one.kept, one.parameters) == (several.total, several.kept, several.parameters)


def test_frozen_weights_have_no_sensitivities() -> None:
    layers = [pc.LSTM(4, return_sequences=True, name="a"), pc.LSTM(3, return_sequences=True, name="b")]
    model = pc.Sequential([pc.Input((None, 5)), *layers])
    whole, lower, upper = (rtrl(model, batch=1, steps=2, frozen=names) for names in ((), ["b"], ["a"]))
    n_a, n_b = 4 * (4 * (4 + 5) + 4), 4 * (3 * (3 + 4) + 3)
    assert [one.parameters for one in (whole, lower, upper)] == [n_a + n_b, n_a, n_b]
    assert [one.kept for one in (whole, lower, upper)] == [8 * n_a + 6 * (n_a + n_b), 8 * n_a + 6 * n_a, 6 * n_b]
    assert upper.each.sensitivities == 4 * 3 * 3 * n_b


def test_a_shared_layer_has_one_set_of_columns() -> None:
    first, shared = pc.Input((None, 4)), pc.GRU(4, return_sequences=True)
    found = rtrl(pc.Model(first, shared(shared(first))), batch=1, steps=2)
    assert found.parameters == pc.Model(first, shared(first)).total
    assert found.kept == 2 * 4 * found.parameters


def test_layers_below_have_sensitivities_and_layers_above_have_none() -> None:
    model = pc.Sequential([pc.Input((None, 3)), pc.Dense(4), pc.SimpleRNN(5), pc.Dense(2)])
    found = rtrl(model, batch=1, steps=6)
    n, below = 4 * 3 + 4 + 5 * (5 + 4) + 5, 4 * 3 + 4
    assert found.kept == 5 * n
    assert found.each.sensitivities == 5 * 5 * n + 5 * 4 * below
    assert (found.end.forward, found.end.backward, found.end.readout) == (10, 20, 5 * n)


def test_a_model_inside_a_model_is_its_layers() -> None:
    inner = pc.Sequential([pc.Input((None, 4)), pc.LSTM(3, return_sequences=True)], name="inner")
    nested = rtrl(pc.Sequential([pc.Input((None, 4)), inner, pc.GRU(2)]), batch=1, steps=3)
    plain = rtrl(pc.Sequential([pc.Input((None, 4)), pc.LSTM(3, return_sequences=True), pc.GRU(2)]), batch=1, steps=3)
    assert (nested.total, nested.kept) == (plain.total, plain.kept)
    assert nested.layers[0].path == "inner/lstm"


def test_a_given_state_carries_the_columns_of_what_it_is_made_from() -> None:
    x, context = pc.Input((None, 3)), pc.Input((2,))
    start = pc.Dense(5, use_bias=False)(context)
    found = rtrl(pc.Model([x, context], pc.SimpleRNN(5)(x, initial_state=start)), batch=1, steps=4)
    n = 5 * (5 + 3) + 5 + 10
    assert found.parameters == n
    assert found.kept == 5 * n
    assert found.each.total == 5 * (5 + 3) + 25 * n
    assert (found.end.forward, found.end.readout) == (10, 5 * n)


def test_another_number_of_steps_is_refused() -> None:
    x, y = pc.Input((5, 3)), pc.Input((6, 3))
    with pytest.raises(OptionError, match="GRU has another number of steps; expected 5 steps, received 'gru'"):
        rtrl(pc.Model([x, y], [pc.LSTM(2)(x), pc.GRU(2)(y)]))


def test_a_state_of_another_layer_is_refused() -> None:
    x, y = pc.Input((5, 3)), pc.Input((5, 3))
    _, *states = pc.LSTM(2, return_state=True)(x)
    with pytest.raises(OptionError, match=r"LSTM starts from the state of another recurrent layer.*'lstm_1'"):
        rtrl(pc.Model([x, y], pc.LSTM(2)(y, initial_state=states)))


REFUSED = {
    "Bidirectional reads the sequence in both directions": [pc.Bidirectional(pc.LSTM(3))],
    "LSTM reads the sequence from its end": [pc.LSTM(3, go_backwards=True)],
    "Conv1D does not work on each step alone": [pc.Conv1D(3, 2), pc.LSTM(3)],
    "BatchNormalization does not work on each step alone": [pc.BatchNormalization(), pc.LSTM(3)],
    "GlobalAveragePooling1D does not work on each step alone": [
        pc.LSTM(3, return_sequences=True),
        pc.GlobalAveragePooling1D(),
    ],
    "Softmax does not work on each step alone": [pc.Softmax(axis=1), pc.LSTM(3)],
    "LSTM reads a sequence that is made from the last step": [pc.GRU(3), pc.RepeatVector(4), pc.LSTM(3)],
    "is about recurrent layers": [pc.Dense(3)],
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_does_not_go_forwards_is_refused_by_name(reason: str) -> None:
    with pytest.raises(OptionError, match=f"^real-time recurrent learning .*{reason}"):
        rtrl(pc.Sequential([pc.Input((None, 8)), *REFUSED[reason]]))


def test_attention_is_refused_by_name() -> None:
    x = pc.Input((None, 8))
    with pytest.raises(
        OptionError, match=r"MultiHeadAttention relates all steps to one another.*'multi_head_attention'"
    ):
        rtrl(pc.Model(x, pc.LSTM(3)(pc.MultiHeadAttention(2, 4)(x, x))))


def test_both_directions_of_pytorch_are_refused() -> None:
    from paramcalc import torch

    with pytest.raises(OptionError, match="GRU reads the sequence in both directions"):
        rtrl(pc.Sequential([pc.Input((None, 8)), torch.GRU(8, 3, batch_first=True, bidirectional=True)]))
