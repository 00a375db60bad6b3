"""Names: PyTorch. The tables: what each name in each of its modules is."""

from __future__ import annotations

from functools import partial

from ...memory.objects import (
    MISSING,
    Builtin,
    Function,
    Instance,
    List,
    Method,
    Module,
    Native,
    Partial,
    Unknown,
    Value,
    Wrapper,
)
from ...memory.state import GRAD, State
from ...values import attributes
from ..native import Args, Kwargs, by_name
from ..standard.arrays import is_array
from . import companions, copies, lightning, reparametrize
from .containers import MODULE_DICT, MODULE_LIST, PARAMETER_DICT, PARAMETER_LIST, SEQUENTIAL
from .functional_names import FUNCTIONAL
from .functions import tensor_function
from .kinds import abstract_class
from .layers import layer_class
from .making import arange, eye, full, like, linspace, literal, made, randint
from .modules import MODULE, module_set
from .tensors import PARAMETER
from .walks import is_module

# what a manager of gradients is put around, as a decorator is
CALLED = (Function, Method, Instance, Builtin, Native, Partial, Wrapper)


def _nn(name: str) -> Value:
    found = layer_class(name) if name[:1].isupper() else None
    found = abstract_class(name) if found is None and name[:1] != "_" else found
    return MISSING if found is None else found


def _defined(name: str) -> Value:
    return _nn(name) if abstract_class(name) is None else abstract_class(name)


def _function(name: str) -> Value:
    layer = layer_class("".join(part.capitalize() for part in name.split("_"))) if "pool" in name else None
    if layer is None:
        function = tensor_function(name)
        return function if name in FUNCTIONAL else attributes.perhaps(function)
    return Builtin(f"torch.nn.functional.{name}", lambda run, args, kwargs: _as_layer(run, layer, args, kwargs))


def _as_layer(run: State, layer: Native, args: Args, kwargs: Kwargs) -> Value:
    # a function that is a layer without weights
    words = dict(kwargs)
    value = args[0] if args else words.pop("input", None)
    made = run.call(layer, args[1:], words)
    return run.call(made, [value], {})


def _initializer(name: str) -> Value:
    def call(run: State, args: Args, kwargs: Kwargs) -> Value:
        run.may_raise(name)  # such as of a tensor that has too few axes
        return args[0] if args else kwargs.get("tensor")

    return Builtin(f"torch.nn.init.{name}", call)


def _manager(path: str, recorded: Value) -> Builtin:
    return Builtin(
        path,
        lambda run, args, kwargs: (
            _recording(args[0], recorded)
            if args and isinstance(args[0], CALLED)
            else _manager(path, *_switched(recorded, [*args, *kwargs.values()]))
        ),
        {GRAD: recorded},
    )


def _switched(recorded: Value, given: Args) -> tuple[Value, ...]:
    # inference_mode(False) records
    if not given or given[0] is True:
        return (recorded,)
    return (True,) if given[0] is False else (None,)


def _recording(function: Value, recorded: Value) -> Value:
    # what is called, with whether gradients are recorded in it
    if isinstance(function, Method) and isinstance(function.function, Function):
        return Method(_recording(function.function, recorded), function.self)
    if not isinstance(function, Function):
        return Builtin("a function without gradients", partial(_recorded, function, recorded), holds=(function,))
    made = Function(function.node, function.name, function.scope, function.defaults, function.kw_defaults)
    made.owner = function.owner
    made.named.update({**function.named, GRAD: recorded})
    return made


def _recorded(function: Value, recorded: Value, run: State, args: Args, kwargs: Kwargs) -> Value:
    before, run.grad = run.grad, recorded if isinstance(recorded, bool) else None
    try:
        return run.call(function, args, kwargs)
    finally:
        run.grad = before


def _set_grad_enabled(run: State, args: Args, kwargs: Kwargs) -> Value:
    # it holds from now on, whatever surrounds it
    if run.trace is not None:
        run.entangle()
    mode = [*args, *kwargs.values()][0]
    return _manager("torch.set_grad_enabled", mode if isinstance(mode, bool) else None)


def _parallel(run: State, self: Instance, args: Args, kwargs: Kwargs) -> Value:
    # where it is not sure whether a model is wrapped, the model itself stands for both: it has the same parameters
    inner = args[0] if args else kwargs.get("module")
    if run.unsure and isinstance(inner, Instance) and is_module(inner):
        run.change(inner)
        inner.named["<parallel>"] = True
        return inner
    module_set(run, self, "module", inner)
    return None


PARALLEL = Native(
    "torch.nn.DataParallel",
    MODULE,
    methods={"forward": lambda run, self, args, kwargs: run.call(self.named["module"], args, kwargs)},
    init=_parallel,
)


def _data_parallel(run: State, args: Args, kwargs: Kwargs) -> Value:
    # calls a module on parts of its input
    given = by_name(("module", "inputs", "device_ids", "output_device", "dim"), args, kwargs)
    inputs = given.get("inputs")
    return run.call(given.get("module"), [*(inputs if isinstance(inputs, tuple) else (inputs,))], {})


def _of_floats(run: State, args: Args, kwargs: Kwargs) -> Value:
    # of the numbers in a list, or of sizes
    lists = bool(args) and (isinstance(args[0], List) or is_array(args[0]))
    return literal(run, args, kwargs) if lists else made(run, args, kwargs)


NN = Module(
    "torch.nn",
    {
        "Module": MODULE, "Parameter": PARAMETER, "Sequential": SEQUENTIAL, "ModuleList": MODULE_LIST,
        "ModuleDict": MODULE_DICT, "ParameterList": PARAMETER_LIST, "ParameterDict": PARAMETER_DICT,
        "DataParallel": PARALLEL,
        "parallel": Module(
            "torch.nn.parallel",
            {
                "DataParallel": PARALLEL, "DistributedDataParallel": PARALLEL,
                "data_parallel": Builtin("torch.nn.parallel.data_parallel", _data_parallel),
            },
        ),
        "functional": Module("torch.nn.functional", {}, _function),
        "init": Module("torch.nn.init", {}, _initializer),
        "parameter": Module("torch.nn.parameter", {"Parameter": PARAMETER}),
        "utils": reparametrize.UTILS,
    },
    _nn,
)  # fmt: skip
# the modules in which PyTorch defines its layers
PLACES = (
    "activation", "adaptive", "batchnorm", "channelshuffle", "container", "conv", "distance", "dropout", "flatten",
    "fold", "instancenorm", "lazy", "linear", "loss", "module", "normalization", "padding", "pixelshuffle", "pooling",
    "rnn", "sparse", "transformer", "upsampling",
)  # fmt: skip
PAIRS = {"_single": 1, "_pair": 2, "_triple": 3, "_quadruple": 4}
DEFINING = Module("torch.nn.modules", {**NN.names}, _defined)
DEFINING.names.update(dict.fromkeys(PLACES, DEFINING))
DEFINING.names["utils"] = Module(
    "torch.nn.modules.utils", {name: companions.repeated(count) for name, count in PAIRS.items()}
)
NN.names["modules"] = DEFINING
GIVING_MODULES = frozenset((  # modules of PyTorch, and functions, that may give modules which no argument holds
    "ao", "classes", "cpp", "export", "fx", "hub", "jit", "load", "nn", "ops", "package", "quantization",
))  # fmt: skip
MAKERS = dict.fromkeys(["zeros", "ones", "rand", "randn", "empty"], made)
TORCH = Module(
    "torch",
    {
        "nn": NN,
        **{name: Builtin(f"torch.{name}", function) for name, function in MAKERS.items()},
        **{
            name: Builtin(f"torch.{name}", like)
            for name in ["zeros_like", "ones_like", "rand_like", "randn_like", "empty_like"]
        },
        "full": Builtin("torch.full", full),
        "randint": Builtin("torch.randint", randint),
        "arange": Builtin("torch.arange", arange),
        "eye": Builtin("torch.eye", eye),
        "linspace": Builtin("torch.linspace", linspace),
        **{name: Builtin(f"torch.{name}", literal) for name in ("tensor", "as_tensor", "from_numpy")},
        "FloatTensor": Builtin("torch.FloatTensor", _of_floats),
        "no_grad": _manager("torch.no_grad", False),
        "inference_mode": _manager("torch.inference_mode", False),
        "enable_grad": _manager("torch.enable_grad", True),
        "set_grad_enabled": Builtin("torch.set_grad_enabled", _set_grad_enabled),
        "jit": copies.JIT,
        "optim": copies.OPTIM,
        "utils": Module("torch.utils", {"data": companions.MODULES["torch.utils.data"]}),
        "compile": Builtin(
            "torch.compile",
            lambda run, args, kwargs: args[0] if args else Builtin("compile", lambda run, args, kwargs: args[0]),
        ),
        "manual_seed": Builtin("torch.manual_seed", lambda run, args, kwargs: None),
        "Tensor": Native("torch.Tensor", data=_of_floats),
        **{
            name: tensor_function(name)
            for name in [
                "flatten",
                "reshape",
                "unsqueeze",
                "relu",
                "tanh",
                "sigmoid",
                "softmax",
                "log_softmax",
                "cat",
                "stack",
                "matmul",
                "bmm",
                "mm",
                "exp",
                "log",
                "sqrt",
                "tril",
                "triu",
                "einsum",
                "sum",
                "mean",
                "max",
                "min",
                "argmax",
                "where",
                "mul",
                "add",
                "chunk",
                "split",
                "transpose",
                "permute",
                "squeeze",
                "abs",
                "clamp",
                "dropout",
                "outer",
                "pow",
                "sin",
                "cos",
                "rsqrt",
                "diff",
                "round",
                "floor",
                "ceil",
                "trunc",
                "log2",
                "div",
                "divide",
                "true_divide",
                "multiply",
                "sub",
                "subtract",
                "softplus",
                "multinomial",
                "topk",
                "cumsum",
                "maximum",
                "minimum",
                "square",
                "neg",
                "amax",
                "amin",
                "std",
                "var",
                "prod",
                "norm",
                "logsumexp",
                "unbind",
                "masked_fill",
            ]
        },
    },
    lambda name: Unknown(
        f"torch.{name} is not known",
        path=f"torch.{name}",
        data=True,
        scalar=name not in GIVING_MODULES,
    ),
)
MODULES: dict[str, Value] = {
    "torch": TORCH,
    "torch.nn": NN,
    "torch.nn.modules": DEFINING,
    **{f"torch.nn.modules.{place}": DEFINING for place in PLACES},
    "torch.nn.modules.utils": DEFINING.names["utils"],
    "torch.nn.functional": NN.names["functional"],
    "torch.nn.init": NN.names["init"],
    "torch.nn.parameter": NN.names["parameter"],
    "torch.nn.parallel": NN.names["parallel"],
    **copies.MODULES,
    **reparametrize.MODULES,
    **lightning.MODULES,
    **companions.MODULES,
}
