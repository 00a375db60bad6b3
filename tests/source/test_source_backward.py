"""Backward multiply-adds of PyTorch modules from their ``forward``, against PyTorch's own counter of operations."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Sequence
from functools import cache

import pytest
from source_gradients import HEAD, MADE, SHAPE, program
from source_programs import Tape, TooMany, outside, runs
from tiers import pieces

from paramcalc.analysis.cost import cost
from paramcalc.formats.opened import Asked, Source
from paramcalc.formats.source.reader import read
from paramcalc.symbolic import Size

torch = pytest.importorskip("torch", reason="programs are run by PyTorch")
pytestmark = pytest.mark.torch


def passes(text: str, asked: bool, frozen: Sequence[str] = ()) -> tuple[Size, Size | None]:
    """Give the multiply-adds of both passes of the model of a program."""
    source = Source("m.py", given=text)
    source.asked = Asked("net", inputs=(SHAPE,))
    found = cost(read(source), frozen=frozen, input_gradient=asked).passes
    return found.forward, found.backward


MEASURED = """
def tensors(found):
    if isinstance(found, dict):
        found = tuple(found.values())
    if isinstance(found, (tuple, list)):
        return [one for inner in found for one in tensors(inner)]
    return [found] if isinstance(found, torch.Tensor) and found.requires_grad else []

for name, one in net.named_parameters():
    if name in frozen:
        one.requires_grad_(False)
net.train(outside.flip())
with counter() as seen:
    found = tensors(net(torch.zeros(shape, requires_grad=asked)))
    before = seen.get_total_flops() // 2
    if found:
        sum(one.sum() for one in found).backward()
macs = before, seen.get_total_flops() // 2 - before
"""


@cache
def warmed() -> None:
    """Let PyTorch import what it imports when it first runs on meta tensors: that takes longer than a run may."""
    from torch.utils.flop_counter import FlopCounterMode

    end = "        return F.scaled_dot_product_attention(x, self.a(x), self.c(x)[0])\nnet = Net()\n"
    text = f"{HEAD}{MADE}    def forward(self, x):\n{end}{MEASURED}".replace("import outside\n", "")
    given = {"counter": lambda: FlopCounterMode(display=False), "asked": False, "frozen": (), "shape": SHAPE}
    with torch.device("meta"):
        exec(text, {**given, "outside": outside(Tape([]))})


def measured(text: str, asked: bool, frozen: Sequence[str] = ()) -> set[tuple[int, int]]:
    """Count the multiply-adds of both passes by PyTorch's counter, under every outcome of what is unknown."""
    from torch.utils.flop_counter import FlopCounterMode

    def counter() -> object:
        return FlopCounterMode(display=False)

    warmed()
    with warnings.catch_warnings(), torch.device("meta"):
        warnings.simplefilter("ignore")
        given = {"counter": counter, "asked": asked, "frozen": frozen, "shape": SHAPE}
        return {names["macs"] for names in runs(text + MEASURED, **given)}


def check(seeds: Iterator[int] | range, unsure: bool) -> tuple[int, int]:
    """Hold what is said of random modules against every outcome; give how many ran, and of how many it is known."""
    ran = known = 0
    for seed in seeds:
        text, asked = program(seed, unsure), seed % 3 == 0
        try:
            found = measured(text, asked)
        except TooMany:
            continue
        if not found:
            continue
        forward, backward = passes(text, asked)
        ran, known = ran + 1, known + (backward is not None)
        if backward is not None:
            assert found == {(forward, backward)}, (seed, asked, text)
    return ran, known


@pytest.mark.parametrize("unsure", [False, True], ids=["sure", "unsure"])
def test_backward_multiply_adds_are_those_of_pytorch(unsure: bool) -> None:
    ran, known = check(range(6), unsure)
    assert ran > 3
    assert known > 1


@pytest.mark.slow
@pytest.mark.parametrize("unsure", [False, True], ids=["sure", "unsure"])
def test_backward_multiply_adds_of_more_programs(unsure: bool) -> None:
    ran, known = check(range(6, 60), unsure)
    assert ran > 36
    assert known > ran // 4


@pytest.mark.exhaustive
@pytest.mark.parametrize("unsure", [False, True], ids=["sure", "unsure"])
@pytest.mark.parametrize("seeds", pieces(range(60, 2_060)))
def test_backward_multiply_adds_of_many_programs(seeds: range, unsure: bool) -> None:
    ran, known = check(seeds, unsure)
    assert ran > len(seeds) // 2
    assert known > len(seeds) // 8


ATTENTION = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(4, 12, bias=False), nn.Linear(4, 4)
    def forward(self, x):
        q, k, v = (one.view(2, 5, 2, 2).transpose(1, 2) for one in self.qkv(x).split(4, dim=2))
        a = F.softmax(q @ k.transpose(-2, -1) / 2, dim=-1)
        return self.out((a @ v).transpose(1, 2).contiguous().view(2, 5, 4))
"""
TIED = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.mix = nn.Embedding(9, 4), nn.Parameter(torch.ones(4, 4))
        self.out = nn.Linear(4, 9, bias=False)
        self.out.weight = self.table.weight
    def forward(self, x):
        x = self.table(torch.zeros(2, 5, dtype=torch.long)) @ self.mix
        return self.out(x), x @ self.table.weight.t()
"""
CELLS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.rnn = nn.GRUCell(4, 4, bias=False), nn.LSTM(4, 4, bias=False, batch_first=True)
        self.start = nn.Parameter(torch.ones(1, 4))
    def forward(self, x):
        h = self.start.expand(2, 4)
        for t in range(5):
            h = self.cell(x[:, t], h)
        return self.rnn(x, (h.unsqueeze(0), torch.zeros(1, 2, 4)))[1][1]
"""
RESIDUAL = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv1d(5, 5, 3, padding=1, bias=False), nn.Conv1d(5, 6, 1, bias=False)
        self.norm = nn.BatchNorm1d(5)
    def forward(self, x):
        out = self.norm(self.one(x))
        out += x
        return self.two(F.relu(out))
"""


SMALL = {"attention": ATTENTION, "tied": TIED, "residual": RESIDUAL, "cells": CELLS}


@pytest.mark.parametrize("asked", [False, True], ids=["data", "input gradient"])
@pytest.mark.parametrize("name", ["attention", "tied", "residual", pytest.param("cells", marks=pytest.mark.slow)])
def test_every_subset_of_frozen_tensors(name: str, asked: bool) -> None:
    text = f"{HEAD}{SMALL[name]}net = Net()\n"
    made: dict[str, torch.nn.Module] = {}
    exec(text.replace("import outside\n", ""), made)
    tensors = [name for name, _ in made["net"].named_parameters()]
    for size in range(len(tensors) + 1):
        for frozen in itertools.combinations(tensors, size):
            (found,) = measured(text, asked, frozen)
            loop = f"for name, one in net.named_parameters():\n    if name in {frozen!r}: one.requires_grad_(False)\n"
            assert passes(text + loop, asked) == found, frozen
            paths = [name.replace(".", "/") if "." in name else f"Net/{name}" for name in frozen]
            assert passes(text, asked, paths) == found, frozen


@pytest.mark.parametrize("where", ["before", "while it is made", "in forward"])
@pytest.mark.parametrize("mode", ["False", "outside.flip()"])
def test_a_switch_of_gradients_that_no_block_ends_leaves_the_backward_pass_unknown(where: str, mode: str) -> None:
    line = f"torch.set_grad_enabled({mode})"
    parts = {one: line if one == where else "pass" for one in ("before", "while it is made", "in forward")}
    text = (
        f"{HEAD}{parts['before']}\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        {parts['while it is made']}\n        self.a = nn.Linear(4, 4)\n    def forward(self, x):\n"
        f"        {parts['in forward']}\n        return self.a(x)\nnet = Net()\n"
    )
    assert passes(text, False) == (160, None)
    assert passes(text.replace(line, "torch.set_grad_enabled(True)"), False)[0] == 160
