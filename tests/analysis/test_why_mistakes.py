"""Mistakes of a count by hand are found first, in any layer, file or live model."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from by_hand_mistakes import drawn

import paramcalc as pc
from paramcalc.analysis import why
from paramcalc.errors import OptionError, ParamcalcError


def first(model: Any, got: int) -> str:
    found = why(model, got)[0]
    assert not found.several
    return found.causes[0].text


@pytest.mark.parametrize(
    ("seed", "wanted"), [(9, 20), *(pytest.param(seed, 300, marks=pytest.mark.exhaustive) for seed in (1, 2, 3))]
)
def test_the_mistake_is_in_the_first_explanation(seed: int, wanted: int) -> None:
    random_ = random.Random(seed)
    missed = []
    for _ in range(wanted):
        one = drawn(random_)
        found = why(one.model, one.got)
        if not found or found[0].several or not re.search(one.said, found[0].causes[0].text):
            missed.append((one.what, one.got, [str(other) for other in found[:2]]))
        else:
            assert found[0].delta == one.got - one.model.total
    print(f"mistakes found first: {wanted - len(missed)} of {wanted}")
    assert len(missed) <= 0.05 * wanted, missed


LSTM = "lstm --in 100 --hidden 128"
KERNELS = 4 * 128 * 100, 4 * 128 * 128


@pytest.mark.parametrize(
    ("words", "got", "said"),
    [
        (LSTM, KERNELS[0] + 512, "the recurrent kernel is missing"),
        (LSTM, sum(KERNELS) + 128, "one bias for all 4 gates"),
        (LSTM, KERNELS[0], "only the input kernel is counted"),
        (f"{LSTM} --steps 50", 50 * 117_248, "lstm counted at each of 50 time steps"),
        (LSTM, 50 * 117_248, "the whole count, at each of 50 time steps"),
        (f"{LSTM} --framework paper --peephole", KERNELS[0] + 512 + 3 * 128, "the recurrent kernel is missing"),
        (f"{LSTM} --framework onnx", KERNELS[0] + 2 * 512, "the recurrent kernel (R) is missing"),
        (f"gru {LSTM[5:]}", 3 * 128 * 228 + 128, "one bias vector for all 3 gates, not 2 for each"),
        ("Conv2D --input 32,32,3 filters=32 kernel_size=3", 320, "the 3 input channels are left out"),
        ("layer Conv2D --input 32,32,3 filters=32 kernel_size=5", 32 * (5 * 3 + 1), "one side of the window"),
        ("nn.Conv2d in_channels=16 out_channels=8 kernel_size=3 groups=4", 8 * 9 * 16 + 8, "groups=4 is ignored"),
        ("nn.LSTM input_size=100 hidden_size=128", KERNELS[0] + 1024, "the recurrent kernel (weight_hh) is missing"),
        ("layer nn.LSTM input_size=100 hidden_size=128 num_layers=2 bidirectional=true",
         2 * (sum(KERNELS) + 1024) + 2 * (2 * KERNELS[1] + 1024), "the upper layers read one direction: 128 features"),
        ("layer nn.LSTM input_size=100 hidden_size=128 num_layers=3", 3 * (sum(KERNELS) + 1024),
         "every layer reads the 100 features of the first, not 128"),
        ("Dense --input 28,28 units=10", 784 * 10 + 10, "dense reads the flattened input: 784 features, not 28"),
        ("dense --in 784 --out 10", 7840, "dense with use_bias=False"),
        ("dense --in 784 --out 10", 7860, "the bias is counted twice"),
        ("SeparableConv2D --input 32,32,16 filters=32 kernel_size=3", 9 * 16 * 32 + 32, "counted as Conv2D"),
        ("SeparableConv2D --input 32,32,16 filters=32 kernel_size=3", 9 * 16 + 32, "the pointwise kernel is missing"),
        ("Conv2D --input 32,32,16 filters=32 kernel_size=3", 9 * 16 + 16 * 32 + 32, "counted as SeparableConv2D"),
        ("BatchNormalization --input 32,30,64", 4 * 30, "batch_normalization with axis=2"),
        ("BatchNormalization --input 32,30,64", 2 * 64, "trainable parameters only"),
        ("nn.BatchNorm2d num_features=64", 4 * 64, "the running mean and running var are counted, too"),
        ("MultiHeadAttention --input 10,512 --input 10,512 num_heads=8 key_dim=64", 3 * 513 * 64 + 65 * 512,
         "key_dim=64 is taken as the width of all 8 heads together"),
        ("MultiHeadAttention --input 10,512 --input 10,512 num_heads=8 key_dim=64", 3 * 513 * 4096 + 4097 * 512,
         "each of 8 heads has the whole width, 512, not 64"),
        ("ConvLSTM2D --input 10,32,32,3 filters=8 kernel_size=3", 4 * 8 * 28, "the recurrent kernel is missing"),
        ("nn.MultiheadAttention embed_dim=512 num_heads=8", 8 * (4 * 512 * 512 + 3 * 512) + 512,
         "each of 8 heads has the whole width"),
        ("dense --in 784 --out 10", 7841, "one bias for the layer"),
        ("lstm --in 100 --hidden 128 --out 10", 30 * 117_248 + 1290, "the recurrent layers, at each of 30 time steps"),
        ("embedding --vocab 10000 --out 128", 10_001 * 128, "a vocabulary of 10,001 tokens, one more than stated"),
        ("nn.Embedding num_embeddings=10000 embedding_dim=128", 9_998 * 128, "a vocabulary of 9,998 tokens, two fewer"),
    ],
)  # fmt: skip
def test_a_mistake_in_one_layer(run: Any, words: str, got: int, said: str) -> None:
    code, out, err = run("why", *words.split(), "--got", str(got), "--json")
    assert (code, err) == (0, "")
    causes = json.loads(out)["explanations"][0]["causes"]
    assert len(causes) == 1
    assert said in causes[0]["text"]


def test_the_number_may_stand_before_the_layer(run: Any) -> None:
    for words in ("--got 51712 lstm --in 100 --hidden 128", "--got=51712 lstm --hidden 128 --in 100"):
        assert "the recurrent kernel is missing" in run("why", *words.split())[1]
    words = "why --got 320 Conv2D --input 32,32,3 filters=32 kernel_size=3"
    assert "the 3 input channels are left out" in run(*words.split())[1]


def test_words_that_fit_no_layer(run: Any) -> None:
    for words, said in (
        ("why dense --in 100 --got 5", "no --out; expected the sizes of the dense"),
        ("why nn.LSTN input_size=3 --got 5", "no rule for a layer 'LSTN' (did you mean 'LSTM'?)"),
        ("why nofile.yaml --got 5", "nofile.yaml: no such file or directory"),
        ("why Conv2D --got 5 filters=3 kernel_size=3", "--input is missing; expected the shape of an input"),
    ):
        code, _, err = run(*words.split())
        assert code == 2
        assert said in err


def sequence(*layers: Any, shape: tuple[int | None, ...] = (409, 100)) -> pc.Model:
    return pc.Sequential([pc.Input(shape), *layers])


def both(units: int, **options: Any) -> Any:
    return pc.Bidirectional(pc.LSTM(units, **options))


def lstm(d_x: int, d_h: int) -> int:
    return 4 * d_h * (d_x + d_h + 1)


def test_a_stack_that_reads_one_direction() -> None:
    model = sequence(both(11, return_sequences=True), both(13, return_sequences=True), both(17), pc.Dense(3))
    lower, dense = 2 * lstm(100, 11), 3 * (2 * 17 + 1)
    one = lower + 2 * lstm(11, 13) + 2 * lstm(2 * 13, 17) + dense
    assert first(model, one).startswith("bidirectional_1 reads one direction: 11 features, not 22")
    recurrent = lower + 2 * lstm(11, 13) + 2 * lstm(13, 17)
    assert first(model, recurrent + dense) == "all 2 Bidirectional layers read one direction"
    everywhere = recurrent + 3 * (17 + 1)
    assert first(model, everywhere).startswith("all 3 layers of Bidirectional and Dense read one direction")
    d_x = lower + 2 * lstm(100, 13) + 2 * lstm(100, 17) + dense
    assert first(model, d_x).startswith("all 2 Bidirectional layers read 100 features, as the first")


def test_a_dense_layer_above_two_directions() -> None:
    model = sequence(pc.Bidirectional(pc.GRU(16, return_sequences=True)), pc.TimeDistributed(pc.Dense(8)))
    said = "time_distributed: the bias is counted twice, once for each direction below"
    assert first(model, model.total + 8) == said


def test_the_same_mistake_in_all_layers_of_a_kind() -> None:
    model = sequence(pc.LSTM(64, return_sequences=True), pc.LSTM(32), pc.Dense(10))
    recurrent = 4 * 64 * 64 + 4 * 32 * 32
    assert first(model, model.total - recurrent) == "all 2 LSTM layers: the recurrent kernel is missing"
    assert first(model, model.total - 4 * 32 * 32).startswith("lstm_1: the recurrent kernel is missing, or ")
    biases = 4 * 64 + 4 * 32 + 10
    assert first(model, model.total - biases) == "all 3 layers of LSTM and Dense with use_bias=False"


def test_cells_in_a_layer() -> None:
    model = sequence(pc.RNN([pc.LSTMCell(64), pc.LSTMCell(32)]))
    assert first(model, model.total - 3 * (64 + 32)) == "one bias for all 4 gates"
    assert first(model, model.total - 4 * (64 * 64 + 32 * 32)) == "the recurrent kernels are missing"


def test_the_length_of_a_sequence_is_no_vocabulary() -> None:
    model = sequence(pc.Embedding(5_000, 64), pc.LSTM(32), shape=(80,))
    assert "the 80 places of the sequence are taken for the vocabulary" in first(model, 80 * 64 + lstm(64, 32))


def test_a_mistake_deep_inside_a_model() -> None:
    inner = pc.Sequential([pc.Input((30, 20)), pc.LSTM(12), pc.Dense(5)], name="inner")
    x = pc.Input((7, 30, 20))
    model = pc.Model(x, pc.Dense(3)(pc.TimeDistributed(inner)(x)))
    for said in ("the recurrent kernel is missing", "with use_bias=False"):
        delta = 4 * 12 * 12 if "kernel" in said else 4 * 12
        assert any(said in cause.text for cause in why(model, model.total - delta)[0].causes), said


def test_layers_left_out_change_those_after_them() -> None:
    x = (28, 28, 1)
    model = sequence(pc.Conv2D(8, 3), pc.MaxPooling2D(2), pc.Flatten(), pc.Dense(10), shape=x)
    conv = 9 * 8 + 8
    assert model.total == conv + (13 * 13 * 8 + 1) * 10
    assert first(model, conv + (26 * 26 * 8 + 1) * 10).startswith("max_pooling2d left out; the layers after it follow")
    assert first(model, conv + (8 + 1) * 10).startswith("flatten left out; the layers after it follow")
    assert first(model, conv + (14 * 14 * 8 + 1) * 10).startswith("conv2d with padding=same; the layers after it")


def test_a_dense_layer_reads_the_whole_sequence() -> None:
    model = sequence(pc.LSTM(32), pc.Dense(10), shape=(50, 20))
    assert (
        first(model, lstm(20, 32) + 10 * (50 * 32 + 1)) == "dense reads the flattened sequence: 1,600 features, not 32"
    )
    image = sequence(pc.Conv2D(8, 3), pc.GlobalAveragePooling2D(), pc.Dense(7), shape=(28, 28, 1))
    said = "global_average_pooling2d as Flatten; the layers after it follow"
    assert first(image, 80 + 7 * (26 * 26 * 8 + 1)) == said


def test_mistakes_of_one_number_are_given_together(run: Any) -> None:
    words = ["why", "SimpleRNN", "--input", "10,64", "units=64", "--got"]  # both kernels are of one size
    code, out, _ = run(*words, str(64 * 64 + 64))
    assert code == 0
    kernels = "the input kernel is missing", "the recurrent kernel is missing"
    lines = [line.strip().removesuffix("−4,096").strip() for line in out.splitlines()[4:6]]
    assert sorted(line.removeprefix("1  ").removeprefix("or ") for line in lines) == sorted(kernels)
    _, out, _ = run(*words, str(64 * 64 + 64), "--json")
    text = json.loads(out)["explanations"][0]["causes"][0]["text"]
    assert all(kernel in text for kernel in kernels)


def test_any_file(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "conv.yaml"
    path.write_text("input: [32,32,3]\nlayers:\n  - Conv2D: {filters: 32, kernel_size: 3}\n")
    assert "the 3 input channels are left out" in run("why", str(path), "--got", "320")[1]
    model = pc.load("docs/examples/sentiment.keras")
    report = model.report()
    kernel = sum(w.params for row in report.rows for w in row.weights if w.name == "recurrent_kernel")
    assert "recurrent kernel is missing" in first(model, model.total - kernel)


def test_a_live_model_of_keras() -> None:
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((10, 20)), keras.layers.LSTM(30), keras.layers.Dense(4)])
    assert first(model, model.count_params() - 4 * 30 * 30) == "lstm: the recurrent kernel is missing"


@pytest.mark.torch
def test_a_live_module_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.Linear(5, 7))
    total = sum(parameter.numel() for parameter in module.parameters())
    assert "the 3 input channels are left out" in first(module, total - 2 * 8 * 9)
    assert "running mean and running var are counted, too" in first(module, total + 2 * 8)
    tied = torch.nn.Sequential(torch.nn.Embedding(50, 8), torch.nn.LSTM(8, 8), torch.nn.Linear(8, 50))
    tied[2].weight = tied[0].weight
    total = sum(parameter.numel() for parameter in tied.parameters())
    assert first(tied, total + 50 * 8) == "the weight that 0 and 2 share is counted for each of them"
    assert first(torch.nn.LSTM(100, 128), 51_200 + 1_024) == "the recurrent kernel (weight_hh) is missing"


def test_something_else_than_a_model() -> None:
    with pytest.raises(ParamcalcError, match="not a model; expected a paramcalc model, a Keras model or a PyTorch"):
        why(object(), 3)
    with pytest.raises(OptionError, match="the count is an expression"):
        why(sequence(pc.Dense(3), shape=("d",)), 3)  # type: ignore[arg-type]
