"""Ignored options: those that a layer takes and that change neither weights nor shapes.

A rule lists them as a tuple of names: ``@rule((*KERNEL, *BIAS, "activation"))``. What a value may be follows from the
name, so a misspelt activation or initializer is an error here as it is in the framework.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum

from ..errors import OptionError, ParamcalcError, nearest
from .json_data import JsonObject
from .kinds import NUMBER, RATE, SWITCH, Check, Choice, Kind, Maybe

_NAMED = {
    "activation": "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh "
    "leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax "
    "softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold",
    "initializer": "constant glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal "
    "lecun_uniform ones orthogonal random_normal random_uniform stft truncated_normal variance_scaling "
    "zeros normal uniform one zero",
    "regularizer": "l1 l1_l2 l2 orthogonal_regularizer",
    "constraint": "max_norm min_max_norm non_neg unit_norm",
}
NAMED = {kind: tuple(names.split()) for kind, names in _NAMED.items()}


def of_weight(name: str) -> tuple[str, ...]:
    """List the options of one weight: its initializer, regularizer and constraint."""
    return tuple(f"{name}_{part}" for part in ("initializer", "regularizer", "constraint"))


BASE = ("activity_regularizer", "autocast", "dtype")  # what Keras's base Layer takes, besides name and trainable
SEALED = ("dtype",)  # what a Keras class without **kwargs takes of these
KERNEL = of_weight("kernel")
RECURRENT = of_weight("recurrent")
BIAS = of_weight("bias")
DEPTHWISE = of_weight("depthwise")
POINTWISE = of_weight("pointwise")
EMBEDDINGS = of_weight("embeddings")
ALPHA = of_weight("alpha")
BETA = of_weight("beta")
GAMMA = of_weight("gamma")
DROPOUT = ("dropout", "recurrent_dropout")
FACTORY = ("device", "dtype")  # what PyTorch's modules with tensors of their own take


def _seed(value: object) -> object:
    if isinstance(value, (float, str, list, tuple)):
        raise TypeError(value)
    return value


def _dtype(value: object) -> object:
    if isinstance(value, (bool, int, float, list, tuple)):
        raise TypeError(value)
    return value


_CHECKS: dict[str, Kind] = {
    "dropout": RATE,
    "recurrent_dropout": RATE,
    "momentum": NUMBER,
    "renorm_momentum": NUMBER,
    "epsilon": NUMBER,
    "mask_zero": SWITCH,
    "normalize": SWITCH,
    "unroll": SWITCH,
    "zero_output_for_mask": SWITCH,
    "autocast": SWITCH,
    "synchronized": SWITCH,
    "input_length": Maybe(NUMBER),
    "sampling_rate": NUMBER,
    "scaling": Maybe(Choice(("density", "spectrum"))),
    "use_cudnn": Choice(("auto", True, False)),
    "seed": Check("a whole number, a configuration of a generator, or null", _seed),
    "dtype": Check("the name of a dtype, a configuration of a policy, or null", _dtype),
}


class Custom(Enum):
    """Stands for a value that a file holds as an object of its own, and that is not read."""

    OBJECT = "a custom object"


COSTLY = ("activation", "recurrent_activation", "dropout", "recurrent_dropout")  # they change what a call costs


def stated(config: Mapping[str, object], ignored: Collection[str]) -> dict[str, object]:
    """Give the options in a configuration that change what a call costs, and neither weights nor shapes."""
    found: dict[str, object] = {}
    for name in COSTLY:
        value = config.get(name)
        if name in ignored and value is not None:
            plain = isinstance(value, (str, int, float))
            try:
                check(name, value)
            except ParamcalcError:
                plain = False
            found[name] = value if plain else Custom.OBJECT
    return found


def _activation(value: object) -> object:
    if value is None or isinstance(value, dict) or callable(value):
        return value
    if not isinstance(value, str):
        raise TypeError(value)
    check("activation", value)
    return value


ACTIVATION = Check("the name of an activation", _activation, {"type": ["string", "object"]})


def check(name: str, value: object) -> None:
    """Refuse what is no activation, initializer, regularizer or constraint, and an impossible rate.

    Raises
    ------
    OptionError
        With the nearest right spelling.
    """
    if name in _CHECKS:
        _CHECKS[name](value)
        return
    kind = name.rpartition("_")[2]
    known = NAMED.get(kind)
    if known is None or value is None or callable(value):
        return
    if isinstance(value, str) and value in known:
        return
    if isinstance(value, Mapping) and ("class_name" in value or "name" in value):
        return
    article = "an" if kind[0] in "ai" else "a"
    if not isinstance(value, str):
        size = kind == "activation" and isinstance(value, int) and not isinstance(value, bool)
        raise OptionError(
            f"not {article} {kind}",
            expected=f"the name of {article} {kind}, its configuration, or null",
            received=value,
            suggestion="Keras takes the input size from the input: give only the units" if size else None,
        )
    plain = "".join("_" + c.lower() if c.isupper() else c for c in value).lstrip("_")
    if plain not in known and value.lower().replace("_", "") not in {one.replace("_", "") for one in known}:
        raise OptionError(
            f"unknown {kind}",
            expected=f"{article} {kind} Keras knows",
            received=value,
            suggestion=nearest(value, known),
        )


def schema(name: str) -> JsonObject:
    """Describe an ignored option as JSON Schema."""
    if name in _CHECKS:
        return _CHECKS[name].schema()
    known = NAMED.get(name.rpartition("_")[2])
    return {"anyOf": [{"enum": [*known, None]}, {"type": "object"}]} if known else {}
