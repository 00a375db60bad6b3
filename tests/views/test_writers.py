"""Every view writes everything that is shown: reports, explanations, conventions, rules; in ASCII, too."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import paramcalc as pc
from paramcalc import writers
from paramcalc.errors import OptionError
from paramcalc.loading import load
from paramcalc.render import conventions, layout, rules, why
from paramcalc.render.columns import fold, width_of
from paramcalc.render.presentation import Presentation, write
from paramcalc.writers import FORMATS, WRITERS, Writer


def report() -> Presentation:
    layers = [pc.Input(("T", 8)), pc.LSTM("h", return_sequences=True), pc.Dense("h//2", name="größe"), pc.Dense("h**2")]
    return layout.presentation(pc.Sequential(layers, name="ü−×").report())


def explanation() -> Presentation:
    model = pc.Sequential([pc.Input((None, 108)), pc.GRU(128)])
    return why.presentation(model, 91_008, pc.why(model, 91_008))


def comparison() -> Presentation:
    return conventions.presentation(pc.conventions("LSTM", 108, 128))


def listing() -> Presentation:
    return rules.presentation("keras")


SHOWN = {make.__name__: cache(make) for make in (report, explanation, comparison, listing)}
shown = pytest.mark.parametrize("make", SHOWN.values(), ids=SHOWN)
formats = pytest.mark.parametrize("format", FORMATS)


def test_every_line_of_the_registry_loads() -> None:
    for one in WRITERS:
        assert callable(load(one.function))
        assert not one.draw or callable(load(one.draw))
    assert len({one.name for one in WRITERS}) == len(WRITERS)
    assert [one.name for one in WRITERS if one.name not in FORMATS] == ["yaml"]  # of models alone


@pytest.mark.whole
@shown
@formats
def test_every_view_writes_everything(make: Callable[[], Presentation], format: str) -> None:
    written = "".join(write(make(), format))
    assert written.strip()
    assert written == "".join(write(make(), format))  # a presentation can be written again


@shown
@formats
def test_in_ascii(make: Callable[[], Presentation], format: str) -> None:
    written = "".join(write(make(), format, ascii=True))
    assert written.isascii()
    assert len(written) >= len("".join(write(make(), format)))


@shown
def test_ascii_changes_no_data(make: Callable[[], Presentation]) -> None:
    data = make().data()
    if isinstance(data, dict):  # some of it comes item by item
        data = {name: [*value] if isinstance(value, Iterator) else value for name, value in data.items()}
    assert json.loads("".join(write(make(), "json", ascii=True))) == data


@pytest.mark.parametrize("indent", [None, 0, 2, 4])
def test_json_in_pieces_is_the_json_of_the_whole(indent: int | None) -> None:
    model = pc.Sequential([pc.Input(("T", 8)), pc.LSTM("h", return_sequences=True), pc.Dense(3)])
    made = model.report()
    assert (
        "".join(write(layout.presentation(made), "json", indent=indent))
        == json.dumps(made.to_dict(), indent=indent, ensure_ascii=False) + "\n"
    )


def test_ascii_html_reads_the_same() -> None:
    assert texts("".join(write(report(), "html", ascii=True))) == texts("".join(write(report(), "html")))


def texts(page: str) -> list[str]:
    found: list[str] = []
    parser = HTMLParser()
    parser.handle_data = found.append  # type: ignore[method-assign]  # the parser's hook
    parser.feed(page)
    parser.close()
    return found


@shown
def test_records_are_all_alike_and_written_in_full(make: Callable[[], Presentation]) -> None:
    records = list(make().records().lines)
    assert records
    assert all(list(record) == list(records[0]) for record in records)
    rows = list(csv.reader(io.StringIO("".join(write(make(), "csv")))))
    assert rows[0] == list(records[0])
    assert len(rows) == len(records) + 1


@pytest.mark.parametrize("format", ["table", "text"])
def test_columns_align_by_what_a_terminal_shows(format: str) -> None:
    layers = [pc.Dense(4, name=name) for name in ("dense", "層", "e\u0301te\u0301", "😀😀")]
    written = "".join(write(layout.presentation(pc.Sequential([pc.Input((4,)), *layers]).report()), format))
    lines = [line for line in written.splitlines() if "(Dense)" in line]
    assert len(lines) == 4
    assert len({shown_width(line[: line.index("(B, 4)")]) for line in lines}) == 1


def shown_width(text: str) -> int:
    wide = {"W": 2, "F": 2}
    return sum(0 if unicodedata.combining(one) else wide.get(unicodedata.east_asian_width(one), 1) for one in text)


@pytest.mark.parametrize("width", [1, 5, 12, 30])
@pytest.mark.parametrize(
    "text", ["", "one two three", "  indented words stay", "longwordwithoutspaces", "層層 層層層 e\u0301", "a "]
)
def test_folding_keeps_every_letter_and_the_width(text: str, width: int) -> None:
    lines = fold(text, width)
    assert lines
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width_of(line) <= max(width, 2) for line in lines)
    if width >= max(map(width_of, text.split()), default=0) + 2:  # no word is broken that fits
        assert " ".join(lines).split() == text.split()


def test_options_of_a_layout_are_no_matter_to_data_and_others_are_refused() -> None:
    model = pc.Sequential([pc.Input((4,)), pc.Dense(3), pc.Dense(2)])
    assert model.render("csv", explain=True) == model.render("csv")
    assert model.render("json", weights=True, indent=None) == model.render("json", indent=None)
    for format, option in (("html", "width"), ("text", "indent"), ("csv", "wieghts")):
        with pytest.raises(OptionError, match=f"no option '{option}' here; expected "):
            model.render(format, **{option: 3})


def rows_of_csv(model: pc.Model, **options: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(write(layout.presentation(model.report()), "csv", **options)))))


def nested() -> pc.Model:
    inner = pc.Sequential([pc.Input((8,)), pc.Dense(4), pc.BatchNormalization()], name="inner")
    middle = pc.Sequential([pc.Input((8,)), inner, pc.Dense(5)], name="middle")
    return pc.Sequential([pc.Input((8,)), middle, pc.Dense(2, name="last")])


@pytest.mark.parametrize("depth", [None, 0, 1, 2, 3])
def test_the_records_of_every_depth_and_those_of_weights_add_up_to_the_total(depth: int | None) -> None:
    model = nested()
    layers, weights = (rows_of_csv(model, depth=depth, weights=weights) for weights in (False, True))
    assert sum(int(row["params"]) for row in layers) == sum(int(row["params"]) for row in weights) == model.total
    assert len(weights) == len(model.report().weights)
    assert {row["layer"] for row in weights} == {row["layer"] for row in layers if row["params"] != "0"}
    assert max(row["layer"].count("/") for row in layers) == min(2 if depth is None else depth, 2)


def test_a_record_of_a_weight_says_whether_it_is_trained_and_whether_it_is_a_buffer() -> None:
    found = {
        row["weight"]: row
        for row in rows_of_csv(pc.Sequential([pc.Input((8,)), pc.BatchNormalization()]), weights=True)
    }
    assert {name: row["trainable"] for name, row in found.items()} == {
        "gamma": "True",
        "beta": "True",
        "moving_mean": "False",
        "moving_variance": "False",
    }
    torch = pc.Sequential([pc.Input((8,)), pc.torch.BatchNorm1d(8)])
    assert [row["weight"] for row in rows_of_csv(torch, weights=True) if row["buffer"] == "True"]


def test_csv_of_nothing_has_its_header() -> None:
    model = pc.Sequential([pc.Input((8,)), pc.Dense(4)])
    explained = "".join(write(why.presentation(model, model.total, pc.why(model, model.total)), "csv"))
    assert explained == "rank,changes,key,text,difference\n"
    sequence = pc.Sequential([pc.Input((13, 5)), pc.LSTM(10)])
    assert pc.match(sequence, with_=()).render("csv") == "kind,framework,h,d,layers,total,difference\n"


@pytest.mark.whole
@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("one", [one for one in WRITERS if one.name != "json"], ids=lambda one: one.name)
def test_a_view_for_reading_shows_one_model_after_another(
    one: Writer, read: bool, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "WRITERS", [one._replace(for_reading=read)])
    file = tmp_path / "two.py"
    file.write_text("from keras import Input, Sequential\nfrom keras.layers import Dense\n" + "".join(
        f"{name} = Sequential([Input((3,)), Dense(4)])\n" for name in ("first", "second")
    ))  # fmt: skip
    code, written, error = run("count", str(file), "--format", one.name)
    assert (code == 0, "2 models; expected one of them" in error) == (read, not read), error
    assert bool(written) == read


def test_people_read_tables_and_text() -> None:
    assert [one.name for one in WRITERS if one.for_reading] == ["table", "text", "markdown"]
