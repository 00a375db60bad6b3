"""Programs as tutorials write them, with counts that are computed by hand."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from paramcalc.errors import ParamcalcError
from paramcalc.formats import load, load_all, loads
from paramcalc.formats.opened import Asked, Source
from paramcalc.formats.readers import READERS
from paramcalc.formats.source.reader import interpret, read_all
from paramcalc.graph.model import Model
from paramcalc.symbolic import text as written

KERAS = "import keras\nfrom keras import layers\n"
TORCH = "import torch\nimport torch.nn as nn\n"
NET = f"""{TORCH}
class Net(nn.Module):
    def __init__(self, n, hidden, layers=1):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(n if i == 0 else hidden, hidden) for i in range(layers)])
        self.out = nn.Linear(hidden, 2)
"""

# the totals: (inputs + 1) · outputs of a dense layer; k·k·inputs·outputs + outputs of a convolution
EXACT = {
    "sequential": (KERAS + "m = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2)])", 16 + 10),
    "add": (KERAS + "m = keras.Sequential()\nm.add(layers.Dense(4, input_shape=(3,)))\nm.add(layers.Dense(2))", 26),
    "input_dim": (KERAS + "m = keras.models.Sequential()\nm.add(layers.Dense(4, input_dim=3))", 16),
    "functional": (KERAS + "x = keras.Input((3,))\ny = layers.Dense(4)(x)\nm = keras.Model(x, layers.Dense(2)(y))", 26),
    "positions": (KERAS + "x = keras.Input((5,))\nclass P(layers.Layer):\n    def __init__(self):\n        super().__init__()\n        self.a, self.b = layers.Embedding(9, 2), layers.Embedding(5, 2)\n    def call(self, x):\n        n = keras.ops.shape(x)[-1]\n        return self.a(x) + self.b(keras.ops.arange(start=0, stop=n, step=1))\nm = keras.Model(x, layers.Dense(3)(P()(x)))", 18 + 10 + 9),
    "length of an open axis": (KERAS + "x = keras.Input((None,))\nclass P(layers.Layer):\n    def __init__(self):\n        super().__init__()\n        self.a, self.b = layers.Embedding(9, 2), layers.Embedding(5, 2)\n    def call(self, x):\n        n = keras.ops.shape(x)[-1]\n        return self.a(x) + self.b(keras.ops.arange(0, n, 1))\nm = keras.Model(x, layers.Dense(3)(P()(x)))", 18 + 10 + 9),
    "named tensors": (KERAS + "a, b, h = keras.Input((5, 8)), keras.Input((7, 6)), keras.Input((4,))\ny = layers.MultiHeadAttention(1, 2)(a, key=b, value=b)\ny = layers.GRU(4, reset_after=False)(sequences=y, initial_state=h)\nm = keras.Model([a, b, h], layers.Concatenate()(inputs=[y, h]))", (2 * 8 + 2) + 2 * (2 * 6 + 2) + (2 * 8 + 8) + 3 * (4 * (4 + 8) + 4)),
    "a model at each step": (KERAS + "x = keras.Input((6, 8, 8, 3))\ncnn = keras.Sequential([layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(4)])\nm = keras.Model(x, layers.LSTM(5)(layers.TimeDistributed(cnn)(x)))", (27 * 2 + 2) + (72 * 4 + 4) + 4 * (5 * (5 + 4) + 5)),
    "a layer in a wrapper and alone": (KERAS + "x, y = keras.Input((5, 4)), keras.Input((4,))\nd = layers.Dense(4)\nm = keras.Model([x, y], [layers.TimeDistributed(d)(x), d(y)])", 20),
    "a batch": (KERAS + "m = keras.Sequential()\nm.add(layers.LSTM(4, batch_input_shape=(2, 3, 1), stateful=True))\nm.add(layers.Dense(1))", 4 * (4 * 5 + 4) + 5),
    "a batch size": (KERAS + "m = keras.Sequential()\nm.add(layers.GRU(4, input_shape=(3, 1), batch_size=2, stateful=True, reset_after=False))", 3 * (4 * 5 + 4)),
    "preprocessing": (KERAS + "import numpy as np\nx = keras.Input((8, 8, 3))\ny = keras.ops.stack([x[..., i] for i in (2, 1, 0)], axis=-1)\ny += keras.ops.convert_to_tensor(-np.array([1.5, 2.5, 3.5]))\nm = keras.Model(x, layers.Dense(2)(y))", 8),
    "shared": (KERAS + "x = keras.Input((3,))\nd = layers.Dense(3)\nm = keras.Model(x, d(d(x)))", 12),
    "operators": (KERAS + "x = keras.Input((3,))\ny = layers.Dense(3)(x) + x\nm = keras.Model(x, layers.Dense(1)(y * 2))", 12 + 4),
    "tf.keras": ("import tensorflow as tf\nm = tf.keras.Sequential([tf.keras.layers.Input((3,)), tf.keras.layers.Dense(4)])", 16),
    "from tensorflow.keras": ("from tensorflow.keras.models import Sequential\nfrom tensorflow.keras.layers import *\nm = Sequential([Input((3,)), Dense(4)])", 16),
    "Keras 1": ("from keras.models import Sequential\nfrom keras.layers import Convolution2D\nm = Sequential()\nm.add(Convolution2D(2, 3, 3, border_mode='same', input_shape=(8, 8, 1)))", 20),
    "frozen": (KERAS + "m = keras.Sequential([keras.Input((3,)), layers.Dense(4)])\nm.trainable = False", 16),
    "wrapper": (KERAS + "m = keras.Sequential([keras.Input((None, 3)), layers.Bidirectional(layers.SimpleRNN(2))])", 2 * (2 * (3 + 2) + 2)),
    "a class of layers": (KERAS + "class L(layers.Layer):\n    def __init__(self, n):\n        super().__init__()\n        self.n = n\n    def build(self, shape):\n        self.w = self.add_weight(shape=(shape[-1], self.n))\n    def call(self, x):\n        return keras.ops.matmul(x, self.w)\nx = keras.Input((5,))\nm = keras.Model(x, layers.Dense(2)(L(3)(x)))", 15 + 8),
    "torch": (TORCH + "m = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))", 26),
    "ordered": (TORCH + "from collections import OrderedDict\nm = nn.Sequential(OrderedDict([('a', nn.Linear(3, 4))]))", 16),
    "class": (NET + "m = Net(3, 4)", 16 + 10),
    "list": (NET + "m = Net(3, 4, layers=3)", 16 + 20 + 20 + 10),
    "inheritance": (NET + "class More(Net):\n    def __init__(self, **k):\n        super().__init__(3, **k)\n        self.more = nn.Linear(1, 1)\nm = More(hidden=4)", 28),
    "parameter": (TORCH + "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.p = nn.Parameter(torch.randn(2, 3))\n        self.register_buffer('b', torch.zeros(9))\nm = A()", 6),
    "tied": (TORCH + "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.e = nn.Embedding(5, 3)\n        self.o = nn.Linear(3, 5, bias=False)\n        self.o.weight = self.e.weight\nm = A()", 15),
    "getattr": (TORCH + "m = getattr(nn, 'Lin' + 'ear')(3, 4)", 16),
    "dataclass": (TORCH + "from dataclasses import dataclass, field\n@dataclass\nclass C:\n    n: int = 3\n    sizes: list = field(default_factory=lambda: [4])\nc = C()\nm = nn.Linear(c.n, c.sizes[0])", 16),
    "enum": (TORCH + "from enum import Enum\nclass S(Enum):\n    SMALL = 3\n    LARGE = 9\nm = nn.Linear(S.SMALL.value, S['LARGE'].value)", 36),
    "partial": (TORCH + "from functools import partial\nf = partial(nn.Linear, 3, bias=False)\nm = f(4)", 12),
    "reduce": (TORCH + "import math, itertools, functools\nn = functools.reduce(lambda a, b: a * b, [1, 2, 3])\nm = nn.Linear(n, math.prod(itertools.chain([2], [2])))", 28),
    "generator": (TORCH + "def f():\n    for i in range(2):\n        yield nn.Linear(i + 1, 1)\nm = nn.Sequential(*f())", 5),
    "closure": (TORCH + "def f(n):\n    def g(k):\n        nonlocal n\n        n += k\n        return nn.Linear(n, 1)\n    return g\ng = f(1)\ng(1)\nm = g(1)", 4),
    "argparse": (TORCH + "import argparse\np = argparse.ArgumentParser()\np.add_argument('--n-in', type=int, default=3)\np.add_argument('--no-bias', action='store_true')\na = p.parse_args()\nm = nn.Linear(a.n_in, 4, bias=not a.no_bias)", 16),
    "try": (TORCH + "d = {}\ntry:\n    n = d['n']\nexcept KeyError as error:\n    n = 3\nelse:\n    n = 9\nfinally:\n    k = 4\nm = nn.Linear(n, k)", 16),
    "class of its own exception": (TORCH + "class E(ValueError): pass\ndef f():\n    raise E('x')\ntry:\n    f()\nexcept (KeyError, ValueError):\n    m = nn.Linear(3, 4)", 16),
    "while": (TORCH + "n = 1\nwhile True:\n    n *= 2\n    if n > 5:\n        break\nm = nn.Linear(n, 1)", 9),
    "star": (TORCH + "a, *b = [3, 4, 5]\nm = nn.Sequential(*[nn.Linear(a, x) for x in b])", 16 + 20),
    "f-string": (TORCH + "m = nn.Module()\nfor i in range(2): setattr(m, f'l{i:02d}', nn.Linear(1, 1))\nassert m.l01 is not None\nm = nn.Sequential(m.l01)", 2),
    "shape": (TORCH + "import numpy as np\nx = torch.zeros(2, 3, 4)\nm = nn.Linear(x.shape[1], int(np.prod(x.size()[1:])))", 3 * 12 + 12),
    "cache": (TORCH + "from functools import lru_cache\n@lru_cache\ndef f(n): return nn.Linear(n, n)\nm = nn.Sequential(f(2), f(2))", 6),
    "copies": (TORCH + "import copy\na = nn.Linear(1, 1)\nm = nn.Sequential(*[copy.deepcopy(a) for _ in range(3)])", 6),
    "lazy": (TORCH + "m = nn.Sequential(nn.LazyLinear(2))\nm(torch.zeros(5, 3))", 8),
    "deletion": (NET + "m = Net(3, 4)\ndel m.out", 16),
    "plain list": (TORCH + "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.l = [nn.Linear(3, 4)]\n        self.o = nn.Linear(1, 1)\nm = A()", 2),
}  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
def test_a_program_is_counted_exactly(name: str) -> None:
    program, total = EXACT[name]
    _, found = interpret(Source("program.py", given=program + "\n"))
    report = dict(found)["m"].report()
    assert (report.total, report.exact) == (total, True)
    assert report.trainable == (0 if name == "frozen" else total)


def test_a_size_from_data_is_a_symbol_named_after_its_variable() -> None:
    program = f"{TORCH}words = open('a').read().split()\nvocab = len(words) + 1\nmodel = nn.Embedding(vocab, 8)\n"
    assert written(loads(program).report().total) == "8vocab"


def test_a_size_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(f"{TORCH}vocab = len(open('a').read())\nmodel = nn.Embedding(vocab, 8)\n")
    assert load(path, sizes={"vocab": 100}).report().total == 800
    with pytest.raises(ParamcalcError, match="no size 'vocap'"):
        load(path, sizes={"vocap": 100})


def test_a_class_is_counted_with_arguments(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(NET)
    (model,) = load_all(f"{path}:Net", asked=Asked("", {"n": "3", "hidden": "4"}))
    assert (model.report().total, model.report().exact) == (26, True)
    (model,) = load_all(f"{path}:Net")
    assert written(model.report().total) == "hidden*n + 3hidden + 2"


def test_words_of_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(EXACT["argparse"][0])
    (model,) = load_all(str(path), asked=Asked(words=("--n-in", "7", "--no-bias")))
    assert model.report().total == 28


CHOICES = (
    TORCH
    + "import argparse\np = argparse.ArgumentParser()\np.add_argument('--n', type=int, default=2, choices=[2, 4])\n"
    "p.add_argument('-w', '--wide-enough', type=int, default=3)\n"
    "p.add_argument('--m', type=int, default=3)\na = p.parse_args()\nm = nn.Linear(a.n, a.m)\nv = nn.Linear(a.wide_enough, 1)"
)


@pytest.mark.parametrize(
    ("words", "sizes", "problem"),
    [
        (["--n", "7"], {}, "the argument n; expected one of 2, 4, received '7'"),
        ([], {"n": 7}, "the argument n; expected one of 2, 4, received '7'"),
        (["--n", "4"], {"n": 4}, "the size 'n' is given twice, once as an argument of the program"),
        ([], {"q": 4}, "no size 'q' (sizes here: m, n, wide_enough)"),
        (["--mm", "7"], {}, "the program has no argument '--mm' (did you mean '--m'?)"),
        (["-x7"], {}, "the program has no argument '-x7' (it has --n, -w, --wide-enough, --m)"),
        (["7"], {}, "the program has no argument '7' (it has --n, -w, --wide-enough, --m)"),
    ],
)
def test_values_that_a_program_does_not_take(
    words: list[str], sizes: dict[str, int], problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text(CHOICES)
    assert load(f"{path}:m", sizes={"n": 4}).report().total == 15
    with pytest.raises(ParamcalcError, match=re.escape(problem)):
        load_all(str(path), sizes=sizes, asked=Asked(words=tuple(words)))


@pytest.mark.parametrize("words", ["--wide 7", "--wide-enough=7", "-w 7", "-w7"])
def test_arguments_are_written_as_argparse_reads_them(words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(CHOICES)
    models = load_all(str(path), asked=Asked(words=tuple(words.split())))
    assert [one.report().total for one in models if one.label == "v"] == [8]


def test_a_program_may_end_by_words_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    for words in (["--n", "7"], ["--other"]):
        path.write_text(f"{TORCH}k = nn.Linear(1, 1)\n" + CHOICES.replace("parse_args()", f"parse_args({words})"))
        for model in load_all(str(path)):
            assert (model.label, model.report().exact) in [("k", True), ("m", False), ("v", False)]


def test_arguments_need_the_name_of_what_takes_them(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(NET + "\nm = Net(1, 2)\n")
    with pytest.raises(ParamcalcError, match=r"--args without the name of a class or function; .* \(it has Net\)"):
        load_all(str(path), asked=Asked("", {"n": "3"}))


def test_what_is_no_layer_in_a_chain_is_an_unknown_row_with_its_line() -> None:
    text = (
        "import keras\nm = keras.Sequential([keras.layers.Dense(3), 'x'])\nm.add(...)\nm.add(keras.layers.Dense(4))\n"
    )
    report = loads(text).report()
    assert not report.exact
    assert [(row.source.rpartition(":")[2], bool(row.unknown)) for row in report.rows] == [
        ("2", True), ("2", True), ("2", True), ("4", True),
    ]  # fmt: skip


def test_a_misspelt_layer_is_an_unknown_row_with_the_layer_that_may_be_meant() -> None:
    for text, told in (
        ("import keras\nm = keras.Sequential([keras.layers.Dnse(3)])\n", "keras.layers.Dnse (did you mean 'Dense'?)"),
        (f"{TORCH}m = nn.Sequential(nn.Linaer(3, 4))\n", "torch.nn.Linaer (did you mean 'Linear'?)"),
        (f"{TORCH}m = nn.Sequential(nn.Qqqq(3, 4))\n", "torch.nn.Qqqq"),
        (f"{TORCH}m = torch.other.Thing(3, 4)\nm = nn.Sequential(m)\n", "torch.other.Thing"),
    ):
        report = loads(text).report()
        assert not report.exact
        assert f"{told} is not followed" in report.warnings[0]


@pytest.mark.parametrize(
    "lines",
    [
        "m = nn.Sequential(torch.package.PackageImporter('f').load_pickle('a', 'b'))",
        "m = nn.ModuleList([torch.cuda.thing()])",
        "m = nn.ModuleDict({'a': torch.cuda.thing()})",
        "m = nn.Sequential()\nm.append(torch.other(3))",
        "m = nn.ParameterList([torch.other(3)])",
        "x = torch.load('f')\nm = nn.Sequential(torch.distributed.fsdp.FullyShardedDataParallel(x))",
        "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = FOUND\nm = A()",
    ],
)
def test_what_may_be_a_module_is_never_counted_as_nothing(lines: str) -> None:
    for found in (
        "torch.export.load('f').module()", "torch.jit.load('f')", "mlflow.pytorch.load_model('u')",
        "sys.modules[__name__].Net(7)", "getattr(sys.modules[__name__], 'Net')(7)", "sys._getframe().f_globals['Net'](7)",
        "gc.get_objects()[0]", "get_ipython().user_ns['net']",
    ):  # fmt: skip
        models = loads_all(
            f"{TORCH}import gc, mlflow, sys\nfrom IPython import get_ipython\n{lines}\n".replace("FOUND", found)
        )
        assert [one.report().exact for one in models if one.label == "m"] == [False]


def loads_all(text: str) -> list[Model]:
    return [model for _, model in interpret(Source("program.py", given=text))[1]]


@pytest.mark.parametrize(
    ("change", "exact"),
    [
        ("m.layers[0].units = 4", False),
        ("m.layers[0].kernel = None", False),
        ("m.layers[0].more = keras.layers.Dense(9)", False),
        ("m.layers[0].activation = keras.activations.relu", True),
        ("m.layers[0].name = 'other'", True),
    ],
)
def test_a_layer_may_be_changed_after_it_is_made(change: str, exact: bool) -> None:
    text = "import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
    report = loads(f"{text}{change}\nm.add(keras.layers.Dense(2))\n").report()
    assert report.exact is exact
    assert report.total == 14 if exact else report.total <= 14


def test_keras_keeps_a_layer_whose_attribute_is_set_again() -> None:
    text = (
        "import keras\nclass Own(keras.layers.Layer):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = keras.layers.Dense(2)\n{}    def call(self, x):\n        return self.a(x)\n"
        "x = keras.Input((3,))\nm = keras.Model(x, Own()(x))\n"
    )
    once = loads(text.format("")).report()
    assert (once.total, once.exact) == (8, True)
    assert not loads(text.format("        self.a = keras.layers.Dense(2)\n")).report().exact


@pytest.mark.parametrize(("change", "exact"), [("m.pop()", False), ("m.add(keras.layers.Dense(5))", False), ("", True)])
def test_a_model_may_be_changed_after_it_was_called(change: str, exact: bool) -> None:
    text = "import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\nx = keras.Input((3,))\ny = m(x)\n"
    report = {
        model.label: model.report()
        for model in loads_all(f"{text}{change}\nf = keras.Model(x, keras.layers.Dense(1)(y))\n")
    }["f"]
    assert report.exact is exact
    assert report.total == 11 if exact else report.total <= 3  # the later layer met two features


def test_a_layer_is_not_called_by_names_of_another() -> None:
    text = "import keras\nx = keras.Input((5,))\nm = keras.Model(x, keras.layers.Dense(4)({}=x))\n"
    assert loads(text.format("inputs")).report().total == 24
    report = loads(text.format("query")).report()  # Keras raises a TypeError
    assert (report.total, report.exact) == (0, False)


def test_a_name_bound_again_stays_listed(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(f"{TORCH}m = nn.Linear(1, 1)\nm = nn.Linear(2, 2)\n")
    assert [(one.label, one.report().total) for one in load_all(str(path))] == [("m#1", 2), ("m", 6)]
    with pytest.raises(ParamcalcError, match="2 models"):
        load(path)
    assert load(f"{path}:m#1").report().total == 2


def test_a_notebook_and_markdown() -> None:
    cells = [
        "%matplotlib inline\n",
        "!pip install keras\n",
        KERAS,
        ["m = keras.Sequential([keras.Input((3,)),\n", "layers.Dense(4)])\n"],
        "layers.Dense?",
    ]
    book = {"nbformat": 4, "cells": [{"cell_type": "code", "source": one} for one in cells]}
    assert loads(json.dumps(book)).report().total == 16
    page = f"# A page\n\n```bash\nls\n```\n\n```python\n{KERAS}```\n\nand\n\n```python\nm = keras.Sequential([keras.Input((3,)), layers.Dense(4)])\n```\n"
    assert loads(page).report().total == 16


def test_siblings_are_read(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("from .block import Block\n")
    (tmp_path / "parts" / "block.py").write_text(NET.replace("Net", "Block"))
    (tmp_path / "main.py").write_text(f"{TORCH}from parts import Block\nmodel = Block(3, 4)\n")
    assert load(tmp_path / "main.py").report().total == 26


def test_a_library_model_is_an_unknown_row() -> None:
    report = loads(
        "import timm\nimport torch.nn as nn\nmodel = nn.Sequential(timm.create_model('x'), nn.Linear(3, 4))\n"
    ).report()
    assert (report.total, report.exact) == (16, False)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("import keras\nx = (\n", "<text>:2: not Python"),
        ("import keras\nx = 1\n", "no model in this program"),
    ],
)
def test_errors_have_a_place(text: str, error: str) -> None:
    with pytest.raises(ParamcalcError, match=error):
        loads(text)


@pytest.mark.parametrize("text", ["framework: keras\nlayers: [Dense: 3]\n", '{"layers": []}', "import: keras\n"])
def test_other_texts_are_no_programs(text: str) -> None:
    source = Source("<text>", given=text)
    assert next(one.name for one in READERS if one.sniff(source)) != "a program in Python"


def test_a_place_names_the_file_it_is_in(tmp_path: Path) -> None:
    net = "from helpers import other\nimport torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n"
    (tmp_path / "net.py").write_text(f"{net}        super().__init__()\n        self.odd = other(self)\n")
    (tmp_path / "main.py").write_text("import os\nfrom net import Net\nm = Net()\n")
    assert "helpers.other is not followed (net.py:6)" in str(load(str(tmp_path / "main.py")).report())
    (tmp_path / "net.py").write_text(f"{net}        super().__init__()\n")
    (tmp_path / "main.py").write_text("from net import Net\nfrom helpers import other\n\nm = Net()\nother(m)\n")
    assert "helpers.other is not followed (main.py:5)" in str(load(str(tmp_path / "main.py")).report())


def test_functions_in_a_graph_follow_the_sizes_of_its_inputs() -> None:
    program = f"{KERAS}x = keras.Input((None, 3))\ny = layers.Dense(4)(x / 2 - 1)\nz = keras.ops.softmax(y)\n"
    model = loads(f"{program}m = keras.Model(x, layers.Dense(2)(-z * 3))", name="m.py")
    assert model.cost(batch=5, steps=7).passes.forward == 5 * 7 * (3 * 4 + 4 * 2)
    report = model.report()
    assert [row.type for row in report.rows] == [
        "TrueDivide",
        "Subtract",
        "Dense",
        "softmax",
        "Negative",
        "Multiply",
        "Dense",
    ]
    assert [row.costed for row in report.rows] == [True, True, True, False, True, True, True]


def test_a_size_without_a_variable_is_set_by_the_name_it_is_shown_with(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(f"{KERAS}import data\nm = keras.Sequential([keras.Input((3,)), layers.Dense(len(data.names))])\n")
    assert written(load(str(path)).total) == "4n"
    assert load(str(path), sizes={"n": 5}).total == 20


@pytest.mark.torch
def test_layers_of_a_module_are_verified_one_by_one() -> None:
    from paramcalc.verification import verify

    pytest.importorskip("torch")
    program = f"{NET}class Own(Net):\n    def __init__(self):\n        super().__init__(3, 4)\n"
    program += "        self.w = nn.Parameter(torch.zeros(5))\n        self.rnn = nn.LSTM(3, 4, 2, bidirectional=True)\nm = Own()\n"
    found = verify(loads(program, name="m.py"))
    assert found.ok
    assert (found.layers, found.params) == (3, 16 + 10 + 2 * (4 * 4 * (3 + 4 + 2)) + 2 * (4 * 4 * (8 + 4 + 2)))
    assert found.remarks == ["each layer was built by itself", "not compared: Own"]


@pytest.mark.parametrize(
    ("body", "total"),
    [
        (
            KERAS
            + "def f():\n    a = keras.Sequential([keras.Input((10,)), layers.Dense(4)])\n    return keras.Sequential([keras.Input((10,)), a, layers.Dense(100)])\nf().summary()",
            544,
        ),
        (
            TORCH + "def f():\n    a = nn.Linear(10, 10)\n    return nn.Sequential(a, nn.Linear(10, 100))\nprint(f())",
            1210,
        ),
        (
            TORCH
            + "class N(nn.Module):\n    def __init__(self):\n        super().__init__()\n        a = nn.Linear(10, 10)\n        self.a, self.b = a, nn.Linear(10, 100)\nprint(N())",
            1210,
        ),
        (TORCH + "m = nn.Sequential(nn.Sequential(nn.Linear(2, 2)))\nm[0] = nn.Linear(2, 3)", 9),
    ],
)
def test_the_whole_is_listed_and_not_its_part_with_a_name(body: str, total: int) -> None:
    assert [model.total for model in load_models(body)] == [total]


def load_models(text: str) -> list[Model]:
    _, found = interpret(Source("m.py", given=text))
    return [model for _, model in found]


def test_every_layer_has_its_line() -> None:
    found = loads(f"{NET}m = Net(3, 4)\n", name="m.py").report()
    assert [row.to_dict()["source"] for row in found.rows] == ["m.py:7", "m.py:8"]
    assert "m.py:7" in str(found)
    assert "m.py:8" in found.render("csv")


def test_the_card_of_a_layer_names_its_model(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(f"{TORCH}wide = nn.Linear(1, 9)\nnarrow = nn.Linear(2, 2)\n")
    cards = [str(one.report()).splitlines()[2] for one in load_all(str(path))]
    assert cards == ["  model        wide (a.py:3)", "  model        narrow (a.py:4)"]


def test_an_open_size_of_a_graph_is_no_length() -> None:
    # Keras 3 gives None for it: the array is an empty constant, and what is put on it is no part of the model
    lines = ["x = keras.Input((None,))", "n = keras.ops.shape(x)[1]", "y = layers.Embedding(9, 2)(x)"]
    lines += ["y = y + layers.Embedding(5, 2)(keras.ops.arange(0, n, 1))", "m = keras.Model(x, y)"]
    assert not loads(KERAS + "\n".join(lines)).report().exact


def test_what_was_left_is_said_of_models_that_are_not_exact(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    lost = "import other\nother.fail(m)\nn = 1 / 0\n"
    path.write_text(f"{TORCH}a = nn.Linear(1, 1)\nm = nn.Linear(2, 2)\nb = nn.Linear(3, 3)\n{lost}")
    left = "a.py:8: an exception is raised (ZeroDivisionError: division by zero); the statement is left"
    assert {one.label: left in one.report().warnings for one in load_all(str(path))} == {
        "a": False,
        "m": True,
        "b": False,
    }
    path.write_text(f"{TORCH}a = nn.Linear(1, 1)\nb = nn.Linear(3, 3)\nimport other\n\nn = 1 / 0\n")
    assert [len(one.report().warnings) for one in load_all(str(path))] == [0, 1]


def test_an_unknown_model_that_is_asked_for_is_an_unknown_row(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(f"import other\n{TORCH}m = other.make()\nsize = len(other.text)\nok = nn.Linear(2, 2)\n")
    report = load(f"{path}:m").report()
    assert (report.total, report.exact) == (0, False)
    assert report.warnings[-1] == "m (make): other.make is not followed (a.py:4)"
    with pytest.raises(ParamcalcError, match=r"no model 'size' in this program \(it has ok\)"):
        load(f"{path}:size")


def test_the_input_shape_is_asked_for_where_it_shows_more() -> None:
    hint = "--input SHAPE gives output shapes, calls and multiply-adds"
    forward = "    def forward(self, x):\n        return self.out(self.layers[0](x))\n"
    assert hint in str(loads(f"{NET}{forward}m = Net(3, 4)\n").report())
    assert hint not in str(loads(f"{NET}m = Net(3, 4)\n").report())


def test_open_axes_of_several_inputs_are_kept_apart() -> None:
    (model,) = load_models(
        "import keras\nfrom keras import layers as L\na, b = keras.Input((None, 8)), keras.Input((None, 8))\n"
        "m = keras.Model([a, b], L.Concatenate()([L.LSTM(4)(a), L.GRU(4)(b)]))\n"
    )
    assert str(model.report().macs) == "192T + 144T2"  # 4·4(4 + 8) and 3·4(4 + 8) for each step


CALLED_BACK = {
    "a module whose forward makes a layer": "from torchinfo import summary\nclass A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(3, 4)\n    def forward(self, x):\n        if not hasattr(self, 'l'): self.l = nn.Linear(4, 5)\n        return self.l(self.a(x))\nm = A()\nsummary(m, (1, 3))",
    "such a module in a chain": "class A(nn.Module):\n    def forward(self, x):\n        self.l = nn.Linear(4, 5)\n        return x\nm = nn.Sequential(nn.Linear(3, 4), A())\ntorch.onnx.export(m, torch.zeros(1, 3), 'f')",
    "a function that sets a size": "import timeit\nn = 3\ndef f():\n    global n\n    n = 5\ntimeit.timeit(f)\nm = nn.Linear(n, 1)",
    "a function that adds a layer": "import threading\nm = nn.Sequential(nn.Linear(3, 1))\ndef f(): m.append(nn.Linear(1, 1))\nthreading.Thread(target=f).start()",
    "a function that is given the model": "import threading\nm = nn.Sequential(nn.Linear(3, 1))\ndef f(x): x.append(nn.Linear(1, 1))\nthreading.Thread(target=f, args=(m,)).start()",
    "a method": "import threading\nclass A:\n    def f(self): self.m.append(nn.Linear(1, 1))\na = A()\na.m = m = nn.Sequential(nn.Linear(3, 1))\nthreading.Thread(target=a.f).start()",
    "an object that is called": "import threading\nm = nn.Sequential(nn.Linear(3, 1))\nclass A:\n    def __call__(self): m.append(nn.Linear(1, 1))\nthreading.Thread(target=A()).start()",
    "a partial call": "import threading, functools\nm = nn.Sequential(nn.Linear(3, 1))\ndef f(x): m.append(nn.Linear(x, 1))\nthreading.Thread(target=functools.partial(f, 1)).start()",
    "a function that raises afterwards": "import threading\nm = nn.Sequential(nn.Linear(3, 1))\ndef f():\n    m.append(nn.Linear(1, 1))\n    raise ValueError\nthreading.Thread(target=f).start()",
    "each time": "import timeit\nl = []\ntimeit.timeit(lambda: l.append(nn.Linear(1, 1)))\nm = nn.Sequential(nn.Linear(3, 1), *l)",
}
LEFT_ALONE = {
    "a function of its arguments": "from torch.optim.lr_scheduler import LambdaLR\nm = nn.Linear(3, 1)\nLambdaLR(None, lambda step: 0.9 ** step)",
    "a module that only computes": "from torchinfo import summary\nclass A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(3, 1)\n        self.seen = 0\n    def forward(self, x):\n        self.seen += 1\n        return self.a(x)\nm = A()\nsummary(m, (1, 3))",
    "a function that trains": "import threading\nm = nn.Linear(3, 1)\ndef f():\n    m.train()\n    m(torch.zeros(2, 3)).sum().backward()\nthreading.Thread(target=f).start()",
}


@pytest.mark.parametrize("name", CALLED_BACK)
def test_what_a_library_may_call_back_may_change_a_model(name: str) -> None:
    for model in read_all(Source("model.py", given=TORCH + CALLED_BACK[name])):
        assert not model.report().exact


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_what_changes_no_model_leaves_its_count_exact(name: str) -> None:
    (model,) = read_all(Source("model.py", given=TORCH + LEFT_ALONE[name]))
    assert (model.total, model.report().exact) == (4, True)


BLOCKS = """
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        {line}
        self.a = nn.Linear(3, 3)
    def forward(self, x):
        return self.a(x)
blocks = []
for i in range(100):
    blocks.append(Block())
m = nn.Sequential(*blocks)
"""


@pytest.mark.parametrize(
    "line",
    ["if torch.cuda.device_count() > 8: raise ValueError('too many')", "wandb.watch(self)", "torchinfo.summary(self)"],
)
def test_a_long_loop_of_blocks_that_may_end_the_program(line: str) -> None:
    (model,) = read_all(Source("model.py", given=TORCH + "import wandb, torchinfo" + BLOCKS.format(line=line)))
    assert (model.total, model.report().exact) == (1200, True)


@pytest.mark.parametrize("scope", ["keras.backend.name_scope('a')", "keras.ops.name_scope('a')", "tf.name_scope('a')"])
def test_a_context_of_keras_catches_no_exception(scope: str) -> None:
    lines = ["import keras, tensorflow as tf", "def f(x, n):", f"    with {scope}:", "        if n == 0: return x"]
    lines += [
        "        return keras.layers.Dense(3)(x)",
        "i = x = keras.Input((3,))",
        "for n in range(101): x = f(x, n)",
    ]
    (model,) = read_all(Source("model.py", given="\n".join([*lines, "m = keras.Model(i, x)"])))
    assert (model.total, model.report().exact) == (1200, True)
