"""Arrays of NumPy have the shapes that NumPy gives them, and so has what PyTorch and Keras make of them."""

from __future__ import annotations

import ast
import re
from math import prod
from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.names.keras.data import DATASETS
from paramcalc.formats.source.reader import read_all

HEAD = """
import numpy as np
a = np.zeros((4, 5, 6))
b = np.random.rand(3, 4)
c = np.array([[1, 2, 3], [4, 5, 6]])
d = np.arange(6)
e = np.array([1., 2., 3.])
"""
ARRAYS = """
a
b
c
d
e
a.T
a.reshape(20,6)
a.reshape((-1,6))
a.reshape(4,-1)
a.flatten()
a.ravel()
a.transpose(2,0,1)
a.transpose((1,0,2))
np.transpose(a)
np.transpose(a,(0,2,1))
a.astype("float32")
a.astype(np.float32)/255.
a+1
1-a
a*b.sum()
a@np.zeros((6,7))
a[0]
a[:,1]
a[...,0]
a[1:3,:,::2]
a[None]
a[:,np.newaxis]
a[-1,2:]
a.sum(axis=1)
a.mean(axis=(0,1))
a.max(0)
a.sum(1,keepdims=True)
np.sum(a,axis=0)
np.mean(a,axis=-1)
np.expand_dims(a,-1)
np.expand_dims(a,axis=0)
np.squeeze(a[:1])
np.concatenate([a,a])
np.concatenate((a,a),axis=1)
np.stack([a,a])
np.stack([a,a],axis=-1)
np.ones(3)
np.ones((2,3))
np.full((2,3),7)
np.eye(3)
np.eye(3,4)
np.identity(3)
np.zeros_like(a)
np.random.randn(2,3)
np.random.random((2,3))
np.random.normal(0,1,(2,3))
np.random.normal(size=(4,5))
np.random.uniform(-1,1,size=7)
np.random.randint(0,5,(3,))
np.random.randint(5,size=(3,2))
np.random.choice(5,3)
np.asarray(c)
np.array([a,a])
np.array(b)
np.array([1,2])
np.array([[1.,2.]])
np.exp(a)
np.sqrt(a)
np.maximum(a,0)
np.clip(a,0,1)
np.abs(a)
np.reshape(a,(2,60))
np.linspace(0,1,5)
np.linspace(0,1,5)*2
d*2
d[2:4]
d.reshape(2,3)
-a
a/2
a**2
a//2
a%2
a.copy()
a.squeeze()
a[:, :, 0]
np.where(a>0,a,0)
np.vstack([b,b])
np.hstack([b,b])
np.tile(b,(2,1))
np.repeat(b,2,axis=0)
np.argmax(b,axis=1)
np.dot(b,b.T)
np.meshgrid(d,d)[0]
np.prod(a.shape)*np.ones(2)
a.argmax(1)
np.log(a+1)
np.round(b,2)
a.T.shape and a.T
np.empty((2,2),dtype=np.int32)
np.zeros(5,int)
np.zeros(shape=(2,2))
np.array([[1,2],[3,4]], dtype=np.float32)
np.array([x for x in range(4)])
np.array(range(5))
np.array([[0]*3 for _ in range(4)])
np.array((1,2,3))
np.atleast_2d(e)
np.pad(b,1)
np.flip(a,0)
np.cumsum(d)
np.diff(d)
np.sort(b)
np.unique(d)
np.split(a,2)[0]
np.array_split(d,3)[0]
np.zeros((a.shape[0],len(b)))
np.zeros(a.size//10)
np.zeros(a.ndim)
np.ones((2,)+a.shape[1:])
np.float32(a)
np.outer(e,e)
np.zeros((3,))[:2]
np.array([1, 2, 3, 4])[1:]
np.ones((3, 4)) @ np.ones(4)
(np.ones((2, 3)) + np.ones(3))
np.ones((2, 1)) * np.ones((1, 5))
a.reshape(2, 2, 5, 6)[:, 0]
a.sum(axis=-1, keepdims=True)
np.zeros((2, 3)).T @ np.zeros((2, 4))
np.arange(0, 10, 3)
np.arange(7)[::-1]
np.array(((1, 2), (3, 4), (5, 6)))
np.stack([b, b, b], axis=1)
np.concatenate([b, b], axis=-1)
np.random.rand(3)[None, :, None]
"""
TENSORS = """
torch.from_numpy(a)
torch.tensor(a)
torch.Tensor(c)
torch.FloatTensor(b)
torch.as_tensor(b)
torch.from_numpy(b).float()
torch.from_numpy(a.astype(np.float32)).unsqueeze(0)
torch.tensor(c, dtype=torch.float32)
"""
KERAS = {
    "a chain that is called": """
m = keras.Sequential([layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3)])
m(x)
""",
    "a chain that is trained": """
m = keras.Sequential([layers.Dense(3), layers.Dense(2)])
m.compile(loss="mse")
m.fit(np.zeros((4, 5)), np.zeros((4, 2)), verbose=0)
""",
    "a chain that predicts": """
m = keras.Sequential([layers.LSTM(3)])
m.predict(np.random.rand(2, 4, 5), verbose=0)
""",
    "a class of models": """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.c, self.d = layers.Conv2D(4, 3), layers.Dense(2)
    def call(self, x): return self.d(keras.ops.mean(self.c(x), axis=(1, 2)))
m = Net()
m(x / 255.)
""",
    "the shape of data": """
m = keras.Sequential([keras.Input(shape=x.shape[1:]), layers.Flatten(), layers.Dense(x.shape[-1])])
""",
    "classes": """
y = keras.utils.to_categorical(np.zeros((5, 1)), 7)
m = keras.Sequential([keras.Input((3,)), layers.Dense(y.shape[1])])
""",
    "classes in a row": """
y = keras.utils.to_categorical(np.zeros(5), num_classes=7)
m = keras.Sequential([keras.Input(y.shape[1:]), layers.Dense(2)])
""",
    "padded texts": """
y = keras.utils.pad_sequences([[1, 2], [3]], maxlen=9)
m = keras.Sequential([keras.Input(y.shape[1:]), layers.Dense(len(y))])
""",
    "the first call alone": """
m = keras.Sequential([layers.Dense(3)])
m(np.zeros((1, 4)))
m(keras.random.normal((1, 4)))
""",
    "random numbers": """
m = keras.Sequential([layers.Dense(3)])
m(keras.random.normal((1, 6)))
""",
}


def read(text: str) -> Any:
    (report,) = [one.report() for one in read_all(Source("m.py", given=text)) if one.label == "m"]
    return report


def check(expression: str, head: str) -> None:
    names: dict[str, Any] = {}
    exec(compile(f"{head}y = {expression}\n", "m.py", "exec", dont_inherit=True), names)
    truth = [size + 1 for size in names["y"].shape]
    layers = "m = nn.ModuleList([nn.Linear(1, size + 1, bias=False) for size in y.shape])\n"
    report = read(f"import torch.nn as nn\n{head}y = {expression}\n{layers}")
    assert [row.params for row in report.rows] == truth if report.exact else report.total <= sum(truth)


@pytest.mark.parametrize("expression", ARRAYS.strip().splitlines())
def test_a_shape_is_that_of_numpy_or_unknown(expression: str) -> None:
    check(expression, HEAD)


def test_most_shapes_are_known() -> None:
    known = []
    for expression in ARRAYS.strip().splitlines():
        layers = "m = nn.ModuleList([nn.Linear(1, size + 1, bias=False) for size in y.shape])\n"
        known.append(read(f"import torch.nn as nn\n{HEAD}y = {expression}\n{layers}").exact)
    assert sum(known) > 0.8 * len(known)


@pytest.mark.torch
@pytest.mark.parametrize("expression", TENSORS.strip().splitlines())
def test_tensors_have_the_shapes_of_their_arrays(expression: str) -> None:
    pytest.importorskip("torch")
    check(expression, f"import torch\n{HEAD}")


@pytest.mark.filterwarnings("ignore")  # Keras's own, of layers that are built late
@pytest.mark.parametrize("program", KERAS.values(), ids=KERAS)
def test_models_are_built_on_data(program: str) -> None:
    pytest.importorskip("keras")
    text = f"import keras\nimport numpy as np\nfrom keras import layers\nx = np.zeros((2, 8, 8, 3))\n{program}\n"
    names: dict[str, Any] = {}
    exec(compile(text, "m.py", "exec", dont_inherit=True), names)
    report = next(one.report() for one in read_all(Source("m.py", given=text)) if one.label == "m")
    assert (report.exact, report.total) == (True, sum(prod(one.shape) for one in names["m"].weights))


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100"])
def test_datasets_have_the_shapes_of_their_documentation(name: str) -> None:
    keras = pytest.importorskip("keras")
    told = getattr(keras.datasets, name).load_data.__doc__
    shapes = dict(re.findall(r"assert (\w+)\.shape == (\(.*\))", told))
    features, labels, train, test = DATASETS[name]
    found = {"x_train": (train, *features), "y_train": (train, *labels), "x_test": (test, *features)}
    found["y_test"] = (test, *labels)
    assert {key: ast.literal_eval(shape) for key, shape in shapes.items()} == found


def test_a_tutorial_on_a_dataset() -> None:
    text = """
import keras
from keras import layers
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train.reshape(60000, 784).astype("float32") / 255
y_train = keras.utils.to_categorical(y_train, 10)
m = keras.Sequential([keras.Input(x_train.shape[1:]), layers.Dense(512), layers.Dense(y_train.shape[1])])
"""
    report = read(text)
    assert (report.exact, report.total) == (True, 785 * 512 + 513 * 10)
