"""Views of a chain of 100,000 layers against one of 10,000: time, and the memory beside the report."""

from __future__ import annotations

import gc
from time import process_time

import pytest
from conftest import Record

import paramcalc as pc
from paramcalc.render.layout import presentation
from paramcalc.render.presentation import write

SHORT, LONG = 10_000, 100_000
GOAL = 11


def seconds(layers: int, format: str) -> float:
    """Time a view, its report included; the pieces are thrown away as they come."""
    model = pc.Sequential([pc.Input((64,)), *(pc.Dense(64) for _ in range(layers))])
    gc.collect()
    start = process_time()
    for _ in write(presentation(model.report()), format):
        pass
    return process_time() - start


@pytest.mark.parametrize("format", ["table", "html", "json", "markdown", "csv"])
def test_time_is_linear(format: str, record: Record) -> None:
    seconds(100, format)
    short, long = min(seconds(SHORT, format) for _ in range(2)), seconds(LONG, format)
    name = f"{LONG:,} layers as {format}, time"
    record(name, f"{long:.1f} s", f"{short:.2f} s for {SHORT:,}", long / short, f"≤ {GOAL}", long <= GOAL * short)
