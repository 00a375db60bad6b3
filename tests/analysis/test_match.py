"""Models as large as another one: the nearest counts, worked out again from the textbook formulas."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tiers import quick

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.sizing.match import KINDS, Match, match
from paramcalc.errors import OptionError, ParamcalcError

LSTM = pc.Sequential([pc.Input((None, 108)), pc.LSTM(128)], name="lstm")


def of_keras(kind: str, x: int, h: int) -> int:
    """Count one layer by hand."""
    return {
        "lstm": 4 * (h * (h + x) + h),
        "gru": 3 * (h * (h + x) + 2 * h),
        "rnn": h * (h + x) + h,
    }[kind]


def encoder(x: int, d: int, layers: int) -> int:
    """Count a transformer by hand: projection; four square kernels and a network of 4d in each layer; norms."""
    return (x * d + d) + layers * (4 * d * d + 4 * d + 8 * d * d + 5 * d + 4 * d) + 2 * d


def test_the_others_are_as_large_as_an_lstm() -> None:
    found = match(LSTM)
    assert [one.kind for one in found] == [*KINDS]
    for one in found[:3]:
        h = one.sizes["h"]
        counts = {other: of_keras(one.kind, 108, other) for other in range(1, 1000)}
        assert one.total == counts[h] == one.model.total
        assert abs(one.difference) == min(abs(count - 121_344) for count in counts.values())
        assert [next(iter(two.sizes.values())) for two in one.beside] == [h - 1, h + 1]
    transformer = found[3]
    grid = {(layers, d): encoder(108, d, layers) for layers in range(1, 13) for d in range(64, 2048, 64)}
    assert transformer.total == grid[transformer.sizes["layers"], transformer.sizes["d"]] == transformer.model.total
    assert abs(transformer.difference) == min(abs(count - 121_344) for count in grid.values())
    assert transformer.description == (
        "a pre-norm encoder: an input projection to d, heads of size 64, a feed-forward network of 4d"
    )


@pytest.mark.parametrize("layers", quick([2, 1], 2))
@pytest.mark.parametrize("both", quick([True, False], 2))
@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_a_model_matches_itself(layers: int, both: bool, framework: str) -> None:
    if framework == "torch":
        x = nn.Input(("L", "N", 12))
        lstm = nn.LSTM(12, 16, layers, bidirectional=both)(x)
        model = pc.Model(x, nn.Linear(16 * (1 + both), 7)(lstm[0]))
    else:
        made = [pc.LSTM(16, return_sequences=True) for _ in range(layers)]
        wrapped = [pc.Bidirectional(one) for one in made] if both else made
        model = pc.Sequential([pc.Input((None, 12)), *wrapped, pc.Dense(7)])
    found = {one.kind: one for one in match(model)}
    assert found["lstm"].sizes == {"h": 16, "layers": layers}
    assert found["lstm"].difference == 0
    assert {one.model.framework for one in found.values()} == {framework}
    rows = found["gru"].model.rows
    assert rows[-1].type == ("Linear" if framework == "torch" else "Dense")
    assert rows[-1].outputs[0][-1] == 7  # type: ignore[index]  # its shape is known


def test_the_layers_of_the_transformer_can_be_given() -> None:
    (one,) = match(LSTM, "transformer", blocks=1)
    assert one.sizes == {"d": 64, "layers": 1}
    assert isinstance(one, Match)
    (alike,) = match(pc.Sequential([pc.Input((9, 30)), pc.Conv1D(64, 5), pc.Dense(9)]), ["gru"])
    assert alike.sizes["layers"] == 1


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (LSTM, {"with_": "grue"},
         "no kind of model; expected lstm, gru, rnn, transformer, received 'grue' (did you mean 'gru'?)"),
        (LSTM, {"blocks": 0}, "blocks; expected a whole number from 1 to 1,000, received 0"),
        (pc.Sequential([pc.Input((None, 3)), pc.LSTM("h")]), {},
         "the count is an expression; expected a value for h, received '4h² + 16h'"),
        (pc.Sequential([pc.Input((8, 8, 3)), pc.Conv2D(4, 3)]), {},
         "only models of sequences are matched; expected one input of batch, time steps and a number of features, "
         "or of batch and tokens for an embedding"),
    ],
)  # fmt: skip
def test_what_is_refused(model: pc.Model, options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        match(model, **options)
    assert str(caught.value) == message


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_a_model_of_tokens_keeps_its_embedding(framework: str) -> None:
    tokens = pc.Input((None,))
    if framework == "keras":
        features = pc.Embedding(1000, 64)(tokens)
        outputs = pc.Dense(1000)(pc.LSTM(96, return_sequences=True)(pc.LSTM(96, return_sequences=True)(features)))
    else:
        features = nn.Embedding(1000, 64)(tokens)
        outputs = nn.Linear(96, 1000)(nn.LSTM(64, 96, num_layers=2, batch_first=True)(features)[0])
    model = pc.Model(tokens, outputs)
    itself, gru, encoder = match(model, ["lstm", "gru", "transformer"])
    assert (itself.difference, itself.sizes) == (0, {"h": 96, "layers": 2})
    for one in (itself, gru, encoder):
        assert one.total == one.model.total == model.total + one.difference
        assert one.model.report().rows[0].params == 64_000
        assert one.description.endswith("behind the same embedding of tokens in 64 features")
    assert gru.model.report().rows[-1].params == (gru.sizes["h"] + 1) * 1000
    assert all(abs(gru.difference) <= abs(one.amounts["params"] - model.total) for one in gru.beside)


def test_a_framework_without_a_cell_names_those_that_have_it(run: Any) -> None:
    code, _, err = run("match", "lstm", "--in", "8", "--hidden", "4", "--framework", "darknet", "--with", "rnn")
    if code:
        assert err.startswith("paramcalc: rnn: no convention for RNN; expected ")
    with pytest.raises(ParamcalcError):
        match(7)


def test_on_the_command_line(run: Any) -> None:
    words = ("match", "lstm", "--in", "108", "--hidden", "128", "--with", "gru,rnn,transformer")
    code, out, _ = run(*words)
    assert code == 0
    assert out.splitlines()[4:8] == [
        "  lstm                                      121,344",
        "  gru (keras)          h = 154, 1 layer     121,968        +624",
        "  rnn (keras)          h = 298, 1 layer     121,286         −58",
        "  transformer (keras)  d = 64, 2 layers     107,072     −14,272",
    ]
    assert "transformer  a pre-norm encoder: " in out
    found = json.loads(run(*words, "--json")[1])
    assert [one["difference"] for one in found["matches"]] == [624, -58, -14_272]
    assert run("match", "docs/examples/stacked.yaml", "--with", "gru")[0] == 0
