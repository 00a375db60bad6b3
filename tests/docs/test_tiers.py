"""The tiers of the tests: the fast one tries every rule, reader and view; what needs PyTorch says so."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tiers import is_in_share

from paramcalc.core.registry import rules
from paramcalc.formats.readers import READERS
from paramcalc.verification.adapter import adapter
from paramcalc.writers import FORMATS

TESTS = Path(__file__).parents[1]
NEEDED = re.compile(r"import torch\b|from torch\b|(torch = )?pytest\.importorskip\(['\"]torch['\"]\)")


def needs_pytorch(path: Path) -> bool:
    """Tell whether a statement of a module imports PyTorch; a program in a text does not count."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, 1) if NEEDED.match(line)]  # few files have any
    return bool(found) and not {*found}.isdisjoint(one.lineno for one in ast.parse("\n".join(lines)).body)


MODULES = [path for path in TESTS.rglob("test_*.py") if needs_pytorch(path)]


def test_modules_that_need_pytorch_are_found() -> None:
    assert {path.name for path in MODULES} >= {"test_products_torch.py", "test_torch_audit.py"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_that_needs_pytorch_is_marked_and_skipped_without_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "pytestmark = pytest.mark.torch" in text
    assert 'pytest.importorskip("torch")' in text


def keras_rules() -> set[str]:
    pytest.importorskip("keras")
    return {rule.name for rule in adapter("keras").rules() if adapter("keras").has(rule)}


def torch_rules() -> set[str]:
    pytest.importorskip("torch")
    return set(rules("torch"))


def test_shares_of_several_runs_have_every_test() -> None:
    names = {f"test[{at}]" for at in range(2_400)}
    shares = [{name for name in names if is_in_share(name, 24, f"tree {run}")} for run in range(400)]
    assert set.union(*shares) == names
    assert all(50 < len(share) < 170 for share in shares)


# what a test of the fast tier is parametrized with, for each registry
TOUCHED = [
    ("rules/test_rules.py", "test_every_rule_says_why", "rule", lambda: set(rules())),
    ("rules/test_paper.py", "test_every_rule_says_why", "rule", lambda: set(rules("paper"))),
    ("rules/test_torch_rules.py", "test_formula_is_inventory", "rule", lambda: set(rules("torch"))),
    ("verification/test_audit.py", "test_a_sample_has_no_mismatch", "name", keras_rules),
    pytest.param("verification/test_torch_audit.py", "test_a_sample_has_no_mismatch", "name", torch_rules,
                 marks=pytest.mark.torch),
    ("readers/test_every_format.py", "test_its_own_line_reads_it", "name", lambda: {r.name for r in READERS if r.read}),
    ("readers/test_readers.py", "test_a_format_that_is_not_read_is_named", "name",
     lambda: {one.name for one in READERS if not one.read and not one.folder}),
    ("views/test_writers.py", "test_every_view_writes_everything", "format", lambda: set(FORMATS)),
]  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize(("module", "test", "parameter", "registry"), TOUCHED)
def test_the_fast_tier_touches_all_of_a_registry(
    module: str, test: str, parameter: str, registry: Callable[[], set[str]], request: pytest.FixtureRequest
) -> None:
    path = TESTS / module
    if f"\ndef {test}(" not in path.read_text(encoding="utf-8"):
        pytest.fail(f"{module} has no {test}")
    found = [item for item in request.session.items if item.path == path and isinstance(item, pytest.Function)]
    if not found:
        pytest.skip(f"{module} is not run")
    values = [
        item.callspec.params[parameter]
        for item in found
        if item.originalname == test and not (item.get_closest_marker("exhaustive") or item.get_closest_marker("slow"))
    ]
    assert {getattr(value, "name", value) for value in values} >= registry()
