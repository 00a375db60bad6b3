"""The largest size within budgets: what trying every size gives, proved by the models at it and at its successor."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, event, given, settings, strategies as st
from tiers import examples

import paramcalc as pc
from paramcalc import paper, torch as torch_layers
from paramcalc.analysis.family import family_of
from paramcalc.analysis.sizing import Solution, solve
from paramcalc.analysis.sizing.closed_form import Quadratic, quadratic
from paramcalc.analysis.sizing.ranges import Axis, read_axis
from paramcalc.analysis.sizing.walk import ONE_BY_ONE, walk
from paramcalc.core.rule import layers_made
from paramcalc.errors import OptionError, ParamcalcError, SizeError
from paramcalc.graph.unknown_layers import UnknownLayer
from paramcalc.symbolic import increasing, maximum, minimum, symbols

H, X, D = symbols("h x d")
LSTM = pc.Sequential([pc.Input((None, 108)), pc.LSTM(H)], name="lstm")
Sizes = Mapping[str, int]


# --- by trying every size ---------------------------------------------------------------------------


def amounts(model: pc.Model, budgets: Sequence[str], batch: int) -> tuple[int, ...]:
    """Count what is limited in a model that is built, each by the function for it alone."""
    found: dict[str, Any] = {"params": model.total}
    if "macs" in budgets:
        found["macs"] = pc.cost(model, batch=batch).passes.forward
    if "memory" in budgets:
        found["memory"] = pc.cost(model, batch=batch).memory.inference
    return tuple(found[name] for name in budgets)


def everything(
    make: Callable[[Sizes], pc.Model], ranges: Mapping[str, range], count: Callable[[pc.Model], tuple[int, ...]]
) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Count every model of the ranges that can be built."""
    found = {}
    for values in product(*ranges.values()):
        try:
            found[values] = count(make(dict(zip(ranges, values, strict=True))))
        except ParamcalcError:
            continue
    return found


def best(counts: Mapping[tuple[int, ...], tuple[int, ...]], limits: tuple[int, ...], mode: str) -> Any:
    """Find the answer among all counts, by its definition."""
    single = len(next(iter(counts))) == 1
    if mode == "near":
        return min(counts, key=lambda at: (abs(counts[at][0] - limits[0]), at))
    if mode == "at_least":
        kept = [at for at, found in counts.items() if all(map(int.__ge__, found, limits))]
        return min(kept, key=lambda at: at if single else (counts[at][0], at), default=None)
    kept = [at for at, found in counts.items() if all(map(int.__le__, found, limits))]
    return max(kept, key=lambda at: at if single else (counts[at][0], at), default=None)


# Sizes of a spec, and how the layers of a spec are made of them.
SIZES = (
    "h",
    "h",
    "h",
    "2*h",
    "4",
    "3*h + 1",
    "h/2",
    "h/3",
    "h//2 + 1",
    "max(h - 3, 2)",
    "min(h, 9)",
    "(h + 2)/4",
    "5",
    "e",
    "20 - h",
)
LAYERS = (
    lambda s: {"Dense": s},
    lambda s: {"Conv1D": {"filters": s, "kernel_size": 3}},
    lambda s: {"Conv1D": {"filters": 4, "kernel_size": s}},
    lambda s: {"Conv1D": {"filters": s, "kernel_size": 2, "strides": 2}},
    lambda s: {"LSTM": {"units": s, "return_sequences": True}},
    lambda s: {"GRU": {"units": s, "return_sequences": True}},
    lambda s: {"repeat": "n", "layers": [{"Dense": s}]},
    lambda s: {"repeat": "n", "layers": [{"Conv1D": {"filters": s, "kernel_size": 3}}]},
    lambda s: {"Sequential": {"layers": [{"Dense": s}, {"Dense": 3}]}},
    lambda s: {"MaxPooling1D": {"pool_size": s, "strides": 1}},
)


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    layers = [
        make(draw(st.sampled_from(SIZES))) for make in draw(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=4))
    ]
    if draw(st.booleans()):
        layers += [{"Flatten": {}}, {"Dense": draw(st.sampled_from((3, "h")))}]
    text = str(layers)
    tied = {"e": draw(st.sampled_from(("h//2 + 1", "3*h", "h/2")))} if "'e'" in text else {}
    repeats = "'n'" in text
    free = draw(st.sampled_from(("h", "n", "both"))) if repeats else "h"
    wanted: dict[str, Any] = {}
    if free in ("h", "both"):
        wanted["h"] = range(1, draw(st.integers(4, 24 if free == "both" else 40)), draw(st.sampled_from((1, 1, 2, 3))))
    if free in ("n", "both"):
        wanted["n"] = range(1, draw(st.integers(2, 8)))
    fixed = (
        {"h": draw(st.integers(1, 12))}
        if free == "n"
        else {"n": draw(st.integers(1, 3))}
        if free == "h" and repeats
        else {}
    )
    if free == "n" and tied:
        fixed["e"], tied = draw(st.integers(1, 9)), {}
    several = ["params", *draw(st.sampled_from(([], ["macs"], ["memory"], ["macs", "memory"])))]
    return {
        "spec": {"input": [draw(st.integers(4, 24)), draw(st.integers(1, 6))], "layers": layers},
        "ranges": wanted,
        "tied": tied,
        "fixed": fixed,
        "budgets": several,
        "mode": draw(st.sampled_from(("at_most", "at_most", "at_least", "near"))),
        "place": draw(st.lists(st.floats(0, 1), min_size=3, max_size=3)),
        "multiple_of": draw(st.sampled_from((1, 1, 1, 2, 5))),
        "more": draw(st.integers(-1, 1)),
    }


@settings(max_examples=examples(60, 5000))
@given(problems())
def test_trying_every_size_gives_the_same(tmp_path_factory: pytest.TempPathFactory, problem: dict[str, Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "model.json"
    path.write_text(json.dumps(problem["spec"]))
    family, ranges, tied = family_of(path, ()), problem["ranges"], problem["tied"]
    if problem["mode"] == "near":
        problem["budgets"] = problem["budgets"][:1]
    if len(ranges) == 1 and problem["multiple_of"] > 1:
        (name,) = ranges
        asked: dict[str, Any] = {name: f"1:{ranges[name][-1]}"}
        ranges = {name: range(problem["multiple_of"], ranges[name][-1] + 1, problem["multiple_of"])}
    else:
        asked, problem["multiple_of"] = dict(ranges), 1

    def make(sizes: Sizes) -> pc.Model:
        more = {name: pc.parse(text)(**sizes) if "h" in text else int(text) for name, text in tied.items()}
        if any(type(one) is not int or one < 1 for one in more.values()):
            raise SizeError("no size")
        return family.make({**sizes, **more, **problem["fixed"]})

    counts = everything(make, ranges, lambda model: amounts(model, problem["budgets"], 2))
    limits = []
    for place, (_, at) in enumerate(zip(problem["budgets"], problem["place"], strict=False)):
        values = sorted({one[place] for one in counts.values()}) or [1]
        limits.append(max(values[round(at * (len(values) - 1))] + problem["more"], 1))
    options = {problem["mode"]: True} if problem["mode"] != "at_most" else {}

    def solved() -> Solution:
        return solve(
            path,
            asked,
            **dict(zip(problem["budgets"], limits, strict=True)),
            **options,
            sizes=problem["fixed"],
            such_that=tied,
            multiple_of=problem["multiple_of"],
            batch=2,
            training=False,
        )

    if not counts:
        event("nothing can be built")
        with pytest.raises(ParamcalcError):
            solved()
        assume(False)  # it is no case of a search
    try:
        found = solved()
    except ParamcalcError as error:  # nothing depends on the size, or divisions leave none of the range
        if re.search("do not depend on it|no value of|no open size", str(error)):
            event("refused")
            return
        raise
    event(found.method)
    event("no answer" if found.answer is None else "answered")
    expected = best(counts, tuple(limits), problem["mode"])
    answer = None if found.answer is None else tuple(found.answer.sizes.values())
    assert answer == expected
    for one in (*([found.answer] if found.answer else []), *found.beside):
        if not one.problem:
            assert counts[tuple(one.sizes.values())] == tuple(one.amounts.values())
    if found.answer is not None and len(ranges) == 1 and problem["mode"] == "at_most":
        (name,) = ranges
        later = [value for (value,) in counts if value > found.answer.sizes[name]]
        assert min(later, default=None) == next((one.sizes[name] for one in found.beside if not one.problem), None)


# --- what the search relies on ------------------------------------------------------------------------


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> Any:
    """Expressions over h and x that may fall, and may leave remainders."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from((H, X)) | st.integers(1, 9))
    one, other = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    kind = draw(st.sampled_from(["+", "+", "*", "*", "-", "max", "min", "//", "^"]))
    if kind in ("max", "min"):
        return (maximum if kind == "max" else minimum)(one, other)
    if kind == "^":
        return one**2
    number = draw(st.integers(1, 6))
    return (
        one // number if kind == "//" else one + other if kind == "+" else one * other if kind == "*" else one - number
    )


@settings(max_examples=examples(200, 5000))
@given(expressions(), st.integers(1, 12), st.integers(1, 12), st.integers(0, 5), st.integers(0, 5))
def test_what_is_called_increasing_never_falls(size: Any, h: int, x: int, dh: int, dx: int) -> None:
    if not isinstance(size, int) and increasing(size):
        assert size(h=h, x=x) <= size(h=h + dh, x=x + dx)


def test_polynomials_with_floors_and_extrema_are_increasing() -> None:
    assert all(increasing(one) for one in (4 * (H * (H + X) + H), H - 3, 3 * (H // 2) + 1, maximum(H - 2, 1) * X))
    assert increasing((2 * H * X + H) // 8 + minimum(H, 9))
    assert not any(
        increasing(one) for one in (X - H, (X - H) // 2, minimum(H - 2, 1) * X, X / H, maximum(H - 2, -1) * X)
    )


@given(st.integers(0, 50), st.integers(0, 500), st.integers(0, 500), st.integers(0, 10**4), st.integers(-1, 1))
def test_the_closed_form_is_the_largest(a: int, b: int, c: int, h: int, more: int) -> None:
    if a + b == 0:
        return
    form, limit = Quadratic("h", a, b, c), a * h**2 + b * h + c + more  # at the border of an answer
    found = form.largest(limit)
    assert found < 0 or a * found**2 + b * found + c <= limit
    assert a * (found + 1) ** 2 + b * (found + 1) + c > limit


def test_polynomials_of_one_size_have_a_closed_form() -> None:
    assert quadratic(4 * (H * (H + 108) + H)) == Quadratic("h", 4, 436, 0)
    assert [quadratic(one) for one in (H * X, H**3, H // 2, 7, maximum(H, 3), H / 2, 9 - H)] == [None] * 7
    texts = [
        Quadratic("h", *one).text(1000) for one in ((0, 3, 1), (0, 1, 0), (2, 0, 5), (1, 0, 0), (4, 436, 0), (1, 2, 3))
    ]
    assert texts == [
        "h = ⌊(1,000 − 1)/3⌋",
        "h = 1,000",
        "h = ⌊√((1,000 − 5)/2)⌋",
        "h = ⌊√1,000⌋",
        "h = ⌊(√(436² + 16·1,000) − 436)/8⌋",
        "h = ⌊(√(2² + 4·(1,000 − 3)) − 2)/2⌋",
    ]


@given(*[st.integers(1, 60)] * 4, st.integers(0, 200))
def test_two_steps_together_leave_what_both_leave(least: int, step: int, other: int, by: int, more: int) -> None:
    axis = Axis("h", least, least + more, step)
    both = [one for one in axis.values(0) if one >= other and (one - other) % by == 0]
    try:
        found = axis.narrow(other, by)
    except OptionError:
        assert not both
    else:
        assert [*found.values(0)] == both


def test_ranges() -> None:
    assert [*read_axis("h", "64:200:64").values(0)] == [64, 128, 192]
    assert [*read_axis("h", range(3, 12, 4)).values(0)] == [3, 7, 11]
    for wrong in ("64", "9:3", "0:5", "1:5:0", "a:b", range(0), range(9, 1, -1), range(3), 5):
        with pytest.raises(
            OptionError, match="no values for h; expected LEAST:MOST or LEAST:MOST:STEP, such as 64:1024:64"
        ):
            read_axis("h", wrong)


# --- answers ------------------------------------------------------------------------------------------


def test_the_largest_lstm_under_a_million_parameters() -> None:
    found = solve(LSTM, "h", params="1M")
    assert (found.value, found.sizes, found.method) == (448, {"h": 448}, "halving")
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
    assert (most.value, most.method) == (100, "halving")
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


def test_a_number_of_layers_is_found_by_building(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("input: [16]\nlayers:\n  - repeat: n\n    layers:\n      - Dense: h\n")
    found = solve(path, "n", params="10k", sizes={"h": 16})
    assert (found.method, found.sizes) == ("rebuild", {"n": 36})
    assert found.lines == (
        "n = 36: 9,792 ≤ 10,000", "n = 37: 10,064 > 10,000", "200 is the largest value of n that is tried",
    )  # fmt: skip
    assert found.search == "n from 1 to 200, each model built"
    both = solve(path, {"h": None, "n": "1:6"}, params="10k")
    assert (both.method, both.sizes) == ("halving", {"h": 588, "n": 1})
    assert both.answer is not None
    counts = {
        (h, n): pc.load(path, sizes={"h": h, "n": n}).total for n in range(1, 7) for h in (*range(30, 70), 588, 589)
    }
    assert max(one for one in counts.values() if one <= 10_000) == both.answer.amounts["params"] == 9_996


def test_a_size_that_cannot_be_built_is_not_the_end() -> None:
    def convolution(k: int) -> pc.Model:
        return pc.Sequential([pc.Input((32, 32, 3)), pc.Conv2D(8, k), pc.Flatten(), pc.Dense(10)])

    found = solve(convolution, "k", params="10M")
    assert (found.value, found.method) == (32, "scan")
    assert found.lines[1].startswith("k = 33: cannot be built: layer 'conv2d': a window over 33 places does not fit")

    def grouped(f: int) -> pc.Model:
        return pc.Sequential([pc.Input((9, 9, 6)), pc.Conv2D(f, 3, groups=3)])

    found = solve(grouped, "f", params="1k")
    assert [one.sizes for one in (found.answer, *found.beside) if one and not one.problem] == [{"f": 51}, {"f": 54}]


def test_a_function_that_differs_from_its_formula_is_built_at_every_size() -> None:
    def odd(h: Any) -> pc.Model:
        return pc.Sequential([pc.Input((10,)), pc.Dense(1000 if h == 8 else h)])

    found = solve(odd, "h", params=90, most=50)  # 11h, so 8 would fit
    assert (found.value, found.method) == (7, "rebuild")
    assert found.lines == ("h = 7: 77 ≤ 90", "h = 8: 11,000 > 90")


def test_a_function_that_gives_models_of_keras() -> None:
    keras = pytest.importorskip("keras")

    def dense(h: int) -> Any:
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(h)])

    assert solve(dense, "h", params=100, most=30).lines == ("h = 20: 100 ≤ 100", "h = 21: 105 > 100")


@pytest.mark.torch
def test_a_function_that_gives_modules_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    found = solve(lambda h: torch.nn.MultiheadAttention(h, 4), "h", params="10k", most=100)
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


def test_without_an_answer_the_nearest_candidate_is_the_reason(run: Any) -> None:
    found = solve(LSTM, "h", params=50)
    assert (found.answer, found.value, found.sizes, found.lines) == (None, None, {}, ("h = 1: 440 > 50",))
    assert solve(LSTM, "h", params="1M", most=10, at_least=True).lines == ("h = 10: 4,760 < 1,000,000",)
    falling = solve(
        lambda k: pc.Sequential([pc.Input((9, 2)), pc.Conv1D(8, k), pc.Flatten(), pc.Dense(50)]), "k", params=99
    )
    assert (falling.lines[0], falling.lines[-1]) == (
        "k = 9: 602 > 99",
        "65,536 is the largest value of k that is tried",
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
         "no h to find: the parameters of the model do not depend on it"),
        (7, "h", "not a model; expected a model with open sizes, a file, or a function of sizes, received 7"),
    ],
)  # fmt: skip
def test_what_is_no_size_of_a_model(model: Any, size: Any, message: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        solve(model, size, params="1M")
    assert str(caught.value) == message


def test_a_model_with_unknown_layers_has_no_answer() -> None:
    model = pc.Sequential([pc.Input((8,)), pc.Dense(H), UnknownLayer("Strange", "its code is not there")])
    with pytest.raises(OptionError, match="the parameters of the model are not known"):
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


# --- where sizes cannot be built, or a search has to end ------------------------------------------------


def in_a_window(size: Any, places: int) -> pc.Model:
    """A model whose kernel has to fit on an axis, with a count that grows with the kernel."""
    return pc.Sequential([pc.Input((places, 8)), pc.Conv1D(2, size), pc.GlobalMaxPooling1D(), pc.Dense(10)])


@settings(max_examples=examples(10, 300))
@given(
    st.lists(st.integers(0, 20_000), max_size=4),
    st.integers(1, 5000),
    st.integers(0, 30_000),
)
def test_a_walk_finds_the_first_or_states_what_it_left_out(gaps: list[int], period: int, start: int) -> None:
    values = range(1, 40_000)[::-1]
    asked: list[int] = []

    def builds(value: int) -> bool:
        asked.append(value)
        return value <= start and value % period == 0 and value not in gaps

    found = walk(builds, values, lambda: False)
    first = next((place for place, value in enumerate(values) if builds(value)), None)
    assert found.place is None or builds(values[found.place])
    if found.complete:
        assert found.place == first
    elif found.place is not None:
        assert first is not None
        assert first <= found.place
    if period == 1 and not gaps and start:
        assert found.place == first  # all sizes up to one
    if first is not None and first < ONE_BY_ONE:
        assert (found.place, found.complete) == (first, True)


def test_a_walk_ends_when_its_work_is_spent() -> None:
    asked: list[int] = []
    found = walk(lambda value: bool(asked.append(value)), range(1, 10**6), lambda: len(asked) >= 100)
    assert (len(asked), found.place, found.tried, found.passed, found.complete) == (100, None, 100, 10**6 - 1, False)
    assert (
        found.text("h", range(1, 10**6))
        == "h from 1 to 999,999: 100 of 999,999 sizes were tried, and none can be built"
    )


def test_groups_are_found_at_any_distance() -> None:
    def grouped(f: Any) -> pc.Model:
        return pc.Sequential([pc.Input((10, 1024)), pc.Conv1D(f, 3, groups=1024)])

    found = solve(grouped, "f", params="102k")
    assert [one.sizes["f"] for one in (found.answer, *found.beside) if one and not one.problem] == [24_576, 25_600]
    assert (found.limits, found.ranges["f"].step) == ((), 1024)

    def refusing(f: Any) -> pc.Model:  # the same, of which no formula knows
        if isinstance(f, int) and f % 1024:
            raise SizeError("not in groups")
        return pc.Sequential([pc.Input((10, 1024)), pc.Dense(f)])

    found = solve(refusing, "f", params="20M")
    assert [one.sizes["f"] for one in (found.answer, *found.beside) if one and not one.problem] == [19_456, 20_480]
    assert (found.limits, found.ranges["f"].step) == ((), 1)


GROUPS: dict[str, Callable[[Any], pc.Model]] = {
    "filters": lambda h: pc.Sequential([pc.Input((9, 12)), pc.Conv1D(h, 3, groups=12)]),
    "channels": lambda h: pc.Sequential([pc.Input((9, h)), pc.Conv1D(24, 3, groups=12)]),
    "normalization": lambda h: pc.Sequential([pc.Input((9, h)), pc.GroupNormalization(12)]),
    "torch": lambda h: pc.Sequential([pc.Input((h, 9)), torch_layers.GroupNorm(12, h)]),
    "torch convolution": lambda h: pc.Sequential([pc.Input((12, 9)), torch_layers.Conv1d(12, h, 3, groups=12)]),
    "heads": lambda h: pc.Sequential([pc.Input((9, 8)), paper.sLSTM(h, heads=12)]),
}


@pytest.mark.parametrize("kind", GROUPS)
def test_what_has_to_divide_is_the_step_of_the_search(kind: str) -> None:
    found = solve(GROUPS[kind], "h", params="1k")
    assert found.ranges["h"] == range(12, 2**30 + 1, 12)
    counts = everything(lambda sizes: GROUPS[kind](sizes["h"]), {"h": range(1, 600)}, lambda model: (model.total,))
    assert found.value == best(counts, (1000,), "at_most")[0]


def test_a_division_by_another_open_size_is_no_step() -> None:
    model = pc.Sequential([pc.Input((9, H)), pc.GroupNormalization(X)])
    assert solve(model, "h", params=100).method == "halving"


@pytest.mark.parametrize("mode", ["at_most", "at_least", "near"])
def test_a_window_that_does_not_fit_is_no_reason_to_begin_anew(mode: str) -> None:
    options = {} if mode == "at_most" else {mode: True}
    budget = 16 * 9_000 + 32 if mode == "at_least" else "10M"
    found = solve(lambda h: in_a_window(h, 9_000), "h", params=budget, **options)
    assert (found.value, found.method) == (9_000, "halving")
    assert any(re.fullmatch(r"h from [\d,]+ to [\d,]+: [\d,]+ of [\d,]+ sizes were tried, and none can be built", line)
               for line in found.lines) == (mode != "at_least")  # fmt: skip
    assert found.to_dict()["limits"] == [*found.limits]


@pytest.mark.exhaustive  # thousands of models
def test_each_number_of_layers_gets_its_share_of_the_work(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    layers = "  - repeat: n\n    layers:\n      - Dense: 8\n  - Conv1D: {filters: 2, kernel_size: h}\n"
    path.write_text(f"input: [600, 8]\nlayers:\n{layers}  - GlobalMaxPooling1D\n")
    found = solve(path, {"h": "1:100000", "n": "1:2"}, params="10M")
    assert found.sizes == {"h": 600, "n": 2}


def test_sizes_below_an_answer_may_not_fit() -> None:
    def axis(c: Any) -> pc.Model:
        return pc.Sequential([pc.Input((c, 3)), pc.Conv1D(2, 5_000), pc.Flatten(), pc.Dense(2)])

    def count(c: int) -> int:
        return 3 * 5_000 * 2 + 2 + 2 * 2 * (c - 4_999) + 2

    found = solve(axis, "c", params=count(5_100), at_least=True)
    assert found.value == 5_100
    assert solve(axis, "c", params=count(5_000), at_least=True).value == 5_000


def test_a_limit_of_the_search_is_stated() -> None:
    def falling(h: Any) -> pc.Model:
        return pc.Sequential([pc.Input((10,)), pc.Dense(h), pc.Dense(100 // h + 1)])

    assert "65,536 is the largest value of h that is tried" in solve(falling, "h", params="1k").lines
    assert solve(falling, "h", params=500, most=50).limits == ()
    assert solve(LSTM, "h", params=10**30, at_least=True).lines == (
        "h = 1,073,741,824: 4,611,686,486,578,823,168 < 1,000,000,000,000,000,000,000,000,000,000",
        "1,073,741,824 is the largest value of h that is tried",
    )


def test_models_that_cannot_be_built_are_work_too(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text("input: [16]\nlayers:\n  - repeat: n\n    layers:\n      - Dense: h\n  - Dense: h/8\n")
    before = layers_made()
    with pytest.raises(ParamcalcError, match="60 does not divide evenly by 8"):
        solve(path, "n", params="1M", sizes={"h": 60})
    assert layers_made() - before < 50_000


@pytest.mark.parametrize("most", [10**19, 10**40])
def test_ranges_of_any_length(most: int) -> None:
    assert solve(LSTM, "h", params="1M", most=most).value == 448
    assert solve(LSTM, {"h": range(64, most, 64)}, params="1M").value == 448


def test_the_dtype_and_the_optimizer_are_checked_before_the_search(run: Any) -> None:
    for options, message in (({"dtype": "flot32"}, "unknown dtype"), ({"optimizer": "adm"}, "unknown optimizer")):
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        code, _, err = run(
            "solve", "docs/examples/deep.yaml", "--for", "layers", "--set", "h=64", "--memory", "1G", "--batch", "2",
            "--steps", "3", *words,
        )  # fmt: skip
        assert (code, err.startswith(f"paramcalc: {message}")) == (2, True)


@pytest.mark.parametrize("size", [["h", 3], {3: None}, 7, [], [LSTM]])
def test_what_is_no_name_of_a_size(size: Any) -> None:
    with pytest.raises(OptionError, match="no size to find; expected the name of one, such as h, received"):
        solve(lambda h: LSTM, size, params=100)


def test_ends_and_steps_given_twice_hold_together() -> None:
    assert solve(LSTM, {"h": "1:4096"}, params="1M", most=10).value == 10
    assert solve(LSTM, {"h": "1:8"}, params="1M", most=10).value == 8
    found = solve(LSTM, {"h": "10:2000:7"}, params="1M", multiple_of=64)
    assert (found.value, *found.ranges["h"]) == (192, 192, 640, 1088, 1536, 1984)
    with pytest.raises(OptionError, match="no value of h from 20"):
        solve(LSTM, {"h": "20:30"}, params="1M", most=10)


def test_no_value_to_try_is_an_answer_of_the_command_line(run: Any) -> None:
    code, out, err = run("solve", "docs/examples/deep.yaml", "--for", "h", "--set", "layers=1", "--most", "5",
                         "--params", "1M")  # fmt: skip
    assert (code, out) == (1, "")
    assert err == "paramcalc: no value of h from 1 to 5 in steps of 1; expected 8, 16, 24, …\n"
