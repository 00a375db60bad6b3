"""The recurrent cells of the literature: by hand, formula = inventory, and a step in numpy that uses all of it."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from by_hand_paper import LEARNING, TABLE
from reference_cells import STEPS, Taken
from test_formulas import proved, tried

import paramcalc as pc
from paramcalc import paper
from paramcalc.core.formula import formula_of
from paramcalc.core.registry import find, rules
from paramcalc.core.rule import Layer, Rule
from paramcalc.errors import ParamcalcError
from paramcalc.render.presentation import write
from paramcalc.render.rules import presentation, rule_data
from paramcalc.rules.shared.cells import GATES
from paramcalc.rules.shared.over_time import OverTime
from paramcalc.symbolic import Expr, symbols

P = rules("paper")
TIME = tuple(OverTime.__annotations__)
WRAPPERS = ("Bidirectional", "RNN", "StackedRNNCells", "TimeDistributed")
LAYERS = [name.removesuffix("Cell") for name in STEPS]
ACTIVATIONS = ("no_input_activation", "no_output_activation")  # under test of their own: they change nothing


@pytest.mark.parametrize(("layer", "inputs", "count", "outs", "macs"), TABLE, ids=[repr(line[0]) for line in TABLE])
def test_by_hand(layer: Any, inputs: list[Any], count: int, outs: list[Any], macs: int) -> None:
    built = layer.on(*inputs)
    assert built.params == count
    assert list(built.outs) == outs
    assert built.forward() == macs
    found = formula_of(layer, *inputs)
    assert found is not None
    assert found.value == count


def test_every_rule_has_a_line_and_a_step() -> None:
    assert {line[0].type for line in TABLE} == set(P)
    assert set(LEARNING) == set(STEPS) == {name for name in P if name.endswith("Cell")} | {"QRNN"}
    assert set(P) == set(STEPS) | set(LAYERS) | set(WRAPPERS)


def switched(rule: Rule) -> Iterator[Layer]:
    """A rule with every combination of its own switches, those of time and of activations aside."""
    own = {name: option for name, option in rule.options.items() if name not in (*TIME, *ACTIVATIONS)}
    for values in product(*(tried(rule, name, option.kind) for name, option in own.items())):
        yield rule(**dict(zip(own, values, strict=True)))


# --- formula = inventory ------------------------------------------------------------------------


@pytest.mark.parametrize("name", STEPS)
def test_formula_is_inventory(name: str) -> None:
    assert sum(proved(layer) for layer in switched(P[name])) == LEARNING[name]


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_its_cell_over_time(name: str) -> None:
    T, batch = symbols("T B")
    frame = [symbols(axis) for axis in P[name].inputs[0].tokens[2:]]
    inner = P.get(f"{name}Cell", P[name])
    times = [dict(zip(TIME, chosen, strict=True)) for chosen in product([False, True], repeat=4)]
    for place, cell in enumerate(switched(inner)):
        one = inner is not P[name]
        given = {option: value for option, value in cell.options.items() if option not in TIME}
        time = times[place % 16]
        layer = P[name](**given, **time)
        try:
            built, step = layer.on((batch, T, *frame)), cell.on((batch, *([] if one else [1]), *frame))
        except ParamcalcError:
            continue
        assert built.weights == step.weights
        assert built.formula() == built.params == step.params
        assert built.forward() == T * step.forward()
        out = step.outs[0]
        assert built.outs[0] == ((batch, T, *out[1:]) if time["return_sequences"] else out)
        assert built.outs[1:] == (step.states if time["return_state"] else ())
        assert built.states == step.states
        assert not one or step.outs[1:] == step.states


@pytest.mark.parametrize("name", LAYERS)
def test_wrappers_hold_any_of_them(name: str) -> None:
    for place, layer in enumerate(switched(P[name])):
        if place % 7 == 0:
            count = proved(layer)
            assert proved(P["Bidirectional"](layer)) == count
            shape = tuple(symbols(axis) for axis in ("B", "n", *layer.rule.inputs[0].tokens[1:]))
            one_output = not layer.options["return_state"]
            assert proved(P["TimeDistributed"](layer), [shape]) == one_output * count
    for place, cell in enumerate(switched(P[f"{name}Cell"]) if f"{name}Cell" in P else ()):
        if place % 7 == 0 and name != "ConvLSTM2D":
            count = proved(cell)
            assert proved(P["RNN"](cell)) == count
            assert proved(P["RNN"]([P["MGUCell"]("d_e"), cell])) == count


@pytest.mark.parametrize("name", WRAPPERS)
def test_wrappers_are_those_of_keras(name: str) -> None:
    theirs = rules()[name]
    assert P[name].body is theirs.body
    assert P[name].copies == theirs.copies
    assert P[name].sublayer_options == theirs.sublayer_options
    assert (list(P[name].options), P[name].why) == (list(theirs.options), theirs.why)


# --- a step in numpy ----------------------------------------------------------------------------

SIZES = {"d_x": 6, "T": 4, "H": 5, "W": 3, "C": 2}
OPTIONS = {"units": 12, "filters": 7, "kernel_size": (3, 2), "heads": 3, "order": 5, "outputs": 8, "window": 3}


def numbers(layer: Layer) -> Layer:
    """The layer with numbers for its sizes, all of them different."""
    given = dict(layer.options)
    for place, (name, value) in enumerate(given.items()):
        if isinstance(value, Expr) or name == "kernel_size":
            given[name] = OPTIONS.get(name, 9 + place)
    return layer.rule(**given)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_uses_every_weight_once_and_multiplies_as_often(name: str) -> None:
    draw, done = np.random.default_rng(1), 0
    for symbolic in switched(P[name]):
        layer = numbers(symbolic)
        shape = (2, *(SIZES[axis] for axis in (layer.axes(len(P[name].inputs[0].tokens)) or [])[1:]))
        if layer.options.get("skip") == "identity":
            shape = (2, layer.options["units"])
        try:
            built = layer.on(shape)
        except ParamcalcError:
            continue
        taken = Taken(built.weights)
        states = [draw.uniform(0.1, 1, size=state) for state in built.states]
        out, after = STEPS[name](taken, layer.options, draw.uniform(-1, 1, size=shape), states)
        assert not taken.arrays, layer
        assert taken.macs == built.forward(), layer
        assert out.shape == (built.outs[0] if name != "QRNN" else (2, SIZES["T"], 12)), layer
        assert tuple(state.shape for state in after) == built.states, layer
        assert all(np.isfinite(array).all() for array in (out, *after)), layer
        done += 1
    assert done == LEARNING[name]


# --- names, gates, starts -----------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in P if name not in WRAPPERS])
def test_gates_are_known_and_divide_their_tensor(name: str) -> None:
    for place, layer in enumerate(switched(P[name])):
        if place % 5:
            continue
        layer = numbers(layer)
        tokens = layer.rule.inputs[0].tokens
        shape = (2, *(SIZES[axis] for axis in tokens[1:]))
        try:
            weights = layer.on((*shape[:-1], 12) if layer.options.get("skip") == "identity" else shape).weights
        except ParamcalcError:
            continue
        paths = [weight.path for weight in weights]
        assert len(set(paths)) == len(paths)
        for weight in weights:
            assert set(weight.gates) <= GATES.keys()
            assert not weight.gates or weight.shape[-1] % len(weight.gates) == 0
            assert weight.trainable != weight.buffer


def test_names_and_gates_of_an_lstm() -> None:
    layer = P["LSTM"]("h", peephole=True, coupled=True, projection="p", layer_norm=True)
    weights = {weight.path: weight for weight in layer.on((4, 10, 108)).weights}
    assert list(weights) == [
        "kernel", "recurrent_kernel", "peephole", "bias", "input_norm_gain", "input_norm_bias", "recurrent_norm_gain",
        "recurrent_norm_bias", "cell_norm_gain", "cell_norm_bias", "projection/kernel",
    ]  # fmt: skip
    h = symbols("h")
    assert weights["kernel"].gate_slices() == [("i", 0, h), ("g", h, 2 * h), ("o", 2 * h, 3 * h)]
    assert weights["peephole"].gate_slices() == [("i", 0, h), ("o", h, 2 * h)]


@pytest.mark.parametrize("start", [1, 2])
def test_the_forget_gate_can_start_open(start: int) -> None:
    weights = P["LSTM"](2, forget_bias=start, peephole=True).on((4, 10, 3)).weights
    assert [(weight.name, weight.starts) for weight in weights if weight.starts] == [("bias", (("f", start),))]
    assert not any(weight.starts for weight in P["LSTM"](2).on((4, 10, 3)).weights)


def test_activations_left_out_change_nothing() -> None:
    for layer in switched(P["LSTMCell"]):
        less = P["LSTMCell"](**{**layer.options, **dict.fromkeys(ACTIVATIONS, True)})
        assert answer(layer) == answer(less)


def answer(layer: Layer) -> Any:
    try:
        built = layer.on((4, 3))
    except ParamcalcError as error:
        return str(error)
    return built.weights, built.outs, built.states, built.params, built.forward()


def test_what_is_kept_and_no_parameter() -> None:
    for layer, kept in (
        (P["LightGRU"](5), {"norm_mean": (10,), "norm_variance": (10,)}),
        (P["LMU"](5, 7), {"memory_matrix": (7, 7), "memory_input": (7,)}),
    ):
        built = layer.on((4, 10, 3))
        assert {weight.name: weight.shape for weight in built.weights if weight.buffer} == kept
        assert built.params == sum(weight.params for weight in built.weights if not weight.buffer)


def test_two_literatures_agree() -> None:
    count = lambda layer: layer.on((4, 10, 108)).params  # noqa: E731  # shorter than what it says
    assert count(P["LSTM"](128)) == count(pc.LSTM(128)) == count(P["sLSTM"](128))
    assert count(P["GRU"](128)) == count(pc.GRU(128, reset_after=False))
    assert count(P["ElmanRNN"](128)) == count(pc.SimpleRNN(128))
    assert count(P["LSTM"](128, no_output_gate=True)) == count(P["LSTM"](128, coupled=True)) == count(P["GRU"](128))
    frames = (4, 10, 16, 16, 3)
    convolved = pc.ConvLSTM2D(8, 3, padding="same")
    assert P["ConvLSTM2D"](8, 3, peephole=False).on(frames).params == convolved.on(frames).params


# --- explained ----------------------------------------------------------------------------------


def test_explained_gate_by_gate() -> None:
    report = pc.Sequential(
        [pc.Input((None, 108)), P["LSTM"](128, peephole=True, projection=64, forget_bias=1)]
    ).report()
    text = report.render("text", explain=True)
    assert "gates        i [0:128]  f [128:256]  g [256:384]  o [384:512]  (f starts at 1)" in text
    gates = [
        line.split("  ")[-1].strip() for line in text.splitlines() if line[:5] in ("  i  ", "  f  ", "  g  ", "  o  ")
    ]
    assert gates == ["22,272", "22,272", "22,144", "22,272"]
    assert "88,960" in text  # the four networks; the projection is none of them


def test_the_widest_tensor_says_where_the_gates_sit() -> None:
    report = pc.Sequential([pc.Input((None, 4)), P["LSTM"](4, peephole=True, use_bias=False)]).report()
    assert "gates        i [0:4]  f [4:8]  g [8:12]  o [12:16]\n" in report.render("text")


def test_explained_level_by_level() -> None:
    report = pc.Sequential([pc.Input((None, 108)), P["NestedLSTM"](8)]).report()
    text = report.render("text", explain=True)
    assert [line for line in text.splitlines() if "by gate" in line] == [
        "nested_lstm, by gate",
        "nested_lstm, by gate of memory",
    ]


# --- formulas -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "formula"),
    [
        (P["LSTM"](128), "4[d_h(d_h + d_x) + d_h]"),
        (P["LSTM"](128, peephole=True), "4[d_h(d_h + d_x) + d_h] + 3d_h"),
        (P["LSTM"](128, coupled=True), "3[d_h(d_h + d_x) + d_h]"),
        (P["LSTM"](128, coupled=True, peephole=True), "3[d_h(d_h + d_x) + d_h] + 2d_h"),
        (P["LSTM"](128, full_gate_recurrence=True), "4[d_h(d_h + d_x) + d_h] + 9d_h^2"),
        (P["LSTM"](128, projection=64), "4[d_h(p + d_x) + d_h] + p*d_h"),
        (P["LSTM"](128, projection=64, nonrecurrent_projection=32), "4[d_h(p + d_x) + d_h] + p*d_h + q*d_h"),
        (P["LSTM"](128, layer_norm=True), "4[d_h(d_h + d_x) + d_h] + 2(8d_h + d_h)"),
        (P["MultiplicativeLSTM"](128), "4[d_h(d_h + d_x) + d_h] + d_h(d_h + d_x)"),
        (P["MultiplicativeLSTM"](128, intermediate=64), "4[d_h(d_m + d_x) + d_h] + d_m(d_h + d_x)"),
        (P["NestedLSTM"](128), "4[d_h(d_h + d_x) + d_h] + 4[d_h(d_h + d_h) + d_h]"),
        (P["GRU"](128), "3[d_h(d_h + d_x) + d_h]"),
        (P["GRU"](128, reset="after"), "3[d_h(d_h + d_x) + d_h] + d_h"),
        (P["GRU"](128, variant=1), "d_h(d_h + d_x) + d_h + 2(d_h^2 + d_h)"),
        (P["GRU"](128, variant=2), "d_h(d_h + d_x) + d_h + 2d_h^2"),
        (P["GRU"](128, variant=3), "d_h(d_h + d_x) + d_h + 2d_h"),
        (P["GRU"](128, layer_norm=True, use_bias=False), "3d_h(d_h + d_x) + 2(4d_h + 2d_h)"),
        (P["LightGRU"](128), "2[d_h(d_h + d_x) + 2d_h]"),
        (P["MGU"](128), "2[d_h(d_h + d_x) + d_h]"),
        (P["ElmanRNN"](128, outputs=10), "d_h(d_h + d_x) + d_h + d_y*d_h + d_y"),
        (P["JordanRNN"](128, 10), "d_h(d_y + d_x) + d_h + d_y*d_h + d_y"),
        (P["IndRNN"](128), "d_x*d_h + d_h + d_h"),
        (P["SRU"](128, skip="projection"), "4d_x*d_h + 2(d_h + d_h)"),
        (P["QRNN"](128), "3(k*d_x*d_h + d_h)"),
        (P["LMU"](128, 64), "(d_h + 1)(d_x + d_h + d_m)"),
        (P["sLSTM"](128, heads=4), "4[d_h(d_h/N + d_x) + d_h]"),
        (P["mLSTM"](128, heads=4), "4(d_x*d_h + d_h) + 2N(d_x + 1)"),
        (P["Bidirectional"](P["LSTM"](128, peephole=True)), "2{4[d_h(d_h + d_x) + d_h] + 3d_h}"),
        (
            P["RNN"]([P["LSTMCell"](128, projection=64), P["LSTMCell"](128, projection=32)]),
            "4[d_h1(p1 + d_x) + d_h1] + p1*d_h1 + 4[d_h2(p2 + p1) + d_h2] + p2*d_h2",
        ),
    ],
    ids=repr,
)
def test_formulas_as_the_papers_write_them(layer: Layer, formula: str) -> None:
    assert repr(formula_of(layer, (4, 10, 108))) == formula


def test_the_formula_of_peepholes_over_frames() -> None:
    formula = formula_of(P["ConvLSTM2D"](8, 3), (4, 10, 16, 12, 3))
    assert repr(formula) == "4F[k_h*k_w(C + F) + 1] + 3H*W*F"


# --- found ------------------------------------------------------------------------------------


def test_a_module_of_its_own() -> None:
    assert paper.LSTM is P["LSTM"]
    assert set(dir(paper)) == set(P)
    with pytest.raises(AttributeError) as caught:
        paper.LTSM  # noqa: B018  # the asking is what fails
    assert str(caught.value) == "no paper has 'LTSM' that paramcalc knows (did you mean 'LSTM'?)"


def test_in_a_spec() -> None:
    text = "framework: paper\ninput: [10, 108]\nlayers:\n- LSTM: {units: 128, peephole: true, return_sequences: true}\n"
    model = pc.loads(text + "- Bidirectional: {layer: {MGU: 64}}\n")
    assert model.framework == "paper"
    assert model.total == 121_728 + 2 * 2 * (64 * (64 + 128) + 64)


def test_listed_as_what_papers_say() -> None:
    assert {record["status"] for record in rule_data("paper")} == {"from its paper"}
    assert next(write(presentation("paper"))) == "33 layers of the literature\n"


def test_pickled_and_found_again() -> None:
    layer = pickle.loads(pickle.dumps(P["SRU"](128, skip=None)))
    assert layer.rule is P["SRU"]
    assert layer.options["skip"] is None


def test_found_by_class_snake_case_and_other_names() -> None:
    assert find("LSTM", "paper") is P["LSTM"] is not find("LSTM")
    assert find("SimpleRNNCell", "paper") is P["ElmanRNNCell"]
    assert find("minimal_gated_unit", "paper") is find("mgu", "paper") is P["MGU"]
    assert find("ConvLSTM", "paper") is P["ConvLSTM2D"]
    assert find("mLSTM", "paper") is P["mLSTM"] is not P["MultiplicativeLSTM"]


@pytest.mark.whole
@pytest.mark.parametrize("rule", P.values(), ids=lambda rule: rule.name)
def test_every_rule_says_why(rule: Any) -> None:
    assert rule.framework == "paper"
    assert rule.why.endswith(".")
    assert 10 < len(rule.why) <= 110
    assert rule.name in WRAPPERS or "Source" in rule.about
    assert all(option.kind.expected for option in rule.options.values())
    assert find(rule.name, "paper") is rule
