"""Syntax: what every statement does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from ..memory.objects import (
    MISSING,
    Builtin,
    Class,
    Function,
    Instance,
    List,
    Module,
    Native,
    Obj,
    Scope,
    Unknown,
    Value,
    Wrapper,
)
from ..memory.state import GRAD, Broken, Continued, Raised, Returned, State, Stop
from ..values import attributes, calls, classes, setting
from ..values.containers import delete_item, of_optimizer
from ..values.operations import DUNDER, binary, truth
from .exceptions import try_statement, with_statement
from .expressions import evaluate, make_function
from .loops import for_statement, while_statement
from .targets import assign, bind

SPECIAL = frozenset(  # what Python calls by itself besides; any other name of that form is a plain one
    [
        "abs", "aenter", "aexit", "aiter", "anext", "await", "buffer", "bytes", "ceil", "class", "class_getitem",
        "complex", "copy", "deepcopy", "del", "delete", "dict", "dir", "divmod", "float", "floor", "fspath",
        "get", "getattribute", "getnewargs", "getnewargs_ex", "getstate", "iadd", "iand", "ifloordiv", "ilshift",
        "imatmul", "imod", "imul", "index", "init_subclass", "instancecheck", "int", "ior", "ipow", "irshift", "isub",
        "itruediv", "ixor", "length_hint", "lshift", "missing", "mro_entries", "new", "prepare", "rand", "rdivmod",
        "reduce", "reduce_ex", "release_buffer", "reversed", "rfloordiv", "rlshift", "rmatmul", "rmod", "ror", "round",
        "rpow", "rrshift", "rshift", "rtruediv", "rxor", "set", "set_name", "setstate", "sizeof",
        "subclasscheck", "subclasshook", "trunc", "weakref",
    ]
)  # fmt: skip
OF_LIBRARIES = ("array", "call_super", "cuda", "dlpack", "jax", "keras", "tf", "torch")  # and what libraries call


def execute(run: State, body: Sequence[ast.stmt], scope: Scope) -> None:
    """Run statements one after the other."""
    for node in body:
        run.budget.spend()
        run.line = node.lineno
        found = _KINDS.get(type(node))
        if found is None:
            raise Stop(f"{type(node).__name__} is not followed")
        found(run, node, scope)


def _expression(run: State, node: ast.Expr, scope: Scope) -> None:
    found = evaluate(run, node.value, scope)
    if isinstance(found, Builtin) and found.names.get(GRAD, True) is not True:
        run.entangle()  # torch.set_grad_enabled(False) holds from here on
    run.done(node.value)


def _assign(run: State, node: ast.Assign, scope: Scope) -> None:
    value = evaluate(run, node.value, scope)
    for target in node.targets:
        assign(run, target, value, scope)


def _annotated(run: State, node: ast.AnnAssign, scope: Scope) -> None:
    if scope.kind == "class" and isinstance(node.target, ast.Name):
        fields = scope.named.get("<fields>", ())
        if isinstance(fields, tuple):  # else it is unknown which there are
            run.change(scope)
            scope.named["<fields>"] = (*fields, (node.target.id, ast.unparse(node.annotation)))
    if node.value is not None:
        assign(run, node.target, evaluate(run, node.value, scope), scope)


def _augmented(run: State, node: ast.AugAssign, scope: Scope) -> None:
    target = node.target
    if isinstance(target, ast.Name):
        before = evaluate(run, ast.copy_location(ast.Name(target.id, ast.Load()), target), scope)

        def keep(value: Value) -> None:
            bind(run, target.id, run.name(value, target.id), scope)
    elif isinstance(target, ast.Attribute):
        holder = evaluate(run, target.value, scope)
        before = attributes.get(run, holder, target.attr)

        def keep(value: Value) -> None:
            setting.store(run, holder, target.attr, value)
    else:
        from ..values.containers import get_item, store_item

        holder = evaluate(run, target.value, scope)
        key = evaluate(run, target.slice, scope)
        before = get_item(run, holder, key)

        def keep(value: Value) -> None:
            store_item(run, holder, key, value)

    value = evaluate(run, node.value, scope)
    in_place = f"__i{DUNDER.get(type(node.op), '')}__"
    if isinstance(before, List) and isinstance(node.op, ast.Add):
        run.call(run.method(before, "extend"), [value], {})  # the same list, longer
        keep(before)
    elif isinstance(before, Instance) and classes.find(before.cls, in_place) is not MISSING:
        keep(run.call(attributes.get(run, before, in_place), [value], {}))
    else:
        if isinstance(before, Unknown) and before.refs and not of_optimizer(before):
            run.blur("an unknown object was changed in place", before, value)
        elif isinstance(before, Obj) and not isinstance(before, Instance):
            run.blur("it was changed in place", before)
        elif run.is_tensor(before):
            run.changed_tensors += 1
        found = binary(run, node.op, before, value)
        keep(run.tensor_changed(before, found) if run.is_tensor(found) else found)


def _if(run: State, node: ast.If, scope: Scope) -> None:
    known = truth(run, evaluate(run, node.test, scope))
    if known is None:
        run.fork(lambda: execute(run, node.body, scope), lambda: execute(run, node.orelse, scope))
    else:
        execute(run, node.body if known else node.orelse, scope)


def _break(run: State, node: ast.Break, scope: Scope) -> None:
    raise Broken


def _continue(run: State, node: ast.Continue, scope: Scope) -> None:
    raise Continued


def _return(run: State, node: ast.Return, scope: Scope) -> None:
    raise Returned(None if node.value is None else evaluate(run, node.value, scope))


def _pass(run: State, node: ast.stmt, scope: Scope) -> None:
    return


def _raise(run: State, node: ast.Raise, scope: Scope) -> None:
    if node.exc is None:
        raise Raised(scope.named.get("<caught>", run.unknown("an exception raised again")))
    value = evaluate(run, node.exc, scope)
    if isinstance(value, (Native, Class)):
        value = run.call(value, [], {})
    raise Raised(value)


def _assert(run: State, node: ast.Assert, scope: Scope) -> None:
    known = truth(run, evaluate(run, node.test, scope))
    if known is False:
        raise Raised(run.error("AssertionError", ""))
    if known is None:
        run.may_raise("an assertion")


def _delete(run: State, node: ast.Delete, scope: Scope) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            if target.id in scope.named:
                run.change(scope)
                del scope.named[target.id]
        elif isinstance(target, ast.Attribute):
            setting.delete(run, evaluate(run, target.value, scope), target.attr)
        elif isinstance(target, ast.Subscript):
            delete_item(run, evaluate(run, target.value, scope), evaluate(run, target.slice, scope))
        else:
            raise Stop("a deletion that is not followed")


def _function(run: State, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
    made: Value = make_function(run, node, node.name, scope)
    bind(run, node.name, _decorated(run, made, node.decorator_list, scope), scope)


def _decorated(run: State, made: Value, decorators: list[ast.expr], scope: Scope) -> Value:
    for one in reversed(decorators):
        decorator = evaluate(run, one, scope)
        plain = made
        made = run.call(decorator, [made], {})
        if isinstance(made, Unknown) and calls.harmless(decorator.path if isinstance(decorator, Unknown) else ""):
            made = plain
    return made


def _class(run: State, node: ast.ClassDef, scope: Scope) -> None:
    bases = tuple(_as_base(run, evaluate(run, one, scope)) for one in node.bases)
    made = Class(node.name, bases, node.lineno)
    why = ""
    making: list[Value] = [one for one in bases if isinstance(one, Class) and one.blur is not None]
    for word in node.keywords:
        value = evaluate(run, word.value, scope)
        plain = word.arg == "metaclass" and isinstance(value, Native) and value.name.endswith(("ABCMeta", "EnumMeta"))
        if not plain:
            why = why or "a class with a metaclass or arguments"
            making.append(value)
    inner = Scope("class", scope)
    execute(run, node.body, inner)
    made.state = dict(inner.named.items())
    for name, value in made.named.items():
        target = value.function if isinstance(value, Wrapper) else value
        if isinstance(target, Function) and target.owner is None:
            target.owner = made
        if isinstance(name, str) and _is_special(name):
            why = why or f"a class with {name}"
    order = linear(bases)
    if order is None or why:
        why = why or "a class with bases that are not followed"
        made.mro = [made, *(one for one in bases if isinstance(one, (Class, Native)))]
        made.blur = run.unknown(why, *bases, *making)
        run.note(f"{node.name}: {why}", node.lineno)
        if making:  # a metaclass, or a base with __init_subclass__, is run when the class is made
            calls.lose(run, why, None, *making)
    else:
        made.mro = [made, *order]
    natives = [one for one in made.mro if isinstance(one, Native)]
    enum = next((one for one in natives if one.data == "enum"), None)
    made.native = enum or next((one for one in natives if one.make is not None), None)
    bare = [one for one in natives if one.make is None and (made.native is None or one not in made.native.lineage)]
    if enum is None and made.blur is None and bare:
        made.blur = run.unknown(f"a class derived from {bare[0].name}")
    if made.native is not None and "<class>" in made.native.methods and made.blur is None:
        made.native.methods["<class>"](run, made, [], {})
    setting.check_class(run, made)
    setting.check_setting(run, made)
    bind(run, node.name, _decorated(run, made, node.decorator_list, scope), scope)


def _as_base(run: State, base: Value) -> Value:
    # a built-in class of which instances are no objects of ours has another class for those derived from it
    derived = base.methods.get("<derived>") if isinstance(base, Native) else None
    return base if derived is None or not isinstance(base, Native) else derived(run, base, [], {})


def _is_special(name: str) -> bool:
    # whether a class with this name does something that is not followed
    inner = name[2:-2]
    return f"__{inner}__" == name and (inner in SPECIAL or inner.startswith(OF_LIBRARIES))


def linear(bases: tuple[Value, ...]) -> list[Value] | None:
    """Give the order of lookup behind these bases (C3), or ``None`` where there is none or a base is unknown."""
    if not all(isinstance(one, (Class, Native)) for one in bases):
        return None
    if any(isinstance(one, Class) and one.blur is not None for one in bases):
        return None
    rows = [list(classes.lineage(one)) for one in bases if isinstance(one, (Class, Native))] + [list(bases)]
    order: list[Value] = []
    while any(rows):
        rows = [row for row in rows if row]
        head = next((row[0] for row in rows if not any(row[0] in other[1:] for other in rows)), None)
        if head is None:
            return None
        order.append(head)
        rows = [[one for one in row if one is not head] for row in rows]
    return order


def _import(run: State, node: ast.Import, scope: Scope) -> None:
    for alias in node.names:
        if alias.asname:
            bind(run, alias.asname, run.imported(alias.name), scope)
        else:
            run.imported(alias.name)
            top = alias.name.partition(".")[0]
            bind(run, top, run.imported(top), scope)


def _from(run: State, node: ast.ImportFrom, scope: Scope) -> None:
    name = "." * node.level + (node.module or "")
    if name == "__future__":
        return
    module = run.imported(name)
    for alias in node.names:
        if alias.name == "*":
            _star(run, module, scope)
            continue
        value = attributes.get_or_missing(run, module, alias.name)
        if value is MISSING:
            value = run.imported(f"{name}.{alias.name}" if not name.endswith(".") else name + alias.name)
        elif isinstance(value, Unknown) and isinstance(module, Module):
            value = run.imported(f"{module.path}.{alias.name}") if module.path else value
        bind(run, alias.asname or alias.name, value, scope)


def _star(run: State, module: Value, scope: Scope) -> None:
    if isinstance(module, Module):
        names = module.names if module.scope is None else module.scope.named
        for name, value in list(names.items()):
            if isinstance(name, str) and name[:1] not in "_<":
                bind(run, name, value, scope)
        if module.other is not None and module.scope is None:
            run.stars.append(module)
    else:
        run.lost_names = True
        run.note("names of a module that is not read are unknown")


def _not_followed(run: State, node: ast.stmt, scope: Scope) -> None:
    raise Stop(f"{type(node).__name__} is not followed")


_KINDS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.If: _if,
    ast.For: for_statement,
    ast.While: while_statement,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Return: _return,
    ast.Pass: _pass,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Delete: _delete,
    ast.Global: _pass,
    ast.Nonlocal: _pass,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.With: with_statement,
    ast.Try: try_statement,
    ast.Import: _import,
    ast.ImportFrom: _from,
}
