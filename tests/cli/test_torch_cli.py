"""PyTorch on the command line: ``nn.LSTM``, ``--framework torch``, and whose audit it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import paramcalc as pc
from paramcalc.core.shapes import shape_text

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]
STACK = 4 * (128 * (128 + 108) + 2 * 128) + 4 * (128 * 256 + 2 * 128)


@pytest.mark.parametrize(
    ("words", "total"),
    [
        ("layer nn.LSTM input_size=108 hidden_size=128 num_layers=2", STACK),
        ("layer torch.nn.LSTM input_size=108 hidden_size=128 num_layers=2", STACK),
        ("layer LSTM --framework torch input_size=108 hidden_size=128 num_layers=2", STACK),
        ("layer nn.LSTM --input 10,4,108 input_size=108 hidden_size=128 num_layers=2", STACK),
        ("layer nn.Conv2d --input 3,32,32 in_channels=3 out_channels=8 kernel_size=3", 224),
        ("layer nn.TransformerEncoderLayer d_model=16 nhead=4 dim_feedforward=32", 2224),
        (
            "layer nn.TransformerEncoder encoder_layer={TransformerEncoderLayer:{d_model:16,nhead:2}} num_layers=1",
            68752,
        ),
    ],
)
def test_a_layer(words: str, total: int, run: Run) -> None:
    _, out, _ = run(*words.split(), "--json")
    report = json.loads(out)
    assert (report["total"], report["framework"], report["macs_batch"]) == (total, "torch", None)


@pytest.mark.parametrize(
    ("words", "formula"),
    [
        ("torch.LSTM", "4[d_h(d_h + d_x) + 2d_h]"),
        ("torch.nn.gru", "3[d_h(d_h + d_x) + 2d_h]"),
        ("paper.GRU", "3[d_h(d_h + d_x) + d_h]"),
        ("onnx.LSTM", "4[d_h(d_h + d_x) + 2d_h]"),
        ("flax-linen.OptimizedLSTMCell", "4[d_h(d_h + d_x) + d_h]"),
        ("keras.GRU", "3[d_h(d_h + d_x) + 2d_h]"),
        ("keras.layers.GRU", "3[d_h(d_h + d_x) + 2d_h]"),
        ("tf.keras.layers.Dense", "d_x·d_y + d_y"),
        ("GRU --framework paper", "3[d_h(d_h + d_x) + d_h]"),
        ("paper.GRU --framework paper", "3[d_h(d_h + d_x) + d_h]"),
    ],
)
def test_whose_a_layer_is_may_stand_in_front(words: str, formula: str, run: Run) -> None:
    assert run("formula", *words.split())[1] == f"{formula}\n"


def test_a_layer_of_a_paper_and_a_framework_nobody_knows(run: Run) -> None:
    report = json.loads(run("layer", "paper.GRU", "units=4", "--input", "5,3", "--json")[1])
    assert (report["framework"], report["total"]) == ("paper", 3 * (4 * 7 + 4))
    code, _, err = run("layer", "papr.GRU", "units=4")
    assert code == 2
    assert err.startswith("paramcalc: papr.GRU: unknown framework; expected keras, paper, torch, ")
    assert err.endswith("received 'papr' (did you mean 'paper'?)\n")


def test_names_of_keras_are_told_what_pytorch_has() -> None:
    from paramcalc.core.registry import find, refused, rules
    from paramcalc.rules.torch.counterparts import COUNTERPARTS

    for name, theirs in COUNTERPARTS.items():
        assert name in rules("keras")
        assert name not in rules("torch")
        assert all(find(word, "torch") for word in re.findall(r"[A-Z]\w+(?![\w=])", theirs) if word != "True"), theirs
        assert refused("torch")[name] == f"is Keras's; PyTorch has {theirs}"


def test_a_formula_and_a_list(run: Run) -> None:
    assert run("formula", "nn.LSTM")[1] == "4[d_h(d_h + d_x) + 2d_h]\n"
    assert run("formula", "gru", "bias=false", "--framework", "torch")[1] == "3d_h(d_h + d_x)\n"
    assert len(json.loads(run("layers", "--framework", "torch", "--json")[1])) == 129
    assert "LazyConvTranspose3d" in json.loads(run("schema", "--framework", "torch")[1])["$defs"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("layer nn.CrossEntropyLoss", "CrossEntropyLoss is a loss, not a layer: it has no parameters"),
        ("layer nn.Liner in_features=3", "no rule for a layer 'Liner' (did you mean 'Linear'?)"),
        ("layer nn.LSTM --framework keras units=3",
         "nn.LSTM is torch's; expected --framework torch, or none, received 'keras'"),
        ("formula paper.GRU --framework torch",
         "paper.GRU is paper's; expected --framework paper, or none, received 'torch'"),
        ("formula nn.LSMT", "no rule for a layer 'LSMT' (did you mean 'LSTM'?)"),
        ("layer nn.Dense units=3", "Dense is Keras's; PyTorch has Linear"),
        ("layer nn.conv2d_transpose", "conv2d_transpose is Keras's; PyTorch has ConvTranspose2d"),
        ("layer BatchNormalization --framework torch",
         "BatchNormalization is Keras's; PyTorch has BatchNorm1d, BatchNorm2d or BatchNorm3d"),
        ("layer nn.Linear --input 4,128 in_features=64 out_features=3",
         "layers[0].Linear: Linear is declared with 64 features, but receives 128"),
        ("verify docs/examples/torch-lstm.yaml --framework torch",
         "--framework cannot be combined with a file, which names its framework; expected --framework with --rules"),
    ],
)  # fmt: skip
def test_what_is_wrong(words: str, problem: str, run: Run) -> None:
    code, _, err = run(*words.split())
    assert (code, err) == (2, f"paramcalc: {problem}\n")


def spec(text: str) -> pc.Model:
    return pc.loads(f"framework: torch\n{text}")


def test_sizes_nobody_knows_have_the_letters_of_the_layer_that_reads_them() -> None:
    convolution = "layers: [{Conv2d: {in_channels: 3, out_channels: 8, kernel_size: 3}}]"
    assert shapes(spec(f"input: [null, 3, null, null]\n{convolution}")) == ("(N, 3, H, W)", "(N, 8, H − 2, W − 2)")
    gru = "layers: [{GRU: {input_size: 8, hidden_size: 4, batch_first: true}}]"
    assert shapes(spec(f"input: [null, null, 8]\n{gru}")) == ("(N, L, 8)", "(N, L, 4)")
    linear = "layers: [{Linear: {in_features: 8, out_features: 4}}]"
    assert shapes(spec(f"input: [null, 8]\n{linear}")) == ("(n1, 8)", "(n1, 4)")
    assert shapes(spec(f"input: [null, H, 8]\n{linear}")) == ("(n1, H, 8)", "(n1, H, 4)")
    assert shapes(spec(f"input: [H, 3, null, null]\n{convolution}"))[0] == "(H, 3, H2, W)"


def shapes(model: pc.Model) -> tuple[str, str]:
    (row,) = model.rows
    return shape_text(row.inputs[0]), shape_text(row.outputs[0])


def test_sizes_nobody_knows_of_several_inputs_are_told_apart() -> None:
    model = spec(
        "inputs: {a: [null, null, 8], b: [null, 8]}\n"
        "layers: [{GRU: {input_size: 8, hidden_size: 4, name: g, inputs: a}},"
        " {Linear: {in_features: 8, out_features: 4, name: m, inputs: b}}]\noutputs: [g, m]"
    )
    assert [shape_text(shape) for shape in model.report().inputs] == ["(L_a, N_a, 8)", "(n1_b, 8)"]


@pytest.mark.parametrize(
    ("layer", "problem"),
    [
        ("LSTM: [108, 128]",
         "layers[0].LSTM: options without names; expected them by name, such as "
         "{input_size: 108, hidden_size: 128}, received [108, 128]"),
        ("Linear: [3]", "layers[0].Linear.in_features: not a size; expected a positive whole number or an expression"),
        ("paper.LSTM: 4", "layers[0]: paper.LSTM is paper's; expected a layer of torch"),
        ("nn.Dense: 4", "layers[0]: Dense is Keras's; PyTorch has Linear"),
        ("Blur: 4", "layers[0]: no rule for a layer 'Blur' (paramcalc layers --framework torch lists them all)"),
        ("Dense: 4", "layers[0]: Dense is Keras's; PyTorch has Linear"),
        ("Conv2dd: 4", "layers[0]: no rule for a layer 'Conv2dd' (did you mean 'Conv2d'?)"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_layer_in_a_spec(layer: str, problem: str) -> None:
    with pytest.raises(pc.ParamcalcError) as caught:
        spec(f"input: [3, 4]\nlayers:\n  - {layer}")
    assert problem in str(caught.value)


def test_a_layer_of_a_spec_may_be_called_as_python_does() -> None:
    assert spec("input: [9, 3]\nlayers: [{nn.Linear: {in_features: 3, out_features: 4}}, torch.nn.ReLU]").total == 16


def test_a_layer_of_another_framework_is_told_whose_it_is() -> None:
    with pytest.raises(pc.ParamcalcError) as caught:
        pc.loads("input: [5, 3]\nlayers: [Linear: 4]")
    assert str(caught.value).endswith("layers[0]: keras has no layer Linear (it is one of torch: torch.Linear)")


def test_a_framework_of_few_layers_names_them() -> None:
    with pytest.raises(pc.ParamcalcError) as caught:
        pc.loads("framework: caffe\ninput: [5, 3]\nlayers: [Dense: 4]")
    assert str(caught.value).endswith("layers[0]: no rule for a layer 'Dense' (caffe has LSTM, RNN)")


def test_an_input_without_a_shape_is_told_what_pytorch_takes() -> None:
    with pytest.raises(pc.ParamcalcError, match="expected input: such as \\[32, 256\\], the batch among its sizes"):
        spec("layers: [ReLU]")


def test_a_list_is_a_shape_where_the_first_option_is_one() -> None:
    assert spec("input: [9, 3, 4]\nlayers: [{LayerNorm: [3, 4]}]").total == 24


@pytest.mark.torch
def test_verifying(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.chdir(ROOT)
    code, out, _ = run("verify", "docs/examples/torch-lstm.yaml")
    said = f"PyTorch {torch.__version__} (meta device) agrees: 3 layers, 10 tensors, 4,436 parameters"
    assert (code, out) == (0, f"✓ {said}\n")
    _, out, _ = run("layer", "nn.GRU", "input_size=5", "hidden_size=d_h", "--verify")
    assert "agrees: 1 layer, 4 tensors" in out
    assert "certified for all" in out
