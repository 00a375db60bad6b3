"""Finds the modules that a program imports: those the host knows, siblings of its file, installed libraries of models.

The source of a library is read as the program's own is, and never imported. The ``__init__`` of a package of a library
is not run: its imports say in which module a name is, and only that one is read.
"""

from __future__ import annotations

import ast
import os
import re
from functools import lru_cache
from importlib.machinery import PathFinder

from ..opened import read_file
from ..text.decoding import decode
from .memory.objects import MISSING, Module, Scope, Unknown, Value
from .memory.records import Root
from .memory.state import State
from .names import keras, libraries, standard, torch
from .parsing.tree import tree_of
from .values import attributes, calls

MOST_FILES = 100
MOST_FILE = 2_000_000
KNOWN = {**standard.MODULES, **torch.MODULES, **keras.MODULES}
OUTSIDE = calls.HARMLESS - {"torchvision"}


def imported(run: State, name: str) -> Value:
    """Give a module by its dotted name: one that is known, one that can be read, or an unknown one."""
    found = _readable(run, name)
    if found is not MISSING:
        return found
    if name in KNOWN:
        return KNOWN[name]
    today = keras.renamed(name)
    if today in KNOWN:
        return KNOWN[today]
    path, _, last = today.rpartition(".")
    if path in KNOWN:
        module = KNOWN[path]
        if isinstance(module, Module):
            if last in module.names:
                return module.names[last]
            found = module.other(last) if module.other else MISSING
            if found is not MISSING:
                return found
    run.may_raise(f"import {name}")
    top = name.partition(".")[0]
    plain = top in OUTSIDE or top not in ("timm", "transformers", "torchvision", "segmentation_models_pytorch", "")
    known = calls.harmless(name)
    return Unknown(
        f"the module {name} is not read",
        run.line,
        path=name,
        data=True,
        scalar=known and plain and not f"{name}.".startswith(calls.MODELS),
    )


def library(run: State, name: str) -> Value:
    """Give a module or a name of an installed library of models, or `MISSING`."""
    name = keras.renamed(name) if not name.startswith("keras.src.applications") else name
    top = name.partition(".")[0]
    root = _installed(top)
    if root is None or not root.holds(name):
        return MISSING
    found = _module(run, root, name)
    if found is not MISSING:
        return found
    path, _, last = name.rpartition(".")
    module = _module(run, root, path) if root.holds(path) else MISSING
    if isinstance(module, Module):
        return module.scope.named.get(last, MISSING) if module.scope is not None else _other(module, last)
    return MISSING


def _other(module: Module, name: str) -> Value:
    return module.other(name) if module.other is not None else MISSING


@lru_cache(8)
def _installed(top: str) -> Root | None:
    prefixes = libraries.PREFIXES.get(top)
    if prefixes is None:
        return None
    spec = PathFinder.find_spec(top)  # of a name without dots: nothing is imported
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Root(os.path.realpath(os.path.dirname(places[0])), prefixes) if places else None


def _readable(run: State, name: str) -> Value:
    # a sibling of the file that is read, or a module of a library
    plain = name.lstrip(".")
    level = len(name) - len(plain)
    if level:
        if level - 1 > len(_parts(run.package)):
            return run.unknown(f"{name} is outside the folder", path=plain or "siblings", data=True)
        plain = _absolute(run.package, level, plain)
    own = os.path.basename(run.root.folder)
    if not level and not run.root.prefixes and _is_package(run.root.folder):  # the package that the file is in
        if plain == own:
            plain = "__init__"
        elif plain.startswith(f"{own}."):
            plain = plain[len(own) + 1 :]
    if not plain or not all(part.isidentifier() for part in plain.split(".")):
        return MISSING
    if run.root.folder and not run.root.prefixes and (plain.partition(".")[0] not in KNOWN or level):
        found = _module(run, run.root, plain)
        if found is not MISSING:
            return found
    found = library(run, plain)
    if found is MISSING and level and run.root.prefixes:  # of the library, and not about models
        unread = run.unknown(f"the module {plain} is not read", path=plain, data=True)
        return Module(plain, libraries.names_of(plain), lambda name: attributes.get(run, unread, name))
    return found


@lru_cache(64)
def _is_package(folder: str) -> bool:
    return bool(folder) and os.path.isfile(os.path.join(folder, "__init__.py"))


def _parts(name: str) -> list[str]:
    return name.split(".") if name else []


def _absolute(package: str, level: int, name: str) -> str:
    # the name that so many dots stand for in a module of the package
    above = _parts(package)
    return ".".join([*above[: len(above) - level + 1], *_parts(name)])


def _module(run: State, root: Root, name: str) -> Value:
    """Read a module from a folder, once; `MISSING` where there is none."""
    if (root, name) in run.modules:
        return run.modules[root, name]
    stem = os.path.join(root.folder, *name.split("."))
    for place in (f"{stem}.py", os.path.join(stem, "__init__.py")):
        real = os.path.realpath(place)
        if os.path.isfile(real) and os.path.commonpath([real, root.folder]) == root.folder:
            found = _read(run, root, name, real)
            run.modules.setdefault((root, name), found)
            return found
    return MISSING


def _read(run: State, root: Root, name: str, path: str) -> Value:
    if len(run.modules) >= MOST_FILES or os.path.getsize(path) > MOST_FILE:
        return run.unknown(f"the module {name} is not read", path=name, data=True)
    try:
        text = decode(read_file(path))
        tree = tree_of(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return run.unknown(f"the module {name} does not parse", path=name, data=True)
    package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
    package = "" if name == "__init__" else package
    if root.prefixes and package == name:
        return _package(run, root, name, tree)
    scope = Scope("module", None)
    scope.named["__name__"] = name
    module = Module(name, {}, lambda one: scope.named.get(one, MISSING), scope)
    run.modules[root, name] = module
    if root.prefixes:
        own = libraries.names_of(name)
        scope.named.update(own)
        run.foreign.add(scope)
        tree.body = [one for one in tree.body if not isinstance(one, ast.FunctionDef) or one.name not in own]
    run.files.append((run.lines, os.path.basename(path)))
    ast.increment_lineno(tree, run.lines)
    run.lines += text.count("\n") + 1
    run.within(tree, scope, root, package)
    return module


def _package(run: State, root: Root, name: str, tree: ast.Module) -> Module:
    """Give a package of a library: its imports say where each name is, the last one first."""

    def source(one: ast.ImportFrom) -> str:
        return _absolute(name, one.level, one.module or "") if one.level else one.module or ""

    def other(wanted: str) -> Value:
        for one in reversed(tree.body):
            if not isinstance(one, ast.ImportFrom):
                continue
            for alias in one.names:
                if (alias.asname or alias.name) == wanted:
                    return library(run, f"{source(one)}.{alias.name}")
                if alias.name == "*" and _defines(root, source(one), wanted):
                    return library(run, f"{source(one)}.{wanted}")
        return _module(run, root, f"{name}.{wanted}")

    return Module(name, {}, other)


@lru_cache(64)
def _text(path: str) -> str:
    return decode(read_file(path)) if os.path.isfile(path) and os.path.getsize(path) <= MOST_FILE else ""


def _defines(root: Root, module: str, name: str) -> bool:
    # a star import: whether the module binds the name on its top level
    stem = os.path.join(root.folder, *module.split("."))
    pattern = rf"^(?:(?:def|class) {re.escape(name)}\b|{re.escape(name)}\s*[:=])"
    text = _text(f"{stem}.py") or _text(os.path.join(stem, "__init__.py"))
    return re.search(pattern, text, re.MULTILINE) is not None or bool(
        re.search(r"^from \S+ import \*", text, re.MULTILINE) and _stars(root, module, text, name)
    )


def _stars(root: Root, module: str, text: str, name: str) -> bool:
    package = module.rpartition(".")[0]
    inner = re.findall(r"^from \.(\w+) import \*", text, re.MULTILINE)
    return any(_defines(root, f"{package}.{one}", name) for one in inner if one)
