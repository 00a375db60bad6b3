"""Every attribute that a value of Python or of a library has is known to be there or not, as in Python, or is unknown."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import interpret

OF_PYTHON = {
    "dict-derived": "class D(dict): pass\nv = D(a=1)",
    "dict": "v = dict(a=1)",
    "list": "v = [1, 2]",
    "tuple": "v = (1, 2)",
    "set": "v = {1, 2}",
    "frozenset": "v = frozenset([1])",
    "str": "v = 'abc'",
    "bytes": "v = b'abc'",
    "int": "v = 3",
    "float": "v = 2.5",
    "bool": "v = True",
    "none": "v = None",
    "range": "v = range(3)",
    "complex": "v = 1j",
    "slice": "v = slice(1, 2)",
    "list-derived": "class L(list): pass\nv = L([1])",
    "str-derived": "class S(str): pass\nv = S('a')",
    "int-derived": "class S(int): pass\nv = S(3)",
    "tuple-derived": "class S(tuple): pass\nv = S((1,))",
    "namedtuple": "from collections import namedtuple\nT = namedtuple('T', 'a b')\nv = T(1, 2)",
    "namedtuple class": "from collections import namedtuple\nT = namedtuple('T', 'a b')\nv = T",
    "NamedTuple": "from typing import NamedTuple\nclass T(NamedTuple):\n    a: int = 1\nv = T()",
    "enum": "import enum\nclass E(enum.Enum):\n    a = 1\nv = E.a",
    "enum class": "import enum\nclass E(enum.Enum):\n    a = 1\nv = E",
    "intenum": "import enum\nclass E(enum.IntEnum):\n    a = 1\nv = E.a",
    "flag": "import enum\nclass E(enum.Flag):\n    a = 1\nv = E.a",
    "strenum": "import enum\nclass E(str, enum.Enum):\n    a = 'x'\nv = E.a",
    "plain object": "class A:\n    x = 1\nv = A()",
    "class": "class A:\n    x = 1\nv = A",
    "slots": "class A:\n    __slots__ = ('a',)\n    def __init__(self): self.a = 1\nv = A()",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\nv = A()",
    "dataclass class": "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\nv = A",
    "frozen": "from dataclasses import dataclass\n@dataclass(frozen=True, order=True)\nclass A:\n    x: int = 1\nv = A()",
    "function": "def v(a, b=2): return a",
    "lambda": "v = lambda x: x",
    "method": "class A:\n    def f(self): pass\nv = A().f",
    "class function": "class A:\n    def f(self): pass\nv = A.f",
    "partial": "from functools import partial\nv = partial(int, base=2)",
    "builtin": "v = len",
    "builtin type": "v = int",
    "dict type": "v = dict",
    "object": "v = object()",
    "object type": "v = object",
    "generator": "v = (x for x in [1])",
    "generator function": "def g():\n    yield 1\nv = g()",
    "iterator": "v = iter([1])",
    "zip": "v = zip([1],[2])",
    "map": "v = map(int, ['1'])",
    "enumerate": "v = enumerate([1])",
    "reversed": "v = reversed([1])",
    "filter": "v = filter(None, [1])",
    "keys": "v = {1: 2}.keys()",
    "items": "v = {1: 2}.items()",
    "values": "v = {1: 2}.values()",
    "deque": "from collections import deque\nv = deque([1])",
    "ordered": "from collections import OrderedDict\nv = OrderedDict(a=1)",
    "defaultdict": "from collections import defaultdict\nv = defaultdict(list)",
    "counter": "from collections import Counter\nv = Counter('aab')",
    "ordered-derived": "from collections import OrderedDict\nclass D(OrderedDict): pass\nv = D(a=1)",
    "exception": "v = ValueError('x', 2)",
    "own exception": "class E(Exception): pass\nv = E(3)",
    "exception class": "v = ValueError",
    "key error": "try: {}['a']\nexcept KeyError as e: v = e",
    "own exception class": "class E(Exception): pass\nv = E",
    "namespace": "from types import SimpleNamespace\nv = SimpleNamespace(a=1)",
    "args": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--a', default=1)\nv = p.parse_args([])",
    "parser": "import argparse\nv = argparse.ArgumentParser()",
    "module": "import math as v",
    "os": "import os as v",
    "property": "class A:\n    @property\n    def p(self): return 1\nv = A.p",
    "property value": "class A:\n    @property\n    def p(self): return 1\nv = A().p",
    "path": "from pathlib import Path\nv = Path('a/b.py')",
    "fraction": "from fractions import Fraction\nv = Fraction(1, 2)",
    "chain": "from itertools import chain\nv = chain([1], [2])",
    "count": "from itertools import count\nv = count()",
    "lru": "from functools import lru_cache\n@lru_cache(None)\ndef v(a): return a",
    "lru2": "from functools import lru_cache\n@lru_cache\ndef v(a): return a",
    "super": "class A:\n    def f(self): return super()\nv = A().f()",
    "abc": "from abc import ABC, abstractmethod\nclass A(ABC):\n    @abstractmethod\n    def f(self): pass\nclass B(A):\n    def f(self): return 1\nv = B()",
    "static": "class A:\n    @staticmethod\n    def f(): pass\nv = A.f",
    "class method": "class A:\n    @classmethod\n    def f(cls): pass\nv = A.f",
    "regex": "import re\nv = re.compile('a')",
    "match": "import re\nv = re.match('a', 'ab')",
    "generic": "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass A(Generic[T]): pass\nv = A()",
    "protocol": "from typing import Protocol\nclass P(Protocol):\n    def f(self): ...\nclass A(P):\n    def f(self): return 1\nv = A()",
    "type": "v = type('X', (), {'a': 1})",
    "type instance": "v = type('X', (), {'a': 1})()",
    "typeddict": "from typing import TypedDict\nclass T(TypedDict):\n    a: int\nv = T(a=1)",
    "cached": "from functools import cached_property\nclass A:\n    @cached_property\n    def p(self): return 1\nv = A()",
    "context": "from contextlib import contextmanager\n@contextmanager\ndef f():\n    yield 1\nv = f()",
    "coroutine": "async def f(): return 1\nv = f",
    "logger": "import logging\nv = logging.getLogger('a')",
    "random": "import random\nv = random.Random(0)",
}
LIBRARY = """
class Meta(type):
    def __getattr__(cls, name):
        if name.startswith("_"): raise AttributeError(name)
        return 3
class Base:
    y = z = 5
    def w(self): return 1
class Told(metaclass=Meta): pass
"""
OF_UNKNOWN = {  # the library is not known when these are read
    "base": "class C(elsewhere.Base): x = 1\nv = C",
    "base behind a base": "class B(elsewhere.Base): y = 1\nclass C(B): x = 1\nv = C",
    "base ahead of another": "class A: z = 4\nclass C(elsewhere.Base, A): x = 1\nv = C",
    "base behind another": "class A: z = 4\nclass C(A, elsewhere.Base): x = 1\nv = C",
    "annotated alone": "class C(elsewhere.Base):\n    y: int\n    x: int = 1\nv = C",
    "base with a metaclass": "class C(elsewhere.Told): x = 1\nv = C",
    "metaclass": "class C(metaclass=elsewhere.Meta): x = 1\nv = C",
    "object": "class A: z = 4\nclass C(elsewhere.Base, A): x = 1\nv = C()",
}
OF_NUMPY = {
    "ndarray": "import numpy as np\nv = np.zeros((2, 3))",
    "np int": "import numpy as np\nv = np.int64(3)",
    "np shape": "import numpy as np\nv = np.zeros((2, 3)).shape",
    "np dtype": "import numpy as np\nv = np.dtype('float32')",
}
OF_TORCH = {
    "torch tensor": "import torch\nv = torch.zeros(2, 3)",
    "torch size": "import torch\nv = torch.zeros(2, 3).shape",
    "linear": "import torch\nv = torch.nn.Linear(2, 3)",
    "sequential": "import torch\nv = torch.nn.Sequential(torch.nn.Linear(1, 1))",
    "modulelist": "import torch\nv = torch.nn.ModuleList([torch.nn.Linear(1, 1)])",
    "moduledict": "import torch\nv = torch.nn.ModuleDict({'a': torch.nn.Linear(1, 1)})",
    "parameter": "import torch\nv = torch.nn.Parameter(torch.zeros(2))",
    "parameterlist": "import torch\nv = torch.nn.ParameterList([torch.zeros(2)])",
    "lstm": "import torch\nv = torch.nn.LSTM(1, 2)",
    "optimizer": "import torch\nv = torch.optim.SGD(torch.nn.Linear(1, 1).parameters(), 0.1)",
    "dtype": "import torch\nv = torch.float32",
    "device": "import torch\nv = torch.device('cpu')",
    "nn": "from torch import nn as v",
    "functional": "import torch.nn.functional as v",
    "torch": "import torch as v",
    "linear class": "import torch\nv = torch.nn.Linear",
    "module class": "import torch\nclass M(torch.nn.Module):\n    pass\nv = M",
    "state dict": "import torch\nv = torch.nn.Linear(1, 1).state_dict()",
    "parameters": "import torch\nv = torch.nn.Linear(1, 1).parameters()",
    "own module": "import torch\nclass M(torch.nn.Module):\n    pass\nv = M()",
}
OF_KERAS = {
    "dense": "import keras\nv = keras.layers.Dense(3)",
    "ksequential": "import keras\nv = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])",
    "kfunctional": "import keras\ni = keras.Input((3,))\nv = keras.Model(i, keras.layers.Dense(3)(i))",
    "kmodel": "import keras\nclass M(keras.Model):\n    pass\nv = M()",
    "klayer": "import keras\nclass M(keras.layers.Layer):\n    pass\nv = M()",
    "ktensor": "import keras\nv = keras.Input((3,))",
    "keras": "import keras as v",
    "klayers": "from keras import layers as v",
    "kops": "from keras import ops as v",
    "dense class": "import keras\nv = keras.layers.Dense",
    "kvariable": "import keras\nd = keras.layers.Dense(3)\nd.build((None, 2))\nv = d.kernel",
    "knext": "import keras\nv = keras.layers.LSTM(2)",
    "kopt": "import keras\nv = keras.optimizers.Adam()",
    "kwrap": "import keras\nv = keras.layers.Bidirectional(keras.layers.LSTM(2))",
    "klambda": "import keras\nv = keras.layers.Lambda(lambda x: x)",
    "kloss": "import keras\nv = keras.losses.MeanSquaredError()",
    "kinit": "import keras\nv = keras.initializers.Zeros()",
    "kbn": "import keras\nv = keras.layers.BatchNormalization()",
    "kcell": "import keras\nv = keras.layers.LSTMCell(3)",
}

OTHERS = (
    "zzz", "__zzz__", "append", "get", "items", "shape", "size", "forward", "units", "add", "_make", "weight", "kernel",
    "__dict__", "__name__", "__class__", "__len__", "__doc__", "__slots__", "__wrapped__", "name", "value",
)  # fmt: skip
OF_VERSIONS = ("_abc_", "__annotations__", "__signature__", "__weakref__")
THERE, MISSING, RAISES = 1, 2, 3
MOST = 150  # names that one program asks for


def outcome(value: Any, name: str) -> int:
    try:
        getattr(value, name)
    except AttributeError:
        return MISSING
    except Exception:
        return RAISES
    return THERE


def asked(program: str, names: list[str]) -> dict[str, int]:
    """Ask a program for attributes in turn; what is unknown is left out."""
    text = "".join(
        f"try:\n    v.{name}\n    r{at} = {THERE}\nexcept AttributeError:\n    r{at} = {MISSING}\n"
        f"except Exception:\n    r{at} = {RAISES}\n"
        for at, name in enumerate(names)
    )
    run, _ = interpret(Source("m.py", given=f"{program}\n{text}"))
    found = {name: run.globals.named.get(f"r{at}") for at, name in enumerate(names)}
    return {name: told for name, told in found.items() if isinstance(told, int)}


def check(program: str) -> None:
    values: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(program, "m.py", "exec", dont_inherit=True), values)
    value = values["v"]
    names = [name for name in dict.fromkeys((*dir(value), *OTHERS)) if name.isidentifier()]
    names = [name for name in names if not name.startswith(OF_VERSIONS)]
    truth = {name: outcome(value, name) for name in names}
    told: dict[str, int] = {}
    for at in range(0, len(names), MOST):
        told |= asked(program, names[at : at + MOST])
    assert {name: truth[name] for name, found in told.items() if found != truth[name]} == {}


@pytest.mark.parametrize("kind", OF_PYTHON)
def test_attributes_of_values_of_python(kind: str) -> None:
    check(OF_PYTHON[kind])


@pytest.mark.parametrize("kind", OF_UNKNOWN)
def test_attributes_of_classes_with_bases_that_are_not_known(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("elsewhere")
    exec(LIBRARY, library.__dict__)
    monkeypatch.setitem(sys.modules, "elsewhere", library)
    check(f"import elsewhere\n{OF_UNKNOWN[kind]}")


@pytest.mark.parametrize("kind", OF_NUMPY)
def test_attributes_of_values_of_numpy(kind: str) -> None:
    pytest.importorskip("numpy")
    check(OF_NUMPY[kind])


@pytest.mark.torch
@pytest.mark.parametrize("kind", OF_TORCH)
def test_attributes_of_values_of_pytorch(kind: str) -> None:
    pytest.importorskip("torch")
    check(OF_TORCH[kind])


@pytest.mark.slow
@pytest.mark.parametrize("kind", OF_KERAS)
def test_attributes_of_values_of_keras(kind: str) -> None:
    pytest.importorskip("keras")
    check(OF_KERAS[kind])
