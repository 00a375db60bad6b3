"""Fixtures of the tests of analyses."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits of the search at which it ends sooner."""
    for name, limit in {"CANDIDATES": 1024, "ONE_BY_ONE": 64, "LAYERS": 2000}.items():
        monkeypatch.setattr(sys.modules["paramcalc.analysis.sizing.search"], name, limit)
