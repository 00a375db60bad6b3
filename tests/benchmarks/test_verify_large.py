"""Verifying a model of 70 billion parameters, beyond what importing Keras costs: time and memory.

Each side runs in an interpreter of its own, so that the highest memory it ever held is its own.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import Record, child_environment

pytest.importorskip("keras")

MEASURE = """
import resource, sys, time
import paramcalc as pc
from paramcalc.verification.adapters.keras.framework import keras

def peak():
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10  # MiB

start = time.perf_counter()
keras()
imported, before = time.perf_counter() - start, peak()
layers = [pc.LSTM(40_000, return_sequences=True) for _ in range(5)] + [pc.LSTM(30_000), pc.Dense(50_000)]
model = pc.Sequential([pc.Input((None, 40_000)), *layers])
start = time.perf_counter()
found = pc.verify(model)
print(found.ok, found.params, time.perf_counter() - start, imported, peak() - before, before)
"""


def test_seventy_billion_parameters(record: Record) -> None:
    command = [sys.executable, "-c", MEASURE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=child_environment())
    ok, params, seconds, imported, memory, base = done.stdout.split()
    assert ok == "True"
    assert int(params) > 70 * 10**9
    what = f"verify {int(params) / 1e9:.0f} billion parameters, over importing Keras"
    took, held = float(seconds), float(memory)
    record(f"{what}: seconds", f"{took:.2f} s", f"{float(imported):.2f} s", took / float(imported), "< 1 s", took < 1)
    record(f"{what}: memory", f"{held:.0f} MiB", f"{float(base):.0f} MiB", held / float(base), "< 100 MiB", held < 100)
