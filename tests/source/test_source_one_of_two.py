"""Operations on a value that is one of two objects: what they change is unknown of both, whatever kind they are of."""

# ruff: noqa: E501  # an operation is one item of a table
from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

import pytest
from test_source_kinds import wrong
from tiers import quick

pytestmark = [pytest.mark.torch, pytest.mark.whole]


class Kind(NamedTuple):
    """Two objects ``a`` and ``b``, what is done to ``x``, which is one of them, and what is seen of both."""

    made: str
    done: tuple[str, ...]
    seen: tuple[str, ...]  # sizes
    models: str = ""  # in place of sizes


HEAD = """import outside
import torch, copy, types, random, heapq, bisect, operator, functools, collections, itertools, dataclasses, contextlib
from torch import nn
class H: pass
holder = H()
@contextlib.contextmanager
def cm(v):
    v.append(1)
    yield v
def with_(v):
    with cm(v) as w: pass
def try_(v):
    try: v.append(1)
    finally: pass
def gen(v):
    def g():
        v.append(1); yield 1
    list(g())
def deco(v):
    def d(f): v.append(1); return f
    @d
    def f(): pass
def match_(v):
    match v:
        case [1, *r]: pass
        case _: v.append(1)
"""
PICKED = (
    "x = a if outside.flip() else b",
    "x = [a, b][outside.flip()]",
    "x = a\nif outside.flip(): x = b",
    "def pick():\n    if outside.flip(): return a\n    return b\nx = pick()",
    "for x in ([a] if outside.flip() else [b]): pass",
    "x = {0: a, 1: b}[1 if outside.flip() else 0]",
    "x = (outside.flip() and a) or b",
    "x = next(v for v in [a, b] if v is a or outside.flip() or v is b)",
    "try:\n    outside.risky()\n    x = a\nexcept Exception: x = b",
    "x = {'p': a, 'q': b}.get('p' if outside.flip() else 'z', b)",
    "x = getattr(types.SimpleNamespace(**({'v': a} if outside.flip() else {})), 'v', b)",
)
KINDS = {
    "list": Kind(
        "a, b = [3, 4], [3, 4]",
        (
            "x.append(5)", "x[0] = 5", "x += [5]", "x.pop()", "x.clear()", "del x[0]", "x.sort(reverse=True)",
            "x.reverse()", "x.insert(0, 9)", "x[:] = []", "x[1:] = [7, 8, 9]", "x.extend([1, 2])", "x.remove(3)",
            "x *= 2", "x.__setitem__(0, 7)", "list.append(x, 5)", "[].__class__.append(x, 5)", "x.copy().append(5)",
            "y, *z = x; y += 1", "for x[0] in range(7, 9): pass", "x[0] += 1",
            "(x, q) = (q, x) if 0 else (x, 1); x.append(2)", "random.shuffle(x)", "heapq.heappush(x, 1)",
            "bisect.insort(x, 2)", "operator.setitem(x, 0, 6)", "map(x.append, [1, 2])",
            "list(map(x.append, [1, 2]))", "[x.append(i) for i in range(2)]",
            "functools.reduce(lambda s, i: s.append(i) or s, [1, 2], x)", "sorted(x).append(1)", "x.__iadd__([4])",
            "copy.copy(x).append(1)", "(lambda v: v.append(1))(x)", "any(x.append(i) for i in range(3))", "with_(x)",
            "setattr(holder, 'x', x); holder.x.append(1)", "holder.__dict__['x'] = x; holder.x.append(1)",
            "next(iter([x])).append(1)", "dict(k=x)['k'].append(1)", "[*[x]][0].append(1)", "(x or []).append(1)",
            "(x if x else a).append(1)", "zip_ = list(zip([x], [1])); zip_[0][0].append(1)",
            "exec_ = [f for f in [x.append]][0]; exec_(1)", "getattr(x, 'append')(1)", "x.append.__call__(1)",
            "operator.methodcaller('append', 1)(x)", "functools.partial(x.append, 1)()", "try_(x)", "gen(x)",
            "deco(x)", "match_(x)", "[y.append(1) for y in [x]]", "{k: v.append(1) for k, v in {'a': x}.items()}",
            "while len(x) < 4: x.append(1)", "x and x.append(1)", "lst = [x]; lst[0].append(1)",
            "for y in [x]: y.append(1)", "collections.deque([x])[0].append(1)",
            "collections.ChainMap({'a': x})['a'].append(1)", "types.SimpleNamespace(x=x).x.append(1)",
            "weak = [x, x]; weak[-1].append(1)",
            "enumerate_ = [v for i, v in enumerate([x])]; enumerate_[0].append(1)",
            "a_, b_ = [x], 1; a_[0].append(1)", "f'{x.append(1)}'", "print(x.append(1))",
            "assert x.append(1) is None", "str(x.append(1))", "x[len(x):] = [1]", "x[0:0] = [1]", "del x[:]",
            "x[-1] = 9", "x[True] = 9", "x[0], x[1] = x[1], x[0] + 5", "globals()['zz'] = x; zz.append(1)",
            "class K: v = x\nK.v.append(1)", "def ff(v=x): v.append(1)\nff()", "ff = lambda: x.append(1)\nff()",
            "def ff():\n    global x\n    x.append(1)\nff()",
            "import threading; threading.Thread(target=x.append, args=(1,)).start()",
        ),
        (
            "len(a)", "len(b)", "a[0] if a else 1", "b[-1] if b else 1", "sum(a)", "max(b, default=1)",
        ),
    ),
    "dict": Kind(
        "a, b = {'k': 3}, {'k': 3}",
        (
            "x['k'] = 5", "x['z'] = 1", "x.update(k=7)", "x.pop('k')", "x.clear()", "del x['k']",
            "x.setdefault('q', 4)", "x |= {'w': 1}", "x['k'] += 1", "x.popitem()", "x.__setitem__('k', 8)",
            "dict.update(x, k=9)", "operator.setitem(x, 'k', 6)", "{**x}['k'] = 1", "dict(x)['k'] = 9",
            "x.copy()['k'] = 9", "for x['k'] in [8, 9]: pass", "[x.update(k=i) for i in range(5, 7)]",
            "x.update(zip(['k', 'l'], [8, 9]))", "x.get('k'); x.setdefault('k', 1)", "x.update({'k': 2}, m=3)",
            "x.__delitem__('k')", "exec_ = x.update; exec_(k=1)", "collections.ChainMap(x)['k'] = 9",
            "x.items(); x.update(n=1)", "functools.partial(x.update, k=6)()",
        ),
        (
            "len(a)", "len(b)", "a.get('k', 9)", "b.get('k', 9)", "len(list(a))", "sum(b.values()) + 1",
        ),
    ),
    "set": Kind(
        "a, b = {3, 4}, {3, 4}",
        (
            "x.add(5)", "x.discard(3)", "x.clear()", "x |= {9}", "x -= {3}", "x &= {3}", "x ^= {3, 7}",
            "x.update([7, 8])", "x.pop()", "x.remove(3)", "x.difference_update([3])", "x.intersection_update([3])",
        ),
        (
            "len(a)", "len(b)", "max(a, default=1)", "sum(b) + 1",
        ),
    ),
    "object": Kind(
        "class A:\n    size = 2\n    def __init__(self): self.n = 3\n    def grow(self): self.n += 1\na, b = A(), A()",
        (
            "x.n = 5", "x.grow()", "del x.n", "setattr(x, 'n', 6)", "x.__dict__['n'] = 7", "vars(x).update(n=8)",
            "x.__dict__.clear()", "x.n += 2", "x.size = 4", "type(x).size = 4", "x.__class__.size = 4",
            "x.__class__ = type('B', (), {'n': 9, 'size': 9})", "A.grow(x)", "x.__init__()", "x.__setattr__('n', 6)",
            "object.__setattr__(x, 'n', 6)", "for x.n in [8, 9]: pass", "type(x).grow = lambda self: None; x.grow()",
            "x.grow = lambda: None", "vars(x)['size'] = 6", "delattr(x, 'n')", "setattr(type(x), 'size', 8)",
            "x.__class__.__name__", "with_(x.__dict__)", "x.__dict__.pop('n')", "vars(x).setdefault('q', 1)",
            "copy.copy(x).n = 8", "copy.copy(x).__dict__.clear()", "x.__dict__ = {'n': 8}",
            "x.__dict__.update({'size': 7})", "type(x).__init__ = lambda self: None", "x.__dict__ |= {'n': 4}",
        ),
        (
            "getattr(a, 'n', 9)", "getattr(b, 'n', 9)", "a.size", "b.size", "A.size",
            "A().n if hasattr(A(), 'n') else 1",
        ),
    ),
    "dataclass": Kind(
        "@dataclasses.dataclass\nclass A:\n    n: int = 3\n    l: list = dataclasses.field(default_factory=list)\na, b = A(), A()",
        (
            "x.n = 5", "x.l.append(1)", "dataclasses.replace(x, n=9)", "x.__init__(7)", "A.n = 8", "type(x).n = 8",
            "x.__dict__['n'] = 4", "del x.n", "dataclasses.asdict(x)['n'] = 5",
            "dataclasses.asdict(x)['l'].append(5)", "x.__post_init__ = 3", "x.l = [1, 2]",
            "for f in dataclasses.fields(x): setattr(x, f.name, 6)", "vars(x).update(n=5)",
        ),
        (
            "a.n", "b.n", "len(a.l) + 1 if hasattr(a.l, '__len__') else 2", "A().n", "(a == b) + 1",
        ),
    ),
    "class": Kind(
        "class A:\n    size = 3\n    items = []\nclass B(A): pass\na, b = A, B",
        (
            "x.size = 5", "setattr(x, 'size', 6)", "x.items.append(1)", "x.new = 3", "x.items = [1]", "x.size += 1",
            "x.method = lambda self: 4", "x().items.append(4)", "x.__init__ = lambda self: self.items.append(1)",
            "type.__setattr__(x, 'size', 9)", "del x.items", "x.__name__ = 'C'", "x.__call__ = lambda self: 3",
            "class C(x):\n    size = 4\nC.size = 9", "x.__getattr__ = lambda self, n: 7",
            "x.__len__ = lambda self: 4", "x.__bool__ = lambda self: False", "x.__eq__ = lambda self, o: True",
            "x.size = property(lambda self: 8)", "x.__iter__ = lambda self: iter([1, 2])",
        ),
        (
            "a.size", "B.size", "B().size", "len(A.items) + 1 if hasattr(A, 'items') else 2",
            "hasattr(A(), 'new') + 1", "(len(A()) if hasattr(A, '__len__') else 1)", "1 if A() else 2",
            "1 + (A() == 3)", "getattr(A(), 'qq', 1)",
        ),
    ),
    "function": Kind(
        "def a(n=3): return n\ndef b(n=3): return n",
        (
            "x.k = 4", "x.__defaults__ = (5,)", "x.__code__ = (lambda n=7: n + 1).__code__", "x.__kwdefaults__ = {}",
            "x.__name__ = 'q'", "x.__dict__['k'] = 5", "x.__dict__.update(k=6)", "vars(x)['k'] = 6",
            "setattr(x, '__defaults__', (6,))", "functools.update_wrapper(x, print)", "x.__globals__['w'] = 5",
            "x.__wrapped__ = 3",
        ),
        (
            "a()", "b()", "getattr(a, 'k', 1)", "getattr(b, 'k', 1)",
        ),
    ),
    "deque": Kind(
        "a, b = collections.deque([3, 4], maxlen=2), collections.deque([3, 4], maxlen=2)",
        (
            "x.append(5)", "x.appendleft(5)", "x.popleft()", "x.rotate(1)", "x.extend([7, 8])", "x.clear()",
            "x[0] = 9",
        ),
        (
            "len(a)", "a[0] if a else 1", "b[-1] if b else 1",
        ),
    ),
    "default": Kind(
        "a, b = collections.defaultdict(list), collections.defaultdict(list)",
        (
            "x['k']", "x['k'].append(1)", "x['k'] += [1, 2]", "x.get('k')", "x.default_factory = set",
            "x.setdefault('k', [1])",
        ),
        (
            "len(a) + 1", "len(b['k']) + 1",
        ),
    ),
    "counter": Kind(
        "a, b = collections.Counter('aab'), collections.Counter('aab')",
        (
            "x['a'] += 1", "x.update('ccc')", "x.subtract('a')", "del x['a']",
        ),
        (
            "a['a'] + 1", "len(b)", "a.most_common(1)[0][1]",
        ),
    ),
    "generator": Kind(
        "a, b = iter([3, 4, 5]), iter([3, 4, 5])",
        (
            "next(x)", "list(x)", "for _ in x: break", "3 in x", "next(x, None); next(x, None)", "[*x]", "q, *r = x",
            "zip(x, [1])", "list(zip(x, [1]))", "list(zip([1], x))", "sum(x)", "any(i > 3 for i in x)",
            "list(itertools.islice(x, 1))", "dict(zip('ab', x))", "x.__next__()", "max(x)", "list(map(str, x))",
            "' '.join(map(str, x))", "min(x, default=1)", "enumerate(x)", "next(enumerate(x))",
            "list(itertools.chain(x))", "next(itertools.chain(x, [1]))", "tuple(x)", "sorted(x)",
        ),
        (
            "next(a, 7)", "len(list(b)) + 1",
        ),
    ),
    "dictlike": Kind(
        "class D(dict):\n    __getattr__ = dict.__getitem__\n    __setattr__ = dict.__setitem__\na, b = D(n=3), D(n=3)",
        (
            "x.n = 5", "x['n'] = 6", "x.update(n=7)", "x.q = 3", "del x['n']", "x.pop('n')", "x.clear()",
            "x |= {'n': 9}", "dict.__setitem__(x, 'n', 4)", "setattr(x, 'n', 7)", "x.setdefault('m', 3)",
            "x.__dict__['n'] = 3", "vars(x)",
        ),
        (
            "a.get('n', 9)", "len(a) + 1", "len(b) + 1", "getattr(b, 'n', 9) if 'n' in b else 8",
        ),
    ),
    "namespace": Kind(
        "import types\na, b = types.SimpleNamespace(n=3), types.SimpleNamespace(n=3)",
        (
            "x.n = 5", "del x.n", "vars(x)['n'] = 4", "x.__dict__.update(n=9)", "x.q = 3", "setattr(x, 'n', 7)",
        ),
        (
            "getattr(a, 'n', 9)", "getattr(b, 'n', 9)", "len(vars(a)) + 1",
        ),
    ),
    "slots": Kind(
        "class A:\n    __slots__ = ('n',)\n    def __init__(self): self.n = 3\na, b = A(), A()",
        (
            "x.n = 5", "del x.n", "x.q = 3", "setattr(x, 'n', 7)",
        ),
        (
            "getattr(a, 'n', 9)", "getattr(b, 'n', 9)",
        ),
    ),
    "property": Kind(
        "class A:\n    def __init__(self): self._n = 3\n    @property\n    def n(self): return self._n\n    @n.setter\n    def n(self, v): self._n = v * 2\na, b = A(), A()",
        (
            "x.n = 5", "x._n = 6", "del x.n", "setattr(x, 'n', 7)", "x.n += 1", "A.n = 9", "type(x).n.fset(x, 8)",
            "A.n.__set__(x, 7)", "vars(x)['n'] = 4", "x.__dict__['_n'] = 4",
        ),
        (
            "a.n", "b.n",
        ),
    ),
    "module": Kind(
        "a, b = nn.Linear(2, 2), nn.Linear(2, 2)",
        (
            "x.weight = nn.Parameter(torch.zeros(4, 4))", "x.bias = None", "del x.bias", "x.requires_grad_(False)",
            "x.weight.requires_grad = False", "x.add_module('q', nn.Linear(1, 1))",
            "x.register_parameter('p', nn.Parameter(torch.zeros(3)))", "x.extra = nn.Linear(1, 1)",
            "setattr(x, 'weight', nn.Parameter(torch.zeros(1)))", "x._parameters['bias'] = None",
            "x._parameters.clear()", "x._modules['z'] = nn.Linear(1, 1)", "x.__dict__['k'] = nn.Linear(1, 1)",
            "x.apply(lambda m: m.requires_grad_(False))", "for p in x.parameters(): p.requires_grad = False",
            "nn.Module.requires_grad_(x, False)", "x.__class__ = nn.Identity",
            "x.register_module('m', nn.Linear(1, 1))", "x.weight.data = torch.zeros(5, 5)",
            "x.weight.data = x.weight.data[:1]", "x.__init__(3, 3)", "torch.nn.init.zeros_(x.weight)",
            "x.load_state_dict(x.state_dict())", "x.weight.detach_()", "x.to('cpu').bias = None",
            "x.float().extra = nn.Linear(1, 1)", "x.train().extra = nn.Linear(1, 1)",
            "nn.utils.parametrize.register_parametrization(x, 'weight', nn.Identity())", "nn.utils.weight_norm(x)",
            "x.register_buffer('bb', torch.zeros(3))", "x.register_forward_hook(lambda *a: None)",
            "x.weight.requires_grad_(False)", "x.zero_grad()", "x.__setattr__('extra', nn.Linear(1, 1))",
            "object.__setattr__(x, 'extra', nn.Linear(1, 1))", "vars(x)['_modules']['z'] = nn.Linear(1, 1)",
        ),
        (),
        "m0 = nn.Sequential(a, nn.Linear(1, 1))\nm1 = b",
    ),
    "sequential": Kind(
        "a, b = nn.Sequential(nn.Linear(2, 2)), nn.Sequential(nn.Linear(2, 2))",
        (
            "x.append(nn.Linear(1, 1))", "x[0] = nn.Linear(3, 3)", "del x[0]", "x.add_module('q', nn.Linear(1, 1))",
            "x.insert(0, nn.Linear(1, 1))", "x.extend([nn.Linear(1, 1)])", "x.pop(0)", "x += [nn.Linear(1, 1)]",
            "x[0].weight.requires_grad = False", "x[0] = nn.Identity()", "setattr(x, '0', nn.Identity())",
            "x._modules.clear()", "x.__delitem__(0)", "x += nn.Sequential(nn.Linear(1, 1))",
            "x = x + nn.Sequential(nn.Linear(1, 1))", "x *= 2", "(x * 2)[0].bias = None", "x[0:1][0].bias = None",
            "x[:1].append(nn.Linear(1, 1))", "for m in x: m.bias = None", "next(x.children()).bias = None",
            "list(x.modules())[1].bias = None", "dict(x.named_modules())['0'].bias = None",
            "x.get_submodule('0').bias = None", "x.get_parameter('0.bias').requires_grad = False",
            "nn.Sequential(x)[0].append(nn.Linear(1, 1))", "nn.Sequential(*x)[0].bias = None",
        ),
        (),
        "m0 = nn.Sequential(a, nn.Linear(1, 1))\nm1 = b",
    ),
}  # fmt: skip


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def programs(kind: Kind, picked: Sequence[Sequence[str]], seed: int) -> Iterator[str]:
    """Give a program for each operation, now and then with another one behind it; each begins with one of each pick."""
    for operation in kind.done:
        draw = Random(f"{kind.made} {operation} {seed}")
        several = [operation, draw.choice(kind.done)] if draw.random() < 0.3 else [operation]
        body = [f"try:\n{indented(one)}\nexcept Exception: pass" for one in several]
        looks = [
            f"try: v{at} = {one}\nexcept Exception: v{at} = 77\nm{at} = nn.Linear(v{at}, 1)"
            for at, one in enumerate(kind.seen)
        ]
        yield "\n".join([HEAD, kind.made, *map(draw.choice, picked), *body, *looks, kind.models, ""])


def check(kind: Kind, picked: Sequence[Sequence[str]], seed: int) -> None:
    """Check the programs of a kind; most of them end."""
    ended = 0
    for text in programs(kind, picked, seed):
        found = wrong(text)
        assert not found, f"{found}\n{text}"
        ended += found is not None
    assert ended > len(kind.done) // 2


@pytest.mark.parametrize("kind", quick(KINDS, 4))
def test_operations_on_one_of_two_objects(kind: str) -> None:
    check(KINDS[kind], [PICKED], 0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_many_operations_on_one_of_two_objects(kind: str, seed: int) -> None:
    check(KINDS[kind], [PICKED], seed)
