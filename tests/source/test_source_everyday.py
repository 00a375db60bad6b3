"""What everyday programs ask of classes, layers and modules: attributes, classes, private names, places, sharing."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all
from paramcalc.report import Report

OF_TORCH = {
    "private names": """
class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.__fc = nn.Linear(2, 2)
        self.__more()
    def __more(self): self.k = nn.Linear(1, 1)
class B(A):
    def __init__(self):
        super().__init__()
        self.__fc = nn.Linear(3, 3)
        self.__more()
    def __more(self): self.z = nn.Linear(4, 4)
m = B()
n = nn.Linear(1, 1) if hasattr(m, "__fc") else nn.Linear(2, 2)
""",
    "a name that was None comes last": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone, self.head = None, nn.Linear(2, 2)
        self.backbone = nn.Linear(3, 3)
m = nn.Sequential(*list(Net().children())[:-1])
""",
    "a registered None keeps its place": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_module("backbone", None)
        self.head = nn.Linear(2, 2)
        self.backbone = nn.Linear(3, 3)
m = nn.Sequential(*list(Net().children())[:-1])
""",
    "a parameter is a tensor": """
m = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 3))
for p in m.parameters():
    if isinstance(p, torch.Tensor): p.requires_grad = False
""",
    "the bias of recurrent layers is a flag": """
one, other = nn.LSTM(2, 3), nn.GRUCell(2, 3, bias=False)
m = nn.ModuleList([nn.LSTM(2, 3, bias=one.bias), nn.GRUCell(2, 3, bias=other.bias)])
""",
    "layers without weights have None": """
m = nn.Sequential(nn.InstanceNorm2d(4), nn.BatchNorm2d(4, affine=False), nn.Linear(2, 3, bias=False))
for x in m:
    if x.weight is not None: nn.init.zeros_(x.weight)
n = nn.Linear(1, 1) if hasattr(m[0], "weight") and not hasattr(nn.ReLU(), "weight") else nn.Linear(2, 2)
""",
    "a parameter changed in place": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        with torch.no_grad():
            self.fc.weight *= 0.5
            self.fc.bias += 1
m = Net()
""",
    "options that are left out": """
m = nn.ModuleList([nn.Linear(nn.MaxPool2d(3).stride, 1), nn.Linear(nn.MultiheadAttention(4, 2).kdim, 1)])
""",
}
OF_KERAS = {
    "old names of classes": """
m = keras.Sequential([keras.Input((8, 8, 3)), layers.Convolution2D(4, 3), layers.Conv2D(4, 1)])
for one in m.layers:
    if isinstance(one, layers.Conv2D): one.trainable = False
""",
    "an activation is a function": """
m = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(2, activation="softmax")])
for one in m.layers:
    if one.activation == "softmax": one.trainable = False
    if one.activation.__name__ == "relu" and one.activation == keras.activations.relu: one.trainable = False
""",
    "both directions are copies": """
one = layers.LSTM(3)
i = keras.Input((5, 4))
m = keras.Model(i, layers.Bidirectional(one)(i))
one.trainable = False
""",
    "both directions of a frozen layer": """
one = layers.RNN(layers.GRUCell(3))
one.trainable = False
i = keras.Input((5, 4))
m = keras.Model(i, layers.Bidirectional(one)(i))
one.cell.trainable = False
""",
    "a layer in a layer, and outside": """
class Around(layers.Layer):
    def __init__(self, dense):
        super().__init__()
        self.dense = dense
    def call(self, x): return self.dense(x)
d = layers.Dense(3)
i = keras.Input((3,))
m = keras.Model(i, Around(d)(d(i)))
""",
    "a layer in two layers": """
class Encoder(layers.Layer):
    def __init__(self, table):
        super().__init__()
        self.table = table
        self.d = layers.Dense(2)
    def call(self, x): return self.d(self.table(x))
table = layers.Embedding(10, 4)
a, b = keras.Input((3,)), keras.Input((3,))
m = keras.Model([a, b], [Encoder(table)(a), Encoder(table)(b)])
""",
    "a model in two models, and outside": """
class Net(keras.Model):
    def __init__(self, d):
        super().__init__()
        self.d, self.o = d, layers.Dense(2)
    def call(self, x): return self.o(self.d(x))
s = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
i = keras.Input((3,))
m = keras.Model(i, [Net(s)(i), Net(s)(i), s(i)])
""",
    "a layer of the program in two others": """
class Inner(layers.Layer):
    def __init__(self):
        super().__init__()
        self.blocks, self.bn = [layers.Dense(3), layers.Dense(3)], layers.BatchNormalization()
    def build(self, shape): self.w = self.add_weight(shape=(2,))
    def call(self, x):
        for one in self.blocks: x = one(x)
        return self.bn(x)
class Outer(layers.Layer):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
    def call(self, x): return self.inner(x)
inner = Inner()
i = keras.Input((3,))
m = keras.Model(i, [inner(i), Outer(inner)(i), Outer(inner)(i)])
inner.blocks[0].trainable = False
""",
    "the constructor freezes no layer inside": """
class Own(layers.Layer):
    def __init__(self, **words):
        super().__init__(**words)
        self.d = layers.Dense(3)
    def build(self, shape): self.w = self.add_weight(shape=(2,))
    def call(self, x): return self.d(x)
i = keras.Input((4,))
m = keras.Model(i, Own(trainable=False)(i))
""",
    "layers that come later are trained": """
class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.d, self.e = layers.Dense(3), layers.Dense(2)
        self.trainable = False
        self.e.trainable = True
        self.f = layers.Dense(4)
    def call(self, x): return self.f(self.e(self.d(x)))
i = keras.Input((4,))
m = keras.Model(i, Own()(i))
""",
}


def read(text: str) -> dict[str, Report]:
    """Read a program, and report its models by name."""
    return {one.label: one.report() for one in read_all(Source("m.py", given=text))}


def run(text: str) -> dict[str, Any]:
    """Run a program; give its names."""
    names: dict[str, Any] = {}
    exec(text, names)  # the program of the test
    return names


@pytest.mark.torch
@pytest.mark.whole
@pytest.mark.parametrize("text", OF_TORCH.values(), ids=OF_TORCH)
def test_programs_of_pytorch(text: str) -> None:
    pytest.importorskip("torch")
    text = f"import torch\nfrom torch import nn\n{text}"
    names = run(text)
    reports = read(text)
    for name in ("m", "n"):
        if name in names:
            weights = list(names[name].parameters())
            trained = sum(one.numel() for one in weights if one.requires_grad)
            report = reports[name]
            numbers = (sum(one.numel() for one in weights), trained)
            assert (name, report.exact, report.total, report.trainable) == (name, True, *numbers)


@pytest.mark.whole
@pytest.mark.filterwarnings("ignore")  # Keras's own, of layers that are built late
@pytest.mark.parametrize("text", OF_KERAS.values(), ids=OF_KERAS)
def test_programs_of_keras(text: str) -> None:
    keras = pytest.importorskip("keras")
    text = f"import keras\nfrom keras import layers\n{text}"
    with keras.StatelessScope(initialize_variables=False):
        model = run(text)["m"]
    total, trained = (sum(prod(one.shape) for one in some) for some in (model.weights, model.trainable_weights))
    report = read(text)["m"]
    assert (report.exact, report.total, report.trainable) == (True, total, trained)


def test_what_a_class_inherits_is_not_missing() -> None:
    text = (
        "from torch import nn\nclass N(nn.Module): pass\n"
        "m = nn.Linear(1, 1) if hasattr(N, 'forward') else nn.Linear(2, 2)\n"
        "k = nn.Linear(1, 1) if hasattr(N, 'nothing') else nn.Linear(2, 2)\n"
    )
    reports = read(text)
    assert (reports["m"].exact, reports["k"].exact, reports["k"].total) == (False, True, 6)


OWN_MODEL = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.d, self.e = layers.Dense(4), layers.Dense(2)
    def call(self, x): return self.e(self.d(x))
m = Net()
m.build((None, 8))
"""
OF_KERAS_3, OF_TENSORFLOW = (
    "import keras\nfrom keras import layers",
    "from tensorflow import keras\nlayers = keras.layers",
)
SHORT = "import tensorflow as tf\nkeras = tf.keras\nlayers = keras.layers"


@pytest.mark.parametrize(
    ("head", "exact", "total"), [(OF_KERAS_3, False, 0), (OF_TENSORFLOW, True, 46), (SHORT, True, 46)]
)
def test_build_of_a_model_makes_weights_in_keras_2(head: str, exact: bool, total: int) -> None:
    report = read(head + OWN_MODEL)["m"]
    assert (report.exact, report.total) == (exact, total)
    assert any("build()" in one and "Keras 3" in one for one in report.warnings)
    assert read(f"{head}{OWN_MODEL}m(keras.Input((8,)))")["m"].total == 46
