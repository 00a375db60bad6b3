"""A cold ``paramcalc lstm --in 108 --hidden 128`` against a bare interpreter, and against a script that asks Keras.

All three are processes of their own that write to a pipe, started in turn; the figures are medians.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from conftest import Record, cold

ROUNDS = 31
KERAS_ROUNDS = 3
GOAL = 5.5
PARAMCALC = [str(Path(sys.executable).with_name("paramcalc")), "lstm", "--in", "108", "--hidden", "128"]
BARE = [sys.executable, "-c", "pass"]
ASK_KERAS = [
    sys.executable,
    "-c",
    "import keras; cell = keras.layers.LSTM(128); cell.build((None, None, 108)); print(f'{cell.count_params():,}')",
]


def test_a_cold_start(record: Record) -> None:
    cold(PARAMCALC, "121,344")  # once, so that every file is compiled and in the disk cache
    ours, bare = [], []
    for _ in range(ROUNDS):
        bare.append(cold(BARE))
        ours.append(cold(PARAMCALC, "121,344"))
    ratio = median(ours) / median(bare)
    name = "cold `paramcalc lstm --in 108 --hidden 128`, in a pipe"
    record(name, milliseconds(ours), f"{milliseconds(bare)} (`python -c pass`)", ratio, f"≤ {GOAL}", ratio <= GOAL)


def test_a_cold_answer_against_keras(record: Record) -> None:
    cold(PARAMCALC, "121,344")
    cold(ASK_KERAS, "121,344")
    ours, theirs = [], []
    for _ in range(KERAS_ROUNDS):
        theirs.append(cold(ASK_KERAS, "121,344"))
        ours.append(cold(PARAMCALC, "121,344"))
    ratio = median(theirs) / median(ours)
    name = "the same answer from a script that asks Keras"
    record(name, milliseconds(ours), f"{milliseconds(theirs)} (Keras, jax)", ratio, "≥ 15", ratio >= 15)


def milliseconds(times: list[float]) -> str:
    """Print the median."""
    return f"{median(times) * 1e3:,.1f} ms"
