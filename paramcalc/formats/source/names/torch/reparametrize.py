"""Names: PyTorch. Functions that replace a weight of a module by what it is computed from: norms, pruned weights."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from .....symbolic import Size
from ...memory.objects import Builtin, Instance, Module, Native, Unknown, Value
from ...memory.state import Raised, State
from ...values import attributes, classes
from ...values.calls import lose
from ...values.containers import items_of
from ..native import Args, Kwargs, by_name
from .containers import MODULE_DICT, MODULE_LIST
from .modules import MODULE, module_init, module_set
from .tensors import Tensor, is_parameter, make_parameter
from .walks import is_module

TRANSPOSED = ("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")  # whose outputs are the second axis
NORM = Native("torch.nn.utils.parametrizations.Norm", MODULE, init=module_init)
PARAMETRIZATION_LIST = Native("torch.nn.utils.parametrize.ParametrizationList", MODULE_LIST)
LISTS = "parametrizations"  # the name under which a module has what its weights are computed from


class Asked(NamedTuple):
    """A module, a parameter of it, its shape, and the axis that is asked for, if one is."""

    module: Instance
    name: str
    parameter: Instance
    shape: tuple[int, ...]
    axis: Value


def _asked(run: State, args: Args, kwargs: Kwargs, at: int, default: Value) -> Asked | None:
    # ``at`` is the place of the axis among the arguments
    module = args[0] if args else kwargs.get("module")
    name = args[1] if len(args) > 1 else kwargs.get("name", "weight")
    axis = args[at] if len(args) > at else kwargs.get("dim", default)
    if not isinstance(module, Instance) or not is_module(module) or module.blur is not None:
        return None
    parameter = module.named.get(name) if isinstance(name, str) else None
    if not isinstance(name, str) or not isinstance(parameter, Instance) or not is_parameter(parameter):
        return None
    shape, trained = parameter.named.get("shape"), parameter.named.get("requires_grad")
    sizes = tuple(one for one in shape if isinstance(one, int)) if isinstance(shape, tuple) else ()
    if not isinstance(shape, tuple) or len(sizes) < len(shape) or not isinstance(trained, bool):
        return None
    if parameter.blur is not None or isinstance(axis, bool):
        return None
    if axis is not None and (not isinstance(axis, int) or axis < -1):
        return None
    if isinstance(axis, int) and axis >= max(len(sizes), 1):
        raise Raised(run.error("IndexError", "an axis that the weight does not have"))
    return Asked(module, name, parameter, sizes, axis)


def _of_norm(shape: tuple[int, ...], axis: Value) -> tuple[Size, ...]:
    # one length for each place on an axis; of the whole weight where none is asked for, or -1
    if axis is None or axis == -1 or not isinstance(axis, int):
        return ()
    return tuple(size if place == axis else 1 for place, size in enumerate(shape))


def _vectors(run: State, one: Asked) -> dict[str, tuple[Size, ...]]:
    # the two singular vectors that are kept of a matrix: the axis, and all others
    named = classes.names_of(one.module.cls)
    axis = one.axis
    if not isinstance(axis, int):
        axis = 1 if any(f"torch.nn.{kind}" in named for kind in TRANSPOSED) else 0
    if not one.shape:
        raise Raised(run.error("IndexError", "a weight without axes"))
    rows = one.shape[axis]
    return {"u": (rows,), "v": (prod(one.shape) // rows if rows else 0,)}


def _replaced(run: State, one: Asked, parameters: dict[str, Instance], buffers: dict[str, tuple[Size, ...]]) -> None:
    # the parameter goes, others come behind those that are there; its name is a tensor from here on
    run.change(one.module)
    del one.module.named[one.name]
    for name, parameter in parameters.items():
        module_set(run, one.module, name, parameter)
    one.module.named[one.name] = Tensor(one.shape)
    _buffer(one.module, buffers)


def _buffer(module: Instance, buffers: dict[str, tuple[Size, ...]]) -> None:
    kept = module.named.get("<buffers>", ())
    module.named.update((name, Tensor(shape)) for name, shape in buffers.items())
    module.named["<buffers>"] = (*(kept if isinstance(kept, tuple) else ()), *buffers)


def _weight_norm(run: State, args: Args, kwargs: Kwargs) -> Value:
    one = _asked(run, args, kwargs, 2, 0)
    if one is None:
        return lose(run, "a weight that is not known", *args, *kwargs.values())
    run.may_raise("weight_norm")
    length = make_parameter(_of_norm(one.shape, one.axis))
    _replaced(run, one, {f"{one.name}_g": length, f"{one.name}_v": make_parameter(one.shape)}, {})
    return one.module


def _spectral_norm(run: State, args: Args, kwargs: Kwargs) -> Value:
    one = _asked(run, args, kwargs, 4, None)
    if one is None:
        return lose(run, "a weight that is not known", *args, *kwargs.values())
    run.may_raise("spectral_norm")
    vectors = {f"{one.name}_{name}": shape for name, shape in _vectors(run, one).items()}
    _replaced(run, one, {f"{one.name}_orig": one.parameter}, vectors)
    return one.module


def _removed(suffixes: tuple[str, ...], vectors: tuple[str, ...]) -> Builtin:
    # gives a module a parameter of the shape of the one that was replaced
    def remove(run: State, args: Args, kwargs: Kwargs) -> Value:
        module = args[0] if args else kwargs.get("module")
        name = args[1] if len(args) > 1 else kwargs.get("name", "weight")
        named = module.named if isinstance(module, Instance) and module.blur is None else {}
        kept = named.get("<buffers>", ())
        parts = [named.get(f"{name}{suffix}") for suffix in suffixes]
        shape = parts[-1].named.get("shape") if isinstance(parts[-1], Instance) and is_parameter(parts[-1]) else None
        if not isinstance(module, Instance) or not isinstance(name, str) or not isinstance(kept, tuple):
            return lose(run, "a module that is not known", *args, *kwargs.values())
        if not all(is_parameter(part) for part in parts) or not isinstance(shape, tuple):
            return lose(run, "a weight that is not known", *args, *kwargs.values())
        run.may_raise("a weight that was not replaced")
        run.change(module)
        for one in (*(f"{name}{suffix}" for suffix in (*suffixes, *vectors)), name):
            named.pop(one, None)
        named["<buffers>"] = tuple(one for one in kept if one not in [f"{name}{vector}" for vector in vectors])
        module_set(run, module, name, make_parameter(shape))
        return module

    return Builtin("remove a norm of weights", remove)


def _module(cls: Native) -> Instance:
    made = Instance(cls)
    made.named["<constructed>"] = True
    return made


def _listed(run: State, one: Asked, parameters: dict[str, Instance], buffers: dict[str, tuple[Size, ...]]) -> Value:
    # what the weight is computed from is in a module inside, under the name of the weight
    lists = one.module.named.get(LISTS)
    if lists is not None and not (isinstance(lists, Instance) and lists.cls is MODULE_DICT and lists.blur is None):
        return lose(run, "a module of which weights are computed already", one.module)
    run.may_raise("a weight that is computed from others")
    if lists is None:
        lists = _module(MODULE_DICT)
        module_set(run, one.module, LISTS, lists)
    norm = _module(NORM)
    _buffer(norm, buffers)
    made = _module(PARAMETRIZATION_LIST)
    _replaced(run, one, {}, {})
    for name, parameter in parameters.items():
        module_set(run, made, name, parameter)
    module_set(run, made, "0", norm)
    module_set(run, lists, one.name, made)
    one.module.named[attributes.ANOTHER_CLASS] = True
    return one.module


def _weight_norm_listed(run: State, args: Args, kwargs: Kwargs) -> Value:
    one = _asked(run, args, kwargs, 2, 0)
    if one is None:
        return lose(run, "a weight that is not known", *args, *kwargs.values())
    trained = one.parameter.named["requires_grad"]
    length, vector = (make_parameter(shape, trained) for shape in (_of_norm(one.shape, one.axis), one.shape))
    return _listed(run, one, {"original0": length, "original1": vector}, {})


def _spectral_norm_listed(run: State, args: Args, kwargs: Kwargs) -> Value:
    one = _asked(run, args, kwargs, 4, None)
    if one is None:
        return lose(run, "a weight that is not known", *args, *kwargs.values())
    vectors = {f"_{name}": shape for name, shape in _vectors(run, one).items()} if len(one.shape) > 1 else {}
    return _listed(run, one, {"original": one.parameter}, vectors)


def _pruned(run: State, args: Args, kwargs: Kwargs) -> Value:
    # the weight keeps its numbers, and a buffer says which of them are used
    given = by_name(("module", "name"), args, kwargs)
    module, name = given.get("module"), given.get("name")
    if isinstance(module, Instance) and module.blur is None and is_parameter(module.named.get(f"{name}_orig")):
        return module  # pruned once more
    one = _asked(run, [module, name, None], {}, 2, None)
    if one is None:
        return lose(run, "a weight that is not known", *args, *kwargs.values())
    run.may_raise("a weight that is pruned")
    _replaced(run, one, {f"{one.name}_orig": one.parameter}, {f"{one.name}_mask": one.shape})
    return one.module


def _pruned_at_once(run: State, args: Args, kwargs: Kwargs) -> Value:
    pairs = items_of(run, args[0] if args else kwargs.get("parameters"))
    known = isinstance(pairs, list) and all(isinstance(one, tuple) and len(one) == 2 for one in pairs)
    if isinstance(pairs, Unknown) or not known:
        return lose(run, "weights that are not known", *args, *kwargs.values())
    for pair in pairs:
        if isinstance(pair, tuple):
            _pruned(run, [*pair], {})
    return None


def _kept(run: State, args: Args, kwargs: Kwargs) -> Value:
    # prune.remove: the parameter takes its name again
    given = by_name(("module", "name"), args, kwargs)
    module, name = given.get("module"), given.get("name")
    original = module.named.get(f"{name}_orig") if isinstance(module, Instance) and module.blur is None else None
    kept = module.named.get("<buffers>", ()) if isinstance(module, Instance) else None
    if not isinstance(module, Instance) or not is_parameter(original) or not isinstance(kept, tuple):
        return lose(run, "a weight that is not known", *args, *kwargs.values())
    run.change(module)
    for gone in (str(name), f"{name}_orig", f"{name}_mask"):
        module.named.pop(gone, None)
    module.named["<buffers>"] = tuple(one for one in kept if one != f"{name}_mask")
    module_set(run, module, str(name), original)
    return module


PRUNING = (
    "identity",
    "l1_unstructured",
    "random_unstructured",
    "ln_structured",
    "random_structured",
    "custom_from_mask",
)
PRUNE = Module(
    "torch.nn.utils.prune",
    {
        **{name: Builtin(f"prune.{name}", _pruned) for name in PRUNING},
        "global_unstructured": Builtin("prune.global_unstructured", _pruned_at_once),
        "remove": Builtin("prune.remove", _kept),
    },
)
WEIGHT_NORM = {
    "weight_norm": Builtin("weight_norm", _weight_norm),
    "remove_weight_norm": _removed(("_g", "_v"), ()),
}
SPECTRAL_NORM = {
    "spectral_norm": Builtin("spectral_norm", _spectral_norm),
    "remove_spectral_norm": _removed(("_orig",), ("_u", "_v")),
}
LISTED = Module(
    "torch.nn.utils.parametrizations",
    {
        "weight_norm": Builtin("weight_norm", _weight_norm_listed),
        "spectral_norm": Builtin("spectral_norm", _spectral_norm_listed),
    },
)
UTILS = Module("torch.nn.utils", {**WEIGHT_NORM, **SPECTRAL_NORM, "parametrizations": LISTED, "prune": PRUNE})
MODULES: dict[str, Value] = {
    "torch.nn.utils": UTILS,
    "torch.nn.utils.parametrizations": LISTED,
    "torch.nn.utils.prune": PRUNE,
    "torch.nn.utils.weight_norm": Module("torch.nn.utils.weight_norm", {**WEIGHT_NORM}),
    "torch.nn.utils.spectral_norm": Module("torch.nn.utils.spectral_norm", {**SPECTRAL_NORM}),
}
