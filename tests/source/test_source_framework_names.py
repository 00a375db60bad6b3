"""Attributes that layers and modules have in their framework: a program that reads one does not end by it."""

from __future__ import annotations

import warnings

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

OF_KERAS = {
    "a chain": "x = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])",
    "a graph": "i = keras.Input((3,))\nx = keras.Model(i, keras.layers.Dense(2)(i))",
    "a layer": "x = keras.layers.Dense(2)",
    "a layer of the program": "class A(keras.layers.Layer):\n    pass\nx = A()",
    "a model of the program": "class A(keras.Model):\n    def call(self, x): return x\nx = A()",
}
OF_TORCH = {
    "a module": "x = nn.Linear(2, 3)",
    "a module of the program": "class A(nn.Module):\n    pass\nx = A()",
    "a chain": "x = nn.Sequential(nn.Linear(2, 3))",
    "a list": "x = nn.ModuleList([nn.Linear(2, 3)])",
    "a dictionary": "x = nn.ModuleDict({'a': nn.Linear(2, 3)})",
    "parameters": "x = nn.ParameterList([nn.Parameter(torch.zeros(2))])",
}
READ = "try:\n    x.{name}\n    n = 1\nexcept AttributeError:\n    n = 2\nm = Linear(n, 1)\n"


def taken_for_missing(head: str, text: str) -> list[str]:
    """List the attributes of an object that the framework has and that are read as an error for sure."""
    names: dict[str, object] = {}
    exec(f"{head}{text}", names)  # the program of the test, in its framework
    found = []
    for name in dir(names["x"]):
        if name.startswith("__"):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                getattr(names["x"], name)
            except Exception:  # frameworks raise all kinds; such an object does not have it
                continue
        program = f"{head}from torch.nn import Linear\n{text}\n{READ.format(name=name)}"
        report = read_all(Source("m.py", given=program))[-1].report()
        if report.exact and report.total == 3:
            found.append(name)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_KERAS)
def test_layers_of_keras(name: str) -> None:
    pytest.importorskip("keras")
    assert taken_for_missing("import keras\n", OF_KERAS[name]) == []


@pytest.mark.torch
@pytest.mark.parametrize("name", OF_TORCH)
def test_modules_of_pytorch(name: str) -> None:
    pytest.importorskip("torch")
    assert taken_for_missing("import torch\nfrom torch import nn\n", OF_TORCH[name]) == []


@pytest.mark.parametrize("change", ["x._layers.pop()", "x._tracker.clear()", "x._lock.f(x)"])
def test_what_a_branch_does_with_an_attribute_of_keras_is_not_passed_over(change: str) -> None:
    text = f"import keras, random\n{OF_KERAS['a chain']}\nif random.random() > 0.5: {change}\n"
    assert not read_all(Source("m.py", given=text))[0].report().exact
