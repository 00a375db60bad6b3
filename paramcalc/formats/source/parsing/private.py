"""Names of a class that begin with two underscores are its own: ``self.__size`` in ``Net`` is ``self._Net__size``."""

from __future__ import annotations

import ast
import re

PRIVATE = re.compile(r"\b__[^\W]\w*")


def with_private_names(code: str, tree: ast.Module) -> ast.Module:
    """Give private names in classes their full form, as Python does when it compiles a class."""
    if any(not one.endswith("__") for one in PRIVATE.findall(code)):
        _rename(tree)
    return tree


def _rename(tree: ast.Module) -> None:
    pending: list[tuple[ast.AST, str]] = [(tree, "")]  # nodes, each with the class that it is in
    while pending:
        node, of = pending.pop()
        inner = of
        if isinstance(node, ast.ClassDef):
            inner = node.name.lstrip("_")
        if of:
            _rename_one(node, of)
        if isinstance(node, ast.ClassDef):
            outside = [*node.bases, *node.keywords, *node.decorator_list]
            pending += [(one, inner) for one in node.body] + [(one, of) for one in outside]
        else:
            pending += [(one, of) for one in ast.iter_child_nodes(node)]


def _rename_one(node: ast.AST, of: str) -> None:
    if isinstance(node, ast.Name):
        node.id = _full(node.id, of)
    elif isinstance(node, ast.Attribute):
        node.attr = _full(node.attr, of)
    elif isinstance(node, ast.arg):
        node.arg = _full(node.arg, of)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        node.name = _full(node.name, of)
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        node.names = [_full(one, of) for one in node.names]
    elif isinstance(node, ast.keyword) and node.arg is not None:
        node.arg = _full(node.arg, of)
    elif isinstance(node, ast.ExceptHandler) and node.name is not None:
        node.name = _full(node.name, of)
    elif isinstance(node, ast.alias):
        bound = node.asname or node.name
        if "." not in bound and _full(bound, of) != bound:
            node.asname = _full(bound, of)


def _full(name: str, of: str) -> str:
    private = name.startswith("__") and not name.endswith("__")
    return f"_{of}{name}" if private else name
