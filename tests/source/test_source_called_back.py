"""Methods that a library calls, in any order and number, also while they are run. No number is exact and wrong.

Every program is run by PyTorch under every outcome of its unknown conditions.
"""

from __future__ import annotations

import sys
from random import Random
from types import SimpleNamespace

import pytest
import source_programs
from tiers import quick

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import interpret

torch = pytest.importorskip("torch", reason="programs are run by PyTorch")
pytestmark = pytest.mark.torch

from test_source_kinds import wrong  # noqa: E402  # it imports PyTorch

LIBRARY = "wandb"  # of which it is known that it changes nothing itself
HEAD = f"""import outside
import {LIBRARY}
from torch import nn
n = 2
keep = []
class D:
    def __init__(self):
        self.x, self.kept, self.other = 2, [1], self
"""
TAIL = """
sizes = [n, len(keep) + 1, a.x, b.x, len(a.kept), len(b.kept), *(len(one) for one in keep[:2])]
m = nn.Sequential(*[nn.Linear(size, 1, bias=False) for size in sizes])
"""
DONE = (
    "self.x = 5",
    "self.x = self.other.x + 1",
    "self.other.x = 7",
    "self.kept.append(2)",
    "self.other.kept = self.kept",
    "self.kept = []",
    "self.other = self if self.x == 5 else b",
    "if self.x == 5: n = 3",
    "if self.x != 2: n = 4",
    "if len(self.kept) > 1: n = 6",
    "if self is a: n = 8",
    "if self.x == 7: keep.append([1])",
    "made = [2]; wandb.visit(self, made); keep.append(made)",
    "made = [2]; keep.append(made); wandb.visit(made, self)",
    "wandb.visit(self)",
    "wandb.visit(self.other)",
    "wandb.visit(self.other, self.kept)",
    "if isinstance(i, list): i.append(3)",
    "if isinstance(i, D): i.x = 9",
    "if i is self.kept: n = 5",
    "keep.append(i) if isinstance(i, list) else 0",
    "raise KeyError(1)",
)
FIRST = ("wandb.visit(a)", "wandb.visit(a, b)", "wandb.visit(b, a.kept)", "wandb.visit([a], b)")
DATA = """
class Data(torch.utils.data.Dataset):
    def __init__(self): self.names = sorted(glob.glob("*.png"))
    def __len__(self): return len(self.names)
    def __getitem__(self, i):
        found = []
"""


@pytest.fixture(autouse=True)
def _library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the library a function that asks for lengths and items."""
    module, made = SimpleNamespace(), source_programs.outside

    def outside(tape: source_programs.Tape) -> SimpleNamespace:
        found = made(tape)
        module.visit = found.visit
        return found

    monkeypatch.setitem(sys.modules, LIBRARY, module)
    monkeypatch.setattr(source_programs, "outside", outside)


def program(seed: int) -> str:
    """Write a class whose methods change what others read, and a library that calls them."""
    luck = Random(seed)
    made = HEAD
    for name, given in luck.sample([("__len__", "self, i=0"), ("__getitem__", "self, i")], 2):
        made += f"    def {name}({given}):\n        global n\n"
        made += "".join(f"        {one}\n" for one in luck.sample(DONE, luck.randint(1, 3)))
        made += "        return 1\n"
    related = luck.choice(("", "a.other = b\n", "a.other, b.other = b, a\n", "b.kept = a.kept\n"))
    return f"{made}a, b = D(), D()\n{related}{luck.choice(FIRST)}\n{TAIL}"


def checked(seeds: range) -> int:
    """Check programs; give how many ended."""
    told = [wrong(program(seed), 600) for seed in seeds]
    for seed, found in zip(seeds, told, strict=True):
        assert not found, program(seed)
    return sum(one is not None for one in told)


@pytest.mark.parametrize("first", quick(range(0, 300, 10), 5))
def test_methods_change_what_others_read(first: int) -> None:
    assert checked(range(first, first + 10)) >= 2


@pytest.mark.exhaustive
@pytest.mark.parametrize("first", range(1_000, 5_000, 50))
def test_many_programs(first: int) -> None:
    assert checked(range(first, first + 50)) >= 15


ORDER = """
class C:
    x = 0
    def __getitem__(self, i):
        global n
        if self.x: n = 5
        return 1
    def __len__(self):
        self.x = 1
        return 1
c = C()
wandb.visit(c)
m = nn.Linear(n, 1)
"""
ANOTHER = """
class C:
    def __init__(self, inner=None): self.inner, self.size = inner, 2
    def __getitem__(self, i):
        self.size = 5
        if self.inner is not None: wandb.visit(self.inner)
        return 1
d = C()
c = C(d)
wandb.visit(c)
m = nn.Linear(d.size, 1)
"""


@pytest.mark.parametrize("text", [ORDER, ANOTHER])
def test_a_later_method_and_another_object(text: str) -> None:
    assert wrong(f"import outside\nimport {LIBRARY}\nfrom torch import nn\nn = 2\n{text}", 600) == []


def steps(calls: int) -> int:
    """Count the steps of a data set whose items are made by so many calls of a library."""
    loaded = "        found.append(Image.open(self.names[i % len(self.names)]))\n" * calls
    text = f"import glob\nimport torch\nfrom PIL import Image\n{DATA}{loaded}        return found\n"
    text += "loader = torch.utils.data.DataLoader(Data())\nm = torch.nn.Linear(1, 1)\n"
    return interpret(Source("m.py", given=text))[0].budget.spent


def test_the_work_does_not_explode_with_the_calls_of_a_library() -> None:
    few, many = steps(4), steps(16)
    assert many < 8 * few  # each call is looked at together with what the earlier ones left
    assert many < 12_000
