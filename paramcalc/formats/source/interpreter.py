"""The interpreter: runs the statements of a module, each guarded by itself."""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, Sequence

from . import imports, snippets
from .memory.objects import MISSING, Class, Function, Instance, List, Native, Scope, Value
from .memory.reach import reachable
from .memory.records import Root
from .memory.state import ARGV, Raised, Signal, State, Stop
from .models.keras import Maker
from .names import attribute_views, builtins, errors, keras, methods, standard, torch
from .parsing.tree import flat
from .syntax import expressions, statements
from .values import calls, classes, containers

BUILT_IN: dict[str, Value] = {**builtins.BUILTINS, "vars": attribute_views.VARS}


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
        self.root = Root(os.path.realpath(folder) if folder else "")
        self.files.append((0, file))
        self.asked_words = tuple(argv)
        self.patches.named[ARGV] = List([file or "program.py", *argv])
        self.within = self._within
        self.call = lambda function, args, kwargs: calls.call(self, function, args, kwargs)
        self.evaluate = lambda node, scope: expressions.evaluate(self, node, scope)
        self.execute = lambda body, scope: statements.execute(self, body, scope)
        self.error = lambda name, text: errors.error(self, name, text)
        self.builtin = lambda name: BUILT_IN.get(name, MISSING)
        self.contains = lambda value, item: containers.contains(self, value, item)
        self.imported = lambda name: imports.imported(self, name)
        self.nested = lambda value: Maker(self).layer(value)
        self.library = lambda name: imports.library(self, name)
        self.undefined = lambda name, scope: snippets.undefined(self, name, scope)
        self.done = lambda node: snippets.done(self, node)
        self.method = self._method
        self.native_length = self._native_length
        self.native_items = lambda value: torch.container_items(self, value)
        self.of_pieces = lambda function, pieces: torch.chain_of_pieces(self, function, pieces)
        self.native_item = self._native_item
        self.is_tensor = lambda value: isinstance(value, torch.Tensor) or keras.is_tensor(value)
        self.tensor_binary = self._tensor_binary
        self.tensor_unary = self._tensor_unary
        self.tensor_item = self._tensor_item
        self.tensor_compared = lambda a, b: torch.compared(self, a, b)
        self.tensor_changed = lambda before, found: torch.changed(self, before, found)
        self.tensor_written = lambda value, key, item: torch.written(self, value, key, item)

    # --- the top level --------------------------------------------------------------------------------------------

    def run(self, body: Sequence[ast.stmt], program: Sequence[ast.stmt] = ()) -> None:
        """Run the statements of a module, each guarded by itself; ``program`` is the whole of which they are a part."""
        self.program = program or body
        self._statements(flat(body), self.globals)

    def _statements(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        self.bodies.append(body)
        for place, node in enumerate(body):
            if self.budget.exhausted():
                self.line = node.lineno
                self.note("the program takes too many steps; what it may change from here on is unknown")
                self._after(ast.Module([*body[place:]], []), scope, "the program takes too many steps")
                return
            self._statement(node, scope)

    def _statement(self, node: ast.stmt, scope: Scope) -> None:
        region = self.heap.open()
        if scope is self.globals:
            self.budget.grant()
        self.line = node.lineno
        self.tries = self.unsure = self.depth = 0
        self.frames = []
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
        self.heap.close(region)

    def _after(self, node: ast.AST, scope: Scope, reason: str, everything: bool = False) -> None:
        # whatever statements can reach may be changed, and any name they bind
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        reached = reachable(self.budget, [scope.named[name] for name in names if name in scope.named])
        bound = _bound_names(node)
        for obj in reached:
            if isinstance(obj, Function):
                bound |= {name for one in ast.walk(obj.node) if isinstance(one, ast.Global) for name in one.names}
        if everything:
            self.lost_names = True
            bound |= {str(name) for name in scope.named}
            reached = reachable(self.budget, list(scope.named.values()))
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

    # --- modules --------------------------------------------------------------------------------------------------

    def _within(self, tree: ast.Module, scope: Scope, root: Root, package: str) -> None:
        """Run the statements of another module, in the middle of a statement of this one."""
        before = self.line, self.root, self.package
        saved = self.tries, self.unsure, self.depth, self.frames
        regions, self.heap.regions = self.heap.regions, []
        self.root, self.package = root, package
        self.siblings += [] if root.prefixes else [tree.body]
        try:
            self._statements(tree.body, scope)
        finally:
            self.heap.regions = regions
            self.tries, self.unsure, self.depth, self.frames = saved
            self.line, self.root, self.package = before

    # --- what depends on the kind of a value -----------------------------------------------------------------------

    def _method(self, value: Value, name: str) -> Value:
        if isinstance(value, torch.Tensor) or torch.is_parameter(value):
            return torch.tensor_attribute(self, value, name)
        if keras.is_tensor(value):
            return keras.tensor_attribute(self, value, name)
        if isinstance(value, Class):
            return standard.enum_method(self, value, name)
        return methods.method_of(self, value, name)

    def _native_length(self, value: Instance) -> Value:
        found = classes.find(value.cls, "__len__")
        if isinstance(found, Native):
            return classes.method_of(found, "__len__")(self, value, [], {})
        return torch.container_length(self, value)

    def _native_item(self, value: Instance, key: Value) -> Value:
        if torch.is_module(value):
            return torch.container_item(self, value, key)
        if torch.is_parameter(value):
            return torch.item(self, value, key)
        found = classes.find(value.cls, "__getitem__")
        if isinstance(found, Native):
            return classes.method_of(found, "__getitem__")(self, value, [key], {})
        return self.unknown("an item that is not known", value)

    def _tensor_item(self, value: Value, key: Value) -> Value:
        if keras.is_tensor(value):
            return keras.tensor_item(self, value, key)
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
        return torch.negated(self, value) if isinstance(value, torch.Tensor) else MISSING

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


def _bound_names(node: ast.AST) -> set[str]:
    found = _stored(node)
    for one in ast.walk(node):
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(one.name)
        elif isinstance(one, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in one.names}
        elif isinstance(one, ast.ExceptHandler) and one.name:
            found.add(one.name)
    return found


def _stored(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, (ast.Store, ast.Del))}
