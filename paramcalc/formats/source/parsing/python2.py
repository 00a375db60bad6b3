"""Gives a program of Python 2 the same meaning in Python 3: quotients, lists for iterators, names of comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy

# what a name of Python 2 stands for in Python 3
NAMES = {
    "map": "lambda *given: list(map(*given))",
    "filter": "lambda *given: list(filter(*given))",
    "zip": "lambda *given: list(zip(*given))",
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "round": (
        "lambda x, *digits: round(x, *digits) if digits else "
        "float(int(x) + (abs(x - int(x)) >= 0.5) * (1 if x > 0 else -1))"
    ),
}
QUOTIENT = "(lambda a, b: a // b if isinstance(a, int) and isinstance(b, int) else a / b)"


def with_meaning(tree: ast.Module) -> ast.Module:
    """Change what means something else in Python 3.

    Integers are divided as ``//`` does, ``map``, ``filter`` and ``zip`` give lists, ``round`` rounds halves away from
    zero, and a list comprehension leaves its names bound.

    Raises
    ------
    SyntaxError
        Where a target that is divided has a call: it would run twice.
    """
    changed = _Meaning(tree)
    tree.body = [changed.visit(one) for one in tree.body]
    return tree


class _Meaning(ast.NodeTransformer):
    def __init__(self, tree: ast.Module) -> None:
        stored = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        made = {one.name for one in ast.walk(tree) if isinstance(one, (ast.FunctionDef, ast.ClassDef))}
        arguments = {one.arg for one in ast.walk(tree) if isinstance(one, ast.arg)}
        brought = {alias.asname or alias.name for one in _imports(tree) for alias in one.names}
        self.own = stored | made | arguments | brought
        self.whole = "division" not in brought

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in NAMES and node.id not in self.own:
            return _at(node, NAMES[node.id])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Div) and self.whole:
            return ast.copy_location(ast.Call(_at(node, QUOTIENT), [node.left, node.right], []), node)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        self.generic_visit(node)
        if isinstance(node.op, ast.Div) and self.whole:
            if any(isinstance(one, ast.Call) for one in ast.walk(node.target)):
                raise SyntaxError("a call in the target of a quotient")
            before = deepcopy(node.target)
            before.ctx = ast.Load()
            value = ast.copy_location(ast.Call(_at(node, QUOTIENT), [before, node.value], []), node)
            return ast.copy_location(ast.Assign([node.target], value), node)
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        self.generic_visit(node)
        for part in node.generators:
            names = [one for one in ast.walk(part.target) if isinstance(one, ast.Name) and one.id[:1] != "<"]
            kept: list[ast.expr] = []
            for one in names:
                inner = ast.copy_location(ast.Name(f"<{one.id}>", ast.Load()), one)
                outer = ast.copy_location(ast.Name(one.id, ast.Store()), one)
                kept.append(ast.copy_location(ast.NamedExpr(outer, inner), one))
                one.id = f"<{one.id}>"
            kept.append(ast.copy_location(ast.Constant(True), node))
            part.ifs.insert(0, _first(kept, node))
        return node


def _first(kept: list[ast.expr], node: ast.expr) -> ast.expr:
    # true, after all of them
    made = ast.copy_location(ast.Tuple(kept, ast.Load()), node)
    last = ast.copy_location(ast.Constant(len(kept) - 1), node)
    return ast.copy_location(ast.Subscript(made, last, ast.Load()), node)


def _imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    return (one for one in ast.walk(tree) if isinstance(one, (ast.Import, ast.ImportFrom)))


def _at(node: ast.expr | ast.stmt, text: str) -> ast.expr:
    made = ast.parse(text, mode="eval").body
    for one in ast.walk(made):
        if isinstance(one, (ast.expr, ast.stmt, ast.arg)):
            ast.copy_location(one, node)
    return made
