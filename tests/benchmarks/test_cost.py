"""``paramcalc cost`` of a model of 100 layers, against ``paramcalc count`` of it, each as a process of its own.

Processor time, the best of several in turn.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from conftest import Record, cold

LAYERS, ROUNDS, GOAL = 100, 8, 2
KINDS = {
    "dense": ("[32]", "Dense: 32", 100 * (32 * 32 + 32)),
    "lstm": ("[9, 32]", "LSTM: {units: 32, return_sequences: true}", 100 * 4 * (32 * 64 + 32)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_costs_take_at_most_twice_the_time_of_counting(kind: str, tmp_path: Path, record: Record) -> None:
    shape, layer, total = KINDS[kind]
    path = tmp_path / "model.yaml"
    path.write_text(f"input: {shape}\nlayers:\n" + f"  - {layer}\n" * LAYERS)
    command = os.path.join(os.path.dirname(sys.executable), "paramcalc")
    pairs = [
        (cold([command, "count", str(path)], f"{total:,}"), cold([command, "cost", str(path)])) for _ in range(ROUNDS)
    ]
    count, cost = (min(times) for times in zip(*pairs, strict=True))
    name = f"cost of {LAYERS} layers ({kind}), against counting them"
    record(name, f"{cost:.2f} s", f"{count:.2f} s", cost / count, f"≤ {GOAL}", cost <= GOAL * count)
