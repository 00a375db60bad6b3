"""Names: PyTorch. ``_modules``: the dictionary of what a module registers, which programs read and change."""

from __future__ import annotations

from ...memory.objects import Host, Instance, Native, Unknown, Value
from ...memory.state import Raised, State
from ...values.iterators import over_walk
from ..native import Args, Kwargs, by_place
from .intact import INSIDE
from .tensors import is_parameter
from .walks import is_module

OF = "<of>"  # the name under which the dictionary has its module


def registered(module: Instance) -> Value:
    """Give the dictionary of the modules of a module."""
    made = Instance(REGISTERED)
    made.named[OF] = module
    return made


def _module(self: Instance) -> Instance:
    module = self.named[OF]
    assert isinstance(module, Instance)
    return module


def _pairs(run: State, self: Instance) -> list[tuple[Value, Value]] | Unknown:
    module = _module(self)
    lost = run.unknown("the modules of a module", module)
    if module.blur is not None or INSIDE in module.named:
        return lost
    found: list[tuple[Value, Value]] = []
    for name, value in module.named.items():
        if is_module(value):
            found.append((name, value))
        elif str(name)[:1] != "<" and (value is None or isinstance(value, Unknown)) and not is_parameter(value):
            return lost  # it may be registered
    return found


def _walk(place: int | None) -> Host:
    # over names, modules, or both
    def walk(run: State, self: Instance) -> list[Value] | Unknown:
        found = _pairs(run, self)
        return found if isinstance(found, Unknown) else [pair if place is None else pair[place] for pair in found]

    return by_place(lambda run, self, args, kwargs: over_walk(run, lambda: walk(run, self), _module(self)), 0)


def _item(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # with a second argument, as get() does; without, a missing name is an error
    found = _pairs(run, self)
    if isinstance(found, Unknown) or not isinstance(args[0], str):
        return run.unknown("a module of an unknown name", _module(self), *args)
    if args[0] not in dict(found) and len(args) < 2:
        raise Raised(run.error("KeyError", args[0]))
    return dict(found).get(args[0], *args[1:])


def _set(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    name, value = args
    module = _module(self)
    known = isinstance(name, str) and (is_module(value) or value is None)
    if not known or INSIDE in module.named or (is_module(module.named.get(name)) and value is None):
        run.blur("a module that is set in an unknown place", module, value)
        return None
    if "." in str(name):
        run.may_raise("a name of a module")
    return run.call(run.builtin("setattr"), [module, name, value], {})


def _delete(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _item(run, self, args[:1], {})
    module = _module(self)
    if isinstance(found, Unknown):
        run.blur("a module that is not known was taken away", module)
    else:
        run.change(module)
        del module.named[args[0]]
    return None


def _pop(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _pairs(run, self)
    if len(args) > 1 and not isinstance(found, Unknown) and args[0] not in dict(found):
        return args[1]
    given = _item(run, self, args[:1], {})
    _delete(run, self, args[:1], {})
    return given


def _count(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _pairs(run, self)
    return run.unknown("a number of modules", scalar=True) if isinstance(found, Unknown) else len(found)


def _has(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = _pairs(run, self)
    unknown = isinstance(found, Unknown) or not isinstance(args[0], str)
    return run.unknown("a condition", scalar=True) if unknown else args[0] in dict(found)  # type: ignore[arg-type]


REGISTERED = Native(
    "torch.nn.Module._modules",
    make=lambda run, cls: Instance(cls),
    methods={
        "items": _walk(None),
        "keys": _walk(0),
        "values": _walk(1),
        "__iter__": _walk(0),
        "__getitem__": _item,
        "get": by_place(lambda run, self, args, kwargs: _item(run, self, [args[0], *(args[1:] or [None])], {}), 2),
        "__setitem__": _set,
        "__delitem__": _delete,
        "pop": by_place(_pop, 2),
        "__len__": _count,
        "__contains__": _has,
    },
    get=lambda run, self, name: run.unknown(f"{name} of the modules of a module", _module(self)),
)
