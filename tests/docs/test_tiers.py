"""The tiers of the tests: what needs PyTorch says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
NEEDED = re.compile(r"^(import torch\b|from torch\b|(torch = )?pytest\.importorskip\(.torch.\))", re.M)
MODULES = [path for path in TESTS.rglob("test_*.py") if NEEDED.search(path.read_text(encoding="utf-8"))]


def test_modules_that_need_pytorch_are_found() -> None:
    assert {path.name for path in MODULES} >= {"test_products_torch.py", "test_torch_audit.py"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_that_needs_pytorch_is_marked_and_skipped_without_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "pytestmark = pytest.mark.torch" in text
    assert 'pytest.importorskip("torch")' in text
