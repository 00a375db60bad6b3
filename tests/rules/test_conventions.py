"""Conventions: each line of the table against a number by hand, its own formula and, where it is here, the framework.

The comparison is held to the letter, its differences against the polynomials they are, mistakes in a table against
the message they get.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import frameworks_told
import pytest
from hypothesis import given, settings, strategies as st
from tiers import examples

import paramcalc as pc
from paramcalc.core.formula import formula_of
from paramcalc.core.framework import BUILT_IN, Framework
from paramcalc.core.kinds import SWITCH
from paramcalc.core.on_symbols import symbolised
from paramcalc.core.registry import find, frameworks, rules
from paramcalc.errors import FileError, ParamcalcError
from paramcalc.formats.modelspec.document import model_from
from paramcalc.formats.modelspec.schema import schema
from paramcalc.rules.conventions import made
from paramcalc.rules.conventions.made import declared, layer_of, row_of
from paramcalc.rules.conventions.read import Row, read, rows
from paramcalc.symbolic import symbols

d_x, d_h = symbols("d_x d_h")
KERNELS = 108 * 128 + 128 * 128  # of one network, 108 → 128

BY_HAND = {
    "keras LSTM": 4 * KERNELS + 4 * 128,
    "torch LSTM": 4 * KERNELS + 8 * 128,
    "paper LSTM": 4 * KERNELS + 4 * 128,
    "paper LSTM(peephole=True)": 4 * KERNELS + 4 * 128 + 3 * 128,
    "paper LSTM(coupled=True)": 3 * KERNELS + 3 * 128,
    "tf1 LSTMCell": (108 + 128) * 512 + 512,
    "tf1 BasicLSTMCell": (108 + 128) * 512 + 512,
    "cudnn CUDNN_LSTM": 4 * KERNELS + 8 * 128,
    "onnx LSTM": 512 * 108 + 512 * 128 + 1024,
    "flax-linen LSTMCell": 4 * KERNELS + 4 * 128,
    "flax-nnx LSTMCell": 4 * KERNELS + 4 * 128,
    "flax-nnx OptimizedLSTMCell": 4 * KERNELS + 4 * 128,
    "haiku LSTM": (108 + 128) * 512 + 512,
    "equinox LSTMCell": 4 * KERNELS + 512,
    "mxnet LSTM": 512 * 108 + 512 * 128 + 512 + 512,
    "caffe LSTM": 512 * 108 + 512 + 512 * 128,
    "darknet lstm": 4 * (108 * 128 + 128) + 4 * (128 * 128 + 128),
    "kaldi fast-lstm-layer": (108 + 128 + 1) * 512 + 3 * 128,
    "tesseract Lfx": 4 * 128 * (108 + 128 + 1),
    "keras GRU": 3 * KERNELS + 2 * 384,
    "keras GRU(reset_after=False)": 3 * KERNELS + 384,
    "torch GRU": 3 * KERNELS + 2 * 384,
    "paper GRU": 3 * KERNELS + 384,
    "tf1 GRUCell": (108 + 128) * 256 + 256 + (108 + 128) * 128 + 128,
    "cudnn CUDNN_GRU": 3 * KERNELS + 2 * 384,
    "onnx GRU": 384 * 108 + 384 * 128 + 768,
    "flax-linen GRUCell": 3 * KERNELS + 4 * 128,
    "flax-nnx GRUCell": 3 * KERNELS + 384,
    "haiku GRU": 3 * KERNELS + 384,
    "equinox GRUCell": 3 * KERNELS + 384 + 128,
    "mxnet GRU": 3 * KERNELS + 2 * 384,
    "darknet gru": 3 * (108 * 128 + 128) + 3 * (128 * 128 + 128),
    "keras SimpleRNN": KERNELS + 128,
    "torch RNN": KERNELS + 2 * 128,
    "paper ElmanRNN": KERNELS + 128,
    "tf1 BasicRNNCell": (108 + 128) * 128 + 128,
    "cudnn CUDNN_RNN_TANH": KERNELS + 2 * 128,
    "onnx RNN": KERNELS + 256,
    "flax-linen SimpleCell": KERNELS + 128,
    "flax-nnx SimpleCell": KERNELS + 128,
    "haiku VanillaRNN": KERNELS + 2 * 128,
    "mxnet RNN": KERNELS + 2 * 128,
    "caffe RNN": KERNELS + 128 + 128 * 128 + 128,
    "darknet rnn": (108 * 128 + 128) + (128 * 128 + 128) + (128 * 128 + 128),
    "keras ConvLSTM2D": 9 * 4 * KERNELS + 512,
    "paper ConvLSTM2D(peephole=False)": 9 * 4 * KERNELS + 512,
    "flax-linen ConvLSTMCell": 9 * 4 * KERNELS + 512 + 512,
    "haiku Conv2DLSTM": 9 * 4 * KERNELS + 512 + 512,
}
CELLS = ("LSTM", "GRU", "RNN")
WINDOW = {"ConvLSTM2D": {"kernel_size": 3}}  # what a cell needs besides


def test_every_convention_is_its_number_by_hand() -> None:
    every = [one for cell in (*CELLS, *WINDOW) for one in pc.conventions(cell, 108, 128, **WINDOW.get(cell, {}))]
    found = {f"{one.framework} {one.name}": one.params for one in every}
    assert found == BY_HAND
    assert len(found) == len(rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.framework}-{row.layers[0]}")
def test_the_count_in_the_line_is_the_rules(row: Row) -> None:
    layer = layer_of(row, 10, 16, **WINDOW.get(row.cell, {}))
    assert layer.on((2, 7, 9, 9, 10) if row.cell in WINDOW else (2, 7, 10)).params == row.count


DECLARED = [rule for one in made.frameworks() for rule in rules(one.name).values()]


def variants(rule: Any) -> Iterator[Any]:
    """A rule with every combination of its switches, with and without a projection."""
    needed = {"kernel_size": ("k", "q")} if "kernel_size" in rule.options else {}
    names = [name for name in rule.options if name not in ("units", *needed)]
    tried = [(False, True) if rule.options[name].kind is SWITCH else (None, symbols("p")) for name in names]
    for values in product(*tried):
        yield rule(symbols("h"), **needed, **dict(zip(names, values, strict=True)))


def frames(rule: Any) -> tuple[Any, ...]:
    return symbols("H W") if "kernel_size" in rule.options else ()


@pytest.mark.parametrize("rule", DECLARED, ids=repr)
def test_formula_is_inventory(rule: Any) -> None:
    for layer in variants(rule):
        symbolic, _ = symbolised(layer)
        built = symbolic.on((*symbols("B T"), *frames(rule), d_x))
        assert built.formula() == built.params, layer
        shape = (2, 7, *frames(rule), d_x)
        found = formula_of(layer, shape)
        assert found.value == layer.on(shape).params
        assert "d_p" in found.expr.symbols if layer.options.get("projection") is not None else True


@pytest.mark.parametrize("rule", DECLARED, ids=repr)
def test_outputs_and_states(rule: Any) -> None:
    for layer in variants(rule):
        h, p = symbols("h p")
        places = frames(rule)
        built = layer.on((2, 7, *places, d_x))
        seen = h if layer.options.get("projection") is None else p
        wide = 2 * p if rule.framework == "kaldi" and seen is p else seen
        ways = 1 + layer.options.get("bidirectional", False)
        lead = (ways, 2) if ways > 1 else (2,)
        states = [(*lead, *places, seen), (*lead, *places, h)][: 1 + ("LSTM" in rule.name)]
        steps = (7,) if layer.options["return_sequences"] else ()
        assert built.outs == ((2, *steps, *places, ways * wide), *(states if layer.options["return_state"] else ()))
        assert list(built.states) == states


@pytest.mark.parametrize(
    ("framework", "cell", "options", "macs"),
    [
        ("tesseract", "LSTM", {}, 4 * d_h * (d_x + d_h)),
        ("darknet", "RNN", {}, d_h * (d_x + d_h) + d_h * d_h),
        ("kaldi", "LSTM", {"projection": "p"}, 4 * d_h * (d_x + symbols("p")) + 2 * symbols("p") * d_h),
        ("onnx", "LSTM", {"peephole": True, "bidirectional": True}, 2 * 4 * d_h * (d_x + d_h)),
        ("mxnet", "GRU", {"bidirectional": True}, 2 * 3 * d_h * (d_x + d_h)),
    ],
)
def test_multiply_adds_are_those_of_the_matrices(framework: str, cell: str, options: Any, macs: Any) -> None:
    built = find(cell, framework)(d_h, **options).on((2, 7, d_x))
    assert built.forward() == 2 * 7 * macs


COMPILING = ("haiku", "equinox")  # they compile what they compute: every run asks them about LSTM, the others about all


def needs(framework: str, *values: Any, id: str | None = None) -> Any:
    """Give values to parametrize with; those that ask PyTorch carry its marker."""
    marks = [pytest.mark.torch] if framework == "torch" else []
    if framework in COMPILING and "LSTM" not in str(id or values):
        marks.append(pytest.mark.exhaustive)
    return pytest.param(*values, id=id, marks=marks)


# --- the frameworks themselves ---------------------------------------------------------------------


@pytest.mark.parametrize("row", [needs(row.framework, row, id=f"{row.framework}-{row.layers[0]}") for row in rows()])
@pytest.mark.filterwarnings("ignore")
def test_the_framework_has_these_tensors(row: Row) -> None:
    theirs = frameworks_told.tensors(row, 10, 16)
    if theirs is None:
        assert row.source.startswith("read ")
        pytest.skip("read at its source")
    layer = layer_of(row, 10, 16, **WINDOW.get(row.cell, {}))
    built = layer.on((2, 7, 9, 9, 10) if row.cell in WINDOW else (2, 7, 10))
    assert theirs == {weight.name: weight.shape for weight in built.weights}


@pytest.mark.parametrize(
    ("framework", "cell", "ours", "theirs"),
    [
        ("tf1", "LSTM", {"peephole": True}, {"use_peepholes": True}),
        ("tf1", "LSTM", {"peephole": True, "projection": 5}, {"use_peepholes": True, "num_proj": 5}),
        needs("torch", "torch", "LSTM", {"proj_size": 5}, {"proj_size": 5}),
        ("mxnet", "LSTM", {"projection": 5}, {"projection_size": 5}),
        ("mxnet", "LSTM", {"projection": 5, "bidirectional": True}, {"projection_size": 5, "bidirectional": True}),
        ("mxnet", "GRU", {"bidirectional": True}, {"bidirectional": True}),
        needs("haiku", "haiku", "RNN", {"double_bias": False}, {"double_bias": False}),
        needs("equinox", "equinox", "LSTM", {"use_bias": False}, {"use_bias": False}),
        needs("equinox", "equinox", "GRU", {"use_bias": False}, {"use_bias": False}),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_the_framework_has_these_tensors_with_options(framework: str, cell: str, ours: Any, theirs: Any) -> None:
    row = row_of(cell, framework)
    told = frameworks_told.tensors(row, 10, 16, **theirs)
    assert told == {weight.name: weight.shape for weight in layer_of(row, 10, 16, **ours).on((2, 7, 10)).weights}


@pytest.mark.parametrize(
    ("framework", "cell"), [needs(name, name, cell) for name, cell in product(COMPILING, ("LSTM", "GRU"))]
)
@pytest.mark.filterwarnings("ignore")
def test_the_framework_has_its_gates_in_this_order(framework: str, cell: str) -> None:
    row = row_of(cell, framework)
    assert frameworks_told.order(row) == "".join(row.gates)


# --- the comparison ---------------------------------------------------------------------------------


def test_reasons_to_the_letter() -> None:
    told = {
        f"{one.framework} {one.name}": f"{one.difference} {one.reason}"
        for one in [*pc.conventions("LSTM", 108, 128), *pc.conventions("GRU", 108, 128)]
    }
    assert told["keras LSTM"] == told["keras GRU"] == "0 "
    assert told["torch LSTM"] == "512 a second bias vector: +4d_h = 512"
    assert told["paper LSTM"] == told["torch GRU"] == "0 the same"
    assert told["paper LSTM(peephole=True)"] == "384 peepholes: +3d_h = 384"
    assert told["paper LSTM(coupled=True)"] == "-30336 3 networks, not 4: −d_x·d_h − d_h² − d_h = −30,336"
    assert told["tf1 LSTMCell"] == told["haiku LSTM"] == "0 one kernel on [x, h]"
    assert told["flax-linen LSTMCell"] == "0 a tensor for each network"
    assert told["kaldi fast-lstm-layer"] == "384 one kernel on [x, h]; peepholes: +3d_h = 384"
    assert told["tesseract Lfx"] == "0 4 kernels on [x, h, 1]"
    assert told["keras GRU(reset_after=False)"] == "-384 one bias vector, not two: −3d_h = −384"
    assert told["equinox GRUCell"] == "-256 biases on 4 of 6 networks: −2d_h = −256"


def test_reasons_in_symbols() -> None:
    told = {one.framework: one for one in pc.conventions("RNN", "x", "h")}
    assert (told["torch"].difference, told["torch"].reason) == (symbols("h"), "a second bias vector: +d_h = h")
    assert told["caffe"].reason == "an output layer: +d_h² + d_h = h² + h"
    assert pc.conventions("LSTM")[1].reason == "a second bias vector: +4d_h"


@settings(deadline=None, max_examples=examples(8, 100))
@given(st.sampled_from(CELLS), st.integers(1, 5000), st.integers(1, 5000))
def test_a_difference_is_its_polynomial_and_its_reasons_add_up(cell: str, x: int, h: int) -> None:
    here = pc.conventions(cell, x, h)
    for one, symbolic in zip(here, pc.conventions(cell), strict=True):
        polynomial = symbolic.difference
        assert one.difference == (polynomial if isinstance(polynomial, int) else polynomial(d_x=x, d_h=h))
        assert one.params - here[0].params == one.difference
        assert one.formula.value == one.params
        numbers = [phrase.rpartition("= ")[2] for phrase in one.reason.split("; ") if "= " in phrase]
        assert sum(int(number.replace("−", "-").replace(",", "")) for number in numbers) == one.difference


def test_a_window_over_frames() -> None:
    keras, paper, linen, haiku = pc.conventions("ConvLSTM2D", 3, 4, kernel_size=3)
    assert (keras.params, keras.reason, paper.reason) == (1024, "", "the same")
    assert linen.params == haiku.params == 1040
    assert linen.reason == haiku.reason == "a second bias vector: +4d_h = 16"
    assert repr(linen.formula) == "4[k_h*k_w*d_h(d_h + d_x) + 2d_h]"
    built = find("ConvLSTM2D", "haiku")(4, 3).on((1, 2, 5, 6, 3))
    assert built.outs == ((1, 5, 6, 4),)
    assert built.forward() == 2 * 5 * 6 * 4 * 9 * 4 * (3 + 4)
    with pytest.raises(ParamcalcError, match="ConvLSTM2D needs kernel_size"):
        pc.conventions("ConvLSTM2D", 3, 4)


def test_plain_data() -> None:
    onnx = next(one for one in pc.conventions("GRU", 10, 16) if one.framework == "onnx")
    assert onnx.to_dict() == {
        "framework": "onnx",
        "cell": "GRU",
        "name": "GRU",
        "params": 1344,
        "difference": 0,
        "reason": "the same",
        "formula": "3[d_h(d_h + d_x) + 2d_h]",
        "gates": ["z", "r", "g"],
        "weights": {"W": [1, 48, 10], "R": [1, 48, 16], "B": [1, 96]},
        "source": "run onnx 1.23.2, the schema: onnx/defs/rnn/defs.cc",
    }
    with pytest.raises(
        ParamcalcError, match=r"no conventions for 'LTSM'; expected LSTM or GRU or RNN or ConvLSTM2D \(did you mean"
    ):
        pc.conventions("LTSM", 1, 2)
    with pytest.raises(ParamcalcError, match="not a size"):
        pc.conventions("LSTM", 0, 2)


# --- rules of frameworks ----------------------------------------------------------------------------


def test_rules_are_found_under_the_frameworks_name() -> None:
    assert find("LSTM", "flax-linen") is find("LSTMCell", "flax-linen") is find("optimized_lstm_cell", "flax-linen")
    assert find("OptimizedLSTMCell", "flax-nnx") is not find("LSTM", "flax-nnx")
    assert list(rules("onnx")) == ["LSTM", "GRU", "RNN"]
    assert {"keras", "torch", "tf1", "onnx"} <= set(frameworks())
    assert all(pickle.loads(pickle.dumps(rule)) is rule for rule in DECLARED)
    assert all(rule.why.endswith(".") and rule.family == "recurrent" for rule in DECLARED)
    with pytest.raises(
        ParamcalcError, match=r"unknown framework; expected keras, .*received 'onxx' \(did you mean 'onnx'"
    ):
        rules("onxx")
    with pytest.raises(ParamcalcError, match=r"no rule for a layer 'LSMT' \(did you mean 'LSTM'"):
        find("LSMT", "kaldi")
    with pytest.raises(ParamcalcError, match=r"LSTM has no option 'peepholes' \(did you mean 'peephole'"):
        find("LSTM", "tf1")(3, peepholes=True)


def test_gates_lie_in_the_frameworks_order_where_they_share_a_tensor() -> None:
    def gates(framework: str, cell: str) -> list[tuple[str, int]]:
        weights = find(cell, framework)(3).on((2, 7, 5)).weights
        return [("".join(weight.gates), weight.gate_axis) for weight in weights]

    assert gates("tf1", "LSTM") == [("igfo", -1), ("igfo", -1)]
    assert gates("onnx", "LSTM") == [("iofg", 1), ("iofg", 1), ("", -1)]  # B has them twice
    assert gates("mxnet", "GRU") == [("rzg", 0), ("rzg", 0), ("rzg", -1), ("rzg", -1)]
    assert gates("tf1", "GRU") == [("", -1)] * 4


def test_a_spec_of_another_framework() -> None:
    model = model_from(
        {"framework": "onnx", "input": ["T", 108], "layers": [{"LSTM": {"units": 128, "peephole": True}}]}
    )
    assert model.total == 121_856 + 3 * 128
    assert model.report().to_dict()["framework"] == "onnx"
    named = schema("onnx")["$defs"]["LSTM"]["properties"]["LSTM"]["anyOf"][0]["properties"]
    assert {"units", "use_bias", "peephole", "bidirectional", "return_sequences"} <= set(named)
    assert set(schema()["properties"]["framework"]["enum"]) == set(frameworks())


# --- mistakes in a table ----------------------------------------------------------------------------

GOOD = (
    "mine | GRU | GRU | z r g | k (d_x, 3d_h) | u (d_h, 3d_h) | b (3d_h) | - | reset=before "
    "| 3[d_h(d_h + d_x) + d_h] | 1296 | read x.c"
)


def test_a_table_of_ones_own() -> None:
    (row,) = read(f"# a comment\n\n{GOOD}\n")
    assert (row.framework, row.cell, row.gates, row.count, row.source) == (
        "mine",
        "GRU",
        ("z", "r", "g"),
        1296,
        "read x.c",
    )
    assert [(tensor.name, tensor.role) for tensor in row.tensors] == [("k", "input"), ("u", "recurrent"), ("b", "bias")]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("| read x.c", "", "11 columns; expected 12: framework | cell | layers | gates | input | recurrent | bias |"),
        ("| - |", "| |", "besides: an empty column; expected - for nothing"),
        ("GRU | GRU", "gru? | GRU", "cell: not the name of a cell; expected LSTM, GRU, …, received 'gru?'"),
        ("z r g", "z r hh", "gates: not a network; expected i, f, "),
        ("(d_x, 3d_h)", "(d_y, 3d_h)", "input: an unknown size; expected d_x, d_h, d_p, d_r, D, k_h, k_w, received"),
        ("(d_x, 3d_h)", "(d_x, 3d_h", "input: not a tensor; expected a name and a shape, such as kernel (d_x, 4d_h)"),
        ("(d_x, 3d_h)", "(d_x, 3 d_h +)", "input: expected a size at position 9 of ' 3 d_h +'"),
        ("(d_x, 3d_h)", "(d_h, 3d_h)", "input: an input weight without d_x, received 'k (d_h, 3d_h)'"),
        ("u (d_h", "u (d_x", "recurrent: d_x in the column recurrent, received 'u (d_x, 3d_h)'"),
        ("| b (3d_h)", "| bias b (3d_h)", "bias: a word in front of a tensor; expected ?bias for an option"),
        ("| - |", "| p (3d_h) |", "besides: a tensor without its role; expected peephole, projection, output in front"),
        ("| - |", "| peepholes p (3d_h) |", "received 'peepholes' (did you mean 'peephole'?)"),
        ("+ d_x) + d_h]", "+ d_x) + use_bias*d_h]", "formula: an unknown size; expected d_x, d_h, d_p, d_r, D"),
        ("1296", "many", "count: not a count; expected the number for 10 inputs and 16 units, received 'many'"),
        ("read x.c", "x.c", "source: not a source; expected run or read, and where, received 'x.c'"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_table_is_told_with_its_line(old: str, new: str, problem: str) -> None:
    assert old in GOOD
    with pytest.raises(ParamcalcError) as caught:
        read(f"# one\n{GOOD.replace(old, new)}\n")
    assert str(caught.value).startswith("conventions.txt:2: ")
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("layer", "problem"),
    [
        ("= LSTM", "layer: not a rule with its options; expected = LSTM(units=d_h), received '= LSTM'"),
        ("= LSTM(d_h)", "layer: an option without a value; expected option=value, received 'd_h'"),
        ("= LSTM(units=d_q)", "layer: an unknown size; expected d_x, d_h, received 'd_q'"),
    ],
)
def test_a_mistake_in_a_line_about_a_rule(layer: str, problem: str) -> None:
    with pytest.raises(ParamcalcError, match=re.escape(f"conventions.txt:1: {problem}")):
        read(f"keras | LSTM | {layer} | 1728 | run Keras")


def test_a_cell_a_framework_does_not_have() -> None:
    with pytest.raises(ParamcalcError, match=r"no convention for GRU; expected keras, .* or darknet, received 'caffe'"):
        row_of("GRU", "caffe")
    assert "GRU" not in declared("caffe")


def test_a_framework_with_rules_of_its_own_has_no_lines_with_tensors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "BUILT_IN", (*made.BUILT_IN, Framework("mxnet", "MXNet", "paramcalc.rules.mxnet")))
    with pytest.raises(FileError) as raised:
        made.frameworks.__wrapped__()
    assert str(raised.value) == ("conventions.txt: mxnet has rules of its own; expected lines with = RULE(SIZE=d_h)")


def test_only_rules_that_an_adapter_checks_are_called_verified() -> None:
    assert Framework("mine", "Mine", "paramcalc.rules.mine").evidence == "read at its source"
    assert {one.name for one in BUILT_IN if one.evidence == "verified"} == {one.name for one in BUILT_IN if one.adapter}
