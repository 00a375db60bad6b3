"""Every text that a view prints went through the catalogue: what did not is data, such as names, sizes and formulas."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

import pytest

import paramcalc as pc
from paramcalc import catalogue
from paramcalc.render import comparison, conventions, layout, rules, sizing, why
from paramcalc.render.document import Math
from paramcalc.render.presentation import Presentation

WORD = re.compile(r"[a-zA-Z]{3,}")
Run = Callable[..., tuple[int, str, str]]
Made = Callable[[], tuple[Presentation, dict[str, bool]]]


def translated(english: str) -> str:
    """Write a text in an alphabet that no view has; values between braces stay."""
    return re.sub(r"[a-zA-Z](?![^{}]*\})", lambda letter: chr(0x1D5BA + (ord(letter[0].lower()) - ord("a"))), english)


def report() -> tuple[Presentation, dict[str, bool]]:
    layers = [pc.Input(("T", 8)), pc.LSTM("h", return_sequences=True), pc.Dense(4, trainable=False)]
    return layout.presentation(pc.Sequential(layers).report()), {"weights": True, "explain": True}


def single() -> tuple[Presentation, dict[str, bool]]:
    return layout.presentation(pc.Sequential([pc.Input((None, 108)), pc.GRU(128)]).report()), {"explain": True}


def explained() -> tuple[Presentation, dict[str, bool]]:
    model = pc.Sequential([pc.Input((None, 108)), pc.GRU(128)])
    return why.presentation(model, 91_008, pc.why(model, 91_008)), {}


def compared() -> tuple[Presentation, dict[str, bool]]:
    return conventions.presentation(pc.conventions("LSTM", 108, 128)), {}


def solved() -> tuple[Presentation, dict[str, bool]]:
    lstm = pc.Sequential([pc.Input((None, 108)), pc.LSTM("h")])
    found = pc.solve(lstm, "h", params="1M", macs="2M", memory="16MiB", batch=2, steps=10)
    return sizing.solution_presentation(found), {"explain": True}


def unsolved() -> tuple[Presentation, dict[str, bool]]:
    conv = pc.Sequential([pc.Input((9, 2)), pc.Conv1D(8, "k")])
    return sizing.solution_presentation(pc.solve(conv, "k", params=9)), {}


def matched() -> tuple[Presentation, dict[str, bool]]:
    return sizing.matches_presentation(pc.match(pc.Sequential([pc.Input((None, 108)), pc.GRU(128)]))), {}


def side_by_side() -> tuple[Presentation, dict[str, bool]]:
    models = [pc.Sequential([pc.Input((9, 8)), pc.Dense(8), pc.GRU(size), pc.Dense(3)]) for size in (3, 4)]
    return comparison.presentation(pc.compare(*models, cost=True, batch=2)), {}


def checked() -> tuple[Presentation, dict[str, bool]]:
    models = [pc.Sequential([pc.Input((9, 8)), pc.GRU(size)]) for size in (3, 4)]
    limits = {"max_params": 10, "max_macs": "1M", "max_memory": "1MiB", "batch": 2}
    return comparison.check_presentation(pc.check(models[0], **limits, max_growth="5%", against=models[1])), {}


def listed() -> tuple[Presentation, dict[str, bool]]:
    return rules.presentation("keras"), {}


def texts(shown: Any) -> Iterator[str]:
    """Every text of a document; a formula is none."""
    if isinstance(shown, str):
        yield shown
    elif isinstance(shown, (tuple, list)) and not isinstance(shown, Math):
        for one in shown:
            yield from texts(one)


UNITS = {"KiB", "MiB", "float"}  # of a size in a dtype


@pytest.mark.parametrize(
    "make", [report, single, explained, compared, listed, solved, unsolved, matched, side_by_side, checked]
)
def test_every_text_of_a_view_is_in_the_catalogue(make: Made) -> None:
    presentation, options = make()
    explains = options.get("explain") and "explain" in signature(presentation.data).parameters
    asked = {"explain": True} if explains else {}
    data = set(WORD.findall(json.dumps(presentation.data(**asked), default=list)))
    before = catalogue.use(translated)
    try:
        shown = list(texts(make()[0].laid_out(**options)))
    finally:
        catalogue.use(before)
    assert any(not text.isascii() for text in shown)
    assert {word for text in shown for word in WORD.findall(text)} - data - UNITS == set()


def test_so_is_what_a_check_says(run: Run) -> None:
    pytest.importorskip("keras")
    asked: list[str] = []
    before = catalogue.use(lambda english: asked.append(english) or english)  # type: ignore[func-returns-value]
    try:
        _, out, _ = run("lstm", "--in", "3", "--hidden", "4", "--verify")
    finally:
        catalogue.use(before)
    assert out.rstrip().splitlines()[-1].partition(" ")[2] in asked
