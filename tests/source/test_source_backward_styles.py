"""Multiply-adds of both passes of modules in many styles of writing, against PyTorch's own counter of operations."""

from __future__ import annotations

from textwrap import indent

import pytest
from source_gradients import HEAD, MADE
from test_source_backward import measured, passes

pytestmark = pytest.mark.torch

LATER = """
net.conv, net.more = nn.Conv1d(5, 6, 1), nn.Conv1d(6, 6, 2)
net.wide, net.mha = nn.Linear(4, 400, bias=False), nn.MultiheadAttention(4, 2, batch_first=True)
net.wide.weight = nn.Parameter(torch.ones(4, 4))
net.before = net.a.weight @ net.b.weight
"""
METHODS = """
def both(self, x):
    yield self.a(x)
    yield self.b(x)
@torch.no_grad()
def still_both(self, x):
    yield self.a(x)
    yield self.b(x)
def mixed(self, x):
    with torch.no_grad():
        yield self.a(x)
    yield self.b(x)
"""
FORWARDS = {
    "no_grad around a module": "return torch.no_grad()(self.a)(x) + self.b(x)",
    "no_grad around a method": "return torch.no_grad()(self.a.forward)(x) + self.b(x)",
    "set_grad_enabled": "with torch.set_grad_enabled(False): y = self.a(x)\nreturn y + self.b(x)",
    "in place, with an alias": "y = x.clone()\nu = F.silu(y, inplace=True)\nu += self.a(x)\nreturn y",
    "a copy of a tensor": "import copy\ny = torch.zeros(2, 5, 4)\nv = copy.copy(y)\ny[:] = self.a(x)\nreturn self.b(v)",
    "a generator left": "for t in self.both(x): break\nreturn t",
    "the next of a generator": "return next(self.both(x))",
    "a generator beside a list": "return [t for _, t in zip([1], self.both(x))]",
    "a generator without gradients": "return sum(self.still_both(x)) + self.a(x)",
    "a generator that switches": "y = self.b(x)\nfor t in self.mixed(x): y = y + self.a(t)\nreturn y",
    "a generator in two modes": "g = self.both(x)\nwith torch.no_grad(): p = next(g)\nreturn p + next(g)",
    "a mask that is larger": "return self.a(x.masked_fill(torch.ones(3, 2, 5, 4) > 0, 0.0))",
    "a power that is larger": "return self.a(x.pow(torch.ones(3, 1, 1, 1)))",
    "a bound that is larger": "return self.a(torch.clamp(x, min=torch.ones(3, 1, 1, 1)))",
    "a choice that is larger": "return self.a(torch.where(torch.ones(4) > 0, x, torch.ones(3, 1, 1, 1)))",
    "a norm over an axis": "return self.a(torch.ones(3, 4, 4).norm(2, 0))",
    "a norm over all": "return self.a(x / x.norm(2))",
    "a deviation over all": "return self.a(x - x.std(False))",
    "a deviation, unbiased": "y = torch.ones(4, 4).std(0, True)\nreturn self.a(x + y), self.b(y.unsqueeze(0))",
    "a maximum that keeps its axis": "return self.a(x - x.max(1, True)[0])",
    "matrices turned": "return self.a(torch.ones(3, 4, 3).mT @ x[:1, :4])",
    "a stride set": "self.conv.stride = (2,)\nreturn self.more(self.conv(x))",
    "a padding set": "self.conv.padding = 1\nreturn self.more(self.conv(x))",
    "another weight": "x = self.wide(x)\nreturn x @ x.transpose(1, 2)",
    "the weights of attention alone": "return self.mha(x, x, self.a(x))[1]",
    "attention alone": "return self.mha(x, self.a(x), x)[0]",
    "a product in place": "z = torch.zeros(2, 5, 5)\nz.baddbmm_(self.a(x), x.transpose(1, 2))\nreturn z",
    "a product made before": "return x @ self.before",
}


@pytest.mark.parametrize("asked", [False, True], ids=["data", "input gradient"])
@pytest.mark.parametrize("name", FORWARDS)
def test_what_is_said_of_both_passes_is_what_pytorch_does(name: str, asked: bool) -> None:
    made = indent(METHODS, " " * 4)
    body = indent(FORWARDS[name], " " * 8)
    text = f"{HEAD}{MADE}{made}    def forward(self, x):\n{body}\nnet = Net()\n{LATER}"
    ((forward, backward),) = measured(text, asked)
    found, back = passes(text, asked)
    assert isinstance(found, int)
    assert found <= forward
    assert back is None or (found, back) == (forward, backward)
