"""Makes the model that is asked for by name: a class or a function of the program, called with the arguments given."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from ...core.rule import Rule
from ...core.schema import REQUIRED
from ...errors import OptionError, nearest
from ...graph.model import Model
from .interpreter import Interpreter
from .memory.heap import restore
from .memory.objects import MISSING, Class, Function, Instance, Native, Obj, Scope, Unknown, Value
from .memory.reach import reachable
from .memory.state import Raised, Signal, Stop
from .models.found import is_model, model_of
from .names import keras, torch
from .values import classes
from .values.parts import check_read, with_part

REACHED = 4  # steps: an object that a model holds is found


def model_classes(run: Interpreter) -> list[str]:
    """List the classes of models that the program declares, those that no other is derived from last."""
    found = []
    for name, value in run.globals.named.items():
        if isinstance(value, Class) and not {torch.MODULE, keras.MODEL}.isdisjoint(classes.lineage(value)):
            found.append(str(name))
    return found


def makers(run: Interpreter, classes: list[str]) -> list[str]:
    """List the functions that can be called without an argument and whose text calls one of these classes."""
    found = []
    for name, value in run.globals.named.items():
        if isinstance(value, Function) and all(default is not MISSING for _, default in arguments(value)):
            called = {
                one.func.id
                for one in ast.walk(value.node)
                if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
            }
            if not called.isdisjoint(classes):
                found.append(str(name))
    return found


def summon(run: Interpreter, name: str, options: Mapping[str, str]) -> Model:
    """Call a class or function by name; a required argument that is not given is a size named after it.

    Raises
    ------
    OptionError
        When there is no such name, or the call fails.

    What is unknown under that name becomes a model of one unknown layer.
    """
    target = run.globals.named.get(name)
    if isinstance(target, Unknown) and not target.scalar:
        return model_of(run, name, target)
    if not isinstance(target, (Class, Function, Instance)):
        kinds = (Class, Function, Instance)
        known = [
            key
            for key, value in run.globals.named.items()
            if isinstance(key, str) and key.isidentifier() and isinstance(value, kinds)
        ]
        listed = f"it has {', '.join(known[:8]) or 'no models'}"
        raise OptionError(f"no model {name!r} in this program", suggestion=nearest(name, known) or listed)
    if isinstance(target, Instance):
        return model_of(run, name, target)
    if options:
        taken_by(run, [name], options)
    given = _given(run, target, _values(run, options))
    region = run.heap.open()
    run.budget.grant()
    earlier = len(run.bound)
    try:
        made = run.call(target, [], given)
    except Raised as raised:
        error = raised.value
        told = error.named.get("args") if isinstance(error, Instance) else None
        text = f": {str(told[0])[:100]}" if isinstance(told, tuple) and told and str(told[0]) else ""
        kind = error.cls.name if isinstance(error, Instance) else "an exception"
        place = f" ({run.place(error.line)})" if isinstance(error, Instance) and error.line else ""
        raise OptionError(f"{name} raises {kind}{text}{place}") from None
    except (Signal, Stop, RecursionError) as stop:
        made = Unknown(str(stop) or "nested too deeply")
    run.heap.close(region)
    check_read(run)
    if not isinstance(made, Unknown) and not is_model(made):
        within = [value for _, value, _ in run.bound[earlier:] if is_model(value)]  # it may keep its model to itself
        if not within:
            raise OptionError(f"{name} gives no model")
        made = within[-1]
    return model_of(run, name, made)


def taken_by(run: Interpreter, names: Iterable[str], options: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Give each class or function of these names the arguments that it takes.

    Raises
    ------
    OptionError
        When none of them takes an argument.
    """
    taken: dict[str, dict[str, str]] = {}
    known: dict[str, None] = {}
    for name in names:
        target = run.globals.named[name]
        assert isinstance(target, (Class, Function))
        found = _function(target)
        any_name = not isinstance(found, Function) or found.node.args.kwarg is not None
        mine = [argument for argument, _ in arguments(target)]
        known |= dict.fromkeys(mine)
        taken[name] = {key: text for key, text in options.items() if any_name or key.partition(".")[0] in mine}
    for key in options:
        if not any(key in one for one in taken.values()):
            whose = f"{', '.join(taken)} {'take' if len(taken) > 1 else 'takes'} {', '.join(known) or 'no arguments'}"
            raise OptionError(f"no argument {key!r}", suggestion=nearest(key, known) or whose)
    return taken


def call_functions(run: Interpreter) -> None:
    """Call the functions of a program that makes no model by itself; each argument is a size named after it.

    An exception ends a call and nothing else: some functions are about data. What a call makes before it ends so is
    unknown. Models that the functions make are those of the run. Each call begins where the program ended.
    """
    functions = [(str(name), one) for name, one in run.globals.named.items() if isinstance(one, Function)]
    for name, function in functions:
        if run.budget.exhausted():
            run.note(f"{name} is not called: the program takes too many steps", function.node.lineno)
            break
        _call_alone(run, name, function)


def _call_alone(run: Interpreter, name: str, function: Function) -> None:
    # what it changes is as it was before, but for what its own models hold: these are unknown then
    region = run.heap.open()
    run.budget.grant()
    earlier, newest = len(run.bound), Obj.count
    try:
        made = run.call(function, [], _given(run, function, {}))
        if isinstance(made, Instance) and is_model(made) and all(made is not one for _, one, _ in run.bound):
            run.bound.append((name, made, run.globals))
    except (Signal, Stop, RecursionError) as ended:
        run.blur(str(ended) or f"{name} raises an exception", *(one for _, one, _ in run.bound[earlier:]))
    run.heap.close_inside(region)
    models = [one for _, one, _ in run.bound[earlier:]]
    changed = {one: before for one, before in region.before.items() if one.serial <= newest}
    shared = _shared(run, models, changed)
    if shared:
        run.blur(f"{name} changes what it did not make", *models)
    for one, before in changed.items():
        if one not in shared:
            restore(one, before)
    run.heap.close(region)


def _shared(run: Interpreter, models: list[Instance], changed: Iterable[Obj]) -> set[Obj]:
    # objects that were there before the call, changed by it and held by its models
    old = {one for one in changed if not isinstance(one, Scope)}
    if not old:
        return old
    reached = reachable(run.budget, models)
    run.budget.charge(REACHED * len(reached))
    return old.intersection(reached)


def _given(run: Interpreter, target: Class | Function, given: dict[str, Value]) -> dict[str, Value]:
    # the arguments that are given, with a size for each that has to be, or whose default is a size asked for
    for argument, default in arguments(target):
        if argument in given:
            continue
        if default is MISSING:
            given[argument] = run.name(run.argument(argument), argument)
        else:
            left_out = run.left_out(argument, default)
            if left_out is not default:
                given[argument] = left_out
    return given


def _values(run: Interpreter, options: Mapping[str, str]) -> dict[str, Value]:
    # of arguments, and of attributes and items of arguments that are given no other way
    given: dict[str, Value] = {}
    for key, text in options.items():
        name, *path = key.split(".")
        value = _value(run, key, text)
        whole = given.setdefault(name, run.argument(name)) if path else value
        if not path and name not in given:
            given[name] = value
        elif path and isinstance(whole, Unknown):
            with_part(run, whole, path, value, key)
        else:
            raise OptionError(f"--args {key}", expected=f"either {name} or its attributes", received=text)
    return given


def _value(run: Interpreter, name: str, text: str) -> Value:
    try:
        node = ast.parse(text, mode="eval").body
        return run.evaluate(node, run.globals)
    except (Raised, Stop):
        return text  # a word
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise OptionError(f"--args {name}", expected="a value of Python", received=text) from None


def arguments(target: Class | Function) -> Iterator[tuple[str, Value]]:
    """List the arguments by name, each with its default; ``MISSING`` for those that have to be given."""
    found = _function(target)
    if isinstance(found, Native) and isinstance(found.data, Rule):  # the constructor of the layer that it derives from
        yield from ((name, MISSING) for name, one in found.data.options.items() if one.default is REQUIRED)
    if not isinstance(found, Function):
        return
    spec = found.node.args
    names = [one.arg for one in [*spec.posonlyargs, *spec.args]]
    defaults = (MISSING,) * (len(names) - len(found.defaults)) + found.defaults
    yield from [*zip(names, defaults, strict=False)][isinstance(target, Class) :]
    for one in spec.kwonlyargs:
        yield one.arg, found.kw_defaults.get(one.arg, MISSING)


def _function(target: Class | Function) -> Value:
    return classes.find(target, "__init__") if isinstance(target, Class) else target
