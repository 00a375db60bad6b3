"""Values: the names of a function: which it binds, which belong to a scope around it, and whether it is a generator."""

from __future__ import annotations

import ast
from functools import lru_cache

from ..memory.objects import Scope
from ..memory.state import Stop

KEPT = 5_000  # functions of which facts are kept


def home_of(scope: Scope | None, name: str, kind: type[ast.stmt]) -> Scope:
    """Find the scope that a name declared global or nonlocal belongs to."""
    one = outer_home(scope, name, kind)
    if one is None:
        raise Stop("a name that belongs nowhere")
    return one


def outer_home(scope: Scope | None, name: str, kind: type[ast.stmt]) -> Scope | None:
    """Find that scope among those around a function; ``None`` where it is not one of them."""
    one = scope
    while one is not None and one.kind != "module":
        if kind is ast.Nonlocal and one.kind == "function" and name in (one.locals or ()):
            return one
        one = one.parent
    return one if kind is ast.Global else None


@lru_cache(KEPT)
def outer_names(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> dict[str, type[ast.stmt]]:
    """List the names that a function declares global or nonlocal."""
    found: dict[str, type[ast.stmt]] = {}
    pending: list[ast.AST] = list(node.body) if isinstance(node.body, list) else []
    while pending:
        one = pending.pop()
        if isinstance(one, (ast.Global, ast.Nonlocal)):
            found.update(dict.fromkeys(one.names, type(one)))
        if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            pending += ast.iter_child_nodes(one)
    return found


@lru_cache(KEPT)
def declared_within(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> dict[str, type[ast.stmt]]:
    """List the names that a function, or one inside it, declares global or nonlocal."""
    declared = (one for one in ast.walk(node) if isinstance(one, (ast.Global, ast.Nonlocal)))
    return {name: type(one) for one in declared for name in one.names}


@lru_cache(KEPT)
def local_names(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """List the names that a function binds itself."""
    found = set[str]()
    outer = set[str]()
    arguments = node.args
    for one in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]:
        if one is not None:
            found.add(one.arg)
    pending: list[ast.AST] = list(node.body) if isinstance(node.body, list) else [node.body]
    while pending:
        one_node = pending.pop()
        if isinstance(one_node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(one_node.name)
            continue
        if isinstance(one_node, ast.Lambda):
            continue
        if isinstance(one_node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            pending += [inner for inner in ast.walk(one_node) if isinstance(inner, ast.NamedExpr)]
            continue
        if isinstance(one_node, ast.Name) and isinstance(one_node.ctx, (ast.Store, ast.Del)):
            found.add(one_node.id)
        elif isinstance(one_node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in one_node.names}
        elif isinstance(one_node, (ast.Global, ast.Nonlocal)):
            outer |= set(one_node.names)
        elif isinstance(one_node, ast.ExceptHandler) and one_node.name:
            found.add(one_node.name)
        pending += ast.iter_child_nodes(one_node)
    return frozenset(found - outer)


@lru_cache(KEPT)
def is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function yields."""
    pending: list[ast.AST] = list(node.body)
    while pending:
        one = pending.pop()
        if isinstance(one, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            pending += ast.iter_child_nodes(one)
    return False
