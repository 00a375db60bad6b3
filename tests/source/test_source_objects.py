"""Named tuples, and classes derived from dictionaries, hold what Python gives them."""

from __future__ import annotations

from typing import Any

import pytest

from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

HEAD = """
import collections, copy, functools, json, typing
from collections import OrderedDict, namedtuple
from typing import NamedTuple
"""
# each sets `found`, a list of sizes
PROGRAMS = {
    "a named tuple": "C = namedtuple('C', 'a b')\none = C(4, b=5)\nfound = [one.a, one.b, one[0], len(one), *one]",
    "names in a list": "C = namedtuple('C', ['x', 'y'])\nfound = [C(1, 2).x, C(y=3, x=4).y, C._fields.index('y') + 1]",
    "defaults": "C = collections.namedtuple('C', 'a, b', defaults=(7,))\na, b = C(4)\nfound = [a, b]",
    "changed": "C = namedtuple('C', 'a b')\ntwo = C(4, 5)._replace(a=9)\nfound = [two.a, two._asdict()['b']]",
    "a class": """
class C(NamedTuple):
    a: int
    b: int = 3
    @property
    def s(self): return self.a + self.b
    def t(self, k): return self.s * k
one = C(4)
found = [one.s, one.t(2), 1 + isinstance(one, tuple)]
""",
    "a class derived from one": """
class B(namedtuple("B", "a b")):
    def area(self): return self.a * self.b
class D(B):
    pass
found = [B(2, 3).area(), D(3, 4).area(), D(3, 4).a]
""",
    "in loops": "C = namedtuple('C', 'a b')\nfound = [a * b for a, b in [C(3, 4), C(4, 5)]]",
    "rows": "C = namedtuple('C', ('s', 'a'))\nb = C(*zip(*[C(1, 2), C(3, 4)]))\nfound = [*b.s, *b.a]",
    "a field is missing": """
C = namedtuple("C", "a b")
try:
    found = [C(1).a]
except TypeError:
    found = [9]
try:
    C(1, 2).a = 3
except AttributeError:
    found += [8]
""",
    "attributes of items": """
class A(dict):
    def __getattr__(self, k): return self[k]
one = A(a=3, b=4)
one["a"] = 9
one.update(c=5)
one.update({"d": 6})
del one["b"]
found = [one.a, one.c, one["d"], len(one), one.pop("c"), len(one)]
""",
    "attributes and items are the same": """
class A(dict):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.__dict__ = self
one = A(a=3, b=4)
one.z = 8
found = [one.a, one["b"], one["z"], one.get("q", 2), A({"x": 5}).x]
""",
    "settings in a text": """
class A(dict):
    def __init__(self, *args, **kwargs):
        super(A, self).__init__(*args, **kwargs)
        self.__dict__ = self
one = A(json.loads('{"a": 3, "b": [4, 5], "c": {"d": 6}}'))
found = [one.a, one.b[1], one.c["d"]]
""",
    "an ordered dictionary": """
class A(OrderedDict):
    def first(self): return list(self.values())[0]
found = [A([("a", 3), ("b", 4)]).first()]
""",
    "what a dictionary can do": """
class A(dict): pass
one = A(a=3, b=4)
two = one.copy()
three = copy.deepcopy(one)
one["a"] = 5
found = [*one.values(), two["a"], three["a"], *[one[k] for k in one], 1 + ("a" in one), 1 + ("z" in one)]
found += [len(dict(one)), 1 + isinstance(one, dict), 1 + bool(A())]
""",
    "given as names": "class A(dict): pass\ndef f(a, b=2): return a * 10 + b\nfound = [f(**A(a=3)), f(**A(a=3, b=4))]",
    "a function with arguments": """
f = functools.partial(pow, 2, mod=7)
found = [1 + (type(f) == functools.partial), 1 + (f.func is pow), f.args[0], f.keywords["mod"]]
found += [1 + isinstance(f, functools.partial), 1 + (type(lambda: 1) == type(f))]
""",
    "items of its own": "class A(dict):\n    def __getitem__(self, k): return dict.get(self, k, 6)\nfound = [A()['x']]",
    "attributes are items, by methods of dict": """
class A(dict):
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__
one = A(a=3)
one.b = 4
one["c"] = 5
found = [one.a, one["b"], one.c, len(one)]
del one.a
found += [len(one), one.get("a", 7)]
""",
    "attributes are items, by methods of its own": """
class A(dict):
    def __init__(self, **given):
        for name, value in given.items():
            setattr(self, name, A(**value) if isinstance(value, dict) else value)
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name)
    def __setattr__(self, name, value):
        self[name] = value
    def __delattr__(self, name):
        del self[name]
one = A(a=3, b={"c": 4})
one.b.d = 6
del one.a
found = [one.b.c, one["b"]["d"], getattr(one, "a", 8), 1 + hasattr(one, "b"), 1 + hasattr(one, "z"), len(one)]
""",
    "attributes are set by a method": """
class A:
    def __init__(self): self.x = 3; self.seen = 1
    def __setattr__(self, name, value):
        super().__setattr__(name, value + 1)
        object.__setattr__(self, "last_" + name, value)
class B(A):
    def __setattr__(self, name, value):
        A.__setattr__(self, name, value * 2)
        self.__dict__["count"] = self.__dict__.get("count", 0) + 1
one, two = A(), B()
setattr(one, "y", 5)
two.y = 1
two.y += 4
found = [one.x, one.last_x, one.y, two.x, two.y, two.last_y, two.count]
""",
    "attributes are deleted by a method": """
class A:
    def __init__(self): self.x = 3
    def __delattr__(self, name):
        self.gone = 5
        super().__delattr__(name)
one = A()
del one.x
found = [one.gone, getattr(one, "x", 2), len(vars(one))]
""",
    "attributes as a dictionary": """
class A:
    size = 9
    def __init__(self, **given):
        self.__dict__.update(given)
        for name in given: self.__dict__[name + "_2"] = given[name] * 2
def f(a, a_2, b=1): return a * 100 + a_2 * 10 + b
one = A(a=3)
names = vars(one)
found = [one.a_2, f(**vars(one)), len(names)]
one.b = 4
found += [len(names), names["b"], f(**names), 1 + ("b" in names), 1 + ("size" in names), names.get("z", 6)]
names["c"] = 7
found += [one.c, sum(vars(one).values()), names.pop("c"), 1 + hasattr(one, "c"), len({**one.__dict__})]
found += [value for name, value in sorted(one.__dict__.items())] + [names.setdefault("q", 2), one.q]
other = names.copy()
other["a"] = 40
found += [one.a, other["a"], 1 + isinstance(names, dict)]
""",
    "attributes of namespaces as a dictionary": """
import argparse, types
parser = argparse.ArgumentParser()
parser.add_argument("--a", type=int, default=3)
args = parser.parse_args([])
vars(args)["b"] = 5
one = types.SimpleNamespace(**vars(args), c=7)
one.__dict__.update(vars(args), d=8)
two = json.loads('{"x": 2, "y": {"z": 6}}', object_hook=lambda found: types.SimpleNamespace(**found))
found = [args.b, one.a, one.b, one.c, len(one.__dict__), two.x, two.y.z]
""",
    "defaults that are set later": """
C = namedtuple("C", "a b c")
C.__new__.__defaults__ = (5, 6)
D = namedtuple("D", "a b")
D.__new__.__defaults__ = (3,) * len(D._fields)
found = [*C(4), *C(1, c=2), *D(), *C.__new__(C, 7)]
""",
    "a set has a size": "found = [len(tuple(set('hello'))), len(list({1, 2, 3})), len({c: 1 for c in 'abca'})]",
}
UNKNOWN = {
    "equal": "C = namedtuple('C', 'a b')\nfound = [1 + (C(1, 2) == C(1, 2)), 1 + (C(1, 2) == (1, 2))]",
    "keys": "C = namedtuple('C', 'a b')\nd = {C(1, 2): 5}\nfound = [d[C(1, 2)]]",
    "equal dictionaries": "class A(dict): pass\nfound = [1 + (A(a=1) == {'a': 1})]",
    "what is missing": "class A(dict):\n    def __missing__(self, k): return 7\nfound = [A()['x']]",
}
LAYERS = "m = nn.Sequential(*[nn.Linear(size, 1, bias=False) for size in found])\n"


def both(program: str) -> tuple[Any, list[int]]:
    text = f"{HEAD}{program}\n"
    names: dict[str, Any] = {}
    exec(compile(text, "m.py", "exec", dont_inherit=True), names)
    (model,) = read_all(Source("m.py", given=f"import torch.nn as nn\n{text}{LAYERS}"))
    return model.report(), names["found"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_objects_hold_what_python_says(name: str) -> None:
    report, sizes = both(PROGRAMS[name])
    assert report.exact
    assert [row.params for row in report.rows] == sizes


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_followed_is_no_number(name: str) -> None:
    report, sizes = both(UNKNOWN[name])
    assert not report.exact
    assert report.total <= sum(sizes)
