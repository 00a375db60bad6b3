"""Names: PyTorch Lightning. Its modules, and the trainer that is given them."""

from __future__ import annotations

from functools import partial

from ...memory.objects import (
    MISSING,
    Builtin,
    Class,
    Dict,
    Function,
    Host,
    Instance,
    List,
    Module,
    Native,
    Unknown,
    Value,
)
from ...memory.state import State
from ...values import attributes, classes
from ...values.containers import store_item
from ..mappings import METHODS, dictionary
from ..native import Args, Kwargs, not_known
from .modules import MODULE
from .walks import is_module

NAMES = ("lightning", "lightning.pytorch", "pytorch_lightning")
STATE = (
    "trainer", "logger", "loggers", "device", "dtype", "global_step", "current_epoch", "global_rank", "local_rank",
    "automatic_optimization", "example_input_array", "fabric", "strict_loading", "on_gpu", "hparams_initial",
    "device_mesh",
)  # fmt: skip
HOOKS = ("setup", "teardown", "prepare_data", "backward", "optimizer_zero_grad", "transfer_batch_to_device")
WATCHES = (
    "EarlyStopping", "ModelCheckpoint", "LearningRateMonitor", "LearningRateFinder", "RichProgressBar",
    "TQDMProgressBar", "RichModelSummary", "ModelSummary", "DeviceStatsMonitor", "Timer", "BatchSizeFinder",
)  # fmt: skip


def _saved(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # the arguments of the constructor that calls this, or those that are named
    held = _hyperparameters(run, self)
    if isinstance(held, Instance):
        items = dictionary(run, held)
        found = _arguments(run, args, kwargs)
        run.change(items)
        if found is None:
            items.blur = run.unknown("hyper-parameters that were saved", *args, *items.named.values(), data=True)
        else:
            items.named.update(found)
    return None


def _arguments(run: State, args: Args, kwargs: Kwargs) -> dict[Value, Value] | None:
    # a dictionary that is given, or those of all constructors that are under way, those of the outer ones last
    if len(args) == 1 and isinstance(args[0], Dict):
        return dict(args[0].named) if args[0].blur is None else None
    ignored = kwargs.get("ignore")
    ignored = ignored.items if isinstance(ignored, List) and ignored.blur is None else ignored
    left = () if ignored is None else (ignored,) if isinstance(ignored, str) else ignored
    if not kwargs.keys() <= {"ignore", "logger"} or not isinstance(left, (list, tuple)):
        return None
    own: dict[Value, Value] = {}
    constructors = 0
    for function, scope in reversed(run.frames):
        held = scope.named.get("<self>")
        lineage = classes.lineage(held.cls) if isinstance(held, Instance) else ()
        if function.name != "__init__" or MODULE_OF_LIGHTNING not in lineage:
            break
        constructors += 1
        spec = function.node.args
        names = [one.arg for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)][1:]
        own.update({name: scope.named[name] for name in names if name in scope.named})
        if spec.kwarg:
            more = scope.named.get(spec.kwarg.arg)
            if not isinstance(more, Dict) or more.blur is not None:
                return None
            own.update(more.named)
    if not constructors or not {*args} <= {*own} or not all(isinstance(one, str) for one in left):
        return None
    return {name: value for name, value in own.items() if name not in left and (not args or name in args)}


def _hyperparameters(run: State, self: Instance) -> Value:
    if "<hparams>" not in self.named:
        made = Instance(HYPERPARAMETERS)
        made.named["<items>"] = Dict()
        run.change(self)
        self.named["<hparams>"] = made
    return self.named["<hparams>"]


def _saved_value(run: State, self: Instance, name: Value) -> Value:
    items = dictionary(run, self)
    known = items.blur is None and isinstance(name, str) and name in items.named
    return items.named[name] if known else run.unknown(f"{name} of hyper-parameters", data=True)


HYPERPARAMETERS = Native(
    "lightning.AttributeDict",
    make=lambda run, cls: Instance(cls),
    methods={**METHODS, "__getitem__": lambda run, self, args, kwargs: _saved_value(run, self, args[0])},
    get=_saved_value,
    set=lambda run, self, name, value: store_item(run, dictionary(run, self), name, value),
)


def _nothing(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return None


def _unread(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return run.unknown("a module from a checkpoint is not read", path=f"{NAMES[0]}.load_from_checkpoint()")


def _frozen(trained: bool) -> Host:
    def freeze(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
        run.call(attributes.get(run, self, "requires_grad_"), [trained], {})
        return None

    return freeze


def _attribute(run: State, self: Instance, name: str) -> Value:
    if name == "hparams":
        return _hyperparameters(run, self)
    if name in STATE:
        return run.unknown(f"{name} of a trainer", data=True, scalar=True)
    assert MODULE.get is not None
    found = MODULE.get(run, self, name)
    if found is MISSING and _is_hook(name):  # that of the library, such as super().on_fit_start
        return Builtin(f"lightning.{name}", lambda run, args, kwargs: run.unknown("what a hook gives", scalar=True))
    return found


MODULE_OF_LIGHTNING = Native(
    "lightning.LightningModule",
    MODULE,
    methods={
        **dict.fromkeys(
            ["log", "log_dict", "print", "manual_backward", "toggle_optimizer",
             "untoggle_optimizer", "clip_gradients", "lr_scheduler_step"],
            _nothing,
        ),
        **dict.fromkeys(
            ["optimizers", "lr_schedulers", "all_gather", "toggled_optimizer", "to_onnx", "to_torchscript"],
            lambda run, self, args, kwargs: run.unknown("what a trainer holds", scalar=True),
        ),
        "save_hyperparameters": _saved,
        "load_from_checkpoint": _unread,
        "freeze": _frozen(False),
        "unfreeze": _frozen(True),
    },
    get=_attribute,
)  # fmt: skip


def _trained(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # steps of training change numbers; hooks and callbacks may change layers, and which of them are trained
    for one in (*args, *kwargs.values()):
        if isinstance(one, Instance) and is_module(one):
            for hook in _hooks(one.cls):
                spec = hook.node.args
                given: list[Value] = [one]
                given += [
                    run.unknown("what a hook is given", data=True, scalar=True)
                    for _ in [*spec.posonlyargs, *spec.args][1:]
                ]
                run.maybe_many(partial(run.call, hook, given, {}))
            if not _only_watches(self.named.get("callbacks")):
                run.blur("callbacks of a trainer may change it", one)
    run.changed_tensors += 1
    run.may_raise("training")
    return run.unknown("what training gives", scalar=True)


def _is_hook(name: str) -> bool:
    # a method that a trainer calls
    return name in HOOKS or name.startswith(("on_", "configure_")) or name.endswith(("_step", "_dataloader"))


def _hooks(cls: Value) -> list[Function]:
    classes = [one for one in cls.mro if isinstance(one, Class)] if isinstance(cls, Class) else []
    found: dict[str, Function] = {}
    for one in classes:
        for name, value in one.named.items():
            if isinstance(value, Function) and _is_hook(str(name)):
                found.setdefault(str(name), value)
    return list(found.values())


def _only_watches(callbacks: Value) -> bool:
    several = callbacks.items if isinstance(callbacks, List) and callbacks.blur is None else [callbacks]
    return callbacks is None or all(
        isinstance(one, Unknown) and one.path.rpartition(".")[2].removesuffix("()") in WATCHES for one in several
    )


def _trainer(run: State, self: Instance, args: Args, kwargs: Kwargs) -> None:
    self.named.update(kwargs)


TRAINER = Native(
    "lightning.Trainer",
    make=lambda run, cls: Instance(cls),
    init=_trainer,
    methods=dict.fromkeys(["fit", "validate", "test", "predict"], _trained),
    get=lambda run, self, name: run.unknown(f"{name} of a trainer", data=True, scalar=True),
)


def _library(name: str) -> Module:
    def other(last: str) -> Value:
        scalar = last in ("loggers", "callbacks", "seed_everything", "utilities")
        return not_known(name, last, scalar=scalar)

    return Module(name, {"LightningModule": MODULE_OF_LIGHTNING, "Trainer": TRAINER}, other)


MODULES: dict[str, Value] = {name: _library(name) for name in NAMES}
LIBRARY = MODULES["lightning"]
assert isinstance(LIBRARY, Module)
LIBRARY.names["pytorch"] = MODULES["lightning.pytorch"]
