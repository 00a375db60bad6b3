"""Operations with an index or a name that is one of two: what they may change or read is unknown."""

# ruff: noqa: E501  # an operation is one item of a table
from __future__ import annotations

import pytest
from test_source_one_of_two import Kind, check
from tiers import quick

pytestmark = [pytest.mark.torch, pytest.mark.whole]

INDEX = (
    "i = 0 if outside.flip() else 1",
    "i = [0, 1][outside.flip()]",
    "i = 0\nif outside.flip(): i = 1",
    "i = len(outside.some()) % 2",
    "i = int(outside.flip())",
    "i = {0: 1, 1: 0}[1 if outside.flip() else 0]",
    "i = -1 if outside.flip() else 0",
    "i = outside.flip()",
)
NAME = (
    "k = 'p' if outside.flip() else 'q'",
    "k = ['p', 'q'][outside.flip()]",
    "k = 'p'\nif outside.flip(): k = 'q'",
    "k = 'pq'[int(outside.flip())]",
    "k = f\"{'p' if outside.flip() else 'q'}\"",
    "k = 'p' if outside.flip() else 'z'",
    "k = 'w' if outside.flip() else 'z'",
)
KINDS = {
    "dict": Kind(
        "x = {'p': 3}",
        (
            "x[k] = 5", "del x[k]", "x.pop(k)", "x.pop(k, None)", "x.setdefault(k, 7)", "x.update({k: 8})",
            "x.update(**{k: 8})", "x[k] += 1", "x = {**x, k: 9}", "x = {k: 9, **x}",
            "x = {n: v for n, v in x.items() if n != k}", "x = dict(x, **{k: 2})", "x |= {k: 3}",
            "for x[k] in [7]: pass", "x = {k + 'x': 3, **x}", "x = {k: 1, 'p': 2}", "x = {'p': 2, k: 1}",
            "x = dict.fromkeys([k, 'p'], 6)", "x = dict(zip([k, 'q'], [8, 9]))",
            "x = collections.OrderedDict(x); x[k] = 4", "x = collections.defaultdict(int, x); x[k] += 2",
            "x = collections.defaultdict(int, x); x[k]", "x.__setitem__(k, 4)",
            "x = {n: v for v, n in enumerate([k, 'p'])}",
            "x.get(k, x).update(q=4) if not isinstance(x.get(k, x), int) else 0", "if k in x: x['z'] = 1",
            "x = {v: n for n, v in x.items()} and x; x.pop(k, 0)", "x[k] = x.get(k, 0) + 1", "x[(k, 1)] = 4",
            "x[k.upper()] = 4", "match k:\n    case 'p': x['p'] = 9\n    case _: x['q'] = 8",
        ),
        (
            "len(x) + 1", "x.get('p', 9)", "x.get('q', 9)", "sum(x.values()) + 1", "list(x.values())[0] if x else 1",
            "list(x.values())[-1] if x else 1",
        ),
    ),
    "list": Kind(
        "x = [3, 4]",
        (
            "x[i] = 5", "del x[i]", "x.pop(i)", "x.insert(i, 9)", "x[i] += 1", "x[:i] = []", "x[i:] = [1]",
            "x.extend([1] * i)", "x *= i", "x = x * (i + 1)", "x = x[i:]", "x = x[::i or 1]", "x.append(x[i])",
            "x.remove(x[i])", "x.index(x[i]); x.append(1)", "x[i], x[0] = 7, 8", "for x[i] in [8, 9]: pass",
            "x = [9] * i + x", "x = x[:i] + [7] + x[i:]", "for _ in range(i): x.append(1)",
            "while len(x) < i + 3: x.append(1)", "x = x[-i:]", "x.sort(reverse=i)",
            "x.sort(key=lambda v: v * (1 if i else -1))", "x = sorted(x, reverse=bool(i))", "x = list(range(i, 5))",
            "x = [v for v in x if v > 3 + i]", "x = [v for n, v in enumerate(x) if n != i]", "x = x[i::2]",
            "x = list(reversed(x)) if i else x", "x = [x[j] for j in range(i + 1)]",
            "x = list(zip(x, range(i)))  and [1]", "x = x + list(range(i))", "x.__setitem__(i, 6)",
            "x.__delitem__(i)", "operator.setitem(x, i, 5)", "x[i] = x[i - 1] = 6",
            "x = list(itertools.islice(x, i))", "x = list(map(lambda v: v + i, x))",
            "x = list(filter(lambda v: v > 2 + i, x))", "x = [max(v, i + 3) for v in x]",
            "x = [min(v, i + 3) for v in x]", "x = [abs(v - 4 * i) for v in x]", "x = [v // (i + 1) for v in x]",
            "x = [v ** i for v in x]", "x = [v << i for v in x]", "x = [v % (i + 2) for v in x]",
            "x = [divmod(v, i + 2)[0] for v in x]", "x = [int(f'{v}{i}') for v in x]",
            "x = [round(v / (i + 1)) for v in x]", "x = [v if i else v + 1 for v in x]",
            "x = [(3, 4, 5)[i + n] for n in range(2)]", "x = [len('ab' * i) for _ in x]",
            "x = [int('34'[i]) for _ in x]", "x = [{0: 5, 1: 6}[i] for _ in x]", "x = [{0: 5}.get(i, 8) for _ in x]",
            "x = [bool(i) + 1 for _ in x]", "x = [not i for _ in x]", "x = [i and 3 for _ in x]",
            "x = [i or 3 for _ in x]", "x = [i == 0 for _ in x]", "x = [~i for _ in x]", "x = [i | 2 for _ in x]",
            "x = [i ^ 1 for _ in x]", "x = [sum(range(i + 2))]", "x = [len(range(0, 9, i + 1))]",
            "x = [next(iter(x[i:]), 7)]", "x = x[slice(i, None)]", "x = x[i:][::-1]",
            "x = [len(x[i:j]) + 1 for j in range(2)]", "x = [operator.itemgetter(i)(x)]",
            "x = [functools.reduce(lambda a, b: a + b * i, x)]", "x = [[3, [4, 5]][i]]", "x.insert(i, x.pop())",
            "x.insert(-i, 5)", "x = [x.pop(i - 1), 5]", "x = [x.count(3 + i)]", "x = [x.index(3 + i)]",
            "assert i\nx.append(1)", "if i: raise ValueError\nx.append(1)", "if i: del x[0]\nelse: x.append(7)",
            "for v in list(x):\n    if v == 3 + i: break\n    x.append(v)",
            "for v in x[:]:\n    if i: continue\n    x.append(v)\nelse: x.append(1)",
            "try: x.append(1 // i)\nexcept ZeroDivisionError: x.clear()", "x.append([1, 2, 3][i + 1])",
            "x.append({True: 4, False: 5}[bool(i)])", "x.append((lambda q=i: q)())",
            "def ff(q=i): return q\nx.append(ff())", "x.append(max(i, 1))", "x.append(sorted([i, 2, 1])[0])",
            "x.append(len({i, 1}))", "x.append(len({0: 1, i: 2}))", "x.append(len(set([i, 0, 1])))",
            "x.append(max({i: 3, 1: 4}.values()))", "x.append(list({i: 3, 1: 4}.values())[0])",
            "x.append(sum({i: 3, 1: 4}.values()))", "x.append(dict([(i, 3), (0, 4)])[0])",
            "x.append(collections.Counter([i, 1])[1])", "x.append(str(i).count('1'))", "x.append(int(str(i) + '1'))",
            "x.append('01'.index(str(i)))", "x.append(len(str(10 ** (i + 1))))",
            "x.append(len('a,b'.split(',', i)))", "x.append(len(f'{7:{i + 2}d}'))",
        ),
        (
            "len(x)", "x[0] if x else 1", "x[-1] if x else 1", "sum(x) + 1", "max(x, default=1)",
        ),
    ),
    "object": Kind(
        "class A:\n    w = 2\n    def __init__(self): self.p = 3\n    def f(self): return 5\n    def q(self): self.p = 8\nx = A()",
        (
            "setattr(x, k, 5)", "delattr(x, k)", "getattr(x, k)", "vars(x)[k] = 6", "x.__dict__[k] = 6",
            "x.__dict__.pop(k)", "setattr(A, k, 7)", "getattr(x, k)()", "A.__dict__[k](x)", "x.__setattr__(k, 4)",
            "object.__setattr__(x, k, 4)", "x.__dict__.update({k: 7})", "hasattr(x, k) and setattr(x, 'p', 7)",
            "type(x).w = 4 if k == 'p' else 5", "for n in [k]: setattr(x, n, 9)", "operator.attrgetter(k)(x)",
            "operator.methodcaller(k)(x)", "x.p = getattr(x, k, 6)", "globals()[k] = x; x.p = 4", "locals()[k] = x",
            "x.p = (lambda **kw: len(kw))(**{k: 1, 'p2': 2})", "x.p = dict(p=6, q=7, w=8).get(k, 9)",
        ),
        (
            "x.p if hasattr(x, 'p') and isinstance(x.p, int) else 1",
            "getattr(x, 'q', 9) if isinstance(getattr(x, 'q', 9), int) else 4", "x.w", "A.w", "A().p",
        ),
    ),
    "module": Kind(
        "class N(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.p = nn.Linear(2, 2)\nx = N()",
        (
            "setattr(x, k, nn.Linear(1, 1))", "delattr(x, k)", "x.add_module(k, nn.Linear(1, 1))",
            "x.register_parameter(k, nn.Parameter(torch.zeros(3)))", "x.register_module(k, nn.Linear(1, 1))",
            "x._modules[k] = nn.Linear(1, 1)", "del x._modules[k]", "x._modules.pop(k)", "getattr(x, k).bias = None",
            "getattr(x, k).requires_grad_(False)", "x.register_buffer(k, torch.zeros(2))",
            "x.get_submodule(k).bias = None", "dict(x.named_children())[k].bias = None",
            "for n, m in x.named_children():\n    if n == k: m.bias = None",
            "for n, q in x.named_parameters():\n    if k in n: q.requires_grad = False",
            "for n, q in x.named_parameters():\n    if n.startswith(k): q.requires_grad = False",
            "x.p.add_module(k, nn.Linear(1, 1))", "setattr(x, k, None)",
            "x.p = getattr(nn, 'Linear' if k == 'p' else 'Bilinear')(1, 1, 1)",
            "setattr(x.p, k, nn.Parameter(torch.zeros(4)))", "setattr(x.p, 'bias' if k == 'p' else 'weight', None)",
            "x.q = nn.ModuleDict({k: nn.Linear(1, 1), 'p': nn.Linear(3, 3)})",
            "x.q = nn.ModuleDict({'p': nn.Linear(3, 3)}); x.q[k] = nn.Linear(1, 1)",
            "x.q = nn.ModuleDict({'p': nn.Linear(3, 3)}); del x.q[k]",
            "x.q = nn.ModuleDict({'p': nn.Linear(3, 3)}); x.q.pop(k)",
            "x.q = nn.ModuleDict({'p': nn.Linear(3, 3)}); x.q.update({k: nn.Linear(1, 1)})",
            "x.q = nn.ParameterDict({k: nn.Parameter(torch.zeros(1)), 'p': nn.Parameter(torch.zeros(3))})",
            "x.q = nn.Sequential(collections.OrderedDict([(k, nn.Linear(1, 1)), ('p', nn.Linear(2, 2))]))",
            "x.__dict__[k] = nn.Linear(1, 1)", "object.__setattr__(x, k, nn.Linear(1, 1))",
            "x.__setattr__(k, nn.Linear(1, 1))",
        ),
        (),
        "m = x",
    ),
    "chain": Kind(
        "x = nn.Sequential(nn.Linear(2, 2), nn.Linear(3, 3, bias=False))",
        (
            "x[i] = nn.Linear(1, 1)", "del x[i]", "x.pop(i)", "x.insert(i, nn.Linear(1, 1))", "x[i].bias = None",
            "x[i].requires_grad_(False)", "x = x[i:]", "x = x[:i]", "x = nn.Sequential(*list(x)[i:])",
            "x = x * (i + 1)", "x *= i + 1", "x.append(x[i])", "x = nn.Sequential(x[i], x[0])",
            "x.add_module(str(i), nn.Linear(1, 1))", "x.add_module(str(i + 1), nn.Linear(1, 1))",
            "setattr(x, str(i), nn.Linear(1, 1))", "for n, m in enumerate(x):\n    if n == i: m.bias = None",
            "for m in x[i:]: m.requires_grad_(False)", "list(x.children())[i].bias = None",
            "list(x.parameters())[i].requires_grad = False",
            "for q in list(x.parameters())[i:]: q.requires_grad = False",
            "for n, q in enumerate(x.parameters()):\n    if n >= i: q.requires_grad = False", "x[i] = x[0]",
            "x[i] = x[i - 1]", "x = nn.Sequential(*[nn.Linear(1, 1) for _ in range(i + 1)])",
            "x = nn.ModuleList([nn.Linear(1, 1)] * (i + 1))", "x.extend([nn.Linear(1, 1)] * i)",
            "x = nn.Sequential(*(x[j] for j in range(i)))", "x = nn.ModuleList(x); x[i] = nn.Identity()",
            "x = nn.ModuleList(x); x.insert(i, nn.Linear(1, 1))", "x = nn.ModuleList(x)[i:]",
            "x = nn.Sequential(nn.Linear(i + 1, 1))", "x = nn.LSTM(2, 2, num_layers=i + 1)",
            "x = nn.LSTM(2, 2, bidirectional=bool(i))", "x = nn.Linear(2, 2, bias=i)",
            "x = nn.Conv2d(2, 2, 1 + i, groups=i + 1)", "x = nn.Embedding(3, 2, padding_idx=i)",
            "x = nn.BatchNorm1d(3, affine=bool(i))", "x = nn.MultiheadAttention(4, 2, kdim=[None, 3][i])",
            "x = copy.deepcopy(x)[i]", "x = [x, nn.Linear(1, 1)][i]",
        ),
        (),
        "m = x",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", quick(KINDS, 3))
def test_operations_with_one_of_two_names(kind: str) -> None:
    check(KINDS[kind], [INDEX, NAME], 0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_many_operations_with_one_of_two_names(kind: str, seed: int) -> None:
    check(KINDS[kind], [INDEX, NAME], seed)
