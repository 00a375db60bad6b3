"""Names: PyTorch. Libraries beside it that many programs use: layers without parameters, functions on tensors."""

from __future__ import annotations

from ...memory.objects import Builtin, Instance, Module, Native, Unknown, Value
from ...memory.state import State
from ...values.containers import items_of
from ..builtins import OBJECT
from ..native import Args, Kwargs
from .modules import MODULE, module_init
from .tensors import Tensor


def _tensor(run: State, args: Args, kwargs: Kwargs) -> Value:
    # a tensor of a shape that is not followed
    run.may_raise("a function on tensors")
    if run.trace is not None:
        run.trace.sure = False
    return Tensor(None)


def _rearranged(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return _tensor(run, args, kwargs)


def _drop_path(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    module_init(run, self, args, kwargs)
    run.change(self)
    self.named["drop_prob"] = run.unknown("a rate", scalar=True)


def _same_tensor(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return args[0] if args else kwargs.get("x")


def _first(run: State, args: Args, kwargs: Kwargs) -> Value:
    return args[0] if args else kwargs.get("tensor")


def repeated(count: int) -> Builtin:
    """Make the function that gives a number so many times, and items as a tuple."""

    def repeat(run: State, args: Args, kwargs: Kwargs) -> Value:
        value = args[0]
        if isinstance(value, (int, float)) or value is None:
            return (value,) * count
        items = items_of(run, value)
        return run.unknown("sizes that are not known", value, data=True) if isinstance(items, Unknown) else tuple(items)

    return Builtin(f"to_{count}tuple", repeat)


def _of_library(path: str, scalar: bool = False) -> Unknown:
    return Unknown(f"{path} is not known", path=path, data=True, scalar=scalar)


def _module(path: str, names: dict[str, Value]) -> Module:
    return Module(path, names, lambda name: _of_library(f"{path}.{name}"))


EINOPS = {name: Builtin(f"einops.{name}", _tensor) for name in ("rearrange", "reduce", "repeat", "einsum")}
REARRANGING = {
    name: Native(f"einops.layers.torch.{name}", MODULE, init=module_init, methods={"forward": _rearranged})
    for name in ("Rearrange", "Reduce")
}
DROP_PATH = Native("timm.layers.DropPath", MODULE, init=_drop_path, methods={"forward": _same_tensor})
TIMM: dict[str, Value] = {
    "DropPath": DROP_PATH,
    **{name: Builtin(name, _first) for name in ("trunc_normal_", "lecun_normal_", "variance_scaling_")},
    **{f"to_{count}tuple": repeated(count) for count in (1, 2, 3, 4)},
}
_DATASETS = {name: Native(f"torch.utils.data.{name}", OBJECT) for name in ("Dataset", "IterableDataset")}
MODULES: dict[str, Value] = {
    "torch.utils.data": Module(
        "torch.utils.data", {**_DATASETS}, lambda name: _of_library(f"torch.utils.data.{name}", scalar=True)
    ),
    "torch.utils.data.dataset": Module(
        "torch.utils.data.dataset", {**_DATASETS}, lambda name: _of_library(f"torch.utils.data.{name}", scalar=True)
    ),
    "einops": _module("einops", {**EINOPS}),
    "einops.layers.torch": _module("einops.layers.torch", {**REARRANGING}),
    **{path: _module(path, {**TIMM}) for path in ("timm.layers", "timm.models.layers")},
    "timm.models.registry": _module("timm.models.registry", {"register_model": Builtin("register_model", _first)}),
    **{
        path: _module(path, {**TIMM})
        for path in ("timm.layers.drop", "timm.layers.weight_init", "timm.layers.helpers", "timm.models.layers.drop")
    },
}
