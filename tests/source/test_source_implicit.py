"""What a program runs without naming it: special methods, properties, what raises. No number is exact and wrong.

Every program is run by PyTorch under every outcome of its unknown conditions.
"""

# ruff: noqa: E501  # a line has the operations that one special method stands behind
from __future__ import annotations

from collections.abc import Iterator

import pytest
from tiers import quick

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

torch = pytest.importorskip("torch", reason="programs are run by PyTorch")
pytestmark = pytest.mark.torch

from test_source_kinds import wrong  # noqa: E402  # it imports PyTorch

HEAD = """
import copy
import math
from collections import defaultdict, deque
import torch
from torch import nn
import outside
n = 2
u = outside.flip()
k = "ab"[outside.flip()]
"""
# each operation raises in some run, or in all of them
RAISING = """
x = chr(-i)
x = bytearray(i - 1)
x = "%c" % (1114111 + i)
x = deque([1], -i)
x = deque([1], maxlen=-1)
x = len(None)
x = None[0]
x = -(None)
x = abs("a")
x = ord("ab")
x = hash([])
x = {[]: 1}
x = {[]}
x = set([[]])
x = sorted([1, "a"])
x = "x".join([1])
x = isinstance(1, None)
x = math.floor(math.inf)
x = vars(1)
x = nn.Linear(1, 1).load_state_dict({})
x = nn.Linear(1, 1).to("nosuch")
x = [1, 2][i * 3]
x = {0: 1}[i]
x = (1,)[i]
x = "a"[i]
x = nn.ModuleList([nn.ReLU()])[i]
x = nn.Sequential(nn.ReLU()).get_submodule(str(i))
x = getattr(m0, str(i))
x = [1].index(i)
x = [1, 2]; x.remove(i)
x = [1]; del x[i]
x = [1]; x[i] = 2
x = {0: 1}; del x[i]
x = int("a" * i)
x = int(None)
x = float("x")
x = 1 / (1 - i)
x = 1 // (1 - i)
x = 1 % (1 - i)
x = 2 ** (i * -1) << -1 * i
x = next(iter([1] * i))
x = min([1] * i)
x = max([])
x = range(0, 1, i)
x = [1] + i
x = "a" + i
x = 1 < "a"
x = (1, 2) < (1, "a")
x = sum(["a"])
x = list(5)
x = dict([1])
x = dict(5)
x = zip(5)
x = iter(5)
x = "{}".format()
x = "{a}".format()
x = "%d" % "a"
x = f"{1:q}"
x = format("a", "d")
x = "a".encode("nosuch")
x = b"\\xff".decode()
x = int("5", 99)
x = round("a")
x = divmod(1, 0)
x = pow(0, -1)
x = math.sqrt(-1)
x = math.log(0)
x = math.factorial(-1)
x = [1, 2].index(5)
x = (1, 2).index(5)
x = "abc".index("z")
x = [].pop()
x = {}.pop("a")
x = {}.popitem()
x = set().pop()
x = set().remove(1)
x, y = [1]
x, y = 5
x, *y = []
x = [1, 2][1:2:0]
x = nn.Linear("a", 1)
x = nn.Linear(-1, 1)
x = nn.Conv2d(3, 4, 3, groups=2)
x = torch.zeros(-1)
x = torch.zeros(2)[5]
x = torch.zeros(2, 3) @ torch.zeros(2, 3)
x = torch.zeros(2).view(3)
x = torch.cat([])
x = nn.Linear(2, 3)(torch.zeros(1, 5))
x = nn.Embedding(3, 2, padding_idx=5)
x = nn.MultiheadAttention(5, 2)
x = nn.Module().nothing
x = nn.Module()(1)
x = object().a
x = (lambda: 1)(2)
x = super().a
x = nosuch
import nosuch
from math import nosuch
x = type("A", (), {})(1)
x = complex("a")
x = bytes(-1)
x = "a" * (10 ** 30)
x = slice()
x = map(1)
x = list(map(None, [1]))
x = [*5]
x = {**5}
x = dict(**{1: 2})
x = all(5)
x = any(None)
x = enumerate(5)
x = reversed(5)
x = callable()
x = isinstance(1)
x = getattr(1, 2)
x = setattr(1, "a", 2)
x = open("/no/such/file")
x = sorted([nn.ReLU(), nn.ReLU()])
x = max(nn.ReLU(), nn.ReLU())
x = nn.ReLU() + 1
x = not nn.ModuleList()[0]
x = nn.ModuleDict({"a": nn.ReLU()})["b"]
x = nn.ParameterList([])[0]
x = nn.Sequential(nn.ReLU())[1]
x = nn.Sequential(1)
x = nn.ModuleList([1])
x = nn.Parameter("a")
x = nn.init.xavier_uniform_(torch.zeros(2))
x = nn.Linear(1, 1).get_parameter("no")
x = nn.Linear(1, 1).register_buffer("weight", None)
x = nn.Linear(1, 1).add_module("a.b", nn.ReLU())
x = torch.device("nosuch")
x = torch.tensor(["a"])
x = torch.load("/no/such")
raise ValueError from 5
assert i
assert i == 5, "no"
x = [].append()
x = "a".split("")
x = "a".zfill("b")
x = "a".center(None)
x = [3, None].sort()
x = {1: 2}.get([])
x = {1: 2}.setdefault([], 1)
x = [] in {1: 2}
x = 1 in 5
x = 5 in "abc"
x = frozenset([[]])
x = {1, 2} | [3]
x = {1} < 5
x = ~1.5
x = +"a"
x = (1).foo
x = [1].foo
x = iter([]).__next__()
"""
# the operations that run a special method, or may
SPECIAL = {
    "__eq__": "d == 1 ;; 1 == d ;; u == d ;; d in [1] ;; 1 in [d] ;; u in [d] ;; d in [u] ;; [d].count(1) ;; [1].count(d) ;; [d].index(1) ;; (d, 1) == (1, 1) ;; [d] == [1] ;; {0: d} == {0: 1} ;; d != 1 ;; [d, 1].remove(1) ;; (d,).count(u) ;; u == [d] ;; max([d, d], key=lambda o: 1) ;; d in {1: 2} ;; {1}.add(d) ;; not d == 2",
    "__ne__": "d != 1 ;; 1 != d ;; u != d",
    "__lt__": "d < 1 ;; 1 > d ;; u > d ;; sorted([d, d]) ;; min(d, d) ;; max([d, d]) ;; [d, d].sort() ;; sorted([1, d]) ;; (d, 1) < (d, 2) ;; (d,) < (1,) ;; [d] < [1] ;; u < d",
    "__gt__": "d > 1 ;; 1 < d ;; max(1, d) ;; u < d",
    "__add__": "d + 1 ;; u + d ;; 1 + d ;; sum([d]) ;; sum([d, 1], d) ;; d += 1",
    "__radd__": "1 + d ;; u + d ;; sum([d]) ;; 'a' + d",
    "__rmul__": "2 * d ;; u * d ;; [1] * d ;; math.pi * d",
    "__lshift__": "d << 1 ;; u << d",
    "__neg__": "-d",
    "__abs__": "abs(d)",
    "__round__": "round(d)",
    "__invert__": "~d",
    "__bool__": "bool(d) ;; not d ;; d and 1 ;; [1 for _ in [0] if d] ;; any([d]) ;; all([d]) ;; u and d ;; 1 if d else 2 ;; list(filter(None, [d]))",
    "__len__": "len(d) ;; bool(d) ;; not d",
    "__iter__": "list(d) ;; [*d] ;; 1 in d ;; for _ in d: pass ;; tuple(d) ;; a, = d ;; dict(d) ;; sum(d) ;; max(d) ;; ''.join(d) ;; u in d ;; zip(d, [1]) ;; list(zip(d, [1])) ;; enumerate(d) ;; set(d) ;; sorted(d)",
    "__getitem__": "d[0] ;; d[u] ;; d['a'] ;; for _ in d: break ;; '%(a)s' % d",
    "__contains__": "1 in d ;; u in d",
    "__setitem__": "d[0] = 1 ;; d[u] = 1",
    "__delitem__": "del d[0] ;; del d[u]",
    "__str__": "str(d) ;; f'{d}' ;; print(d) ;; '%s' % d ;; '{}'.format(d) ;; print([d]) ;; f'{u}{d}' ;; format(d) ;; ' '.join(map(str, [d])) ;; repr(d)",
    "__repr__": "str(d) ;; repr(d) ;; f'{d!r}' ;; print(d) ;; print([d]) ;; str([d]) ;; '%r' % d ;; f'{[d]}' ;; '%s' % (d,)",
    "__format__": "f'{d}' ;; format(d, 'x') ;; '{}'.format(d) ;; '{:x}'.format(d)",
    "__hash__": "hash(d) ;; {d: 1} ;; {d} ;; d in {1} ;; {1: 2}.get(d) ;; set([d])",
    "__int__": "int(d) ;; '%d' % d ;; range(d)",
    "__index__": "[1, 2][d] ;; range(d) ;; 'a' * d ;; hex(d) ;; [1][d:] ;; int(d) ;; nn.Linear(d, 1)",
    "__float__": "float(d) ;; math.sqrt(d)",
    "__getattr__": "d.a ;; getattr(d, 'a') ;; getattr(d, k) ;; hasattr(d, 'a') ;; hasattr(d, k) ;; getattr(d, k, 0) ;; d.a.b",
    "__setattr__": "d.a = 1 ;; setattr(d, 'a', 1) ;; setattr(d, k, 1)",
    "__delattr__": "del d.a ;; delattr(d, 'a')",
    "__call__": "d() ;; list(map(d, [1])) ;; callable(d) ;; sorted([1, 2], key=d) ;; max([1, 2], key=d) ;; list(filter(d, [1]))",
    "__enter__": "with d: pass",
    "__del__": "del d ;; d = 1",
    "__copy__": "import copy; copy.copy(d)",
    "__deepcopy__": "import copy; copy.deepcopy(d)",
    "__missing__": "1",
    "__reversed__": "reversed(d)",
    "__next__": "next(d)",
    "__divmod__": "divmod(d, 2)",
    "__iadd__": "d += 1",
    "__matmul__": "d @ 1",
    "__getattribute__": "d.a",
    "__dir__": "dir(d)",
    "__sizeof__": "1",
    "__instancecheck__": "1",
    "__class_getitem__": "D[1]",
    "__init_subclass__": "type('E', (D,), {})",
    "__set_name__": "type('E', (), {'x': d})",
    "__get__": "type('E', (), {'x': d})().x",
    "__pow__": "d ** 2 ;; pow(d, 2)",
    "__trunc__": "math.trunc(d)",
    "__floor__": "math.floor(d)",
    "__bytes__": "bytes(d)",
    "__complex__": "complex(d)",
}
RESULTS = ("return True", "return 'a'", "return 1", "raise ValueError")
OTHERS = {
    "prop": "class D:\n    @property\n    def a(self):\n        global n\n        n = 5\n        return 1\n    b = 2\nd = D()\nx = getattr(d, k)\n",
    "prop hasattr": "class D:\n    @property\n    def a(self):\n        global n\n        n = 5\n        return 1\nd = D()\nx = hasattr(d, k)\n",
    "prop set": "class D:\n    @property\n    def a(self): return 1\n    @a.setter\n    def a(self, v):\n        global n\n        n = 5\nd = D()\nsetattr(d, k, 2)\n",
    "default": "def f():\n    global n\n    n = 5\n    return 1\nd = defaultdict(f, a=1)\nx = d[k]\n",
    "defaults": "def f(a=2): return a\nf.__defaults__ = (5,)\nn = f()\n",
    "code": "def f(): return 2\ndef g(): return 5\nf.__code__ = g.__code__\nn = f()\n",
    "bases": "class A: x = 2\nclass B: x = 5\nclass C(A): pass\nC.__bases__ = (B,)\nn = C.x\n",
    "class": "class A: x = 2\nclass B: x = 5\na = A()\na.__class__ = B\nn = a.x\n",
    "dict": "class A: x = 2\na = A()\na.__dict__['x'] = 5\nn = a.x\n",
    "vars": "class A: x = 2\na = A()\nvars(a)['x'] = 5\nn = a.x\n",
    "kwd": "def f(*, a=2): return a\nf.__kwdefaults__ = {'a': 5}\nn = f()\n",
    "modlist": "l = nn.ModuleList([nn.Linear(1, 1), nn.Linear(5, 1)])\nn = l[outside.flip()].in_features\n",
    "missing": "class D(dict):\n    def __missing__(self, k):\n        global n\n        n = 5\n        return 1\nd = D()\nx = d[1]\n",
    "meta": "class M(type):\n    def __call__(cls, *a):\n        global n\n        n = 5\nclass D(metaclass=M): pass\nd = D()\n",
    "descr": "class G:\n    def __get__(self, o, t=None):\n        global n\n        n = 5\nclass D:\n    x = G()\nd = D().x\n",
    "setname": "class G:\n    def __set_name__(self, o, t):\n        global n\n        n = 5\nclass D:\n    x = G()\n",
    "subclass": "class A:\n    def __init_subclass__(cls, **k):\n        global n\n        n = 5\nclass D(A): pass\n",
    "new": "class A:\n    def __new__(cls):\n        global n\n        n = 5\n        return object.__new__(cls)\nd = A()\n",
    "exit": "class A:\n    def __enter__(self): return self\n    def __exit__(self, *a):\n        global n\n        n = 5\nwith A(): pass\n",
}


@pytest.mark.parametrize("operation", quick(RAISING.strip().split("\n"), 8))
def test_what_an_exception_leaves_undone(operation: str) -> None:
    done = operation.replace("; ", "\n    ")
    text = f"{HEAD}i = u\nm0 = nn.ReLU()\ntry:\n    {done}\n    m = nn.Linear(2, 1)\nexcept Exception:\n    m = nn.Linear(3, 1)\n"
    assert not wrong(text)


def programs(name: str) -> Iterator[str]:
    """Write programs in which a special method changes the size of a model."""
    for operation in SPECIAL[name].split(" ;; "):
        for result in RESULTS:
            made = f"class D:\n    def {name}(self, *a):\n        global n\n        n = 5\n        {result}\nd = D()\n"
            done = operation.replace("; ", "\n    ")
            yield f"{HEAD}{made}try:\n    {done}\nexcept Exception:\n    pass\nm = nn.Linear(n, 1)\n"


@pytest.mark.filterwarnings("ignore")  # what __del__ raises
@pytest.mark.parametrize("name", quick(SPECIAL, 6))
def test_special_methods_are_run(name: str) -> None:
    for text in programs(name):
        assert not wrong(text), text


@pytest.mark.parametrize("name", OTHERS)
def test_properties_defaults_and_classes_that_are_changed(name: str) -> None:
    assert not wrong(f"{HEAD}{OTHERS[name]}m = nn.Linear(n, 1)\n")


def test_what_a_followed_method_does_is_known() -> None:
    made = "class D:\n    def __lt__(self, other):\n        global n\n        n = 5\n        return True\nd = D()\n"
    (model,) = read_all(Source("m.py", given=f"{HEAD}{made}x = d < 1\nm = nn.Linear(n, 1)\n"))
    assert (model.report().exact, model.report().total) == (True, 6)
