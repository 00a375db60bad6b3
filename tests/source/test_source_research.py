"""Lines as tutorials and research code have them: what they leave unknown, and what they do not."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

import pytest
from test_source_programs import KERAS, TORCH

from paramcalc.formats import loads
from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read, read_all

NET = "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.l = nn.Linear(3, 4)\n{}m = Net()\n"


def net(*lines: str, behind: str = "") -> str:
    """A program whose constructor ends with these lines."""
    return TORCH + NET.format("".join(f"        {line}\n" for line in lines) + behind)


# the totals: 16 of the linear layer, and what else is there
EXACT = {
    "a third number is the strides": ("from tensorflow.keras import Input, Sequential, layers\nm = Sequential([Input((9, 9, 3)), layers.Conv2D(8, 3, 2), layers.Flatten(), layers.Dense(1)])", 8 * 28 + 4 * 4 * 8 + 1),
    "also of another size": (KERAS + "m = keras.Sequential([keras.Input((9, 9, 3)), layers.Conv2D(8, 3, 2, padding='same')])", 8 * 28),
    "rows and columns of Keras 1": (KERAS + "m = keras.Sequential([keras.Input((9, 9, 3)), layers.Conv2D(8, 3, 2, border_mode='same')])", 8 * 19),
    "a slope of Keras 2": (KERAS + "m = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.LeakyReLU(alpha=0.2)])", 16),
    "rates drawn by a library": (net("p = float(input())", "self.d = nn.Dropout(p) if p > 0 else nn.Identity()"), 16),
    "nothing or an activation": (net("self.d = None", "if input():", "    self.d = nn.ReLU()"), 16),
    "one of three": (net("self.d = nn.ReLU() if input() else nn.GELU() if input() else nn.Sequential(nn.Tanh())"), 16),
    "a list of such": (net("self.d = nn.ModuleList([nn.Dropout(.1) if input() else nn.Identity() for _ in range(3)])"), 16),
    "frozen with such inside": (net("self.d = nn.ReLU() if input() else None", behind="def freeze(m):\n    for p in m.parameters():\n        p.requires_grad = False\n") + "freeze(m)\n", 16),
    "apply with such inside": (net("self.d = nn.ReLU() if input() else None", "self.apply(self.start)", behind="    def start(self, m):\n        if isinstance(m, nn.Linear):\n            nn.init.zeros_(m.bias)\n            m.weight.data.normal_(0, 1)\n"), 16),
    "drop path of timm": ("from timm.models.layers import DropPath, to_2tuple, trunc_normal_\n" + net("self.c = nn.Conv2d(1, 1, to_2tuple(2))", "self.d = DropPath(.1)", "trunc_normal_(self.l.weight, std=.02)"), 21),
    "registered in timm": ("from timm.models.registry import register_model\n" + TORCH + "def made(sizes=[3, 4]):\n    return nn.Linear(*sizes)\n@register_model\ndef small():\n    return made()\nm = small()", 16),
    "einops": ("from einops.layers.torch import Rearrange\nfrom einops import rearrange\n" + TORCH + "m = nn.Sequential(Rearrange('b c h w -> b (h w) c'), nn.Linear(3, 4))", 16),
    "an unknown padding": (net("p = 1 if torch.__version__ >= '1.5.0' else 2", "self.c = nn.Conv1d(3, 4, 3, padding=p, padding_mode='circular', bias=False)"), 52),
    "an unknown index of padding": (net("self.e = nn.Embedding(5, 2, padding_idx=vocab.stoi['<pad>'])"), 26),
    "names between underscores": (TORCH + "class A:\n    def __read_data__(self):\n        return 3\nm = nn.Linear(A().__read_data__(), 4)", 16),
    "a data set": ("from torch.utils.data import Dataset\n" + TORCH + "class D(Dataset):\n    def __len__(self):\n        return 3\n    def width(self):\n        return 3\nm = nn.Linear(D().width(), 4)", 16),
    "attributes by keywords": (TORCH + "class C:\n    def __init__(self, **words):\n        self.__dict__.update(words)\nc = C(n=3)\nc.__dict__.update({'k': 4})\nm = nn.Linear(c.n, c.k)", 16),
    "functions told from classes": ("import inspect\n" + TORCH + "def made(a):\n    if inspect.isfunction(a):\n        return a()\n    return a() if inspect.isclass(a) else a\nm = nn.Sequential(nn.Linear(3, 4), made(lambda: nn.ReLU()), made(nn.ReLU), made(nn.Linear(4, 1)))", 21),
    "parameters that are looked at": (net() + "for epoch in range(int(input())):\n    for name, p in m.named_parameters():\n        if torch.isnan(p).any() or name.replace('/', '.').startswith('l'):\n            print(p.numel())\n", 16),
    "rates along the depth": (TORCH + "class Drop(nn.Module):\n    def __init__(self, p):\n        super().__init__()\n        self.p = p\n" + NET.format("        rates = [x.item() for x in torch.linspace(0, 0.1, 3)]\n        self.d = nn.ModuleList([Drop(p) if p > 0 else nn.Identity() for p in rates])\n"), 16),
    "many blocks": (TORCH + "class B(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.l = nn.Sequential(*[nn.Linear(1, 1) for _ in range(10)])\nl = []\nfor _ in range(100):\n    l += [B(), nn.ReLU(), nn.ReLU(), nn.ReLU()]\nm = nn.Sequential(*l)", 2000),
    "a table of numbers": (net("self.register_buffer('t', torch.FloatTensor([[p / 10000 ** (2 * (j // 2) / 256) for j in range(256)] for p in range(500)]))"), 16),
}  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize(("text", "total"), EXACT.values(), ids=EXACT)
def test_the_count_is_exact(text: str, total: int) -> None:
    report = read(Source("model.py", given=text)).report()
    assert (report.total, report.exact) == (total, True)


# what may be changed by what is unknown: never exact
UNSURE = {
    "one of them has weights": net("self.d = nn.ReLU() if input() else nn.Linear(1, 1)"),
    "one of them has weights inside": net("self.d = nn.Sequential(nn.Linear(1, 1)) if input() else None"),
    "it gets weights later": net("s = nn.Sequential()", "self.d = s if input() else None", "s.append(nn.Linear(1, 1))"),
    "it gets weights itself": net("self.d = nn.Sequential() if input() else nn.Identity()", "self.d.add_module('x', nn.Linear(1, 1))"),
    "one of them is not known": net("self.d = nn.ReLU() if input() else thing()"),
    "it may be lazy": net("self.d = nn.ReLU() if input() else nn.LazyLinear(3)"),
    "apply that replaces": net("self.d = thing()", "self.apply(self.start)", behind="    def start(self, m):\n        if m is self.d:\n            self.l = nn.Linear(1, 1)\n"),
    "attributes of a module": TORCH + "m = nn.Linear(3, 4)\nm.__dict__.update(a=3)\n",
    "attributes by unknown names": TORCH + "class C:\n    n = 3\nc = C()\nc.__dict__.update(thing())\nm = nn.Linear(c.n, 4)\n",
    "a class that Python treats in its own way": TORCH + "class A:\n    def __new__(cls):\n        return 5\nm = nn.Linear(A(), 4)\n",
}  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("text", UNSURE.values(), ids=UNSURE)
def test_the_count_is_not_exact(text: str) -> None:
    model = next(one for one in read_all(Source("model.py", given=text)) if one.label == "m")
    assert not model.report().exact


@pytest.mark.parametrize("own", ["def numel(self):", "def __getattr__(self, name):", "@property\n    def numel(self):"])
def test_a_method_that_the_program_has_itself_may_change_what_it_likes(own: str) -> None:
    # the same name as a method of tensors that only reads
    text = TORCH + "m = nn.Sequential(nn.Linear(3, 4))\nclass A:\n    " + own + "\n        m.append(nn.Linear(4, 1))\n"
    text += (
        "        return lambda: 1\nthings = [A()]\nthing = things[int(input())] if input() else None\nthing.numel()\n"
    )
    assert not read(Source("model.py", given=text)).report().exact


def test_the_kernel_of_an_old_name_is_told() -> None:
    text = KERAS + "m = keras.Sequential([keras.Input((9, 9, 3)), layers.Convolution2D(8, 3, 3)])"
    report = loads(text).report()
    assert report.total == 8 * 28
    assert any("the kernel, as in Keras 1" in one for one in report.warnings)
    assert not loads(text.replace("Convolution2D", "Conv2D")).report().warnings


def test_a_script_is_left_statement_by_statement() -> None:
    text = TORCH + "if __name__ == '__main__':\n    m = nn.Linear(3, 4)\n    k = nn.Linear(1, 1)\n    train(m)\n"
    found = {model.label: model.report() for model in read_all(Source("model.py", given=text))}
    assert found["k"].exact
    assert any("it has 16 parameters before model.py:" in one for one in found["m"].warnings)


def test_functions_that_make_models_of_the_classes_are_named() -> None:
    text = (
        TORCH
        + "class Block(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.l = thing(n)\n"
    )
    text += (
        "class Net(nn.Module):\n    def __init__(self, block):\n        super().__init__()\n        self.b = block(3)\n"
    )
    text += "def small():\n    return Net(Block)\ndef other(n):\n    return Net(Block)\n"
    told = [one for model in read_all(Source("nets.py", given=text)) for one in model.report().warnings]
    assert any("FILE:small counts what small() makes" in one and "other" not in one for one in told)
