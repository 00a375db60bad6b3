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
    "a set has a size": "found = [len(tuple(set('hello'))), len(list({1, 2, 3})), len({c: 1 for c in 'abca'})]",
}
UNKNOWN = {
    "equal": "C = namedtuple('C', 'a b')\nfound = [1 + (C(1, 2) == C(1, 2)), 1 + (C(1, 2) == (1, 2))]",
    "keys": "C = namedtuple('C', 'a b')\nd = {C(1, 2): 5}\nfound = [d[C(1, 2)]]",
    "equal dictionaries": "class A(dict): pass\nfound = [1 + (A(a=1) == {'a': 1})]",
    "what is missing": "class A(dict):\n    def __missing__(self, k): return 7\nfound = [A()['x']]",
    "items of its own": "class A(dict):\n    def __getitem__(self, k): return dict.get(self, k, 6)\nfound = [A()['x']]",
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
