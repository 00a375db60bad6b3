"""Truncated back-propagation and checkpointing over time, held against NumPy programs that count their own work."""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np
import pytest
from counted_derivatives import Var, drawn as drawn_weights, propagated, step, variables
from hypothesis import given, settings, strategies as st
from tiers import examples

import paramcalc as pc
from paramcalc import symbols
from paramcalc.analysis.cost import cost
from paramcalc.analysis.cost.checkpointing import Link, best_segments, over_layers, over_time, recomputed
from paramcalc.analysis.cost.passes import Training, Use, parts_on, uses
from paramcalc.analysis.cost.sizes import with_sizes
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer
from paramcalc.errors import OptionError, ParamcalcError
from paramcalc.graph.model import Model
from paramcalc.symbolic.evaluate import evaluate

P = rules("paper")


class Network:
    """A stack of cells with a dense layer on every step, in NumPy."""

    def __init__(self, stack: list[Layer], batch: int, inputs: int, outputs: int) -> None:
        self.stack, self.batch, self.inputs, self.outputs = stack, batch, inputs, outputs
        self.draw = np.random.default_rng(batch)
        self.built, shape = [], (batch, inputs)
        for cell in stack:
            self.built.append(cell.on(shape))
            shape = self.built[-1].shapes()[0]
        values = [drawn_weights(one.weights, at) for at, one in enumerate(self.built)]
        self.weights = [variables(one.weights, found) for one, found in zip(self.built, values, strict=True)]
        self.dense = Var(self.draw.normal(size=(shape[-1], outputs)), needed=True)
        self.first = [[np.zeros(shape) for shape in one.states] for one in self.built]
        self.macs = {"forward": 0, "backward": 0}

    @property
    def model(self) -> Model:
        layers = [P[cell.type.removesuffix("Cell")](**cell.options, return_sequences=True) for cell in self.stack]
        return pc.Sequential([pc.Input((None, self.inputs)), *layers, pc.Dense(self.outputs, use_bias=False)])

    @property
    def parameters(self) -> list[Var]:
        return [*(one for each in self.weights for one in each.values()), self.dense]

    def count(self, kind: str) -> Any:
        def add(number: int) -> None:
            self.macs[kind] += number

        return add

    def step(self, x: Any, states: Any) -> tuple[Var, Any]:
        out, after = Var(x), []
        for cell, built, weights, before in zip(self.stack, self.built, self.weights, states, strict=True):
            out, new = step(cell, built.weights, weights, out, before, self.count("forward"), self.count("backward"))
            after.append(new)
        return out, after

    def output(self, out: Var) -> Var:
        return Var.product(out, self.dense, self.count("forward"), self.count("backward"))

    def windowed(self, xs: Any, wanted: Any, window: int) -> list[Any]:
        """Propagate back within windows of so many steps; give the gradient of every parameter."""
        total: list[Any] = [0] * len(self.parameters)
        values = self.first
        for start in range(0, len(xs), window):
            states = [[*map(Var, each)] for each in values]  # constants
            found = []
            for x, error in zip(xs[start : start + window], wanted[start : start + window], strict=True):
                out, states = self.step(x, states)
                found.append((self.output(out), error))
            gradients = propagated(found)
            total = [one + gradients.get(each, 0) for one, each in zip(total, self.parameters, strict=True)]
            values = [[one.value for one in each] for each in states]
        return total

    def checkpointed(self, xs: Any, wanted: Any, segments: int) -> tuple[list[Any], int, int]:
        """Keep the states between segments, and run each segment once more on the way back.

        Gives the gradients, how many numbers one step keeps, and the most numbers kept at a time.
        """
        steps = len(xs)
        ends = [steps * (n + 1) // segments for n in range(segments)]  # the last one is a longest one
        borders, values = [], self.first
        for t, x in enumerate(xs):
            if t in ends:
                borders.append(values)
            _, after = self.step(x, [[*map(Var, each)] for each in values])
            values = [[one.value for one in each] for each in after]
        total: list[Any] = [0] * len(self.parameters)
        behind: Any = None
        most = a_step = 0
        for start, end in reversed([*zip([0, *ends], ends, strict=False)]):
            begin = borders.pop() if start else self.first
            # a given state needs a gradient, which goes on to the segment before
            initial = [[Var(one, needed=bool(start)) for one in each] for each in begin]
            states: Any = initial
            found, kept = [], 0
            for t in range(start, end):
                out, states = self.step(xs[t], states)
                found.append((self.output(out), wanted[t]))
                a_step = out.value.size + sum(one.value.size for each in states for one in each)
                kept += a_step
            held = sum(one.size for each in (*borders, *[begin] * bool(start)) for layer in each for one in layer)
            most = max(most, held + kept)
            if behind is not None:
                flat = [one for each in states for one in each]
                found += [(one, gradient) for one, gradient in zip(flat, behind, strict=True) if gradient is not None]
            gradients = propagated(found)
            behind = [gradients.get(one) for each in initial for one in each]
            total = [one + gradients.get(each, 0) for one, each in zip(total, self.parameters, strict=True)]
        return total, a_step, most


CELLS = ("LSTMCell", "GRUCell", "ElmanRNNCell", "MGUCell", "LMUCell", "JordanRNNCell", "NestedLSTMCell", "SRUCell")


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Up to three cells on top of one another, of small sizes."""
    size, found = st.integers(1, 4), []
    for name in draw(st.lists(st.sampled_from(CELLS), min_size=1, max_size=3)):
        options: dict[str, Any] = {"units": draw(size)}
        if name == "LSTMCell":
            options |= {"projection": draw(st.none() | size), "full_gate_recurrence": draw(st.booleans())}
        if name == "GRUCell":
            options |= {"reset": draw(st.sampled_from(["before", "after"]))}
        options |= {"skip": "projection"} if name == "SRUCell" else {}
        options |= {"order": draw(size)} if name == "LMUCell" else {}
        options |= {"outputs": draw(size)} if name == "JordanRNNCell" else {}
        found.append(P[name](**options))
    return Network(found, draw(st.integers(1, 3)), draw(size), draw(size))


def data(network: Network, steps: int) -> tuple[Any, Any]:
    draw = np.random.default_rng(steps)
    xs = draw.normal(size=(steps, network.batch, network.inputs))
    return xs, draw.normal(size=(steps, network.batch, network.outputs))


# --- truncated back-propagation ----------------------------------------------------------------------


@settings(max_examples=40)
@given(network=networks(), steps=st.integers(1, 6), rest=st.integers(0, 5))
def test_windows_take_what_a_program_counts(network: Network, steps: int, rest: int) -> None:
    window = 1 + rest % steps
    network.windowed(*data(network, steps), window)
    found = cost(network.model, batch=network.batch, steps=steps, bptt=window).passes
    assert found.forward == network.macs["forward"]
    assert found.backward == network.macs["backward"]


@given(
    sizes=st.tuples(st.integers(1, 50), st.integers(1, 50), st.integers(1, 8)),
    steps=st.integers(1, 40),
    window=st.integers(1, 50),
)
def test_the_textbook_formula_of_windows(sizes: tuple[int, int, int], steps: int, window: int) -> None:
    """Forward and backward together, without a gradient of the input: 2f + (T − ⌈T/k⌉)·B·g·h²."""
    from paramcalc import torch

    x, h, batch = sizes
    for keras, torched, gates in ((pc.LSTM, torch.LSTM, 4), (pc.GRU, torch.GRU, 3), (pc.SimpleRNN, torch.RNN, 1)):
        for layer in (keras(h, return_sequences=True), torched(x, h, batch_first=True)):
            model = pc.Sequential([pc.Input((None, x)), layer])
            found = cost(model, batch=batch, steps=steps, bptt=window).passes
            forward = steps * batch * gates * h * (h + x)
            cut = -(-steps // window)
            assert found.forward == forward
            assert found.step == 2 * forward + (steps - cut) * batch * gates * h * h


def test_a_given_state_needs_a_gradient_in_the_first_window_alone() -> None:
    x, context = pc.Input((None, 3)), pc.Input((2,))
    start = pc.Dense(4, use_bias=False)(context)
    model = pc.Model([x, context], pc.GRU(4, return_sequences=True)(x, initial_state=start))
    forward = 3 * 4 * (3 + 4)
    for steps, window in ((6, 2), (7, 3), (5, 5)):
        found = cost(model, batch=1, steps=steps, bptt=window).passes
        later = -(-steps // window) - 1
        assert found.forward == steps * forward + 8
        assert found.backward == steps * forward + (steps - later) * 3 * 4 * 4 + 8


def test_symbolic_windows_are_the_numeric_ones() -> None:
    model = pc.Sequential([pc.Input((None, 3)), pc.LSTM(5, return_sequences=True), pc.GRU(4, return_sequences=True)])
    symbolic = cost(model, batch=symbols("B"), steps=symbols("T"), bptt=symbols("k")).passes.step
    for steps in range(1, 12):
        for window in range(1, steps + 1):
            numeric = cost(model, batch=2, steps=steps, bptt=window).passes.step
            assert symbolic is not None
            assert evaluate(symbolic, {"B": 2, "T": steps, "k": window}) == numeric


def used(model: Model, batch: int = 1, steps: int | None = 4) -> list[Use]:
    shapes = with_sizes(model.input_shapes, batch, steps)
    found, _ = uses(model, parts_on(model, shapes), Training(lambda _: False, frozenset()), [False] * len(shapes))
    return found


NOT_IN_WINDOWS = {
    "Bidirectional reads the sequence in both directions": [pc.Bidirectional(pc.LSTM(3, return_sequences=True))],
    "LSTM reads a sequence that is made from the last step of another one": [
        pc.GRU(3),
        pc.RepeatVector(4),
        pc.LSTM(3, return_sequences=True),
    ],
    "LSTM reads the sequence from its end": [
        pc.GRU(3, return_sequences=True),
        pc.LSTM(3, return_sequences=True, go_backwards=True),
    ],
    "is about recurrent layers": [pc.Dense(3)],
}


@pytest.mark.parametrize("reason", NOT_IN_WINDOWS)
def test_what_has_no_windows_is_refused_by_name(reason: str) -> None:
    model = pc.Sequential([pc.Input((None, 8)), *NOT_IN_WINDOWS[reason]])
    with pytest.raises(OptionError, match=f"^truncated back-propagation .*{reason}"):
        cost(model, bptt=2)


def test_attention_has_no_windows() -> None:
    x = pc.Input((None, 8))
    model = pc.Model(x, pc.LSTM(3, return_sequences=True)(pc.MultiHeadAttention(2, 4)(x, x)))
    with pytest.raises(OptionError, match=r"MultiHeadAttention relates all steps to one another"):
        cost(model, bptt=2)


def test_a_stack_has_windows() -> None:
    layers = [pc.Conv1D(3, 2), pc.LSTM(3, return_sequences=True), pc.GRU(2, return_sequences=True), pc.Dense(2)]
    model = pc.Sequential([pc.Input((None, 8)), *layers])
    cost(model, bptt=2)
    cost(model, bptt=symbols("k"))
    turned = [pc.LSTM(3, return_sequences=True, go_backwards=True), pc.GRU(2, return_sequences=True)]
    cost(pc.Sequential([pc.Input((None, 8)), *turned]), bptt=2)  # both read from the last step to the first
    with pytest.raises(ParamcalcError, match="bptt: not a size"):
        cost(model, bptt=0)


# --- checkpointing -----------------------------------------------------------------------------------


@settings(max_examples=examples(15, 200))
@given(network=networks(), steps=st.integers(1, 9), rest=st.integers(0, 8))
def test_checkpointing_takes_what_a_program_counts(network: Network, steps: int, rest: int) -> None:
    segments = 1 + rest % steps
    xs, wanted = data(network, steps)
    plain = network.windowed(xs, wanted, steps)
    once = dict(network.macs)
    network.macs = dict.fromkeys(once, 0)
    gradients, a_step, most = network.checkpointed(xs, wanted, segments)
    for one, other in zip(gradients, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-12)
    model = network.model
    forward = recomputed(model, used(model, network.batch, steps))
    states = sum(one.size for each in network.first for one in each)
    found = over_time(steps, states, a_step, forward, segments)
    assert network.macs["forward"] == once["forward"] + found.extra
    assert network.macs["backward"] == once["backward"]
    assert most == found.kept
    assert found.longest == -(-steps // segments)


@given(steps=st.integers(1, 400), states=st.integers(1, 100), a_step=st.integers(1, 100))
def test_the_best_segments_are_best(steps: int, states: int, a_step: int) -> None:
    def kept(segments: int) -> Any:
        return over_time(steps, states, a_step, 0, segments).kept

    best = min(range(1, steps + 1), key=lambda segments: (kept(segments), segments))
    assert best_segments(steps, states, a_step) == best


@given(steps=st.integers(10**6, 10**18), states=st.integers(1, 10**9), a_step=st.integers(1, 10**9))
def test_the_best_segments_of_long_sequences_take_no_search(steps: int, states: int, a_step: int) -> None:
    best = best_segments(steps, states, a_step)

    def kept(segments: int) -> int:
        return (segments - 1) * states - (-steps // segments) * a_step

    root = isqrt(steps * a_step // states)
    near = [best - 1, best + 1, root, root + 1, 2 * root]
    assert all(kept(best) <= kept(one) for one in near if 1 <= one <= steps)


def test_with_steps_as_large_as_states_the_best_is_about_the_root() -> None:
    for steps in (100, 1000, 1001, 10**4):
        found = over_time(steps, 64, 64, 0)
        assert abs(found.segments - steps**0.5) <= 1 + steps**0.25
        assert found.kept <= 64 * (2 * steps**0.5 + 1)


def test_segments_may_be_symbols() -> None:
    steps, m, h = symbols("T m h")
    found = over_time(steps, 2 * h, 7 * h, 8 * h**2 * steps, m)
    for values in ({"T": 10, "m": 3, "h": 4}, {"T": 9, "m": 9, "h": 1}, {"T": 8, "m": 1, "h": 2}):
        numeric = over_time(
            values["T"], 2 * values["h"], 7 * values["h"], 8 * values["h"] ** 2 * values["T"], values["m"]
        )
        assert [evaluate(one, values) for one in found] == [*numeric]
    with pytest.raises(OptionError, match="the best number of segments needs numbers"):
        over_time(steps, 2, 7, 1)
    for wrong in (0, 11, "many"):
        with pytest.raises(OptionError, match="segments of checkpointing"):
            over_time(10, 2, 7, 1, wrong)


def test_both_directions_are_not_checkpointed() -> None:
    model = pc.Sequential([pc.Input((None, 8)), pc.Bidirectional(pc.LSTM(3))])
    with pytest.raises(OptionError, match="checkpointing over time is not possible: Bidirectional"):
        recomputed(model, used(model))


def test_checkpointing_over_layers() -> None:
    chain = [Link(10, 30, 100), Link(20, 50, 200), Link(5, 40, 300)]
    each = over_layers(chain)
    assert (each.segments, each.extra, each.borders, each.inside, each.kept) == (3, 600, 30, 50, 80)
    two = over_layers(chain, [1, 2])
    assert (two.segments, two.longest, two.borders, two.inside) == (2, 2, 10, 90)
    with pytest.raises(OptionError, match="add up to 3 layers"):
        over_layers(chain, [1, 1])
