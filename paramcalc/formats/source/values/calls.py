"""Values: what a call does, to functions and classes of the program, to those the host knows, and to unknown ones."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache

from ....core.framework import framework_of_module
from ....core.registry import named
from ....errors import nearest
from ....symbolic import Expr
from ..memory.objects import (
    MISSING,
    Builtin,
    Class,
    Dict,
    Function,
    Instance,
    Iterator,
    List,
    Method,
    Native,
    Obj,
    Partial,
    Plain,
    Scope,
    Set,
    Super,
    Unknown,
    Value,
    Wrapper,
)
from ..memory.state import DEPTH, Raised, State, Stop
from . import attributes, classes, reading
from .implicit import call_back, unfollowed
from .iterators import Lost, generator, lose_places
from .scopes import declared_within, home_of, is_generator, local_names, outer_home, outer_names

HARMLESS = frozenset(  # libraries of which no call changes a model that it is given
    [
        "matplotlib", "pandas", "numpy", "scipy", "sklearn", "torchsummary", "torchinfo", "PIL", "cv2", "tqdm",
        "wandb", "logging", "time", "random", "json", "csv", "os", "sys", "math", "pathlib", "warnings", "datetime",
        "seaborn", "plotly", "string", "re", "torchvision", "tensorboard", "torchmetrics", "nltk", "gym",
        "gymnasium", "librosa", "skimage", "pickle", "shutil", "glob", "urllib", "requests", "zipfile", "argparse",
        "IPython", "psutil", "gc", "subprocess", "yaml", "torchtext", "datasets", "evaluate", "mlflow", "optuna",
        "timeit", "hashlib", "threading", "multiprocessing", "platform", "socket", "tensorflow_datasets", "thop",
        "ptflops", "fvcore",
    ]
)  # fmt: skip
ANSWERS = (  # functions that give a truth or a number for each number of a tensor, and nothing of what they are given
    "torch.is", "torch.equal", "torch.allclose", "torch.all", "torch.any", "torch.numel", "torch.count_nonzero",
)  # fmt: skip
QUIET = (  # parts of the frameworks of which the same holds
    "torch.optim.", "torch.utils.data", "torch.utils.tensorboard", "torch.cuda", "torch.save", "torch.manual_seed",
    "torch.backends", "torch.load", "torch.device", "torch.from_numpy", "torch.tensor", "torch.onnx", "torch.amp",
    *ANSWERS, "torch.get_", "torch.set_", "torch.use_deterministic", "torch.version", "torch.__version__",
    "torch.distributed.init", "torch.autograd", "torch.profiler", "torch.nn.utils.clip_grad", "torch.optim(",
    "keras.optimizers", "keras.losses", "keras.metrics", "keras.callbacks", "keras.datasets", "keras.utils",
    "keras.backend", "keras.preprocessing", "keras.config", "keras.mixed_precision", "keras.random", "tensorflow.data",
    "tensorflow.random", "tensorflow.config", "tensorflow.summary", "tensorflow.io", "tensorflow.image",
    "tensorflow.train", "tensorflow.GradientTape", "keras.saving", "keras.regularizers", "keras.initializers",
)  # fmt: skip
MODELS = (  # parts of libraries that are harmless, but may give a model
    "torchvision.models", "torchvision.ops", "torch.load", "torch.hub", "torch.optim.swa_utils", "keras.applications",
    "keras.saving.load", "keras.saving.deserialize", "pickle", "mlflow", "torchtext.models", "torchvision.prototype",
    "sys.", "gc.", "IPython",
)  # fmt: skip
WHOLE = ("torch.nn.Module", "keras.Model")  # the classes that all models derive from
GIVING = ("random.",)  # which gives back what it is given
COPYING = ("numpy.", "pandas.", "scipy.", "sklearn.")
NUMBERS = (int, float, complex, str, bytes, range, Expr)
FRAMEWORKS = ("torch.", "keras.", "tensorflow.", "mlflow.")


def harmless(path: str) -> bool:
    """Tell whether calls of a library are known to leave models as they are."""
    if path.startswith(GIVING) and "()" in path:  # a method of something that the program has
        return False
    return path.partition(".")[0].partition("(")[0] in HARMLESS or path.startswith(QUIET)


@cache
def _told(path: str) -> str:
    # what a call names, with the class that may be meant
    module, _, name = path.rpartition(".")
    framework = framework_of_module(module)
    meant = nearest(name, named(framework)) if framework is not None and name[:1].isupper() else None
    return f"{path} ({meant})" if meant else path or "an unknown function"


def call(run: State, function: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Call something; a function of the host that does not take what it is given is not followed."""
    run.budget.spend()
    try:
        return _called(run, function, args, kwargs)
    except (TypeError, IndexError, KeyError, ValueError, AttributeError, AssertionError) as error:
        name = function.name if isinstance(function, (Builtin, Native, Function, Class)) else "a function"
        raise Stop(f"{name}() with arguments that are not followed") from error


def _called(run: State, function: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
    if isinstance(function, Builtin):
        found = function.call(run, args, kwargs)
        run.budget.charge_for(found, *(one for one in args if isinstance(one, (str, bytes))))
        if isinstance(found, Unknown):
            lose_places(run, found, *(one for one in args if isinstance(one, Iterator)))
            unfollowed(run, function.name, *args, *kwargs.values())
        return found
    if isinstance(function, Method):
        return call(run, function.function, [function.self, *args], kwargs)
    if isinstance(function, Function):
        return call_function(run, function, args, kwargs)
    if isinstance(function, Class):
        return instantiate(run, function, args, kwargs)
    if isinstance(function, Native):
        return make_native(run, function, args, kwargs)
    if isinstance(function, Partial):
        return call(run, function.function, [*function.args, *args], {**function.kwargs, **kwargs})
    if isinstance(function, Instance):
        if function.blur is None and classes.find(function.cls, "__call__") is not MISSING:
            return call(run, attributes.get(run, function, "__call__"), args, kwargs)
        return lose(run, "a call that is not followed", function, *args, *kwargs.values())
    if isinstance(function, Unknown):
        return lose(run, f"{_told(function.path)} is not followed", function, *args, *kwargs.values())
    if isinstance(function, Wrapper):
        return call(run, function.function, args, kwargs)
    if function is None or isinstance(function, (int, str, float, tuple)):
        raise Raised(run.error("TypeError", "object is not callable"))
    return lose(run, "a call that is not followed", function, *args, *kwargs.values())


def lose(run: State, reason: str, function: Value, *given: Value) -> Unknown:
    """Give the unknown result of a call, and make unknown what it may have changed."""
    if run.trace is not None:
        run.trace.sure = False
    run.budget.charge_for(*given)
    path = function.path if isinstance(function, Unknown) else ""
    if path.startswith("torch.nn.") and path.rpartition(".")[2].startswith("register_module_"):
        raise Stop("what all modules do when they are called is changed", everything=True)
    read = reading.only_reads(run, function, given)
    if read:
        run.may_raise(read)
        found = run.unknown(reason, None if read in reading.DATA else function, data=True, scalar=True)
        found.path = f"{path}()" if path else ""
        return found
    if not harmless(path):
        _lose_names(run, reason, run.blur(reason, function, *given))
        run.changed_tensors += 1
    else:
        _handed(run, given)
        call_back(run, path, given)
        unfollowed(run, path, *given)  # such as the items of a data set, whenever a loader asks for them
        lose_places(run, run.unknown(reason, function), *given)
    run.may_raise(path or "an unknown function")
    scalar = (harmless(path) and not path.startswith(MODELS)) or (isinstance(function, Unknown) and function.scalar)
    if path.startswith(FRAMEWORKS):  # what they make of something that may be a model may be one, too
        scalar = scalar and not any(isinstance(one, Unknown) and not one.scalar for one in given)
    apart = path.startswith(ANSWERS) or (scalar and _is_data(run, given, path.startswith(COPYING)))
    made = run.unknown(reason, *(() if apart else (function, *given)), data=True, scalar=scalar)
    made.path = f"{path}()" if path else _class_of_models(function)
    return made


def _class_of_models(function: Value) -> str:
    # the path of what a class of models makes
    names = classes.names_of(function) if isinstance(function, (Class, Native)) else []
    return next((f"{name}()" for name in names if name in WHOLE), "")


def _is_data(run: State, given: Sequence[Value], copies: bool) -> bool:
    # whether what a library is given is numbers and texts, in lists and arrays: it keeps nothing of them. One that does
    # not copy what it is given may give back a list in a list
    pending = [*given]
    outer = {id(one) for one in given}
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        run.budget.charge(1)
        if not copies and id(one) not in outer and isinstance(one, (List, Dict, Set, Instance)):
            return False
        if isinstance(one, (List, Dict, Set)) and one.blur is None:
            pending += one.state.values() if isinstance(one.state, dict) else one.state
        elif isinstance(one, tuple):
            pending += one
        elif isinstance(one, Instance):
            if one.blur is not None or classes.names_of(one.cls) != ["numpy.ndarray"]:
                return False
        elif not (isinstance(one, NUMBERS) or one is None or (isinstance(one, Unknown) and one.scalar)):
            return False
    return True


def _handed(run: State, given: Sequence[Value]) -> None:
    # a library may change the numbers of an array that it is given
    for one in given:
        native = classes.find(one.cls, "<handed>") if isinstance(one, Instance) else None
        if isinstance(native, Native) and isinstance(one, Instance):
            native.methods["<handed>"](run, one, [], {})


def _lose_names(run: State, reason: str, reached: Sequence[Obj]) -> None:
    # a function that is reached may be called, and bind the names that it declares global or nonlocal
    for one in (one for one in reached if isinstance(one, Function)):
        for name, kind in declared_within(one.node).items():
            home = outer_home(one.scope, name, kind)
            if home is not None:
                run.change(home)
                home.named[name] = run.unknown(reason, home.named.get(name))


def call_function(run: State, function: Function, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Call a function of the program."""
    node = function.node
    if run.depth >= DEPTH:
        raise Stop("calls are nested too deeply")
    scope = Scope("function", function.scope, local_names(node))
    _bind_arguments(run, function, args, kwargs, scope)
    scope.named["<class>"] = function.owner
    outer = outer_names(node)
    if outer:
        scope.named["<declared>"] = tuple((name, home_of(function.scope, name, kind)) for name, kind in outer.items())
    first = [*node.args.posonlyargs, *node.args.args]
    scope.named["<self>"] = scope.named[first[0].arg] if first else None
    if isinstance(node, ast.AsyncFunctionDef):
        return lose(run, "a coroutine is not followed", function, *args, *kwargs.values())
    if not isinstance(node, ast.Lambda) and is_generator(node):
        return generator(function, scope, lambda run: _generated(run, function, scope))
    where = run.line
    foreign = bool(run.foreign) and function.scope.module in run.foreign
    run.inside_library += foreign
    run.depth += 1
    run.frames.append((function, scope))
    before, run.grad = run.grad, run.recording(function)
    try:
        if isinstance(node, ast.Lambda):
            return run.evaluate(node.body, scope)
        found = run.region(lambda: run.execute(node.body, scope), {"return": "next"})
        if not run.unsure and not run.inside_library:
            run.undecided += [
                (str(name), one) for name, one in scope.named.items() if isinstance(one, Unknown) and one.known
            ]
        return found
    finally:
        run.grad = before
        run.frames.pop()
        run.depth -= 1
        run.inside_library -= foreign
        run.line = where


def _generated(run: State, function: Function, scope: Scope) -> list[Value]:
    body = function.node.body
    assert isinstance(body, list)
    kept = List()
    scope.named["<yields>"] = kept
    run.depth += 1
    before, run.grad = run.grad, run.recording(function)
    scope.named["<recorded>"] = run.grad
    try:
        run.region(lambda: run.execute(body, scope), {"return": "next"})
    finally:
        run.grad = before
        run.depth -= 1
    if kept.blur is not None:
        raise Lost(kept.blur)
    return kept.items


def yielded(run: State, scope: Scope, value: Value) -> Value:
    """Keep what a generator gives."""
    one: Scope | None = scope
    while one is not None and "<yields>" not in one.named:
        one = one.parent
    kept = one.named["<yields>"] if one is not None else None
    if not isinstance(kept, List):
        raise Stop("a yield outside a generator")
    run.change(kept)
    if one is not None and run.grad is not one.named.get("<recorded>"):
        run.entangle()  # what is done with it is done without gradients, too
    if kept.blur is not None:
        kept.blur = run.unknown(kept.blur.reason, kept.blur, value)
    elif len(kept.items) > 20_000:
        raise Stop("a generator that does not end")
    else:
        kept.items.append(value)
    return run.unknown("what is sent to a generator")


def _bind_arguments(run: State, function: Function, args: list[Value], kwargs: dict[str, Value], scope: Scope) -> None:
    spec = function.node.args
    positional = [*spec.posonlyargs, *spec.args]
    only = {one.arg for one in spec.posonlyargs}
    names = [one.arg for one in positional]
    bound: dict[str, Value] = dict(zip(names, args, strict=False))
    given = dict(kwargs)
    if len(args) > len(names):
        if spec.vararg is None:
            raise Raised(run.error("TypeError", f"{function.name}() takes {len(names)} positional arguments"))
        bound[spec.vararg.arg] = tuple(args[len(names) :])
    elif spec.vararg is not None:
        bound[spec.vararg.arg] = ()
    for name in [*names, *(one.arg for one in spec.kwonlyargs)]:
        if name in given and name not in only:
            if name in bound:
                raise Raised(run.error("TypeError", f"{function.name}() got several values for {name!r}"))
            bound[name] = given.pop(name)
    defaults = dict(zip(names[len(names) - len(function.defaults) :], function.defaults, strict=True))
    for name, value in {**defaults, **function.kw_defaults}.items():
        bound.setdefault(name, value)
    if given and spec.kwarg is None:
        raise Raised(run.error("TypeError", f"{function.name}() got an unexpected argument {next(iter(given))!r}"))
    if spec.kwarg is not None:
        bound[spec.kwarg.arg] = Dict(dict(given.items()))
    missing = [name for name in [*names, *(one.arg for one in spec.kwonlyargs)] if name not in bound]
    if missing:
        raise Raised(run.error("TypeError", f"{function.name}() misses the argument {missing[0]!r}"))
    for name, value in bound.items():
        scope.named[name] = run.name(value, name)


def instantiate(run: State, cls: Class, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Make an instance of a class of the program."""
    if run.distrust and cls.native is not None:
        return lose(run, "classes of the library were changed", cls, *args, *kwargs.values())
    if cls.blur is not None:
        return lose(run, cls.blur.reason, cls, *args, *kwargs.values())
    native = cls.native
    if native is not None and native.data == "enum":
        found = run.method(cls, "__call__")
        return call(run, found, args, kwargs)
    line = run.line
    made = native.make(run, cls) if native is not None and native.make is not None else Instance(cls)
    assert isinstance(made, Instance)
    made.line = line
    init = classes.find(cls, "__init__")
    if isinstance(init, (Function, Builtin)):
        call(run, init, [made, *args], kwargs)
    elif isinstance(init, (Unknown, Wrapper)):
        lose(run, "a constructor that is not followed", init, made, *args, *kwargs.values())
    elif isinstance(init, Native):
        classes.method_of(init, "__init__")(run, made, args, kwargs)
    elif args or kwargs:
        raise Raised(run.error("TypeError", f"{cls.name}() takes no arguments"))
    after = native.methods.get("<made>") if native is not None else None
    if after is not None:
        after(run, made, args, kwargs)
    run.objects += 1
    if not (run.unsure or run.inside_library):
        run.made.append(made)
    return made


def make_native(run: State, cls: Native, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Make an instance of a class that the host knows, or convert a value to it."""
    if run.distrust and cls.data is not None and not callable(cls.data):
        return lose(run, "classes of the library were changed", None, *args, *kwargs.values())
    if cls.make is None:
        if callable(cls.data):
            found = cls.data(run, args, kwargs)
            if isinstance(found, Unknown):
                unfollowed(run, cls.name, *args, *kwargs.values())
            return found
        return lose(run, f"{cls.name} is not followed", None, *args, *kwargs.values())
    line = run.line
    made = cls.make(run, cls)
    if isinstance(made, Instance):
        made.line = line
    if cls.init is not None:
        replaced = cls.init(run, made, args, kwargs)
        if isinstance(replaced, (Unknown, Instance, Plain)):
            return replaced
    after = cls.methods.get("<made>")
    if after is not None:
        after(run, made, args, kwargs)
    if isinstance(made, Instance):
        run.objects += 1
        if not (run.unsure or run.inside_library):
            run.made.append(made)
    return made


def bare_super(run: State, scope: Scope) -> Value:
    """Give ``super()`` without arguments."""
    one: Scope | None = scope
    while one is not None:
        owner = one.named.get("<class>")
        if one.kind == "function" and owner is not None:
            return Super(owner, one.named["<self>"])
        one = one.parent
    raise Raised(run.error("RuntimeError", "super(): no arguments"))
