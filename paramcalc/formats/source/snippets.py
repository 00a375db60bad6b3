"""Names that a program uses and never binds, as a snippet does that leaves out its imports and its data.

Run by itself, such a program ends with a ``NameError``. What it is a part of binds the name: to what it stands for by
custom, as ``nn`` and ``LSTM`` do, else to something unknown. The models say which names were taken so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from .names.customary import customary
from .state import Names, State
from .values import MISSING, Scope, Unknown, Value

DYNAMIC = frozenset(["globals", "vars", "exec", "eval", "builtins", "__builtins__"])  # with these any name may be bound
MOST_NAMED = 12  # in one remark
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def names_of(body: Iterable[ast.stmt]) -> Names:
    """Collect the names of a program."""
    tree = ast.Module([*body], [])
    mentioned = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    declared = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    return Names(frozenset(_bound(tree)) | declared, frozenset(mentioned))


def _bound(tree: ast.AST) -> Iterator[str]:
    # the bodies of functions and classes bind names of their own
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name
        if not isinstance(node, SCOPES):
            yield from _bound(node)


def undefined(run: State, name: str, scope: Scope) -> Value:
    """Give the value of a name that nothing binds, or `MISSING` where the program may bind it after all."""
    while scope.parent is not None:
        scope = scope.parent
    known = run.program
    if scope is not run.globals or name in known.bound or known.mentioned & DYNAMIC:
        return MISSING
    if name not in run.assumed:
        run.assumed[name] = customary(run, name, known.mentioned) or ("", _open(run, name))
    return run.assumed[name][1]


def _open(run: State, name: str) -> Value:
    value = Unknown(f"{name} is not defined", run.line, data=True)
    return run.name(value, name)


def remarks(run: State) -> list[str]:
    """Say which names were taken for what."""
    customs = [f"{name} = {path}" if name != path else name for name, (path, _) in run.assumed.items() if path]
    others = [name for name, (path, _) in run.assumed.items() if not path and name not in run.sizes]
    said = []
    if customs:
        said.append(f"not imported here, read as usual: {_listed(customs)}")
    if others:
        said.append(f"not defined here, unknown: {_listed(others)}")
    return said


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:MOST_NAMED])} and {more} more"
