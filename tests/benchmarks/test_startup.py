"""A cold ``paramcalc lstm --in 108 --hidden 128`` against a bare interpreter, and against a script that asks Keras.

All three are processes of their own, started in turn; the figures are medians of wall-clock times.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from conftest import Record

ROUNDS = 11
KERAS_ROUNDS = 3
PARAMCALC = [str(Path(sys.executable).with_name("paramcalc")), "lstm", "--in", "108", "--hidden", "128"]
BARE = [sys.executable, "-c", "pass"]
ASK_KERAS = [
    sys.executable,
    "-c",
    "import keras; cell = keras.layers.LSTM(128); cell.build((None, None, 108)); print(f'{cell.count_params():,}')",
]


def seconds(command: list[str], answer: str) -> float:
    """Time one cold run, and insist on its answer."""
    start = perf_counter()
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "KERAS_BACKEND": "jax"}, timeout=300
    )
    taken = perf_counter() - start
    assert answer in done.stdout
    return taken


def test_a_cold_start(record: Record) -> None:
    seconds(PARAMCALC, "121,344")  # once, so that every file is compiled and in the disk cache
    ours, bare = [], []
    for _ in range(ROUNDS):
        bare.append(seconds(BARE, ""))
        ours.append(seconds(PARAMCALC, "121,344"))
    ratio = median(ours) / median(bare)
    record("cold start", milliseconds(ours), f"{milliseconds(bare)} (python -c pass)", ratio, "≤ 12", ratio <= 12)


def test_a_cold_answer_against_keras(record: Record) -> None:
    seconds(PARAMCALC, "121,344")
    seconds(ASK_KERAS, "121,344")
    ours, theirs = [], []
    for _ in range(KERAS_ROUNDS):
        theirs.append(seconds(ASK_KERAS, "121,344"))
        ours.append(seconds(PARAMCALC, "121,344"))
    ratio = median(theirs) / median(ours)
    record("cold answer", milliseconds(ours), f"{milliseconds(theirs)} (Keras, jax)", ratio, "≥ 15", ratio >= 15)


def milliseconds(times: list[float]) -> str:
    """Print the median."""
    return f"{median(times) * 1e3:,.0f} ms"
