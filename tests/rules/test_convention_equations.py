"""Equations of the conventions: each row against its step by hand and, where it is installed, against the framework.

The printed lines are computed with random tensors. The letters are held against the tensors, the mistakes in the table
against the message they get.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import convention_steps
import numpy as np
import pytest
from equation_values import Kernel, computed

from paramcalc import Input, Sequential
from paramcalc.core.built import Built
from paramcalc.core.equations import Equations
from paramcalc.core.kinds import SWITCH
from paramcalc.core.registry import find
from paramcalc.core.rule import Rule
from paramcalc.errors import ParamcalcError
from paramcalc.render.explanations import explanations
from paramcalc.rules.conventions.made import build, rule_of
from paramcalc.rules.conventions.read import Row, read, rows, symbols_of

D_X, D_H, D_P = 5, 4, 2
DECLARED = [row for row in rows() if not row.rule]
Array = Any


def name_of(row: Row) -> tuple[str, str]:
    return row.framework, row.layers[0]


def variants(row: Row) -> list[dict[str, Any]]:
    """Every combination of the options that change the equations."""
    rule = rule_of(row, row.cell)
    fixed = {"units": D_H, **({"kernel_size": (3, 2)} if "kernel_size" in rule.options else {})}
    names = [name for name in rule.options if name not in fixed and not name.startswith("return")]
    tried = [(False, True) if rule.options[name].kind is SWITCH else (None, D_P) for name in names]
    return [{**fixed, **dict(zip(names, values, strict=True))} for values in product(*tried)]


def built(row: Row, options: dict[str, Any]) -> Built:
    x = (1, 2, 3, 4, D_X) if "kernel_size" in options else (1, 2, D_X)
    return build(row, x, {**options, "return_sequences": False, "return_state": False})


def drawn(made: Built, seed: int = 1) -> dict[str, Array]:
    draw = np.random.default_rng(seed)
    return {one.path: draw.uniform(-1, 1, one.shape) for one in made.weights}


def of_direction(row: Row, arrays: dict[str, Array], way: int) -> dict[str, Array]:
    """The tensors of one direction, by the names of the first, without the axis of directions."""
    twins = zip(
        (one.name for one in row.tensors if not one.backwards),
        [one.name for one in row.tensors if one.backwards] or [one.name for one in row.tensors],
        strict=True,
    )
    both = {one.name for one in row.tensors if "D" in symbols_of(one.shape)}
    found = {first: arrays[second if way else first] for first, second in twins if first in arrays}
    return {name: array[way] if name in both else array for name, array in found.items()}


def lettered(row: Row, equations: Equations, arrays: dict[str, Array]) -> dict[str, Array]:
    """What each letter of the equations stands for."""
    values: dict[str, Array] = {}
    both = {one.name for one in row.tensors if "D" in symbols_of(one.shape)}
    for name, array in arrays.items():
        letters = equations.letters[name].split(", ")
        networks, axis = equations.parts[name]
        pieces = np.split(array, len(networks) or len(letters), axis - (name in both and axis > 0))
        if len(letters) == len(pieces):
            found = letters
        else:
            each = len(networks) // len(letters)
            found = [f"{letter}_{one}" for letter in letters for one in networks[:each]]
        assert not values.keys() & set(found)
        values |= dict(zip(found, pieces, strict=True))
    vectors = {name: value.reshape(-1) for name, value in values.items() if name[0] == "v"}
    kernels = {name: Kernel(value) for name, value in values.items() if value.ndim == 4}
    return {**values, **vectors, **kernels}


def states(made: Built, scale: float) -> tuple[Array, Array, Array]:
    draw = np.random.default_rng(2)
    h, *c = (draw.uniform(-1, 1, shape[1:] if len(shape) != 3 else shape[2:]) for shape in made.states)
    frames = h.shape[:-1]
    return draw.normal(size=(*frames, D_X)), h, (c[0] * scale if c else np.zeros(D_H))


def differs(row: Row, options: dict[str, Any], step: Any, way: int, scale: float) -> bool:
    """Whether the equations compute something else than a step, in output or states."""
    made = built(row, options)
    assert made.equations is not None
    equations = made.equations()
    weights = of_direction(row, drawn(made), way)
    x, h, c = states(made, scale)
    before = {"x_t": x, "h_(t-1)": h, "c_(t-1)": c}
    known = computed(equations.lines, {**lettered(row, equations, weights), **before})
    out, *after = step(weights, x, h, c)
    ours = (known.get("y_t", known["h_t"]), known["h_t"], *([known["c_t"]] if "c_t" in known else []))
    return not all(
        np.allclose(one, other, rtol=1e-4, atol=1e-5) for one, other in zip(ours, (out, *after), strict=True)
    )


def test_every_row_has_a_step() -> None:
    assert set(convention_steps.BY_HAND) == {name_of(row) for row in DECLARED}
    assert len(convention_steps.BY_HAND) == len(DECLARED)


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: "-".join(name_of(row)))
@pytest.mark.whole
def test_the_equations_of_a_row_are_its_step(row: Row) -> None:
    step = convention_steps.BY_HAND[name_of(row)]
    for options in variants(row):
        for way in range(1 + options.get("bidirectional", False)):
            for scale in (1, 500):  # a cell state beyond every bound
                assert not differs(row, options, step, way, scale), (options, way, scale)


RUN = [row for row in DECLARED if row.framework in convention_steps.RUN]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id="-".join(name_of(row)), marks=[pytest.mark.torch] * (row.framework == "cudnn"))
        for row in RUN
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_the_equations_of_a_row_are_those_of_the_framework(row: Row) -> None:
    run = convention_steps.RUN[row.framework]
    layers = row.layers if row.framework == "flax-linen" else row.layers[:1]
    for options in variants(row):
        if not options.get("bidirectional"):
            for layer in layers:
                assert not differs(row, options, partial(run, layer), 0, 1), options


def wrong(row: Row) -> list[Row]:
    """The row with each fact of its step another one; where that fact makes a difference."""
    step, found = row.step, []
    if step.reset and not row.joint:
        found.append(step._replace(reset="before" if step.reset == "after" else "after"))
    if step.reset:
        found.append(step._replace(update="new" if step.update == "old" else "old"))
    if len(row.gates) < 4:
        found.append(step._replace(activation=("relu",) if step.activation[0] != "relu" else ("tanh",)))
    if len(row.gates) == 4:
        found += [step._replace(forget=1 - step.forget), step._replace(bound=0 if step.bound else 100)]
    if len(row.gates) == 1 and not row.joint:
        found.append(step._replace(on="products" if step.on == "sum" else "sum"))
    if step.peepholes:
        found.append(step._replace(peepholes=step.peepholes[::-1]))
    return [replace(row, step=one) for one in found]


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: "-".join(name_of(row)))
@pytest.mark.whole
def test_another_step_would_be_noticed(row: Row) -> None:
    few, *_, most = [*variants(row), *variants(row)]
    for other in wrong(row):
        step = convention_steps.BY_HAND[name_of(row)]
        tried = product((few, most), (1, 500))
        assert any(differs(other, options, step, 0, scale) for options, scale in tried), other.step


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: "-".join(name_of(row)))
@pytest.mark.whole
def test_the_letters_have_all_numbers_of_the_count(row: Row) -> None:
    for options in variants(row):
        made = built(row, options)
        assert made.equations is not None
        equations = made.equations()
        assert [*equations.letters] == [one.path for one in made.weights]
        arrays, count = drawn(made), 0
        for way in range(1 + options.get("bidirectional", False)):
            values = lettered(row, equations, of_direction(row, arrays, way))
            used = " ".join(equations.lines)
            for name, value in values.items():
                assert f"{name} " in f"{used} ".replace(")", " ").replace("]", " "), (name, used)
                count += (value.array if isinstance(value, Kernel) else value).size
        assert count == made.params


@pytest.mark.parametrize("row", DECLARED, ids=lambda row: "-".join(name_of(row)))
def test_the_table_of_gates_has_all_numbers_of_the_networks(row: Row) -> None:
    rule = rule_of(row, row.cell)
    for options in variants(row):
        report = Sequential([Input((2, 3, 4, D_X) if "kernel_size" in options else (2, D_X)), rule(**options)]).report()
        (one,) = explanations(report)
        assert [tensor.letter for tensor in one.tensors if not tensor.letter] == []
        beside = [
            tensor.params for tensor in one.tensors if tensor.letter[0] in "PVd" or tensor.letter.startswith("b_P")
        ]
        counted = [gate.params for gates in one.gates.values() for gate in gates]
        assert sum(counted) + sum(beside) == one.params if len(row.gates) > 1 else not counted


def lines(framework: str, cell: str, **options: Any) -> tuple[str, ...]:
    rule: Rule = find(cell, framework)
    made = rule(3, **options).on((1, 2, 4))
    assert made.equations is not None
    return made.equations().lines


def test_only_the_chosen_options_appear() -> None:
    assert lines("cudnn", "GRU", recurrent_bias=False)[2] == "g_t = tanh(W_g x_t + r_t ⊙ (U_g h_(t-1)) + b_g)"
    assert lines("cudnn", "GRU", input_bias=False)[2] == "g_t = tanh(W_g x_t + r_t ⊙ (U_g h_(t-1) + b'_g))"
    assert lines("cudnn", "RNN", input_bias=False) == ("h_t = tanh(W x_t + U h_(t-1) + b')",)
    assert lines("equinox", "GRU", use_bias=False)[0] == "r_t = σ(W_r x_t + U_r h_(t-1))"
    plain, with_peepholes = lines("tf1", "LSTM"), lines("tf1", "LSTM", peephole=True)
    assert "v_" not in "".join(plain)
    assert with_peepholes[2] == "f_t = σ([x_t, h_(t-1)] W_f + b_f + v_f ⊙ c_(t-1) + 1)"
    assert lines("tf1", "LSTM", projection=2)[-1] == "h_t = (o_t ⊙ tanh(c_t)) P"
    assert lines("kaldi", "LSTM", projection=2)[-3:] == (
        "m_t = o_t ⊙ tanh(c_t)", "h_t = P m_t + b_P", "y_t = [h_t, Q m_t + b_Q]",
    )  # fmt: skip
    assert lines("mxnet", "GRU", bidirectional=True) == lines("mxnet", "GRU")


# --- mistakes in a table ----------------------------------------------------------------------------

GRU = "mine | GRU | G | z r g | k (d_x, 3d_h) | u (d_h, 3d_h) | b (3d_h) | - | reset=after | d_h | 1 | read x.c"
LSTM = (
    "mine | LSTM | L | i f g o | k (d_x, 4d_h) | u (d_h, 4d_h) | b (4d_h) | peephole p (3d_h) "
    "| peepholes=i,f,o | d_h | 1 | read x.c"
)


@pytest.mark.parametrize(
    ("line", "old", "new", "told"),
    [
        (GRU, "z r g", "z r h", "gates: not the networks of a cell; expected i f g o or z r g or h, in any order"),
        (GRU, "reset=after", "-", "step: where the reset gate acts; expected reset=before or reset=after"),
        (GRU, "reset=after", "reset", "step: not a value of reset; expected before or after"),
        (GRU, "reset=after", "reset=afer", "received 'afer' (did you mean 'after'"),
        (GRU, "reset=after", "reset=after reset=before", "step: a word twice, received 'reset=before'"),
        (GRU, "reset=after", "rest=after", "step: an unknown word; expected reset, update"),
        (GRU, "reset=after", "reset=after forget=x", "step: not a step; expected forget=1, received 'forget=x'"),
        (GRU, "reset=after", "reset=after activation=tanh,elu", "step: not a value of activation; expected tanh or"),
        (GRU, "u (d_h, 3d_h)", '"', "step: reset=after without a recurrent weight; expected reset=before"),
        (LSTM, "peepholes=i,f,o", "-", "step: peepholes; expected peepholes=i,f,o beside tensors of peepholes"),
        (LSTM, "peepholes=i,f,o", "peepholes=i,f,g", "step: not gates; expected gates with commas, such as i,f,o"),
        (LSTM, "peepholes=i,f,o", "peepholes=i,f,o reset=after", "step: where the reset gate acts; expected no reset"),
    ],
)  # fmt: skip
def test_mistakes_in_the_step(line: str, old: str, new: str, told: str) -> None:
    assert read(line)
    with pytest.raises(ParamcalcError) as error:
        read(line.replace(old, new))
    assert told in str(error.value)


def test_tensors_that_do_not_divide() -> None:
    (row,) = read(GRU.replace("b (3d_h)", "b (5d_h)"))
    with pytest.raises(ParamcalcError, match="bias: b: 5 parts; expected 6"):
        rule_of(row, "GRU")
