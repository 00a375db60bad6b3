"""Sweeps in Parquet and in the SQL of DuckDB hold the same points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings, strategies as st
from strategies import NAMES, formulas, ours, pythons
from tiers import examples

import paramcalc as pc
from paramcalc.analysis.sweep.query import query
from paramcalc.errors import MissingExtra, OptionError, SizeError
from paramcalc.render.sweep import lines
from paramcalc.symbolic import Expr, exact, maximum, symbols
from paramcalc.symbolic.sql import sql

h, x = symbols("h x")
SPEC = """
sizes: {h: 64, layers: 2}
input: [T, 32]
layers:
  - repeat: layers
    layers:
      - LSTM: {units: h, return_sequences: true}
  - Conv1D: {filters: h/8, kernel_size: 5}
  - Dense: 3
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "stack.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def asked(spec: Path, **more: Any) -> pc.analysis.sweep.Sweep:
    given: dict[str, Any] = {"h": "4:96:4", "layers": "1:3", "T": [3, 5, 9], "columns": ["params", "macs"]}
    return pc.sweep(spec, **{**given, "where": ["params < 100k", "macs//2 >= 1000"], **more})


def test_parquet(spec: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    from paramcalc.analysis.sweep.parquet import write_file

    found = asked(spec)
    count = write_file(found, str(tmp_path / "found.parquet"))
    table = parquet.read_table(tmp_path / "found.parquet")
    assert (count, table.column_names) == (len(found), ["h", "layers", "T", "params", "macs"])
    assert table.to_pylist() == list(found.rows())
    assert [one.name for one in tmp_path.iterdir() if "parquet" in one.name] == ["found.parquet"]


def test_parquet_has_decimal_numbers_beyond_64_bits(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    from paramcalc.analysis.sweep.parquet import write_file

    model = pc.Sequential([pc.Input((x,)), pc.Dense(h)])
    for inputs in (10**15, 10**25, 10**50):
        write_file(pc.sweep(model, h=[2, 10**10], x=[inputs]), str(tmp_path / "found.parquet"))
        numbers = parquet.read_table(tmp_path / "found.parquet")["params"].to_pylist()
        assert [int(one) for one in numbers] == [2 * (inputs + 1), 10**10 * (inputs + 1)]
    with pytest.raises(SizeError, match="params has numbers of up to 86 digits; expected at most 76 in Parquet"):
        write_file(pc.sweep(model, h=[10**40], x=[10**45]), str(tmp_path / "found.parquet"))


def test_without_pyarrow_the_extra_is_named(spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from paramcalc.analysis.sweep.parquet import write_file

    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=r"Parquet needs pyarrow.* \(pip install 'paramcalc\[sweep\]'\)"):
        write_file(asked(spec), str(tmp_path / "found.parquet"))
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(MissingExtra, match=r"a sweep needs numpy.* \(pip install 'paramcalc\[sweep\]'\)"):
        len(asked(spec))


def test_duckdb_has_the_same_points(spec: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    found = asked(spec)
    rows = duckdb.sql(query(found.request)).fetchall()
    assert sorted(rows) == sorted(tuple(row.values()) for row in found.rows())
    assert len(rows) > 10
    assert found.left.number > 0


SIZES = st.integers(1, 20) | st.integers(1, 10**6) | st.integers(1, 10**20)


@settings(deadline=None, max_examples=examples(60, 1000))
@given(formulas, st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, SIZES)), min_size=1, max_size=3))
def test_duckdb_equals_python_or_is_refused(tree: Any, points: list[dict[str, int]]) -> None:
    duckdb = pytest.importorskip("duckdb")
    size = ours(tree)
    bounds = {name: (min(one[name] for one in points), max(one[name] for one in points)) for name in NAMES}
    try:
        text = sql(size, bounds)
    except SizeError as error:
        refused = "beyond 128 bits, the widest integers of DuckDB" in str(error)
        assert refused
        event("refused")
        return
    types = {name: "BIGINT" if most < 2**63 else "HUGEINT" for name, (_, most) in bounds.items()}  # as of a query
    values = ", ".join(f"({', '.join(str(one[name]) for name in NAMES)})" for one in points)
    columns = ", ".join(f'"{name}"' for name in NAMES)
    rows = duckdb.sql(
        f"SELECT {text} FROM (SELECT {', '.join(f'{name}::{types[name]} AS {name}' for name in NAMES)} "
        f"FROM (VALUES {values}) AS t({columns}))"
    ).fetchall()
    assert sorted(int(one) for (one,) in rows) == sorted(pythons(tree, one) for one in points)
    event("equal")


def test_sql_texts() -> None:
    bounds = {"h": (1, 100), "x": (1, 10)}
    assert sql(4 * (h * (h + x) + h), bounds) == '4 * ("h" * ("h" + "x") + "h")'
    assert sql((h - 3) // 2, {"h": (3, 9)}) == '("h" + (-3)) // 2'
    assert sql((h - 3) // 2, bounds) == '(("h" + (-3)) - (("h" + (-3)) % 2 + 2) % 2) // 2'
    assert sql(maximum(h, x), bounds) == 'greatest("h", "x")'
    assert sql(h * h, {"h": (1, 10**10)}) == '"h"::HUGEINT * "h"::HUGEINT'
    assert sql(exact(h, x), bounds).startswith('CASE WHEN "h" % "x" = 0 THEN')
    with pytest.raises(SizeError, match="which may be zero or negative"):
        sql(h // (x - 1), bounds)
    assert sql(7, bounds) == "7"
    assert sql(8 * (h // 3) + 2, bounds) == '8 * ("h" // 3) + 2'
    assert sql((h // 3) * (h // 2), bounds) == '("h" // 3) * ("h" // 2)'
    assert isinstance(h, Expr)


def test_a_model_that_is_built_at_every_point_has_no_sql() -> None:
    model = pc.Sequential([pc.Input((x,)), pc.Dense(h), pc.GroupNormalization(2)])
    with pytest.raises(OptionError, match="the model has no formula for all of these sizes"):
        query(pc.sweep(model, h=[2, 4], x=[3]).request)


def test_lines(spec: Path) -> None:
    rows = [json.loads(json.dumps(one)) for one in lines(asked(spec))]
    assert [{**row["sizes"], "params": row["params"], "macs": row["macs"]} for row in rows] == list(asked(spec).rows())
    assert {row["schema"] for row in rows} == {"paramcalc-sweep/1"}
