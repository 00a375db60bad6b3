"""Lists of modules that are as long as a loop is run: a formula in the number of its rounds, or at least so many."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

import itertools
import warnings
from typing import NamedTuple

import pytest
from loop_programs import loop_program
from tiers import pieces

from paramcalc.errors import ParamcalcError
from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read
from paramcalc.report import Report
from paramcalc.symbolic import Expr
from paramcalc.symbolic.evaluate import evaluate

torch = pytest.importorskip("torch", reason="programs are run by PyTorch")
pytestmark = pytest.mark.torch

SIZES = [*itertools.product((1, 2, 3, 4, 5), (1, 2, 4))]  # of depth and more
FEW = range(40)
MANY = pieces(range(10_000, 14_000), 200)


def at(size: object, **values: int) -> object:
    """Give the value of a formula; None where it has another symbol."""
    if not isinstance(size, Expr):
        return size
    return evaluate(size, values) if set(map(str, size.symbols)) <= values.keys() else None


class Figures(NamedTuple):
    """How programs were answered."""

    ran: int = 0
    exact: int = 0
    least: int = 0


def real(text: str, **sizes: int) -> tuple[int, int] | None:
    names: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(text, "net.py", "exec"), names)  # a program of ours
            net = names["Net"](**sizes)  # type: ignore[operator]
        except Exception:
            return None
    counts = [(one.numel(), one.requires_grad) for one in net.parameters()]
    return sum(count for count, _ in counts), sum(count for count, trained in counts if trained)


def check(seeds: range) -> Figures:
    figures = Figures()
    for seed in seeds:
        text = loop_program(seed)
        try:
            report = of_net(text)
        except ParamcalcError:
            continue  # it raises
        assumed = any("at least 1" in one for one in report.warnings)
        for depth, more in SIZES + ([] if assumed else [(0, 1), (0, 0), (2, 0)]):
            sizes = {"width": 3, "other": 5, "depth": depth, "more": more}
            truth = real(text, **sizes)
            if truth is None:
                continue
            total = at(report.total, **sizes)
            trained = at(report.trainable, **sizes)
            place = f"seed {seed}, {sizes}: {report.total} = {total} ({trained}), and it has {truth}\n{text}"
            if report.exact:
                assert total == truth[0], place
                assert report.guessed or trained == truth[1], place
            elif total is not None:
                assert total <= truth[0], place
        figures = Figures(figures.ran + 1, figures.exact + report.exact, figures.least + (not report.exact))
    return figures


def of_net(text: str) -> Report:
    source = Source("net.py", given=text)
    source.asked = source.asked._replace(model="Net")
    return read(source).report()


@pytest.mark.parametrize("first", range(0, 6, 3))
def test_random_loops(first: int) -> None:
    assert check(range(first, first + 3)).ran > 0


@pytest.mark.slow
def test_several_random_loops() -> None:
    assert check(FEW).exact > 4


@pytest.mark.exhaustive
@pytest.mark.parametrize("seeds", MANY)
def test_many_random_loops(seeds: range) -> None:
    assert check(seeds).exact > len(seeds) // 8


ALIKE = {
    "a list": "self.l = nn.ModuleList([nn.Linear(d, 2) for _ in range(n)])",
    "a generator": "self.l = nn.ModuleList(nn.Linear(d, 2) for _ in range(n))",
    "a generator in a star": "self.l = nn.Sequential(*(nn.Linear(d, 2) for _ in range(n)))",
    "between others": "self.l = nn.Sequential(nn.Linear(d, 1), *[nn.Linear(1, 1) for _ in range(n)], nn.Linear(1, 2))",
    "a loop that appends": "self.l = nn.ModuleList()\nfor _ in range(n): self.l.append(nn.Linear(d, 2))",
    "a list of two each": "l = []\nfor _ in range(n):\n    l += [nn.Linear(d, 2), nn.Linear(2, d)]\nself.l = nn.Sequential(*l)",
    "the first is another": "l, a = [], 3\nfor _ in range(n):\n    l.append(nn.Linear(a, d))\n    a = d\nl.append(nn.Linear(a, 2))\nself.l = nn.Sequential(*l)",
    "copies": "self.l = nn.ModuleList([copy.deepcopy(nn.Linear(d, 2)) for _ in range(n)])",
    "loops in loops": "self.l = nn.ModuleList([nn.Sequential(*[nn.Linear(d, 2) for _ in range(k)]) for _ in range(n)])",
    "joined lists": "a = [nn.Linear(d, 2) for _ in range(n)]\nself.l = nn.ModuleList([nn.Linear(1, 1)] + a)",
    "fewer rounds": "self.l = nn.ModuleList([nn.Linear(d, 2) for _ in range(n - 1)])",
    "never below zero": "self.l = nn.ModuleList([nn.Linear(d, 2) for _ in range(2, n)])",
    "initialised": "self.l = nn.ModuleList([nn.Linear(d, 2) for _ in range(n)])\nself.apply(lambda m: None)",
    "tied within a round": "def f():\n    a, b = nn.Linear(2, 2), nn.Linear(2, 2)\n    b.weight = a.weight\n    return nn.Sequential(a, b)\nself.l = nn.ModuleList([f() for _ in range(n)])",
    "layers of an LSTM": "self.l = nn.LSTM(d, 2, n)",
    "layers in two directions": "self.l = nn.GRU(d, 2, num_layers=n, bidirectional=True)",
    "layers of an encoder": "self.l = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, d), n, nn.LayerNorm(4))",
}  # fmt: skip
UNLIKE = {
    "one layer": "s = nn.Linear(d, 2)\nself.l = nn.ModuleList([s for _ in range(n)])",
    "by the number of the round": "self.l = nn.ModuleList([nn.Linear(d, i + 1) for i in range(n)])",
    "unlike layers": "self.l = nn.ModuleList([nn.Linear(d, 1 if i else 2) for i in range(n)])",
    "a counter": "c = []\ndef f():\n    c.append(1)\n    return nn.Linear(d, len(c))\nself.l = nn.ModuleList([f() for _ in range(n)])",
    "the length of the list": "l = []\nfor _ in range(n): l.append(nn.Linear(d, len(l) + 1))\nself.l = nn.ModuleList(l)",
    "the layer before": "l = [nn.Linear(d, 1)]\nfor _ in range(n): l.append(l[-1])\nself.l = nn.ModuleList(l)",
    "until a condition": "l = []\nfor i in range(n):\n    if i > 3: break\n    l.append(nn.Linear(d, 1))\nself.l = nn.ModuleList(l)",
    "an item changed": "self.l = nn.ModuleList([nn.Linear(d, 2) for _ in range(n)])\nself.l[0].bias = None",
    "a layer beside": "self.l = nn.ModuleList([nn.Linear(d, 2) for _ in range(n)])\nself.l.more = nn.Linear(1, 1)",
    "a parameter of the container": "self.l = nn.ModuleList()\nself.l.w = nn.Parameter(torch.zeros(d))\nfor _ in range(n): self.l.append(nn.Linear(d, 2))",
    "a module of the name of a number": "self.l = nn.ModuleList()\nself.l.add_module('1', nn.Linear(d, 1))\nfor _ in range(n): self.l.append(nn.Linear(d, 2))",
    "one removed": "l = [nn.Linear(d, 2) for _ in range(n)]\nl.pop()\nself.l = nn.ModuleList(l)",
    "given away": "self.l = nn.ModuleList([nn.Linear(d, 2) for _ in range(n)])\noutside.change(self.l)",
    "of unknown layers": "self.l = nn.ModuleList([outside.layer() for _ in range(n)])",
    "of sizes from outside": "self.l = nn.ModuleList([nn.Linear(d, outside.size()) for _ in range(n)])",
}  # fmt: skip


def constructor(body: str) -> str:
    lines = "".join(f"        {line}\n" for line in body.split("\n"))
    head = "import copy, torch\nfrom torch import nn\nclass Net(nn.Module):\n    def __init__(self, d, n, k):\n"
    return f"{'import outside; ' * ('outside' in body)}{head}        super().__init__()\n{lines}"


@pytest.mark.parametrize("name", ALIKE)
def test_rounds_that_do_the_same_are_counted(name: str) -> None:
    text = constructor(ALIKE[name])
    report = of_net(text)
    assert report.exact
    assumed = any("at least 1" in one for one in report.warnings)
    for n, k, d in itertools.product(range(assumed, 5), (1, 3), (1, 4)):
        truth = real(text, n=n, k=k, d=d)
        assert truth in (None, (at(report.total, n=n, k=k, d=d), at(report.trainable, n=n, k=k, d=d)))


@pytest.mark.parametrize("name", UNLIKE)
def test_other_rounds_are_not_counted(name: str) -> None:
    assert not of_net(constructor(UNLIKE[name])).exact


def test_a_range_of_what_is_no_number_raises() -> None:
    with pytest.raises(ParamcalcError, match="range"):
        of_net(constructor("self.l = nn.ModuleList([nn.Linear(d, 2) for _ in range(None)])"))


def test_a_length_that_depends_on_a_loop_is_no_size_from_outside() -> None:
    """What the program itself decides is not a symbol that anyone may choose."""
    report = of_net("""
from torch import nn
class Net(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        many = []
        for _ in range(depth):
            many.append(nn.Linear(width, 4))
        self.last = nn.Linear(len(many), 4)
""")
    assert not report.exact
