"""Names: PyTorch. Modules made of another one: its average over time, and what TorchScript makes of it."""

from __future__ import annotations

from functools import partial

from ...memory.objects import Builtin, Instance, Module, Native, Unknown, Value
from ...memory.state import State
from ...values.calls import lose
from ..native import Args, Kwargs, not_known
from ..standard.iteration import decorator
from ..standard.structures import deep_copy
from .modules import MODULE, module_set
from .tensors import Tensor
from .walks import is_module


def _averaged(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    given = args[0] if args else kwargs.get("model")
    run.change(self)
    self.named["<constructed>"] = True
    module_set(run, self, "module", deep_copy(run, given, {}))
    self.named.update({"n_averaged": Tensor(()), "<buffers>": ("n_averaged",)})


def _forward(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return run.call(self.named["module"], args, kwargs)


def _scripted(run: State, args: Args, kwargs: Kwargs) -> Value:
    # a module with the modules and parameters of another one; a function, or a class, stays what it is
    given = args[0] if args else kwargs.get("obj", kwargs.get("func"))
    if not isinstance(given, Instance) or not is_module(given):
        return decorator(run, args, kwargs) if not isinstance(given, Unknown) else lose(run, "a script", None, given)
    if given.blur is not None:
        return lose(run, given.blur.reason, None, given)
    inputs = args[1] if len(args) > 1 else kwargs.get("example_inputs")
    if inputs is not None:
        run.call(given, [*inputs] if isinstance(inputs, tuple) else [inputs], {})
    made = Instance(SCRIPTED, run.line)
    made.named.update({name: one for name, one in given.named.items() if name not in ("<rule>", "<options>")})
    return made


def _result(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return run.unknown("what a script gives", data=True, scalar=True)


AVERAGED = Native("torch.optim.swa_utils.AveragedModel", MODULE, init=_averaged, methods={"forward": _forward})
AVERAGED.methods["update_parameters"] = lambda run, self, args, kwargs: None


def _of_script(run: State, self: Instance, name: str) -> Value:
    return run.unknown(f"{name} of a script is not followed", self)


SCRIPTED = Native(
    "torch.jit.ScriptModule",
    MODULE,
    methods={"save": lambda run, self, args, kwargs: None, "forward": _result},
    get=_of_script,
)
SWA_UTILS = Module(
    "torch.optim.swa_utils",
    {"AveragedModel": AVERAGED, "update_bn": Builtin("update_bn", lambda run, args, kwargs: None)},
    partial(not_known, "torch.optim.swa_utils"),
)
OPTIM = Module(
    "torch.optim",
    {"swa_utils": SWA_UTILS},
    partial(not_known, "torch.optim", scalar=True),
)
JIT = Module(
    "torch.jit",
    {
        **{name: Builtin(f"torch.jit.{name}", _scripted) for name in ("script", "trace")},
        **{name: Builtin(f"torch.jit.{name}", decorator) for name in ("ignore", "export", "unused", "script_method")},
        "save": Builtin("torch.jit.save", lambda run, args, kwargs: None),
    },
    partial(not_known, "torch.jit"),
)
MODULES: dict[str, Value] = {"torch.optim": OPTIM, "torch.optim.swa_utils": SWA_UTILS, "torch.jit": JIT}
