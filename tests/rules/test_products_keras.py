"""Products of Keras's layers: what each choice of frozen weights costs backwards, and where a gradient goes.

The layers are the audit's own (``paramcalc.verification.cases``). Every run tries one of each rule, the exhaustive tier
many; what a gradient costs is counted in the program that jax makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest
from tiers import in_turn, quick

import paramcalc as pc
from paramcalc.core.built import Built
from paramcalc.core.products import NOTHING, Product, Source, State, Work
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer, Rule
from paramcalc.errors import ParamcalcError
from paramcalc.verification.adapter import Case
from paramcalc.verification.adapters.keras.adapter import ADAPTER
from paramcalc.verification.adapters.keras.derivative import KerasDerivative, derivative
from paramcalc.verification.adapters.keras.quirks import TENSORFLOW, counted
from paramcalc.verification.backward import MOST, Live, backward_problems, named
from paramcalc.verification.cases import cases, configurations
from paramcalc.verification.grid import stateful

pytest.importorskip("keras")
pytest.importorskip("jax")

QUICK = 2  # choices of what needs a gradient, of one configuration of each rule
MANY = 12  # configurations of each rule in the exhaustive tier
RULES = [rule.name for rule in ADAPTER.rules() if counted(rule) and rule.name not in TENSORFLOW]
COMPILED = ("STFTSpectrogram",)  # Keras compiles its windows: for the exhaustive tier
FAULTS = {  # of Keras's, in the gradient: the sign of it in the message
    "EinsumDense": "did not appear in the input",  # a quantized one whose equation sums an axis of the input alone
}
UNTOLD = "a window is longer than the image"  # then the window cannot be told from the image in a gradient


def plan(rule: Rule, quick: bool) -> Iterator[tuple[Case, Built]]:
    """Give layers with all switches of a rule that it accepts, each on one input; any beginning is a sample.

    A quick one begins with those that keep no states between calls, for which Keras would allocate and compile.
    """
    for symbolic in sorted(in_turn(list(cases(rule))), key=lambda case: quick and stateful(case.layer)):
        case = in_turn(list(configurations([symbolic])))[0]
        if all(isinstance(size, int) for shape in case.shapes for size in shape):
            try:
                yield case, case.layer.on(*case.shapes, **case.call)
            except ParamcalcError:
                continue


def flow_problems(ours: Built, theirs: KerasDerivative) -> Iterator[str]:
    known = named(theirs.sources)
    for at, reached in enumerate(theirs.flow()):
        mine = ours.flow(len(theirs.shapes), at) & known
        if reached is not None and mine != reached:
            yield f"output {at} depends on {sorted(map(str, mine))}, in Keras on {sorted(map(str, reached))}"


def problems(case: Case, ours: Built, most: int) -> list[str] | None:
    """Compare one layer; ``None`` where its gradients cannot be counted."""
    theirs = derivative(case)
    if isinstance(theirs, str):
        name = case.layer.type
        assert ADAPTER.quirk(name, theirs) or FAULTS.get(name, "\n") in theirs, f"{case}: {theirs}"
        return None
    try:
        return [*backward_problems(ours, theirs, most), *flow_problems(ours, theirs)]
    except ParamcalcError as error:
        if UNTOLD not in str(error):
            raise
        return None


def compared(name: str, configurations: int, most: int) -> Iterator[str]:
    """Compare some configurations of a rule, those aside whose gradients cannot be counted."""
    done = 0
    for case, built in plan(rules()[name], quick=configurations == 1):
        found = problems(case, built, most)
        if found is not None:
            yield from (f"{case}: {problem}" for problem in found)
            done += 1
        if done == configurations:
            return
    assert done


@pytest.mark.parametrize("name", quick([name for name in RULES if name not in COMPILED], 6))
def test_as_keras_differentiates(name: str) -> None:
    assert not list(compared(name, 1, QUICK))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", RULES)
def test_as_keras_differentiates_for_every_choice(name: str) -> None:
    assert not list(islice(compared(name, MANY, MOST), 5))


# --- broken on purpose --------------------------------------------------------------------------

Wrong = Callable[[Product], Product]


def without(source: Source) -> Wrong:
    return lambda one: one._replace(left=one.left - {source}, right=one.right - {source})


def also(source: Source) -> Wrong:
    return lambda one: one._replace(left=one.left | {source})


def fixed(one: Product) -> Product:
    return one._replace(left=NOTHING)


X, QUERY, VALUE = (2, 3, 4), (2, 3, 4), (2, 5, 4)
BROKEN: dict[str, tuple[Layer, list[tuple[int, ...]], Wrong]] = {
    "a kernel that is not trained": (pc.Dense(5), [X], without("kernel")),
    "an input without a gradient": (pc.Dense(5), [X], fixed),
    "a bias that multiplies": (pc.Dense(5), [X], also("bias")),
    "a window that is not trained": (pc.Conv1D(5, 2), [X], without("kernel")),
    "a pointwise part that the depthwise kernel does not reach": (
        pc.SeparableConv1D(5, 2),
        [X],
        lambda one: without("depthwise_kernel")(one) if "pointwise_kernel" in one.right else one,
    ),
    "scores that the keys do not reach": (
        pc.MultiHeadAttention(2, 3),
        [QUERY, VALUE],
        without("key/kernel"),
    ),
    "a state that is not handed on": (pc.SimpleRNN(5), [X], without("simple_rnn_cell/kernel")),
    "a first state that is constant": (pc.LSTM(5), [X], without(State(0))),
    "gates that do not reach the state": (pc.GRU(5, reset_after=False), [X], without("gru_cell/bias")),
    "thin tables that do not learn": (pc.Dense(5, lora_rank=2), [X], without("lora_kernel_a")),
    "attention without values": (pc.Attention(), [QUERY, VALUE], without(1)),
    "a dot product of one input with itself": (pc.Dot(axes=1), [(2, 4), (2, 4)], without(1)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_wrong_source_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    layer, shapes, wrong = BROKEN[name]
    case = Case(layer, tuple(shapes))
    theirs = derivative(case)
    assert not isinstance(theirs, str), theirs
    assert not list(backward_problems(layer.on(*shapes), theirs))
    honest = layer.rule.body

    def body(*args: Any, **options: Any) -> Built:
        built = honest(*args, **options)
        assert built.work is not None
        done = built.work()
        return built._replace(work=lambda: Work(tuple(map(wrong, done.products)), done.flow))

    monkeypatch.setattr(layer.rule, "body", body)
    assert any("backwards" in problem for problem in backward_problems(layer.copy_with(layer.name).on(*shapes), theirs))


def test_a_wrong_flow_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, shape = pc.Discretization(bin_boundaries=[0.0, 1.0]), (2, 3)
    theirs = derivative(Case(layer, (shape,)))
    assert isinstance(theirs, KerasDerivative)
    assert not list(flow_problems(layer.on(shape), theirs))
    assert list(flow_problems(layer.on(shape)._replace(work=None), theirs))


def test_numbers_measured() -> None:
    # 108 features, 128 units, 10 steps of 4 samples: weights alone, the input alone, both
    case = Case(pc.LSTM(128), ((4, 10, 108),))
    theirs, built = derivative(case), pc.LSTM(128).on((4, 10, 108))
    assert isinstance(theirs, KerasDerivative)
    weights = Live(weights=theirs.sources.weights)
    both = Live(frozenset({0}), theirs.sources.weights)
    for live, expected in ((weights, 7_454_720), (Live(frozenset({0})), 4_833_280), (both, 9_666_560)):
        assert built.backward(named(live)) == theirs.backward(live) == expected
