"""Views: golden files to read, and what must hold in every one of them."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import golden
import pytest

import paramcalc as pc
from paramcalc.core.registry import find
from paramcalc.displayed import Displayed
from paramcalc.errors import MissingExtra, OptionError
from paramcalc.writers import FORMATS

GOLDEN = Path(__file__).parents[1] / "golden"
EXPLAINED = [format for format in FORMATS if format != "csv"]


def tutorial() -> pc.Model:
    layers = [pc.Input((32, 256)), pc.Dense(108), pc.LSTM(128), pc.BatchNormalization(), pc.Dense(32)]
    return pc.Sequential(layers, name="tutorial")


def card() -> pc.Model:
    return pc.Sequential([pc.Input((None, 108)), pc.LSTM(128)], name="lstm")


def symbolic() -> pc.Model:
    return pc.Sequential([pc.Input(("T", "d_x")), pc.Bidirectional(pc.GRU("h")), pc.Dense("o")], name="symbolic")


def nested() -> pc.Model:
    cnn = pc.Sequential([pc.Conv2D(8, 3), pc.GlobalMaxPooling2D()], name="cnn")
    shared = pc.Dense(16, name="shared")
    video = pc.Input((10, 32, 32, 3), name="video")
    frames = shared(pc.TimeDistributed(cnn)(video))
    again = shared(pc.Input((5, 8), name="notes"))
    both = pc.Concatenate(axis=1)([frames, again])
    return pc.Model([video, again.source.args[0]], pc.LSTM(4)(both), name="nested")


def conventions() -> pc.Model:
    lstm = find("LSTM", "tf1")(3, peephole=True, projection=2, return_sequences=True, name="lstm")
    gru = find("GRU", "haiku")(3, return_sequences=True, name="gru")
    ocr = find("LSTM", "tesseract")(2, name="ocr")
    return pc.Sequential([pc.Input((None, 4)), lstm, gru, ocr], name="conventions")


MODELS = {model.__name__: model for model in (tutorial, card, symbolic, nested)}
WITH_EQUATIONS = MODELS | {"conventions": conventions}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("model", MODELS)
def test_golden(model: str, format: str, update: bool) -> None:
    hold(f"{model}.{format}", MODELS[model]().report().render(format), update)


@pytest.mark.parametrize("format", EXPLAINED)
@pytest.mark.parametrize("model", WITH_EQUATIONS)
def test_golden_explanations(model: str, format: str, update: bool) -> None:
    hold(
        f"{model}.explain.{format}", WITH_EQUATIONS[model]().report().render(format, explain=True, weights=True), update
    )


def solved() -> Displayed:
    lstm = pc.Sequential([pc.Input((None, 108)), pc.LSTM("h")], name="lstm")
    return pc.solve(lstm, "h", params="1M", macs="2M", memory="16MiB", batch=2, steps=10)


def unsolved() -> Displayed:
    return pc.solve(pc.Sequential([pc.Input((9, 2)), pc.Conv1D(8, "k")], name="conv"), "k", params=9)


def matched() -> Displayed:
    return pc.match(card())


def compared() -> Displayed:
    lstm = pc.LSTM(96, name="lstm", use_bias=False)
    other = [pc.Input((32, 256)), pc.Dense(108), pc.Dropout(0.1), lstm, pc.Dense(32), pc.Dense(8)]
    return pc.compare(tutorial(), pc.Sequential(other, name="other"), card(), cost=True, batch=2, steps=32)


def checked() -> Displayed:
    limits = {"max_params": "1M", "max_macs": "1M", "batch": 2}
    return pc.check(tutorial(), **limits, max_growth="5%", against=pc.Sequential([pc.Input((9,)), pc.Dense(9)]))


SHOWN = {one.__name__: cache(one) for one in (solved, unsolved, matched, compared, checked)}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", SHOWN)
def test_golden_sizes_and_comparisons(name: str, format: str, update: bool) -> None:
    hold(f"{name}.{format}", SHOWN[name]().render(format), update)


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("name", SHOWN)
def test_sizes_and_comparisons_fit_a_narrow_terminal(name: str, width: int) -> None:
    wide, narrow = (SHOWN[name]().render("table", width=columns) for columns in (400, width))
    assert max(map(len, narrow.splitlines())) <= width
    assert not missing(wide, narrow)


def test_an_explained_solution_has_its_closed_form() -> None:
    found = pc.solve(pc.Sequential([pc.Input((None, 108)), pc.LSTM("h")], name="lstm"), "h", params="1M")
    assert found.render(explain=True).splitlines()[-2:] == [
        "  formula of the parameters  4h² + 436h",
        "  closed form                h = ⌊(√(436² + 16·1,000,000) − 436)/8⌋",
    ]


def test_golden_ascii(update: bool) -> None:
    written = symbolic().report().render("text", ascii=True)
    assert written.isascii()
    hold("symbolic.ascii", written, update)


def hold(name: str, written: str, update: bool) -> None:
    golden.hold(GOLDEN / name, written, update, "tests/views")


def test_no_golden_file_is_left_over() -> None:
    names = {f"{model}.{format}" for model in (*MODELS, *SHOWN) for format in FORMATS}
    names |= {f"{model}.explain.{format}" for model in WITH_EQUATIONS for format in EXPLAINED} | {"symbolic.ascii"}
    there = {path.name for path in GOLDEN.iterdir()}
    assert there >= names, f"run `pytest tests/views --update`: tests/golden lacks {sorted(names - there)}"
    assert there <= names, f"remove from tests/golden what no test writes: {sorted(there - names)}"


@pytest.mark.parametrize("model", ["tutorial", "nested"])
def test_the_columns_of_csv_add_up(model: str) -> None:
    report = MODELS[model]().report()
    rows = list(csv.DictReader(io.StringIO(report.render("csv"))))
    for column, total in (
        ("params", report.total),
        ("macs", report.macs),
        ("trainable", report.trainable),
        ("non_trainable", report.non_trainable),
    ):
        assert sum(int(row[column]) for row in rows) == total


@pytest.mark.parametrize("model", MODELS)
def test_json_is_the_contract(model: str) -> None:
    report = MODELS[model]().report()
    assert json.loads(report.render("json")) == report.to_dict()


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "json"])
def test_every_view_has_every_layer_and_its_number(format: str) -> None:
    written = tutorial().report().render(format).replace("\\_", "_")
    for name, count in (("dense", 27756), ("lstm", 121344), ("batch_normalization", 512), ("dense_1", 4128)):
        assert name in written
        assert str(count) in written.replace(",", "")


def test_brackets_survive_rich() -> None:
    drawn = card().report().render("table")
    assert "4[d_h(d_h + d_x) + d_h]" in drawn
    assert "f [128:256]" in drawn


def huge() -> pc.Model:
    return pc.Sequential([pc.Input((None, 10**30)), pc.LSTM(10**30, return_sequences=True), pc.LSTM("a+b")])


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("make", [tutorial, huge, symbolic])
def test_a_narrow_terminal_loses_nothing(make: Callable[[], pc.Model], width: int) -> None:
    wide, narrow = (make().report().render("table", width=columns) for columns in (400, width))
    assert max(map(len, narrow.splitlines())) <= width
    assert not missing(wide, narrow)


def missing(wide: str, narrow: str) -> Counter[str]:
    """The letters that are in a wide table and not in a narrow one, which may list cells without the first header."""
    counts = [
        Counter(re.sub(r"[\s─]", "", written)) for written in (re.sub(r"\b(layer|model)\b", "", wide, count=1), narrow)
    ]
    return counts[0] - counts[1]


def test_html_is_well_formed_and_escapes_names() -> None:
    model = pc.Sequential([pc.Input((3,)), pc.Dense(2, name="<script>alert(1)</script>"), pc.Dense(2)])
    written = model.report().render("html")
    assert "<script" not in written
    checker = Balanced()
    checker.feed(written)
    assert checker.open == []


class Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_latex_braces_balance() -> None:
    for make in MODELS.values():
        written = make().report().render("latex", explain=True).replace(r"\{", "").replace(r"\}", "")
        assert written.count("{") == written.count("}")
        assert written.count(r"\begin") == written.count(r"\end")


def test_csv_does_not_run_in_a_spreadsheet() -> None:
    model = pc.Sequential([pc.Input((3,)), pc.Dense(2, name="=1+1")])
    assert "'=1+1" in model.report().render("csv")


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(OptionError) as error:
        card().report().render("jsn")
    assert str(error.value) == (
        "unknown format; expected table, text, markdown, latex, csv, json, html, yaml, received 'jsn' "
        "(did you mean 'json'?)"
    )
    with pytest.raises(OptionError):
        card().report().render("__init__")


def test_a_report_prints_and_shows_itself() -> None:
    report = card().report()
    assert str(report) == report.render("text")
    assert report._repr_html_() == report.render("html") == card()._repr_html_()
    assert report.to_json() == report.render("json")


def test_data_frames() -> None:
    frame = tutorial().report().to_frame()
    assert list(frame["params"]) == [27756, 121344, 512, 4128]
    assert frame["params"].sum() == 153740


def test_data_frames_need_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtra) as error:
        tutorial().report().to_frame()
    assert str(error.value) == (
        "a data frame needs pandas or polars, which is not installed (pip install 'paramcalc[frame]')"
    )


@pytest.mark.parametrize("width", [80, 60, 40, 20])
def test_a_narrow_terminal_folds_and_cuts_nothing(width: int) -> None:
    layers = [pc.LSTM(12, name="reader_of_sentences"), pc.Dense(3, name="answer")]
    report = pc.Sequential([pc.Input((None, 8)), *layers]).report()
    drawn = report.render("table", width=width)
    assert max(map(len, drawn.splitlines())) <= width
    assert not missing(report.render("table", width=500), drawn)
    assert ("reader_of_sentences" in drawn) == (width >= 40)
