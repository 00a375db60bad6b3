"""A chain of 100,000 layers, read from each format and counted, against one of 10,000: time; and memory of 20,000.

Processor time, the better of two; every run reads text of its own in a process that has read one before. Memory is
traced, which takes several times as long, so there the chains are shorter.
"""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from time import process_time

import pytest
from chains import CHAINS, PER_LAYER, json_chain
from conftest import Record

from paramcalc import loads

SHORT, LONG = 10_000, 100_000
TRACED = 2_000, 20_000
ROUNDS = 2
GOAL = 11
MEMORY_GOAL = 12


def count(text: str) -> None:
    loads(text).total  # noqa: B018


def seconds(text: str, read: Callable[[str], object] = count) -> float:
    gc.collect()
    start = process_time()
    read(text)
    return process_time() - start


def peak(text: str) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        count(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_count_is_right() -> None:
    for chain in CHAINS:
        assert loads(chain(SHORT)).total == SHORT * PER_LAYER


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.__name__)
def test_time_is_linear(chain: Callable[[int], str], record: Record) -> None:
    texts = {layers: chain(layers) for layers in (SHORT, LONG)}
    count(texts[SHORT])
    short, long = (min(seconds(text) for _ in range(ROUNDS)) for text in texts.values())
    name = f"{LONG:,} layers, {chain.__name__}, time"
    record(name, f"{long:.2f} s", f"{short:.3f} s for {SHORT:,}", long / short, f"≤ {GOAL}", long <= GOAL * short)


@pytest.mark.parametrize("collector", [True, False], ids=["collector on", "collector off"])
def test_what_the_standard_library_takes_for_the_same(collector: bool, record: Record) -> None:
    """More data than the caches hold: what ten times the data take without any work on them, for comparison."""
    ratios = []
    if not collector:
        gc.disable()
    try:
        for read in (json.loads, count):
            few, many = (json_chain(layers) for layers in (SHORT, LONG))
            short, long = (min(seconds(text, read) for _ in range(ROUNDS)) for text in (few, many))
            ratios.append(long / short)
    finally:
        gc.enable()
    peer, ours = ratios
    name = f"{LONG:,} layers, json_chain, collector {'on' if collector else 'off'}, and `json.loads`"
    record(name, f"{ours:.1f}", f"{peer:.1f}", ours / peer, "none", True)


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.__name__)
def test_memory_is_linear(chain: Callable[[int], str], record: Record) -> None:
    few, many = TRACED
    peak(chain(few))
    short, long = (peak(chain(layers)) for layers in TRACED)
    name = f"{many:,} layers, {chain.__name__}, memory"
    sizes = f"{long / 2**20:.0f} MiB", f"{short / 2**20:.1f} MiB for {few:,}"
    record(name, *sizes, long / short, f"≤ {MEMORY_GOAL}", long <= MEMORY_GOAL * short)
