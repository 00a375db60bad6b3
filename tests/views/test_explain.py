"""``--explain``: equations that compute what the layers compute, and the same content in every format."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from by_hand import TABLE
from by_hand_paper import TABLE as PAPER
from by_hand_torch import LEARNING
from equation_values import Kernel, computed
from reference_cells import STEPS, Taken
from tiers import quick

import paramcalc as pc
from paramcalc import paper, torch as nn
from paramcalc.core.framework import frameworks
from paramcalc.core.registry import rules
from paramcalc.core.rule import Layer, Rule
from paramcalc.core.tensors import Tensor, shape_text
from paramcalc.render.explain import Explanation
from paramcalc.render.explanations import explanations
from paramcalc.render.notation import latex_equation, latex_letters
from paramcalc.render.writers.latex import _SPECIAL
from paramcalc.rules.conventions.made import frameworks as conventions
from paramcalc.rules.shared.cells import GATES
from paramcalc.symbolic import grouped, latex, text, unicode

STATES = {
    "JordanRNNCell": "y",
    "SRUCell": "c",
    "NestedLSTMCell": "h c c'",
    "LMUCell": "h m",
    "sLSTMCell": "h c n m",
    "ConvLSTM2DCell": "h c",
    "LSTMCell": "h c",
    "MultiplicativeLSTMCell": "h c",
}


def report_of(layer: Layer, shapes: Any) -> pc.Report:
    inputs = [Tensor(shape) for shape in shapes]
    return pc.Model(inputs, layer(*inputs), name="model").report()


def explained(layer: Layer, *shapes: Any) -> Explanation:
    (one,) = explanations(report_of(layer, shapes))
    return one


# --- the equations compute what the layers compute ---------------------------------------------------


def split(letter: str, array: Any, gates: tuple[str, ...], axis: int) -> dict[str, Any]:
    """The values of a tensor by its letter, and of the part of each network."""
    if ", " in letter:  # Keras's two biases are two rows
        return {
            k: v
            for one, row in zip(letter.split(", "), array, strict=True)
            for k, v in split(one, row, gates, axis).items()
        }
    parts = np.split(array, len(gates), axis) if gates else []
    return {letter: array, **{f"{letter}_{gate}": part for gate, part in zip(gates, parts, strict=True)}}


def run(one: Explanation, weights: dict[str, Any], x: Any, states: dict[str, Any], symbols: Any) -> Any:
    """The outputs of all steps."""
    values: dict[str, Any] = {}
    for tensor, weight in zip(one.tensors, symbols, strict=True):
        values |= split(tensor.letter, weights[tensor.path], weight.gates, weight.gate_axis)
    outputs = []
    for x_t in x:
        known = computed(
            one.computed[0].equations, {**values, "x_t": x_t, **{f"{n}_(t-1)": v for n, v in states.items()}}
        )
        states = {name: known[f"{name}_t"] for name in states}
        outputs.append(known["h_t"])
    return np.stack(outputs)


KERAS = [
    pc.LSTM(4),
    pc.LSTM(4, use_bias=False),
    pc.LSTM(4, activation="relu", recurrent_activation="linear"),
    pc.GRU(4),
    pc.GRU(4, use_bias=False),
    pc.GRU(4, reset_after=False),
    pc.GRU(4, reset_after=False, use_bias=False),
    pc.GRU(4, activation="relu"),
    pc.SimpleRNN(4),
    pc.SimpleRNN(4, use_bias=False, activation="relu"),
]


@pytest.mark.parametrize("layer", KERAS, ids=repr)
def test_the_equations_of_keras(layer: Layer) -> None:
    keras = pytest.importorskip("keras")
    draw = np.random.default_rng(1)
    x = draw.normal(size=(1, 3, 5)).astype("float32")
    given = {**layer.options, **(layer.ignored_options or {}), "return_sequences": True}
    real = getattr(keras.layers, layer.type)(**given)
    real.build(x.shape)
    arrays = [draw.normal(size=one.shape).astype("float32") for one in real.weights]
    real.set_weights(arrays)
    built = layer.on(x.shape)
    weights = dict(zip((weight.path for weight in built.weights), arrays, strict=True))
    states = {name: np.zeros(4) for name in ("hc" if layer.type == "LSTM" else "h")}
    found = run(explained(layer, x.shape), weights, x[0], states, built.weights)
    np.testing.assert_allclose(found, np.asarray(real(x))[0], rtol=1e-4, atol=1e-5)


TORCH = [
    nn.LSTM(5, 4),
    nn.LSTM(5, 4, bias=False),
    nn.LSTM(5, 4, proj_size=2),
    nn.GRU(5, 4),
    nn.GRU(5, 4, bias=False),
    nn.RNN(5, 4),
    nn.RNN(5, 4, bias=False, nonlinearity="relu"),
]


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.parametrize("layer", TORCH, ids=repr)
def test_the_equations_of_pytorch(layer: Layer) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    real = getattr(torch.nn, layer.type)(**layer.options)
    x = torch.randn(3, 5)
    weights = {name: value.detach().numpy() for name, value in real.named_parameters()}
    built = layer.on((3, 5))
    states = {
        "h": np.zeros(layer.options.get("proj_size") or 4),
        **({"c": np.zeros(4)} if layer.type == "LSTM" else {}),
    }
    found = run(explained(layer, (3, 5)), weights, x.numpy(), states, built.weights)
    np.testing.assert_allclose(found, real(x)[0].detach().numpy(), rtol=1e-4, atol=1e-5)


def paper_cells() -> Iterator[Layer]:
    for switches in (
        {}, {"use_bias": False}, {"peephole": True}, {"coupled": True}, {"coupled": True, "peephole": True},
        {"no_input_gate": True}, {"no_forget_gate": True}, {"no_output_gate": True, "peephole": True},
        {"no_input_activation": True}, {"no_output_activation": True}, {"full_gate_recurrence": True},
        {"full_gate_recurrence": True, "peephole": True, "coupled": True}, {"projection": 2}, {"layer_norm": True},
        {"layer_norm": True, "use_bias": False, "peephole": True, "projection": 2, "nonrecurrent_projection": 3},
    ):  # fmt: skip
        yield paper.LSTMCell(4, **switches)
    for reset in ("before", "after"):
        for bias in (True, False):
            yield paper.GRUCell(4, reset=reset, use_bias=bias)
            yield paper.GRUCell(4, reset=reset, use_bias=bias, layer_norm=True)
            yield from (paper.GRUCell(4, reset=reset, use_bias=bias, variant=n) for n in (1, 2))
        yield paper.GRUCell(4, reset=reset, variant=3)
    for name in ("MGU", "ElmanRNN", "IndRNN", "MultiplicativeLSTM", "NestedLSTM", "sLSTM"):
        yield from (rules("paper")[f"{name}Cell"](4, use_bias=bias) for bias in (True, False))
    yield paper.ElmanRNNCell(4, outputs=2)
    yield from (paper.JordanRNNCell(4, 3, use_bias=bias) for bias in (True, False))
    yield from (paper.LightGRUCell(4, batch_norm=norm) for norm in (True, False))
    yield paper.LMUCell(4, 3)
    yield from (
        paper.SRUCell(5, skip=skip, use_bias=bias)
        for skip in ("identity", "projection", None)
        for bias in (True, False)
    )
    yield from (paper.ConvLSTM2DCell(4, 3, peephole=peephole) for peephole in (True, False))


@pytest.mark.parametrize("cell", [*paper_cells()], ids=repr)
def test_the_equations_of_the_papers(cell: Layer) -> None:
    shape = (1, 6, 6, 5) if cell.type == "ConvLSTM2DCell" else (1, 5)
    built = cell.on(shape)
    drawn = Taken(built.weights)
    for path, gate in drawn.arrays:
        if path in ("norm_mean", "norm_variance"):  # what batch norm keeps: here it changes nothing
            drawn.arrays[path, gate] = np.full(4, float(path == "norm_variance"))
    one = explained(cell, shape)
    values: dict[str, Any] = {}
    for tensor, weight in zip(one.tensors, built.weights, strict=True):
        if tensor.letter:
            parts = [drawn.arrays[weight.path, gate] for gate in weight.gates or ("",)]
            values |= split(tensor.letter, np.concatenate(parts, -1), weight.gates, -1)
    if cell.type == "sLSTMCell":
        values = {name: value[0] if value.ndim == 3 else value for name, value in values.items()}  # one head
    draw = np.random.default_rng(2)
    before = [draw.uniform(0.1, 1, state) for state in built.states]
    if cell.type == "sLSTMCell":
        before[-1] = np.zeros(built.states[-1])
    names = [*STATES.get(cell.type, "h").split(), *(weight for weight in "ifo")]
    if cell.type == "LSTMCell":
        kept = [name for name in one.gates[""] if name.letter != "g"]
        names = ["h", "c", *(gate.letter for gate in kept)]
    values |= {f"{name}_(t-1)": state[0] for name, state in zip(names, before, strict=False)}
    if cell.type == "ConvLSTM2DCell":
        values = {n: Kernel(v) if n[0] in "WU" else v for n, v in values.items()}
    x = draw.uniform(0.1, 1, shape)
    found = computed(one.computed[0].equations, {**values, "x_t": x[0]})
    output, _ = STEPS[cell.type](drawn, cell.options, x, before)
    last = one.computed[0].equations[-1].partition(" = ")[0]
    np.testing.assert_allclose(found["y_t" if "y_t" in found else last], output[0], rtol=1e-9)


# --- the letters --------------------------------------------------------------------------------------


def every_rule() -> Iterator[Rule]:
    for framework in frameworks():
        yield from rules(framework).values()


def lines() -> list[Any]:
    """A layer and its input shapes for every rule with weights, of Keras, PyTorch and the papers."""
    found = [*TABLE, *PAPER, *LEARNING]
    made = [rule_layer(rule) for one in conventions() for rule in rules(one.name).values()]
    return [(line[0], line[1]) for line in found] + made


def rule_layer(rule: Rule) -> tuple[Layer, Any]:
    frames = "H" in rule.inputs[0].tokens
    return rule(16, 3) if frames else rule(16), [(4, 7, 9, 9, 10) if frames else (4, 7, 10)]


LINES = lines()
FUNCTIONS = {"σ", "tanh", "relu", "exp", "max", "min", "abs", "sqrt", "outer", "LN", "BN", "d_k"}


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[0].framework}-{line[0].type}")
def test_every_letter_stands_for_a_tensor_and_every_tensor_has_one(line: Any) -> None:
    name_of = r"[^\W\d_]+'?(?:_(?:\([^()]*\)|\w+))?"
    for one in explanations(report_of(*line)):
        lines = [line.split(" = ") for part in one.computed for line in part.equations]
        made = {name for left, _ in lines for name in re.findall(name_of, left)}
        used = {name for _, right in lines for name in re.findall(name_of, right)} - made
        used = {name for name in used if not name.endswith(("_t", "_(t-1)"))} - FUNCTIONS
        letters = {letter for tensor in one.tensors for letter in tensor.letter.split(", ") if letter}
        for name in used:
            assert name in letters or name.rpartition("_")[0] in letters, (name, letters)
        for letter in letters:
            assert any(name == letter or name.rpartition("_")[0] == letter for name in used), letter
        if lines:
            assert all(tensor.letter or "norm" in tensor.path for tensor in one.tensors)


def test_the_candidate_has_one_letter() -> None:
    for layer, shapes in LINES:
        for weight in layer.on(*shapes).weights:
            assert set(weight.gates) <= GATES.keys()
            assert not {"c", "n"} & set(weight.gates)
    assert [name for name, (said, _) in GATES.items() if said == "candidate"] == ["g"]


# --- only what is chosen ------------------------------------------------------------------------------


def said(layer: Layer, *shapes: Any) -> str:
    one = explained(layer, *(shapes or [(4, 10, 108)]))
    return " ".join(word for part in one.computed for word in (part.summary, *part.equations, *part.sentences))


def test_only_chosen_options_are_explained() -> None:
    plain = said(paper.LSTM(128))
    words = ("v_i", "peephole", "R_i", "LN", " P", "1 − i", "CIFG", "NIG", "NOG", "starts at", "LSTMP")
    assert [word for word in words if word in plain] == []
    assert "v_i ⊙ c_(t-1)" in said(paper.LSTM(128, peephole=True))
    assert " b_" not in said(pc.LSTM(128, use_bias=False))
    assert "b'" not in said(pc.GRU(128, reset_after=False))
    assert "b'" not in said(nn.GRU(108, 128, bias=False), (4, 10, 108))


def test_a_coupled_lstm_is_three_networks() -> None:
    report = report_of(paper.LSTM(128, coupled=True), [(4, 10, 108)])
    title = report.render("text").splitlines()[0]
    assert title == "LSTM: Three dense networks (input, candidate, output), each of the input and the previous output."


@pytest.mark.parametrize(("layer", "start"), [
    (pc.LSTM(3), "bias of the forget gate starts at 1"),
    (pc.LSTM(3, unit_forget_bias=False), "All biases, the forget gate's too, start at what bias_initializer"),
    (pc.Bidirectional(pc.LSTM(3)), "bias of the forget gate starts at 1"),
    (paper.LSTM(3, forget_bias=1), "bias of the forget gate starts at 1"),
    (paper.LSTM(3, forget_bias=2), "bias of the forget gate starts at 2"),
])  # fmt: skip
def test_the_start_of_the_forget_bias(layer: Layer, start: str) -> None:
    assert start in said(layer)


def test_nothing_starts_where_there_is_no_bias() -> None:
    assert "start" not in said(pc.LSTM(3, use_bias=False)) + said(paper.LSTM(3)) + said(paper.LSTM(3, use_bias=False))


# --- the same content in every format -----------------------------------------------------------------

BACK = {written: sign for sign, written in _SPECIAL.items()}


def plain_of(format: str, written: str) -> str:
    """What a reader sees, without blanks: texts are folded."""
    if format == "html":
        written = html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", written, flags=re.S))
    elif format == "markdown":
        written = re.sub(r"\\(\W|_)", r"\1", written)
    elif format == "latex":
        pattern = "|".join(map(re.escape, sorted(BACK, key=len, reverse=True)))
        written = re.sub(pattern, lambda match: BACK[match[0]], written)
    return re.sub(r"\s", "", written)


def pieces(one: Explanation, format: str) -> Iterator[str]:
    tex = format == "latex"
    for part in one.computed:
        yield from (part.name, part.summary, *part.sentences)
        yield from (plain_of(format, latex_equation(line)) if tex else line for line in part.equations)
    for tensor in one.tensors:
        yield tensor.path
        yield plain_of(format, latex_letters(tensor.letter)) if tex else tensor.letter
        yield from (shape_text(tensor.symbolic), shape_text(tensor.shape), grouped(tensor.params))
    for gates in one.gates.values():
        for gate in gates:
            yield from (gate.letter, gate.name, gate.role, grouped(gate.params))
            yield plain_of(format, latex(gate.weights)) if tex else unicode(gate.weights)


FORMATS = ["text", "table", "markdown", "html", "latex", "json"]


@pytest.mark.parametrize("format", quick(FORMATS, len(FORMATS)))
def test_the_same_content_in_every_format(format: str) -> None:
    seen = set()
    for layer, shapes in LINES:
        report = report_of(layer, shapes)
        for one in explanations(report):
            seen.add((layer.framework, layer.type))
            if format == "json":
                assert flat(data_of(one)) <= flat(json.loads(report.render("json", explain=True))["explanation"])
                continue
            written = plain_of(format, report.render(format, explain=True))
            for piece in pieces(one, format):
                assert re.sub(r"\s", "", piece) in written, (layer, piece)
    wanted = {(rule.framework, rule.name) for rule in every_rule() if rule.family == "recurrent"}
    assert len(seen) > 120
    assert not {name for _, name in wanted - seen} - {"RNN", "StackedRNNCells", "TimeDistributed", "Bidirectional"}


def data_of(one: Explanation) -> list[Any]:
    found: list[Any] = [one.layer, text(one.params)]
    for part in one.computed:
        found += [part.name, part.summary, *part.equations, *part.sentences]
    for tensor in one.tensors:
        sizes = (*tensor.symbolic, *tensor.shape, tensor.params)
        found += [tensor.path, tensor.letter or None, *map(text, sizes)]
    for gates in one.gates.values():
        for gate in gates:
            found += [gate.letter, gate.name, gate.role, text(gate.weights), text(gate.params)]
    return found


def flat(data: Any) -> set[str]:
    if isinstance(data, dict):
        return {one for value in data.values() for one in flat(value)}
    if isinstance(data, list):
        return {one for value in data for one in flat(value)}
    return {str(data)}
