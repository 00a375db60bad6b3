"""What a different number may come of: each cause that people meet is named, and first."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_why import one_line, recurrent, stacked

import paramcalc as pc
from paramcalc.analysis import why
from paramcalc.analysis.stacks import stack_of


@pytest.mark.parametrize("framework", ["torch", "cudnn", "onnx", "flax-linen"])
def test_a_convention_is_named_with_its_options(run: Any, framework: str) -> None:
    _, out, _ = run(*f"why gru --framework {framework} --in 108 --hidden 128 --got 91008".split())
    assert "  1  Keras's GRU(reset_after=False) (and tf1, flax-nnx, haiku): one bias vector" in out


def test_a_convention_of_a_layer_in_a_file_is_named_with_its_options() -> None:
    from paramcalc import torch as nn

    x = nn.Input((7, 5, 12))
    model = pc.Model(x, nn.Linear(8, 3)(nn.Linear(16, 8)(nn.GRU(12, 16)(x)[0])))
    said = "gru counted as in keras's GRU(reset_after=False), tf1, flax-nnx, haiku: −48"
    assert one_line(model, model.total - 48).startswith(said)


def test_tied_weights_of_pytorch(run: Any, tmp_path: Path) -> None:
    # both tables are (tokens, numbers): an embedding, and the linear layer that turns back into tokens
    path = tmp_path / "tied.yaml"
    path.write_text(
        "framework: torch\ninputs: {w: [32, 5]}\nlayers:\n"
        "  - Embedding: {num_embeddings: 5000, embedding_dim: 64, name: emb}\n"
        "  - LSTM: {input_size: 64, hidden_size: 64, name: lstm}\n"
        "  - Linear: {in_features: 64, out_features: 5000, inputs: 'lstm[0]', name: head}\n"
    )
    code, out, _ = run("why", str(path), "--got", "358280")
    assert code == 0
    assert re.fullmatch(r"  1  emb and head share one matrix \(tied weights\) +−320,000", out.splitlines()[4])


def test_nothing_reads_both_ways_that_cannot(run: Any) -> None:
    one_way = ("kaldi", "caffe", "tesseract", "haiku", "tf1", "flax-linen")
    both = recurrent("LSTM", 108, 128).total * 2
    for framework in one_way:
        _, out, _ = run(*f"why lstm --framework {framework} --in 108 --hidden 128 --got {both}".split(), "--json")
        for found in json.loads(out)["explanations"]:
            said = " and ".join(cause["text"] for cause in found["causes"])
            assert "direction" not in said or said.startswith(
                ("Keras's LSTM: ", "PyTorch's LSTM (and cudnn, onnx, mxnet): ")
            )
    stack = stack_of(recurrent("LSTM", 10, 16))
    assert stack is not None
    got = replace(stack, directions=2).count + 2 * 3 * 16  # kaldi's, twice: peepholes in both directions
    found = [str(one) for one in why(recurrent("LSTM", 10, 16), got)]
    assert any("peephole: " in one and "direction" in one for one in found)
    assert not any("kaldi" in one and "direction" in one for one in found)
    code, out, _ = run(*stacked("torch", 1, 2).split(), "--got", "242688")
    assert code == 0
    assert "  1  Keras's LSTM: one bias vector, not two: " in out


def test_a_true_size_comes_before_two_changes_that_fit(run: Any) -> None:
    _, out, _ = run("why", "rnn", "--framework", "torch", "--in", "19", "--hidden", "243", "--got", "246402")
    assert out.splitlines()[4].startswith("  1  486 units instead of 243 ")
    got = recurrent("LSTM", 108, 173).total  # no size that anybody would guess
    assert one_line(recurrent("LSTM", 108, 128), got).startswith("173 units instead of 128: ")


def test_an_input_size_that_fits_is_no_cause(run: Any) -> None:
    layer = ("why", "lstm", "--in", "108", "--hidden", "128", "--got")
    _, out, _ = run(*layer, str(recurrent("LSTM", 1_973, 128).total))
    assert "  would also fit: an input size of 1,973 instead of 108" in out
    _, out, _ = run(*layer, "385536", "--layers", "3")
    assert "  1  would fit: an input size of 110 instead of 108" in out
    for likely in (109, 107, 216, 54, 256, 1_000):
        _, out, _ = run(*layer, str(recurrent("LSTM", likely, 128).total))
        assert f"  1  an input size of {likely:,} instead of 108" in out or likely in (107, 109), out
        assert "would also fit" not in out
    _, out, _ = run(*stacked("torch", 2, 2).split(), "--got", "636928")
    assert "\n  1  Keras's LSTM: one bias vector, not two" in out
    assert "would also fit: an input size of 106" not in out  # too far off beside a cause


def test_time_steps_for_features() -> None:
    model = pc.Sequential([pc.Input((37, 108)), pc.LSTM(128)])
    got = recurrent("LSTM", 37, 128).total
    assert one_line(model, got).startswith(
        "an input size of 37 instead of 108: the number of time steps, not of features: −"
    )


def test_an_option_comes_before_the_one_framework_that_always_has_it() -> None:
    assert one_line(recurrent("LSTM", 108, 128), 121_728).startswith("peephole, or kaldi's fast-lstm-layer: ")


@pytest.mark.parametrize(
    ("words", "got", "said"),
    [
        ("gru --framework paper", 60_672, "a minimal gated unit (paper.MGU): two dense networks: one gate, "),
        ("gru", 60_672, "a minimal gated unit (paper.MGU): "),
        ("gru --framework torch", 60_672, "a minimal gated unit (paper.MGU): "),
        ("gru", 63_360, "paper.GRU(variant=1) "),
        ("gru --framework paper", 60_928, "a light GRU (paper.LightGRU): two dense networks (update, "),
        ("lstm", 151_552, "a multiplicative LSTM (paper.MultiplicativeLSTM): an LSTM whose networks see, "),
        ("rnn --framework paper", 14_080, "paper.IndRNN: a dense network of the input; each unit sees, "),
        ("lstm --bidirectional", 303_104, "a multiplicative LSTM "),
        ("lstm --framework torch", 121_728, "paper.LSTM(peephole=True), or kaldi's fast-lstm-layer: "),
    ],
)  # fmt: skip
def test_a_cell_of_the_literature(run: Any, words: str, got: int, said: str) -> None:
    _, out, _ = run("why", *words.split(), "--in", "108", "--hidden", "128", "--got", str(got))
    assert out.splitlines()[4].startswith(f"  1  {said}"), out


def test_a_cell_of_the_literature_in_a_file() -> None:
    model = pc.load("docs/examples/tutorial.yaml")
    more = 151_552 - 121_344
    assert one_line(model, 153_228 + more).startswith("lstm: a multiplicative LSTM (paper.Multipl")


LSTM = "why lstm --in 108 --hidden 128"


@pytest.mark.parametrize(
    ("words", "got", "said"),
    [
        (f"{LSTM} --framework torch --out 10", 123_136, "the dense layer without bias"),
        (f"{LSTM} --out 10", 122_624, "the dense layer without bias"),
        (LSTM, 121_344 + 128 * 1_000, "an extra dense layer with 1,000 units and no bias"),
        ("why lstm --framework torch --in 300 --hidden 512", 4 * 512 * (300 + 512 + 2) + 10_000 * (300 + 512 + 1),
         "a language model: an extra embedding and output layer for 10,000 tokens"),
        (LSTM, 121_344 + 33_278 * (108 + 128 + 1),
         "a language model: an extra embedding and output layer for 33,278 tokens"),
        ("why lstm --in 200 --hidden 200", 320_800 + 33_278 * (200 + 1),
         "a language model: an extra embedding and output layer for 33,278 tokens, with tied weights"),
        (f"{LSTM} --bidirectional --out 10", 2 * 121_344 + 10 * (128 + 1),
         "the dense layer reads one direction: 128 features, not 256"),
    ],
)  # fmt: skip
def test_layers_around(run: Any, words: str, got: int, said: str) -> None:
    _, out, _ = run(*words.split(), "--got", str(got))
    assert out.splitlines()[4].startswith(f"  1  {said}"), out


def test_layers_around_a_model() -> None:
    model = pc.Sequential([pc.Input((None, 10)), pc.Dense(7), pc.LSTM(6)])
    for tokens, more, said in (
        (1_024, 6, "an extra dense layer with 1,024 units and no bias after the last layer"),
        (33_278, 17, "a language model: an extra embedding and output layer for 33,278 tokens"),
    ):
        assert one_line(model, model.total + tokens * more).startswith(f"{said}: +")
