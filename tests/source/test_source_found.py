"""Which models of a program are listed: those of functions, those that differ, and no dictionaries."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest

import paramcalc as pc
from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

HEAD = "import copy, os, torch\nfrom torch import nn\n"
LISTED: dict[str, tuple[str, dict[str, tuple[bool, int]]]] = {  # by name: whether it is exact, and the number
    "blocks that are told in texts": (
        "import collections, re\nArgs = collections.namedtuple('Args', ['kernel', 'stride', 'filters', 'skip'])\n"
        "Args.__new__.__defaults__ = (None,) * len(Args._fields)\ndef decode(text):\n    found = {}\n"
        "    for one in text.split('_'):\n        parts = re.split(r'(\\d.*)', one)\n"
        "        if len(parts) >= 2: found[parts[0]] = parts[1]\n"
        "    return Args(int(found['k']), [int(found['s'][0])], int(found['o']))\n"
        "m = nn.Sequential(*[nn.Conv2d(2, one.filters, one.kernel, stride=one.stride, bias=False)"
        " for one in map(decode, ['k3_s22_o4', 'k1_s11_o5']) if one.skip is None])",
        {"m": (True, 82)},
    ),
    "another model of a function, perhaps": (
        "def main():\n    net = nn.Linear(3, 4)\n    if os.path.exists('x'):\n        net = nn.Linear(3, 5)\nmain()",
        {"net#1": (True, 16), "net": (False, 0)},
    ),
    "one model or another": (
        "def main():\n    if os.path.exists('x'): net = nn.Linear(3, 5)\n    else: net = nn.Linear(3, 4)\nmain()",
        {"net": (False, 0)},
    ),
    "a model of a file or another one": (
        "def main():\n    try: net = torch.load('x')\n    except FileNotFoundError: net = nn.Linear(3, 4)\nmain()",
        {"net": (False, 0)},
    ),
    "names of loops, and numbers": (
        "net = nn.Sequential(nn.Linear(3, 4))\nfor name, one in torch.load('x').items():\n    one.data = net\n"
        "count = sum(one.numel() for one in net.parameters())",
        {"net": (False, 0)},
    ),
    "an expression in a text": (
        "def make(kind, n):\n    return eval(kind)(n, eval('n + 1'))\nnet = make('nn.Linear', 3)",
        {"net": (True, 16)},
    ),
    "the same model in any case": (
        "def main():\n    net = nn.Linear(3, 4)\n    if os.path.exists('x'):\n        net = net.to('cuda')\nmain()",
        {"net": (True, 16)},
    ),
    "layers of an object": (
        "class Agent:\n    def __init__(self):\n        self.a = nn.Linear(3, 4)\n"
        "        self.b = copy.deepcopy(self.a)\na = Agent()",
        {"linear#1": (True, 16), "linear": (True, 16)},
    ),
    "a dictionary of tensors": (
        "m = nn.Linear(3, 4)\nw = torch.load('x')\nd = {k: v for k, v in w.items() if k in m.state_dict()}",
        {"m": (True, 16)},
    ),
    "what may be a model": ("m = nn.Linear(3, 4)\nw = torch.load('x')", {"m": (True, 16), "w": (False, 0)}),
    "a model by its name": (
        "import torchvision.models as models\nm = models.__dict__['alexnet'](num_classes=10)",
        {"m": (True, 57_044_810)},
    ),
    "in parallel": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(3, 4)\n"
        "    def forward(self, x): return nn.parallel.data_parallel(self.a, x, range(2))\n"
        "m = Net()\ny = m(torch.zeros(2, 3))\nd = nn.parallel.DistributedDataParallel(Net())",
        {"m": (True, 16), "d": (True, 16)},
    ),
    "a loop over settings of an optimizer": (
        "m = nn.Linear(3, 4)\no = torch.optim.SGD(m.parameters(), lr=1)\nfor g in o.param_groups: g['lr'] *= 0.1",
        {"m": (True, 16)},
    ),
    "a map over tensors": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.h, self.a = 4, nn.Linear(3, 12)\n"
        "    def forward(self, x): return [*map(lambda t: t.reshape(self.h, -1), self.a(x).unknown(3))]\n"
        "m = Net()\nm(torch.zeros(2, 3))",
        {"m": (True, 48)},
    ),
    "a map that changes what it meets": (
        "m = nn.Sequential(nn.Linear(3, 4))\n"
        "for _ in map(lambda t: m.append(nn.Linear(2, 2)), torch.load('x').values()): pass",
        {"m": (False, 0)},
    ),
    "a set of data": (
        "class Data(torch.utils.data.Dataset):\n    def __init__(self): self.classes = ['a', 'b']\n"
        "m = nn.Linear(3, len(Data().classes))\nloader = torch.utils.data.DataLoader(Data())\n"
        "for x, y in loader: m(x)",
        {"m": (True, 8)},
    ),
}
KERAS = {
    "weights in a layer that is no matrix": (
        "act = keras.Sequential([keras.Input((4,)), layers.PReLU()])\n"
        "m = keras.Sequential([keras.Input((4,)), act, layers.Dense(2)])",
        {"act": (True, 4), "m": (True, 14)},
    ),
    "a model that trains others": (
        "class Gan(keras.Model):\n    def __init__(self, g):\n        super().__init__()\n        self.g = g\n"
        "    def train_step(self, x): return {'loss': 0.0}\n"
        "m = Gan(keras.Sequential([keras.Input((4,)), layers.Dense(2)]))",
        {"m": (True, 10)},
    ),
    "a model of models that are built": (
        "class Cycle(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = keras.Sequential([keras.Input((4,)), layers.Dense(4)])\n"
        "    def call(self, x): return self.a(x)\n"
        "m = Cycle()\nm.build((None, 4))",
        {"m": (True, 20)},
    ),
    "a size of data": (
        "x = load()\nm = keras.Sequential([layers.Dense(4, input_shape=(x.shape[1],))])",
        {"m": (True, 0)},
    ),
    "states are set back": (
        "m = keras.Sequential([keras.Input((5, 3), batch_size=1), layers.LSTM(2, stateful=True), layers.Dense(1)])\n"
        "for one in m.layers:\n    if hasattr(one, 'reset_states'): one.reset_states()",
        {"m": (True, 51)},
    ),
    "an empty list was there before": (
        "class Unit(layers.Layer):\n    def __init__(self, s):\n        super().__init__()\n        self.skip = []\n"
        "        if s: self.skip = [layers.Dense(2)]\n    def call(self, x):\n"
        "        for one in self.skip: x = one(x)\n        return x\n"
        "m = keras.Sequential([keras.Input((4,)), Unit(0), Unit(1)])",
        {"m": (True, 10)},
    ),
    "what is read from a file": ("m = keras.models.load_model('x.keras')", {"m": (False, 0)}),
}


def reports(text: str) -> dict[str, Any]:
    return {one.label: one.report() for one in read_all(Source("m.py", given=text))}


def check(text: str, wanted: dict[str, tuple[bool, int]]) -> None:
    found = reports(text)
    numbers = {name: (one.exact, one.total if isinstance(one.total, int) else 0) for name, one in found.items()}
    assert numbers == wanted


@pytest.mark.parametrize("name", LISTED)
def test_models_of_pytorch_are_listed(name: str) -> None:
    if "torchvision" in LISTED[name][0]:
        pytest.skip("torchvision is not installed") if find_spec("torchvision") is None else None
    check(HEAD + LISTED[name][0], LISTED[name][1])


@pytest.mark.parametrize("name", KERAS)
def test_models_of_keras_are_listed(name: str) -> None:
    text = f"import keras\nfrom keras import layers\n{KERAS[name][0]}\n"
    check(text, KERAS[name][1])


RAISING = """
from torch import nn
class Never(nn.Module):
    def __init__(self, a):
        super().__init__()
        raise ValueError("odd")
"""
GOOD = """
class Good(nn.Module):
    def __init__(self, a):
        super().__init__()
        self.l = nn.Linear(a, 2)
"""


def test_a_class_that_raises_is_unknown_beside_others() -> None:
    never, good = read_all(Source("m.py", given=RAISING + GOOD))
    assert (never.report().exact, never.report().total) == (False, 0)
    assert "Never raises ValueError: odd (m.py:6)" in str(never.report().warnings)
    assert (good.report().exact, str(good.report().total)) == (True, "2a + 2")


@pytest.mark.parametrize("program", [RAISING, f"{RAISING}class Again(Never): pass\n"])
def test_an_error_where_every_class_raises(program: str) -> None:
    with pytest.raises(pc.ParamcalcError, match=r"(Never|Again) raises ValueError: odd \(m\.py:6\)"):
        read_all(Source("m.py", given=program))


NAMES = {"_size": "size", "__size__": "size", "größe": "gr__e", "_": "n", "max": "n_max", "None_": "None_", "_2": "n_2"}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_a_program_can_be_a_size(name: str) -> None:
    text = f"import lib\nfrom torch import nn\n{name} = lib.get()\nm = nn.Linear({name}, 1)\n"
    (model,) = read_all(Source("m.py", given=text))
    assert str(model.report().total) == f"{NAMES[name]} + 1"


DERIVED = {
    "Norm(nn.LayerNorm)": "2normalized_shape",
    "Dense(nn.Linear)": "out_features·in_features + out_features",
    "Conv(nn.Conv2d)": "out_channels·in_channels·kernel_size² + out_channels",
    "Again(Base)": "num_embeddings·embedding_dim",
    "Plain(nn.ReLU)": "0",
}


@pytest.mark.parametrize("name", DERIVED)
def test_a_class_without_a_constructor_takes_the_arguments_of_its_layer(name: str) -> None:
    text = f"from torch import nn\nclass Base(nn.Embedding): pass\nclass {name}:\n    def forward(self, x): return x\n"
    found = {one.label: one.report() for one in read_all(Source("m.py", given=text))}
    report = found[name.partition("(")[0]]
    assert (report.exact, str(report.total)) == (True, DERIVED[name])
