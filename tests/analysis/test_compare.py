"""Models side by side: layers are aligned, the differences add up, and each has its reasons."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from tiers import examples

import paramcalc as pc
from paramcalc import torch as nn
from paramcalc.analysis.comparison import Comparison, compare
from paramcalc.analysis.comparison.align import Place, align, kind_of
from paramcalc.analysis.comparison.reasons import reasons
from paramcalc.errors import OptionError
from paramcalc.graph.unknown_layers import UnknownLayer

OLD = [
    pc.Input((10, 108)),
    pc.LSTM(128, return_sequences=True, name="enc"),
    pc.LSTM(64, name="enc2"),
    pc.Dense(10),
]
NEW = [
    pc.Input((10, 108)),
    pc.LSTM(128, return_sequences=True, name="enc"),
    pc.Dropout(0.1),
    pc.Dense(32, name="extra"),
    pc.LSTM(96, name="enc2", use_bias=False),
    pc.Dense(12),
]


def lines(found: Comparison) -> list[tuple[Any, ...]]:
    return [(one.name, *(None if entry is None else entry.params for entry in one.entries)) for one in found.lines]


def test_layers_are_aligned_by_name_and_place_and_each_difference_has_its_reasons() -> None:
    found = compare(pc.Sequential(OLD, name="old"), pc.Sequential(NEW, name="new"))
    assert lines(found) == [
        ("enc", 121_344, 121_344),
        ("dropout", None, 0),
        ("extra", None, 4_128),
        ("enc2", 49_408, 49_152),
        ("dense", 650, 1_164),
    ]
    assert found.difference(1) == 4_386
    assert [[(one.text, one.difference) for one in line.reasons[0]] for line in found.lines] == [
        [],
        [],
        [],
        [
            ("input (B, 10, 128) → (B, 10, 32)", 4 * 64 * (32 - 128)),
            ("units: 64 → 96", 4 * (96 * (96 + 32) + 96) - 4 * (64 * (64 + 32) + 64)),
            ("use_bias: True → False", -4 * 96),
        ],
        [("input (B, 64) → (B, 96)", 320), ("units: 10 → 12", 194)],
    ]


def test_layers_of_different_frameworks_stand_for_each_other() -> None:
    x = nn.Input((1, 10, 108))
    one = nn.LSTM(108, 128, batch_first=True)(x)
    two = nn.LSTM(128, 64, batch_first=True)(one[0])
    ported = pc.Model(x, nn.Linear(64, 10)(two[0]), name="ported")
    found = compare(pc.Sequential(OLD, name="old"), ported)
    assert lines(found) == [("enc", 121_344, 121_856), ("enc2", 49_408, 49_664), ("dense", 650, 650)]
    assert [one.text for line in found.lines for one in line.reasons[0]] == [
        "PyTorch's LSTM: a second bias vector: +4d_h"
    ] * 2


def test_recurrent_layers_of_different_cells() -> None:
    lstm = pc.Sequential([pc.Input((None, 108)), pc.LSTM(128)])
    x = nn.Input(("L", "N", 108))
    gru = pc.Model(x, nn.GRU(108, 100, 2, bidirectional=True)(x)[0])
    (line,) = compare(lstm, gru).lines
    texts = [one.text for one in line.reasons[0]]
    assert texts == ["128 → 100 units", "1 → 2 layers", "1 → 2 directions", "LSTM → GRU"]
    assert sum(one.difference for one in line.reasons[0]) == gru.total - lstm.total  # type: ignore[misc]  # numbers


def test_options_of_nested_layers_and_weights_of_unrelated_ones() -> None:
    one = pc.Sequential([pc.Input((9, 4)), pc.Bidirectional(pc.LSTM(8), name="both")])
    other = pc.Sequential([pc.Input((9, 4)), pc.Bidirectional(pc.LSTM(8, use_bias=False), name="both")])
    (line,) = compare(one, other).lines
    assert [tuple(reason) for reason in line.reasons[0]] == [
        ("layer: LSTM(units=8) → LSTM(units=8, use_bias=False)", -64)
    ]
    conv = pc.Sequential([pc.Input((9, 4)), pc.Conv1D(6, 2, name="both")])
    (line,) = compare(one, conv).lines
    assert sum(reason.difference for reason in line.reasons[0]) == conv.total - one.total  # type: ignore[misc, operator]  # numbers


def test_what_is_not_known_is_no_difference() -> None:
    strange = pc.Sequential([pc.Input((8,)), pc.Dense(3), UnknownLayer("Strange", "its code is not there")])
    found = compare(pc.Sequential([pc.Input((8,)), pc.Dense(3)]), strange)
    assert found.difference(1) is None
    assert [line.difference(1) for line in found.lines] == [0, None]
    text = found.render()
    assert "at least 27 parameters (difference unknown)" in text
    assert re.search(r"strange \(Strange\) +none +unknown +unknown\n", text)
    assert found.to_dict()["differences"] == [None]


def test_a_layer_that_is_used_on_several_levels_counts_once() -> None:
    shared = pc.Dense(8)
    inner = pc.Sequential([shared], name="inner")
    x = pc.Input((8,))
    crossed = pc.Model(x, inner(shared(x)))
    found = compare(crossed, pc.Sequential([pc.Input((8,)), pc.Dense(8)]))
    assert found.sides[0].params == crossed.total == 72
    assert sum(line.difference(1) for line in found.lines) == found.difference(1)  # type: ignore[misc]  # numbers


def test_symbolic_counts() -> None:
    models = [pc.Sequential([pc.Input((None, "x")), pc.LSTM("h", use_bias=bias)]) for bias in (True, False)]
    found = compare(*models)
    assert str(found.difference(1)) == "−4h"
    assert found.to_dict()["differences"] == ["-4h"]


@st.composite
def chains(draw: st.DrawFn) -> pc.Model:
    """A chain of layers with options and names at random."""
    layers: list[Any] = [pc.Input((24, draw(st.integers(1, 8))))]
    for place in range(draw(st.integers(1, 6))):
        size, bias = draw(st.integers(1, 9)), draw(st.booleans())
        name = draw(st.sampled_from((None, f"a{place}", f"b{place}")))
        rules: dict[str, Any] = {
            "Dense": pc.Dense(size, use_bias=bias, name=name),
            "LSTM": pc.LSTM(size, use_bias=bias, return_sequences=True, name=name),
            "GRU": pc.GRU(size, reset_after=bias, return_sequences=True, name=name),
            "Conv1D": pc.Conv1D(size, 1 + bias, name=name),
            "BatchNormalization": pc.BatchNormalization(scale=bias, name=name),
            "Dropout": pc.Dropout(0.5, name=name),
            "Bidirectional": pc.Bidirectional(pc.LSTM(size, use_bias=bias, return_sequences=True), name=name),
        }
        layers.append(rules[draw(st.sampled_from([*rules]))])
    return pc.Sequential(layers)


@settings(max_examples=examples(40, 2000))
@given(st.lists(chains(), min_size=2, max_size=4))
def test_differences_and_reasons_add_up(models: list[pc.Model]) -> None:
    found = compare(*models)
    for place, model in enumerate(models):
        entries = [line.entries[place] for line in found.lines]
        assert [one.path for one in entries if one is not None] == [
            row.name for row in model.rows
        ]  # each once, in order
        assert sum(one.params for one in entries if one is not None) == model.total  # type: ignore[misc]  # numbers
    for place in range(1, len(models)):
        assert sum(line.difference(place) for line in found.lines) == found.difference(place)  # type: ignore[misc]
        for line in found.lines:
            several = line.reasons[place - 1]
            if None not in (line.entries[0], line.entries[place]):
                assert sum(one.difference for one in several) == line.difference(place)  # type: ignore[misc]  # numbers
            else:
                assert several == ()


@given(st.lists(st.sampled_from("abcde"), max_size=9), st.lists(st.sampled_from("abcde"), max_size=9))
def test_an_alignment_has_every_layer_once_and_the_most_pairs(first: list[str], second: list[str]) -> None:
    row = pc.Sequential([pc.Input((3,)), pc.Dense(2)]).rows[0]
    one, other = ([Place(f"{kind}", row, kind, 1) for kind in kinds] for kinds in (first, second))
    found = align(one, other)
    assert [a for a, _ in found if a is not None] == [*range(len(first))]
    assert [b for _, b in found if b is not None] == [*range(len(second))]
    pairs = sum(a is not None and b is not None for a, b in found)
    longest = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]  # of a common subsequence
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            longest[i + 1][j + 1] = longest[i][j] + 1 if a == b else max(longest[i][j + 1], longest[i + 1][j])
    assert pairs == longest[-1][-1]
    assert all(first[a] == second[b] for a, b in found if a is not None and b is not None)


def test_large_models_are_aligned_in_bounded_work(ends: None) -> None:
    draw = Random(0)
    models = [pc.Sequential([pc.Input((4,)), *(pc.Dense(draw.randint(1, 3)) for _ in range(2500))]) for _ in range(2)]
    found = compare(*models)
    assert sum(line.difference(1) for line in found.lines) == found.difference(1)  # type: ignore[misc]  # numbers


def test_kinds_are_the_same_in_all_frameworks() -> None:
    x = nn.Input(("N", 8, 5))
    torch = pc.Model(x, nn.BatchNorm1d(8)(nn.Conv1d(8, 8, 1)(x)))
    keras = pc.Sequential([pc.Input((5, 8)), pc.Conv1D(8, 1), pc.BatchNormalization()])
    assert [*map(kind_of, torch.rows)] == [*map(kind_of, keras.rows)] == ["conv1d", "batchnorm"]
    assert reasons(torch.rows[0], keras.rows[0]) == ()


def test_what_is_refused() -> None:
    model = pc.Sequential(OLD)
    for several in ((), (model,), (model,) * 21):
        with pytest.raises(OptionError, match="models to compare; expected two or more, up to 20, received "):
            compare(*several)


def test_costs_on_request(run: Any) -> None:
    found = compare(pc.Sequential(OLD), pc.Sequential(NEW), cost=True, batch=2)
    entries = {line.name: [one.macs if one else None for one in line.entries] for line in found.lines}
    assert entries["enc2"] == [2 * 10 * 4 * 64 * (128 + 64), 2 * 10 * 4 * 96 * (32 + 96)]
    assert found.sides[0].cost is not None
    assert found.sides[0].cost.passes.forward == sum(one[0] or 0 for one in entries.values())
    code, _, err = run("compare", "docs/examples/tutorial.yaml", "docs/examples/stacked.yaml", "--batch", "3")
    assert (code, err) == (2, "paramcalc: --batch has no effect; expected --cost with it\n")


def test_on_the_command_line(run: Any, tmp_path: Path) -> None:
    lstm = "lstm --in 108 --hidden 128"
    code, out, _ = run("compare", lstm, f"{lstm} --framework torch")
    assert code == 0
    assert out == (
        "lstm (1) and lstm (2)\n"
        "\n"
        "  lstm (1)  121,344 parameters\n"
        "  lstm (2)  121,856 parameters (+512)\n"
        "\n"
        "  layer        lstm (1)  lstm (2)  difference\n"
        "  ───────────────────────────────────────────\n"
        "  lstm (LSTM)   121,344   121,856        +512\n"
        "\n"
        "  layer  model     difference  why\n"
        "  ────────────────────────────────────────────────────────────────────────\n"
        "  lstm   lstm (2)        +512  PyTorch's LSTM: a second bias vector: +4d_h\n"
    )
    words = ("compare", "docs/examples/tutorial.yaml", "docs/examples/tutorial.json", "docs/examples/sentiment.keras")
    found = json.loads(run(*words, "--json")[1])
    assert found["differences"] == [0, 3_691 - 153_228]
    assert "no layer differs" in run("compare", *words[1:3])[1]
    code, _, err = run("compare", "lstm --in 3", "docs/examples/tutorial.yaml")
    assert (code, err) == (2, "paramcalc: no --hidden; expected the sizes of the lstm\n")
    code, _, err = run("compare", "lstm --in 3 --hiden 4", "docs/examples/tutorial.yaml")
    assert (code, err) == (
        2, "paramcalc: not a layer; expected the words of paramcalc lstm, received 'lstm --in 3 --hiden 4' "
        "(did you mean '--hidden'?)\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "reasons"),
    [
        ("lstm", [("PyTorch's LSTM: a second bias vector: +4d_h", 1024)]),
        ("gru", []),
        ("rnn", [("PyTorch's RNN: a second bias vector: +d_h", 256)]),
    ],
)
def test_a_layer_in_both_directions_is_one_line_in_every_framework(cell: str, reasons: list[tuple[str, int]]) -> None:
    x = nn.Input(("L", "N", 108))
    theirs = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[cell](108, 128, bidirectional=True)
    ours = {"lstm": pc.LSTM, "gru": pc.GRU, "rnn": pc.SimpleRNN}[cell](128)
    keras = pc.Sequential([pc.Input((None, 108)), pc.Bidirectional(ours)])
    (line,) = compare(keras, pc.Model(x, theirs(x)[0])).lines
    assert all(entry is not None for entry in line.entries)
    assert [tuple(one) for one in line.reasons[0]] == reasons
    (line,) = compare(pc.Sequential([pc.Input((None, 108)), ours]), keras).lines
    assert [one.text for one in line.reasons[0]] == ["1 → 2 directions"]
