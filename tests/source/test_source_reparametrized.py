"""Weights of PyTorch that are computed from others, hooks, and walks over parameters with arguments."""

from __future__ import annotations

from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all
from paramcalc.report import Report

HEAD = """
import copy, torch
import torch.nn as nn
from torch.nn.utils import weight_norm, spectral_norm, remove_weight_norm, remove_spectral_norm
from torch.nn.utils import parametrizations as P
"""
CONV = "c = nn.Conv1d(3, 5, 7)\n"
CHAIN = "m = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Linear(5, 2))\n"
OWN = f"{CHAIN}m.w = nn.Parameter(torch.zeros(2))\n"
EXACT = {
    "a norm for each output": f"{CONV}m = weight_norm(c)",
    "for each place on another axis": f"{CONV}m = weight_norm(c, dim=1)",
    "of the whole weight": f"{CONV}m = nn.Sequential(weight_norm(c, dim=None), weight_norm(nn.Linear(2, 3), dim=-1))",
    "in a chain": "m = nn.Sequential(weight_norm(nn.Linear(3, 4)), weight_norm(nn.Linear(4, 2, bias=False)))",
    "a frozen weight is trained then": f"{CONV}c.weight.requires_grad = False\nm = weight_norm(c)",
    "two weights of one layer": "m = weight_norm(weight_norm(nn.LSTM(3, 4), 'weight_ih_l0'), name='weight_hh_l0')",
    "taken away again": f"{CONV}m = remove_weight_norm(weight_norm(c))",
    "taken away, and trained": (
        f"{CONV}m = weight_norm(c)\nfor p in m.parameters(): p.requires_grad = False\nremove_weight_norm(m)"
    ),
    "of a bias": "m = weight_norm(nn.Linear(3, 4), 'bias')",
    "a spectral norm": f"{CONV}m = spectral_norm(c)",
    "a frozen one stays frozen": f"{CONV}c.weight.requires_grad = False\nm = spectral_norm(c)",
    "of a transposed convolution": "m = spectral_norm(nn.ConvTranspose2d(3, 5, 4))",
    "a spectral norm is taken away": f"{CONV}c.requires_grad_(False)\nm = remove_spectral_norm(spectral_norm(c))",
    "of a module of the program": """
class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight, self.k = nn.Parameter(torch.zeros(3, 4)), nn.Linear(1, 1)
m = spectral_norm(A())
""",
    "to all layers of a kind": """
def add(one):
    if isinstance(one, (nn.Conv2d, nn.Linear)): spectral_norm(one)
m = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Sequential(nn.Linear(3, 4)))
m.apply(add)
""",
    "in a list of its own": f"{CONV}m = P.weight_norm(c)",
    "in a list, and frozen": f"{CONV}c.weight.requires_grad = False\nm = P.weight_norm(c, dim=None)",
    "two in one list": "m = P.spectral_norm(P.weight_norm(nn.LSTM(3, 4), 'weight_ih_l0'), 'weight_hh_l0')",
    "a layer stays of its kind": (
        f"{CONV}c = P.spectral_norm(c)\nm = nn.Linear(2, 2) if isinstance(c, nn.Conv1d) else nn.Linear(3, 3)"
    ),
    "modules and names": """
c = nn.ModuleList([P.spectral_norm(nn.Linear(2, 3)), P.weight_norm(nn.Linear(2, 3)), weight_norm(nn.Linear(2, 3))])
names = [name for name, _ in c.named_parameters()] + [name for name, _ in c.named_modules()]
m = nn.ModuleList([nn.Linear(len(name) + 1, 1) for name in names])
""",
    "frozen by name": f"{CONV}m = weight_norm(c)\nfor n, p in m.named_parameters(): p.requires_grad = n[-2:] == '_g'",
    "the weight is no parameter": (
        f"{CONV}spectral_norm(c)\nm = nn.Linear(2, 2) if isinstance(c.weight, nn.Parameter) else nn.Linear(3, 3)"
    ),
    "a tied weight": (
        "a, b = nn.Linear(3, 3), nn.Linear(3, 3)\nb.weight = a.weight\nm = nn.Sequential(spectral_norm(a), b)"
    ),
    "a tied weight is two then": (
        "a, b = nn.Linear(3, 3), nn.Linear(3, 3)\nb.weight = a.weight\nm = nn.Sequential(weight_norm(a), b)"
    ),
    "a copy": "m = copy.deepcopy(nn.Sequential(P.weight_norm(nn.Linear(3, 4))))\nm[0].bias.requires_grad = False",
    "shapes": "c = P.spectral_norm(nn.Linear(3, 4))\nm = nn.Linear(*c.weight.shape)",
    "buffers change nothing": f"{CHAIN}for b in m.buffers(): print(b)\nfor n, b in m.named_buffers(): b.zero_()",
    "a parameter by its path": f"{CHAIN}m.get_parameter('0.weight').requires_grad = False",
    "a hook before": f"{CHAIN}m[0].register_forward_pre_hook(lambda one, read: print(one))\nm(torch.zeros(2, 3))",
    "a hook behind": f"{CHAIN}m[0].register_full_backward_hook(lambda one, read, given: print(one))",
    "parameters of its own": f"{OWN}for p in m.parameters(recurse=False): p.requires_grad = False",
    "parameters of its own, by name": f"{OWN}for n, p in m.named_parameters('x', False): p.requires_grad = n != 'x.w'",
    "of a layer with modules inside": (
        "t = nn.TransformerEncoderLayer(8, 2, 16)\n"
        "m = nn.ModuleList([nn.Linear(1, 1), *(nn.Linear(2, 2) for p in t.parameters(False))])"
    ),
    "a prefix": f"{CHAIN}for n, p in m.named_parameters(prefix='q'): p.requires_grad = n.startswith('q.0')",
}
LEAST = {
    "a class that is made for it": (
        f"{CONV}P.spectral_norm(c)\nm = nn.Linear(2, 2) if type(c) == nn.Conv1d else nn.Linear(3, 3)"
    ),
    "a class that is made for it, perhaps": (
        f"{CONV}import os\nif os.path.exists('x'): P.spectral_norm(c)\n"
        "m = nn.Linear(2, 2) if type(c) == nn.Conv1d else nn.Linear(3, 3)"
    ),
    "twice": ("try:\n    m = weight_norm(weight_norm(nn.Linear(2, 3)))\nexcept RuntimeError:\n    m = nn.Linear(9, 9)"),
    "each parameter in each place": (
        "c = nn.Linear(2, 2)\nc = nn.Sequential(c, c)\n"
        "m = nn.ModuleList([nn.Linear(1, 1) for _ in c.named_parameters(remove_duplicate=False)])"
    ),
    "a hook that adds a module": """
m = nn.Sequential(nn.Linear(3, 5))
def add(one, read, given): one.new = nn.Linear(2, 2)
m[0].register_full_backward_hook(add)
m(torch.zeros(2, 3)).sum().backward()
""",
    "a hook with names": f"{CHAIN}m[0].register_forward_pre_hook(lambda one, read, words: None, with_kwargs=True)",
}
GUESSED = {
    "a hook before that freezes": (
        "m = nn.Sequential(nn.Linear(3, 5))\n"
        "def freeze(one, read): one.weight.requires_grad = False\n"
        "m[0].register_forward_pre_hook(freeze)\nm(torch.zeros(2, 3))"
    ),
    "a hook behind that freezes": (
        "m = nn.Sequential(nn.Linear(3, 5))\n"
        "def freeze(one, read, given): one.weight.requires_grad = False\n"
        "m[0].register_full_backward_hook(freeze)\nm(torch.zeros(2, 3)).sum().backward()"
    ),
}


def both(program: str) -> tuple[Report, int, int]:
    """Give the report of ``m``, and what PyTorch counts: all parameters, and those that are trained."""
    pytest.importorskip("torch")
    names: dict[str, Any] = {}
    exec(compile(HEAD + program, "m.py", "exec", dont_inherit=True), names)
    weights = list(names["m"].parameters())
    total, trained = (sum(one.numel() for one in some) for some in (weights, [w for w in weights if w.requires_grad]))
    found = {one.label: one.report() for one in read_all(Source("m.py", given=HEAD + program))}
    return found.get("m", found.get("c")), total, trained  # type: ignore[return-value]  # c where m is another name of it


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")  # PyTorch's own: the older functions are deprecated
@pytest.mark.parametrize("program", EXACT.values(), ids=EXACT)
def test_parameters_are_those_of_pytorch(program: str) -> None:
    report, total, trained = both(program)
    assert (report.exact, report.guessed, report.total, report.trainable) == (True, False, total, trained)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")  # PyTorch's own: the older functions are deprecated
@pytest.mark.parametrize("program", LEAST.values(), ids=LEAST)
def test_what_is_not_followed_is_no_number(program: str) -> None:
    report, total, _ = both(program)
    assert not report.exact
    assert report.total <= total  # type: ignore[operator]


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")  # PyTorch's own: no input needs a gradient
@pytest.mark.parametrize("program", GUESSED.values(), ids=GUESSED)
def test_hooks_may_freeze(program: str) -> None:
    report, total, trained = both(program)
    assert (report.exact, report.guessed, report.total) == (True, True, total)
    assert report.trainable >= trained  # type: ignore[operator]
