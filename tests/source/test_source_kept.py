"""What programs keep for the backward pass, against the tensors that PyTorch's autograd saves."""

from __future__ import annotations

import gc
import warnings
import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from source_gradients import HEAD, MADE, SHAPE, STATEMENTS, program
from source_programs import TooMany, runs
from tiers import pieces

from paramcalc.analysis.cost import cost
from paramcalc.analysis.cost.kept.torch_functions import RULES
from paramcalc.formats.opened import Asked, Source
from paramcalc.formats.source.names.torch.function_table import TABLE
from paramcalc.formats.source.reader import read

torch = pytest.importorskip("torch", reason="programs are run by PyTorch")
pytestmark = pytest.mark.torch

from paramcalc.verification.adapters.torch.residuals import identity, without_onednn  # noqa: E402  # needs PyTorch

MORE = [
    "x = torch.tanh(x)",
    "x = x.sigmoid()",
    "x = torch.exp(-x)",
    "x = x.abs().sqrt()",
    "x = torch.rsqrt(x * x + 1)",
    "x = torch.sin(x) + torch.cos(y)",
    "x = x ** 2",
    "x = 2 ** (x * 0)",
    "x = x / 3",
    "x = 3 / (x + 1)",
    "x = x / (y + 1)",
    "x = 1 - x",
    "x = x * x",
    "x = x.clamp(0, 1)",
    "x = F.gelu(x)",
    "x = F.silu(x)",
    "x = F.elu(x)",
    "x = F.leaky_relu(x)",
    "x = F.leaky_relu(x, inplace=True)",
    "x = F.softplus(x)",
    "x = F.hardtanh(x)",
    "x = F.mish(x)",
    "x = F.logsigmoid(x)",
    "x = F.dropout(x, 0.5)",
    "x = F.dropout(x, 0.0)",
    "x = F.dropout(x, 0.5, training=False)",
    "x = F.normalize(x, dim=-1)",
    "x = F.layer_norm(x, (4,))",
    "x = F.layer_norm(x, (4,), self.norm.weight, self.norm.bias)",
    "x = F.log_softmax(x, dim=1)",
    "x = x.mean(dim=1, keepdim=True) + x",
    "x = x - x.max(dim=-1, keepdim=True)[0]",
    "x = x + x.max()",
    "x = x / x.std(dim=-1, keepdim=True)",
    "x = x / x.norm(dim=-1, keepdim=True)",
    "x = x + x.var(dim=1, keepdim=True)",
    "x = x + x.amax(dim=2, keepdim=True)",
    "x = torch.maximum(self.a(x), x)",
    "x = x.view(10, 4).view(2, 5, 4)",
    "x = x.transpose(1, 2).reshape(2, 5, 4)",
    "x = x.transpose(0, 1).contiguous().view(2, 5, 4)",
    "x = x.permute(1, 0, 2).sigmoid().permute(1, 0, 2)",
    "x = self.b(x.transpose(0, 1)).transpose(0, 1)",
    "x = self.a(x.transpose(0, 1)).transpose(0, 1)",
    "x = self.c(x.transpose(0, 1))[0][:2].expand(2, 2, 4).repeat(1, 3, 1)[:, :5]",
    "x = x.flatten(1).view(2, 5, 4)",
    "x = x[:, [4, 3, 2, 1, 0]]",
    "x = x[:, -1:].expand(-1, 5, -1) * x",
    "x = x[:, :, :2].repeat(1, 1, 2)",
    "p, q = x.chunk(2, dim=-1)\nx = torch.cat([p * q.sigmoid(), q], dim=-1)",
    "p, q = self.a(x).split(2, dim=-1)\nx = torch.cat([q, p.tanh()], -1)",
    "p, q = x.view(2, 5, 2, 2).unbind(2)\nx = torch.stack([p, q], dim=2).view(2, 5, 4)",
    "q = x.view(2, 5, 2, 2).transpose(1, 2)\nx = (q @ q.transpose(-2, -1) @ q).transpose(1, 2).reshape(2, 5, 4)",
    "q = self.a(x).view(2, 5, 2, 2).transpose(1, 2)\n"
    "x = F.scaled_dot_product_attention(q, q, q).transpose(1, 2).reshape(2, 5, 4)",
    "x = x.transpose(1, 2) @ x\nx = self.a(x).repeat(1, 2, 1)[:, :5]",
    "x = x @ self.a.weight.t()",
    "x = (x @ self.w)[:, :, :4] + self.w[0]",
    "x = x.unsqueeze(1).squeeze(1)",
    "x = torch.relu_(self.a(x))",
    "z = self.a(x)\nz.mul_(2)\nx = z",
    "z = self.a(x)\nz.mul_(y)\nx = z",
    "z = self.a(x)\nz.sigmoid_()\nx = z",
    "z = self.a(x)\nz *= self.b(x)\nx = z",
    "z = self.a(x)\nz /= 2\nx = z",
    "z = self.a(x)\nz -= x\nx = z",
    "z = torch.zeros(2, 5, 4)\nfor t in range(5): z[:, t] = self.b(x[:, t])\nx = x + z",
    "h = torch.zeros(2, 4)\nfor t in range(5): h = torch.tanh(self.a(x[:, t]) + self.b(h))\nx = x + h.unsqueeze(1)",
    "x = x + torch.randn(2, 5, 4)",
    "x = x * torch.rand(2, 5, 4)",
    "x = x * torch.ones_like(x)",
    "x = x + F.max_pool1d(x, 3, 1, 1)",
    "x = F.avg_pool1d(x, 3, 1, 1)",
    "x = x * self.mask",
    "x = torch.where(x > 0, x, x * 0.1)",
    "x = x.masked_fill(x > 0, 0.0)",
    "x = x.to('cpu').float()",
    "x = x.clone()",
    "x = torch.tril(x)",
    "x = torch.einsum('btd,de->bte', x, self.w)",
    "x = x.cumsum(dim=1)",
    "x = F.pad(x, (0, 0, 0, 0))",
    "x = x.to(torch.float64).sin().to(torch.float32)",
    "x = x.to(dtype=torch.float16).sin().to(dtype=torch.float)",
    "x = F.softmax(x, -1, dtype=torch.float64).float()",
    "x = F.softmax(x, -1, dtype=torch.float32)",
    "x = x.sum(-1, keepdim=True, dtype=torch.float64).exp().float() + x",
    "x = F.embedding(x.argmax(-1), self.w) + x",
    "z = self.a(x)\nz[z < 0] = 0\nx = z",
    "z = self.a(x)\nz[:, [0, 1]] = 0\nx = z",
    "x = nn.Linear(4, 4)(x)",
    "x = nn.PReLU()(nn.BatchNorm1d(5, affine=False)(x))",
]
SAVED = """
saved = measured(net, shape, asked, torch, frozen)
"""


class Saved:
    """A tensor that autograd holds."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor


def measured(net: Any, shape: tuple[int, ...], asked: bool, torch: Any, frozen: Sequence[str]) -> int:
    """Give the bytes of the storages that a gradient of the outputs needs; weights and inputs are there in any case."""
    for name, one in net.named_parameters():
        if name in frozen:
            one.requires_grad_(False)
    given = torch.ones(shape, requires_grad=asked)
    held: weakref.WeakSet[Saved] = weakref.WeakSet()

    def pack(tensor: Any) -> Saved:
        one = Saved(tensor.detach())
        held.add(one)
        return one

    net.train()
    with without_onednn(), torch.autograd.graph.saved_tensors_hooks(pack, lambda one: one.tensor):
        found = net(given)
    for module in net.modules():
        for name, one in [*vars(module).items()]:
            if isinstance(one, torch.Tensor) and one.grad_fn is not None:
                delattr(module, name)
    gc.collect()
    there = {
        identity(one)
        for one in (
            given, *net.parameters(), *net.buffers(),
            *(one for module in net.modules() for one in vars(module).values() if isinstance(one, torch.Tensor)),
        )
    }  # fmt: skip
    sizes = {
        identity(one.tensor): one.tensor.untyped_storage().nbytes()
        for one in held
        if not (one.tensor.dim() == 0 and one.tensor.dtype in (torch.float64, torch.int64))
    }
    del found
    return sum(size for key, size in sizes.items() if key not in there)


class Known(NamedTuple):
    """What is said of a program.

    Attributes
    ----------
    exact : int or None
    least : int
    """

    exact: Any
    least: Any


def said(text: str, asked: bool = False, shape: tuple[int, ...] = SHAPE, frozen: Sequence[str] = ()) -> Known:
    """Give the bytes of activations, or at least so many."""
    source = Source("m.py", given=text)
    source.asked = Asked("net", inputs=(shape,))
    found = cost(read(source), input_gradient=asked, frozen=frozen)
    return Known(found.memory.activations, found.activations_at_least or 0)


def truth(text: str, asked: bool = False, shape: tuple[int, ...] = SHAPE, frozen: Sequence[str] = ()) -> set[int]:
    """Give what PyTorch keeps, under every outcome of what is unknown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = {"measured": measured, "asked": asked, "shape": shape, "frozen": frozen}
        return {names["saved"] for names in runs(text + SAVED, **given)}


def check(seeds: range, unsure: bool, statements: Sequence[str]) -> tuple[int, int]:
    """Hold what is said of random modules against every outcome; give how many ran, and of how many it is known."""
    ran = known = 0
    for seed in seeds:
        text, asked = program(seed, unsure, statements), seed % 3 == 0
        try:
            found = truth(text, asked)
        except TooMany:
            continue
        if not found:
            continue
        exact, least = said(text, asked)
        ran, known = ran + 1, known + (exact is not None)
        assert exact is None or found == {exact}, (seed, asked, exact, found, text)
        assert least <= min(found), (seed, asked, least, found, text)
    return ran, known


BEFORE = ["pass", "x = self.a(x)", "x = self.a(x).transpose(0, 1).contiguous().transpose(0, 1)"]


def one_statement(statement: str, before: str) -> str:
    lines = "\n".join(f"        {line}" for line in ["y = x", before, *statement.split("\n"), "return self.b(x)"])
    return f"{HEAD}{MADE}    def forward(self, x):\n{lines}\nnet = Net()\n"


def differs(statement: str, before: str, asked: bool) -> bool | None:
    """Tell whether what is said of a statement between two layers is wrong; ``None`` where PyTorch refuses it."""
    text = one_statement(statement, before)
    try:
        found = truth(text, asked)
    except TooMany:  # on a busy machine, importing what PyTorch needs may take a run's time
        return None
    exact, least = said(text, asked)
    return None if not found else least > min(found) or (exact is not None and found != {exact})


@pytest.mark.parametrize("statements", [STATEMENTS[::20], MORE[::20]], ids=["gradients", "functions"])
def test_a_statement_between_layers(statements: Sequence[str]) -> None:
    assert [one for one in statements if differs(one, BEFORE[1], False)] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("asked", [False, True], ids=["data", "input gradient"])
@pytest.mark.parametrize("before", BEFORE)
def test_every_statement_between_layers(before: str, asked: bool) -> None:
    assert [one for one in (*STATEMENTS, *MORE) if differs(one, before, asked)] == []


@pytest.mark.parametrize("unsure", [False, True], ids=["sure", "unsure"])
def test_kept_activations_are_what_autograd_saves(unsure: bool) -> None:
    ran, known = check(range(2), unsure, [*STATEMENTS, *MORE])
    assert ran > 0
    assert known > 0


@pytest.mark.slow
@pytest.mark.parametrize("unsure", [False, True], ids=["sure", "unsure"])
def test_kept_activations_of_several_programs(unsure: bool) -> None:
    ran, _ = check(range(6, 14), unsure, [*STATEMENTS, *MORE])
    assert ran > 2


@pytest.mark.slow
def test_several_statements_between_layers() -> None:
    assert [one for one in (*STATEMENTS[::10], *MORE[::10]) if differs(one, BEFORE[2], True)] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("unsure", [False, True], ids=["sure", "unsure"])
@pytest.mark.parametrize("seeds", pieces(range(6, 150), 24))
def test_kept_activations_of_more_programs(seeds: range, unsure: bool) -> None:
    ran, known = check(seeds, unsure, [*STATEMENTS, *MORE])
    assert ran > len(seeds) // 4
    assert known > ran // 12


CLASSIFIER = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.LSTM(4, 6, 2, batch_first=True, dropout=0.1), nn.Linear(6, 3)
    def forward(self, x):
        h = torch.zeros(2, x.size(0), 6)
        out, _ = self.rnn(F.relu(x), (h, h))
        return F.log_softmax(self.out(F.dropout(out[:, -1], 0.3, self.training)), dim=1)
"""
IMAGES = """
class Block(nn.Module):
    def __init__(self, n, m, stride=1):
        super().__init__()
        self.one, self.n1 = nn.Conv2d(n, m, 3, stride, 1, bias=False), nn.BatchNorm2d(m)
        self.two, self.n2 = nn.Conv2d(m, m, 3, 1, 1, bias=False), nn.BatchNorm2d(m)
        self.relu = nn.ReLU(inplace=True)
        self.short = nn.Sequential(nn.Conv2d(n, m, 1, stride), nn.BatchNorm2d(m)) if n != m else None
    def forward(self, x):
        same = x if self.short is None else self.short(x)
        out = self.n2(self.two(self.relu(self.n1(self.one(x)))))
        out += same
        return self.relu(out)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks, self.out = nn.Sequential(Block(3, 4), Block(4, 4), Block(4, 8, 2)), nn.Linear(8, 3)
        self.gate = nn.Conv2d(8, 8, 1)
    def forward(self, x):
        x = F.max_pool2d(self.blocks(x), 2)
        x = x * torch.sigmoid(self.gate(F.adaptive_avg_pool2d(x, 1)))
        return self.out(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))
"""
TRANSFORMER = """
class Block(nn.Module):
    def __init__(self, d=8, heads=2):
        super().__init__()
        self.heads, self.n1, self.n2 = heads, nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down, self.drop = nn.Linear(d, 16), nn.Linear(16, d), nn.Dropout(0.1)
        self.register_buffer("mask", torch.tril(torch.ones(5, 5)).view(1, 1, 5, 5))
    def attend(self, x):
        B, T, C = x.size()
        q, k, v = self.qkv(x).split(C, dim=2)
        q, k, v = (one.view(B, T, self.heads, C // self.heads).transpose(1, 2) for one in (q, k, v))
        att = (q @ k.transpose(-2, -1)) * (1.0 / 2)
        att = att.masked_fill(self.mask[:, :, :T, :T] == 0, float("-inf"))
        y = self.drop(F.softmax(att, dim=-1)) @ v
        return self.drop(self.out(y.transpose(1, 2).contiguous().view(B, T, C)))
    def forward(self, x):
        x = x + self.attend(self.n1(x))
        return x + self.drop(self.down(F.gelu(self.up(self.n2(x)))))
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.blocks = nn.Linear(4, 8), nn.ModuleList([Block() for _ in range(2)])
        self.place, self.norm, self.head = nn.Parameter(torch.zeros(1, 5, 8)), nn.LayerNorm(8), nn.Linear(8, 9)
    def forward(self, x):
        x = self.first(x) + self.place
        for one in self.blocks:
            x = one(x)
        return self.head(self.norm(x))
"""
FROZEN = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 8)), nn.Linear(8, 2)
        self.other = nn.Linear(4, 8)
        for one in self.body.parameters():
            one.requires_grad = False
    def forward(self, x):
        with torch.no_grad():
            y = torch.sigmoid(self.other(x))
        return self.head(F.relu(self.body(x)) * y)
"""
CELLS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.LSTMCell(4, 6), nn.Linear(6, 2)
    def forward(self, x):
        h, c = torch.zeros(x.size(0), 6), torch.zeros(x.size(0), 6)
        found = []
        for t in range(x.size(1)):
            h, c = self.cell(x[:, t], (h, c))
            found.append(self.out(h))
        return torch.stack(found, dim=1)
"""
WRITTEN = {
    "classifier": (CLASSIFIER, (2, 5, 4)),
    "images": (IMAGES, (2, 3, 8, 8)),
    "transformer": (TRANSFORMER, (2, 5, 4)),
    "frozen": (FROZEN, (2, 5, 4)),
    "cells": (CELLS, (2, 5, 4)),
}


@pytest.mark.parametrize("asked", [False, True], ids=["data", "input gradient"])
@pytest.mark.whole
@pytest.mark.parametrize("name", WRITTEN)
def test_models_as_people_write_them_are_known(name: str, asked: bool) -> None:
    text, shape = WRITTEN[name]
    text = f"{HEAD}{text}net = Net()\n"
    assert {said(text, asked, shape).exact} == truth(text, asked, shape)


SET = {
    "in a train() of its own": ("def train(self, mode=True):\n        self.drop.training = False", "pass"),
    "in forward": ("pass", "self.drop.eval()"),
    "at each call": ("pass", "self.drop.training = False"),
    "as a number": ("pass", "self.drop.p = 0.0"),
}  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("name", SET)
def test_a_dropout_that_is_set_to_drop_nothing_is_not_missed(name: str) -> None:
    own, set_ = SET[name]
    text = one_statement(f"{set_}\nx = self.drop(x)", BEFORE[1]).replace(
        "    @torch.no_grad()", f"    {own}\n    @torch.no_grad()", 1
    )
    (found,) = truth(text)
    exact, least = said(text)
    assert exact in (None, found)
    assert least <= found


@pytest.mark.parametrize("wide", ["dtype=torch.float64", "dtype=torch.double"])
def test_what_a_module_may_hold_in_wider_numbers_is_unknown(wide: str) -> None:
    text = (
        "import torch, torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.register_buffer('p', torch.ones(5, {wide}))\n        self.a = nn.Linear(4, 5)\n"
        "    def forward(self, x):\n        return self.a(x) * self.p\nnet = Net()\n"
    )
    usual = text.replace(f", {wide}", "")
    assert said(text, shape=(3, 4))[0] is None
    assert said(usual, shape=(3, 4))[0] in truth(usual, shape=(3, 4))


def test_a_function_without_a_rule_leaves_a_bound_and_its_place() -> None:
    text = one_statement("x = torch.tanh(self.norm(F.alpha_dropout(x, 0.5, True)))", BEFORE[1])
    source = Source("m.py", given=text)
    source.asked = Asked("net", inputs=(SHAPE,))
    found = cost(read(source))
    assert found.memory.activations is None
    assert found.memory.training is None
    assert 0 < found.activations_at_least <= min(truth(text))
    assert "what is kept for the backward pass is not all known: alpha_dropout (m.py:25)" in found.conventions


def test_every_name_that_functions_are_declared_with_has_a_rule() -> None:
    assert {one.keeps for one in TABLE.values()} - {""} <= RULES.keys()
