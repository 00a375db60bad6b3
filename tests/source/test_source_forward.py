"""Multiply-adds and shapes of PyTorch modules from their ``forward``, against PyTorch's own counter of operations."""

from __future__ import annotations

import random
import warnings
from typing import Any

import pytest
from source_programs import TooMany, runs
from tiers import pieces

import paramcalc as pc
from paramcalc.formats.opened import Asked, Source
from paramcalc.formats.source.reader import read

torch = pytest.importorskip("torch", reason="programs are run by PyTorch")
pytestmark = pytest.mark.torch

HEAD = "import outside\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
ATTENTION = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(8, 24), nn.Linear(8, 8)
    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (one.view(B, T, 2, C // 2).transpose(1, 2) for one in self.qkv(x).split(C, dim=2))
        a = F.softmax(q @ k.transpose(-2, -1) / 2, dim=-1)
        return self.out((a @ v).transpose(1, 2).contiguous().view(B, T, C))
"""
CELL = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.LSTMCell(8, 5), nn.Linear(5, 2)
    def forward(self, x):
        h, c = torch.zeros(x.size(0), 5), torch.zeros(x.size(0), 5)
        for t in range(x.size(1)):
            h, c = self.cell(x[:, t], (h, c))
        return self.out(h)
"""
SHARED = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(8, 8), nn.ReLU())
        self.rnn = nn.GRU(8, 4, batch_first=True, bidirectional=True)
    def forward(self, x):
        x = self.block(self.block(x)) + x
        y, h = self.rnn(x)
        return torch.bmm(y, y.transpose(1, 2))
"""


def model(text: str, shape: tuple[int, ...]) -> pc.Model:
    """Read the model of a program on an input shape."""
    source = Source("m.py", given=text)
    source.asked = Asked("net", inputs=(shape,))
    return read(source)


def multiplied(net: Any, shape: tuple[int, ...]) -> int:
    """Count the multiply-adds of a call by PyTorch's counter of operations."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(torch.zeros(shape))
    return counter.get_total_flops() // 2


@pytest.mark.parametrize("text", [ATTENTION, CELL], ids=["attention", "cell"])
def test_multiply_adds_of_a_program(text: str) -> None:
    shape = (3, 6, 8)
    names: dict[str, Any] = {}
    exec(HEAD.replace("import outside\n", "") + text, names)
    report = model(HEAD + text + "net = Net()", shape).report()
    assert report.costed
    assert report.macs == multiplied(names["Net"](), shape)
    assert report.rows[-1].outputs or report.rows


def test_calls_and_shapes_are_in_the_rows() -> None:
    report = model(HEAD + SHARED + "net = Net()", (3, 6, 8)).report()
    block, _, rnn, product = report.rows
    assert (block.name, len(block.calls), block.outputs) == ("block.0", 2, ((3, 6, 8),))
    assert rnn.outputs[0] == (3, 6, 8)
    assert (product.type, product.macs) == ("bmm", 3 * 6 * 6 * 8)
    assert block.macs == 2 * 3 * 6 * 64
    assert rnn.macs == 2 * 3 * 6 * 3 * 4 * (8 + 4)
    assert report.costed


def forward(seed: int) -> str:
    """Write a module whose forward has unknown conditions, loops and functions."""
    draw = random.Random(seed)
    lines: list[str] = []

    def statement(depth: int) -> None:
        pad = "    " * (2 + depth)
        kind = draw.random()
        if depth < 2 and kind < 0.22:
            head = draw.choice(
                ["if outside.flip():", "for _ in range(2):", "for _ in outside.some():", "while outside.flip():",
                 "if x.shape[1] > 3:", "try:"]
            )  # fmt: skip
            lines.append(pad + head)
            statement(depth + 1)
            if head == "try:":
                lines.extend([f"{pad}    outside.risky()", f"{pad}except Exception:"])
                statement(depth + 1)
        else:
            lines.append(
                pad
                + draw.choice(
                    [
                        "x = self.a(x)", "x = self.b(x)", "x = F.relu(x)", "x = x @ self.w",
                        "x = torch.matmul(x, self.w)",
                        "x = x + self.a(x)", "x = F.linear(x, self.w)", "x = x * 2", "y = self.a(x)",
                        "x = self.many[0](x)",
                        "for one in self.many: x = one(x)", "x = torch.bmm(x, torch.ones(2, 4, 4))", "x = self.c(x)[0]",
                        "x = x.view(2, -1, 4)", "x = F.dropout(x, 0.5, self.training)",
                        "x = (self.a if outside.flip() else self.b)(x)", "x = torch.einsum('bte,ef->btf', x, self.w)",
                        "x = F.scaled_dot_product_attention(x, x, x)", "x = self.run(x)",
                    ]
                )
            )  # fmt: skip

    for _ in range(draw.randint(2, 6)):
        statement(0)
        if draw.random() < 0.1:
            lines.append("        if outside.flip(): return x")
    return (
        f"{HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4, bias=False)\n"
        "        self.c = nn.GRU(4, 4, batch_first=True)\n"
        "        self.many = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])\n"
        "        self.w = nn.Parameter(torch.ones(4, 4))\n"
        "    def run(self, x):\n        return self.a(x) if outside.flip() else x\n"
        "    def forward(self, x):\n" + "\n".join(lines) + "\n        return x\nnet = Net()\n"
    )


def check(seeds: range) -> tuple[int, int]:
    """Hold what is said of random modules against every outcome; give how many ran, and of how many it is exact."""
    ran = exact = 0
    shape = (2, 5, 4)
    from torch.utils.flop_counter import FlopCounterMode

    for seed in seeds:
        text = forward(seed)
        called = f"{text}with counter() as seen, torch.no_grad():\n    net(torch.zeros{shape})\n"
        called += "macs = seen.get_total_flops() // 2\n"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found = {names["macs"] for names in runs(called, counter=lambda: FlopCounterMode(display=False))}
            except TooMany:
                continue
        if not found:
            continue
        report = model(text, shape).report()
        ran, exact = ran + 1, exact + report.costed
        if report.costed:
            assert found == {report.macs}, (seed, text)
        else:
            assert report.macs <= min(found), (seed, text)
    return ran, exact


def test_multiply_adds_are_those_of_every_outcome() -> None:
    ran, _ = check(range(10))
    assert ran > 2


@pytest.mark.slow
def test_multiply_adds_are_those_of_every_outcome_of_more_programs() -> None:
    ran, exact = check(range(10, 80))
    assert ran > 20
    assert exact > 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("seeds", pieces(range(1_000, 4_000)))
def test_multiply_adds_are_those_of_every_outcome_of_many_programs(seeds: range) -> None:
    ran, _ = check(seeds)
    assert ran > len(seeds) // 2
