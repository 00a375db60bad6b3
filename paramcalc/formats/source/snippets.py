"""Names that a program uses and never binds, as a snippet does that leaves out its imports and its data.

Run by itself, such a program ends with a ``NameError``. What it is a part of binds the name: to what it stands for by
custom, as ``nn`` and ``LSTM`` do, else to something unknown. The models say which names were taken so.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from .memory.objects import MISSING, Dict, Instance, List, Scope, Unknown, Value
from .memory.records import Names
from .memory.state import State
from .names.customary import customary

# what has one of these may bind any name
DYNAMIC = frozenset(
    [
        "globals", "locals", "vars", "exec", "eval", "execfile", "get_ipython", "__import__", "import_module", "runpy",
        "builtins", "__builtin__", "__builtins__", "__main__", "__globals__", "f_globals", "f_locals", "_getframe",
        "sys.modules",
    ]
)  # fmt: skip
PYTHON = frozenset(dir(builtins))
MOST_NAMED = 12  # in one remark
STATES = (Instance, List, Dict)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def names_of(body: Iterable[ast.stmt]) -> Names:
    """Collect the names of a program."""
    bound: set[str] = set()
    mentioned: set[str] = set()
    words: set[str] = set()  # behind a dot and in imports
    pending: list[tuple[ast.AST, bool]] = [(one, True) for one in body]
    while pending:
        node, outer = pending.pop()
        if isinstance(node, ast.Name):
            mentioned.add(node.id)
        elif isinstance(node, ast.Attribute):
            holder = node.value.id if isinstance(node.value, ast.Name) else ""
            words |= {node.attr, f"{holder}.{node.attr}"}
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            mentioned |= {*_imported(node)}
        if outer or isinstance(node, ast.Global):
            bound |= {*_bound(node)}
        own: list[ast.stmt] | list[ast.expr] = []
        if isinstance(node, SCOPES):  # its body binds names of its own, its defaults and decorators do not
            own = node.body if isinstance(node.body, list) else [node.body]
        inside = {id(one) for one in own}
        pending += [(one, outer and id(one) not in inside) for one in ast.iter_child_nodes(node)]
    return Names(frozenset(bound), frozenset(mentioned), bool((mentioned | words) & DYNAMIC))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        yield from (*module.split("."), *alias.name.split("."))
        if (alias.name == "sys" and alias.asname) or (module, alias.name) == ("sys", "modules"):
            yield "sys.modules"


def _bound(node: ast.AST) -> Iterator[str]:
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
    elif isinstance(node, ast.Global):
        yield from node.names


def _names(run: State) -> Names:
    # collected where a name is missing and not before: whole programs have none
    if run.names is None:
        run.names = names_of(run.program)
    while run.siblings:
        run.names = run.names._replace(dynamic=run.names.dynamic or names_of(run.siblings.pop()).dynamic)
    return run.names


def undefined(run: State, name: str, scope: Scope) -> Value:
    """Give the value of a name that nothing binds, or `MISSING` where the program may bind it or do without it."""
    while scope.parent is not None:
        scope = scope.parent
    if scope is not run.globals or name in PYTHON or _is_dunder(name):
        return MISSING
    known = _names(run)
    if name in known.bound or known.dynamic:
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


def done(run: State, node: ast.expr) -> None:
    """Make the module's objects unknown behind a call such as ``add_head()``: all that it can do is to change them."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args and not node.keywords:
        path, value = run.assumed.get(node.func.id, ("", MISSING))
        if value is not MISSING and not path:
            run.blur(
                f"{node.func.id} is not defined",
                *(one for one in run.globals.named.values() if isinstance(one, STATES)),
            )


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
