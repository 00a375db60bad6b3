"""Names: modules of PyTorch Lightning, and the trainer that is given them."""

from __future__ import annotations

from functools import partial

from ... import attributes
from ...state import State
from ...values import Class, Function, Host, Instance, List, Module, Native, Unknown, Value
from ..native import Args, Kwargs
from .modules import MODULE, is_module

NAMES = ("lightning", "lightning.pytorch", "pytorch_lightning")
STATE = (
    "trainer", "logger", "loggers", "device", "dtype", "global_step", "current_epoch", "global_rank", "local_rank",
    "automatic_optimization", "example_input_array", "fabric", "strict_loading", "on_gpu",
)  # fmt: skip
MAKES_LAYERS = ("setup", "configure_model", "configure_sharded_model")  # hooks that a trainer calls before training
WATCHES = (
    "EarlyStopping", "ModelCheckpoint", "LearningRateMonitor", "LearningRateFinder", "RichProgressBar",
    "TQDMProgressBar", "RichModelSummary", "ModelSummary", "DeviceStatsMonitor", "Timer", "BatchSizeFinder",
)  # fmt: skip


def _saved(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # the arguments of the constructor that calls this, or those that are named
    run.change(self)
    function, scope = run.frames[-1] if run.frames else (None, None)
    names = [str(one) for one in args]
    ignored = kwargs.get("ignore", ())
    ignored = ignored.items if isinstance(ignored, List) and ignored.blur is None else ignored
    left = [ignored] if isinstance(ignored, str) else ignored
    plain = isinstance(left, (list, tuple)) and all(isinstance(one, str) for one in (*args, *left))
    if function is None or scope is None or not kwargs.keys() <= {"ignore", "logger"} or not plain:
        self.named["<hparams>"] = run.unknown("hyper-parameters that were saved", *args, data=True)
        return None
    spec = function.node.args
    assert isinstance(left, (list, tuple))
    own = [one.arg for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs) if one.arg not in left][1:]
    if (spec.kwarg and not names) or not {*names} <= {*own} or function.name != "__init__":
        self.named["<hparams>"] = run.unknown("hyper-parameters that were saved", *args, data=True)
        return None
    saved = Instance(HYPERPARAMETERS)
    saved.named.update({name: scope.named[name] for name in names or own if name in scope.named})
    self.named["<hparams>"] = saved
    return None


def _saved_item(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    return self.named.get(args[0], run.unknown("a hyper-parameter", data=True))


HYPERPARAMETERS = Native(
    "lightning.AttributeDict",
    make=lambda run, cls: Instance(cls),
    methods={"__getitem__": _saved_item},
    get=lambda run, self, name: run.unknown(f"{name} of hyper-parameters", data=True),
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
        return self.named.get("<hparams>", run.unknown("hyper-parameters that were saved", data=True))
    if name in STATE:
        return run.unknown(f"{name} of a trainer", data=True, scalar=True)
    assert MODULE.get is not None
    return MODULE.get(run, self, name)


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
            ["optimizers", "lr_schedulers", "all_gather"],
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


def _hooks(cls: Value) -> list[Function]:
    classes = [one for one in cls.mro if isinstance(one, Class)] if isinstance(cls, Class) else []
    found: dict[str, Function] = {}
    for one in classes:
        for name, value in one.named.items():
            if isinstance(value, Function) and (name in MAKES_LAYERS or str(name).startswith("on_")):
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
        return Unknown(f"{name}.{last} is not known", path=f"{name}.{last}", data=True, scalar=scalar)

    return Module(name, {"LightningModule": MODULE_OF_LIGHTNING, "Trainer": TRAINER}, other)


MODULES: dict[str, Value] = {name: _library(name) for name in NAMES}
LIBRARY = MODULES["lightning"]
assert isinstance(LIBRARY, Module)
LIBRARY.names["pytorch"] = MODULES["lightning.pytorch"]
