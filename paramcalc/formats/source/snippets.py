"""Names that a program uses and never binds, as a snippet does that leaves out its imports and its data.

Run by itself, such a program ends with a ``NameError``. What it is a part of binds the name: to what it stands for by
custom, as ``nn`` and ``LSTM`` do, else to something unknown. The models say which names were taken so.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from .names.customary import customary
from .state import Names, State
from .values import MISSING, Scope, Unknown, Value

# what has one of these may bind any name
DYNAMIC = frozenset(
    [
        "globals", "locals", "vars", "exec", "eval", "execfile", "get_ipython", "__import__", "import_module", "runpy",
        "builtins", "__builtin__", "__builtins__", "__main__", "__globals__", "f_globals", "f_locals", "_getframe",
    ]
)  # fmt: skip
PYTHON = frozenset(dir(builtins))
MOST_NAMED = 12  # in one remark
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def names_of(body: Iterable[ast.stmt]) -> Names:
    """Collect the names of a program."""
    tree = ast.Module([*body], [])
    mentioned: set[str] = set()
    words: set[str] = set()  # those behind a dot and in imports
    bound = set(_bound(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            mentioned.add(node.id)
        elif isinstance(node, ast.Attribute):
            words.add(node.attr if node.attr != "modules" else f"{_word(node.value)}.modules")
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            words |= {part for alias in node.names for part in f"{module}.{alias.name}".split(".")}
            words |= {"sys.modules" for alias in node.names if (module or alias.name) == "sys" and alias.asname}
            words |= {"sys.modules" for alias in node.names if module == "sys" and alias.name == "modules"}
        elif isinstance(node, ast.Global):
            bound |= {*node.names}
    dynamic = bool((mentioned | words) & DYNAMIC) or "sys.modules" in words
    return Names(frozenset(bound), frozenset(mentioned), dynamic)


def _word(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _bound(tree: ast.AST) -> Iterator[str]:
    for node in _outside(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest


def _outside(tree: ast.AST) -> Iterator[ast.AST]:
    # without the bodies of functions and classes, which bind names of their own; their defaults and decorators are here
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        own: set[int] = set()
        if isinstance(node, SCOPES):
            own = {id(one) for one in (node.body if isinstance(node.body, list) else [node.body])}
        pending += [one for one in ast.iter_child_nodes(node) if id(one) not in own]


def undefined(run: State, name: str, scope: Scope) -> Value:
    """Give the value of a name that nothing binds, or `MISSING` where the program may bind it or do without it."""
    while scope.parent is not None:
        scope = scope.parent
    known = run.program
    if scope is not run.globals or name in known.bound or known.dynamic or name in PYTHON or _is_dunder(name):
        return MISSING
    if name not in run.assumed:
        if run.tries:  # the program may catch the exception
            run.missed.add(name)
        if name in run.missed:
            return MISSING
        run.assumed[name] = customary(run, name, known.mentioned) or ("", _open(run, name))
    return run.assumed[name][1]


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


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
