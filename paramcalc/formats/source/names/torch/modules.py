"""Names: PyTorch. Modules: what they register, and the methods of all of them."""

from __future__ import annotations

from functools import partial

from .....core.rule import Rule
from ...memory.objects import MISSING, Class, Dict, Function, Instance, Missing, Native, Obj, Unknown, Value
from ...memory.reach import reachable
from ...memory.state import Raised, State
from ...values import attributes, setting
from ...values.calls import lose
from ...values.iterators import over_walk
from ..native import Args, Kwargs
from ..options import kept_option
from .intact import check_inside, modules_inside
from .module_names import MODULE_NAMES, OWN_CALLS, replaced_calls
from .recording import TRAINING
from .tensors import Tensor, is_parameter

PLAIN = "<none>"  # the name under which a module has the names that are None, and not registered
DEEPEST = 20  # levels at which a module is looked into


def is_module(value: Value) -> bool:
    """Tell whether a value is a module."""
    return isinstance(value, Instance) and MODULE in attributes.lineage(value.cls)


def module_init(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    """Construct a module: it registers nothing yet."""


def module_set(run: State, self: Instance, name: str, value: Value) -> None:
    """Set an attribute of a module: parameters and modules are registered, in the order they first come."""
    run.change(self)
    run.attached.add(id(value))
    state = self.named
    if state.get("<constructed>") is not True and (is_module(value) or is_parameter(value)):
        run.may_raise("a module or parameter before Module.__init__()")
    old = state.get(name, MISSING)
    buffers = _kept(run, self, "<buffers>")
    kind = "unknown" if isinstance(value, Unknown) else _kind(value)
    _check_kind(run, name, old, name in buffers, kind, value)
    if kind in ("other", "unknown") and _kind(old) == "other" and name not in buffers:
        if setting.by_property(run, self, name, value):
            if kind == "unknown":
                run.blur("a property was set that may be a module", self, value)
            return
    elif kind == "parameter" and attributes.find(self.cls, name) is not MISSING:
        run.may_raise("a parameter of the name of an attribute")
    if name in buffers and kind in ("module", "parameter"):
        state["<buffers>"] = tuple(one for one in buffers if one != name)
    plain = _kept(run, self, PLAIN)
    if value is None and old is MISSING:
        state[PLAIN] = (*plain, name)
    elif name in plain and kind in ("module", "parameter"):  # it comes behind the others, as if it were new
        state[PLAIN] = tuple(one for one in plain if one != name)
        del state[name]
        old = MISSING
    if old is not MISSING and old is not None and _kind(old) != kind and value is not None and kind != "unknown":
        if isinstance(old, Unknown) and children_of(self)[-1][0] != name:
            run.blur("a module or parameter whose place among the others is not known", self, value)
        del state[name]
    if name in OWN_CALLS and kind == "other" and not isinstance(value, (int, str)):
        run.blur(f"its {name} was replaced", self, value)
    state[name] = value


def _kept(run: State, self: Instance, key: str) -> tuple[Value, ...]:
    # buffers or hooks of a module, which may differ between branches
    found = self.named.get(key, ())
    if isinstance(found, tuple):
        return found
    run.blur("buffers or hooks that are not known", self)
    return ()


def _check_kind(run: State, name: str, old: Value, is_buffer: bool, kind: str, value: Value) -> None:
    # a name that is registered keeps its kind, but for None
    if value is None or (old is not None and kind == _kind(old) and kind != "other"):
        return
    refused = (
        is_parameter(old)
        or (is_module(old) and kind != "parameter")
        or (is_buffer and not isinstance(value, Tensor) and kind == "other")
    )
    if refused and kind != "unknown":
        raise Raised(run.error("TypeError", f"cannot assign this as {name!r}"))
    if refused or is_buffer or old is None or isinstance(old, Unknown):
        run.may_raise("an attribute that is registered")


def check_name(run: State, name: str) -> None:
    """Let an exception wait for a name that PyTorch refuses to register."""
    if "." in name or not name:
        run.may_raise("a name of a module")


def _kind(value: Value) -> str:
    return "parameter" if is_parameter(value) else "module" if is_module(value) else "other"


def _module_get(run: State, self: Instance, name: str) -> Value:
    state = self.named
    if name == "module" and "<parallel>" in state:
        run.may_raise(name)
        return self
    if name == "training":
        return run.unknown(TRAINING, scalar=True)
    rule = state.get("<rule>")
    options = state.get("<options>")
    for inner, value in modules_inside(self):
        if inner == name:
            return value
    if isinstance(options, Dict) and name in options.named:
        value = options.named[name]
        other = options.named.get(INSTEAD.get(name, ""))
        if value is None and other is not None and isinstance(rule, Rule) and not rule.name.startswith("LPPool"):
            return _module_get(run, self, INSTEAD[name])
        return kept_option(run, rule, name, value) if isinstance(rule, Rule) and not _as_given(rule) else value
    if any(isinstance(key, str) and key.startswith(f"{name}.") for key in state):
        return run.unknown(f"{name} of a composite layer", self)
    if isinstance(rule, Rule) and name in ("weight", "bias") and {"affine", "elementwise_affine"} & rule.options.keys():
        return None
    if rule is not None and (name not in ("weight", "bias") or state.get("<lazy>", False) is not False):
        return run.unknown(f"{name} of a layer is not known", self)
    return run.unknown(f"{name} of a module is not followed", self) if name in MODULE_NAMES else MISSING


# what a module has of an option that is left out
INSTEAD = {"stride": "kernel_size", "kdim": "embed_dim", "vdim": "embed_dim"}


def _as_given(rule: Rule) -> bool:
    # modules that keep sizes as they were given
    of_pools = "Pool" in rule.name and rule.name != "AvgPool1d" and "Fractional" not in rule.name
    return of_pools or rule.name in ("Fold", "Unfold", "Unflatten")


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


def _walk_parameters(run: State, self: Instance, prefix: str = "") -> list[Value] | Unknown:
    modules = _walk_modules(run, self, prefix, {}, bare=False)
    if isinstance(modules, Unknown):
        return modules
    found: list[Value] = []
    seen: dict[Obj, None] = {}
    for pair in modules:
        assert isinstance(pair, tuple)
        assert isinstance(pair[1], Instance)
        place, module = pair
        if module.named.get("<opaque>"):
            return run.unknown("parameters of a layer that are not listed", self)
        for name, value in children_of(module):
            if is_parameter(value) and isinstance(value, Instance) and value not in seen:
                seen[value] = None
                found.append((f"{place}.{name}" if place else name, value))
    return found


def _second(pairs: list[Value] | Unknown) -> list[Value] | Unknown:
    return pairs if isinstance(pairs, Unknown) else [one[1] for one in pairs if isinstance(one, tuple)]


def _parameters(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return over_walk(run, lambda: _second(_walk_parameters(run, self)), self)


def _named_parameters(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if "<parallel>" in self.named:
        return run.unknown("names of a model that may be wrapped", self)
    return over_walk(run, lambda: _walk_parameters(run, self), self)


def _modules(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return over_walk(run, lambda: _second(_walk_modules(run, self, "", {})), self)


def _named_modules(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if "<parallel>" in self.named:
        return run.unknown("names of a model that may be wrapped", self)
    return over_walk(run, lambda: _walk_modules(run, self, "", {}), self)


def _walk_children(run: State, self: Instance) -> list[Value] | Unknown:
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
    return over_walk(run, lambda: _walk_children(run, self), self)


def _children(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return over_walk(run, lambda: _second(_walk_children(run, self)), self)


def _train(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # a module inside may have a train() of its own
    mode = args[0] if args else kwargs.get("mode", True)
    if run.trace is not None:
        run.entangle()  # what is kept depends on it
    if any(isinstance(one, Instance) and has_own_train(one.cls) for one in reachable([self]) if one is not self):
        found = _second(_walk_children(run, self))
        if isinstance(found, Unknown):
            run.blur("a train() of an unknown module", self)
        else:
            for one in found:
                run.call(attributes.get(run, one, "train"), [mode], {})
    return self


def has_own_train(cls: Class | Native) -> bool:
    """Tell whether a class of the program says itself which modules are trained."""
    return isinstance(cls, Class) and isinstance(attributes.find(cls, "train"), (Function, Unknown))


def _eval(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return run.call(attributes.get(run, self, "train"), [False], {})


def _itself(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    run.may_raise("a device")
    return self


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
    found = _second(_walk_parameters(run, self))
    if isinstance(found, Unknown):
        run.blur("parameters that are not known", self)
    else:
        for one in found:
            run.call(attributes.get(run, one, "requires_grad_"), args, kwargs)
    return self


def _register_parameter(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    name, value = (
        ([*args, kwargs.get("name"), kwargs.get("param", kwargs.get("module"))])[:2] if len(args) < 2 else args[:2]
    )
    if not isinstance(name, str):
        run.blur("a module or parameter of an unknown name", self, value)
        return None
    if not is_module(value) and not is_parameter(value) and value is not None:
        run.may_raise("a value that is no module")
        run.blur("a value that may be no module", self)
    check_name(run, name)
    module_set(run, self, name, value)
    if value is None:  # it is registered, and keeps its place
        self.named[PLAIN] = tuple(one for one in _kept(run, self, PLAIN) if one != name)
    return None


def _register_buffer(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    name = args[0] if args else kwargs.get("name")
    value = args[1] if len(args) > 1 else kwargs.get("tensor")
    if not isinstance(name, str):
        run.blur("a buffer of an unknown name", self)
        return None
    if attributes.get_or_missing(run, self, name) is not MISSING or "." in name or name == "":
        run.may_raise("a buffer of the name of an attribute")
    run.change(self)
    kept = _kept(run, self, "<buffers>")
    self.named["<buffers>"] = (*kept, name)
    self.named[name] = value
    return None


def _call_module(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if self.blur is not None:
        return lose(run, self.blur.reason, self, *args, *kwargs.values())
    forward = attributes.find(self.cls, "forward")
    own = self.named.get("forward")
    if own is not None:
        found = run.call(own, args, kwargs)
    elif isinstance(forward, Function):
        found = run.call(forward, [self, *args], kwargs)
    elif isinstance(forward, Native):
        found = forward.methods["forward"](run, self, args, kwargs)
    else:
        return lose(run, "a module without forward", self, *args, *kwargs.values())
    return _hooked(run, self, args, found)


def _hook(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    hooks = _kept(run, self, "<hooks>")
    run.change(self)
    self.named["<hooks>"] = (*hooks, args[0] if args else kwargs.get("hook"))
    return run.unknown("a handle", scalar=True)


def _hooked(run: State, self: Instance, args: Args, found: Value) -> Value:
    # a hook is called unless its handle has removed it
    hooks = _kept(run, self, "<hooks>")
    for one in hooks:
        before = found
        given = run.fork(lambda one=one, before=before: run.call(one, [self, tuple(args), before], {}), lambda: None)  # type: ignore[misc]
        found = found if given is None else run.unknown("what a hook gives", given, found)
    return found


def _get_submodule(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    target: Value = self
    if not isinstance(args[0], str):
        return run.unknown("a module of an unknown name", self)
    for name in args[0].split(".") if args[0] else []:
        target = attributes.get(run, target, name)
    return target


MODULE = Native(
    "torch.nn.Module",
    make=lambda run, cls: Instance(cls),
    init=module_init,
    methods={
        "__call__": _call_module,
        "parameters": _parameters,
        "named_parameters": _named_parameters,
        "modules": _modules,
        "named_modules": _named_modules,
        "children": _children,
        "named_children": _named_children,
        "apply": _apply,
        "requires_grad_": _freeze,
        "register_parameter": _register_parameter,
        "add_module": _register_parameter,
        "register_module": _register_parameter,
        "register_buffer": _register_buffer,
        "get_submodule": _get_submodule,
        "zero_grad": lambda run, self, args, kwargs: None,
        "extra_repr": lambda run, self, args, kwargs: "",
        "register_forward_hook": _hook,
        "train": _train,
        "eval": _eval,
        "__setattr__": lambda run, self, args, kwargs: run.call(run.builtin("setattr"), [self, *args], kwargs),
        "<replaced>": replaced_calls(OWN_CALLS),
        **dict.fromkeys(["to", "cuda", "cpu", "float", "double", "half", "bfloat16", "type", "xpu"], _itself),
        "state_dict": lambda run, self, args, kwargs: run.unknown("the tensors of a module", self),
        "load_state_dict": lambda run, self, args, kwargs: run.unknown("missing keys", scalar=True),
    },
    get=_module_get,
    set=module_set,
)
