"""The same layer as any framework has it, by flags: numbers, which flags there are, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import shlex
import sys
from typing import Any

import pytest

from paramcalc.cli import main

KERNELS = 108 * 128 + 128 * 128


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["paramcalc", *shlex.split(words)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0  # type: ignore[assignment]
        return (code, *capsys.readouterr())

    return call


NUMBERS = {
    "lstm --framework keras": 121_344,
    "lstm --framework torch": 121_856,
    "lstm --framework torch --no-bias": 4 * KERNELS,
    "lstm --framework torch --layers 2 --bidirectional": 2 * 121_856 + 2 * (4 * (256 * 128 + 128 * 128) + 8 * 128),
    "lstm --framework torch --projection 32": 4 * (108 + 32) * 128 + 8 * 128 + 32 * 128,
    "lstm --framework torch --out 10": 121_856 + 128 * 10 + 10,
    "lstm --framework onnx --bidirectional --peephole": 2 * (121_856 + 3 * 128),
    "lstm --framework onnx --no-bias": 4 * KERNELS,
    "lstm --framework mxnet --bidirectional": 2 * 121_856,
    "lstm --framework cudnn --no-input-bias": 121_344,
    "lstm --framework tf1 --peephole --projection 32": (108 + 32) * 512 + 512 + 3 * 128 + 128 * 32,
    "lstm --framework kaldi --projection 32": (108 + 32) * 512 + 512 + 3 * 128 + 128 * 64 + 64,
    "lstm --framework paper --coupled": 3 * KERNELS + 3 * 128,
    "lstm --framework paper --peephole --no-bias": 4 * KERNELS + 3 * 128,
    "lstm --framework haiku --layers 2": 121_344 + 256 * 512 + 512,
    "gru --framework flax-linen": 91_136,
    "gru --framework flax-nnx --return-sequences": 91_008,
    "rnn --framework haiku --no-double-bias": KERNELS + 128,
    "rnn --framework darknet": KERNELS + 2 * 128 + 128 * 128 + 128,
    "rnn --framework paper": KERNELS + 128,
    "lstm --framework paper --bidirectional --peephole": 2 * (4 * KERNELS + 7 * 128),
    "lstm --framework paper --bidirectional --layers 2 --coupled": 2 * 3 * (108 + 128 + 1 + 256 + 128 + 1) * 128,
    "gru --framework paper --bidirectional --merge sum --layers 2": 2 * 3 * (108 + 128 + 1 + 128 + 128 + 1) * 128,
}


@pytest.mark.parametrize("words", NUMBERS)
def test_numbers(run, words: str) -> None:
    code, out, err = run(f"{words} --in 108 --hidden 128 --json")
    assert (code, err) == (0, "")
    report = json.loads(out)
    assert report["total"] == NUMBERS[words]
    assert report["framework"] == words.split()[2]


def test_pytorch_stacks_by_its_own_options(run) -> None:
    _, out, _ = run("lstm --in 3 --hidden 4 --framework torch --layers 2 --bidirectional --json")
    (layer,) = json.loads(out)["layers"]
    assert [weight["name"] for weight in layer["weights"]][-1] == "bias_hh_l1_reverse"
    _, out, _ = run("lstm --in 3 --hidden 4,5 --framework torch --json")
    assert [layer["params"] for layer in json.loads(out)["layers"]] == [4 * 4 * 7 + 32, 4 * 5 * 9 + 40]


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        ("lstm --framework caffe --layers 2", [None, 4]),
        ("lstm --framework caffe --return-state --steps 7 --batch 2", [[2, 4], [2, 4], [2, 4]]),
        ("lstm --framework kaldi --projection 2 --return-sequences", [None, "T", 4]),
        ("gru --framework onnx --bidirectional", [None, 8]),
        ("gru --framework torch --bidirectional --steps 7 --batch 2", [[2, 7, 8], [2, 2, 4]]),
    ],
)
def test_shapes(run, words: str, shape: Any) -> None:
    code, out, _ = run(f"{words} --in 3 --hidden 4 --json")
    assert code == 0
    assert json.loads(out)["output_shape"] == shape


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            "gru --framework tesseract",
            "--framework: no convention for GRU; expected keras, torch, paper, tf1, cudnn, onnx, flax-linen, flax-nnx, "
            "haiku, equinox, mxnet or darknet, received 'tesseract'",
        ),
        ("lstm --peephole", "keras's LSTM has no --peephole; expected --framework paper, tf1 or onnx"),
        ("lstm --framework caffe --no-bias", "caffe's LSTM has no --no-bias; expected --framework keras, torch, "),
        ("lstm --framework caffe --stateful", "caffe's LSTM has no --stateful; expected --framework keras"),
        (
            "lstm --framework caffe --bidirectional",
            "caffe's LSTM reads in one direction; expected --framework keras, torch, paper, cudnn, onnx or mxnet ",
        ),
        (
            "lstm --framework paper --bidirectional --layers 2 --merge none",
            "--merge none gives two outputs, but the next layer takes one; expected another --merge",
        ),
        ("lstm --framework caffe --merge sum", "--merge needs --bidirectional; expected --bidirectional and --merge"),
        (
            "lstm --framework onnx --bidirectional --merge sum",
            "--merge is Keras's; onnx concatenates both directions, received 'sum'",
        ),
        ("lstm --framework onnx --out 3", "--out adds a dense layer, and of onnx there are recurrent layers only"),
        ("lstm --framework tf1 --projection 0", "--projection: not a size; expected a positive whole number"),
        (
            "lstm --framework onnx --verify",
            "--verify cannot build onnx's layers in; expected layers of keras or torch",
        ),
        ("lstm --framework paper --unit-forget-bias", "paper's LSTM has no --unit-forget-bias; expected --framework k"),
        ("lstm --framework tf1 --unit-forget-bias", "tf1's LSTM has no --unit-forget-bias; expected --framework keras"),
        (
            "lstm --compare --layers 2",
            "--compare takes one layer with its default options; expected only --in, --hidden, --weights, --format",
        ),
        (
            "lstm --compare --no-bias",
            "--compare takes one layer with its default options; expected only --in, --hidden",
        ),
        (
            "lstm --framework torch --peephole --compare",
            "--compare takes one layer with its default options; expected only --in, --hidden",
        ),
        ("lstm --framework cudnn --no-bias", "cudnn's LSTM has no --no-bias; expected --framework keras, torch, "),
        (
            "gru --framework cudnn --reset-after",
            "cudnn's GRU has no --reset-after; expected --framework keras or paper",
        ),
        (
            "lstm --compare --peephole",
            "--compare takes one layer with its default options; expected only --in, --hidden",
        ),
        ("lstm --compare --explain", "--explain describes one layer and cannot be combined with --compare"),
        (
            "lstm --compare --format cvs",
            "unknown format; expected table, text, markdown, latex, csv, json, html, yaml",
        ),
        ("lstm --compare --json --format text", "--json and --format ask for different views, received 'text'"),
    ],
)
def test_errors_are_one_line_and_exit_2(run, words: str, error: str) -> None:
    code, out, err = run(f"{words} --in 3 --hidden 4")
    assert (code, out) == (2, "")
    assert err.startswith(f"paramcalc: {error}")
    assert err.count("\n") == 1


def test_a_flag_that_says_what_is_so_anyway_is_fine_where_it_means_something(run) -> None:
    plain = run("lstm --in 3 --hidden 4")
    assert run("lstm --in 3 --hidden 4 --unit-forget-bias --bias") == plain
    assert run("lstm --in 3 --hidden 4 --framework torch --bias") == run("lstm --in 3 --hidden 4 --framework torch")
    assert run("lstm --in 3 --hidden 4 --compare --bias") == run("lstm --in 3 --hidden 4 --compare")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("lstm --framework kaldi", "Besides: peepholes: lstm_nonlin/params (3, d_h)."),
        ("lstm --framework kaldi --projection 2",
         "Besides: a projection: W_rp/linear_params (2d_p, d_h), W_rp/bias_params (2d_p,)."),
        ("lstm --framework mxnet --projection 2", "Besides: a projection: l0_h2r_weight (d_p, d_h)."),
        ("lstm --framework onnx --peephole", "Besides: peepholes: P (D, 3d_h)."),
        ("rnn --framework caffe", "Besides: an output layer: W_ho (d_h, d_h), b_o (d_h,)."),
    ],
)  # fmt: skip
def test_explain_says_which_further_weights_there_are(run, words: str, said: str) -> None:
    _, out, _ = run(f"{words} --in 3 --hidden 4 --explain")
    assert f"\n  {said}\n" in out


def test_explain_says_nothing_where_there_are_none(run) -> None:
    assert "Besides" not in run("gru --framework mxnet --in 3 --hidden 4 --explain")[1]
    assert "Besides" not in run("lstm --framework onnx --in 3 --hidden 4 --explain")[1]
    assert "projection" not in run("lstm --framework kaldi --in 3 --hidden 4 --explain")[1]


def test_one_layer_is_singular(run) -> None:
    assert run("layers --framework kaldi")[1].startswith("1 layer of kaldi\n")
    assert run("layers --framework caffe")[1].startswith("2 layers of caffe\n")


def test_a_wrong_framework_suggests_the_nearest(run) -> None:
    code, _, err = run("lstm --in 3 --hidden 4 --framework onxx")
    assert code == 2
    assert err.startswith("paramcalc: --framework: unknown framework; expected keras, torch, paper, tf1, ")
    assert err.endswith("received 'onxx' (did you mean 'onnx'?)\n")


def test_a_misspelt_flag_suggests_the_nearest_of_any_framework(run) -> None:
    code, _, err = run("lstm --in 3 --hidden 4 --peephoel")
    assert code == 2
    assert "--peephole" in err
    assert "Traceback" not in err


def test_help_shows_the_flags_of_every_framework(run) -> None:
    _, out, _ = run("lstm --help")
    said = " ".join(out.split())
    assert "--peephole Let the gates see the cell state, too. Only paper, tf1, onnx." in said
    assert (
        "--projection D Size of the projected output, 0 for none. Only torch, paper, tf1, cudnn, mxnet, kaldi." in said
    )
    assert "--input-bias / --no-input-bias Have a separate bias in the product with the input. Only cudnn." in said
    assert "--stateful Start each batch from the last state of the batch before. Only keras, paper." in said
    assert "and not of the last one alone. All frameworks except torch." in said
    assert "Keras's" not in said


def test_a_flag_that_is_one_of_two_words_elsewhere(run) -> None:
    words = "gru --framework paper --in 10 --hidden 16"
    assert run(f"{words} --reset-after")[1] == run("layer paper.GRU --input T,10 units=16 reset=after")[1]
    assert run(f"{words} --no-reset-after") == run(words)
    code, _, err = run("lstm --framework cudnn --in 10 --hidden 16 --no-bias")
    assert code == 2
    assert err.endswith("(cudnn has --no-input-bias --no-recurrent-bias)\n")


COMPARED = """\
RNN: 10 → 16: 4 counts in 12 conventions

  parameters  formula
  ──────────────────────────────────────────────
         432  d_h(d_h + d_x) + d_h
         448  d_h(d_h + d_x) + 2d_h
         704  d_h(d_h + d_x) + d_h + d_h² + d_h
         720  d_h(d_h + d_x) + 2d_h + d_h² + d_h

  convention             parameters  difference  why
  ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────
  keras SimpleRNN               432           0
  torch RNN                     448         +16  a second bias vector: +d_h = 16
  paper ElmanRNN                432           0  the same
  tf1 BasicRNNCell              432           0  one kernel on [x, h]
  cudnn CUDNN_RNN_TANH          448         +16  a second bias vector: +d_h = 16
  onnx RNN                      448         +16  a second bias vector: +d_h = 16
  flax-linen SimpleCell         432           0  the same
  flax-nnx SimpleCell           432           0  the same
  haiku VanillaRNN              448         +16  a second bias vector: +d_h = 16
  mxnet RNN                     448         +16  a second bias vector: +d_h = 16
  caffe RNN                     704        +272  an output layer: +d_h² + d_h = 272
  darknet rnn                   720        +288  a second bias vector: +d_h = 16; an output layer: +d_h² + d_h = 272
"""


def test_compare_to_the_letter(run) -> None:
    code, out, err = run("rnn --in 10 --hidden 16 --compare")
    assert (code, err) == (0, "")
    assert out == COMPARED


def test_compare_with_the_tensors(run) -> None:
    _, out, _ = run("gru --in d_x --hidden d_h --compare --weights")
    table = out.split("\n\n")[3]
    (keras,) = (line for line in table.splitlines() if line.startswith("  keras GRU  "))
    assert keras.split(maxsplit=2)[2].startswith("z r g  kernel (d_x, 3d_h);  recurrent_kernel (d_h, 3d_h);  bias (2, ")
    (linen,) = (line for line in table.splitlines() if line.startswith("  flax-linen"))
    assert "r z g  ir/kernel, iz/kernel, in/kernel (d_x, d_h);  hr/kernel, hz/kernel, hn/kernel (d_h, d_h);  " in linen
    assert linen.split("  ")[-1].strip() == "run flax 0.12.8: flax/linen/recurrent.py"


def test_compare_in_every_format(run) -> None:
    _, out, _ = run("rnn --in 10 --hidden 16 --compare --format markdown")
    assert out.startswith("**RNN**: 10 → 16: 4 counts in 12 conventions\n\n| parameters | formula |")
    assert r"| torch RNN | 448 | +16 | a second bias vector: +d\_h = 16 |" in out
    assert "| 448 | `d_h(d_h + d_x) + 2d_h` |" in out
    _, out, _ = run("rnn --in 10 --hidden 16 --compare --json")
    data = json.loads(out)
    assert (data["schema"], data["cell"], data["d_x"], data["d_h"]) == ("paramcalc-conventions/1", "RNN", 10, 16)
    assert [one["params"] for one in data["conventions"]][:2] == [432, 448]
    _, out, _ = run("rnn --in 10 --hidden 16 --compare --format table")
    assert "a second bias vector: +d_h = 16" in out
    assert max(map(len, out.splitlines())) < 200
    _, out, _ = run("rnn --in 10 --hidden 16 --compare --format csv")
    header, _, torch, *_ = out.splitlines()
    assert header == "framework,cell,name,params,difference,reason,formula,gates,weights,source"
    assert torch.startswith("torch,RNN,RNN,448,16,a second bias vector: +d_h = 16,d_h(d_h + d_x) + 2d_h,,")
    assert len(list(csv.DictReader(io.StringIO(out)))) == 12
    _, out, _ = run("rnn --in 10 --hidden 16 --compare --format latex")
    assert out.startswith("% RNN\n")
    assert "\\begin{tabular}{lrrl}\n\\toprule\n" in out
    assert "torch RNN & 448 & +16 & a second bias vector: +d\\_h = 16 \\\\" in out
    _, out, _ = run("rnn --in 10 --hidden 16 --compare --format html")
    assert out.startswith('<div class="paramcalc">')
    assert out.count("<tr>") == 13 + 5
    _, out, _ = run("gru --in d_x --hidden 4*k --compare --json")
    assert json.loads(out)["conventions"][1]["difference"] == "-12k"
    _, out, _ = run("gru --in d_x --hidden 4*k --compare")
    assert out.startswith("GRU: d_x → 4k: 3 counts in 13 conventions\n")
    assert "one bias vector, not two: −3d_h = −12k" in out


WITH_OPTIONS = {
    "gru --in 108 --hidden 128 --bidirectional": ("", " --framework torch"),
    "gru --in 108 --hidden 128,64": ("", " --framework torch"),
    "gru --in 108 --hidden 128 --steps 7 --no-reset-after": ("", " --framework paper"),
    "lstm --in 108 --hidden 128 --peephole": (" --framework paper", " --framework tf1"),
    "lstm --in 108 --hidden 4*k --layers 2 --out 3 --batch 5": ("", " --framework torch"),
    "lstm --in 108 --hidden 128 --bidirectional --projection 3": (" --framework torch", " --framework paper"),
}


@pytest.mark.whole
@pytest.mark.parametrize("layer", WITH_OPTIONS)
def test_what_compares_layers_with_options(run, layer: str) -> None:
    code, _, err = run(f"{layer} --compare")
    sides = [f"{layer}{framework}" for framework in WITH_OPTIONS[layer]]
    assert (code, err) == (
        2,
        "paramcalc: --compare takes one layer with its default options; expected only --in, --hidden, --weights, "
        f"--format and --json (with options: paramcalc compare '{sides[0]}' '{sides[1]}')\n",
    )
    assert run(shlex.join(["compare", *sides]))[0] == 0


def test_options_that_no_two_frameworks_have_name_no_command(run) -> None:
    code, _, err = run("lstm --in 108 --hidden 128 --out 3 --bidirectional --merge sum --compare")
    assert code == 2
    assert err.endswith("expected only --in, --hidden, --weights, --format and --json\n")
