"""Names of TensorFlow: functions that it traces. What they do in Python they do when they are traced, not at each call.

A function is traced when it is called first, a second time if that made variables, and again for each other kind of
arguments. Source: the guide to `tf.function` in the documentation of TensorFlow.
"""

from __future__ import annotations

from functools import partial

from ...memory.objects import Builtin, Function, Instance, List, Method, Value
from ...memory.state import State
from ..native import Args, Kwargs


def function(run: State, args: Args, kwargs: Kwargs) -> Value:
    """Give a traced function, or the decorator that makes one."""
    given = args[0] if args else kwargs.get("func")
    if given is None:
        return Builtin("tensorflow.function", lambda run, args, kwargs: function(run, args, {}))
    return _traced(given) if isinstance(given, (Function, Method, Builtin)) else run.unknown("a traced object", given)


def _traced(given: Value) -> Builtin:
    known = List()  # the objects whose method was traced; None for a function

    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        trace = partial(run.call, given, args, kwargs)
        whose = args[0] if args and isinstance(args[0], Instance) else None
        if known.blur is not None or any(one is whose for one in known.items):
            run.maybe_many(trace)
            return run.unknown("what a function gives that was traced before", *args, *kwargs.values(), data=True)
        run.change(known)
        known.items.append(whose)
        found = trace()
        run.maybe_many(trace)
        plain = isinstance(found, (int, float, str))  # it is made a tensor
        return run.unknown("a tensor of a traced function", data=True, scalar=True) if plain else found

    return Builtin("self:traced", call, {"__wrapped__": given, "python_function": given}, (given, known))
