"""Formulas on arrays against hand-written NumPy, at 10⁶ and 10⁷ points; a sweep of ten million points to Parquet.

Processor time, the least of nine runs of each side in turn. The expressions by hand are those of textbooks.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import numpy
import pytest
from conftest import Record, child_environment

import paramcalc as pc
from paramcalc.symbolic import symbols
from paramcalc.symbolic.arrays import on_arrays
from paramcalc.symbolic.program import compiled

ROUNDS = 9
GOAL = 1.15
MEMORY_GOAL = 300  # MB
POINTS = 1_000_000, 10_000_000

h, x, d, k, v = symbols("h x d k v")


def lstm() -> Any:
    return pc.Sequential([pc.Input((None, x)), pc.LSTM(h)]).report().rows[0].formula.expr(d_h=h, d_x=x)


def lstm_by_hand(h: Any, x: Any) -> Any:
    return 4 * (h * (h + x) + h)


def three_layers() -> Any:
    return pc.Sequential([pc.Input((32, x)), pc.Dense(d), pc.LSTM(h), pc.Dense(k)]).report().total


def three_layers_by_hand(x: Any, d: Any, h: Any, k: Any) -> Any:
    return (x * d + d) + 4 * (h * (h + d) + h) + (h * k + k)


def transformer() -> Any:
    # twelve blocks with heads of ⌊d/k⌋, feed-forward layers of 4d, and an embedding
    inputs = pc.Input((None,))
    tensor = pc.Embedding(v, d)(inputs)
    for _ in range(12):
        attended = pc.MultiHeadAttention(k, d // k)(tensor, tensor)
        tensor = pc.LayerNormalization()(pc.Add()([tensor, attended]))
        wide = pc.Dense(d)(pc.Dense(4 * d)(tensor))
        tensor = pc.LayerNormalization()(pc.Add()([tensor, wide]))
    return pc.Model(inputs, tensor).report().total


def transformer_by_hand(v: Any, d: Any, k: Any) -> Any:
    heads = k * (d // k)
    block = 3 * (d * heads + heads) + (heads * d + d) + 2 * d + (d * 4 * d + 4 * d) + (4 * d * d + d) + 2 * d
    return v * d + 12 * block


CASES = {
    "LSTM": (lstm, lstm_by_hand, "h x"),
    "three layers": (three_layers, three_layers_by_hand, "x d h k"),
    "12 blocks": (transformer, transformer_by_hand, "v d k"),
}


def least(*runs: Callable[[], Any]) -> list[float]:
    found = [float("inf")] * len(runs)
    for _ in range(ROUNDS):
        for at, run in enumerate(runs):
            start = process_time()
            run()
            found[at] = min(found[at], process_time() - start)
    return found


@pytest.mark.parametrize("points", POINTS, ids=lambda points: f"{points:,}")
@pytest.mark.parametrize("name", CASES)
def test_a_formula_on_arrays(name: str, points: int, record: Record) -> None:
    make, by_hand, names = CASES[name]
    size = make()
    draw = numpy.random.default_rng(0)
    values = {name: draw.integers(16, 2048, points) for name in names.split()}
    assert (size(**values) == by_hand(**values)).all()
    program = compiled([size])
    bounds = dict.fromkeys(values, (16, 2047))
    ours, known, theirs = least(
        lambda: size(**values), lambda: on_arrays(program, values, bounds), lambda: by_hand(**values)
    )
    for label, seconds in (("", ours), (", bounds known as in a sweep", known)):
        record(
            f"{name} on {points:,} points{label}",
            f"{1000 * seconds:.1f} ms",
            f"{1000 * theirs:.1f} ms by hand",
            seconds / theirs,
            f"≤ {GOAL}",
            seconds <= GOAL * theirs,
        )


STREAM = """
import re, sys
from time import process_time
import paramcalc as pc
from paramcalc.analysis.sweep.parquet import write_file
h, x = pc.symbols("h x")
model = pc.Sequential([pc.Input((None, x)), pc.LSTM(h)])
before = process_time()
rows = write_file(pc.sweep(model, h="1:10000", x="1:1000", columns=["params", "macs"], steps=10), sys.argv[1])
seconds = process_time() - before
# the peak of this process alone: what getrusage tells begins with that of the process that started it
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(rows, int(peak[1]) // 1024, seconds)
"""


def test_ten_million_points_stream_to_parquet(tmp_path: Path, record: Record) -> None:
    pytest.importorskip("pyarrow")
    done = subprocess.run(
        [sys.executable, "-c", STREAM, str(tmp_path / "found.parquet")],
        capture_output=True,
        text=True,
        check=True,
        env=child_environment(),
        timeout=300,
    )
    rows, megabytes, seconds = done.stdout.split()
    assert int(rows) == 10_000_000
    record(
        "10,000,000 points to Parquet, memory",
        f"{megabytes} MB, {float(seconds):.1f} s",
        f"{MEMORY_GOAL} MB",
        int(megabytes) / MEMORY_GOAL,
        "≤ 1",
        int(megabytes) <= MEMORY_GOAL,
    )
