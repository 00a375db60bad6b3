"""Changes of programs: statements left out, swapped, repeated or made to depend on unknowns, and other numbers."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator

Body = list[ast.stmt]


def bodies(tree: ast.AST) -> list[Body]:
    """List the blocks of statements that may be changed."""
    found = []
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and not isinstance(node, ast.Lambda):
                found.append(block)
    return found


def _statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def _wrapped(head: str) -> Callable[[random.Random, Body, int], None]:
    def wrap(draw: random.Random, body: Body, place: int) -> None:
        outer = _statement(f"{head}\n    pass")
        assert isinstance(outer, (ast.If, ast.For, ast.While))
        last = min(len(body), place + draw.randint(1, 2))
        outer.body = body[place:last]
        body[place:last] = [outer]

    return wrap


def _tried(draw: random.Random, body: Body, place: int) -> None:
    outer = _statement("try:\n    outside.risky()\nexcept Exception:\n    pass")
    assert isinstance(outer, ast.Try)
    last = min(len(body), place + draw.randint(1, 2))
    outer.body.insert(draw.randint(0, 1), outer.body[0])
    outer.body[1:1] = body[place:last]
    body[place:last] = [outer]


def _deleted(draw: random.Random, body: Body, place: int) -> None:
    body[place : place + 1] = [] if len(body) > 1 else [ast.Pass()]


def _swapped(draw: random.Random, body: Body, place: int) -> None:
    other = draw.randrange(len(body))
    body[place], body[other] = body[other], body[place]


def _repeated(draw: random.Random, body: Body, place: int) -> None:
    body.insert(place, body[place])


def _left(draw: random.Random, body: Body, place: int) -> None:
    leave = draw.choice(["if outside.flip():\n    return", "if outside.flip():\n    break", "outside.risky()"])
    body.insert(place, _statement(leave))


def _number(draw: random.Random, body: Body, place: int) -> None:
    found = [one for one in ast.walk(body[place]) if isinstance(one, ast.Constant) and type(one.value) is int]
    if found:
        one = draw.choice(found)
        assert isinstance(one.value, int)
        other = ast.parse(
            draw.choice(["1", "2", "3", str(max(1, one.value - 1)), str(one.value + 1), "(2 if outside.flip() else 3)"])
        )
        made = other.body[0]
        assert isinstance(made, ast.Expr)
        _Replaced(one, made.value).visit(body[place])


class _Replaced(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def generic_visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node


CHANGES: list[Callable[[random.Random, Body, int], None]] = [
    _deleted, _swapped, _repeated, _number, _number, _left, _tried, _wrapped("if outside.flip():"),
    _wrapped("if outside.flip():"), _wrapped("for _ in outside.some():"), _wrapped("while outside.flip():"),
    _wrapped("for _ in range(2):"),
]  # fmt: skip


def mutated(text: str, seed: int) -> str | None:
    """Change a program in one to three places; nothing where that is no program."""
    draw = random.Random(seed)
    tree = ast.parse(text)
    for _ in range(draw.randint(1, 3)):
        body = draw.choice(bodies(tree))
        draw.choice(CHANGES)(draw, body, draw.randrange(len(body)))
    try:
        made = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
        compile(made, "<program>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return None
    return "import outside\n" + made


def runnable(text: str, runs: Callable[[str], bool]) -> str:
    """Leave out the statements of a program that cannot be run here: those that need files, data or other packages."""
    body = ast.parse(text).body
    kept: Body = []
    for one in body:
        if runs(ast.unparse(ast.Module([*kept, one], []))):
            kept.append(one)
    return ast.unparse(ast.Module(kept, [])) + "\n"


def mutants(texts: list[str], seeds: range) -> Iterator[tuple[int, str]]:
    """Change programs in turn."""
    for seed in seeds:
        made = mutated(texts[seed % len(texts)], seed)
        if made is not None:
            yield seed, made
