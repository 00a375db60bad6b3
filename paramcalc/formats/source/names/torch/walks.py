"""Names: PyTorch. Walks over modules: what is inside a module, in the order of PyTorch."""

from __future__ import annotations

from functools import partial

from ...memory.objects import Instance, Missing, Obj, Unknown, Value
from ...memory.state import State
from ...values import attributes, classes
from ...values.iterators import over_walk
from ..native import Args, Kwargs
from .intact import check_inside, modules_inside
from .tensors import is_parameter

BASE = "torch.nn.Module"  # the class that all modules derive from
DEEPEST = 20  # levels at which a module is looked into


def is_module(value: Value) -> bool:
    """Tell whether a value is a module."""
    return isinstance(value, Instance) and BASE in classes.names_of(value.cls)


def children_of(module: Instance) -> list[tuple[str, Value]]:
    """List what a module registers: modules, and unknown values that may be modules or parameters."""
    return [
        (str(name), value)
        for name, value in module.named.items()
        if isinstance(name, str)
        and name[:1] != "<"
        and (is_module(value) or is_parameter(value) or isinstance(value, Unknown))
    ]


def surely_bare(value: Value, depth: int = 0) -> bool:
    """Tell whether a value, whatever it may be, is or holds no parameter and no buffer: ``Dropout`` or ``None``."""
    if depth > DEEPEST:
        return False
    if isinstance(value, Unknown):
        inside = value.either
        return value.scalar or (bool(inside) and all(surely_bare(one, depth + 1) for one in inside))
    if not is_module(value):
        return isinstance(value, (int, float, str, Missing)) or value is None
    assert isinstance(value, Instance)
    plain = value.blur is None and not value.named.get("<opaque>") and value.named.get("<lazy>", False) is False
    buffers = value.named.get("<buffers>", ()) or any(str(name).startswith("<buffer ") for name in value.named)
    return plain and not buffers and all(surely_bare(one, depth + 1) for _, one in children_of(value))


def _walk_modules(
    run: State, self: Instance, prefix: str, seen: dict[Obj, None], bare: bool = True
) -> list[Value] | Unknown:
    # ``bare`` says that modules without parameters matter, too
    check_inside(run, self)
    if self.blur is not None:
        return run.unknown(self.blur.reason, self)
    if self in seen:
        return []
    seen[self] = None
    found: list[Value] = [(prefix, self)]
    for name, value in [*(modules_inside(self) if bare else ()), *children_of(self)]:
        if isinstance(value, Unknown):
            if not value.scalar and (bare or not surely_bare(value)):
                return run.unknown(value.reason, self, value)
        elif is_module(value):
            assert isinstance(value, Instance)
            inner = _walk_modules(run, value, f"{prefix}.{name}" if prefix else name, seen, bare)
            if isinstance(inner, Unknown):
                return run.unknown(inner.reason, self, inner)
            found += inner
    return found


def _walk_parameters(run: State, self: Instance, prefix: str = "", within: bool = True) -> list[Value] | Unknown:
    # ``within`` says that those of the modules inside are asked for
    modules = _walk_modules(run, self, prefix, {}, bare=False)
    if isinstance(modules, Unknown):
        return modules
    found: list[Value] = []
    seen: dict[Obj, None] = {}
    for pair in modules if within else modules[:1]:
        assert isinstance(pair, tuple)
        assert isinstance(pair[1], Instance)
        place, module = pair
        if module.named.get("<opaque>"):
            return run.unknown("parameters of a layer that are not listed", self)
        for name, value in children_of(module):
            if (
                is_parameter(value)
                and isinstance(value, Instance)
                and value not in seen
                and (within or "." not in name)
            ):
                seen[value] = None
                found.append((f"{place}.{name}" if place else name, value))
    return found


def second(pairs: list[Value] | Unknown) -> list[Value] | Unknown:
    """Give the second of each pair."""
    return pairs if isinstance(pairs, Unknown) else [one[1] for one in pairs if isinstance(one, tuple)]


def _parameters(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    within = args[0] if args else kwargs.get("recurse", True)
    if not isinstance(within, bool):
        return run.unknown("parameters that are not followed", self)
    return over_walk(run, lambda: second(_walk_parameters(run, self, within=within)), self)


def _named_parameters(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    given: Kwargs = {"prefix": "", "recurse": True, "remove_duplicate": True}
    given = {**given, **dict(zip(given, args, strict=False)), **kwargs}
    prefix, within = given["prefix"], given["recurse"]
    if not isinstance(prefix, str) or not isinstance(within, bool) or given["remove_duplicate"] is not True:
        return run.unknown("parameters that are not followed", self)
    if "<parallel>" in self.named:
        return run.unknown("names of a model that may be wrapped", self)
    return over_walk(run, lambda: _walk_parameters(run, self, prefix, within), self)


def _modules(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return over_walk(run, lambda: second(_walk_modules(run, self, "", {})), self)


def _named_modules(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if args or kwargs:
        return run.unknown("modules that are not followed", self)
    if "<parallel>" in self.named:
        return run.unknown("names of a model that may be wrapped", self)
    return over_walk(run, lambda: _walk_modules(run, self, "", {}), self)


def walk_children(run: State, self: Instance) -> list[Value] | Unknown:
    """List the modules directly inside a module, each once, with its name; or give why they are unknown."""
    check_inside(run, self)
    if self.blur is not None or any(isinstance(one, Unknown) and not one.scalar for _, one in children_of(self)):
        return run.unknown("modules that are not known", self)
    seen: list[Value] = []
    found: list[Value] = []
    for name, value in [*modules_inside(self), *children_of(self)]:
        if is_module(value) and value not in seen:
            seen.append(value)
            found.append((name, value))
    return found


def _named_children(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return over_walk(run, lambda: walk_children(run, self), self)


def _children(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return over_walk(run, lambda: second(walk_children(run, self)), self)


def _apply(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    known, unknown = _met(run, self, {})
    for one in unknown:
        ways = one.either if isinstance(one, Unknown) else ()
        if ways and all(is_module(way) or surely_bare(way) for way in ways):
            run.fork(*(partial(_applied, run, way, args, kwargs) for way in ways))
        else:  # it may hold any number of modules
            run.maybe_many(partial(run.call, args[0], [run.unknown("a module that is not known", one)], {}))
    for one in known:
        run.call(args[0], [one], {})
    return self


def _applied(run: State, value: Value, args: Args, kwargs: Kwargs) -> None:
    if isinstance(value, Instance) and is_module(value):
        run.call(attributes.get(run, value, "apply"), args, kwargs)


def _met(run: State, module: Instance, seen: dict[Obj, None]) -> tuple[list[Value], list[Value]]:
    # the modules inside and the module itself, the innermost first, and what is unknown among them
    seen[module] = None
    check_inside(run, module)
    if module.blur is not None:
        return [], [module]
    known: list[Value] = []
    unknown: list[Value] = []
    for _, value in [*modules_inside(module), *children_of(module)]:
        if isinstance(value, Unknown) and not value.scalar:
            unknown.append(value)
        elif is_module(value) and isinstance(value, Instance) and value not in seen:
            inner, lost = _met(run, value, seen)
            known += inner
            unknown += lost
    return [*known, module], unknown


def _freeze(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    found = second(_walk_parameters(run, self))
    if isinstance(found, Unknown):
        run.blur("parameters that are not known", self)
    else:
        for one in found:
            run.call(attributes.get(run, one, "requires_grad_"), args, kwargs)
    return self


def _buffers(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return run.unknown("the buffers of a module", data=True, scalar=True)


WALKS = {
    "parameters": _parameters,
    "named_parameters": _named_parameters,
    "modules": _modules,
    "named_modules": _named_modules,
    "children": _children,
    "named_children": _named_children,
    "buffers": _buffers,
    "named_buffers": _buffers,
    "apply": _apply,
    "requires_grad_": _freeze,
}
