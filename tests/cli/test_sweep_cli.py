"""``paramcalc sweep``: flags, formats, and what is refused."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

SPEC = """
name: stack
sizes: {h: 64, layers: 2}
input: [10, 32]
layers:
  - repeat: layers
    layers:
      - LSTM: {units: h, return_sequences: true}
  - Dense: h/8
"""


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "stack.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return str(path)


def lstm(d_x: int, d_h: int) -> int:
    return 4 * (d_h * (d_h + d_x) + d_h)


def stack(d_h: int, layers: int) -> int:
    return lstm(32, d_h) + (layers - 1) * lstm(d_h, d_h) + (d_h + 1) * (d_h // 8)


def test_a_spec(run, spec: str) -> None:
    code, out, err = run("sweep", spec, "--vary", "h=8:24:8", "--vary", "layers=1,2")
    assert (code, err) == (0, "")
    assert (
        out
        == f"""stack: h = 8:24:8, layers = 1,2

   h  layers  params
  ──────────────────
   8       1   {stack(8, 1):,}
  16       1   {stack(16, 1):,}
  24       1   {stack(24, 1):,}
   8       2   {stack(8, 2):,}
  16       2   {stack(16, 2):,}
  24       2  {stack(24, 2):,}
"""
    )


def test_a_layer_by_its_command(run) -> None:
    for words in (["--vary", "hidden=64:128:64"], ["--hidden", "hidden", "--vary", "hidden=64,128"]):
        code, out, err = run("sweep", "lstm", "--in", "108", *words, "--format", "csv")
        assert (code, err) == (0, "")
        assert list(csv.reader(StringIO(out))) == [
            ["hidden", "params"],
            ["64", f"{lstm(108, 64)}"],
            ["128", f"{lstm(108, 128)}"],
        ]
    code, out, _ = run("sweep", "gru", "--vary", "in=1:3", "--hidden", "4", "-f", "csv", "--columns", "trainable")
    assert (code, out) == (0, "in,trainable\n1,84\n2,96\n3,108\n")
    code, out, _ = run("sweep", "Dense", "units=u", "--input", "32", "--vary", "u=1:2", "-f", "csv")
    assert (code, out) == (0, "u,params\n1,33\n2,66\n")
    code, out, _ = run(
        "sweep", "lstm", "--in", "8", "--vary", "hidden=4", "--columns", "macs", "--steps", "10", "-f", "csv"
    )
    assert (code, out) == (0, "hidden,macs\n4,1920\n")


def test_json_lines(run, spec: str) -> None:
    words = ["sweep", spec, "--vary", "h=8:20:4", "--columns", "params,macs", "--format", "jsonl"]
    code, out, err = run(*words)
    assert code == 0
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["sizes"] for line in lines] == [{"h": 8}, {"h": 16}]
    assert [line["params"] for line in lines] == [stack(8, 2), stack(16, 2)]
    assert err.startswith("paramcalc: note: left out: 2 of 4 points, at which the model cannot be built (h = 12: ")
    code, out, _ = run(*words[:-1], "json")
    assert (code, json.loads(out)) == (0, lines)


def test_conditions_and_fronts(run, spec: str) -> None:
    words = ["sweep", spec, "--vary", "h=8:800:8", "--where", "params < 1M", "--pareto", "h:max", "-f", "csv"]
    code, out, _ = run(*words)
    best = max(size for size in range(8, 801, 8) if stack(size, 2) < 10**6)
    assert (code, out) == (0, f"h,params\n{best},{stack(best, 2)}\n")


def test_to_a_file(run, spec: str, tmp_path: Path) -> None:
    path = tmp_path / "found.csv"
    assert run("sweep", spec, "--vary", "h=8", "--output", str(path)) == (0, "", "")
    assert path.read_text(encoding="utf-8") == f"h,params\n8,{stack(8, 2)}\n"


def test_sql(run, spec: str) -> None:
    code, out, err = run("sweep", spec, "--vary", "h=8:64", "--where", "params < 10k", "--format", "sql")
    assert (code, err) == (0, "")
    assert out == (
        'SELECT "h", "params" FROM (SELECT "h", (97 * "h" * "h" + 1089 * "h") // 8 AS "params" '
        'FROM (SELECT unnest(range(8, 65, 1)) AS "h") WHERE "h" % 8 = 0) WHERE "params" < 10000;\n'
    )


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "no --vary; expected --vary NAME=VALUES, such as --vary h=64:1024:64"),
        (["--vary", "g=1:3"], "{spec}:3: sizes: no size 'g'; expected B or h or layers"),
        (["--vary", "h=1:3", "--columns", "prams"], "no such column; expected params, "),
        (["--vary", "h=1:3", "--format", "xml"], "unknown format; expected table, "),
        (["--vary", "h=1:3", "--format", "parquet"], "--format parquet needs a file; expected --output FILE"),
        (["--vary", "h=1:3", "--dask", "local"], "--dask writes Parquet; expected --dask with --output FOLDER"),
        (["--vary", "h=1:3", "--output", "found"], "--output without a format; expected --format, received 'found'"),
        (["--vary", "h=1:3", "--json", "--format", "csv"], "--json and --format ask for different views"),
        (["--vary", "h=1:3", "--batch", "n"], "--batch; expected a whole number, received 'n'"),
        (["--vary", "h=1:3", "--pareto", "h", "--format", "sql"], "--pareto has no form in SQL"),
        (
            ["--vary", "h=1:200000", "--vary", "layers=1:2", "--where", "h//8*8=h", "--set", "x=1"],
            "{spec}:3: sizes: no",
        ),
    ],
)
def test_what_is_refused(run, spec: str, words: list[str], problem: str) -> None:
    code, out, err = run("sweep", spec, *words)
    assert (code, out) == (2, "")
    assert err.startswith(f"paramcalc: {problem.format(spec=spec)}")
    assert err.count("\n") == 1


def test_a_missing_size_of_a_layer(run) -> None:
    code, _, err = run("sweep", "lstm", "--in", "108", "--vary", "h=1:3")
    assert (code, err) == (
        2,
        "paramcalc: no --hidden; expected a size, or --vary hidden=VALUES (to vary h, write it "
        "as a size: --hidden h)\n",
    )


def test_no_point_has_a_model(run, spec: str) -> None:
    code, out, err = run("sweep", spec, "--vary", "h=1:7", "--format", "csv")
    assert (code, out) == (1, "h,params\n")
    assert err.startswith("paramcalc: note: left out: 7 of 7 points")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal_and_nothing_elsewhere(run, spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from paramcalc.cli.progress import progress_bar

    with progress_bar("points") as update:
        assert update is None  # captured output is no terminal
    drawn = Terminal()
    monkeypatch.setattr(sys, "stderr", drawn)
    with progress_bar("points") as update:
        assert update is not None
        update(3, 12, "points")
    assert "points" in drawn.getvalue()
    assert "3/12" in drawn.getvalue()
