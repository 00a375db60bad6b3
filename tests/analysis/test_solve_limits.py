"""Where sizes cannot be built, and where a search has to end: the best of what was tried, with what was left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from every_size import best, everything
from hypothesis import given, settings, strategies as st
from tiers import examples, quick

import paramcalc as pc
from paramcalc import paper, torch as torch_layers
from paramcalc.analysis.sizing import solve
from paramcalc.analysis.sizing.result import HALVING
from paramcalc.analysis.sizing.walk import ONE_BY_ONE, walk
from paramcalc.core.rule import layers_made
from paramcalc.errors import OptionError, ParamcalcError, SizeError
from paramcalc.symbolic import symbols

H, X, D = symbols("h x d")
LSTM = pc.Sequential([pc.Input((None, 108)), pc.LSTM(H)], name="lstm")


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
    assert solve(model, "h", params=100).method == HALVING.name


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("mode", quick(["at_most", "at_least", "near"], 3))
def test_a_window_that_does_not_fit_is_no_reason_to_begin_anew(mode: str) -> None:
    options = {} if mode == "at_most" else {mode: True}
    budget = 16 * 9_000 + 32 if mode == "at_least" else "10M"
    found = solve(lambda h: in_a_window(h, 9_000), "h", params=budget, **options)
    assert (found.value, found.method) == (9_000, HALVING.name)
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


@pytest.mark.usefixtures("small")
def test_sizes_below_an_answer_may_not_fit() -> None:
    def axis(c: Any) -> pc.Model:
        return pc.Sequential([pc.Input((c, 3)), pc.Conv1D(2, 5_000), pc.Flatten(), pc.Dense(2)])

    def count(c: int) -> int:
        return 3 * 5_000 * 2 + 2 + 2 * 2 * (c - 4_999) + 2

    found = solve(axis, "c", params=count(5_100), at_least=True)
    assert found.value == 5_100
    assert solve(axis, "c", params=count(5_000), at_least=True).value == 5_000


@pytest.mark.usefixtures("small")
def test_a_limit_of_the_search_is_stated() -> None:
    def falling(h: Any) -> pc.Model:
        return pc.Sequential([pc.Input((10,)), pc.Dense(h), pc.Dense(100 // h + 1)])

    assert "1,024 is the largest value of h that is tried" in solve(falling, "h", params="1k").lines
    assert solve(falling, "h", params=500, most=50).limits == ()
    assert solve(LSTM, "h", params=10**30, at_least=True).lines == (
        "h = 1,073,741,824: 4,611,686,486,578,823,168 < 1,000,000,000,000,000,000,000,000,000,000",
        "1,073,741,824 is the largest value of h that is tried",
    )


def test_an_error_of_symbols_may_be_that_of_small_sizes_alone() -> None:
    def make(h: Any) -> pc.Model:
        if not (isinstance(h, int) and h >= 16):
            raise pc.ParamcalcError("too small a model")
        return pc.Sequential([pc.Input((9,)), pc.Dense(h)])

    assert solve(make, "h", params=1000, most=200).value == 100


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
    message = "no value of h from 1 to 3 in steps of 1 is a multiple of 5; expected 5, 10, 15, …"
    with pytest.raises(OptionError, match=f"{message}$"):
        solve(LSTM, {"h": "1:3"}, params="1M", multiple_of=5)
    with pytest.raises(OptionError, match=f"{message}, or a step for each size, such as h=64:1024:64, in place of it"):
        solve(LSTM, {"h": "1:3", "T": None}, params="1M", multiple_of=5)


def test_no_value_to_try_is_an_answer_of_the_command_line(run: Any) -> None:
    code, out, err = run("solve", "docs/examples/deep.yaml", "--for", "h", "--set", "layers=1", "--most", "5",
                         "--params", "1M")  # fmt: skip
    assert (code, out) == (1, "")
    assert err == "paramcalc: no value of h from 1 to 5 in steps of 1; expected 8, 16, 24, …\n"
