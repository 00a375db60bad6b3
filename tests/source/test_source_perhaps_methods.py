"""Classes of the program that have a method perhaps, have it from elsewhere, or do not call the framework's."""

# ruff: noqa: E501  # a method is one line of a table
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from source_programs import runs
from test_source_sound import read, violations
from tiers import quick_sets

pytest.importorskip("torch", reason="programs are run by PyTorch")
pytest.importorskip("keras", reason="programs are run by Keras")
pytestmark = pytest.mark.torch

METHODS_OF_KERAS = {
    "__init__": "def __init__(self, *a, **k):\n    super().__init__()\n    self.d = layers.Dense(2)\n    self.d.build((None, 3))",
    "build": "def build(self, s):\n    self.w = self.add_weight(shape=(3, 4))",
    "call": "def call(self, *a, **k):\n    self.late = layers.Dense(2)\n    self.late(a[0])\n    return a[0]",
    "add_weight": "def add_weight(self, *a, **k):\n    return super().add_weight(shape=(7,))",
    "weights": "@property\ndef weights(self):\n    return []",
    "trainable_weights": "@property\ndef trainable_weights(self):\n    return []",
    "layers": "@property\ndef layers(self):\n    return []",
    "__setattr__": "def __setattr__(self, name, value):\n    object.__setattr__(self, name, value)",
    "__call__": "def __call__(self, *a, **k):\n    return a[0]",
    "add": "def add(self, *a, **k):\n    pass",
    "__new__": "def __new__(cls, *a, **k):\n    return keras.Sequential([keras.Input((3,)), layers.Dense(1)])",
}  # fmt: skip
CLASSES_OF_KERAS = {
    "layer": ("layers.Layer", "", "m = keras.Sequential([keras.Input((3,)), Own()])"),
    "layer with weights": (
        "layers.Layer",
        "def __init__(self):\n    super().__init__()\ndef build(self, s):\n    self.w = self.add_weight(shape=(s[-1], 2))\n"
        "def call(self, x): return x",
        "i = keras.Input((3,))\nm = keras.Model(i, Own()(i))",
    ),
    "model": (
        "keras.Model",
        "def __init__(self):\n    super().__init__()\n    self.a = layers.Dense(2)\ndef call(self, x): return self.a(x)",
        "m = Own()\nm(keras.Input((3,)))",
    ),
    "model that is not called": (
        "keras.Model",
        "def __init__(self):\n    super().__init__()\n    self.a = layers.Dense(2)\n    self.a.build((None, 3))",
        "m = Own()",
    ),
    "derived layer": ("layers.Dense", "", "m = keras.Sequential([keras.Input((3,)), Own(2)])"),
    "derived layer, bound": (
        "layers.Dense",
        "def __init__(self, n):\n    super().__init__(n)",
        "m = keras.Sequential([keras.Input((3,)), Own(2)])",
    ),
    "chain": ("keras.Sequential", "", "m = Own()\nm.add(keras.Input((3,)))\nm.add(layers.Dense(2))"),
    "cell": (
        "layers.Layer",
        "def __init__(self):\n    super().__init__()\n    self.units = self.state_size = 2\n"
        "def build(self, s):\n    self.w = self.add_weight(shape=(s[-1], 2))\n    self.u = self.add_weight(shape=(2, 2))\n"
        "def call(self, x, states): return x @ self.w + states[0] @ self.u, states",
        "m = keras.Sequential([keras.Input((5, 3)), layers.RNN(Own())])",
    ),
    "in a wrapper": (
        "layers.Layer",
        "def build(self, s):\n    self.w = self.add_weight(shape=(s[-1], 2))\ndef call(self, x): return x",
        "m = keras.Sequential([keras.Input((5, 3)), layers.TimeDistributed(Own())])",
    ),
}
HAS = {
    "perhaps": "if outside.flip():\n{method}",
    "one or another": "if outside.flip():\n{method}\nelse:\n    {name} = None",
    "from another class": "{name} = Other.{name}",
    "from outside": "{name} = outside.flip if outside.flip() else (lambda *a, **k: None)",
}
METHODS_OF_TORCH = {
    "__init__": "def __init__(self, *a, **k):\n    super().__init__()\n    self.d = nn.Linear(2, 2)",
    "forward": "def forward(self, x):\n    self.late = nn.Linear(2, 3)\n    return x",
    "register_parameter": "def register_parameter(self, name, one):\n    self.p = nn.Parameter(torch.zeros(9))",
    "add_module": "def add_module(self, name, one):\n    pass",
    "append": "def append(self, one):\n    return self",
    "parameters": "def parameters(self, *a):\n    return iter(())",
    "named_parameters": "def named_parameters(self, *a, **k):\n    return iter(())",
    "modules": "def modules(self):\n    return iter(())",
    "children": "def children(self):\n    return iter(())",
    "apply": "def apply(self, function):\n    return self",
    "requires_grad_": "def requires_grad_(self, flag=True):\n    return self",
    "reset_parameters": "def reset_parameters(self):\n    self.r = nn.Linear(1, 1)",
    "__setattr__": "def __setattr__(self, name, value):\n    object.__setattr__(self, name, None)",
    "__getattr__": "def __getattr__(self, name):\n    return nn.Linear(1, 5)",
    "__call__": "def __call__(self, x):\n    self.late = nn.Linear(2, 7)\n    return x",
    "__iter__": "def __iter__(self):\n    return iter(())",
    "__len__": "def __len__(self):\n    return 1",
    "__getitem__": "def __getitem__(self, at):\n    return nn.Linear(1, 1)",
    "__new__": "def __new__(cls, *a, **k):\n    return nn.Linear(3, 3)",
}
USED = (
    "m(torch.zeros(1, 2))\nfor one in m.children(): one.requires_grad_(False)\nm.apply(lambda one: None)\n"
    "m.requires_grad_(bool(len(list(m.parameters())) % 2))"
)
CLASSES_OF_TORCH = {
    "module": (
        "nn.Module", "def __init__(self):\n    super().__init__()\n    self.a = nn.Linear(2, 2)\n"
        "    self.add_module('b', nn.Linear(2, 2))\n    self.register_parameter('c', nn.Parameter(torch.zeros(3)))\n"
        "def forward(self, x): return self.a(x)",
        "m = Own()",
    ),
    "module without constructor": ("nn.Module", "", "m = Own()\nm.a = nn.Linear(2, 2)"),
    "derived layer": ("nn.Linear", "", "m = Own(2, 2)"),
    "chain": ("nn.Sequential", "", "m = Own(nn.Linear(2, 2))\nm.append(nn.Linear(2, 2))\nm[0].extra = nn.Linear(1, 1)"),
    "list": (
        "nn.ModuleList", "",
        "m = Own([nn.Linear(2, 2)])\nm.append(nn.Linear(2, 2))\nk = nn.Sequential(*m)\nn = nn.Linear(len(m), 1)",
    ),
    "inside": ("nn.Module", "def __init__(self):\n    super().__init__()\n    self.a = nn.Linear(2, 2)",
        "m = nn.Sequential(nn.Linear(2, 2), Own())"),
}  # fmt: skip


def cases(classes: Iterable[str], methods: Iterable[str]) -> list[Any]:
    return quick_sets([(kind, name, how) for kind in classes for name in methods for how in HAS], 7)


def indented(text: str, by: int = 4) -> str:
    return "\n".join(" " * by + line for line in text.splitlines())


def program(head: str, base: str, own: str, made: str, name: str, method: str, how: str) -> str:
    body = HAS[how].format(name=name, method=indented(method))
    classes = f"class Other({base}):\n{indented(method)}\nclass Own({base}):\n{indented(own)}\n{indented(body)}\n"
    return f"import outside\n{head}\n{classes}{made}\n"


def check(text: str) -> None:
    outcomes = list(runs(text))
    found = list(violations(read(text), outcomes)) if outcomes else []
    assert not found, f"{found}\n{text}"


@pytest.mark.parametrize(("kind", "name", "how"), cases(CLASSES_OF_KERAS, METHODS_OF_KERAS))
def test_a_method_that_a_class_of_keras_has_perhaps(kind: str, name: str, how: str) -> None:
    check(program("import keras\nfrom keras import layers", *CLASSES_OF_KERAS[kind], name, METHODS_OF_KERAS[name], how))


@pytest.mark.parametrize("used", ["", USED], ids=["", "used"])
@pytest.mark.parametrize(("kind", "name", "how"), cases(CLASSES_OF_TORCH, METHODS_OF_TORCH))
def test_a_method_that_a_class_of_pytorch_has_perhaps(kind: str, name: str, how: str, used: str) -> None:
    base, own, made = CLASSES_OF_TORCH[kind]
    head = "import torch\nfrom torch import nn"
    check(program(head, base, own, f"{made}\n{used}", name, METHODS_OF_TORCH[name], how))
