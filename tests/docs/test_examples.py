"""Every model in docs/examples, against totals worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import paramcalc
from paramcalc import parse

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def lstm(x: int, h: int) -> int:
    return 4 * (h * (h + x) + h)


def dense(x: int, y: int) -> int:
    return x * y + y


# file: (type, total, output shape)
TUTORIALS: dict[str, tuple[str, Any, list[Any] | None]] = {
    # 256·108 + 108 = 27,756;  4[128(128 + 108) + 128] = 121,344;  128·32 + 32 = 4,128
    "tutorial.yaml": ("Sequential", 27_756 + 121_344 + 4_128, [None, 32]),
    "tutorial.toml": ("Sequential", 153_228, [None, 32]),
    "tutorial.json": ("Sequential", 153_228, [None, 32]),
    # 4[10(10 + 5) + 10] = 4·160
    "lstm-small.yaml": ("Sequential", 640, [None, 10]),
    # U is (x, h), W is (h, h), V is (h, o), b is (h), c is (o)
    "plain-rnn.yaml": ("Sequential", "h*x + h^2 + o*h + h + o", [None, "T", "o"]),
    # twice an LSTM of 108 → 128
    "bidirectional.yaml": ("Sequential", 2 * 121_344, [None, 256]),
    # 108 → 128, then 128 → 128: 4[128·256 + 128] = 131,584
    "stacked.yaml": ("Sequential", 121_344 + 131_584, [None, 128]),
    # 4[16(16 + 12) + 16] = 1,856;  4[16(16 + 20) + 16] = 2,368;  16·20 + 20 = 340
    "encoder-decoder.yaml": ("Functional", 1_856 + 2_368 + 340, [None, 4, 20]),
    # 3·3·3·8 + 8 = 224;  3·3·8·16 + 16 = 1,168;  4[32(32 + 16) + 32] = 6,272;  32·10 + 10 = 330
    "video.yaml": ("Sequential", 224 + 1_168 + 6_272 + 330, [None, 10]),
    "many-to-one.yaml": ("Sequential", lstm(8, 16) + dense(16, 1), [None, 1]),
    "one-to-many.yaml": ("Sequential", lstm(8, 16) + dense(16, 4), [None, 20, 4]),
    # GRU with reset_after: 3[16(16 + 8) + 2·16] = 1,248;  16·4 + 4 = 68
    "many-to-many.yaml": ("Sequential", 1_248 + 68, [None, "T", 4]),
    # 10,000·64 once;  4[32(32 + 64) + 32] = 12,416 once
    "shared-embedding.yaml": ("Functional", 640_000 + 12_416, [None, 1]),
    # 4[64·128 + 64] = 33,024, four times;  64 scales and 64 shifts, three times
    "repeat.yaml": ("Functional", 4 * 33_024 + 3 * 128, [None, 64]),
    # 4[64(64 + 32) + 64] = 24,832;  4[64·128 + 64] = 33,024;  64·8 + 8
    "deep.yaml": ("Sequential", 24_832 + 33_024 + 520, [None, "T", 8]),
    # 200·8;  2·4[12(12 + 8) + 12] = 2,016;  24·3 + 3 = 75
    "sentiment.keras": ("Functional", 1_600 + 2_016 + 75, [None, 3]),
    # 4[16(16 + 12) + 2·16] = 1,920;  4[16(16 + 16) + 2·16] = 2,176;  16·20 + 20 = 340
    "torch-lstm.yaml": ("Functional", 1_920 + 2_176 + 340, [[32, 5, 20], [2, 5, 16], [2, 5, 16]]),
    # 32000·4096 twice;  four matrices of 4096², three of 4096·11008 and two scales in 32 blocks;  a scale
    "llama-7b.json": (
        "Functional",
        2 * 32_000 * 4096 + 32 * (4 * 4096**2 + 3 * 4096 * 11_008 + 2 * 4096) + 4096,
        [None, "T", 32_000],
    ),
    # keys and values have 8 of 32 heads;  8 experts of three matrices, and the 8 rows that choose
    "mixtral-8x7b.json": (
        "Functional",
        2 * 32_000 * 4096 + 32 * (2 * 4096**2 + 2 * 4096 * 1024 + 3 * 8 * 4096 * 14_336 + 8 * 4096 + 2 * 4096) + 4096,
        [None, "T", 32_000],
    ),
    # V·w;  in each of two blocks 2w, w·4w + 4w and 4w·w + w
    "encoder.py": ("Encoder", "n_words*width + 2*(8*width^2 + 7*width)", None),
    # V·256;  4[128(128 + 256) + 128] = 197,120;  128·V + V
    # torch: 4[128·256 + 2·128] = 132,096 twice;  a table of n·128, and 128·n + n
    "letters.py": ("Letters", "257*n_letters + 2*132096", None),
    # 3·3·3·16 + 16 = 448;  3·3·16·32 + 32 = 4,640;  3·3·32·64 + 64 = 18,496;  64·n + n
    "leaves.py": ("Sequential", "65*n + 448 + 4640 + 18496", [None, "n"]),
    # 64·32 + 32 = 2,080 in each tower;  20·64 + 64 and 30·64 + 64 before it
    "towers.py": ("Towers", 2 * 2_080 + 1_344 + 1_984, None),
    # keras.applications: MobileNetV2 without its classifier has 2,257,984;  1280·5 + 5 = 6,405
    "transfer.py": ("Functional", 2_257_984 + 6_405, [None, 5]),
    # V·128;  4[h(h + 128) + h] = 4h² + 516h;  h + 1
    "pasted.txt": ("Sequential", "4*hidden^2 + 517*hidden + 128*max_features + 1", [None, 1]),
    # 256·108 + 108 = 27,756;  4[h(h + 108) + h] = 4h² + 436h;  32h + 32
    "short.yaml": ("Sequential", "4*h^2 + 468*h + 27788", [None, 32]),
    "sizes.yaml": ("Sequential", "256*V + 197120 + 128*V + V", [None, "V"]),
}


FROZEN = {"sentiment.keras": 1_600, "transfer.py": 2_257_984}  # its embedding; its MobileNetV2


def test_every_example_has_a_total_worked_out_by_hand() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == set(TUTORIALS)


@pytest.mark.parametrize("name", TUTORIALS)
def test_example(name: str) -> None:
    kind, total, out = TUTORIALS[name]
    model = paramcalc.load(EXAMPLES / name)
    expected = parse(total) if isinstance(total, str) else total
    report = model.report().to_dict()
    assert model.type == kind
    assert model.total == expected
    frozen = FROZEN.get(name, 0)
    assert model.trainable == expected - frozen
    assert model.non_trainable == frozen
    assert parse(str(report["total"])) == expected
    assert report["output_shape"] == out
    assert bool(report["warnings"]) is (name == "pasted.txt")  # what it takes for granted


def test_three_syntaxes_give_one_report() -> None:
    yaml, toml, json = (
        paramcalc.load(EXAMPLES / f"tutorial.{end}").report().to_dict() for end in ("yaml", "toml", "json")
    )
    assert yaml == toml == json


def test_shared_layers_are_counted_once_and_run_twice() -> None:
    rows = {row.name: row for row in paramcalc.load(EXAMPLES / "shared-embedding.yaml").rows}
    assert len(rows["embed"].calls) == len(rows["reader"].calls) == 2
    # (20 + 50) steps of 4·32(32 + 64) multiply-adds
    assert rows["reader"].macs == 70 * 4 * 32 * 96


def test_the_decoder_starts_from_the_encoder() -> None:
    model = paramcalc.load(EXAMPLES / "encoder-decoder.yaml")
    (decoder,) = [node for node in model.nodes if node.layer.name == "decoder"]
    assert decoder.states == ((2, 1), (2, 2))  # inputs hold positions 0 and 1, the encoder 2


def test_the_video_model_shows_its_frames_shapes() -> None:
    rows = paramcalc.load(EXAMPLES / "video.yaml").report().to_dict()["layers"]
    (frames,) = rows[0]["layers"]
    assert [row["output_shape"] for row in frames["layers"]] == [
        [None, 30, 30, 8],
        [None, 15, 15, 8],
        [None, 13, 13, 16],
        [None, 16],
    ]


def test_the_states_of_pytorch_s_lstm_and_a_linear_of_another_size() -> None:
    text = (EXAMPLES / "torch-lstm.yaml").read_text()
    model = paramcalc.loads(text)
    assert model.framework == "torch"
    assert [row.macs for row in model.rows] == [32 * 5 * 4 * 16 * (12 + 16 + 16 + 16), 32 * 5 * 16 * 20, 0]
    for old, new, problem in (
        ("in_features: 16", "in_features: 128",
         "layers[1].Linear: Linear is declared with 128 features, but receives 16"),
        ("input_size: 12", "input_size: 13", "layers[0].LSTM: LSTM is declared with 13 features, but receives 12"),
        ("h_0: [2, 5, 16]", "h_0: [1, 5, 16]",
         "layers[0].LSTM: 'h_0' gives an initial state of 1, the layer keeps states of 2"),
    ):  # fmt: skip
        with pytest.raises(paramcalc.ParamcalcError) as caught:
            paramcalc.loads(text.replace(old, new))
        assert str(caught.value).endswith(problem)
