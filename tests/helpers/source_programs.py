"""Random programs with unknown conditions, and what running them gives under every outcome of those.

A program asks a module `outside` that the reader does not know: ``flip()`` for conditions, ``some()`` for a list of
unknown length, ``risky()`` for a call that may raise; ``visit(...)`` asks for lengths and items of what it is given. Running it follows a tape of answers; all tapes are tried.
"""

# ruff: noqa: E501  # a program is one line of a table
from __future__ import annotations

import gc
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from types import FrameType, SimpleNamespace
from typing import Any

MOST_RUNS = 96
SECONDS = 1.0  # of one run
LONGEST = 40  # questions of one run


class TooMany(BaseException):
    """A run asks too many questions."""


class Tape:
    """Answers in order; the first run answers 0 everywhere, and `after` gives the next tape."""

    def __init__(self, answers: list[int]) -> None:
        self.given = answers
        self.asked: list[tuple[int, int]] = []

    def ask(self, choices: int) -> int:
        place = len(self.asked)
        if place >= LONGEST:
            raise TooMany
        answer = self.given[place] if place < len(self.given) else 0
        self.asked.append((answer, choices))
        return answer

    def after(self) -> list[int] | None:
        asked = list(self.asked)
        while asked:
            answer, choices = asked.pop()
            if answer + 1 < choices:
                return [one for one, _ in asked] + [answer + 1]
        return None


def outside(tape: Tape) -> SimpleNamespace:
    """Make the module that programs ask."""

    def risky() -> int:
        if tape.ask(2):
            raise (ValueError, KeyError)[tape.ask(2)]("it fails")
        return 0

    def touch(tensor: Any, array: Any) -> None:
        tensor[0] = 2 + tape.ask(2)
        array[0] = 2 + tape.ask(2)

    def call(function: Any) -> None:
        for _ in range(tape.ask(2)):
            function()

    def use(iterator: Any) -> None:
        for _ in range(tape.ask(3)):
            next(iterator, None)

    def visit(*things: Any) -> None:
        if len(visits) == 2:
            return
        visits.append(None)
        for _ in range(tape.ask(3)):
            thing = things[tape.ask(len(things))]
            with suppress(Exception):
                if tape.ask(2):
                    len(thing)
                else:
                    thing[things[tape.ask(len(things))]]
        visits.pop()

    visits: list[None] = []  # within one another
    return SimpleNamespace(
        flip=lambda: bool(tape.ask(2)),
        some=lambda: list(range(tape.ask(3))),
        risky=risky,
        touch=touch,
        call=call,
        use=use,
        visit=visit,
    )


@contextmanager
def bounded() -> Iterator[None]:
    """Leave a program that does not end."""

    def leave(_: int, frame: FrameType | None) -> None:
        raise TooMany

    def lost(told: Any) -> None:
        if told.exc_type is not TooMany:
            reported(told)

    reported = sys.unraisablehook
    sys.unraisablehook = lost  # raised within a destructor it is lost, and the next signal raises it again
    before = signal.signal(signal.SIGVTALRM, leave)
    callbacks, gc.callbacks[:] = [*gc.callbacks], []  # an exception raised within one of Hypothesis's would be lost
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        sys.unraisablehook = reported
        gc.callbacks[:] = callbacks


def runs(
    program: str,
    most: int = MOST_RUNS,
    around: Callable[[], AbstractContextManager[None]] = nullcontext,
    **given: object,
) -> Iterator[dict[str, Any]]:
    """Run a program under every outcome; give the names it leaves, of runs that end without an exception.

    ``around`` makes the context of each run.
    """
    code = compile(program.replace("import outside\n", ""), "<program>", "exec")
    answers: list[int] | None = []
    for _ in range(most):
        tape = Tape(answers)
        names = {"outside": outside(tape), "__name__": "__main__", **given}
        try:
            with around(), bounded():
                exec(code, names)
            yield names
        except TooMany:
            if len(tape.asked) < LONGEST:
                raise  # it does not end
        except (Exception, SystemExit):
            pass
        answers = tape.after()
        if answers is None:
            return
    raise TooMany


CLASSES = """
class Net(nn.Module):
    def __init__(self, a, b, deep=False):
        super().__init__()
        self.a = nn.Linear(a, b)
        if deep:
            self.b = nn.Linear(b, b)
        self.size = b
    def grow(self):
        self.c = nn.Linear(self.size, 2)
        return self
class Odd(nn.Module):
    def __init__(self, a):
        super().__init__()
        if outside.flip():
            self.first = nn.Linear(a, 3)
        else:
            self.first = nn.Linear(a, 3) if a > 2 else nn.Linear(a, 4)
        self.table = nn.Parameter(torch.zeros(a, 2))
class Wide(nn.Linear):
    def __init__(self, a, b):
        super().__init__(a, b, bias=False)
        self.more = nn.Linear(b, 1)
class Chain(nn.Sequential):
    def __init__(self, *parts):
        super(Chain, self).__init__(*parts)
        if outside.flip():
            self.append(nn.Linear(1, 1))
class Bag(nn.ModuleList):
    def __init__(self, n):
        super().__init__(nn.Linear(1, i + 1) for i in range(n))
class Late(Net):
    def __init__(self, a):
        super().__init__(a, 2, deep=outside.flip())
        nn.Module.__init__(self) if a == 4 else None
"""
ODD = """
@functools.lru_cache(maxsize=2)
def kept(n):
    return nn.Linear(n, n)
class Cached:
    @functools.cached_property
    def made(self):
        return nn.Linear(k, k)
class Chosen:
    if outside.flip():
        @property
        def made(self):
            return nn.Linear(2, 2)
    else:
        made = nn.Linear(2, 2)
    pick = nn.Linear(1, 4) if outside.flip() else None
class Counted(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 2)
    @property
    def many(self):
        return 2
    @many.setter
    def many(self, value):
        self.last = nn.Linear(value, 1)
    def train(self, mode=True):
        self.trained = nn.Linear(1, 1)
        return super().train(mode)
class Catch:
    def __init__(self, catches):
        self.catches = catches
    def __enter__(self):
        return self
    def __exit__(self, kind, value, where):
        return self.catches and kind is not None
class Kind(enum.Enum):
    A = 1
    B = 2
    C = 1
@dataclasses.dataclass(frozen=True)
class Frozen:
    n: int = 3
"""
GENERATORS = """
def pairs(x):
    for i in range(2):
        yield n + i, x
def given(l):
    for x in l:
        yield x
    yield l[0]
def counted(limit):
    i = 0
    while i < limit and k < 4:
        yield nn.Linear(k, i + 1)
        i += 1
def walked(m):
    for c in m.children():
        yield c
        yield from walked(c)
def fed(it):
    for x in it:
        if outside.flip():
            yield x
class Walk:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        for i in range(self.n):
            yield i + self.n
w = Walk(2)
"""


class Maker:
    """Writes a program, statement by statement."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = [
            "import outside",
            "import torch",
            "from torch import nn",
            "import copy",
            "import itertools",
            "import numpy as np",
            "import functools, enum, dataclasses",
            *CLASSES.strip().splitlines(),
            *GENERATORS.strip().splitlines(),
            *ODD.strip().splitlines(),
        ]
        self.models = ["m0"]
        self.lists = ["l0"]
        self.functions: list[str] = []
        self.sizes = ["n"]
        self.loops = 0
        self.inside = False

    def program(self) -> str:
        self.lines += [
            "n = 3",
            "k = 2",
            "m0 = nn.Linear(2, 3)",
            "l0 = [nn.Linear(1, 2)]",
            "d = {'x': nn.Linear(2, 2)}",
            "m1 = None",
            "t = torch.arange(1, 5)",
            "a = np.linspace(1.0, 3.0, 3)",
            "g = iter(l0)",
        ]
        for _ in range(self.random.randint(0, 2)):
            self.function()
        for _ in range(self.random.randint(3, 8)):
            self.statement(0, 0)
        self.lines += ["final = nn.ModuleList([x for x in l0 if isinstance(x, nn.Module)])"]
        return "\n".join(self.lines) + "\n"

    def put(self, indent: int, text: str) -> None:
        self.lines += ["    " * indent + line for line in text.split("\n")]

    def pick(self, *options: str) -> str:
        return self.random.choice(options)

    def size(self) -> str:
        return self.pick("1", "2", "3", "4", "n", "k", "n + 1", "k * 2")

    def condition(self) -> str:
        return self.pick("outside.flip()", "outside.flip()", "outside.flip()", "n > 3", "k == 2", "len(l0) > 1",
                         "m1 is None", "not outside.flip()", "outside.flip() and n < 5", "hasattr(m0, 'c')")  # fmt: skip

    def model(self) -> str:
        m, a, b = self.pick("m0", "m1", "m0"), self.size(), self.size()
        choices = [
            f"nn.Linear({a}, {b})", f"nn.Linear({a}, {b}, bias=False)", f"Net({a}, {b})", f"Net({a}, {b}, deep={self.condition()})",
            f"Odd({a})", f"nn.Sequential({self.simple()}, {self.simple()})", "nn.Sequential(*l0)", m, "l0[0]", "d['x']",
            f"({self.simple()} if {self.condition()} else {self.simple()})", f"Net({a}, 2).grow()", "l0[-1]",
            f"(m1 or {self.simple()})", f"nn.ModuleList([{self.simple()} for _ in range({self.size()}) if {self.condition()}])",
            f"nn.Sequential({m}, {m})", "d.get('y', m0)", f"Wide({a}, {b})", f"Chain({self.simple()}, {self.simple()})",
            "Chain(*l0)", f"Bag({a})", f"Late({a})", f"copy.deepcopy({m})", f"copy.copy({m})",
        ]  # fmt: skip
        if self.functions and not self.inside:
            choices += [f"{self.random.choice(self.functions)}({m})"] * 4
        return self.random.choice(choices)

    def simple(self) -> str:
        return self.pick("m0", f"nn.Linear({self.size()}, {self.size()})", "nn.Linear(2, 2)", "nn.ReLU()", "l0[0]")

    def function(self) -> None:
        name = f"f{len(self.functions)}"
        self.inside = True
        self.put(0, f"def {name}(x):")
        self.put(1, self.pick("global m0, n, k", "global m1, k", "y = x"))
        for _ in range(self.random.randint(1, 4)):
            self.statement(1, 0, function=True)
        self.put(1, f"return {self.pick('x', 'nn.Linear(2, 5)', 'm0', 'l0[0]')}")
        self.functions.append(name)
        self.inside = False

    def body(self, indent: int, depth: int, function: bool, loop: bool) -> None:
        for _ in range(self.random.randint(1, 2)):
            self.statement(indent, depth, function, loop)

    def statement(self, indent: int, depth: int, function: bool = False, loop: bool = False) -> None:
        kind = self.random.random()
        if depth < 2 and kind < 0.22:
            self.put(indent, f"if {self.condition()}:")
            self.body(indent + 1, depth + 1, function, loop)
            if self.random.random() < 0.5:
                self.put(indent, "else:")
                self.body(indent + 1, depth + 1, function, loop)
        elif depth < 2 and kind < 0.30 and self.loops < 2:
            self.loops += 1
            self.put(
                indent,
                self.pick(
                    "for i in outside.some():",
                    "for i in range(2):",
                    "while outside.flip():",
                    "for i in outside.some():",
                ),
            )
            self.body(indent + 1, depth + 1, function, True)
            self.loops -= 1
            if self.random.random() < 0.25:
                self.put(indent, "else:")
                self.body(indent + 1, depth + 1, function, False)
        elif depth < 2 and kind < 0.38:
            self.put(indent, "try:")
            self.body(indent + 1, depth + 1, function, loop)
            self.put(
                indent + 1, self.pick("outside.risky()", "raise ValueError('x')", "outside.risky()", "pass", "d['z']")
            )
            self.body(indent + 1, depth + 1, function, loop)
            self.put(
                indent,
                self.pick("except ValueError:", "except Exception:", "except (KeyError, ValueError):", "except:"),
            )
            self.body(indent + 1, depth + 1, function, loop)
            if self.random.random() < 0.3:
                self.put(indent, "else:")
                self.body(indent + 1, depth + 1, function, loop)
            if self.random.random() < 0.3:
                self.put(indent, "finally:")
                self.body(indent + 1, depth + 1, function, False)
        elif loop and kind < 0.45:
            self.put(indent, f"if {self.condition()}:")
            self.put(indent + 1, self.pick("break", "continue"))
        elif function and kind < 0.47:
            self.put(indent, f"if {self.condition()}:")
            self.put(indent + 1, f"return {self.pick('x', 'm0', 'nn.Linear(3, 3)', 'l0[0]')}")
        else:
            self.put(indent, self.plain(function))

    def plain(self, function: bool) -> str:
        target = self.pick("m0", "m1", "x", "y") if function else self.pick("m0", "m1", "m2", "m3")
        m = self.pick("m0", "m0", "l0[0]", "d['x']")
        if self.random.random() < 0.2:
            return self.iterated()
        if self.random.random() < 0.2:
            return self.odd()
        return self.random.choice(
            [
                f"{target} = {self.model()}", f"{target} = {self.model()}", f"{target} = {self.model()}",
                f"l0.append({self.model()})", f"l0.append({self.simple()})", f"d['x'] = {self.model()}", f"d['y'] = {self.simple()}",
                f"{m}.extra = {self.simple()}", f"{m}.extra = {self.model()}", "l0.pop() if len(l0) > 1 else None",
                f"{m}.requires_grad_({self.pick('False', 'True', 'outside.flip()')})", f"for p in {m}.parameters(): p.requires_grad = {self.pick('False', 'True', 'outside.flip()')}",
                f"n {self.pick('=', '+=', '-=')} {self.pick('1', '2')}", f"k = {self.size()}", f"k = {self.pick('2', '3')} if outside.flip() else 2",
                f"l0[0] = {self.simple()}", f"l0 += [{self.simple()}]", f"{m}.weight = nn.Parameter(torch.ones(2, {self.size()}))",
                f"setattr({m}, 'late', {self.simple()})", f"l0.insert(0, {self.simple()})", "m1, m0 = m0, m0", "l1 = l0", "d = {**d}",
                "l0 = list(l0)", f"m1 = getattr(m0, {self.pick(repr('extra'), repr('c'))}, None)",
                "m0.weight = l0[0].weight", f"m2 = nn.Sequential({self.simple()}); m2.append({self.simple()}) if outside.flip() else None",
                f"m3 = nn.ModuleDict({{'p': {self.simple()}}}); m3['q'] = {self.simple()}",
                "m0.bias = None", "outside.risky()", "for x in l0: l0.append(x) if len(l0) < 4 else None",
                "for x in gen(): break", "m2 = next(gen())", "l0.extend(gen())", f"Net.a = {self.simple()}",
                "m1 = [*gen()][-1]", "with Guard(): n = 2", "m0.a = nn.Linear(k, k)",
                "k = (t * 0.75 + 1).round().int().tolist()[1]", "n = t.tolist()[-1]", "k = int([float(x) for x in a][0])",
                "k = int(a.tolist()[1])", "s = t", "s += 1", "t[0] = 3", "t.add_(1)", "s = t.view(-1); s.mul_(2)", "s = t[1:]; s += 1",
                "b = a; b[0] = 4", "b = a[:2]; b[0] = 5", "a += 1", "t = torch.tensor([k, n])", "outside.touch(t, a)",
                "k = torch.diff(t).abs().tolist()[0] + 1", "n = len(a)", "t = torch.pow(2, t)", "a = np.arange(1, 4)",
            ]
        )  # fmt: skip

    def odd(self) -> str:
        """Write a statement that sets, takes away or replaces something that was made."""
        m, other, name = self.pick("m0", "l0[0]", "m2"), self.simple(), self.pick("a", "c", "extra", "weight", "0")
        return self.random.choice(
            [
                f"delattr({m}, '{name}')", f"{m}.{self.pick('a', 'c', 'extra')} = {self.pick('None', '3', 't', other)}", f"{m}.add_module('{name}', {other})",
                f"{m}.register_parameter('{self.pick('p', 'weight', 'bias')}', {self.pick('None', 'nn.Parameter(torch.ones(n, 2))')})", f"{m}.register_buffer('b', torch.zeros(n))",
                f"m2 = nn.Sequential({other}, m0, *l0[:2]); del m2[{self.pick('0', '-1', '1:')}]", f"m2 = nn.Sequential({other}, {other})[{self.pick(':-1', '1:', '::-1')}]",
                "m2 = nn.Sequential(*list(nn.Sequential(*l0).children())[:-1])", f"m3 = nn.ModuleList([{other}, m0]); m3[{self.pick('0', '-1', 'k - 2')}] = {other}; m3.insert(1, {other})",
                f"m3 = nn.ModuleDict({{'x': {other}, 'y': m0}}); m3['x' if outside.flip() else 'z'] = {other}", f"m3 = nn.ParameterList([torch.ones(n), nn.Parameter(torch.ones(k))]); m3[0] = torch.ones({self.size()})",
                f"def grow(x):\n    if isinstance(x, nn.Linear): x.{self.pick('bias', 'late')} = {self.pick('None', 'nn.Linear(1, 1)')}\n{m}.apply(grow)" if not self.inside else "pass",
                f"for name, x in {m}.named_children():\n    if {self.condition()}: setattr({m}, name, {other})", f"{m}.__class__ = {self.pick('Net', 'Wide')}",
                f"{m}.weight.{self.pick('set_(torch.ones(n, k))', 'data.zero_()', 'detach_()', 't_()')}", f"{m}.weight.data = torch.ones(k, n)", "m1 = kept(k)", "kept.cache_clear()", "m1 = Cached().made",
                f"m1 = Chosen().{self.pick('made', 'pick')}", "m2 = Counted(); m2.many = n; m2.many = 2", "m2 = Counted(); m2.eval()", f"with Catch({self.pick('True', 'False', 'outside.flip()')}):\n    m1 = {other}\n    outside.risky()\n    m1 = nn.Linear(1, k)",
                f"with Catch(True), Catch({self.condition()}): raise KeyError('x')", "n = Kind.A.value + len(Kind)", f"n = int({self.pick('n', 'k')} * {self.pick('0.5', '1.5', '0.75')}) + 1",
                f"k = round({self.pick('2.5', 'n / 2', 'k * 0.7')}) + 1", "k = -n // 2 % 4 + 1", f"m1 = getattr(nn, '{self.pick('Lin', 'Bilin')}' + 'ear')(*[n, k, 2][:{self.pick('2', '3')}])",
                "(j := k + 1); n = j", f"n = {{'x': 2, 'y': n}}.get({self.pick(repr('x'), repr('z'))}, k)", f"frozen = Frozen(n); frozen.n = {self.pick('2', 'k')}", "n = Frozen(k).n",
                f"try:\n    {self.pick('n = 2', 'outside.risky()')}\nfinally:\n    k = {self.size()}",
            ]
        )  # fmt: skip

    def items(self) -> str:
        """Write something to iterate over."""
        inner = self.pick(
            "l0", "range(3)", "d.values()", "d", "g", "w", "outside.some()", "l1" if self.inside else "l0"
        )
        return self.random.choice(
            [
                "pairs(1)", "given(l0)", "counted(n)", "walked(nn.Sequential(m0, nn.Linear(2, 2)))", f"fed({inner})",
                f"(x for x in {inner})", f"(n + i for i in range({self.size()}))", f"(k for x in {inner} if n > 2)",
                f"(x for x in {inner} if {self.condition()})", f"((x, y) for x in {inner} for y in range(k))", f"enumerate({inner})", f"zip({inner}, range(n))",
                f"map(lambda x: n, {inner})", f"filter(lambda x: n > 2, {inner})", "reversed(l0)", "d.items()", "d.keys()", "g", "g", "w",
                f"itertools.chain({inner}, {inner})", f"itertools.islice({inner}, 2)", f"itertools.islice(itertools.count({self.size()}), 3)",
                "m0.children()", "m0.named_modules()", "nn.Sequential(*l0).modules()", "l0[0].parameters()", "iter(d.values())",
            ]
        )  # fmt: skip

    def iterated(self) -> str:
        """Write a statement that uses an iterator, and may change what it reads."""
        items = self.items()
        change = self.pick("n += 1", "k = n", "l0.append(nn.Linear(1, 1))", "l0[0] = nn.Linear(2, 1)", "d['x'] = nn.Linear(3, 1)", "d['w'] = m0",
                           "m0.extra = nn.Linear(n, 1)", "next(g, None)", "w.n = 3", "pass", "l0.pop() if len(l0) > 1 else None",
                           f"{self.pick('n += 1', 'l0.append(nn.Linear(1, 1))')} if {self.condition()} else None")  # fmt: skip
        stop = self.pick("", "", f"; c += 1; {self.pick('n', 'k')} = c")
        return self.random.choice(
            [
                f"c = 0\nfor v in {items}:\n    {change if ' if ' not in change else 'pass'}{stop}\n    if c > 4: break",
                f"c = 0\nfor v in {items}:\n    c += 1; {change}\n    if {self.condition()} or c > 4: break",
                f"c = 0\nfor v in {items}:\n    c += 1\n    if c > 4: break\n    {change}\nn = c",
                f"g = {items}" if items != "g" else "g = given(l0)", f"g = iter({items})", "n = len(list(g)) + 1", "k = sum(1 for x in g) + 1",
                f"v = next(g, None)\n{change}\nn = len([*g]) + 1", f"v, u = next(g, 1), next(g, 2)\n{change}", "n = 2 if 1 in g else 3",
                f"n = 2 if any(x == n for x in {items if 'count' not in items else 'l0'}) else 3", "n = next((x for x in g if isinstance(x, int) and x < 9), 2)",
                "l0 += [x for x in g if isinstance(x, nn.Module)]", "l0.extend(x for x in g if isinstance(x, nn.Module))", f"outside.call(lambda: {self.pick('l0.append(m0)', 'next(g, 0)', 'm0.append(m0)')})",
                "outside.use(g)", f"n = len(dict(zip({items}, range(3)))) + 1", "m2 = nn.Sequential(*(nn.Linear(n, k) for i in range(k)))",
            ]
        )  # fmt: skip


def program(seed: int) -> str:
    """Write a program."""
    return Maker(seed).program()
