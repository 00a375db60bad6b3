"""The tutorial model of three layers, counted from Python objects, against Keras building it.

Keras runs in its cheapest mode, without allocating a weight. Both sides have been imported and warmed up, and take
turns in one process; the figures are medians. Nothing is remembered from one count to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import keras
from conftest import Record

import paramcalc as pc

TOTAL = 153_228
ROUNDS = 60
REPEATS = 100  # of ours in a round; it is too short to be timed alone
GOAL = 300


def ours_in_full() -> int:
    """Make the layers and count, with the arguments Keras gets."""
    return pc.Sequential(
        [
            pc.Input((32, 256)),
            pc.Dense(108),
            pc.LSTM(128),
            pc.Dense(32, activation="softmax"),
        ]
    ).total  # type: ignore[return-value]  # integers in, an integer out


def kerass() -> int:
    """Let Keras build the model, without allocating weights, and ask it."""
    with keras.StatelessScope(initialize_variables=False):
        model = keras.Sequential(
            [
                keras.Input((32, 256)),
                keras.layers.Dense(108),
                keras.layers.LSTM(128),
                keras.layers.Dense(32, activation="softmax"),
            ]
        )
        return int(model.count_params())


def interleaved(ours: Callable[[], int], theirs: Callable[[], int]) -> tuple[float, float]:
    """Time both in turn; give the median seconds of one call of each."""
    for warm in (ours, theirs, ours, theirs):
        assert warm() == TOTAL
    short, long = [], []
    for _ in range(ROUNDS):
        start = perf_counter()
        for _ in range(REPEATS):
            ours()
        middle = perf_counter()
        theirs()
        long.append(perf_counter() - middle)
        short.append((middle - start) / REPEATS)
    return median(short), median(long)


def test_counting_layers_already_made(record: Record) -> None:
    layers = [pc.Input((32, 256)), pc.Dense(108), pc.LSTM(128), pc.Dense(32, activation="softmax")]
    ours, theirs = interleaved(lambda: pc.Sequential(layers).total, kerass)  # type: ignore[arg-type,return-value]
    note(record, "count three layers", ours, theirs)


def test_counting_with_the_layers_being_made(record: Record) -> None:
    note(record, "make three layers and count them", *interleaved(ours_in_full, kerass))


def note(record: Record, name: str, ours: float, theirs: float) -> None:
    """Record one ratio; the goal is for the layers as Python objects, making them comes on top."""
    ratio = theirs / ours
    goal = GOAL if name.startswith("count") else GOAL // 2
    record(name, f"{ours * 1e6:.1f} µs", f"{theirs * 1e3:.2f} ms (Keras, stateless)", ratio, f"≥ {goal}", ratio >= goal)
