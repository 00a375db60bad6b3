"""The largest size within budgets: answers with their proofs, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from every_size import best, everything

import paramcalc as pc
from paramcalc.analysis.sizing import solve
from paramcalc.analysis.sizing.result import HALVING, REBUILD, SCAN
from paramcalc.analysis.sizing.search import WAYS
from paramcalc.errors import OptionError, ParamcalcError, SizeError
from paramcalc.graph.unknown_layers import UnknownLayer
from paramcalc.symbolic import symbols

ROOT = Path(__file__).parents[2]
H, X, D = symbols("h x d")
LSTM = pc.Sequential([pc.Input((None, 108)), pc.LSTM(H)], name="lstm")


def test_the_largest_lstm_under_a_million_parameters() -> None:
    found = solve(LSTM, "h", params="1M")
    assert (found.value, found.sizes, found.method) == (448, {"h": 448}, HALVING.name)
    assert found.lines == ("h = 448: 998,144 ≤ 1,000,000", "h = 449: 1,002,168 > 1,000,000")
    assert found.search == "h from 1 to 1,073,741,824, by binary search: the amounts only grow with the sizes"
    assert found.closed_form == "h = ⌊(√(436² + 16·1,000,000) − 436)/8⌋"
    assert found.model is not None
    assert found.model.total == 998_144
    at_least = solve(LSTM, "h", params="1M", at_least=True)
    assert at_least.lines == ("h = 449: 1,002,168 ≥ 1,000,000", "h = 448: 998,144 < 1,000,000")
    near = solve(LSTM, "h", params=1_001_000, near=True)
    assert near.lines == (
        "h = 449: 1,002,168 > 1,001,000", "h = 448: 998,144 < 1,001,000", "h = 450: 1,006,200 > 1,001,000",
    )  # fmt: skip
    assert solve(LSTM, "h", params="1M", multiple_of=64).sizes == {"h": 448}
    most = solve(LSTM, "h", params="1M", most=100)
    assert (most.value, most.method) == (100, HALVING.name)
    assert most.lines[-1] == "100 is the largest value of h that is tried"


def test_several_budgets_are_kept_together() -> None:
    found = solve(LSTM, "h", params="1M", macs="2M", memory="16MiB", batch=2, steps=10)
    assert found.lines == (
        "h = 113: 100,344 ≤ 1,000,000 parameters, 1,997,840 ≤ 2,000,000 MACs, 898.31 KiB ≤ 16 MiB",
        "h = 114: 101,688 ≤ 1,000,000 parameters, 2,024,640 > 2,000,000 MACs, 909.75 KiB ≤ 16 MiB",
    )


def test_divisions_are_the_step_of_the_search() -> None:
    x = pc.Input((10, D))
    attention = pc.Model(x, pc.MultiHeadAttention(8, D / 8)(x, x))
    found = solve(attention, "d", params="1M")
    assert found.lines == ("d = 496: 986,048 ≤ 1,000,000", "d = 504: 1,018,080 > 1,000,000")
    assert found.ranges["d"].step == 8
    assert solve(attention, "d", params="1M", multiple_of=12).ranges["d"] == range(24, 2**30 + 1, 24)
    with pytest.raises(OptionError, match=r"no value of d from 3 to 1,023 in steps of 4; expected 8, 16, 24, …"):
        solve(attention, {"d": "3:1024:4"}, params="1M")


@pytest.mark.usefixtures("small")
def test_a_number_of_layers_is_found_by_building(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("input: [16]\nlayers:\n  - repeat: n\n    layers:\n      - Dense: h\n")
    found = solve(path, "n", params="10k", sizes={"h": 16})
    assert (found.method, found.sizes) == (REBUILD.name, {"n": 36})
    assert found.lines == (
        "n = 36: 9,792 ≤ 10,000", "n = 37: 10,064 > 10,000", "63 is the largest value of n that is tried",
    )  # fmt: skip
    assert found.search == "n from 1 to 63, each model built"
    both = solve(path, {"h": None, "n": "1:6"}, params="10k")
    assert (both.method, both.sizes) == (HALVING.name, {"h": 588, "n": 1})
    assert both.answer is not None
    counts = {
        (h, n): pc.load(path, sizes={"h": h, "n": n}).total for n in range(1, 7) for h in (*range(30, 70), 588, 589)
    }
    assert max(one for one in counts.values() if one <= 10_000) == both.answer.amounts["params"] == 9_996


@pytest.mark.usefixtures("small")
def test_a_size_that_cannot_be_built_is_not_the_end() -> None:
    def convolution(k: int) -> pc.Model:
        return pc.Sequential([pc.Input((32, 32, 3)), pc.Conv2D(8, k), pc.Flatten(), pc.Dense(10)])

    found = solve(convolution, "k", params="10M")
    assert (found.value, found.method) == (32, SCAN.name)
    assert found.lines[1].startswith("k = 33: cannot be built: layer 'conv2d': a window over 33 places does not fit")

    def grouped(f: int) -> pc.Model:
        return pc.Sequential([pc.Input((9, 9, 6)), pc.Conv2D(f, 3, groups=3)])

    found = solve(grouped, "f", params="1k")
    assert [one.sizes for one in (found.answer, *found.beside) if one and not one.problem] == [{"f": 51}, {"f": 54}]


def test_a_function_that_differs_from_its_formula_is_built_at_every_size() -> None:
    def odd(h: Any) -> pc.Model:
        return pc.Sequential([pc.Input((10,)), pc.Dense(1000 if h == 8 else h)])

    found = solve(odd, "h", params=90, most=50)  # 11h, so 8 would fit
    assert (found.value, found.method) == (7, REBUILD.name)
    assert found.lines == ("h = 7: 77 ≤ 90", "h = 8: 11,000 > 90")


def test_a_function_that_gives_models_of_keras() -> None:
    keras = pytest.importorskip("keras")

    def dense(h: int) -> Any:
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(h)])

    assert solve(dense, {"h": "18:22"}, params=100).lines == ("h = 20: 100 ≤ 100", "h = 21: 105 > 100")


@pytest.mark.torch
def test_a_function_that_gives_modules_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    found = solve(lambda h: torch.nn.MultiheadAttention(h, 4), {"h": "44:56"}, params="10k")
    assert found.lines == (
        "h = 48: 9,408 ≤ 10,000",
        "h = 49: cannot be built: embed_dim must be divisible by num_heads",
        "h = 52: 11,024 > 10,000",
    )


def test_divisions_may_differ_between_numbers_of_layers(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("input: [16]\nlayers:\n  - repeat: n\n    layers:\n      - Dense: h/n\n")
    counts = everything(
        lambda sizes: pc.load(path, sizes=sizes), {"h": range(1, 60), "n": range(1, 5)}, lambda one: (one.total,)
    )
    found = solve(path, {"h": "1:59", "n": "1:4"}, params=600)
    assert found.answer is not None
    assert tuple(found.answer.sizes.values()) == best(counts, (600,), "at_most")


@pytest.mark.usefixtures("small")
def test_without_an_answer_the_nearest_candidate_is_the_reason(run: Any) -> None:
    found = solve(LSTM, "h", params=50)
    assert (found.answer, found.value, found.sizes, found.lines) == (None, None, {}, ("h = 1: 440 > 50",))
    assert solve(LSTM, "h", params="1M", most=10, at_least=True).lines == ("h = 10: 4,760 < 1,000,000",)
    falling = solve(
        lambda k: pc.Sequential([pc.Input((9, 2)), pc.Conv1D(8, k), pc.Flatten(), pc.Dense(50)]), "k", params=99
    )
    assert (falling.lines[0], falling.lines[-1]) == (
        "k = 9: 602 > 99",
        "1,024 is the largest value of k that is tried",
    )
    code, out, _ = run("solve", "lstm", "--in", "108", "--params", "50")
    assert code == 1
    assert "  h       none\n" in out
    assert "  proof   h = 1: 440 > 50\n" in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no limit; expected params, macs or memory"),
        ({"params": "1x"}, "params: not a number of parameters: unknown unit 'x'; expected 1M, 2.5G, 500k or a whole "
         "number, received '1x'"),
        ({"params": 0}, "params: not a number of parameters; expected at least 1, as in 1M, 2.5G, 500k or a whole "
         "number, received 0"),
        ({"memory": "16Gib/s"}, "memory: not a number of bytes: unknown unit 'Gib/s'; expected 16GiB, 512MiB, 16G or a "
         "number of bytes, received '16Gib/s'"),
        ({"params": 1, "near": True, "at_least": True}, "at_least and near; expected one of them"),
        ({"params": 1, "macs": 1, "near": True},
         "the nearest size to several budgets; expected one budget, received 2"),
        ({"macs": "1M"}, "the MACs depend on open sizes; expected a value for T, received '4T·h² + 432T·h'"),
        ({"memory": "1M", "steps": 3}, "the memory depends on open sizes; expected a value for B, received"),
        ({"params": 1, "multiple_of": 0}, "multiple_of is no size; expected a whole number from 1, received 0"),
        ({"params": 1, "sizes": {"h": 3}}, "h varies, and has a value; expected one of the two, received 3"),
        ({"params": 1, "such_that": {"e": "q//2"}}, "e follows from; expected an expression over h, received 'q'"),
        ({"params": 1, "such_that": {"e": "h//2"}}, "no size 'e'; expected B or T or h"),
    ],
)  # fmt: skip
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        solve(LSTM, "h", **options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("model", "size", "message"),
    [
        (LSTM, "hh", "no size 'hh'; expected B or T or h (did you mean 'h'?)"),
        (LSTM, {}, "no size to find; expected the name of one, such as h, received {}"),
        (pc.Sequential([pc.Input((None, H)), pc.Dense(X)]), ["h", "x"],
         "several sizes without an end: h, x; expected LEAST:MOST for all but one"),
        (pc.Sequential([pc.Input((H, 3)), pc.Dense(3)]), "h",
         "no h to find: it does not change the parameters of the model"),
        (7, "h", "not a model; expected a model with open sizes, a file, or a function of sizes, received 7"),
    ],
)  # fmt: skip
def test_what_is_no_size_of_a_model(model: Any, size: Any, message: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        solve(model, size, params="1M")
    assert str(caught.value) == message


def test_a_model_with_unknown_layers_has_no_answer() -> None:
    model = pc.Sequential([pc.Input((8,)), pc.Dense(H), UnknownLayer("Strange", "its code is not there")])
    with pytest.raises(OptionError, match=r"can only be given as a lower bound: strange .* its code is"):
        solve(model, "h", params=100)


def test_the_flags_of_a_layer_and_of_the_search(run: Any) -> None:
    _, out, _ = run("solve", "lstm", "--in", "108", "--params", "1M")
    assert "  proof       h = 448: 998,144 ≤ 1,000,000\n  proof       h = 449: 1,002,168 > 1,000,000\n" in out
    _, out, _ = run("solve", "gru", "--in", "108", "--params", "1M", "--layers", "2", "--for", "h=64:1024:64", "--json")
    found = json.loads(out)
    assert (found["sizes"], found["ranges"]) == ({"h": 256}, {"h": {"least": 64, "most": 1024, "step": 64}})
    words = ("solve", "Conv2D", "--input", "32,32,3", "filters=f", "kernel_size=3", "--for", "f", "--params", "1M")
    assert json.loads(run(*words, "--json")[1])["sizes"] == {"f": 35_714}
    words = ("solve", "nn.LSTM", "input_size=108", "hidden_size=h", "--for", "h", "--macs", "1G", "--steps", "100")
    assert json.loads(run(*words, "--json")[1])["sizes"] == {"h": 1528}
    words = ("solve", "docs/examples/sizes.yaml", "--for", "h", "--such-that", "V=h//2", "--params", "1M")
    assert json.loads(run(*words, "--json")[1])["sizes"] == {"h": 271, "V": 135}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("lstm --in 3", "no budget; expected --params, --macs or --memory"),
        ("lstm --params 1M", "no --in and no --hidden; expected the sizes of the lstm"),
        ("lstm --in 3 --hidden 4 --params 1M", "no size to find; expected lstm without one of its sizes, or --for"),
        ("docs/examples/sizes.yaml --params 1M", "no size to find; expected --for and the name of a size of the file"),
        ("lstm --in 3 --params 1M --inference", "--inference has no effect; expected --memory with it"),
        ("lstm --in 3 --params 1M --for h=", "--for; expected NAME, or NAME=LEAST:MOST:STEP such as h=64:1024:64, each "
         "name once, received 'h='"),
        ("docs/examples/sizes.yaml --for h --params 1M", "the parameters depend on open sizes; expected a value for V: "
         "--set V=…, received '3V·h"),
        ("docs/examples/sizes.yaml --for q --params 1M",
         "docs/examples/sizes.yaml:3: sizes: no size 'q'; expected B or T or V or d or h"),
        ("docs/examples/tutorial.yaml --for h --params 1M", "docs/examples/tutorial.yaml: sizes: no size 'h'"),
    ],
)  # fmt: skip
def test_what_the_command_line_refuses(run: Any, words: str, message: str) -> None:
    code, _, err = run("solve", *words.split())
    assert code == 2
    assert err.startswith(f"paramcalc: {message}")


# --- any model, and open axes ---------------------------------------------------------------------------


def test_the_largest_batch_and_the_longest_sequence(run: Any) -> None:
    spec = "docs/examples/tutorial.yaml"
    found = solve(spec, "B", memory="16GiB")
    assert found.setting.to_dict()["batch"] == "B"
    below, above = (pc.cost(pc.load(spec), batch=found.value + more).memory.training for more in (0, 1))
    assert below <= 16 * 2**30 < above
    lstm = pc.Sequential([pc.Input((None, 108)), pc.LSTM(128)])
    longest = solve(lstm, "T", macs="1G")
    one = 4 * 128 * (108 + 128)  # of one step, by hand
    assert longest.value == 10**9 // one
    for batch in (1, 3):
        found = solve(lstm, {"B": None, "T": f"{batch}:{batch}"}, macs="1M")
        assert found.sizes == {"B": 10**6 // (one * batch), "T": batch}
    code, out, _ = run("solve", "lstm", "--in", "108", "--hidden", "128", "--for", "T", "--macs", "1G")
    assert (code, f"T = {longest.value:,}: " in out) == (0, True)


def test_the_batch_has_any_name(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    layer = "LSTM: {input_size: h, hidden_size: h, batch_first: true}"
    path.write_text(f"framework: torch\nsizes: {{h: 8}}\ninput: [N, L, h]\nlayers:\n  - {layer}\n")
    one = 8 * 8 * 8  # multiply-adds of one step of one sample: 4·h·(h + h)
    assert solve(path, "L", macs="1M").sizes == {"L": 10**6 // one}
    assert solve(path, "N", macs="1M", steps=3).sizes == {"N": 10**6 // (3 * one)}
    found = solve(path, "h", macs="1M", steps=2, such_that={"N": "h"})
    assert found.sizes == {"h": 39, "N": 39}  # 16·h³
    assert found.setting.to_dict()["batch"] == "h"


def test_a_size_of_a_program_may_be_a_number_of_layers(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(
        "import keras\n\n\ndef build(n, h):\n    layers = [keras.layers.Dense(h) for _ in range(n)]\n"
        "    return keras.Sequential([keras.Input((h,)), *layers])\n"
    )
    place = f"{path}:build"
    assert solve(place, {"n": "1:9"}, params=100, sizes={"h": 3}).sizes == {"n": 8}  # of 12 each
    assert solve(place, "h", params=1000, sizes={"n": 2}).sizes == {"h": 21}  # 2·(h² + h)
    rows = list(pc.sweep(place, h=[1, 2], n=[2, 3]).rows())
    assert rows == [{"h": h, "n": n, "params": n * (h * h + h)} for h in (1, 2) for n in (2, 3)]
    with pytest.raises(SizeError, match="no size 'q'"):
        solve(place, "q", params=100)


NET = """
import argparse, torch.nn as nn

parser = argparse.ArgumentParser()
parser.add_argument("--hidden", type=int, default=64)
parser.add_argument("--layers", default=1, type=int)
parser.add_argument("--rate", default=0.1, type=float)
args = parser.parse_args()


class Net(nn.Module):
    def __init__(self, inputs, hidden=32, *, layers=1, bias=True):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden, num_layers=layers)
        self.out = nn.Linear(hidden, 10, bias=bias)


net = Net(108, args.hidden, layers=args.layers)
"""


def test_numbers_among_the_arguments_of_a_program_are_sizes(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(NET)

    def count(h: int, n: int = 1) -> int:
        return 4 * h * (108 + h + 2) + (n - 1) * 4 * h * (2 * h + 2) + 10 * h + 10

    assert pc.load(path).total == count(64)
    assert pc.load(path, sizes={"hidden": 5, "layers": 3}).total == count(5, 3)
    found = solve(path, "hidden", params="1M")
    assert (found.value, found.method) == (446, HALVING.name)
    assert count(446) <= 10**6 < count(447)
    assert solve(path, {"hidden": None, "layers": "1:3"}, params="1M").sizes == {"hidden": 270, "layers": 2}
    assert solve(f"{path}:Net", "hidden", params="1M", sizes={"inputs": 108, "layers": 2}).value == 270
    assert [one["params"] for one in pc.sweep(path, hidden=[1, 2], layers=[1, 2]).rows()] == [
        count(h, n) for h, n in ((1, 1), (1, 2), (2, 1), (2, 2))
    ]
    for name in ("rate", "hiden"):
        with pytest.raises(SizeError, match=f"no size '{name}'; expected hidden or layers"):
            solve(path, name, params="1M")
    with pytest.raises(OptionError, match=r"expected a value for n, received '8hidden²·n"):
        solve(f"{path}:Net", "hidden", params="1M", sizes={"inputs": 108, "layers": "n"})


@pytest.mark.usefixtures("small")
def test_a_layer_of_many_weights_is_work_of_many_layers(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(
        NET.replace("num_layers=layers", "num_layers=layers if layers else 1")
    )  # no symbol can stand for it
    found = solve(path, "layers", params="10M", sizes={"hidden": 4})
    assert found.search == "layers from 1 to 63, each model built"  # 1 + 2 + … + 63 layers are over 2,000
    assert found.limits == ("63 is the largest value of layers that is tried",)


def test_a_function_is_swept_and_its_sizes_are_checked() -> None:
    def dense(h: Any, n: Any) -> pc.Model:
        return pc.Sequential([pc.Input((4,)), *(pc.Dense(h) for _ in range(n))])

    rows = list(pc.sweep(dense, h=[1, 2], sizes={"n": 2}).rows())
    assert rows == [{"h": h, "params": 4 * h + h + h * h + h} for h in (1, 2)]
    with pytest.raises(SizeError, match=r"no size 'm'; expected h or n"):
        solve(dense, "m", params=100)
    with pytest.raises(OptionError, match="dense: missing a required argument: 'n'; expected a function of the sizes"):
        solve(dense, "h", params=100)
    with pytest.raises(SizeError, match=r"the name of a size; expected a letter, then .* received 3"):
        pc.sweep(dense, h=[1], sizes={3: 4})
    left = pc.sweep(lambda h: 3, h=[1]).left
    assert (left.number, left.reason) == (1, "h = 1: <lambda> gives no model; expected a model, received 3")


def test_the_schema_lists_the_methods() -> None:
    schema = json.loads((ROOT / "docs/schemas/paramcalc-solve-1.schema.json").read_text())
    assert schema["properties"]["method"]["enum"] == [*(way.method.name for way in WAYS), REBUILD.name]
