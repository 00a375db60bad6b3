"""Why a number is different: the true cause is found, and found first."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tiers import quick

import paramcalc as pc
from paramcalc.analysis import why
from paramcalc.analysis.causes import Cause, Explanation
from paramcalc.analysis.changes import chains, changes
from paramcalc.analysis.stacks import Stack, stack_of
from paramcalc.errors import OptionError
from paramcalc.render.document import Fact
from paramcalc.render.why import presentation

SIZES = (8, 10, 13, 16, 20, 32, 50, 64, 100, 108, 128, 200, 256, 300, 512, 768, 1024)


def recurrent(name: str, d_x: int, d_h: int, **options: Any) -> pc.Model:
    x = pc.Input((None, d_x))
    return pc.Model(x, getattr(pc, name)(d_h, **options)(x))


def one_line(model: pc.Model, got: int, place: int = 0) -> str:
    return str(why(model, got)[place])


def test_whose_lstm() -> None:
    model = recurrent("LSTM", 108, 128)
    assert one_line(model, 121_856).startswith("PyTorch's LSTM (and cudnn, onnx, mxnet, darknet): a second bias vector")
    assert one_line(model, 121_856).endswith("+4d_h = +512")
    assert one_line(model, 2 * 121_344).startswith("bidirectional, or including one optimizer slot per parameter")
    assert one_line(model, 120_832) == "use_bias=False: −512"
    assert one_line(recurrent("GRU", 108, 128), 91_008) == "reset_after=False: −384"


def test_on_the_command_line(run: Any) -> None:
    code, out, _ = run("why", "lstm", "--in", "108", "--hidden", "128", "--got", "121,856")
    assert code == 0
    assert out.startswith("lstm: 121,856, not 121,344 (+512)\n")
    assert "1  PyTorch's LSTM (and cudnn, onnx, mxnet, darknet): a second bias vector: +4d_h" in out
    code, out, _ = run("why", "lstm", "--in", "108", "--hidden", "128", "--got", "127")
    said = "note  no single change and no pair of changes that was tried gives this number"
    assert (code, out.split("\n")[2].strip()) == (1, said)
    code, out, _ = run("why", "docs/examples/tutorial.yaml", "--got", "153740", "--json")
    found = json.loads(out)
    assert (code, found["schema"], found["total"], found["got"]) == (0, "paramcalc-why/1", 153_228, 153_740)
    assert found["explanations"][0]["causes"][0]["difference"] == 512
    code, _, err = run("why", "docs/examples/tutorial.yaml", "--got", "153740", "--framework", "torch")
    assert err.startswith(
        "paramcalc: a file cannot be combined with the options of a layer; "
        "expected such options only with lstm, gru or rnn, received "
    )
    code, _, err = run("why", "lstm", "--got", "3")
    assert (code, err) == (2, "paramcalc: no --in and no --hidden; expected the sizes of the lstm\n")
    code, _, err = run("why", "lstm", "--in", "3", "--hidden", "3", "--got", "many")
    assert (
        err == "paramcalc: --got is not a count; expected a whole number, such as 121856 or 121,856, received 'many'\n"
    )


def stacked(framework: str, layers: int, directions: int) -> str:
    both = " --bidirectional" * (directions == 2)
    return f"why lstm --framework {framework} --in 108 --hidden 128 --layers {layers}{both}"


@pytest.mark.parametrize("layers", quick([2, 1, 3], 3))
@pytest.mark.parametrize("directions", [1, 2])
def test_layers_and_directions_carry_over_to_every_convention(run: Any, layers: int, directions: int) -> None:
    # one bias vector of 4·128 for each layer and direction, told from PyTorch's side and from Keras's
    more = 4 * 128 * layers * directions
    below, above = 108, directions * 128
    inputs = directions * (below + (layers - 1) * above)
    keras = 4 * 128 * (inputs + layers * directions * (128 + 1))
    for base, got, whose in (
        ("torch", keras, "Keras's LSTM"),
        ("onnx", keras, "Keras's LSTM"),
        ("keras", keras + more, "PyTorch's LSTM"),
        ("cudnn", keras, "Keras's LSTM"),
    ):
        code, out, err = run(*stacked(base, layers, directions).split(), "--got", str(got))
        first = out.splitlines()[4]
        assert (code, err) == (0, "")
        assert first.startswith(f"  1  {whose}"), (base, out)
        assert first.endswith(f"{'+' if base == 'keras' else '−'}{more:,}")
        assert ("each of 2 layers" in first) == (layers == 2)
        assert ("both directions" in first) == (directions == 2)


def test_a_stack_of_pytorch_is_seen_as_one() -> None:
    from paramcalc import torch as nn

    x = nn.Input((7, 5, 12))
    lstm = nn.LSTM(12, 16, num_layers=2, bidirectional=True, proj_size=4)
    model = pc.Model(x, nn.Linear(8, 3)(lstm(x)[0]))
    stack = stack_of(model)
    assert stack is not None
    assert (stack.layers, stack.directions, stack.output, stack.width) == (2, 2, 3, 8)
    assert stack.count == model.total
    assert one_line(model, model.total - 27) == "without the dense layer: −27"
    assert one_line(model, replace(stack, layers=3).count).startswith("3 layers instead of 2: ")


def test_a_model_of_pytorch_names_the_layer() -> None:
    model = pc.load("docs/examples/torch-lstm.yaml")
    biases = 2 * 4 * 16
    assert one_line(model, 4_436 - 2 * biases).startswith("lstm with bias=False, or ")
    assert one_line(model, 4_436 - biases).startswith("lstm counted as in keras, tf1, ")
    assert one_line(model, 4_436 - 2_176) == "lstm with 1 layer: −2,176"
    assert one_line(model, 4_436 - 4_096 // 4) == "lstm as a GRU: −1,024"
    both = 2 * (4_096 + 4 * 16 * 16) - 4_096  # the upper layer reads both directions
    assert one_line(model, 4_436 + both).startswith("lstm as a bidirectional layer: ")


@pytest.mark.torch
def test_a_live_module_of_no_shape_names_the_layer() -> None:
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(3, 7), torch.nn.LSTM(7, 4, 2, batch_first=True))
    model = pc.from_torch(module)
    biases = 2 * 2 * 4 * 4
    assert one_line(model, model.total - biases) == f"1 with bias=False: −{biases}"
    assert one_line(model, model.total - biases // 2).startswith("1 counted as in keras, tf1, ")
    assert one_line(model, model.total - 4 * 4 * 8 - 2 * 4 * 4) == "1 with 1 layer: −160"
    assert one_line(model, model.total - 7) == "0 with bias=False: −7"


def test_an_equation_has_one_difference_on_its_left() -> None:
    model = recurrent("LSTM", 108, 128)
    assert one_line(model, 121_856).endswith(": +4d_h = +512")
    assert str(Cause("a", "b", -8)) == "b: −8"
    assert str(Cause("a", "b: −4d_h; c: +3d_h", -8)) == "b: −4d_h; c: +3d_h; in total −8"


def test_two_changes_that_fit_may_be_a_coincidence(run: Any) -> None:
    sizes = ("why", "lstm", "--in", "108", "--hidden", "128")
    code, out, _ = run(*sizes, "--got", "123456")
    assert code == 0
    assert out.splitlines()[-1] == (
        "  note  no single change gives this number; the explanation combines two changes and may be a coincidence"
    )
    _, out, _ = run(*sizes, "--layers", "2", "--got", "253952")  # PyTorch's
    assert "coincidence" not in out
    one, two = Cause("a", "a", 512), Cause("b", "b", -512)
    single, pair = Explanation((one,)), Explanation((two, one))
    for found, said in (
        ([single, pair], "explanation 2 combines two changes and may be a coincidence"),
        ([single, pair, pair], "explanations 2 and 3 combine two changes and may be a coincidence"),
        ([pair, pair],
         "no single change gives this number; each explanation combines two changes and may be a coincidence"),
    ):  # fmt: skip
        assert presentation(recurrent("LSTM", 3, 4), 640, found).document().facts == [Fact("note", said)]
    _, out, _ = run(*sizes, "--got", "121856")
    assert "coincidence" not in out
    _, out, _ = run(*sizes, "--got", "123456", "--json")
    assert [one["may_be_accident"] for one in json.loads(out)["explanations"]] == [True]


def test_one_of_a_thing_is_singular(run: Any) -> None:
    _, out, _ = run("why", "lstm", "--in", "108", "--hidden", "128", "--got", str(121_344 + 108))
    assert "an extra embedding of 1 token " in out
    assert "1 layer instead of 2" in one_line(recurrent_twice(), recurrent("LSTM", 3, 5).total)


def recurrent_twice() -> pc.Model:
    x = pc.Input((None, 3))
    return pc.Model(x, pc.LSTM(5)(pc.LSTM(5, return_sequences=True)(x)))


def test_two_changes_that_nearly_cancel_are_less_likely() -> None:
    near = Explanation((Cause("a", "a", 600), Cause("b", "b", -100)))
    along = Explanation((Cause("a", "a", 400), Cause("b", "b", 100)))
    assert near.cost > along.cost == 2.5
    assert not Explanation((Cause("a", "a", 400),)).several


def test_every_format(run: Any) -> None:
    words = ("why", "lstm", "--in", "108", "--hidden", "128", "--got", "123456", "--format")
    found = {name: run(*words, name)[1] for name in ("text", "table", "markdown", "latex", "csv", "json", "html")}
    assert json.loads(found["json"])["got"] == 123_456
    assert found["csv"].splitlines()[0] == "rank,changes,key,text,difference"
    assert found["csv"].splitlines()[1].startswith("1,2,peephole=True,")
    assert "| 1 | peephole, or kaldi's fast-lstm-layer: " in found["markdown"]
    assert found["latex"].startswith("% lstm: 123,456, not 121,344 (+2,112)\n")
    assert "no single change gives this number" in found["latex"]
    assert r"\begin{tabular}{llr}" in found["latex"]
    assert found["html"].startswith('<div class="paramcalc">')
    assert "an extra embedding of 16 tokens" in found["html"]
    assert max(map(len, found["table"].splitlines())) < 120
    assert run(*words, "cvs") == (2, "", "paramcalc: unknown format; expected table, text, markdown, latex, csv, "
                                         "json, html, yaml, received 'cvs' (did you mean 'csv'?)\n")  # fmt: skip
    code, _, err = run(*words, "text", "--json")
    assert (code, err) == (2, "paramcalc: --json and --format ask for different views, received 'text'\n")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="terminals are made with openpty")
def test_on_a_terminal_it_wraps_and_has_colour() -> None:
    command = [sys.executable, "-m", "paramcalc", *["why", "lstm", "--in", "108", "--hidden", "128", "--got", "121856"]]
    ours, theirs = os.openpty()
    environment = {**os.environ, "COLUMNS": "60", "TERM": "xterm-256color", "PYTHONUTF8": "1"}
    for name in ("NO_COLOR", "FORCE_COLOR"):
        environment.pop(name, None)
    process = subprocess.Popen(command, stdout=theirs, env=environment, cwd=Path(__file__).parents[2])
    os.close(theirs)
    said = b""
    with suppress(OSError):  # the other end is closed
        while some := os.read(ours, 4096):
            said += some
    os.close(ours)
    assert process.wait() == 0
    shown = said.decode()
    assert "\x1b[32m" in shown
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in shown.splitlines()) <= 60


def test_a_number_without_an_explanation() -> None:
    assert why(recurrent("LSTM", 108, 128), 127) == []
    assert why(recurrent("LSTM", 108, 128), 121_344) == [Explanation(())]
    with pytest.raises(OptionError, match="not a count; expected a positive whole number, received 0"):
        why(recurrent("LSTM", 108, 128), 0)
    with pytest.raises(OptionError, match="the count is an expression; expected a value for every size"):
        why(pc.Sequential([pc.Input((None, "d_x")), pc.LSTM(3)]), 100)


def test_a_model_names_the_layer() -> None:
    model = pc.load("docs/examples/tutorial.yaml")
    assert one_line(model, 153_228 + 512) == "lstm counted as in torch, cudnn, onnx, mxnet, darknet: +512"
    assert one_line(model, 153_228 - 32) == "dense_1 with use_bias=False: −32"
    assert one_line(model, 153_228 - 32 - 108) == "all 2 Dense layers with use_bias=False: −140"
    assert one_line(model, 278_668).startswith("lstm as a bidirectional layer: ")
    assert one_line(model, 123_276).startswith("lstm as a GRU: ")
    in_bytes = "the size in bytes (float32), including two optimizer slots per parameter (Adam): "
    assert one_line(model, 12 * 153_228).startswith(in_bytes)
    deep = pc.Sequential([pc.Input((None, 3)), *(pc.LSTM(n, return_sequences=True) for n in (4, 5, 6))])
    assert one_line(deep, deep.total + 60).startswith("all 3 LSTM layers counted as in torch, cudnn")
    frozen = pc.load("docs/examples/sentiment.keras")
    assert one_line(frozen, 2_091) == "trainable parameters only: −1,600"
    tied = pc.Sequential([pc.Input((None,)), pc.Embedding(50, 8), pc.Dense(50)])
    assert one_line(tied, tied.total - 400) == "embedding and dense share one matrix (tied weights): −400"


# --- drawn at random --------------------------------------------------------------------------------------------


def drawn(random_: random.Random) -> Stack:
    name = random_.choice(["LSTM", "GRU", "SimpleRNN"])
    found = stack_of(recurrent(name, random_.choice(SIZES), random_.choice(SIZES)))
    assert found is not None
    return replace(found, layers=random_.choice([1, 1, 2, 3]), directions=random_.choice([1, 1, 2]))


def altered(random_: random.Random, stack: Stack) -> tuple[str, Stack]:
    """One change; a size that is solved for is drawn."""
    kinds = [one for one in changes(stack, 0) if one.stack.count != stack.count]
    solved = [
        ("input size", lambda n: replace(stack, d_x=n)),
        ("hidden size", lambda n: replace(stack, d_h=n)),
        ("output", lambda n: replace(stack, output=n)),
        ("embedding", lambda n: replace(stack, vocabulary=n)),
    ]
    at = random_.randrange(len(kinds) + len(solved))
    if at < len(kinds):
        return kinds[at].key, kinds[at].stack
    name, make = solved[at - len(kinds)]
    size = random_.choice(SIZES) if "size" in name else random_.choice([10, 100, 1_000, 5_000, 10_000, 30_000])
    return f"{name} {size}", make(size)


def ranked(stack: Stack, got: int) -> list[Explanation]:
    best: dict[Any, Explanation] = {}
    for one in sorted((Explanation(causes) for causes in chains(stack, got)), key=lambda one: one.cost):
        best.setdefault(frozenset(cause.key for cause in one.causes), one)
    return list(best.values())


def keys(cause: Cause) -> tuple[str, ...]:
    return (cause.key, *cause.also)


def told(one: Explanation, *wanted: str) -> bool:
    """Whether the causes are those, in any order."""
    if len(one.causes) != len(wanted):
        return False
    a, b = (keys(cause) for cause in one.causes)
    return (wanted[0] in a and wanted[1] in b) or (wanted[1] in a and wanted[0] in b)


@pytest.mark.parametrize("wanted", [20, pytest.param(300, marks=pytest.mark.exhaustive)])
def test_a_single_cause_is_found_first(wanted: int) -> None:
    random_ = random.Random(20)
    first, tries = 0, 0
    missed = []
    while tries < wanted:
        stack = drawn(random_)
        key, other = altered(random_, stack)
        if other.count == stack.count:
            continue
        tries += 1
        found = ranked(stack, other.count)
        if found and len(found[0].causes) == 1 and key in keys(found[0].causes[0]):
            first += 1
        else:
            missed.append((stack, key, [str(one) for one in found[:2]]))
    print(f"single causes found first: {first} of {tries}")
    assert first >= 0.95 * tries, missed


@pytest.mark.parametrize("wanted", [10, pytest.param(100, marks=pytest.mark.exhaustive)])
def test_two_causes_are_among_the_first_three(wanted: int) -> None:
    random_ = random.Random(21)
    among, tries = 0, 0
    missed = []
    while tries < wanted:
        stack = drawn(random_)
        key, middle = altered(random_, stack)
        other_key, other = altered(random_, middle)
        counts = {stack.count, middle.count, other.count}
        if len(counts) < 3 or key.split()[0].split("=")[0] == other_key.split()[0].split("=")[0]:
            continue
        tries += 1
        found = ranked(stack, other.count)[:3]
        if any(told(one, key, other_key) for one in found):
            among += 1
        else:
            missed.append((stack, key, other_key, [str(one) for one in found]))
    print(f"two causes among the first three: {among} of {tries}")
    assert among >= int(0.95 * tries), missed  # whole tries: 9 of 10, 95 of 100
