"""The interpreter: runs the statements of a module, each guarded by itself, and finds what it imports."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Mapping, Sequence

from ..opened import read_file
from ..text.decoding import decode
from . import calls, containers, expressions, statements
from .heap import reachable
from .names import builtins, keras, methods, standard, torch
from .state import STATEMENT_STEPS, Raised, Signal, State, Stop
from .values import MISSING, Class, Function, Instance, Module, Native, Scope, Unknown, Value

MOST_FILES = 100
MOST_FILE = 2_000_000
RECURSION = 9_000
KNOWN = {**standard.MODULES, **torch.MODULES, **keras.MODULES}
OUTSIDE = calls.HARMLESS - {"torchvision"}


class Interpreter(State):
    """A run of a program.

    Parameters
    ----------
    folder : str
        Where sibling modules are looked for; empty for none.
    file : str
        The name of the file, for places.
    sizes : mapping of str to value
        Values for unknown sizes.
    argv : sequence of str
        The words of the program's command line.
    """

    def __init__(
        self,
        folder: str = "",
        file: str = "",
        sizes: Mapping[str, Value] | None = None,
        argv: Sequence[str] = (),
    ) -> None:
        super().__init__(sizes)
        self.folder = os.path.realpath(folder) if folder else ""
        self.file = file
        self.argv = list(argv)
        self.siblings: dict[str, Value] = {}
        self.package = ""  # of the module that is read
        self.made: list[tuple[Instance, int]] = []
        self.call = lambda function, args, kwargs: calls.call(self, function, args, kwargs)
        self.evaluate = lambda node, scope: expressions.evaluate(self, node, scope)
        self.execute = lambda body, scope: statements.execute(self, body, scope)
        self.error = lambda name, text: builtins.error(self, name, text)
        self.builtin = lambda name: builtins.BUILTINS.get(name, MISSING)
        self.contains = lambda value, item: containers.contains(self, value, item)
        self.imported = self._imported
        self.method = self._method
        self.native_length = lambda value: torch.container_length(self, value)
        self.native_item = self._native_item
        self.is_tensor = lambda value: isinstance(value, torch.Tensor) or keras.is_tensor(value)
        self.tensor_binary = self._tensor_binary
        self.tensor_unary = self._tensor_unary
        self.tensor_item = self._tensor_item
        self.globals = Scope("module", None)

    # --- the top level --------------------------------------------------------------------------------------------

    def run(self, body: Sequence[ast.stmt], scope: Scope | None = None) -> None:
        """Run the statements of a module, each guarded by itself."""
        scope = scope or self.globals
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(max(before, RECURSION))
        try:
            for node in body:
                self.limit = self.steps + STATEMENT_STEPS
                self._statement(node, scope)
        finally:
            sys.setrecursionlimit(before)

    def _statement(self, node: ast.stmt, scope: Scope) -> None:
        region = self.heap.open()
        self.line = node.lineno
        self.tries = self.unsure = self.depth = 0
        self.trail = []
        try:
            self.execute([node], scope)
        except Raised as raised:
            self.note(f"an exception is raised{_told(raised.value)}; the statement is left", self.line)
            self._after(node, scope, "an exception is raised")
        except Signal:
            self._after(node, scope, "it leaves the module")
        except Stop as stop:
            self.note(f"{stop}; what it may change is unknown", self.line)
            self._after(node, scope, str(stop), stop.everything)
        except RecursionError:
            self.note("nested too deeply; what it may change is unknown", node.lineno)
            self._after(node, scope, "nested too deeply")
        while self.heap.regions[-1] is not region:
            self.heap.close(self.heap.regions[-1])
        self.heap.close(region)

    def _after(self, node: ast.stmt, scope: Scope, reason: str, everything: bool = False) -> None:
        # whatever the statement can reach may be changed, and any name it binds
        self.line = node.lineno
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        reached = reachable([scope.named[name] for name in names if name in scope.named])
        bound = _bound_names(node)
        for obj in reached:
            if isinstance(obj, Function):
                bound |= {name for one in ast.walk(obj.node) if isinstance(one, ast.Global) for name in one.names}
        if everything:
            self.lost_names = True
            bound |= {str(name) for name in scope.named}
            reached = reachable(list(scope.named.values()))
        self.blur(reason, *reached)
        for name in bound:
            old = scope.named.get(name)
            if isinstance(old, (Function, Class)) and not everything and name not in _stored(node):
                continue
            self.change(scope)
            scope.named[name] = self.unknown(reason, old)
        for obj in reached:
            if (
                isinstance(obj, (Class, Function))
                and obj.named
                and any(isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store) for one in ast.walk(node))
            ):
                self.change(obj)
                obj.blur = self.unknown(reason)

    # --- imports --------------------------------------------------------------------------------------------------

    def _imported(self, name: str) -> Value:
        """Give a module by its dotted name: one that is known, a sibling of the file, or an unknown one."""
        sibling = self._sibling(name)
        if sibling is not MISSING:
            return sibling
        if name in KNOWN:
            return KNOWN[name]
        path, _, last = keras.renamed(name).rpartition(".")
        if keras.renamed(name) in KNOWN:
            return KNOWN[keras.renamed(name)]
        if path in KNOWN:
            module = KNOWN[path]
            if isinstance(module, Module):
                if last in module.names:
                    return module.names[last]
                found = module.other(last) if module.other else MISSING
                if found is not MISSING:
                    return found
        self.may_raise(f"import {name}")
        top = name.partition(".")[0]
        plain = top in OUTSIDE or top not in ("timm", "transformers", "torchvision", "segmentation_models_pytorch", "")
        known = calls.harmless(name)
        return Unknown(
            f"the module {name} is not read",
            self.line,
            path=name,
            data=True,
            scalar=known and plain and not name.startswith(calls.MODELS),
        )

    def _sibling(self, name: str) -> Value:
        if not self.folder:
            return MISSING
        plain = name.lstrip(".")
        level = len(name) - len(plain)
        if level:
            above = self.package.split(".") if self.package else []
            if level - 1 > len(above):
                return self.unknown(f"{name} is outside the folder", path=plain or "siblings", data=True)
            plain = ".".join([*above[: len(above) - level + 1], *([plain] if plain else [])])
        if not all(part.isidentifier() for part in plain.split(".") if plain):
            return MISSING
        if (plain.partition(".")[0] in KNOWN and not level) or not plain:
            return MISSING
        if plain in self.siblings:
            return self.siblings[plain]
        stem = os.path.join(self.folder, *plain.split("."))
        for place in (f"{stem}.py", os.path.join(stem, "__init__.py")):
            real = os.path.realpath(place)
            if os.path.isfile(real) and os.path.commonpath([real, self.folder]) == self.folder:
                return self._read(plain, real)
        return MISSING

    def _read(self, name: str, path: str) -> Value:
        if len(self.siblings) >= MOST_FILES or os.path.getsize(path) > MOST_FILE:
            return self.unknown(f"the module {name} is not read", path=name, data=True)
        scope = Scope("module", None)
        scope.named["__name__"] = name
        module = Module(name, {}, lambda one: scope.named.get(one, MISSING), scope)
        self.siblings[name] = module
        try:
            tree = ast.parse(decode(read_file(path)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return self.unknown(f"the module {name} does not parse", path=name, data=True)
        here, line, limit = self.file, self.line, self.limit
        self.file = os.path.basename(path)
        package, self.package = self.package, name if path.endswith("__init__.py") else name.rpartition(".")[0]
        saved = self.tries, self.unsure, self.depth, self.trail
        regions, self.heap.regions = self.heap.regions, []
        try:
            for node in tree.body:
                self._statement(node, scope)
        finally:
            self.heap.regions = regions
            self.tries, self.unsure, self.depth, self.trail = saved
            self.file, self.line, self.limit, self.package = here, line, limit, package
        return module

    # --- what depends on the kind of a value -----------------------------------------------------------------------

    def _method(self, value: Value, name: str) -> Value:
        if isinstance(value, torch.Tensor):
            return torch.tensor_attribute(self, value, name)
        if keras.is_tensor(value):
            return keras.tensor_attribute(self, value, name)
        if isinstance(value, Class):
            return standard.enum_method(self, value, name)
        return methods.method_of(self, value, name)

    def _native_item(self, value: Instance, key: Value) -> Value:
        if torch.is_module(value):
            return torch.container_item(self, value, key)
        return self.unknown("an item that is not known", value)

    def _tensor_item(self, value: Value, key: Value) -> Value:
        if keras.is_tensor(value):
            return keras.tensor_item(self, value, key)
        assert isinstance(value, torch.Tensor)
        return torch.item(self, value, key)

    def _tensor_binary(self, op: type, a: Value, b: Value) -> Value:
        if keras.is_tensor(a) or keras.is_tensor(b):
            return keras.binary(self, op, a, b)
        if any(isinstance(one, torch.Tensor) or torch.is_parameter(one) for one in (a, b)):
            return torch.combine(self, op, a, b)
        return MISSING

    def _tensor_unary(self, value: Value) -> Value:
        if keras.is_tensor(value):
            return keras.unary(self, value)
        return value if isinstance(value, torch.Tensor) else MISSING

    def is_kind(self, value: Value, kind: Native) -> bool | None:
        """Tell whether a value that is no instance is of a class the host knows."""
        if isinstance(value, torch.Tensor) or keras.is_tensor(value):
            return True if kind.name.endswith("Tensor") else None if kind.name.startswith("collections") else False
        if kind.name.startswith("collections.abc"):
            return None
        return False if kind.make is not None or kind.name.startswith("torch") else None


def _told(value: Value) -> str:
    if isinstance(value, Instance):
        text = value.named.get("args")
        words = str(text[0])[:80] if isinstance(text, tuple) and text and isinstance(text[0], (str, int)) else ""
        return f" ({value.cls.name}{': ' if words else ''}{words})"
    return ""


def _bound_names(node: ast.stmt) -> set[str]:
    found = _stored(node)
    for one in ast.walk(node):
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(one.name)
        elif isinstance(one, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in one.names}
        elif isinstance(one, ast.ExceptHandler) and one.name:
            found.add(one.name)
    return found


def _stored(node: ast.stmt) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, (ast.Store, ast.Del))}
