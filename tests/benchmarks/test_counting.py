"""The tutorial model of three layers, counted from Python objects, against Keras building it; and its report.

Keras runs in its cheapest mode, without allocating a weight. Both sides have been imported and warmed up, and take
turns in one process; the figures are medians. Layers that are counted for the first time are made before the clock
starts, anew for every count; a model counted again is the same layers put together again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import keras
from conftest import Record

import paramcalc as pc

TOTAL = 153_228
ROUNDS = 60
REPEATS = 100  # of ours in a round; it is too short to be timed alone
COUNT, MAKE_AND_COUNT, AGAIN = 250, 150, 800  # times as fast as Keras
REPORT = 12  # times as long as counting

Layers = list[Any]


def layers() -> Layers:
    """Make the layers, with the arguments Keras gets."""
    return [pc.Input((32, 256)), pc.Dense(108), pc.LSTM(128), pc.Dense(32, activation="softmax")]


def count(made: Layers) -> int:
    """Put layers together and count."""
    return pc.Sequential(made).total  # type: ignore[return-value]  # integers in, an integer out


def make_and_count(_: Layers) -> int:
    """Make the layers as well."""
    return count(layers())


def report(made: Layers) -> int:
    """Put layers together, and give the whole report as JSON."""
    text = json.dumps(pc.Sequential(made).report().to_dict())
    assert text.endswith("}")
    return TOTAL


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


def seconds(ours: Callable[[Layers], int], same: Layers | None = None) -> float:
    """Time one call, the mean of a round: each on layers of its own, or all on the same."""
    given = [same or layers() for _ in range(REPEATS)]
    start = process_time()
    for made in given:
        ours(made)
    return (process_time() - start) / REPEATS


def theirs() -> float:
    """Time Keras once."""
    start = process_time()
    kerass()
    return process_time() - start


def against_keras(record: Record, name: str, goal: int, ours: Callable[[], float]) -> None:
    """Take turns with Keras, and record the ratio of the medians."""
    for _ in range(2):
        ours(), theirs()
    short, long = zip(*((ours(), theirs()) for _ in range(ROUNDS)), strict=True)
    ratio = median(long) / median(short)
    peer = f"{median(long) * 1e3:.2f} ms (Keras, stateless)"
    record(name, f"{median(short) * 1e6:.1f} µs", peer, ratio, f"≥ {goal}", ratio >= goal)


def test_both_are_right() -> None:
    assert count(layers()) == make_and_count([]) == kerass() == TOTAL
    assert pc.Sequential(layers()).report().to_dict()["total"] == TOTAL


def test_counting_layers_already_made(record: Record) -> None:
    against_keras(record, "count the three-layer tutorial model, layers already made", COUNT, lambda: seconds(count))


def test_counting_with_the_layers_being_made(record: Record) -> None:
    name = "the same, making the layers as well"
    against_keras(record, name, MAKE_AND_COUNT, lambda: seconds(make_and_count, [None]))


def test_counting_again(record: Record) -> None:
    same = layers()
    against_keras(record, "the same layers counted again, unchanged", AGAIN, lambda: seconds(count, same))


def test_a_report_and_its_json(record: Record) -> None:
    seconds(count), seconds(report)
    short, long = zip(*((seconds(count), seconds(report)) for _ in range(ROUNDS)), strict=True)
    ratio = median(long) / median(short)
    name = "report and JSON of the tutorial model, against counting it"
    sizes = f"{median(long) * 1e6:.0f} µs", f"{median(short) * 1e6:.1f} µs (counting)"
    record(name, *sizes, ratio, f"≤ {REPORT}", ratio <= REPORT)
