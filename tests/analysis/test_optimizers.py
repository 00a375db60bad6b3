"""Optimizers as data: names, options, text, symbolic sizes, the table for people, and mistakes in the table itself."""

from __future__ import annotations

import contextlib
import pickle
import re

import pytest
from hypothesis import given, strategies as st

import paramcalc as pc
from paramcalc.analysis.cost.optimizers import optimizer, optimizer_state, read_optimizer, table
from paramcalc.analysis.cost.optimizers.read import read, rows
from paramcalc.core.built import Weight
from paramcalc.errors import LayerError, OptionError, ParamcalcError
from paramcalc.symbolic import symbols

d_x, h = symbols("d_x h")
WEIGHTS = [
    Weight("kernel", (d_x, 4 * h)),
    Weight("bias", (4 * h,)),
    Weight("moving_mean", (h,), trainable=False),
    Weight("running_mean", (h,), buffer=True),
]
N = d_x * 4 * h + 4 * h


@pytest.mark.parametrize(
    ("text", "framework", "elements", "others"),
    [
        ("adam", "keras", 2 * N, {"float32": 1, "int32": 1}),
        ("ADAM(amsgrad=True)", "keras", 3 * N, {"float32": 1, "int32": 1}),
        ("adam(learning_rate=schedule)", "keras", 2 * N, {"int32": 1}),
        ("sgd", "keras", 0, {"float32": 1, "int32": 1}),
        ("sgd(momentum=.9, use_ema=true, gradient_accumulation_steps=4)", "keras", 3 * N, {"float32": 1, "int32": 1}),
        ("adafactor", "keras", N + d_x + 4 * h, {"float32": 1, "int32": 3}),
        ("adafactor", "torch", d_x + 4 * h + 4 * h, {"float32": 2}),
        ("schedule_free_adamw", "keras", 2 * N, {"float32": 1, "int32": 1}),
        ("muon", "keras", N + 4 * h, {"float32": 1, "int32": 1}),
        ('muon(exclude_layers=["kern"])', "keras", 2 * N, {"float32": 1, "int32": 1}),
        ("sgd", "torch", 0, {}),
        ("nadam", "torch", 2 * N, {"float32": 4}),
        ("lbfgs(history_size=10)", "torch", 22 * N + 21, {}),
        ("LossScaleOptimizer(adam)", "keras", 2 * N, {"float32": 3, "int32": 3}),
    ],
)
def test_sizes_may_be_symbolic(text: str, framework: str, elements: object, others: dict[str, int]) -> None:
    state = optimizer_state(read_optimizer(text, framework), WEIGHTS)
    assert state.elements == elements
    assert state.others == others
    numbers = [
        Weight(
            one.name,
            tuple(pc.symbolic.evaluate.evaluate(axis, {"d_x": 7, "h": 5}) for axis in one.shape),
            one.trainable,
            buffer=one.buffer,
        )
        for one in WEIGHTS
    ]
    assert optimizer_state(read_optimizer(text, framework), numbers).elements == pc.symbolic.evaluate.evaluate(
        state.elements, {"d_x": 7, "h": 5}
    )


def test_bytes_of_one_dtype_and_of_several() -> None:
    state = optimizer_state(optimizer("adam"), WEIGHTS)
    assert state.bytes() == 8 * N + 8
    assert state.bytes(2) == 4 * N + 8
    assert state.bytes([2, 4, 4, 4]) == 2 * 2 * (d_x * 4 * h) + 2 * 4 * (4 * h) + 8
    assert optimizer_state(optimizer("adam"), WEIGHTS, backend="tensorflow").bytes() == 8 * N + 12
    with pytest.raises(OptionError, match=r"unknown backend; expected jax, .* received 'tensorflo' \(did you mean"):
        optimizer_state(optimizer("adam"), WEIGHTS, backend="tensorflo")


def test_a_slot_says_whose_it_is() -> None:
    names = [
        (slot.name, slot.weight, slot.dtype) for slot in optimizer_state(optimizer("adam", "torch"), WEIGHTS).slots
    ]
    one = [("step", "float32"), ("exp_avg", ""), ("exp_avg_sq", "")]
    assert names == [(name, at, dtype) for at in (0, 1) for name, dtype in one]


def test_what_training_replaces_has_no_slots() -> None:
    built = pc.Dense(3, dtype={"class_name": "QuantizedFloat8DTypePolicy", "config": {"mode": "float8"}}).on((1, 4))
    assert sum(weight.replaced for weight in built.weights) == 6
    assert optimizer_state(optimizer("adam"), built.weights).elements == 2 * (4 * 3 + 3)
    accumulating = optimizer("adam", gradient_accumulation_steps=2)
    assert optimizer_state(accumulating, built.weights).elements == 2 * (4 * 3 + 3) + built.params


@pytest.mark.parametrize(
    "text",
    [
        "adam",
        "Adam()",
        "adam(amsgrad=false)",
        " ADAM ( momentum_is = 1 )".replace("momentum_is", "beta_1").replace("1 )", "0.9)"),
    ],
)
def test_spellings_of_one_optimizer(text: str) -> None:
    assert read_optimizer(text) == optimizer("adam") == pickle.loads(pickle.dumps(optimizer("Adam")))


@pytest.mark.parametrize(
    "text",
    [
        "Adam",
        "Adam(amsgrad=true, beta_1=0.8)",
        'Muon(exclude_layers=["a b", output])',
        "LossScaleOptimizer(inner_optimizer=SGD(momentum=0.5))",
        'MultiOptimizer(default_optimizer=SGD, optimizer_map={"d.*": Adam(amsgrad=true), x: Lion})',
    ],
)
def test_an_optimizer_prints_as_it_is_written(text: str) -> None:
    assert str(read_optimizer(text.replace(" x:", ' "x":'))) == text


def test_a_framework_without_optimizers_uses_those_of_keras() -> None:
    chosen = optimizer("adam", "onnx")
    assert (chosen.framework, chosen.note) == ("keras", "ONNX has no optimizers here; this one is Keras's")
    assert read_optimizer("LossScaleOptimizer(adam)", "paper").note.startswith("the literature has no optimizers")
    assert optimizer("adam", "torch").note == optimizer("adam").note == ""
    with pytest.raises(LayerError, match=r"unknown framework; .* received 'torhc' \(did you mean 'torch'\?\)"):
        optimizer("adam", "torhc")


@pytest.mark.parametrize(
    ("text", "framework", "message"),
    [
        (
            "adm",
            "keras",
            r"unknown optimizer of Keras; expected Adadelta, .*, received 'adm' \(did you mean 'Adam'\?\)",
        ),
        ("lbfgs", "keras", r"unknown optimizer of Keras; .* \(it is an optimizer of PyTorch\)"),
        ("base", "keras", "unknown optimizer of Keras"),
        (
            "adam(amsgrd=true)",
            "keras",
            r"Adam has no option 'amsgrd'; expected amsgrad, .* \(did you mean 'amsgrad'\?\)",
        ),
        ("adam(amsgrad=1)", "keras", "Adam.amsgrad: not a value of this option; expected true or false, received 1"),
        (
            "adam(amsgrad=none)",
            "keras",
            "Adam.amsgrad: not a value of this option; expected true or false, received None",
        ),
        ("adam(beta_1=high)", "keras", "Adam.beta_1: not a value of this option; expected a number, received 'high'"),
        ("adam(epsilon=1e999)", "keras", "Adam.epsilon: .* expected a number, received inf"),
        ("sgd(momentum=-1)", "torch", "SGD.momentum: .* expected a number of at least 0, received -1"),
        ("sgd(gradient_accumulation_steps=1)", "keras", "expected a whole number of at least 2, or none, received 1"),
        ("lbfgs(history_size=0)", "torch", "LBFGS.history_size: .* expected a whole number of at least 1, received 0"),
        ("muon(exclude_layers=['('])", "keras", "Muon.exclude_layers: .* expected a list of regular expressions"),
        ("muon(exclude_layers='a')", "keras", "Muon.exclude_layers: .* expected a list of regular expressions"),
        (
            "LossScaleOptimizer",
            "keras",
            r"LossScaleOptimizer needs inner_optimizer; expected an optimizer, as in .*\(adam\)",
        ),
        ("LossScaleOptimizer(adm)", "keras", "unknown optimizer of Keras; .* received 'adm'"),
        ("adam(amsgrad)", "keras", "amsgrad has no value at position 6 of an optimizer"),
        ("adam(amsgrad=true", "keras", "',' is missing at position 18"),
        ("adam(amsgrad=true,amsgrad=false)", "keras", "amsgrad is there twice"),
        ("adam(amsgrad=)", "keras", "a value is missing at position 14"),
        ("adam)", "keras", r"unexpected '\)' at position 5 of an optimizer; expected .*, received 'adam\)'"),
        ("adam(epsilon=1e)", "keras", "unexpected text at position"),
        ("", "keras", "an end that comes too early at position 1"),
        ("a" * 2000, "keras", "an optimizer of 2,000 characters; expected at most 1,000"),
        ("adam(epsilon=" + "[" * 50, "keras", "more than 8 brackets inside one another"),
    ],
)
def test_what_is_refused(text: str, framework: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        read_optimizer(text, framework)


@given(st.text("adamsgr()[]{}=:,'\"0.9 e-", max_size=60))
def test_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ParamcalcError):  # and with nothing else
        assert read_optimizer(text) == read_optimizer(text)


def test_optimizers_of_two_frameworks_do_not_mix() -> None:
    with pytest.raises(OptionError, match="LossScaleOptimizer takes optimizers of Keras"):
        optimizer("LossScaleOptimizer", inner_optimizer=optimizer("adam", "torch"))


def test_the_table_for_people() -> None:
    shown = {(one.framework, one.name, one.option): (one.slots, one.others) for one in table()}
    assert {name for _, name, _ in shown} == {name for own in rows().values() for name in own}
    scalars = "iteration (1 int), learning_rate (1 float32)"
    assert shown["keras", "Adam", ""] == ("2N", scalars)
    assert shown["keras", "Adam", "amsgrad"] == ("N", "")
    assert shown["torch", "LBFGS", ""] == ("2N·history_size + 2N", "ro (history_size), al (history_size), H_diag (1)")
    assert shown["torch", "Adafactor", ""] == ("R + C (rank>=2) + N (rank<2)", "step (1 float32 a weight)")
    assert shown["torch", "Muon", ""] == ("N", "rank!=2 refused")


LINE = "mine | Best | - | each | m (N) | lr=0.1 clip:number"


def test_a_line_is_an_optimizer() -> None:
    row = read(f"# a comment\n\n{LINE}\nmine | Better < Best | twice=False | each | v (2N) step (1) float32 | -")[
        "mine"
    ]["Better"]
    assert [*row.options] == ["lr", "clip", "twice"]
    assert [[str(tensor.elements) for tensor in line.tensors] for line in row.lines] == [["N"], ["2N", "1"]]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("| lr", "| | lr", "optimizers.txt:1: 7 columns; expected 6: framework | optimizer | option"),
        ("m (N)", "", "optimizers.txt:1: tensors: an empty column; expected - for nothing"),
        ("Best", "Best of all", "optimizers.txt:1: optimizer: not an optimizer; expected Adam, or Adam < base"),
        ("each", "eahc", "optimizers.txt:1: of: not a set of weights; expected made, .* (did you mean 'each'?)"),
        ("| - |", "| momentum |", "optimizers.txt:1: option: not an option; expected amsgrad=False or clipnorm:number"),
        ("clip:number", "clip:nubmer", "other options: not a kind of option; .* (did you mean 'number'?)"),
        ("lr=0.1", "lr=low", "other options: not a default; expected True, False or numbers, received 'low'"),
        ("m (N)", "m N", "tensors: not a tensor; expected momentum (N) or step (1) float32, received 'm N'"),
        ("m (N)", "m (N) flaot32", "tensors: not a dtype; expected int, int32, float32, received 'flaot32' (did you"),
        ("m (N)", "m (M)", "tensors: an unknown size; expected N, R, C, received 'M'"),
        ("m (N)", "m (N+)", "optimizers.txt:1: tensors: expected a size"),
        ("Best", "Best < good", "optimizers.txt: Best is based on good, of which there are no lines"),
        ("Best", "Best < Best", "optimizers.txt: Best is based on itself"),
        ("clip:number", "lr:rate", "optimizers.txt: Best declares lr twice, as two things"),
    ],
)
def test_mistakes_in_the_table(before: str, after: str, message: str) -> None:
    with pytest.raises(ParamcalcError, match=re.escape(message).replace(r"\.\*", ".*")):
        read(LINE.replace(before, after, 1))
