"""Programs drawn at random: syntax trees of every kind of node, and the examples with their nodes changed.

What a node has is read from the documentation of its class in `ast`, so no kind of node is left out.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from paramcalc.errors import ParamcalcError
from paramcalc.formats.opened import Source
from paramcalc.formats.source.reader import read_all

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
HEAD = "import torch, keras, math\nfrom torch import nn\nfrom keras import layers\nm = nn.Linear(2, 3)\n"
FIELD = re.compile(r"(\w+)([*?]?) (\w+)")
NAMES = (
    "m", "n", "x", "self", "nn", "torch", "keras", "layers", "math", "Linear", "Dense", "Sequential",
    "Module", "Model", "add", "append", "items", "format", "range", "len", "map", "super", "object", "type",
    "iter", "next", "print", "getattr", "setattr", "globals", "exec", "eval", "__import__", "__class__",
    "__mro__", "__subclasses__", "__globals__", "__dict__", "__init__", "__call__", "__getattr__",
    "__getitem__", "__iter__", "__eq__", "__hash__", "__new__", "__set__", "__get__", "forward", "build",
    "call", "os", "sys",
)  # fmt: skip
CONSTANTS = (
    0, 1, -1, 2, 3, 64, 10**6, 10**18, 10**400, 0.5, 1e308, float("inf"), 1j, True, False, None, ..., "", "x",
    "relu", "{0.__class__}", "%999999d", "{:>999999999}", "a" * 300, "\ud800", b"", b"x",
)  # fmt: skip
TARGETS = (ast.Name, ast.Name, ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List)
PATTERNS = tuple(one for one in ast.pattern.__subclasses__() if one is not ast.MatchStar)
TRIES = 12


@cache
def fields(kind: type[ast.AST]) -> tuple[tuple[str, str, str], ...]:
    """List what a node has: the type, whether several or none, and the name of each."""
    _, _, inside = (kind.__doc__ or "").partition("(")
    return tuple(FIELD.findall(inside))


@cache
def kinds(base: str) -> tuple[type[ast.AST], ...]:
    """List the kinds of nodes of a type."""
    kind = vars(ast)[base]
    found = tuple(one for one in kind.__subclasses__() if one.__module__ == "ast" and not issubclass(one, ast.slice))
    return found or (kind,)


class Writer:
    """Writes a tree of at most so many nodes."""

    def __init__(self, luck: Random, nodes: int) -> None:
        self.luck = luck
        self.left = nodes

    def some(self, base: str, name: str, depth: int) -> Any:
        """Make a value of a field."""
        luck = self.luck
        if base == "identifier":
            return luck.choice(NAMES)
        if base == "string":
            return None
        if base == "int":
            return {"conversion": luck.choice((-1, 114, 115)), "level": luck.choice((0, 0, 1)), "is_async": 0}.get(
                name, 1
            )
        if base == "constant":
            return luck.choice(CONSTANTS)
        if base == "expr_context":
            return ast.Load()
        if base == "expr" and name in ("target", "targets", "optional_vars"):
            return self.target(depth)
        small = self.left <= 0 or depth > 7
        if base == "expr":
            kind = luck.choice((ast.Name, ast.Constant) if small else kinds("expr"))
        elif base == "stmt":
            kind = luck.choice((ast.Pass, ast.Break, ast.Return) if small else kinds("stmt"))
        elif base == "pattern":
            kind = ast.MatchAs if small else luck.choice(PATTERNS)
        else:
            kind = luck.choice(kinds(base))
        return self.node(kind, depth)

    def node(self, kind: type[ast.AST], depth: int) -> ast.AST:
        """Make a node with all it has."""
        self.left -= 1
        made = kind()
        for base, mark, name in fields(kind):
            if mark == "*":
                least = name in ("body", "targets", "names", "values", "generators", "ops", "comparators", "elts")
                count = self.luck.choice((least, least, 1, 2)) if self.left > 0 else int(least)
                value: Any = [self.some(base, name, depth + 1) for _ in range(count)]
            elif mark == "?" and (self.luck.random() < 0.5 or base == "string"):
                value = None
            else:
                value = self.some(base, name, depth + 1)
            setattr(made, name, value)
        return self.fitted(made)

    def fitted(self, made: ast.AST) -> ast.AST:
        """Make lists that belong together equally long, and leave out what the parser refuses."""
        luck = self.luck
        if isinstance(made, ast.Compare):
            made.comparators = [self.some("expr", "", 7) for _ in made.ops]
        elif isinstance(made, ast.Dict):
            made.keys = [self.some("expr", "", 7) if luck.random() < 0.8 else None for _ in made.values]
        elif isinstance(made, ast.arguments):
            made.kw_defaults = [self.some("expr", "", 7) for _ in made.kwonlyargs]
            made.defaults = made.defaults[: len(made.args) + len(made.posonlyargs)]
            for place, one in enumerate([*made.posonlyargs, *made.args, *made.kwonlyargs]):
                one.arg = f"x{place}"
            for one, name in ((made.vararg, "rest"), (made.kwarg, "more")):
                if one is not None:
                    one.arg = name
        elif isinstance(made, ast.JoinedStr):
            made.values = [one for one in made.values if isinstance(one, ast.FormattedValue)] or [ast.Constant("x")]
        elif isinstance(made, ast.pattern):
            self.fit_pattern(made)
        elif isinstance(made, ast.BoolOp):
            made.values += [self.some("expr", "", 7)]
        return made

    def fit_pattern(self, made: ast.pattern) -> None:
        """Make a pattern one that Python parses."""
        luck = self.luck
        if isinstance(made, ast.MatchSingleton):
            made.value = luck.choice((None, True, False))
        elif isinstance(made, ast.MatchValue):
            made.value = ast.Constant(luck.choice((1, "x", 0.5)))
        elif isinstance(made, ast.MatchMapping):
            made.keys = [ast.Constant(place) for place, _ in enumerate(made.patterns)]
        elif isinstance(made, ast.MatchClass):
            made.cls = ast.Name("object", ast.Load())
            made.kwd_attrs = [f"y{place}" for place, _ in enumerate(made.kwd_patterns)]
        elif isinstance(made, ast.MatchOr):
            made.patterns = [ast.MatchValue(ast.Constant(place)) for place in range(2)]
        elif isinstance(made, ast.MatchSequence) and luck.random() < 0.5:
            made.patterns.append(ast.MatchStar(luck.choice((None, "rest"))))
        elif isinstance(made, ast.MatchAs):
            made.name = made.name or "y"

    def target(self, depth: int) -> ast.expr:
        """Make something to assign to."""
        kind = ast.Name if depth > 5 or self.left <= 0 else self.luck.choice(TARGETS)
        self.left -= 1
        if kind is ast.Name:
            return ast.Name(self.luck.choice(NAMES), ast.Store())
        if kind is ast.Attribute:
            return ast.Attribute(self.some("expr", "", depth + 1), self.luck.choice(NAMES), ast.Store())
        if kind is ast.Subscript:
            return ast.Subscript(self.some("expr", "", depth + 1), self.some("expr", "", depth + 1), ast.Store())
        return kind([self.target(depth + 1) for _ in range(2)], ast.Store())


class Changed(ast.NodeTransformer):
    """Changes some nodes of a tree for others that are drawn."""

    def __init__(self, luck: Random, rate: float) -> None:
        self.luck = luck
        self.rate = rate

    def generic_visit(self, node: ast.AST) -> ast.AST:
        made = super().generic_visit(node)
        if self.luck.random() >= self.rate:
            return made
        writer = Writer(self.luck, 12)
        if isinstance(made, ast.expr) and isinstance(getattr(made, "ctx", ast.Load()), ast.Load):
            return writer.some("expr", "", 3)
        return writer.some("stmt", "", 3) if isinstance(made, ast.stmt) else made


@cache
def trees() -> tuple[str, ...]:
    """Read the programs that are changed."""
    return tuple(file.read_text(encoding="utf-8") for file in sorted(EXAMPLES.glob("*.py")))


def drawn(luck: Random) -> str:
    """Draw a program that Python parses."""
    for _ in range(TRIES):
        if luck.random() < 0.5:
            writer = Writer(luck, luck.choice((10, 40, 120)))
            tree: ast.AST = ast.Module([writer.some("stmt", "", 0) for _ in range(luck.randint(1, 6))], [])
        else:
            tree = Changed(luck, luck.choice((0.01, 0.03, 0.1))).visit(ast.parse(luck.choice(trees())))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                text = HEAD + ast.unparse(ast.fix_missing_locations(tree)) + "\n"
                ast.parse(text)
        except (SyntaxError, ValueError, TypeError, AttributeError, RecursionError, MemoryError):
            continue
        return text
    return HEAD


OUTSIDE = (
    "os.",
    "subprocess.",
    "socket.",
    "shutil.",
    "ctypes.",
    "pty.",
    "urllib.",
    "ftplib.",
    "webbrowser.",
    "pickle.",
)
watched = False
effects: list[str] = []


def _hear(event: str, args: tuple[Any, ...]) -> None:
    listed = event in ("os.listdir", "os.scandir")
    if watched and not listed and (event.startswith(OUTSIDE) or (event == "open" and not _reads(args))):
        effects.append(f"{event} {args}"[:200])


def _reads(args: tuple[Any, ...]) -> bool:
    mode = args[1] if len(args) > 1 else "r"
    return mode is None or not set("wax+") & set(str(mode))


@cache
def _listen() -> None:
    sys.addaudithook(_hear)  # it cannot be removed


@contextmanager
def without_effects() -> Iterator[None]:
    """Fail where something outside is changed, or a program is run."""
    global watched
    _listen()
    effects.clear()
    compiled, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # of modules of this package, imported late
    watched = True
    try:
        yield
    finally:
        watched = False
        sys.dont_write_bytecode = compiled
    assert not effects, effects


def read(text: str) -> None:
    """Read a program with all its models."""
    with without_effects():
        try:
            for model in read_all(Source("model.py", given=text)):
                model.report().to_json()
        except ParamcalcError:
            pass
