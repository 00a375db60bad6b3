"""Programs in which an exception may be caught that PyTorch raises: no count of one way alone is called exact."""

from __future__ import annotations

from pathlib import Path

import pytest

import paramcalc as pc

RAISING = [
    "[1] * -10**30",
    "'a' * 10**30",
    "() * 10**30",
    "nn.Linear(3)",
    "nn.Linear(2, 3, foo=1)",
    "nn.Linear(-1, 2)",
    "nn.MultiheadAttention(10, 3)",
    "nn.Conv2d(3, 4, 3, groups=2)",
    "nn.Conv2d(1, 1, 3, stride=2, padding='same')",
    "nn.GroupNorm(3, 4)",
    "nn.Dropout(2)",
    "nn.Embedding(3, 4, padding_idx=5)",
    "nn.LSTM(3, 4, proj_size=4)",
    "nn.RNN(2, 3, nonlinearity='foo')",
    "nn.Sequential(3)",
    "nn.ModuleList([3])",
    "list(zip([1], [1, 2], strict=True))",
    "dict([1])",
    "nn.Module().add_module('a.b', nn.Linear(1, 1))",
    "nn.ModuleDict({'a': 3})",
    "nn.ModuleDict({'a.b': nn.Linear(1, 1)})",
    "nn.ModuleList([nn.Linear(1, 1)]).insert(0, 3)",
    "nn.Sequential(dict(a=3))",
    "nn.ModuleDict()['a.b'] = nn.Linear(1, 1)",
]
WORKING = [
    "nn.ModuleList([nn.Linear(1, 1)]).pop(0)",
    "nn.Sequential(nn.Linear(1, 1)).pop(0)",
    "nn.ModuleDict({'b': nn.Linear(1, 1)}).pop('b')",
    "nn.ModuleDict({'b': nn.Linear(1, 1)}).clear()",
]
PROGRAM = """import torch.nn as nn
try:
    {}
    model = nn.Sequential(nn.Linear(3, 3))
except Exception:
    model = nn.Sequential(nn.Linear(4, 4))
"""


@pytest.mark.parametrize(("line", "truth"), [*((one, 20) for one in RAISING), *((one, 12) for one in WORKING)])
def test_what_may_raise_is_no_exact_count(line: str, truth: int, tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(PROGRAM.format(line), encoding="utf-8")
    try:
        report = pc.load(f"{path}:model").report()
    except pc.ParamcalcError:
        return
    assert report.total == truth if report.exact else report.total <= truth


def test_a_module_is_set_before_its_constructor_has_run(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    early = (
        "class A(nn.Module):\n    def __init__(self):\n        self.x = nn.Linear(2, 2)\n        super().__init__()\n"
    )
    path.write_text(PROGRAM.format("A()").replace("try:", f"{early}try:", 1), encoding="utf-8")
    report = pc.load(f"{path}:model").report()
    assert not report.exact
    assert report.total <= 20


def test_plain_layers_are_made_for_sure(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(PROGRAM.format("nn.LSTM(3, 4, bias=False)"), encoding="utf-8")
    report = pc.load(f"{path}:model").report()
    assert (report.total, report.exact) == (12, True)
