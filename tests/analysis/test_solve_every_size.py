"""The largest size within budgets is what trying every size gives, over random models."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from every_size import Sizes, amounts, best, everything, miss, proof
from hypothesis import assume, event, given, settings, strategies as st
from tiers import examples

import paramcalc as pc
from paramcalc.analysis.family import family_of
from paramcalc.analysis.sizing import Solution, solve
from paramcalc.errors import ParamcalcError, SizeError

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
        "percent": draw(st.lists(st.integers(-5, 105), min_size=3, max_size=3)),
        "multiple_of": draw(st.sampled_from((1, 1, 1, 2, 5))),
        "more": draw(st.integers(-1, 1)),
    }


@settings(max_examples=examples(10, 5000))
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
    for place, (_, at) in enumerate(zip(problem["budgets"], problem["percent"], strict=False)):
        values = sorted({one[place] for one in counts.values()}) or [1]
        nearest = values[min(max(at, 0), 100) * (len(values) - 1) // 100]
        outside = -1 if at < 0 else at > 100  # where few models keep the budget, or none
        limits.append(max(nearest + (outside or problem["more"]), 1))
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
    except ParamcalcError as error:
        event("refused")  # which is right where no amount depends on a size
        name = re.search("no (\\w+) to find: it does not change|no open size '(\\w+)'", str(error))
        if name is None:
            raise
        at = list(ranges).index(name[1] or name[2])
        others: dict[Sizes, set[Sizes]] = {}
        for values, several in counts.items():
            others.setdefault(values[:at] + values[at + 1 :], set()).add(several)
        assert all(len(one) == 1 for one in others.values())
        return
    event(found.method)
    event("no answer" if found.answer is None else "answered")
    expected = best(counts, tuple(limits), problem["mode"])
    answer = None if found.answer is None else tuple(found.answer.sizes.values())
    assert answer == expected
    for one in (*([found.answer] if found.answer else []), *found.beside):
        if not one.problem:
            assert counts[tuple(one.sizes.values())] == tuple(one.amounts.values())
    built = [tuple(one.sizes.values()) for one in found.beside if not one.problem]
    if answer is None:
        misses = {at: miss(amounts, limits, problem["mode"]) for at, amounts in counts.items()}
        assert [misses[one] for one in built] == [min(misses.values())]
    else:
        assert built == proof(counts, answer, problem["mode"])
