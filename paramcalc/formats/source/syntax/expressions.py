"""Syntax: the value of every expression."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..memory.objects import MISSING, Dict, Function, Instance, List, Native, Obj, Pieces, Scope, Unknown, Value
from ..memory.state import Raised, State, Stop
from ..values import attributes, calls, classes
from ..values.containers import get_item, items_of, store_item
from ..values.operations import MOST_TEXT, binary, compare, format_value, make_set, truth
from ..values.pieces import pieces_of
from .comprehensions import comprehension, generator_expression
from .targets import assign, declared_in


def evaluate(run: State, node: ast.expr, scope: Scope) -> Value:
    """Give the value of an expression."""
    run.budget.spend()
    run.line = node.lineno
    found = _KINDS.get(type(node))
    if found is None:
        raise Stop(f"{type(node).__name__} is not followed")
    return found(run, node, scope)


def _constant(run: State, node: ast.Constant, scope: Scope) -> Value:
    return node.value


def _name(run: State, node: ast.Name, scope: Scope) -> Value:
    return lookup(run, node.id, scope)


def lookup(run: State, name: str, scope: Scope) -> Value:
    """Find a name in the scopes around."""
    one: Scope | None = scope
    first = True
    if "<declared>" in scope.named:
        one = next(
            (place for declared, place in declared_in(scope) if declared == name and isinstance(place, Scope)), one
        )
    while one is not None:
        if (first or one.kind != "class") and name in one.named:
            found = one.named[name]
            if isinstance(found, Unknown) and found.path == "?":
                run.may_raise(name)
            return found
        if first and one.locals is not None and name in one.locals and one.kind == "function":
            raise Raised(run.error("UnboundLocalError", f"{name!r} has no value yet"))
        first = False
        one = one.parent
    found = run.builtin(name)
    for module in run.stars if found is MISSING else ():
        assert module.other is not None
        found = module.other(name)
        if found is not MISSING and not isinstance(found, Unknown):
            return found
        found = MISSING
    if found is MISSING:
        if run.lost_names:
            return run.unknown(f"{name} may have been bound by what was not followed")
        found = run.undefined(name, scope)
    if found is MISSING:
        raise Raised(run.error("NameError", f"name {name!r} is not defined"))
    return found


def _tuple(run: State, node: ast.Tuple, scope: Scope) -> Value:
    found = _elements(run, node.elts, scope)
    return found if isinstance(found, Unknown) else tuple(found)


def _list(run: State, node: ast.List, scope: Scope) -> Value:
    found = _elements(run, node.elts, scope)
    if isinstance(found, Unknown):
        made = List()
        made.blur = found
        return made
    return List(found)


def _set(run: State, node: ast.Set, scope: Scope) -> Value:
    found = _elements(run, node.elts, scope)
    return found if isinstance(found, Unknown) else make_set(run, found)


def _elements(run: State, nodes: list[ast.expr], scope: Scope) -> list[Value] | Unknown:
    found: list[Value] = []
    lost: Unknown | None = None
    for node in nodes:
        if isinstance(node, ast.Starred):
            items = items_of(run, evaluate(run, node.value, scope))
            if isinstance(items, Unknown):
                lost = items
            else:
                found += items
        else:
            found.append(evaluate(run, node, scope))
    return found if lost is None else run.unknown(lost.reason, lost, tuple(found))


def _entries(run: State, value: Value) -> Value:
    # of an object that is a dictionary
    derived = isinstance(value, Instance) and isinstance(classes.find(value.cls, "keys"), Native)
    return run.call(attributes.get(run, value, "copy"), [], {}) if derived else value


def _dict(run: State, node: ast.Dict, scope: Scope) -> Value:
    made = Dict()
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            other = _entries(run, evaluate(run, value, scope))
            if isinstance(other, Dict) and other.blur is None:
                made.named.update(other.named)
            elif not isinstance(other, (Dict, Instance, Unknown)):
                raise Raised(run.error("TypeError", "object is not a mapping"))
            else:
                run.may_raise("unknown entries")
                made.blur = run.unknown("unknown entries", made, other, tuple(made.named.values()))
        else:
            store_item(run, made, evaluate(run, key, scope), evaluate(run, value, scope))
    return made


def _unary(run: State, node: ast.UnaryOp, scope: Scope) -> Value:
    value = evaluate(run, node.operand, scope)
    if isinstance(node.op, ast.Not):
        known = truth(run, value)
        return run.unknown("the negation of an unknown value", scalar=True) if known is None else not known
    if isinstance(value, (int, float)):
        if isinstance(node.op, ast.USub):
            return -value
        if isinstance(node.op, ast.UAdd):
            return +value
        if isinstance(value, int):
            return ~value
    name = "__neg__" if isinstance(node.op, ast.USub) else "__pos__" if isinstance(node.op, ast.UAdd) else "__invert__"
    if isinstance(value, Instance) and value.blur is None and classes.find(value.cls, name) is not MISSING:
        return run.call(attributes.get(run, value, name), [], {})
    tensor = run.tensor_unary(value)
    if tensor is not MISSING:
        return tensor
    data, scalar = (value.data, value.scalar) if isinstance(value, Unknown) else (False, False)
    run.may_raise("an operation on an unknown value")
    return run.unknown("an operation on an unknown value", value, data=data, scalar=scalar)


def _binary(run: State, node: ast.BinOp, scope: Scope) -> Value:
    return binary(run, node.op, evaluate(run, node.left, scope), evaluate(run, node.right, scope))


def _bool(run: State, node: ast.BoolOp, scope: Scope) -> Value:
    return _either(run, isinstance(node.op, ast.And), node.values, scope)


def _either(run: State, both: bool, nodes: list[ast.expr], scope: Scope) -> Value:
    value = evaluate(run, nodes[0], scope)
    if len(nodes) == 1:
        return value
    known = truth(run, value)
    if known is None:
        others: Callable[[], Value] = lambda: _either(run, both, nodes[1:], scope)  # noqa: E731
        return run.fork(others, lambda: value)
    return _either(run, both, nodes[1:], scope) if known is both else value


def _compare(run: State, node: ast.Compare, scope: Scope) -> Value:
    left = evaluate(run, node.left, scope)
    return _chain(run, left, list(zip(node.ops, node.comparators, strict=True)), scope)


def _chain(run: State, left: Value, rest: list[tuple[ast.cmpop, ast.expr]], scope: Scope) -> Value:
    (op, node), *more = rest
    right = evaluate(run, node, scope)
    found = compare(run, op, left, right)
    if not more:
        return found
    known = truth(run, found)
    if known is None:
        return run.fork(lambda: _chain(run, right, more, scope), lambda: found)
    return _chain(run, right, more, scope) if known else found


def _if(run: State, node: ast.IfExp, scope: Scope) -> Value:
    known = truth(run, evaluate(run, node.test, scope))
    if known is None:
        return run.fork(lambda: evaluate(run, node.body, scope), lambda: evaluate(run, node.orelse, scope))
    return evaluate(run, node.body if known else node.orelse, scope)


def _attribute(run: State, node: ast.Attribute, scope: Scope) -> Value:
    value = evaluate(run, node.value, scope)
    run.line = node.lineno
    return attributes.get(run, value, node.attr)


def _subscript(run: State, node: ast.Subscript, scope: Scope) -> Value:
    return get_item(run, evaluate(run, node.value, scope), evaluate(run, node.slice, scope))


def _slice(run: State, node: ast.Slice, scope: Scope) -> Value:
    return slice(*(None if one is None else evaluate(run, one, scope) for one in (node.lower, node.upper, node.step)))


def _call(run: State, node: ast.Call, scope: Scope) -> Value:
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
        return calls.bare_super(run, scope)
    function = evaluate(run, node.func, scope)
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    lost: list[Value] = []
    stars: list[tuple[int, Pieces | None]] = []  # lists of unknown length, each with the number of arguments before it
    for one in node.args:
        if isinstance(one, ast.Starred):
            several = evaluate(run, one.value, scope)
            known = pieces_of(run, several)
            items = items_of(run, several)
            if isinstance(items, Unknown):
                lost.append(items)
                stars.append((len(args), known))
            else:
                args += items
        else:
            args.append(evaluate(run, one, scope))
    for word in node.keywords:
        value = evaluate(run, word.value, scope)
        value = _entries(run, value) if word.arg is None else value
        if word.arg is not None:
            kwargs[word.arg] = value
        elif isinstance(value, Dict) and value.blur is None and all(isinstance(key, str) for key in value.named):
            kwargs.update({str(key): one for key, one in value.named.items()})
        else:
            lost.append(value)
    run.line = node.lineno
    if lost:
        pieces = None if kwargs or lost[len(stars) :] else _with_stars(args, stars)
        made = MISSING if pieces is None else run.of_pieces(function, pieces)
        if made is not MISSING:
            return made
        causes = (one if isinstance(one, Unknown) else one.blur for one in lost if isinstance(one, (Unknown, Obj)))
        why = next((f": {one.reason}" for one in causes if one is not None), "")
        run.note(f"a call with unknown arguments{why}")
        return calls.lose(run, f"a call with unknown arguments{why}", function, *lost, *args, *kwargs.values())
    return run.call(function, args, kwargs)


def _with_stars(args: list[Value], stars: list[tuple[int, Pieces | None]]) -> Pieces | None:
    # the arguments in order, of which some may be there once for each round of a loop
    found: list[Value] = []
    begin = 0
    for place, known in stars:
        if known is None:
            return None
        found += [*args[begin:place], *known]
        begin = place
    return (*found, *args[begin:])


def _lambda(run: State, node: ast.Lambda, scope: Scope) -> Value:
    return make_function(run, node, "<lambda>", scope)


def make_function(
    run: State, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str, scope: Scope
) -> Function:
    """Make a function: its defaults are evaluated now."""
    defaults = tuple(evaluate(run, one, scope) for one in node.args.defaults)
    given = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    named = {word.arg: evaluate(run, one, scope) for word, one in given if one is not None}
    return Function(node, name, scope, defaults, named)


def _joined(run: State, node: ast.JoinedStr, scope: Scope) -> Value:
    parts: list[str] = []
    lost = False
    for one in node.values:
        value = evaluate(run, one, scope)
        if isinstance(value, str):
            parts.append(value)
        else:
            lost = True
    text = "".join(parts)
    return run.unknown("a formatted text", scalar=True) if lost or len(text) > MOST_TEXT else text


def _formatted(run: State, node: ast.FormattedValue, scope: Scope) -> Value:
    value = evaluate(run, node.value, scope)
    spec = "" if node.format_spec is None else evaluate(run, node.format_spec, scope)
    return format_value(run, value, spec, node.conversion)


def _walrus(run: State, node: ast.NamedExpr, scope: Scope) -> Value:
    value = evaluate(run, node.value, scope)
    target = scope
    while target.kind == "comprehension" and target.parent is not None:
        target = target.parent
    assign(run, node.target, value, target)
    return value


def _starred(run: State, node: ast.Starred, scope: Scope) -> Value:
    raise Stop("a star outside a call or list")


def _yield(run: State, node: ast.Yield, scope: Scope) -> Value:
    return calls.yielded(run, scope, None if node.value is None else evaluate(run, node.value, scope))


def _yield_from(run: State, node: ast.YieldFrom, scope: Scope) -> Value:
    items = items_of(run, evaluate(run, node.value, scope))
    if isinstance(items, Unknown):
        raise Stop("a generator of unknown length")
    for item in items:
        calls.yielded(run, scope, item)
    return None


_KINDS: dict[type[ast.AST], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.BoolOp: _bool,
    ast.Compare: _compare,
    ast.IfExp: _if,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.Lambda: _lambda,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.DictComp: comprehension,
    ast.GeneratorExp: generator_expression,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.NamedExpr: _walrus,
    ast.Starred: _starred,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
}
