"""Why a number is different: the true cause is found, and found first."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.analysis import why
from paramcalc.analysis.causes import Cause, Explanation
from paramcalc.analysis.changes import chains, changes
from paramcalc.analysis.stacks import Stack, stack_of
from paramcalc.errors import OptionError

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
    assert one_line(model, 2 * 121_344).startswith("both directions (bidirectional), or one optimizer slot")
    assert one_line(model, 120_832) == "use_bias=False: −512"
    assert one_line(recurrent("GRU", 108, 128), 91_008) == "reset_after=False: −384"


def test_on_the_command_line(run: Any) -> None:
    code, out, _ = run("why", "lstm", "--in", "108", "--hidden", "128", "--got", "121,856")
    assert code == 0
    assert out.startswith("lstm: 121,856, not 121,344 (+512)\n")
    assert "1  PyTorch's LSTM (and cudnn, onnx, mxnet, darknet): a second bias vector: +4d_h" in out
    code, out, _ = run("why", "lstm", "--in", "108", "--hidden", "128", "--got", "127")
    assert (code, out.split("\n")[2].strip()) == (1, "no change, and no two changes, of those tried here lead there")
    code, out, _ = run("why", "docs/examples/tutorial.yaml", "--got", "153740", "--json")
    found = json.loads(out)
    assert (code, found["schema"], found["total"], found["got"]) == (0, "paramcalc-why/1", 153_228, 153_740)
    assert found["explanations"][0]["causes"][0]["difference"] == 512
    code, _, err = run("why", "lstm", "--got", "3")
    assert (code, err) == (2, "paramcalc: no --in and no --hidden; expected the sizes of the lstm\n")
    code, _, err = run("why", "lstm", "--in", "3", "--hidden", "3", "--got", "many")
    assert err == "paramcalc: --got is no count; expected a whole number, such as 121856 or 121,856, received 'many'\n"


def test_what_nobody_can_explain() -> None:
    assert why(recurrent("LSTM", 108, 128), 127) == []
    assert why(recurrent("LSTM", 108, 128), 121_344) == [Explanation(())]
    with pytest.raises(OptionError, match="not a count; expected a positive whole number, received 0"):
        why(recurrent("LSTM", 108, 128), 0)
    with pytest.raises(OptionError, match="the count is an expression; expected a value for every size"):
        why(pc.Sequential([pc.Input((None, "d_x")), pc.LSTM(3)]), 100)


def test_a_model_names_the_layer() -> None:
    model = pc.load("docs/examples/tutorial.yaml")
    assert one_line(model, 153_228 + 512) == "lstm as torch, cudnn, onnx, mxnet, darknet has it: +512"
    assert one_line(model, 153_228 - 32) == "dense_1 with use_bias=False: −32"
    assert one_line(model, 153_228 - 32 - 108) == "all 2 Dense layers with use_bias=False: −140"
    assert one_line(model, 278_668).startswith("lstm in both directions (bidirectional): ")
    assert one_line(model, 123_276).startswith("lstm as a GRU: ")
    assert one_line(model, 12 * 153_228).startswith("bytes of float32, with two optimizer slots for each (Adam): ")
    deep = pc.Sequential([pc.Input((None, 3)), *(pc.LSTM(n, return_sequences=True) for n in (4, 5, 6))])
    assert one_line(deep, deep.total + 60).startswith("all 3 LSTM layers as torch, cudnn")
    frozen = pc.load("docs/examples/sentiment.keras")
    assert one_line(frozen, 2_091) == "only what is trained: −1,600"
    tied = pc.Sequential([pc.Input((None,)), pc.Embedding(50, 8), pc.Dense(50)])
    assert one_line(tied, tied.total - 400) == "embedding and dense share their matrix: −400"


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


def test_a_single_cause_is_found_first() -> None:
    random_ = random.Random(20)
    first, tries, slowest = 0, 0, 0.0
    missed = []
    while tries < 300:
        stack = drawn(random_)
        key, other = altered(random_, stack)
        if other.count == stack.count:
            continue
        tries += 1
        start = perf_counter()
        found = ranked(stack, other.count)
        slowest = max(slowest, perf_counter() - start)
        if found and len(found[0].causes) == 1 and key in keys(found[0].causes[0]):
            first += 1
        else:
            missed.append((stack, key, [str(one) for one in found[:2]]))
    print(f"single causes found first: {first} of {tries}, the slowest in {slowest:.2f} s")
    assert first >= 0.95 * tries, missed


def test_two_causes_are_among_the_first_three() -> None:
    random_ = random.Random(21)
    among, tries = 0, 0
    missed = []
    while tries < 100:
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
    assert among >= 0.95 * tries, missed
