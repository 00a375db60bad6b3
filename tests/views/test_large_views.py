"""Views of large models: work in proportion to the layers; small pieces, in little memory beside the report."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from functools import partial

import pytest
from tiers import quick
from work import lines

import paramcalc as pc
from paramcalc.render.layout import presentation
from paramcalc.render.presentation import write
from paramcalc.writers import FORMATS

FEW, MANY = 30, 300
formats = pytest.mark.parametrize("format", quick(FORMATS, 5))


def chain(layers: int) -> pc.Model:
    return pc.Sequential([pc.Input((8,)), *(pc.Dense(8) for _ in range(layers))])


def sizes(many: int) -> pc.Model:
    """A chain in which every layer has a size of its own."""
    return pc.Sequential([pc.Input((8,)), *(pc.Dense(f"h{at}") for at in range(many))])


@formats
@pytest.mark.parametrize("model", [chain, sizes], ids=["chain", "sizes"])
def test_ten_times_the_layers_are_ten_times_the_work(model: Callable[[int], pc.Model], format: str) -> None:
    model(3).render(format)
    few, many = (lines(partial(model(layers).render, format)) for layers in (FEW, MANY))
    assert many <= 11 * few


@formats
def test_pieces_are_small_and_take_less_memory_than_the_report(format: str) -> None:
    chain(3).render(format)
    thresholds = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # as Python has them: what waits for the collector is no part of the measure
    gc.collect()
    tracemalloc.start()
    try:
        report = chain(MANY).report()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        longest = max(map(len, write(presentation(report), format)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.set_threshold(*thresholds)
    assert longest < 3_000
    assert most < 2 * held  # the formulas that rows make on the way stay with the report


def test_a_total_of_many_sizes() -> None:
    few, many = (lines(sizes(layers).count_params) for layers in (FEW, MANY))
    assert many <= 11 * few
