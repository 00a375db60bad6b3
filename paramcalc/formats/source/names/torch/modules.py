"""Names: PyTorch. Modules: what they register, their hooks and calls, and the methods of all of them."""

from __future__ import annotations

from .....core.rule import Rule
from ...memory.objects import MISSING, Class, Dict, Function, Instance, Native, Partial, Unknown, Value
from ...memory.reach import reachable
from ...memory.state import Raised, State
from ...values import attributes, classes, setting
from ...values.calls import lose
from ...values.implicit import call_back
from ..native import Args, Kwargs, by_place
from ..options import kept_option
from .intact import modules_inside
from .module_names import MODULE_NAMES, OWN_CALLS, replaced_calls
from .recording import TRAINING
from .registered import registered
from .tensors import Tensor, is_parameter
from .walks import BASE, WALKS, children_of, is_module, second, walk_children

PLAIN = "<none>"  # the name under which a module has the names that are None, and not registered


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
    elif kind == "parameter" and classes.find(self.cls, name) is not MISSING:
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
    if name == "_modules":
        return registered(self)
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
        return kept_option(run, rule, name, value) if isinstance(rule, Rule) and not _as_given(rule, name) else value
    if any(isinstance(key, str) and key.startswith(f"{name}.") for key in state):
        return run.unknown(f"{name} of a composite layer", self)
    if isinstance(rule, Rule) and name in ("weight", "bias") and {"affine", "elementwise_affine"} & rule.options.keys():
        return None
    if rule is not None and (name not in ("weight", "bias") or state.get("<lazy>", False) is not False):
        return run.unknown(f"{name} of a layer is not known", self)
    return run.unknown(f"{name} of a module is not followed", self) if name in MODULE_NAMES else MISSING


# what a module has of an option that is left out
INSTEAD = {"stride": "kernel_size", "kdim": "embed_dim", "vdim": "embed_dim"}


def _as_given(rule: Rule, name: str) -> bool:
    # sizes that modules keep as they were given
    of_pools = "Pool" in rule.name and rule.name != "AvgPool1d" and "Fractional" not in rule.name
    return of_pools or rule.name in ("Fold", "Unfold", "Unflatten") or (rule.name, name) == ("Upsample", "size")


def _train(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # a module inside may have a train() of its own
    mode = args[0] if args else kwargs.get("mode", True)
    if run.trace is not None:
        run.entangle()  # what is kept depends on it
    others = (one for one in reachable(run.budget, [self]) if one is not self)
    if any(isinstance(one, Instance) and has_own_train(one.cls) for one in others):
        found = second(walk_children(run, self))
        if isinstance(found, Unknown):
            run.blur("a train() of an unknown module", self)
        else:
            for one in found:
                run.call(attributes.get(run, one, "train"), [mode], {})
    return self


def has_own_train(cls: Class | Native) -> bool:
    """Tell whether a class of the program says itself which modules are trained."""
    return isinstance(cls, Class) and isinstance(classes.find(cls, "train"), (Function, Unknown))


def _eval(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return run.call(attributes.get(run, self, "train"), [False], {})


def _itself(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    run.may_raise("a device")
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
    args = _before(run, self, args)
    forward = classes.find(self.cls, "forward")
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


def _pre_hook(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    if len(args) != 1 or kwargs:
        run.blur("a hook that is not followed", self, *args, *kwargs.values())
    hooks = _kept(run, self, "<pre hooks>")
    run.change(self)
    self.named["<pre hooks>"] = (*hooks, *args)
    return run.unknown("a handle", scalar=True)


def _backward_hook(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # it is called in each backward pass
    call_back(run, "a hook", [Partial(one, (self,), {}) for one in (*args, *kwargs.values())])
    return run.unknown("a handle", scalar=True)


def _before(run: State, self: Instance, args: Args) -> Args:
    # what the hooks make of the inputs; a hook is called unless its handle has removed it
    for one in _kept(run, self, "<pre hooks>"):
        before = tuple(args)
        given = run.fork(lambda one=one, before=before: run.call(one, [self, before], {}), lambda: None)  # type: ignore[misc]
        args = args if given is None else [run.unknown("what a hook gives", given, *args)] * len(args)
    return args


def _hooked(run: State, self: Instance, args: Args, found: Value) -> Value:
    # a hook is called unless its handle has removed it
    hooks = _kept(run, self, "<hooks>")
    for one in hooks:
        before = found
        given = run.fork(lambda one=one, before=before: run.call(one, [self, tuple(args), before], {}), lambda: None)  # type: ignore[misc]
        found = found if given is None else run.unknown("what a hook gives", given, found)
    return found


def _state_dict(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # tensors that share the numbers of the parameters, and are none; unless the parameters are asked for
    kept = self if args or kwargs.keys() - {"prefix"} else None
    return run.unknown("the tensors of a module", kept, data=True, scalar=True)


def _get_submodule(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    target: Value = self
    if not isinstance(args[0], str):
        return run.unknown("a module of an unknown name", self)
    for name in args[0].split(".") if args[0] else []:
        target = attributes.get(run, target, name)
    return target


def _set_submodule(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # by its path; strict says that there has to be one
    name, value = args
    path, _, last = str(name).rpartition(".")
    parent = _get_submodule(run, self, [path], {})
    known = isinstance(name, str) and is_module(value) and isinstance(parent, Instance) and is_module(parent)
    if not known or kwargs.get("strict", False) is not False or not isinstance(parent, Instance):
        return lose(run, "a module that is set in an unknown place", self, *args)
    module_set(run, parent, last, value)
    return None


def _get_parameter(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # by its path
    name = args[0] if args else kwargs.get("target")
    if not isinstance(name, str):
        return run.unknown("a parameter of an unknown name", self)
    module, _, last = name.rpartition(".")
    inner = _get_submodule(run, self, [module], {})
    return attributes.get(run, inner, last) if isinstance(inner, Instance) else run.unknown("a parameter", self)


MODULE = Native(
    BASE,
    make=lambda run, cls: Instance(cls),
    init=module_init,
    methods={
        "__call__": _call_module,
        **WALKS,
        "register_parameter": _register_parameter,
        "add_module": _register_parameter,
        "register_module": _register_parameter,
        "register_buffer": _register_buffer,
        "get_submodule": _get_submodule,
        "get_parameter": _get_parameter,
        "set_submodule": by_place(_set_submodule, 2, "strict"),
        "register_forward_pre_hook": _pre_hook,
        "register_full_backward_hook": _backward_hook,
        "register_full_backward_pre_hook": _backward_hook,
        "register_backward_hook": _backward_hook,
        "share_memory": _itself,
        "compile": lambda run, self, args, kwargs: None,
        "zero_grad": lambda run, self, args, kwargs: None,
        "extra_repr": lambda run, self, args, kwargs: "",
        "register_forward_hook": _hook,
        "train": _train,
        "eval": _eval,
        "__setattr__": lambda run, self, args, kwargs: run.call(run.builtin("setattr"), [self, *args], kwargs),
        "<replaced>": replaced_calls(OWN_CALLS),
        **dict.fromkeys(["to", "cuda", "cpu", "float", "double", "half", "bfloat16", "type", "xpu"], _itself),
        "state_dict": _state_dict,
        "load_state_dict": lambda run, self, args, kwargs: run.unknown("missing keys", scalar=True),
    },
    get=_module_get,
    set=module_set,
)
