"""Hostile programs: nothing of them is executed, nothing outside is touched, and all end within their bounds."""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from paramcalc.errors import ParamcalcError
from paramcalc.formats import load_all, loads
from paramcalc.formats.opened import Source
from paramcalc.formats.source.memory import budget
from paramcalc.formats.source.reader import interpret

MODEL = "import torch.nn as nn\nmodel = nn.Linear(3, 4)\n"
MARK = "paramcalc-was-here"
WRITES = f"open({MARK!r}, 'w').write('x')"

ESCAPES = {
    "exec": f"exec({WRITES!r})",
    "eval": f"eval({WRITES!r})",
    "import": f"__import__('os').system('touch {MARK}')",
    "os": f"import os\nos.system('touch {MARK}')",
    "subprocess": f"import subprocess\nsubprocess.run(['touch', {MARK!r}])",
    "pathlib": f"from pathlib import Path\nPath({MARK!r}).touch()",
    "subclasses": "().__class__.__bases__[0].__subclasses__()",
    "globals of a function": "def f(): pass\nf.__globals__['__builtins__']['exec']('1')",
    "code object": "def f(): pass\nf.__code__ = f.__code__.replace(co_code=b'')",
    "format attribute": "'{0.__class__.__mro__}'.format(1)",
    "format item": "'{0[__import__]}'.format(__builtins__)",
    "format width": "'{:>999999999}'.format('x')",
    "f-string width": "f'{1:>999999999}'",
    "percent width": "'%999999999d' % 1",
    "decorator": f"@exec\ndef f(): {WRITES}",
    "class decorator": f"@eval\nclass A: {WRITES}",
    "metaclass": f"class M(type):\n    def __call__(cls): {WRITES}\nclass A(metaclass=M): pass\nA()",
    "descriptor": f"class D:\n    def __get__(self, *a): {WRITES}\nclass A:\n    d = D()\nA().d",
    "setattr hook": f"class A:\n    def __setattr__(self, n, v): {WRITES}\nA().x = 1",
    "getattribute": f"class A:\n    def __getattribute__(self, n): {WRITES}\nA().x",
    "del hook": f"class A:\n    def __del__(self): {WRITES}\na = A()\ndel a",
    "init_subclass": f"class A:\n    def __init_subclass__(cls): {WRITES}\nclass B(A): pass",
    "pickle": "import pickle\npickle.loads(b'cos\\nsystem\\n(S\"touch paramcalc-was-here\"\\ntR.')",
    "ctypes": "import ctypes\nctypes.string_at(0)",
    "power": "x = 10 ** 10 ** 10",
    "shift": "x = 1 << 10 ** 12",
    "product": "x = 7\nfor _ in range(10 ** 9): x = x * x",
    "text": "x = 'a' * 10 ** 12",
    "list": "x = [0] * 10 ** 12",
    "tuple": "x = (1,) * 10 ** 12",
    "doubling": "x = [1]\nfor _ in range(200): x = x + x",
    "nested doubling": "x = []\nfor _ in range(200): x = [x, x]\nstr(x)\nx == x",
    "doubling text": "x = 'a'\nfor _ in range(200): x += x",
    "range": "x = list(range(10 ** 15))",
    "comprehension": "x = [i * j for i in range(10 ** 6) for j in range(10 ** 6)]",
    "product of ranges": "import itertools\nx = list(itertools.product(range(1000), repeat=50))",
    "generator": "def g():\n    while True: yield 1\nx = list(g())",
    "endless": "while True: pass",
    "endless growth": "x = []\nwhile True: x.append(x)",
    "recursion": "def f(n): return f(n + 1)\nf(0)",
    "mutual recursion": "def f(n): return g(n)\ndef g(n): return f(n) + f(n)\nf(0)",
    "recursive lambda": "f = lambda f: f(f)\nf(f)",
    "recursive class": "class A:\n    def __init__(self): self.a = A()\nA()",
    "recursive property": "class A:\n    @property\n    def a(self): return self.a\nA().a",
    "recursive getattr": "class A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\nA().a",
    "loop in itself": "x = []\nx.append(x)\nfor y in x: x.append(y)",
    "dict in itself": "d = {}\nd['d'] = d\nstr(d)\nd == d",
    "branches": "import other\n" + "\n".join(f"x{i} = 1 if other.f() else 2" for i in range(200)),
    "nested branches": "import other\ndef f(n):\n    if other.f():\n        return f(n - 1)\n    return f(n - 2) if n else 1\nf(50)",
    "branches that return": "import other\ndef f():\n" + "\n".join("    if other.f(): return 1" for _ in range(200)) + "\nf()",
    "tries": "import other\n" + "\n".join("try: other.f()\nexcept Exception: x = 1" for _ in range(100)),
    "factorial": "import math\nmath.factorial(10 ** 9)",
    "comb": "import math\nmath.comb(10 ** 9, 10 ** 8)",
    "int of a long text": "int('9' * 200000)",
    "round": "round(1e308, -(10 ** 9))",
    "sum of texts": "sum(['a'] * 100, '')",
    "many layers": "x = [nn.Linear(2, 2) for _ in range(10 ** 9)]",
    "sorted": "sorted(range(10 ** 12))",
    "module in itself": "s = nn.Sequential()\ns.add_module('s', s)\nlist(s.modules())\nlist(s.parameters())",
    "null": "x = '\\0' * 3",
    "surrogate": "x = '\\ud800'",
    "star": "print(*range(10 ** 12))",
    "unpack": "a, *b = range(10 ** 12)",
    "join": "','.join(['a' * 1000] * 100000)",
    "replace": "('a' * 1000).replace('a', 'b' * 100000)",
    "named tuple": "import collections\ncollections.namedtuple('A', '__class__')",
    "type": "type('A', (), {'__init__': lambda s: None})()",
    "importlib": f"import importlib\nimportlib.import_module('os').system('touch {MARK}')",
    "path": "import sys\nsys.path.insert(0, '/')\nimport etc",
    "relative import": "from .. import secrets\nfrom ...... import x",
    "alias of exec": f"import builtins as b\nrun = b.exec\n[run][0]({WRITES!r})",
    "other arguments": "len()\nformat()\nisinstance(3)\nnn.Linear()\nsuper(1, 2, 3)\n{1: 2}[1:2]",
    "sys": "import sys\nsys.setrecursionlimit(10 ** 9)\nsys.modules['torch'] = None",
    "global of a module": "nn.Module.__init__ = None",
}  # fmt: skip

# each of many statements does much at once
HEAVY = {
    "layers": ("for i in range(590): x{0} = nn.TransformerEncoderLayer(8, 2)", 50),
    "chains": ("for i in range(590): x{0} = nn.Sequential(*[nn.Linear(i, 7) for _ in range(100)])", 50),
    "lists": (
        "x{0} = list(range(9999)) + list(range(9999))\ny = sorted(x{0}); z = set(x{0}); x{0}.index(9998); 5 in x{0}",
        900,
    ),
    "unknown methods": ("x{0} = set(range(30000))\nfor i in range(590): y = x{0}.union(x{0})", 4),
    "slices": ("x{0} = [0] * 40000\ny = x{0}[1:]; y == x{0}", 90),
    "texts": ("x{0} = ('abc' * 9999).replace('a', 'bb').split('c'); 'x' in 'a' * 190000", 90),
    "branches": (
        "for i in range(23):\n    if other(): x = [1, i]\n    else: x = (2, i)\n    try: other(x)\n    except ValueError: y = x",
        200,
    ),
    "graph": ("for i in range(590): y = keras.layers.LSTM(i + 1, return_sequences=True)(y)", 50),
}


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave only the count of steps to bound a run."""
    monkeypatch.setattr(budget.time, "thread_time", lambda: 0.0)


@pytest.mark.parametrize("name", HEAVY)
def test_steps_alone_bound_what_is_done(name: str, stopped_clock: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # ten times as much as may be done, and a tenth may be done here
    monkeypatch.setattr(budget, "STEPS", budget.STEPS // 10)
    monkeypatch.setattr(budget, "STATEMENT_STEPS", budget.STATEMENT_STEPS // 10)
    line, times = HEAVY[name]
    head = MODEL + "import keras\nfrom data import other\ny = keras.Input((8, 8))\n"
    program = head + "\n".join(line.format(place) for place in range(times)) + "\n"
    run, models = interpret(Source("model.py", given=program))
    assert run.budget.spent < 2.2 * budget.STEPS
    assert any("too many steps" in note for note in run.notes)
    first = models[0][1].report()
    assert (first.total, first.exact) == (16, True)


@pytest.mark.parametrize(
    ("call", "steps"), [("sum(x)", 20_000), ("dict(d)", 40_000), ("s.union(x)", 8_000), ("other(x)", 4_000)]
)
def test_what_a_call_does_inside_is_charged(call: str, steps: int) -> None:
    head = MODEL + "from data import other\nx = list(range(20000))\nd = dict(enumerate(x))\ns = set(x)\n"
    before, after = (interpret(Source("model.py", given=head + more))[0].budget.spent for more in ("", f"y = {call}\n"))
    assert after - before >= steps


def test_models_are_the_same_on_a_slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "import keras\nmodel = keras.applications.MobileNetV2(weights=None)\n"
    seconds = count(0, 0.2)  # at each look, as if a thousand steps took so long: a hundred times as long as they do
    monkeypatch.setattr(budget.time, "thread_time", lambda: next(seconds))
    report = loads(text).report()
    assert (report.total, report.exact) == (3_538_984, True)


def test_work_that_no_step_is_charged_for_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 10**6, 10))
    monkeypatch.setattr(budget.time, "thread_time", lambda: float(next(seconds)))
    model = loads(MODEL + "for i in range(10 ** 9): x = [one for one in range(500)]\n")
    assert "it takes too long; what it may change is unknown" in model.warnings[-1]


@pytest.mark.parametrize("name", ESCAPES)
def test_a_hostile_program_ends_without_effects(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped_clock: None
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "model.py"
    file.write_text(MODEL + ESCAPES[name] + "\n", encoding="utf-8", errors="surrogatepass")
    try:
        for model in load_all(str(file)):
            model.report().to_json()
    except ParamcalcError:
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["model.py"]


@pytest.mark.parametrize("name", ["os", "format width", "power", "recursion", "endless", "generator", "metaclass"])
def test_what_a_hostile_statement_cannot_reach_stays_exact(name: str) -> None:
    report = loads(MODEL + ESCAPES[name] + "\n").report()
    assert (report.total, report.exact) == (16, True)


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "-" * 100_000 + "1", "[" * 5000 + "]" * 5000, "x = " + "not " * 50_000 + "1"]
)
def test_deep_nesting_is_an_error(text: str) -> None:
    with pytest.raises(ParamcalcError):
        loads("import keras\n" + text)


def test_a_symbolic_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.py").write_text("size = 5\n")
    (inside / "secret.py").symlink_to(outside / "secret.py")
    (inside / "near.py").write_text("size = 7\n")
    (inside / "a.py").write_text("import torch.nn as nn\nfrom near import size\nmodel = nn.Linear(size, 1)\n")
    (inside / "b.py").write_text("import torch.nn as nn\nfrom secret import size\nmodel = nn.Linear(size, 1)\n")
    (near,) = load_all(str(inside / "a.py"))
    assert (near.report().total, near.report().exact) == (8, True)
    (far,) = load_all(str(inside / "b.py"))
    assert far.report().total != 6


def test_sources_of_the_interpreter_call_nothing_that_executes() -> None:
    import ast

    import paramcalc.formats.source as package

    (folder,) = package.__path__
    forbidden = {"exec", "eval", "compile", "__import__", "import_module", "getattr", "setattr", "delattr", "globals"}
    for file in Path(folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in forbidden, f"{file}:{node.lineno}"


@pytest.mark.parametrize(
    "body",
    [
        "m.add(layers.TimeDistributed(m))\nm.build((None, 3, 5))\n",
        "w = layers.TimeDistributed(m)\nm.add(layers.TimeDistributed(w))\nm = keras.Sequential([keras.Input((3, 5)), w])\n",
        "for _ in range(70): m = keras.Sequential([layers.TimeDistributed(m)])\n",
    ],
)
def test_a_model_of_keras_inside_its_own_wrapper_is_unknown(body: str) -> None:
    head = "import keras\nfrom keras import layers\nm = keras.Sequential()\n"
    _, models = interpret(Source("model.py", given=head + body))
    assert not models[-1][1].report().exact
